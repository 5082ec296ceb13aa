// The gRPC service of claims, stances and reviews: each rpc is one line into the adaptor.
#pragma once

#include "onrecord/v1/claims.grpc.pb.h"
#include "services/api/call.h"

namespace onrecord {

class ClaimService final : public pb::ClaimService::CallbackService {
 public:
  explicit ClaimService(api::Runtime& runtime) : runtime_(runtime) {}

  grpc::ServerUnaryReactor* GetClaim(grpc::CallbackServerContext* context, const pb::GetClaimRequest* request,
                                     pb::GetClaimResponse* response) override;
  grpc::ServerUnaryReactor* ListClaims(grpc::CallbackServerContext* context, const pb::ListClaimsRequest* request,
                                       pb::ListClaimsResponse* response) override;
  grpc::ServerUnaryReactor* CreateClaim(grpc::CallbackServerContext* context, const pb::CreateClaimRequest* request,
                                        pb::CreateClaimResponse* response) override;
  grpc::ServerUnaryReactor* UpdateClaim(grpc::CallbackServerContext* context, const pb::UpdateClaimRequest* request,
                                        pb::UpdateClaimResponse* response) override;
  grpc::ServerUnaryReactor* MergeClaims(grpc::CallbackServerContext* context, const pb::MergeClaimsRequest* request,
                                        pb::MergeClaimsResponse* response) override;
  grpc::ServerUnaryReactor* RelateClaims(grpc::CallbackServerContext* context, const pb::RelateClaimsRequest* request,
                                         pb::RelateClaimsResponse* response) override;
  grpc::ServerUnaryReactor* UnrelateClaims(grpc::CallbackServerContext* context,
                                           const pb::UnrelateClaimsRequest* request,
                                           pb::UnrelateClaimsResponse* response) override;
  grpc::ServerUnaryReactor* ListClaimRelations(grpc::CallbackServerContext* context,
                                               const pb::ListClaimRelationsRequest* request,
                                               pb::ListClaimRelationsResponse* response) override;
  grpc::ServerUnaryReactor* GetStance(grpc::CallbackServerContext* context, const pb::GetStanceRequest* request,
                                      pb::GetStanceResponse* response) override;
  grpc::ServerUnaryReactor* ListStances(grpc::CallbackServerContext* context, const pb::ListStancesRequest* request,
                                        pb::ListStancesResponse* response) override;
  grpc::ServerUnaryReactor* SetStance(grpc::CallbackServerContext* context, const pb::SetStanceRequest* request,
                                      pb::SetStanceResponse* response) override;
  grpc::ServerUnaryReactor* RemoveStance(grpc::CallbackServerContext* context, const pb::RemoveStanceRequest* request,
                                         pb::RemoveStanceResponse* response) override;
  grpc::ServerUnaryReactor* ListStanceRevisions(grpc::CallbackServerContext* context,
                                                const pb::ListStanceRevisionsRequest* request,
                                                pb::ListStanceRevisionsResponse* response) override;
  grpc::ServerUnaryReactor* GetReview(grpc::CallbackServerContext* context, const pb::GetReviewRequest* request,
                                      pb::GetReviewResponse* response) override;
  grpc::ServerUnaryReactor* ListReviews(grpc::CallbackServerContext* context, const pb::ListReviewsRequest* request,
                                        pb::ListReviewsResponse* response) override;
  grpc::ServerUnaryReactor* CreateReview(grpc::CallbackServerContext* context, const pb::CreateReviewRequest* request,
                                         pb::CreateReviewResponse* response) override;
  grpc::ServerUnaryReactor* UpdateReview(grpc::CallbackServerContext* context, const pb::UpdateReviewRequest* request,
                                         pb::UpdateReviewResponse* response) override;
  grpc::ServerUnaryReactor* RetractReview(grpc::CallbackServerContext* context, const pb::RetractReviewRequest* request,
                                          pb::RetractReviewResponse* response) override;

 private:
  api::Runtime& runtime_;
};

}  // namespace onrecord
