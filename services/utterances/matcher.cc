#include "services/utterances/matcher.h"

#include <algorithm>
#include <optional>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "services/base/status.h"
#include "services/tallies/tallies_store.h"
#include "services/utterances/matching_store.h"

namespace onrecord {
namespace {

constexpr absl::Duration kPause = absl::Milliseconds(200);
constexpr std::size_t kBatch = 2000;
constexpr int kMostWaiting = 300000;
constexpr int kFirstSample = 1000;
// Rounds without a quote after which the record is taken to rest. An import leaves shorter gaps.
constexpr int kRest = 5;

}  // namespace

Matcher::Matcher(const std::string& connection_string)
    : background_(connection_string, "matcher", kPause, [this](pg::Session& db) { return Work(db); }) {}

absl::StatusOr<bool> Matcher::Work(pg::Session& db) {
  if (waiting_.empty()) {
    ASSIGN_OR_RETURN(waiting_, store::ListToMatch(db, kMostWaiting));
    std::reverse(waiting_.begin(), waiting_.end());
  }
  const std::size_t left = waiting_.size() - std::min(waiting_.size(), kBatch);
  const absl::StatusOr<std::optional<int>> matched = store::MatchSome(db, absl::MakeConstSpan(waiting_).subspan(left));
  if (!matched.ok()) waiting_.clear();
  RETURN_IF_ERROR(matched.status());
  // What another server has matched meanwhile is gone when this one gets to it, and costs next to nothing.
  if (matched->has_value()) waiting_.resize(left);
  RETURN_IF_ERROR(Tidy(db, matched->value_or(0)));
  return matched->value_or(0) > 0 || (matched->has_value() && left > 0);
}

absl::Status Matcher::Tidy(pg::Session& db, int matched) {
  matched_ += matched;
  if (matched_ >= most_matched_) {
    ASSIGN_OR_RETURN(const std::int64_t wordings, store::SampleKeys(db));
    // What is common in a record changes when it has doubled.
    most_matched_ = kFirstSample + wordings;
    matched_ = 0;
  }
  idle_ = matched == 0 ? idle_ + 1 : 0;
  RETURN_IF_ERROR(store::FoldTallies(db, idle_ >= kRest).status());
  return idle_ == kRest ? store::PlaceKeys(db) : absl::OkStatus();
}

}  // namespace onrecord
