#include "services/topics/topics_service.h"

#include "services/api/as_of.h"
#include "services/names/names_rules.h"
#include "services/names/names_store.h"
#include "services/topics/topics_rules.h"
#include "services/topics/topics_store.h"

namespace onrecord {
namespace {

absl::StatusOr<pb::GetTopicResponse> GetTopic(api::Call& call, const pb::GetTopicRequest& request) {
  RETURN_IF_ERROR(rules::CheckGet(request.name(), "topics/"));
  ASSIGN_OR_RETURN(const std::string moment, api::ReadAsOf(request));
  pb::GetTopicResponse response;
  ASSIGN_OR_RETURN(*response.mutable_topic(), store::GetName<pb::Topic>(call.db(), "name", request.name(), moment));
  return response;
}

absl::StatusOr<pb::ListTopicsResponse> ListTopics(api::Call& call, const pb::ListTopicsRequest& request) {
  RETURN_IF_ERROR(rules::CheckListTopics(request));
  ASSIGN_OR_RETURN(const std::string moment, api::ReadAsOf(request));
  return store::ListTopics(call.db(), request, moment);
}

absl::StatusOr<pb::CreateTopicResponse> CreateTopic(api::Call& call, const pb::CreateTopicRequest& request) {
  RETURN_IF_ERROR(rules::CheckCreateTopic(request));
  pb::CreateTopicResponse response;
  ASSIGN_OR_RETURN(*response.mutable_topic(), store::CreateTopic(call, request));
  return response;
}

absl::StatusOr<pb::UpdateTopicResponse> UpdateTopic(api::Call& call, const pb::UpdateTopicRequest& request) {
  RETURN_IF_ERROR(rules::CheckUpdateTopic(request));
  pb::UpdateTopicResponse response;
  ASSIGN_OR_RETURN(*response.mutable_topic(), store::UpdateTopic(call, request));
  return response;
}

}  // namespace

grpc::ServerUnaryReactor* TopicService::GetTopic(grpc::CallbackServerContext* context,
                                                 const pb::GetTopicRequest* request, pb::GetTopicResponse* response) {
  return api::Serve(runtime_, runtime_.read, context, "GetTopic", request, response, onrecord::GetTopic);
}

grpc::ServerUnaryReactor* TopicService::ListTopics(grpc::CallbackServerContext* context,
                                                   const pb::ListTopicsRequest* request,
                                                   pb::ListTopicsResponse* response) {
  return api::Serve(runtime_, runtime_.read, context, "ListTopics", request, response, onrecord::ListTopics);
}

grpc::ServerUnaryReactor* TopicService::CreateTopic(grpc::CallbackServerContext* context,
                                                    const pb::CreateTopicRequest* request,
                                                    pb::CreateTopicResponse* response) {
  return api::Serve(runtime_, runtime_.write, context, "CreateTopic", request, response, onrecord::CreateTopic);
}

grpc::ServerUnaryReactor* TopicService::UpdateTopic(grpc::CallbackServerContext* context,
                                                    const pb::UpdateTopicRequest* request,
                                                    pb::UpdateTopicResponse* response) {
  return api::Serve(runtime_, runtime_.write, context, "UpdateTopic", request, response, onrecord::UpdateTopic);
}

}  // namespace onrecord
