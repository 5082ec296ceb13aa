#include "services/notices/notices_redaction.h"

#include <vector>

#include "db/statements.h"
#include "services/api/row_cursor.h"
#include "services/notices/notices_store.h"

namespace onrecord::store {
namespace {

constexpr std::size_t kReadAtOnce = 200;

}  // namespace

absl::Status RedactNotices(pg::Session& db, const std::string& quote_id, absl::Span<const std::string> articles,
                           const rules::QuoteWords& words, bool protect_source) {
  RETURN_IF_ERROR(StopNotices(db));
  RETURN_IF_ERROR(db.Run(sql::kRedactStates, quote_id).status());
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
      const auto left = [&](int column, const char* instead) -> std::string {
        const char* text = row[column].c_str();
        return (near ? words.ShowIn(text) : words.AreToldBy(text)) ? instead : text;
      };
      const bool of_source = of_quote && protect_source;
      const std::vector<std::string> before = {row[2].c_str(), row[3].c_str(), row[4].c_str(), row[5].c_str(),
                                               row[6].c_str()};
      const std::vector<std::string> after = {left(2, ""), of_quote ? "" : left(3, ""), of_quote ? "" : left(4, ""),
                                              left(5, "the quote was redacted"), left(6, "")};
      if (after == before && !of_source) continue;
      RETURN_IF_ERROR(
          db.Run(sql::kRedactNotice, id, revision, after[0], after[1], after[2], after[3], after[4], of_source)
              .status());
    }
  }
  return absl::OkStatus();
}

}  // namespace onrecord::store
