// Taking back what an import brought.
#pragma once

#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "onrecord/v1/imports.pb.h"
#include "services/api/call.h"

namespace onrecord::store {

// The next step of the revert that the request asks for, in a transaction of its own: the first one finds what the
// import touched. How far it has come; REVERTED when that was all.
absl::StatusOr<pb::Import> RevertSome(api::Call& call, const pb::RevertImportRequest& request);

// What was taken back of some quotes, and no record brought again.
struct Reverted {
  std::set<std::string> quotes;                               // 32 hexadecimal digits each
  std::set<std::pair<std::string, std::string>> appearances;  // of quotes that stayed, with the quote
};
absl::StatusOr<Reverted> RevertedAmong(pg::Session& db, absl::Span<const std::string> quotes);

}  // namespace onrecord::store
