#include "services/outlets/outlets_service.h"

#include "services/api/as_of.h"
#include "services/names/names_rules.h"
#include "services/names/names_store.h"
#include "services/outlets/outlets_rules.h"
#include "services/outlets/outlets_store.h"

namespace onrecord {
namespace {

absl::StatusOr<pb::GetOutletResponse> GetOutlet(api::Call& call, const pb::GetOutletRequest& request) {
  RETURN_IF_ERROR(rules::CheckGet(request.name(), "outlets/"));
  ASSIGN_OR_RETURN(const std::string moment, api::ReadAsOf(request));
  pb::GetOutletResponse response;
  ASSIGN_OR_RETURN(*response.mutable_outlet(), store::GetName<pb::Outlet>(call.db(), "name", request.name(), moment));
  return response;
}

absl::StatusOr<pb::ListOutletsResponse> ListOutlets(api::Call& call, const pb::ListOutletsRequest& request) {
  RETURN_IF_ERROR(rules::CheckListOutlets(request));
  ASSIGN_OR_RETURN(const std::string moment, api::ReadAsOf(request));
  pb::ListOutletsResponse response;
  RETURN_IF_ERROR(store::ListNames(call.db(), request, moment, 0, *response.mutable_outlets(),
                                   *response.mutable_next_page_token()));
  return response;
}

absl::StatusOr<pb::CreateOutletResponse> CreateOutlet(api::Call& call, const pb::CreateOutletRequest& request) {
  RETURN_IF_ERROR(rules::CheckCreateOutlet(request));
  pb::CreateOutletResponse response;
  ASSIGN_OR_RETURN(*response.mutable_outlet(), store::CreateOutlet(call, request));
  return response;
}

absl::StatusOr<pb::UpdateOutletResponse> UpdateOutlet(api::Call& call, const pb::UpdateOutletRequest& request) {
  RETURN_IF_ERROR(rules::CheckUpdateOutlet(request));
  pb::UpdateOutletResponse response;
  ASSIGN_OR_RETURN(*response.mutable_outlet(), store::UpdateOutlet(call, request));
  return response;
}

}  // namespace

grpc::ServerUnaryReactor* OutletService::GetOutlet(grpc::CallbackServerContext* context,
                                                   const pb::GetOutletRequest* request,
                                                   pb::GetOutletResponse* response) {
  return api::Serve(runtime_, runtime_.read, context, "GetOutlet", request, response, onrecord::GetOutlet);
}

grpc::ServerUnaryReactor* OutletService::ListOutlets(grpc::CallbackServerContext* context,
                                                     const pb::ListOutletsRequest* request,
                                                     pb::ListOutletsResponse* response) {
  return api::Serve(runtime_, runtime_.read, context, "ListOutlets", request, response, onrecord::ListOutlets);
}

grpc::ServerUnaryReactor* OutletService::CreateOutlet(grpc::CallbackServerContext* context,
                                                      const pb::CreateOutletRequest* request,
                                                      pb::CreateOutletResponse* response) {
  return api::Serve(runtime_, runtime_.write, context, "CreateOutlet", request, response, onrecord::CreateOutlet);
}

grpc::ServerUnaryReactor* OutletService::UpdateOutlet(grpc::CallbackServerContext* context,
                                                      const pb::UpdateOutletRequest* request,
                                                      pb::UpdateOutletResponse* response) {
  return api::Serve(runtime_, runtime_.write, context, "UpdateOutlet", request, response, onrecord::UpdateOutlet);
}

}  // namespace onrecord
