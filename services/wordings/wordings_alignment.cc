#include "services/wordings/wordings_alignment.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <string_view>

#include "absl/container/flat_hash_map.h"

namespace onrecord::wordings {
namespace {

// A word that only the longer one has costs less than one that only the shorter one has, so that as much of this as can
// be is found again; a replaced word costs less than both, so that the two stand beside each other.
constexpr int kSpelledCost = 1;
constexpr int kLongerCost = 2;
constexpr int kShorterCost = 3;
constexpr int kReplacedCost = 4;
// Larger pairs are cut where long runs agree first.
constexpr std::size_t kMostCells = 4'000'000;
constexpr std::size_t kAnchorRun = 6;

using Ids = std::vector<int>;

// Equal words get equal numbers, from 0 on.
struct Numbered {
  Ids asked;
  Ids reference;
  std::size_t distinct = 0;
};

Numbered Number(absl::Span<const Word> asked, absl::Span<const Word> reference) {
  absl::flat_hash_map<std::string_view, int> numbers;
  const auto number = [&numbers](absl::Span<const Word> words) {
    Ids ids;
    ids.reserve(words.size());
    for (const Word& word : words) ids.push_back(numbers.try_emplace(word.folded, numbers.size()).first->second);
    return ids;
  };
  Numbered numbered;
  numbered.asked = number(asked);
  numbered.reference = number(reference);
  numbered.distinct = numbers.size();
  return numbered;
}

struct Block {
  std::size_t asked_begin, asked_end, reference_begin, reference_end;
  std::size_t asked() const { return asked_end - asked_begin; }
  std::size_t reference() const { return reference_end - reference_begin; }
};

class Aligner {
 public:
  Aligner(absl::Span<const Word> asked, absl::Span<const Word> reference, const Numbered& ids)
      : asked_(asked), reference_(reference), ids_(ids) {}

  std::vector<Step> Run() {
    if (ids_.asked == ids_.reference) {
      for (std::size_t i = 0; i < asked_.size(); ++i) steps_.push_back({Step::kKept, i, i});
      return std::move(steps_);
    }
    const Block whole{0, asked_.size(), 0, reference_.size()};
    if (asked_.size() * reference_.size() <= kMostCells) {
      Fill(whole, true, true);
      return std::move(steps_);
    }
    Block block = whole;
    bool open = true;
    for (const auto& [asked_at, reference_at] : Anchors()) {
      block.asked_end = asked_at;
      block.reference_end = reference_at;
      Fill(block, open, false);
      open = false;
      for (std::size_t i = 0; i < kAnchorRun; ++i) steps_.push_back({Step::kKept, asked_at + i, reference_at + i});
      block = {asked_at + kAnchorRun, asked_.size(), reference_at + kAnchorRun, reference_.size()};
    }
    Fill(block, open, true);
    return std::move(steps_);
  }

 private:
  // Runs of words that each have exactly once, in the same order in both, not overlapping.
  std::vector<std::pair<std::size_t, std::size_t>> Anchors() const {
    using Key = std::array<int, kAnchorRun>;
    constexpr std::size_t kTwice = std::numeric_limits<std::size_t>::max();
    const auto places = [](const Ids& ids) {
      std::map<Key, std::size_t> found;
      Key key{};
      for (std::size_t i = 0; i + kAnchorRun <= ids.size(); ++i) {
        std::copy_n(ids.begin() + static_cast<std::ptrdiff_t>(i), kAnchorRun, key.begin());
        if (!found.try_emplace(key, i).second) found[key] = kTwice;
      }
      return found;
    };
    const std::map<Key, std::size_t> in_reference = places(ids_.reference);
    std::vector<std::pair<std::size_t, std::size_t>> both;
    for (const auto& [key, at] : places(ids_.asked)) {
      const auto other = in_reference.find(key);
      if (at != kTwice && other != in_reference.end() && other->second != kTwice) both.emplace_back(at, other->second);
    }
    std::sort(both.begin(), both.end());
    return LongestRising(both);
  }

