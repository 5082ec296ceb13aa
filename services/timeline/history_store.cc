#include "services/timeline/history_store.h"

#include <algorithm>
#include <deque>
#include <functional>
#include <set>

#include "db/statements.h"
#include "services/api/as_of.h"
#include "services/api/names.h"
#include "services/api/page_token.h"
#include "services/api/request_key.h"
#include "services/base/strings.h"
#include "services/claims/stances_rules.h"
#include "services/names/names_rules.h"
#include "services/names/names_store.h"
#include "services/timeline/lanes_store.h"

namespace onrecord::store {
namespace {

constexpr int kMostPerPage = 200;
constexpr int kMostHolders = 100;
constexpr int kMostWindowDays = 366000;
constexpr std::size_t kMostShownOfPage = 500;  // stances
constexpr std::size_t kMostChangesInFull = 50;
constexpr std::size_t kMostChangesShown = 200;
constexpr std::size_t kMostLookedAt = 5000;  // stances
constexpr int kLanesAtOnce = 100;
constexpr std::size_t kTokenParts = 6;

// Where a page ended: after a lane, and within the next one after so many of its answers or after an opponent's lane.
struct Place {
  LaneKey lane = BeforeAllLanes();
  int skip = 0;
  LaneKey opponent = BeforeAllLanes();
};

absl::StatusOr<Place> ReadPlace(const std::string& scope, const std::string& token) {
  ASSIGN_OR_RETURN(const std::vector<std::string> parts, api::ReadPageToken(scope, token, kTokenParts));
  Place place;
  if (parts.empty()) return place;
  if (!ParseNumber(parts[0], &place.lane.claim) || !ParseNumber(parts[1], &place.lane.speaker) ||
      !ParseNumber(parts[3], &place.skip) || !ParseNumber(parts[4], &place.opponent.speaker)) {
    return Refuse(absl::StatusCode::kInvalidArgument, pb::ERROR_REASON_PAGE_TOKEN_INVALID, "page_token is damaged");
  }
  place.lane.quote = parts[2];
  place.opponent.quote = parts[5];
  return place;
}

std::string WritePlace(const std::string& scope, const Place& place) {
  return api::MakePageToken(scope,
                            {std::to_string(place.lane.claim), std::to_string(place.lane.speaker), place.lane.quote,
                             std::to_string(place.skip), std::to_string(place.opponent.speaker), place.opponent.quote});
}

absl::Status CheckOneOf(api::Violations& violations, const std::string& one_field, const std::string& one,
                        const std::string& other_field, const std::string& other) {
  if (one.empty() == other.empty()) {
    violations.Add(pb::ERROR_REASON_FIELD_REQUIRED, one_field,
                   StrCat("give ", one_field, " or ", other_field, ", one of the two"));
  }
  if (!one.empty()) violations.Name(one_field, one, StrCat(one_field, "s/"));
  return violations.Status();
}

// A lane with what follows from it.
struct Told {
  Lane lane;
  std::vector<rules::Point> points;
  std::vector<rules::Change> changes;
};

// The labels must outlive what is told of the lanes.
absl::StatusOr<std::vector<Told>> Tell(pg::Session& db, const std::string& moment, std::vector<Lane> lanes,
                                       std::vector<rules::Label>& labels) {
  std::vector<rules::LaneStance> all;
  for (const Lane& lane : lanes) all.insert(all.end(), lane.stances.begin(), lane.stances.end());
  ASSIGN_OR_RETURN(labels, ReadLabels(db, moment, all));
  std::vector<Told> told;
  for (Lane& lane : lanes) {
    Told one;
    one.points = rules::PointsOf(lane.stances);
    one.changes = rules::ChangesOf(one.points, labels);
    one.lane = std::move(lane);
    told.push_back(std::move(one));
  }
  return told;
}

bool Overlaps(const api::DayRange& held, const pb::DateInterval& interval) {
  return held.to >= api::ToFrom(interval.from()) && held.from <= api::ToTo(interval.to());
}

// The stances that a filter asks for, at whatever time they were held.
absl::StatusOr<LaneScope> ScopeOf(pg::Session& db, const pb::StanceFilter& filter, const std::string& moment,
                                  bool& nothing) {
  ASSIGN_OR_RETURN(const StanceScope scope, ResolveStanceFilter(db, "filter", filter, moment));
  nothing = scope.nothing;
  const std::set<std::int64_t> holders(scope.holders.begin(), scope.holders.end());
  LaneScope lanes;
  lanes.moment = moment;
  lanes.claims = scope.claims;
  lanes.holders.assign(holders.begin(), holders.end());
  lanes.include_ascribed = scope.include_ascribed;
  return lanes;
}

// What was told of lanes, with the labels that changes point at.
struct Kept {
  std::deque<Told> told;
  std::deque<std::vector<rules::Label>> labels;
};

// Goes through lanes and takes what `answers` finds in each until the page is full or enough was looked at. The next
// page's token.
template <typename Answer>
absl::StatusOr<std::string> Collect(pg::Session& db, const LaneScope& scope, const std::string& token_scope,
                                    Place place, int size,
                                    const std::function<std::vector<Answer>(const Told&)>& answers, Kept& kept,
                                    std::vector<std::pair<const Told*, Answer>>& taken) {
  for (std::size_t looked_at = 0; looked_at < kMostLookedAt;) {
    ASSIGN_OR_RETURN(LanePage page, ReadLanes(db, scope, place.lane, kLanesAtOnce));
    for (const Lane& lane : page.lanes) looked_at += lane.stances.size();
    ASSIGN_OR_RETURN(std::vector<Told> told, Tell(db, scope.moment, std::move(page.lanes), kept.labels.emplace_back()));
    for (Told& one : told) {
      kept.told.push_back(std::move(one));
      std::vector<Answer> found = answers(kept.told.back());
      for (std::size_t i = static_cast<std::size_t>(place.skip); i < found.size(); ++i) {
        if (static_cast<int>(taken.size()) == size) {
          place.skip = static_cast<int>(i);
          return WritePlace(token_scope, place);
        }
        taken.emplace_back(&kept.told.back(), std::move(found[i]));
      }
      place = {kept.told.back().lane.key, 0, BeforeAllLanes()};
    }
    place = {page.last, 0, BeforeAllLanes()};
    if (!page.more) return std::string();
    if (told.empty()) ++looked_at;
  }
  return WritePlace(token_scope, place);
}

void ShowLane(LaneWriter& writer, const Told& told, pb::StanceLane& lane) {
  lane.set_claim(writer.ClaimName(told.lane.key.claim));
  lane.set_claim_text(writer.ClaimText(told.lane.key.claim));
  writer.SetHolder(told.points.front(), lane);
  for (const rules::Point& point : told.points) *lane.add_points() = writer.ToProto(point);
  // The points are there with all their evidence already.
  const std::size_t most = told.changes.size() > kMostChangesInFull ? 1 : kMostShown;
  for (std::size_t i = 0; i < std::min(kMostChangesShown, told.changes.size()); ++i) {
    *lane.add_changes() = writer.ToProto(told.points, told.changes[i], most);
  }
}

void SetSide(const LaneWriter& writer, const rules::Point& point, pb::ContradictionSide& side) {
  writer.SetHolder(point, side);
  *side.mutable_point() = writer.ToProto(point);
}

struct Pair {
  LaneKey lane;
  rules::Point in_favor;
  rules::Point against;
  rules::Distance distance;
};

absl::Status ShowPairs(LaneWriter& writer, const std::vector<Pair>& pairs, int window_days,
                       pb::ListContradictionsResponse& response) {
  for (const Pair& pair : pairs) {
    writer.Want(Lane{pair.lane, {}});
    writer.Want(pair.in_favor);
    writer.Want(pair.against);
  }
  RETURN_IF_ERROR(writer.Read());
  for (const Pair& pair : pairs) {
    pb::Contradiction& shown = *response.add_contradictions();
    shown.set_claim(writer.ClaimName(pair.lane.claim));
    shown.set_claim_text(writer.ClaimText(pair.lane.claim));
    SetSide(writer, pair.in_favor, *shown.mutable_in_favor());
    SetSide(writer, pair.against, *shown.mutable_against());
    shown.set_certain(window_days == 0 || pair.distance.most <= window_days);
  }
  return absl::OkStatus();
}

// The nearest pair of each kind between two lanes: one for and the other against, and the other way round.
std::vector<Pair> NearestPairs(const LaneKey& lane, const std::vector<rules::Point>& points,
                               const std::vector<rules::Point>& theirs, int window_days) {
  std::vector<Pair> pairs;
  for (const bool turned : {false, true}) {
    const std::vector<rules::Point>& in_favor = turned ? theirs : points;
    const std::vector<rules::Point>& against = turned ? points : theirs;
    const std::vector<rules::Clash> clashes = rules::ClashesOf(in_favor, against, window_days);
    const auto nearest = std::min_element(
        clashes.begin(), clashes.end(),
        [](const rules::Clash& a, const rules::Clash& b) { return a.distance.least < b.distance.least; });
    if (nearest == clashes.end()) continue;
    pairs.push_back({lane, in_favor[nearest->in_favor], against[nearest->against], nearest->distance});
  }
  return pairs;
}

// Pairs of the holders asked for with others, lane by lane and opponent by opponent, until the page is full or enough
// was looked at.
class PairFinder {
 public:
  PairFinder(pg::Session& db, const pb::ListContradictionsRequest& request, const LaneScope& scope, int size)
      : db_(db), request_(request), scope_(scope), others_(scope), size_(size) {
    if (scope.holders.size() == 1) others_.holders.clear();
  }

