#include "services/utterances/utterances_service.h"

#include <memory>

#include "services/api/as_of.h"
#include "services/utterances/links_store.h"
#include "services/utterances/matching_store.h"
#include "services/utterances/trace_store.h"
#include "services/utterances/utterances_rules.h"
#include "services/utterances/utterances_store.h"

namespace onrecord {
namespace {

absl::StatusOr<pb::FindSimilarQuotesResponse> FindSimilarQuotes(api::Call& call,
                                                                const pb::FindSimilarQuotesRequest& request) {
  RETURN_IF_ERROR(rules::CheckFindSimilarQuotes(request));
  return store::FindSimilarQuotes(call.db(), request);
}

absl::StatusOr<pb::VerifyQuoteResponse> VerifyQuote(api::Call& call, const pb::VerifyQuoteRequest& request) {
  RETURN_IF_ERROR(rules::CheckVerifyQuote(request));
  return store::VerifyQuote(call.db(), request);
}

struct BatchState {
  pb::BatchVerifyQuotesRequest request;
  int next = 0;
};

absl::StatusOr<bool> BatchVerifyQuotes(api::Call& call, BatchState& state, pb::BatchVerifyQuotesResponse& response) {
  if (state.next == 0) RETURN_IF_ERROR(rules::CheckBatchVerifyQuotes(state.request));
  if (state.next == state.request.requests_size()) return false;
  response.set_index(state.next);
  ASSIGN_OR_RETURN(*response.mutable_response(), store::VerifyQuote(call.db(), state.request.requests(state.next)));
  ++state.next;
  return true;
}

absl::StatusOr<pb::GetMatchingStateResponse> GetMatchingState(api::Call& call, const pb::GetMatchingStateRequest&) {
  return store::GetMatchingState(call.db());
}

absl::StatusOr<pb::GetUtteranceResponse> GetUtterance(api::Call& call, const pb::GetUtteranceRequest& request) {
  ASSIGN_OR_RETURN(const std::string moment, api::ReadAsOf(request));
  pb::GetUtteranceResponse response;
  ASSIGN_OR_RETURN(*response.mutable_utterance(), store::GetUtterance(call.db(), request.name(), moment));
  return response;
}

absl::StatusOr<pb::ListQuoteLinksResponse> ListQuoteLinks(api::Call& call, const pb::ListQuoteLinksRequest& request) {
  RETURN_IF_ERROR(rules::CheckListQuoteLinks(request));
  ASSIGN_OR_RETURN(const std::string moment, api::ReadAsOf(request));
  return store::ListQuoteLinks(call.db(), request, moment);
}

absl::StatusOr<pb::SetQuoteLinkResponse> SetQuoteLink(api::Call& call, const pb::SetQuoteLinkRequest& request) {
  RETURN_IF_ERROR(rules::CheckSetQuoteLink(request));
  pb::SetQuoteLinkResponse response;
  ASSIGN_OR_RETURN(*response.mutable_link(), store::SetQuoteLink(call, request));
  return response;
}

absl::StatusOr<pb::TraceQuoteResponse> TraceQuote(api::Call& call, const pb::TraceQuoteRequest& request) {
  ASSIGN_OR_RETURN(const std::string moment, api::ReadAsOf(request));
  return store::TraceQuote(call.db(), request.name(), moment);
}

}  // namespace

grpc::ServerUnaryReactor* UtteranceService::FindSimilarQuotes(grpc::CallbackServerContext* context,
                                                              const pb::FindSimilarQuotesRequest* request,
                                                              pb::FindSimilarQuotesResponse* response) {
  return api::Serve(runtime_, runtime_.read, context, "FindSimilarQuotes", request, response,
                    onrecord::FindSimilarQuotes);
}

grpc::ServerUnaryReactor* UtteranceService::VerifyQuote(grpc::CallbackServerContext* context,
                                                        const pb::VerifyQuoteRequest* request,
                                                        pb::VerifyQuoteResponse* response) {
  return api::Serve(runtime_, runtime_.read, context, "VerifyQuote", request, response, onrecord::VerifyQuote);
}

grpc::ServerWriteReactor<pb::BatchVerifyQuotesResponse>* UtteranceService::BatchVerifyQuotes(
    grpc::CallbackServerContext* context, const pb::BatchVerifyQuotesRequest* request) {
  auto state = std::make_shared<BatchState>();
  state->request = *request;
  return new api::AnswerStream<pb::BatchVerifyQuotesResponse>(
      runtime_, runtime_.read, context, "BatchVerifyQuotes",
      [state](api::Call& call, pb::BatchVerifyQuotesResponse& response) {
        return onrecord::BatchVerifyQuotes(call, *state, response);
      });
}

grpc::ServerUnaryReactor* UtteranceService::GetMatchingState(grpc::CallbackServerContext* context,
                                                             const pb::GetMatchingStateRequest* request,
                                                             pb::GetMatchingStateResponse* response) {
  return api::Serve(runtime_, runtime_.read, context, "GetMatchingState", request, response,
                    onrecord::GetMatchingState);
}

grpc::ServerUnaryReactor* UtteranceService::GetUtterance(grpc::CallbackServerContext* context,
                                                         const pb::GetUtteranceRequest* request,
                                                         pb::GetUtteranceResponse* response) {
  return api::Serve(runtime_, runtime_.read, context, "GetUtterance", request, response, onrecord::GetUtterance);
}

grpc::ServerUnaryReactor* UtteranceService::ListQuoteLinks(grpc::CallbackServerContext* context,
                                                           const pb::ListQuoteLinksRequest* request,
                                                           pb::ListQuoteLinksResponse* response) {
  return api::Serve(runtime_, runtime_.read, context, "ListQuoteLinks", request, response, onrecord::ListQuoteLinks);
}

grpc::ServerUnaryReactor* UtteranceService::SetQuoteLink(grpc::CallbackServerContext* context,
                                                         const pb::SetQuoteLinkRequest* request,
                                                         pb::SetQuoteLinkResponse* response) {
  return api::Serve(runtime_, runtime_.write, context, "SetQuoteLink", request, response, onrecord::SetQuoteLink);
}

grpc::ServerUnaryReactor* UtteranceService::TraceQuote(grpc::CallbackServerContext* context,
                                                       const pb::TraceQuoteRequest* request,
                                                       pb::TraceQuoteResponse* response) {
  return api::Serve(runtime_, runtime_.read, context, "TraceQuote", request, response, onrecord::TraceQuote);
}

}  // namespace onrecord
