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
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    ready_.notify_all();
  }
  for (std::thread& thread : threads_) thread.join();
}

bool Lane::Submit(Job job) {
  const std::lock_guard lock(mutex_);
  if (stopping_ || queue_.size() >= queue_limit_) return false;
  queue_.push_back(std::move(job));
  ready_.notify_one();
  return true;
}

void Lane::Work(Session& session) {
  while (true) {
    Job job;
    {
      std::unique_lock lock(mutex_);
      ready_.wait(lock, [this] { return !queue_.empty() || stopping_; });
      if (queue_.empty()) return;
      job = std::move(queue_.front());
      queue_.pop_front();
    }
    job(session);
  }
}

}  // namespace onrecord::pg
