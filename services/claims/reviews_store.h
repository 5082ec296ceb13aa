// Reviews in PostgreSQL: table reviews, in versions.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "onrecord/v1/claims.pb.h"
#include "services/api/call.h"

namespace onrecord::store {

// Calls of ClaimService.
absl::StatusOr<pb::Review> GetReview(pg::Session& db, const std::string& name, const std::string& moment);
absl::StatusOr<pb::ListReviewsResponse> ListReviews(pg::Session& db, const pb::ListReviewsRequest& request,
                                                    const std::string& moment);
absl::StatusOr<pb::Review> CreateReview(api::Call& call, const pb::CreateReviewRequest& request);
absl::StatusOr<pb::Review> UpdateReview(api::Call& call, const pb::UpdateReviewRequest& request);
absl::StatusOr<pb::Review> RetractReview(api::Call& call, const pb::RetractReviewRequest& request);

// The reviews of quotes (32 hexadecimal digits each) that stood at the moment, in the order of recording.
absl::StatusOr<std::vector<pb::Review>> ReviewsOfQuotes(pg::Session& db, absl::Span<const std::string> quotes,
                                                        const std::string& moment);

// For writers of many; in a transaction that holds the links of claims (HoldClaimLinks).

// A review as it is to be stored: what `review` says, of the claim or quote and by the outlet with these ids.
struct NewReview {
  std::string id;  // 32 hexadecimal digits
  pb::Review review;
  std::int64_t claim = 0;
  std::string quote;  // 32 hexadecimal digits; empty for a claim's review
  std::int64_t outlet = 0;
  int replaces = 0;  // the current revision; 0: there is none
};
struct CurrentReview {
  pb::Review review;
  int revision = 0;
  std::string via;  // through what it came
};
// Locks the ids until the transaction ends and gives what the record holds of them.
absl::StatusOr<std::map<std::string, CurrentReview>> LockReviews(pg::Session& db, absl::Span<const std::string> ids);
absl::Status PutReviews(pg::Session& db, absl::Span<const NewReview> reviews, std::string_view author,
                        std::string_view via, std::string_view reason);
// Whether two reviews say the same, as far as people and records can write it.
bool SameReview(const pb::Review& a, const pb::Review& b);

}  // namespace onrecord::store
