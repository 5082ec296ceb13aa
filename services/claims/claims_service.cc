#include "services/claims/claims_service.h"

#include "services/api/as_of.h"
#include "services/claims/claims_rules.h"
#include "services/claims/claims_store.h"
#include "services/claims/reviews_rules.h"
#include "services/claims/reviews_store.h"
#include "services/claims/stances_rules.h"
#include "services/claims/stances_store.h"
#include "services/names/names_rules.h"
#include "services/names/names_store.h"

namespace onrecord {
namespace {

absl::StatusOr<pb::GetClaimResponse> GetClaim(api::Call& call, const pb::GetClaimRequest& request) {
  RETURN_IF_ERROR(rules::CheckGet(request.name(), "claims/"));
  ASSIGN_OR_RETURN(const std::string moment, api::ReadAsOf(request));
  pb::GetClaimResponse response;
  ASSIGN_OR_RETURN(*response.mutable_claim(), store::GetName<pb::Claim>(call.db(), "name", request.name(), moment));
  return response;
}

absl::StatusOr<pb::ListClaimsResponse> ListClaims(api::Call& call, const pb::ListClaimsRequest& request) {
  RETURN_IF_ERROR(rules::CheckListClaims(request));
  ASSIGN_OR_RETURN(const std::string moment, api::ReadAsOf(request));
  return store::ListClaims(call.db(), request, moment);
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

absl::StatusOr<pb::MergeClaimsResponse> MergeClaims(api::Call& call, const pb::MergeClaimsRequest& request) {
  RETURN_IF_ERROR(rules::CheckMergeClaims(request));
  return store::MergeClaims(call, request);
}

absl::StatusOr<pb::RelateClaimsResponse> RelateClaims(api::Call& call, const pb::RelateClaimsRequest& request) {
  RETURN_IF_ERROR(rules::CheckRelateClaims(request));
  pb::RelateClaimsResponse response;
  ASSIGN_OR_RETURN(*response.mutable_relation(), store::RelateClaims(call, request));
  return response;
}

absl::StatusOr<pb::UnrelateClaimsResponse> UnrelateClaims(api::Call& call, const pb::UnrelateClaimsRequest& request) {
  RETURN_IF_ERROR(rules::CheckUnrelateClaims(request));
  RETURN_IF_ERROR(store::UnrelateClaims(call, request));
  return pb::UnrelateClaimsResponse();
}

absl::StatusOr<pb::ListClaimRelationsResponse> ListClaimRelations(api::Call& call,
                                                                  const pb::ListClaimRelationsRequest& request) {
  RETURN_IF_ERROR(rules::CheckListClaimRelations(request));
  ASSIGN_OR_RETURN(const std::string moment, api::ReadAsOf(request));
  return store::ListClaimRelations(call.db(), request, moment);
}

absl::StatusOr<pb::GetStanceResponse> GetStance(api::Call& call, const pb::GetStanceRequest& request) {
  ASSIGN_OR_RETURN(const std::string moment, api::ReadAsOf(request));
  pb::GetStanceResponse response;
  ASSIGN_OR_RETURN(*response.mutable_stance(), store::GetStance(call.db(), "name", request.name(), moment));
  return response;
}

absl::StatusOr<pb::ListStancesResponse> ListStances(api::Call& call, const pb::ListStancesRequest& request) {
  RETURN_IF_ERROR(rules::CheckListStances(request));
  ASSIGN_OR_RETURN(const std::string moment, api::ReadAsOf(request));
  return store::ListStances(call.db(), request, moment);
}

absl::StatusOr<pb::SetStanceResponse> SetStance(api::Call& call, const pb::SetStanceRequest& request) {
  RETURN_IF_ERROR(rules::CheckSetStance(request));
  pb::SetStanceResponse response;
  ASSIGN_OR_RETURN(*response.mutable_stance(), store::SetStance(call, request));
  return response;
}

absl::StatusOr<pb::RemoveStanceResponse> RemoveStance(api::Call& call, const pb::RemoveStanceRequest& request) {
  RETURN_IF_ERROR(rules::CheckRemoveStance(request));
  pb::RemoveStanceResponse response;
  ASSIGN_OR_RETURN(*response.mutable_stance(), store::RemoveStance(call, request));
  return response;
}

absl::StatusOr<pb::ListStanceRevisionsResponse> ListStanceRevisions(api::Call& call,
                                                                    const pb::ListStanceRevisionsRequest& request) {
  return store::ListStanceRevisions(call.db(), request);
}

absl::StatusOr<pb::GetReviewResponse> GetReview(api::Call& call, const pb::GetReviewRequest& request) {
  ASSIGN_OR_RETURN(const std::string moment, api::ReadAsOf(request));
  pb::GetReviewResponse response;
  ASSIGN_OR_RETURN(*response.mutable_review(), store::GetReview(call.db(), request.name(), moment));
  return response;
}

absl::StatusOr<pb::ListReviewsResponse> ListReviews(api::Call& call, const pb::ListReviewsRequest& request) {
  RETURN_IF_ERROR(rules::CheckListReviews(request));
  ASSIGN_OR_RETURN(const std::string moment, api::ReadAsOf(request));
  return store::ListReviews(call.db(), request, moment);
}

absl::StatusOr<pb::CreateReviewResponse> CreateReview(api::Call& call, const pb::CreateReviewRequest& request) {
  RETURN_IF_ERROR(rules::CheckCreateReview(request));
  pb::CreateReviewResponse response;
  ASSIGN_OR_RETURN(*response.mutable_review(), store::CreateReview(call, request));
  return response;
}

absl::StatusOr<pb::UpdateReviewResponse> UpdateReview(api::Call& call, const pb::UpdateReviewRequest& request) {
  RETURN_IF_ERROR(rules::CheckUpdateReview(request));
  pb::UpdateReviewResponse response;
  ASSIGN_OR_RETURN(*response.mutable_review(), store::UpdateReview(call, request));
  return response;
}

absl::StatusOr<pb::RetractReviewResponse> RetractReview(api::Call& call, const pb::RetractReviewRequest& request) {
  RETURN_IF_ERROR(rules::CheckRetractReview(request));
  pb::RetractReviewResponse response;
  ASSIGN_OR_RETURN(*response.mutable_review(), store::RetractReview(call, request));
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

grpc::ServerUnaryReactor* ClaimService::MergeClaims(grpc::CallbackServerContext* context,
                                                    const pb::MergeClaimsRequest* request,
                                                    pb::MergeClaimsResponse* response) {
  return api::Serve(runtime_, runtime_.write, context, "MergeClaims", request, response, onrecord::MergeClaims);
}

grpc::ServerUnaryReactor* ClaimService::RelateClaims(grpc::CallbackServerContext* context,
                                                     const pb::RelateClaimsRequest* request,
                                                     pb::RelateClaimsResponse* response) {
  return api::Serve(runtime_, runtime_.write, context, "RelateClaims", request, response, onrecord::RelateClaims);
}

grpc::ServerUnaryReactor* ClaimService::UnrelateClaims(grpc::CallbackServerContext* context,
                                                       const pb::UnrelateClaimsRequest* request,
                                                       pb::UnrelateClaimsResponse* response) {
  return api::Serve(runtime_, runtime_.write, context, "UnrelateClaims", request, response, onrecord::UnrelateClaims);
}

grpc::ServerUnaryReactor* ClaimService::ListClaimRelations(grpc::CallbackServerContext* context,
                                                           const pb::ListClaimRelationsRequest* request,
                                                           pb::ListClaimRelationsResponse* response) {
  return api::Serve(runtime_, runtime_.read, context, "ListClaimRelations", request, response,
                    onrecord::ListClaimRelations);
}

grpc::ServerUnaryReactor* ClaimService::GetStance(grpc::CallbackServerContext* context,
                                                  const pb::GetStanceRequest* request,
                                                  pb::GetStanceResponse* response) {
  return api::Serve(runtime_, runtime_.read, context, "GetStance", request, response, onrecord::GetStance);
}

grpc::ServerUnaryReactor* ClaimService::ListStances(grpc::CallbackServerContext* context,
                                                    const pb::ListStancesRequest* request,
                                                    pb::ListStancesResponse* response) {
  return api::Serve(runtime_, runtime_.read, context, "ListStances", request, response, onrecord::ListStances);
}

grpc::ServerUnaryReactor* ClaimService::SetStance(grpc::CallbackServerContext* context,
                                                  const pb::SetStanceRequest* request,
                                                  pb::SetStanceResponse* response) {
  return api::Serve(runtime_, runtime_.write, context, "SetStance", request, response, onrecord::SetStance);
}

grpc::ServerUnaryReactor* ClaimService::RemoveStance(grpc::CallbackServerContext* context,
                                                     const pb::RemoveStanceRequest* request,
                                                     pb::RemoveStanceResponse* response) {
  return api::Serve(runtime_, runtime_.write, context, "RemoveStance", request, response, onrecord::RemoveStance);
}

grpc::ServerUnaryReactor* ClaimService::ListStanceRevisions(grpc::CallbackServerContext* context,
                                                            const pb::ListStanceRevisionsRequest* request,
                                                            pb::ListStanceRevisionsResponse* response) {
  return api::Serve(runtime_, runtime_.read, context, "ListStanceRevisions", request, response,
                    onrecord::ListStanceRevisions);
}

grpc::ServerUnaryReactor* ClaimService::GetReview(grpc::CallbackServerContext* context,
                                                  const pb::GetReviewRequest* request,
                                                  pb::GetReviewResponse* response) {
  return api::Serve(runtime_, runtime_.read, context, "GetReview", request, response, onrecord::GetReview);
}

grpc::ServerUnaryReactor* ClaimService::ListReviews(grpc::CallbackServerContext* context,
                                                    const pb::ListReviewsRequest* request,
                                                    pb::ListReviewsResponse* response) {
  return api::Serve(runtime_, runtime_.read, context, "ListReviews", request, response, onrecord::ListReviews);
}

grpc::ServerUnaryReactor* ClaimService::CreateReview(grpc::CallbackServerContext* context,
                                                     const pb::CreateReviewRequest* request,
                                                     pb::CreateReviewResponse* response) {
  return api::Serve(runtime_, runtime_.write, context, "CreateReview", request, response, onrecord::CreateReview);
}

grpc::ServerUnaryReactor* ClaimService::UpdateReview(grpc::CallbackServerContext* context,
                                                     const pb::UpdateReviewRequest* request,
                                                     pb::UpdateReviewResponse* response) {
  return api::Serve(runtime_, runtime_.write, context, "UpdateReview", request, response, onrecord::UpdateReview);
}

grpc::ServerUnaryReactor* ClaimService::RetractReview(grpc::CallbackServerContext* context,
                                                      const pb::RetractReviewRequest* request,
                                                      pb::RetractReviewResponse* response) {
  return api::Serve(runtime_, runtime_.write, context, "RetractReview", request, response, onrecord::RetractReview);
}

}  // namespace onrecord
