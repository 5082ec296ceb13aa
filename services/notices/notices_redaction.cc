#include "services/notices/notices_redaction.h"

#include <vector>

#include "db/statements.h"
#include "services/api/row_cursor.h"
#include "services/notices/notices_store.h"

namespace onrecord::store {
namespace {

constexpr std::size_t kReadAtOnce = 200;

absl::Status RedactStates(pg::Session& db, const std::string& quote_id, const rules::QuoteWords& words) {
  ASSIGN_OR_RETURN(const pqxx::result rows, db.Run(sql::kReasonsOfStates, quote_id));
  std::vector<std::string> telling;
  for (std::string& reason : api::FirstColumn(rows)) {
    if (words.ShowIn(reason)) telling.push_back(std::move(reason));
  }
  return db.Run(sql::kRedactStates, quote_id, pg::TextArray(telling)).status();
}

}  // namespace

absl::Status RedactNotices(pg::Session& db, const std::string& quote_id, absl::Span<const std::string> articles,
                           const rules::QuoteWords& words, bool protect_source) {
  RETURN_IF_ERROR(StopNotices(db));
  RETURN_IF_ERROR(RedactStates(db, quote_id, words));
  std::string id(32, '0'), revision = "0";
  for (bool more = true; more;) {
    ASSIGN_OR_RETURN(const pqxx::result rows,
                     db.Run(sql::kListAllNotices, id, revision, kReadAtOnce, quote_id, pg::TextArray(articles)));
    more = rows.size() == kReadAtOnce;
    for (const auto& row : rows) {
      id = row[0].c_str();
      revision = row[1].c_str();
      const bool of_quote = row[7].as<bool>(), near = of_quote || row[8].as<bool>();
      // What is about the quote is looked at more closely than what may have a few words in common with it.
      bool any = of_quote && protect_source;
      const auto without = [&](const char* text, const char* instead) -> std::string {
        if (near ? !words.ShowIn(text) : !words.AreToldBy(text)) return text;
        any = true;
        return instead;
      };
      const std::string text = without(row[2].c_str(), ""), note = without(row[3].c_str(), ""),
                        reason = without(row[4].c_str(), ""),
                        withdrawn = without(row[5].c_str(), "the quote was redacted"),
                        printed = without(row[6].c_str(), "");
      if (!any) continue;
      RETURN_IF_ERROR(
          db.Run(sql::kRedactNotice, id, revision, text, note, reason, withdrawn, printed, of_quote && protect_source)
              .status());
    }
  }
  return absl::OkStatus();
}

}  // namespace onrecord::store
