#include "services/timeline/timeline_service.h"

#include "services/timeline/timeline_store.h"

namespace onrecord {
namespace {

absl::StatusOr<pb::GetTimelineResponse> GetTimeline(api::Call& call, const pb::GetTimelineRequest& request) {
  return store::GetTimeline(call.db(), request);
}

}  // namespace

grpc::ServerUnaryReactor* TimelineService::GetTimeline(grpc::CallbackServerContext* context,
                                                       const pb::GetTimelineRequest* request,
                                                       pb::GetTimelineResponse* response) {
  return api::Serve(runtime_, runtime_.read, context, "GetTimeline", request, response, onrecord::GetTimeline);
}

}  // namespace onrecord
