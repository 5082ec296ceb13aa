// Which quotes may be wordings of one utterance, and which are, as their links and what people decided have it. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/time/civil_time.h"
#include "absl/types/span.h"
#include "onrecord/v1/utterances.pb.h"
#include "services/api/dates.h"
#include "services/wordings/wordings_words.h"

namespace onrecord::rules {

namespace pb = ::onrecord::v1;

// The days on which a quote may have been said.
struct Days {
  absl::CivilDay first;
  absl::CivilDay last;
};

// Where only one bound of the saying is known, or nothing but when it was first published or recorded, it is taken to
// have been said within 60 days of that.
Days DaysOf(const api::DayRange& said, const api::DayRange& published, absl::CivilDay recorded);
// Days that dates can have.
Days Within(absl::CivilDay first, absl::CivilDay last);
// Whether both may have been said on one day; where both are known to the day also on neighbouring ones, since it may
// be tomorrow elsewhere.
bool MayBeOneTime(const Days& a, const Days& b);

// What decides with which others a quote is compared.
struct Saying {
  std::string quote;
  std::int64_t speaker = 0;  // 0: an unnamed source
  int polarity = 0;
  Days days;
  std::vector<std::int32_t> words;  // see TellingWords; empty where they do not matter
  std::size_t word_count = 0;
};

// Hashes of the words that carry meaning, of all words where none does; sorted, each once.
std::vector<std::int32_t> TellingWords(absl::Span<const wordings::Word> words);

// A quote whose partners are looked for, with those of whom it may be: its speaker, who speaks for him, for whom he
// does.
struct Asked {
  Saying saying;
  std::vector<std::int64_t> voices;  // sorted
};

// What an asked one is worth comparing with word by word.
struct Partner {
  std::string quote;
  std::size_t word_count = 0;
  double promise = 0;  // how close the two can be
};

// Finds the most promising partners of each asked one among others that are shown to it one by one and not kept.
class PartnerFinder {
 public:
  explicit PartnerFinder(absl::Span<const Asked> asked);

  void Look(const Saying& other);
  // Of each asked one, the most promising first.
  std::vector<std::vector<Partner>> Take();

 private:
  void Keep(std::vector<Partner>& best);

  const absl::Span<const Asked> asked_;
  // Which asked ones have a word, for each of those of whom they may be.
  absl::flat_hash_map<std::pair<std::int64_t, std::int32_t>, std::vector<std::size_t>> asked_with_;
  std::vector<std::vector<Partner>> best_;
  std::vector<std::size_t> shared_;  // words with the one that is looked at
  std::vector<std::size_t> touched_;
};

// A link between two of the sayings that are grouped.
struct Link {
  std::size_t a = 0;
  std::size_t b = 0;
  pb::QuoteLinkState state = pb::QUOTE_LINK_STATE_UNSPECIFIED;
  double similarity = 0;
  int closeness = 0;
};

struct Groups {
  std::vector<std::size_t> group;  // of each saying: the place of one that stands for all
  std::vector<bool> overruled;     // of each link
};

// Starts with each saying alone, then follows what people confirmed, then what is suggested, the closest first. A link
// is overruled where it would bring together quotes that people hold apart, what was said with what was not; a
// suggested one also where it would join quotes of different times, or two different wholes through a part that stands
// in both. Sayings must be in the order of their quotes' ids, so that all members see the same.
Groups GroupSayings(absl::Span<const Saying> sayings, absl::Span<const Link> links);

// Which of an utterance's quotes the others are compared with: the longest of the verbatim wordings that may have been
// published first; a paraphrase where there is nothing else, a retracted one likewise.
std::size_t ChooseReference(absl::Span<const pb::Quote> quotes);

// When a quote was first printed, as far as its appearances tell.
api::DayRange FirstPublished(const pb::Quote& quote);

}  // namespace onrecord::rules
