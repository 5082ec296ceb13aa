// The part about time: lanes, changes, contradictions, firsts.
#include <algorithm>
#include <set>
#include <tuple>

#include "tests/support/reference.h"

namespace onrecord::reference {
namespace {

// How a change is to be seen, by what was computed and by the editor's label.
pb::ChangeKind Effective(pb::ChangeKind computed, pb::ChangeLabel label) {
  switch (label) {
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

}  // namespace

bool CertainlyBefore(const api::DayRange& a, const api::DayRange& b) { return a.to < b.from; }

std::int64_t NearestDays(const api::DayRange& a, const api::DayRange& b) {
  const auto gap = [](const api::DayRange& first, const api::DayRange& second) -> std::int64_t {
    if (first.to == api::kOpenTo || second.from == api::kOpenFrom) return 0;
    return api::FirstDay(second.from) - api::LastDay(first.to);
  };
  return std::max<std::int64_t>({0, gap(a, b), gap(b, a)});
}

std::int64_t FarthestDays(const api::DayRange& a, const api::DayRange& b) {
  const auto span = [](const api::DayRange& first, const api::DayRange& second) -> std::int64_t {
    if (first.from == api::kOpenFrom || second.to == api::kOpenTo) return kForever;
    return api::LastDay(second.to) - api::FirstDay(first.from);
  };
  return std::max(span(a, b), span(b, a));
}

bool Overlap(const api::DayRange& a, const api::DayRange& b) { return a.from <= b.to && b.from <= a.to; }

api::DayRange Asked(const pb::DateInterval& interval) {
  return {api::ToFrom(interval.from()), api::ToTo(interval.to())};
}

pb::UncertainDate Date(const api::DayRange& range) {
  pb::UncertainDate date;
  api::FromRange(range, date);
  return date;
}

// Lanes: one holder on one claim and those linked to it.

std::vector<Record::Lane> Record::Lanes(const std::vector<StanceKey>& stances) const {
  std::vector<Lane> lanes;
  for (const StanceKey& key : stances) {
    const auto lane = std::find_if(lanes.begin(), lanes.end(), [&](const Lane& other) {
      return other.holder == Holder(key) && Class(key.claim).contains(other.claim);
    });
    if (lane == lanes.end()) {
      lanes.push_back({key.claim, Holder(key), {key}, {}});
    } else {
      lane->stances.push_back(key);
      if (Order(key.claim) < Order(lane->claim)) lane->claim = key.claim;
    }
  }
  for (Lane& lane : lanes) lane = SeenFrom(lane, lane.claim);
  std::sort(lanes.begin(), lanes.end(), [&](const Lane& a, const Lane& b) {
    return std::pair(Order(a.claim), OrderOfHolder(a.holder)) < std::pair(Order(b.claim), OrderOfHolder(b.holder));
  });
  return lanes;
}

Record::Lane Record::SeenFrom(Lane lane, const std::string& claim) const {
  const std::map<std::string, int> linked = Class(claim);
  lane.claim = claim;
  lane.points.clear();
  for (const StanceKey& key : lane.stances) {
    const pb::Stance& stance = stances_.at(key);
    const pb::Position position = linked.at(key.claim) == 1 ? stance.position() : TurnRound(stance.position());
    const api::DayRange held = Held(key);
    const auto point = std::find_if(lane.points.begin(), lane.points.end(), [&](const Point& other) {
      return other.position == position && other.strength == stance.strength() && other.held.from == held.from &&
             other.held.to == held.to && other.ascribed == IsAscribed(key);
    });
    if (point == lane.points.end()) {
      lane.points.push_back({position, stance.strength(), held, IsAscribed(key), {key}});
    } else {
      point->stances.push_back(key);
    }
  }
  const auto order = [](const Point& point) {
    return std::tuple(point.held.to, point.held.from, point.position, point.strength, point.ascribed);
  };
  std::sort(lane.points.begin(), lane.points.end(),
            [&](const Point& a, const Point& b) { return order(a) < order(b); });
  return lane;
}

const Record::Label* Record::LabelBetween(const Point& before, const Point& after) const {
  for (auto label = labels_.rbegin(); label != labels_.rend(); ++label) {
    const bool is_before =
        std::find(before.stances.begin(), before.stances.end(), label->before) != before.stances.end();
    const bool is_after = std::find(after.stances.begin(), after.stances.end(), label->after) != after.stances.end();
    if (is_before && is_after) return &*label;
  }
  return nullptr;
}

std::vector<Record::Change> Record::Changes(const std::vector<Point>& points) const {
  // Nothing that `counts` lies certainly between the two, of which the first lies certainly before the second.
  const auto adjacent = [&](const Point& a, const Point& b, auto counts) {
    if (!CertainlyBefore(a.held, b.held)) return false;
    return std::none_of(points.begin(), points.end(), [&](const Point& c) {
      return counts(c) && CertainlyBefore(a.held, c.held) && CertainlyBefore(c.held, b.held);
    });
  };
  const auto side = [](const Point& point) { return reference::Side(point.position); };
  const auto compute = [&](const Point& a, const Point& b) {
    const bool opposite = side(a) * side(b) == -1;
    const bool next_side = adjacent(a, b, [&](const Point& c) { return side(c) != 0; });
    if (opposite) return next_side ? pb::CHANGE_KIND_REVERSAL : pb::CHANGE_KIND_UNSPECIFIED;
    if (!adjacent(a, b, [](const Point&) { return true; })) return pb::CHANGE_KIND_UNSPECIFIED;
    if (side(a) != 0 && side(b) == 0) return pb::CHANGE_KIND_SOFTENING;
    if (side(a) == 0 && side(b) != 0) return pb::CHANGE_KIND_HARDENING;
    if (side(a) == 0 || a.strength == b.strength) return pb::CHANGE_KIND_UNSPECIFIED;
    return a.strength > b.strength ? pb::CHANGE_KIND_SOFTENING : pb::CHANGE_KIND_HARDENING;
  };
  std::vector<Change> changes;
  for (const Point& a : points) {
    for (const Point& b : points) {
      const pb::ChangeKind computed = compute(a, b);
      const Label* label = LabelBetween(a, b);
      if (computed == pb::CHANGE_KIND_UNSPECIFIED && label == nullptr) continue;
      const pb::ChangeKind kind = label == nullptr ? computed : Effective(computed, label->label);
      changes.push_back({&a, &b, computed, kind, label});
    }
  }
  return changes;
}

pb::StancePoint Record::Show(const Point& point) const {
  pb::StancePoint shown;
  shown.set_position(point.position);
  shown.set_strength(point.strength);
  *shown.mutable_held() = Date(point.held);
  shown.set_ascribed(point.ascribed);
  for (const StanceKey& key : point.stances) *shown.add_stances() = Show(key);
  shown.set_stance_count(static_cast<int>(point.stances.size()));
  return shown;
}

pb::StanceChange Record::Show(const Change& change) const {
  pb::StanceChange shown;
  shown.set_kind(change.kind);
  shown.set_computed_kind(change.computed);
  *shown.mutable_before() = Show(*change.before);
  *shown.mutable_after() = Show(*change.after);
  if (change.label == nullptr) return shown;
  shown.set_label(change.label->label);
  shown.set_label_note(change.label->note);
  shown.set_label_author(change.label->author);
  return shown;
}

pb::StanceLane Record::Show(const Lane& lane) const {
  const pb::Stance first = Show(lane.stances.front());
  pb::StanceLane shown;
  shown.set_claim(lane.claim);
  shown.set_claim_text(claims_.at(lane.claim).text());
  shown.set_holder(first.holder());
  shown.set_holder_display_name(first.holder_display_name());
  shown.set_described_as(first.described_as());
  for (const Point& point : lane.points) *shown.add_points() = Show(point);
  for (const Change& change : Changes(lane.points)) *shown.add_changes() = Show(change);
  return shown;
}

std::vector<pb::StanceLane> Record::GetStanceHistory(const pb::GetStanceHistoryRequest& request) const {
  pb::StanceFilter filter;
  if (!request.claim().empty()) filter.add_claims(request.claim());
  if (!request.topic().empty()) filter.add_topics(request.topic());
  *filter.mutable_holders() = request.holders();
  filter.set_include_ascribed(request.include_ascribed());
  std::vector<pb::StanceLane> shown;
  std::vector<Lane> lanes = Lanes(Counting(filter));
  if (!request.claim().empty()) {
    for (Lane& lane : lanes) lane = SeenFrom(lane, Lead(request.claim()));
    std::sort(lanes.begin(), lanes.end(),
              [&](const Lane& a, const Lane& b) { return OrderOfHolder(a.holder) < OrderOfHolder(b.holder); });
  }
  for (const Lane& lane : lanes) shown.push_back(Show(lane));
  return shown;
}

std::vector<pb::Reversal> Record::ListReversals(const pb::ListReversalsRequest& request) const {
  pb::StanceFilter filter = request.filter();
  filter.clear_positions();
  filter.clear_quotes();
  filter.clear_held();
  std::vector<pb::Reversal> reversals;
  for (const Lane& lane : Lanes(Counting(filter))) {
    for (const Change& change : Changes(lane.points)) {
      const bool dismissed = change.computed == pb::CHANGE_KIND_REVERSAL && change.kind != pb::CHANGE_KIND_REVERSAL;
      if (change.kind != pb::CHANGE_KIND_REVERSAL && !(dismissed && request.include_dismissed())) continue;
      if (!Overlap(change.after->held, Asked(request.filter().held()))) continue;
      const pb::StanceLane shown = Show(lane);
      pb::Reversal& reversal = reversals.emplace_back();
      reversal.set_claim(shown.claim());
      reversal.set_claim_text(shown.claim_text());
      reversal.set_holder(shown.holder());
      reversal.set_holder_display_name(shown.holder_display_name());
      *reversal.mutable_change() = Show(change);
    }
  }
  return reversals;
}

// Contradictions and firsts.

pb::ContradictionSide Record::Side(const Lane& lane, const Point& point) const {
  const pb::Stance first = Show(lane.stances.front());
  pb::ContradictionSide side;
  side.set_holder(first.holder());
  side.set_holder_display_name(first.holder_display_name());
  side.set_described_as(first.described_as());
  *side.mutable_point() = Show(point);
  return side;
}

pb::Contradiction Record::Contradict(const Lane& in_favor, const Point& yes, const Lane& against, const Point& no,
                                     int window) const {
  pb::Contradiction contradiction;
  contradiction.set_claim(in_favor.claim);
  contradiction.set_claim_text(claims_.at(in_favor.claim).text());
  *contradiction.mutable_in_favor() = Side(in_favor, yes);
  *contradiction.mutable_against() = Side(against, no);
  contradiction.set_certain(window == 0 || FarthestDays(yes.held, no.held) <= window);
  return contradiction;
}

void Record::AgainstHimself(const Lane& lane, int window, std::vector<pb::Contradiction>& found) const {
  for (const Point& yes : lane.points) {
    for (const Point& no : lane.points) {
      if (reference::Side(yes.position) != 1 || reference::Side(no.position) != -1) continue;
      if (window > 0 && NearestDays(yes.held, no.held) > window) continue;
      found.push_back(Contradict(lane, yes, lane, no, window));
    }
  }
}

void Record::Against(const Lane& in_favor, const Lane& against, int window,
                     std::vector<pb::Contradiction>& found) const {
  const Point* nearest_yes = nullptr;
  const Point* nearest_no = nullptr;
  for (const Point& yes : in_favor.points) {
    for (const Point& no : against.points) {
      if (reference::Side(yes.position) != 1 || reference::Side(no.position) != -1) continue;
      if (nearest_yes != nullptr &&
          NearestDays(yes.held, no.held) >= NearestDays(nearest_yes->held, nearest_no->held)) {
        continue;
      }
      nearest_yes = &yes;
      nearest_no = &no;
    }
  }
  if (nearest_yes == nullptr) return;
  if (window > 0 && NearestDays(nearest_yes->held, nearest_no->held) > window) return;
  found.push_back(Contradict(in_favor, *nearest_yes, against, *nearest_no, window));
}

std::vector<pb::Contradiction> Record::ListContradictions(const pb::ListContradictionsRequest& request) const {
  pb::StanceFilter filter = request.filter();
  filter.clear_positions();
  filter.clear_quotes();
  const std::set<std::string> named(filter.holders().begin(), filter.holders().end());
  if (request.between_holders() && named.size() == 1) filter.clear_holders();
  const std::vector<Lane> lanes = Lanes(Counting(filter));
  std::vector<pb::Contradiction> found;
  if (!request.between_holders()) {
    for (const Lane& lane : lanes) AgainstHimself(lane, request.window_days(), found);
    return found;
  }
  // About the claim of the lane of the holder who is named, or recorded first of those named.
  for (const Lane& one : lanes) {
    if (!named.contains(one.holder)) continue;
    std::vector<Lane> others;
    for (const Lane& other : lanes) {
      const bool comes_once = named.size() == 1 || OrderOfHolder(one.holder) < OrderOfHolder(other.holder);
      if (one.holder == other.holder || !Class(one.claim).contains(other.claim) || !comes_once) continue;
      others.push_back(SeenFrom(other, one.claim));
    }
    std::sort(others.begin(), others.end(),
              [&](const Lane& a, const Lane& b) { return OrderOfHolder(a.holder) < OrderOfHolder(b.holder); });
    for (const Lane& other : others) {
      Against(one, other, request.window_days(), found);
      Against(other, one, request.window_days(), found);
    }
  }
  return found;
}

pb::GetFirstsResponse Record::GetFirsts(const pb::GetFirstsRequest& request) const {
  pb::StanceFilter filter;
  filter.add_claims(request.claim());
  *filter.mutable_positions() = request.positions();
  if (filter.positions().empty()) {
    for (const auto position : {pb::POSITION_ASSERTS, pb::POSITION_SUPPORTS, pb::POSITION_PREDICTS}) {
      filter.add_positions(position);
    }
  }
  filter.set_include_ascribed(request.include_ascribed());
  const std::vector<StanceKey> counting = Counting(filter);
  int earliest_end = api::kOpenTo;
  for (const StanceKey& key : counting) earliest_end = std::min(earliest_end, Held(key).to);
  pb::GetFirstsResponse response;
  std::set<std::string> sources;
  for (const StanceKey& key : counting) {
    if (Held(key).from > earliest_end) continue;
    sources.insert(Holder(key));
    *response.add_stances() = Show(key);
  }
  response.set_certain(sources.size() == 1 && earliest_end != api::kOpenTo);
  return response;
}

}  // namespace onrecord::reference
