#include "clients/cli/printed_source.h"

#include <algorithm>
#include <array>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_join.h"
#include "clients/cli/cues.h"
#include "clients/cli/documents.h"

namespace onrecord::cli {
namespace {

namespace pb = ::onrecord::v1;

constexpr std::size_t kMostSourceCharacters = 500;

constexpr std::string_view kPronouns[] = {
    "he",    "she",  "it",    "they",  "i",     "we",  "you",    "him",  "her",        "them",    "who",     "whom",
    "which", "that", "this",  "these", "those", "one", "both",   "all",  "themselves", "himself", "herself", "itself",
    "whose", "his",  "their", "my",    "our",   "its", "others", "some", "many",       "each",    "neither"};
// Words before which no name stands, but a description of somebody.
constexpr std::string_view kOpeners[] = {
    "a",     "an",    "some",    "several", "many",  "most", "few",  "other", "others", "one",    "two",     "three",
    "both",  "all",   "any",     "no",      "his",   "her",  "its",  "their", "my",     "our",    "this",    "that",
    "these", "those", "another", "each",    "every", "more", "such", "only",  "even",   "people", "critics", "sources"};
// A name after these is somebody else's.
constexpr std::string_view kPrepositions[] = {"of",  "for", "to",     "from", "by",      "with",  "at",
                                              "in",  "on",  "behind", "near", "against", "like",  "about",
                                              "and", "or",  "than",   "as",   "among",   "under", "between"};
// Small words within names.
constexpr std::string_view kParticles[] = {"de",  "la", "von", "van", "der", "den", "al",
                                           "bin", "el", "of",  "the", "&",   "du",  "da"};

std::string SmallLetters(std::string_view text) {
  return absl::AsciiStrToLower(absl::string_view(text.data(), text.size()));
}

bool IsWordByte(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || static_cast<signed char>(c) < 0;
}

bool IsCapitalized(std::string_view word) {
  return !word.empty() && absl::ascii_isupper(static_cast<unsigned char>(word.front()));
}

// Without punctuation and quotation marks at its ends, and without "'s".
std::string_view Bare(std::string_view word) {
  constexpr std::string_view kMarks[] = {"“", "”", "‘", "’", "—", "–"};
  for (bool changed = true; changed && !word.empty();) {
    changed = false;
    if (std::string_view("\"'(),;:!?[]").find(word.front()) != std::string_view::npos) {
      word.remove_prefix(1);
      changed = true;
    } else if (std::string_view("\"'(),;:!?[]").find(word.back()) != std::string_view::npos) {
      word.remove_suffix(1);
      changed = true;
    }
    for (const std::string_view mark : kMarks) {
      if (word.starts_with(mark)) word.remove_prefix(mark.size());
      if (word.ends_with(mark)) word.remove_suffix(mark.size());
    }
  }
  for (const std::string_view end : {"'s", "’s"}) {
    if (word.ends_with(end)) word.remove_suffix(end.size());
  }
  return word;
}

std::vector<std::string_view> SplitWords(std::string_view text) {
  std::vector<std::string_view> words;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = std::min(text.find_first_not_of(" \t\r\n", at), text.size());
    at = std::min(text.find_first_of(" \t\r\n", begin), text.size());
    const std::string_view word = Bare(text.substr(begin, at - begin));
    if (!word.empty()) words.push_back(word);
  }
  return words;
}

// "The New York Post", "Ludwig van Beethoven".
bool IsNameOf(const std::vector<std::string_view>& words) {
  if (words.empty() || !IsCapitalized(words.front()) || !IsCapitalized(words.back())) return false;
  return std::all_of(words.begin(), words.end(),
                     [](std::string_view word) { return IsCapitalized(word) || IsAmong(kParticles, word); });
}

std::string Join(const std::vector<std::string_view>& words, std::size_t begin, std::size_t end) {
  std::string text;
  for (std::size_t i = begin; i < end; ++i) text += (text.empty() ? "" : " ") + std::string(words[i]);
  return text;
}

// "Republican strategist Rick Wilson": where the name at the end begins; the count of words where there is none.
std::size_t NameAtEnd(const std::vector<std::string_view>& words) {
  std::size_t begin = words.size();
  while (begin > 0 && IsCapitalized(words[begin - 1])) --begin;
  const bool is_person = words.size() - begin >= 2 && begin > 0 && !IsAmong(kPrepositions, words[begin - 1]) &&
                         !IsAmong(kOpeners, words[begin - 1]) && words[begin - 1] != "the";
  return is_person ? begin : words.size();
}

void Describe(std::string_view source, pb::Resolution resolution, pb::ImportRecord& record) {
  record.set_described_as(FirstCodePoints(source, kMostSourceCharacters));
  if (record.described_as() != source) Lose("source", "all but its beginning", record);
  record.set_resolution(resolution);
}

void Name(std::string name, std::string_view role, pb::ImportRecord& record) {
  record.set_speaker(std::move(name));
  record.set_role(FirstCodePoints(role, kMostSourceCharacters));
  record.set_resolution(pb::RESOLUTION_NAMED);
}

// What stands behind the first comma or in brackets, if it is no clause.
std::string_view RoleAfter(std::string_view tail) {
  constexpr std::string_view kAround = ",() ";
  while (!tail.empty() && kAround.find(tail.front()) != std::string_view::npos) tail.remove_prefix(1);
  while (!tail.empty() && kAround.find(tail.back()) != std::string_view::npos) tail.remove_suffix(1);
  if (tail.find_first_not_of("0123456789") == std::string_view::npos) return {};  // an age
  for (const std::string_view clause : {"who", "which", "that", "whose", "and", "whom"}) {
    if (tail.starts_with(clause) && (tail.size() == clause.size() || tail[clause.size()] == ' ')) return {};
  }
  return tail;
}

}  // namespace

