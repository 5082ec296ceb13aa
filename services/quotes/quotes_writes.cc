#include "services/quotes/quotes_writes.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <set>
#include <vector>

#include "absl/strings/numbers.h"
#include "db/statements.h"
#include "services/api/dates.h"
#include "services/api/names.h"
#include "services/api/request_key.h"
#include "services/articles/articles_chains.h"
#include "services/articles/articles_links.h"
#include "services/base/strings.h"
#include "services/claims/claims_links.h"
#include "services/claims/stances_writes.h"
#include "services/names/names_store.h"
#include "services/notices/notices_embargoes.h"
#include "services/quotes/quotes_articles.h"
#include "services/quotes/quotes_rules.h"
#include "services/quotes/quotes_store.h"
#include "services/tallies/tallies_store.h"
#include "services/utterances/matching_store.h"

namespace onrecord::store {
namespace {

// Ids behind a quote's names, resolved before it is written.
struct Ids {
  std::optional<std::int64_t> speaker;
  std::vector<std::int64_t> topics;
  std::vector<std::int64_t> outlets;                     // of all appearances, sorted
  std::vector<std::optional<std::int64_t>> appearances;  // the outlet of each
  std::vector<Printing> printings;                       // what each is and came through
};

absl::StatusOr<Ids> ResolveIds(pg::Session& db, const pb::Quote& quote) {
  Ids ids;
  if (!quote.speaker().empty()) {
    const std::vector<std::string> names = {quote.speaker()};
    ASSIGN_OR_RETURN(const std::vector<std::int64_t> found,
                     RequireIds(db, NameTable::kSpeakers, "quote.speaker", names));
    ids.speaker = found.front();
  }
  const std::vector<std::string> topics(quote.topics().begin(), quote.topics().end());
  ASSIGN_OR_RETURN(ids.topics, RequireIds(db, NameTable::kTopics, "quote.topics", topics));
  std::vector<std::string> names;
  for (const pb::Appearance& appearance : quote.appearances()) {
    if (!appearance.outlet().empty()) names.push_back(appearance.outlet());
    for (const pb::Hop& hop : appearance.relays()) {
      if (!hop.outlet().empty()) names.push_back(hop.outlet());
    }
  }
  ASSIGN_OR_RETURN(const std::vector<std::int64_t> outlets,
                   RequireIds(db, NameTable::kOutlets, "quote.appearances", names));
  std::set<std::int64_t> printed;
  for (std::size_t at = 0; const pb::Appearance& appearance : quote.appearances()) {
    ids.appearances.push_back(appearance.outlet().empty() ? std::nullopt : std::optional(outlets[at++]));
    if (ids.appearances.back()) printed.insert(*ids.appearances.back());
    Printing& printing = ids.printings.emplace_back();
    printing.outlet_id = ids.appearances.back().value_or(0);
    printing.published = api::ToRange(appearance.published());
    for (const pb::Hop& hop : appearance.relays()) printing.hops.push_back(hop.outlet().empty() ? 0 : outlets[at++]);
    printing.hop_articles.resize(printing.hops.size());
  }
  ids.outlets.assign(printed.begin(), printed.end());
  return ids;
}

absl::Status WriteAppearance(pg::Session& db, std::string_view quote_id, const pb::Appearance& appearance,
                             std::optional<std::int64_t> outlet, const Printing& printing,
                             const std::string& occurred_on) {
  std::vector<std::int64_t> ends;
  for (const pb::TextRange& range : appearance.ranges()) {
    ends.push_back(range.begin());
    ends.push_back(range.end());
  }
  return db
      .Run(sql::kUpsertAppearance, quote_id, appearance.id(), outlet,
           printing.article_id.empty() ? pg::Param(std::nullopt) : pg::Param(printing.article_id), occurred_on,
           printing.published.from, printing.published.to, appearance.published().printed(),
           static_cast<int>(appearance.published().basis()), appearance.wording(), appearance.attribution(),
           appearance.cue(), appearance.role(), static_cast<int>(appearance.resolution()), pg::IntArray(ends),
           static_cast<int>(appearance.marks()), appearance.context_before(), appearance.context_after(),
           pg::IntArray(printing.hops), HopArticleIds(printing))
      .status();
}

// Appearances and topics of a quote whose row is written already.
absl::Status WriteChildren(pg::Session& db, std::string_view id, const pb::Quote& before, const pb::Quote& quote,
                           Ids& ids, const std::string& occurred_on, const ArticleChange& change) {
  RETURN_IF_ERROR(WriteArticles(db, id, before, quote, ids.printings, change));
  for (int i = 0; i < quote.appearances_size(); ++i) {
    const auto at = static_cast<std::size_t>(i);
    RETURN_IF_ERROR(WriteAppearance(db, id, quote.appearances(i), ids.appearances[at], ids.printings[at], occurred_on));
  }
  return db.Run(sql::kInsertQuoteTopics, pg::TextArray({std::string(id)})).status();
}

// Gives appearances their ids; two that would have the same are one violation.
absl::Status IdentifyAppearances(std::string_view quote_id, pb::Quote& quote) {
  std::set<std::string> seen;
  for (pb::Appearance& appearance : *quote.mutable_appearances()) {
    if (appearance.id().empty()) {
      appearance.set_id(rules::AppearanceId(quote_id, appearance.outlet(), appearance.article().url(),
                                            api::ToRange(appearance.published()), rules::FormatPosition(appearance)));
    }
    if (!seen.insert(appearance.id()).second) {
      return RefuseFields({{pb::ERROR_REASON_VALUE_INVALID, "quote.appearances",
                            "holds the same printing twice; tell them apart by url, date or ranges"}});
    }
  }
  return absl::OkStatus();
}

// Reads a quote, lets `edit` make the change, and writes it; again when somebody else changed it meanwhile.
// `request` and `request_id` make it safe to repeat.
template <typename Request>
absl::StatusOr<pb::Quote> Edit(api::Call& call, const std::string& name, std::string_view etag, const Request& request,
                               const std::function<absl::StatusOr<Change>(pb::Quote&)>& edit) {
  RETURN_IF_ERROR(call.db().Transaction([&]() -> absl::Status {
    ASSIGN_OR_RETURN(const auto repeated, api::ClaimRequest(call, request.request_id(), request, name));
    if (repeated) return absl::OkStatus();
    RETURN_IF_ERROR(HoldSpeakers(call.db()));
    ASSIGN_OR_RETURN(const pb::Quote before, GetQuote(call.db(), name));
    if (before.state() == pb::QUOTE_STATE_REDACTED) {
      return Refuse(absl::StatusCode::kFailedPrecondition, pb::ERROR_REASON_QUOTE_REDACTED,
                    StrCat(name, " is redacted, which nothing undoes; record a quote of its own"), {{"name", name}});
    }
    if (!etag.empty() && etag != before.etag()) return Stale(name);
    pb::Quote after = before;
    ASSIGN_OR_RETURN(Change change, edit(after));
    change.author = call.author();
    change.via = call.method();
    if (change.state == before.state() && rules::SameContent(before, after)) return absl::OkStatus();
    return WriteChange(call.db(), before, after, change);
  }));
  return GetQuote(call.db(), name);
}

// Who may not see words under embargo would overwrite them unseen.
absl::Status CheckMayChange(pg::Session& db, const std::string& name, const pb::UpdateQuoteRequest& request) {
  static const std::set<std::string_view> kTold = {"*", "text", "original_text", "note", "appearances"};
  const bool tells = std::any_of(request.update_mask().paths().begin(), request.update_mask().paths().end(),
                                 [](const std::string& path) { return kTold.contains(path); });
  if (!tells || db.may_see_embargoed()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const pqxx::result rows, db.Run(sql::kMayHideWords));
  if (!rows[0][0].as<bool>()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const auto embargoed, EmbargoesOn(db, {api::IdOf(name)}));
  if (embargoed.empty()) return absl::OkStatus();
  return Refuse(absl::StatusCode::kFailedPrecondition, pb::ERROR_REASON_QUOTE_EMBARGOED,
                StrCat(name,
                       " is under embargo, and you may not see its words; change it when the embargo is over, or "
                       "let somebody change it who may see them"),
                {{"name", name}});
}

}  // namespace

absl::Status Stale(std::string_view name) {
  return Refuse(absl::StatusCode::kAborted, pb::ERROR_REASON_ETAG_MISMATCH,
                StrCat(name, " was changed since the etag was read; read it again"), {{"name", std::string(name)}});
}

absl::Status WriteChange(pg::Session& db, const pb::Quote& before, pb::Quote& after, const Change& change) {
  const std::string id = api::IdOf(after.name());
  RETURN_IF_ERROR(IdentifyAppearances(id, after));
  if (!NewChains(before, after).empty()) RETURN_IF_ERROR(LockArticleLinks(db));
  RETURN_IF_ERROR(HoldTopicTree(db));
  RETURN_IF_ERROR(HoldClaimLinks(db));
  ASSIGN_OR_RETURN(Ids ids, ResolveIds(db, after));
  RETURN_IF_ERROR(ResolveHops(db, before, after, ids.printings));
  const absl::CivilDay recorded =
      absl::ToCivilDay(absl::FromUnixSeconds(after.create_time().seconds()), absl::UTCTimeZone());
  const api::Occurred occurred = rules::PlaceQuote(after, recorded);
  const std::string occurred_on = api::FormatDay(occurred.day);
  const api::DayRange said = api::ToRange(after.said());
  const std::vector<std::string> fields = rules::ChangedFields(before, after);
  const auto changes = [&](const char* field) {
    return std::find(fields.begin(), fields.end(), field) != fields.end();
  };
  const bool appearances = changes("appearances");
  // Imports mark the appearance as theirs even where it stays the same (SetContentHash).
  const bool keep_appearances = appearances || !change.by_person;
  int revision = 0;
  if (!absl::SimpleAtoi(before.etag(), &revision)) return Stale(after.name());
  const std::vector<std::string> quotes = {id};
  RETURN_IF_ERROR(db.Run(sql::kLockQuotes, pg::TextArray(quotes)).status());
  RETURN_IF_ERROR(RecountQuotes(db, quotes, [&]() -> absl::Status {
    ASSIGN_OR_RETURN(
        const pqxx::result updated,
        db.Run(sql::kUpdateQuoteRow, id, ids.speaker, after.described_as(), static_cast<int>(after.source_terms()),
               static_cast<int>(after.kind()), static_cast<int>(after.polarity()), after.text(), after.language(),
               after.original_text(), after.original_language(), said.from, said.to, after.said().printed(),
               static_cast<int>(after.said().basis()), occurred_on, static_cast<int>(occurred.precision),
               pg::IntArray(ids.topics), pg::IntArray(ids.outlets), after.note(),
               rules::WarningBits(after, api::Today()), change.author, change.via, revision, change.reason,
               static_cast<int>(change.state), keep_appearances, change.retract_reason, static_cast<int>(change.action),
               change.by_person));
    if (updated.affected_rows() == 0) {
      return Refuse(absl::StatusCode::kAborted, pb::ERROR_REASON_WRITE_CONFLICT,
                    "the quote kept being changed by others; repeat the call");
    }
    RETURN_IF_ERROR(db.Run(sql::kDeleteQuoteTopics, id).status());
    if (appearances) {
      std::vector<std::string> kept;
      kept.reserve(static_cast<std::size_t>(after.appearances_size()));
      for (const pb::Appearance& appearance : after.appearances()) kept.push_back(appearance.id());
      RETURN_IF_ERROR(db.Run(sql::kDeleteAppearances, id, pg::TextArray(kept), change.by_person).status());
      // The reason is the quote's: it may tell the words, and goes with them when they are redacted.
      RETURN_IF_ERROR(WriteChildren(db, id, before, after, ids, occurred_on,
                                    {change.author, change.via, /*reason=*/"", change.by_person, true}));
    } else {
      RETURN_IF_ERROR(db.Run(sql::kPlaceAppearances, id, occurred_on).status());
      RETURN_IF_ERROR(db.Run(sql::kInsertQuoteTopics, pg::TextArray(quotes)).status());
    }
    return absl::OkStatus();
  }));
  if (changes("speaker")) {
    RETURN_IF_ERROR(
        db.Run(sql::kRejectOthersAccepted, id, ids.speaker, change.reason, change.author, change.via).status());
  }
  RETURN_IF_ERROR(FollowQuotes(db, quotes));
  return QueueToMatch(db, quotes);
}

absl::StatusOr<pb::Quote> CreateQuote(api::Call& call, const pb::CreateQuoteRequest& request) {
  pb::Quote quote = request.quote();
  rules::Normalize(quote);
  const api::DayRange said = api::ToRange(quote.said());
  const pb::Appearance first = quote.appearances().empty() ? pb::Appearance() : quote.appearances(0);
  const std::string id = rules::QuoteId({quote.speaker(), quote.described_as()}, quote.text(), said, first.outlet(),
                                        first.article().url(), api::ToRange(first.published()));
  for (pb::Appearance& appearance : *quote.mutable_appearances()) appearance.clear_id();
  RETURN_IF_ERROR(IdentifyAppearances(id, quote));
  const api::Occurred occurred = rules::PlaceQuote(quote, api::Today());
  const std::string occurred_on = api::FormatDay(occurred.day);
  std::string name = api::QuoteName(id);
  RETURN_IF_ERROR(call.db().Transaction([&]() -> absl::Status {
    ASSIGN_OR_RETURN(const auto repeated, api::ClaimRequest(call, request.request_id(), request, name));
    if (repeated) {
      name = *repeated;
      return absl::OkStatus();
    }
    RETURN_IF_ERROR(HoldSpeakers(call.db()));
    if (!NewChains({}, quote).empty()) RETURN_IF_ERROR(LockArticleLinks(call.db()));
    RETURN_IF_ERROR(HoldTopicTree(call.db()));
    ASSIGN_OR_RETURN(Ids ids, ResolveIds(call.db(), quote));
    RETURN_IF_ERROR(ResolveHops(call.db(), {}, quote, ids.printings));
    RETURN_IF_ERROR(call.db()
                        .Run(sql::kInsertQuote, id, ids.speaker, quote.described_as(),
                             static_cast<int>(quote.source_terms()), static_cast<int>(quote.kind()),
                             static_cast<int>(quote.polarity()), quote.text(), quote.language(), quote.original_text(),
                             quote.original_language(), said.from, said.to, quote.said().printed(),
                             static_cast<int>(quote.said().basis()), occurred_on, static_cast<int>(occurred.precision),
                             pg::IntArray(ids.topics), pg::IntArray(ids.outlets), quote.note(),
                             rules::WarningBits(quote, api::Today()), call.author(), call.method())
                        .status());
    RETURN_IF_ERROR(QueueToMatch(call.db(), {id}));
    RETURN_IF_ERROR(WriteChildren(call.db(), id, {}, quote, ids, occurred_on,
                                  {std::string(call.author()), std::string(call.method()), "", true, true}));
    return CountNewQuotes(call.db(), {id});
  }));
  return GetQuote(call.db(), name);
}

absl::StatusOr<pb::Quote> UpdateQuote(api::Call& call, const pb::UpdateQuoteRequest& request) {
  return Edit(
      call, request.quote().name(), request.quote().etag(), request, [&](pb::Quote& quote) -> absl::StatusOr<Change> {
        if (quote.state() == pb::QUOTE_STATE_RETRACTED) {
          return Refuse(absl::StatusCode::kFailedPrecondition, pb::ERROR_REASON_QUOTE_RETRACTED,
                        StrCat(quote.name(), " is retracted; restore it first"), {{"name", quote.name()}});
        }
        RETURN_IF_ERROR(CheckMayChange(call.db(), quote.name(), request));
        ASSIGN_OR_RETURN(quote, rules::ApplyMask(quote, request));
        return Change{.action = pb::REVISION_ACTION_UPDATED, .reason = request.reason(), .state = quote.state()};
      });
}

absl::StatusOr<pb::Quote> RetractQuote(api::Call& call, const pb::RetractQuoteRequest& request) {
  return Edit(call, request.name(), request.etag(), request, [&](pb::Quote& quote) -> absl::StatusOr<Change> {
    if (quote.state() == pb::QUOTE_STATE_RETRACTED) {
      return Refuse(absl::StatusCode::kFailedPrecondition, pb::ERROR_REASON_QUOTE_RETRACTED,
                    StrCat(quote.name(), " is retracted already"), {{"name", quote.name()}});
    }
    return Change{.action = pb::REVISION_ACTION_RETRACTED,
                  .reason = request.reason(),
                  .state = pb::QUOTE_STATE_RETRACTED,
                  .retract_reason = request.reason()};
  });
}

absl::StatusOr<pb::Quote> RestoreQuote(api::Call& call, const pb::RestoreQuoteRequest& request) {
  return Edit(call, request.name(), request.etag(), request, [&](pb::Quote& quote) -> absl::StatusOr<Change> {
    if (quote.state() != pb::QUOTE_STATE_RETRACTED) {
      return Refuse(absl::StatusCode::kFailedPrecondition, pb::ERROR_REASON_QUOTE_NOT_RETRACTED,
                    StrCat(quote.name(), " is not retracted"), {{"name", quote.name()}});
    }
    return Change{.action = pb::REVISION_ACTION_RESTORED, .reason = request.reason()};
  });
}

}  // namespace onrecord::store
