#include "services/claims/stances_rules.h"

#include "services/api/dates.h"
#include "services/names/names_rules.h"

namespace onrecord::rules {
namespace {

constexpr int kMostValues = 100;

void CheckNames(const std::string& field, const google::protobuf::RepeatedPtrField<std::string>& names,
                const std::string& prefix, api::Violations& violations) {
  violations.Count(field, names.size(), kMostValues);
  for (int i = 0; i < names.size(); ++i) violations.Name(absl::StrCat(field, "[", i, "]"), names.Get(i), prefix);
}

}  // namespace

void CheckStanceContent(const std::string& field, const pb::Stance& stance, api::Violations& violations) {
  const auto path = [&](const char* name) { return absl::StrCat(field, ".", name); };
  if (stance.position() == pb::POSITION_UNSPECIFIED) {
    violations.Add(pb::ERROR_REASON_FIELD_REQUIRED, path("position"), "is missing; choose one of the nine positions");
  }
  violations.Enum(path("position"), pb::Position_IsValid(stance.position()), stance.position());
  violations.Enum(path("strength"), pb::Strength_IsValid(stance.strength()), stance.strength());
  violations.Dates(path("valid"), stance.valid());
  violations.Text(path("note"), stance.note(), 0, kMostNoteCodePoints);
}

absl::Status CheckSetStance(const pb::SetStanceRequest& request) {
  api::Violations violations;
  const pb::Stance& stance = request.stance();
  violations.Name("stance.quote", stance.quote(), "quotes/");
  violations.Name("stance.claim", stance.claim(), "claims/");
  if (!stance.holder().empty()) violations.Name("stance.holder", stance.holder(), "speakers/");
  const std::string& ascriber = stance.ascribed_by();
  if (!ascriber.empty()) {
    violations.Name("stance.ascribed_by", ascriber, ascriber.starts_with("outlets/") ? "outlets/" : "speakers/");
  }
  if (!ascriber.empty() && ascriber == stance.holder()) {
    violations.Add(pb::ERROR_REASON_VALUE_INVALID, "stance.ascribed_by",
                   "is the holder; leave it empty for a position that the holder takes himself");
  }
  CheckStanceContent("stance", stance, violations);
  violations.Text("reason", request.reason(), 0, kMostReasonCodePoints);
  violations.RequestId(request.request_id());
  return violations.Status();
}

absl::Status CheckRemoveStance(const pb::RemoveStanceRequest& request) {
  api::Violations violations;
  violations.Text("reason", request.reason(), 1, kMostReasonCodePoints);
  violations.RequestId(request.request_id());
  return violations.Status();
}

void CheckStanceFilter(const std::string& field, const pb::StanceFilter& filter, api::Violations& violations) {
  const auto path = [&](const char* name) { return absl::StrCat(field, ".", name); };
  CheckNames(path("claims"), filter.claims(), "claims/", violations);
  CheckNames(path("topics"), filter.topics(), "topics/", violations);
  CheckNames(path("holders"), filter.holders(), "speakers/", violations);
  CheckNames(path("quotes"), filter.quotes(), "quotes/", violations);
  for (const int position : filter.positions()) {
    violations.Enum(path("positions"), position != 0 && pb::Position_IsValid(position), position);
  }
  const std::size_t before = violations.all().size();
  violations.Date(path("held.from"), filter.held().from());
  violations.Date(path("held.to"), filter.held().to());
  if (violations.all().size() == before && api::ToFrom(filter.held().from()) > api::ToTo(filter.held().to())) {
    violations.Add(pb::ERROR_REASON_DATE_INVALID, path("held"), "ends before it starts; exchange from and to");
  }
}

absl::Status CheckListStances(const pb::ListStancesRequest& request) {
  api::Violations violations;
  CheckStanceFilter("filter", request.filter(), violations);
  return violations.Status();
}

}  // namespace onrecord::rules
