#include "tests/support/reference.h"

#include <algorithm>
#include <set>
#include <tuple>

namespace onrecord::reference {
namespace {

template <typename Values, typename Value>
bool Has(const Values& values, const Value& value) {
  return std::find(values.begin(), values.end(), value) != values.end();
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

bool IsSymmetric(pb::ClaimRelationKind kind) {
  return kind == pb::CLAIM_RELATION_KIND_SAME || kind == pb::CLAIM_RELATION_KIND_NEGATION_OF ||
         kind == pb::CLAIM_RELATION_KIND_CONTRADICTS || kind == pb::CLAIM_RELATION_KIND_RELATED;
}

bool IsRelation(const pb::ClaimRelation& relation, const std::string& claim, pb::ClaimRelationKind kind,
                const std::string& other) {
  if (relation.kind() != kind) return false;
  if (relation.claim() == claim && relation.other() == other) return true;
  return IsSymmetric(kind) && relation.claim() == other && relation.other() == claim;
}

bool IsSaid(const pb::Quote& quote) {
  return quote.polarity() == pb::POLARITY_AFFIRMED || quote.polarity() == pb::POLARITY_UNSPECIFIED;
}

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

int Side(pb::Position position) {
  switch (position) {
    case pb::POSITION_ASSERTS:
    case pb::POSITION_SUPPORTS:
    case pb::POSITION_PREDICTS:
      return 1;
    case pb::POSITION_DENIES:
    case pb::POSITION_OPPOSES:
      return -1;
    default:
      return 0;
  }
}

pb::Position TurnRound(pb::Position position) {
  switch (position) {
    case pb::POSITION_ASSERTS:
    case pb::POSITION_PREDICTS:
      return pb::POSITION_DENIES;
    case pb::POSITION_DENIES:
      return pb::POSITION_ASSERTS;
    case pb::POSITION_SUPPORTS:
      return pb::POSITION_OPPOSES;
    case pb::POSITION_OPPOSES:
      return pb::POSITION_SUPPORTS;
    default:
      return position;
  }
}

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

// What is recorded.

void Record::AddSpeaker(const std::string& name, const std::string& display_name) {
  speaker_order_.push_back(name);
  speakers_[name] = display_name;
}

void Record::AddTopic(const std::string& name, const std::string& parent) { topic_parents_[name] = parent; }

void Record::PutClaim(const pb::Claim& claim) {
  if (!claims_.contains(claim.name())) claim_order_.push_back(claim.name());
  claims_[claim.name()] = claim;
}

void Record::PutQuote(const pb::Quote& quote) { quotes_[quote.name()] = quote; }

void Record::PutReview(const pb::Review& review) {
  for (pb::Review& known : reviews_) {
    if (known.name() == review.name()) {
      known = review;
      return;
    }
  }
  reviews_.push_back(review);
}

pb::ErrorReason Record::SetStance(const pb::Stance& stance) {
  const pb::Quote& quote = quotes_.at(stance.quote());
  if (quote.state() == pb::QUOTE_STATE_RETRACTED) return pb::ERROR_REASON_QUOTE_RETRACTED;
  if (quote.state() == pb::QUOTE_STATE_REDACTED) return pb::ERROR_REASON_QUOTE_REDACTED;
  if (!IsSaid(quote)) return pb::ERROR_REASON_QUOTE_NOT_SAID;
  const std::string holder = stance.holder() == quote.speaker() ? "" : stance.holder();
  pb::Stance& kept = stances_[{stance.quote(), Lead(stance.claim()), holder}];
  kept = stance;
  if (!holder.empty() && kept.ascribed_by() == quote.speaker()) kept.clear_ascribed_by();  // goes without saying
  if (kept.strength() == pb::STRENGTH_UNSPECIFIED) kept.set_strength(pb::STRENGTH_PLAIN);
  return pb::ERROR_REASON_UNSPECIFIED;
}

pb::ErrorReason Record::RemoveStance(const std::string& name) {
  return stances_.erase(Key(name)) == 0 ? pb::ERROR_REASON_STANCE_NOT_FOUND : pb::ERROR_REASON_UNSPECIFIED;
}

pb::ErrorReason Record::Relate(const pb::ClaimRelation& relation) {
  const std::string claim = Lead(relation.claim());
  const std::string other = Lead(relation.other());
  if (claim == other) return pb::ERROR_REASON_FIELDS_INVALID;
  for (const pb::ClaimRelation& known : relations_) {
    if (IsRelation(known, claim, relation.kind(), other)) return pb::ERROR_REASON_UNSPECIFIED;
  }
  const std::map<std::string, int> linked = Class(claim);
  const int sign = relation.kind() == pb::CLAIM_RELATION_KIND_SAME          ? 1
                   : relation.kind() == pb::CLAIM_RELATION_KIND_NEGATION_OF ? -1
                                                                            : 0;
  if (sign != 0 && linked.contains(other) && linked.at(other) != sign) return pb::ERROR_REASON_CLAIM_CYCLE;
  if (relation.kind() == pb::CLAIM_RELATION_KIND_NARROWER && IsNarrower(other, claim)) {
    return pb::ERROR_REASON_CLAIM_CYCLE;
  }
  relations_.push_back(relation);
  relations_.back().set_claim(claim);
  relations_.back().set_other(other);
  return pb::ERROR_REASON_UNSPECIFIED;
}

pb::ErrorReason Record::Unrelate(const std::string& claim, pb::ClaimRelationKind kind, const std::string& other) {
  const auto taken_back = std::erase_if(relations_, [&](const pb::ClaimRelation& relation) {
    return IsRelation(relation, Lead(claim), kind, Lead(other));
  });
  return taken_back == 0 ? pb::ERROR_REASON_RELATION_NOT_FOUND : pb::ERROR_REASON_UNSPECIFIED;
}

pb::ErrorReason Record::Merge(const std::string& claim, const std::string& into, int* replaced) {
  const std::string from = Lead(claim);
  const std::string to = Lead(into);
  if (from == to) return pb::ERROR_REASON_FIELDS_INVALID;
  const std::map<std::string, int> linked = Class(from);
  if (linked.contains(to) && linked.at(to) == -1) return pb::ERROR_REASON_CLAIM_CYCLE;
  if (IsNarrower(from, to) || IsNarrower(to, from)) return pb::ERROR_REASON_CLAIM_CYCLE;
  merged_[from] = to;

  const auto moved = [&](StanceKey key) {
    if (key.claim == from) key.claim = to;
    return key;
  };
  int gave_way = 0;
  std::map<StanceKey, pb::Stance> stances;
  for (const auto& [key, stance] : stances_) {
    if (key.claim != from) stances[key] = stance;
  }
  for (const auto& [key, stance] : stances_) {
    if (key.claim == from && !stances.try_emplace(moved(key), stance).second) ++gave_way;
  }
  stances_ = stances;
  if (replaced != nullptr) *replaced = gave_way;

  std::vector<pb::ClaimRelation> relations;
  relations.swap(relations_);
  for (pb::ClaimRelation& relation : relations) {
    if (relation.claim() == from) relation.set_claim(to);
    if (relation.other() == from) relation.set_other(to);
    const bool known = std::any_of(relations_.begin(), relations_.end(), [&](const pb::ClaimRelation& other) {
      return IsRelation(other, relation.claim(), relation.kind(), relation.other());
    });
    if (relation.claim() != relation.other() && !known) relations_.push_back(relation);
  }

  for (Label& label : labels_) {
    label.before = moved(label.before);
    label.after = moved(label.after);
  }
  std::erase_if(labels_, [](const Label& label) { return label.before == label.after; });
  return pb::ERROR_REASON_UNSPECIFIED;
}

pb::ErrorReason Record::LabelChange(const pb::LabelChangeRequest& request, const std::string& author) {
  const StanceKey before = Key(request.before());
  const StanceKey after = Key(request.after());
  if (!stances_.contains(before) || !stances_.contains(after)) return pb::ERROR_REASON_STANCE_NOT_FOUND;
  if (Holder(before) != Holder(after)) return pb::ERROR_REASON_FIELDS_INVALID;
  if (!Class(before.claim).contains(after.claim)) return pb::ERROR_REASON_FIELDS_INVALID;
  std::erase_if(labels_, [&](const Label& label) { return label.before == before && label.after == after; });
  if (request.label() != pb::CHANGE_LABEL_UNSPECIFIED) {
    labels_.push_back({before, after, request.label(), request.note(), author});
  }
  return pb::ERROR_REASON_UNSPECIFIED;
}

// What everything below is made of.

std::string Record::Lead(std::string claim) const {
  while (merged_.contains(claim)) claim = merged_.at(claim);
  return claim;
}

std::map<std::string, int> Record::Class(const std::string& claim) const {
  std::map<std::string, int> signs = {{claim, 1}};
  std::vector<std::string> members = {claim};
  for (std::size_t i = 0; i < members.size(); ++i) {
    for (const pb::ClaimRelation& relation : relations_) {
      const bool same = relation.kind() == pb::CLAIM_RELATION_KIND_SAME;
      if (!same && relation.kind() != pb::CLAIM_RELATION_KIND_NEGATION_OF) continue;
      if (relation.claim() != members[i] && relation.other() != members[i]) continue;
      const std::string& other = relation.claim() == members[i] ? relation.other() : relation.claim();
      if (signs.try_emplace(other, same ? signs[members[i]] : -signs[members[i]]).second) members.push_back(other);
    }
  }
  return signs;
}

bool Record::IsNarrower(const std::string& claim, const std::string& other) const {
  std::vector<std::string> wider = {claim};
  for (std::size_t i = 0; i < wider.size(); ++i) {
    for (const pb::ClaimRelation& relation : relations_) {
      const bool leads = relation.kind() == pb::CLAIM_RELATION_KIND_NARROWER && relation.claim() == wider[i];
      if (leads && !Has(wider, relation.other())) wider.push_back(relation.other());
    }
  }
  return Has(wider, other);
}

StanceKey Record::Key(const std::string& stance_name) const {
  const std::size_t middle = stance_name.find("/stances/");
  std::string claim = stance_name.substr(middle + 9);
  std::string holder;
  if (const std::size_t dot = claim.find('.'); dot != std::string::npos) {
    holder = "speakers/" + claim.substr(dot + 1);
    claim.resize(dot);
  }
  return {stance_name.substr(0, middle), Lead("claims/" + claim), holder};
}

std::string Record::StanceName(const StanceKey& key) const {
  std::string name = key.quote + "/stances/" + key.claim.substr(7);
  if (!key.holder.empty()) name += "." + key.holder.substr(9);
  return name;
}

std::vector<StanceKey> Record::stances() const {
  std::vector<StanceKey> keys;
  for (const auto& [key, stance] : stances_) keys.push_back(key);
  return keys;
}

int Record::Order(const std::string& claim) const {
  return static_cast<int>(std::find(claim_order_.begin(), claim_order_.end(), claim) - claim_order_.begin());
}

std::pair<int, std::string> Record::OrderOfHolder(const std::string& holder) const {
  if (!speakers_.contains(holder)) return {-1, holder};
  return {std::find(speaker_order_.begin(), speaker_order_.end(), holder) - speaker_order_.begin(), ""};
}

bool Record::IsAbout(const std::string& claim, const std::string& topic) const {
  for (const auto& [linked, sign] : Class(claim)) {
    for (std::string about : claims_.at(linked).topics()) {
      for (; !about.empty(); about = topic_parents_.at(about)) {
        if (about == topic) return true;
      }
    }
  }
  return false;
}

std::string Record::Holder(const StanceKey& key) const {
  if (!key.holder.empty()) return key.holder;
  const std::string& speaker = quotes_.at(key.quote).speaker();
  return speaker.empty() ? key.quote : speaker;
}

bool Record::IsAscribed(const StanceKey& key) const {
  return !key.holder.empty() || !stances_.at(key).ascribed_by().empty();
}

bool Record::IsSuspended(const StanceKey& key) const {
  const pb::Quote& quote = quotes_.at(key.quote);
  return quote.state() == pb::QUOTE_STATE_RETRACTED || quote.state() == pb::QUOTE_STATE_REDACTED || !IsSaid(quote);
}

api::DayRange Record::Held(const StanceKey& key) const {
  const api::DayRange valid = api::ToRange(stances_.at(key).valid());
  if (valid.known()) return valid;
  const pb::Quote& quote = quotes_.at(key.quote);
  api::DayRange held = api::ToRange(quote.said());
  if (held.to != api::kOpenTo) return held;
  for (const pb::Appearance& appearance : quote.appearances()) {
    held.to = std::min(held.to, api::ToRange(appearance.published()).to);
  }
  if (held.to < held.from) held.to = api::kOpenTo;  // printed before it was said: one of the two is wrong
  return held;
}

pb::Stance Record::Show(const StanceKey& key) const {
  const pb::Quote& quote = quotes_.at(key.quote);
  const bool unnamed = key.holder.empty() && quote.speaker().empty();
  pb::Stance shown = stances_.at(key);
  shown.set_name(StanceName(key));
  shown.set_claim(key.claim);
  shown.set_claim_text(claims_.at(key.claim).text());
  shown.set_holder(unnamed ? "" : Holder(key));
  shown.set_holder_display_name(unnamed ? "" : speakers_.at(Holder(key)));
  shown.set_described_as(unnamed ? quote.described_as() : "");
  shown.set_ascribed(IsAscribed(key));
  if (!key.holder.empty() && shown.ascribed_by().empty()) shown.set_ascribed_by(quote.speaker());
  shown.set_quote_text(quote.text());
  *shown.mutable_held() = Date(Held(key));
  *shown.mutable_occurred() = quote.occurred();
  shown.set_suspended(IsSuspended(key));
  return shown;
}

bool Record::Fits(const StanceKey& key, const pb::StanceFilter& filter) const {
  if (IsAscribed(key) && !filter.include_ascribed()) return false;
  if (!filter.holders().empty() && !Has(filter.holders(), Holder(key))) return false;
  if (!filter.quotes().empty() && !Has(filter.quotes(), key.quote)) return false;
  if (!Overlap(Held(key), Asked(filter.held()))) return false;
  const bool about = std::any_of(filter.topics().begin(), filter.topics().end(),
                                 [&](const std::string& topic) { return IsAbout(key.claim, topic); });
  if (!filter.topics().empty() && !about) return false;

  const pb::Position recorded = stances_.at(key).position();
  const auto position_fits = [&](pb::Position position) {
    return filter.positions().empty() || Has(filter.positions(), position);
  };
  if (filter.claims().empty()) return position_fits(recorded);
  return std::any_of(filter.claims().begin(), filter.claims().end(), [&](const std::string& claim) {
    const std::map<std::string, int> linked = Class(Lead(claim));
    if (!linked.contains(key.claim)) return false;
    return position_fits(linked.at(key.claim) == 1 ? recorded : TurnRound(recorded));
  });
}

std::vector<StanceKey> Record::Counting(const pb::StanceFilter& filter) const {
  std::vector<StanceKey> counting;
  for (const auto& [key, stance] : stances_) {
    if (!IsSuspended(key) && Fits(key, filter)) counting.push_back(key);
  }
  return counting;
}

// Claims, stances and reviews.

std::optional<pb::Claim> Record::GetClaim(const std::string& name) const {
  const auto found = claims_.find(Lead(name));
  if (found == claims_.end()) return std::nullopt;
  pb::Claim claim = found->second;
  claim.clear_former_names();
  for (const std::string& other : claim_order_) {
    if (other != claim.name() && Lead(other) == claim.name()) claim.add_former_names(other);
  }
  return claim;
}

std::optional<pb::Stance> Record::GetStance(const std::string& name) const {
  const StanceKey key = Key(name);
  if (!stances_.contains(key)) return std::nullopt;
  return Show(key);
}

std::vector<pb::Stance> Record::ListStances(const pb::ListStancesRequest& request) const {
  std::vector<pb::Stance> listed;
  for (const auto& [key, stance] : stances_) {
    if (IsSuspended(key) && !request.include_suspended()) continue;
    if (Fits(key, request.filter())) listed.push_back(Show(key));
  }
  return listed;
}

std::vector<pb::Review> Record::ListReviews(const pb::ListReviewsRequest& request) const {
  std::vector<pb::Review> listed;
  for (pb::Review review : reviews_) {
    if (!review.retract_reason().empty() && !request.include_retracted()) continue;
    if (!review.claim().empty()) review.set_claim(Lead(review.claim()));
    if (!request.claim().empty()) {
      const std::map<std::string, int> linked = Class(Lead(request.claim()));
      if (!linked.contains(review.claim()) || linked.at(review.claim()) != 1) continue;
    }
    if (!request.quote().empty() && review.quote() != request.quote()) continue;
    if (!request.reviewer().empty() && review.reviewer() != request.reviewer()) continue;
    if (!request.verdicts().empty() && !Has(request.verdicts(), review.verdict())) continue;
    listed.push_back(review);
  }
  return listed;
}

std::vector<pb::ClaimRelation> Record::ListClaimRelations(const pb::ListClaimRelationsRequest& request) const {
  const std::string claim = Lead(request.claim());
  std::vector<pb::ClaimRelation> listed;
  for (pb::ClaimRelation relation : relations_) {
    if (relation.claim() != claim && relation.other() != claim) continue;
    if (!request.kinds().empty() && !Has(request.kinds(), relation.kind())) continue;
    if (IsSymmetric(relation.kind()) && relation.claim() != claim) {
      relation.set_other(relation.claim());
      relation.set_claim(claim);
    }
    relation.set_claim_text(claims_.at(relation.claim()).text());
    relation.set_other_text(claims_.at(relation.other()).text());
    listed.push_back(relation);
  }
  return listed;
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
    if (Has(before.stances, label->before) && Has(after.stances, label->after)) return &*label;
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
