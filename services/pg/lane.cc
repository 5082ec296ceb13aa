#include "services/pg/lane.h"

#include "services/base/strings.h"

namespace onrecord::pg {

Lane::Lane(std::string name, const std::string& connection_string, int threads, std::size_t queue_limit)
    : name_(std::move(name)), queue_limit_(queue_limit) {
  for (int i = 0; i < threads; ++i) {
    sessions_.push_back(std::make_unique<Session>(connection_string, StrCat("onrecordd ", name_)));
    threads_.emplace_back([this, session = sessions_.back().get()] { Work(*session); });
  }
}

Lane::~Lane() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
    ready_.SignalAll();
  }
  for (std::thread& thread : threads_) thread.join();
}

bool Lane::Submit(Job job) {
  absl::MutexLock lock(&mutex_);
  if (stopping_ || queue_.size() >= queue_limit_) return false;
  queue_.push_back(std::move(job));
  ready_.Signal();
  return true;
}

void Lane::Work(Session& session) {
  while (true) {
    Job job;
    {
      absl::MutexLock lock(&mutex_);
      while (queue_.empty() && !stopping_) ready_.Wait(&mutex_);
      if (queue_.empty()) return;
      job = std::move(queue_.front());
      queue_.pop_front();
    }
    job(session);
  }
}

}  // namespace onrecord::pg
