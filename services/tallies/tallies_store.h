// Tallies: counts of quotes by what they have and by day, which timelines are read from. Whoever changes what is
// counted takes it out before and puts it in after, in one transaction; see db/queries/tallies.sql.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "services/pg/session.h"

namespace onrecord::store {

// Before and after a change.
enum class Tally { kTakeOut = -1, kPutIn = 1 };

// In a transaction that changes quotes, which are locked: their speakers, topics, outlets, days, kinds, states.
absl::Status TallyQuotes(pg::Session& db, Tally tally, absl::Span<const std::string> quotes);
// In one that changes stances on quotes.
absl::Status TallyStances(pg::Session& db, Tally tally, absl::Span<const std::string> quotes);
// The same for many, given by a statement of db/queries/tallies.sql that takes the sign and `values`.
template <typename... Values>
absl::Status TallyBy(pg::Session& db, const pg::Statement& statement, Tally tally, const Values&... values) {
  return db.Run(statement, static_cast<int>(tally), values...).status();
}

// Folds changes when many wait, or all of them when `rest`. Whether any were folded.
absl::StatusOr<bool> FoldTallies(pg::Session& db, bool rest);

}  // namespace onrecord::store
