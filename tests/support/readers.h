// Clients that ask all the time, whatever happens to the server and the database, and judge how each call ends: within
// its deadline, with an answer or with a refusal that says what to do.
#pragma once

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"

namespace onrecord {

class Readers {
 public:
  // One call. An answer that is not what it should be counts as a failure of the call: return NOT_FOUND.
  using Question = std::function<grpc::Status(const std::shared_ptr<grpc::Channel>&, grpc::ClientContext&)>;

  // `count` readers, each with one of the questions; every question has a reader when there are as many.
  Readers(const std::string& address, const std::vector<Question>& questions, int count, absl::Duration deadline);
  ~Readers() { Stop(); }
  Readers(const Readers&) = delete;
  Readers& operator=(const Readers&) = delete;
  void Stop();

  // From now on it is no fault when nobody is there: gRPC itself then says UNAVAILABLE, without a word of ours.
  void LetServerBeAway() { server_may_be_away_ = true; }
  // How many calls ended so.
  int count(grpc::StatusCode code);
  // Whether each reader gets an answer to a call that begins now or later.
  [[nodiscard]] bool AreAnswered();

 private:
  struct Reader {
    Question question;
    absl::Time answered = absl::InfinitePast();  // when the newest call began that was answered; under mutex_
    std::thread thread;
  };
  void Read(Reader& reader, const std::string& address);
  void Judge(Reader& reader, const grpc::Status& status, absl::Time begin);

  const absl::Duration deadline_;
  std::atomic<bool> stop_ = false;
  std::atomic<bool> server_may_be_away_ = false;
  std::mutex mutex_;
  std::map<grpc::StatusCode, int> counts_ ABSL_GUARDED_BY(mutex_);
  std::deque<Reader> readers_;
};

}  // namespace onrecord
