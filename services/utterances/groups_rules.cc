#include "services/utterances/groups_rules.h"

#include <algorithm>
#include <numeric>
#include <set>
#include <tuple>

#include "services/api/text.h"

namespace onrecord::rules {
namespace {

// An interview is printed for about two months.
constexpr int kNearDays = 60;
// Fewer words, or fewer that tell anything, are said again the next day ("Thank you very much"); of a part of what
// tells enough two are enough.
constexpr std::size_t kWordsToFollow = 6;
constexpr std::size_t kTellingWordsToFollow = 3;
constexpr std::size_t kTellingWordsOfPart = 2;
// Of the smaller one's words, how many both must have; misspelled ones do not count.
constexpr double kFewestShared = 0.5;
constexpr std::size_t kMostPartners = 40;
// Two wordings that are less alike are a whole and a part of it.
constexpr double kAlike = 0.6;

const absl::CivilDay kFirstDay(1, 1, 1);
const absl::CivilDay kLastDay(9999, 12, 31);

bool Overlap(const Days& a, const Days& b) { return a.first <= b.last && b.first <= a.last; }

std::int32_t Hash(std::string_view word) {
  std::uint32_t hash = 2166136261U;
  for (const char c : word) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  return static_cast<std::int32_t>(hash);
}

bool TellsEnough(const Saying& saying) {
  return saying.word_count >= kWordsToFollow || saying.words.size() >= kTellingWordsToFollow;
}

// Whether the pair may be one utterance, whatever its words are, when the speakers fit.
bool MayBelongTogether(const Asked& asked, const Saying& other) {
  if (asked.saying.quote == other.quote || asked.saying.polarity != other.polarity) return false;
  const auto& [part, whole] =
      std::minmax(asked.saying, other, [](const Saying& a, const Saying& b) { return a.word_count < b.word_count; });
  const bool follows = TellsEnough(whole) && (TellsEnough(part) || part.words.size() >= kTellingWordsOfPart);
  return follows ? MayBeOneTime(asked.saying.days, other.days) : Overlap(asked.saying.days, other.days);
}

// How close two wordings can be that share so many telling words; 0 when it is not worth looking.
double Promise(std::size_t shared, std::size_t a, std::size_t b) {
  const auto common = static_cast<double>(shared);
  const auto smaller = static_cast<double>(std::min(a, b));
  if (common < kFewestShared * smaller) return 0;
  return std::max(2 * common / static_cast<double>(a + b), 0.95 * common / smaller);
}

class Grouping {
 public:
  Grouping(absl::Span<const Saying> sayings, absl::Span<const Link> links)
      : sayings_(sayings), links_(links), parent_(sayings.size()), top_(sayings.size()), apart_(sayings.size()) {
    std::iota(parent_.begin(), parent_.end(), std::size_t{0});
    std::iota(top_.begin(), top_.end(), std::size_t{0});
    for (const Saying& saying : sayings) days_.push_back(saying.days);
    for (const Link& link : links) {
      if (link.state != pb::QUOTE_LINK_STATE_REJECTED) continue;
      apart_[link.a].push_back(link.b);
      apart_[link.b].push_back(link.a);
    }
  }

  Groups Make() {
    for (const std::size_t at : Order()) Follow(links_[at]);
    Groups groups;
    for (std::size_t i = 0; i < sayings_.size(); ++i) groups.group.push_back(Find(i));
    for (const Link& link : links_) {
      groups.overruled.push_back(link.state != pb::QUOTE_LINK_STATE_REJECTED && Find(link.a) != Find(link.b));
    }
    return groups;
  }

 private:
  // What is confirmed first, then the closest.
  std::vector<std::size_t> Order() const {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < links_.size(); ++i) {
      if (links_[i].state != pb::QUOTE_LINK_STATE_REJECTED) order.push_back(i);
    }
    const auto key = [&](std::size_t i) {
      const Link& link = links_[i];
      return std::tuple(-static_cast<int>(link.state), -link.closeness, -link.similarity, std::min(link.a, link.b),
                        std::max(link.a, link.b));
    };
    std::sort(order.begin(), order.end(), [&](std::size_t x, std::size_t y) { return key(x) < key(y); });
    return order;
  }

