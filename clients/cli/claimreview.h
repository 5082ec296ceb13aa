// Fact-checks as publishers mark them up: ClaimReview of schema.org in JSON-LD, in all the shapes it is found in; and
// written back.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "clients/cli/documents.h"
#include "onrecord/v1/quotes.pb.h"
#include "onrecord/v1/reviews.pb.h"
#include "onrecord/v1/speakers.pb.h"

namespace onrecord::cli {

// The reviews in one document, wherever they stand in it. A review gives a record for each claimant, and for each
// place where one was seen to claim it; without a claimant, a record of the review alone. One with an unreadable date
// or without what a review needs is rejected by itself, with its JSON as the line.
DocumentRecords ReadClaimReviews(std::string_view document);

// Somebody who claims it, with the quote that says so.
struct Claimant {
  pb::Quote quote;
  pb::SpeakerKind kind = pb::SPEAKER_KIND_UNSPECIFIED;
};

// One line of JSON-LD that ReadClaimReviews reads as the same review of the same claim by the same claimants.
std::string ClaimReviewToJson(const pb::Review& review, const std::string& claim_text,
                              const std::vector<Claimant>& claimants);

}  // namespace onrecord::cli
