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

void CheckKind(api::Violations& violations, const std::string& field, int kind) {
  if (kind == pb::CLAIM_RELATION_KIND_UNSPECIFIED || !pb::ClaimRelationKind_IsValid(kind)) {
    violations.Add(pb::ERROR_REASON_FIELD_REQUIRED, field,
                   "is missing or unknown; choose SAME, NEGATION_OF, ENTAILS, CONTRADICTS, NARROWER or RELATED");
  }
}

// Two different claims.
void CheckPair(api::Violations& violations, const std::string& one_field, const std::string& one,
               const std::string& other_field, const std::string& other) {
  violations.Name(one_field, one, "claims/");
  violations.Name(other_field, other, "claims/");
  if (one == other) violations.Add(pb::ERROR_REASON_VALUE_INVALID, other_field, "is the same claim; name another one");
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

absl::Status CheckMergeClaims(const pb::MergeClaimsRequest& request) {
  api::Violations violations;
  CheckPair(violations, "claim", request.claim(), "into", request.into());
  violations.Text("reason", request.reason(), 1, kMostReasonCodePoints);
  violations.RequestId(request.request_id());
  return violations.Status();
}

absl::Status CheckRelateClaims(const pb::RelateClaimsRequest& request) {
  api::Violations violations;
  const pb::ClaimRelation& relation = request.relation();
  CheckPair(violations, "relation.claim", relation.claim(), "relation.other", relation.other());
  CheckKind(violations, "relation.kind", relation.kind());
  violations.Text("relation.note", relation.note(), 0, kMostNoteCodePoints);
  violations.RequestId(request.request_id());
  return violations.Status();
}

absl::Status CheckUnrelateClaims(const pb::UnrelateClaimsRequest& request) {
  api::Violations violations;
  CheckPair(violations, "claim", request.claim(), "other", request.other());
  CheckKind(violations, "kind", request.kind());
  violations.Text("reason", request.reason(), 1, kMostReasonCodePoints);
  violations.RequestId(request.request_id());
  return violations.Status();
}

absl::Status CheckListClaimRelations(const pb::ListClaimRelationsRequest& request) {
  api::Violations violations;
  violations.Name("claim", request.claim(), "claims/");
  for (const int kind : request.kinds()) CheckKind(violations, "kinds", kind);
  return violations.Status();
}

}  // namespace onrecord::rules