  // Sets the next page's token.
  absl::StatusOr<std::vector<Pair>> Find(Place place, const std::string& token_scope, std::string& next) {
    skip_ = place.skip;
    while (!full_) {
      ASSIGN_OR_RETURN(const LanePage page, ReadLanes(db_, scope_, place.lane, kLanesAtOnce));
      for (const Lane& lane : page.lanes) {
        RETURN_IF_ERROR(AgainstOthers(lane, place.opponent));
        if (full_) break;
        place = {lane.key, 0, BeforeAllLanes()};
        opponent_ = place.opponent;
        full_ = looked_at_ >= kMostLookedAt;
        if (full_) break;
      }
      if (full_) break;
      if (!page.more) return std::move(taken_);
      place = {page.last, 0, BeforeAllLanes()};
    }
    next = WritePlace(token_scope, {place.lane, skip_, opponent_});
    return std::move(taken_);
  }

 private:
  absl::Status AgainstOthers(const Lane& lane, LaneKey after) {
    ASSIGN_OR_RETURN(const std::vector<Linked> linked, LinkedClaims(db_, {lane.key.claim}, scope_.moment));
    if (scope_.holders.size() > 1 && after.speaker < lane.key.speaker) {
      after = {0, lane.key.speaker, std::string(32, 'f')};  // pairs of named holders come once
    }
    const std::vector<rules::Point> points = rules::PointsOf(lane.stances);
    looked_at_ += lane.stances.size();
    for (bool more = true; more;) {
      opponent_ = after;
      ASSIGN_OR_RETURN(const LanePage opponents,
                       ReadLanesOfClaim(db_, others_, lane.key.claim, linked, after, kLanesAtOnce));
      for (const Lane& opponent : opponents.lanes) {
        looked_at_ += opponent.stances.size();
        if (opponent.key.speaker != lane.key.speaker) {
          std::vector<Pair> pairs =
              NearestPairs(lane.key, points, rules::PointsOf(opponent.stances), request_.window_days());
          for (; skip_ < static_cast<int>(pairs.size()); ++skip_) {
            full_ = static_cast<int>(taken_.size()) == size_;
            if (full_) return absl::OkStatus();
            taken_.push_back(std::move(pairs[static_cast<std::size_t>(skip_)]));
          }
          skip_ = 0;
        }
        opponent_ = opponent.key;
      }
      after = opponents.last;
      more = opponents.more;
      full_ = more && looked_at_ >= kMostLookedAt;
      if (full_) {
        opponent_ = after;
        return absl::OkStatus();
      }
    }
    return absl::OkStatus();
  }

