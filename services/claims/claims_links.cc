#include "services/claims/claims_links.h"

#include <algorithm>

#include "db/statements.h"
#include "services/api/text.h"
#include "services/names/names_store.h"

namespace onrecord::store {
namespace {

constexpr char kClaimLinksKey[] = "links of claims";

}  // namespace

absl::Status HoldClaimLinks(pg::Session& db) { return LockKey(db, kClaimLinksKey, /*exclusive=*/false); }

absl::Status LockClaimLinks(pg::Session& db) { return LockKey(db, kClaimLinksKey, /*exclusive=*/true); }

absl::StatusOr<std::vector<std::int64_t>> ResolveClaims(pg::Session& db, const std::string& field,
                                                        const google::protobuf::RepeatedPtrField<std::string>& names,
                                                        const std::string& moment) {
  if (names.empty()) return std::vector<std::int64_t>{};
  const std::string prefix = PrefixOf(NameTable::kClaims);
  std::vector<std::string> slugs;
  for (const std::string& name : names) slugs.push_back(name.starts_with(prefix) ? name.substr(prefix.size()) : "");
  ASSIGN_OR_RETURN(const pqxx::result rows, db.Run(sql::kNamesLeadToClaims, pg::TextArray(slugs), moment));
  std::vector<std::int64_t> ids(slugs.size());
  for (const pqxx::row& row : rows) ids[row[0].as<std::size_t>() - 1] = row[1].as<std::int64_t>();
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (ids[i] == 0) return NameNotFound(NameTable::kClaims, field, names.at(static_cast<int>(i)));
  }
  return ids;
}

absl::StatusOr<std::int64_t> ResolveClaim(pg::Session& db, const std::string& field, const std::string& name,
                                          const std::string& moment) {
  google::protobuf::RepeatedPtrField<std::string> names;
  *names.Add() = name;
  ASSIGN_OR_RETURN(const std::vector<std::int64_t> ids, ResolveClaims(db, field, names, moment));
  return ids.front();
}

absl::StatusOr<std::vector<Linked>> LinkedClaims(pg::Session& db, absl::Span<const std::int64_t> claims,
                                                 const std::string& moment) {
  if (claims.empty()) return std::vector<Linked>{};
  ASSIGN_OR_RETURN(const pqxx::result rows, db.Run(sql::kLinkedClaims, pg::IntArray(claims), moment));
  std::vector<Linked> linked;
  for (const pqxx::row& row : rows) {
    linked.push_back({row[0].as<std::size_t>() - 1, row[1].as<std::int64_t>(), row[2].as<int>()});
  }
  return linked;
}

pb::Position TurnRound(pb::Position position) {
  switch (position) {
    case pb::POSITION_ASSERTS:
    case pb::POSITION_PREDICTS:
      return pb::POSITION_DENIES;
    case pb::POSITION_DENIES:
      return pb::POSITION_ASSERTS;
    case pb::POSITION_SUPPORTS:
      return pb::POSITION_OPPOSES;
    case pb::POSITION_OPPOSES:
      return pb::POSITION_SUPPORTS;
    default:
      return position;
  }
}

std::vector<std::int64_t> PositionCodes(absl::Span<const Linked> linked, const std::vector<pb::Position>& positions) {
  std::vector<std::int64_t> codes;
  for (const Linked& claim : linked) {
    for (int number = pb::POSITION_ASSERTS; number <= pb::Position_MAX; ++number) {
      const auto recorded = static_cast<pb::Position>(number);
      const pb::Position seen = claim.sign < 0 ? TurnRound(recorded) : recorded;
      if (positions.empty() || std::find(positions.begin(), positions.end(), seen) != positions.end()) {
        codes.push_back(claim.claim * 16 + number);
      }
    }
  }
  std::sort(codes.begin(), codes.end());
  codes.erase(std::unique(codes.begin(), codes.end()), codes.end());
  return codes;
}

absl::StatusOr<std::vector<std::int64_t>> ClaimsAbout(pg::Session& db, const std::string& field,
                                                      const std::vector<std::string>& topics,
                                                      const std::string& moment) {
  ASSIGN_OR_RETURN(const std::vector<std::int64_t> ids, RequireIds(db, NameTable::kTopics, field, topics));
  ASSIGN_OR_RETURN(const pqxx::result rows, db.Run(sql::kClaimsAbout, moment, pg::IntArray(ids)));
  std::vector<std::int64_t> claims;
  for (const pqxx::row& row : rows) claims.push_back(row[0].as<std::int64_t>());
  return claims;
}

}  // namespace onrecord::store
