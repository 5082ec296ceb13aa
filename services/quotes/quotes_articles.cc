#include "services/quotes/quotes_articles.h"

#include <algorithm>
#include <set>
#include <utility>

#include "google/protobuf/util/message_differencer.h"
#include "services/api/dates.h"
#include "services/articles/articles_rules.h"
#include "services/articles/articles_store.h"
#include "services/articles/articles_writes.h"
#include "services/base/strings.h"

namespace onrecord::store {
namespace {

std::set<std::string> HopArticles(const pb::Quote& quote) {
  std::set<std::string> names;
  for (const pb::Appearance& appearance : quote.appearances()) {
    for (const pb::Hop& hop : appearance.relays()) names.insert(hop.article());
  }
  return names;
}

}  // namespace

absl::Status ResolveHops(pg::Session& db, const pb::Quote& before, const pb::Quote& quote,
                         std::vector<Printing>& printings) {
  const std::set<std::string> known = HopArticles(before);
  std::vector<NamedArticle> named;
  std::vector<std::pair<Printing*, std::size_t>> hops;
  for (int i = 0; i < quote.appearances_size(); ++i) {
    for (int j = 0; j < quote.appearances(i).relays_size(); ++j) {
      const std::string& article = quote.appearances(i).relays(j).article();
      if (article.empty()) continue;
      named.push_back({StrCat("quote.appearances[", i, "].relays[", j, "].article"), article});
      hops.emplace_back(&printings[static_cast<std::size_t>(i)], static_cast<std::size_t>(j));
    }
  }
  RETURN_IF_ERROR(ResolveArticles(db, named));
  for (std::size_t i = 0; i < named.size(); ++i) {
    const auto [printing, at] = hops[i];
    const NamedArticle& article = named[i];
    printing->hop_articles[at] = article.id;
    std::int64_t& outlet = printing->hops[at];
    if (outlet == 0) outlet = article.outlet_id;
    if (outlet == 0) {
      return RefuseFields({{pb::ERROR_REASON_FIELD_REQUIRED, article.field,
                            StrCat(article.name, " is of no known outlet; give the hop's outlet too")}});
    }
    if (article.outlet_id == 0 || article.outlet_id == outlet || known.contains(article.name)) continue;
    return RefuseFields({{pb::ERROR_REASON_VALUE_INVALID, article.field,
                          StrCat(article.name, " was published by another outlet; name that one, or leave it out")}});
  }
  return absl::OkStatus();
}

std::vector<std::size_t> NewChains(const pb::Quote& before, const pb::Quote& after) {
  std::vector<std::size_t> places;
  for (int i = 0; i < after.appearances_size(); ++i) {
    const pb::Appearance& appearance = after.appearances(i);
    const auto same = [&](const pb::Appearance& other) {
      return google::protobuf::util::MessageDifferencer::Equals(other, appearance);
    };
    if (appearance.relays().empty() || std::any_of(before.appearances().begin(), before.appearances().end(), same)) {
      continue;
    }
    places.push_back(static_cast<std::size_t>(i));
  }
  return places;
}

absl::Status WriteArticles(pg::Session& db, std::string_view quote_id, const pb::Quote& before, const pb::Quote& quote,
                           std::vector<Printing>& printings, const ArticleChange& change) {
  RETURN_IF_ERROR(HoldArticleKeys(db));
  std::vector<std::string*> keys;
  for (int i = 0; i < quote.appearances_size(); ++i) {
    const pb::Appearance& appearance = quote.appearances(i);
    Printing& printing = printings[static_cast<std::size_t>(i)];
    printing.quote_id = std::string(quote_id);
    printing.article_id = rules::ArticleId(appearance.outlet(), appearance.article().url(),
                                           appearance.article().headline(), printing.published);
    keys.push_back(&printing.article_id);
  }
  RETURN_IF_ERROR(FollowArticleKeys(db, keys));
  std::vector<PrintedArticle> printed;
  for (int i = 0; i < quote.appearances_size(); ++i) {
    const Printing& printing = printings[static_cast<std::size_t>(i)];
    if (printing.article_id.empty()) continue;
    const pb::Appearance& appearance = quote.appearances(i);
    PrintedArticle& article = printed.emplace_back();
    article.id = printing.article_id;
    article.outlet_id = printing.outlet_id;
    article.article = appearance.article();
    if (appearance.has_published()) *article.article.mutable_published() = appearance.published();
    article.read_before =
        std::any_of(before.appearances().begin(), before.appearances().end(), [&](const pb::Appearance& other) {
          return other.article().name() == StrCat("articles/", printing.article_id);
        });
  }
  RETURN_IF_ERROR(PutArticles(db, std::move(printed), change));
  std::vector<Printing> chains;
  const std::vector<std::size_t> places = NewChains(before, quote);
  for (const std::size_t place : places) chains.push_back(printings[place]);
  RETURN_IF_ERROR(WriteChains(db, chains, change.author, change.via));
  for (std::size_t i = 0; i < places.size(); ++i) printings[places[i]] = chains[i];
  return absl::OkStatus();
}

}  // namespace onrecord::store
