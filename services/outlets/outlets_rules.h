// What makes requests about outlets acceptable, without looking at what is stored.
#pragma once

#include "absl/status/status.h"
#include "onrecord/v1/outlets.pb.h"
#include "services/base/status.h"

namespace onrecord::rules {

// An outlet as it would be stored.
absl::Status CheckOutlet(const pb::Outlet& outlet);

absl::Status CheckListOutlets(const pb::ListOutletsRequest& request);
absl::Status CheckCreateOutlet(const pb::CreateOutletRequest& request);
absl::Status CheckUpdateOutlet(const pb::UpdateOutletRequest& request);

}  // namespace onrecord::rules
