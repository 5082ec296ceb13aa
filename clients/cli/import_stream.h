// The client's half of ImportQuotes: batches go out ahead of their answers, a broken stream is resumed, and nothing
// is sent twice that the server holds. Memory is bounded by the batches in flight.
//
// Threads: the owner calls everything here. A second thread reads the answers of the stream (an owner that is blocked
// in a write could not, and the two sides would wait for each other); a third ends a stream that was interrupted or
// stands still. Both are joined before the stream is given up; results are handed out on the owner's thread.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "clients/cli/context.h"

namespace onrecord::cli {

// Thrown out of any call once `interrupted` is set.
struct Interrupted {};

struct ImportSettings {
  pb::StartImport start;
  double retry_seconds = 120;  // without progress, after which it gives up
};

class ImportStream {
 public:
  // One result: the record, the line it came from, and what became of it.
  using OnResult =
      std::function<void(const pb::ImportRecord& record, std::int64_t line, const pb::RecordResult& result)>;
  // Something to tell the person who waits.
  using OnNotice = std::function<void(const std::string& notice)>;

  ImportStream(const Context& context, ImportSettings settings, const std::atomic<bool>& interrupted,
               OnResult on_result, OnNotice on_notice);
  ~ImportStream();
  ImportStream(const ImportStream&) = delete;
  ImportStream& operator=(const ImportStream&) = delete;

  // Starts or resumes the import. Its committed_sequence says how many records to pass over.
  const pb::Import& Start();
  // Takes the next record to send; blocks while too much is in flight.
  void Add(pb::ImportRecord record, std::int64_t line);
  // Sends what is left and waits for every answer, but leaves the import open.
  void Drain();
  // Drain, and the end of the import; its final state.
  const pb::Import& Finish();

  const pb::Import& import() const { return import_; }
  // Whether the import was finished before Start.
  bool was_finished() const { return finished_; }
  std::int64_t committed() const { return committed_; }
  // Ranges [first, last] of sequence numbers that are stored but whose answers did not arrive here.
  const std::vector<std::pair<std::int64_t, std::int64_t>>& unanswered() const { return unanswered_; }

 private:
  struct Batch {
    pb::RecordBatch message;
    std::vector<std::int64_t> lines;
    std::int64_t first = 1;  // its sequence number here; a dry run counts anew on each stream
    std::int64_t last() const { return first + message.records_size() - 1; }
  };
  using Clock = std::chrono::steady_clock;

  bool Connect();                        // one try; false: broken, status_ says why
  void Restore(std::int64_t committed);  // drops what is durable and sends the rest again
  void Recover();                        // closes the stream and tries until it stands again, or gives up
  void Backoff();
  void GiveUpUnlessRetryable(const grpc::Status& status);
  void Close();  // ends the threads; status_ is the stream's
  void Flush();  // sends the open batch
  void Write(Batch& batch);
  void WaitUntil(std::size_t most_in_flight);
  void Answered(const pb::BatchResult& answer);
  void FetchFinished();
  [[noreturn]] void RefuseFinished() const;
  void Await();  // from now on the server owes an answer
  void CheckInterrupted() const;
  void ReadAnswers();
  void Watch(const std::stop_token& stop);

  const Context& context_;
  ImportSettings settings_;
  const std::atomic<bool>& interrupted_;
  const OnResult on_result_;
  const OnNotice on_notice_;

  std::unique_ptr<pb::ImportService::Stub> stub_;
  std::unique_ptr<grpc::ClientContext> call_;
  std::unique_ptr<grpc::ClientReaderWriter<pb::ImportQuotesRequest, pb::ImportQuotesResponse>> stream_;
  std::thread reader_;
  std::jthread watcher_;
  grpc::Status status_;

  pb::Import import_;
  bool started_ = false;  // a first `started` arrived
  bool finished_ = false;
  bool finish_sent_ = false;
  std::deque<Batch> in_flight_;
  Batch open_;
  std::size_t open_bytes_ = 0;
  std::int64_t committed_ = 0;
  std::int64_t offset_ = 0;  // of a dry run's stream: sequence here minus sequence there
  std::vector<std::pair<std::int64_t, std::int64_t>> unanswered_;
  int failures_ = 0;  // since the last record was stored
  Clock::time_point broken_since_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<pb::ImportQuotesResponse> answers_;  // read, not yet handled; guarded by mutex_
  bool broken_ = false;                           // the stream has ended; guarded by mutex_
  std::atomic<bool> waiting_{false};              // something is asked for and not answered
  std::atomic<Clock::time_point> heard_;          // when the server last answered, or began to owe an answer
};

}  // namespace onrecord::cli
