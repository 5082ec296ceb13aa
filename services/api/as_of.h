// The moment a read asks for: what the record held then.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "google/protobuf/timestamp.pb.h"

namespace onrecord::api {

// After every moment that can be asked for: what the record holds today.
inline constexpr char kNow[] = "9999-12-31 00:00:00+00";

// PostgreSQL's text form of a moment. INVALID_ARGUMENT on `as_of` for what is no time or lies in the future.
absl::StatusOr<std::string> FormatMoment(const google::protobuf::Timestamp& as_of);

// NOT_FOUND NOT_RECORDED_YET: says when `name` was first recorded.
absl::Status NotRecordedYet(const std::string& name, const google::protobuf::Timestamp& first_recorded);

// The moment of a request; kNow where it asks for none.
template <typename Request>
absl::StatusOr<std::string> ReadAsOf(const Request& request) {
  if (!request.has_as_of()) return std::string(kNow);
  return FormatMoment(request.as_of());
}

}  // namespace onrecord::api
