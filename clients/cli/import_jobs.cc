#include "clients/cli/import_jobs.h"

namespace onrecord::cli {
namespace {

constexpr std::size_t kBlock = 1000;  // as many as a stream sends at once
constexpr std::size_t kMostBlockBytes = std::size_t{1} << 20;
constexpr std::size_t kMostWaiting = 2;
constexpr std::chrono::milliseconds kLook{100};

// FNV-1a.
std::size_t Hash(const std::string& text) {
  std::uint64_t hash = 0xCBF29CE484222325U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
  return hash;
}

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

ImportJobs::Job& ImportJobs::JobOf(const pb::ImportRecord& record) {
  const std::string& id = record.external_id();
  return *jobs_[(id.empty() ? dealt_in_blocks_++ / kBlock : Hash(id)) % jobs_.size()];
}

void ImportJobs::Add(pb::ImportRecord record, std::int64_t line) {
  Job& job = JobOf(record);
  if (++job.dealt <= job.stored) return;
  job.open_bytes += record.ByteSizeLong();
  job.open.emplace_back(std::move(record), line);
  if (job.open.size() >= kBlock || job.open_bytes >= kMostBlockBytes) HandOver(job);
}

void ImportJobs::HandOver(Job& job) {
  if (job.open.empty()) return;
  std::unique_lock lock(mutex_);
  // A tick at most, so that an interrupt is seen also when the stream does not move.
  while (!failure_ && !interrupted_ && job.waiting.size() >= kMostWaiting) changed_.wait_for(lock, kLook);
  if (failure_) std::rethrow_exception(failure_);
  if (interrupted_) throw Interrupted();
  job.waiting.push_back(std::exchange(job.open, {}));
  job.open_bytes = 0;
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
  for (const auto& job : jobs_) HandOver(*job);
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
