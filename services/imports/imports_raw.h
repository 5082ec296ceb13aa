// Raw records: what the record of an appearance looked like in its source, and what of it was lost. They are no part
// of the content of a record and change nothing about a quote.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "onrecord/v1/imports.pb.h"
#include "services/imports/imports_batch.h"
#include "services/pg/session.h"
#include "services/quotes/quotes_words.h"

namespace onrecord::store {

// Stands for an appearance, an article or the quote of reviews alone where there is none.
inline constexpr char kNoId[] = "00000000000000000000000000000000";

// In the transaction of an import: keeps the raw records of the records that were taken, unless they are kept already.
// `lock` locks quotes against being redacted meanwhile.
absl::Status KeepRawRecords(pg::Session& db, std::int64_t import_id, const std::vector<Pending*>& round,
                            const std::function<absl::Status(absl::Span<const std::string>)>& lock);

absl::StatusOr<pb::ListRawRecordsResponse> ListRawRecords(pg::Session& db, const pb::ListRawRecordsRequest& request);

// In the transaction that redacts a quote: its raw records are gone, and what was printed in the same articles keeps
// none that gives its words away.
absl::Status RedactRawRecords(pg::Session& db, const std::string& quote_id, const rules::QuoteWords& words);

}  // namespace onrecord::store
