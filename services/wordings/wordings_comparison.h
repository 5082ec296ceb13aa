// What a text is to a reference, and what was done to the reference's words: the judgement over an alignment.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "onrecord/v1/utterances.pb.h"
#include "services/wordings/wordings_alignment.h"
#include "services/wordings/wordings_words.h"

namespace onrecord::wordings {

namespace pb = ::onrecord::v1;

inline constexpr int kEllipsisWords = 10;

// A text with its words, so that it is split once for many comparisons.
struct Wording {
  explicit Wording(std::string the_text) : text(std::move(the_text)), words(SplitWords(text)) {}
  std::string text;
  std::vector<Word> words;
};

// `ellipsis_words`: how many words an ellipsis may hide before a flag says so.
pb::WordingComparison Compare(const Wording& asked, const Wording& reference, int ellipsis_words = kEllipsisWords);

// Cheaply: false only where Compare would call the two unrelated.
bool MayBeRelated(absl::Span<const Word> asked, absl::Span<const Word> reference);

// Whether so much agrees that the two are wordings of the same words, whatever was done to them. Who said them and when
// is for the caller to compare.
bool AreSameWords(const Wording& asked, const Wording& reference, const pb::WordingComparison& comparison);

// By what comparisons are ordered, the closest first: 0 to 1.
double Closeness(const pb::WordingComparison& comparison);

}  // namespace onrecord::wordings
