#include "services/utterances/groups_store.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_format.h"
#include "db/statements.h"
#include "services/api/as_of.h"
#include "services/api/dates.h"
#include "services/api/names.h"
#include "services/api/row_cursor.h"
#include "services/api/text.h"
#include "services/utterances/groups_rules.h"
#include "services/utterances/links_store.h"
#include "services/wordings/wordings_comparison.h"

namespace onrecord::store {
namespace {

constexpr char kMatcher[] = "matcher";
// Words of the texts that are in memory while they are compared.
constexpr std::size_t kWordsAtOnce = 500000;
// Quotes that are read to find the partners of some; of more than that of one speaker on the same days the rest is left
// out. At most 200 MB, and that only for quotes of 20,000 words.
constexpr int kMostOthers = 50000;
// Links that are suggested for one quote.
constexpr std::size_t kMostLinksOfQuote = 20;
// Days of a span by its reach.
constexpr int kReaches[] = {3, 62, 400};

std::string WordsArray(const std::vector<std::int32_t>& words) {
  return pg::IntArray(std::vector<std::int64_t>(words.begin(), words.end()));
}

// What was read of the quotes that are matched.
struct Batch {
  std::vector<rules::Asked> asked;
  std::vector<std::string> fingerprints;  // of each asked one
  std::vector<std::string> gone;          // without words or a named speaker, or redacted
};

absl::Status ReadBatch(pg::Session& db, absl::Span<const std::string> quotes, Batch& batch) {
  for (std::size_t at = 0; at < quotes.size(); at += kTextsAtOnce) {
    ASSIGN_OR_RETURN(std::vector<ReadSaying> sayings, ReadSayings(db, quotes.subspan(at, kTextsAtOnce), api::kNow));
    for (ReadSaying& read : sayings) {
      const std::vector<wordings::Word> words = wordings::SplitWords(read.text);
      if (words.empty() || read.saying.speaker == 0 || read.state == pb::QUOTE_STATE_REDACTED) {
        batch.gone.push_back(read.saying.quote);
        continue;
      }
      read.saying.words = rules::TellingWords(words);
      read.saying.word_count = words.size();
      batch.fingerprints.push_back(api::Identity().Add(read.text).Hex());
      batch.asked.push_back({std::move(read.saying), {}});
    }
  }
  return absl::OkStatus();
}

absl::Status AddVoices(pg::Session& db, std::vector<rules::Asked>& asked) {
  std::set<std::int64_t> speakers;
  for (const rules::Asked& one : asked) speakers.insert(one.saying.speaker);
  ASSIGN_OR_RETURN(
      const pqxx::result rows,
      db.Run(sql::kVoicesOfSpeakers, pg::IntArray(std::vector<std::int64_t>(speakers.begin(), speakers.end()))));
  std::map<std::int64_t, std::set<std::int64_t>> voices;
  for (const std::int64_t speaker : speakers) voices[speaker].insert(speaker);
  for (const pqxx::row& row : rows) voices[row[0].as<std::int64_t>()].insert(row[1].as<std::int64_t>());
  for (rules::Asked& one : asked) {
    const std::set<std::int64_t>& all = voices[one.saying.speaker];
    one.voices.assign(all.begin(), all.end());
  }
  return absl::OkStatus();
}

int ReachOf(const rules::Days& days) {
  const auto count = days.last - days.first + 1;
  for (int reach = 0; reach < static_cast<int>(std::size(kReaches)); ++reach) {
    if (count <= kReaches[reach]) return reach;
  }
  return static_cast<int>(std::size(kReaches));
}

// Stores what the quotes are compared by, and leaves of them those for which that changed.
absl::Status StoreSpans(pg::Session& db, Batch& batch) {
  std::vector<std::string> quotes, firsts, lasts, words, fingerprints;
  std::vector<std::int64_t> speakers, polarities, reaches, counts;
  for (std::size_t i = 0; i < batch.asked.size(); ++i) {
    const rules::Saying& saying = batch.asked[i].saying;
    quotes.push_back(saying.quote);
    speakers.push_back(saying.speaker);
    polarities.push_back(saying.polarity);
    reaches.push_back(ReachOf(saying.days));
    firsts.push_back(api::FormatDay(saying.days.first));
    lasts.push_back(api::FormatDay(saying.days.last));
    words.push_back(WordsArray(saying.words));
    counts.push_back(static_cast<std::int64_t>(saying.word_count));
    fingerprints.push_back(api::Identity()
                               .Add(batch.fingerprints[i])
                               .Add(firsts.back())
                               .Add(lasts.back())
                               .Add(std::to_string(saying.polarity))
                               .Add(pg::IntArray(batch.asked[i].voices))
                               .Add(std::to_string(saying.speaker))
                               .Hex());
  }
  ASSIGN_OR_RETURN(const pqxx::result rows,
                   db.Run(sql::kUpsertSpans, pg::TextArray(quotes), pg::IntArray(speakers), pg::IntArray(polarities),
                          pg::IntArray(reaches), pg::TextArray(firsts), pg::TextArray(lasts), pg::TextArray(words),
                          pg::IntArray(counts), pg::TextArray(fingerprints)));
  std::set<std::string> changed;
  for (const std::string& id : api::FirstColumn(rows)) changed.insert(api::BareUuid(id));
  std::erase_if(batch.asked, [&](const rules::Asked& one) { return !changed.contains(one.saying.quote); });
  return absl::OkStatus();
}

// Days on which partners may have been said, for each voice; those that overlap are one.
using Windows = std::map<std::int64_t, std::vector<rules::Days>>;

Windows WindowsOf(absl::Span<const rules::Asked> asked) {
  Windows windows;
  for (const rules::Asked& one : asked) {
    for (const std::int64_t voice : one.voices) {
      windows[voice].push_back({one.saying.days.first - 1, one.saying.days.last + 1});
    }
  }
  for (auto& [voice, days] : windows) {
    std::sort(days.begin(), days.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<rules::Days> merged;
    for (const rules::Days& window : days) {
      if (merged.empty() || window.first > merged.back().last + 1) {
        merged.push_back(window);
      } else {
        merged.back().last = std::max(merged.back().last, window.last);
      }
    }
    days = std::move(merged);
  }
  return windows;
}

rules::Saying ReadOther(const pqxx::row& row) {
  rules::Saying other;
  other.quote = api::BareUuid(row[0].c_str());
  other.speaker = row[1].as<std::int64_t>();
  other.polarity = row[2].as<int>();
  absl::CivilDay day;
  if (absl::ParseCivilTime(row[3].c_str(), &day)) other.days.first = day;
  if (absl::ParseCivilTime(row[4].c_str(), &day)) other.days.last = day;
  for (const std::int64_t word : pg::ParseIntArray(row[5].c_str())) {
    other.words.push_back(static_cast<std::int32_t>(word));
  }
  other.word_count = row[6].as<std::size_t>();
  return other;
}

// Everything that may be a partner of the asked ones; nullopt when that is too much at once.
absl::StatusOr<std::optional<std::vector<rules::Saying>>> ReadOthers(pg::Session& db,
                                                                     absl::Span<const rules::Asked> asked) {
  std::vector<std::int64_t> speakers;
  std::vector<std::string> firsts, lasts;
  for (const auto& [voice, windows] : WindowsOf(asked)) {
    for (const rules::Days& window : windows) {
      speakers.push_back(voice);
      firsts.push_back(api::FormatDay(std::max(window.first, absl::CivilDay(1, 1, 1))));
      lasts.push_back(api::FormatDay(std::min(window.last, absl::CivilDay(9999, 12, 31))));
    }
  }
  ASSIGN_OR_RETURN(const pqxx::result rows, db.Run(sql::kQuotesToCompare, pg::IntArray(speakers), pg::TextArray(firsts),
                                                   pg::TextArray(lasts), kMostOthers));
  if (rows.size() == kMostOthers && asked.size() > 1) return std::nullopt;
  std::vector<rules::Saying> others;
  others.reserve(static_cast<std::size_t>(rows.size()));
  std::set<std::string> seen;  // one of a long span may be in several windows
  for (const pqxx::row& row : rows) {
    rules::Saying other = ReadOther(row);
    if (seen.insert(other.quote).second) others.push_back(std::move(other));
  }
  return others;
}

// A link to suggest, by its two quotes.
using Suggestions = std::map<std::pair<std::string, std::string>, NewLink>;

struct Text {
  ReadSaying read;
  wordings::Wording wording;
};

// Compares each asked one with its partners: what holds good as the same words, the closest first.
void SuggestFor(const Text& asked, absl::Span<const Text* const> partners, Suggestions& suggestions) {
  std::vector<NewLink> links;
  for (const Text* partner : partners) {
    NewLink link = MakeLink(asked.read, asked.wording, partner->read, partner->wording);
    if (wordings::AreSameWords(asked.wording, partner->wording, link.comparison)) links.push_back(std::move(link));
  }
  std::stable_sort(links.begin(), links.end(), [](const NewLink& a, const NewLink& b) {
    return wordings::Closeness(a.comparison) > wordings::Closeness(b.comparison);
  });
  if (links.size() > kMostLinksOfQuote) links.resize(kMostLinksOfQuote);
  for (NewLink& link : links) suggestions.emplace(std::pair(link.quote, link.other), std::move(link));
}

// Compares pairs with the texts of as many as fit into memory together.
absl::Status ComparePairs(pg::Session& db, absl::Span<const rules::Asked> asked, absl::Span<const rules::Saying> others,
                          absl::Span<const std::pair<std::size_t, std::size_t>> pairs, Suggestions& suggestions) {
  for (std::size_t begin = 0; begin < pairs.size();) {
    std::set<std::string> ids;
    std::size_t words = 0;
    std::size_t end = begin;
    while (end < pairs.size() && (words <= kWordsAtOnce || pairs[end].first == pairs[begin].first)) {
      const rules::Saying& one = asked[pairs[end].first].saying;
      const rules::Saying& other = others[pairs[end].second];
      if (ids.insert(one.quote).second) words += one.word_count;
      if (ids.insert(other.quote).second) words += other.word_count;
      ++end;
    }
    // All partners of one quote are compared together.
    while (end < pairs.size() && pairs[end].first == pairs[end - 1].first) --end;
    ASSIGN_OR_RETURN(std::vector<ReadSaying> sayings,
                     ReadSayings(db, std::vector<std::string>(ids.begin(), ids.end()), api::kNow));
    absl::flat_hash_map<std::string, Text> texts;
    for (ReadSaying& read : sayings) {
      std::string id = read.saying.quote;
      wordings::Wording wording(std::move(read.text));
      texts.emplace(std::move(id), Text{std::move(read), std::move(wording)});
    }
    for (std::size_t i = begin; i < end;) {
      const std::size_t one = pairs[i].first;
      std::vector<const Text*> partners;
      for (; i < end && pairs[i].first == one; ++i) {
        const auto found = texts.find(others[pairs[i].second].quote);
        if (found != texts.end()) partners.push_back(&found->second);
      }
      const auto found = texts.find(asked[one].saying.quote);
      if (found != texts.end()) SuggestFor(found->second, partners, suggestions);
    }
    begin = end;
  }
  return absl::OkStatus();
}

// In halves where the asked ones have too many possible partners together.
absl::Status FindSuggestions(pg::Session& db, absl::Span<const rules::Asked> asked, Suggestions& suggestions) {
  if (asked.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::optional<std::vector<rules::Saying>> others, ReadOthers(db, asked));
  if (!others) {
    const std::size_t half = asked.size() / 2;
    RETURN_IF_ERROR(FindSuggestions(db, asked.first(half), suggestions));
    return FindSuggestions(db, asked.subspan(half), suggestions);
  }
  return ComparePairs(db, asked, *others, rules::FindPairs(asked, *others), suggestions);
}

// Of the links suggested before for these quotes those that hold good no more end, and new ones begin.
absl::Status StoreSuggestions(pg::Session& db, absl::Span<const std::string> quotes, const Suggestions& suggestions) {
  std::vector<NewLink> links;
  std::vector<std::string> ones, others, references, similarities;
  std::vector<std::int64_t> relations;
  for (const auto& [pair, link] : suggestions) {
    links.push_back(link);
    ones.push_back(link.quote);
    others.push_back(link.other);
    references.emplace_back(link.reference_first ? "t" : "f");
    relations.push_back(link.comparison.relation());
    similarities.push_back(absl::StrFormat("%.17g", link.comparison.similarity()));
  }
  RETURN_IF_ERROR(db.Run(sql::kEndSuggestions, pg::TextArray(quotes), pg::TextArray(ones), pg::TextArray(others),
                         pg::TextArray(references), pg::IntArray(relations), pg::TextArray(similarities))
                      .status());
  return InsertLinks(db, links, pb::QUOTE_LINK_STATE_SUGGESTED, kMatcher, "");
}

}  // namespace

absl::Status SuggestLinks(pg::Session& db, absl::Span<const std::string> quotes) {
  Batch batch;
  RETURN_IF_ERROR(ReadBatch(db, quotes, batch));
  RETURN_IF_ERROR(AddVoices(db, batch.asked));
  RETURN_IF_ERROR(StoreSpans(db, batch));
  if (!batch.gone.empty()) RETURN_IF_ERROR(db.Run(sql::kDeleteSpans, pg::TextArray(batch.gone)).status());
  if (batch.asked.empty() && batch.gone.empty()) return absl::OkStatus();
  Suggestions suggestions;
  RETURN_IF_ERROR(FindSuggestions(db, batch.asked, suggestions));
  std::vector<std::string> changed = batch.gone;
  std::vector<std::int64_t> speakers(changed.size(), 0);
  for (const rules::Asked& one : batch.asked) {
    changed.push_back(one.saying.quote);
    speakers.push_back(one.saying.speaker);
  }
  RETURN_IF_ERROR(StoreSuggestions(db, changed, suggestions));
  RETURN_IF_ERROR(db.Run(sql::kFollowSpeakers, pg::TextArray(changed), pg::IntArray(speakers)).status());
  return db.Run(sql::kFollowOtherSpeakers, pg::TextArray(changed), pg::IntArray(speakers)).status();
}

absl::Status QueueQuotesOfSpeaker(pg::Session& db, std::int64_t speaker) {
  return db.Run(sql::kQueueQuotesOfSpeaker, speaker).status();
}

}  // namespace onrecord::store
