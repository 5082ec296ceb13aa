// Which claims a question about a claim is about: what names lead to, and the claims that are linked to it because
// they have the same truth conditions or are its negation.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "onrecord/v1/stances.pb.h"
#include "services/base/status.h"
#include "services/pg/session.h"

namespace onrecord::store {

// In a transaction that writes stances or changes quotes: no claim is merged until it ends.
absl::Status HoldClaimLinks(pg::Session& db);
// In a transaction that relates or merges claims.
absl::Status LockClaimLinks(pg::Session& db);

// The ids that resource names ("claims/x") led to at a moment. NOT_FOUND naming `field` and the first one missing.
absl::StatusOr<std::vector<std::int64_t>> ResolveClaims(pg::Session& db, const std::string& field,
                                                        const google::protobuf::RepeatedPtrField<std::string>& names,
                                                        const std::string& moment);
absl::StatusOr<std::int64_t> ResolveClaim(pg::Session& db, const std::string& field, const std::string& name,
                                          const std::string& moment);

struct Linked {
  std::size_t place;  // of the claim it is linked to, in what was asked for
  std::int64_t claim;
  int sign;  // -1: a negation
};
// Each of `claims` and those linked to it, in the order of places.
absl::StatusOr<std::vector<Linked>> LinkedClaims(pg::Session& db, absl::Span<const std::int64_t> claims,
                                                 const std::string& moment);

// A position as seen from a claim's negation.
pb::Position TurnRound(pb::Position position);
// Codes claim * 16 + position of the positions on `linked` that match one of `positions` on the claims asked for;
// all positions when there are none.
std::vector<std::int64_t> PositionCodes(absl::Span<const Linked> linked, const std::vector<pb::Position>& positions);

// Claims about topics or what lies below them.
absl::StatusOr<std::vector<std::int64_t>> ClaimsAbout(pg::Session& db, const std::string& field,
                                                      const std::vector<std::string>& topics,
                                                      const std::string& moment);

}  // namespace onrecord::store
