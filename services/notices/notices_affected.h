// The printings that a notice reaches, and what became of them.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "onrecord/v1/notices.pb.h"
#include "services/api/call.h"

namespace onrecord::store {

absl::StatusOr<pb::ListAffectedResponse> ListAffected(pg::Session& db, const pb::ListAffectedRequest& request,
                                                      const std::string& moment);
// FAILED_PRECONDITION NOT_AFFECTED when the notice does not reach the printing.
absl::StatusOr<pb::Affected> SetAffectedState(api::Call& call, const pb::SetAffectedStateRequest& request);

}  // namespace onrecord::store
