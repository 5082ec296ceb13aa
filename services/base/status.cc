#include "services/base/status.h"

#include "absl/strings/cord.h"
#include "onrecord/v1/rpc_details.pb.h"
#include "services/base/strings.h"

namespace onrecord {
namespace {

constexpr char kErrorInfoUrl[] = "type.googleapis.com/google.rpc.ErrorInfo";
constexpr char kBadRequestUrl[] = "type.googleapis.com/google.rpc.BadRequest";
constexpr char kRetryInfoUrl[] = "type.googleapis.com/google.rpc.RetryInfo";
constexpr std::string_view kPrefix = "ERROR_REASON_";
// Trailers are limited to 8 KiB.
constexpr std::size_t kMostViolations = 20;
constexpr std::size_t kMostDescriptionBytes = 300;

}  // namespace

std::string ReasonName(pb::ErrorReason reason) {
  std::string name = pb::ErrorReason_Name(reason);
  return name.starts_with(kPrefix) ? name.substr(kPrefix.size()) : name;
}

absl::Status Refuse(absl::StatusCode code, pb::ErrorReason reason, std::string_view message, Metadata metadata) {
  absl::Status status(code, ToAbsl(message));
  pb::ErrorInfo info;
  info.set_reason(ReasonName(reason));
  info.set_domain("onrecord");
  for (auto& [key, value] : metadata) (*info.mutable_metadata())[key] = value.substr(0, kMostDescriptionBytes);
  status.SetPayload(kErrorInfoUrl, absl::Cord(info.SerializeAsString()));
  return status;
}

absl::Status RefuseForNow(absl::StatusCode code, pb::ErrorReason reason, std::string_view message,
                          absl::Duration retry_after) {
  absl::Status status = Refuse(code, reason, message);
  pb::RetryInfo retry;
  retry.mutable_retry_delay()->set_seconds(absl::ToInt64Seconds(retry_after));
  retry.mutable_retry_delay()->set_nanos(static_cast<int>(absl::ToInt64Nanoseconds(retry_after % absl::Seconds(1))));
  status.SetPayload(kRetryInfoUrl, absl::Cord(retry.SerializeAsString()));
  return status;
}

absl::Status RefuseFields(const std::vector<Violation>& violations) {
  if (violations.empty()) return absl::OkStatus();
  const Violation& first = violations.front();
  std::string message = StrCat(first.field, ": ", first.description);
  if (violations.size() > 1) StrAppend(&message, " (and ", violations.size() - 1, " more)");
  absl::Status status = Refuse(absl::StatusCode::kInvalidArgument, pb::ERROR_REASON_FIELDS_INVALID, message,
                               {{"field", first.field}, {"problem", ReasonName(first.reason)}});
  pb::BadRequest bad_request;
  for (const Violation& violation : violations) {
    if (bad_request.field_violations_size() == static_cast<int>(kMostViolations)) break;
    pb::BadRequest::FieldViolation& added = *bad_request.add_field_violations();
    added.set_field(violation.field);
    added.set_description(violation.description.substr(0, kMostDescriptionBytes));
  }
  status.SetPayload(kBadRequestUrl, absl::Cord(bad_request.SerializeAsString()));
  return status;
}

pb::ErrorReason ReasonOf(const absl::Status& status) {
  const auto payload = status.GetPayload(kErrorInfoUrl);
  pb::ErrorInfo info;
  pb::ErrorReason reason = pb::ERROR_REASON_UNSPECIFIED;
  if (payload && info.ParseFromString(std::string(*payload))) {
    pb::ErrorReason_Parse(StrCat(kPrefix, info.reason()), &reason);
  }
  return reason;
}

}  // namespace onrecord
