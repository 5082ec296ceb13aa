// Claims in PostgreSQL: tables claims, claim_names, claim_relations and name_revisions.
#pragma once

#include "absl/status/statusor.h"
#include "onrecord/v1/claims.pb.h"
#include "services/api/call.h"

namespace onrecord::store {

absl::StatusOr<pb::ListClaimsResponse> ListClaims(pg::Session& db, const pb::ListClaimsRequest& request,
                                                  const std::string& moment);
// NOT_FOUND for a topic, ALREADY_EXISTS for the id.
absl::StatusOr<pb::Claim> CreateClaim(api::Call& call, const pb::CreateClaimRequest& request);
// NOT_FOUND for a topic.
absl::StatusOr<pb::Claim> UpdateClaim(api::Call& call, const pb::UpdateClaimRequest& request);
// NOT_FOUND for a claim, CLAIM_CYCLE for claims that cannot be one.
absl::StatusOr<pb::MergeClaimsResponse> MergeClaims(api::Call& call, const pb::MergeClaimsRequest& request);

// NOT_FOUND for a claim, CLAIM_CYCLE for relations that cannot hold together.
absl::StatusOr<pb::ClaimRelation> RelateClaims(api::Call& call, const pb::RelateClaimsRequest& request);
// RELATION_NOT_FOUND.
absl::Status UnrelateClaims(api::Call& call, const pb::UnrelateClaimsRequest& request);
absl::StatusOr<pb::ListClaimRelationsResponse> ListClaimRelations(pg::Session& db,
                                                                  const pb::ListClaimRelationsRequest& request,
                                                                  const std::string& moment);

}  // namespace onrecord::store
