#include "services/claims/reviews_rules.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "services/api/text.h"
#include "services/names/names_rules.h"

namespace onrecord::rules {
namespace {

constexpr std::size_t kMostRatingCodePoints = 500;
constexpr std::size_t kMostTitleCodePoints = 1000;

void CheckRating(const std::string& field, const pb::Rating& rating, api::Violations& violations) {
  const double low = std::min(rating.best(), rating.worst());
  const double high = std::max(rating.best(), rating.worst());
  if (!std::isfinite(rating.value()) || !std::isfinite(low) || !std::isfinite(high)) {
    violations.Add(pb::ERROR_REASON_VALUE_INVALID, field, "is no number; give value, best and worst as numbers");
  } else if (low == high) {
    violations.Add(pb::ERROR_REASON_VALUE_INVALID, field,
                   absl::StrCat("best and worst are both ", low, "; give both ends of the scale"));
  } else if (rating.value() < low || rating.value() > high) {
    violations.Add(
        pb::ERROR_REASON_VALUE_INVALID, absl::StrCat(field, ".value"),
        absl::StrCat(rating.value(), " is outside the scale ", low, " to ", high, "; correct it, or best and worst"));
  }
}

}  // namespace

void CheckReviewContent(const std::string& field, const pb::Review& review, api::Violations& violations) {
  const auto path = [&](const char* name) { return absl::StrCat(field, ".", name); };
  violations.Text(path("rating_text"), review.rating_text(), 1, kMostRatingCodePoints);
  if (review.has_rating()) CheckRating(path("rating"), review.rating(), violations);
  violations.Enum(path("verdict"), pb::Verdict_IsValid(review.verdict()), review.verdict());
  violations.Url(path("url"), review.url());
  violations.Text(path("title"), review.title(), 0, kMostTitleCodePoints);
  violations.Dates(path("reviewed"), review.reviewed());
  violations.Language(path("language"), review.language());
  violations.Text(path("note"), review.note(), 0, kMostNoteCodePoints);
}

absl::Status CheckReview(const pb::Review& review) {
  api::Violations violations;
  CheckReviewContent("review", review, violations);
  return violations.Status();
}

absl::Status CheckCreateReview(const pb::CreateReviewRequest& request) {
  api::Violations violations;
  const pb::Review& review = request.review();
  if (review.claim().empty() == review.quote().empty()) {
    violations.Add(pb::ERROR_REASON_FIELD_REQUIRED, "review.claim",
                   "a review is of one claim or of one quote; give claim or quote, not both");
  }
  if (!review.claim().empty()) violations.Name("review.claim", review.claim(), "claims/");
  if (!review.quote().empty()) violations.Name("review.quote", review.quote(), "quotes/");
  violations.Name("review.reviewer", review.reviewer(), "outlets/");
  CheckReviewContent("review", review, violations);
  violations.RequestId(request.request_id());
  return violations.Status();
}

absl::Status CheckUpdateReview(const pb::UpdateReviewRequest& request) {
  api::Violations violations;
  for (const std::string& path : request.update_mask().paths()) {
    if (path == "claim" || path == "quote" || path == "reviewer") {
      violations.Add(pb::ERROR_REASON_VALUE_INVALID, "update_mask",
                     absl::StrCat("\"", path, "\" tells which review it is; record another review instead"));
    }
  }
  RETURN_IF_ERROR(violations.Status());
  return CheckUpdate(request, "review", request.review(), "reviews/");
}

absl::Status CheckRetractReview(const pb::RetractReviewRequest& request) {
  api::Violations violations;
  violations.Text("reason", request.reason(), 1, kMostReasonCodePoints);
  violations.RequestId(request.request_id());
  return violations.Status();
}

absl::Status CheckListReviews(const pb::ListReviewsRequest& request) {
  api::Violations violations;
  if (!request.claim().empty()) violations.Name("claim", request.claim(), "claims/");
  if (!request.quote().empty()) violations.Name("quote", request.quote(), "quotes/");
  if (!request.reviewer().empty()) violations.Name("reviewer", request.reviewer(), "outlets/");
  for (const int verdict : request.verdicts()) violations.Enum("verdicts", pb::Verdict_IsValid(verdict), verdict);
  return violations.Status();
}

std::optional<double> Normalize(const pb::Review& review) {
  if (!review.has_rating()) return std::nullopt;
  const pb::Rating& rating = review.rating();
  return (rating.value() - rating.worst()) / (rating.best() - rating.worst());
}

pb::Verdict VerdictOf(const pb::Review& review) {
  if (const std::optional<double> value = Normalize(review)) {
    const int fifth = static_cast<int>(std::ceil(*value * 5 - 1e-9));
    return static_cast<pb::Verdict>(std::clamp(fifth, 1, 5));
  }
  // Words of reviewers in wide use, folded.
  static const std::map<std::string_view, pb::Verdict> kWords = {
      {"true", pb::VERDICT_CREDIBLE},
      {"correct", pb::VERDICT_CREDIBLE},
      {"accurate", pb::VERDICT_CREDIBLE},
      {"correct attribution", pb::VERDICT_CREDIBLE},
      {"mostly true", pb::VERDICT_MOSTLY_CREDIBLE},
      {"mostly correct", pb::VERDICT_MOSTLY_CREDIBLE},
      {"mostly accurate", pb::VERDICT_MOSTLY_CREDIBLE},
      {"half true", pb::VERDICT_UNCERTAIN},
      {"half-true", pb::VERDICT_UNCERTAIN},
      {"mixture", pb::VERDICT_UNCERTAIN},
      {"mixed", pb::VERDICT_UNCERTAIN},
      {"unproven", pb::VERDICT_UNCERTAIN},
      {"unverified", pb::VERDICT_UNCERTAIN},
      {"needs context", pb::VERDICT_UNCERTAIN},
      {"missing context", pb::VERDICT_UNCERTAIN},
      {"mostly false", pb::VERDICT_MOSTLY_NOT_CREDIBLE},
      {"mostly-false", pb::VERDICT_MOSTLY_NOT_CREDIBLE},
      {"mostly inaccurate", pb::VERDICT_MOSTLY_NOT_CREDIBLE},
      {"barely true", pb::VERDICT_MOSTLY_NOT_CREDIBLE},
      {"barely-true", pb::VERDICT_MOSTLY_NOT_CREDIBLE},
      {"misleading", pb::VERDICT_MOSTLY_NOT_CREDIBLE},
      {"exaggerated", pb::VERDICT_MOSTLY_NOT_CREDIBLE},
      {"false", pb::VERDICT_NOT_CREDIBLE},
      {"incorrect", pb::VERDICT_NOT_CREDIBLE},
      {"inaccurate", pb::VERDICT_NOT_CREDIBLE},
      {"fake", pb::VERDICT_NOT_CREDIBLE},
      {"hoax", pb::VERDICT_NOT_CREDIBLE},
      {"pants on fire", pb::VERDICT_NOT_CREDIBLE},
      {"pants-fire", pb::VERDICT_NOT_CREDIBLE},
      {"misattributed", pb::VERDICT_NOT_CREDIBLE},
  };
  const auto found = kWords.find(api::Fold(review.rating_text()));
  return found == kWords.end() ? pb::VERDICT_UNSPECIFIED : found->second;
}

std::string ReviewId(std::string_view subject, std::string_view reviewer, std::string_view url,
                     std::string_view rating_text) {
  return api::Identity()
      .Add("review")
      .Add(subject)
      .Add(reviewer)
      .Add(url)
      .Add(url.empty() ? api::Fold(rating_text) : "")
      .Hex();
}

}  // namespace onrecord::rules
