#include "services/timeline/history_rules.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace onrecord::rules {
namespace {

using PointKey = std::tuple<int, int, int, int, bool>;

PointKey KeyOf(const LaneStance& stance) {
  return {stance.held.to, stance.held.from, stance.position, stance.strength, stance.ascribed};
}

// What the step from one point to the next is, where it takes no sides into account that lie between.
pb::ChangeKind StepOf(const Point& before, const Point& after) {
  const Side from = SideOf(before.position);
  const Side to = SideOf(after.position);
  if (from == to && from != Side::kNone) {
    if (before.strength == after.strength) return pb::CHANGE_KIND_UNSPECIFIED;
    return after.strength < before.strength ? pb::CHANGE_KIND_SOFTENING : pb::CHANGE_KIND_HARDENING;
  }
  if (from != Side::kNone && to == Side::kNone) return pb::CHANGE_KIND_SOFTENING;
  if (from == Side::kNone && to != Side::kNone) return pb::CHANGE_KIND_HARDENING;
  return pb::CHANGE_KIND_UNSPECIFIED;
}

// Calls `use` for every pair of `places` of which the first is certainly earlier and between which none of them
// certainly lies: b follows a when it begins after a's end and no later than the earliest end of all that do.
template <typename Use>
void ForEachStep(absl::Span<const Point> points, const std::vector<std::size_t>& places, Use use) {
  std::vector<std::size_t> by_from = places;
  std::stable_sort(by_from.begin(), by_from.end(),
                   [&](std::size_t a, std::size_t b) { return points[a].held.from < points[b].held.from; });
  std::vector<int> earliest_end(by_from.size() + 1, std::numeric_limits<int>::max());
  for (std::size_t i = by_from.size(); i > 0; --i) {
    earliest_end[i - 1] = std::min(earliest_end[i], points[by_from[i - 1]].held.to);
  }
  for (const std::size_t a : places) {
    const auto first = std::upper_bound(by_from.begin(), by_from.end(), points[a].held.to,
                                        [&](int end, std::size_t place) { return end < points[place].held.from; });
    const auto at = static_cast<std::size_t>(first - by_from.begin());
    for (std::size_t i = at; i < by_from.size() && points[by_from[i]].held.from <= earliest_end[at]; ++i) {
      if (!use(a, by_from[i])) return;
    }
  }
}

int DaysBetween(int to, int from) { return static_cast<int>(api::FirstDay(from) - api::LastDay(to)); }

int Span(const api::DayRange& early, const api::DayRange& late) {
  if (early.from == api::kOpenFrom || late.to == api::kOpenTo) return kNever;
  return static_cast<int>(api::LastDay(late.to) - api::FirstDay(early.from));
}

// Calls `use` for every pair of a point for and one against that may lie within the window, until it says stop.
template <typename Use>
void ForEachClash(absl::Span<const Point> in_favor, absl::Span<const Point> against, int window_days, Use use) {
  for (std::size_t i = 0; i < in_favor.size(); ++i) {
    if (SideOf(in_favor[i].position) != Side::kFor) continue;
    for (std::size_t j = 0; j < against.size(); ++j) {
      if (SideOf(against[j].position) != Side::kAgainst) continue;
      const Distance distance = DistanceOf(in_favor[i].held, against[j].held);
      if (window_days != 0 && distance.least > window_days) continue;
      if (!use(Clash{i, j, distance})) return;
    }
  }
}

}  // namespace

Side SideOf(pb::Position position) {
  switch (position) {
    case pb::POSITION_ASSERTS:
    case pb::POSITION_SUPPORTS:
    case pb::POSITION_PREDICTS:
      return Side::kFor;
    case pb::POSITION_DENIES:
    case pb::POSITION_OPPOSES:
      return Side::kAgainst;
    default:
      return Side::kNone;
  }
}