  // The longest part of `pairs`, sorted by the first, in which the second rises too and no two overlap.
  static std::vector<std::pair<std::size_t, std::size_t>> LongestRising(
      const std::vector<std::pair<std::size_t, std::size_t>>& pairs) {
    std::vector<std::size_t> tails;  // of the best chain of each length
    std::vector<std::size_t> before(pairs.size(), pairs.size());
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      const auto place =
          std::lower_bound(tails.begin(), tails.end(), pairs[i].second,
                           [&](std::size_t tail, std::size_t value) { return pairs[tail].second < value; });
      if (place != tails.begin()) before[i] = *(place - 1);
      if (place == tails.end()) {
        tails.push_back(i);
      } else {
        *place = i;
      }
    }
    std::vector<std::pair<std::size_t, std::size_t>> chain;
    for (std::size_t at = tails.empty() ? pairs.size() : tails.back(); at != pairs.size(); at = before[at]) {
      const auto& pair = pairs[at];
      if (chain.empty() ||
          (pair.first + kAnchorRun <= chain.back().first && pair.second + kAnchorRun <= chain.back().second)) {
        chain.push_back(pair);
      }
    }
    std::reverse(chain.begin(), chain.end());
    return chain;
  }

  int PairCost(std::size_t asked_at, std::size_t reference_at) const {
    if (ids_.asked[asked_at] == ids_.reference[reference_at]) return 0;
    return AreSpellingsOfOne(asked_[asked_at].folded, reference_[reference_at].folded) ? kSpelledCost : kReplacedCost;
  }

  // Aligns one block. Where an end is open, what the longer wording has beyond the shorter one there costs nothing.
  void Fill(const Block& block, bool open_begin, bool open_end) {
    const std::size_t rows = block.asked();
    const std::size_t columns = block.reference();
    if (rows * columns > kMostCells) {
      for (std::size_t i = 0; i < rows; ++i)
        steps_.push_back({Step::kInserted, block.asked_begin + i, block.reference_begin});
      for (std::size_t j = 0; j < columns; ++j)
        steps_.push_back({Step::kDropped, block.asked_end, block.reference_begin + j});
      return;
    }
    const auto gap = [&](bool in_reference, bool at_open_end) {
      const bool in_longer = in_reference ? asked_.size() < reference_.size() : asked_.size() > reference_.size();
      return !in_longer ? kShorterCost : at_open_end ? 0 : kLongerCost;
    };
    // Where an ellipsis says that words were left out.
    const auto declared = [&](std::size_t i) {
      return block.asked_begin + i < asked_.size() && asked_[block.asked_begin + i].after_gap;
    };
    enum Move : std::uint8_t { kDiagonal, kUp, kLeft };
    std::vector<std::uint8_t> moves((rows + 1) * (columns + 1));
    std::vector<int> previous(columns + 1);
    std::vector<int> row(columns + 1);
    for (std::size_t j = 1; j <= columns; ++j) {
      previous[j] = previous[j - 1] + gap(true, open_begin || (open_end && rows == 0));
      moves[j] = kLeft;
    }
    for (std::size_t i = 1; i <= rows; ++i) {
      row[0] = previous[0] + gap(false, open_begin || (open_end && columns == 0));
      moves[i * (columns + 1)] = kUp;
      for (std::size_t j = 1; j <= columns; ++j) {
        const int diagonal = previous[j - 1] + PairCost(block.asked_begin + i - 1, block.reference_begin + j - 1);
        const int up = previous[j] + gap(false, open_end && j == columns);
        const int left = row[j - 1] + (declared(i) ? 0 : gap(true, open_end && i == rows));
        row[j] = std::min({diagonal, up, left});
        moves[i * (columns + 1) + j] = diagonal == row[j] ? kDiagonal : up == row[j] ? kUp : kLeft;
      }
      std::swap(previous, row);
    }
    std::vector<Step> back;
    for (std::size_t i = rows, j = columns; i > 0 || j > 0;) {
      const std::size_t a = block.asked_begin + i;
      const std::size_t r = block.reference_begin + j;
      switch (moves[i * (columns + 1) + j]) {
        case kDiagonal: {
          const int cost = PairCost(a - 1, r - 1);
          back.push_back({cost == 0              ? Step::kKept
                          : cost == kSpelledCost ? Step::kSpelled
                                                 : Step::kReplaced,
                          a - 1, r - 1});
          --i, --j;
          break;
        }
        case kUp:
          back.push_back({Step::kInserted, a - 1, r});
          --i;
          break;
        default:
          back.push_back({Step::kDropped, a, r - 1});
          --j;
      }
    }
    steps_.insert(steps_.end(), back.rbegin(), back.rend());
  }

