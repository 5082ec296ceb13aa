// The keys by which wordings that resemble or contain each other are found through an index: one for each pair of words
// that stand beside each other, and for each letter that is a word. What was changed, dropped, moved or cut off leaves
// some pairs as they were, and a part has none that the whole lacks. One key may be in thousands of wordings; two keys
// from different places of a text are together in hardly any but those that resemble it, and an inverted index
// intersects at once: so two are asked for together. Other single words have no key: the index of words leads to them.
// Keys are stored: a change of how they are made needs a migration that queues all quotes.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "services/wordings/wordings_words.h"

namespace onrecord::wordings {

// What is stored of a wording: sorted, each once. What contains the words has all of them. Of more than 10,000 keys the
// lowest, which are as good as drawn by lot, and the same in all texts.
std::vector<std::int32_t> SketchKeys(absl::Span<const Word> words);

struct KeyPair {
  std::int32_t key;
  std::int32_t other;  // the same where one key is enough
};
// What resembles the words, or stands in them, has both keys of some of these, as a rule. In an order as good as drawn
// by lot, the same in all texts, so that some of them may be asked for. None for a single word, at most 512.
std::vector<KeyPair> AskedPairs(absl::Span<const Word> words);

}  // namespace onrecord::wordings
