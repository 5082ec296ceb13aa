// Status in the words of onrecord: macros to pass errors on, and constructors that attach the google.rpc
// payloads (ErrorInfo, BadRequest, RetryInfo) which every refusal carries. The payloads are turned into the
// wire form in one place, services/api/call.cc.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "onrecord/v1/errors.pb.h"

namespace onrecord {

namespace pb = ::onrecord::v1;

#define ONRECORD_CONCAT_INNER(a, b) a##b
#define ONRECORD_CONCAT(a, b) ONRECORD_CONCAT_INNER(a, b)

#define RETURN_IF_ERROR(expression) RETURN_IF_ERROR_INNER(ONRECORD_CONCAT(onrecord_status_, __LINE__), expression)
#define RETURN_IF_ERROR_INNER(status, expression)                        \
  do {                                                                   \
    if (absl::Status status = (expression); !status.ok()) return status; \
  } while (false)

#define ASSIGN_OR_RETURN(declaration, expression) \
  ASSIGN_OR_RETURN_INNER(ONRECORD_CONCAT(onrecord_or_, __LINE__), declaration, expression)
#define ASSIGN_OR_RETURN_INNER(result, declaration, expression) \
  auto result = (expression);                                   \
  if (!result.ok()) return std::move(result).status();          \
  declaration = *std::move(result)

// One violated field.
struct Violation {
  pb::ErrorReason reason;
  std::string field;
  std::string description;
};

using Metadata = std::map<std::string, std::string>;

// "QUOTE_NOT_FOUND" for ERROR_REASON_QUOTE_NOT_FOUND.
std::string ReasonName(pb::ErrorReason reason);

// A refusal with its reason; `metadata` repeats every word of the message that varies.
absl::Status Refuse(absl::StatusCode code, pb::ErrorReason reason, std::string_view message, Metadata metadata = {});

// Like Refuse, and tells the caller when to try again.
absl::Status RefuseForNow(absl::StatusCode code, pb::ErrorReason reason, std::string_view message,
                          absl::Duration retry_after);

// INVALID_ARGUMENT with every violated field (the first 20).
absl::Status RefuseFields(const std::vector<Violation>& violations);

// The reason that a status carries, or UNSPECIFIED.
pb::ErrorReason ReasonOf(const absl::Status& status);

}  // namespace onrecord
