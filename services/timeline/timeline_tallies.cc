#include "services/timeline/timeline_tallies.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/civil_time.h"
#include "db/statements.h"
#include "services/timeline/timeline_series.h"

namespace onrecord::store {
namespace {

// Dimensions of db/queries/tallies.sql.
constexpr int kOfAll = 1;
constexpr int kOfSpeaker = 2;
constexpr int kOfTopic = 3;
constexpr int kOfTag = 4;
constexpr int kOfOutlet = 5;
constexpr int kOfEvidence = 6;
constexpr int kOfClaim = 7;
constexpr int kOfPosition = 8;
constexpr int kOfHolder = 9;
constexpr int kOfPositionOnClaim = 10;  // 16 * claim + position
constexpr int kAscribedToo = 10;        // is added to those of stances
constexpr std::int64_t kMemberships = -1;

// Beyond all days.
constexpr int kFirstYear = -100000;
constexpr int kLastYear = 100000;

// By what to group what is read.
enum class By { kNothing, kId, kKind, kPosition };

// What is to be read.
struct TallyPlan {
  int dimension = kOfAll;
  std::vector<std::int64_t> ids;  // none: those that count most
  By by = By::kNothing;
};

int Ascribed(const Filter& filter) { return filter.include_ascribed ? kAscribedToo : 0; }

// One series, or those of the groups of a dimension, when nothing narrows.
TallyPlan PlanOfAll(pb::TimelineGroup group, int ascribed) {
  switch (group) {
    case pb::TIMELINE_GROUP_SPEAKER:
      return {kOfSpeaker, {}, By::kId};
    case pb::TIMELINE_GROUP_OUTLET:
      return {kOfOutlet, {}, By::kId};
    case pb::TIMELINE_GROUP_TOPIC:
      return {kOfTag, {}, By::kId};
    case pb::TIMELINE_GROUP_CLAIM:
      return {kOfClaim + ascribed, {}, By::kId};
    case pb::TIMELINE_GROUP_POSITION:
      return {kOfPosition + ascribed, {}, By::kId};
    case pb::TIMELINE_GROUP_HOLDER:
      return {kOfHolder + ascribed, {}, By::kId};
    case pb::TIMELINE_GROUP_KIND:
      return {kOfAll, {0}, By::kKind};
    default:
      return {kOfAll, {0}, By::kNothing};
  }
}

TallyPlan PlanOfPositions(std::int64_t claim, int ascribed) {
  TallyPlan plan{kOfPositionOnClaim + ascribed, {}, By::kPosition};
  for (int position = pb::Position_MIN; position <= pb::Position_MAX; ++position) {
    plan.ids.push_back(16 * claim + position);
  }
  return plan;
}

// The dimension and ids that the filter narrows to, with the group that is the same thing.
struct Narrowed {
  int dimension;
  std::vector<std::int64_t> ids;
  pb::TimelineGroup same;
};

std::optional<Narrowed> Narrow(const Filter& filter, int ascribed) {
  if (filter.unnamed) return Narrowed{kOfSpeaker, {0}, pb::TIMELINE_GROUP_SPEAKER};
  if (!filter.speakers.empty()) return Narrowed{kOfSpeaker, filter.speakers, pb::TIMELINE_GROUP_SPEAKER};
  // A quote may be of several of these: two of them are not the sum of both.
  if (!filter.topics.empty()) return Narrowed{kOfTopic, filter.topics, pb::TIMELINE_GROUP_UNSPECIFIED};
  if (!filter.outlets.empty()) return Narrowed{kOfOutlet, filter.outlets, pb::TIMELINE_GROUP_UNSPECIFIED};
  if (!filter.claims.empty()) return Narrowed{kOfClaim + ascribed, filter.claims, pb::TIMELINE_GROUP_CLAIM};
  if (!filter.positions.empty()) return Narrowed{kOfPosition + ascribed, filter.positions, pb::TIMELINE_GROUP_POSITION};
  if (!filter.holders.empty()) return Narrowed{kOfHolder + ascribed, filter.holders, pb::TIMELINE_GROUP_HOLDER};
  return std::nullopt;
}

std::optional<TallyPlan> PlanTallies(const pb::GetTimelineRequest& request, const Filter& filter, int groups) {
  if (!IsPlain(request.filter(), filter)) return std::nullopt;
  const pb::TimelineGroup group = request.group();
  const int ascribed = Ascribed(filter);
  const std::optional<Narrowed> narrowed = Narrow(filter, ascribed);
  const bool of_stances = IsOfStances(group) || (narrowed && narrowed->dimension >= kOfEvidence);
  if (of_stances && (!filter.kinds.empty() || group == pb::TIMELINE_GROUP_KIND)) return std::nullopt;
  if (!narrowed) return PlanOfAll(group, ascribed);
  if (narrowed->dimension != kOfSpeaker && narrowed->ids.size() > 1) return std::nullopt;
  if (group == pb::TIMELINE_GROUP_UNSPECIFIED) return TallyPlan{narrowed->dimension, narrowed->ids, By::kNothing};
  if (group == pb::TIMELINE_GROUP_KIND) return TallyPlan{narrowed->dimension, narrowed->ids, By::kKind};
  if (group == pb::TIMELINE_GROUP_POSITION && narrowed->same == pb::TIMELINE_GROUP_CLAIM) {
    return PlanOfPositions(narrowed->ids[0], ascribed);
  }
  if (group != narrowed->same || static_cast<int>(narrowed->ids.size()) > groups) return std::nullopt;
  return TallyPlan{narrowed->dimension, narrowed->ids, By::kId};
}

// The interval asked for.
struct Interval {
  absl::CivilDay first = absl::CivilDay(kFirstYear, 1, 1);
  absl::CivilDay last = absl::CivilDay(kLastYear, 12, 31);
  bool months = true;  // it begins and ends with a month
  bool years = true;   // and with a year

