#include "services/imports/imports_redaction.h"

#include <algorithm>
#include <map>

#include "db/statements.h"
#include "services/api/names.h"
#include "services/base/strings.h"
#include "services/imports/imports_rules.h"
#include "services/names/names_store.h"
#include "services/notices/notices_embargoes.h"

namespace onrecord::store {
namespace {

constexpr char kRejectsKey[] = "kept records";
constexpr std::size_t kReadAtOnce = 200;

struct Kept {
  std::string import_id;
  std::string sequence;
  std::string source;
  pb::Reject reject;
};

constexpr char kRedacted[] = "the quote is redacted; the record was not kept";
constexpr char kUnderEmbargo[] = "the quote is under embargo; the record is shown when that is over";

// What is kept of a record whose texts must not be: what it was of and what became of it.
void Strip(const std::string& quote_id, const std::string& message, pb::Reject& reject) {
  const std::string name = api::QuoteName(quote_id);
  pb::ImportRecord record;
  record.set_quote(name);
  record.set_external_id(reject.record().external_id());
  *reject.mutable_record() = std::move(record);
  reject.mutable_result()->set_quote(name);
  reject.mutable_result()->set_message(message);
}

// The quotes that each record names or leads to, also where its own checks failed.
absl::StatusOr<std::vector<std::set<std::string>>> QuotesOf(pg::Session& db, absl::Span<const Kept> kept) {
  std::vector<std::set<std::string>> quotes(kept.size());
  std::multimap<std::string, std::size_t> by_key;
  std::vector<std::string> keys;
  for (std::size_t i = 0; i < kept.size(); ++i) {
    const pb::ImportRecord& record = kept[i].reject.record();
    for (const std::string& name : {kept[i].reject.result().quote(), record.quote()}) {
      if (auto id = api::ParseQuoteName("quote", name); id.ok()) quotes[i].insert(*std::move(id));
    }
    quotes[i].insert(rules::QuoteIdOf(record));
    if (record.external_id().empty()) continue;
    keys.push_back(rules::RecordKey(kept[i].source, record.external_id()));
    by_key.emplace(keys.back(), i);
  }
  if (keys.empty()) return quotes;
  ASSIGN_OR_RETURN(const pqxx::result rows, db.Run(sql::kLookUpKeys, pg::TextArray(keys)));
  for (const auto& row : rows) {
    const auto [begin, end] = by_key.equal_range(api::BareUuid(row[0].c_str()));
    for (auto at = begin; at != end; ++at) quotes[at->second].insert(api::BareUuid(row[1].c_str()));
  }
  return quotes;
}

bool Tells(const pb::ImportRecord& record, const rules::QuoteWords& words) {
  return std::any_of(record.reviews().begin(), record.reviews().end(),
                     [&](const pb::ImportReview& review) { return words.AreToldBy(review.title()); }) ||
         std::any_of(record.losses().begin(), record.losses().end(),
                     [&](const std::string& loss) { return words.AreToldBy(loss); }) ||
         words.AreToldBy(record.raw()) || words.AreToldBy(record.text()) || words.AreToldBy(record.original_text()) ||
         words.AreToldBy(record.wording()) || words.AreToldBy(record.headline()) || words.AreToldBy(record.note());
}

absl::StatusOr<std::vector<Kept>> ReadKept(pg::Session& db, const std::string& import_id, const std::string& sequence) {
  ASSIGN_OR_RETURN(const pqxx::result rows, db.Run(sql::kListRejectsOfAll, import_id, sequence, kReadAtOnce));
  std::vector<Kept> kept;
  for (const auto& row : rows) {
    Kept& next = kept.emplace_back();
    next.import_id = row[0].c_str();
    next.sequence = row[1].c_str();
    next.source = row[4].c_str();
    ASSIGN_OR_RETURN(next.reject, ReadReject(row));
  }
  return kept;
}

}  // namespace

absl::StatusOr<pb::Reject> ReadReject(const pqxx::row& row) {
  pb::Reject reject;
  if (!reject.mutable_result()->ParseFromString(pg::ParseBytea(row[2].c_str())) ||
      !reject.mutable_record()->ParseFromString(pg::ParseBytea(row[3].c_str()))) {
    return Refuse(absl::StatusCode::kInternal, pb::ERROR_REASON_INTERNAL, "a kept record cannot be read");
  }
  return reject;
}

absl::StatusOr<std::set<std::string>> RedactedAmong(pg::Session& db, absl::Span<const std::string> quotes) {
  ASSIGN_OR_RETURN(const pqxx::result rows, db.Run(sql::kRedactedAmong, pg::TextArray(quotes)));
  std::set<std::string> redacted;
  for (const auto& row : rows) redacted.insert(api::BareUuid(row[0].c_str()));
  return redacted;
}

absl::Status StripRedacted(pg::Session& db, std::string_view source, std::vector<pb::Reject>& rejects) {
  RETURN_IF_ERROR(LockKey(db, kRejectsKey, /*exclusive=*/false));
  std::vector<Kept> kept;
  for (pb::Reject& reject : rejects) kept.push_back({"", "", std::string(source), std::move(reject)});
  ASSIGN_OR_RETURN(const auto quotes, QuotesOf(db, kept));
  std::set<std::string> all;
  for (const std::set<std::string>& some : quotes) all.insert(some.begin(), some.end());
  ASSIGN_OR_RETURN(const std::set<std::string> redacted,
                   RedactedAmong(db, std::vector<std::string>(all.begin(), all.end())));
  for (std::size_t i = 0; i < kept.size(); ++i) {
    for (const std::string& quote : quotes[i]) {
      if (redacted.contains(quote)) Strip(quote, kRedacted, kept[i].reject);
    }
    rejects[i] = std::move(kept[i].reject);
  }
  return absl::OkStatus();
}

absl::Status HideEmbargoed(pg::Session& db, std::string_view source, std::vector<pb::Reject>& rejects) {
  ASSIGN_OR_RETURN(const bool look, MustLook(db));
  if (!look || rejects.empty()) return absl::OkStatus();
  std::vector<Kept> kept;
  for (const pb::Reject& reject : rejects) kept.push_back({"", "", std::string(source), reject});
  ASSIGN_OR_RETURN(const auto quotes, QuotesOf(db, kept));
  std::set<std::string> all;
  for (const std::set<std::string>& some : quotes) all.insert(some.begin(), some.end());
  const std::vector<std::string> names(all.begin(), all.end());
  ASSIGN_OR_RETURN(const std::vector<bool> hidden, AreHidden(db, names));
  for (std::size_t i = 0; i < names.size(); ++i) {
    for (std::size_t at = 0; at < rejects.size(); ++at) {
      if (hidden[i] && quotes[at].contains(names[i])) Strip(names[i], kUnderEmbargo, rejects[at]);
    }
  }
  return absl::OkStatus();
}

absl::Status RedactRejects(pg::Session& db, const std::string& quote_id, const rules::QuoteWords& words) {
  // Waits for the imports that are about to keep records; those that come later see that the quote is redacted.
  RETURN_IF_ERROR(LockKey(db, kRejectsKey, /*exclusive=*/true));
  std::string import_id = "0", sequence = "0";
  for (bool more = true; more;) {
    ASSIGN_OR_RETURN(std::vector<Kept> kept, ReadKept(db, import_id, sequence));
    more = !kept.empty();
    ASSIGN_OR_RETURN(const auto quotes, QuotesOf(db, kept));
    for (std::size_t i = 0; i < kept.size(); ++i) {
      import_id = kept[i].import_id;
      sequence = kept[i].sequence;
      if (!quotes[i].contains(quote_id) && !Tells(kept[i].reject.record(), words)) continue;
      Strip(quote_id, kRedacted, kept[i].reject);
      RETURN_IF_ERROR(db.Run(sql::kRedactReject, import_id, sequence,
                             pg::Bytea(kept[i].reject.result().SerializeAsString()),
                             pg::Bytea(kept[i].reject.record().SerializeAsString()))
                          .status());
    }
  }
  return absl::OkStatus();
}

}  // namespace onrecord::store
