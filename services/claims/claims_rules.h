// What makes requests about claims acceptable, without looking at what is stored.
#pragma once

#include "absl/status/status.h"
#include "onrecord/v1/claims.pb.h"
#include "services/base/status.h"

namespace onrecord::rules {

// A claim as it would be stored.
absl::Status CheckClaim(const pb::Claim& claim);

absl::Status CheckListClaims(const pb::ListClaimsRequest& request);
absl::Status CheckCreateClaim(const pb::CreateClaimRequest& request);
absl::Status CheckUpdateClaim(const pb::UpdateClaimRequest& request);
absl::Status CheckMergeClaims(const pb::MergeClaimsRequest& request);
absl::Status CheckRelateClaims(const pb::RelateClaimsRequest& request);
absl::Status CheckUnrelateClaims(const pb::UnrelateClaimsRequest& request);
absl::Status CheckListClaimRelations(const pb::ListClaimRelationsRequest& request);

}  // namespace onrecord::rules
