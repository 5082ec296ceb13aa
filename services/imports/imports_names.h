// From the names in the records of a batch to ids.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "onrecord/v1/imports.pb.h"
#include "services/api/call.h"
#include "services/imports/imports_batch.h"

namespace onrecord::store {

// Sets the ids of the records that are undecided, and rejects those with names that mean nobody or several. Names that
// nobody has are created first where the import wants that. To be called outside of transactions.
absl::Status ResolveNamesOf(api::Call& call, const pb::Import& import, std::vector<Pending>& records);

}  // namespace onrecord::store
