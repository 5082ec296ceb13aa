#include <gtest/gtest.h>

#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/support/stances.h"

namespace onrecord {
namespace {

// kind, year before, year after.
using Step = std::tuple<pb::ChangeKind, int, int>;

class StanceHistoryTest : public StanceTest {
 protected:
  void SetUp() override {
    StanceTest::SetUp();
    ada_ = MakeSpeaker("ada", "Ada");
    bob_ = MakeSpeaker("bob", "Bob");
    topic_ = MakeTopic("kosovo");
    claim_ = MakeClaim("p", "Kosovo is independent", topic_);
  }
  pb::GetStanceHistoryResponse History(const pb::GetStanceHistoryRequest& asked) {
    pb::GetStanceHistoryRequest request = asked;
    pb::GetStanceHistoryResponse all;
    do {
      const auto page = Call(*timeline_, &pb::TimelineService::Stub::GetStanceHistory, request);
      EXPECT_TRUE(page.status.ok()) << page.status.error_message();
      all.mutable_lanes()->MergeFrom(page->lanes());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return all;
  }
  pb::GetStanceHistoryResponse HistoryOf(const std::string& claim) {
    pb::GetStanceHistoryRequest request;
    request.set_claim(claim);
    return History(request);
  }
  static std::vector<Step> Steps(const pb::StanceLane& lane) {
    std::vector<Step> steps;
    for (const pb::StanceChange& change : lane.changes()) {
      steps.emplace_back(change.kind(), change.before().held().from().year(), change.after().held().from().year());
    }
    return steps;
  }
  std::vector<pb::Reversal> Reversals(const pb::ListReversalsRequest& asked) {
    pb::ListReversalsRequest request = asked;
    std::vector<pb::Reversal> reversals;
    do {
      const auto page = Call(*timeline_, &pb::TimelineService::Stub::ListReversals, request);
      EXPECT_TRUE(page.status.ok()) << page.status.error_message();
      reversals.insert(reversals.end(), page->reversals().begin(), page->reversals().end());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return reversals;
  }
  std::vector<pb::Contradiction> Contradictions(const pb::ListContradictionsRequest& asked) {
    pb::ListContradictionsRequest request = asked;
    std::vector<pb::Contradiction> found;
    do {
      const auto page = Call(*timeline_, &pb::TimelineService::Stub::ListContradictions, request);
      EXPECT_TRUE(page.status.ok()) << page.status.error_message();
      found.insert(found.end(), page->contradictions().begin(), page->contradictions().end());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return found;
  }
  grpc::Status Label(const pb::Stance& before, const pb::Stance& after, pb::ChangeLabel label) {
    pb::LabelChangeRequest request;
    request.set_before(before.name());
    request.set_after(after.name());
    request.set_label(label);
    request.set_note("as the desk sees it");
    return Call(*timeline_, &pb::TimelineService::Stub::LabelChange, request, "editor").status;
  }
  pb::GetFirstsResponse Firsts(const std::string& claim) {
    pb::GetFirstsRequest request;
    request.set_claim(claim);
    const auto firsts = Call(*timeline_, &pb::TimelineService::Stub::GetFirsts, request);
    EXPECT_TRUE(firsts.status.ok()) << firsts.status.error_message();
    return *firsts;
  }

  std::string ada_;
  std::string bob_;
  std::string topic_;
  std::string claim_;
};

TEST_F(StanceHistoryTest, GetStanceHistory_ThroughTheMiddle_MarksEachChange) {
  Says(ada_, "2001", claim_, pb::POSITION_ASSERTS);
  Says(ada_, "2005", claim_, pb::POSITION_NEUTRAL);
  Says(ada_, "2010", claim_, pb::POSITION_DENIES);
  const pb::GetStanceHistoryResponse history = HistoryOf(claim_);
  ASSERT_EQ(history.lanes_size(), 1);
  EXPECT_EQ(history.lanes(0).holder(), ada_);
  EXPECT_EQ(history.lanes(0).holder_display_name(), "Ada");
  EXPECT_EQ(history.lanes(0).claim_text(), "Kosovo is independent");
  EXPECT_EQ(history.lanes(0).points_size(), 3);
  EXPECT_EQ(Steps(history.lanes(0)), (std::vector<Step>{{pb::CHANGE_KIND_SOFTENING, 2001, 2005},
                                                        {pb::CHANGE_KIND_REVERSAL, 2001, 2010},
                                                        {pb::CHANGE_KIND_HARDENING, 2005, 2010}}));
  EXPECT_EQ(history.lanes(0).changes(1).before().stances(0).quote_text(), "words 1");
}

TEST_F(StanceHistoryTest, GetStanceHistory_OverlappingDates_ClaimNoOrder) {
  Says(ada_, "2001", claim_, pb::POSITION_ASSERTS);
  Says(ada_, "2001-05-03", claim_, pb::POSITION_DENIES);
  Says(ada_, "", claim_, pb::POSITION_DENIES);
  EXPECT_TRUE(HistoryOf(claim_).lanes(0).changes().empty());
  EXPECT_EQ(HistoryOf(claim_).lanes(0).points_size(), 3);
}

TEST_F(StanceHistoryTest, GetStanceHistory_DenyingTheNegation_IsAsserting) {
  const std::string negation = MakeClaim("not-p", "Kosovo is not independent");
  ASSERT_TRUE(Relate(claim_, pb::CLAIM_RELATION_KIND_NEGATION_OF, negation).status.ok());
  Says(ada_, "2001", claim_, pb::POSITION_ASSERTS);
  Says(ada_, "2002", negation, pb::POSITION_DENIES);
  Says(ada_, "2003", negation, pb::POSITION_ASSERTS);
  EXPECT_EQ(Steps(HistoryOf(claim_).lanes(0)), (std::vector<Step>{{pb::CHANGE_KIND_REVERSAL, 2002, 2003}}));
  const pb::StanceLane turned = HistoryOf(negation).lanes(0);
  EXPECT_EQ(turned.points(0).position(), pb::POSITION_DENIES);
  EXPECT_EQ(turned.claim(), negation);
  pb::GetStanceHistoryRequest by_topic;
  by_topic.set_topic(topic_);
  ASSERT_EQ(History(by_topic).lanes_size(), 1);
  EXPECT_EQ(History(by_topic).lanes(0).claim(), claim_);
  EXPECT_EQ(History(by_topic).lanes(0).points_size(), 3);
  EXPECT_EQ(Reversals({}).size(), 1U);
}

TEST_F(StanceHistoryTest, GetStanceHistory_Paged_IsTheSame) {
  for (int i = 0; i < 5; ++i) {
    const std::string holder = MakeSpeaker("h" + std::to_string(i));
    Says(holder, "2001", claim_, pb::POSITION_ASSERTS);
    Says(holder, "2002", claim_, pb::POSITION_DENIES);
    MustSet(AStance(MustCreate(AQuote().Saying("u" + std::to_string(i)).BySomebody("an official")), claim_,
                    pb::POSITION_ASSERTS));
  }
  pb::GetStanceHistoryRequest request;
  request.set_claim(claim_);
  const pb::GetStanceHistoryResponse whole = History(request);
  EXPECT_EQ(whole.lanes_size(), 10);
  EXPECT_EQ(whole.lanes(0).described_as(), "an official");
  EXPECT_TRUE(whole.lanes(0).holder().empty());
  request.set_page_size(2);
  EXPECT_EQ(History(request).DebugString(), whole.DebugString());
  request.add_holders("speakers/h3");
  ASSERT_EQ(History(request).lanes_size(), 1);
}

TEST_F(StanceHistoryTest, LabelChange_Wins) {
  const pb::Stance before = Says(ada_, "2001", claim_, pb::POSITION_ASSERTS);
  const pb::Stance after = Says(ada_, "2002", claim_, pb::POSITION_DENIES);
  const pb::Stance others = Says(bob_, "2002", claim_, pb::POSITION_DENIES);
  ASSERT_EQ(Reversals({}).size(), 1U);
  ASSERT_TRUE(Label(before, after, pb::CHANGE_LABEL_CONTEXT_CHANGED).ok());
  EXPECT_TRUE(Reversals({}).empty());
  pb::ListReversalsRequest dismissed;
  dismissed.set_include_dismissed(true);
  ASSERT_EQ(Reversals(dismissed).size(), 1U);
  EXPECT_EQ(Reversals(dismissed)[0].change().label_author(), "editor");
  ASSERT_TRUE(Label(before, after, pb::CHANGE_LABEL_UNSPECIFIED).ok());
  EXPECT_EQ(Reversals({}).size(), 1U);
  EXPECT_EQ(Fields(Label(before, others, pb::CHANGE_LABEL_FULL_FLOP)), std::vector<std::string>{"after"});
  EXPECT_EQ(Fields(Label(before, before, pb::CHANGE_LABEL_FULL_FLOP)), std::vector<std::string>{"after"});
}

TEST_F(StanceHistoryTest, ListReversals_Filtered_AndPaged) {
  for (int i = 0; i < 6; ++i) {
    Says(ada_, std::to_string(2000 + i), claim_, i % 2 == 0 ? pb::POSITION_ASSERTS : pb::POSITION_DENIES);
  }
  Says(bob_, "2000", claim_, pb::POSITION_SUPPORTS);
  Says(bob_, "2001", claim_, pb::POSITION_OPPOSES);
  pb::ListReversalsRequest request;
  request.set_page_size(2);
  EXPECT_EQ(Reversals(request).size(), 6U);
  request.mutable_filter()->add_holders(ada_);
  EXPECT_EQ(Reversals(request).size(), 5U);
  request.mutable_filter()->mutable_held()->mutable_from()->set_year(2004);
  EXPECT_EQ(Reversals(request).size(), 2U);
}

TEST_F(StanceHistoryTest, ListContradictions_OfOneHolder_WithinAWindow) {
  Says(ada_, "2001-01-01", claim_, pb::POSITION_ASSERTS);
  Says(ada_, "2001-01-11", claim_, pb::POSITION_DENIES);
  Says(ada_, "2001-01", claim_, pb::POSITION_OPPOSES);
  pb::ListContradictionsRequest request;
  EXPECT_EQ(Contradictions(request).size(), 2U);
  request.set_window_days(9);
  ASSERT_EQ(Contradictions(request).size(), 1U);
  EXPECT_FALSE(Contradictions(request)[0].certain());
  request.set_window_days(30);
  request.set_page_size(1);
  ASSERT_EQ(Contradictions(request).size(), 2U);
  EXPECT_TRUE(Contradictions(request)[0].certain());
}

TEST_F(StanceHistoryTest, ListContradictions_BetweenHolders_NamesBothSides) {
  const std::string cyd = MakeSpeaker("cyd", "Cyd");
  Says(ada_, "2001", claim_, pb::POSITION_ASSERTS);
  Says(bob_, "2002", claim_, pb::POSITION_DENIES);
  Says(cyd, "2003", claim_, pb::POSITION_OPPOSES);
  Says(cyd, "2003", claim_, pb::POSITION_ASSERTS);
  pb::ListContradictionsRequest request;
  request.set_between_holders(true);
  EXPECT_EQ(Fields(Call(*timeline_, &pb::TimelineService::Stub::ListContradictions, request).status),
            std::vector<std::string>{"filter.holders"});
  request.mutable_filter()->add_holders(ada_);
  ASSERT_EQ(Contradictions(request).size(), 2U);
  EXPECT_EQ(Contradictions(request)[0].in_favor().holder(), ada_);
  EXPECT_EQ(Contradictions(request)[0].against().holder(), bob_);
  request.mutable_filter()->set_holders(0, bob_);
  request.mutable_filter()->add_holders(cyd);
  request.set_page_size(1);
  ASSERT_EQ(Contradictions(request).size(), 1U);
  EXPECT_EQ(Contradictions(request)[0].in_favor().holder(), cyd);
}

TEST_F(StanceHistoryTest, ListContradictions_BetweenHolders_KeepToThePageSize) {
  for (const std::string& speaker : {ada_, bob_}) {
    Says(speaker, "2001", claim_, pb::POSITION_ASSERTS);
    Says(speaker, "2003", claim_, pb::POSITION_DENIES);
  }
  pb::ListContradictionsRequest request;
  request.set_between_holders(true);
  request.mutable_filter()->add_holders(ada_);
  request.mutable_filter()->add_holders(ada_);
  EXPECT_EQ(Contradictions(request).size(), 2U) << "one named twice is one";
  request.set_page_size(1);
  const auto page = Call(*timeline_, &pb::TimelineService::Stub::ListContradictions, request);
  EXPECT_EQ(page->contradictions_size(), 1);
  EXPECT_EQ(Contradictions(request).size(), 2U);
}

TEST_F(StanceHistoryTest, ListContradictions_HeldAtATime_LeavesOthersOut) {
  Says(ada_, "2001", claim_, pb::POSITION_ASSERTS);
  Says(ada_, "2002", claim_, pb::POSITION_DENIES);
  Says(ada_, "2008", claim_, pb::POSITION_DENIES);
  pb::ListContradictionsRequest request;
  *request.mutable_filter()->mutable_held() = Between("", "2005");
  EXPECT_EQ(Contradictions(request).size(), 1U);
  *request.mutable_filter()->mutable_held() = Between("2002", "");
  EXPECT_TRUE(Contradictions(request).empty());
}

TEST_F(StanceHistoryTest, MergeClaims_WithLabelsOnBoth_TheLatestLabelCounts) {
  const std::string other = MakeClaim("q", "Kosovo is a state");
  const pb::Stance before = Says(ada_, "2001", other, pb::POSITION_ASSERTS);
  const pb::Stance after = Says(ada_, "2002", other, pb::POSITION_DENIES);
  const auto on_claim = [&](pb::Stance stance) {
    stance.set_claim(claim_);
    stance.clear_etag();
    return MustSet(stance);
  };
  ASSERT_TRUE(Label(before, after, pb::CHANGE_LABEL_NO_FLIP).ok());
  ASSERT_TRUE(Label(on_claim(before), on_claim(after), pb::CHANGE_LABEL_FULL_FLOP).ok());
  ASSERT_TRUE(Merge(other, claim_).status.ok());
  EXPECT_EQ(HistoryOf(claim_).lanes(0).changes(0).label(), pb::CHANGE_LABEL_FULL_FLOP);
  ASSERT_TRUE(Label(before, after, pb::CHANGE_LABEL_UNSPECIFIED).ok());
  EXPECT_EQ(HistoryOf(claim_).lanes(0).changes(0).label(), pb::CHANGE_LABEL_UNSPECIFIED);
}

TEST_F(StanceHistoryTest, MergeClaims_OfTwoStancesOfOneQuote_EndsTheirLabel) {
  const std::string other = MakeClaim("q", "Kosovo is a state");
  ASSERT_TRUE(Relate(other, pb::CLAIM_RELATION_KIND_SAME, claim_).status.ok());
  const pb::Stance one = Says(ada_, "2001", other, pb::POSITION_ASSERTS);
  pb::Stance two = one;
  two.set_claim(claim_);
  two.clear_etag();
  ASSERT_TRUE(Label(one, MustSet(two), pb::CHANGE_LABEL_FULL_FLOP).ok());
  EXPECT_EQ(Reversals({}).size(), 1U);
  ASSERT_TRUE(Merge(other, claim_).status.ok());
  EXPECT_TRUE(Reversals({}).empty());
}

TEST_F(StanceHistoryTest, GetFirsts_DatesDecide_OrDoNot) {
  Says(bob_, "2002", claim_, pb::POSITION_ASSERTS);
  const pb::Stance first = Says(ada_, "2001-03-01", claim_, pb::POSITION_ASSERTS);
  Says(bob_, "2000", claim_, pb::POSITION_DENIES);
  ASSERT_EQ(Firsts(claim_).stances_size(), 1);
  EXPECT_EQ(Firsts(claim_).stances(0).name(), first.name());
  EXPECT_TRUE(Firsts(claim_).certain());
  Says(bob_, "2001", claim_, pb::POSITION_SUPPORTS);
  EXPECT_EQ(Firsts(claim_).stances_size(), 2);
  EXPECT_FALSE(Firsts(claim_).certain());
  Says(bob_, "", claim_, pb::POSITION_SUPPORTS);
  EXPECT_EQ(Firsts(claim_).stances_size(), 3);
}

TEST_F(StanceHistoryTest, GetFirsts_OfWords_GivesTies) {
  const pb::Quote first = MustCreate(AQuote().Saying("a pseudo reality of ours").By(ada_).On("2001-02-03"));
  MustCreate(AQuote().Saying("that pseudo reality").By(bob_).On("2005"));
  pb::GetFirstsRequest request;
  request.set_words("\"pseudo reality\"");
  auto firsts = Call(*timeline_, &pb::TimelineService::Stub::GetFirsts, request);
  ASSERT_EQ(firsts->quotes_size(), 1) << firsts.status.error_message();
  EXPECT_EQ(firsts->quotes(0).name(), first.name());
  EXPECT_TRUE(firsts->certain());
  MustCreate(AQuote().Saying("this pseudo reality").By(bob_).On("2001"));
  MustCreate(AQuote().Saying("no pseudo reality").By(bob_));
  firsts = Call(*timeline_, &pb::TimelineService::Stub::GetFirsts, request);
  EXPECT_EQ(firsts->quotes_size(), 3);
  EXPECT_FALSE(firsts->certain());
  request.set_claim(claim_);
  EXPECT_EQ(Fields(Call(*timeline_, &pb::TimelineService::Stub::GetFirsts, request).status),
            std::vector<std::string>{"claim"});
}

TEST_F(StanceHistoryTest, CompareOutlets_OfLargeTexts_ShowsAsManyAsAnAnswerHolds) {
  constexpr int kOutlets = 4, kOfEach = 10;
  const std::string long_text(90000, 'x');
  for (int i = 0; i < kOutlets; ++i) {
    const std::string outlet = MakeOutlet("outlet-" + std::to_string(i));
    for (int j = 0; j < kOfEach; ++j) {
      MustCreate(AQuote()
                     .Saying(absl::StrCat(i, " ", j, " ", long_text))
                     .By(ada_)
                     .About(topic_)
                     .Printed(AnAppearance().In(outlet).On("2007")));
    }
  }
  pb::CompareOutletsRequest request;
  request.set_topic(topic_);
  const auto compared = Call(*timeline_, &pb::TimelineService::Stub::CompareOutlets, request);
  ASSERT_EQ(compared->outlets_size(), kOutlets) << compared.status.error_message();
  EXPECT_LE(compared->ByteSizeLong(), std::size_t{4} << 20);
  EXPECT_EQ(compared->outlets(0).quotes_size(), kOfEach);
  EXPECT_LT(compared->outlets(3).quotes_size(), kOfEach);
  EXPECT_EQ(compared->outlets(3).quote_count(), kOfEach);
}

TEST_F(StanceHistoryTest, CompareOutlets_CountsWhatEachPrinted) {
  const std::string izvestia = MakeOutlet("izvestia", "Izvestia");
  const std::string blog = MakeOutlet("blog", "Blog");
  for (int i = 0; i < 3; ++i) {
    AQuote quote;
    quote.Saying("words of " + std::to_string(i)).By(ada_).On("2007-11-21").About(topic_);
    quote.Printed(AnAppearance().In(izvestia).On("2007-11-21"));
    if (i == 0) quote.Printed(AnAppearance().In(blog).On("2007-12-01").Via(izvestia));
    MustSet(AStance(MustCreate(quote), claim_, i == 2 ? pb::POSITION_DENIES : pb::POSITION_ASSERTS));
  }
  pb::CompareOutletsRequest request;
  request.set_claim(claim_);
  auto compared = Call(*timeline_, &pb::TimelineService::Stub::CompareOutlets, request);
  ASSERT_EQ(compared->outlets_size(), 2) << compared.status.error_message();
  EXPECT_EQ(compared->quote_count(), 3);
  EXPECT_EQ(compared->outlets(0).outlet(), izvestia);
  EXPECT_EQ(compared->outlets(0).quote_count(), 3);
  EXPECT_EQ(compared->outlets(0).for_count(), 2);
  EXPECT_EQ(compared->outlets(0).against_count(), 1);
  EXPECT_EQ(compared->outlets(0).quotes_size(), 3);
  EXPECT_EQ(compared->outlets(1).relayed_count(), 1);
  EXPECT_EQ(compared->outlets(1).first_published().from().month(), 12);
  request.mutable_published()->mutable_from()->set_year(2007);
  request.mutable_published()->mutable_from()->set_month(12);
  compared = Call(*timeline_, &pb::TimelineService::Stub::CompareOutlets, request);
  ASSERT_EQ(compared->outlets_size(), 1);
  EXPECT_EQ(compared->outlets(0).outlet(), blog);
  request.Clear();
  request.set_topic(topic_);
  compared = Call(*timeline_, &pb::TimelineService::Stub::CompareOutlets, request);
  EXPECT_EQ(compared->quote_count(), 3);
}

TEST_F(StanceHistoryTest, RetractQuote_TakesItOutOfEveryAnswerButEarlierOnes) {
  Says(ada_, "2001", claim_, pb::POSITION_ASSERTS);
  const pb::Stance after = Says(ada_, "2002", claim_, pb::POSITION_DENIES);
  ASSERT_TRUE(Retract(after.quote()).status.ok());
  EXPECT_TRUE(Reversals({}).empty());
  pb::ListReversalsRequest earlier;
  *earlier.mutable_as_of() = after.update_time();
  EXPECT_EQ(Reversals(earlier).size(), 1U);
}

}  // namespace
}  // namespace onrecord
