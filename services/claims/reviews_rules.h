// What makes requests about reviews acceptable, and what follows from a review alone.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "onrecord/v1/claims.pb.h"
#include "services/api/violations.h"
#include "services/base/status.h"

namespace onrecord::rules {

// What is wrong with a review's content; `field` is "review" or "reviews[0]".
void CheckReviewContent(const std::string& field, const pb::Review& review, api::Violations& violations);
absl::Status CheckCreateReview(const pb::CreateReviewRequest& request);
// Besides the outcome of the change.
absl::Status CheckUpdateReview(const pb::UpdateReviewRequest& request);
absl::Status CheckReview(const pb::Review& review);
absl::Status CheckRetractReview(const pb::RetractReviewRequest& request);
absl::Status CheckListReviews(const pb::ListReviewsRequest& request);

// 0 (worst) to 1 (best); nullopt without a scale.
std::optional<double> Normalize(const pb::Review& review);
// What the rating means: by the scale in five equal parts, else by well-known words, else unspecified.
pb::Verdict VerdictOf(const pb::Review& review);
// 32 hexadecimal digits. `subject` and `reviewer` are names as given.
std::string ReviewId(std::string_view subject, std::string_view reviewer, std::string_view url,
                     std::string_view rating_text);

}  // namespace onrecord::rules