  explicit Interval(const Filter& filter) {
    absl::CivilDay day;
    if (absl::ParseCivilTime(filter.first_day, &day)) first = day;
    if (absl::ParseCivilTime(filter.last_day, &day)) last = day;
    months = first.day() == 1 && (last + 1).day() == 1;
    years = months && first.month() == 1 && last.month() == 12;
  }
};

// Places are 31 * (month - 1) + day - 1.
constexpr int kPlaces = 12 * 31;
absl::CivilDay DayAt(std::int64_t year, std::int64_t place) {
  return absl::CivilDay(year, place / 31 + 1, place % 31 + 1);
}
// Counted on through all years.
std::int64_t PlaceOf(absl::CivilDay day) { return kPlaces * day.year() + 31 * (day.month() - 1) + day.day() - 1; }

class TallyReader {
 public:
  TallyReader(pg::Session& db, const pb::GetTimelineRequest& request, const Filter& filter)
      : db_(db), filter_(filter), interval_(filter), granularity_(request.granularity()) {
    by_day_ = granularity_ == pb::GRANULARITY_DAY || granularity_ == pb::GRANULARITY_WEEK || !interval_.months;
  }

  // The ids of a dimension that count most.
  absl::StatusOr<std::vector<std::int64_t>> Rank(int dimension, int most) {
    const bool whole = filter_.kinds.empty() && interval_.years;
    ASSIGN_OR_RETURN(const pqxx::result rows, db_.Run(whole ? sql::kRankWholeTallies : sql::kRankTallies, dimension,
                                                      FirstYear(), LastYear(), most, 16 * PlaceOf(interval_.first),
                                                      16 * PlaceOf(interval_.last) + 15, pg::IntArray(filter_.kinds)));
    std::vector<std::int64_t> ids;
    for (const auto& row : rows) ids.push_back(row[0].as<std::int64_t>());
    return ids;
  }

  // What each group has: ids, kinds, positions or 0.
  absl::StatusOr<std::map<std::int64_t, TimelineCounts>> Read(int dimension, const std::vector<std::int64_t>& ids,
                                                              By by) {
    ASSIGN_OR_RETURN(const pqxx::result rows, ReadRows(dimension, ids));
    std::map<std::int64_t, TimelineCounts> series;
    for (const auto& row : rows) {
      const auto id = row[0].as<std::int64_t>();
      const std::vector<std::int64_t> codes = pg::ParseIntArray(row[2].c_str());
      const std::vector<std::int64_t> counts = pg::ParseIntArray(row[3].c_str());
      for (std::size_t i = 0; i < codes.size(); ++i) {
        const absl::CivilDay day = DayOf(row[1], codes[i] >> 4);
        const int traits = static_cast<int>(codes[i] & 15);
        if (!Fits(day, traits)) continue;
        const std::int64_t group = by == By::kId         ? id
                                   : by == By::kKind     ? traits >> 2
                                   : by == By::kPosition ? id & 15
                                                         : 0;
        TimelineCount& count = series[group][StartOf(granularity_, day)];
        const std::int64_t n = counts[std::min(i, counts.size() - 1)];
        count.all += n;
        if ((traits & 3) >= static_cast<int>(UnitOf(granularity_).worst_exact)) count.uncertain += n;
      }
    }
    // Changes may take out all that there was.
    for (auto& [group, buckets] : series) {
      std::erase_if(buckets, [](const auto& bucket) { return bucket.second.all <= 0; });
    }
    std::erase_if(series, [](const auto& one) { return one.second.empty(); });
    return series;
  }

