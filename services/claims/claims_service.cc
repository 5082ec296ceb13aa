#include "services/claims/claims_service.h"

#include "services/claims/claims_rules.h"
#include "services/claims/claims_store.h"
#include "services/names/names_rules.h"
#include "services/names/names_store.h"

namespace onrecord {
namespace {

absl::StatusOr<pb::GetClaimResponse> GetClaim(api::Call& call, const pb::GetClaimRequest& request) {
  RETURN_IF_ERROR(rules::CheckGet(request.name(), "claims/"));
  pb::GetClaimResponse response;
  ASSIGN_OR_RETURN(*response.mutable_claim(), store::GetName<pb::Claim>(call.db(), "name", request.name()));
  return response;
}

absl::StatusOr<pb::ListClaimsResponse> ListClaims(api::Call& call, const pb::ListClaimsRequest& request) {
  RETURN_IF_ERROR(rules::CheckListClaims(request));
  return store::ListClaims(call.db(), request);
}

absl::StatusOr<pb::CreateClaimResponse> CreateClaim(api::Call& call, const pb::CreateClaimRequest& request) {
  RETURN_IF_ERROR(rules::CheckCreateClaim(request));
  pb::CreateClaimResponse response;
  ASSIGN_OR_RETURN(*response.mutable_claim(), store::CreateClaim(call, request));
  return response;
}

absl::StatusOr<pb::UpdateClaimResponse> UpdateClaim(api::Call& call, const pb::UpdateClaimRequest& request) {
  RETURN_IF_ERROR(rules::CheckUpdateClaim(request));
  pb::UpdateClaimResponse response;
  ASSIGN_OR_RETURN(*response.mutable_claim(), store::UpdateClaim(call, request));
  return response;
}

}  // namespace

grpc::ServerUnaryReactor* ClaimService::GetClaim(grpc::CallbackServerContext* context,
                                                 const pb::GetClaimRequest* request, pb::GetClaimResponse* response) {
  return api::Serve(runtime_, runtime_.read, context, "GetClaim", request, response, onrecord::GetClaim);
}

grpc::ServerUnaryReactor* ClaimService::ListClaims(grpc::CallbackServerContext* context,
                                                   const pb::ListClaimsRequest* request,
                                                   pb::ListClaimsResponse* response) {
  return api::Serve(runtime_, runtime_.read, context, "ListClaims", request, response, onrecord::ListClaims);
}

grpc::ServerUnaryReactor* ClaimService::CreateClaim(grpc::CallbackServerContext* context,
                                                    const pb::CreateClaimRequest* request,
                                                    pb::CreateClaimResponse* response) {
  return api::Serve(runtime_, runtime_.write, context, "CreateClaim", request, response, onrecord::CreateClaim);
}

grpc::ServerUnaryReactor* ClaimService::UpdateClaim(grpc::CallbackServerContext* context,
                                                    const pb::UpdateClaimRequest* request,
                                                    pb::UpdateClaimResponse* response) {
  return api::Serve(runtime_, runtime_.write, context, "UpdateClaim", request, response, onrecord::UpdateClaim);
}

}  // namespace onrecord
