// The gRPC service of speakers: each rpc is one line into the adaptor.
#pragma once

#include "onrecord/v1/speakers.grpc.pb.h"
#include "services/api/call.h"

namespace onrecord {

class SpeakerService final : public pb::SpeakerService::CallbackService {
 public:
  explicit SpeakerService(api::Runtime& runtime) : runtime_(runtime) {}

  grpc::ServerUnaryReactor* GetSpeaker(grpc::CallbackServerContext* context, const pb::GetSpeakerRequest* request,
                                       pb::GetSpeakerResponse* response) override;
  grpc::ServerUnaryReactor* ListSpeakers(grpc::CallbackServerContext* context, const pb::ListSpeakersRequest* request,
                                         pb::ListSpeakersResponse* response) override;
  grpc::ServerUnaryReactor* CreateSpeaker(grpc::CallbackServerContext* context, const pb::CreateSpeakerRequest* request,
                                          pb::CreateSpeakerResponse* response) override;
  grpc::ServerUnaryReactor* UpdateSpeaker(grpc::CallbackServerContext* context, const pb::UpdateSpeakerRequest* request,
                                          pb::UpdateSpeakerResponse* response) override;
  grpc::ServerUnaryReactor* ResolveSpeakers(grpc::CallbackServerContext* context,
                                            const pb::ResolveSpeakersRequest* request,
                                            pb::ResolveSpeakersResponse* response) override;
  grpc::ServerUnaryReactor* MergeSpeakers(grpc::CallbackServerContext* context, const pb::MergeSpeakersRequest* request,
                                          pb::MergeSpeakersResponse* response) override;
  grpc::ServerUnaryReactor* SplitSpeaker(grpc::CallbackServerContext* context, const pb::SplitSpeakerRequest* request,
                                         pb::SplitSpeakerResponse* response) override;

 private:
  api::Runtime& runtime_;
};

}  // namespace onrecord