 private:
  absl::StatusOr<pqxx::result> ReadRows(int dimension, const std::vector<std::int64_t>& ids) {
    if (filter_.moment == api::kNow) {
      return db_.Run(by_day_ ? sql::kReadTalliesByDay : sql::kReadTalliesByMonth, dimension, FirstYear(), LastYear(),
                     pg::IntArray(ids));
    }
    return db_.Run(by_day_ ? sql::kReadTalliesByDayThen : sql::kReadTalliesByMonthThen, dimension, FirstYear(),
                   LastYear(), pg::IntArray(ids), filter_.moment, pg::IntArray(filter_.topics_below));
  }
  int FirstYear() const { return static_cast<int>(interval_.first.year()); }
  int LastYear() const { return static_cast<int>(interval_.last.year()); }
  // Of a code of a year's row, or of a change, which has no year.
  absl::CivilDay DayOf(const pqxx::field& year, std::int64_t place) const {
    if (year.is_null()) return DayAt(place / kPlaces, place % kPlaces);
    const auto of_year = year.as<std::int64_t>();
    return by_day_ ? DayAt(of_year, place) : absl::CivilDay(of_year, place, 1);
  }
  bool Fits(absl::CivilDay day, int traits) const {
    const auto& kinds = filter_.kinds;
    return day >= interval_.first && day <= interval_.last &&
           (kinds.empty() || std::find(kinds.begin(), kinds.end(), traits >> 2) != kinds.end());
  }

