#include "services/wordings/wordings_comparison.h"

#include <algorithm>
#include <set>

#include "absl/container/flat_hash_map.h"

namespace onrecord::wordings {
namespace {

// A gap that hides more words than this may hide a clause of its own, with its own "not".
constexpr std::size_t kClause = 5;
// Words at the ends that a fragment may lack and still be nearly the whole.
constexpr std::size_t kCutOff = 2;
// How far around a fragment the reference is read for what takes it back.
constexpr std::size_t kWordsBefore = 4;
constexpr std::size_t kWordsAfter = 2;

// Fillers of speech, which every editor leaves out.
bool IsFiller(std::string_view word) {
  static const auto* const kFillers = new std::set<std::string_view>{"uh", "um", "er", "ah", "eh", "hm", "hmm", "äh"};
  return kFillers->contains(word);
}

// Walk and walks, say and says, country's and country.
bool ShareStem(std::string_view a, std::string_view b) {
  const auto differ = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  const auto common = static_cast<std::size_t>(differ.first - a.begin());
  return common >= 3 && common + 3 >= std::max(a.size(), b.size());
}

class Judgement {
 public:
  Judgement(const Wording& asked, const Wording& reference, std::size_t ellipsis_words)
      : asked_(asked),
        reference_(reference),
        ellipsis_words_(ellipsis_words),
        alignment_(Align(asked.words, reference.words)) {
    Count();
  }

  pb::WordingComparison Make() {
    pb::WordingComparison comparison;
    comparison.set_similarity(alignment_.similarity());
    comparison.set_containment(alignment_.containment());
    comparison.set_coverage(alignment_.asked_words == 0
                                ? 0
                                : static_cast<double>(alignment_.kept) / static_cast<double>(alignment_.asked_words));
    comparison.set_relation(Relation());
    AddDiff(comparison);
    if (comparison.relation() != pb::WORDING_RELATION_UNRELATED) AddFlags(comparison);
    return comparison;
  }

 private:
  const std::string& Asked(const Step& step) const { return asked_.words[step.asked].folded; }
  const std::string& Reference(const Step& step) const { return reference_.words[step.reference].folded; }

  // An ellipsis stands where these words were left out.
  bool IsDeclared(const Step& dropped) const {
    return dropped.asked < asked_.words.size() && asked_.words[dropped.asked].after_gap;
  }

  // Words left out one after the other, in steps [begin, end).
  void CountDropped(std::size_t begin, std::size_t end) {
    const bool declared = IsDeclared(alignment_.steps[begin]);
    const std::size_t words = end - begin;
    (declared ? hidden_ : dropped_) += words;
    if (declared) most_hidden_ = std::max(most_hidden_, words);
    for (std::size_t i = begin; i < end; ++i) {
      const std::string& word = Reference(alignment_.steps[i]);
      if (declared && words > kClause) continue;
      if (IsNegation(word)) ++negations_dropped_;
      if (IsHedge(word)) ++hedges_dropped_;
      if (declared) continue;
      if (IsNumber(word)) ++numbers_;
      if (!IsSmall(word)) ++large_changes_;
    }
  }

  // A word whose change an editor would call grammar.
  static bool IsSmall(std::string_view word) {
    return IsFiller(word) ||
           (IsFunctionWord(word) && !IsNegation(word) && !IsHedge(word) && !IsReservation(word) && !IsNumber(word));
  }

  void CountInserted(const Step& step) {
    const std::string& word = Asked(step);
    if (IsNegation(word)) ++negations_added_;
    if (asked_.words[step.asked].bracketed) {
      ++bracketed_;
      return;
    }
    ++inserted_;
    if (IsHedge(word)) ++hedges_added_;
    if (IsNumber(word)) ++numbers_;
    if (!IsSmall(word)) ++large_changes_;
  }

