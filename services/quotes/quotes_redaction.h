// RedactQuote: really removes the words of a quote from the record and its history, and leaves that it happened.
#pragma once

#include "absl/status/statusor.h"
#include "onrecord/v1/quotes.pb.h"
#include "services/api/call.h"

namespace onrecord::store {

// What is left of the quote. One that is redacted already stays as it is.
absl::StatusOr<pb::Quote> RedactQuote(api::Call& call, const pb::RedactQuoteRequest& request);

}  // namespace onrecord::store
