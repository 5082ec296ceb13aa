// The keys by which wordings that resemble or contain each other are found through an index: one for each pair of words
// that stand beside each other, and one for each word that carries meaning, by which single words are looked for. What
// was changed, dropped, moved or cut off leaves some pairs as they were, and a part has none that the whole lacks. Most
// pairs are rare; those that are not lead nowhere and are left out when asking, see db/queries/utterances.sql. Keys are
// stored: a change of how they are made needs a new kSketchVersion and a migration that queues all quotes.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "services/wordings/wordings_words.h"

namespace onrecord::wordings {

inline constexpr int kSketchVersion = 2;

// What is stored of a wording: sorted, each once. Of more than 10,000 keys the lowest, which are as good as drawn by
// lot, and the same in all texts.
std::vector<std::int32_t> SketchKeys(absl::Span<const Word> words);
// What to look for: pairs, or the single word. At most 1,000.
std::vector<std::int32_t> AskedKeys(absl::Span<const Word> words);

}  // namespace onrecord::wordings
