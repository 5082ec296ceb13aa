#include "services/utterances/matcher.h"

#include "absl/time/time.h"
#include "services/base/log.h"
#include "services/tallies/tallies_store.h"
#include "services/utterances/utterances_store.h"

namespace onrecord {
namespace {

constexpr int kBatch = 1000;
constexpr int kFirstSample = 1000;
constexpr absl::Duration kPause = absl::Milliseconds(200);
// Rounds without a quote after which the record is taken to rest. An import leaves shorter gaps.
constexpr int kRest = 5;

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
    absl::StatusOr<int> matched = store::MatchSome(session_, kBatch);
    if (matched.ok()) {
      const absl::Status tidied = Tidy(*matched);
      if (!tidied.ok()) matched = tidied;
    }
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

absl::Status Matcher::Tidy(int matched) {
  matched_ += matched;
  if (matched_ >= most_matched_) {
    ASSIGN_OR_RETURN(const std::int64_t wordings, store::SampleKeys(session_));
    // What is common in a record changes when it has doubled.
    most_matched_ = kFirstSample + wordings;
    matched_ = 0;
  }
  idle_ = matched == 0 ? idle_ + 1 : 0;
  RETURN_IF_ERROR(store::FoldTallies(session_, idle_ >= kRest).status());
  return idle_ == kRest ? store::PlaceKeys(session_) : absl::OkStatus();
}

bool Matcher::Pause() {
  std::unique_lock lock(mutex_);
  return !changed_.wait_for(lock, absl::ToChronoNanoseconds(kPause), [this] { return stopping_; });
}

}  // namespace onrecord
