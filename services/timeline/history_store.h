// Questions about positions over time, from stances.
#pragma once

#include "absl/status/statusor.h"
#include "onrecord/v1/timeline.pb.h"
#include "services/api/call.h"

namespace onrecord::store {

absl::StatusOr<pb::GetStanceHistoryResponse> GetStanceHistory(pg::Session& db,
                                                              const pb::GetStanceHistoryRequest& request);
absl::StatusOr<pb::ListReversalsResponse> ListReversals(pg::Session& db, const pb::ListReversalsRequest& request);
absl::StatusOr<pb::ListContradictionsResponse> ListContradictions(pg::Session& db,
                                                                  const pb::ListContradictionsRequest& request);
absl::StatusOr<pb::GetFirstsResponse> GetFirsts(pg::Session& db, const pb::GetFirstsRequest& request);
absl::StatusOr<pb::CompareOutletsResponse> CompareOutlets(pg::Session& db, const pb::CompareOutletsRequest& request);
absl::Status LabelChange(api::Call& call, const pb::LabelChangeRequest& request);

}  // namespace onrecord::store
