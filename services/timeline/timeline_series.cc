#include "services/timeline/timeline_series.h"

#include <algorithm>

#include "services/api/dates.h"
#include "services/api/violations.h"
#include "services/base/strings.h"

namespace onrecord::store {
namespace {

GroupName NameOfGroup(pb::TimelineGroup group, std::int64_t id, const GroupNames& names) {
  if (id == kOthers) return {"", "others"};
  std::string number;
  if (group == pb::TIMELINE_GROUP_KIND) number = pb::QuoteKind_Name(static_cast<pb::QuoteKind>(id));
  if (group == pb::TIMELINE_GROUP_POSITION) number = pb::Position_Name(static_cast<pb::Position>(id));
  if (!number.empty()) return {number, number};
  const auto named = names.find(id);
  return named == names.end() ? GroupName() : named->second;
}

}  // namespace

absl::Status TooManyBuckets() {
  return RefuseFields(
      {{pb::ERROR_REASON_TOO_MANY_VALUES, "granularity",
        StrCat("makes more than ", kMostBuckets, " buckets; choose a coarser one or a shorter interval")}});
}

Unit UnitOf(pb::Granularity granularity) {
  switch (granularity) {
    case pb::GRANULARITY_DAY:
      return {"day", pb::PRECISION_DAY};
    case pb::GRANULARITY_WEEK:
      return {"week", pb::PRECISION_DAY};
    case pb::GRANULARITY_QUARTER:
      return {"quarter", pb::PRECISION_MONTH};
    case pb::GRANULARITY_YEAR:
      return {"year", pb::PRECISION_YEAR};
    case pb::GRANULARITY_DECADE:
      return {"decade", pb::PRECISION_YEAR};
    default:
      return {"month", pb::PRECISION_MONTH};
  }
}

absl::CivilDay StartOf(pb::Granularity granularity, absl::CivilDay day) {
  switch (granularity) {
    case pb::GRANULARITY_DAY:
      return day;
    case pb::GRANULARITY_WEEK:
      return absl::PrevWeekday(day + 1, absl::Weekday::monday);
    case pb::GRANULARITY_QUARTER:
      return absl::CivilDay(day.year(), (day.month() - 1) / 3 * 3 + 1, 1);
    case pb::GRANULARITY_YEAR:
      return absl::CivilDay(day.year(), 1, 1);
    case pb::GRANULARITY_DECADE:
      return absl::CivilDay(std::max<absl::civil_year_t>(1, day.year() / 10 * 10), 1, 1);
    default:
      return absl::CivilDay(day.year(), day.month(), 1);
  }
}

absl::CivilDay NextOf(pb::Granularity granularity, absl::CivilDay start) {
  switch (granularity) {
    case pb::GRANULARITY_DAY:
      return start + 1;
    case pb::GRANULARITY_WEEK:
      return start + 7;
    case pb::GRANULARITY_QUARTER:
      return absl::CivilDay(start.year(), start.month() + 3, 1);
    case pb::GRANULARITY_YEAR:
      return absl::CivilDay(start.year() + 1, 1, 1);
    case pb::GRANULARITY_DECADE:
      return absl::CivilDay(start.year() / 10 * 10 + 10, 1, 1);
    default:
      return absl::CivilDay(start.year(), start.month() + 1, 1);
  }
}

absl::Status AddSeries(pb::TimelineGroup group, const std::map<std::int64_t, TimelineCounts>& counts,
                       const GroupNames& names, pb::GetTimelineResponse& response) {
  pb::TimelineSeries others;
  int buckets = 0;
  for (const auto& [id, of_group] : counts) {
    if (of_group.empty()) continue;
    pb::TimelineSeries& series = id == kOthers ? others : *response.add_series();
    const GroupName name = NameOfGroup(group, id, names);
    series.set_group(name.group);
    series.set_display_name(name.display_name);
    for (const auto& [day, count] : of_group) {
      if (++buckets > kMostBuckets) return TooManyBuckets();
      pb::TimelineBucket& bucket = *series.add_buckets();
      *bucket.mutable_start() = api::FromDay(day);
      bucket.set_count(count.all);
      bucket.set_uncertain_count(count.uncertain);
      series.set_total(series.total() + count.all);
    }
  }
  std::stable_sort(response.mutable_series()->begin(), response.mutable_series()->end(),
                   [](const pb::TimelineSeries& a, const pb::TimelineSeries& b) { return a.total() > b.total(); });
  if (!others.buckets().empty()) *response.add_series() = std::move(others);
  return absl::OkStatus();
}

}  // namespace onrecord::store
