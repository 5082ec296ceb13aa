#include "services/quotes/quotes_store.h"

#include <algorithm>
#include <map>
#include <set>

#include "db/statements.h"
#include "services/api/as_of.h"
#include "services/api/names.h"
#include "services/api/page_token.h"
#include "services/base/strings.h"
#include "services/quotes/quotes_pages.h"
#include "services/quotes/quotes_rules.h"
#include "services/timeline/timeline_tallies.h"

namespace onrecord::store {
namespace {

constexpr int kMostRanked = 2000;
constexpr int kMostCounted = 100000;
constexpr std::size_t kRowsAtOnce = 100;
constexpr std::size_t kMostBatchBytes = 32 << 20;

absl::Status NotFound(std::string_view name) {
  return Refuse(absl::StatusCode::kNotFound, pb::ERROR_REASON_QUOTE_NOT_FOUND, StrCat(name, " does not exist"),
                {{"name", std::string(name)}});
}

// The newest matches, ranked: their keys carry the rank in place of the day.
absl::StatusOr<std::vector<PageKey>> FindRanked(pg::Session& db, const Filter& filter, const PageKey& after,
                                                int limit) {
  ASSIGN_OR_RETURN(const std::vector<PageKey> newest, FindPage(db, filter, true, ListStart(true), kMostRanked));
  std::vector<std::string> uuids;
  uuids.reserve(newest.size());
  for (const PageKey& key : newest) uuids.push_back(key.uuid);
  std::vector<pg::Param> params = {pg::TextArray(uuids), *filter.words, after.occurred_on, after.uuid, limit};
  if (filter.moment != api::kNow) params.emplace_back(filter.moment);
  ASSIGN_OR_RETURN(const pqxx::result rows,
                   db.RunParams(filter.moment == api::kNow ? sql::kRankQuotes : sql::kRankQuotesThen, params));
  std::vector<PageKey> keys;
  for (const auto& row : rows) keys.push_back({row[1].c_str(), row[0].c_str()});
  return keys;
}

}  // namespace

absl::StatusOr<pb::Quote> GetQuote(pg::Session& db, std::string_view name, const std::string& moment) {
  ASSIGN_OR_RETURN(const std::string id, api::ParseQuoteName("name", name));
  const std::vector<std::string> ids = {id};
  const Notices notices = db.in_transaction() ? Notices::kLeaveOut : Notices::kShow;
  ASSIGN_OR_RETURN(std::vector<pb::Quote> quotes, ReadQuotes(db, ids, moment, notices));
  if (!quotes.empty()) return std::move(quotes.front());
  ASSIGN_OR_RETURN(const std::vector<pb::Quote> later, ReadQuotes(db, ids));
  return later.empty() ? NotFound(name) : api::NotRecordedYet(later.front().name(), later.front().create_time());
}

std::vector<absl::StatusOr<pb::Quote>> GetQuotes(pg::Session& db,
                                                 absl::Span<const pb::GetQuoteRequest* const> requests) {
  std::vector<absl::StatusOr<pb::Quote>> answers;
  std::map<std::string, std::vector<std::size_t>> asked;  // which answers wait for a quote
  for (const pb::GetQuoteRequest* request : requests) {
    absl::StatusOr<pb::Quote>& answer = answers.emplace_back(NotFound(request->name()));
    const absl::StatusOr<std::string> id = api::ParseQuoteName("name", request->name());
    const absl::StatusOr<std::string> moment = api::ReadAsOf(*request);
    if (!moment.ok()) {
      answer = moment.status();
    } else if (!id.ok() || *moment != api::kNow) {
      answer = GetQuote(db, request->name(), *moment);
    } else {
      asked[*id].push_back(answers.size() - 1);
    }
  }
  if (asked.empty()) return answers;
  std::vector<std::string> ids;
  for (const auto& [id, places] : asked) ids.push_back(id);
  absl::StatusOr<std::vector<pb::Quote>> quotes = ReadQuotes(db, ids, api::kNow, Notices::kShow);
  if (!quotes.ok()) {
    for (const auto& [id, places] : asked) {
      for (const std::size_t place : places) answers[place] = quotes.status();
    }
    return answers;
  }
  for (pb::Quote& quote : *quotes) {
    const std::vector<std::size_t>& places = asked[api::IdOf(quote.name())];
    for (const std::size_t place : absl::MakeConstSpan(places).subspan(1)) answers[place] = quote;
    answers[places.front()] = std::move(quote);
  }
  return answers;
}

absl::StatusOr<pb::BatchGetQuotesResponse> BatchGetQuotes(pg::Session& db, const pb::BatchGetQuotesRequest& request,
                                                          const std::string& moment) {
  api::Violations violations;
  violations.Count("names", request.names_size(), api::kMostPerPage);
  if (request.names().empty()) violations.Add(pb::ERROR_REASON_FIELD_REQUIRED, "names", "is empty; name at least one");
  RETURN_IF_ERROR(violations.Status());
  std::vector<std::string> ids;
  for (const std::string& name : request.names()) {
    ASSIGN_OR_RETURN(const std::string id, api::ParseQuoteName("names", name));
    ids.push_back(id);
  }
  pb::BatchGetQuotesResponse response;
  std::set<std::string> found;
  std::size_t bytes = 0;
  for (std::size_t at = 0; at < ids.size(); at += kRowsAtOnce) {
    const auto some = absl::MakeConstSpan(ids).subspan(at, kRowsAtOnce);
    ASSIGN_OR_RETURN(std::vector<pb::Quote> quotes, ReadQuotes(db, some, moment, Notices::kShow));
    for (pb::Quote& quote : quotes) {
      bytes += quote.ByteSizeLong();
      found.insert(quote.name());
      *response.add_quotes() = std::move(quote);
    }
    if (bytes > kMostBatchBytes) {
      return Refuse(absl::StatusCode::kFailedPrecondition, pb::ERROR_REASON_RESPONSE_TOO_LARGE,
                    "these quotes are larger than 32 MiB in all; ask for fewer at a time");
    }
  }
  for (const std::string& name : request.names()) {
    if (!found.contains(name)) response.add_missing(name);
  }
  return response;
}

absl::StatusOr<std::vector<pb::Quote>> ReadPage(pg::Session& db, const std::vector<PageKey>& keys,
                                                const std::string& moment, std::size_t most_bytes, std::size_t& taken) {
  std::vector<pb::Quote> page;
  std::size_t bytes = 0;
  taken = 0;
  while (taken < keys.size()) {
    std::vector<std::string> some;
    for (std::size_t i = taken; i < std::min(keys.size(), taken + kRowsAtOnce); ++i) some.push_back(keys[i].uuid);
    ASSIGN_OR_RETURN(std::vector<pb::Quote> quotes, ReadQuotes(db, some, moment));
    for (pb::Quote& quote : quotes) {
      bytes += quote.ByteSizeLong();
      if (bytes > most_bytes && !page.empty()) return page;
      page.push_back(std::move(quote));
      ++taken;
    }
    if (quotes.size() < some.size()) taken = std::min(keys.size(), taken + some.size() - quotes.size());
  }
  return page;
}

absl::StatusOr<pb::ListQuotesResponse> ListQuotes(pg::Session& db, const pb::ListQuotesRequest& request,
                                                  const std::string& moment) {
  const bool relevance = request.order() == pb::QUOTE_ORDER_RELEVANCE;
  api::Violations violations;
  violations.Enum("order", pb::QuoteOrder_IsValid(request.order()), request.order());
  if (relevance && request.filter().words().empty()) {
    violations.Add(pb::ERROR_REASON_FIELD_REQUIRED, "filter.words", "is empty; order RELEVANCE needs words");
  }
  CheckFilter("filter", request.filter(), violations);
  RETURN_IF_ERROR(violations.Status());
  ASSIGN_OR_RETURN(const int size, api::PageSize(request.page_size()));
  const std::string scope = api::MakeScope(request);
  ASSIGN_OR_RETURN(const std::vector<std::string> token, api::ReadPageToken(scope, request.page_token(), 2));
  const bool newest = request.order() != pb::QUOTE_ORDER_OLDEST;
  PageKey after = token.empty() ? ListStart(newest) : PageKey{token[0], token[1]};
  if (relevance && token.empty()) after.occurred_on = "Infinity";

  ASSIGN_OR_RETURN(const Filter filter, ResolveFilter(db, request.filter(), moment));
  ASSIGN_OR_RETURN(std::vector<PageKey> keys,
                   relevance ? FindRanked(db, filter, after, size + 1) : FindPage(db, filter, newest, after, size + 1));
  bool more = static_cast<int>(keys.size()) > size;
  if (more) keys.pop_back();
  std::size_t taken = 0;
  ASSIGN_OR_RETURN(std::vector<pb::Quote> quotes, ReadPage(db, keys, moment, kMostPageBytes, taken));
  pb::ListQuotesResponse response;
  for (pb::Quote& quote : quotes) *response.add_quotes() = std::move(quote);
  if (taken < keys.size()) more = true;
  if (more && taken > 0) {
    response.set_next_page_token(api::MakePageToken(scope, {keys[taken - 1].occurred_on, keys[taken - 1].uuid}));
  }
  return response;
}

absl::StatusOr<pb::CountQuotesResponse> CountQuotes(pg::Session& db, const pb::CountQuotesRequest& request,
                                                    const std::string& moment) {
  ASSIGN_OR_RETURN(const Filter filter, ResolveFilter(db, request.filter(), moment));
  pb::CountQuotesResponse response;
  pb::GetTimelineRequest all;
  *all.mutable_filter() = request.filter();
  all.set_granularity(pb::GRANULARITY_YEAR);
  ASSIGN_OR_RETURN(const std::optional<pb::GetTimelineResponse> tallied, TalliedTimeline(db, all, filter, 1));
  if (tallied) {
    response.set_count(tallied->total());
    response.set_exact(true);
    return response;
  }
  std::vector<pg::Param> params = FilterParams(filter, std::nullopt, std::nullopt, ListStart(true), std::nullopt);
  const pg::Statement& statement = moment != api::kNow       ? sql::kCountQuotesThen
                                   : !filter.topics.empty()  ? sql::kCountQuotesOfTopics
                                   : !filter.outlets.empty() ? sql::kCountQuotesOfOutlets
                                   : filter.stances_at       ? sql::kCountQuotesOfStances
                                                             : sql::kCountQuotes;
  if (&statement == &sql::kCountQuotes) {
    params.push_back(filter.has_pairs ? pg::Param(filter.telling_words) : pg::Param(std::nullopt));
  }
  ASSIGN_OR_RETURN(const pqxx::result rows, db.RunParams(statement, params));
  const auto count = rows[0][0].as<std::int64_t>();
  response.set_count(std::min<std::int64_t>(count, kMostCounted));
  response.set_exact(count <= kMostCounted);
  return response;
}

absl::StatusOr<pb::ListQuoteRevisionsResponse> ListQuoteRevisions(pg::Session& db,
                                                                  const pb::ListQuoteRevisionsRequest& request) {
  ASSIGN_OR_RETURN(const std::string id, api::ParseQuoteName("name", request.name()));
  ASSIGN_OR_RETURN(const int size, api::PageSize(request.page_size(), api::kMostRevisionsPerPage));
  const std::string scope = api::MakeScope(request);
  ASSIGN_OR_RETURN(const std::vector<std::string> token, api::ReadPageToken(scope, request.page_token(), 1));
  // One more than the page: the state before the oldest tells what the oldest changed.
  ASSIGN_OR_RETURN(const pqxx::result rows,
                   db.Run(sql::kListQuoteRevisions, id, token.empty() ? "2147483647" : token[0], size + 1));
  ASSIGN_OR_RETURN(std::vector<pb::QuoteRevision> revisions, ReadQuoteRows(db, rows));
  if (revisions.empty() && token.empty()) return NotFound(request.name());
  pb::ListQuoteRevisionsResponse response;
  const std::size_t shown = std::min(revisions.size(), static_cast<std::size_t>(size));
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < shown; ++i) {
    if (i + 1 < revisions.size()) {
      for (std::string& field : rules::ChangedFields(revisions[i + 1].quote(), revisions[i].quote())) {
        revisions[i].add_changed_fields(std::move(field));
      }
    }
    bytes += revisions[i].ByteSizeLong();
    if (i > 0 && bytes > kMostPageBytes) break;
    *response.add_revisions() = std::move(revisions[i]);
  }
  if (revisions.size() > static_cast<std::size_t>(response.revisions_size())) {
    const pb::QuoteRevision& last = response.revisions(response.revisions_size() - 1);
    response.set_next_page_token(api::MakePageToken(scope, {std::to_string(last.revision())}));
  }
  return response;
}

}  // namespace onrecord::store
