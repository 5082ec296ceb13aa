#include "services/quotes/quotes_filter.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

#include "absl/strings/str_join.h"
#include "absl/time/civil_time.h"
#include "db/statements.h"
#include "services/api/as_of.h"
#include "services/api/dates.h"
#include "services/api/names.h"
#include "services/api/text.h"
#include "services/base/strings.h"
#include "services/claims/claims_links.h"
#include "services/names/names_store.h"
#include "services/notices/notices_embargoes.h"

namespace onrecord::store {
namespace {

constexpr int kMostNames = 100;
constexpr int kMostLanguages = 50;
constexpr std::size_t kMostWordsCodePoints = 1000;
// A page of words is looked for among so many of the newest rows first: what is common is found there at once, or in a
// walk that is as long as it should take, when that is not more than so many rows for each of the page.
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
// More names than this are compared row by row.
constexpr std::size_t kMostMarks = 64;
constexpr std::size_t kMostWalks = 16;

template <typename Values>
void CheckNames(const std::string& field, const Values& names, std::string_view prefix, api::Violations& violations) {
  violations.Count(field, names.size(), kMostNames);
  for (int i = 0; i < std::min(names.size(), kMostNames); ++i) {
    violations.Name(StrCat(field, "[", i, "]"), names[i], prefix);
  }
}

template <typename Values, typename IsValid>
void CheckEnums(const std::string& field, const Values& values, IsValid is_valid, api::Violations& violations) {
  violations.Count(field, values.size(), kMostNames);
  for (int i = 0; i < std::min(values.size(), kMostNames); ++i) {
    violations.Enum(StrCat(field, "[", i, "]"), is_valid(values[i]) && values[i] != 0, values[i]);
  }
}

void CheckInterval(const std::string& field, const pb::DateInterval& interval, api::Violations& violations) {
  const std::size_t before = violations.all().size();
  violations.Date(StrCat(field, ".from"), interval.from());
  violations.Date(StrCat(field, ".to"), interval.to());
  if (violations.all().size() == before && api::ToFrom(interval.from()) > api::ToTo(interval.to())) {
    violations.Add(pb::ERROR_REASON_DATE_INVALID, field, "ends before it starts; exchange from and to");
  }
}

std::vector<std::string> Slugs(const google::protobuf::RepeatedPtrField<std::string>& names) {
  std::vector<std::string> slugs;
  for (const std::string& name : names) slugs.push_back(name.substr(name.find('/') + 1));
  return slugs;
}

// Ids in the order of the slugs; NOT_FOUND for the first one missing.
absl::StatusOr<std::vector<std::int64_t>> IdsOf(const std::map<std::string, std::int64_t>& found,
                                                const google::protobuf::RepeatedPtrField<std::string>& names,
                                                pb::ErrorReason missing) {
  std::vector<std::int64_t> ids;
  for (const std::string& name : names) {
    const auto id = found.find(name.substr(name.find('/') + 1));
    if (id == found.end()) {
      return Refuse(absl::StatusCode::kNotFound, missing, StrCat(name, " does not exist"), {{"name", name}});
    }
    ids.push_back(id->second);
  }
  return ids;
}

template <typename Values>
std::vector<std::int64_t> Numbers(const Values& values, std::initializer_list<std::int64_t> otherwise) {
  std::vector<std::int64_t> numbers(values.begin(), values.end());
  return numbers.empty() ? std::vector<std::int64_t>(otherwise) : numbers;
}

absl::Status SetDates(const pb::QuoteFilter& from, Filter& filter) {
  const pb::DateInterval& said = from.said();
  if (said.include_possible()) {
    filter.possible_from = api::ToFrom(said.from());
    filter.possible_to = api::ToTo(said.to());
  } else {
    if (said.from().year() != 0) filter.first_day = api::FormatDay(api::FirstDay(api::ToFrom(said.from())));
    if (said.to().year() != 0) filter.last_day = api::FormatDay(api::LastDay(api::ToTo(said.to())));
  }
  if (from.has_published()) {
    filter.published_from = api::ToFrom(from.published().from());
    filter.published_to = api::ToTo(from.published().to());
  }
  return absl::OkStatus();
}

// What the quote must be evidence of.
absl::Status SetStances(pg::Session& db, const pb::QuoteFilter& from, Filter& filter) {
  filter.include_ascribed = from.include_ascribed();
  if (from.claims().empty() && from.positions().empty() && from.holders().empty()) return absl::OkStatus();
  filter.stances_at = filter.moment;
  ASSIGN_OR_RETURN(const std::vector<std::int64_t> claims,
                   ResolveClaims(db, "filter.claims", from.claims(), *filter.stances_at));
  ASSIGN_OR_RETURN(const std::vector<Linked> linked, LinkedClaims(db, claims, *filter.stances_at));
  std::set<std::int64_t> ids;
  for (const Linked& claim : linked) ids.insert(claim.claim);
  filter.claims.assign(ids.begin(), ids.end());
  std::vector<pb::Position> positions;
  for (const int position : from.positions()) positions.push_back(static_cast<pb::Position>(position));
  if (claims.empty()) {
    filter.positions.assign(positions.begin(), positions.end());
  } else {
    filter.codes = PositionCodes(linked, positions);
  }
  const std::vector<std::string> holders(from.holders().begin(), from.holders().end());
  ASSIGN_OR_RETURN(filter.holders, RequireIds(db, NameTable::kSpeakers, "filter.holders", holders, filter.moment));
  return absl::OkStatus();
}

struct Driver {
  const pg::Statement* newest;
  const pg::Statement* oldest;
  std::optional<std::int64_t> id;
  // Where words are looked for: along this index, at first; in the index of words; or in all that this one leads to.
  enum { kAlong, kByWords, kHere } words = kAlong;
};

// The index to walk or gather from: the narrowest that the filter allows.
Driver ChooseDriver(const Filter& filter) {
  const bool one_speaker = filter.speakers.size() == 1;
  if (one_speaker && filter.topics.size() == 1) {
    return {&sql::kPageOfSpeakerAndTopicNewest, &sql::kPageOfSpeakerAndTopicOldest, filter.topics[0]};
  }
  if (one_speaker) return {&sql::kPageOfSpeakerNewest, &sql::kPageOfSpeakerOldest, filter.speakers[0]};
  if (filter.topics.size() == 1) return {&sql::kPageOfTopicNewest, &sql::kPageOfTopicOldest, filter.topics[0]};
  if (filter.outlets.size() == 1) return {&sql::kPageOfOutletNewest, &sql::kPageOfOutletOldest, filter.outlets[0]};
  if (!filter.claims.empty() && filter.claims.size() <= kMostWalks) {
    return {&sql::kPageOfClaimNewest, &sql::kPageOfClaimOldest, filter.claims[0], Driver::kHere};
  }
  if (!filter.claims.empty() || !filter.holders.empty()) {
    return {&sql::kPageOfStancesNewest, &sql::kPageOfStancesOldest, std::nullopt, Driver::kHere};
  }
  if (filter.import) return {&sql::kPageOfImportNewest, &sql::kPageOfImportOldest, std::nullopt, Driver::kHere};
  if (!filter.speakers.empty())
    return {&sql::kPageOfSpeakersNewest, &sql::kPageOfSpeakersOldest, std::nullopt, Driver::kByWords};
  if (!filter.topics.empty())
    return {&sql::kPageOfTopicsNewest, &sql::kPageOfTopicsOldest, std::nullopt, Driver::kByWords};
  if (!filter.outlets.empty())
    return {&sql::kPageOfOutletsNewest, &sql::kPageOfOutletsOldest, std::nullopt, Driver::kByWords};
  if (filter.unnamed) return {&sql::kPageOfUnnamedNewest, &sql::kPageOfUnnamedOldest, std::nullopt};
  return {&sql::kPageOfAllNewest, &sql::kPageOfAllOldest, std::nullopt};
}

std::vector<PageKey> ReadKeys(const pqxx::result& rows) {
  std::vector<PageKey> keys;
  keys.reserve(rows.size());
  for (const auto& row : rows) keys.push_back({row[1].c_str(), row[0].c_str()});
  return keys;
}

}  // namespace

void CheckFilter(const std::string& field, const pb::QuoteFilter& filter, api::Violations& violations) {
  const auto path = [&](std::string_view name) { return StrCat(field, ".", name); };
  CheckNames(path("speakers"), filter.speakers(), "speakers/", violations);
  CheckNames(path("outlets"), filter.outlets(), "outlets/", violations);
  CheckNames(path("topics"), filter.topics(), "topics/", violations);
  CheckInterval(path("said"), filter.said(), violations);
  CheckInterval(path("published"), filter.published(), violations);
  CheckEnums(path("kinds"), filter.kinds(), pb::QuoteKind_IsValid, violations);
  CheckEnums(path("polarities"), filter.polarities(), pb::Polarity_IsValid, violations);
  CheckEnums(path("states"), filter.states(), pb::QuoteState_IsValid, violations);
  violations.Count(path("languages"), filter.languages_size(), kMostLanguages);
  for (const std::string& language : filter.languages()) violations.Language(path("languages"), language);
  violations.Text(path("words"), filter.words(), 0, kMostWordsCodePoints);
  CheckNames(path("claims"), filter.claims(), "claims/", violations);
  CheckEnums(path("positions"), filter.positions(), pb::Position_IsValid, violations);
  CheckNames(path("holders"), filter.holders(), "speakers/", violations);
  if (!filter.import().empty() && !api::ParseImportName(path("import"), filter.import()).ok()) {
    violations.Add(pb::ERROR_REASON_VALUE_INVALID, path("import"), "is no resource name; write imports/ and a number");
  }
  if (filter.unnamed() && !filter.speakers().empty()) {
    violations.Add(pb::ERROR_REASON_VALUE_INVALID, path("unnamed"),
                   "cannot be joined with speakers: an unnamed source is none; leave one of them out");
  }
}

absl::StatusOr<Filter> ResolveFilter(pg::Session& db, const pb::QuoteFilter& from, const std::string& moment) {
  api::Violations violations;
  CheckFilter("filter", from, violations);
  RETURN_IF_ERROR(violations.Status());
  Filter filter;
  filter.moment = moment;
  RETURN_IF_ERROR(SetDates(from, filter));
  filter.kinds = Numbers(from.kinds(), {});
  filter.polarities = Numbers(from.polarities(), {pb::POLARITY_AFFIRMED});
  filter.states = Numbers(from.states(), {pb::QUOTE_STATE_ACTIVE});
  filter.languages.assign(from.languages().begin(), from.languages().end());
  filter.unnamed = from.unnamed();
  if (!from.import().empty()) {
    ASSIGN_OR_RETURN(filter.import, api::ParseImportName("filter.import", from.import()));
  }
  RETURN_IF_ERROR(SetStances(db, from, filter));
  const std::vector<std::string> speakers(from.speakers().begin(), from.speakers().end());
  ASSIGN_OR_RETURN(filter.speakers, RequireIds(db, NameTable::kSpeakers, "filter.speakers", speakers, moment));
  if (from.outlets().empty() && from.topics().empty() && from.words().empty()) return filter;

  ASSIGN_OR_RETURN(const pqxx::result rows, db.Run(sql::kResolveFilter, pg::TextArray(Slugs(from.outlets())),
                                                   pg::TextArray(Slugs(from.topics())), from.words()));
  std::map<char, std::map<std::string, std::int64_t>> found;
  bool searchable = from.words().empty();
  bool embargoes = false;
  for (const auto& row : rows) {
    const char kind = row[0].c_str()[0];
    const auto id = row[1].as<std::int64_t>();
    if (kind == 'd') {
      filter.topics_below.push_back(id);
    } else if (kind == 'w') {
      searchable = id == 1;
      filter.words = row[2].c_str();
    } else if (kind == 'i') {
      (id == 1 ? filter.rare_words : filter.telling_words) = row[2].c_str();
    } else if (kind == 'e') {
      embargoes = true;
    } else {
      found[kind][row[2].c_str()] = id;
    }
  }
  // Of "this or that, but not those" no word must be there. What looks like an operator within a word is no harm.
  if (filter.words && (filter.rare_words.empty() || filter.words->find_first_of("|!") != std::string::npos)) {
    filter.rare_words = *filter.words;
    filter.telling_words = *filter.words;
  }
  if (!searchable) {
    return RefuseFields({{pb::ERROR_REASON_VALUE_INVALID, "filter.words",
                          "holds no word to look for (only marks, or only words to leave out); add one"}});
  }
  ASSIGN_OR_RETURN(filter.outlets, IdsOf(found['o'], from.outlets(), pb::ERROR_REASON_OUTLET_NOT_FOUND));
  ASSIGN_OR_RETURN(filter.topics, IdsOf(found['t'], from.topics(), pb::ERROR_REASON_TOPIC_NOT_FOUND));
  if (embargoes) {
    ASSIGN_OR_RETURN(filter.hidden, HiddenQuotes(db));
  }
  if (moment == api::kNow || filter.topics.empty()) return filter;
  ASSIGN_OR_RETURN(filter.topics_below, TopicsBelow(db, filter.topics, moment));
  return filter;
}

absl::Status SampleWords(pg::Session& db, int sampled) { return db.Run(sql::kSampleCommonWords, sampled).status(); }

absl::StatusOr<std::vector<std::int64_t>> TopicsBelow(pg::Session& db, absl::Span<const std::int64_t> topics,
                                                      const std::string& moment) {
  ASSIGN_OR_RETURN(const pqxx::result rows, db.Run(sql::kTopicsBelowThen, pg::IntArray(topics), moment));
  std::vector<std::int64_t> ids;
  for (const auto& row : rows) ids.push_back(row[0].as<std::int64_t>());
  return ids;
}

std::vector<pg::Param> FilterParams(const Filter& filter, std::optional<int> limit, std::optional<int> walk,
                                    const PageKey& after, std::optional<std::int64_t> driver) {
  return {limit,
          walk,
          after.occurred_on,
          after.uuid,
          pg::IntArray(filter.speakers),
          pg::IntArray(filter.topics_below),
          pg::IntArray(filter.outlets),
          filter.first_day,
          filter.last_day,
          filter.possible_from,
          filter.possible_to,
          filter.published_from,
          filter.published_to,
          pg::IntArray(filter.kinds),
          pg::IntArray(filter.polarities),
          pg::IntArray(filter.states),
          pg::TextArray(filter.languages),
          filter.import,
          filter.unnamed,
          filter.words,
          driver,
          pg::IntArray(filter.codes),
          pg::IntArray(filter.positions),
          pg::IntArray(filter.holders),
          filter.include_ascribed,
          filter.stances_at,
          pg::TextArray(filter.hidden)};
}

PageKey ListStart(bool newest) {
  return newest ? PageKey{"infinity", "ffffffffffffffffffffffffffffffff"}
                : PageKey{"-infinity", "00000000000000000000000000000000"};
}

namespace {

// Where a list goes on within the filter's days: an index is entered where the list begins, and stepped through up to
// the first day that is asked for.
PageKey Within(const Filter& filter, bool newest, const PageKey& after) {
  PageKey edge = ListStart(newest);
  edge.occurred_on = newest ? filter.last_day : filter.first_day;
  const bool outside = newest ? edge.occurred_on < after.occurred_on : after.occurred_on < edge.occurred_on;
  return outside ? edge : after;
}

// One walk along each claim, merged into one page: a quote may be evidence about several.
absl::StatusOr<std::vector<PageKey>> MergeWalks(pg::Session& db, const pg::Statement& statement, const Filter& filter,
                                                bool newest, const PageKey& after, int limit) {
  std::vector<PageKey> keys;
  for (const std::int64_t claim : filter.claims) {
    ASSIGN_OR_RETURN(const pqxx::result rows,
                     db.RunParams(statement, FilterParams(filter, limit, std::nullopt, after, claim)));
    for (PageKey& key : ReadKeys(rows)) keys.push_back(std::move(key));
  }
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
std::string AnyOf(char kind, absl::Span<const std::int64_t> ids) {
  if (ids.empty() || ids.size() > kMostMarks) return "";
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

// A slice of time for a search of words that goes in one direction.
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

// How many months have so many, as far as those tell that were searched.
int MonthsFor(std::size_t missing, std::size_t found, double searched) {
  const double months = kMargin * static_cast<double>(missing) * searched / std::max(static_cast<double>(found), 0.5);
  if (months <= kLongestSlice) return std::max(1, static_cast<int>(std::ceil(months)));
  return searched < kMostMonths ? kSecondSlice : kLongestSlice + 1;
}

// Words that a walk does not find often enough: slice by slice, until the page is full.
absl::StatusOr<std::vector<PageKey>> GatherWords(pg::Session& db, Filter filter, bool newest, const PageKey& after,
                                                 int limit) {
  const std::string names =
      AllOf({AnyOf('s', filter.speakers), AnyOf('t', filter.topics_below), AnyOf('o', filter.outlets)});
  std::vector<PageKey> found;
  const auto gather = [&](const Filter& some, const std::string& words, const std::string& marks) -> absl::Status {
    std::vector<pg::Param> params =
        FilterParams(some, limit - static_cast<int>(found.size()), std::nullopt, after, std::nullopt);
    params.emplace_back(words);
    const pg::Statement* statement = newest ? &sql::kPageOfWordsNewest : &sql::kPageOfWordsOldest;
    if (!marks.empty()) {
      params.emplace_back(marks);
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
    const Slice slice = SliceAt(day, months, newest);
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

// A page of words: by a walk along the driver's index, or gathered.
absl::StatusOr<std::vector<PageKey>> FindWords(pg::Session& db, const pg::Statement& statement,
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
  return GatherWords(db, filter, newest, after, limit);
}

}  // namespace

absl::StatusOr<std::vector<PageKey>> FindPage(pg::Session& db, const Filter& filter, bool newest, const PageKey& from,
                                              int limit) {
  const PageKey after = Within(filter, newest, from);
  if (filter.moment != api::kNow) {
    std::vector<pg::Param> params = FilterParams(filter, limit, std::nullopt, after, std::nullopt);
    params.emplace_back(filter.moment);
    ASSIGN_OR_RETURN(const pqxx::result then,
                     db.RunParams(newest ? sql::kPageThenNewest : sql::kPageThenOldest, params));
    return ReadKeys(then);
  }
  const Driver driver = ChooseDriver(filter);
  const pg::Statement& statement = newest ? *driver.newest : *driver.oldest;
  if (driver.newest == &sql::kPageOfClaimNewest && filter.claims.size() > 1) {
    return MergeWalks(db, statement, filter, newest, after, limit);
  }
  if (filter.words && driver.words == Driver::kAlong) {
    return FindWords(db, statement, driver.id, filter, newest, after, limit);
  }
  if (filter.words && driver.words == Driver::kByWords) return GatherWords(db, filter, newest, after, limit);
  ASSIGN_OR_RETURN(const pqxx::result rows,
                   db.RunParams(statement, FilterParams(filter, limit, std::nullopt, after, driver.id)));
  return ReadKeys(rows);
}

}  // namespace onrecord::store
