// Timelines that are read from tallies: those that ask by one thing at a time for what stands and was said. What was
// true at a moment in the past is told from what is true now and what came or changed since.
#pragma once

#include <optional>

#include "absl/status/statusor.h"
#include "onrecord/v1/timeline.pb.h"
#include "services/pg/session.h"
#include "services/quotes/quotes_filter.h"

namespace onrecord::store {

// Whether stances are counted, and not quotes.
bool IsOfStances(pb::TimelineGroup group);

// Whether the filter asks for nothing but one thing, kinds and days, of what stands and was said.
bool IsPlain(const pb::QuoteFilter& asked, const Filter& filter);

// The answer, at most `groups` series and one of the others; nullopt where tallies do not hold it, or it is about a
// moment since which too much changed.
absl::StatusOr<std::optional<pb::GetTimelineResponse>> TalliedTimeline(pg::Session& db,
                                                                       const pb::GetTimelineRequest& request,
                                                                       const Filter& filter, int groups);

}  // namespace onrecord::store
