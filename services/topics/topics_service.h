// The gRPC service of topics: each rpc is one line into the adaptor.
#pragma once

#include "onrecord/v1/topics.grpc.pb.h"
#include "services/api/call.h"

namespace onrecord {

class TopicService final : public pb::TopicService::CallbackService {
 public:
  explicit TopicService(api::Runtime& runtime) : runtime_(runtime) {}

  grpc::ServerUnaryReactor* GetTopic(grpc::CallbackServerContext* context, const pb::GetTopicRequest* request,
                                     pb::GetTopicResponse* response) override;
  grpc::ServerUnaryReactor* ListTopics(grpc::CallbackServerContext* context, const pb::ListTopicsRequest* request,
                                       pb::ListTopicsResponse* response) override;
  grpc::ServerUnaryReactor* CreateTopic(grpc::CallbackServerContext* context, const pb::CreateTopicRequest* request,
                                        pb::CreateTopicResponse* response) override;
  grpc::ServerUnaryReactor* UpdateTopic(grpc::CallbackServerContext* context, const pb::UpdateTopicRequest* request,
                                        pb::UpdateTopicResponse* response) override;

 private:
  api::Runtime& runtime_;
};

}  // namespace onrecord
