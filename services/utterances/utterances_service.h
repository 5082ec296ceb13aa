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
  grpc::ServerUnaryReactor* GetUtterance(grpc::CallbackServerContext* context, const pb::GetUtteranceRequest* request,
                                         pb::GetUtteranceResponse* response) override;
  grpc::ServerUnaryReactor* ListQuoteLinks(grpc::CallbackServerContext* context,
                                           const pb::ListQuoteLinksRequest* request,
                                           pb::ListQuoteLinksResponse* response) override;
  grpc::ServerUnaryReactor* SetQuoteLink(grpc::CallbackServerContext* context, const pb::SetQuoteLinkRequest* request,
                                         pb::SetQuoteLinkResponse* response) override;
  grpc::ServerUnaryReactor* TraceQuote(grpc::CallbackServerContext* context, const pb::TraceQuoteRequest* request,
                                       pb::TraceQuoteResponse* response) override;

 private:
  api::Runtime& runtime_;
};

}  // namespace onrecord
