// Timelines as people see them: buckets of a length, and series made of counts.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "onrecord/v1/timeline.pb.h"
#include "services/base/status.h"

namespace onrecord::store {

namespace pb = ::onrecord::v1;

inline constexpr int kMostBuckets = 10000;
absl::Status TooManyBuckets();

// The length of a bucket.
struct Unit {
  const char* name;           // of date_trunc
  pb::Precision worst_exact;  // the worst precision that still fits into one bucket
};
Unit UnitOf(pb::Granularity granularity);
// The first day of the bucket that holds `day`, and of the one after that which begins with `start`.
absl::CivilDay StartOf(pb::Granularity granularity, absl::CivilDay day);
absl::CivilDay NextOf(pb::Granularity granularity, absl::CivilDay start);

struct TimelineCount {
  std::int64_t all = 0;
  std::int64_t uncertain = 0;
};
using TimelineCounts = std::map<absl::CivilDay, TimelineCount>;  // by the first day of a bucket

// What is beyond the groups that are shown.
inline constexpr std::int64_t kOthers = -1;

struct GroupName {
  std::string group;
  std::string display_name;
};
using GroupNames = std::map<std::int64_t, GroupName>;

// A series for each group, the largest first and others last. `names` tell those that are resources.
absl::Status AddSeries(pb::TimelineGroup group, const std::map<std::int64_t, TimelineCounts>& counts,
                       const GroupNames& names, pb::GetTimelineResponse& response);

}  // namespace onrecord::store
