// Suggesting which quotes are wordings of one utterance: what the matcher does with quotes whose words it has stored.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "services/pg/session.h"

namespace onrecord::store {

// In the matcher's transaction: suggests links between these quotes and others of the same speaker, or of one who
// speaks for the other, of about the same time. Quotes that are as they were when this was last done cost next to
// nothing.
absl::Status SuggestLinks(pg::Session& db, absl::Span<const std::string> quotes);

// In a transaction that changes for whom a speaker speaks: the speaker's quotes wait to be matched.
absl::Status QueueQuotesOfSpeaker(pg::Session& db, std::int64_t speaker);

}  // namespace onrecord::store
