// The words of a quote, to find where else they stand: in headlines, in records that were kept, in reasons.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "absl/types/span.h"

namespace onrecord::rules {

class QuoteWords {
 public:
  // All wordings of one quote; they are compared folded.
  explicit QuoteWords(absl::Span<const std::string> texts);

  // Whether a headline or title gives some of the words away: three in a row, or a whole shorter text. It rather finds
  // too much, since little is lost with a headline.
  bool ShowIn(std::string_view headline) const;
  // Whether a text tells what the quote tells: the same, or six words in a row.
  bool AreToldBy(std::string_view text) const;

 private:
  std::vector<std::vector<std::string>> texts_;  // as folded words
  std::unordered_set<std::string> whole_;
  std::unordered_set<std::string> long_runs_;
};

}  // namespace onrecord::rules
