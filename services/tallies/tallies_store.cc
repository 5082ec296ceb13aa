#include "services/tallies/tallies_store.h"

#include "db/statements.h"

namespace onrecord::store {
namespace {

// While an import runs: a fold costs the less for each change the more there are, and each read adds up what waits.
constexpr std::int64_t kManyChanges = 20000;

}  // namespace

absl::Status TallyQuotes(pg::Session& db, Tally tally, absl::Span<const std::string> quotes) {
  if (quotes.empty()) return absl::OkStatus();
  return TallyBy(db, sql::kTallyQuotes, tally, pg::TextArray(quotes));
}

absl::Status TallyStances(pg::Session& db, Tally tally, absl::Span<const std::string> quotes) {
  if (quotes.empty()) return absl::OkStatus();
  return TallyBy(db, sql::kTallyStances, tally, pg::TextArray(quotes));
}

absl::StatusOr<bool> FoldTallies(pg::Session& db, bool rest) {
  ASSIGN_OR_RETURN(const pqxx::result waiting, db.Run(sql::kCountTallyChanges, kManyChanges));
  const auto count = waiting[0][0].as<std::int64_t>();
  if (count == 0 || (count < kManyChanges && !rest)) return false;
  bool folded = false;
  RETURN_IF_ERROR(db.Transaction([&]() -> absl::Status {
    ASSIGN_OR_RETURN(const pqxx::result locked, db.Run(sql::kLockFolding));
    folded = locked[0][0].as<bool>();
    return folded ? db.Run(sql::kFoldTallies, kManyChanges).status() : absl::OkStatus();
  }));
  return folded;
}

}  // namespace onrecord::store
