// Questions about who said and who printed it: GetFirsts and CompareOutlets.
#include <algorithm>
#include <map>
#include <set>

#include "db/statements.h"
#include "services/api/as_of.h"
#include "services/api/names.h"
#include "services/base/strings.h"
#include "services/claims/claims_links.h"
#include "services/claims/stances_store.h"
#include "services/names/names_store.h"
#include "services/quotes/quotes_filter.h"
#include "services/quotes/quotes_pages.h"
#include "services/quotes/quotes_rows.h"
#include "services/quotes/quotes_store.h"
#include "services/timeline/history_rules.h"
#include "services/timeline/history_store.h"

namespace onrecord::store {
namespace {

constexpr int kMostTies = 100;
constexpr std::size_t kMostWordsCodePoints = 1000;
constexpr int kDefaultOutlets = 20;
constexpr int kMostOutlets = 100;

std::vector<pb::Position> PositionsOf(rules::Side side) {
  std::vector<pb::Position> positions;
  for (int number = 1; number <= pb::Position_MAX; ++number) {
    const auto position = static_cast<pb::Position>(number);
    if (rules::SideOf(position) == side) positions.push_back(position);
  }
  return positions;
}

absl::Status FirstStances(pg::Session& db, const pb::GetFirstsRequest& request, const std::string& moment,
                          pb::GetFirstsResponse& response) {
  ASSIGN_OR_RETURN(const std::int64_t claim, ResolveClaim(db, "claim", request.claim(), moment));
  ASSIGN_OR_RETURN(const std::vector<Linked> linked, LinkedClaims(db, {claim}, moment));
  std::vector<pb::Position> positions;
  for (const int position : request.positions()) positions.push_back(static_cast<pb::Position>(position));
  if (positions.empty()) positions = PositionsOf(rules::Side::kFor);
  std::vector<std::int64_t> claims;
  for (const Linked& other : linked) claims.push_back(other.claim);
  ASSIGN_OR_RETURN(const pqxx::result rows,
                   db.Run(sql::kFirstStances, moment, kMostTies + 1, pg::IntArray(claims),
                          pg::IntArray(PositionCodes(linked, positions)), request.include_ascribed()));
  std::vector<StanceKey> keys;
  for (const pqxx::row& row : rows) {
    if (keys.size() == kMostTies) {
      response.set_more(true);
      break;
    }
    keys.push_back({api::BareUuid(row[0].c_str()), row[1].as<std::int64_t>(), row[2].as<std::int64_t>()});
    response.set_certain(row[3].as<std::int64_t>() == 1 && row[4].as<int>() != api::kOpenTo);
  }
  ASSIGN_OR_RETURN(std::vector<pb::Stance> stances, ReadStances(db, keys, moment));
  for (pb::Stance& stance : stances) *response.add_stances() = std::move(stance);
  return absl::OkStatus();
}

// When it was said; where that has no end, not later than its first publication.
api::DayRange Bounded(const pb::Quote& quote) {
  api::DayRange said = api::ToRange(quote.said());
  if (said.to != api::kOpenTo) return said;
  for (const pb::Appearance& appearance : quote.appearances()) {
    const int end = api::ToRange(appearance.published()).to;
    if (end >= said.from) said.to = std::min(said.to, end);
  }
  return said;
}

absl::Status FirstQuotes(pg::Session& db, const pb::GetFirstsRequest& request, const std::string& moment,
                         pb::GetFirstsResponse& response) {
  pb::QuoteFilter asked;
  asked.set_words(request.words());
  ASSIGN_OR_RETURN(Filter filter, ResolveFilter(db, asked, moment));
  // The first by place in time bounds when it was first said; whatever may have been said before that may be first.
  ASSIGN_OR_RETURN(const std::vector<PageKey> placed, FindPage(db, filter, false, ListStart(false), 1));
  if (placed.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::vector<pb::Quote> first, ReadQuotes(db, {placed.front().uuid}, moment));
  if (first.empty()) return absl::OkStatus();
  filter.possible_to = Bounded(first.front()).to;
  ASSIGN_OR_RETURN(std::vector<PageKey> keys, FindPage(db, filter, false, ListStart(false), kMostTies + 1));
  response.set_more(static_cast<int>(keys.size()) > kMostTies);
  std::vector<std::string> uuids;
  for (const PageKey& key : keys) uuids.push_back(key.uuid);
  ASSIGN_OR_RETURN(std::vector<pb::Quote> quotes, ReadQuotes(db, uuids, moment));
  int earliest_end = api::kOpenTo;
  for (const pb::Quote& quote : quotes) earliest_end = std::min(earliest_end, Bounded(quote).to);
  std::erase_if(quotes, [&](const pb::Quote& quote) { return Bounded(quote).from > earliest_end; });
  std::stable_sort(quotes.begin(), quotes.end(),
                   [](const pb::Quote& a, const pb::Quote& b) { return Bounded(a).to < Bounded(b).to; });
  if (static_cast<int>(quotes.size()) > kMostTies) quotes.resize(kMostTies);
  std::set<std::string> sources;
  for (const pb::Quote& quote : quotes) sources.insert(quote.speaker().empty() ? quote.name() : quote.speaker());
  response.set_certain(sources.size() == 1 && !response.more() && earliest_end != api::kOpenTo);
  for (pb::Quote& quote : quotes) *response.add_quotes() = std::move(quote);
  return absl::OkStatus();
}

pb::OutletAccount ReadAccount(const pqxx::row& row) {
  pb::OutletAccount account;
  if (!row[1].is_null()) account.set_outlet(StrCat("outlets/", row[1].c_str()));
  account.set_outlet_display_name(row[2].c_str());
  account.set_quote_count(row[3].as<std::int64_t>());
  account.set_direct_count(row[4].as<std::int64_t>());
  account.set_partial_count(row[5].as<std::int64_t>());
  account.set_indirect_count(row[6].as<std::int64_t>());
  account.set_altered_count(row[7].as<std::int64_t>());
  account.set_relayed_count(row[8].as<std::int64_t>());
  account.set_for_count(row[9].as<std::int64_t>());
  account.set_against_count(row[10].as<std::int64_t>());
  if (const std::vector<std::int64_t> first = pg::ParseIntArray(row[11].c_str()); first.size() == 2) {
    api::DayRange published;
    published.from = static_cast<int>(first[1]);
    published.to = static_cast<int>(first[0]);
    api::FromRange(published, *account.mutable_first_published());
  }
  return account;
}

}  // namespace

absl::StatusOr<pb::GetFirstsResponse> GetFirsts(pg::Session& db, const pb::GetFirstsRequest& request) {
  api::Violations violations;
  if (request.claim().empty() == request.words().empty()) {
    violations.Add(pb::ERROR_REASON_FIELD_REQUIRED, "claim", "give claim or words, one of the two");
  }
  if (!request.claim().empty()) violations.Name("claim", request.claim(), "claims/");
  violations.Text("words", request.words(), 0, kMostWordsCodePoints);
  for (const int position : request.positions()) {
    violations.Enum("positions", position != 0 && pb::Position_IsValid(position), position);
  }
  RETURN_IF_ERROR(violations.Status());
  ASSIGN_OR_RETURN(const std::string moment, api::ReadAsOf(request));
  pb::GetFirstsResponse response;
  RETURN_IF_ERROR(request.claim().empty() ? FirstQuotes(db, request, moment, response)
                                          : FirstStances(db, request, moment, response));
  return response;
}

absl::StatusOr<pb::CompareOutletsResponse> CompareOutlets(pg::Session& db, const pb::CompareOutletsRequest& request) {
  api::Violations violations;
  if (request.claim().empty() == request.topic().empty()) {
    violations.Add(pb::ERROR_REASON_FIELD_REQUIRED, "claim", "give claim or topic, one of the two");
  }
  if (!request.claim().empty()) violations.Name("claim", request.claim(), "claims/");
  if (!request.topic().empty()) violations.Name("topic", request.topic(), "topics/");
  violations.Date("published.from", request.published().from());
  violations.Date("published.to", request.published().to());
  if (request.max_outlets() < 0 || request.max_outlets() > kMostOutlets) {
    violations.Add(pb::ERROR_REASON_VALUE_INVALID, "max_outlets",
                   StrCat(request.max_outlets(), " is not in 0 to ", kMostOutlets));
  }
  RETURN_IF_ERROR(violations.Status());
  ASSIGN_OR_RETURN(const std::string moment, api::ReadAsOf(request));
  std::vector<std::int64_t> claims, in_favor, against, topics;
  if (!request.claim().empty()) {
    ASSIGN_OR_RETURN(const std::int64_t claim, ResolveClaim(db, "claim", request.claim(), moment));
    ASSIGN_OR_RETURN(const std::vector<Linked> linked, LinkedClaims(db, {claim}, moment));
    for (const Linked& other : linked) claims.push_back(other.claim);
    in_favor = PositionCodes(linked, PositionsOf(rules::Side::kFor));
    against = PositionCodes(linked, PositionsOf(rules::Side::kAgainst));
  } else {
    const std::vector<std::string> names = {request.topic()};
    ASSIGN_OR_RETURN(topics, RequireIds(db, NameTable::kTopics, "topic", names));
    if (moment != api::kNow) {
      ASSIGN_OR_RETURN(topics, TopicsBelow(db, topics, moment));
    }
  }
  std::optional<int> from, to;
  if (request.published().from().year() != 0) from = api::ToFrom(request.published().from());
  if (request.published().to().year() != 0) to = api::ToTo(request.published().to());
  const int most = request.max_outlets() == 0 ? kDefaultOutlets : request.max_outlets();
  std::vector<pg::Param> params = {moment,
                                   most,
                                   request.include_ascribed(),
                                   pg::IntArray(in_favor),
                                   pg::IntArray(against),
                                   from,
                                   to,
                                   pg::IntArray(claims.empty() ? topics : claims)};
  const bool past = moment != api::kNow;
  const pg::Statement& on_topic = past ? sql::kCompareOutletsOnTopicThen : sql::kCompareOutletsOnTopic;
  const pg::Statement& on_claim = past ? sql::kCompareOutletsOnClaimThen : sql::kCompareOutletsOnClaim;
  ASSIGN_OR_RETURN(const pqxx::result rows, db.RunParams(claims.empty() ? on_topic : on_claim, params));
  pb::CompareOutletsResponse response;
  std::vector<std::vector<std::string>> shown;
  std::vector<std::string> all;
  for (const pqxx::row& row : rows) {
    response.set_quote_count(row[12].as<std::int64_t>());
    *response.add_outlets() = ReadAccount(row);
    shown.emplace_back();
    for (const std::string_view quote : Split(row[13].c_str(), ' ')) {
      shown.back().push_back(api::BareUuid(quote));
      all.push_back(shown.back().back());
    }
  }
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  ASSIGN_OR_RETURN(const std::vector<pb::Quote> quotes, ReadQuotes(db, all, moment));
  std::map<std::string, const pb::Quote*> by_name;
  for (const pb::Quote& quote : quotes) by_name[quote.name()] = &quote;
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < shown.size(); ++i) {
    for (const std::string& quote : shown[i]) {
      const auto found = by_name.find(api::QuoteName(quote));
      if (found == by_name.end()) continue;
      bytes += found->second->ByteSizeLong();
      if (bytes > kMostPageBytes) return response;
      *response.mutable_outlets(static_cast<int>(i))->add_quotes() = *found->second;
    }
  }
  return response;
}

}  // namespace onrecord::store
