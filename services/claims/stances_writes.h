// Writing stances: those of calls and of imports, and what follows when quotes change.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "services/api/dates.h"
#include "services/claims/stances_rows.h"

namespace onrecord::store {

// A stance as it is to be stored. An ascriber of 0 was not named.
struct NewStance {
  StanceKey key;
  pb::Position position = pb::POSITION_UNSPECIFIED;
  pb::Strength strength = pb::STRENGTH_PLAIN;
  std::int64_t ascribed_speaker = 0;
  std::int64_t ascribed_outlet = 0;
  api::DayRange valid;
  std::string valid_printed;
  pb::DateBasis valid_basis = pb::DATE_BASIS_UNSPECIFIED;
  std::string note;
  bool taken_back = false;
  int replaces = 0;  // the current revision; 0: there is none

  // Whether the two say the same of one key.
  bool Says(const NewStance& other) const;
};

// For writers of many; in a transaction that holds the links of claims (HoldClaimLinks).

// A quote as evidence, locked until the transaction ends.
struct Evidence {
  std::int64_t speaker = 0;  // 0: an unnamed source
  int state = 0;             // QuoteState
  int polarity = 0;          // Polarity
};
absl::StatusOr<std::map<std::string, Evidence>> LockEvidence(pg::Session& db, absl::Span<const std::string> quotes);

// The quote's own source is holder 0, and the source of somebody else's position goes without saying.
void NormalizeHolder(std::int64_t source, NewStance& stance);

// What the record holds now of each key, by place; `via` tells through what it came.
struct CurrentStance {
  NewStance stance;  // `replaces` is its revision
  std::string via;
};
absl::StatusOr<std::map<std::size_t, CurrentStance>> CurrentStances(pg::Session& db, absl::Span<const StanceKey> keys);

// Stores new versions.
absl::Status PutStances(pg::Session& db, absl::Span<const NewStance> stances, std::string_view author,
                        std::string_view via, std::string_view reason);

// In a transaction that changed quotes, after HoldClaimLinks: the stances that rest on them follow.
absl::Status FollowQuotes(pg::Session& db, absl::Span<const std::string> quotes);

}  // namespace onrecord::store
