// From rows of db/queries/quotes.sql to quotes. The columns are those of the fragment QuoteColumns, in its order.
#pragma once

#include <pqxx/pqxx>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "onrecord/v1/quotes.pb.h"
#include "services/api/as_of.h"
#include "services/pg/session.h"

namespace onrecord::store {

// Quotes (or revisions of quotes) from rows in which those of one quote follow each other. What is under embargo is
// left out for callers who may not see it. In a transaction everything is as it is stored, since it is read to be
// written.
absl::StatusOr<std::vector<pb::QuoteRevision>> ReadQuoteRows(pg::Session& db, const pqxx::result& rows);

enum class Notices { kLeaveOut, kShow };

// The quotes with these uuids as of `moment`, in this order; those that do not exist are left out.
absl::StatusOr<std::vector<pb::Quote>> ReadQuotes(pg::Session& db, absl::Span<const std::string> uuids,
                                                  const std::string& moment = api::kNow,
                                                  Notices notices = Notices::kLeaveOut);

// One line to paste that cites the quote.
std::string Cite(const pb::Quote& quote);

}  // namespace onrecord::store
