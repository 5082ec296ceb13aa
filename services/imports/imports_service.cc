#include "services/imports/imports_service.h"

#include <memory>
#include <optional>

#include "services/base/strings.h"
#include "services/imports/imports_raw.h"
#include "services/imports/imports_revert.h"
#include "services/imports/imports_store.h"

namespace onrecord {
namespace {

absl::StatusOr<pb::GetImportResponse> GetImport(api::Call& call, const pb::GetImportRequest& request) {
  pb::GetImportResponse response;
  ASSIGN_OR_RETURN(*response.mutable_import(), store::GetImport(call.db(), request.name()));
  return response;
}

absl::StatusOr<pb::ListImportsResponse> ListImports(api::Call& call, const pb::ListImportsRequest& request) {
  return store::ListImports(call.db(), request);
}

absl::StatusOr<pb::ListRejectsResponse> ListRejects(api::Call& call, const pb::ListRejectsRequest& request) {
  return store::ListRejects(call.db(), request);
}

absl::StatusOr<pb::ListRawRecordsResponse> ListRawRecords(api::Call& call, const pb::ListRawRecordsRequest& request) {
  return store::ListRawRecords(call.db(), request);
}

absl::Status OutOfOrder(std::string_view what) {
  return RefuseFields({{pb::ERROR_REASON_VALUE_INVALID, "message", std::string(what)}});
}

// One answer of the conversation; `import` is the state of the stream, absent before `start` and after `finish`.
absl::Status ImportQuotes(api::Call& call, std::optional<pb::Import>& import, const pb::ImportQuotesRequest& request,
                          pb::ImportQuotesResponse& response) {
  if (request.has_start()) {
    if (import) return OutOfOrder("start was sent twice; send it once, first");
    ASSIGN_OR_RETURN(import, store::StartImport(call, request.start()));
    *response.mutable_started() = *import;
    return absl::OkStatus();
  }
  if (!import) return OutOfOrder("came before start; send start first, then batches, then finish");
  if (request.has_batch()) {
    ASSIGN_OR_RETURN(*response.mutable_batch(), store::ImportBatch(call, *import, request.batch()));
    return absl::OkStatus();
  }
  if (!request.has_finish()) return OutOfOrder("is empty; send start first, then batches, then finish");
  ASSIGN_OR_RETURN(*response.mutable_finished(), store::FinishImport(call, *import));
  import.reset();
  return absl::OkStatus();
}

absl::Status EndOfImport(const std::optional<pb::Import>& import) {
  if (!import) return absl::OkStatus();
  return OutOfOrder(
      StrCat("the stream ended without finish, or a message was not valid protobuf (text must be UTF-8); ",
             import->name(), " stays running: resume it"));
}

// Where an export stands; its filter is resolved once, with the first page.
struct ExportState {
  pb::ExportQuotesRequest request;
  std::optional<store::Filter> filter;
  store::PageKey after = store::ListStart(false);
};

absl::StatusOr<bool> ExportQuotes(api::Call& call, ExportState& state, pb::ExportQuotesResponse& response) {
  if (!state.filter) {
    ASSIGN_OR_RETURN(const std::string moment, api::ReadAsOf(state.request));
    ASSIGN_OR_RETURN(state.filter, store::ResolveFilter(call.db(), state.request.filter(), moment));
  }
  ASSIGN_OR_RETURN(response, store::ExportPage(call.db(), *state.filter, state.after));
  return !response.records().empty();
}

// One step; false when there was none left to do.
absl::StatusOr<bool> RevertImport(api::Call& call, const pb::RevertImportRequest& request, bool& done,
                                  pb::RevertImportResponse& response) {
  if (done) return false;
  ASSIGN_OR_RETURN(*response.mutable_import(), store::RevertSome(call, request));
  done = response.import().state() == pb::IMPORT_STATE_REVERTED;
  return true;
}

}  // namespace

grpc::ServerBidiReactor<pb::ImportQuotesRequest, pb::ImportQuotesResponse>* ImportService::ImportQuotes(
    grpc::CallbackServerContext* context) {
  auto import = std::make_shared<std::optional<pb::Import>>();
  return new api::Conversation<pb::ImportQuotesRequest, pb::ImportQuotesResponse>(
      runtime_, runtime_.import, context, "ImportQuotes",
      [import](api::Call& call, const pb::ImportQuotesRequest& request, pb::ImportQuotesResponse& response) {
        return onrecord::ImportQuotes(call, *import, request, response);
      },
      [import] { return EndOfImport(*import); });
}

grpc::ServerWriteReactor<pb::ExportQuotesResponse>* ImportService::ExportQuotes(
    grpc::CallbackServerContext* context, const pb::ExportQuotesRequest* request) {
  auto state = std::make_shared<ExportState>();
  state->request = *request;
  return new api::AnswerStream<pb::ExportQuotesResponse>(runtime_, runtime_.read, context, "ExportQuotes",
                                                         [state](api::Call& call, pb::ExportQuotesResponse& response) {
                                                           return onrecord::ExportQuotes(call, *state, response);
                                                         });
}

grpc::ServerWriteReactor<pb::RevertImportResponse>* ImportService::RevertImport(
    grpc::CallbackServerContext* context, const pb::RevertImportRequest* request) {
  return new api::AnswerStream<pb::RevertImportResponse>(
      runtime_, runtime_.import, context, "RevertImport",
      [request = *request, done = false](api::Call& call, pb::RevertImportResponse& response) mutable {
        return onrecord::RevertImport(call, request, done, response);
      });
}

grpc::ServerUnaryReactor* ImportService::GetImport(grpc::CallbackServerContext* context,
                                                   const pb::GetImportRequest* request,
                                                   pb::GetImportResponse* response) {
  return api::Serve(runtime_, runtime_.read, context, "GetImport", request, response, onrecord::GetImport);
}

grpc::ServerUnaryReactor* ImportService::ListImports(grpc::CallbackServerContext* context,
                                                     const pb::ListImportsRequest* request,
                                                     pb::ListImportsResponse* response) {
  return api::Serve(runtime_, runtime_.read, context, "ListImports", request, response, onrecord::ListImports);
}

grpc::ServerUnaryReactor* ImportService::ListRejects(grpc::CallbackServerContext* context,
                                                     const pb::ListRejectsRequest* request,
                                                     pb::ListRejectsResponse* response) {
  return api::Serve(runtime_, runtime_.read, context, "ListRejects", request, response, onrecord::ListRejects);
}

grpc::ServerUnaryReactor* ImportService::ListRawRecords(grpc::CallbackServerContext* context,
                                                        const pb::ListRawRecordsRequest* request,
                                                        pb::ListRawRecordsResponse* response) {
  return api::Serve(runtime_, runtime_.read, context, "ListRawRecords", request, response, onrecord::ListRawRecords);
}

}  // namespace onrecord
