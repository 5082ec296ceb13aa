#include "services/quotes/identifications_store.h"

#include <functional>
#include <optional>
#include <vector>

#include "db/statements.h"
#include "services/api/as_of.h"
#include "services/api/names.h"
#include "services/api/page_token.h"
#include "services/api/request_key.h"
#include "services/api/row_cursor.h"
#include "services/base/strings.h"
#include "services/claims/claims_links.h"
#include "services/names/names_store.h"
#include "services/quotes/quotes_store.h"
#include "services/quotes/quotes_writes.h"
#include "services/tallies/tallies_store.h"

namespace onrecord::store {
namespace {

constexpr std::string_view kMiddle = "/identifications/";

struct Key {
  std::string quote;
  std::int64_t speaker = 0;
};

absl::Status IdentificationNotFound(const std::string& name) {
  return Refuse(absl::StatusCode::kNotFound, pb::ERROR_REASON_IDENTIFICATION_NOT_FOUND,
                StrCat(name, " does not exist; propose it first"), {{"name", name}});
}

absl::StatusOr<std::int64_t> SpeakerId(pg::Session& db, const std::string& field, const std::string& name,
                                       const std::string& moment = api::kNow) {
  const std::vector<std::string> names = {name};
  ASSIGN_OR_RETURN(const std::vector<std::int64_t> ids, RequireIds(db, NameTable::kSpeakers, field, names, moment));
  return ids.front();
}

// The quote of "quotes/x/identifications/y".
absl::StatusOr<std::string> QuoteOf(const std::string& name) {
  const std::size_t at = name.find(kMiddle);
  if (at != std::string::npos) return api::ParseQuoteName("name", std::string_view(name).substr(0, at));
  return RefuseFields({{pb::ERROR_REASON_VALUE_INVALID, "name",
                        "is no identification's name; write quotes/{quote}/identifications/{speaker}"}});
}

absl::StatusOr<Key> ParseName(pg::Session& db, const std::string& name) {
  Key key;
  ASSIGN_OR_RETURN(key.quote, QuoteOf(name));
  const std::string slug = name.substr(name.find(kMiddle) + kMiddle.size());
  const auto speaker = SpeakerId(db, "name", StrCat("speakers/", slug));
  if (speaker.status().code() == absl::StatusCode::kNotFound) return IdentificationNotFound(name);
  ASSIGN_OR_RETURN(key.speaker, speaker);
  return key;
}

pb::Identification ReadRow(const pqxx::row& row) {
  api::RowCursor from(row);
  pb::Identification identification;
  identification.set_quote(from.Uuid("quotes/"));
  const std::string slug = from.Text();
  identification.set_name(StrCat(identification.quote(), kMiddle, slug));
  identification.set_speaker(StrCat("speakers/", slug));
  identification.set_state(static_cast<pb::IdentificationState>(from.Int()));
  identification.set_confidence(from.Double());
  identification.set_reason(from.Text());
  identification.set_speaker_display_name(from.Text());
  identification.set_described_as(from.Text());
  identification.set_author(from.Text());
  from.Time(*identification.mutable_create_time());
  from.Time(*identification.mutable_update_time());
  identification.set_decision_reason(from.Text());
  return identification;
}

absl::StatusOr<std::optional<pb::Identification>> Find(pg::Session& db, const Key& key) {
  ASSIGN_OR_RETURN(const pqxx::result rows, db.Run(sql::kGetIdentification, api::kNow, key.quote, key.speaker));
  if (rows.empty()) return std::nullopt;
  return std::optional<pb::Identification>(ReadRow(rows[0]));
}

// The quote of an identification, locked. The key of a repeated call names the quote alone: who a source may be is kept
// in one place.
absl::StatusOr<pb::Quote> LockQuote(pg::Session& db, const std::string& id) {
  RETURN_IF_ERROR(HoldTopicTree(db));
  RETURN_IF_ERROR(HoldClaimLinks(db));
  const std::vector<std::string> ids = {id};
  RETURN_IF_ERROR(db.Run(sql::kLockQuotes, pg::TextArray(ids)).status());
  return GetQuote(db, api::QuoteName(id));
}

absl::Status SourceIsNamed(const pb::Quote& quote) {
  return Refuse(absl::StatusCode::kFailedPrecondition, pb::ERROR_REASON_SOURCE_IS_NAMED,
                StrCat(quote.name(), " is of ", quote.speaker(),
                       "; reject that identification first, or change the quote with UpdateQuote"),
                {{"name", quote.name()}, {"speaker", quote.speaker()}});
}

absl::Status SetSpeaker(api::Call& call, const pb::Quote& before, const std::string& speaker,
                        const std::string& reason) {
  if (before.state() == pb::QUOTE_STATE_RETRACTED) {
    return Refuse(absl::StatusCode::kFailedPrecondition, pb::ERROR_REASON_QUOTE_RETRACTED,
                  StrCat(before.name(), " is retracted; restore it first"), {{"name", before.name()}});
  }
  if (speaker.empty() && before.described_as().empty()) {
    return RefuseFields({{pb::ERROR_REASON_FIELD_REQUIRED, "quote.described_as",
                          StrCat("is empty, and ", before.name(),
                                 " would have no source; tell of whom it is with UpdateQuote first")}});
  }
  pb::Quote after = before;
  after.set_speaker(speaker);
  Change change;
  change.reason = reason;
  change.author = call.author();
  change.via = call.method();
  return WriteChange(call.db(), before, after, change);
}

// Decides about one identification, in the transaction of the call; its quote is locked.
template <typename Request>
absl::StatusOr<pb::Identification> Decide(
    api::Call& call, const Request& request,
    const std::function<absl::Status(const Key&, const pb::Quote&, const pb::Identification&)>& decide) {
  pg::Session& db = call.db();
  ASSIGN_OR_RETURN(const std::string quote, QuoteOf(request.name()));
  pb::Identification decided;
  RETURN_IF_ERROR(db.Transaction([&]() -> absl::Status {
    RETURN_IF_ERROR(HoldSpeakers(db));
    ASSIGN_OR_RETURN(const auto repeated,
                     api::ClaimRequest(call, request.request_id(), request, api::QuoteName(quote)));
    ASSIGN_OR_RETURN(const Key key, ParseName(db, request.name()));
    if (!repeated) {
      ASSIGN_OR_RETURN(const pb::Quote current, LockQuote(db, quote));
      ASSIGN_OR_RETURN(const std::optional<pb::Identification> before, Find(db, key));
      if (!before) return IdentificationNotFound(request.name());
      RETURN_IF_ERROR(decide(key, current, *before));
    }
    ASSIGN_OR_RETURN(std::optional<pb::Identification> after, Find(db, key));
    if (!after) return IdentificationNotFound(request.name());
    decided = *std::move(after);
    return absl::OkStatus();
  }));
  return decided;
}

absl::Status Put(api::Call& call, const Key& key, pb::IdentificationState state, const std::string& reason) {
  return call.db()
      .Run(sql::kDecideIdentification, key.quote, key.speaker, static_cast<int>(state), reason, call.author(),
           call.method())
      .status();
}

}  // namespace

absl::StatusOr<pb::Identification> ProposeIdentification(api::Call& call,
                                                         const pb::ProposeIdentificationRequest& request) {
  pg::Session& db = call.db();
  const pb::Identification& asked = request.identification();
  Key key;
  ASSIGN_OR_RETURN(key.quote, api::ParseQuoteName("identification.quote", asked.quote()));
  pb::Identification proposed;
  RETURN_IF_ERROR(db.Transaction([&]() -> absl::Status {
    RETURN_IF_ERROR(HoldSpeakers(db));
    ASSIGN_OR_RETURN(const auto repeated, api::ClaimRequest(call, request.request_id(), request, asked.quote()));
    ASSIGN_OR_RETURN(key.speaker, SpeakerId(db, "identification.speaker", asked.speaker()));
    if (!repeated) {
      ASSIGN_OR_RETURN(const pb::Quote quote, LockQuote(db, key.quote));
      if (quote.state() == pb::QUOTE_STATE_REDACTED) {
        return Refuse(absl::StatusCode::kFailedPrecondition, pb::ERROR_REASON_QUOTE_REDACTED,
                      StrCat(asked.quote(), " is redacted; nothing more is said of its source"),
                      {{"name", asked.quote()}});
      }
      if (!quote.speaker().empty()) return SourceIsNamed(quote);
      const std::vector<std::int64_t> speakers = {key.speaker};
      ASSIGN_OR_RETURN(const pqxx::result highest, db.Run(sql::kHighestIdentification, pg::IntArray(speakers)));
      ASSIGN_OR_RETURN(const pqxx::result inserted,
                       db.Run(sql::kInsertIdentification, key.quote, key.speaker, asked.confidence(), asked.reason(),
                              call.author(), call.method(), highest[0][0].as<int>()));
      if (inserted.affected_rows() == 0) {
        return Refuse(absl::StatusCode::kAlreadyExists, pb::ERROR_REASON_IDENTIFICATION_EXISTS,
                      StrCat(asked.quote(), " was said to be of ", asked.speaker(), " before; accept or reject that"),
                      {{"quote", asked.quote()}, {"speaker", asked.speaker()}});
      }
    }
    ASSIGN_OR_RETURN(std::optional<pb::Identification> after, Find(db, key));
    if (!after)
      return IdentificationNotFound(StrCat(asked.quote(), kMiddle, SlugOf(NameTable::kSpeakers, asked.speaker())));
    proposed = *std::move(after);
    return absl::OkStatus();
  }));
  return proposed;
}

absl::StatusOr<pb::Identification> AcceptIdentification(api::Call& call,
                                                        const pb::AcceptIdentificationRequest& request) {
  return Decide(call, request,
                [&](const Key& key, const pb::Quote& quote, const pb::Identification& before) -> absl::Status {
                  if (!quote.speaker().empty()) return SourceIsNamed(quote);
                  RETURN_IF_ERROR(SetSpeaker(call, quote, before.speaker(), request.reason()));
                  return Put(call, key, pb::IDENTIFICATION_STATE_ACCEPTED, request.reason());
                });
}

absl::StatusOr<pb::Identification> RejectIdentification(api::Call& call,
                                                        const pb::RejectIdentificationRequest& request) {
  return Decide(call, request,
                [&](const Key& key, const pb::Quote& quote, const pb::Identification& before) -> absl::Status {
                  switch (before.state()) {
                    case pb::IDENTIFICATION_STATE_REJECTED:
                      return absl::OkStatus();
                    case pb::IDENTIFICATION_STATE_ACCEPTED:
                      return SetSpeaker(call, quote, "", request.reason());  // which rejects it
                    default:
                      return Put(call, key, pb::IDENTIFICATION_STATE_REJECTED, request.reason());
                  }
                });
}

absl::StatusOr<pb::ListIdentificationsResponse> ListIdentifications(pg::Session& db,
                                                                    const pb::ListIdentificationsRequest& request,
                                                                    const std::string& moment) {
  ASSIGN_OR_RETURN(const int size, api::PageSize(request.page_size()));
  const std::string scope = api::MakeScope(request);
  ASSIGN_OR_RETURN(std::vector<std::string> after, api::ReadPageToken(scope, request.page_token(), 3));
  if (after.empty()) after = {"infinity", std::string(32, 'f'), "2147483647"};
  pg::Param quote = std::nullopt;
  pg::Param speaker = std::nullopt;
  const pg::Statement* statement = &sql::kListIdentificationsOfAll;
  if (!request.speaker().empty()) {
    ASSIGN_OR_RETURN(speaker, SpeakerId(db, "speaker", request.speaker(), moment));
    statement = &sql::kListIdentificationsOfSpeaker;
  }
  if (!request.quote().empty()) {
    ASSIGN_OR_RETURN(const std::string id, api::ParseQuoteName("quote", request.quote()));
    quote = id;
    statement = &sql::kListIdentificationsOfQuote;
  }
  const std::vector<std::int64_t> states(request.states().begin(), request.states().end());
  ASSIGN_OR_RETURN(const pqxx::result rows, db.RunParams(*statement, {moment, size + 1, pg::TextArray(after), quote,
                                                                      speaker, pg::IntArray(states)}));
  pb::ListIdentificationsResponse response;
  for (const auto& row : rows) {
    if (response.identifications_size() == size) {
      const auto last = rows[static_cast<pqxx::result::size_type>(size - 1)];
      response.set_next_page_token(api::MakePageToken(scope, {last[11].c_str(), last[0].c_str(), last[12].c_str()}));
      break;
    }
    *response.add_identifications() = ReadRow(row);
  }
  return response;
}

absl::Status ForgetIdentifications(pg::Session& db, const std::string& quote_id, bool protect_source) {
  RETURN_IF_ERROR(db.Run(sql::kDeleteIdentifications, quote_id).status());
  if (!protect_source) return absl::OkStatus();
  ASSIGN_OR_RETURN(const pqxx::result rows, db.Run(sql::kSourcesOfQuote, quote_id));
  std::vector<std::int64_t> sources;
  for (const auto& row : rows) sources.push_back(row[0].as<std::int64_t>());
  if (sources.empty()) return absl::OkStatus();
  RETURN_IF_ERROR(RecountStances(
      db, {quote_id}, [&] { return db.Run(sql::kForgetSourceAsHolder, quote_id, pg::IntArray(sources)).status(); }));
  return db.Run(sql::kForgetSourceOfLabels, quote_id, pg::IntArray(sources)).status();
}

}  // namespace onrecord::store
