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
  grpc::ServerUnaryReactor* GetStanceHistory(grpc::CallbackServerContext* context,
                                             const pb::GetStanceHistoryRequest* request,
                                             pb::GetStanceHistoryResponse* response) override;
  grpc::ServerUnaryReactor* ListReversals(grpc::CallbackServerContext* context, const pb::ListReversalsRequest* request,
                                          pb::ListReversalsResponse* response) override;
  grpc::ServerUnaryReactor* ListContradictions(grpc::CallbackServerContext* context,
                                               const pb::ListContradictionsRequest* request,
                                               pb::ListContradictionsResponse* response) override;
  grpc::ServerUnaryReactor* GetFirsts(grpc::CallbackServerContext* context, const pb::GetFirstsRequest* request,
                                      pb::GetFirstsResponse* response) override;
  grpc::ServerUnaryReactor* CompareOutlets(grpc::CallbackServerContext* context,
                                           const pb::CompareOutletsRequest* request,
                                           pb::CompareOutletsResponse* response) override;
  grpc::ServerUnaryReactor* LabelChange(grpc::CallbackServerContext* context, const pb::LabelChangeRequest* request,
                                        pb::LabelChangeResponse* response) override;

 private:
  api::Runtime& runtime_;
};

}  // namespace onrecord
