#include "services/speakers/speakers_service.h"

#include "services/api/as_of.h"
#include "services/names/names_rules.h"
#include "services/names/names_store.h"
#include "services/speakers/speakers_merges.h"
#include "services/speakers/speakers_rules.h"
#include "services/speakers/speakers_store.h"

namespace onrecord {
namespace {

absl::StatusOr<pb::GetSpeakerResponse> GetSpeaker(api::Call& call, const pb::GetSpeakerRequest& request) {
  RETURN_IF_ERROR(rules::CheckGet(request.name(), "speakers/"));
  ASSIGN_OR_RETURN(const std::string moment, api::ReadAsOf(request));
  pb::GetSpeakerResponse response;
  ASSIGN_OR_RETURN(*response.mutable_speaker(), store::GetName<pb::Speaker>(call.db(), "name", request.name(), moment));
  return response;
}

absl::StatusOr<pb::ListSpeakersResponse> ListSpeakers(api::Call& call, const pb::ListSpeakersRequest& request) {
  RETURN_IF_ERROR(rules::CheckListSpeakers(request));
  ASSIGN_OR_RETURN(const std::string moment, api::ReadAsOf(request));
  pb::ListSpeakersResponse response;
  RETURN_IF_ERROR(store::ListNames(call.db(), request, moment, 0, *response.mutable_speakers(),
                                   *response.mutable_next_page_token()));
  return response;
}

absl::StatusOr<pb::CreateSpeakerResponse> CreateSpeaker(api::Call& call, const pb::CreateSpeakerRequest& request) {
  RETURN_IF_ERROR(rules::CheckCreateSpeaker(request));
  pb::CreateSpeakerResponse response;
  ASSIGN_OR_RETURN(*response.mutable_speaker(), store::CreateSpeaker(call, request));
  return response;
}

absl::StatusOr<pb::UpdateSpeakerResponse> UpdateSpeaker(api::Call& call, const pb::UpdateSpeakerRequest& request) {
  RETURN_IF_ERROR(rules::CheckUpdateSpeaker(request));
  pb::UpdateSpeakerResponse response;
  ASSIGN_OR_RETURN(*response.mutable_speaker(), store::UpdateSpeaker(call, request));
  return response;
}

absl::StatusOr<pb::ResolveSpeakersResponse> ResolveSpeakers(api::Call& call,
                                                            const pb::ResolveSpeakersRequest& request) {
  RETURN_IF_ERROR(rules::CheckResolveSpeakers(request));
  ASSIGN_OR_RETURN(const std::string moment, api::ReadAsOf(request));
  return store::ResolveSpeakers(call.db(), request, moment);
}

absl::StatusOr<pb::MergeSpeakersResponse> MergeSpeakers(api::Call& call, const pb::MergeSpeakersRequest& request) {
  RETURN_IF_ERROR(rules::CheckMergeSpeakers(request));
  return store::MergeSpeakers(call, request);
}

absl::StatusOr<pb::SplitSpeakerResponse> SplitSpeaker(api::Call& call, const pb::SplitSpeakerRequest& request) {
  RETURN_IF_ERROR(rules::CheckSplitSpeaker(request));
  return store::SplitSpeaker(call, request);
}

}  // namespace

grpc::ServerUnaryReactor* SpeakerService::GetSpeaker(grpc::CallbackServerContext* context,
                                                     const pb::GetSpeakerRequest* request,
                                                     pb::GetSpeakerResponse* response) {
  return api::Serve(runtime_, runtime_.read, context, "GetSpeaker", request, response, onrecord::GetSpeaker);
}

grpc::ServerUnaryReactor* SpeakerService::ListSpeakers(grpc::CallbackServerContext* context,
                                                       const pb::ListSpeakersRequest* request,
                                                       pb::ListSpeakersResponse* response) {
  return api::Serve(runtime_, runtime_.read, context, "ListSpeakers", request, response, onrecord::ListSpeakers);
}

grpc::ServerUnaryReactor* SpeakerService::CreateSpeaker(grpc::CallbackServerContext* context,
                                                        const pb::CreateSpeakerRequest* request,
                                                        pb::CreateSpeakerResponse* response) {
  return api::Serve(runtime_, runtime_.write, context, "CreateSpeaker", request, response, onrecord::CreateSpeaker);
}

grpc::ServerUnaryReactor* SpeakerService::UpdateSpeaker(grpc::CallbackServerContext* context,
                                                        const pb::UpdateSpeakerRequest* request,
                                                        pb::UpdateSpeakerResponse* response) {
  return api::Serve(runtime_, runtime_.write, context, "UpdateSpeaker", request, response, onrecord::UpdateSpeaker);
}

grpc::ServerUnaryReactor* SpeakerService::ResolveSpeakers(grpc::CallbackServerContext* context,
                                                          const pb::ResolveSpeakersRequest* request,
                                                          pb::ResolveSpeakersResponse* response) {
  return api::Serve(runtime_, runtime_.read, context, "ResolveSpeakers", request, response, onrecord::ResolveSpeakers);
}

grpc::ServerUnaryReactor* SpeakerService::MergeSpeakers(grpc::CallbackServerContext* context,
                                                        const pb::MergeSpeakersRequest* request,
                                                        pb::MergeSpeakersResponse* response) {
  return api::Serve(runtime_, runtime_.write, context, "MergeSpeakers", request, response, onrecord::MergeSpeakers);
}

grpc::ServerUnaryReactor* SpeakerService::SplitSpeaker(grpc::CallbackServerContext* context,
                                                       const pb::SplitSpeakerRequest* request,
                                                       pb::SplitSpeakerResponse* response) {
  return api::Serve(runtime_, runtime_.write, context, "SplitSpeaker", request, response, onrecord::SplitSpeaker);
}

}  // namespace onrecord
