// Quotes written to PostgreSQL, each change with a revision: by the calls of QuoteService, and by whoever else changes
// one.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "onrecord/v1/quotes.pb.h"
#include "services/api/call.h"

namespace onrecord::store {

absl::StatusOr<pb::Quote> CreateQuote(api::Call& call, const pb::CreateQuoteRequest& request);
absl::StatusOr<pb::Quote> UpdateQuote(api::Call& call, const pb::UpdateQuoteRequest& request);
// Retracts (RetractQuoteRequest) or restores.
absl::StatusOr<pb::Quote> RetractQuote(api::Call& call, const pb::RetractQuoteRequest& request);
absl::StatusOr<pb::Quote> RestoreQuote(api::Call& call, const pb::RestoreQuoteRequest& request);

// ABORTED ETAG_MISMATCH.
absl::Status Stale(std::string_view name);

// Who changes a quote, through what and why.
struct Change {
  pb::RevisionAction action = pb::REVISION_ACTION_UPDATED;
  std::string reason;
  pb::QuoteState state = pb::QUOTE_STATE_ACTIVE;
  std::string retract_reason;
  std::string author;
  std::string via;
  bool by_person = true;  // imports leave alone what a person changed
};

// Writes `after` over `before` in the running transaction, with a revision. ABORTED WRITE_CONFLICT when somebody else
// changed it since `before` was read: the transaction begins anew.
absl::Status WriteChange(pg::Session& db, const pb::Quote& before, pb::Quote& after, const Change& change);

}  // namespace onrecord::store
