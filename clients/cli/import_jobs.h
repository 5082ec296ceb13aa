// One input, dealt to several imports that run at the same time: records with one external id to one of them, so that
// they stay in order, the others in blocks. The same input is dealt the same way when it is resumed, also by other
// releases: do not change it.
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
    Records open;  // dealt, not handed over
    std::size_t open_bytes = 0;
    std::deque<Records> waiting;  // guarded by mutex_
    std::thread thread;
  };

  Job& JobOf(const pb::ImportRecord& record);
  void HandOver(Job& job);  // its open records
  void Work(Job& job);
  void Join(Then then);
  void EndThreads(Then then);

  const std::atomic<bool>& interrupted_;
  std::vector<std::unique_ptr<Job>> jobs_;
  std::size_t dealt_in_blocks_ = 0;

  std::mutex mutex_;
  std::condition_variable changed_;
  Then then_ = Then::kGoOn;     // guarded by mutex_
  std::exception_ptr failure_;  // the first; guarded by mutex_
};

}  // namespace onrecord::cli