  pg::Session& db_;
  const Filter& filter_;
  const Interval interval_;
  const pb::Granularity granularity_;
  bool by_day_ = false;
};

absl::StatusOr<GroupNames> NamesOfGroups(pg::Session& db, pb::TimelineGroup group,
                                         const std::map<std::int64_t, TimelineCounts>& counts) {
  const pg::Statement* statement = group == pb::TIMELINE_GROUP_SPEAKER || group == pb::TIMELINE_GROUP_HOLDER
                                       ? &sql::kNamesOfSpeakers
                                   : group == pb::TIMELINE_GROUP_OUTLET ? &sql::kNamesOfOutlets
                                   : group == pb::TIMELINE_GROUP_TOPIC  ? &sql::kNamesOfTopics
                                   : group == pb::TIMELINE_GROUP_CLAIM  ? &sql::kNamesOfClaims
                                                                        : nullptr;
  GroupNames names;
  if (statement == nullptr) return names;
  std::vector<std::int64_t> ids;
  for (const auto& [id, of_group] : counts) ids.push_back(id);
  ASSIGN_OR_RETURN(const pqxx::result rows, db.Run(*statement, pg::IntArray(ids)));
  for (const auto& row : rows) names[row[0].as<std::int64_t>()] = {row[1].c_str(), row[2].c_str()};
  return names;
}

std::int64_t Sum(const TimelineCounts& counts) {
  std::int64_t sum = 0;
  for (const auto& [day, count] : counts) sum += count.all;
  return sum;
}

// What is left of `all` without the groups that are shown.
TimelineCounts Others(TimelineCounts all, const std::map<std::int64_t, TimelineCounts>& shown) {
  for (const auto& [id, counts] : shown) {
    for (const auto& [day, count] : counts) {
      all[day].all -= count.all;
      all[day].uncertain -= count.uncertain;
    }
  }
  // Less than none is what was written between two reads.
  std::erase_if(all, [](const auto& bucket) { return bucket.second.all <= 0; });
  return all;
}

// Whether tallies tell what was counted at a moment in the past, of some things: what changed since is at most half of
// what is counted today. Else at least as much changed as the rows to read instead, which are those that did not.
absl::StatusOr<bool> TellWhatWas(pg::Session& db, const pb::GetTimelineRequest& request, const TallyPlan& plan,
                                 Filter filter) {
  if (plan.dimension > kOfTopic || plan.ids.empty() || plan.by == By::kId) return false;
  const std::string moment = std::exchange(filter.moment, api::kNow);
  ASSIGN_OR_RETURN(auto today, TallyReader(db, request, filter).Read(plan.dimension, plan.ids, By::kNothing));
  const std::int64_t most = Sum(today[0]) / 2;
  ASSIGN_OR_RETURN(const pqxx::result changed, db.Run(sql::kCountChangedSince, moment, most + 1));
  return changed[0][0].as<std::int64_t>() <= most;
}

// Whether the same lies below the topics asked for as did then.
absl::StatusOr<bool> SameLiesBelow(pg::Session& db, const Filter& filter) {
  ASSIGN_OR_RETURN(std::vector<std::int64_t> below, TopicsBelow(db, filter.topics, api::kNow));
  std::vector<std::int64_t> then = filter.topics_below;
  std::sort(below.begin(), below.end());
  std::sort(then.begin(), then.end());
  return below == then;
}

}  // namespace

bool IsOfStances(pb::TimelineGroup group) {
  return group == pb::TIMELINE_GROUP_CLAIM || group == pb::TIMELINE_GROUP_POSITION ||
         group == pb::TIMELINE_GROUP_HOLDER;
}

bool IsPlain(const pb::QuoteFilter& asked, const Filter& filter) {
  pb::QuoteFilter rest = asked;
  rest.clear_speakers();
  rest.clear_unnamed();
  rest.clear_topics();
  rest.clear_outlets();
  rest.clear_claims();
  rest.clear_positions();
  rest.clear_holders();
  rest.clear_include_ascribed();
  rest.clear_kinds();
  if (!rest.said().include_possible()) rest.clear_said();
  if (filter.polarities == std::vector<std::int64_t>{pb::POLARITY_AFFIRMED}) rest.clear_polarities();
  if (filter.states == std::vector<std::int64_t>{pb::QUOTE_STATE_ACTIVE}) rest.clear_states();
  const int things = static_cast<int>(!asked.speakers().empty() || asked.unnamed()) +
                     static_cast<int>(!asked.topics().empty()) + static_cast<int>(!asked.outlets().empty()) +
                     static_cast<int>(!asked.claims().empty()) + static_cast<int>(!asked.positions().empty()) +
                     static_cast<int>(!asked.holders().empty());
  return rest.ByteSizeLong() == 0 && things <= 1;
}

absl::StatusOr<std::optional<pb::GetTimelineResponse>> TalliedTimeline(pg::Session& db,
                                                                       const pb::GetTimelineRequest& request,
                                                                       const Filter& filter, int groups) {
  const std::optional<TallyPlan> plan = PlanTallies(request, filter, groups);
  if (!plan) return std::nullopt;
  if (filter.moment != api::kNow) {
    ASSIGN_OR_RETURN(const bool told, TellWhatWas(db, request, *plan, filter));
    if (!told) return std::nullopt;
  }
  TallyReader reader(db, request, filter);
  std::vector<std::int64_t> ids = plan->ids;
  const bool ranked = ids.empty();
  if (ranked) {
    ASSIGN_OR_RETURN(ids, reader.Rank(plan->dimension, groups));
  }
  ASSIGN_OR_RETURN(auto counts, reader.Read(plan->dimension, ids, plan->by));
  if (counts.size() > static_cast<std::size_t>(groups)) return std::nullopt;  // kinds, positions
  if (filter.moment != api::kNow && plan->dimension == kOfTopic) {
    // Looked at when all is read: a topic may move meanwhile.
    ASSIGN_OR_RETURN(const bool same, SameLiesBelow(db, filter));
    if (!same) return std::nullopt;
  }
  ASSIGN_OR_RETURN(const GroupNames names, NamesOfGroups(db, request.group(), counts));
  pb::GetTimelineResponse response;
  if (ranked) {
    const bool of_stances = plan->dimension >= kOfEvidence;
    ASSIGN_OR_RETURN(auto all, reader.Read(of_stances ? kOfEvidence + Ascribed(filter) : kOfAll, {0}, By::kNothing));
    response.set_total(Sum(all[0]));
    if (plan->dimension != kOfSpeaker) {
      ASSIGN_OR_RETURN(all, reader.Read(plan->dimension, {kMemberships}, By::kNothing));
    }
    counts[kOthers] = Others(std::move(all[0]), counts);
  } else if (plan->by == By::kPosition) {  // a quote may be evidence of several
    ASSIGN_OR_RETURN(auto all, reader.Read(kOfClaim + Ascribed(filter), filter.claims, By::kNothing));
    response.set_total(Sum(all[0]));
  } else {
    for (const auto& [id, of_group] : counts) response.set_total(response.total() + Sum(of_group));
  }
  RETURN_IF_ERROR(AddSeries(request.group(), counts, names, response));
  return response;
}

}  // namespace onrecord::store
