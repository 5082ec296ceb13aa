#include "services/wordings/wordings_sketch.h"

#include <algorithm>
#include <deque>
#include <limits>
#include <string_view>

namespace onrecord::wordings {
namespace {

// Two rows a band: of two wordings with resemblance j a band agrees with probability j * j, so that of twelve one
// agrees in 97 of 100 cases already at j = 0.5.
constexpr std::size_t kBands = 12;
constexpr std::size_t kRows = 2;
constexpr std::size_t kRun = 3;
constexpr std::size_t kWindow = 4;
constexpr std::size_t kMostPrints = 1000;
constexpr std::size_t kMostWhole = 4;
// Longer wordings ask for the prints that they would store instead of all their runs.
constexpr std::size_t kMostWordsAskedWhole = 60;
constexpr std::size_t kMostAsked = 4000;

enum Kind : std::uint64_t { kBand = 1, kPrint = 101, kWhole = 102 };

std::uint64_t Mix(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15U;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9U;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBU;
  return x ^ (x >> 31);
}

std::uint64_t Hash(std::string_view text) {
  std::uint64_t hash = 0xCBF29CE484222325U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
  return Mix(hash);
}

std::int32_t Key(std::uint64_t kind, std::uint64_t hash) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(Mix(hash ^ Mix(kind)) >> 32));
}

std::vector<std::uint64_t> HashWords(absl::Span<const Word> words) {
  std::vector<std::uint64_t> hashes;
  hashes.reserve(words.size());
  for (const Word& word : words) hashes.push_back(Hash(word.folded));
  return hashes;
}

std::uint64_t HashRun(absl::Span<const std::uint64_t> hashes) {
  std::uint64_t run = hashes.size();
  for (const std::uint64_t hash : hashes) run = Mix(run ^ hash);
  return run;
}

void AddBands(absl::Span<const Word> words, absl::Span<const std::uint64_t> hashes, std::vector<std::int32_t>& keys) {
  std::vector<std::uint64_t> shingles;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const bool content = !IsFunctionWord(words[i].folded);
    if (content) shingles.push_back(hashes[i]);
    if (i + 1 < words.size() && (content || !IsFunctionWord(words[i + 1].folded))) {
      shingles.push_back(HashRun(hashes.subspan(i, 2)));
    }
  }
  if (shingles.empty()) shingles.push_back(HashRun(hashes));
  for (std::size_t band = 0; band < kBands; ++band) {
    std::uint64_t joined = band;
    for (std::size_t row = 0; row < kRows; ++row) {
      const std::uint64_t seed = Mix(band * kRows + row + 1);
      std::uint64_t least = std::numeric_limits<std::uint64_t>::max();
      for (const std::uint64_t shingle : shingles) least = std::min(least, Mix(shingle ^ seed));
      joined = Mix(joined ^ least);
    }
    keys.push_back(Key(kBand + band, joined));
  }
}

// A run that says much is preferred, so that "one of the" does not lead to everything: the letters of its words that
// carry meaning count, then the hash decides.
struct Run {
  std::uint64_t order;
  std::uint64_t hash;
};

std::vector<Run> RunsOf(absl::Span<const Word> words, absl::Span<const std::uint64_t> hashes) {
  std::vector<Run> runs;
  for (std::size_t i = 0; i + kRun <= words.size(); ++i) {
    std::uint64_t letters = 0;
    for (const Word& word : words.subspan(i, kRun)) {
      if (!IsFunctionWord(word.folded)) letters += std::min<std::size_t>(word.folded.size(), 15);
    }
    const std::uint64_t hash = HashRun(hashes.subspan(i, kRun));
    runs.push_back({letters << 48 | hash >> 16, hash});
  }
  return runs;
}

// The first of the highest runs in each window (winnowing).
void AddPrints(absl::Span<const Run> runs, std::size_t window, std::vector<std::int32_t>& keys) {
  std::deque<std::size_t> best;  // falling in order
  std::size_t last = runs.size();
  for (std::size_t i = 0; i < runs.size(); ++i) {
    while (!best.empty() && runs[best.back()].order < runs[i].order) best.pop_back();
    best.push_back(i);
    if (best.front() + window <= i) best.pop_front();
    if ((i + 1 >= window || i + 1 == runs.size()) && best.front() != last) {
      last = best.front();
      keys.push_back(Key(kPrint, runs[last].hash));
    }
  }
}

void Sort(std::vector<std::int32_t>& keys) {
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
}

}  // namespace

std::vector<std::int32_t> SketchKeys(absl::Span<const Word> words) {
  std::vector<std::int32_t> keys;
  if (words.empty()) return keys;
  const std::vector<std::uint64_t> hashes = HashWords(words);
  AddBands(words, hashes, keys);
  const std::vector<Run> runs = RunsOf(words, hashes);
  // A wider window chooses some of those of a narrower one.
  AddPrints(runs, std::max(kWindow, 2 * runs.size() / kMostPrints), keys);
  if (words.size() <= kMostWhole) keys.push_back(Key(kWhole, HashRun(hashes)));
  Sort(keys);
  return keys;
}

std::vector<std::int32_t> AskedKeys(absl::Span<const Word> words) {
  std::vector<std::int32_t> keys;
  if (words.empty()) return keys;
  const std::vector<std::uint64_t> hashes = HashWords(words);
  AddBands(words, hashes, keys);
  const std::vector<Run> runs = RunsOf(words, hashes);
  AddPrints(runs, words.size() <= kMostWordsAskedWhole ? 1 : kWindow, keys);
  for (std::size_t length = 1; length <= kMostWhole; ++length) {
    for (std::size_t i = 0; i + length <= words.size() && keys.size() < kMostAsked; ++i) {
      const absl::Span<const Word> run = words.subspan(i, length);
      const bool says_something =
          std::any_of(run.begin(), run.end(), [](const Word& word) { return !IsFunctionWord(word.folded); });
      if (says_something) keys.push_back(Key(kWhole, HashRun(absl::MakeConstSpan(hashes).subspan(i, length))));
    }
  }
  if (keys.size() > kMostAsked) keys.resize(kMostAsked);
  Sort(keys);
  return keys;
}

}  // namespace onrecord::wordings