  void CountReplaced(const Step& step) {
    const std::string& now = Asked(step);
    const std::string& before = Reference(step);
    if (IsNegation(before)) ++negations_dropped_;
    if (IsNegation(now)) ++negations_added_;
    if (asked_.words[step.asked].bracketed) {
      ++bracketed_;
      return;
    }
    ++replaced_;
    if (IsHedge(before)) ++hedges_dropped_;
    if (IsHedge(now)) ++hedges_added_;
    if (IsNumber(before) || IsNumber(now)) ++numbers_;
    if (!(IsSmall(now) && IsSmall(before)) && !ShareStem(now, before)) ++large_changes_;
  }

  void Count() {
    const std::vector<Step>& steps = alignment_.steps;
    for (std::size_t i = 0; i < steps.size(); ++i) {
      switch (steps[i].kind) {
        case Step::kKept:
          break;
        case Step::kSpelled:
          ++spelled_;
          break;
        case Step::kReplaced:
          CountReplaced(steps[i]);
          break;
        case Step::kInserted:
          CountInserted(steps[i]);
          break;
        case Step::kDropped: {
          std::size_t end = i;
          while (end < steps.size() && steps[end].kind == Step::kDropped) ++end;
          CountDropped(i, end);
          i = end - 1;
        }
      }
    }
    CountCutOff(reference_, alignment_.reference_begin, alignment_.reference_end, dropped_, negations_dropped_);
    CountCutOff(asked_, alignment_.asked_begin, alignment_.asked_end, inserted_, negations_added_);
  }

  // "No, ..." answers something else and negates nothing.
  static bool Negates(const Wording& wording, std::size_t at) {
    const Word& word = wording.words[at];
    return IsNegation(word.folded) && !(word.end < wording.text.size() && wording.text[word.end] == ',');
  }

  // What is left of a wording outside of what both have. When that is a "not" and next to nothing else, it is no
  // fragment but the opposite.
  static void CountCutOff(const Wording& wording, std::size_t begin, std::size_t end, std::size_t& words,
                          std::size_t& negations) {
    const std::size_t outside = begin + wording.words.size() - end;
    if (outside == 0 || outside > kCutOff || begin == end) return;
    std::size_t found = 0;
    for (std::size_t i = 0; i < wording.words.size(); ++i) {
      if (i == begin) i = end;
      if (i == wording.words.size()) break;
      if (Negates(wording, i)) ++found;
    }
    if (found == 0) return;
    negations += found;
    words += outside;
  }

  // Most words are there, but many not in their order.
  bool IsReordered() const {
    const std::size_t shorter = std::min(alignment_.asked_words, alignment_.reference_words);
    const std::size_t longer = std::max(alignment_.asked_words, alignment_.reference_words);
    return shorter >= 5 && 2 * longer <= 3 * shorter && alignment_.shared >= alignment_.kept + 2 &&
           5 * alignment_.shared >= 4 * shorter && alignment_.shared_content >= 3;
  }

  bool IsRelated() const {
    if (alignment_.kept == 0) return false;
    if (alignment_.asked_words == alignment_.reference_words && alignment_.kept == alignment_.asked_words) return true;
    if (IsReordered()) return true;
    if (alignment_.similarity() >= 0.75) return true;
    if (alignment_.shared_content == 0) return false;
    return alignment_.similarity() >= 0.5 || alignment_.containment() >= 0.8;
  }

  bool Flips() const { return negations_dropped_ != negations_added_; }

  pb::WordingRelation Relation() const {
    if (!IsRelated()) return pb::WORDING_RELATION_UNRELATED;
    const std::size_t changes = replaced_ + dropped_ + inserted_ + bracketed_;
    if (Flips()) return pb::WORDING_RELATION_POLARITY_FLIP;
    if (changes == 0 && hidden_ == 0) {
      if (alignment_.asked_words < alignment_.reference_words) return pb::WORDING_RELATION_FRAGMENT;
      if (alignment_.asked_words > alignment_.reference_words) return pb::WORDING_RELATION_EXTENDED;
      return asked_.text == reference_.text ? pb::WORDING_RELATION_IDENTICAL : pb::WORDING_RELATION_TYPOGRAPHIC;
    }
    if (changes == 0) return pb::WORDING_RELATION_ELLIPSIS;
    if (!IsReordered() && large_changes_ == 0 && bracketed_ == 0 &&
        4 * changes <= std::max<std::size_t>(4, alignment_.kept)) {
      return pb::WORDING_RELATION_CLEANED_GRAMMAR;
    }
    return pb::WORDING_RELATION_ALTERED;
  }

