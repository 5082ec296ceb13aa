#include "services/imports/imports_raw.h"

#include <openssl/sha.h>

#include <array>
#include <set>

#include "absl/strings/str_join.h"
#include "db/statements.h"
#include "services/api/names.h"
#include "services/api/page_token.h"
#include "services/api/row_cursor.h"
#include "services/api/text.h"
#include "services/articles/articles_rules.h"
#include "services/notices/notices_embargoes.h"
#include "services/quotes/quotes_rules.h"
#include "services/quotes/quotes_store.h"

namespace onrecord::store {
namespace {

constexpr int kRawRecordsAtOnce = 40;  // each may be of 64 KiB

std::string Sha256(std::string_view bytes) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.data());
  return {digest.begin(), digest.end()};
}

bool HoldsRaw(const Pending& pending) {
  const bool taken = pending.result.outcome() == pb::OUTCOME_CREATED ||
                     pending.result.outcome() == pb::OUTCOME_UPDATED ||
                     pending.result.outcome() == pb::OUTCOME_UNCHANGED;
  const bool has_any = !pending.record->raw().empty() || !pending.record->losses().empty();
  return taken && has_any && !pending.checked.reviews_alone;
}

std::string LossLines(const pb::ImportRecord& record) {
  return absl::StrJoin(record.losses(), "\n",
                       [](std::string* out, const std::string& loss) { out->append(api::CollapseSpace(loss)); });
}

// Empty where nothing tells the article.
std::string ArticleKey(const Pending& pending) {
  if (pending.checked.quote.appearances().empty()) return "";
  const pb::Appearance& appearance = pending.checked.quote.appearances(0);
  return rules::ArticleId(pending.checked.outlet, appearance.article().url(), appearance.article().headline(),
                          api::ToRange(appearance.published()));
}

// The rows of records as columns.
struct RawColumns {
  std::vector<std::string> quotes, appearances, hashes, formats, raws, losses, articles;

  void Add(const Pending& pending) {
    const pb::ImportRecord& record = *pending.record;
    quotes.push_back(pending.checked.quote_id);
    appearances.push_back(pending.checked.appearance_id.empty() ? kNoId : pending.checked.appearance_id);
    hashes.push_back(pg::Bytea(Sha256(record.raw())));
    formats.push_back(record.raw_format());
    raws.push_back(pg::Bytea(record.raw()));
    losses.push_back(LossLines(record));
    articles.push_back(ArticleKey(pending));
    if (articles.back().empty()) articles.back() = kNoId;
  }
};

absl::Status RedactInArticle(pg::Session& db, const std::string& article_key, const rules::QuoteWords& words) {
  std::string quote_id = kNoId, appearance_id = kNoId, hash = pg::Bytea("");
  for (bool more = true; more;) {
    ASSIGN_OR_RETURN(const pqxx::result rows, db.Run(sql::kListRawRecordsOfArticle, article_key, quote_id,
                                                     appearance_id, hash, kRawRecordsAtOnce));
    more = static_cast<int>(rows.size()) == kRawRecordsAtOnce;
    for (const auto& row : rows) {
      quote_id = row[0].c_str();
      appearance_id = row[1].c_str();
      hash = row[2].c_str();
      if (!words.ShowIn(pg::ParseBytea(row[3].c_str())) && !words.ShowIn(row[4].c_str())) continue;
      RETURN_IF_ERROR(db.Run(sql::kRedactRawRecord, quote_id, appearance_id, hash).status());
    }
  }
  return absl::OkStatus();
}

pb::RawRecord ReadRawRecord(const pqxx::row& row) {
  api::RowCursor cursor(row);
  pb::RawRecord record;
  const std::string appearance = cursor.Uuid("");
  if (appearance != kNoId) record.set_appearance(appearance);
  record.set_sha256(cursor.Text().substr(2));  // after "\x"
  record.set_format(cursor.Text());
  record.set_raw(pg::ParseBytea(cursor.Text()));
  const std::string losses = cursor.Text();
  if (!losses.empty()) {
    for (const std::string_view loss : Split(losses, '\n')) record.add_losses(std::string(loss));
  }
  record.set_import(api::ImportName(cursor.Long()));
  cursor.Time(*record.mutable_create_time());
  return record;
}

}  // namespace

