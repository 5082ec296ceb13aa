#include "services/utterances/matching_store.h"

#include <algorithm>
#include <map>

#include "db/statements.h"
#include "services/api/row_cursor.h"
#include "services/api/text.h"
#include "services/quotes/quotes_filter.h"
#include "services/utterances/groups_store.h"
#include "services/utterances/links_store.h"
#include "services/wordings/wordings_sketch.h"

namespace onrecord::store {
namespace {

constexpr int kMostCounted = 100000;
// Wordings among which common keys are looked for.
constexpr int kSampled = 10000;

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

void AddMatched(const ReadSaying& read, absl::Span<const wordings::Word> words, Matched& matched) {
  if (words.empty() || read.state == pb::QUOTE_STATE_REDACTED) {
    matched.gone.push_back(read.saying.quote);
    return;
  }
  matched.quotes.push_back(read.saying.quote);
  matched.speakers.push_back(std::to_string(read.saying.speaker));
  matched.days.push_back(read.occurred_on);
  matched.wordings.push_back(WordingId(words));
  std::string& keys = matched.keys[matched.wordings.back()];
  if (keys.empty()) keys = pg::IntArray(wordings::SketchKeys(words));
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

std::string WordingId(absl::Span<const wordings::Word> words) {
  api::Identity identity;
  for (const wordings::Word& word : words) identity.Add(word.folded);
  return identity.Hex();
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

absl::StatusOr<std::int64_t> SampleKeys(pg::Session& db) {
  std::int64_t wordings = 0;
  RETURN_IF_ERROR(db.Transaction([&]() -> absl::Status {
    RETURN_IF_ERROR(db.Run(sql::kWaitForMatching).status());
    ASSIGN_OR_RETURN(const pqxx::result rows, db.Run(sql::kSampleCommonKeys, kSampled));
    wordings = rows[0][0].as<std::int64_t>();
    return SampleWords(db, kSampled);
  }));
  return wordings;
}

absl::Status PlaceKeys(pg::Session& db) { return db.Run(sql::kPlaceKeys).status(); }

absl::StatusOr<std::vector<std::int64_t>> ListToMatch(pg::Session& db, int most) {
  // Where nothing waits the quotes are not touched, so that nobody who has locked them is waited for.
  ASSIGN_OR_RETURN(const pqxx::result count, db.Run(sql::kCountToMatch));
  if (count[0][0].as<int>() == 0) return std::vector<std::int64_t>();
  ASSIGN_OR_RETURN(const pqxx::result rows, db.Run(sql::kListToMatch, most));
  return pg::ParseIntArray(rows[0][0].c_str());
}

absl::StatusOr<std::optional<int>> MatchSome(pg::Session& db, absl::Span<const std::int64_t> places) {
  std::optional<int> taken;
  RETURN_IF_ERROR(db.Transaction([&]() -> absl::Status {
    taken.reset();
    ASSIGN_OR_RETURN(const pqxx::result held, db.Run(sql::kHoldMatching));
    if (!held[0][0].as<bool>()) return absl::OkStatus();
    ASSIGN_OR_RETURN(const pqxx::result waiting, db.Run(sql::kTakeToMatch, pg::IntArray(places)));
    taken = static_cast<int>(waiting.size());
    if (waiting.empty()) return absl::OkStatus();
    std::vector<std::string> ids = api::FirstColumn(waiting);
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    Matched matched;
    ToLink to_link;
    for (std::size_t at = 0; at < ids.size(); at += kTextsAtOnce) {
      ASSIGN_OR_RETURN(std::vector<ReadSaying> sayings,
                       ReadSayings(db, absl::MakeConstSpan(ids).subspan(at, kTextsAtOnce), api::kNow));
      for (ReadSaying& read : sayings) {
        const std::vector<wordings::Word> words = wordings::SplitWords(read.text);
        AddMatched(read, words, matched);
        to_link.Add(std::move(read), words);
      }
    }
    RETURN_IF_ERROR(StoreMatched(db, matched));
    return to_link.Suggest(db);
  }));
  return taken;
}

}  // namespace onrecord::store
