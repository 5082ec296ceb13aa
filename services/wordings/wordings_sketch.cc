#include "services/wordings/wordings_sketch.h"

#include <algorithm>
#include <string_view>

namespace onrecord::wordings {
namespace {

constexpr std::size_t kMostStored = 10000;
constexpr std::size_t kMostAsked = 1000;

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

// The keys of pairs, and of words by themselves where `is_key` says so.
template <typename IsKey>
std::vector<std::int32_t> MakeKeys(absl::Span<const Word> words, std::size_t most, IsKey is_key) {
  std::vector<std::int32_t> keys;
  std::uint64_t before = 0;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::uint64_t hash = Hash(words[i].folded);
    if (i > 0) keys.push_back(Key(Mix(before) ^ hash));
    if (is_key(words[i])) keys.push_back(Key(hash));
    before = hash;
  }
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  if (keys.size() > most) keys.resize(most);
  return keys;
}

}  // namespace

std::vector<std::int32_t> SketchKeys(absl::Span<const Word> words) {
  return MakeKeys(words, kMostStored, [](const Word& word) { return !IsFunctionWord(word.folded); });
}

std::vector<std::int32_t> AskedKeys(absl::Span<const Word> words) {
  return MakeKeys(words, kMostAsked, [&](const Word&) { return words.size() == 1; });
}

}  // namespace onrecord::wordings
