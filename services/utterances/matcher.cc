#include "services/utterances/matcher.h"

#include "absl/time/time.h"
#include "services/base/log.h"
#include "services/utterances/utterances_store.h"

namespace onrecord {
namespace {

constexpr int kBatch = 500;
constexpr absl::Duration kPause = absl::Milliseconds(200);

}  // namespace

Matcher::Matcher(const std::string& connection_string)
    : session_(connection_string, "onrecordd matcher"), thread_([this] { Work(); }) {}

Matcher::~Matcher() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  thread_.join();
}

void Matcher::Work() {
  bool failing = false;
  while (true) {
    const absl::StatusOr<int> matched = store::MatchSome(session_, kBatch);
    // Health tells that the database is away or has no schema yet; here the first failure is enough.
    if (!matched.ok() && !failing)
      Log("warning", "matching waits", {{"cause", std::string(matched.status().message())}});
    failing = !matched.ok();
    if (failing || *matched == 0) {
      if (!Pause()) return;
    } else {
      const std::lock_guard lock(mutex_);
      if (stopping_) return;
    }
  }
}

bool Matcher::Pause() {
  std::unique_lock lock(mutex_);
  return !changed_.wait_for(lock, absl::ToChronoNanoseconds(kPause), [this] { return stopping_; });
}

}  // namespace onrecord
