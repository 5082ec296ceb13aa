// How well changed wordings are recognised: takes attributions from a corpus of annotated articles (JSON Lines with
// `article`, `text` and `attributions`, each with `content` as code-point spans), makes one changed copy of each, and
// asks whether the two share a key and are judged to be the same words; likewise of each and the attribution of another
// article that shares most words with it. Articles are split in two halves by a hash of their names: `tune` is what the
// rules may be adjusted on, `test` what is reported.
//
//   wordings_bench FILE tune|test [--show]     --show: what was judged wrongly, on standard error
#include <algorithm>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <unordered_map>
#include <vector>

#include "services/wordings/wordings_comparison.h"
#include "services/wordings/wordings_sketch.h"

namespace onrecord {
namespace {

namespace pb = ::onrecord::v1;
using wordings::Wording;

constexpr std::size_t kFewestWords = 5;
constexpr std::size_t kMostWords = 80;

struct Quote {
  std::string article;
  std::string text;
};

// The text of code points [begin, end).
std::string Span(const std::string& text, const std::vector<std::size_t>& starts, std::size_t begin, std::size_t end) {
  return text.substr(starts[begin], starts[end] - starts[begin]);
}

std::vector<Quote> ReadQuotes(const std::string& path, const std::string& half) {
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
      if (words >= kFewestWords && words <= kMostWords) quotes.push_back({name, content});
    }
  }
  return quotes;
}

std::vector<std::string> Pieces(const std::string& text) {
  std::vector<std::string> pieces;
  std::string piece;
  for (const char c : text + " ") {
    if (c != ' ' && c != '\n') {
      piece += c;
    } else if (!piece.empty()) {
      pieces.push_back(std::move(piece));
      piece.clear();
    }
  }
  return pieces;
}

std::string Joined(const std::vector<std::string>& pieces) {
  std::string text;
  for (const std::string& piece : pieces) text += (text.empty() ? "" : " ") + piece;
  return text;
}

// One way to change a text. Gives the text back as it was where it cannot be changed so.
struct Change {
  const char* name;
  std::function<std::string(const std::string&, std::mt19937&)> make;
  bool negates = false;
};

std::size_t Below(std::mt19937& random, std::size_t count) { return random() % std::max<std::size_t>(count, 1); }

// A letter lost, doubled or swapped with the next in one word of ten, at least in one.
std::string Misspell(const std::string& text, std::mt19937& random) {
  std::vector<std::string> pieces = Pieces(text);
  for (std::size_t n = 0; n < 1 + pieces.size() / 10; ++n) {
    std::string& piece = pieces[Below(random, pieces.size())];
    if (piece.size() < 5 || std::any_of(piece.begin(), piece.end(), [](char c) { return c < 'A' || c > 'z'; }))
      continue;
    const std::size_t at = 1 + Below(random, piece.size() - 2);
    switch (Below(random, 3)) {
      case 0:
        piece.erase(at, 1);
        break;
      case 1:
        piece.insert(at, 1, piece[at]);
        break;
      default:
        std::swap(piece[at], piece[at + 1]);
    }
  }
  return Joined(pieces);
}

std::string LeaveOut(const std::string& text, std::mt19937& random) {
  std::vector<std::string> pieces = Pieces(text);
  if (pieces.size() < 8) return text;
  const std::size_t count = 2 + Below(random, pieces.size() / 3);
  const std::size_t at = 2 + Below(random, pieces.size() - count - 3);
  pieces.erase(pieces.begin() + static_cast<std::ptrdiff_t>(at),
               pieces.begin() + static_cast<std::ptrdiff_t>(at + count));
  pieces.insert(pieces.begin() + static_cast<std::ptrdiff_t>(at), "…");
  return Joined(pieces);
}

std::string DropWords(const std::string& text, std::mt19937& random) {
  std::vector<std::string> pieces = Pieces(text);
  for (std::size_t n = 0; n < 1 + pieces.size() / 10; ++n) {
    pieces.erase(pieces.begin() + static_cast<std::ptrdiff_t>(Below(random, pieces.size())));
  }
  return Joined(pieces);
}

std::string Turn(const std::string& text, std::mt19937& random) {
  std::vector<std::string> pieces = Pieces(text);
  if (pieces.size() < 6) return text;
  const std::size_t at = 2 + Below(random, pieces.size() - 4);
  std::rotate(pieces.begin(), pieces.begin() + static_cast<std::ptrdiff_t>(at), pieces.end());
  return Joined(pieces);
}

std::string Part(const std::string& text, std::mt19937& random) {
  const std::vector<std::string> pieces = Pieces(text);
  const std::size_t count = std::max<std::size_t>(3, pieces.size() / 4 + Below(random, pieces.size() / 2));
  if (count >= pieces.size()) return text;
  const auto at = static_cast<std::ptrdiff_t>(Below(random, pieces.size() - count));
  return Joined(
      std::vector<std::string>(pieces.begin() + at, pieces.begin() + at + static_cast<std::ptrdiff_t>(count)));
}

std::string Restyle(const std::string& text, std::mt19937& random) {
  std::string styled = Below(random, 2) == 0 ? "“" : "\"";
  for (const char c : text) {
    if (c == '\'') {
      styled += "’";
    } else if (c == '-') {
      styled += "–";
    } else if (c != ',' || Below(random, 2) == 0) {
      styled += c;
    }
  }
  return styled + "”";
}

