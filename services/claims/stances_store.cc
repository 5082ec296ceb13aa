#include "services/claims/stances_store.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <tuple>

#include "db/statements.h"
#include "services/api/as_of.h"
#include "services/api/names.h"
#include "services/api/page_token.h"
#include "services/api/request_key.h"
#include "services/api/violations.h"
#include "services/base/strings.h"
#include "services/claims/claims_links.h"
#include "services/claims/stances_rows.h"
#include "services/claims/stances_writes.h"
#include "services/names/names_store.h"

namespace onrecord::store {
namespace {

constexpr std::size_t kMostWalks = 16;

// The id of a speaker or outlet; 0 for an empty name.
absl::StatusOr<std::int64_t> IdOrNone(pg::Session& db, NameTable table, const std::string& field,
                                      const std::string& name, const std::string& moment = api::kNow) {
  if (name.empty()) return 0;
  const std::vector<std::string> names = {name};
  ASSIGN_OR_RETURN(const std::vector<std::int64_t> ids, RequireIds(db, table, field, names, moment));
  return ids.front();
}

absl::StatusOr<NewStance> Resolve(pg::Session& db, const pb::Stance& stance) {
  NewStance wanted;
  ASSIGN_OR_RETURN(wanted.key.quote, api::ParseQuoteName("stance.quote", stance.quote()));
  ASSIGN_OR_RETURN(wanted.key.claim, ResolveClaim(db, "stance.claim", stance.claim(), api::kNow));
  ASSIGN_OR_RETURN(wanted.key.holder, IdOrNone(db, NameTable::kSpeakers, "stance.holder", stance.holder()));
  const bool outlet = stance.ascribed_by().starts_with("outlets/");
  ASSIGN_OR_RETURN(const std::int64_t ascriber, IdOrNone(db, outlet ? NameTable::kOutlets : NameTable::kSpeakers,
                                                         "stance.ascribed_by", stance.ascribed_by()));
  (outlet ? wanted.ascribed_outlet : wanted.ascribed_speaker) = ascriber;
  wanted.position = stance.position();
  if (stance.strength() != pb::STRENGTH_UNSPECIFIED) wanted.strength = stance.strength();
  wanted.valid = api::ToRange(stance.valid());
  wanted.valid_printed = stance.valid().printed();
  wanted.valid_basis = stance.valid().basis();
  wanted.note = stance.note();
  return wanted;
}

// Whether the quote can be evidence of the stance.
absl::Status CheckEvidence(const std::string& quote, const std::optional<Evidence>& evidence, const NewStance& stance) {
  if (!evidence) {
    return Refuse(absl::StatusCode::kNotFound, pb::ERROR_REASON_QUOTE_NOT_FOUND,
                  StrCat("stance.quote: ", quote, " does not exist"), {{"field", "stance.quote"}, {"name", quote}});
  }
  if (evidence->state == pb::QUOTE_STATE_REDACTED) {
    return Refuse(absl::StatusCode::kFailedPrecondition, pb::ERROR_REASON_QUOTE_REDACTED,
                  StrCat(quote, " is redacted; name another quote as evidence"), {{"name", quote}});
  }
  if (evidence->state != pb::QUOTE_STATE_ACTIVE) {
    return Refuse(absl::StatusCode::kFailedPrecondition, pb::ERROR_REASON_QUOTE_RETRACTED,
                  StrCat(quote, " is retracted; restore it first, or name another quote as evidence"),
                  {{"name", quote}});
  }
  if (evidence->polarity != pb::POLARITY_AFFIRMED) {
    return Refuse(absl::StatusCode::kFailedPrecondition, pb::ERROR_REASON_QUOTE_NOT_SAID,
                  StrCat(quote, " tells what was not said; name a quote of what was said as evidence"),
                  {{"name", quote}});
  }
  const std::int64_t holder = stance.key.holder == 0 ? evidence->speaker : stance.key.holder;
  if (stance.ascribed_speaker != 0 && stance.ascribed_speaker == holder) {
    return RefuseFields({{pb::ERROR_REASON_VALUE_INVALID, "stance.ascribed_by",
                          "is the holder; leave it empty for a position that the holder takes himself"}});
  }
  return absl::OkStatus();
}

// Changes one stance in a transaction: `find` tells which and what it is to be, with its quote locked, and `change`
// whether there is to be a new version.
template <typename Request>
absl::StatusOr<pb::Stance> ChangeStance(
    api::Call& call, const Request& request, const std::string& resource,
    const std::function<absl::StatusOr<NewStance>()>& find,
    const std::function<absl::StatusOr<std::optional<NewStance>>(const NewStance& wanted,
                                                                 const std::optional<NewStance>& current)>& change) {
  pg::Session& db = call.db();
  pb::Stance changed;
  RETURN_IF_ERROR(db.Transaction([&]() -> absl::Status {
    RETURN_IF_ERROR(HoldSpeakers(db));
    RETURN_IF_ERROR(HoldClaimLinks(db));
    ASSIGN_OR_RETURN(const std::optional<std::string> repeated,
                     api::ClaimRequest(call, request.request_id(), request, resource));
    ASSIGN_OR_RETURN(const NewStance wanted, find());
    const std::vector<StanceKey> keys = {wanted.key};
    if (!repeated) {
      ASSIGN_OR_RETURN(const auto found, CurrentStances(db, keys));
      std::optional<NewStance> current;
      if (found.contains(0)) current = found.at(0).stance;
      ASSIGN_OR_RETURN(std::optional<NewStance> next, change(wanted, current));
      if (next) {
        next->replaces = current ? current->replaces : 0;
        const std::vector<NewStance> stances = {*next};
        RETURN_IF_ERROR(PutStances(db, stances, call.author(), call.method(), request.reason()));
      }
    }
    ASSIGN_OR_RETURN(auto stored, ReadStanceRows(db, keys, api::kNow, /*taken_back=*/true));
    if (stored.empty()) return StanceNotFound("name", resource);
    changed = std::move(stored.begin()->second);
    return absl::OkStatus();
  }));
  return changed;
}

absl::StatusOr<std::optional<Evidence>> LockOne(pg::Session& db, const std::string& quote) {
  const std::vector<std::string> quotes = {quote};
  ASSIGN_OR_RETURN(const auto evidence, LockEvidence(db, quotes));
  const auto found = evidence.find(quote);
  return found == evidence.end() ? std::nullopt : std::optional<Evidence>(found->second);
}

absl::Status CheckEtag(const std::string& name, const std::string& etag, const std::optional<NewStance>& current) {
  const std::string now = current && !current->taken_back ? std::to_string(current->replaces) : "";
  if (etag.empty() || etag == now) return absl::OkStatus();
  return EtagMismatch(name, now);
}

struct Walk {
  const pg::Statement* newest;
  const pg::Statement* oldest;
  std::vector<std::optional<std::int64_t>> along;  // one walk for each
};

// Walks along few claims or few holders, whose pages are then merged; everything else is gathered and sorted.
Walk ChooseWalk(const StanceScope& scope) {
  const auto few = [](const std::vector<std::int64_t>& ids) { return !ids.empty() && ids.size() <= kMostWalks; };
  const auto along = [](const std::vector<std::int64_t>& ids) {
    const std::set<std::int64_t> once(ids.begin(), ids.end());  // two names may lead to one
    return std::vector<std::optional<std::int64_t>>(once.begin(), once.end());
  };
  if (scope.quotes.empty() && few(scope.claims) && scope.holders.empty()) {
    return {&sql::kListStancesOfClaimNewest, &sql::kListStancesOfClaimOldest, along(scope.claims)};
  }
  if (scope.quotes.empty() && scope.claims.empty() && few(scope.holders)) {
    return {&sql::kListStancesOfHolderNewest, &sql::kListStancesOfHolderOldest, along(scope.holders)};
  }
  if (scope.quotes.empty() && scope.claims.empty() && scope.holders.empty()) {
    return {&sql::kListStancesNewest, &sql::kListStancesOldest, {std::nullopt}};
  }
  return {&sql::kGatherStancesNewest, &sql::kGatherStancesOldest, {}};
}

// A stance's place in the order of lists.
using StanceOrder = std::tuple<std::string, std::string, std::int64_t, std::int64_t>;

// The keys of a page, in its order.
absl::StatusOr<std::vector<StanceOrder>> FindStances(pg::Session& db, const Walk& walk, bool newest,
                                                     const std::vector<pg::Param>& params, std::size_t limit) {
  std::vector<StanceOrder> found;
  const pg::Statement& statement = newest ? *walk.newest : *walk.oldest;
  const auto run = [&](const std::vector<pg::Param>& all) -> absl::Status {
    ASSIGN_OR_RETURN(const pqxx::result rows, db.RunParams(statement, all));
    for (const pqxx::row& row : rows) {
      found.emplace_back(row[3].c_str(), api::BareUuid(row[0].c_str()), row[1].as<std::int64_t>(),
                         row[2].as<std::int64_t>());
    }
    return absl::OkStatus();
  };
  if (walk.along.empty()) RETURN_IF_ERROR(run(params));
  for (const std::optional<std::int64_t>& id : walk.along) {
    std::vector<pg::Param> all = params;
    all.emplace_back(id);
    RETURN_IF_ERROR(run(all));
  }
  if (walk.along.size() > 1) {
    std::sort(found.begin(), found.end());
    if (newest) std::reverse(found.begin(), found.end());
    if (found.size() > limit) found.resize(limit);
  }
  return found;
}

}  // namespace

absl::Status StanceNotFound(const std::string& field, const std::string& name) {
  return Refuse(absl::StatusCode::kNotFound, pb::ERROR_REASON_STANCE_NOT_FOUND,
                StrCat(field, ": there is no stance \"", name, "\""), {{"field", field}, {"name", name}});
}

absl::StatusOr<StanceKey> ResolveStanceName(pg::Session& db, const std::string& field, const std::string& name,
                                            const std::string& moment) {
  const std::size_t at = name.find("/stances/");
  if (at == std::string::npos) {
    return RefuseFields({{pb::ERROR_REASON_VALUE_INVALID, field,
                          "is no stance's name; write quotes/{quote}/stances/{claim} or "
                          "quotes/{quote}/stances/{claim}.{speaker}"}});
  }
  StanceKey key;
  ASSIGN_OR_RETURN(key.quote, api::ParseQuoteName(field, std::string_view(name).substr(0, at)));
  const std::string last = name.substr(at + std::string_view("/stances/").size());
  const std::size_t dot = last.find('.');
  const auto claim = ResolveClaim(db, field, StrCat("claims/", last.substr(0, dot)), moment);
  if (claim.status().code() == absl::StatusCode::kNotFound) return StanceNotFound(field, name);
  ASSIGN_OR_RETURN(key.claim, claim);
  if (dot == std::string::npos) return key;
  const auto holder = IdOrNone(db, NameTable::kSpeakers, field, StrCat("speakers/", last.substr(dot + 1)), moment);
  if (holder.status().code() == absl::StatusCode::kNotFound) return StanceNotFound(field, name);
  ASSIGN_OR_RETURN(key.holder, holder);
  return key;
}

absl::StatusOr<pb::Stance> GetStance(pg::Session& db, const std::string& field, const std::string& name,
                                     const std::string& moment) {
  ASSIGN_OR_RETURN(const StanceKey key, ResolveStanceName(db, field, name, moment));
  const std::vector<StanceKey> keys = {key};
  ASSIGN_OR_RETURN(std::vector<pb::Stance> stances, ReadStances(db, keys, moment));
  if (stances.empty()) return StanceNotFound(field, name);
  return std::move(stances.front());
}

absl::StatusOr<StanceScope> ResolveStanceFilter(pg::Session& db, const std::string& field,
                                                const pb::StanceFilter& filter, const std::string& moment) {
  StanceScope scope;
  ASSIGN_OR_RETURN(const std::vector<std::int64_t> claims,
                   ResolveClaims(db, StrCat(field, ".claims"), filter.claims(), moment));
  ASSIGN_OR_RETURN(const std::vector<Linked> linked, LinkedClaims(db, claims, moment));
  std::set<std::int64_t> ids;
  for (const Linked& claim : linked) ids.insert(claim.claim);
  std::vector<pb::Position> positions;
  for (const int position : filter.positions()) positions.push_back(static_cast<pb::Position>(position));
  if (!claims.empty() && !positions.empty()) scope.codes = PositionCodes(linked, positions);
  if (claims.empty()) scope.positions.assign(positions.begin(), positions.end());
  if (!filter.topics().empty()) {
    const std::vector<std::string> topics(filter.topics().begin(), filter.topics().end());
    ASSIGN_OR_RETURN(const std::vector<std::int64_t> about, ClaimsAbout(db, StrCat(field, ".topics"), topics, moment));
    ASSIGN_OR_RETURN(const std::vector<Linked> linked_about, LinkedClaims(db, about, moment));
    std::set<std::int64_t> of_topics;
    for (const Linked& claim : linked_about) of_topics.insert(claim.claim);
    std::set<std::int64_t> both;
    std::set_intersection(ids.begin(), ids.end(), of_topics.begin(), of_topics.end(), std::inserter(both, both.end()));
    ids = claims.empty() ? of_topics : both;
    scope.nothing = ids.empty();
  }
  scope.claims.assign(ids.begin(), ids.end());
  const std::vector<std::string> holders(filter.holders().begin(), filter.holders().end());
  ASSIGN_OR_RETURN(scope.holders, RequireIds(db, NameTable::kSpeakers, StrCat(field, ".holders"), holders, moment));
  for (const std::string& name : filter.quotes()) {
    ASSIGN_OR_RETURN(scope.quotes.emplace_back(), api::ParseQuoteName(StrCat(field, ".quotes"), name));
  }
  if (filter.held().from().year() != 0) scope.held_from = api::ToFrom(filter.held().from());
  if (filter.held().to().year() != 0) scope.held_to = api::ToTo(filter.held().to());
  scope.include_ascribed = filter.include_ascribed();
  return scope;
}

absl::StatusOr<pb::ListStancesResponse> ListStances(pg::Session& db, const pb::ListStancesRequest& request,
                                                    const std::string& moment) {
  ASSIGN_OR_RETURN(const int size, api::PageSize(request.page_size()));
  const std::string token_scope = api::MakeScope(request);
  ASSIGN_OR_RETURN(std::vector<std::string> after, api::ReadPageToken(token_scope, request.page_token(), 4));
  ASSIGN_OR_RETURN(const StanceScope scope, ResolveStanceFilter(db, "filter", request.filter(), moment));
  pb::ListStancesResponse response;
  if (scope.nothing) return response;
  const bool newest = !request.oldest_first();
  if (after.empty()) {
    after = newest ? std::vector<std::string>{"infinity", std::string(32, 'f'), "2147483647", "2147483647"}
                   : std::vector<std::string>{"-infinity", std::string(32, '0'), "0", "-1"};
  }
  const Walk walk = ChooseWalk(scope);
  const std::vector<pg::Param> params = {moment,
                                         size + 1,
                                         after[0],
                                         pg::TextArray({after[1], after[2], after[3]}),
                                         pg::IntArray(scope.claims),
                                         pg::IntArray(scope.codes),
                                         pg::IntArray(scope.positions),
                                         pg::IntArray(scope.holders),
                                         pg::TextArray(scope.quotes),
                                         scope.held_from,
                                         scope.held_to,
                                         scope.include_ascribed,
                                         request.include_suspended()};
  ASSIGN_OR_RETURN(const std::vector<StanceOrder> found,
                   FindStances(db, walk, newest, params, static_cast<std::size_t>(size) + 1));
  std::vector<StanceKey> keys;
  for (const auto& [day, quote, claim, holder] : found) {
    if (static_cast<int>(keys.size()) == size) {
      const auto& [last_day, last_quote, last_claim, last_holder] = found[static_cast<std::size_t>(size) - 1];
      response.set_next_page_token(api::MakePageToken(
          token_scope, {last_day, last_quote, std::to_string(last_claim), std::to_string(last_holder)}));
      break;
    }
    keys.push_back({quote, claim, holder});
  }
  ASSIGN_OR_RETURN(std::vector<pb::Stance> stances, ReadStances(db, keys, moment));
  for (pb::Stance& stance : stances) *response.add_stances() = std::move(stance);
  return response;
}

absl::StatusOr<pb::Stance> SetStance(api::Call& call, const pb::SetStanceRequest& request) {
  pg::Session& db = call.db();
  const pb::Stance& asked = request.stance();
  const std::string resource = StrCat(asked.quote(), "/stances");
  std::optional<Evidence> evidence;
  return ChangeStance(
      call, request, resource,
      [&]() -> absl::StatusOr<NewStance> {
        ASSIGN_OR_RETURN(NewStance wanted, Resolve(db, asked));
        ASSIGN_OR_RETURN(evidence, LockOne(db, wanted.key.quote));
        if (evidence) NormalizeHolder(evidence->speaker, wanted);
        return wanted;
      },
      [&](const NewStance& wanted,
          const std::optional<NewStance>& current) -> absl::StatusOr<std::optional<NewStance>> {
        RETURN_IF_ERROR(CheckEvidence(asked.quote(), evidence, wanted));
        RETURN_IF_ERROR(CheckEtag(resource, asked.etag(), current));
        if (current && current->Says(wanted)) return std::nullopt;
        return wanted;
      });
}

absl::StatusOr<pb::Stance> RemoveStance(api::Call& call, const pb::RemoveStanceRequest& request) {
  pg::Session& db = call.db();
  std::optional<Evidence> evidence;
  auto removed = ChangeStance(
      call, request, request.name(),
      [&]() -> absl::StatusOr<NewStance> {
        NewStance wanted;
        ASSIGN_OR_RETURN(wanted.key, ResolveStanceName(db, "name", request.name(), api::kNow));
        ASSIGN_OR_RETURN(evidence, LockOne(db, wanted.key.quote));
        return wanted;
      },
      [&](const NewStance&, const std::optional<NewStance>& current) -> absl::StatusOr<std::optional<NewStance>> {
        if (!current || current->taken_back) return StanceNotFound("name", request.name());
        RETURN_IF_ERROR(CheckEtag(request.name(), request.etag(), current));
        NewStance next = *current;
        next.taken_back = true;
        return next;
      });
  if (removed.ok() && evidence) {
    removed->set_suspended(evidence->state != pb::QUOTE_STATE_ACTIVE || evidence->polarity != pb::POLARITY_AFFIRMED);
  }
  return removed;
}

absl::StatusOr<pb::ListStanceRevisionsResponse> ListStanceRevisions(pg::Session& db,
                                                                    const pb::ListStanceRevisionsRequest& request) {
  ASSIGN_OR_RETURN(const int size, api::PageSize(request.page_size(), api::kMostRevisionsPerPage));
  const std::string token_scope = api::MakeScope(request);
  ASSIGN_OR_RETURN(const std::vector<std::string> after, api::ReadPageToken(token_scope, request.page_token(), 1));
  ASSIGN_OR_RETURN(const StanceKey key, ResolveStanceName(db, "name", request.name(), api::kNow));
  ASSIGN_OR_RETURN(
      const pqxx::result rows,
      db.Run(sql::kListStanceRevisions, api::kNow, key.quote, key.claim, key.holder,
             after.empty() ? std::to_string(std::numeric_limits<std::int64_t>::max()) : after[0], size + 1));
  if (rows.empty() && after.empty()) return StanceNotFound("name", request.name());
  pb::ListStanceRevisionsResponse response;
  std::string last;
  for (const pqxx::row& row : rows) {
    if (response.revisions_size() == size) {
      response.set_next_page_token(api::MakePageToken(token_scope, {last}));
      break;
    }
    *response.add_revisions() = ReadStanceRevision(row, last);
  }
  const std::vector<pb::StanceRevision*> read(response.mutable_revisions()->pointer_begin(),
                                              response.mutable_revisions()->pointer_end());
  RETURN_IF_ERROR(HideEmbargoed(db, rows, read));
  return response;
}

absl::StatusOr<std::vector<pb::Stance>> ReadStances(pg::Session& db, absl::Span<const StanceKey> keys,
                                                    const std::string& moment) {
  std::vector<pb::Stance> stances;
  if (keys.empty()) return stances;
  ASSIGN_OR_RETURN(const auto by_key, ReadStanceRows(db, keys, moment, /*taken_back=*/false));
  for (const StanceKey& key : keys) {
    const auto found = by_key.find(key);
    if (found != by_key.end()) stances.push_back(found->second);
  }
  return stances;
}

}  // namespace onrecord::store
