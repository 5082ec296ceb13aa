// The keys by which wordings that resemble or contain each other are found through an index. Two wordings that share no
// key are not compared. Keys are stored: a change of how they are made needs a new kSketchVersion.
//
// Three kinds, told apart by what is hashed into them:
// - bands: MinHash over content words and pairs of words; wordings that resemble each other as a whole share some;
// - prints: runs of three words, chosen by their content alone, such that a common run of six words has one;
// - the whole of a wording of up to four words, which a longer one asks for with all its runs.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "services/wordings/wordings_words.h"

namespace onrecord::wordings {

inline constexpr int kSketchVersion = 1;
// Wordings up to this length are found in longer ones by their words, since they have too few for a print.
inline constexpr std::size_t kShortWords = 5;

// What is stored of a wording: sorted, each once, at most about 1,000 keys.
std::vector<std::int32_t> SketchKeys(absl::Span<const Word> words);
// What to look for: the same, and the keys of shorter wordings that stand in it. At most 4,000.
std::vector<std::int32_t> AskedKeys(absl::Span<const Word> words);

}  // namespace onrecord::wordings
