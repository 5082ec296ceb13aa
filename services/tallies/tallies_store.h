// Tallies: counts of quotes by what they have and by day, which timelines are read from; see db/queries/tallies.sql.
// Whoever changes what is counted does so in here.
#pragma once

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "services/base/status.h"
#include "services/pg/session.h"

namespace onrecord::store {

// In a transaction, makes a change of what `tally` counts, a statement of db/queries/tallies.sql that takes a sign and
// `values`: it is taken out before and put in after. Nobody else may change it meanwhile.
template <typename... Values>
absl::Status Recount(pg::Session& db, const std::function<absl::Status()>& change, const pg::Statement& tally,
                     const Values&... values) {
  RETURN_IF_ERROR(db.Run(tally, -1, values...).status());
  RETURN_IF_ERROR(change());
  return db.Run(tally, 1, values...).status();
}

// A change of quotes, which are locked: of their speakers, topics, outlets, days, kinds or states. The copies of these
// in quote_topics follow.
absl::Status RecountQuotes(pg::Session& db, absl::Span<const std::string> quotes,
                           const std::function<absl::Status()>& change);
// A change of stances on quotes.
absl::Status RecountStances(pg::Session& db, absl::Span<const std::string> quotes,
                            const std::function<absl::Status()>& change);
// Quotes that were just recorded.
absl::Status CountNewQuotes(pg::Session& db, absl::Span<const std::string> quotes);

// Folds changes when many wait, or all of them when `rest`. Whether any were folded.
absl::StatusOr<bool> FoldTallies(pg::Session& db, bool rest);

}  // namespace onrecord::store