  // Whether a sentence ends between two words of the reference.
  bool EndsBetween(std::size_t before, std::size_t after) const {
    const std::size_t from = reference_.words[before].end;
    const std::size_t to = reference_.words[after].begin;
    return from < to && reference_.text.substr(from, to - from).find_first_of(".!?") != std::string::npos;
  }

  // Only of fragments: what is left of the reference around them.
  bool IsTakenBack() const {
    if (alignment_.asked_words >= alignment_.reference_words) return false;
    const std::size_t begin = alignment_.reference_begin;
    for (std::size_t back = 1; back <= std::min(kWordsBefore, begin); ++back) {
      if (EndsBetween(begin - back, begin - back + 1)) break;
      if (Negates(reference_, begin - back)) return true;
    }
    const std::size_t end = alignment_.reference_end;
    for (std::size_t i = end; i < std::min(end + kWordsAfter, reference_.words.size()); ++i) {
      if (IsReservation(reference_.words[i].folded)) return true;
      if (i > 0 && EndsBetween(i - 1, i)) break;
    }
    return false;
  }

  void AddFlags(pb::WordingComparison& comparison) const {
    const auto flag = [&](bool holds, pb::WordingFlag name) {
      if (holds) comparison.add_flags(name);
    };
    flag(negations_dropped_ > negations_added_, pb::WORDING_FLAG_NEGATION_DROPPED);
    flag(negations_added_ > negations_dropped_, pb::WORDING_FLAG_NEGATION_ADDED);
    flag(hedges_dropped_ > hedges_added_, pb::WORDING_FLAG_HEDGE_DROPPED);
    flag(numbers_ > 0, pb::WORDING_FLAG_NUMBER_CHANGED);
    flag(inserted_ + replaced_ > 0, pb::WORDING_FLAG_WORDS_INSERTED);
    flag(dropped_ + replaced_ > 0, pb::WORDING_FLAG_WORDS_DROPPED);
    flag(most_hidden_ > ellipsis_words_, pb::WORDING_FLAG_ELLIPSIS_HIDES_MUCH);
    flag(IsTakenBack(), pb::WORDING_FLAG_CONTEXT_CONTRADICTS);
    flag(IsReordered(), pb::WORDING_FLAG_ORDER_CHANGED);
    flag(spelled_ > 0, pb::WORDING_FLAG_SPELLING_CHANGED);
  }

  // The printed words first to last.
  static std::string Printed(const Wording& wording, std::size_t first, std::size_t last) {
    const std::size_t begin = wording.words[first].begin;
    return wording.text.substr(begin, wording.words[last].end - begin);
  }

  void AddDiff(pb::WordingComparison& comparison) const {
    static constexpr pb::DiffKind kKinds[] = {pb::DIFF_KIND_SAME, pb::DIFF_KIND_SPELLED, pb::DIFF_KIND_REPLACED,
                                              pb::DIFF_KIND_DROPPED, pb::DIFF_KIND_INSERTED};
    const std::vector<Step>& steps = alignment_.steps;
    for (std::size_t i = 0; i < steps.size();) {
      std::size_t last = i;
      while (last + 1 < steps.size() && steps[last + 1].kind == steps[i].kind) ++last;
      const pb::DiffKind kind = kKinds[steps[i].kind];
      pb::DiffPart& part = *comparison.add_diff();
      part.set_kind(kind);
      if (kind != pb::DIFF_KIND_DROPPED) part.set_text(Printed(asked_, steps[i].asked, steps[last].asked));
      if (kind != pb::DIFF_KIND_INSERTED) {
        std::string reference = Printed(reference_, steps[i].reference, steps[last].reference);
        if (reference != part.text()) part.set_reference(std::move(reference));
      }
      i = last + 1;
    }
  }