// Takes one negation out; "don't" becomes "do".
std::string Affirm(const std::string& text, std::mt19937&) {
  std::vector<std::string> pieces = Pieces(text);
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const std::vector<wordings::Word> words = wordings::SplitWords(pieces[i]);
    if (words.size() == 1 && wordings::IsNegation(words[0].folded)) {
      pieces.erase(pieces.begin() + static_cast<std::ptrdiff_t>(i));
      return Joined(pieces);
    }
    if (words.size() == 2 && words[1].folded == "not") {
      pieces[i] = words[0].folded;
      return Joined(pieces);
    }
  }
  return text;
}

const Change kChanges[] = {
    {"misspelled", Misspell}, {"ellipsis", LeaveOut},   {"dropped words", DropWords},      {"other order", Turn},
    {"fragment", Part},       {"other marks", Restyle}, {"dropped negation", Affirm, true}};

bool ShareKey(const std::vector<wordings::Word>& asked, const std::vector<wordings::Word>& stored) {
  const auto asked_keys = wordings::AskedKeys(asked);
  const auto stored_keys = wordings::SketchKeys(stored);
  return asked.size() <= wordings::kShortWords ||  // found by the index of words
         std::find_first_of(asked_keys.begin(), asked_keys.end(), stored_keys.begin(), stored_keys.end()) !=
             asked_keys.end();
}

// Whether two wordings are found by each other and taken for the same words.
bool Matches(const Wording& asked, const Wording& stored, pb::WordingComparison& comparison) {
  comparison = wordings::Compare(asked, stored);
  return ShareKey(asked.words, stored.words) && wordings::AreSameWords(asked, stored, comparison);
}

// Of the quotes of other articles the one that shares most words, where it is no other printing of the same: one of the
// two does not stand in the other.
const Quote* HardestOther(const Quote& quote, const Wording& wording, const std::vector<Quote>& quotes,
                          const std::unordered_map<std::string, std::vector<std::size_t>>& by_word) {
  std::map<std::size_t, std::size_t> shared;
  for (const wordings::Word& word : wording.words) {
    const auto found = by_word.find(word.folded);
    if (found == by_word.end() || wordings::IsFunctionWord(word.folded)) continue;
    for (const std::size_t i : found->second) ++shared[i];
  }
  const Quote* hardest = nullptr;
  double most = 0;
  for (const auto& [i, count] : shared) {
    if (quotes[i].article == quote.article) continue;
    const Wording other(quotes[i].text);
    const double score =
        static_cast<double>(count) / static_cast<double>(std::max(other.words.size(), wording.words.size()));
    if (score <= most || wordings::Compare(wording, other).containment() > 0.9) continue;
    most = score;
    hardest = &quotes[i];
  }
  return hardest;
}

struct Count {
  int pairs = 0;
  int found = 0;
  int flagged = 0;
};

// What was judged wrongly, to learn from.
void Show(const char* what, const std::string& asked, const std::string& reference) {
  std::cerr << what << "\n  " << asked << "\n  " << reference << "\n";
}

int Run(const std::string& path, const std::string& half, bool show) {
  const std::vector<Quote> quotes = ReadQuotes(path, half);
  std::unordered_map<std::string, std::vector<std::size_t>> by_word;
  for (std::size_t i = 0; i < quotes.size(); ++i) {
    for (const wordings::Word& word : wordings::SplitWords(quotes[i].text)) {
      std::vector<std::size_t>& places = by_word[word.folded];
      if (places.empty() || places.back() != i) places.push_back(i);
    }
  }
  std::mt19937 random(2016);
  std::map<std::string, Count> counts;
  Count same;
  Count other;
  for (std::size_t i = 0; i < quotes.size(); ++i) {
    const Change& change = kChanges[i % std::size(kChanges)];
    const std::string changed = change.make(quotes[i].text, random);
    const Wording original(quotes[i].text);
    pb::WordingComparison comparison;
    if (changed != quotes[i].text) {
      const bool found = Matches(Wording(changed), original, comparison);
      const bool flagged =
          std::count(comparison.flags().begin(), comparison.flags().end(), pb::WORDING_FLAG_NEGATION_DROPPED) > 0;
      Count& count = counts[change.name];
      ++count.pairs, ++same.pairs;
      count.found += found, same.found += found;
      count.flagged += flagged;
      if (show && (!found || (change.negates && !flagged))) Show(change.name, changed, quotes[i].text);
    }
    const Quote* stranger = HardestOther(quotes[i], original, quotes, by_word);
    if (stranger != nullptr) {
      ++other.pairs;
      const bool found = Matches(original, Wording(stranger->text), comparison);
      other.found += found;
      if (show && found) Show("other quote", quotes[i].text, stranger->text);
    }
  }
  std::cout << "| changed how | pairs | recognised | flagged as dropped negation |\n|---|---|---|---|\n";
  for (const auto& [name, count] : counts) {
    std::printf("| %s | %d | %.3f | %.3f |\n", name.c_str(), count.pairs, double(count.found) / count.pairs,
                double(count.flagged) / count.pairs);
  }
  std::printf("| all | %d | recall %.4f | |\n| other quotes | %d | %.4f | |\n", same.pairs,
              double(same.found) / same.pairs, other.pairs, double(other.found) / other.pairs);
  std::printf("precision %.4f\n", double(same.found) / (same.found + other.found));
  return 0;
}

}  // namespace
}  // namespace onrecord

int main(int argc, char** argv) {
  const std::string half = argc >= 3 ? argv[2] : "";
  const bool show = argc == 4 && std::string(argv[3]) == "--show";
  if ((half != "tune" && half != "test") || (argc != 3 && !show)) {
    std::cerr << "usage: wordings_bench FILE tune|test [--show]\n";
    return 2;
  }
  return onrecord::Run(argv[1], half, show);
}
