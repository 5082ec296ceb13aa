#include "services/utterances/utterances_store.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>

#include "absl/container/flat_hash_map.h"
#include "db/statements.h"
#include "services/api/names.h"
#include "services/api/row_cursor.h"
#include "services/api/text.h"
#include "services/base/strings.h"
#include "services/names/names_store.h"
#include "services/quotes/quotes_filter.h"
#include "services/quotes/quotes_rows.h"
#include "services/utterances/groups_store.h"
#include "services/utterances/utterances_rules.h"
#include "services/wordings/wordings_comparison.h"
#include "services/wordings/wordings_sketch.h"

namespace onrecord::store {
namespace {

constexpr int kDefaultSimilar = 20;
constexpr int kMostShown = 10;
constexpr int kMostCandidates = 60;
// Of short words that stand in longer quotes, the newest.
constexpr int kMostWithPhrase = 100;
// Quotes of one wording that are read to see whether their uncertain dates fit.
constexpr int kMostUndated = 1000;
constexpr std::size_t kLongestPhrase = 900;  // in bytes; filters take 1,000 letters
constexpr int kMostCounted = 100000;
// Texts that are in memory together while they are matched: at most 20 MB.
constexpr std::size_t kTextsAtOnce = 50;

std::string WordingId(absl::Span<const wordings::Word> words) {
  api::Identity identity;
  for (const wordings::Word& word : words) identity.Add(word.folded);
  return identity.Hex();
}

std::string KeysArray(const std::vector<std::int32_t>& keys) {
  return pg::IntArray(std::vector<std::int64_t>(keys.begin(), keys.end()));
}

// Whose quotes are looked for, and when they were said.
struct Scope {
  std::vector<std::int64_t> speakers;  // empty: anybody
  pb::DateInterval said;
  Filter filter;  // of the same, with the words as a phrase
};

absl::StatusOr<Scope> MakeScope(pg::Session& db, const std::string& text, std::vector<std::int64_t> speakers,
                                const pb::DateInterval& said) {
  pb::QuoteFilter filter;
  *filter.mutable_said() = said;
  for (const pb::Polarity polarity : {pb::POLARITY_AFFIRMED, pb::POLARITY_NEGATED, pb::POLARITY_REFUSED}) {
    filter.add_polarities(polarity);
  }
  filter.add_states(pb::QUOTE_STATE_ACTIVE);
  filter.add_states(pb::QUOTE_STATE_RETRACTED);
  std::string phrase = text;
  std::replace(phrase.begin(), phrase.end(), '"', ' ');
  if (phrase.size() <= kLongestPhrase && wordings::SplitWords(text).size() <= wordings::kShortWords) {
    filter.set_words(StrCat("\"", phrase, "\""));
  }
  Scope scope;
  ASSIGN_OR_RETURN(scope.filter, ResolveFilter(db, filter, api::kNow));
  scope.filter.speakers = speakers;
  scope.speakers = std::move(speakers);
  scope.said = said;
  return scope;
}

// One wording with the quotes that have it, the earliest first.
using QuotesByWording = std::map<std::string, std::vector<std::string>>;

absl::StatusOr<QuotesByWording> FindCandidates(pg::Session& db, const wordings::Wording& asked, const Scope& scope,
                                               int most_quotes) {
  ASSIGN_OR_RETURN(const pqxx::result rows,
                   db.Run(sql::kFindWordings, KeysArray(wordings::AskedKeys(asked.words)), kMostCandidates));
  std::vector<std::string> ids = {WordingId(asked.words)};  // always, whatever else shares its keys
  for (std::string& id : api::FirstColumn(rows)) ids.push_back(std::move(id));
  const bool possible = scope.said.include_possible();
  ASSIGN_OR_RETURN(const pqxx::result found,
                   db.Run(sql::kQuotesOfWordings, pg::TextArray(ids), pg::IntArray(scope.speakers),
                          possible ? "-infinity" : scope.filter.first_day,
                          possible ? "infinity" : scope.filter.last_day, possible ? kMostUndated : most_quotes));
  QuotesByWording quotes;
  for (const auto& row : found) quotes[row[0].c_str()].push_back(api::BareUuid(row[1].c_str()));
  return quotes;
}

// Short words have too few keys to be found inside longer quotes: the index of words leads to them.
absl::Status AddWithPhrase(pg::Session& db, const Scope& scope, QuotesByWording& quotes) {
  if (!scope.filter.words) return absl::OkStatus();
  std::set<std::string> known;
  for (const auto& [wording, ids] : quotes) known.insert(ids.begin(), ids.end());
  ASSIGN_OR_RETURN(const std::vector<PageKey> keys, FindPage(db, scope.filter, true, ListStart(true), kMostWithPhrase));
  for (const PageKey& key : keys) {
    const std::string id = api::BareUuid(key.uuid);
    if (!known.contains(id)) quotes[id] = {id};
  }
  return absl::OkStatus();
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

// What the words resemble, the closest first; a wording is compared once for all its quotes.
absl::StatusOr<std::vector<Match>> FindMatches(pg::Session& db, const wordings::Wording& asked, const Scope& scope,
                                               int most_quotes, int ellipsis_words) {
  ASSIGN_OR_RETURN(QuotesByWording quotes, FindCandidates(db, asked, scope, most_quotes));
  RETURN_IF_ERROR(AddWithPhrase(db, scope, quotes));
  std::vector<std::string> firsts;
  for (const auto& [wording, ids] : quotes) firsts.push_back(ids.front());
  ASSIGN_OR_RETURN(const pqxx::result rows, db.Run(sql::kTextsOfQuotes, pg::TextArray(firsts)));
  absl::flat_hash_map<std::string, std::string> texts;
  for (const auto& row : rows) texts[api::BareUuid(row[0].c_str())] = row[1].c_str();
  std::vector<Match> matches;
  for (const auto& [wording, ids] : quotes) {
    const auto text = texts.find(ids.front());
    if (text == texts.end()) continue;
    auto compared = std::make_shared<Compared>();
    compared->comparison = wordings::Compare(asked, wordings::Wording(text->second), ellipsis_words);
    if (compared->comparison.relation() == pb::WORDING_RELATION_UNRELATED) continue;
    compared->text = std::move(text->second);
    for (const std::string& id : ids) matches.push_back({id, compared});
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

// The first `most` matches that can be shown.
absl::StatusOr<std::vector<pb::SimilarQuote>> ReadMatches(pg::Session& db, const wordings::Wording& asked,
                                                          const Scope& scope, absl::Span<const Match> matches,
                                                          std::size_t most, int ellipsis_words) {
  std::vector<pb::SimilarQuote> similar;
  for (; !matches.empty() && similar.size() < most; matches.remove_prefix(std::min(most, matches.size()))) {
    const absl::Span<const Match> some = matches.first(std::min(most, matches.size()));
    std::vector<std::string> ids;
    for (const Match& match : some) ids.push_back(match.quote);
    ASSIGN_OR_RETURN(std::vector<pb::Quote> quotes, ReadQuotes(db, ids));
    std::map<std::string, pb::Quote*> by_name;
    for (pb::Quote& quote : quotes) by_name[quote.name()] = &quote;
    for (const Match& match : some) {
      const auto found = by_name.find(api::QuoteName(match.quote));
      if (found == by_name.end() || similar.size() == most) continue;
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
  ASSIGN_OR_RETURN(const pqxx::result rows, db.Run(sql::kVoicesOfSpeaker, ids.front()));
  for (const auto& row : rows) ids.push_back(row[0].as<std::int64_t>());
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

// What is to be stored of quotes that waited.
struct Matched {
  std::vector<std::string> gone;  // without words, or redacted
  std::vector<std::string> quotes;
  // Of each of `quotes`.
  std::vector<std::string> wordings;
  std::vector<std::string> speakers;  // "0": an unnamed source
  std::vector<std::string> days;
  std::map<std::string, std::string> keys;  // of each wording
};

absl::Status ReadWaiting(pg::Session& db, absl::Span<const std::string> ids, Matched& matched) {
  ASSIGN_OR_RETURN(const pqxx::result rows, db.Run(sql::kReadToMatch, pg::TextArray(ids)));
  for (const auto& row : rows) {
    const std::vector<wordings::Word> words = wordings::SplitWords(row[2].c_str());
    if (words.empty() || row[4].as<int>() == pb::QUOTE_STATE_REDACTED) {
      matched.gone.emplace_back(row[0].c_str());
      continue;
    }
    matched.quotes.emplace_back(row[0].c_str());
    matched.speakers.emplace_back(row[1].is_null() ? "0" : row[1].c_str());
    matched.days.emplace_back(row[3].c_str());
    matched.wordings.push_back(WordingId(words));
    std::string& keys = matched.keys[matched.wordings.back()];
    if (keys.empty()) keys = KeysArray(wordings::SketchKeys(words));
  }
  return absl::OkStatus();
}

// Of `wordings`, in the first column, those that no quote has any more.
absl::Status DeleteUnused(pg::Session& db, const pqxx::result& wordings) {
  if (wordings.empty()) return absl::OkStatus();
  return db.Run(sql::kDeleteUnusedWordings, pg::TextArray(api::FirstColumn(wordings))).status();
}

absl::Status DeleteWordings(pg::Session& db, absl::Span<const std::string> quotes) {
  if (quotes.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const pqxx::result rows, db.Run(sql::kDeleteQuoteWordings, pg::TextArray(quotes)));
  return DeleteUnused(db, rows);
}

absl::Status StoreMatched(pg::Session& db, const Matched& matched) {
  std::vector<std::string> wordings, keys;
  for (const auto& [id, sketch] : matched.keys) {
    wordings.push_back(id);
    keys.push_back(sketch);
  }
  RETURN_IF_ERROR(db.Run(sql::kInsertWordings, pg::TextArray(wordings), pg::TextArray(keys)).status());
  ASSIGN_OR_RETURN(const pqxx::result before,
                   db.Run(sql::kUpsertQuoteWordings, pg::TextArray(matched.quotes), pg::TextArray(matched.wordings),
                          pg::TextArray(matched.speakers), pg::TextArray(matched.days)));
  RETURN_IF_ERROR(DeleteUnused(db, before));
  return DeleteWordings(db, matched.gone);
}

}  // namespace

absl::StatusOr<pb::FindSimilarQuotesResponse> FindSimilarQuotes(pg::Session& db,
                                                                const pb::FindSimilarQuotesRequest& request) {
  const int limit = request.limit() == 0 ? kDefaultSimilar : request.limit();
  const wordings::Wording asked(request.text());
  ASSIGN_OR_RETURN(const std::vector<std::int64_t> speakers, SpeakerIds(db, request.speaker()));
  ASSIGN_OR_RETURN(const Scope scope, MakeScope(db, request.text(), speakers, request.said()));
  ASSIGN_OR_RETURN(const std::vector<Match> matches, FindMatches(db, asked, scope, limit, wordings::kEllipsisWords));
  ASSIGN_OR_RETURN(std::vector<pb::SimilarQuote> similar,
                   ReadMatches(db, asked, scope, matches, static_cast<std::size_t>(limit), wordings::kEllipsisWords));
  pb::FindSimilarQuotesResponse response;
  for (pb::SimilarQuote& one : similar) *response.add_quotes() = std::move(one);
  return response;
}

absl::StatusOr<pb::VerifyQuoteResponse> VerifyQuote(pg::Session& db, const pb::VerifyQuoteRequest& request) {
  const int ellipsis_words = request.ellipsis_words() == 0 ? wordings::kEllipsisWords : request.ellipsis_words();
  const wordings::Wording asked(request.text());
  const auto find = [&](std::vector<std::int64_t> speakers) -> absl::StatusOr<std::vector<pb::SimilarQuote>> {
    ASSIGN_OR_RETURN(const Scope scope, MakeScope(db, request.text(), std::move(speakers), request.said()));
    ASSIGN_OR_RETURN(const std::vector<Match> matches, FindMatches(db, asked, scope, kMostShown, ellipsis_words));
    return ReadMatches(db, asked, scope, matches, 3 * kMostShown, ellipsis_words);
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

absl::StatusOr<pb::GetMatchingStateResponse> GetMatchingState(pg::Session& db) {
  ASSIGN_OR_RETURN(const pqxx::result rows, db.Run(sql::kCountToMatch));
  pb::GetMatchingStateResponse response;
  response.set_pending_count(std::min<std::int64_t>(rows[0][0].as<std::int64_t>(), kMostCounted));
  return response;
}

absl::Status QueueToMatch(pg::Session& db, absl::Span<const std::string> quotes) {
  return db.Run(sql::kQueueToMatch, pg::TextArray(quotes)).status();
}

absl::Status ForgetWordings(pg::Session& db, absl::Span<const std::string> quotes) {
  RETURN_IF_ERROR(db.Run(sql::kWaitForMatching).status());
  return DeleteWordings(db, quotes);
}

absl::StatusOr<int> MatchSome(pg::Session& db, int most) {
  int taken = 0;
  RETURN_IF_ERROR(db.Transaction([&]() -> absl::Status {
    taken = 0;
    ASSIGN_OR_RETURN(const pqxx::result held, db.Run(sql::kHoldMatching));
    if (!held[0][0].as<bool>()) return absl::OkStatus();
    ASSIGN_OR_RETURN(const pqxx::result waiting, db.Run(sql::kTakeToMatch, most));
    if (waiting.empty()) return absl::OkStatus();
    std::vector<std::string> ids = api::FirstColumn(waiting);
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    Matched matched;
    for (std::size_t at = 0; at < ids.size(); at += kTextsAtOnce) {
      RETURN_IF_ERROR(ReadWaiting(db, absl::MakeConstSpan(ids).subspan(at, kTextsAtOnce), matched));
    }
    taken = static_cast<int>(waiting.size());
    RETURN_IF_ERROR(StoreMatched(db, matched));
    return SuggestLinks(db, ids);
  }));
  return taken;
}

}  // namespace onrecord::store
