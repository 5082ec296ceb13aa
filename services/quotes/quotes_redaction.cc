#include "services/quotes/quotes_redaction.h"

#include "db/statements.h"
#include "services/api/names.h"
#include "services/api/request_key.h"
#include "services/api/row_cursor.h"
#include "services/base/strings.h"
#include "services/claims/claims_links.h"
#include "services/claims/stances_writes.h"
#include "services/imports/imports_raw.h"
#include "services/imports/imports_redaction.h"
#include "services/names/names_store.h"
#include "services/notices/notices_redaction.h"
#include "services/quotes/identifications_store.h"
#include "services/quotes/quotes_store.h"
#include "services/quotes/quotes_words.h"
#include "services/quotes/quotes_writes.h"
#include "services/tallies/tallies_store.h"
#include "services/utterances/links_store.h"
#include "services/utterances/matching_store.h"

namespace onrecord::store {
namespace {

absl::StatusOr<std::vector<std::string>> TextsOf(pg::Session& db, const std::string& id) {
  ASSIGN_OR_RETURN(const pqxx::result rows, db.Run(sql::kWordsOfQuote, id));
  return api::FirstColumn(rows);
}

absl::Status RedactArticles(pg::Session& db, const std::string& id, const rules::QuoteWords& words,
                            bool protect_source) {
  ASSIGN_OR_RETURN(const pqxx::result rows, db.Run(sql::kArticlesOfQuote, id));
  std::vector<std::string> articles, with_words, noting;
  for (const auto& row : rows) {
    articles.emplace_back(row[0].c_str());
    if (words.ShowIn(row[1].c_str())) with_words.push_back(articles.back());
    if (protect_source || words.ShowIn(row[2].c_str())) noting.push_back(articles.back());
  }
  const std::string all = pg::TextArray(articles);
  const std::string telling = pg::TextArray(with_words);
  const std::string notes = pg::TextArray(noting);
  RETURN_IF_ERROR(db.Run(sql::kRedactArticles, all, protect_source, telling, notes).status());
  RETURN_IF_ERROR(RedactNotices(db, id, articles, words, protect_source));
  RETURN_IF_ERROR(db.Run(sql::kRedactArticleLinks, notes).status());
  return db.Run(sql::kRedactArticleRevisions, all, protect_source, telling, notes).status();
}

absl::Status RedactEvidence(pg::Session& db, const std::string& id, const rules::QuoteWords& words,
                            bool protect_source) {
  RETURN_IF_ERROR(RecountStances(db, {id}, [&] { return db.Run(sql::kRedactStances, id, protect_source).status(); }));
  RETURN_IF_ERROR(db.Run(sql::kRedactLabels, id).status());
  ASSIGN_OR_RETURN(const pqxx::result rows, db.Run(sql::kReviewTitlesOfQuote, id));
  std::vector<std::string> titles;
  for (const auto& row : rows) {
    if (words.ShowIn(row[0].c_str())) titles.emplace_back(row[0].c_str());
  }
  RETURN_IF_ERROR(db.Run(sql::kRedactReviews, id, pg::TextArray(titles)).status());
  RETURN_IF_ERROR(ForgetWordings(db, {id}));
  RETURN_IF_ERROR(ForgetLinks(db, {id}));
  return FollowQuotes(db, {id});
}

// In the running transaction; the quote is locked.
absl::Status Redact(api::Call& call, const std::string& id, const pb::RedactQuoteRequest& request) {
  pg::Session& db = call.db();
  const bool protect = request.protect_source();
  ASSIGN_OR_RETURN(const std::vector<std::string> texts, TextsOf(db, id));
  const rules::QuoteWords words(texts);
  if (words.AreToldBy(request.reason())) {
    return RefuseFields({{pb::ERROR_REASON_VALUE_INVALID, "reason",
                          "repeats words of the quote; it stays when they are gone, so say it without them"}});
  }
  RETURN_IF_ERROR(RedactArticles(db, id, words, protect));
  RETURN_IF_ERROR(ForgetIdentifications(db, id, protect));
  RETURN_IF_ERROR(RecountQuotes(db, {id}, [&] {
    return db.Run(sql::kRedactQuoteRow, id, protect, request.reason(), call.author(), call.method()).status();
  }));
  RETURN_IF_ERROR(db.Run(sql::kRedactRevisions, id, protect, request.reason()).status());
  RETURN_IF_ERROR(db.Run(sql::kRedactAppearances, id, protect).status());
  RETURN_IF_ERROR(RedactEvidence(db, id, words, protect));
  RETURN_IF_ERROR(RedactRawRecords(db, id, words));
  return RedactRejects(db, id, words);
}

}  // namespace

absl::StatusOr<pb::Quote> RedactQuote(api::Call& call, const pb::RedactQuoteRequest& request) {
  ASSIGN_OR_RETURN(const std::string id, api::ParseQuoteName("name", request.name()));
  const std::vector<std::string> ids = {id};
  RETURN_IF_ERROR(call.db().Transaction([&]() -> absl::Status {
    ASSIGN_OR_RETURN(const auto repeated, api::ClaimRequest(call, request.request_id(), request, request.name()));
    if (repeated) return absl::OkStatus();
    RETURN_IF_ERROR(HoldSpeakers(call.db()));
    RETURN_IF_ERROR(HoldTopicTree(call.db()));
    RETURN_IF_ERROR(HoldClaimLinks(call.db()));
    RETURN_IF_ERROR(call.db().Run(sql::kLockQuotes, pg::TextArray(ids)).status());
    ASSIGN_OR_RETURN(const pb::Quote before, GetQuote(call.db(), request.name()));
    if (before.state() == pb::QUOTE_STATE_REDACTED) return absl::OkStatus();
    if (!request.etag().empty() && request.etag() != before.etag()) return Stale(request.name());
    return Redact(call, id, request);
  }));
  return GetQuote(call.db(), request.name());
}

}  // namespace onrecord::store
