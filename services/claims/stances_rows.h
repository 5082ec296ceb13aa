// From rows of db/queries/stances.sql to stances. The columns are those of the fragment StanceColumns, in its order.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <pqxx/pqxx>
#include <string>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "onrecord/v1/stances.pb.h"
#include "services/pg/session.h"

namespace onrecord::store {

namespace pb = ::onrecord::v1;

// Which stance: of a quote (32 hexadecimal digits), on a claim, of a holder (0: the quote's own source).
struct StanceKey {
  std::string quote;
  std::int64_t claim = 0;
  std::int64_t holder = 0;
  auto operator<=>(const StanceKey&) const = default;  // NOLINT: there is no pointer in it
};

// The parts of keys, each as an array for PostgreSQL.
struct StanceKeyArrays {
  std::string quotes;
  std::string claims;
  std::string holders;
};
StanceKeyArrays ArraysOf(absl::Span<const StanceKey> keys);

// Those of the stances that the record held at the moment; those that were taken back only on request.
absl::StatusOr<std::map<StanceKey, pb::Stance>> ReadStanceRows(pg::Session& db, absl::Span<const StanceKey> keys,
                                                               const std::string& moment, bool taken_back);

// A state, and the key of pages of revisions.
pb::StanceRevision ReadStanceRevision(const pqxx::row& row, std::string& page_key);
// Leaves out what quotes under embargo say, for callers who may not see it; of states that were read from `rows`.
absl::Status HideEmbargoed(pg::Session& db, const pqxx::result& rows, absl::Span<pb::StanceRevision* const> revisions);

}  // namespace onrecord::store
