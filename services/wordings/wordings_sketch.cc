#include "services/wordings/wordings_sketch.h"

#include <algorithm>
#include <string_view>

#include "absl/container/flat_hash_set.h"

namespace onrecord::wordings {
namespace {

constexpr std::size_t kMostStored = 10000;
// Fewer telling keys than this are not enough to ask with.
constexpr std::size_t kFewKeys = 4;
// In texts with fewer keys a change leaves no two that are far from each other.
constexpr std::size_t kShort = 8;
// Keys so far apart are of words that do not overlap, and both in what has a clause in common with the text.
constexpr std::size_t kNear = 3;
constexpr std::size_t kMostNear = 496;
// Keys that are half a text apart.
constexpr std::size_t kMostFar = 16;

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

std::int32_t Key(std::uint64_t hash) { return static_cast<std::int32_t>(static_cast<std::uint32_t>(Mix(hash) >> 32)); }

std::int32_t PairKey(std::uint64_t before, std::uint64_t hash) { return Key(Mix(before) ^ hash); }

// The keys of pairs of words in the order of the text, each once: of those in which a word carries meaning, or of all
// where these are too few.
std::vector<std::int32_t> KeysInOrder(absl::Span<const Word> words) {
  std::vector<std::int32_t> all, telling;
  absl::flat_hash_set<std::int32_t> seen;
  for (std::size_t i = 1; i < words.size(); ++i) {
    const std::int32_t key = PairKey(Hash(words[i - 1].folded), Hash(words[i].folded));
    if (!seen.insert(key).second) continue;
    all.push_back(key);
    if (!IsFunctionWord(words[i - 1].folded) || !IsFunctionWord(words[i].folded)) telling.push_back(key);
  }
  return telling.size() < kFewKeys ? all : telling;
}

// By the higher of the keys, which are hashes: an order as good as drawn by lot, in which of a very long text those
// come first that are stored.
bool IsLower(const KeyPair& a, const KeyPair& b) { return std::max(a.key, a.other) < std::max(b.key, b.other); }

// Adds the `most` lowest pairs of keys that are `apart`.
void AddPairs(const std::vector<std::int32_t>& keys, std::size_t apart, std::size_t most, std::vector<KeyPair>& pairs) {
  std::vector<KeyPair> all;
  for (std::size_t i = 0; i + apart < keys.size(); ++i) all.push_back({keys[i], keys[i + apart]});
  if (all.size() > most) {
    std::nth_element(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(most), all.end(), IsLower);
    all.resize(most);
  }
  pairs.insert(pairs.end(), all.begin(), all.end());
}

}  // namespace

std::vector<std::int32_t> SketchKeys(absl::Span<const Word> words) {
  std::vector<std::int32_t> keys;
  std::uint64_t before = 0;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::uint64_t hash = Hash(words[i].folded);
    if (i > 0) keys.push_back(PairKey(before, hash));
    if (IsLetterForWord(words[i].folded)) keys.push_back(Key(hash));
    before = hash;
  }
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  if (keys.size() > kMostStored) keys.resize(kMostStored);
  return keys;
}

std::vector<KeyPair> AskedPairs(absl::Span<const Word> words) {
  const std::vector<std::int32_t> keys = KeysInOrder(words);
  std::vector<KeyPair> pairs;
  if (keys.size() < kShort) {
    for (std::size_t apart = 0; apart < kNear; ++apart) AddPairs(keys, apart, kShort, pairs);
  } else {
    AddPairs(keys, kNear, kMostNear, pairs);
    AddPairs(keys, keys.size() / 2, kMostFar, pairs);
  }
  std::sort(pairs.begin(), pairs.end(), IsLower);
  return pairs;
}

}  // namespace onrecord::wordings
