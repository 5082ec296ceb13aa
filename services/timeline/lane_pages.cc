#include "services/timeline/lane_pages.h"

#include <set>

#include "services/base/strings.h"

namespace onrecord::store {
namespace {

constexpr std::size_t kTokenParts = 6;

}  // namespace

absl::StatusOr<Place> ReadPlace(const std::string& token_scope, const std::string& token) {
  ASSIGN_OR_RETURN(const std::vector<std::string> parts, api::ReadPageToken(token_scope, token, kTokenParts));
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

std::string WritePlace(const std::string& token_scope, const Place& place) {
  return api::MakePageToken(token_scope,
                            {std::to_string(place.lane.claim), std::to_string(place.lane.speaker), place.lane.quote,
                             std::to_string(place.skip), std::to_string(place.opponent.speaker), place.opponent.quote});
}

absl::StatusOr<LaneScope> LaneScopeOf(pg::Session& db, const pb::StanceFilter& filter, const std::string& moment,
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

absl::StatusOr<std::vector<Told>> Tell(pg::Session& db, const std::string& moment, std::vector<Lane> lanes,
                                       std::vector<rules::Label>* labels) {
  if (labels != nullptr) {
    std::vector<rules::LaneStance> all;
    for (const Lane& lane : lanes) all.insert(all.end(), lane.stances.begin(), lane.stances.end());
    ASSIGN_OR_RETURN(*labels, ReadLabels(db, moment, all));
  }
  std::vector<Told> told;
  for (Lane& lane : lanes) {
    Told one;
    one.points = rules::PointsOf(lane.stances);
    if (labels != nullptr) one.changes = rules::ChangesOf(one.points, *labels);
    one.lane = std::move(lane);
    told.push_back(std::move(one));
  }
  return told;
}

}  // namespace onrecord::store
