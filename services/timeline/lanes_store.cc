#include "services/timeline/lanes_store.h"

#include <algorithm>

#include "db/statements.h"
#include "services/api/names.h"
#include "services/api/violations.h"
#include "services/base/strings.h"

namespace onrecord::store {
namespace {

constexpr int kMostRows = 5000;              // of one page
constexpr int kRowsPerLane = 4;              // to begin with
constexpr std::ptrdiff_t kEnoughRows = 500;  // of whole lanes, where not all are asked for
constexpr int kMostRowsOfLane = 200000;      // a holder with more on one claim is beyond what an answer can hold
constexpr std::size_t kMostShownOfLane = 300;

struct LaneRow {
  std::int64_t claim;
  std::int64_t speaker;
  rules::LaneStance stance;
};

std::vector<LaneRow> ReadRows(const pqxx::result& rows) {
  std::vector<LaneRow> read;
  for (const pqxx::row& row : rows) {
    rules::LaneStance stance;
    stance.key = {api::BareUuid(row[2].c_str()), row[0].as<std::int64_t>(), row[3].as<std::int64_t>()};
    stance.position = static_cast<pb::Position>(row[4].as<int>());
    stance.strength = row[5].as<int>();
    stance.held = {row[6].as<int>(), row[7].as<int>()};
    stance.ascribed = row[8].c_str()[0] == 't';
    read.push_back({row[0].as<std::int64_t>(), row[1].as<std::int64_t>(), std::move(stance)});
  }
  return read;
}

LaneKey KeyOf(std::int64_t claim, const LaneRow& row) {
  return {claim, row.speaker, row.speaker == 0 ? row.stance.key.quote : std::string(32, 'f')};
}

// Runs a statement of lanes; `one` is the claim of LaneRowsOfClaim.
absl::StatusOr<std::vector<LaneRow>> RunLanes(pg::Session& db, const pg::Statement& statement, const LaneScope& scope,
                                              absl::Span<const std::int64_t> claims,
                                              absl::Span<const std::int64_t> holders, std::optional<std::int64_t> one,
                                              const LaneKey& after, int limit) {
  ASSIGN_OR_RETURN(
      const pqxx::result rows,
      db.Run(statement, scope.moment, limit, one,
             pg::TextArray({std::to_string(after.claim), std::to_string(after.speaker), after.quote}),
             pg::IntArray(claims), pg::IntArray(holders), scope.include_ascribed, scope.held_from, scope.held_to));
  return ReadRows(rows);
}

// Runs `read` with few rows at first, then with more until `lanes` of them are whole or the page is full; when not
// even the first lane fits, with as much as that takes. Cuts off the last lane, which may not be whole, and tells
// whether there is more.
template <typename Read, typename Key>
absl::StatusOr<std::vector<LaneRow>> ReadWhole(Read read, Key key, int lanes, bool& more) {
  const auto next = [](int limit) { return limit < kMostRows ? std::min(kMostRows, limit * 4) : limit * 4; };
  const int first = std::min(kMostRows, kRowsPerLane * std::min(lanes, kMostRows));
  for (int limit = first; limit <= kMostRowsOfLane; limit = next(limit)) {
    ASSIGN_OR_RETURN(std::vector<LaneRow> rows, read(limit));
    more = static_cast<int>(rows.size()) == limit;
    if (!more || rows.empty()) return rows;
    const LaneKey last = key(rows.back());
    int whole = 0;
    auto end = rows.begin();
    for (auto row = rows.begin(); key(*row) != last; ++row) {
      if (key(*row) != key(*(row + 1))) {
        ++whole;
        end = row + 1;
      }
    }
    if (whole == 0 || (whole < lanes && limit < kMostRows && end - rows.begin() < kEnoughRows)) continue;
    rows.erase(end, rows.end());
    return rows;
  }
  return Refuse(absl::StatusCode::kFailedPrecondition, pb::ERROR_REASON_RESPONSE_TOO_LARGE,
                "one holder has more stances on one claim than an answer can hold");
}

rules::LaneStance Seen(rules::LaneStance stance, int sign) {
  if (sign < 0) stance.position = TurnRound(stance.position);
  return stance;
}

// The claims linked to those of some rows, and with which sign.
struct Classes {
  std::map<std::int64_t, std::map<std::int64_t, int>> of;  // of[claim][linked] = sign
};

absl::StatusOr<Classes> ReadClasses(pg::Session& db, const std::vector<LaneRow>& rows, const std::string& moment) {
  std::set<std::int64_t> claims;
  for (const LaneRow& row : rows) claims.insert(row.claim);
  const std::vector<std::int64_t> ordered(claims.begin(), claims.end());
  ASSIGN_OR_RETURN(const std::vector<Linked> linked, LinkedClaims(db, ordered, moment));
  Classes classes;
  for (const Linked& claim : linked) classes.of[ordered[claim.place]][claim.claim] = claim.sign;
  return classes;
}

// What the holders of rows on linked claims say on the other claims.
absl::StatusOr<std::vector<LaneRow>> ReadElsewhere(pg::Session& db, const LaneScope& scope,
                                                   const std::vector<LaneRow>& rows, const Classes& classes) {
  std::set<std::int64_t> claims, holders;
  for (const LaneRow& row : rows) {
    const auto& linked = classes.of.at(row.claim);
    if (linked.size() < 2) continue;
    for (const auto& [claim, sign] : linked) claims.insert(claim);
    holders.insert(row.speaker);
  }
  if (claims.empty()) return std::vector<LaneRow>{};
  const std::vector<std::int64_t> on(claims.begin(), claims.end());
  const std::vector<std::int64_t> of(holders.begin(), holders.end());
  return RunLanes(db, sql::kLaneRowsOfClaims, scope, on, of, std::nullopt, BeforeAllLanes(), kMostRowsOfLane);
}

}  // namespace

absl::StatusOr<LanePage> ReadLanesOfClaim(pg::Session& db, const LaneScope& scope, std::int64_t claim,
                                          absl::Span<const Linked> linked, const LaneKey& after, int lanes) {
  std::map<std::int64_t, int> sign_of;
  for (const Linked& other : linked) sign_of[other.claim] = other.sign;
  std::vector<std::int64_t> claims;
  for (const auto& [id, sign] : sign_of) claims.push_back(id);
  const auto key = [&](const LaneRow& row) { return KeyOf(claim, row); };
  LanePage page;
  page.last = after;
  const auto read = [&](int limit) {
    // Along the index for everybody on one claim; for some holders or several claims the planner knows better.
    return claims.size() == 1 && scope.holders.empty()
               ? RunLanes(db, sql::kLaneRowsOfClaim, scope, {}, scope.holders, claims.front(), after, limit)
               : RunLanes(db, sql::kLaneRowsOfClaims, scope, claims, scope.holders, std::nullopt, after, limit);
  };
  ASSIGN_OR_RETURN(const std::vector<LaneRow> rows, ReadWhole(read, key, lanes, page.more));
  page.looked_at = rows.size();
  for (const LaneRow& row : rows) {
    if (page.lanes.empty() || page.lanes.back().key != key(row)) page.lanes.push_back({key(row), {}});
    page.lanes.back().stances.push_back(Seen(row.stance, sign_of.at(row.claim)));
  }
  if (!page.lanes.empty()) page.last = page.lanes.back().key;
  return page;
}

absl::StatusOr<LanePage> ReadLanes(pg::Session& db, const LaneScope& scope, const LaneKey& after, int lanes) {
  const auto key = [](const LaneRow& row) { return KeyOf(row.claim, row); };
  LanePage page;
  page.last = after;
  const auto read = [&](int limit) {
    return scope.holders.size() == 1
               ? RunLanes(db, sql::kLaneRowsOfHolder, scope, scope.claims, {}, scope.holders.front(), after, limit)
               : RunLanes(db, sql::kLaneRowsByClaim, scope, scope.claims, scope.holders, std::nullopt, after, limit);
  };
  ASSIGN_OR_RETURN(const std::vector<LaneRow> rows, ReadWhole(read, key, lanes, page.more));
  if (rows.empty()) return page;
  page.last = key(rows.back());
  page.looked_at = rows.size();
  ASSIGN_OR_RETURN(const Classes classes, ReadClasses(db, rows, scope.moment));
  ASSIGN_OR_RETURN(const std::vector<LaneRow> elsewhere, ReadElsewhere(db, scope, rows, classes));
  std::map<std::pair<std::int64_t, std::string>, std::vector<const LaneRow*>> by_holder;
  for (const LaneRow& row : elsewhere) by_holder[{row.speaker, KeyOf(0, row).quote}].push_back(&row);
  for (std::size_t i = 0; i < rows.size();) {
    Lane lane{key(rows[i]), {}};
    const auto& linked = classes.of.at(rows[i].claim);
    bool first = true;  // of the claims linked on which the holder has a stance
    if (linked.size() > 1) {
      for (const LaneRow* other : by_holder[{lane.key.speaker, lane.key.quote}]) {
        const auto sign = linked.find(other->claim);
        if (sign == linked.end() || other->claim == lane.key.claim) continue;
        first = first && other->claim > lane.key.claim;
        lane.stances.push_back(Seen(other->stance, sign->second));
      }
    }
    for (; i < rows.size() && key(rows[i]) == lane.key; ++i) lane.stances.push_back(rows[i].stance);
    if (first) page.lanes.push_back(std::move(lane));
  }
  return page;
}

absl::StatusOr<std::vector<rules::Label>> ReadLabels(pg::Session& db, const std::string& moment,
                                                     absl::Span<const rules::LaneStance> stances) {
  std::set<std::string> quotes;
  for (const rules::LaneStance& stance : stances) quotes.insert(stance.key.quote);
  std::vector<rules::Label> labels;
  if (quotes.empty()) return labels;
  ASSIGN_OR_RETURN(
      const pqxx::result rows,
      db.Run(sql::kLabelsOf, moment, pg::TextArray(std::vector<std::string>(quotes.begin(), quotes.end()))));
  for (const pqxx::row& row : rows) {
    labels.push_back({{api::BareUuid(row[0].c_str()), row[1].as<std::int64_t>(), row[2].as<std::int64_t>()},
                      {api::BareUuid(row[3].c_str()), row[4].as<std::int64_t>(), row[5].as<std::int64_t>()},
                      static_cast<pb::ChangeLabel>(row[6].as<int>()),
                      row[7].c_str(),
                      row[8].c_str()});
  }
  return labels;
}

void LaneWriter::Want(const Lane& lane) { wanted_claims_.insert(lane.key.claim); }

void LaneWriter::Want(const rules::Point& point) {
  for (std::size_t i = 0; i < std::min(kMostShown, point.stances.size()); ++i) wanted_stances_.insert(point.stances[i]);
}

void LaneWriter::Want(absl::Span<const rules::Point> points, absl::Span<const rules::Change> changes) {
  std::size_t left = kMostShownOfLane;
  const auto want = [&](const rules::Point& point, std::size_t from, std::size_t to) {
    for (std::size_t i = from; i < std::min(to, point.stances.size()) && left > 0; ++i) {
      if (wanted_stances_.insert(point.stances[i]).second) --left;
    }
  };
  for (const rules::Change& change : changes) {
    want(points[change.before], 0, 1);
    want(points[change.after], 0, 1);
  }
  for (const rules::Point& point : points) want(point, 0, 1);
  for (const rules::Point& point : points) want(point, 1, kMostShown);
}

absl::Status LaneWriter::Read() {
  ASSIGN_OR_RETURN(const pqxx::result rows, db_.Run(sql::kTitlesOfClaims, moment_, pg::IntArray(wanted_claims_)));
  for (const pqxx::row& row : rows) {
    claims_[row[0].as<std::int64_t>()] = {StrCat("claims/", row[1].c_str()), row[2].c_str()};
  }
  const std::vector<StanceKey> keys(wanted_stances_.begin(), wanted_stances_.end());
  ASSIGN_OR_RETURN(stances_, ReadStanceRows(db_, keys, moment_, /*taken_back=*/false));
  return absl::OkStatus();
}

pb::StancePoint LaneWriter::ToProto(const rules::Point& point, std::size_t most) const {
  pb::StancePoint shown;
  shown.set_position(point.position);
  shown.set_strength(static_cast<pb::Strength>(point.strength));
  api::FromRange(point.held, *shown.mutable_held());
  shown.set_ascribed(point.ascribed);
  shown.set_stance_count(static_cast<int>(point.stances.size()));
  for (std::size_t i = 0; i < std::min(most, point.stances.size()); ++i) {
    const auto found = stances_.find(point.stances[i]);
    if (found != stances_.end()) *shown.add_stances() = found->second;
  }
  return shown;
}

pb::StanceChange LaneWriter::ToProto(absl::Span<const rules::Point> points, const rules::Change& change,
                                     std::size_t most) const {
  pb::StanceChange shown;
  shown.set_kind(change.kind());
  shown.set_computed_kind(change.computed);
  *shown.mutable_before() = ToProto(points[change.before], most);
  *shown.mutable_after() = ToProto(points[change.after], most);
  if (change.label != nullptr) {
    shown.set_label(change.label->label);
    shown.set_label_note(change.label->note);
    shown.set_label_author(change.label->author);
  }
  return shown;
}

}  // namespace onrecord::store
