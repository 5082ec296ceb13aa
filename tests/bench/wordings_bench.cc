// How well changed wordings are recognised: takes attributions from a corpus of annotated articles, makes one changed
// copy of each (changed_quotes.h), and asks whether the two share keys and are judged to be the same words; likewise
// of each and the attribution of an article of another time that shares most words with it.
//
//   wordings_bench FILE tune|test [--show]     --show: what was judged wrongly, on standard error
#include <algorithm>
#include <iostream>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "services/wordings/wordings_comparison.h"
#include "services/wordings/wordings_sketch.h"
#include "tests/bench/changed_quotes.h"

namespace onrecord::bench {
namespace {

namespace pb = ::onrecord::v1;
using wordings::Wording;

bool ShareKeys(const std::vector<wordings::Word>& asked, const std::vector<wordings::Word>& stored) {
  const auto keys = wordings::SketchKeys(stored);
  const auto holds = [&](std::int32_t key) { return std::binary_search(keys.begin(), keys.end(), key); };
  const auto pairs = wordings::AskedPairs(asked);
  return std::any_of(pairs.begin(), pairs.end(),
                     [&](const wordings::KeyPair& pair) { return holds(pair.key) && holds(pair.other); });
}

// Whether two wordings are found by each other and taken for the same words.
bool Matches(const Wording& asked, const Wording& stored, pb::WordingComparison& comparison) {
  comparison = wordings::Compare(asked, stored);
  return ShareKeys(asked.words, stored.words) && wordings::AreSameWords(asked, stored, comparison);
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
  const QuotesByWord by_word = IndexByWord(quotes);
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
}  // namespace onrecord::bench

int main(int argc, char** argv) {
  const std::string half = argc >= 3 ? argv[2] : "";
  const bool show = argc == 4 && std::string(argv[3]) == "--show";
  if ((half != "tune" && half != "test") || (argc != 3 && !show)) {
    std::cerr << "usage: wordings_bench FILE tune|test [--show]\n";
    return 2;
  }
  return onrecord::bench::Run(argv[1], half, show);
}
