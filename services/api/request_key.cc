#include "services/api/request_key.h"

#include "absl/strings/str_cat.h"
#include "db/statements.h"
#include "services/api/text.h"
#include "services/base/status.h"

namespace onrecord::api {

absl::StatusOr<std::optional<std::string>> ClaimRequest(Call& call, std::string_view request_id,
                                                        const google::protobuf::Message& request,
                                                        std::string_view resource) {
  if (request_id.empty()) return std::nullopt;
  const std::string hash = Identity().Add(request.GetTypeName()).Add(request.SerializeAsString()).Hex();
  // Waits while another call with the same id is under way.
  ASSIGN_OR_RETURN(const pqxx::result claimed,
                   call.db().Run(sql::kClaimRequest, request_id, call.method(), hash, resource));
  if (claimed.affected_rows() == 1) return std::nullopt;
  ASSIGN_OR_RETURN(const pqxx::result first, call.db().Run(sql::kGetRequest, request_id, hash));
  if (first.empty()) {  // it grew too old between the two statements
    return Refuse(absl::StatusCode::kAborted, pb::ERROR_REASON_WRITE_CONFLICT,
                  "concurrent changes collided; repeat the call");
  }
  if (!first[0][0].as<bool>()) {
    return Refuse(
        absl::StatusCode::kInvalidArgument, pb::ERROR_REASON_REQUEST_ID_REUSED,
        absl::StrCat("request_id: \"", std::string(request_id), "\" was used for another request; choose a new one"),
        {{"request_id", std::string(request_id)}});
  }
  return std::optional<std::string>(first[0][1].c_str());
}

}  // namespace onrecord::api
