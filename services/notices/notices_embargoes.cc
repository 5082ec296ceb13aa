#include "services/notices/notices_embargoes.h"

#include <algorithm>
#include <set>

#include "db/statements.h"
#include "google/protobuf/util/time_util.h"
#include "services/api/as_of.h"
#include "services/api/names.h"
#include "services/api/row_cursor.h"
#include "services/base/strings.h"
#include "services/quotes/quotes_words.h"

namespace onrecord::store {
namespace {

using google::protobuf::util::TimeUtil;

constexpr int kNotices = 1;
constexpr int kEmbargoes = 2;
constexpr std::size_t kQuotesAtOnce = 200;
// Searches for words leave out so many quotes at most.
constexpr int kMostHidden = 50000;

int NoticesAtHand(const pqxx::result& rows) { return rows.empty() ? 0 : rows[0][rows.columns() - 1].as<int>(0); }

// Until when a printing is under embargo: the last of those that reach it; 0: under none.
std::int64_t Until(const std::vector<Reach>& reaching) {
  std::int64_t until = 0;
  for (const Reach& reach : reaching) until = std::max(until, reach.embargo_until);
  return until;
}

void HideWords(pb::Appearance& appearance) {
  appearance.clear_wording();
  appearance.clear_attribution();
  appearance.clear_cue();
  appearance.clear_context_before();
  appearance.clear_context_after();
  if (appearance.has_article()) appearance.mutable_article()->clear_headline();
}

// Every wording that is about to be left out.
std::vector<std::string> WordingsOf(const pb::Quote& quote) {
  std::vector<std::string> wordings = {quote.text(), quote.original_text()};
  for (const pb::Appearance& appearance : quote.appearances()) wordings.push_back(appearance.wording());
  return wordings;
}

void HideWords(pb::QuoteRevision& revision) {
  pb::Quote& quote = *revision.mutable_quote();
  const rules::QuoteWords words(WordingsOf(quote));
  revision.clear_reason();
  if (words.AreToldBy(quote.retract_reason())) quote.set_retract_reason("not to be told before the embargo ends");
  quote.clear_text();
  quote.clear_original_text();
  quote.clear_note();
  for (pb::Appearance& appearance : *quote.mutable_appearances()) HideWords(appearance);
}

// Articles whose headlines may tell what quotes under embargo say, since those are printed in them.
absl::StatusOr<std::set<std::string>> TellingArticles(pg::Session& db) {
  std::set<std::string> telling;
  ASSIGN_OR_RETURN(const pqxx::result targets, db.Run(sql::kEmbargoesInForce));
  std::vector<std::string> quotes;
  for (const auto& row : targets) {
    if (!row[1].is_null()) quotes.push_back(api::BareUuid(row[1].c_str()));
  }
  if (quotes.empty()) return telling;
  ASSIGN_OR_RETURN(const auto embargoed, EmbargoesOn(db, quotes));
  ASSIGN_OR_RETURN(const std::vector<PrintPlace> places, ReadPlaces(db, quotes));
  for (const PrintPlace& place : places) {
    const auto found = embargoed.find(place.quote);
    if (found != embargoed.end() && found->second.printings.contains(place.appearance)) telling.insert(place.article);
  }
  telling.erase("");
  ASSIGN_OR_RETURN(const auto leads, LeadsOf(db, std::vector<std::string>(telling.begin(), telling.end())));
  for (const auto& [article, lead] : leads) telling.insert(lead);
  return telling;
}

}  // namespace

bool MayHideWords(const pqxx::result& rows) { return NoticesAtHand(rows) >= kEmbargoes; }

bool HasNotices(const pqxx::result& rows) { return NoticesAtHand(rows) >= kNotices; }

bool Hides(const pg::Session& db) { return !db.may_see_embargoed() && !db.in_transaction(); }

absl::StatusOr<bool> MustLook(pg::Session& db) {
  if (!Hides(db)) return false;
  ASSIGN_OR_RETURN(const pqxx::result may, db.Run(sql::kMayHideWords));
  return may[0][0].as<bool>();
}

absl::StatusOr<std::map<std::string, Embargoed>> EmbargoesOn(pg::Session& db, absl::Span<const std::string> quotes,
                                                             absl::Span<const PrintPlace> further) {
  std::map<std::string, Embargoed> embargoed;
  if (quotes.empty()) return embargoed;
  ASSIGN_OR_RETURN(std::vector<PrintPlace> printings, ReadPlaces(db, quotes));
  const std::size_t today = printings.size();
  for (const std::string& quote : quotes) printings.push_back({quote, "", "", {}});
  printings.insert(printings.end(), further.begin(), further.end());
  ASSIGN_OR_RETURN(const auto reaching, NoticesReaching(db, printings, api::kNow, /*embargoes_alone=*/true));
  std::map<std::string, std::int64_t> soonest;  // when the first of all printings is free
  for (std::size_t i = 0; i < printings.size(); ++i) {
    const std::int64_t until = Until(reaching[i]);
    const std::string& quote = printings[i].quote;
    if (i < today) soonest[quote] = soonest.contains(quote) ? std::min(soonest[quote], until) : until;
    if (until == 0) continue;
    if (printings[i].appearance.empty()) {
      embargoed[quote].until = until;
    } else {
      embargoed[quote].printings[printings[i].appearance] = until;
    }
  }
  for (auto& [quote, of] : embargoed) {
    const auto free = soonest.find(quote);
    if (free != soonest.end()) of.until = std::max(of.until, free->second);
  }
  return embargoed;
}

absl::Status ApplyEmbargoes(pg::Session& db, std::vector<pb::QuoteRevision>& revisions) {
  std::vector<std::string> quotes;
  std::vector<PrintPlace> printings;
  for (const pb::QuoteRevision& revision : revisions) {
    const std::string quote = api::IdOf(revision.quote().name());
    if (quotes.empty() || quotes.back() != quote) quotes.push_back(quote);
    for (const pb::Appearance& appearance : revision.quote().appearances()) {
      printings.push_back(PlaceOf(quote, appearance));
    }
  }
  ASSIGN_OR_RETURN(const auto embargoed, EmbargoesOn(db, quotes, printings));
  std::set<std::string> telling;
  if (Hides(db)) {
    ASSIGN_OR_RETURN(telling, TellingArticles(db));
  }
  for (pb::QuoteRevision& revision : revisions) {
    pb::Quote& quote = *revision.mutable_quote();
    for (pb::Appearance& appearance : *quote.mutable_appearances()) {
      if (telling.contains(api::IdOf(appearance.article().name()))) appearance.mutable_article()->clear_headline();
    }
    const auto found = embargoed.find(api::IdOf(quote.name()));
    if (found == embargoed.end() || quote.state() == pb::QUOTE_STATE_REDACTED) continue;
    for (pb::Appearance& appearance : *quote.mutable_appearances()) {
      const auto printing = found->second.printings.find(appearance.id());
      if (printing == found->second.printings.end()) continue;
      *appearance.mutable_embargo_until() = TimeUtil::MicrosecondsToTimestamp(printing->second);
    }
    const std::int64_t until = found->second.until;
    if (until != 0) *quote.mutable_embargo_until() = TimeUtil::MicrosecondsToTimestamp(until);
    if (!Hides(db)) continue;
    if (until != 0) HideWords(revision);
    for (pb::Appearance& appearance : *quote.mutable_appearances()) {
      if (appearance.has_embargo_until()) HideWords(appearance);
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<bool>> AreHidden(pg::Session& db, absl::Span<const std::string> names) {
  std::vector<bool> hidden(names.size(), false);
  if (!Hides(db)) return hidden;
  std::vector<std::string> quotes;
  for (const std::string& name : names) quotes.push_back(api::IdOf(name));
  ASSIGN_OR_RETURN(const auto embargoed, EmbargoesOn(db, quotes));
  for (std::size_t i = 0; i < quotes.size(); ++i) {
    const auto found = embargoed.find(quotes[i]);
    hidden[i] = found != embargoed.end() && found->second.until != 0;
  }
  return hidden;
}

absl::StatusOr<std::vector<bool>> AreHiddenArticles(pg::Session& db, absl::Span<const std::string> names) {
  std::vector<bool> hidden(names.size(), false);
  if (!Hides(db)) return hidden;
  std::vector<PrintPlace> printings;
  for (const std::string& name : names) printings.push_back({"", "", api::IdOf(name), {}});
  ASSIGN_OR_RETURN(const auto reaching, NoticesReaching(db, printings, api::kNow, /*embargoes_alone=*/true));
  ASSIGN_OR_RETURN(const std::set<std::string> telling, TellingArticles(db));
  for (std::size_t i = 0; i < names.size(); ++i) {
    hidden[i] = !reaching[i].empty() || telling.contains(api::IdOf(names[i]));
  }
  return hidden;
}

absl::StatusOr<std::vector<std::string>> HiddenQuotes(pg::Session& db) {
  std::vector<std::string> hidden;
  if (!Hides(db)) return hidden;
  ASSIGN_OR_RETURN(const pqxx::result targets, db.Run(sql::kEmbargoesInForce));
  std::vector<std::string> articles, candidates;
  for (const auto& row : targets) {
    if (row[1].is_null()) {
      articles.push_back(api::BareUuid(row[0].c_str()));
    } else {
      candidates.push_back(api::BareUuid(row[1].c_str()));
    }
  }
  if (!articles.empty()) {
    ASSIGN_OR_RETURN(std::vector<ReachedArticle> reached, WalkDownstream(db, articles, api::kNow));
    ASSIGN_OR_RETURN(reached, WithFormerIds(db, std::move(reached)));
    std::vector<std::string> ids;
    for (ReachedArticle& article : reached) ids.push_back(std::move(article.id));
    ASSIGN_OR_RETURN(const pqxx::result rows, db.Run(sql::kQuotesOfArticles, pg::TextArray(ids), kMostHidden));
    for (const auto& row : rows) candidates.push_back(api::BareUuid(row[0].c_str()));
  }
  for (std::size_t at = 0; at < candidates.size(); at += kQuotesAtOnce) {
    const auto some = absl::MakeConstSpan(candidates).subspan(at, kQuotesAtOnce);
    ASSIGN_OR_RETURN(const auto embargoed, EmbargoesOn(db, some));
    for (const auto& [quote, of] : embargoed) {
      if (of.until != 0) hidden.push_back(quote);
    }
  }
  return hidden;
}

}  // namespace onrecord::store
