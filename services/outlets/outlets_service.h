// The gRPC service of outlets: each rpc is one line into the adaptor.
#pragma once

#include "onrecord/v1/outlets.grpc.pb.h"
#include "services/api/call.h"

namespace onrecord {

class OutletService final : public pb::OutletService::CallbackService {
 public:
  explicit OutletService(api::Runtime& runtime) : runtime_(runtime) {}

  grpc::ServerUnaryReactor* GetOutlet(grpc::CallbackServerContext* context, const pb::GetOutletRequest* request,
                                      pb::GetOutletResponse* response) override;
  grpc::ServerUnaryReactor* ListOutlets(grpc::CallbackServerContext* context, const pb::ListOutletsRequest* request,
                                        pb::ListOutletsResponse* response) override;
  grpc::ServerUnaryReactor* CreateOutlet(grpc::CallbackServerContext* context, const pb::CreateOutletRequest* request,
                                         pb::CreateOutletResponse* response) override;
  grpc::ServerUnaryReactor* UpdateOutlet(grpc::CallbackServerContext* context, const pb::UpdateOutletRequest* request,
                                         pb::UpdateOutletResponse* response) override;

 private:
  api::Runtime& runtime_;
};

}  // namespace onrecord
