#include "clients/cli/cues.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"

namespace onrecord::cli {
namespace {

namespace pb = ::onrecord::v1;
using Words = std::vector<std::string>;

// To say something, and to say something on being asked.
constexpr std::string_view kSay[] = {"say",   "said",    "mention",  "mentioned", "tell",    "told",
                                     "claim", "claimed", "state",    "stated",    "suggest", "suggested",
                                     "name",  "named",   "call",     "called",    "specify", "specified",
                                     "write", "wrote",   "identify", "identified"};
constexpr std::string_view kAnswer[] = {"comment",   "commented", "respond",   "responded",  "reply",    "replied",
                                        "answer",    "answered",  "elaborate", "elaborated", "return",   "returned",
                                        "speculate", "discuss",   "discussed", "specify",    "confirm",  "address",
                                        "talk",      "speak",     "explain",   "say",        "identify", "disclose"};
constexpr std::string_view kBelieve[] = {"believe", "believed", "think", "thought", "want",    "wanted",
                                         "expect",  "expected", "know",  "knew",    "consider"};
constexpr std::string_view kBelieving[] = {
    "believe",    "believes",   "believed", "believing", "think",    "thinks",    "thought",   "thinking",
    "want",       "wants",      "wanted",   "hope",      "hopes",    "hoped",     "hoping",    "feel",
    "feels",      "felt",       "expect",   "expects",   "expected", "fear",      "fears",     "feared",
    "wish",       "wishes",     "know",     "knows",     "knew",     "doubt",     "doubts",    "doubted",
    "understand", "understood", "assume",   "assumed",   "consider", "considers", "considered"};

constexpr std::string_view kSaying[] = {"say", "says", "said", "saying", "told", "tells", "wrote", "writes", "added"};

// In small letters; "didn't" is "did not".
Words PlainWords(std::string_view text, std::size_t most) {
  std::string plain;
  for (std::size_t at = 0; at < text.size();) {
    if (text.substr(at).starts_with("’")) {
      plain += '\'';
      at += std::string_view("’").size();
    } else {
      plain += absl::ascii_tolower(static_cast<unsigned char>(text[at++]));
    }
  }
  Words words;
  std::string word;
  const auto end_word = [&] {
    if (word.ends_with("n't")) {
      words.push_back(word.substr(0, word.size() - 3));
      word = "not";
    }
    if (!word.empty()) words.push_back(word);
    word.clear();
  };
  for (const char c : plain) {
    if (absl::ascii_isalpha(static_cast<unsigned char>(c)) || c == '\'') {
      word += c;
    } else {
      end_word();
    }
    if (words.size() >= most) return words;
  }
  end_word();
  return words;
}

bool IsBetween(std::string_view word) {
  return word == "to" || word == "ever" || word == "even" || word == "further" || word == "be" || word.ends_with("ly");
}

// The word after `at` that is no adverb.
std::string_view Next(const Words& words, std::size_t at) {
  for (++at; at < words.size(); ++at) {
    if (!IsBetween(words[at])) return words[at];
  }
  return "";
}

}  // namespace

pb::Polarity PolarityOf(std::string_view cue, std::string_view content) {
  constexpr std::size_t kMostOfCue = 20;
  constexpr std::size_t kMostOfContent = 4;
  Words words = PlainWords(cue, kMostOfCue);
  const std::size_t of_cue = words.size();
  for (std::string& word : PlainWords(content, kMostOfContent)) words.push_back(std::move(word));
  for (std::size_t i = 0; i < of_cue; ++i) {
    const std::string& word = words[i];
    const std::string_view next = Next(words, i);
    if (word == "declined" || word == "refused" || word == "declines" || word == "refuses" || word == "declining") {
      if (IsAmong(kAnswer, next)) return pb::POLARITY_REFUSED;
    } else if (word == "no" && next == "comment") {
      return pb::POLARITY_REFUSED;
    } else if (word == "not" || word == "never") {
      // Only what the cue itself says is denied: "did not" before content is not the end of it.
      Words within(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(of_cue));
      const std::string_view denied = Next(within, i);
      const bool would = i > 0 && (words[i - 1] == "would" || words[i - 1] == "will" || words[i - 1] == "wo");
      if (would && IsAmong(kAnswer, denied)) return pb::POLARITY_REFUSED;
      if (IsAmong(kSay, denied) || IsAmong(kBelieve, denied)) return pb::POLARITY_NEGATED;
      if (IsAmong(kAnswer, denied)) return pb::POLARITY_REFUSED;
    }
  }
  return pb::POLARITY_AFFIRMED;
}

bool IsBelief(std::string_view cue) {
  constexpr std::size_t kMostOfCue = 20;
  const Words words = PlainWords(cue, kMostOfCue);
  const auto has = [&](const auto& list) {
    return std::any_of(words.begin(), words.end(), [&](const std::string& word) { return IsAmong(list, word); });
  };
  return has(kBelieving) && !has(kSaying);  // "said he believes" is said
}

}  // namespace onrecord::cli
