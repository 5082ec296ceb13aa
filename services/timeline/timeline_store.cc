#include "services/timeline/timeline_store.h"

#include <algorithm>
#include <map>

#include "db/statements.h"
#include "services/api/as_of.h"
#include "services/api/dates.h"
#include "services/api/violations.h"
#include "services/base/strings.h"
#include "services/quotes/quotes_filter.h"
#include "services/timeline/timeline_series.h"
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

absl::CivilDay DayOf(const pb::PartialDate& date) { return absl::CivilDay(date.year(), date.month(), date.day()); }

// From rows as the statements give them: the number of quotes, then group, bucket, counts and names.
absl::Status ReadSeries(const pqxx::result& rows, pb::TimelineGroup group, pb::GetTimelineResponse& response) {
  std::map<std::int64_t, TimelineCounts> counts;
  GroupNames names;
  for (const auto& row : rows) {
    if (row[0].is_null()) {
      response.set_total(row[2].as<std::int64_t>());
      continue;
    }
    const auto id = row[0].as<std::int64_t>();
    absl::CivilDay day;
    if (!absl::ParseCivilTime(row[1].c_str(), &day)) day = absl::CivilDay();
    counts[id][day] = {row[2].as<std::int64_t>(), row[3].as<std::int64_t>()};
    names[id] = {row[4].c_str(), row[5].c_str()};
  }
  return AddSeries(group, counts, names, response);
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
  const bool of_stances = IsOfStances(request.group());
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
  const bool past = filter.moment != api::kNow;
  const bool topic_by_speaker = !past && request.group() == pb::TIMELINE_GROUP_SPEAKER && filter.topics.size() == 1 &&
                                IsPlain(request.filter(), filter);
  const auto driver = topic_by_speaker ? std::optional(filter.topics[0]) : std::nullopt;
  std::vector<pg::Param> params = FilterParams(filter, std::nullopt, std::nullopt, ListStart(true), driver);
  params.emplace_back(unit.name);
  params.emplace_back(NameOf(request.group()));
  params.emplace_back(groups);
  params.emplace_back(static_cast<int>(unit.worst_exact));
  const pg::Statement& statement = past                      ? sql::kGetTimelineThen
                                   : topic_by_speaker        ? sql::kGetTimelineOfTopicBySpeaker
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
  ASSIGN_OR_RETURN(std::optional<pb::GetTimelineResponse> response, TalliedTimeline(db, request, filter, groups));
  if (!response) {
    ASSIGN_OR_RETURN(response, CountedTimeline(db, request, std::move(filter), groups));
  }
  if (request.fill_gaps()) RETURN_IF_ERROR(FillGaps(request, *response));
  return *std::move(response);
}

}  // namespace onrecord::store
