// UtteranceService of the public API.
#pragma once

#include "onrecord/v1/utterances.grpc.pb.h"
#include "services/api/call.h"

namespace onrecord {

class UtteranceService : public pb::UtteranceService::CallbackService {
 public:
  explicit UtteranceService(api::Runtime& runtime) : runtime_(runtime) {}

  grpc::ServerUnaryReactor* FindSimilarQuotes(grpc::CallbackServerContext* context,
                                              const pb::FindSimilarQuotesRequest* request,
                                              pb::FindSimilarQuotesResponse* response) override;
  grpc::ServerUnaryReactor* VerifyQuote(grpc::CallbackServerContext* context, const pb::VerifyQuoteRequest* request,
                                        pb::VerifyQuoteResponse* response) override;
  grpc::ServerWriteReactor<pb::BatchVerifyQuotesResponse>* BatchVerifyQuotes(
      grpc::CallbackServerContext* context, const pb::BatchVerifyQuotesRequest* request) override;
  grpc::ServerUnaryReactor* GetMatchingState(grpc::CallbackServerContext* context,
                                             const pb::GetMatchingStateRequest* request,
                                             pb::GetMatchingStateResponse* response) override;

 private:
  api::Runtime& runtime_;
};

}  // namespace onrecord
