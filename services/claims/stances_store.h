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

// Calls of ClaimService.
absl::StatusOr<pb::Stance> GetStance(pg::Session& db, const std::string& field, const std::string& name,
                                     const std::string& moment);
absl::StatusOr<pb::ListStancesResponse> ListStances(pg::Session& db, const pb::ListStancesRequest& request,
                                                    const std::string& moment);
absl::StatusOr<pb::Stance> SetStance(api::Call& call, const pb::SetStanceRequest& request);
absl::StatusOr<pb::Stance> RemoveStance(api::Call& call, const pb::RemoveStanceRequest& request);
absl::StatusOr<pb::ListStanceRevisionsResponse> ListStanceRevisions(pg::Session& db,
                                                                    const pb::ListStanceRevisionsRequest& request);

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
