// Moving what speakers said from one to the other: quotes with a revision each, the copies of whose they are, stances
// and identifications. Set by set in PostgreSQL, however much there is; the server holds none of it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "services/api/call.h"

namespace onrecord::store {

// Begins a move in the running transaction: nobody else writes until it ends. The moment at which all of it happens.
absl::StatusOr<std::string> BeginMove(pg::Session& db);

// Gathering which quotes are to move; what is gathered twice moves once.
absl::Status GatherAllOf(pg::Session& db, std::int64_t speaker);
absl::Status GatherThese(pg::Session& db, absl::Span<const std::string> quotes);
// What the merge of a speaker at the moment `merged` moved, as far as it is of `owner` still.
absl::Status GatherBack(pg::Session& db, std::int64_t speaker, const std::string& merged, std::int64_t owner);

struct Move {
  std::int64_t from = 0;
  std::int64_t to = 0;
  std::string moment;
  std::string reason;
};

// Moves the gathered quotes that are of `move.from`; how many.
absl::StatusOr<std::int64_t> MoveQuotes(api::Call& call, const Move& move);
// After MoveQuotes: positions follow, and with `held` also those that the speaker holds or ascribes by quotes of
// others. How many gave way to another of the same holder.
absl::StatusOr<std::int64_t> MoveStances(pg::Session& db, const Move& move, bool held);
// Identifications of the gathered quotes, or with `all` every one of the speaker.
absl::Status MoveIdentifications(pg::Session& db, const Move& move, bool all);

// After MoveQuotes from the other of a merge at the moment `merged` back to `move.to`: what else it changed, as far as
// nobody changed it since.
absl::Status UndoMoves(pg::Session& db, const Move& move, const std::string& merged);

}  // namespace onrecord::store
