// Claims in PostgreSQL: tables claims, claim_names and name_revisions.
#pragma once

#include "absl/status/statusor.h"
#include "onrecord/v1/claims.pb.h"
#include "services/api/call.h"

namespace onrecord::store {

absl::StatusOr<pb::ListClaimsResponse> ListClaims(pg::Session& db, const pb::ListClaimsRequest& request);
// NOT_FOUND for a topic, ALREADY_EXISTS for the id.
absl::StatusOr<pb::Claim> CreateClaim(api::Call& call, const pb::CreateClaimRequest& request);
// NOT_FOUND for a topic.
absl::StatusOr<pb::Claim> UpdateClaim(api::Call& call, const pb::UpdateClaimRequest& request);

}  // namespace onrecord::store
