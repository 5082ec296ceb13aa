#include "services/pg/lane.h"

#include <utility>

#include "services/base/strings.h"

namespace onrecord::pg {

Lane::Lane(std::string name, const std::string& connection_string, int threads, std::size_t queue_limit)
    : name_(std::move(name)), queue_limit_(queue_limit) {
  for (int i = 0; i < threads; ++i) {
    Worker& worker = *workers_.emplace_back(std::make_unique<Worker>(connection_string, StrCat("onrecordd ", name_)));
    worker.thread = std::thread([this, &worker] { Work(worker); });
  }
}

Lane::~Lane() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (Worker* worker : idle_) worker->ready.notify_one();
  }
  for (const std::unique_ptr<Worker>& worker : workers_) worker->thread.join();
}

bool Lane::Submit(Job job) {
  const std::lock_guard lock(mutex_);
  if (stopping_) return false;
  if (!idle_.empty()) {
    Worker& worker = *idle_.back();
    idle_.pop_back();
    worker.job = std::move(job);
    worker.ready.notify_one();
    return true;
  }
  if (queue_.size() >= queue_limit_) return false;
  queue_.push_back(std::move(job));
  return true;
}

void Lane::Work(Worker& worker) {
  while (const Job job = Next(worker)) job(worker.session);
}

Lane::Job Lane::Next(Worker& worker) {
  std::unique_lock lock(mutex_);
  if (queue_.empty() && !stopping_) {
    idle_.push_back(&worker);
    worker.ready.wait(lock, [&] { return worker.job || stopping_; });
  }
  if (worker.job) return std::exchange(worker.job, nullptr);
  if (queue_.empty()) return nullptr;
  Job job = std::move(queue_.front());
  queue_.pop_front();
  return job;
}

}  // namespace onrecord::pg
