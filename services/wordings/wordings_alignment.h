// Two wordings laid beside each other, word by word: what was kept, spelled otherwise, replaced, left out or put in,
// and what that does to the meaning.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "services/wordings/wordings_words.h"

namespace onrecord::wordings {

struct Step {
  enum Kind { kKept, kSpelled, kReplaced, kDropped, kInserted };
  Kind kind;
  std::size_t asked;      // word of the asked wording; where it would stand for kDropped
  std::size_t reference;  // word of the reference; where it would stand for kInserted
};

// The asked wording against a reference. What the reference has before and after the asked one is outside; likewise
// what the asked one has around the reference.
struct Alignment {
  std::vector<Step> steps;      // in order, from the first to the last word that both have
  std::size_t asked_words = 0;  // of the whole asked wording
  std::size_t reference_words = 0;
  std::size_t asked_begin = 0;  // the part that the steps cover
  std::size_t asked_end = 0;
  std::size_t reference_begin = 0;
  std::size_t reference_end = 0;
  std::size_t kept = 0;            // words, with those spelled otherwise
  std::size_t shared = 0;          // words that both have, in whatever order
  std::size_t shared_content = 0;  // those of them that carry meaning

  // Share of words that both have: 1 when they are the same words in the same order.
  double similarity() const;
  // Share of the shorter one's words that stand in the longer one in order.
  double containment() const;
};

// Words that `a` and `b` have in common in any order, cheaply: to choose what to align.
std::size_t SharedWords(absl::Span<const Word> a, absl::Span<const Word> b);

Alignment Align(absl::Span<const Word> asked, absl::Span<const Word> reference);

}  // namespace onrecord::wordings
