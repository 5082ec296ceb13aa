// Quotes of a corpus, and copies of them that were changed as newsrooms change words: for measuring programs. The
// corpus is a file of annotated articles (JSON Lines with `article`, `date`, `text` and `attributions`, each with
// `content` as code-point spans). Articles are split in two halves by a hash of their names: `tune` is what rules may
// be adjusted on, `test` what is reported.
#pragma once

#include <algorithm>
#include <fstream>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/time/civil_time.h"
#include "services/wordings/wordings_comparison.h"
#include "services/wordings/wordings_words.h"
#include "tests/bench/changes.h"

namespace onrecord::bench {

inline constexpr std::size_t kFewestWords = 5;
inline constexpr std::size_t kMostWords = 80;

struct Quote {
  std::string article;
  std::string text;
  std::string date;
};

// The text of code points [begin, end).
inline std::string Span(const std::string& text, const std::vector<std::size_t>& starts, std::size_t begin,
                        std::size_t end) {
  return text.substr(starts[begin], starts[end] - starts[begin]);
}

inline std::vector<Quote> ReadQuotes(const std::string& path, const std::string& half) {
  std::vector<Quote> quotes;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    const auto article = nlohmann::json::parse(line);
    const std::string name = article["article"];
    unsigned hash = 2166136261U;
    for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
    if ((hash % 2 == 0 ? "tune" : "test") != half) continue;
    const std::string text = article["text"];
    std::vector<std::size_t> starts;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) starts.push_back(i);
    }
    starts.push_back(text.size());
    for (const auto& attribution : article["attributions"]) {
      if (!attribution.contains("content") || attribution["content"].size() != 1) continue;
      const std::size_t begin = attribution["content"][0][0];
      const std::size_t end = attribution["content"][0][1];
      if (begin >= end || end >= starts.size()) continue;
      const std::string content = Span(text, starts, begin, end);
      const std::size_t words = wordings::SplitWords(content).size();
      if (words >= kFewestWords && words <= kMostWords) quotes.push_back({name, content, article["date"]});
    }
  }
  return quotes;
}

// One way to change a text. Gives the text back as it was where it cannot be changed so.
struct Change {
  const char* name;
  std::function<std::string(const std::string&, std::mt19937&)> make;
  bool negates = false;
};

// A fragment of a quarter to three quarters of the words, at least three.
inline std::string Fragment(const std::string& text, std::mt19937& random) {
  const std::size_t pieces = Pieces(text).size();
  return Part(text, std::max<std::size_t>(3, pieces / 4 + Below(random, pieces / 2)), random);
}

inline const Change kChanges[] = {
    {"misspelled", Misspell},
    {"ellipsis", LeaveOut},
    {"dropped words", DropWords},
    {"other order", Turn},
    {"fragment", Fragment},
    {"other marks", Restyle},
    {"dropped negation", [](const std::string& text, std::mt19937&) { return Affirm(text); }, true}};

using QuotesByWord = std::unordered_map<std::string, std::vector<std::size_t>>;

inline QuotesByWord IndexByWord(const std::vector<Quote>& quotes) {
  QuotesByWord by_word;
  for (std::size_t i = 0; i < quotes.size(); ++i) {
    for (const wordings::Word& word : wordings::SplitWords(quotes[i].text)) {
      std::vector<std::size_t>& places = by_word[word.folded];
      if (places.empty() || places.back() != i) places.push_back(i);
    }
  }
  return by_word;
}

// Whether the same words in both may be those of one event: the corpus follows elections, day by day.
inline bool AreOfOneTime(const std::string& a, const std::string& b) {
  constexpr int kDays = 60;
  absl::CivilDay one, other;
  if (!absl::ParseCivilTime(a, &one) || !absl::ParseCivilTime(b, &other)) return true;
  return std::abs(one - other) <= kDays;
}

// Of the quotes of other articles the one that shares most words, where it is no other printing of the same: the
// article is of another time, and one of the two does not stand in the other.
inline const Quote* HardestOther(const Quote& quote, const wordings::Wording& wording, const std::vector<Quote>& quotes,
                                 const QuotesByWord& by_word) {
  std::map<std::size_t, std::size_t> shared;
  for (const wordings::Word& word : wording.words) {
    const auto found = by_word.find(word.folded);
    if (found == by_word.end() || wordings::IsFunctionWord(word.folded)) continue;
    for (const std::size_t i : found->second) ++shared[i];
  }
  const Quote* hardest = nullptr;
  double most = 0;
  for (const auto& [i, count] : shared) {
    if (quotes[i].article == quote.article || AreOfOneTime(quotes[i].date, quote.date)) continue;
    const wordings::Wording other(quotes[i].text);
    const double score =
        static_cast<double>(count) / static_cast<double>(std::max(other.words.size(), wording.words.size()));
    if (score <= most || wordings::Compare(wording, other).containment() > 0.9) continue;
    most = score;
    hardest = &quotes[i];
  }
  return hardest;
}

}  // namespace onrecord::bench