std::vector<Point> PointsOf(std::vector<LaneStance> stances) {
  std::sort(stances.begin(), stances.end(), [](const LaneStance& a, const LaneStance& b) {
    const PointKey first = KeyOf(a), second = KeyOf(b);
    return first == second ? a.key < b.key : first < second;
  });
  std::vector<Point> points;
  const LaneStance* last = nullptr;
  for (const LaneStance& stance : stances) {
    if (last == nullptr || KeyOf(*last) != KeyOf(stance)) {
      points.push_back({stance.position, stance.strength, stance.held, stance.ascribed, {}});
    }
    points.back().stances.push_back(stance.key);
    last = &stance;
  }
  return points;
}

pb::ChangeKind Change::kind() const {
  switch (label == nullptr ? pb::CHANGE_LABEL_UNSPECIFIED : label->label) {
    case pb::CHANGE_LABEL_FULL_FLOP:
      return pb::CHANGE_KIND_REVERSAL;
    case pb::CHANGE_LABEL_HALF_FLIP:
      return computed == pb::CHANGE_KIND_HARDENING ? computed : pb::CHANGE_KIND_SOFTENING;
    case pb::CHANGE_LABEL_NO_FLIP:
    case pb::CHANGE_LABEL_CONTEXT_CHANGED:
      return pb::CHANGE_KIND_UNSPECIFIED;
    default:
      return computed;
  }
}

std::vector<Change> ChangesOf(absl::Span<const Point> points, absl::Span<const Label> labels) {
  std::vector<std::size_t> all, sided;
  std::map<StanceKey, std::size_t> place_of;
  for (std::size_t place = 0; place < points.size(); ++place) {
    all.push_back(place);
    if (SideOf(points[place].position) != Side::kNone) sided.push_back(place);
    for (const StanceKey& stance : points[place].stances) place_of[stance] = place;
  }
  std::map<std::pair<std::size_t, std::size_t>, Change> changes;
  const auto add = [&](std::size_t before, std::size_t after, pb::ChangeKind kind) {
    if (kind != pb::CHANGE_KIND_UNSPECIFIED) changes[{before, after}] = {before, after, kind};
    return changes.size() < kMostChanges;
  };
  ForEachStep(points, sided, [&](std::size_t before, std::size_t after) {
    const bool turned = SideOf(points[before].position) != SideOf(points[after].position);
    return add(before, after, turned ? pb::CHANGE_KIND_REVERSAL : pb::CHANGE_KIND_UNSPECIFIED);
  });
  ForEachStep(points, all, [&](std::size_t before, std::size_t after) {
    return add(before, after, StepOf(points[before], points[after]));
  });
  for (const Label& label : labels) {
    const auto before = place_of.find(label.before);
    const auto after = place_of.find(label.after);
    if (before == place_of.end() || after == place_of.end()) continue;
    Change& change = changes[{before->second, after->second}];
    change.before = before->second;
    change.after = after->second;
    if (change.label == nullptr) change.label = &label;
  }
  std::vector<Change> ordered;
  for (const auto& [places, change] : changes) ordered.push_back(change);
  return ordered;
}

Distance DistanceOf(const api::DayRange& a, const api::DayRange& b) {
  Distance distance;
  if (Before(a, b)) distance.least = DaysBetween(a.to, b.from);
  if (Before(b, a)) distance.least = DaysBetween(b.to, a.from);
  distance.most = std::max(Span(a, b), Span(b, a));
  return distance;
}

std::vector<Clash> ClashesOf(absl::Span<const Point> points, int window_days, std::size_t most) {
  std::vector<Clash> clashes;
  ForEachClash(points, points, window_days, [&](const Clash& clash) {
    clashes.push_back(clash);
    return clashes.size() < most;
  });
  return clashes;
}

std::optional<Clash> NearestClash(absl::Span<const Point> in_favor, absl::Span<const Point> against, int window_days) {
  std::optional<Clash> nearest;
  ForEachClash(in_favor, against, window_days, [&](const Clash& clash) {
    if (!nearest || clash.distance.least < nearest->distance.least) nearest = clash;
    return true;
  });
  return nearest;
}

}  // namespace onrecord::rules