  std::size_t Find(std::size_t i) {
    while (parent_[i] != i) i = parent_[i] = parent_[parent_[i]];
    return i;
  }

  std::size_t Words(std::size_t i) const { return sayings_[i].word_count; }

  // Nearly as long as the longest of its group.
  bool IsWhole(std::size_t i) { return 5 * Words(i) >= 4 * Words(top_[Find(i)]); }

  // A part goes to one whole; wordings of one length come together unless both are parts of something already.
  bool FitsIn(const Link& link) {
    if (link.similarity >= kAlike) return IsWhole(link.a) || IsWhole(link.b);
    return IsWhole(Words(link.a) <= Words(link.b) ? link.a : link.b);
  }

  bool AreHeldApart(std::size_t a, std::size_t b) {
    const std::size_t fewer = apart_[a].size() <= apart_[b].size() ? a : b;
    const std::size_t other = fewer == a ? b : a;
    return std::any_of(apart_[fewer].begin(), apart_[fewer].end(), [&](std::size_t i) { return Find(i) == other; });
  }

  void Follow(const Link& link) {
    const std::size_t a = Find(link.a);
    const std::size_t b = Find(link.b);
    if (a == b || sayings_[a].polarity != sayings_[b].polarity || AreHeldApart(a, b)) return;
    const bool confirmed = link.state == pb::QUOTE_LINK_STATE_CONFIRMED;
    if (!confirmed && !(MayBeOneTime(days_[a], days_[b]) && FitsIn(link))) return;
    parent_[b] = a;
    if (Words(top_[b]) > Words(top_[a])) top_[a] = top_[b];
    apart_[a].insert(apart_[a].end(), apart_[b].begin(), apart_[b].end());
    // What people join may have been said at the time of either; what is suggested must fit all. Days that meet
    // pairwise have a day in common.
    days_[a] = confirmed ? Days{std::min(days_[a].first, days_[b].first), std::max(days_[a].last, days_[b].last)}
                         : Days{std::max(days_[a].first, days_[b].first), std::min(days_[a].last, days_[b].last)};
  }

  const absl::Span<const Saying> sayings_;
  const absl::Span<const Link> links_;
  std::vector<std::size_t> parent_;
  // Of the saying that stands for a group:
  std::vector<std::size_t> top_;                 // its longest
  std::vector<std::vector<std::size_t>> apart_;  // whom its members must not meet
  std::vector<Days> days_;
};

}  // namespace

Days Within(absl::CivilDay first, absl::CivilDay last) {
  return {std::max(first, kFirstDay), std::min(last, kLastDay)};
}

Days DaysOf(const api::DayRange& said, const api::DayRange& published, absl::CivilDay recorded) {
  const bool from = said.from != api::kOpenFrom;
  const bool to = said.to != api::kOpenTo;
  if (from && to) return {api::FirstDay(said.from), api::LastDay(said.to)};
  if (to) return Within(api::LastDay(said.to) - kNearDays, api::LastDay(said.to));
  if (from) return Within(api::FirstDay(said.from), api::FirstDay(said.from) + kNearDays);
  if (published.to != api::kOpenTo) {
    const absl::CivilDay last = api::LastDay(published.to);
    const absl::CivilDay first = published.from == api::kOpenFrom ? last : api::FirstDay(published.from);
    return Within(std::min(first, last) - kNearDays, last);
  }
  if (published.from != api::kOpenFrom) {
    const absl::CivilDay first = api::FirstDay(published.from);
    return Within(first - kNearDays, first + kNearDays);
  }
  return Within(recorded - kNearDays, recorded);
}

bool MayBeOneTime(const Days& a, const Days& b) {
  if (Overlap(a, b)) return true;
  const bool known = a.first >= a.last && b.first >= b.last;
  return known && a.first <= b.last + 1 && b.first <= a.last + 1;
}

