// The server: builds the lanes, the services and gRPC, watches the database, and stops in order. One object from
// start to stop, so that tests run it in-process exactly as main does.
#pragma once

#include <grpcpp/grpcpp.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "services/api/call.h"
#include "services/imports/index_builder.h"
#include "services/pg/lane.h"
#include "services/pg/watchdog.h"
#include "services/utterances/matcher.h"

namespace onrecord {

struct ServerOptions {
  std::string listen = "127.0.0.1:50051";  // port 0: any free one
  std::string database;                    // libpq connection string or URL
  bool migrate = true;                     // at start
  int read_threads = 8;
  int write_threads = 4;
  int import_threads = 2;
  std::size_t read_queue = 1024;
  std::size_t write_queue = 256;
  std::size_t import_queue = 64;
  absl::Duration drain = absl::Seconds(10);
  std::vector<std::string> embargo_readers;  // authors who may see words under embargo
};

class Server {
 public:
  // Starts to listen at once; health is NOT_SERVING until the database is reachable and migrated. The error says
  // why the address cannot be listened on.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const ServerOptions& options);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Where it listens: "127.0.0.1:50051".
  const std::string& address() const { return address_; }
  // Health NOT_SERVING, no new calls, waits for running ones up to the drain time, then cancels them.
  void Stop();

 private:
  explicit Server(const ServerOptions& options);
  void WatchDatabase();
  // Whether the database is reachable and has our schema. Where it takes writes, it is brought to it.
  absl::Status LookAtDatabase(pg::Session& session);

  struct Services;
  const ServerOptions options_;
  std::string address_;
  pg::Watchdog watchdog_;
  pg::Lane read_;
  pg::Lane write_;
  pg::Lane import_;
  std::unique_ptr<Matcher> matcher_;  // both from the first time that there is a schema to write to
  std::unique_ptr<IndexBuilder> index_builder_;
  api::Runtime runtime_;
  std::unique_ptr<Services> services_;
  std::unique_ptr<grpc::Server> grpc_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  // By the watching thread alone.
  bool takes_writes_ = false;  // the database is no standby: there only questions are answered, until it takes over
  bool migrated_ = false;
  bool awaited_ = false;
  absl::Time next_purge_ = absl::InfinitePast();
  std::thread watcher_;
};

}  // namespace onrecord