  pg::Session& db_;
  const pb::ListContradictionsRequest& request_;
  const LaneScope& scope_;
  LaneScope others_;
  const int size_;
  std::vector<Pair> taken_;
  LaneKey opponent_ = BeforeAllLanes();  // the last one that was held against the lane at hand
  int skip_ = 0;                         // pairs with the one after that were shown
  std::size_t looked_at_ = 0;
  bool full_ = false;
};

}  // namespace

absl::StatusOr<pb::GetStanceHistoryResponse> GetStanceHistory(pg::Session& db,
                                                              const pb::GetStanceHistoryRequest& request) {
  api::Violations violations;
  violations.Count("holders", request.holders_size(), kMostHolders);
  for (int i = 0; i < request.holders_size(); ++i) {
    violations.Name(StrCat("holders[", i, "]"), request.holders(i), "speakers/");
  }
  if (!request.topic().empty()) violations.Name("topic", request.topic(), "topics/");
  RETURN_IF_ERROR(CheckOneOf(violations, "claim", request.claim(), "topic", request.topic()));
  ASSIGN_OR_RETURN(const std::string moment, api::ReadAsOf(request));
  ASSIGN_OR_RETURN(const int size, api::PageSize(request.page_size(), kMostPerPage));
  const std::string token_scope = api::MakeScope(request);
  ASSIGN_OR_RETURN(const Place start, ReadPlace(token_scope, request.page_token()));
  LaneScope scope;
  scope.moment = moment;
  scope.include_ascribed = request.include_ascribed();
  const std::vector<std::string> holders(request.holders().begin(), request.holders().end());
  ASSIGN_OR_RETURN(scope.holders, RequireIds(db, NameTable::kSpeakers, "holders", holders));
  LanePage page;
  if (!request.claim().empty()) {
    ASSIGN_OR_RETURN(const std::int64_t claim, ResolveClaim(db, "claim", request.claim(), moment));
    ASSIGN_OR_RETURN(const std::vector<Linked> linked, LinkedClaims(db, {claim}, moment));
    ASSIGN_OR_RETURN(page, ReadLanesOfClaim(db, scope, claim, linked, start.lane, size + 1));
  } else {
    const std::vector<std::string> topics = {request.topic()};
    ASSIGN_OR_RETURN(const std::vector<std::int64_t> about, ClaimsAbout(db, "topic", topics, moment));
    ASSIGN_OR_RETURN(const std::vector<Linked> linked, LinkedClaims(db, about, moment));
    std::set<std::int64_t> claims;
    for (const Linked& claim : linked) claims.insert(claim.claim);
    if (claims.empty()) return pb::GetStanceHistoryResponse();
    scope.claims.assign(claims.begin(), claims.end());
    ASSIGN_OR_RETURN(page, ReadLanes(db, scope, start.lane, size + 1));
  }
  if (static_cast<int>(page.lanes.size()) > size) {
    page.lanes.resize(static_cast<std::size_t>(size));
    page.last = page.lanes.back().key;
    page.more = true;
  }
  std::vector<rules::Label> labels;
  ASSIGN_OR_RETURN(std::vector<Told> told, Tell(db, moment, std::move(page.lanes), labels));
  LaneWriter writer(db, moment);
  for (std::size_t i = 0; i < told.size(); ++i) {
    if (i > 0 && writer.wanted() >= kMostShownOfPage) {
      page.last = told[i - 1].lane.key;
      page.more = true;
      told.resize(i);
      break;
    }
    writer.Want(told[i].lane);
    writer.Want(told[i].points, told[i].changes);
  }
  RETURN_IF_ERROR(writer.Read());
  pb::GetStanceHistoryResponse response;
  if (page.more) response.set_next_page_token(WritePlace(token_scope, {page.last, 0, BeforeAllLanes()}));
  for (const Told& one : told) ShowLane(writer, one, *response.add_lanes());
  return response;
}

absl::StatusOr<pb::ListReversalsResponse> ListReversals(pg::Session& db, const pb::ListReversalsRequest& request) {
  api::Violations violations;
  rules::CheckStanceFilter("filter", request.filter(), violations);
  RETURN_IF_ERROR(violations.Status());
  ASSIGN_OR_RETURN(const std::string moment, api::ReadAsOf(request));
  ASSIGN_OR_RETURN(const int size, api::PageSize(request.page_size(), kMostPerPage));
  const std::string token_scope = api::MakeScope(request);
  ASSIGN_OR_RETURN(const Place start, ReadPlace(token_scope, request.page_token()));
  bool nothing = false;
  ASSIGN_OR_RETURN(const LaneScope scope, ScopeOf(db, request.filter(), moment, nothing));
  pb::ListReversalsResponse response;
  if (nothing) return response;
  Kept kept;
  std::vector<std::pair<const Told*, rules::Change>> taken;
  const auto reversals = [&](const Told& one) {
    std::vector<rules::Change> found;
    for (const rules::Change& change : one.changes) {
      const bool dismissed = request.include_dismissed() && change.computed == pb::CHANGE_KIND_REVERSAL;
      if ((change.kind() == pb::CHANGE_KIND_REVERSAL || dismissed) &&
          Overlaps(one.points[change.after].held, request.filter().held())) {
        found.push_back(change);
      }
    }
    return found;
  };
  ASSIGN_OR_RETURN(const std::string next,
                   Collect<rules::Change>(db, scope, token_scope, start, size, reversals, kept, taken));
  response.set_next_page_token(next);
  LaneWriter writer(db, moment);
  for (const auto& [one, change] : taken) {
    writer.Want(one->lane);
    writer.Want(one->points[change.before]);
    writer.Want(one->points[change.after]);
  }
  RETURN_IF_ERROR(writer.Read());
  for (const auto& [one, change] : taken) {
    pb::Reversal& reversal = *response.add_reversals();
    reversal.set_claim(writer.ClaimName(one->lane.key.claim));
    reversal.set_claim_text(writer.ClaimText(one->lane.key.claim));
    writer.SetHolder(one->points[change.after], reversal);
    *reversal.mutable_change() = writer.ToProto(one->points, change);
  }
  return response;
}

absl::StatusOr<pb::ListContradictionsResponse> ListContradictions(pg::Session& db,
                                                                  const pb::ListContradictionsRequest& request) {
  api::Violations violations;
  rules::CheckStanceFilter("filter", request.filter(), violations);
  if (request.window_days() < 0 || request.window_days() > kMostWindowDays) {
    violations.Add(pb::ERROR_REASON_VALUE_INVALID, "window_days",
                   StrCat(request.window_days(), " is not in 0 to ", kMostWindowDays));
  }
  if (request.between_holders() && request.filter().holders().empty()) {
    violations.Add(pb::ERROR_REASON_FIELD_REQUIRED, "filter.holders",
                   "is empty; name the holder to hold against others, or several to hold against each other");
  }
  RETURN_IF_ERROR(violations.Status());
  ASSIGN_OR_RETURN(const std::string moment, api::ReadAsOf(request));
  ASSIGN_OR_RETURN(const int size, api::PageSize(request.page_size(), kMostPerPage));
  const std::string token_scope = api::MakeScope(request);
  ASSIGN_OR_RETURN(const Place start, ReadPlace(token_scope, request.page_token()));
  bool nothing = false;
  ASSIGN_OR_RETURN(LaneScope scope, ScopeOf(db, request.filter(), moment, nothing));
  const pb::DateInterval& held = request.filter().held();
  if (held.from().year() != 0) scope.held_from = api::ToFrom(held.from());
  if (held.to().year() != 0) scope.held_to = api::ToTo(held.to());
  pb::ListContradictionsResponse response;
  if (nothing) return response;
  LaneWriter writer(db, moment);
  if (request.between_holders()) {
    ASSIGN_OR_RETURN(
        const std::vector<Pair> pairs,
        PairFinder(db, request, scope, size).Find(start, token_scope, *response.mutable_next_page_token()));
    RETURN_IF_ERROR(ShowPairs(writer, pairs, request.window_days(), response));
    return response;
  }
  Kept kept;
  std::vector<std::pair<const Told*, rules::Clash>> taken;
  const auto clashes = [&](const Told& one) { return rules::ClashesOf(one.points, one.points, request.window_days()); };
  ASSIGN_OR_RETURN(const std::string next,
                   Collect<rules::Clash>(db, scope, token_scope, start, size, clashes, kept, taken));
  response.set_next_page_token(next);
  std::vector<Pair> pairs;
  for (const auto& [one, clash] : taken) {
    pairs.push_back({one->lane.key, one->points[clash.in_favor], one->points[clash.against], clash.distance});
  }
  RETURN_IF_ERROR(ShowPairs(writer, pairs, request.window_days(), response));
  return response;
}

absl::Status LabelChange(api::Call& call, const pb::LabelChangeRequest& request) {
  api::Violations violations;
  violations.Enum("label", pb::ChangeLabel_IsValid(request.label()), request.label());
  violations.Text("note", request.note(), 0, rules::kMostNoteCodePoints);
  violations.RequestId(request.request_id());
  if (request.before() == request.after()) {
    violations.Add(pb::ERROR_REASON_VALUE_INVALID, "after", "is the same stance; name the one that came after");
  }
  RETURN_IF_ERROR(violations.Status());
  pg::Session& db = call.db();
  return db.Transaction([&]() -> absl::Status {
    RETURN_IF_ERROR(HoldClaimLinks(db));
    RETURN_IF_ERROR(LockKey(db, StrCat("label ", request.before(), " ", request.after()), /*exclusive=*/true));
    ASSIGN_OR_RETURN(const auto repeated, api::ClaimRequest(call, request.request_id(), request, request.before()));
    if (repeated) return absl::OkStatus();
    ASSIGN_OR_RETURN(const StanceKey before, ResolveStanceName(db, "before", request.before(), api::kNow));
    ASSIGN_OR_RETURN(const StanceKey after, ResolveStanceName(db, "after", request.after(), api::kNow));
    ASSIGN_OR_RETURN(const pb::Stance first, GetStance(db, "before", request.before(), api::kNow));
    ASSIGN_OR_RETURN(const pb::Stance then, GetStance(db, "after", request.after(), api::kNow));
    const bool same_holder =
        first.holder() == then.holder() && (!first.holder().empty() || before.quote == after.quote);
    if (!same_holder) {
      return RefuseFields({{pb::ERROR_REASON_VALUE_INVALID, "after", "is a stance of another holder"}});
    }
    ASSIGN_OR_RETURN(const std::vector<Linked> linked, LinkedClaims(db, {before.claim}, api::kNow));
    if (std::none_of(linked.begin(), linked.end(), [&](const Linked& claim) { return claim.claim == after.claim; })) {
      return RefuseFields({{pb::ERROR_REASON_VALUE_INVALID, "after",
                            "is about a claim that is neither the same nor a negation; relate the claims first"}});
    }
    RETURN_IF_ERROR(
        db.Run(sql::kEndLabel, before.quote, before.claim, before.holder, after.quote, after.claim, after.holder)
            .status());
    if (request.label() == pb::CHANGE_LABEL_UNSPECIFIED) return absl::OkStatus();
    return db
        .Run(sql::kInsertLabel, before.quote, before.claim, before.holder, after.quote, after.claim, after.holder,
             static_cast<int>(request.label()), request.note(), call.author())
        .status();
  });
}

}  // namespace onrecord::store
