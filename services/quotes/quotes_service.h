// QuoteService of the public API: each rpc is one line into the adaptor, its handler has the rpc's name.
#pragma once

#include "onrecord/v1/quotes.grpc.pb.h"
#include "services/api/call.h"
#include "services/api/gather.h"

namespace onrecord {

class QuoteService : public pb::QuoteService::CallbackService {
 public:
  explicit QuoteService(api::Runtime& runtime);

  grpc::ServerUnaryReactor* GetQuote(grpc::CallbackServerContext* context, const pb::GetQuoteRequest* request,
                                     pb::GetQuoteResponse* response) override;
  grpc::ServerUnaryReactor* BatchGetQuotes(grpc::CallbackServerContext* context,
                                           const pb::BatchGetQuotesRequest* request,
                                           pb::BatchGetQuotesResponse* response) override;
  grpc::ServerUnaryReactor* ListQuotes(grpc::CallbackServerContext* context, const pb::ListQuotesRequest* request,
                                       pb::ListQuotesResponse* response) override;
  grpc::ServerUnaryReactor* CountQuotes(grpc::CallbackServerContext* context, const pb::CountQuotesRequest* request,
                                        pb::CountQuotesResponse* response) override;
  grpc::ServerUnaryReactor* CreateQuote(grpc::CallbackServerContext* context, const pb::CreateQuoteRequest* request,
                                        pb::CreateQuoteResponse* response) override;
  grpc::ServerUnaryReactor* UpdateQuote(grpc::CallbackServerContext* context, const pb::UpdateQuoteRequest* request,
                                        pb::UpdateQuoteResponse* response) override;
  grpc::ServerUnaryReactor* RetractQuote(grpc::CallbackServerContext* context, const pb::RetractQuoteRequest* request,
                                         pb::RetractQuoteResponse* response) override;
  grpc::ServerUnaryReactor* RestoreQuote(grpc::CallbackServerContext* context, const pb::RestoreQuoteRequest* request,
                                         pb::RestoreQuoteResponse* response) override;
  grpc::ServerUnaryReactor* RedactQuote(grpc::CallbackServerContext* context, const pb::RedactQuoteRequest* request,
                                        pb::RedactQuoteResponse* response) override;
  grpc::ServerUnaryReactor* ListQuoteRevisions(grpc::CallbackServerContext* context,
                                               const pb::ListQuoteRevisionsRequest* request,
                                               pb::ListQuoteRevisionsResponse* response) override;
  grpc::ServerUnaryReactor* ProposeIdentification(grpc::CallbackServerContext* context,
                                                  const pb::ProposeIdentificationRequest* request,
                                                  pb::ProposeIdentificationResponse* response) override;
  grpc::ServerUnaryReactor* AcceptIdentification(grpc::CallbackServerContext* context,
                                                 const pb::AcceptIdentificationRequest* request,
                                                 pb::AcceptIdentificationResponse* response) override;
  grpc::ServerUnaryReactor* RejectIdentification(grpc::CallbackServerContext* context,
                                                 const pb::RejectIdentificationRequest* request,
                                                 pb::RejectIdentificationResponse* response) override;
  grpc::ServerUnaryReactor* ListIdentifications(grpc::CallbackServerContext* context,
                                                const pb::ListIdentificationsRequest* request,
                                                pb::ListIdentificationsResponse* response) override;

 private:
  api::Runtime& runtime_;
  api::Gatherer<pb::GetQuoteRequest, pb::GetQuoteResponse> gets_;
};

}  // namespace onrecord