WordsOfArticle::WordsOfArticle(std::string_view article) : article_(article) {
  std::size_t line_end = 0;
  for (std::size_t at = 0; at < article.size();) {
    if (!IsWordByte(article[at])) {
      ++at;
      continue;
    }
    const std::size_t begin = at;
    while (at < article.size() && IsWordByte(article[at])) ++at;
    const std::string_view word = article.substr(begin, at - begin);
    if (absl::ascii_islower(static_cast<unsigned char>(word.front()))) {
      lower_.emplace(word);
    } else if (IsCapitalized(word) && begin >= line_end && !StartsSentence(begin)) {
      capitalized_.emplace(word);
    }
    // The first line is a headline, in which every word may have a capital letter.
    if (line_end == 0) line_end = std::min(article.find('\n'), article.size());
  }
}

bool WordsOfArticle::StartsSentence(std::size_t at) const {
  constexpr std::string_view kMarks[] = {"“", "”", "‘", "’", "—"};
  while (at > 0) {
    const std::string_view before = article_.substr(0, at);
    const auto mark =
        std::find_if(std::begin(kMarks), std::end(kMarks), [&](std::string_view one) { return before.ends_with(one); });
    if (mark != std::end(kMarks)) {
      at -= mark->size();
    } else if (std::string_view(" \"'([").find(before.back()) != std::string_view::npos) {
      --at;
    } else {
      return std::string_view(".!?:\n\r\t").find(before.back()) != std::string_view::npos;
    }
  }
  return true;
}

bool WordsOfArticle::IsName(std::string_view word) const { return capitalized_.contains(word) && !IsCommon(word); }

bool WordsOfArticle::IsCommon(std::string_view word) const { return lower_.contains(SmallLetters(word)); }

void SetPrintedSource(std::string_view source, bool starts_sentence, const WordsOfArticle& words,
                      pb::ImportRecord& record) {
  source = Trimmed(source);
  const std::size_t comma = std::min(source.find_first_of(",("), source.size());
  const std::vector<std::string_view> head = SplitWords(source.substr(0, comma));
  if (head.empty()) return Describe(source.empty() ? kUnknownSpeaker : source, pb::RESOLUTION_UNNAMED, record);
  if (head.size() == 1 && IsAmong(kPronouns, SmallLetters(head[0]))) {
    return Describe(source, pb::RESOLUTION_PRONOUN, record);
  }
  if (IsAmong(kOpeners, SmallLetters(head[0]))) return Describe(source, pb::RESOLUTION_UNNAMED, record);
  const std::string_view role = RoleAfter(source.substr(comma));
  if (IsCapitalized(role) && role.find(" and ") != std::string_view::npos) {  // several speakers
    return Describe(source, pb::RESOLUTION_UNNAMED, record);
  }
  if (IsNameOf(head)) {
    // One word at the beginning of a sentence has its capital letter from there, unless others tell.
    const bool is_name =
        !starts_sentence || (head.size() > 1 ? !words.IsCommon(head[0]) || head[0] == "The" : words.IsName(head[0]));
    if (is_name) return Name(Join(head, 0, head.size()), role, record);
  } else if (const std::size_t begin = NameAtEnd(head); begin < head.size()) {
    std::string all = Join(head, 0, begin);
    if (!role.empty()) all += ", " + std::string(role);
    return Name(Join(head, begin, head.size()), all, record);
  }
  Describe(source, pb::RESOLUTION_UNNAMED, record);
}

}  // namespace onrecord::cli