  const absl::Span<const Word> asked_;
  const absl::Span<const Word> reference_;
  const Numbered& ids_;
  std::vector<Step> steps_;
};

bool IsShared(const Step& step) { return step.kind == Step::kKept || step.kind == Step::kSpelled; }

struct Shared {
  std::size_t words = 0;
  std::size_t content = 0;
};

Shared CountShared(const Numbered& ids, absl::Span<const Word> reference) {
  std::vector<int> counts(ids.distinct);
  for (const int id : ids.asked) ++counts[static_cast<std::size_t>(id)];
  Shared shared;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    int& left = counts[static_cast<std::size_t>(ids.reference[i])];
    if (left == 0) continue;
    --left;
    ++shared.words;
    if (!IsFunctionWord(reference[i].folded)) ++shared.content;
  }
  return shared;
}

}  // namespace

double Alignment::similarity() const {
  const std::size_t all = asked_words + reference_words;
  return all == 0 ? 0 : 2.0 * static_cast<double>(kept) / static_cast<double>(all);
}

double Alignment::containment() const {
  const std::size_t shorter = std::min(asked_words, reference_words);
  return shorter == 0 ? 0 : static_cast<double>(kept) / static_cast<double>(shorter);
}

std::size_t SharedWords(absl::Span<const Word> a, absl::Span<const Word> b) {
  return CountShared(Number(a, b), b).words;
}

Alignment Align(absl::Span<const Word> asked, absl::Span<const Word> reference) {
  Alignment alignment;
  alignment.asked_words = asked.size();
  alignment.reference_words = reference.size();
  const Numbered ids = Number(asked, reference);
  const Shared shared = CountShared(ids, reference);
  alignment.shared = shared.words;
  alignment.shared_content = shared.content;
  std::vector<Step> steps = Aligner(asked, reference, ids).Run();
  const auto first = std::find_if(steps.begin(), steps.end(), IsShared);
  const auto last = std::find_if(steps.rbegin(), steps.rend(), IsShared).base();
  if (first == steps.end()) return alignment;
  // What only the shorter one has at its ends is part of what is compared; what only the longer one has is not.
  const auto outside = [&](const Step& step) {
    return (step.kind == Step::kDropped && asked.size() < reference.size()) ||
           (step.kind == Step::kInserted && asked.size() > reference.size());
  };
  const auto begin = std::find_if_not(steps.begin(), first, outside);
  const auto end =
      std::find_if_not(std::make_reverse_iterator(steps.end()), std::make_reverse_iterator(last), outside).base();
  alignment.steps.assign(begin, end);
  alignment.asked_begin = alignment.steps.front().asked;
  alignment.reference_begin = alignment.steps.front().reference;
  alignment.asked_end = alignment.steps.back().asked + (alignment.steps.back().kind == Step::kDropped ? 0 : 1);
  alignment.reference_end = alignment.steps.back().reference + (alignment.steps.back().kind == Step::kInserted ? 0 : 1);
  alignment.kept = static_cast<std::size_t>(std::count_if(alignment.steps.begin(), alignment.steps.end(), IsShared));
  return alignment;
}

}  // namespace onrecord::wordings
