#include "services/timeline/timeline_store.h"

#include <algorithm>
#include <map>

#include "db/statements.h"
#include "services/api/as_of.h"
#include "services/api/dates.h"
#include "services/api/violations.h"
#include "services/base/strings.h"
#include "services/quotes/quotes_filter.h"
#include "services/timeline/timeline_tallies.h"

namespace onrecord::store {
namespace {

constexpr int kDefaultGroups = 10;
constexpr int kMostGroups = 100;

const char* NameOf(pb::TimelineGroup group) {
  switch (group) {
    case pb::TIMELINE_GROUP_SPEAKER:
      return "speaker";
    case pb::TIMELINE_GROUP_OUTLET:
      return "outlet";
    case pb::TIMELINE_GROUP_TOPIC:
      return "topic";
    case pb::TIMELINE_GROUP_KIND:
      return "kind";
    case pb::TIMELINE_GROUP_CLAIM:
      return "claim";
    case pb::TIMELINE_GROUP_POSITION:
      return "position";
    case pb::TIMELINE_GROUP_HOLDER:
      return "holder";
    default:
      return "none";
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

absl::CivilDay DayOf(const pb::PartialDate& date) { return absl::CivilDay(date.year(), date.month(), date.day()); }

void NameSeries(const pqxx::row& row, pb::TimelineGroup group, pb::TimelineSeries& series) {
  const int id = row[0].as<int>();
  if (id == -1) {
    series.set_display_name("others");
  } else if (group == pb::TIMELINE_GROUP_KIND) {
    series.set_group(pb::QuoteKind_Name(static_cast<pb::QuoteKind>(id)));
    series.set_display_name(series.group());
  } else if (group == pb::TIMELINE_GROUP_POSITION) {
    series.set_group(pb::Position_Name(static_cast<pb::Position>(id)));
    series.set_display_name(series.group());
  } else {
    series.set_group(row[4].c_str());
    series.set_display_name(row[5].c_str());
  }
}

// Series in the order of the API from rows in the order of the statement; "others" is apart.
absl::Status ReadSeries(const pqxx::result& rows, pb::TimelineGroup group, pb::GetTimelineResponse& response) {
  std::map<int, pb::TimelineSeries> by_group;
  int buckets = 0;
  for (const auto& row : rows) {
    if (row[0].is_null()) {
      response.set_total(row[2].as<std::int64_t>());
      continue;
    }
    if (++buckets > kMostBuckets) return TooManyBuckets();
    pb::TimelineSeries& series = by_group[row[0].as<int>()];
    if (series.buckets().empty()) NameSeries(row, group, series);
    pb::TimelineBucket& bucket = *series.add_buckets();
    absl::CivilDay day;
    if (!absl::ParseCivilTime(row[1].c_str(), &day)) day = absl::CivilDay();
    *bucket.mutable_start() = api::FromDay(day);
    bucket.set_count(row[2].as<std::int64_t>());
    bucket.set_uncertain_count(row[3].as<std::int64_t>());
    series.set_total(series.total() + bucket.count());
  }
  for (auto& [id, series] : by_group) {
    if (id != -1) *response.add_series() = std::move(series);
  }
  std::stable_sort(response.mutable_series()->begin(), response.mutable_series()->end(),
                   [](const pb::TimelineSeries& a, const pb::TimelineSeries& b) { return a.total() > b.total(); });
  if (by_group.contains(-1)) *response.add_series() = std::move(by_group[-1]);
  return absl::OkStatus();
}

absl::Status FillGaps(const pb::GetTimelineRequest& request, pb::GetTimelineResponse& response) {
  const pb::Granularity granularity = request.granularity();
  const pb::DateInterval& said = request.filter().said();
  absl::CivilDay first = absl::CivilDay::max();
  absl::CivilDay last = absl::CivilDay::min();
  if (said.from().year() != 0 && said.to().year() != 0) {
    first = StartOf(granularity, api::FirstDay(api::ToFrom(said.from())));
    last = StartOf(granularity, api::LastDay(api::ToTo(said.to())));
  }
  for (const pb::TimelineSeries& series : response.series()) {
    first = std::min(first, DayOf(series.buckets(0).start()));
    last = std::max(last, DayOf(series.buckets(series.buckets_size() - 1).start()));
  }
  if (response.series().empty()) {
    if (first > last || request.group() != pb::TIMELINE_GROUP_UNSPECIFIED) return absl::OkStatus();
    response.add_series();  // nothing at all, over the interval asked for
  }
  int buckets = 0;
  for (pb::TimelineSeries& series : *response.mutable_series()) {
    pb::TimelineSeries filled = series;
    filled.clear_buckets();
    int at = 0;
    for (absl::CivilDay day = first; day <= last; day = NextOf(granularity, day)) {
      if (++buckets > kMostBuckets) return TooManyBuckets();
      if (at < series.buckets_size() && DayOf(series.buckets(at).start()) == day) {
        *filled.add_buckets() = series.buckets(at++);
      } else {
        *filled.add_buckets()->mutable_start() = api::FromDay(day);
      }
    }
    series = std::move(filled);
  }
  return absl::OkStatus();
}

// Counted from the rows.
absl::StatusOr<pb::GetTimelineResponse> CountedTimeline(pg::Session& db, const pb::GetTimelineRequest& request,
                                                        Filter filter, int groups) {
  const bool of_stances = request.group() == pb::TIMELINE_GROUP_CLAIM ||
                          request.group() == pb::TIMELINE_GROUP_POSITION ||
                          request.group() == pb::TIMELINE_GROUP_HOLDER;
  if (of_stances) filter.stances_at = filter.moment;
  // Stances count only with quotes that stand and were said, which is what a filter asks for by itself.
  pb::QuoteFilter beyond = request.filter();
  beyond.clear_claims();
  beyond.clear_positions();
  beyond.clear_holders();
  beyond.clear_include_ascribed();
  if (!beyond.said().include_possible()) beyond.clear_said();
  const bool alone = filter.stances_at && beyond.ByteSizeLong() == 0 &&
                     (of_stances || request.group() == pb::TIMELINE_GROUP_UNSPECIFIED);
  const Unit unit = UnitOf(request.granularity());
  std::vector<pg::Param> params = FilterParams(filter, std::nullopt, std::nullopt, ListStart(true), std::nullopt);
  params.emplace_back(unit.name);
  params.emplace_back(NameOf(request.group()));
  params.emplace_back(groups);
  params.emplace_back(static_cast<int>(unit.worst_exact));
  const bool past = filter.moment != api::kNow;
  if (past) params.emplace_back(filter.moment);
  const pg::Statement& statement = past                      ? sql::kGetTimelineThen
                                   : !filter.topics.empty()  ? sql::kGetTimelineOfTopics
                                   : !filter.outlets.empty() ? sql::kGetTimelineOfOutlets
                                   : alone                   ? sql::kGetTimelineOfStancesAlone
                                   : filter.stances_at       ? sql::kGetTimelineOfStances
                                                             : sql::kGetTimeline;
  ASSIGN_OR_RETURN(const pqxx::result rows, db.RunParams(statement, params));
  pb::GetTimelineResponse response;
  RETURN_IF_ERROR(ReadSeries(rows, request.group(), response));
  return response;
}

}  // namespace

absl::StatusOr<pb::GetTimelineResponse> GetTimeline(pg::Session& db, const pb::GetTimelineRequest& request) {
  api::Violations violations;
  violations.Enum("granularity", pb::Granularity_IsValid(request.granularity()), request.granularity());
  violations.Enum("group", pb::TimelineGroup_IsValid(request.group()), request.group());
  if (request.max_groups() < 0 || request.max_groups() > kMostGroups) {
    violations.Add(pb::ERROR_REASON_VALUE_INVALID, "max_groups",
                   StrCat(request.max_groups(), " is not in 0 to ", kMostGroups));
  }
  CheckFilter("filter", request.filter(), violations);
  RETURN_IF_ERROR(violations.Status());
  ASSIGN_OR_RETURN(const std::string moment, api::ReadAsOf(request));
  ASSIGN_OR_RETURN(Filter filter, ResolveFilter(db, request.filter(), moment));
  const int groups = request.max_groups() == 0 ? kDefaultGroups : request.max_groups();
  std::optional<pb::GetTimelineResponse> response;
  if (moment == api::kNow) {
    ASSIGN_OR_RETURN(response, TalliedTimeline(db, request, filter, groups));
  }
  if (!response) {
    ASSIGN_OR_RETURN(response, CountedTimeline(db, request, std::move(filter), groups));
  }
  if (request.fill_gaps()) RETURN_IF_ERROR(FillGaps(request, *response));
  return *std::move(response);
}

}  // namespace onrecord::store
