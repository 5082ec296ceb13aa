// What makes requests about stances acceptable, without looking at what is stored.
#pragma once

#include "absl/status/status.h"
#include "onrecord/v1/claims.pb.h"
#include "services/api/violations.h"
#include "services/base/status.h"

namespace onrecord::rules {

absl::Status CheckSetStance(const pb::SetStanceRequest& request);
absl::Status CheckRemoveStance(const pb::RemoveStanceRequest& request);
// What is wrong with a filter; `field` is "filter".
void CheckStanceFilter(const std::string& field, const pb::StanceFilter& filter, api::Violations& violations);
absl::Status CheckListStances(const pb::ListStancesRequest& request);
// A stance that may be stored, as far as it is known without its quote; `field` is "stance" or "stances[0]".
void CheckStanceContent(const std::string& field, const pb::Stance& stance, api::Violations& violations);

}  // namespace onrecord::rules
