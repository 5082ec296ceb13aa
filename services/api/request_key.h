// Request ids: what makes a mutating call safe to repeat. A call claims its id in the transaction of its write;
// a later call with the same id and content gets what the first one made, as it is then.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "services/api/call.h"

namespace onrecord::api {

// Claims request_id inside the running transaction. nullopt: it is new, go on. Otherwise the resource of the
// first call. INVALID_ARGUMENT REQUEST_ID_REUSED when that one asked for something else. An empty id is always new.
absl::StatusOr<std::optional<std::string>> ClaimRequest(Call& call, std::string_view request_id,
                                                        const google::protobuf::Message& request,
                                                        std::string_view resource);

}  // namespace onrecord::api
