// The gRPC service of claims: each rpc is one line into the adaptor.
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

 private:
  api::Runtime& runtime_;
};

}  // namespace onrecord
