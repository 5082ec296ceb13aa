// What is wrong with requests to UtteranceService, and what comparisons amount to.
#pragma once

#include <optional>

#include "absl/status/status.h"
#include "onrecord/v1/utterances.pb.h"

namespace onrecord::rules {

namespace pb = ::onrecord::v1;

absl::Status CheckFindSimilarQuotes(const pb::FindSimilarQuotesRequest& request);
absl::Status CheckVerifyQuote(const pb::VerifyQuoteRequest& request);
absl::Status CheckBatchVerifyQuotes(const pb::BatchVerifyQuotesRequest& request);
absl::Status CheckListQuoteLinks(const pb::ListQuoteLinksRequest& request);
absl::Status CheckSetQuoteLink(const pb::SetQuoteLinkRequest& request);

// Adds to the comparison what the quote itself says against it: a paraphrase, not said, retracted.
void FlagReference(const pb::Quote& quote, pb::WordingComparison& comparison);

// What a quote makes of words that are compared with it; nullopt when it does not bear them out.
std::optional<pb::QuoteVerdict> VerdictOf(const pb::SimilarQuote& similar);

// Whether so much of the words stands in the quote that its speaker is who said them.
bool IsSurelyOf(const pb::SimilarQuote& similar);

}  // namespace onrecord::rules
