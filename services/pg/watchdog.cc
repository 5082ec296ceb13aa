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
  const bool sooner = deadline < watchdog_.NextLook();
  watchdog_.entries_[id_] = Entry{&session_, deadline, std::move(cancelled)};
  if (sooner) {
    watchdog_.woken_ = true;
    watchdog_.changed_.notify_one();
  }
}

Watchdog::Watch::~Watch() {
  bool cancel_was_sent = false;
  {
    const std::lock_guard lock(watchdog_.mutex_);
    const auto found = watchdog_.entries_.find(id_);
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

void Watchdog::CancelOverdue() {
  const absl::Time now = absl::Now();
  for (auto& [id, entry] : entries_) {
    const bool overdue = entry.deadline <= now || entry.cancelled->load();
    if (!overdue || entry.next_cancel > now) continue;
    // The lock is held meanwhile, so that no session ends its call while a cancel is on its way.
    const int pid = entry.session->backend_pid();
    if (pid != 0) {
      ++entry.cancels_sent;
      control_.Execute(StrCat("SELECT pg_cancel_backend(", pid, ")")).IgnoreError();
    }
    entry.next_cancel = absl::Now() + kRepeatCancel;
  }
}

void Watchdog::Loop() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const absl::Time next = NextLook();
    const auto awake = [this] { return woken_ || stopping_; };
    if (next == absl::InfiniteFuture()) {
      changed_.wait(lock, awake);
    } else {
      changed_.wait_until(lock, absl::ToChronoTime(next), awake);
    }
    woken_ = false;
    if (!stopping_) CancelOverdue();
  }
}

}  // namespace onrecord::pg
