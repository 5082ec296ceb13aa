#include "services/utterances/trace_store.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "db/statements.h"
#include "services/api/as_of.h"
#include "services/api/dates.h"
#include "services/api/names.h"
#include "services/base/strings.h"
#include "services/quotes/quotes_rows.h"
#include "services/quotes/quotes_store.h"
#include "services/utterances/groups_rules.h"
#include "services/utterances/links_store.h"
#include "services/utterances/trace_rules.h"
#include "services/utterances/utterances_rules.h"
#include "services/wordings/wordings_comparison.h"

namespace onrecord::store {
namespace {

constexpr std::size_t kMostMembers = 200;
constexpr std::size_t kMostLinks = 500;
constexpr std::size_t kQuotesAtOnce = 100;
// Of the quotes of one utterance with all printings.
constexpr std::size_t kMostBytes = 32 << 20;

// utterances/{quote} and quotes/{quote} both lead to the quote.
absl::StatusOr<std::string> QuoteOf(const std::string& name) {
  const std::string_view utterances = "utterances/";
  if (!name.starts_with(utterances)) return api::ParseQuoteName("name", name);
  return api::ParseQuoteName("name", api::QuoteName(name.substr(utterances.size())));
}

// An utterance with its quotes, in the order of their first printing.
struct Spoken {
  std::vector<pb::Quote> quotes;
  std::vector<pb::QuoteLink> links;
  std::string name;
};

absl::StatusOr<std::vector<pb::Quote>> ReadMembers(pg::Session& db, absl::Span<const std::string> ids,
                                                   const std::string& moment, const std::string& name) {
  std::vector<pb::Quote> quotes;
  std::size_t bytes = 0;
  for (std::size_t at = 0; at < ids.size(); at += kQuotesAtOnce) {
    ASSIGN_OR_RETURN(std::vector<pb::Quote> some,
                     ReadQuotes(db, ids.subspan(at, kQuotesAtOnce), moment, Notices::kShow));
    for (pb::Quote& quote : some) {
      bytes += quote.ByteSizeLong();
      quotes.push_back(std::move(quote));
    }
    if (bytes > kMostBytes) {
      return Refuse(absl::StatusCode::kFailedPrecondition, pb::ERROR_REASON_RESPONSE_TOO_LARGE,
                    StrCat("the quotes of ", name, " are larger than 32 MiB in all; get them one by one"),
                    {{"name", name}});
    }
  }
  return quotes;
}

auto PrintingOrder(const pb::Quote& quote) {
  const api::DayRange published = rules::FirstPublished(quote);
  const bool open = published.from == api::kOpenFrom;
  return std::tuple(!published.known(), open ? published.to : published.from, quote.create_time().seconds(),
                    quote.create_time().nanos(), quote.name());
}

// Why people linked quotes may tell words that the caller may not see yet.
void HideReasons(Spoken& spoken) {
  std::set<std::string> hidden;
  for (const pb::Quote& quote : spoken.quotes) {
    if (quote.has_embargo_until() && quote.text().empty()) hidden.insert(quote.name());
  }
  for (pb::QuoteLink& link : spoken.links) {
    if (hidden.contains(link.quote()) || hidden.contains(link.other())) link.clear_reason();
  }
}

absl::StatusOr<Spoken> ReadSpoken(pg::Session& db, const std::string& name, const std::string& moment) {
  ASSIGN_OR_RETURN(const std::string id, QuoteOf(name));
  // Refused as any question about a quote that is not there, or was not yet.
  RETURN_IF_ERROR(GetQuote(db, api::QuoteName(id), moment).status());
  const std::vector<std::string> ids = {id};
  ASSIGN_OR_RETURN(const LinkedQuotes linked, ReachFrom(db, ids, moment));
  const std::vector<std::size_t>& group = linked.groups.group;
  const std::size_t mine = group[linked.places.at(id)];
  std::vector<std::string> members;
  std::pair<std::int64_t, std::string> earliest;
  for (std::size_t i = 0; i < linked.sayings.size(); ++i) {
    if (group[i] != mine) continue;
    const ReadSaying& read = linked.sayings[i];
    const std::pair recorded(read.create_micros, read.saying.quote);
    if (members.empty() || recorded < earliest) earliest = recorded;
    members.push_back(read.saying.quote);
  }
  Spoken spoken;
  spoken.name = StrCat("utterances/", earliest.second);
  for (const StoredLink& stored : linked.links) {
    if (group[linked.places.at(stored.quote)] != mine || group[linked.places.at(stored.other)] != mine) continue;
    spoken.links.push_back(stored.link);
  }
  ASSIGN_OR_RETURN(spoken.quotes, ReadMembers(db, members, moment, spoken.name));
  HideReasons(spoken);
  std::sort(spoken.quotes.begin(), spoken.quotes.end(),
            [](const pb::Quote& a, const pb::Quote& b) { return PrintingOrder(a) < PrintingOrder(b); });
  return spoken;
}

// What people said of two wordings that the matcher does not see in them.
pb::WordingRelation SaidOf(const std::string& quote, const std::string& reference,
                           const std::vector<pb::QuoteLink>& links) {
  pb::WordingRelation said = pb::WORDING_RELATION_UNSPECIFIED;
  for (const pb::QuoteLink& link : links) {
    const bool for_people =
        link.relation() == pb::WORDING_RELATION_TRANSLATION || link.relation() == pb::WORDING_RELATION_PARAPHRASE;
    if (!for_people || (link.quote() != quote && link.other() != quote)) continue;
    const bool direct = link.quote() == reference || link.other() == reference;
    if (direct) return link.relation();
    said = link.relation();
  }
  return said;
}

// Its members beside the reference; of each with `printings` all of them.
pb::Utterance Show(const Spoken& spoken, bool printings) {
  pb::Utterance utterance;
  utterance.set_name(spoken.name);
  utterance.set_member_count(static_cast<int>(spoken.quotes.size()));
  const pb::Quote& reference = spoken.quotes[rules::ChooseReference(spoken.quotes)];
  utterance.set_reference(reference.name());
  const wordings::Wording words(reference.text());
  const auto add = [&](const pb::Quote& quote) {
    pb::UtteranceMember& member = *utterance.add_members();
    *member.mutable_quote() = quote;
    if (!printings) member.mutable_quote()->clear_appearances();
    pb::WordingComparison& comparison = *member.mutable_comparison();
    comparison = wordings::Compare(wordings::Wording(quote.text()), words);
    if (comparison.relation() == pb::WORDING_RELATION_UNRELATED) {
      const pb::WordingRelation said = SaidOf(quote.name(), reference.name(), spoken.links);
      if (said != pb::WORDING_RELATION_UNSPECIFIED) comparison.set_relation(said);
    }
    rules::FlagReference(reference, comparison);
  };
  for (std::size_t i = 0; i < std::min(kMostMembers, spoken.quotes.size()); ++i) add(spoken.quotes[i]);
  for (std::size_t i = 0; i < std::min(kMostLinks, spoken.links.size()); ++i) *utterance.add_links() = spoken.links[i];
  return utterance;
}

absl::StatusOr<std::vector<rules::ArticleEdge>> ReadArticleEdges(pg::Session& db, absl::Span<const pb::Quote> quotes,
                                                                 const std::string& moment) {
  std::vector<std::string> ids;
  for (const std::string& article : rules::ArticlesOf(quotes)) ids.push_back(api::IdOf(article));
  std::vector<rules::ArticleEdge> edges;
  if (ids.empty()) return edges;
  ASSIGN_OR_RETURN(const pqxx::result rows, db.Run(sql::kLinksAmongArticles, moment, pg::TextArray(ids)));
  for (const pqxx::row& row : rows) {
    edges.push_back({StrCat("articles/", api::BareUuid(row[0].c_str())),
                     static_cast<pb::ArticleLinkKind>(row[1].as<int>()),
                     StrCat("articles/", api::BareUuid(row[2].c_str()))});
  }
  return edges;
}

}  // namespace

absl::StatusOr<pb::Utterance> GetUtterance(pg::Session& db, const std::string& name, const std::string& moment) {
  ASSIGN_OR_RETURN(const Spoken spoken, ReadSpoken(db, name, moment));
  return Show(spoken, /*printings=*/true);
}

absl::StatusOr<pb::TraceQuoteResponse> TraceQuote(pg::Session& db, const std::string& name, const std::string& moment) {
  ASSIGN_OR_RETURN(const Spoken spoken, ReadSpoken(db, name, moment));
  ASSIGN_OR_RETURN(const std::vector<rules::ArticleEdge> links, ReadArticleEdges(db, spoken.quotes, moment));
  pb::TraceQuoteResponse response;
  *response.mutable_utterance() = Show(spoken, /*printings=*/false);
  rules::Trace(spoken.quotes, links, response);
  return response;
}

}  // namespace onrecord::store
