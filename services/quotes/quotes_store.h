// Quotes in PostgreSQL. Pages and rows are in quotes_pages and quotes_rows; here are the calls of QuoteService that
// read, in quotes_writes those that write.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "onrecord/v1/quotes.pb.h"
#include "services/api/call.h"
#include "services/quotes/quotes_filter.h"
#include "services/quotes/quotes_rows.h"

namespace onrecord::store {

inline constexpr std::size_t kMostPageBytes = 3 << 20;

// As of `moment`. NOT_FOUND QUOTE_NOT_FOUND when it does not exist, NOT_RECORDED_YET when it came later.
absl::StatusOr<pb::Quote> GetQuote(pg::Session& db, std::string_view name, const std::string& moment = api::kNow);
// Answers each request, those about the present with one statement.
std::vector<absl::StatusOr<pb::Quote>> GetQuotes(pg::Session& db,
                                                 absl::Span<const pb::GetQuoteRequest* const> requests);
absl::StatusOr<pb::BatchGetQuotesResponse> BatchGetQuotes(pg::Session& db, const pb::BatchGetQuotesRequest& request,
                                                          const std::string& moment);
absl::StatusOr<pb::ListQuotesResponse> ListQuotes(pg::Session& db, const pb::ListQuotesRequest& request,
                                                  const std::string& moment);
absl::StatusOr<pb::CountQuotesResponse> CountQuotes(pg::Session& db, const pb::CountQuotesRequest& request,
                                                    const std::string& moment);
absl::StatusOr<pb::ListQuoteRevisionsResponse> ListQuoteRevisions(pg::Session& db,
                                                                  const pb::ListQuoteRevisionsRequest& request);

// Reads the quotes of `keys` as of `moment` until `most_bytes` are full; sets `taken` to how many of the keys were
// read.
absl::StatusOr<std::vector<pb::Quote>> ReadPage(pg::Session& db, const std::vector<PageKey>& keys,
                                                const std::string& moment, std::size_t most_bytes, std::size_t& taken);

}  // namespace onrecord::store
