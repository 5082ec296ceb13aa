// Stances in PostgreSQL: tables stances and change_labels, both in versions. A moment is the text form of a time;
// kNow (services/api/as_of.h) asks for what the record holds today.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "onrecord/v1/claims.pb.h"
#include "onrecord/v1/timeline.pb.h"
#include "services/api/call.h"
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

// Calls of ClaimService.
absl::StatusOr<pb::Stance> GetStance(pg::Session& db, const std::string& field, const std::string& name,
                                     const std::string& moment);
absl::StatusOr<pb::ListStancesResponse> ListStances(pg::Session& db, const pb::ListStancesRequest& request,
                                                    const std::string& moment);
absl::StatusOr<pb::Stance> SetStance(api::Call& call, const pb::SetStanceRequest& request);
absl::StatusOr<pb::Stance> RemoveStance(api::Call& call, const pb::RemoveStanceRequest& request);
absl::StatusOr<pb::ListStanceRevisionsResponse> ListStanceRevisions(pg::Session& db,
                                                                    const pb::ListStanceRevisionsRequest& request);

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

// For questions about stances.

// Which stances a filter asks for, in terms of the database.
struct StanceScope {
  std::vector<std::int64_t> claims;  // with those linked to them
  std::vector<std::int64_t> codes;   // see PositionCodes; empty without claims or positions
  std::vector<std::int64_t> positions;
  std::vector<std::int64_t> holders;
  std::vector<std::string> quotes;
  std::optional<int> held_from;
  std::optional<int> held_to;
  bool include_ascribed = false;
  bool nothing = false;  // no claim is about the topics asked for
};
absl::StatusOr<StanceScope> ResolveStanceFilter(pg::Session& db, const std::string& field,
                                                const pb::StanceFilter& filter, const std::string& moment);

// The stances with these keys, in their order.
absl::StatusOr<std::vector<pb::Stance>> ReadStances(pg::Session& db, absl::Span<const StanceKey> keys,
                                                    const std::string& moment);

// The key behind a stance's name. NOT_FOUND naming `field` where a part of it does not exist.
absl::StatusOr<StanceKey> ResolveStanceName(pg::Session& db, const std::string& field, const std::string& name,
                                            const std::string& moment);
absl::Status StanceNotFound(const std::string& field, const std::string& name);

}  // namespace onrecord::store