absl::Status KeepRawRecords(pg::Session& db, std::int64_t import_id, const std::vector<Pending*>& round,
                            const std::function<absl::Status(absl::Span<const std::string>)>& lock) {
  std::vector<const Pending*> with_raw;
  RawColumns asked;
  for (const Pending* pending : round) {
    if (!HoldsRaw(*pending)) continue;
    with_raw.push_back(pending);
    asked.Add(*pending);
  }
  if (with_raw.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const pqxx::result known, db.Run(sql::kLookUpRawRecords, pg::TextArray(asked.quotes),
                                                    pg::TextArray(asked.appearances), pg::TextArray(asked.hashes)));
  std::set<std::size_t> kept;
  for (const auto& row : known) kept.insert(row[0].as<std::size_t>() - 1);
  RawColumns fresh;
  std::set<std::string> touched;
  for (std::size_t i = 0; i < with_raw.size(); ++i) {
    if (kept.contains(i)) continue;
    fresh.Add(*with_raw[i]);
    touched.insert(with_raw[i]->checked.quote_id);
  }
  if (touched.empty()) return absl::OkStatus();
  RETURN_IF_ERROR(lock(std::vector<std::string>(touched.begin(), touched.end())));
  return db
      .Run(sql::kInsertRawRecords, pg::TextArray(fresh.quotes), pg::TextArray(fresh.appearances),
           pg::TextArray(fresh.hashes), pg::TextArray(fresh.formats), pg::TextArray(fresh.raws),
           pg::TextArray(fresh.losses), pg::TextArray(fresh.articles), import_id)
      .status();
}

namespace {

// What the caller may not see of the quote's printings yet stays away, as it came and in words of ours.
absl::Status HideEmbargoed(pg::Session& db, const std::string& quote_id, pb::ListRawRecordsResponse& response) {
  ASSIGN_OR_RETURN(const bool look, MustLook(db));
  if (!look) return absl::OkStatus();
  ASSIGN_OR_RETURN(const auto embargoed, EmbargoesOn(db, {quote_id}));
  const auto found = embargoed.find(quote_id);
  if (found == embargoed.end()) return absl::OkStatus();
  for (pb::RawRecord& record : *response.mutable_raw_records()) {
    if (found->second.until == 0 && !found->second.printings.contains(record.appearance())) continue;
    record.clear_raw();
    record.clear_losses();
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<pb::ListRawRecordsResponse> ListRawRecords(pg::Session& db, const pb::ListRawRecordsRequest& request) {
  ASSIGN_OR_RETURN(const std::string id, api::ParseQuoteName("quote", request.quote()));
  ASSIGN_OR_RETURN(const int size, api::PageSize(request.page_size()));
  const std::string scope = api::MakeScope(request);
  ASSIGN_OR_RETURN(std::vector<std::string> after, api::ReadPageToken(scope, request.page_token(), 2));
  RETURN_IF_ERROR(GetQuote(db, request.quote()).status());
  if (after.empty()) after = {kNoId, ""};
  pb::ListRawRecordsResponse response;
  std::size_t bytes = 0;
  for (bool more = true; more;) {
    ASSIGN_OR_RETURN(const pqxx::result rows,
                     db.Run(sql::kListRawRecords, id, after[0], StrCat("\\x", after[1]), kRawRecordsAtOnce));
    more = static_cast<int>(rows.size()) == kRawRecordsAtOnce;
    for (const auto& row : rows) {
      pb::RawRecord record = ReadRawRecord(row);
      bytes += record.ByteSizeLong();
      if (response.raw_records_size() == size || (bytes > kMostPageBytes && response.raw_records_size() > 0)) {
        response.set_next_page_token(api::MakePageToken(scope, after));
        RETURN_IF_ERROR(HideEmbargoed(db, id, response));
        return response;
      }
      after = {record.appearance().empty() ? kNoId : record.appearance(), record.sha256()};
      *response.add_raw_records() = std::move(record);
    }
  }
  RETURN_IF_ERROR(HideEmbargoed(db, id, response));
  return response;
}

absl::Status RedactRawRecords(pg::Session& db, const std::string& quote_id, const rules::QuoteWords& words) {
  ASSIGN_OR_RETURN(const pqxx::result articles, db.Run(sql::kArticleKeysOfQuote, quote_id));
  RETURN_IF_ERROR(db.Run(sql::kDeleteRawRecords, quote_id).status());
  for (const std::string& article : api::FirstColumn(articles)) RETURN_IF_ERROR(RedactInArticle(db, article, words));
  return absl::OkStatus();
}

}  // namespace onrecord::store
