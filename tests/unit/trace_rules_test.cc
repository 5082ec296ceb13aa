#include "services/utterances/trace_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "services/api/dates.h"

namespace onrecord::rules {
namespace {

using ::testing::ElementsAre;
using Edges = std::vector<std::pair<std::size_t, std::size_t>>;

// How many origins a graph has, and which nodes are: "1: 0 2".
std::string OriginsOf(std::size_t nodes, const Edges& edges) {
  const Origins origins = FindOrigins(nodes, edges);
  std::set<std::size_t> components;
  std::string text;
  for (std::size_t i = 0; i < nodes; ++i) {
    if (!origins.origin[i]) continue;
    components.insert(origins.component[i]);
    text += " " + std::to_string(i);
  }
  return std::to_string(components.size()) + ":" + text;
}

TEST(FindOriginsTest, OfAnyGraph_AreWhatNothingLeadsTo) {
  EXPECT_EQ(OriginsOf(0, {}), "0:");
  EXPECT_EQ(OriginsOf(2, {}), "2: 0 1");
  EXPECT_EQ(OriginsOf(3, {{0, 1}, {1, 2}}), "1: 0");
  EXPECT_EQ(OriginsOf(3, {{2, 1}, {0, 1}}), "2: 0 2");
  // Circles: alone, fed from outside, feeding others, and one in another.
  EXPECT_EQ(OriginsOf(2, {{0, 1}, {1, 0}}), "1: 0 1");
  EXPECT_EQ(OriginsOf(3, {{0, 1}, {1, 0}, {2, 0}}), "1: 2");
  EXPECT_EQ(OriginsOf(4, {{0, 1}, {1, 0}, {1, 2}, {2, 3}, {3, 2}}), "1: 0 1");
  EXPECT_EQ(OriginsOf(4, {{0, 1}, {1, 2}, {2, 0}, {1, 0}, {3, 3}}), "2: 0 1 2 3");
}

TEST(FindOriginsTest, OfALongChain_NeedsNoDeepStack) {
  constexpr std::size_t kNodes = 50000;
  Edges edges;
  for (std::size_t i = 0; i + 1 < kNodes; ++i) edges.emplace_back(i, i + 1);
  EXPECT_EQ(OriginsOf(kNodes, edges), "1: 0");
  edges.emplace_back(kNodes - 1, 1);
  EXPECT_EQ(OriginsOf(kNodes, edges), "1: 0");
}

// A printing as "outlet date via via".
pb::Quote AQuote(const std::string& name, const std::vector<std::vector<std::string>>& printings,
                 pb::QuoteKind kind = pb::QUOTE_KIND_DIRECT) {
  pb::Quote quote;
  quote.set_name("quotes/" + name);
  quote.set_kind(kind);
  quote.set_state(pb::QUOTE_STATE_ACTIVE);
  for (const std::vector<std::string>& printing : printings) {
    pb::Appearance& appearance = *quote.add_appearances();
    appearance.set_id(name + std::to_string(quote.appearances_size()));
    appearance.set_outlet(printing[0]);
    api::FromRange(*api::ParseInterval(printing[1]), *appearance.mutable_published());
    for (std::size_t i = 2; i < printing.size(); ++i) appearance.add_relays()->set_outlet(printing[i]);
  }
  return quote;
}

pb::TraceQuoteResponse TraceOf(const std::vector<pb::Quote>& quotes, const std::vector<ArticleEdge>& links = {}) {
  pb::TraceQuoteResponse response;
  Trace(quotes, links, response);
  return response;
}

std::vector<std::string> NodesOf(const pb::TraceQuoteResponse& response) {
  std::vector<std::string> nodes;
  for (const pb::RelayNode& node : response.nodes()) {
    nodes.push_back((node.origin() ? "*" : "") + node.id() + " " + std::to_string(node.appearance_count()));
  }
  return nodes;
}

std::vector<std::string> EdgesOf(const pb::TraceQuoteResponse& response) {
  std::vector<std::string> edges;
  for (const pb::RelayEdge& edge : response.edges()) {
    edges.push_back(edge.from() + " " + edge.to() + " " + std::to_string(edge.appearance_count()));
  }
  return edges;
}

TEST(TraceTest, ChainsOfSeveralWordings_AreOneGraphWithOneOrigin) {
  // The headline names the wire alone; the other chains know where that had it from.
  const auto traced =
      TraceOf({AQuote("headline", {{"blog", "", "afp"}}), AQuote("lead", {{"blog", "", "izvestia", "afp"}})});
  EXPECT_THAT(NodesOf(traced), ElementsAre("*izvestia 0", "afp 0", "blog 2"));
  EXPECT_THAT(EdgesOf(traced), testing::UnorderedElementsAre("izvestia afp 1", "afp blog 2"));
  EXPECT_EQ(traced.independent_origin_count(), 1);
  EXPECT_EQ(traced.undated_count(), 2);
  EXPECT_FALSE(traced.first_certain());
}

TEST(TraceTest, PrintingsOfUncertainDates_AreTiedWhereTheyOverlap) {
  const auto traced = TraceOf({AQuote("q", {{"a", "2007-11"}, {"b", "2007-11-21"}, {"c", "2007-12-01"}, {"d", ""}})});
  std::vector<bool> firsts;
  for (const pb::TracedAppearance& appearance : traced.appearances()) firsts.push_back(appearance.first());
  EXPECT_THAT(firsts, ElementsAre(true, true, false, true));
  EXPECT_FALSE(traced.first_certain());
  EXPECT_TRUE(TraceOf({AQuote("q", {{"b", "2007-11-21"}, {"c", "2007-11-22"}})}).first_certain());
  EXPECT_TRUE(TraceOf({AQuote("q", {{"b", ""}})}).first_certain());
}

TEST(TraceTest, Spread_CountsPrintingsAndNewOutletsByDay) {
  const auto traced = TraceOf({AQuote("q", {{"a", "2007-11-21"},
                                            {"b", "2007-11-21"},
                                            {"a", "2007-11-22"},
                                            {"c", "2007-11-22"},
                                            {"d", "2007"},
                                            {"e", "../2007-11-30"},
                                            {"f", ""}})});
  std::vector<std::string> days;
  for (const pb::SpreadDay& day : traced.spread()) {
    days.push_back(std::to_string(api::ToFrom(day.day())) + " " + std::to_string(day.appearance_count()) + " " +
                   std::to_string(day.new_outlet_count()));
  }
  EXPECT_THAT(days, ElementsAre("20070000 1 1", "20071121 2 2", "20071122 2 1", "20071130 1 1"));
  EXPECT_EQ(traced.undated_count(), 1);
  EXPECT_EQ(traced.appearance_count(), 7);
}

TEST(TraceTest, RetractedQuotes_AreShownAndCountNowhere) {
  pb::Quote retracted = AQuote("r", {{"early", "2001", "source"}});
  retracted.set_state(pb::QUOTE_STATE_RETRACTED);
  const auto traced = TraceOf({retracted, AQuote("q", {{"late", "2002"}})});
  ASSERT_EQ(traced.appearances_size(), 2);
  EXPECT_TRUE(traced.appearances(0).retracted());
  EXPECT_FALSE(traced.appearances(0).first());
  EXPECT_TRUE(traced.appearances(1).first());
  EXPECT_THAT(NodesOf(traced), ElementsAre("*late 1"));
  EXPECT_EQ(traced.appearance_count(), 1);
  EXPECT_EQ(traced.independent_origin_count(), 1);
}

TEST(TraceTest, WhereNobodyKnowsWhoPrinted_IsAnOriginOnlyIfThereIsNoOther) {
  const auto unknown = TraceOf({AQuote("q", {{"", "2001"}, {"", "2002"}})});
  EXPECT_THAT(NodesOf(unknown), ElementsAre("*unknown/1 1", "*unknown/2 1"));
  EXPECT_EQ(unknown.independent_origin_count(), 1);
  EXPECT_EQ(TraceOf({AQuote("q", {{"", "2001"}, {"a", "2002"}, {"b", "2002"}})}).independent_origin_count(), 2);
  EXPECT_EQ(TraceOf({AQuote("q", {})}).independent_origin_count(), 0);
}

TEST(TraceTest, LinksOfArticles_AreEdges) {
  pb::Quote quote = AQuote("q", {{"outlets/a", "2001"}, {"outlets/b", "2002"}, {"", "2003"}});
  quote.mutable_appearances(0)->mutable_article()->set_name("articles/1");
  quote.mutable_appearances(1)->mutable_article()->set_name("articles/2");
  quote.mutable_appearances(2)->mutable_article()->set_name("articles/3");
  EXPECT_THAT(ArticlesOf({quote}), ElementsAre("articles/1", "articles/2", "articles/3"));
  EXPECT_EQ(TraceOf({quote}).independent_origin_count(), 3);
  const auto traced = TraceOf({quote}, {{"articles/2", pb::ARTICLE_LINK_KIND_TRANSLATES, "articles/1"},
                                        {"articles/3", pb::ARTICLE_LINK_KIND_REPRINTS, "articles/2"},
                                        {"articles/3", pb::ARTICLE_LINK_KIND_REPRINTS, "articles/9"}});
  EXPECT_THAT(NodesOf(traced), ElementsAre("*outlets/a 1", "outlets/b 1", "articles/3 1"));
  EXPECT_EQ(traced.edges(0).kind(), pb::ARTICLE_LINK_KIND_TRANSLATES);
  EXPECT_EQ(traced.independent_origin_count(), 1);
}

TEST(TraceTest, MorePrintingsThanAreShown_AreAllCounted) {
  std::vector<std::vector<std::string>> printings;
  for (int i = 0; i < 2500; ++i) printings.push_back({"paper " + std::to_string(i), "2001", "wire"});
  const auto traced = TraceOf({AQuote("q", printings)});
  EXPECT_EQ(traced.appearances_size(), 2000);
  EXPECT_EQ(traced.appearance_count(), 2500);
  EXPECT_EQ(traced.nodes_size(), 2501);
  EXPECT_EQ(traced.independent_origin_count(), 1);
}

}  // namespace
}  // namespace onrecord::rules
