#include "services/quotes/quotes_words.h"

#include <algorithm>

#include "absl/strings/str_join.h"
#include "services/wordings/wordings_words.h"

namespace onrecord::rules {
namespace {

constexpr std::size_t kRunOfHeadline = 3;
// Shorter runs are common: "at the end of the".
constexpr std::size_t kLongRun = 6;

std::vector<std::string> WordsOf(std::string_view text) {
  std::vector<std::string> words;
  for (wordings::Word& word : wordings::SplitWords(text)) words.push_back(std::move(word.folded));
  return words;
}

// All `length` words in a row; none when there are fewer.
std::unordered_set<std::string> RunsOf(const std::vector<std::string>& words, std::size_t length) {
  std::unordered_set<std::string> runs;
  for (std::size_t at = 0; at + length <= words.size(); ++at) {
    runs.insert(absl::StrJoin(absl::MakeConstSpan(words).subspan(at, length), " "));
  }
  return runs;
}

bool Share(const std::unordered_set<std::string>& a, const std::unordered_set<std::string>& b) {
  return std::any_of(a.begin(), a.end(), [&](const std::string& run) { return b.contains(run); });
}

}  // namespace

QuoteWords::QuoteWords(absl::Span<const std::string> texts) {
  for (const std::string& text : texts) {
    std::vector<std::string> words = WordsOf(text);
    if (words.empty()) continue;
    whole_.insert(absl::StrJoin(words, " "));
    long_runs_.merge(RunsOf(words, kLongRun));
    texts_.push_back(std::move(words));
  }
}

bool QuoteWords::ShowIn(std::string_view headline) const {
  const std::vector<std::string> words = WordsOf(headline);
  if (words.empty()) return false;
  return std::any_of(texts_.begin(), texts_.end(), [&](const std::vector<std::string>& text) {
    const std::size_t length = std::min({kRunOfHeadline, words.size(), text.size()});
    return Share(RunsOf(words, length), RunsOf(text, length));
  });
}

bool QuoteWords::AreToldBy(std::string_view text) const {
  const std::vector<std::string> words = WordsOf(text);
  return whole_.contains(absl::StrJoin(words, " ")) || Share(RunsOf(words, kLongRun), long_runs_);
}

}  // namespace onrecord::rules
