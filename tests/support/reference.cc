#include "tests/support/reference.h"

#include <algorithm>

namespace onrecord::reference {
namespace {

template <typename Values, typename Value>
bool Has(const Values& values, const Value& value) {
  return std::find(values.begin(), values.end(), value) != values.end();
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

}  // namespace onrecord::reference
