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

// Quotes (or revisions of quotes) from rows in which those of one quote follow each other.
std::vector<pb::QuoteRevision> ReadQuoteRows(const pqxx::result& rows);

// The quotes with these uuids as of `moment`, in this order; those that do not exist are left out.
absl::StatusOr<std::vector<pb::Quote>> ReadQuotes(pg::Session& db, absl::Span<const std::string> uuids,
                                                  const std::string& moment = api::kNow);

// One line to paste that cites the quote.
std::string Cite(const pb::Quote& quote);

}  // namespace onrecord::store
