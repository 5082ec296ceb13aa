// One input, dealt to several imports that run at the same time: blocks of records in turn, so that the same input is
// dealt the same way when it is resumed.
//
// Threads: the owner calls everything here; each stream has a thread that calls it, and what it tells comes on that
// thread. What goes wrong in one ends all of them, and is thrown from the owner's next call.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "clients/cli/import_stream.h"

namespace onrecord::cli {

class ImportJobs {
 public:
  // One job for each of `settings`.
  ImportJobs(const Context& context, const std::vector<ImportSettings>& settings, const std::atomic<bool>& interrupted,
             const ImportStream::OnResult& on_result, const ImportStream::OnNotice& on_notice);
  ~ImportJobs() { Stop(); }
  ImportJobs(const ImportJobs&) = delete;
  ImportJobs& operator=(const ImportJobs&) = delete;

  // Starts or resumes the imports.
  void Start();
  // Deals the next record; what is stored already is passed over. Blocks while too much is in flight.
  void Add(pb::ImportRecord record, std::int64_t line);
  // Waits for every answer, but leaves the imports open.
  void Drain() { Join(Then::kDrain); }
  void Finish() { Join(Then::kFinish); }
  // Ends the threads without waiting for answers. After it, Drain or Finish the streams may be looked at.
  void Stop() { EndThreads(Then::kStop); }

  std::size_t size() const { return jobs_.size(); }
  const ImportStream& stream(std::size_t job) const { return jobs_[job]->stream; }
  // Records that were stored before Start, and that were dealt so far.
  std::int64_t stored(std::size_t job) const { return jobs_[job]->stored; }
  std::int64_t dealt(std::size_t job) const { return jobs_[job]->dealt; }

 private:
  enum class Then { kGoOn, kDrain, kFinish, kStop };
  using Records = std::vector<std::pair<pb::ImportRecord, std::int64_t>>;  // with their lines
  struct Job {
    Job(const Context& context, const ImportSettings& settings, const std::atomic<bool>& interrupted,
        const ImportStream::OnResult& on_result, const ImportStream::OnNotice& on_notice)
        : stream(context, settings, interrupted, on_result, on_notice) {}
    ImportStream stream;
    std::int64_t stored = 0;
    std::int64_t dealt = 0;
    std::deque<Records> waiting;  // guarded by mutex_
    std::thread thread;
  };

  void HandOver();  // the open records to the current job
  void Work(Job& job);
  void Join(Then then);
  void EndThreads(Then then);

  const std::atomic<bool>& interrupted_;
  std::vector<std::unique_ptr<Job>> jobs_;
  std::int64_t added_ = 0;
  std::size_t current_ = 0;  // the job that is dealt to
  Records open_;             // for it
  std::size_t open_bytes_ = 0;

  std::mutex mutex_;
  std::condition_variable changed_;
  Then then_ = Then::kGoOn;     // guarded by mutex_
  std::exception_ptr failure_;  // the first; guarded by mutex_
};

}  // namespace onrecord::cli
