// From libpqxx's exceptions to statuses with our reasons. Nothing of the driver's text reaches a caller; what is
// not expected is logged here and answered INTERNAL.
#pragma once

#include <functional>

#include "absl/status/status.h"

namespace onrecord::pg {

enum class Access;

// Runs `body`. `cancelled_by_caller` tells apart a statement that was cancelled because the caller left from one
// that ran out of time; it may be empty.
absl::Status Translate(Access access, const std::function<void()>& body,
                       const std::function<bool()>& cancelled_by_caller);

absl::Status DatabaseUnavailable();

}  // namespace onrecord::pg
