#include "services/utterances/utterances_store.h"

#include <algorithm>
#include <limits>
#include <map>
#include <memory>
#include <optional>

#include "db/statements.h"
#include "services/api/dates.h"
#include "services/api/names.h"
#include "services/api/row_cursor.h"
#include "services/api/text.h"
#include "services/base/strings.h"
#include "services/names/names_store.h"
#include "services/quotes/quotes_filter.h"
#include "services/quotes/quotes_pages.h"
#include "services/quotes/quotes_rows.h"
#include "services/utterances/matching_store.h"
#include "services/utterances/utterances_rules.h"
#include "services/wordings/wordings_comparison.h"
#include "services/wordings/wordings_sketch.h"

namespace onrecord::store {
namespace {

constexpr int kDefaultSimilar = 20;
constexpr int kMostShown = 10;
constexpr int kMostCandidates = 24;
// More quotes than any wording has.
constexpr int kNeverEnough = std::numeric_limits<int>::max();
// Quotes of one wording that are read to see whether their uncertain dates fit.
constexpr int kMostUndated = 1000;
// Parts so short are looked for as a whole: all wordings that have all their keys.
constexpr std::size_t kMostWordsOfPart = 8;
// Short wordings that stand in a text are found by their ids, since they have few keys and those may be common.
constexpr std::size_t kFewestWordsOfShort = 2;
constexpr std::size_t kMostWordsOfShort = 4;
constexpr std::size_t kMostShort = 1000;
// A short quote with a single word that carries meaning ("a war") stands in texts that have nothing to do with it.
constexpr std::size_t kFewestTelling = 2;
// Quotes that hold a single word, the earliest, to look at.
constexpr int kMostWithWord = 100;

// Whose quotes are looked for, and when they were said.
struct Scope {
  std::vector<std::int64_t> speakers;  // empty: anybody
  pb::DateInterval said;
};

std::size_t CountTelling(absl::Span<const wordings::Word> words) {
  return static_cast<std::size_t>(std::count_if(
      words.begin(), words.end(), [](const wordings::Word& word) { return !wordings::IsFunctionWord(word.folded); }));
}

bool SaysSomething(absl::Span<const wordings::Word> words) { return CountTelling(words) > 0; }

// The short wordings that may stand in a text.
std::vector<std::string> ShortWordings(absl::Span<const wordings::Word> words) {
  std::vector<std::string> ids;
  for (std::size_t length = kFewestWordsOfShort; length <= kMostWordsOfShort; ++length) {
    for (std::size_t i = 0; i + length <= words.size() && ids.size() < kMostShort; ++i) {
      const absl::Span<const wordings::Word> run = words.subspan(i, length);
      if (CountTelling(run) >= kFewestTelling) ids.push_back(WordingId(run));
    }
  }
  return ids;
}

// The earliest quotes that hold a single word, which has no key: by the index of words.
absl::StatusOr<std::vector<std::string>> QuotesWithWord(pg::Session& db, const wordings::Word& word,
                                                        const Scope& scope) {
  pb::QuoteFilter asked;
  asked.set_words(StrCat("\"", word.folded, "\""));
  *asked.mutable_said() = scope.said;
  for (const pb::QuoteState state : {pb::QUOTE_STATE_ACTIVE, pb::QUOTE_STATE_RETRACTED}) asked.add_states(state);
  for (const pb::Polarity polarity : {pb::POLARITY_AFFIRMED, pb::POLARITY_NEGATED, pb::POLARITY_REFUSED}) {
    asked.add_polarities(polarity);
  }
  absl::StatusOr<Filter> filter = ResolveFilter(db, asked, api::kNow);
  if (absl::IsInvalidArgument(filter.status())) return std::vector<std::string>();  // no word to the index of words
  RETURN_IF_ERROR(filter.status());
  filter->speakers = scope.speakers;
  ASSIGN_OR_RETURN(const std::vector<PageKey> page, FindPage(db, *filter, false, ListStart(false), kMostWithWord));
  std::vector<std::string> ids;
  for (const PageKey& key : page) ids.push_back(key.uuid);
  return ids;
}

// A wording with the quotes that have it, the earliest first.
struct Candidate {
  std::vector<std::string> quotes;
  std::string text;  // of the first
};

absl::StatusOr<std::vector<Candidate>> FindCandidates(pg::Session& db, const wordings::Wording& asked,
                                                      const Scope& scope, int most_quotes, int enough) {
  const pb::DateInterval& said = scope.said;
  const bool possible = said.include_possible();
  std::string first_day = "-infinity";
  std::string last_day = "infinity";
  if (!possible && said.from().year() != 0) first_day = api::FormatDay(api::FirstDay(api::ToFrom(said.from())));
  if (!possible && said.to().year() != 0) last_day = api::FormatDay(api::LastDay(api::ToTo(said.to())));
  std::vector<std::int32_t> keys, others, all;
  std::vector<std::string> with_word;
  for (const wordings::KeyPair& pair : wordings::AskedPairs(asked.words)) {
    keys.push_back(pair.key);
    others.push_back(pair.other);
  }
  if (asked.words.size() <= kMostWordsOfPart && SaysSomething(asked.words)) all = wordings::SketchKeys(asked.words);
  if (asked.words.size() == 1 && SaysSomething(asked.words) && !wordings::IsLetterForWord(asked.words[0].folded)) {
    ASSIGN_OR_RETURN(with_word, QuotesWithWord(db, asked.words.front(), scope));
  }
  ASSIGN_OR_RETURN(
      const pqxx::result rows,
      db.Run(sql::kFindWordings, pg::IntArray(keys), pg::IntArray(others), WordingId(asked.words),
             pg::TextArray(ShortWordings(asked.words)), pg::IntArray(all), pg::IntArray(scope.speakers), first_day,
             last_day, possible ? kMostUndated : most_quotes, std::max(kMostCandidates, most_quotes),
             pg::TextArray(with_word), possible ? kNeverEnough : enough));
  std::vector<Candidate> candidates;
  for (const auto& row : rows) {
    Candidate& candidate = candidates.emplace_back();
    for (const std::string_view id : Split(row[1].c_str(), ' ')) candidate.quotes.push_back(api::BareUuid(id));
    candidate.text = row[2].c_str();
  }
  return candidates;
}

// A text beside the words asked for; the same for all quotes that have it.
struct Compared {
  std::string text;
  pb::WordingComparison comparison;
};

struct Match {
  std::string quote;
  std::shared_ptr<const Compared> compared;  // with the first quote of its wording
};

bool IsCloser(const Match& a, const Match& b) {
  const double x = wordings::Closeness(a.compared->comparison);
  const double y = wordings::Closeness(b.compared->comparison);
  return x != y ? x > y : a.compared->comparison.similarity() > b.compared->comparison.similarity();
}

// What the words resemble, the closest first; a wording is compared once for all its quotes. Where so many quotes as
// `enough` have the very words these may be all.
absl::StatusOr<std::vector<Match>> FindMatches(pg::Session& db, const wordings::Wording& asked, const Scope& scope,
                                               int most_quotes, int enough, int ellipsis_words) {
  ASSIGN_OR_RETURN(std::vector<Candidate> candidates, FindCandidates(db, asked, scope, most_quotes, enough));
  std::vector<Match> matches;
  for (Candidate& candidate : candidates) {
    const wordings::Wording reference(std::move(candidate.text));
    if (!wordings::MayBeRelated(asked.words, reference.words)) continue;
    auto compared = std::make_shared<Compared>();
    compared->comparison = wordings::Compare(asked, reference, ellipsis_words);
    if (compared->comparison.relation() == pb::WORDING_RELATION_UNRELATED) continue;
    compared->text = reference.text;
    for (std::string& id : candidate.quotes) matches.push_back({std::move(id), compared});
  }
  std::stable_sort(matches.begin(), matches.end(), IsCloser);
  return matches;
}

bool Overlaps(const pb::DateInterval& said, const pb::Quote& quote) {
  const api::DayRange range = api::ToRange(quote.said());
  return (!said.has_from() || range.to >= api::ToFrom(said.from())) &&
         (!said.has_to() || range.from <= api::ToTo(said.to()));
}

// The quote beside the words, unless it does not have them any more or was not said then.
std::optional<pb::SimilarQuote> Show(const wordings::Wording& asked, const Scope& scope, const Match& match,
                                     pb::Quote& quote, int ellipsis_words) {
  if (quote.text().empty()) return std::nullopt;  // redacted, or under embargo for the caller
  if (scope.said.include_possible() && !Overlaps(scope.said, quote)) return std::nullopt;
  pb::SimilarQuote similar;
  // Quotes of one wording may differ in marks, which tells identical from typographic.
  *similar.mutable_comparison() = quote.text() == match.compared->text
                                      ? match.compared->comparison
                                      : wordings::Compare(asked, wordings::Wording(quote.text()), ellipsis_words);
  if (similar.comparison().relation() == pb::WORDING_RELATION_UNRELATED) return std::nullopt;
  rules::FlagReference(quote, *similar.mutable_comparison());
  *similar.mutable_quote() = std::move(quote);
  return similar;
}

// Takes matches from the beginning until `most` can be shown.
absl::StatusOr<std::vector<pb::SimilarQuote>> ReadMatches(pg::Session& db, const wordings::Wording& asked,
                                                          const Scope& scope, absl::Span<const Match>& matches,
                                                          std::size_t most, int ellipsis_words) {
  std::vector<pb::SimilarQuote> similar;
  while (!matches.empty() && similar.size() < most) {
    const absl::Span<const Match> some = matches.first(std::min(most - similar.size(), matches.size()));
    matches.remove_prefix(some.size());
    std::vector<std::string> ids;
    for (const Match& match : some) ids.push_back(match.quote);
    ASSIGN_OR_RETURN(std::vector<pb::Quote> quotes, ReadQuotes(db, ids));
    std::map<std::string, pb::Quote*> by_name;
    for (pb::Quote& quote : quotes) by_name[quote.name()] = &quote;
    for (const Match& match : some) {
      const auto found = by_name.find(api::QuoteName(match.quote));
      if (found == by_name.end()) continue;
      std::optional<pb::SimilarQuote> one = Show(asked, scope, match, *found->second, ellipsis_words);
      if (one) similar.push_back(*std::move(one));
    }
  }
  return similar;
}

absl::StatusOr<std::vector<std::int64_t>> SpeakerIds(pg::Session& db, const std::string& speaker) {
  if (speaker.empty()) return std::vector<std::int64_t>();
  const std::vector<std::string> names = {speaker};
  return RequireIds(db, NameTable::kSpeakers, "speaker", names);
}

// A speaker with those who speak for him and for whom he speaks.
absl::StatusOr<std::vector<std::int64_t>> VoicesOf(pg::Session& db, const std::string& speaker) {
  ASSIGN_OR_RETURN(std::vector<std::int64_t> ids, SpeakerIds(db, speaker));
  if (ids.empty()) return ids;
  ASSIGN_OR_RETURN(const pqxx::result rows, db.Run(sql::kVoicesOfSpeakers, pg::IntArray(ids)));
  for (const auto& row : rows) ids.push_back(row[1].as<std::int64_t>());
  return ids;
}

// The best verdict that the quotes bear out, with those that do.
void Judge(std::vector<pb::SimilarQuote>& similar, bool surely, pb::VerifyQuoteResponse& response) {
  pb::QuoteVerdict best = pb::QUOTE_VERDICT_NOT_FOUND;
  for (const pb::SimilarQuote& one : similar) {
    const std::optional<pb::QuoteVerdict> verdict = rules::VerdictOf(one);
    if (verdict && (!surely || rules::IsSurelyOf(one))) best = std::min(best, *verdict);
  }
  if (best == pb::QUOTE_VERDICT_NOT_FOUND) return;
  response.set_verdict(best);
  for (pb::SimilarQuote& one : similar) {
    if (response.quotes_size() == kMostShown) break;
    if (rules::VerdictOf(one)) *response.add_quotes() = std::move(one);
  }
}

// Whether an answer is full of quotes that bear the words out and one of them does so exactly: more would change
// nothing.
bool IsSettled(absl::Span<const pb::SimilarQuote> similar) {
  const auto bears_out = [](const pb::SimilarQuote& one) { return rules::VerdictOf(one).has_value(); };
  const auto is_exact = [](const pb::SimilarQuote& one) {
    return rules::VerdictOf(one) == pb::QUOTE_VERDICT_AUTHENTIC;
  };
  return similar.size() == kMostShown && std::all_of(similar.begin(), similar.end(), bears_out) &&
         std::any_of(similar.begin(), similar.end(), is_exact);
}

}  // namespace

absl::StatusOr<pb::FindSimilarQuotesResponse> FindSimilarQuotes(pg::Session& db,
                                                                const pb::FindSimilarQuotesRequest& request) {
  const int limit = request.limit() == 0 ? kDefaultSimilar : request.limit();
  const wordings::Wording asked(request.text());
  ASSIGN_OR_RETURN(const std::vector<std::int64_t> speakers, SpeakerIds(db, request.speaker()));
  const Scope scope{speakers, request.said()};
  const auto most = static_cast<std::size_t>(limit);
  std::vector<pb::SimilarQuote> similar;
  for (const int enough : {limit, kNeverEnough}) {
    ASSIGN_OR_RETURN(const std::vector<Match> matches,
                     FindMatches(db, asked, scope, limit, enough, wordings::kEllipsisWords));
    absl::Span<const Match> left = matches;
    ASSIGN_OR_RETURN(similar, ReadMatches(db, asked, scope, left, most, wordings::kEllipsisWords));
    // Others were left out for quotes that cannot be shown.
    if (similar.size() == most || matches.size() < most) break;
  }
  pb::FindSimilarQuotesResponse response;
  for (pb::SimilarQuote& one : similar) *response.add_quotes() = std::move(one);
  return response;
}

absl::StatusOr<pb::VerifyQuoteResponse> VerifyQuote(pg::Session& db, const pb::VerifyQuoteRequest& request) {
  const int ellipsis_words = request.ellipsis_words() == 0 ? wordings::kEllipsisWords : request.ellipsis_words();
  const wordings::Wording asked(request.text());
  const auto find = [&](std::vector<std::int64_t> speakers) -> absl::StatusOr<std::vector<pb::SimilarQuote>> {
    const Scope scope{std::move(speakers), request.said()};
    ASSIGN_OR_RETURN(const std::vector<Match> matches,
                     FindMatches(db, asked, scope, kMostShown, kNeverEnough, ellipsis_words));
    absl::Span<const Match> left = matches;
    ASSIGN_OR_RETURN(std::vector<pb::SimilarQuote> similar,
                     ReadMatches(db, asked, scope, left, kMostShown, ellipsis_words));
    if (IsSettled(similar)) return similar;
    ASSIGN_OR_RETURN(std::vector<pb::SimilarQuote> more,
                     ReadMatches(db, asked, scope, left, 2 * kMostShown, ellipsis_words));
    similar.insert(similar.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
    return similar;
  };
  ASSIGN_OR_RETURN(const std::vector<std::int64_t> voices, VoicesOf(db, request.speaker()));
  pb::VerifyQuoteResponse response;
  ASSIGN_OR_RETURN(std::vector<pb::SimilarQuote> similar, find(voices));
  Judge(similar, false, response);
  if (response.verdict() != pb::QUOTE_VERDICT_UNSPECIFIED) return response;
  if (!voices.empty()) {
    ASSIGN_OR_RETURN(similar, find({}));
    Judge(similar, true, response);
    if (response.verdict() != pb::QUOTE_VERDICT_UNSPECIFIED) {
      response.set_verdict(pb::QUOTE_VERDICT_MISATTRIBUTED);
      return response;
    }
  }
  response.set_verdict(pb::QUOTE_VERDICT_NOT_FOUND);
  for (std::size_t i = 0; i < std::min<std::size_t>(similar.size(), kMostShown); ++i) {
    *response.add_quotes() = std::move(similar[i]);
  }
  return response;
}

}  // namespace onrecord::store
