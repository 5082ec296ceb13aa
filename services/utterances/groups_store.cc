#include "services/utterances/groups_store.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>
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
// Words of the texts that are in memory while they are compared, some 100 bytes each.
constexpr std::size_t kWordsAtOnce = 50000;
// Quotes that are read at once to find partners; of more than that of one speaker on the same days the rest is left
// out. At most 200 MB, and that only for quotes of 20,000 words.
constexpr int kMostOthers = 50000;
constexpr int kDaysAtOnce = 400;
// Links that are suggested for one quote.
constexpr std::size_t kMostLinksOfQuote = 20;
// Days of a span by its reach.
constexpr int kReaches[] = {3, 62, 400};

absl::Status AddVoices(pg::Session& db, std::vector<rules::Asked>& asked) {
  std::set<std::int64_t> speakers;
  for (const rules::Asked& one : asked) speakers.insert(one.saying.speaker);
  ASSIGN_OR_RETURN(const pqxx::result rows, db.Run(sql::kVoicesOfSpeakers, pg::IntArray(speakers)));
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

// Days on which a voice may have said what is a partner.
struct Window {
  std::int64_t voice;
  rules::Days days;
  std::string after;  // the last day of the window before: what began until then was found in that
};

// Those that overlap are one; in order.
std::vector<Window> WindowsOf(absl::Span<const rules::Asked> asked) {
  std::map<std::int64_t, std::vector<rules::Days>> windows;
  for (const rules::Asked& one : asked) {
    for (const std::int64_t voice : one.voices) {
      windows[voice].push_back(rules::Within(one.saying.days.first - 1, one.saying.days.last + 1));
    }
  }
  std::vector<Window> all;
  for (auto& [voice, days] : windows) {
    std::sort(days.begin(), days.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    const std::size_t first = all.size();
    for (const rules::Days& window : days) {
      const bool is_first = all.size() == first;
      if (!is_first && window.first <= all.back().days.last + 1) {
        all.back().days.last = std::max(all.back().days.last, window.last);
      } else {
        all.push_back({voice, window, is_first ? "-infinity" : api::FormatDay(all.back().days.last)});
      }
    }
  }
  return all;
}

rules::Saying ReadOther(const pqxx::row& row) {
  rules::Saying other;
  other.quote = api::BareUuid(row[0].c_str());
  other.speaker = row[1].as<std::int64_t>();
  other.polarity = row[2].as<int>();
  other.days = {absl::CivilDay() + row[3].as<int>(), absl::CivilDay() + row[4].as<int>()};
  for (const std::int64_t word : pg::ParseIntArray(row[5].c_str())) {
    other.words.push_back(static_cast<std::int32_t>(word));
  }
  other.word_count = row[6].as<std::size_t>();
  return other;
}

// Shows everything that may have been said in some windows; in halves where that is too much at once.
absl::Status LookAtOthers(pg::Session& db, absl::Span<const Window> windows, rules::PartnerFinder& finder) {
  std::vector<std::int64_t> voices;
  std::vector<std::string> firsts, lasts, afters;
  for (const Window& window : windows) {
    voices.push_back(window.voice);
    firsts.push_back(api::FormatDay(window.days.first));
    lasts.push_back(api::FormatDay(window.days.last));
    afters.push_back(window.after);
  }
  ASSIGN_OR_RETURN(const pqxx::result rows, db.Run(sql::kQuotesToCompare, pg::IntArray(voices), pg::TextArray(firsts),
                                                   pg::TextArray(lasts), pg::TextArray(afters), kMostOthers));
  if (rows.size() == kMostOthers && windows.size() > 1) {
    const std::size_t half = windows.size() / 2;
    RETURN_IF_ERROR(LookAtOthers(db, windows.first(half), finder));
    return LookAtOthers(db, windows.subspan(half), finder);
  }
  for (const pqxx::row& row : rows) finder.Look(ReadOther(row));
  return absl::OkStatus();
}

// What each asked one is to be compared with.
absl::StatusOr<std::vector<std::vector<rules::Partner>>> FindPartners(pg::Session& db,
                                                                      absl::Span<const rules::Asked> asked) {
  rules::PartnerFinder finder(asked);
  const std::vector<Window> windows = WindowsOf(asked);
  for (std::size_t begin = 0, end = 0; begin < windows.size(); begin = end) {
    for (absl::civil_diff_t days = 0; end < windows.size() && days < kDaysAtOnce; ++end) {
      days += windows[end].days.last - windows[end].days.first + 1;
    }
    RETURN_IF_ERROR(LookAtOthers(db, absl::MakeConstSpan(windows).subspan(begin, end - begin), finder));
  }
  return finder.Take();
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

// Compares with the texts of as many as fit into memory together.
absl::Status ComparePartners(pg::Session& db, absl::Span<const rules::Asked> asked,
                             absl::Span<const std::vector<rules::Partner>> partners, Suggestions& suggestions) {
  for (std::size_t begin = 0, end = 0; begin < asked.size(); begin = end) {
    std::set<std::string> ids;
    std::size_t words = 0;
    for (; end < asked.size() && (words <= kWordsAtOnce || end == begin); ++end) {
      if (partners[end].empty()) continue;
      if (ids.insert(asked[end].saying.quote).second) words += asked[end].saying.word_count;
      for (const rules::Partner& partner : partners[end]) {
        if (ids.insert(partner.quote).second) words += partner.word_count;
      }
    }
    if (ids.empty()) continue;
    ASSIGN_OR_RETURN(std::vector<ReadSaying> sayings,
                     ReadSayings(db, std::vector<std::string>(ids.begin(), ids.end()), api::kNow));
    absl::flat_hash_map<std::string, Text> texts;
    for (ReadSaying& read : sayings) {
      std::string id = read.saying.quote;
      wordings::Wording wording(std::move(read.text));
      texts.emplace(std::move(id), Text{std::move(read), std::move(wording)});
    }
    for (std::size_t i = begin; i < end; ++i) {
      std::vector<const Text*> found;
      for (const rules::Partner& partner : partners[i]) {
        if (const auto text = texts.find(partner.quote); text != texts.end()) found.push_back(&text->second);
      }
      const auto text = texts.find(asked[i].saying.quote);
      if (text != texts.end()) SuggestFor(text->second, found, suggestions);
    }
  }
  return absl::OkStatus();
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

void ToLink::Add(ReadSaying read, absl::Span<const wordings::Word> words) {
  if (words.empty() || read.saying.speaker == 0 || read.state == pb::QUOTE_STATE_REDACTED) {
    gone_.push_back(read.saying.quote);
    return;
  }
  read.saying.words = rules::TellingWords(words);
  read.saying.word_count = words.size();
  fingerprints_.push_back(api::Identity().Add(read.text).Hex());
  asked_.push_back({std::move(read.saying), {}});
}

absl::Status ToLink::StoreSpans(pg::Session& db) {
  std::vector<std::string> quotes, firsts, lasts, words, fingerprints;
  std::vector<std::int64_t> speakers, polarities, reaches, counts;
  for (std::size_t i = 0; i < asked_.size(); ++i) {
    const rules::Saying& saying = asked_[i].saying;
    quotes.push_back(saying.quote);
    speakers.push_back(saying.speaker);
    polarities.push_back(saying.polarity);
    reaches.push_back(ReachOf(saying.days));
    firsts.push_back(api::FormatDay(saying.days.first));
    lasts.push_back(api::FormatDay(saying.days.last));
    words.push_back(pg::IntArray(saying.words));
    counts.push_back(static_cast<std::int64_t>(saying.word_count));
    fingerprints.push_back(api::Identity()
                               .Add(fingerprints_[i])
                               .Add(firsts.back())
                               .Add(lasts.back())
                               .Add(std::to_string(saying.polarity))
                               .Add(pg::IntArray(asked_[i].voices))
                               .Add(std::to_string(saying.speaker))
                               .Hex());
  }
  ASSIGN_OR_RETURN(const pqxx::result rows,
                   db.Run(sql::kUpsertSpans, pg::TextArray(quotes), pg::IntArray(speakers), pg::IntArray(polarities),
                          pg::IntArray(reaches), pg::TextArray(firsts), pg::TextArray(lasts), pg::TextArray(words),
                          pg::IntArray(counts), pg::TextArray(fingerprints)));
  std::set<std::string> changed;
  for (const std::string& id : api::FirstColumn(rows)) changed.insert(api::BareUuid(id));
  std::erase_if(asked_, [&](const rules::Asked& one) { return !changed.contains(one.saying.quote); });
  return absl::OkStatus();
}

absl::Status ToLink::Suggest(pg::Session& db) {
  RETURN_IF_ERROR(AddVoices(db, asked_));
  RETURN_IF_ERROR(StoreSpans(db));
  if (!gone_.empty()) RETURN_IF_ERROR(db.Run(sql::kDeleteSpans, pg::TextArray(gone_)).status());
  if (asked_.empty() && gone_.empty()) return absl::OkStatus();
  // What is compared with the same others stands together.
  std::sort(asked_.begin(), asked_.end(), [](const rules::Asked& a, const rules::Asked& b) {
    return std::tie(a.saying.speaker, a.saying.days.first) < std::tie(b.saying.speaker, b.saying.days.first);
  });
  ASSIGN_OR_RETURN(const std::vector<std::vector<rules::Partner>> partners, FindPartners(db, asked_));
  Suggestions suggestions;
  RETURN_IF_ERROR(ComparePartners(db, asked_, partners, suggestions));
  std::vector<std::string> changed = gone_;
  std::vector<std::int64_t> speakers(changed.size(), 0);
  for (const rules::Asked& one : asked_) {
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
