#include "services/pg/watchdog.h"

#include <algorithm>

#include "absl/time/clock.h"
#include "services/base/strings.h"

namespace onrecord::pg {
namespace {

// A cancel request that hits a session between two statements is ignored by PostgreSQL: it is repeated.
constexpr absl::Duration kRepeatCancel = absl::Milliseconds(100);

}  // namespace

Watchdog::Watchdog(const std::string& connection_string)
    : control_(connection_string, "onrecordd watchdog"), thread_([this] { Loop(); }) {}

Watchdog::~Watchdog() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_one();
  }
  thread_.join();
}

Watchdog::Watch::Watch(Watchdog& watchdog, Session& session, absl::Time deadline,
                       std::shared_ptr<std::atomic<bool>> cancelled)
    : watchdog_(watchdog), session_(session) {
  session_.set_cancelled_by_caller([cancelled] { return cancelled->load(); });
  const std::lock_guard lock(watchdog_.mutex_);
  id_ = ++watchdog_.last_id_;
  const bool sooner = deadline < watchdog_.next_look_;
  watchdog_.entries_[id_] = Entry{&session_, deadline, std::move(cancelled)};
  if (sooner) {
    watchdog_.woken_ = true;
    watchdog_.changed_.notify_one();
  }
}

Watchdog::Watch::~Watch() {
  bool cancel_was_sent = false;
  {
    std::unique_lock lock(watchdog_.mutex_);
    const auto found = watchdog_.entries_.find(id_);
    watchdog_.cancelled_.wait(lock, [&] { return !found->second.cancelling; });
    cancel_was_sent = found->second.cancels_sent > 0;
    watchdog_.entries_.erase(found);
  }
  if (cancel_was_sent) session_.AbsorbCancel();
  session_.set_cancelled_by_caller(nullptr);
}

void Watchdog::Wake() {
  const std::lock_guard lock(mutex_);
  woken_ = true;
  changed_.notify_one();
}

absl::Time Watchdog::NextLook() const {
  absl::Time next = absl::InfiniteFuture();
  for (const auto& [id, entry] : entries_) {
    const absl::Time due = entry.cancelled->load() ? absl::InfinitePast() : entry.deadline;
    next = std::min(next, std::max(due, entry.next_cancel));
  }
  return next;
}

void Watchdog::CancelOverdue(std::unique_lock<std::mutex>& lock) {
  const absl::Time now = absl::Now();
  const auto is_due = [&](const Entry& entry) {
    return (entry.deadline <= now || entry.cancelled->load()) && entry.next_cancel <= now;
  };
  // One after the other; the lock is not held while a cancel is under way, since the database may be slow to take it.
  for (auto at = entries_.begin(); at != entries_.end();) {
    if (!is_due(at->second)) {
      ++at;
      continue;
    }
    Entry& entry = at->second;
    const std::int64_t id = at->first;
    if (const int pid = entry.session->backend_pid(); pid != 0) {
      ++entry.cancels_sent;
      entry.cancelling = true;  // keeps the session from ending its call before the cancel has arrived
      lock.unlock();
      control_.Execute(StrCat("SELECT pg_cancel_backend(", pid, ")")).IgnoreError();
      lock.lock();
      entry.cancelling = false;
    }
    entry.next_cancel = absl::Now() + kRepeatCancel;
    cancelled_.notify_all();
    at = entries_.upper_bound(id);
  }
}

void Watchdog::Loop() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    next_look_ = NextLook();
    const auto awake = [this] { return woken_ || stopping_; };
    if (next_look_ == absl::InfiniteFuture()) {
      changed_.wait(lock, awake);
    } else {
      changed_.wait_until(lock, absl::ToChronoTime(next_look_), awake);
    }
    woken_ = false;
    if (!stopping_) CancelOverdue(lock);
  }
}

}  // namespace onrecord::pg