std::vector<std::int32_t> TellingWords(absl::Span<const wordings::Word> words) {
  std::vector<std::int32_t> telling;
  for (const wordings::Word& word : words) {
    if (!wordings::IsFunctionWord(word.folded)) telling.push_back(Hash(word.folded));
  }
  if (telling.empty()) {
    for (const wordings::Word& word : words) telling.push_back(Hash(word.folded));
  }
  std::sort(telling.begin(), telling.end());
  telling.erase(std::unique(telling.begin(), telling.end()), telling.end());
  return telling;
}

PartnerFinder::PartnerFinder(absl::Span<const Asked> asked)
    : asked_(asked), best_(asked.size()), shared_(asked.size()) {
  for (std::size_t i = 0; i < asked.size(); ++i) {
    for (const std::int64_t voice : asked[i].voices) {
      for (const std::int32_t word : asked[i].saying.words) asked_with_[{voice, word}].push_back(i);
    }
  }
}

void PartnerFinder::Look(const Saying& other) {
  for (const std::int32_t word : other.words) {
    const auto found = asked_with_.find({other.speaker, word});
    if (found == asked_with_.end()) continue;
    for (const std::size_t i : found->second) {
      if (shared_[i]++ == 0) touched_.push_back(i);
    }
  }
  for (const std::size_t i : touched_) {
    const double promise = Promise(shared_[i], asked_[i].saying.words.size(), other.words.size());
    shared_[i] = 0;
    if (promise == 0 || !MayBelongTogether(asked_[i], other)) continue;
    best_[i].push_back({other.quote, other.word_count, promise});
    if (best_[i].size() == 2 * kMostPartners) Keep(best_[i]);
  }
  touched_.clear();
}

void PartnerFinder::Keep(std::vector<Partner>& best) {
  std::sort(best.begin(), best.end(), [](const Partner& x, const Partner& y) {
    return x.promise != y.promise ? x.promise > y.promise : x.quote < y.quote;
  });
  if (best.size() > kMostPartners) best.resize(kMostPartners);
}

std::vector<std::vector<Partner>> PartnerFinder::Take() {
  for (std::vector<Partner>& best : best_) Keep(best);
  return std::move(best_);
}

Groups GroupSayings(absl::Span<const Saying> sayings, absl::Span<const Link> links) {
  return Grouping(sayings, links).Make();
}

api::DayRange FirstPublished(const pb::Quote& quote) {
  api::DayRange first{api::kOpenTo, api::kOpenTo};
  for (const pb::Appearance& appearance : quote.appearances()) {
    const api::DayRange published = api::ToRange(appearance.published());
    if (published.from != api::kOpenFrom) first.from = std::min(first.from, published.from);
    first.to = std::min(first.to, published.to);
  }
  if (first.from > first.to || first.from == api::kOpenTo) first.from = api::kOpenFrom;
  return first;
}

std::size_t ChooseReference(absl::Span<const pb::Quote> quotes) {
  const auto rank = [&](std::size_t i) {
    const bool verbatim = quotes[i].kind() != pb::QUOTE_KIND_INDIRECT;
    return 2 * static_cast<int>(quotes[i].state() != pb::QUOTE_STATE_ACTIVE) + static_cast<int>(!verbatim);
  };
  int best_rank = rank(0);
  for (std::size_t i = 1; i < quotes.size(); ++i) best_rank = std::min(best_rank, rank(i));
  // The first day by which one of them was certainly in print.
  int printed_by = api::kOpenTo;
  for (std::size_t i = 0; i < quotes.size(); ++i) {
    if (rank(i) == best_rank) printed_by = std::min(printed_by, FirstPublished(quotes[i]).to);
  }
  std::size_t chosen = quotes.size();
  std::size_t longest = 0;
  for (std::size_t i = 0; i < quotes.size(); ++i) {
    if (rank(i) != best_rank || FirstPublished(quotes[i]).from > printed_by) continue;
    const std::size_t length = api::CodePoints(quotes[i].text());
    if (chosen == quotes.size() || length > longest) {
      chosen = i;
      longest = length;
    }
  }
  return chosen;
}

}  // namespace onrecord::rules
