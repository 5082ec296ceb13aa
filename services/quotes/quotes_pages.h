// Pages of lists of quotes: which index is walked or asked, and how words are looked for.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "services/pg/session.h"
#include "services/quotes/quotes_filter.h"

namespace onrecord::store {

// The next `limit` matches after `from`, newest or oldest first.
absl::StatusOr<std::vector<PageKey>> FindPage(pg::Session& db, const Filter& filter, bool newest, const PageKey& from,
                                              int limit);

}  // namespace onrecord::store
