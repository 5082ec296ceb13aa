// Counts over time: from tallies where they tell, else from the rows themselves.
#pragma once

#include "absl/status/statusor.h"
#include "onrecord/v1/timeline.pb.h"
#include "services/pg/session.h"

namespace onrecord::store {

absl::StatusOr<pb::GetTimelineResponse> GetTimeline(pg::Session& db, const pb::GetTimelineRequest& request);

}  // namespace onrecord::store
