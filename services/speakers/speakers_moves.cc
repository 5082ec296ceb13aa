#include "services/speakers/speakers_moves.h"

#include "db/statements.h"
#include "services/api/names.h"
#include "services/api/row_cursor.h"
#include "services/base/strings.h"
#include "services/claims/claims_links.h"
#include "services/claims/stances_writes.h"
#include "services/names/names_store.h"
#include "services/tallies/tallies_store.h"

namespace onrecord::store {
namespace {

constexpr char kMerged[] = "the speaker was merged";
constexpr char kSplit[] = "the speaker was split";
constexpr std::size_t kFollowedAtOnce = 1000;

absl::StatusOr<int> HighestIdentification(pg::Session& db, std::int64_t one, std::int64_t other) {
  const std::vector<std::int64_t> speakers = {one, other};
  ASSIGN_OR_RETURN(const pqxx::result rows, db.Run(sql::kHighestIdentification, pg::IntArray(speakers)));
  return rows[0][0].as<int>();
}

absl::Status RestoreStances(pg::Session& db, const Move& move, const std::string& merged) {
  RETURN_IF_ERROR(db.Run(sql::kGatherRestoredStances, move.to, merged).status());
  ASSIGN_OR_RETURN(const pqxx::result highest, db.Run(sql::kHighestRestoredStance));
  const auto restore = [&]() -> absl::Status {
    RETURN_IF_ERROR(db.Run(sql::kEndMergedStances, move.moment, merged).status());
    return db.Run(sql::kInsertRestoredStances, move.moment, highest[0][0].as<int>(), kSplit).status();
  };
  RETURN_IF_ERROR(Recount(db, restore, sql::kTallyRestoredStances));
  RETURN_IF_ERROR(db.Run(sql::kRestoreLabels, move.moment, merged).status());
  // Dates may have been changed while a position had given way.
  ASSIGN_OR_RETURN(const pqxx::result rows, db.Run(sql::kRestoredStanceQuotes));
  const std::vector<std::string> quotes = api::FirstColumn(rows);
  for (std::size_t at = 0; at < quotes.size(); at += kFollowedAtOnce) {
    RETURN_IF_ERROR(FollowQuotes(db, absl::MakeConstSpan(quotes).subspan(at, kFollowedAtOnce)));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> BeginMove(pg::Session& db) {
  RETURN_IF_ERROR(LockSpeakers(db));
  RETURN_IF_ERROR(HoldTopicTree(db));
  RETURN_IF_ERROR(HoldClaimLinks(db));
  for (const pg::Statement* statement : {&sql::kMakeMovedQuotes, &sql::kMakeMovedStances, &sql::kMakeRestoredStances}) {
    RETURN_IF_ERROR(db.Run(*statement).status());
  }
  ASSIGN_OR_RETURN(const pqxx::result rows, db.Run(sql::kMomentOfMove));
  return std::string(rows[0][0].c_str());
}

absl::Status GatherAllOf(pg::Session& db, std::int64_t speaker) { return db.Run(sql::kMoveAllOf, speaker).status(); }

absl::Status GatherThese(pg::Session& db, absl::Span<const std::string> quotes) {
  return quotes.empty() ? absl::OkStatus() : db.Run(sql::kMoveThese, pg::TextArray(quotes)).status();
}

absl::Status GatherBack(pg::Session& db, std::int64_t speaker, const std::string& merged, std::int64_t owner) {
  return db.Run(sql::kMoveBack, speaker, merged, owner).status();
}

absl::StatusOr<std::int64_t> MoveQuotes(api::Call& call, const Move& move) {
  pg::Session& db = call.db();
  pqxx::result moved;
  const auto move_quotes = [&]() -> absl::Status {
    ASSIGN_OR_RETURN(
        moved, db.Run(sql::kMoveQuotes, move.from, move.to, move.moment, call.author(), call.method(), move.reason));
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(Recount(db, move_quotes, sql::kTallyMovedQuotes));
  RETURN_IF_ERROR(db.Run(sql::kMoveTopics, move.to).status());
  // The matcher copies whose a quote is: it ends what it is at, and what it does later sees the move.
  RETURN_IF_ERROR(db.Run(sql::kWaitForMatching).status());
  RETURN_IF_ERROR(db.Run(sql::kMoveWordings, move.to).status());
  RETURN_IF_ERROR(db.Run(sql::kQueueMoved).status());
  return static_cast<std::int64_t>(moved.affected_rows());
}

absl::StatusOr<std::int64_t> MoveStances(pg::Session& db, const Move& move, bool held) {
  RETURN_IF_ERROR(db.Run(sql::kGatherMovedStances, held ? move.from : 0, held ? move.to : 0).status());
  ASSIGN_OR_RETURN(const pqxx::result counted, db.Run(sql::kCountMovedStances));
  const auto move_stances = [&]() -> absl::Status {
    RETURN_IF_ERROR(db.Run(sql::kEndMovedStances, move.moment).status());
    return db.Run(sql::kInsertMovedStances, move.moment, counted[0][1].as<int>(), held ? kMerged : kSplit).status();
  };
  RETURN_IF_ERROR(Recount(db, move_stances, sql::kTallyMovedStances));
  RETURN_IF_ERROR(db.Run(sql::kMoveLabelsOfStances, move.moment).status());
  return counted[0][0].as<std::int64_t>();
}

absl::Status MoveIdentifications(pg::Session& db, const Move& move, bool all) {
  ASSIGN_OR_RETURN(const int revision, HighestIdentification(db, move.from, move.to));
  RETURN_IF_ERROR(all ? db.Run(sql::kEndMovedIdentifications, move.from, move.to, move.moment).status()
                      : db.Run(sql::kEndIdentificationsOfMoved, move.from, move.moment).status());
  return db.Run(sql::kInsertMovedIdentifications, move.from, move.to, move.moment, revision).status();
}

absl::Status UndoMoves(pg::Session& db, const Move& move, const std::string& merged) {
  RETURN_IF_ERROR(RestoreStances(db, move, merged));
  RETURN_IF_ERROR(MoveStances(db, move, /*held=*/false).status());
  RETURN_IF_ERROR(db.Run(sql::kEndMergedIdentifications, move.to, move.from, move.moment, merged).status());
  ASSIGN_OR_RETURN(const int revision, HighestIdentification(db, move.from, move.to));
  RETURN_IF_ERROR(db.Run(sql::kRestoreIdentifications, move.to, move.from, move.moment, merged, revision).status());
  return MoveIdentifications(db, move, /*all=*/false);
}

}  // namespace onrecord::store
