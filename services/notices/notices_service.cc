#include "services/notices/notices_service.h"

#include "services/api/as_of.h"
#include "services/notices/notices_affected.h"
#include "services/notices/notices_rules.h"
#include "services/notices/notices_store.h"

namespace onrecord {
namespace {

absl::StatusOr<pb::GetNoticeResponse> GetNotice(api::Call& call, const pb::GetNoticeRequest& request) {
  ASSIGN_OR_RETURN(const std::string moment, api::ReadAsOf(request));
  pb::GetNoticeResponse response;
  ASSIGN_OR_RETURN(*response.mutable_notice(), store::GetNotice(call.db(), request.name(), moment));
  return response;
}

absl::StatusOr<pb::ListNoticesResponse> ListNotices(api::Call& call, const pb::ListNoticesRequest& request) {
  RETURN_IF_ERROR(rules::CheckListNotices(request));
  ASSIGN_OR_RETURN(const std::string moment, api::ReadAsOf(request));
  return store::ListNotices(call.db(), request, moment);
}

absl::StatusOr<pb::CreateNoticeResponse> CreateNotice(api::Call& call, const pb::CreateNoticeRequest& request) {
  RETURN_IF_ERROR(rules::CheckCreateNotice(request));
  pb::CreateNoticeResponse response;
  ASSIGN_OR_RETURN(*response.mutable_notice(), store::CreateNotice(call, request));
  return response;
}

absl::StatusOr<pb::UpdateNoticeResponse> UpdateNotice(api::Call& call, const pb::UpdateNoticeRequest& request) {
  RETURN_IF_ERROR(rules::CheckUpdateNotice(request));
  pb::UpdateNoticeResponse response;
  ASSIGN_OR_RETURN(*response.mutable_notice(), store::UpdateNotice(call, request));
  return response;
}

absl::StatusOr<pb::WithdrawNoticeResponse> WithdrawNotice(api::Call& call, const pb::WithdrawNoticeRequest& request) {
  RETURN_IF_ERROR(rules::CheckWithdrawNotice(request));
  pb::WithdrawNoticeResponse response;
  ASSIGN_OR_RETURN(*response.mutable_notice(), store::WithdrawNotice(call, request));
  return response;
}

absl::StatusOr<pb::ListAffectedResponse> ListAffected(api::Call& call, const pb::ListAffectedRequest& request) {
  RETURN_IF_ERROR(rules::CheckListAffected(request));
  ASSIGN_OR_RETURN(const std::string moment, api::ReadAsOf(request));
  return store::ListAffected(call.db(), request, moment);
}

absl::StatusOr<pb::SetAffectedStateResponse> SetAffectedState(api::Call& call,
                                                              const pb::SetAffectedStateRequest& request) {
  RETURN_IF_ERROR(rules::CheckSetAffectedState(request));
  pb::SetAffectedStateResponse response;
  ASSIGN_OR_RETURN(*response.mutable_affected(), store::SetAffectedState(call, request));
  return response;
}

}  // namespace

grpc::ServerUnaryReactor* NoticeService::GetNotice(grpc::CallbackServerContext* context,
                                                   const pb::GetNoticeRequest* request,
                                                   pb::GetNoticeResponse* response) {
  return api::Serve(runtime_, runtime_.read, context, "GetNotice", request, response, onrecord::GetNotice);
}

grpc::ServerUnaryReactor* NoticeService::ListNotices(grpc::CallbackServerContext* context,
                                                     const pb::ListNoticesRequest* request,
                                                     pb::ListNoticesResponse* response) {
  return api::Serve(runtime_, runtime_.read, context, "ListNotices", request, response, onrecord::ListNotices);
}

grpc::ServerUnaryReactor* NoticeService::CreateNotice(grpc::CallbackServerContext* context,
                                                      const pb::CreateNoticeRequest* request,
                                                      pb::CreateNoticeResponse* response) {
  return api::Serve(runtime_, runtime_.write, context, "CreateNotice", request, response, onrecord::CreateNotice);
}

grpc::ServerUnaryReactor* NoticeService::UpdateNotice(grpc::CallbackServerContext* context,
                                                      const pb::UpdateNoticeRequest* request,
                                                      pb::UpdateNoticeResponse* response) {
  return api::Serve(runtime_, runtime_.write, context, "UpdateNotice", request, response, onrecord::UpdateNotice);
}

grpc::ServerUnaryReactor* NoticeService::WithdrawNotice(grpc::CallbackServerContext* context,
                                                        const pb::WithdrawNoticeRequest* request,
                                                        pb::WithdrawNoticeResponse* response) {
  return api::Serve(runtime_, runtime_.write, context, "WithdrawNotice", request, response, onrecord::WithdrawNotice);
}

grpc::ServerUnaryReactor* NoticeService::ListAffected(grpc::CallbackServerContext* context,
                                                      const pb::ListAffectedRequest* request,
                                                      pb::ListAffectedResponse* response) {
  return api::Serve(runtime_, runtime_.read, context, "ListAffected", request, response, onrecord::ListAffected);
}

grpc::ServerUnaryReactor* NoticeService::SetAffectedState(grpc::CallbackServerContext* context,
                                                          const pb::SetAffectedStateRequest* request,
                                                          pb::SetAffectedStateResponse* response) {
  return api::Serve(runtime_, runtime_.write, context, "SetAffectedState", request, response,
                    onrecord::SetAffectedState);
}

}  // namespace onrecord
