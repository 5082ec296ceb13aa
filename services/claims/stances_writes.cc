#include "services/claims/stances_writes.h"

#include "db/statements.h"
#include "services/api/names.h"
#include "services/tallies/tallies_store.h"

namespace onrecord::store {

bool NewStance::Says(const NewStance& other) const {
  return position == other.position && strength == other.strength && ascribed_speaker == other.ascribed_speaker &&
         ascribed_outlet == other.ascribed_outlet && valid.from == other.valid.from && valid.to == other.valid.to &&
         valid_printed == other.valid_printed && valid_basis == other.valid_basis && note == other.note &&
         taken_back == other.taken_back;
}

absl::StatusOr<std::map<std::string, Evidence>> LockEvidence(pg::Session& db, absl::Span<const std::string> quotes) {
  ASSIGN_OR_RETURN(const pqxx::result rows, db.Run(sql::kLockEvidence, pg::TextArray(quotes)));
  std::map<std::string, Evidence> evidence;
  for (const pqxx::row& row : rows) {
    evidence[api::BareUuid(row[0].c_str())] = {row[1].is_null() ? 0 : row[1].as<std::int64_t>(), row[2].as<int>(),
                                               row[3].as<int>()};
  }
  return evidence;
}

void NormalizeHolder(std::int64_t source, NewStance& stance) {
  if (stance.key.holder == source) stance.key.holder = 0;
  if (stance.key.holder != 0 && stance.ascribed_speaker == source) stance.ascribed_speaker = 0;
}

absl::StatusOr<std::map<std::size_t, CurrentStance>> CurrentStances(pg::Session& db, absl::Span<const StanceKey> keys) {
  const StanceKeyArrays wanted = ArraysOf(keys);
  ASSIGN_OR_RETURN(const pqxx::result rows, db.Run(sql::kCurrentStances, wanted.quotes, wanted.claims, wanted.holders));
  std::map<std::size_t, CurrentStance> current;
  const auto id = [](const pqxx::field& field) { return field.is_null() ? 0 : field.as<std::int64_t>(); };
  for (const pqxx::row& row : rows) {
    const std::size_t place = row[0].as<std::size_t>() - 1;
    NewStance stance;
    stance.key = keys[place];
    stance.replaces = row[1].as<int>();
    stance.taken_back = row[2].as<int>() == 3;
    stance.position = static_cast<pb::Position>(row[3].as<int>());
    stance.strength = static_cast<pb::Strength>(row[4].as<int>());
    stance.ascribed_speaker = id(row[5]);
    stance.ascribed_outlet = id(row[6]);
    stance.valid = {row[8].as<int>(), row[9].as<int>()};
    stance.valid_printed = row[10].c_str();
    stance.valid_basis = static_cast<pb::DateBasis>(row[11].as<int>());
    stance.note = row[12].c_str();
    current[place] = {std::move(stance), row[13].c_str()};
  }
  return current;
}

absl::Status PutStances(pg::Session& db, absl::Span<const NewStance> stances, std::string_view author,
                        std::string_view via, std::string_view reason) {
  if (stances.empty()) return absl::OkStatus();
  std::vector<std::string> quotes, printed, notes;
  std::vector<std::int64_t> claims, holders, positions, strengths, speakers, outlets, froms, tos, bases, replaces,
      standings;
  for (const NewStance& stance : stances) {
    quotes.push_back(stance.key.quote);
    claims.push_back(stance.key.claim);
    holders.push_back(stance.key.holder);
    positions.push_back(stance.position);
    strengths.push_back(stance.strength);
    speakers.push_back(stance.ascribed_speaker);
    outlets.push_back(stance.ascribed_outlet);
    froms.push_back(stance.valid.from);
    tos.push_back(stance.valid.to);
    printed.push_back(stance.valid_printed);
    bases.push_back(stance.valid_basis);
    notes.push_back(stance.note);
    replaces.push_back(stance.replaces);
    standings.push_back(stance.taken_back ? 3 : 1);
  }
  const std::string all = pg::TextArray(quotes);
  return RecountStances(db, quotes, [&] {
    return db
        .Run(sql::kPutStances, all, all, pg::IntArray(claims), pg::IntArray(holders), pg::IntArray(positions),
             pg::IntArray(strengths), pg::IntArray(speakers), pg::IntArray(outlets), pg::IntArray(froms),
             pg::IntArray(tos), pg::TextArray(printed), pg::IntArray(bases), pg::TextArray(notes),
             pg::IntArray(replaces), pg::IntArray(standings), author, via, reason)
        .status();
  });
}

absl::Status FollowQuotes(pg::Session& db, absl::Span<const std::string> quotes) {
  if (quotes.empty()) return absl::OkStatus();
  return RecountStances(db, quotes, [&] { return db.Run(sql::kFollowQuotes, pg::TextArray(quotes)).status(); });
}

}  // namespace onrecord::store
