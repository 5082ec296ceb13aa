#include "services/quotes/quotes_pages.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>

#include "absl/strings/str_join.h"
#include "absl/time/civil_time.h"
#include "db/statements.h"
#include "services/api/dates.h"
#include "services/base/strings.h"

namespace onrecord::store {
namespace {

// A page of words, or of names that no index has together, is looked for among so many of the newest rows first: what
// is common is found there at once, or in a walk that is as long as it should take, when that is not more than so many
// rows for each of the page.
constexpr int kFirstWalk = 200;
constexpr double kLongestWalk = 60;
// What is not is rare enough to gather all its matches of a month from the word index, then of as many months more as
// let expect enough, and half as many again, but at least twice as many as before. What a month does not have at all
// is looked for in some years, then everywhere.
constexpr double kMargin = 1.5;
constexpr int kSecondSlice = 36;
constexpr int kLongestSlice = 72;
constexpr int kMostMonths = 4;  // in longer slices years are asked for
constexpr double kDaysOfMonth = 30.4;
constexpr int kFewMonths = 12;
// More names than this are compared row by row. The index looks for each topic below in what the others leave, which
// costs more than reading that, unless they are few.
constexpr std::size_t kMostMarks = 64;
constexpr std::size_t kMostTopicMarks = 3;
constexpr std::size_t kMostWalks = 16;
// Days are those of the years 1 to 9999.
constexpr absl::CivilDay kFirstDay(1, 1, 1);
constexpr absl::CivilDay kLastDay(9999, 12, 31);

struct Driver {
  const pg::Statement* newest;
  const pg::Statement* oldest;
  std::optional<std::int64_t> id;
  // Where what may be rare is looked for: along this index, at first; in the index of words and marks; or in all that
  // this one leads to.
  enum { kAlong, kByMarks, kHere } rare = kAlong;
  // Of speakers, topics and outlets in the filter, how many the index has.
  int names = 0;
  // What it leads to one at a time: of several a page each is merged.
  std::vector<std::int64_t> Filter::*several = nullptr;
};

// The index to walk or gather from: the narrowest that the filter allows.
Driver ChooseDriver(const Filter& filter, bool along_topic) {
  const bool one_speaker = filter.speakers.size() == 1;
  const bool one_topic = filter.topics.size() == 1 && along_topic;
  if (one_speaker && one_topic) {
    return {&sql::kPageOfSpeakerAndTopicNewest, &sql::kPageOfSpeakerAndTopicOldest, filter.topics[0], Driver::kAlong,
            2};
  }
  if (one_speaker)
    return {&sql::kPageOfSpeakerNewest, &sql::kPageOfSpeakerOldest, filter.speakers[0], Driver::kAlong, 1};
  // Until its stances follow, a moment after, a quote's day is not theirs: what was held then is not looked for along
  // it.
  if (!filter.claims.empty() && filter.claims.size() <= kMostWalks && filter.moment == api::kNow) {
    return {&sql::kPageOfClaimNewest, &sql::kPageOfClaimOldest, filter.claims[0], Driver::kHere, 0, &Filter::claims};
  }
  if (one_topic) return {&sql::kPageOfTopicNewest, &sql::kPageOfTopicOldest, filter.topics[0], Driver::kAlong, 1};
  if (filter.outlets.size() == 1) {
    return {&sql::kPageOfOutletNewest, &sql::kPageOfOutletOldest, filter.outlets[0], Driver::kAlong, 1};
  }
  if (!filter.claims.empty() || !filter.holders.empty()) {
    return {&sql::kPageOfStancesNewest, &sql::kPageOfStancesOldest, std::nullopt, Driver::kHere};
  }
  const auto several = [](const pg::Statement& newest, const pg::Statement& oldest,
                          std::vector<std::int64_t> Filter::*ids) {
    return Driver{&newest, &oldest, std::nullopt, Driver::kByMarks, 0, ids};
  };
  if (!filter.speakers.empty())
    return several(sql::kPageOfSpeakersNewest, sql::kPageOfSpeakersOldest, &Filter::speakers);
  if (!filter.topics.empty()) return several(sql::kPageOfTopicsNewest, sql::kPageOfTopicsOldest, &Filter::topics);
  if (!filter.outlets.empty()) return several(sql::kPageOfOutletsNewest, sql::kPageOfOutletsOldest, &Filter::outlets);
  if (filter.unnamed) return {&sql::kPageOfUnnamedNewest, &sql::kPageOfUnnamedOldest, std::nullopt};
  if (filter.states == std::vector<std::int64_t>{pb::QUOTE_STATE_RETRACTED}) {
    return {&sql::kPageOfRetractedNewest, &sql::kPageOfRetractedOldest, std::nullopt};
  }
  return {&sql::kPageOfAllNewest, &sql::kPageOfAllOldest, std::nullopt};
}

std::vector<PageKey> ReadKeys(const pqxx::result& rows) {
  std::vector<PageKey> keys;
  keys.reserve(rows.size());
  for (const auto& row : rows) keys.push_back({row[1].c_str(), row[0].c_str()});
  return keys;
}

// Where a list goes on within the filter's days: an index is entered where the list begins, and stepped through up to
// the first day that is asked for.
PageKey Within(const Filter& filter, bool newest, const PageKey& after) {
  PageKey edge = ListStart(newest);
  edge.occurred_on = newest ? filter.last_day : filter.first_day;
  const bool outside = newest ? edge.occurred_on < after.occurred_on : after.occurred_on < edge.occurred_on;
  return outside ? edge : after;
}

// The first of several pages, each once.
std::vector<PageKey> MergePages(std::vector<PageKey> keys, bool newest, int limit) {
  const auto place = [](const PageKey& key) { return std::tie(key.occurred_on, key.uuid); };
  std::sort(keys.begin(), keys.end(),
            [&](const PageKey& a, const PageKey& b) { return newest ? place(b) < place(a) : place(a) < place(b); });
  keys.erase(
      std::unique(keys.begin(), keys.end(), [&](const PageKey& a, const PageKey& b) { return place(a) == place(b); }),
      keys.end());
  if (static_cast<int>(keys.size()) > limit) keys.resize(static_cast<std::size_t>(limit));
  return keys;
}

// Any of these, as search_marks has them; "" for none, and for too many.
std::string AnyOf(char kind, absl::Span<const std::int64_t> ids, std::size_t most = kMostMarks) {
  if (ids.empty() || ids.size() > most) return "";
  const std::string letter(1, kind);
  return StrCat("(", letter, absl::StrJoin(ids, StrCat("|", letter)), ")");
}

std::string AllOf(std::initializer_list<std::string> marks) {
  std::string all;
  for (const std::string& mark : marks) {
    if (!mark.empty()) StrAppend(&all, all.empty() ? "" : "&", mark);
  }
  return all;
}

// A slice of time for a search that goes in one direction.
struct Slice {
  absl::CivilDay first;
  absl::CivilDay last;
  std::string marks;
};

// The slice of so many months that ends, or begins, with the month of a day; whole years when it is long.
Slice SliceAt(absl::CivilDay day, int months, bool newest) {
  absl::CivilMonth from(day);
  absl::CivilMonth to(day);
  (newest ? from : to) += newest ? 1 - months : months - 1;
  std::vector<std::int64_t> all;
  const bool by_year = months > kMostMonths;
  if (by_year) {
    from = absl::CivilMonth(absl::CivilYear(from));
    to = absl::CivilMonth(absl::CivilYear(to)) + 11;
    for (absl::CivilYear year(from); year <= absl::CivilYear(to); ++year) all.push_back(year.year());
  } else {
    for (absl::CivilMonth month = from; month <= to; ++month) all.push_back(12 * month.year() + month.month());
  }
  return {absl::CivilDay(from), absl::CivilDay(to + 1) - 1, AnyOf(by_year ? 'y' : 'm', all)};
}

// How many months there are from a day to the end of an interval, both included.
int MonthsUpTo(const std::string& end, absl::CivilDay day) {
  absl::CivilDay last;
  if (!absl::ParseCivilTime(end, &last)) return kLongestSlice;  // it is open
  const absl::civil_diff_t months = absl::CivilMonth(last) - absl::CivilMonth(day);
  return static_cast<int>(std::min<absl::civil_diff_t>(std::abs(months) + 1, kLongestSlice));
}

// How many months have so many, as far as those tell that were searched.
int MonthsFor(std::size_t missing, std::size_t found, double searched) {
  const double months = kMargin * static_cast<double>(missing) * searched / std::max(static_cast<double>(found), 0.5);
  if (months <= kLongestSlice) return std::max(1, static_cast<int>(std::ceil(months)));
  return searched < kMostMonths ? kSecondSlice : kLongestSlice + 1;
}

// The names of a filter that quotes are marked with.
std::string MarksOf(const Filter& filter) {
  return AllOf(
      {AnyOf('s', filter.speakers), AnyOf('t', filter.topics_below, kMostTopicMarks), AnyOf('o', filter.outlets)});
}

// What a walk does not find often enough: slice by slice, until the page is full.
absl::StatusOr<std::vector<PageKey>> GatherRare(pg::Session& db, Filter filter, bool newest, const PageKey& after,
                                                int limit) {
  const std::string names = MarksOf(filter);
  if (!filter.words && names.empty()) {  // quotes are not marked with the import that brought them
    ASSIGN_OR_RETURN(const pqxx::result rows,
                     db.RunParams(newest ? sql::kPageOfImportNewest : sql::kPageOfImportOldest,
                                  FilterParams(filter, limit, std::nullopt, after, std::nullopt)));
    return ReadKeys(rows);
  }
  std::vector<PageKey> found;
  const auto gather = [&](const Filter& some, const std::string& words, const std::string& marks) -> absl::Status {
    std::vector<pg::Param> params =
        FilterParams(some, limit - static_cast<int>(found.size()), std::nullopt, after, std::nullopt);
    const pg::Statement* statement = newest ? &sql::kPageOfMarksNewest : &sql::kPageOfMarksOldest;
    if (filter.words) {
      params.emplace_back(words);
      statement = newest ? &sql::kPageOfWordsNewest : &sql::kPageOfWordsOldest;
    }
    if (!marks.empty()) params.emplace_back(marks);
    if (filter.words && !marks.empty()) {
      statement = newest ? &sql::kPageOfMarkedWordsNewest : &sql::kPageOfMarkedWordsOldest;
    }
    ASSIGN_OR_RETURN(const pqxx::result rows, db.RunParams(*statement, params));
    for (PageKey& key : ReadKeys(rows)) found.push_back(std::move(key));
    return absl::OkStatus();
  };
  // Days in PostgreSQL's form are in order as texts, infinite ones too.
  std::string& bound = newest ? filter.last_day : filter.first_day;
  bound = newest ? std::min(bound, after.occurred_on) : std::max(bound, after.occurred_on);
  double searched = 0;  // months
  for (int months = 1; months <= kLongestSlice;) {
    ASSIGN_OR_RETURN(const pqxx::result next,
                     db.Run(newest ? sql::kNextDayNewest : sql::kNextDayOldest, filter.first_day, filter.last_day));
    absl::CivilDay day;
    if (next[0][0].is_null()) return found;
    if (!absl::ParseCivilTime(next[0][0].c_str(), &day)) break;
    const Slice slice =
        SliceAt(day, std::min(months, MonthsUpTo(newest ? filter.first_day : filter.last_day, day)), newest);
    if (slice.first <= kFirstDay || slice.last >= kLastDay) break;  // there is nothing beyond
    Filter some = filter;
    some.first_day = std::max(filter.first_day, api::FormatDay(slice.first));
    some.last_day = std::min(filter.last_day, api::FormatDay(slice.last));
    // In a short slice reading rows costs less than asking the index for what is common.
    const std::string& words = months <= kFewMonths ? filter.rare_words : filter.telling_words;
    RETURN_IF_ERROR(gather(some, words, AllOf({slice.marks, names})));
    if (static_cast<int>(found.size()) == limit) return found;
    bound = api::FormatDay(newest ? slice.first - 1 : slice.last + 1);
    searched += static_cast<double>(newest ? day - slice.first + 1 : slice.last - day + 1) / kDaysOfMonth;
    months = std::max(2 * months, MonthsFor(static_cast<std::size_t>(limit) - found.size(), found.size(), searched));
  }
  RETURN_IF_ERROR(gather(filter, filter.telling_words, names));
  return found;
}

// A page of what may be rare: by a walk along the driver's index, or gathered.
absl::StatusOr<std::vector<PageKey>> FindRare(pg::Session& db, const pg::Statement& statement,
                                              std::optional<std::int64_t> driver, const Filter& filter, bool newest,
                                              const PageKey& after, int limit) {
  const int first = std::max(kFirstWalk, limit);
  const double longest = std::max<double>(first, kLongestWalk * limit);
  for (double walk = first; walk <= longest;) {
    ASSIGN_OR_RETURN(const pqxx::result rows,
                     db.RunParams(statement, FilterParams(filter, limit, static_cast<int>(walk), after, driver)));
    if (static_cast<int>(rows.size()) == limit) return ReadKeys(rows);
    walk *= std::max(2.0, kMargin * limit / std::max(static_cast<double>(rows.size()), 0.5));
  }
  return GatherRare(db, filter, newest, after, limit);
}

// Whether a walk along the driver's index may meet thousands of rows for each that matches: words, an import, and names
// that it does not have. More names than quotes are marked with are compared row by row.
bool MayBeRare(const Filter& filter, const Driver& driver) {
  if (filter.words || filter.import) return true;
  const int named = int{!filter.speakers.empty()} + int{!filter.topics.empty()} + int{!filter.outlets.empty()};
  return named > driver.names && !MarksOf(filter).empty();
}

// Whether a page for each of several is found by a walk. Words of several names are looked for in their own index.
bool IsMerged(const Filter& filter, const Driver& driver, bool along_topic) {
  if (driver.several == nullptr || (driver.several == &Filter::topics && !along_topic)) return false;
  if (filter.words && driver.rare == Driver::kByMarks) return false;
  const std::size_t count = (filter.*driver.several).size();
  return count > 1 && count <= kMostWalks;
}

// A page of quotes as they are, of a moment in the past those that did not change since; `along_topic`, if one is asked
// for, or gathered from all that lay below it then.
absl::StatusOr<std::vector<PageKey>> FindUnchanged(pg::Session& db, const Filter& filter, bool newest,
                                                   const PageKey& after, int limit, bool along_topic) {
  const Driver driver = ChooseDriver(filter, along_topic);
  if (IsMerged(filter, driver, along_topic)) {  // a quote may be found with several
    std::vector<PageKey> keys;
    for (const std::int64_t id : filter.*driver.several) {
      Filter one = filter;
      one.*driver.several = {id};
      ASSIGN_OR_RETURN(const std::vector<PageKey> page, FindUnchanged(db, one, newest, after, limit, along_topic));
      keys.insert(keys.end(), page.begin(), page.end());
    }
    return MergePages(std::move(keys), newest, limit);
  }
  const pg::Statement& statement = newest ? *driver.newest : *driver.oldest;
  if (MayBeRare(filter, driver)) {
    if (driver.rare == Driver::kAlong) return FindRare(db, statement, driver.id, filter, newest, after, limit);
    if (driver.rare == Driver::kByMarks) return GatherRare(db, filter, newest, after, limit);
  }
  ASSIGN_OR_RETURN(const pqxx::result rows,
                   db.RunParams(statement, FilterParams(filter, limit, std::nullopt, after, driver.id)));
  return ReadKeys(rows);
}

// Whether all that lay below the topics then does so today: then their index leads to all of it.
absl::StatusOr<bool> LiesBelowStill(pg::Session& db, const Filter& filter) {
  if (filter.topics.empty()) return true;
  ASSIGN_OR_RETURN(const std::vector<std::int64_t> below, TopicsBelow(db, filter.topics, api::kNow));
  const std::set<std::int64_t> today(below.begin(), below.end());
  return std::all_of(filter.topics_below.begin(), filter.topics_below.end(),
                     [&](std::int64_t topic) { return today.contains(topic); });
}

}  // namespace

absl::StatusOr<std::vector<PageKey>> FindPage(pg::Session& db, const Filter& filter, bool newest, const PageKey& from,
                                              int limit) {
  const PageKey after = Within(filter, newest, from);
  ASSIGN_OR_RETURN(std::vector<PageKey> keys, FindUnchanged(db, filter, newest, after, limit, true));
  if (filter.moment == api::kNow) return keys;
  // Looked at when the page is found: a topic may move meanwhile.
  ASSIGN_OR_RETURN(const bool lies_below, LiesBelowStill(db, filter));
  if (!lies_below) {
    ASSIGN_OR_RETURN(keys, FindUnchanged(db, filter, newest, after, limit, false));
  }
  ASSIGN_OR_RETURN(const pqxx::result changed,
                   db.RunParams(newest ? sql::kPageOfChangedNewest : sql::kPageOfChangedOldest,
                                FilterParams(filter, limit, std::nullopt, after, std::nullopt)));
  for (PageKey& key : ReadKeys(changed)) keys.push_back(std::move(key));
  return MergePages(std::move(keys), newest, limit);
}

}  // namespace onrecord::store
