#include "tests/support/stances.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace onrecord {
namespace {

class StancesTest : public StanceTest {
 protected:
  void SetUp() override {
    StanceTest::SetUp();
    envoy_ = MakeSpeaker("envoy", "Alexander Botsan-Kharchenko");
    americans_ = MakeSpeaker("the-americans", "the Americans");
    claim_ = MakeClaim("kosovo-independent-de-facto", "Kosovo is independent de facto");
  }

  pb::ListClaimRelationsResponse Relations(const std::string& claim) {
    pb::ListClaimRelationsRequest request;
    request.set_claim(claim);
    const auto listed = Call(*claims_, &pb::ClaimService::Stub::ListClaimRelations, request);
    EXPECT_TRUE(listed.status.ok()) << listed.status.error_message();
    return *listed;
  }

  std::string envoy_;
  std::string americans_;
  std::string claim_;
};

TEST_F(StancesTest, SetStance_OfTheSource_IsItsOwn) {
  const pb::Quote quote = MustCreate(AQuote().Saying("Not pseudo-reality").By(envoy_).On("2007-11-21"));
  const pb::Stance stance = MustSet(AStance(quote, claim_, pb::POSITION_DENIES));
  EXPECT_EQ(stance.name(), quote.name() + "/stances/kosovo-independent-de-facto");
  EXPECT_EQ(stance.holder(), envoy_);
  EXPECT_EQ(stance.holder_display_name(), "Alexander Botsan-Kharchenko");
  EXPECT_EQ(stance.claim_text(), "Kosovo is independent de facto");
  EXPECT_FALSE(stance.ascribed());
  EXPECT_EQ(stance.strength(), pb::STRENGTH_PLAIN);
  EXPECT_EQ(stance.held().from().day(), 21);
  EXPECT_EQ(stance.quote_text(), "Not pseudo-reality");
  EXPECT_EQ(stance.author(), "ada");
  EXPECT_EQ(stance.etag(), "1");
}

TEST_F(StancesTest, SetStance_OfSomebodyElse_IsAscribedAndLeftOut) {
  const pb::Quote quote = MustCreate(AQuote().Saying("The Americans believe that it has").By(envoy_));
  MustSet(AStance(quote, claim_, pb::POSITION_DENIES));
  const pb::Stance ascribed = MustSet(AStance(quote, claim_, pb::POSITION_ASSERTS, americans_));
  EXPECT_EQ(ascribed.name(), quote.name() + "/stances/kosovo-independent-de-facto.the-americans");
  EXPECT_TRUE(ascribed.ascribed());
  EXPECT_EQ(ascribed.ascribed_by(), envoy_);
  ASSERT_EQ(StancesOn(claim_).size(), 1U);
  EXPECT_EQ(StancesOn(claim_)[0].position(), pb::POSITION_DENIES);
  EXPECT_EQ(StancesOn(claim_, /*ascribed=*/true).size(), 2U);
}

TEST_F(StancesTest, SetStance_AscribedByAnOutlet_IsNotTheHoldersOwn) {
  const std::string outlet = MakeOutlet("afp", "Agence France-Presse");
  const std::string serbia = MakeSpeaker("serbia", "Serbia");
  const pb::Quote quote = MustCreate(AQuote().Saying("an integral part of its territory").By(serbia));
  pb::Stance stance = AStance(quote, claim_, pb::POSITION_DENIES);
  stance.set_ascribed_by(outlet);
  stance = MustSet(stance);
  EXPECT_EQ(stance.holder(), serbia);
  EXPECT_EQ(stance.ascribed_by(), outlet);
  EXPECT_TRUE(stance.ascribed());
}

TEST_F(StancesTest, SetStance_HolderIsAscriber_IsRefused) {
  const pb::Quote quote = MustCreate(AQuote().By(envoy_));
  pb::Stance stance = AStance(quote, claim_, pb::POSITION_DENIES);
  stance.set_ascribed_by(envoy_);
  EXPECT_EQ(Fields(SetStance(stance).status), std::vector<std::string>{"stance.ascribed_by"});
  stance.set_holder(envoy_);
  EXPECT_EQ(Fields(SetStance(stance).status), std::vector<std::string>{"stance.ascribed_by"});
}

TEST_F(StancesTest, SetStance_OnWhatIsNoEvidence_IsRefused) {
  const pb::Quote retracted = MustCreate(AQuote().Saying("one").By(envoy_));
  ASSERT_TRUE(Retract(retracted.name()).status.ok());
  EXPECT_EQ(Reason(SetStance(AStance(retracted, claim_, pb::POSITION_DENIES)).status),
            pb::ERROR_REASON_QUOTE_RETRACTED);
  const pb::Quote negated = MustCreate(AQuote().Saying("two").By(envoy_).As(pb::POLARITY_NEGATED));
  EXPECT_EQ(Reason(SetStance(AStance(negated, claim_, pb::POSITION_DENIES)).status), pb::ERROR_REASON_QUOTE_NOT_SAID);
  pb::Quote missing;
  missing.set_name("quotes/" + std::string(32, 'a'));
  EXPECT_EQ(Reason(SetStance(AStance(missing, claim_, pb::POSITION_DENIES)).status), pb::ERROR_REASON_QUOTE_NOT_FOUND);
}

TEST_F(StancesTest, SetStance_Wrong_NamesEveryField) {
  pb::Stance stance;
  stance.set_quote("x");
  stance.set_claim("y");
  stance.set_holder("z");
  stance.set_strength(static_cast<pb::Strength>(9));
  EXPECT_EQ(Fields(SetStance(stance).status), (std::vector<std::string>{"stance.quote", "stance.claim", "stance.holder",
                                                                        "stance.position", "stance.strength"}));
}

TEST_F(StancesTest, SetStance_Again_KeepsARevision) {
  const pb::Quote quote = MustCreate(AQuote().By(envoy_));
  const pb::Stance first = MustSet(AStance(quote, claim_, pb::POSITION_DENIES));
  EXPECT_EQ(MustSet(AStance(quote, claim_, pb::POSITION_DENIES)).etag(), "1");  // nothing changed
  pb::Stance next = first;
  next.set_position(pb::POSITION_QUESTIONS);
  EXPECT_EQ(MustSet(next).etag(), "2");
  EXPECT_EQ(Reason(SetStance(next).status), pb::ERROR_REASON_ETAG_MISMATCH);
  pb::ListStanceRevisionsRequest request;
  request.set_name(first.name());
  const auto revisions = Call(*claims_, &pb::ClaimService::Stub::ListStanceRevisions, request);
  ASSERT_EQ(revisions->revisions_size(), 2);
  EXPECT_EQ(revisions->revisions(0).stance().position(), pb::POSITION_QUESTIONS);
  EXPECT_EQ(revisions->revisions(1).stance().position(), pb::POSITION_DENIES);
  EXPECT_TRUE(revisions->revisions(1).has_end_time());
  pb::GetStanceRequest earlier;
  earlier.set_name(first.name());
  *earlier.mutable_as_of() = first.update_time();
  EXPECT_EQ(Call(*claims_, &pb::ClaimService::Stub::GetStance, earlier)->stance().position(), pb::POSITION_DENIES);
}

TEST_F(StancesTest, SetStance_WithOneRequestId_SetsOnce) {
  const pb::Quote quote = MustCreate(AQuote().By(envoy_));
  ASSERT_TRUE(SetStance(AStance(quote, claim_, pb::POSITION_DENIES), "once").status.ok());
  EXPECT_EQ(SetStance(AStance(quote, claim_, pb::POSITION_DENIES), "once")->etag(), "1");
  EXPECT_EQ(Reason(SetStance(AStance(quote, claim_, pb::POSITION_ASSERTS), "once").status),
            pb::ERROR_REASON_REQUEST_ID_REUSED);
}

TEST_F(StancesTest, RemoveStance_LeavesItInTheHistory) {
  const pb::Quote quote = MustCreate(AQuote().By(envoy_));
  const pb::Stance stance = MustSet(AStance(quote, claim_, pb::POSITION_DENIES));
  pb::RemoveStanceRequest request;
  request.set_name(stance.name());
  EXPECT_EQ(Fields(Call(*claims_, &pb::ClaimService::Stub::RemoveStance, request).status),
            std::vector<std::string>{"reason"});
  request.set_reason("misread");
  const auto removed = Call(*claims_, &pb::ClaimService::Stub::RemoveStance, request);
  EXPECT_EQ(removed->stance().position(), pb::POSITION_DENIES) << removed.status.error_message();
  EXPECT_TRUE(StancesOn(claim_).empty());
  EXPECT_EQ(Reason(Call(*claims_, &pb::ClaimService::Stub::RemoveStance, request).status),
            pb::ERROR_REASON_STANCE_NOT_FOUND);
  pb::ListStancesRequest earlier;
  *earlier.mutable_as_of() = stance.update_time();
  EXPECT_EQ(Stances(earlier).size(), 1U);
  MustSet(AStance(quote, claim_, pb::POSITION_ASSERTS));
  pb::ListStanceRevisionsRequest history;
  history.set_name(stance.name());
  const auto revisions = Call(*claims_, &pb::ClaimService::Stub::ListStanceRevisions, history);
  ASSERT_EQ(revisions->revisions_size(), 3);
  EXPECT_TRUE(revisions->revisions(1).removed());
  EXPECT_EQ(revisions->revisions(1).reason(), "misread");
}

TEST_F(StancesTest, RetractQuote_SuspendsItsStances) {
  const pb::Quote quote = MustCreate(AQuote().By(envoy_).On("2007-11-21"));
  const pb::Stance stance = MustSet(AStance(quote, claim_, pb::POSITION_DENIES));
  ASSERT_TRUE(Retract(quote.name()).status.ok());
  EXPECT_TRUE(StancesOn(claim_).empty());
  pb::ListStancesRequest request;
  request.set_include_suspended(true);
  ASSERT_EQ(Stances(request).size(), 1U);
  EXPECT_TRUE(Stances(request)[0].suspended());
  *request.mutable_as_of() = stance.update_time();
  EXPECT_FALSE(Stances(request)[0].suspended());
  ASSERT_TRUE(Restore(quote.name()).status.ok());
  EXPECT_EQ(StancesOn(claim_).size(), 1U);
}

TEST_F(StancesTest, RemoveStance_OfARetractedQuote_ShowsItAsItWas) {
  const std::string claim = MakeClaim("p", "P");
  const pb::Quote quote = MustCreate(AQuote().By(MakeSpeaker("eve")));
  pb::RemoveStanceRequest request;
  request.set_name(MustSet(AStance(quote, claim, pb::POSITION_ASSERTS)).name());
  request.set_reason("mistaken");
  ASSERT_TRUE(Retract(quote.name()).status.ok());
  const auto removed = Call(*claims_, &pb::ClaimService::Stub::RemoveStance, request);
  ASSERT_TRUE(removed.status.ok()) << removed.status.error_message();
  EXPECT_TRUE(removed->stance().suspended());
}

TEST_F(StancesTest, UpdateQuote_MovesItsStances) {
  pb::Quote quote = MustCreate(AQuote().By(envoy_).On("2007-11-21"));
  const pb::Stance before = MustSet(AStance(quote, claim_, pb::POSITION_DENIES));
  quote.set_speaker(americans_);
  quote.mutable_said()->mutable_from()->set_year(2008);
  quote.mutable_said()->mutable_to()->set_year(2008);
  ASSERT_TRUE(Update(quote, {"speaker", "said"}).status.ok());
  pb::ListStancesRequest request;
  request.mutable_filter()->add_holders(americans_);
  ASSERT_EQ(Stances(request).size(), 1U);
  EXPECT_EQ(Stances(request)[0].held().from().year(), 2008);
  EXPECT_EQ(Stances(request)[0].name(), before.name());
  *request.mutable_as_of() = before.update_time();
  EXPECT_TRUE(Stances(request).empty());
  request.mutable_filter()->set_holders(0, envoy_);
  ASSERT_EQ(Stances(request).size(), 1U);
  EXPECT_EQ(Stances(request)[0].held().from().year(), 2007);
}

TEST_F(StancesTest, ListStances_Paged_GivesEachOnce) {
  for (int i = 0; i < 7; ++i) {
    const pb::Quote quote =
        MustCreate(AQuote().Saying("number " + std::to_string(i)).By(envoy_).On(i < 4 ? "2007-11-21" : "2008-01-01"));
    MustSet(AStance(quote, claim_, pb::POSITION_DENIES));
    MustSet(AStance(quote, claim_, pb::POSITION_ASSERTS, americans_));
  }
  for (const bool oldest : {false, true}) {
    for (const std::vector<std::string>& holders : {std::vector<std::string>{}, {envoy_}, {envoy_, americans_}}) {
      pb::ListStancesRequest request;
      request.mutable_filter()->add_claims(claim_);
      request.mutable_filter()->set_include_ascribed(true);
      for (const std::string& holder : holders) request.mutable_filter()->add_holders(holder);
      request.set_oldest_first(oldest);
      std::vector<std::string> whole;
      for (const pb::Stance& stance : Stances(request)) whole.push_back(stance.name());
      EXPECT_EQ(whole.size(), holders.size() == 1 ? 7U : 14U);
      request.set_page_size(3);
      std::vector<std::string> paged;
      for (const pb::Stance& stance : Stances(request)) paged.push_back(stance.name());
      EXPECT_EQ(paged, whole);
    }
  }
}

TEST_F(StancesTest, ListStances_AcrossNegations_TurnsPositionsRound) {
  const std::string negation = MakeClaim("not-independent", "Kosovo is not independent");
  ASSERT_TRUE(Relate(negation, pb::CLAIM_RELATION_KIND_NEGATION_OF, claim_).status.ok());
  const pb::Quote quote = MustCreate(AQuote().By(envoy_));
  MustSet(AStance(quote, negation, pb::POSITION_ASSERTS));
  pb::ListStancesRequest request;
  request.mutable_filter()->add_claims(claim_);
  request.mutable_filter()->add_positions(pb::POSITION_DENIES);
  ASSERT_EQ(Stances(request).size(), 1U);
  EXPECT_EQ(Stances(request)[0].claim(), negation);
  request.mutable_filter()->set_positions(0, pb::POSITION_ASSERTS);
  EXPECT_TRUE(Stances(request).empty());
}

TEST_F(StancesTest, RelateClaims_Symmetric_IsStoredOnce) {
  const std::string other = MakeClaim("other", "Another proposition");
  ASSERT_TRUE(Relate(other, pb::CLAIM_RELATION_KIND_SAME, claim_).status.ok());
  ASSERT_TRUE(Relate(claim_, pb::CLAIM_RELATION_KIND_SAME, other).status.ok());
  ASSERT_EQ(Relations(claim_).relations_size(), 1);
  EXPECT_EQ(Relations(claim_).relations(0).claim(), claim_);
  EXPECT_EQ(Relations(other).relations(0).claim(), other);
  EXPECT_EQ(Relations(other).relations(0).other_text(), "Kosovo is independent de facto");
}

TEST_F(StancesTest, RelateClaims_Impossible_IsRefused) {
  const std::string b = MakeClaim("b", "B");
  const std::string c = MakeClaim("c", "C");
  EXPECT_EQ(Fields(Relate(b, pb::CLAIM_RELATION_KIND_SAME, b).status), std::vector<std::string>{"relation.other"});
  EXPECT_EQ(Fields(Relate(b, pb::CLAIM_RELATION_KIND_UNSPECIFIED, c).status),
            std::vector<std::string>{"relation.kind"});
  ASSERT_TRUE(Relate(claim_, pb::CLAIM_RELATION_KIND_SAME, b).status.ok());
  ASSERT_TRUE(Relate(b, pb::CLAIM_RELATION_KIND_NEGATION_OF, c).status.ok());
  EXPECT_EQ(Reason(Relate(claim_, pb::CLAIM_RELATION_KIND_SAME, c).status), pb::ERROR_REASON_CLAIM_CYCLE);
  EXPECT_EQ(Reason(Relate(claim_, pb::CLAIM_RELATION_KIND_NEGATION_OF, b).status), pb::ERROR_REASON_CLAIM_CYCLE);
  EXPECT_EQ(Reason(Merge(claim_, c).status), pb::ERROR_REASON_CLAIM_CYCLE);
  const std::string x = MakeClaim("x", "X"), y = MakeClaim("y", "Y"), z = MakeClaim("z", "Z");
  ASSERT_TRUE(Relate(x, pb::CLAIM_RELATION_KIND_NARROWER, y).status.ok());
  ASSERT_TRUE(Relate(y, pb::CLAIM_RELATION_KIND_NARROWER, z).status.ok());
  EXPECT_EQ(Reason(Relate(z, pb::CLAIM_RELATION_KIND_NARROWER, x).status), pb::ERROR_REASON_CLAIM_CYCLE);
}

TEST_F(StancesTest, UnrelateClaims_EndsARelation) {
  const std::string other = MakeClaim("other", "Another proposition");
  ASSERT_TRUE(Relate(other, pb::CLAIM_RELATION_KIND_RELATED, claim_).status.ok());
  pb::UnrelateClaimsRequest request;
  request.set_claim(claim_);
  request.set_kind(pb::CLAIM_RELATION_KIND_RELATED);
  request.set_other(other);
  request.set_reason("not really");
  EXPECT_TRUE(Call(*claims_, &pb::ClaimService::Stub::UnrelateClaims, request).status.ok());
  EXPECT_EQ(Relations(claim_).relations_size(), 0);
  EXPECT_EQ(Reason(Call(*claims_, &pb::ClaimService::Stub::UnrelateClaims, request).status),
            pb::ERROR_REASON_RELATION_NOT_FOUND);
}

TEST_F(StancesTest, MergeClaims_OldNamesAnswerAndNothingIsLost) {
  const std::string twin = MakeClaim("twin", "Kosovo is de facto independent");
  const std::string third = MakeClaim("third", "A third");
  ASSERT_TRUE(Relate(twin, pb::CLAIM_RELATION_KIND_ENTAILS, third).status.ok());
  const pb::Quote one = MustCreate(AQuote().Saying("one").By(envoy_));
  const pb::Quote two = MustCreate(AQuote().Saying("two").By(envoy_));
  MustSet(AStance(one, twin, pb::POSITION_DENIES));
  MustSet(AStance(two, twin, pb::POSITION_DENIES));
  const pb::Stance kept = MustSet(AStance(two, claim_, pb::POSITION_QUESTIONS));
  const auto merged = Merge(twin, claim_);
  ASSERT_TRUE(merged.status.ok()) << merged.status.error_message();
  EXPECT_EQ(merged->replaced_stance_count(), 1);
  ASSERT_EQ(merged->claim().former_names_size(), 1);
  EXPECT_EQ(merged->claim().former_names(0), twin);
  EXPECT_EQ(StancesOn(claim_).size(), 2U);
  EXPECT_EQ(StancesOn(twin).size(), 2U);
  for (const pb::Stance& stance : StancesOn(twin)) EXPECT_EQ(stance.claim(), claim_);
  pb::GetClaimRequest get;
  get.set_name(twin);
  EXPECT_EQ(Call(*claims_, &pb::ClaimService::Stub::GetClaim, get)->claim().name(), claim_);
  pb::GetStanceRequest old_name;
  old_name.set_name(one.name() + "/stances/twin");
  EXPECT_EQ(Call(*claims_, &pb::ClaimService::Stub::GetStance, old_name)->stance().claim(), claim_);
  ASSERT_EQ(Relations(claim_).relations_size(), 1);
  EXPECT_EQ(Relations(claim_).relations(0).other(), third);
  // Setting a stance under the old name changes the one that moved.
  EXPECT_EQ(MustSet(AStance(one, twin, pb::POSITION_ASSERTS)).claim(), claim_);
  EXPECT_EQ(StancesOn(claim_).size(), 2U);
  // As of before the merge they were two.
  pb::ListStancesRequest earlier;
  earlier.mutable_filter()->add_claims(twin);
  *earlier.mutable_as_of() = kept.update_time();
  ASSERT_EQ(Stances(earlier).size(), 2U);
  EXPECT_EQ(Stances(earlier)[0].claim(), twin);
  // And the merged one goes on when the other is merged in turn.
  ASSERT_TRUE(Merge(claim_, third).status.ok());
  EXPECT_EQ(StancesOn(twin).size(), 2U);
  EXPECT_EQ(Call(*claims_, &pb::ClaimService::Stub::GetClaim, get)->claim().name(), third);
  EXPECT_EQ(Fields(Merge(twin, third).status), std::vector<std::string>{"into"});
}

TEST_F(StancesTest, MergeClaims_WhileStancesAreSet_LosesNone) {
  const std::string twin = MakeClaim("twin", "Kosovo is de facto independent");
  std::vector<pb::Quote> quotes;
  for (int i = 0; i < 48; ++i) quotes.push_back(MustCreate(AQuote().Saying("quote " + std::to_string(i)).By(envoy_)));
  std::vector<std::thread> writers;
  std::atomic<int> failed = 0;
  for (std::size_t writer = 0; writer < 8; ++writer) {
    writers.emplace_back([&, writer] {
      for (std::size_t i = writer; i < quotes.size(); i += 8) {
        if (!SetStance(AStance(quotes[i], i % 2 == 0 ? twin : claim_, pb::POSITION_DENIES)).status.ok()) ++failed;
        pb::Quote changed = quotes[i];
        changed.mutable_said()->mutable_from()->set_year(2001);
        changed.mutable_said()->mutable_to()->set_year(2001);
        if (!Update(changed, {"said"}).status.ok()) ++failed;
      }
    });
  }
  const auto merged = Merge(twin, claim_);
  for (std::thread& writer : writers) writer.join();
  EXPECT_TRUE(merged.status.ok()) << merged.status.error_message();
  EXPECT_EQ(failed, 0);
  const std::vector<pb::Stance> stances = StancesOn(claim_);
  EXPECT_EQ(stances.size(), quotes.size());
  for (const pb::Stance& stance : stances) {
    EXPECT_EQ(stance.claim(), claim_);
    EXPECT_EQ(stance.held().from().year(), 2001);
  }
}

TEST_F(StancesTest, ListQuotes_ThatAreEvidence) {
  const std::string negation = MakeClaim("not-independent", "Kosovo is not independent");
  ASSERT_TRUE(Relate(negation, pb::CLAIM_RELATION_KIND_NEGATION_OF, claim_).status.ok());
  MustSet(AStance(MustCreate(AQuote().Saying("denied").By(envoy_).On("2007")), claim_, pb::POSITION_DENIES));
  MustSet(AStance(MustCreate(AQuote().Saying("negated").By(americans_).On("2008")), negation, pb::POSITION_ASSERTS));
  MustSet(
      AStance(MustCreate(AQuote().Saying("ascribed").By(envoy_).On("2009")), claim_, pb::POSITION_ASSERTS, americans_));
  MustCreate(AQuote().Saying("something else").By(envoy_));
  const auto texts = [&](const std::function<void(pb::QuoteFilter&)>& change) {
    pb::QuoteFilter filter;
    change(filter);
    const auto listed = List(filter);
    EXPECT_TRUE(listed.status.ok()) << listed.status.error_message();
    EXPECT_EQ(Count(filter)->count(), listed->quotes_size());
    return Texts(*listed);
  };
  using Names = std::vector<std::string>;
  EXPECT_EQ(texts([&](pb::QuoteFilter& f) { f.add_claims(claim_); }), (Names{"negated", "denied"}));
  EXPECT_EQ(texts([&](pb::QuoteFilter& f) {
              f.add_claims(claim_);
              f.add_positions(pb::POSITION_DENIES);
            }),
            (Names{"negated", "denied"}));
  EXPECT_EQ(texts([&](pb::QuoteFilter& f) {
              f.add_claims(claim_);
              f.add_positions(pb::POSITION_ASSERTS);
              f.set_include_ascribed(true);
            }),
            Names{"ascribed"});
  EXPECT_EQ(texts([&](pb::QuoteFilter& f) { f.add_positions(pb::POSITION_ASSERTS); }), Names{"negated"});
  EXPECT_EQ(texts([&](pb::QuoteFilter& f) { f.add_holders(americans_); }), Names{"negated"});
  EXPECT_EQ(texts([&](pb::QuoteFilter& f) {
              f.add_holders(americans_);
              f.add_speakers(envoy_);
              f.set_include_ascribed(true);
            }),
            Names{"ascribed"});
  pb::QuoteFilter wrong;
  wrong.add_claims("x");
  wrong.add_positions(static_cast<pb::Position>(99));
  wrong.add_holders("y");
  EXPECT_EQ(Fields(List(wrong).status),
            (std::vector<std::string>{"filter.claims[0]", "filter.positions[0]", "filter.holders[0]"}));
}

TEST_F(StancesTest, GetTimeline_ByPositionClaimAndHolder) {
  const std::string other = MakeClaim("other", "Another proposition");
  const pb::Quote both = MustCreate(AQuote().Saying("both").By(envoy_).On("2007-05-01"));
  MustSet(AStance(both, claim_, pb::POSITION_DENIES));
  MustSet(AStance(both, other, pb::POSITION_ASSERTS));
  MustSet(AStance(MustCreate(AQuote().Saying("later").By(envoy_).On("2008")), claim_, pb::POSITION_DENIES));
  MustCreate(AQuote().Saying("nothing").By(envoy_).On("2007"));
  const auto series = [&](pb::TimelineGroup group, const std::string& claim) {
    pb::GetTimelineRequest request;
    request.set_group(group);
    request.set_granularity(pb::GRANULARITY_YEAR);
    if (!claim.empty()) request.mutable_filter()->add_claims(claim);
    const auto timeline = Call(*timeline_, &pb::TimelineService::Stub::GetTimeline, request);
    EXPECT_TRUE(timeline.status.ok()) << timeline.status.error_message();
    std::vector<std::pair<std::string, int>> shown;
    for (const pb::TimelineSeries& one : timeline->series()) shown.emplace_back(one.group(), one.total());
    return shown;
  };
  using Series = std::vector<std::pair<std::string, int>>;
  EXPECT_EQ(series(pb::TIMELINE_GROUP_POSITION, ""), (Series{{"POSITION_DENIES", 2}, {"POSITION_ASSERTS", 1}}));
  EXPECT_EQ(series(pb::TIMELINE_GROUP_POSITION, claim_), (Series{{"POSITION_DENIES", 2}}));
  EXPECT_EQ(series(pb::TIMELINE_GROUP_CLAIM, ""), (Series{{claim_, 2}, {other, 1}}));
  EXPECT_EQ(series(pb::TIMELINE_GROUP_HOLDER, ""), (Series{{envoy_, 2}}));
}

class ReviewsTest : public StancesTest {
 protected:
  void SetUp() override {
    StancesTest::SetUp();
    checker_ = MakeOutlet("politifact", "PolitiFact");
  }
  pb::Review AReview(const std::string& text) {
    pb::Review review;
    review.set_claim(claim_);
    review.set_reviewer(checker_);
    review.set_rating_text(text);
    review.set_url("https://example.org/" + std::to_string(++urls_));
    return review;
  }
  Answer<pb::Review> CreateReview(const pb::Review& review) {
    pb::CreateReviewRequest request;
    *request.mutable_review() = review;
    const auto made = Call(*claims_, &pb::ClaimService::Stub::CreateReview, request);
    return {made.status, made->review()};
  }
  std::vector<pb::Review> Reviews(const pb::ListReviewsRequest& asked) {
    pb::ListReviewsRequest request = asked;
    std::vector<pb::Review> reviews;
    do {
      const auto page = Call(*claims_, &pb::ClaimService::Stub::ListReviews, request);
      EXPECT_TRUE(page.status.ok()) << page.status.error_message();
      reviews.insert(reviews.end(), page->reviews().begin(), page->reviews().end());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return reviews;
  }

  std::string checker_;
  int urls_ = 0;
};

TEST_F(ReviewsTest, CreateReview_Disagreeing_LiveSideBySide) {
  pb::Review first = AReview("Pants on Fire!");
  first.mutable_rating()->set_value(1);
  first.mutable_rating()->set_best(5);
  first.mutable_rating()->set_worst(1);
  const Answer<pb::Review> one = CreateReview(first);
  ASSERT_TRUE(one.status.ok()) << one.status.error_message();
  EXPECT_EQ(one->verdict(), pb::VERDICT_NOT_CREDIBLE);
  EXPECT_EQ(one->normalized(), 0);
  EXPECT_TRUE(one->has_normalized());
  EXPECT_EQ(one->reviewer_display_name(), "PolitiFact");
  const Answer<pb::Review> two = CreateReview(AReview("Mostly true"));
  EXPECT_EQ(two->verdict(), pb::VERDICT_MOSTLY_CREDIBLE);
  EXPECT_FALSE(two->has_normalized());
  pb::ListReviewsRequest request;
  request.set_claim(claim_);
  request.set_page_size(1);
  ASSERT_EQ(Reviews(request).size(), 2U);
  EXPECT_EQ(Reviews(request)[0].name(), one->name());
  EXPECT_EQ(Reason(CreateReview(first).status), pb::ERROR_REASON_REVIEW_EXISTS);
}

TEST_F(ReviewsTest, CreateReview_OutsideItsScale_IsRefused) {
  pb::Review review = AReview("6 of 5");
  review.mutable_rating()->set_value(6);
  review.mutable_rating()->set_best(5);
  review.mutable_rating()->set_worst(1);
  EXPECT_EQ(Fields(CreateReview(review).status), std::vector<std::string>{"review.rating.value"});
  review.mutable_rating()->set_best(1);
  EXPECT_EQ(Fields(CreateReview(review).status), std::vector<std::string>{"review.rating"});
  review.mutable_rating()->set_best(std::numeric_limits<double>::quiet_NaN());
  EXPECT_EQ(Fields(CreateReview(review).status), std::vector<std::string>{"review.rating"});
  review = AReview("");
  review.set_quote("x");
  EXPECT_EQ(Fields(CreateReview(review).status),
            (std::vector<std::string>{"review.claim", "review.quote", "review.rating_text"}));
}

TEST_F(ReviewsTest, UpdateReview_KeepsWhatWasThere) {
  const pb::Review made = *CreateReview(AReview("False"));
  EXPECT_EQ(made.verdict(), pb::VERDICT_NOT_CREDIBLE);
  pb::UpdateReviewRequest request;
  *request.mutable_review() = made;
  request.mutable_review()->set_rating_text("True");
  request.mutable_update_mask()->add_paths("rating_text");
  const auto updated = Call(*claims_, &pb::ClaimService::Stub::UpdateReview, request);
  ASSERT_TRUE(updated.status.ok()) << updated.status.error_message();
  EXPECT_EQ(updated->review().verdict(), pb::VERDICT_CREDIBLE);
  EXPECT_EQ(updated->review().etag(), "2");
  EXPECT_EQ(Reason(Call(*claims_, &pb::ClaimService::Stub::UpdateReview, request).status),
            pb::ERROR_REASON_ETAG_MISMATCH);
  pb::GetReviewRequest earlier;
  earlier.set_name(made.name());
  *earlier.mutable_as_of() = made.update_time();
  EXPECT_EQ(Call(*claims_, &pb::ClaimService::Stub::GetReview, earlier)->review().rating_text(), "False");
}

TEST_F(ReviewsTest, RetractReview_LeavesItsReason) {
  const pb::Quote quote = MustCreate(AQuote().By(envoy_));
  pb::Review review = AReview("Misattributed");
  review.clear_claim();
  review.set_quote(quote.name());
  const pb::Review made = *CreateReview(review);
  pb::RetractReviewRequest request;
  request.set_name(made.name());
  request.set_reason("the outlet withdrew it");
  const auto retracted = Call(*claims_, &pb::ClaimService::Stub::RetractReview, request);
  EXPECT_EQ(retracted->review().retract_reason(), "the outlet withdrew it") << retracted.status.error_message();
  pb::ListReviewsRequest list;
  list.set_quote(quote.name());
  EXPECT_TRUE(Reviews(list).empty());
  list.set_include_retracted(true);
  EXPECT_EQ(Reviews(list).size(), 1U);
  list.set_include_retracted(false);
  *list.mutable_as_of() = made.update_time();
  EXPECT_EQ(Reviews(list).size(), 1U);
  EXPECT_EQ(Reason(Call(*claims_, &pb::ClaimService::Stub::RetractReview, request).status),
            pb::ERROR_REASON_REVIEW_RETRACTED);
}

TEST_F(StancesTest, AsOf_InTheFutureOrNoTime_IsRefused) {
  pb::ListStancesRequest request;
  request.mutable_as_of()->set_seconds(4102444800);
  EXPECT_EQ(Fields(Call(*claims_, &pb::ClaimService::Stub::ListStances, request).status),
            std::vector<std::string>{"as_of"});
  request.mutable_as_of()->set_seconds(1);
  request.mutable_as_of()->set_nanos(-1);
  EXPECT_EQ(Fields(Call(*claims_, &pb::ClaimService::Stub::ListStances, request).status),
            std::vector<std::string>{"as_of"});
  request.mutable_as_of()->set_nanos(0);  // before the first record
  EXPECT_TRUE(Stances(request).empty());
}

}  // namespace
}  // namespace onrecord
