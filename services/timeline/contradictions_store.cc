// Questions about positions that cannot both be right.
#include <optional>

#include "services/base/strings.h"
#include "services/claims/stances_rules.h"
#include "services/timeline/history_store.h"
#include "services/timeline/lane_pages.h"

namespace onrecord::store {
namespace {

constexpr int kMostWindowDays = 366000;

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
    const std::optional<rules::Clash> nearest = rules::NearestClash(in_favor, against, window_days);
    if (!nearest) continue;
    pairs.push_back({lane, in_favor[nearest->in_favor], against[nearest->against], nearest->distance});
  }
  return pairs;
}

// Pairs of the holders asked for with others, lane by lane and opponent by opponent, until the page is full or enough
// was looked at.
class PairFinder {
 public:
  PairFinder(pg::Session& db, const LaneScope& scope, const Paging& paging, int window_days)
      : db_(db), scope_(scope), others_(scope), paging_(paging), window_days_(window_days) {
    if (scope.holders.size() == 1) others_.holders.clear();
  }

  // Sets the next page's token.
  absl::StatusOr<std::vector<Pair>> Find(std::string& next) {
    Place place = paging_.start;
    skip_ = place.skip;
    while (!full_) {
      ASSIGN_OR_RETURN(const LanePage page, ReadLanes(db_, scope_, place.lane, kLanesAtOnce));
      looked_at_ += page.looked_at;
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
    next = WritePlace(paging_.token_scope, {place.lane, skip_, opponent_});
    return std::move(taken_);
  }

 private:
  absl::Status AgainstOthers(const Lane& lane, LaneKey after) {
    ASSIGN_OR_RETURN(const std::vector<Linked> linked, LinkedClaims(db_, {lane.key.claim}, scope_.moment));
    if (scope_.holders.size() > 1 && after.speaker < lane.key.speaker) {
      after = {0, lane.key.speaker, std::string(32, 'f')};  // pairs of named holders come once
    }
    const std::vector<rules::Point> points = rules::PointsOf(lane.stances);
    for (bool more = true; more;) {
      opponent_ = after;
      ASSIGN_OR_RETURN(const LanePage opponents,
                       ReadLanesOfClaim(db_, others_, lane.key.claim, linked, after, kLanesAtOnce));
      looked_at_ += opponents.looked_at;
      for (const Lane& opponent : opponents.lanes) {
        if (opponent.key.speaker != lane.key.speaker) {
          std::vector<Pair> pairs = NearestPairs(lane.key, points, rules::PointsOf(opponent.stances), window_days_);
          for (; skip_ < static_cast<int>(pairs.size()); ++skip_) {
            full_ = static_cast<int>(taken_.size()) == paging_.size;
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
  const LaneScope& scope_;
  LaneScope others_;
  const Paging& paging_;
  const int window_days_;
  std::vector<Pair> taken_;
  LaneKey opponent_ = BeforeAllLanes();  // the last one that was held against the lane at hand
  int skip_ = 0;                         // pairs with the one after that were shown
  std::size_t looked_at_ = 0;
  bool full_ = false;
};

}  // namespace

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
  ASSIGN_OR_RETURN(const Paging paging, ReadPaging(request));
  bool nothing = false;
  ASSIGN_OR_RETURN(LaneScope scope, LaneScopeOf(db, request.filter(), paging.moment, nothing));
  const pb::DateInterval& held = request.filter().held();
  if (held.from().year() != 0) scope.held_from = api::ToFrom(held.from());
  if (held.to().year() != 0) scope.held_to = api::ToTo(held.to());
  pb::ListContradictionsResponse response;
  if (nothing) return response;
  LaneWriter writer(db, paging.moment);
  if (request.between_holders()) {
    ASSIGN_OR_RETURN(const std::vector<Pair> pairs,
                     PairFinder(db, scope, paging, request.window_days()).Find(*response.mutable_next_page_token()));
    RETURN_IF_ERROR(ShowPairs(writer, pairs, request.window_days(), response));
    return response;
  }
  Kept kept;
  std::vector<std::pair<const Told*, rules::Clash>> taken;
  const auto clashes = [&](const Told& one, std::size_t most) {
    return rules::ClashesOf(one.points, request.window_days(), most);
  };
  ASSIGN_OR_RETURN(const std::string next, Collect<rules::Clash>(db, scope, paging, clashes, kept, taken));
  response.set_next_page_token(next);
  std::vector<Pair> pairs;
  for (const auto& [one, clash] : taken) {
    pairs.push_back({one->lane.key, one->points[clash.in_favor], one->points[clash.against], clash.distance});
  }
  RETURN_IF_ERROR(ShowPairs(writer, pairs, request.window_days(), response));
  return response;
}

}  // namespace onrecord::store
