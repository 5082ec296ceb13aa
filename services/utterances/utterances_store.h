// Finding quotes by their words.
#pragma once

#include "absl/status/statusor.h"
#include "onrecord/v1/utterances.pb.h"
#include "services/pg/session.h"

namespace onrecord::store {

namespace pb = ::onrecord::v1;

absl::StatusOr<pb::FindSimilarQuotesResponse> FindSimilarQuotes(pg::Session& db,
                                                                const pb::FindSimilarQuotesRequest& request);
absl::StatusOr<pb::VerifyQuoteResponse> VerifyQuote(pg::Session& db, const pb::VerifyQuoteRequest& request);

}  // namespace onrecord::store
