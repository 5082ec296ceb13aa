#include "services/tallies/tallies_store.h"

#include "db/statements.h"

namespace onrecord::store {
namespace {

// While an import runs: a fold costs the less for each change the more there are, and each read adds up what waits.
constexpr std::int64_t kManyChanges = 240000;

}  // namespace

absl::Status RecountQuotes(pg::Session& db, absl::Span<const std::string> quotes,
                           const std::function<absl::Status()>& change) {
  if (quotes.empty()) return change();
  const std::string ids = pg::TextArray(quotes);
  const auto with_copies = [&]() -> absl::Status {
    RETURN_IF_ERROR(change());
    return db.Run(sql::kPlaceQuoteTopics, ids).status();
  };
  return Recount(db, with_copies, sql::kTallyQuotes, ids);
}

absl::Status RecountStances(pg::Session& db, absl::Span<const std::string> quotes,
                            const std::function<absl::Status()>& change) {
  return quotes.empty() ? change() : Recount(db, change, sql::kTallyStances, pg::TextArray(quotes));
}

absl::Status CountNewQuotes(pg::Session& db, absl::Span<const std::string> quotes) {
  return quotes.empty() ? absl::OkStatus() : db.Run(sql::kTallyQuotes, 1, pg::TextArray(quotes)).status();
}

absl::StatusOr<bool> FoldTallies(pg::Session& db, bool rest) {
  ASSIGN_OR_RETURN(const pqxx::result waiting, db.Run(sql::kCountTallyChanges));
  const auto count = waiting[0][0].as<std::int64_t>();
  if (count == 0 || (count < kManyChanges && !rest)) return false;
  bool folded = false;
  RETURN_IF_ERROR(db.Transaction([&]() -> absl::Status {
    ASSIGN_OR_RETURN(const pqxx::result locked, db.Run(sql::kLockFolding));
    folded = locked[0][0].as<bool>();
    if (!folded) return absl::OkStatus();
    ASSIGN_OR_RETURN(const pqxx::result rows, db.Run(sql::kFoldTallies, kManyChanges));
    std::vector<std::int64_t> dimensions, ids, years;
    for (const auto& row : rows) {
      dimensions.push_back(row[0].as<std::int64_t>());
      ids.push_back(row[1].as<std::int64_t>());
      years.push_back(row[2].as<std::int64_t>());
    }
    if (rows.empty()) return absl::OkStatus();
    return db.Run(sql::kShortenTallies, pg::IntArray(dimensions), pg::IntArray(ids), pg::IntArray(years)).status();
  }));
  return folded;
}

}  // namespace onrecord::store
