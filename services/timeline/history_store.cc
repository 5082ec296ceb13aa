#include "services/timeline/history_store.h"

#include <algorithm>
#include <set>

#include "db/statements.h"
#include "services/api/as_of.h"
#include "services/api/request_key.h"
#include "services/base/strings.h"
#include "services/claims/stances_rules.h"
#include "services/names/names_rules.h"
#include "services/names/names_store.h"
#include "services/timeline/lane_pages.h"

namespace onrecord::store {
namespace {

constexpr int kMostHolders = 100;
constexpr std::size_t kMostShownOfPage = 500;  // stances
constexpr std::size_t kMostChangesInFull = 50;
constexpr std::size_t kMostChangesShown = 200;

absl::Status CheckOneOf(api::Violations& violations, const std::string& one_field, const std::string& one,
                        const std::string& other_field, const std::string& other) {
  if (one.empty() == other.empty()) {
    violations.Add(pb::ERROR_REASON_FIELD_REQUIRED, one_field,
                   StrCat("give ", one_field, " or ", other_field, ", one of the two"));
  }
  if (!one.empty()) violations.Name(one_field, one, StrCat(one_field, "s/"));
  return violations.Status();
}

bool Overlaps(const api::DayRange& held, const pb::DateInterval& interval) {
  return held.to >= api::ToFrom(interval.from()) && held.from <= api::ToTo(interval.to());
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
  ASSIGN_OR_RETURN(const Paging paging, ReadPaging(request));
  LaneScope scope;
  scope.moment = paging.moment;
  scope.include_ascribed = request.include_ascribed();
  const std::vector<std::string> holders(request.holders().begin(), request.holders().end());
  ASSIGN_OR_RETURN(scope.holders, RequireIds(db, NameTable::kSpeakers, "holders", holders, paging.moment));
  LanePage page;
  if (!request.claim().empty()) {
    ASSIGN_OR_RETURN(const std::int64_t claim, ResolveClaim(db, "claim", request.claim(), paging.moment));
    ASSIGN_OR_RETURN(const std::vector<Linked> linked, LinkedClaims(db, {claim}, paging.moment));
    ASSIGN_OR_RETURN(page, ReadLanesOfClaim(db, scope, claim, linked, paging.start.lane, paging.size + 1));
  } else {
    const std::vector<std::string> topics = {request.topic()};
    ASSIGN_OR_RETURN(const std::vector<std::int64_t> about, ClaimsAbout(db, "topic", topics, paging.moment));
    ASSIGN_OR_RETURN(const std::vector<Linked> linked, LinkedClaims(db, about, paging.moment));
    std::set<std::int64_t> claims;
    for (const Linked& claim : linked) claims.insert(claim.claim);
    if (claims.empty()) return pb::GetStanceHistoryResponse();
    scope.claims.assign(claims.begin(), claims.end());
    ASSIGN_OR_RETURN(page, ReadLanes(db, scope, paging.start.lane, paging.size + 1));
  }
  if (static_cast<int>(page.lanes.size()) > paging.size) {
    page.lanes.resize(static_cast<std::size_t>(paging.size));
    page.last = page.lanes.back().key;
    page.more = true;
  }
  std::vector<rules::Label> labels;
  ASSIGN_OR_RETURN(std::vector<Told> told, Tell(db, paging.moment, std::move(page.lanes), &labels));
  LaneWriter writer(db, paging.moment);
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
  if (page.more) response.set_next_page_token(WritePlace(paging.token_scope, {page.last, 0, BeforeAllLanes()}));
  for (const Told& one : told) ShowLane(writer, one, *response.add_lanes());
  return response;
}

absl::StatusOr<pb::ListReversalsResponse> ListReversals(pg::Session& db, const pb::ListReversalsRequest& request) {
  api::Violations violations;
  rules::CheckStanceFilter("filter", request.filter(), violations);
  RETURN_IF_ERROR(violations.Status());
  ASSIGN_OR_RETURN(const Paging paging, ReadPaging(request));
  bool nothing = false;
  ASSIGN_OR_RETURN(const LaneScope scope, LaneScopeOf(db, request.filter(), paging.moment, nothing));
  pb::ListReversalsResponse response;
  if (nothing) return response;
  Kept kept{.with_changes = true};
  std::vector<std::pair<const Told*, rules::Change>> taken;
  const auto reversals = [&](const Told& one, std::size_t) {
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
  ASSIGN_OR_RETURN(const std::string next, Collect<rules::Change>(db, scope, paging, reversals, kept, taken));
  response.set_next_page_token(next);
  LaneWriter writer(db, paging.moment);
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
    RETURN_IF_ERROR(HoldSpeakers(db));
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
