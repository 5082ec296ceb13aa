// Lanes: one holder on one claim and those linked to it, read in an order that pages can go on in.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "onrecord/v1/timeline.pb.h"
#include "services/claims/claims_links.h"
#include "services/claims/stances_store.h"
#include "services/timeline/history_rules.h"

namespace onrecord::store {

// Where a lane stands in the order: the claim it is about, the holder, and for an unnamed source its quote.
struct LaneKey {
  std::int64_t claim = 0;
  std::int64_t speaker = 0;
  std::string quote;                                 // of the last possible one for a holder with a name
  auto operator<=>(const LaneKey&) const = default;  // NOLINT: there is no pointer in it
};
inline LaneKey BeforeAllLanes() { return {0, -1, std::string(32, '0')}; }

struct Lane {
  LaneKey key;
  std::vector<rules::LaneStance> stances;
};

struct LanePage {
  std::vector<Lane> lanes;
  LaneKey last;               // where to go on
  bool more = false;          // there is something to go on with
  std::size_t looked_at = 0;  // stances, also of lanes that are shown elsewhere
};

// Which stances make up lanes.
struct LaneScope {
  std::string moment;
  std::vector<std::int64_t> claims;  // empty: all
  std::vector<std::int64_t> holders;
  bool include_ascribed = false;
  std::optional<int> held_from;
  std::optional<int> held_to;
};

// All that a page holds.
inline constexpr int kAllLanes = 100000;

// Lanes on `claim`, across all of `linked`, by holder; at least `lanes` where there are so many and a page holds them.
absl::StatusOr<LanePage> ReadLanesOfClaim(pg::Session& db, const LaneScope& scope, std::int64_t claim,
                                          absl::Span<const Linked> linked, const LaneKey& after, int lanes);
// Lanes on any claim of the scope (which holds with each claim those linked to it), by claim and holder. Each is about
// the first recorded claim of those linked that the holder has a stance on.
absl::StatusOr<LanePage> ReadLanes(pg::Session& db, const LaneScope& scope, const LaneKey& after, int lanes);

// The labels on changes from one of these stances.
absl::StatusOr<std::vector<rules::Label>> ReadLabels(pg::Session& db, const std::string& moment,
                                                     absl::Span<const rules::LaneStance> stances);

inline constexpr std::size_t kMostShown = 20;  // stances of a point

// Fills in what points, lanes and sides show: details of stances and names of claims, each read once.
class LaneWriter {
 public:
  LaneWriter(pg::Session& db, std::string moment) : db_(db), moment_(std::move(moment)) {}
  // What will be shown.
  void Want(const Lane& lane);
  void Want(const rules::Point& point);
  // A lane of very many stances shows some of its evidence: at changes first, then one of each point.
  void Want(absl::Span<const rules::Point> points, absl::Span<const rules::Change> changes);
  std::size_t wanted() const { return wanted_stances_.size(); }
  absl::Status Read();

  const std::string& ClaimName(std::int64_t claim) { return claims_[claim].first; }
  const std::string& ClaimText(std::int64_t claim) { return claims_[claim].second; }
  pb::StancePoint ToProto(const rules::Point& point, std::size_t most = kMostShown) const;
  // Holder, name and description into a lane, reversal or side; from any stance of the lane that was read.
  template <typename Message>
  void SetHolder(const rules::Point& point, Message& message) const {
    if (point.stances.empty()) return;
    const auto found = stances_.find(point.stances.front());
    if (found == stances_.end()) return;
    message.set_holder(found->second.holder());
    message.set_holder_display_name(found->second.holder_display_name());
    if constexpr (requires { message.set_described_as(""); }) message.set_described_as(found->second.described_as());
  }
  pb::StanceChange ToProto(absl::Span<const rules::Point> points, const rules::Change& change,
                           std::size_t most = kMostShown) const;

 private:
  pg::Session& db_;
  const std::string moment_;
  std::set<std::int64_t> wanted_claims_;
  std::set<StanceKey> wanted_stances_;
  std::map<std::int64_t, std::pair<std::string, std::string>> claims_;
  std::map<StanceKey, pb::Stance> stances_;
};

}  // namespace onrecord::store
