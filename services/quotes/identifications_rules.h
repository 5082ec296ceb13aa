// What makes requests about identifications acceptable, without looking at what is stored. Decisions need a reason, as
// retractions do (CheckReason).
#pragma once

#include "absl/status/status.h"
#include "onrecord/v1/quotes.pb.h"
#include "services/base/status.h"

namespace onrecord::rules {

absl::Status CheckProposeIdentification(const pb::ProposeIdentificationRequest& request);
absl::Status CheckListIdentifications(const pb::ListIdentificationsRequest& request);

}  // namespace onrecord::rules
