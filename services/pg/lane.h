// A lane: a few threads, each owning one session, and a bounded queue before them. What does not fit is refused
// at once, where refusing is free; what nobody waits for any more is dropped without touching PostgreSQL.
// A job goes to the thread that became idle last: its session is connected and has its statements prepared, while
// others connect only when they are needed.
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
  std::size_t queue_limit() const { return queue_limit_; }

 private:
  struct Worker {
    Worker(const std::string& connection_string, const std::string& application)
        : session(connection_string, application) {}
    Session session;  // used by its thread alone
    Job job;          // handed to it while it was idle
    std::condition_variable ready;
    std::thread thread;
  };
  void Work(Worker& worker);
  // What the worker does next; an empty job: nothing any more.
  Job Next(Worker& worker);

  const std::string name_;
  const std::size_t queue_limit_;
  std::mutex mutex_;                                   // guards the workers' jobs too
  std::deque<Job> queue_ ABSL_GUARDED_BY(mutex_);      // only while no worker is idle
  std::vector<Worker*> idle_ ABSL_GUARDED_BY(mutex_);  // the last became idle last
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace onrecord::pg
