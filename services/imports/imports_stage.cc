// Where BatchWriter puts new quotes and appearances, to be inserted from there with one statement each.
#include <algorithm>
#include <map>

#include "services/api/dates.h"
#include "services/articles/articles_chains.h"
#include "services/imports/imports_batch.h"
#include "services/quotes/quotes_rules.h"

namespace onrecord::store {
namespace {

constexpr const char* kQuoteColumns[] = {
    "id",          "speaker_id",         "described_as",      "source_terms", "kind",    "polarity",     "text",
    "language",    "original_text",      "original_language", "said_from",    "said_to", "said_printed", "said_basis",
    "occurred_on", "occurred_precision", "topic_ids",         "outlet_ids",   "note",    "warnings"};
constexpr const char* kAppearanceColumns[] = {"quote_id",
                                              "id",
                                              "outlet_id",
                                              "article_id",
                                              "published_from",
                                              "published_to",
                                              "published_printed",
                                              "published_basis",
                                              "published_day",
                                              "wording",
                                              "attribution",
                                              "cue",
                                              "role",
                                              "resolution",
                                              "ranges",
                                              "marks",
                                              "context_before",
                                              "context_after",
                                              "relay_outlet_ids",
                                              "relay_article_ids",
                                              "content_hash",
                                              "url",
                                              "headline",
                                              "byline",
                                              "dateline",
                                              "topic_ids",
                                              "text"};

pg::Param IdOrNull(std::int64_t id) { return id == 0 ? pg::Param(std::nullopt) : pg::Param(id); }

// `quote`: what the record says, with the appearances of all records of the quote.
std::vector<pg::Param> QuoteRow(const Pending& pending, const pb::Quote& quote,
                                const std::set<std::int64_t>& topics_of_all, const std::set<std::int64_t>& outlets) {
  const api::DayRange said = api::ToRange(quote.said());
  const api::Occurred occurred = rules::PlaceQuote(quote, api::Today());
  std::vector<std::int64_t> topics = pending.topic_ids;  // the first record's order, then what others add
  for (const std::int64_t topic : topics_of_all) {
    if (std::find(topics.begin(), topics.end(), topic) == topics.end()) topics.push_back(topic);
  }
  return {pending.checked.quote_id,
          IdOrNull(pending.speaker_id),
          quote.described_as(),
          static_cast<int>(quote.source_terms()),
          static_cast<int>(quote.kind()),
          static_cast<int>(quote.polarity()),
          quote.text(),
          quote.language(),
          quote.original_text(),
          quote.original_language(),
          said.from,
          said.to,
          quote.said().printed(),
          static_cast<int>(quote.said().basis()),
          api::FormatDay(occurred.day),
          static_cast<int>(occurred.precision),
          pg::IntArray(topics),
          pg::IntArray(outlets),
          quote.note(),
          rules::WarningBits(quote, api::Today())};
}

std::vector<pg::Param> AppearanceRow(const Pending& pending) {
  const pb::Appearance& appearance = pending.checked.quote.appearances(0);
  const pb::Article& article = appearance.article();
  const api::DayRange published = api::ToRange(appearance.published());
  const std::string& article_id = pending.printing.article_id;
  std::vector<std::int64_t> ends;
  for (const pb::TextRange& range : appearance.ranges()) {
    ends.push_back(range.begin());
    ends.push_back(range.end());
  }
  return {pending.checked.quote_id,
          pending.checked.appearance_id,
          IdOrNull(pending.outlet_id),
          article_id.empty() ? pg::Param(std::nullopt) : pg::Param(article_id),
          published.from,
          published.to,
          appearance.published().printed(),
          static_cast<int>(appearance.published().basis()),
          published.from == api::kOpenFrom ? pg::Param(std::nullopt)
                                           : pg::Param(api::FormatDay(api::FirstDay(published.from))),
          appearance.wording(),
          appearance.attribution(),
          appearance.cue(),
          appearance.role(),
          static_cast<int>(appearance.resolution()),
          pg::IntArray(ends),
          static_cast<int>(appearance.marks()),
          appearance.context_before(),
          appearance.context_after(),
          pg::IntArray(pending.relay_ids),
          HopArticleIds(pending.printing),
          pending.checked.content_hash,
          article.url(),
          article.headline(),
          article.byline(),
          article.dateline(),
          pg::IntArray(pending.topic_ids),
          pending.checked.quote.text()};
}

}  // namespace

absl::Status BatchWriter::StageQuotes(const Round& fresh) {
  // Records of one new quote: the first gives its fields, all give topics and outlets.
  std::map<std::string, std::vector<Pending*>> by_quote;
  for (Pending* pending : fresh) {
    if (!pending->quote_exists) by_quote[pending->checked.quote_id].push_back(pending);
  }
  std::vector<std::vector<pg::Param>> rows;
  for (const auto& [id, pendings] : by_quote) {
    std::set<std::int64_t> topics;
    std::set<std::int64_t> outlets;
    for (const Pending* pending : pendings) {
      topics.insert(pending->topic_ids.begin(), pending->topic_ids.end());
      if (pending->outlet_id != 0) outlets.insert(pending->outlet_id);
    }
    const Pending& first = *pendings.front();
    if (pendings.size() == 1) {
      rows.push_back(QuoteRow(first, first.checked.quote, topics, outlets));
      continue;
    }
    pb::Quote all = first.checked.quote;  // placed and warned about by all its appearances
    for (std::size_t i = 1; i < pendings.size(); ++i) {
      all.mutable_appearances()->MergeFrom(pendings[i]->checked.quote.appearances());
    }
    rows.push_back(QuoteRow(first, all, topics, outlets));
  }
  return db_.Copy("staged_quotes", kQuoteColumns, rows);
}

absl::Status BatchWriter::StageAppearances(const Round& fresh) {
  std::vector<std::vector<pg::Param>> rows;
  for (const Pending* pending : fresh) {
    if (!pending->checked.appearance_id.empty()) rows.push_back(AppearanceRow(*pending));
  }
  return db_.Copy("staged_appearances", kAppearanceColumns, rows);
}

}  // namespace onrecord::store
