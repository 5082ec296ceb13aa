#include "services/quotes/quotes_filter.h"

#include <algorithm>
#include <map>
#include <set>

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
  for (const std::string& name : names) slugs.push_back(api::IdOf(name));
  return slugs;
}

// Ids in the order of the slugs; NOT_FOUND for the first one missing.
absl::StatusOr<std::vector<std::int64_t>> IdsOf(const std::map<std::string, std::int64_t>& found,
                                                const google::protobuf::RepeatedPtrField<std::string>& names,
                                                pb::ErrorReason missing) {
  std::vector<std::int64_t> ids;
  for (const std::string& name : names) {
    const auto id = found.find(api::IdOf(name));
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

void SetDates(const pb::QuoteFilter& from, Filter& filter) {
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
  SetDates(from, filter);
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
    } else if (kind == 'p') {
      filter.has_pairs = true;
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
    filter.has_pairs = false;
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
          pg::TextArray(filter.hidden),
          filter.moment == api::kNow ? pg::Param(std::nullopt) : pg::Param(filter.moment)};
}

PageKey ListStart(bool newest) {
  return newest ? PageKey{"infinity", "ffffffffffffffffffffffffffffffff"}
                : PageKey{"-infinity", "00000000000000000000000000000000"};
}

}  // namespace onrecord::store
