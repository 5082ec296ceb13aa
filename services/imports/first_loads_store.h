// First loads: imports into an empty record go without the indexes that only questions need; those are built
// afterwards.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "services/pg/session.h"

namespace onrecord::store {

// In the transaction that starts import `id`: takes the indexes away. FAILED_PRECONDITION RECORD_NOT_EMPTY.
absl::Status DeferIndexes(pg::Session& db, std::int64_t id);

// Builds one index that was taken away and that nobody is building; false when there is none, or while first loads go
// on. Its table takes no writes meanwhile. What was begun and not ended is to be done again.
absl::StatusOr<bool> BuildIndex(pg::Session& db);

}  // namespace onrecord::store
