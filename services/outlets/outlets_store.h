// Outlets in PostgreSQL: tables outlets, outlet_names and name_revisions.
#pragma once

#include "absl/status/statusor.h"
#include "onrecord/v1/outlets.pb.h"
#include "services/api/call.h"

namespace onrecord::store {

// ALREADY_EXISTS for the id and for names and aliases of other outlets.
absl::StatusOr<pb::Outlet> CreateOutlet(api::Call& call, const pb::CreateOutletRequest& request);
absl::StatusOr<pb::Outlet> UpdateOutlet(api::Call& call, const pb::UpdateOutletRequest& request);

}  // namespace onrecord::store
