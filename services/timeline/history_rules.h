// What follows from a holder's stances on a claim: points in time, changes between them, contradictions. Pure: order
// is only claimed where the times do not overlap.
#pragma once

#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "onrecord/v1/timeline.pb.h"
#include "services/api/dates.h"
#include "services/claims/stances_rows.h"

namespace onrecord::rules {

namespace pb = ::onrecord::v1;
using store::StanceKey;

enum class Side { kNone, kFor, kAgainst };
Side SideOf(pb::Position position);

// A stance on a lane: its position is seen from the lane's claim.
struct LaneStance {
  StanceKey key;
  pb::Position position = pb::POSITION_UNSPECIFIED;
  int strength = 0;
  api::DayRange held;
  bool ascribed = false;
};

// Stances that are alike.
struct Point {
  pb::Position position = pb::POSITION_UNSPECIFIED;
  int strength = 0;
  api::DayRange held;
  bool ascribed = false;
  std::vector<StanceKey> stances;
};

// By the end of their times, then by the beginning.
std::vector<Point> PointsOf(std::vector<LaneStance> stances);

// Certainly earlier.
inline bool Before(const api::DayRange& a, const api::DayRange& b) { return a.to < b.from; }

struct Label {
  StanceKey before;
  StanceKey after;
  pb::ChangeLabel label = pb::CHANGE_LABEL_UNSPECIFIED;
  std::string note;
  std::string author;
};

// A change from one point to another, by their places.
struct Change {
  std::size_t before = 0;
  std::size_t after = 0;
  pb::ChangeKind computed = pb::CHANGE_KIND_UNSPECIFIED;
  const Label* label = nullptr;  // of `labels`

  // The label has the last word.
  pb::ChangeKind kind() const;
};

inline constexpr std::size_t kMostChanges = 1000;

// The changes between points, in their order, at most kMostChanges; of labels on the same points the first counts.
std::vector<Change> ChangesOf(absl::Span<const Point> points, absl::Span<const Label> labels);

inline constexpr int kNever = std::numeric_limits<int>::max();

// Days between two times: at least, and at most (kNever where an end is open).
struct Distance {
  int least = 0;
  int most = 0;
};
Distance DistanceOf(const api::DayRange& a, const api::DayRange& b);

// A point for the claim and one against it.
struct Clash {
  std::size_t in_favor = 0;
  std::size_t against = 0;
  Distance distance;
};

// The pairs of a lane that may lie within the window (0: any time), at most `most`, in the order of points.
std::vector<Clash> ClashesOf(absl::Span<const Point> points, int window_days, std::size_t most);
// Of the pairs of two lanes that may lie within the window the first one with the least distance.
std::optional<Clash> NearestClash(absl::Span<const Point> in_favor, absl::Span<const Point> against, int window_days);

}  // namespace onrecord::rules
