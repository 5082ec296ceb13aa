// TimelineService of the public API.
#pragma once

#include "onrecord/v1/timeline.grpc.pb.h"
#include "services/api/call.h"

namespace onrecord {

class TimelineService : public pb::TimelineService::CallbackService {
 public:
  explicit TimelineService(api::Runtime& runtime) : runtime_(runtime) {}

  grpc::ServerUnaryReactor* GetTimeline(grpc::CallbackServerContext* context, const pb::GetTimelineRequest* request,
                                        pb::GetTimelineResponse* response) override;

 private:
  api::Runtime& runtime_;
};

}  // namespace onrecord
