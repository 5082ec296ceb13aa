// A client that feeds an import and does not give up: it resumes from committed_sequence whatever happens to the
// server, the database or its own stream. And what must then be in the database.
#pragma once

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "absl/time/time.h"
#include "onrecord/v1/imports.grpc.pb.h"
#include "tests/support/process.h"

namespace onrecord {

namespace pb = ::onrecord::v1;

// A channel that shares no connection, and no waiting time after a failure, with any other.
std::shared_ptr<grpc::Channel> FreshChannel(const std::string& address);

// Whether a refusal says when to try again (google.rpc.RetryInfo).
bool SaysWhenToRetry(const grpc::Status& status);
// Whether a refusal is one that passes, and says so as our API does: with a reason, and with RetryInfo where waiting
// helps. The end of the client's own deadline is one.
bool IsForNow(const grpc::Status& status);

// How long to wait for an import: many times what it takes on a quiet machine, where a second is enough for thousands.
inline absl::Duration PatienceFor(int records) {
  return 2 * kPatience + records * absl::Milliseconds(kSanitized ? 20 : 5);
}

inline constexpr char kFaultSource[] = "faults";

// Record `number`, from 1. Every tenth prints the words of the one before in another outlet.
pb::ImportRecord MakeRecord(int number);
// Records 1 to `count` as JSON Lines.
void WriteRecords(const std::string& path, int count);

class Feeder {
 public:
  // Returns whether to go on; false breaks the stream off, without a word to the server.
  using OnCommitted = std::function<bool(std::int64_t committed)>;

  // Of `records` records from number `first` on.
  Feeder(const std::string& address, int records, int batch_size = 250, int first = 1);
  // Goes on with an import of somebody else.
  void Resume(const std::string& import) { resume_ = import; }
  // Called after each answer, on the thread that runs.
  void set_on_committed(OnCommitted on_committed) { on_committed_ = std::move(on_committed); }

  // Feeds until the import is finished or on_committed says stop; fails the test when a stream ends for another reason
  // than one that passes, or when all takes longer than `most`.
  void Run(absl::Duration most);
  void Run() { Run(PatienceFor(records_)); }
  // The import as it was when it was finished.
  const pb::Import& import() const { return import_; }
  const std::string& name() const { return resume_; }
  std::int64_t committed() const { return committed_; }
  int records() const { return records_; }
  // Streams that broke.
  int failures() const { return failures_; }
  // How many of them because the server had as much to do as it takes on.
  int busy() const { return busy_; }

 private:
  grpc::Status RunStream(absl::Time end);
  bool TakeAnswer(const pb::BatchResult& answer);

  const std::string address_;
  const int records_;
  const int batch_size_;
  const int before_first_;
  const std::string request_id_;
  OnCommitted on_committed_;
  std::string resume_;
  pb::Import import_;
  std::atomic<std::int64_t> committed_ = 0;
  bool stopped_ = false;
  std::atomic<int> failures_ = 0;
  std::atomic<int> busy_ = 0;
};

// "created, updated, unchanged, conflict, rejected" of an import.
std::string Counts(const pb::Import& import);
// Everything that was recorded, by ids and names that are the same in every database: for each table the number of
// rows, of distinct ids, and a hash of the content.
std::string Fingerprint(const std::string& connection);

// One import of records 1 to `records` that nothing disturbed; done once for each number.
struct CleanImport {
  std::string counts;
  std::string fingerprint;
};
const CleanImport& CleanImportOf(const std::string& binary, int records);
// The import is finished, and it and the database are as after a clean import.
void ExpectClean(const std::string& binary, const std::string& connection, const pb::Import& import, int records);

}  // namespace onrecord
