// ImportService of the public API: each rpc is one line into the adaptor, its handler has the rpc's name.
#pragma once

#include "onrecord/v1/imports.grpc.pb.h"
#include "services/api/call.h"

namespace onrecord {

class ImportService : public pb::ImportService::CallbackService {
 public:
  explicit ImportService(api::Runtime& runtime) : runtime_(runtime) {}

  grpc::ServerBidiReactor<pb::ImportQuotesRequest, pb::ImportQuotesResponse>* ImportQuotes(
      grpc::CallbackServerContext* context) override;
  grpc::ServerWriteReactor<pb::ExportQuotesResponse>* ExportQuotes(grpc::CallbackServerContext* context,
                                                                   const pb::ExportQuotesRequest* request) override;
  grpc::ServerWriteReactor<pb::RevertImportResponse>* RevertImport(grpc::CallbackServerContext* context,
                                                                   const pb::RevertImportRequest* request) override;
  grpc::ServerUnaryReactor* GetImport(grpc::CallbackServerContext* context, const pb::GetImportRequest* request,
                                      pb::GetImportResponse* response) override;
  grpc::ServerUnaryReactor* ListImports(grpc::CallbackServerContext* context, const pb::ListImportsRequest* request,
                                        pb::ListImportsResponse* response) override;
  grpc::ServerUnaryReactor* ListRejects(grpc::CallbackServerContext* context, const pb::ListRejectsRequest* request,
                                        pb::ListRejectsResponse* response) override;
  grpc::ServerUnaryReactor* ListRawRecords(grpc::CallbackServerContext* context,
                                           const pb::ListRawRecordsRequest* request,
                                           pb::ListRawRecordsResponse* response) override;

 private:
  api::Runtime& runtime_;
};

}  // namespace onrecord
