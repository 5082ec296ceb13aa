// A lane: a few threads, each owning one session, and a bounded queue before them. What does not fit is refused
// at once, where refusing is free; what nobody waits for any more is dropped without touching PostgreSQL.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "services/pg/session.h"

namespace onrecord::pg {

class Lane {
 public:
  using Job = std::function<void(Session&)>;

  // `name` shows in logs and in pg_stat_activity.
  Lane(std::string name, const std::string& connection_string, int threads, std::size_t queue_limit);
  // Finishes what is queued, then joins.
  ~Lane();

  // False when the queue is full.
  [[nodiscard]] bool Submit(Job job);
  const std::string& name() const { return name_; }

 private:
  void Work(Session& session);

  const std::string name_;
  const std::size_t queue_limit_;
  std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<Job> queue_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::unique_ptr<Session>> sessions_;  // one per thread, used by that thread alone
  std::vector<std::thread> threads_;
};

}  // namespace onrecord::pg
