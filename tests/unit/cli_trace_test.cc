#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "clients/cli/trace_view.h"

namespace onrecord::cli {
namespace {

namespace pb = ::onrecord::v1;
using ::testing::HasSubstr;

void Node(pb::TraceQuoteResponse& traced, const std::string& id, int printings, bool origin = false) {
  pb::RelayNode& node = *traced.add_nodes();
  node.set_id("outlets/" + id);
  node.set_display_name(id);
  node.set_appearance_count(printings);
  node.set_origin(origin);
}

void Edge(pb::TraceQuoteResponse& traced, const std::string& from, const std::string& to) {
  pb::RelayEdge& edge = *traced.add_edges();
  edge.set_from("outlets/" + from);
  edge.set_to("outlets/" + to);
  edge.set_kind(pb::ARTICLE_LINK_KIND_RELAYS);
  edge.set_appearance_count(1);
}

TEST(DrawRelaysTest, AChainThatParts_IsATree) {
  pb::TraceQuoteResponse traced;
  Node(traced, "Izvestia", 0, true);
  Node(traced, "AFP", 0);
  Node(traced, "Blog", 3);
  Node(traced, "Post", 1);
  Edge(traced, "Izvestia", "AFP");
  Edge(traced, "AFP", "Blog");
  Edge(traced, "AFP", "Post");
  Edge(traced, "Post", "Blog");
  EXPECT_EQ(DrawRelays(traced, false),
            "Izvestia  origin  known from credits alone\n"
            "└─ AFP  known from credits alone\n"
            "   ├─ Blog  3 printings\n"
            "   └─ Post  1 printing\n"
            "      └─ Blog  (see above)\n");
}

TEST(DrawRelaysTest, ACircle_EndsWhereItBegan) {
  pb::TraceQuoteResponse traced;
  Node(traced, "A", 1, true);
  Node(traced, "B", 1, true);
  Edge(traced, "A", "B");
  Edge(traced, "B", "A");
  EXPECT_EQ(DrawRelays(traced, false),
            "A  origin  1 printing\n"
            "└─ B  origin  1 printing\n"
            "   └─ A  (see above)\n");
}

TEST(DrawRelaysTest, HundredsFromOne_AreCountedAfterTwenty) {
  pb::TraceQuoteResponse traced;
  Node(traced, "Wire", 1, true);
  for (int i = 0; i < 500; ++i) {
    Node(traced, "Paper " + std::to_string(i), 1);
    Edge(traced, "Wire", "Paper " + std::to_string(i));
  }
  EXPECT_THAT(DrawRelays(traced, false), HasSubstr("└─ and 480 more\n"));
}

TEST(TraceAsDotTest, NamesFromElsewhere_StayInTheirQuotationMarks) {
  pb::TraceQuoteResponse traced;
  Node(traced, "The \"Post\" \\ x", 2, true);
  Node(traced, "Wire\n", 0);
  Edge(traced, "The \"Post\" \\ x", "Wire\n");
  EXPECT_EQ(TraceAsDot(traced),
            "digraph trace {\n  rankdir=LR;\n  node [shape=box];\n"
            "  \"outlets/The \\\"Post\\\" \\\\ x\" [label=\"The \\\"Post\\\" \\\\ x, 2 printings\", peripheries=2];\n"
            "  \"outlets/Wire \" [label=\"Wire , known from credits alone\", style=dashed];\n"
            "  \"outlets/The \\\"Post\\\" \\\\ x\" -> \"outlets/Wire \" [label=\"relays 1\"];\n}\n");
}

TEST(TraceInFullTest, Everything_IsThere) {
  pb::TraceQuoteResponse traced;
  traced.mutable_utterance()->set_name("utterances/1");
  traced.mutable_utterance()->set_member_count(1);
  Node(traced, "Post", 1, true);
  pb::TracedAppearance& printing = *traced.add_appearances();
  printing.set_first(true);
  printing.set_node("outlets/Post");
  traced.set_appearance_count(1);
  traced.set_independent_origin_count(1);
  traced.set_first_certain(true);
  traced.set_undated_count(1);
  const std::string text = TraceInFull(traced, 100, false);
  EXPECT_THAT(text, HasSubstr("1 wording, 1 printing, 1 independent origin as far as is known"));
  EXPECT_THAT(text, HasSubstr("first  not known"));
  EXPECT_THAT(text, HasSubstr("1 of unknown date"));
}

}  // namespace
}  // namespace onrecord::cli
