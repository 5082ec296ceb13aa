#include "clients/cli/import_jobs.h"

namespace onrecord::cli {
namespace {

constexpr std::int64_t kBlock = 500;  // as many as a stream sends at once
constexpr std::size_t kMostBytes = std::size_t{1} << 20;
constexpr std::size_t kMostWaiting = 2;
constexpr std::chrono::milliseconds kLook{100};

}  // namespace

ImportJobs::ImportJobs(const Context& context, const std::vector<ImportSettings>& settings,
                       const std::atomic<bool>& interrupted, const ImportStream::OnResult& on_result,
                       const ImportStream::OnNotice& on_notice)
    : interrupted_(interrupted) {
  for (const ImportSettings& one : settings) {
    jobs_.push_back(std::make_unique<Job>(context, one, interrupted, on_result, on_notice));
  }
}

void ImportJobs::Start() {
  for (const auto& job : jobs_) {
    job->stream.Start();
    job->stored = job->stream.committed();
  }
  for (const auto& job : jobs_) job->thread = std::thread([this, &job = *job] { Work(job); });
}

void ImportJobs::Add(pb::ImportRecord record, std::int64_t line) {
  if (added_ % kBlock == 0 || open_bytes_ >= kMostBytes) HandOver();
  current_ = static_cast<std::size_t>(added_++ / kBlock) % jobs_.size();
  Job& job = *jobs_[current_];
  if (++job.dealt <= job.stored) return;
  open_bytes_ += record.ByteSizeLong();
  open_.emplace_back(std::move(record), line);
}

void ImportJobs::HandOver() {
  if (open_.empty()) return;
  Job& job = *jobs_[current_];
  std::unique_lock lock(mutex_);
  // A tick at most, so that an interrupt is seen also when the stream does not move.
  while (!failure_ && !interrupted_ && job.waiting.size() >= kMostWaiting) changed_.wait_for(lock, kLook);
  if (failure_) std::rethrow_exception(failure_);
  if (interrupted_) throw Interrupted();
  job.waiting.push_back(std::exchange(open_, {}));
  open_bytes_ = 0;
  changed_.notify_all();
}

void ImportJobs::Work(Job& job) {
  try {
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [&] { return failure_ || !job.waiting.empty() || then_ != Then::kGoOn; });
      if (failure_ || then_ == Then::kStop) return;
      if (job.waiting.empty()) break;
      Records records = std::move(job.waiting.front());
      job.waiting.pop_front();
      changed_.notify_all();
      lock.unlock();
      for (auto& [record, line] : records) job.stream.Add(std::move(record), line);
      lock.lock();
    }
    const Then then = then_;
    lock.unlock();
    if (then == Then::kFinish) {
      job.stream.Finish();
    } else {
      job.stream.Drain();
    }
  } catch (...) {
    const std::lock_guard lock(mutex_);
    if (!failure_) failure_ = std::current_exception();
    changed_.notify_all();
  }
}

void ImportJobs::Join(Then then) {
  HandOver();
  EndThreads(then);
  if (failure_) std::rethrow_exception(failure_);
}

void ImportJobs::EndThreads(Then then) {
  {
    const std::lock_guard lock(mutex_);
    then_ = then;
    changed_.notify_all();
  }
  for (const auto& job : jobs_) {
    if (job->thread.joinable()) job->thread.join();
  }
}

}  // namespace onrecord::cli
