// Suggesting which quotes are wordings of one utterance: what the matcher does with quotes whose words it has stored.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "services/pg/session.h"
#include "services/utterances/groups_rules.h"
#include "services/utterances/links_store.h"
#include "services/wordings/wordings_words.h"

namespace onrecord::store {

// Quotes between which and others links are looked for.
class ToLink {
 public:
  void Add(ReadSaying read, absl::Span<const wordings::Word> words);
  // In the matcher's transaction: suggests links between these quotes and others of the same speaker, or of one who
  // speaks for the other, of about the same time. Quotes that are as they were when this was last done cost next to
  // nothing.
  absl::Status Suggest(pg::Session& db);

 private:
  // Stores what the quotes are compared by, and leaves of them those for which that changed.
  absl::Status StoreSpans(pg::Session& db);

  std::vector<rules::Asked> asked_;
  std::vector<std::string> fingerprints_;  // of the text of each asked one
  std::vector<std::string> gone_;          // without words or a named speaker, or redacted
};

// In a transaction that changes for whom a speaker speaks: the speaker's quotes wait to be matched.
absl::Status QueueQuotesOfSpeaker(pg::Session& db, std::int64_t speaker);

}  // namespace onrecord::store
