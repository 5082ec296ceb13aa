// Wordings in PostgreSQL: what the matcher stores of quotes, by which their words are found.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "onrecord/v1/utterances.pb.h"
#include "services/pg/session.h"
#include "services/wordings/wordings_words.h"

namespace onrecord::store {

namespace pb = ::onrecord::v1;

// What is the same for quotes that have the same words.
std::string WordingId(absl::Span<const wordings::Word> words);

absl::StatusOr<pb::GetMatchingStateResponse> GetMatchingState(pg::Session& db);

// In a transaction that writes quotes: they wait to be matched.
absl::Status QueueToMatch(pg::Session& db, absl::Span<const std::string> quotes);
// In a transaction that redacts quotes: nothing is found by their words any more.
absl::Status ForgetWordings(pg::Session& db, absl::Span<const std::string> quotes);
// The places of the quotes that wait longest, at most `most`, in an order in which it is cheap to match them.
absl::StatusOr<std::vector<std::int64_t>> ListToMatch(pg::Session& db, int most);
// Matches quotes by their places; how many were taken off the queue. nullopt: another server is at it.
absl::StatusOr<std::optional<int>> MatchSome(pg::Session& db, absl::Span<const std::int64_t> places);
// Finds out anew which keys, and which words, are common; how many wordings there are.
absl::StatusOr<std::int64_t> SampleKeys(pg::Session& db);
// Puts the keys of new wordings to their place in the index.
absl::Status PlaceKeys(pg::Session& db);

}  // namespace onrecord::store