  const Wording& asked_;
  const Wording& reference_;
  const std::size_t ellipsis_words_;
  const Alignment alignment_;
  std::size_t spelled_ = 0;
  std::size_t replaced_ = 0;
  std::size_t dropped_ = 0;  // without a mark
  std::size_t hidden_ = 0;   // with one
  std::size_t most_hidden_ = 0;
  std::size_t inserted_ = 0;
  std::size_t bracketed_ = 0;
  std::size_t large_changes_ = 0;  // of more than small words and endings
  std::size_t numbers_ = 0;
  std::size_t negations_dropped_ = 0;
  std::size_t negations_added_ = 0;
  std::size_t hedges_dropped_ = 0;
  std::size_t hedges_added_ = 0;
};

}  // namespace

pb::WordingComparison Compare(const Wording& asked, const Wording& reference, int ellipsis_words) {
  return Judgement(asked, reference, static_cast<std::size_t>(ellipsis_words)).Make();
}

bool MayBeRelated(absl::Span<const Word> asked, absl::Span<const Word> reference) {
  // See IsRelated: what is less similar than a half and contained to less than four fifths is not.
  const auto are_enough = [&](std::size_t kept) {
    return 4 * kept >= asked.size() + reference.size() || 5 * kept >= 4 * std::min(asked.size(), reference.size());
  };
  // At most so many words can be kept: those that both have, and those that may be spelled otherwise.
  const bool asked_is_longer = asked.size() > reference.size();
  absl::flat_hash_map<std::string_view, std::size_t> left;  // words of the shorter one that nothing was found for
  for (const Word& word : asked_is_longer ? reference : asked) ++left[word.folded];
  std::size_t kept = 0;
  std::vector<std::string_view> missing;  // words asked for
  for (const Word& word : asked_is_longer ? asked : reference) {
    const auto same = left.find(word.folded);
    if (same != left.end() && same->second > 0) {
      --same->second;
      ++kept;
    } else if (asked_is_longer) {
      missing.push_back(word.folded);
    }
  }
  if (are_enough(kept)) return true;
  if (!asked_is_longer) {
    for (const auto& [word, times] : left) missing.insert(missing.end(), times, word);
  }
  for (std::size_t i = 0; i < missing.size() && !are_enough(kept) && are_enough(kept + missing.size() - i); ++i) {
    kept += std::any_of(reference.begin(), reference.end(), [&](const Word& other) {
      return other.folded != missing[i] && AreSpellingsOfOne(missing[i], other.folded);
    });
  }
  return are_enough(kept);
}

bool AreSameWords(const Wording& asked, const Wording& reference, const pb::WordingComparison& comparison) {
  // Adjusted on one half of a corpus and measured on the other, see docs/benchmarks.md.
  constexpr std::size_t kFewWords = 8;
  constexpr double kSameInFew = 0.75;
  constexpr double kSame = 0.7;
  constexpr double kContained = 0.87;
  constexpr double kSharedInAnyOrder = 0.9;
  switch (comparison.relation()) {
    case pb::WORDING_RELATION_UNRELATED:
      return false;
    case pb::WORDING_RELATION_IDENTICAL:
    case pb::WORDING_RELATION_TYPOGRAPHIC:
    case pb::WORDING_RELATION_FRAGMENT:
    case pb::WORDING_RELATION_EXTENDED:
    case pb::WORDING_RELATION_ELLIPSIS:
      return true;
    default:
      break;
  }
  const std::size_t fewer = std::min(asked.words.size(), reference.words.size());
  const std::size_t more = std::max(asked.words.size(), reference.words.size());
  const auto shared = static_cast<double>(SharedWords(asked.words, reference.words));
  if (shared >= kSharedInAnyOrder * static_cast<double>(more)) return true;
  if (fewer < kFewWords) return comparison.similarity() >= kSameInFew;
  return comparison.similarity() >= kSame || comparison.containment() >= kContained;
}

double Closeness(const pb::WordingComparison& comparison) {
  // What is contained is a little less close than what is the same.
  return std::max(comparison.similarity(), 0.95 * comparison.containment());
}

}  // namespace onrecord::wordings
