#include "services/quotes/quotes_service.h"

#include "services/api/as_of.h"
#include "services/quotes/identifications_rules.h"
#include "services/quotes/identifications_store.h"
#include "services/quotes/quotes_redaction.h"
#include "services/quotes/quotes_rules.h"
#include "services/quotes/quotes_store.h"
#include "services/quotes/quotes_writes.h"

namespace onrecord {
namespace {

std::vector<absl::StatusOr<pb::GetQuoteResponse>> GetQuotes(api::Call& call,
                                                            absl::Span<const pb::GetQuoteRequest* const> requests) {
  std::vector<absl::StatusOr<pb::GetQuoteResponse>> answers;
  for (absl::StatusOr<pb::Quote>& quote : store::GetQuotes(call.db(), requests)) {
    if (!quote.ok()) {
      answers.emplace_back(quote.status());
      continue;
    }
    *answers.emplace_back(pb::GetQuoteResponse())->mutable_quote() = *std::move(quote);
  }
  return answers;
}

absl::StatusOr<pb::BatchGetQuotesResponse> BatchGetQuotes(api::Call& call, const pb::BatchGetQuotesRequest& request) {
  ASSIGN_OR_RETURN(const std::string moment, api::ReadAsOf(request));
  return store::BatchGetQuotes(call.db(), request, moment);
}

absl::StatusOr<pb::ListQuotesResponse> ListQuotes(api::Call& call, const pb::ListQuotesRequest& request) {
  ASSIGN_OR_RETURN(const std::string moment, api::ReadAsOf(request));
  return store::ListQuotes(call.db(), request, moment);
}

absl::StatusOr<pb::CountQuotesResponse> CountQuotes(api::Call& call, const pb::CountQuotesRequest& request) {
  ASSIGN_OR_RETURN(const std::string moment, api::ReadAsOf(request));
  return store::CountQuotes(call.db(), request, moment);
}

absl::StatusOr<pb::CreateQuoteResponse> CreateQuote(api::Call& call, const pb::CreateQuoteRequest& request) {
  RETURN_IF_ERROR(rules::CheckCreateQuote(request));
  pb::CreateQuoteResponse response;
  ASSIGN_OR_RETURN(*response.mutable_quote(), store::CreateQuote(call, request));
  return response;
}

absl::StatusOr<pb::UpdateQuoteResponse> UpdateQuote(api::Call& call, const pb::UpdateQuoteRequest& request) {
  RETURN_IF_ERROR(rules::CheckUpdateQuote(request));
  pb::UpdateQuoteResponse response;
  ASSIGN_OR_RETURN(*response.mutable_quote(), store::UpdateQuote(call, request));
  return response;
}

absl::StatusOr<pb::RetractQuoteResponse> RetractQuote(api::Call& call, const pb::RetractQuoteRequest& request) {
  RETURN_IF_ERROR(rules::CheckReason(request.reason(), request.request_id()));
  pb::RetractQuoteResponse response;
  ASSIGN_OR_RETURN(*response.mutable_quote(), store::RetractQuote(call, request));
  return response;
}

absl::StatusOr<pb::RestoreQuoteResponse> RestoreQuote(api::Call& call, const pb::RestoreQuoteRequest& request) {
  RETURN_IF_ERROR(rules::CheckReason(request.reason(), request.request_id()));
  pb::RestoreQuoteResponse response;
  ASSIGN_OR_RETURN(*response.mutable_quote(), store::RestoreQuote(call, request));
  return response;
}

absl::StatusOr<pb::RedactQuoteResponse> RedactQuote(api::Call& call, const pb::RedactQuoteRequest& request) {
  RETURN_IF_ERROR(rules::CheckReason(request.reason(), request.request_id()));
  pb::RedactQuoteResponse response;
  ASSIGN_OR_RETURN(*response.mutable_quote(), store::RedactQuote(call, request));
  return response;
}

absl::StatusOr<pb::ListQuoteRevisionsResponse> ListQuoteRevisions(api::Call& call,
                                                                  const pb::ListQuoteRevisionsRequest& request) {
  return store::ListQuoteRevisions(call.db(), request);
}

absl::StatusOr<pb::ProposeIdentificationResponse> ProposeIdentification(
    api::Call& call, const pb::ProposeIdentificationRequest& request) {
  RETURN_IF_ERROR(rules::CheckProposeIdentification(request));
  pb::ProposeIdentificationResponse response;
  ASSIGN_OR_RETURN(*response.mutable_identification(), store::ProposeIdentification(call, request));
  return response;
}

absl::StatusOr<pb::AcceptIdentificationResponse> AcceptIdentification(api::Call& call,
                                                                      const pb::AcceptIdentificationRequest& request) {
  RETURN_IF_ERROR(rules::CheckReason(request.reason(), request.request_id()));
  pb::AcceptIdentificationResponse response;
  ASSIGN_OR_RETURN(*response.mutable_identification(), store::AcceptIdentification(call, request));
  return response;
}

absl::StatusOr<pb::RejectIdentificationResponse> RejectIdentification(api::Call& call,
                                                                      const pb::RejectIdentificationRequest& request) {
  RETURN_IF_ERROR(rules::CheckReason(request.reason(), request.request_id()));
  pb::RejectIdentificationResponse response;
  ASSIGN_OR_RETURN(*response.mutable_identification(), store::RejectIdentification(call, request));
  return response;
}

absl::StatusOr<pb::ListIdentificationsResponse> ListIdentifications(api::Call& call,
                                                                    const pb::ListIdentificationsRequest& request) {
  RETURN_IF_ERROR(rules::CheckListIdentifications(request));
  ASSIGN_OR_RETURN(const std::string moment, api::ReadAsOf(request));
  return store::ListIdentifications(call.db(), request, moment);
}

}  // namespace

QuoteService::QuoteService(api::Runtime& runtime)
    : runtime_(runtime), gets_(runtime, runtime.read, "GetQuote", GetQuotes) {}

grpc::ServerUnaryReactor* QuoteService::GetQuote(grpc::CallbackServerContext* context,
                                                 const pb::GetQuoteRequest* request, pb::GetQuoteResponse* response) {
  return gets_.Serve(context, request, response);
}

grpc::ServerUnaryReactor* QuoteService::BatchGetQuotes(grpc::CallbackServerContext* context,
                                                       const pb::BatchGetQuotesRequest* request,
                                                       pb::BatchGetQuotesResponse* response) {
  return api::Serve(runtime_, runtime_.read, context, "BatchGetQuotes", request, response, onrecord::BatchGetQuotes);
}

grpc::ServerUnaryReactor* QuoteService::ListQuotes(grpc::CallbackServerContext* context,
                                                   const pb::ListQuotesRequest* request,
                                                   pb::ListQuotesResponse* response) {
  return api::Serve(runtime_, runtime_.read, context, "ListQuotes", request, response, onrecord::ListQuotes);
}

grpc::ServerUnaryReactor* QuoteService::CountQuotes(grpc::CallbackServerContext* context,
                                                    const pb::CountQuotesRequest* request,
                                                    pb::CountQuotesResponse* response) {
  return api::Serve(runtime_, runtime_.read, context, "CountQuotes", request, response, onrecord::CountQuotes);
}

grpc::ServerUnaryReactor* QuoteService::CreateQuote(grpc::CallbackServerContext* context,
                                                    const pb::CreateQuoteRequest* request,
                                                    pb::CreateQuoteResponse* response) {
  return api::Serve(runtime_, runtime_.write, context, "CreateQuote", request, response, onrecord::CreateQuote);
}

grpc::ServerUnaryReactor* QuoteService::UpdateQuote(grpc::CallbackServerContext* context,
                                                    const pb::UpdateQuoteRequest* request,
                                                    pb::UpdateQuoteResponse* response) {
  return api::Serve(runtime_, runtime_.write, context, "UpdateQuote", request, response, onrecord::UpdateQuote);
}

grpc::ServerUnaryReactor* QuoteService::RetractQuote(grpc::CallbackServerContext* context,
                                                     const pb::RetractQuoteRequest* request,
                                                     pb::RetractQuoteResponse* response) {
  return api::Serve(runtime_, runtime_.write, context, "RetractQuote", request, response, onrecord::RetractQuote);
}

grpc::ServerUnaryReactor* QuoteService::RestoreQuote(grpc::CallbackServerContext* context,
                                                     const pb::RestoreQuoteRequest* request,
                                                     pb::RestoreQuoteResponse* response) {
  return api::Serve(runtime_, runtime_.write, context, "RestoreQuote", request, response, onrecord::RestoreQuote);
}

grpc::ServerUnaryReactor* QuoteService::RedactQuote(grpc::CallbackServerContext* context,
                                                    const pb::RedactQuoteRequest* request,
                                                    pb::RedactQuoteResponse* response) {
  return api::Serve(runtime_, runtime_.write, context, "RedactQuote", request, response, onrecord::RedactQuote);
}

grpc::ServerUnaryReactor* QuoteService::ListQuoteRevisions(grpc::CallbackServerContext* context,
                                                           const pb::ListQuoteRevisionsRequest* request,
                                                           pb::ListQuoteRevisionsResponse* response) {
  return api::Serve(runtime_, runtime_.read, context, "ListQuoteRevisions", request, response,
                    onrecord::ListQuoteRevisions);
}

grpc::ServerUnaryReactor* QuoteService::ProposeIdentification(grpc::CallbackServerContext* context,
                                                              const pb::ProposeIdentificationRequest* request,
                                                              pb::ProposeIdentificationResponse* response) {
  return api::Serve(runtime_, runtime_.write, context, "ProposeIdentification", request, response,
                    onrecord::ProposeIdentification);
}

grpc::ServerUnaryReactor* QuoteService::AcceptIdentification(grpc::CallbackServerContext* context,
                                                             const pb::AcceptIdentificationRequest* request,
                                                             pb::AcceptIdentificationResponse* response) {
  return api::Serve(runtime_, runtime_.write, context, "AcceptIdentification", request, response,
                    onrecord::AcceptIdentification);
}

grpc::ServerUnaryReactor* QuoteService::RejectIdentification(grpc::CallbackServerContext* context,
                                                             const pb::RejectIdentificationRequest* request,
                                                             pb::RejectIdentificationResponse* response) {
  return api::Serve(runtime_, runtime_.write, context, "RejectIdentification", request, response,
                    onrecord::RejectIdentification);
}

grpc::ServerUnaryReactor* QuoteService::ListIdentifications(grpc::CallbackServerContext* context,
                                                            const pb::ListIdentificationsRequest* request,
                                                            pb::ListIdentificationsResponse* response) {
  return api::Serve(runtime_, runtime_.read, context, "ListIdentifications", request, response,
                    onrecord::ListIdentifications);
}

}  // namespace onrecord
