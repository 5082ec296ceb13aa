// NoticeService of the public API: each rpc is one line into the adaptor, its handler has the rpc's name.
#pragma once

#include "onrecord/v1/notices.grpc.pb.h"
#include "services/api/call.h"

namespace onrecord {

class NoticeService final : public pb::NoticeService::CallbackService {
 public:
  explicit NoticeService(api::Runtime& runtime) : runtime_(runtime) {}

  grpc::ServerUnaryReactor* GetNotice(grpc::CallbackServerContext* context, const pb::GetNoticeRequest* request,
                                      pb::GetNoticeResponse* response) override;
  grpc::ServerUnaryReactor* ListNotices(grpc::CallbackServerContext* context, const pb::ListNoticesRequest* request,
                                        pb::ListNoticesResponse* response) override;
  grpc::ServerUnaryReactor* CreateNotice(grpc::CallbackServerContext* context, const pb::CreateNoticeRequest* request,
                                         pb::CreateNoticeResponse* response) override;
  grpc::ServerUnaryReactor* UpdateNotice(grpc::CallbackServerContext* context, const pb::UpdateNoticeRequest* request,
                                         pb::UpdateNoticeResponse* response) override;
  grpc::ServerUnaryReactor* WithdrawNotice(grpc::CallbackServerContext* context,
                                           const pb::WithdrawNoticeRequest* request,
                                           pb::WithdrawNoticeResponse* response) override;
  grpc::ServerUnaryReactor* ListAffected(grpc::CallbackServerContext* context, const pb::ListAffectedRequest* request,
                                         pb::ListAffectedResponse* response) override;
  grpc::ServerUnaryReactor* SetAffectedState(grpc::CallbackServerContext* context,
                                             const pb::SetAffectedStateRequest* request,
                                             pb::SetAffectedStateResponse* response) override;

 private:
  api::Runtime& runtime_;
};

}  // namespace onrecord
