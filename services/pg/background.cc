#include "services/pg/background.h"

#include <utility>

#include "services/base/log.h"
#include "services/base/strings.h"

namespace onrecord::pg {

Background::Background(const std::string& connection_string, const std::string& what, absl::Duration pause,
                       std::function<absl::StatusOr<bool>(Session&)> work)
    : what_(what),
      pause_(pause),
      work_(std::move(work)),
      session_(connection_string, StrCat("onrecordd ", what)),
      thread_([this] { Run(); }) {}

Background::~Background() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  thread_.join();
}

void Background::Run() {
  bool failing = false;
  while (true) {
    const absl::StatusOr<bool> worked = work_(session_);
    std::unique_lock lock(mutex_);
    if (stopping_) return;
    // Health tells that the database is away or has no schema yet; here the first failure is enough.
    if (!worked.ok() && !failing) {
      Log("warning", "background work waits", {{"what", what_}, {"cause", std::string(worked.status().message())}});
    }
    failing = !worked.ok();
    if (worked.ok() && *worked) continue;
    if (changed_.wait_for(lock, absl::ToChronoNanoseconds(pause_), [this] { return stopping_; })) return;
  }
}

}  // namespace onrecord::pg
