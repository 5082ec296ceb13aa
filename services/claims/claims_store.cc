#include "services/claims/claims_store.h"

#include "services/claims/claims_rules.h"
#include "services/names/names_rules.h"
#include "services/names/names_store.h"

namespace onrecord::store {
namespace {

pb::Claim WithKind(pb::Claim claim) {
  if (claim.kind() == pb::CLAIM_KIND_UNSPECIFIED) claim.set_kind(pb::CLAIM_KIND_FACT);
  return claim;
}

absl::StatusOr<NameState> StateOf(pg::Session& db, const pb::Claim& claim) {
  const std::vector<std::string> topics(claim.topics().begin(), claim.topics().end());
  ASSIGN_OR_RETURN(const std::vector<std::int64_t> ids, RequireIds(db, NameTable::kTopics, "claim.topics", topics));
  std::vector<FoundBy> found_by = FoundByDisplayName(claim.text(), /*last_word=*/false);
  for (const std::string& alias : claim.aliases()) {
    found_by.push_back({pb::RESOLVE_REASON_OTHER_NAME, alias, FoldName(alias)});
  }
  return NameState{claim.text(), ToBody(claim), std::move(found_by), {pg::IntArray(ids)}};
}

}  // namespace

absl::StatusOr<pb::ListClaimsResponse> ListClaims(pg::Session& db, const pb::ListClaimsRequest& request) {
  std::vector<std::string> topics;
  if (!request.topic().empty()) topics.push_back(request.topic());
  ASSIGN_OR_RETURN(const std::vector<std::int64_t> ids, RequireIds(db, NameTable::kTopics, "topic", topics));
  pb::ListClaimsResponse response;
  RETURN_IF_ERROR(ListNames(db, request, ids.empty() ? 0 : ids.front(), *response.mutable_claims(),
                            *response.mutable_next_page_token()));
  return response;
}

absl::StatusOr<pb::Claim> CreateClaim(api::Call& call, const pb::CreateClaimRequest& request) {
  return CreateName(call, request, request.claim_id(), request.claim(), [&](const std::string& slug) -> absl::Status {
    ASSIGN_OR_RETURN(const NameState state, StateOf(call.db(), WithKind(request.claim())));
    return InsertName(call, NameTable::kClaims, slug, state).status();
  });
}

absl::StatusOr<pb::Claim> UpdateClaim(api::Call& call, const pb::UpdateClaimRequest& request) {
  return ChangeName(call, request, "claim.name", WithKind(request.claim()),
                    rules::ChangedFields<pb::Claim>(request.update_mask()), rules::CheckClaim,
                    [&](std::int64_t id, const pb::Claim&, const pb::Claim& next) -> absl::Status {
                      ASSIGN_OR_RETURN(const NameState state, StateOf(call.db(), next));
                      return UpdateName(call, NameTable::kClaims, id, request.reason(), state);
                    });
}

}  // namespace onrecord::store
