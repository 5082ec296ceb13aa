#include "services/utterances/utterances_service.h"

#include <memory>

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

}  // namespace onrecord
