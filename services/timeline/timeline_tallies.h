// Timelines that are read from tallies: those that ask by one thing at a time for what stands and was said.
#pragma once

#include <optional>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "onrecord/v1/timeline.pb.h"
#include "services/pg/session.h"
#include "services/quotes/quotes_filter.h"

namespace onrecord::store {

inline constexpr int kMostBuckets = 10000;
absl::Status TooManyBuckets();

// The length of a bucket.
struct Unit {
  const char* name;           // of date_trunc
  pb::Precision worst_exact;  // the worst precision that still fits into one bucket
};
Unit UnitOf(pb::Granularity granularity);
// The first day of the bucket that holds `day`.
absl::CivilDay StartOf(pb::Granularity granularity, absl::CivilDay day);

// The answer about the present, at most `groups` series and one of the others; nullopt where tallies do not hold it.
absl::StatusOr<std::optional<pb::GetTimelineResponse>> TalliedTimeline(pg::Session& db,
                                                                       const pb::GetTimelineRequest& request,
                                                                       const Filter& filter, int groups);

}  // namespace onrecord::store
