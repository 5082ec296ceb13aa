// The way of words through print, through the API.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/utterances.h"

namespace onrecord {
namespace {

using ::testing::AnyOf;
using ::testing::ElementsAre;

const char kLawWords[] = "We look at the situation from the point of view of international law, not pseudo-reality";
const char kPart[] = "from the point of view of international law";

class TraceTest : public GroupedTest {
 protected:
  std::vector<std::string> Feed(const std::vector<pb::ImportRecord>& records) {
    const Imported imported = GroupedTest::Feed(records);
    Match();
    std::vector<std::string> names;
    for (const pb::RecordResult& result : imported.results) names.push_back(result.quote());
    return names;
  }
  static ARecord Print(const std::string& text, const std::string& outlet, const std::string& published) {
    return ARecord()
        .Saying(text)
        .By("Ada")
        .On("2007-11-20")
        .In(outlet)
        .Published(published)
        .At("https://" + std::to_string(std::hash<std::string>()(outlet)) + ".test/" + published);
  }
  static std::vector<std::string> Printings(const pb::TraceQuoteResponse& traced) {
    std::vector<std::string> printings;
    for (const pb::TracedAppearance& one : traced.appearances()) {
      printings.push_back((one.first() ? "*" : "") + one.appearance().outlet_display_name());
    }
    return printings;
  }
};

TEST_F(TraceTest, TraceQuote_OfSeveralWordings_HasEveryPrintingInOrder) {
  const auto names = Feed({Print(kLawWords, "Gazette", "2007-11-22").Via("Wire"), Print(kPart, "Post", "2007-11-21"),
                           Print(kLawWords, "Mail", "2007-11-23"), Print(kPart, "Herald", "2007-11-21")});
  for (const std::string& name : names) {
    const auto traced = Trace(name);
    ASSERT_TRUE(traced.status.ok()) << traced.status.error_message();
    EXPECT_THAT(Printings(*traced), AnyOf(ElementsAre("*Post", "*Herald", "Gazette", "Mail"),
                                          ElementsAre("*Herald", "*Post", "Gazette", "Mail")));
    EXPECT_FALSE(traced->first_certain());
    EXPECT_EQ(traced->appearance_count(), 4);
    EXPECT_EQ(traced->independent_origin_count(), 4);  // Wire, and three who credit nobody
    EXPECT_EQ(traced->nodes_size(), 5);
    EXPECT_EQ(traced->utterance().member_count(), 2);
    // The earliest verbatim wording is what the others are held against.
    EXPECT_EQ(traced->utterance().reference(), names[1]);
    for (const pb::UtteranceMember& member : traced->utterance().members()) {
      EXPECT_EQ(member.comparison().relation(),
                member.quote().name() == names[1] ? pb::WORDING_RELATION_IDENTICAL : pb::WORDING_RELATION_EXTENDED);
      EXPECT_TRUE(member.quote().appearances().empty());
    }
    ASSERT_EQ(traced->spread_size(), 3);
    EXPECT_EQ(traced->spread(0).appearance_count(), 2);
    EXPECT_EQ(traced->spread(0).new_outlet_count(), 2);
  }
}

TEST_F(TraceTest, TraceQuote_WithChainsThatGoRound_Ends) {
  const auto names =
      Feed({Print(kLawWords, "A", "2007-11-22").Via("C").Via("B"), Print(kLawWords, "B", "2007-11-22").Via("A"),
            Print(kLawWords, "C", "2007-11-22").Via("A").Via("C").Via("A")});
  const auto traced = Trace(names[0]);
  ASSERT_TRUE(traced.status.ok()) << traced.status.error_message();
  EXPECT_EQ(traced->independent_origin_count(), 1);
  for (const pb::RelayNode& node : traced->nodes()) EXPECT_TRUE(node.origin());
}

TEST_F(TraceTest, TraceQuote_WithLinkedArticles_CountsWhatTheyRestOn) {
  const auto names = Feed({Print(kLawWords, "Gazette", "2007-11-22"), Print(kLawWords, "Post", "2007-11-23")});
  EXPECT_EQ(Trace(names[0])->independent_origin_count(), 2);
  const auto before = Now();
  const pb::Quote quote = *Get(names[0]);
  std::vector<std::string> articles;
  for (const pb::Appearance& appearance : quote.appearances())
    articles.push_back(appearance.article().name().substr(9));
  ASSERT_EQ(articles.size(), 2U);
  Sql("INSERT INTO article_links (article_id, kind, other_id, note, author, via, recorded_from) VALUES ('" +
      articles[1] + "', 2, '" + articles[0] + "', '', '', '', clock_timestamp()), ('" + articles[0] + "', 5, '" +
      articles[1] + "', '', '', '', clock_timestamp()) RETURNING 1");
  const auto traced = Trace(names[0]);
  EXPECT_EQ(traced->independent_origin_count(), 1);
  ASSERT_EQ(traced->edges_size(), 1);
  EXPECT_EQ(traced->edges(0).kind(), pb::ARTICLE_LINK_KIND_REPRINTS);
  EXPECT_EQ(traced->edges(0).from(), "outlets/gazette");
  EXPECT_EQ(traced->edges(0).appearance_count(), 0);
  EXPECT_EQ(Trace(names[0], &before)->independent_origin_count(), 2);
}

TEST_F(TraceTest, TraceQuote_AsOfAMoment_HasThePrintingsOfThen) {
  const auto names = Feed({Print(kLawWords, "Gazette", "2007-11-22")});
  const auto before = Now();
  const auto later = Feed({Print(kLawWords, "Post", "2007-11-21"), Print(kPart, "Mail", "2007-11-24")});
  EXPECT_THAT(Printings(*Trace(names[0])), ElementsAre("*Post", "Gazette", "Mail"));
  EXPECT_THAT(Printings(*Trace(names[0], &before)), ElementsAre("*Gazette"));
  EXPECT_EQ(Reason(Trace(later[1], &before).status), pb::ERROR_REASON_NOT_RECORDED_YET);
}

TEST_F(TraceTest, TraceQuote_WithARetractedQuote_ShowsItAndCountsItNowhere) {
  const auto names = Feed({Print(kLawWords, "Gazette", "2007-11-22"), Print(kPart, "Post", "2007-11-21")});
  ASSERT_TRUE(Retract(names[1]).status.ok());
  Match();
  const auto traced = Trace(names[0]);
  EXPECT_THAT(Printings(*traced), ElementsAre("Post", "*Gazette"));
  EXPECT_TRUE(traced->appearances(0).retracted());
  EXPECT_TRUE(traced->first_certain());
  EXPECT_EQ(traced->appearance_count(), 1);
  EXPECT_EQ(traced->independent_origin_count(), 1);
  EXPECT_EQ(traced->utterance().reference(), names[0]);
  EXPECT_EQ(traced->utterance().member_count(), 2);
}

TEST_F(TraceTest, TraceQuote_OfAQuoteWithoutPrintings_IsEmpty) {
  const std::string name = MustCreate(AQuote().Saying(kLawWords).BySomebody("an official")).name();
  const auto traced = Trace(name);
  ASSERT_TRUE(traced.status.ok()) << traced.status.error_message();
  EXPECT_EQ(traced->appearance_count(), 0);
  EXPECT_EQ(traced->independent_origin_count(), 0);
  EXPECT_EQ(traced->utterance().members_size(), 1);
}

}  // namespace
}  // namespace onrecord
