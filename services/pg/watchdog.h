// Passes deadlines and cancellations down to PostgreSQL. One thread with a connection of its own cancels, by
// backend process id, the statement of every watched session whose call ran out of time or lost its caller.
// It costs the calls themselves no round trip.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"
#include "services/pg/session.h"

namespace onrecord::pg {

class Watchdog {
 public:
  explicit Watchdog(const std::string& connection_string);
  ~Watchdog();

  // Watches `session` while it lives. Belongs to the thread that uses the session.
  class Watch {
   public:
    Watch(Watchdog& watchdog, Session& session, absl::Time deadline, std::shared_ptr<std::atomic<bool>> cancelled);
    ~Watch();
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

   private:
    Watchdog& watchdog_;
    Session& session_;
    std::int64_t id_ = 0;
  };

  // Looks at all watched sessions now, since a caller left. Any thread.
  void Wake();

 private:
  struct Entry {
    const Session* session;
    absl::Time deadline;
    std::shared_ptr<std::atomic<bool>> cancelled;
    int cancels_sent = 0;
    bool cancelling = false;  // a cancel is on its way: the entry must stay
    absl::Time next_cancel = absl::InfinitePast();
  };
  void Loop();
  void CancelOverdue(std::unique_lock<std::mutex>& lock);
  absl::Time NextLook() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::condition_variable cancelled_;  // a cancel has arrived
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  bool woken_ ABSL_GUARDED_BY(mutex_) = false;
  // When the thread looks next, also after the call that it was for ended: a call that ends before is no reason to
  // wake.
  absl::Time next_look_ ABSL_GUARDED_BY(mutex_) = absl::InfiniteFuture();
  std::int64_t last_id_ ABSL_GUARDED_BY(mutex_) = 0;
  std::map<std::int64_t, Entry> entries_ ABSL_GUARDED_BY(mutex_);  // bounded by the number of sessions
  Session control_;                                                // used by thread_ only
  std::thread thread_;
};

}  // namespace onrecord::pg
