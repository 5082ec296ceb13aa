// Kept records (import_rejects) of quotes that are redacted or under embargo: they hold the words as they came.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "onrecord/v1/imports.pb.h"
#include "services/pg/session.h"
#include "services/quotes/quotes_words.h"

namespace onrecord::store {

// Of a row of ListRejects.
absl::StatusOr<pb::Reject> ReadReject(const pqxx::row& row);

// Which of these quotes are redacted.
absl::StatusOr<std::set<std::string>> RedactedAmong(pg::Session& db, absl::Span<const std::string> quotes);

// In a transaction that is about to keep `rejects` of an import from `source`: those of redacted quotes lose their
// texts. No quote is redacted until it ends.
absl::Status StripRedacted(pg::Session& db, std::string_view source, std::vector<pb::Reject>& rejects);

// Of kept records that are to be shown: those of quotes under embargo lose their texts for callers who may not see
// them.
absl::Status HideEmbargoed(pg::Session& db, std::string_view source, std::vector<pb::Reject>& rejects);

// In the transaction that redacts a quote: every kept record that is of it, or tells what it tells, loses its texts.
absl::Status RedactRejects(pg::Session& db, const std::string& quote_id, const rules::QuoteWords& words);

}  // namespace onrecord::store
