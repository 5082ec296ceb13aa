#include "services/claims/claims_rules.h"

#include "services/names/names_rules.h"

namespace onrecord::rules {
namespace {

constexpr std::size_t kMostClaimCodePoints = 2000;
constexpr int kMostWordings = 100;
constexpr int kMostTopics = 50;

void Check(api::Violations& violations, const pb::Claim& claim) {
  violations.Text("claim.text", claim.text(), 1, kMostClaimCodePoints);
  violations.Enum("claim.kind", pb::ClaimKind_IsValid(claim.kind()), claim.kind());
  violations.Count("claim.topics", claim.topics_size(), kMostTopics);
  for (int i = 0; i < claim.topics_size(); ++i) {
    violations.Name(absl::StrCat("claim.topics[", i, "]"), claim.topics(i), "topics/");
  }
  violations.Count("claim.aliases", claim.aliases_size(), kMostWordings);
  for (int i = 0; i < claim.aliases_size(); ++i) {
    violations.Text(absl::StrCat("claim.aliases[", i, "]"), claim.aliases(i), 1, kMostClaimCodePoints);
  }
  violations.Text("claim.note", claim.note(), 0, kMostNoteCodePoints);
}

}  // namespace

absl::Status CheckClaim(const pb::Claim& claim) {
  api::Violations violations;
  Check(violations, claim);
  return violations.Status();
}

absl::Status CheckListClaims(const pb::ListClaimsRequest& request) {
  api::Violations violations;
  CheckList(violations, request);
  if (!request.topic().empty()) violations.Name("topic", request.topic(), "topics/");
  return violations.Status();
}

absl::Status CheckCreateClaim(const pb::CreateClaimRequest& request) {
  api::Violations violations;
  CheckCreate(violations, request, "claim_id", request.claim_id());
  Check(violations, request.claim());
  return violations.Status();
}

absl::Status CheckUpdateClaim(const pb::UpdateClaimRequest& request) {
  return CheckUpdate(request, "claim", request.claim(), "claims/");
}

}  // namespace onrecord::rules
