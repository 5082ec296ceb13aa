#include "services/timeline/timeline_service.h"

#include "services/timeline/history_store.h"
#include "services/timeline/timeline_store.h"

namespace onrecord {
namespace {

absl::StatusOr<pb::GetTimelineResponse> GetTimeline(api::Call& call, const pb::GetTimelineRequest& request) {
  return store::GetTimeline(call.db(), request);
}

absl::StatusOr<pb::GetStanceHistoryResponse> GetStanceHistory(api::Call& call,
                                                              const pb::GetStanceHistoryRequest& request) {
  return store::GetStanceHistory(call.db(), request);
}

absl::StatusOr<pb::ListReversalsResponse> ListReversals(api::Call& call, const pb::ListReversalsRequest& request) {
  return store::ListReversals(call.db(), request);
}

absl::StatusOr<pb::ListContradictionsResponse> ListContradictions(api::Call& call,
                                                                  const pb::ListContradictionsRequest& request) {
  return store::ListContradictions(call.db(), request);
}

absl::StatusOr<pb::GetFirstsResponse> GetFirsts(api::Call& call, const pb::GetFirstsRequest& request) {
  return store::GetFirsts(call.db(), request);
}

absl::StatusOr<pb::CompareOutletsResponse> CompareOutlets(api::Call& call, const pb::CompareOutletsRequest& request) {
  return store::CompareOutlets(call.db(), request);
}

absl::StatusOr<pb::LabelChangeResponse> LabelChange(api::Call& call, const pb::LabelChangeRequest& request) {
  RETURN_IF_ERROR(store::LabelChange(call, request));
  return pb::LabelChangeResponse();
}

}  // namespace

grpc::ServerUnaryReactor* TimelineService::GetTimeline(grpc::CallbackServerContext* context,
                                                       const pb::GetTimelineRequest* request,
                                                       pb::GetTimelineResponse* response) {
  return api::Serve(runtime_, runtime_.read, context, "GetTimeline", request, response, onrecord::GetTimeline);
}

grpc::ServerUnaryReactor* TimelineService::GetStanceHistory(grpc::CallbackServerContext* context,
                                                            const pb::GetStanceHistoryRequest* request,
                                                            pb::GetStanceHistoryResponse* response) {
  return api::Serve(runtime_, runtime_.read, context, "GetStanceHistory", request, response,
                    onrecord::GetStanceHistory);
}

grpc::ServerUnaryReactor* TimelineService::ListReversals(grpc::CallbackServerContext* context,
                                                         const pb::ListReversalsRequest* request,
                                                         pb::ListReversalsResponse* response) {
  return api::Serve(runtime_, runtime_.read, context, "ListReversals", request, response, onrecord::ListReversals);
}

grpc::ServerUnaryReactor* TimelineService::ListContradictions(grpc::CallbackServerContext* context,
                                                              const pb::ListContradictionsRequest* request,
                                                              pb::ListContradictionsResponse* response) {
  return api::Serve(runtime_, runtime_.read, context, "ListContradictions", request, response,
                    onrecord::ListContradictions);
}

grpc::ServerUnaryReactor* TimelineService::GetFirsts(grpc::CallbackServerContext* context,
                                                     const pb::GetFirstsRequest* request,
                                                     pb::GetFirstsResponse* response) {
  return api::Serve(runtime_, runtime_.read, context, "GetFirsts", request, response, onrecord::GetFirsts);
}

grpc::ServerUnaryReactor* TimelineService::CompareOutlets(grpc::CallbackServerContext* context,
                                                          const pb::CompareOutletsRequest* request,
                                                          pb::CompareOutletsResponse* response) {
  return api::Serve(runtime_, runtime_.read, context, "CompareOutlets", request, response, onrecord::CompareOutlets);
}

grpc::ServerUnaryReactor* TimelineService::LabelChange(grpc::CallbackServerContext* context,
                                                       const pb::LabelChangeRequest* request,
                                                       pb::LabelChangeResponse* response) {
  return api::Serve(runtime_, runtime_.write, context, "LabelChange", request, response, onrecord::LabelChange);
}

}  // namespace onrecord
