// The reference model against cases worked out by hand, one for each rule of the contract.
#include "tests/support/reference.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

namespace onrecord::reference {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr auto kDone = pb::ERROR_REASON_UNSPECIFIED;

api::DayRange Range(const std::string& text) { return *api::ParseInterval(text); }

pb::UncertainDate Date(const std::string& text) {
  pb::UncertainDate date;
  api::FromRange(Range(text), date);
  return date;
}

std::string Word(pb::ChangeKind kind) {
  return kind == pb::CHANGE_KIND_UNSPECIFIED ? "NONE" : pb::ChangeKind_Name(kind).substr(12);
}

std::string Words(const pb::StancePoint& point) {
  return pb::Position_Name(point.position()).substr(9) + " " + api::FormatInterval(api::ToRange(point.held()));
}

class ReferenceTest : public ::testing::Test {
 protected:
  ReferenceTest() {
    record.AddTopic("topics/t", "");
    record.AddTopic("topics/t-below", "topics/t");
    for (const char* speaker : {"ada", "ben", "cyd"}) {
      record.AddSpeaker("speakers/" + std::string(speaker), speaker);
    }
    for (const char* claim : {"a", "b", "c", "d"}) {
      pb::Claim made;
      made.set_name("claims/" + std::string(claim));
      made.set_text(claim);
      record.PutClaim(made);
    }
  }

  pb::Quote AQuote(const std::string& id, const std::string& speaker, const std::string& said = "",
                   const std::vector<std::string>& published = {}) {
    pb::Quote quote;
    quote.set_name("quotes/" + id);
    quote.set_text(id);
    if (!speaker.empty()) quote.set_speaker("speakers/" + speaker);
    quote.set_state(pb::QUOTE_STATE_ACTIVE);
    quote.set_polarity(pb::POLARITY_AFFIRMED);
    *quote.mutable_said() = Date(said);
    for (const std::string& date : published) *quote.add_appearances()->mutable_published() = Date(date);
    record.PutQuote(quote);
    return quote;
  }
  pb::ErrorReason Take(
      const std::string& quote, const std::string& claim, pb::Position position,
      const std::function<void(pb::Stance&)>& change = [](pb::Stance&) {}) {
    pb::Stance stance;
    stance.set_quote("quotes/" + quote);
    stance.set_claim("claims/" + claim);
    stance.set_position(position);
    change(stance);
    return record.SetStance(stance);
  }
  // A quote of `speaker` in which he takes a position.
  void Say(const std::string& speaker, const std::string& claim, pb::Position position, const std::string& said,
           pb::Strength strength = pb::STRENGTH_PLAIN) {
    const std::string id = "q" + std::to_string(++said_);
    AQuote(id, speaker, said);
    ASSERT_EQ(Take(id, claim, position, [&](pb::Stance& stance) { stance.set_strength(strength); }), kDone);
  }
  pb::ErrorReason Relate(const std::string& claim, pb::ClaimRelationKind kind, const std::string& other) {
    pb::ClaimRelation relation;
    relation.set_claim("claims/" + claim);
    relation.set_kind(kind);
    relation.set_other("claims/" + other);
    return record.Relate(relation);
  }
  pb::ErrorReason Label(const std::string& before, const std::string& after, pb::ChangeLabel label) {
    pb::LabelChangeRequest request;
    request.set_before("quotes/" + before);
    request.set_after("quotes/" + after);
    request.set_label(label);
    return record.LabelChange(request, "ed");
  }
  // "ada a: ASSERTS 2007, DENIES 2008" for each lane.
  std::vector<std::string> Lanes(const std::string& claim, bool include_ascribed = false) {
    std::vector<std::string> lanes;
    for (const pb::StanceLane& lane : History(claim, include_ascribed)) {
      std::string& words = lanes.emplace_back(lane.holder_display_name() + " " + lane.claim().substr(7) + ":");
      for (const pb::StancePoint& point : lane.points()) words += " " + Words(point) + ";";
    }
    return lanes;
  }
  std::vector<pb::StanceLane> History(const std::string& claim, bool include_ascribed = false) {
    pb::GetStanceHistoryRequest request;
    request.set_claim("claims/" + claim);
    request.set_include_ascribed(include_ascribed);
    return record.GetStanceHistory(request);
  }
  // "REVERSAL (REVERSAL) ASSERTS 2007 > DENIES 2008" for each change of the first lane.
  std::vector<std::string> Changes(const std::string& claim) {
    std::vector<std::string> changes;
    const std::vector<pb::StanceLane> lanes = History(claim);
    if (lanes.empty()) return changes;
    for (const pb::StanceChange& change : lanes.front().changes()) {
      changes.push_back(Word(change.kind()) + " (" + Word(change.computed_kind()) + ") " + Words(change.before()) +
                        " > " + Words(change.after()));
    }
    return changes;
  }
  std::vector<std::string> Contradictions(const std::vector<std::string>& holders, int window = 0) {
    pb::ListContradictionsRequest request;
    for (const std::string& holder : holders) request.mutable_filter()->add_holders("speakers/" + holder);
    request.set_between_holders(!holders.empty());
    request.set_window_days(window);
    std::vector<std::string> words;
    for (const pb::Contradiction& found : record.ListContradictions(request)) {
      words.push_back(found.claim().substr(7) + ": " + found.in_favor().holder_display_name() + " " +
                      Words(found.in_favor().point()) + " / " + found.against().holder_display_name() + " " +
                      Words(found.against().point()) + (found.certain() ? "" : "?"));
    }
    return words;
  }
  // The quotes of the stances that may be the first, with "!" when it is certain.
  std::string Firsts(const std::string& claim, bool include_ascribed = false) {
    pb::GetFirstsRequest request;
    request.set_claim("claims/" + claim);
    request.set_include_ascribed(include_ascribed);
    const pb::GetFirstsResponse response = record.GetFirsts(request);
    std::string words;
    for (const pb::Stance& stance : response.stances()) words += stance.quote().substr(7) + " ";
    return words + (response.certain() ? "!" : "");
  }
  std::vector<std::string> Listed(const std::function<void(pb::ListStancesRequest&)>& set) {
    pb::ListStancesRequest request;
    set(request);
    std::vector<std::string> names;
    for (const pb::Stance& stance : record.ListStances(request)) names.push_back(stance.name().substr(7));
    return names;
  }

  Record record;
  int said_ = 0;
};

constexpr auto kSame = pb::CLAIM_RELATION_KIND_SAME;
constexpr auto kNegation = pb::CLAIM_RELATION_KIND_NEGATION_OF;
constexpr auto kNarrower = pb::CLAIM_RELATION_KIND_NARROWER;

TEST_F(ReferenceTest, Days_BetweenIntervals_AreTheFewestAndTheMost) {
  EXPECT_EQ(NearestDays(Range("2007-11-01"), Range("2007-11-04")), 3);
  EXPECT_EQ(NearestDays(Range("2007-12"), Range("2007-11-29")), 2);
  EXPECT_EQ(NearestDays(Range("2007"), Range("2007-11")), 0);
  EXPECT_EQ(NearestDays(Range("../2007-11-01"), Range("2007-11-03/..")), 2);
  EXPECT_EQ(NearestDays(Range("../2007-11-01"), Range("../2007-11-03")), 0);
  EXPECT_EQ(FarthestDays(Range("2007-11-01"), Range("2007-11-04")), 3);
  EXPECT_EQ(FarthestDays(Range("2007-11"), Range("2007-11-02")), 28);
  EXPECT_EQ(FarthestDays(Range("2007-11-02"), Range("2007-11-01/..")), kForever);
}

TEST_F(ReferenceTest, CertainlyBefore_OfTouchingDates_IsFalse) {
  EXPECT_TRUE(CertainlyBefore(Range("2007-11"), Range("2007-12")));
  EXPECT_TRUE(CertainlyBefore(Range("2007-11-30"), Range("2007-12")));
  EXPECT_FALSE(CertainlyBefore(Range("2007-11"), Range("2007-11-30")));
  EXPECT_FALSE(CertainlyBefore(Range("2007-11-30"), Range("2007-11")));
  EXPECT_FALSE(CertainlyBefore(Range("2007/.."), Range("2009")));
}

TEST_F(ReferenceTest, Class_ThroughSameAndNegation_HasSigns) {
  ASSERT_EQ(Relate("a", kNegation, "b"), kDone);
  ASSERT_EQ(Relate("b", kNegation, "c"), kDone);
  ASSERT_EQ(Relate("c", kSame, "d"), kDone);
  const std::map<std::string, int> expected = {{"claims/a", 1}, {"claims/b", -1}, {"claims/c", 1}, {"claims/d", 1}};
  EXPECT_EQ(record.Class("claims/a"), expected);
  EXPECT_EQ(Relate("a", kNegation, "d"), pb::ERROR_REASON_CLAIM_CYCLE);
  EXPECT_EQ(Relate("a", kSame, "b"), pb::ERROR_REASON_CLAIM_CYCLE);
  EXPECT_EQ(Relate("d", kSame, "a"), kDone);
  EXPECT_EQ(record.Merge("claims/a", "claims/b"), pb::ERROR_REASON_CLAIM_CYCLE);
}

TEST_F(ReferenceTest, Relate_Narrower_NeverLeadsBack) {
  ASSERT_EQ(Relate("a", kNarrower, "b"), kDone);
  ASSERT_EQ(Relate("b", kNarrower, "c"), kDone);
  EXPECT_EQ(Relate("c", kNarrower, "a"), pb::ERROR_REASON_CLAIM_CYCLE);
  EXPECT_EQ(Relate("a", kNarrower, "c"), kDone);
  EXPECT_EQ(record.Merge("claims/c", "claims/a"), pb::ERROR_REASON_CLAIM_CYCLE);
}

TEST_F(ReferenceTest, ListClaimRelations_OfSymmetricOnes_ShowsThemFromTheSideAskedFor) {
  ASSERT_EQ(Relate("a", kSame, "b"), kDone);
  ASSERT_EQ(Relate("b", kSame, "a"), kDone);
  ASSERT_EQ(Relate("c", kNarrower, "b"), kDone);
  pb::ListClaimRelationsRequest request;
  request.set_claim("claims/b");
  const std::vector<pb::ClaimRelation> relations = record.ListClaimRelations(request);
  ASSERT_EQ(relations.size(), 2u);
  EXPECT_EQ(relations[0].claim() + relations[0].other(), "claims/bclaims/a");
  EXPECT_EQ(relations[1].claim() + relations[1].other(), "claims/cclaims/b");
  EXPECT_EQ(record.Unrelate("claims/b", kSame, "claims/a"), kDone);
  EXPECT_EQ(record.Unrelate("claims/b", kSame, "claims/a"), pb::ERROR_REASON_RELATION_NOT_FOUND);
  EXPECT_EQ(record.Unrelate("claims/b", kNarrower, "claims/c"), pb::ERROR_REASON_RELATION_NOT_FOUND);
}

TEST_F(ReferenceTest, Held_WithoutEnd_EndsWithTheFirstPublicationThatCanBe) {
  const auto held = [&](const std::string& said, const std::vector<std::string>& published,
                        const std::string& valid = "") {
    AQuote("q", "ada", said, published);
    EXPECT_EQ(Take("q", "a", pb::POSITION_ASSERTS, [&](pb::Stance& s) { *s.mutable_valid() = Date(valid); }), kDone);
    return api::FormatInterval(api::ToRange(record.GetStance("quotes/q/stances/a")->held()));
  };
  EXPECT_EQ(held("2007-11", {"2007-11-02"}), "2007-11");
  EXPECT_EQ(held("", {"2007-11-02", "2007-10", ""}), "../2007-10");
  EXPECT_EQ(held("2007-10-05/..", {"2007-11-02", "2007-10"}), "2007-10-05/2007-10");
  EXPECT_EQ(held("2007-12/..", {"2007-11-02"}), "2007-12/..");
  EXPECT_EQ(held("2007-11", {}, "2003/.."), "2003/..");
  EXPECT_EQ(held("", {""}), "");
}

TEST_F(ReferenceTest, SetStance_OnWhatWasNotSaid_IsRefused) {
  pb::Quote quote = AQuote("q", "ada");
  quote.set_polarity(pb::POLARITY_NEGATED);
  record.PutQuote(quote);
  EXPECT_EQ(Take("q", "a", pb::POSITION_ASSERTS), pb::ERROR_REASON_QUOTE_NOT_SAID);
  quote.set_polarity(pb::POLARITY_AFFIRMED);
  quote.set_state(pb::QUOTE_STATE_RETRACTED);
  record.PutQuote(quote);
  EXPECT_EQ(Take("q", "a", pb::POSITION_ASSERTS), pb::ERROR_REASON_QUOTE_RETRACTED);
}

TEST_F(ReferenceTest, Stances_OfRetractedOrNegatedQuotes_CountInNothing) {
  pb::Quote quote = AQuote("q", "ada", "2007");
  ASSERT_EQ(Take("q", "a", pb::POSITION_ASSERTS), kDone);
  EXPECT_THAT(Lanes("a"), ElementsAre("ada a: ASSERTS 2007;"));
  quote.set_state(pb::QUOTE_STATE_RETRACTED);
  record.PutQuote(quote);
  EXPECT_THAT(Lanes("a"), IsEmpty());
  EXPECT_EQ(Firsts("a"), "");
  EXPECT_THAT(Listed([](auto&) {}), IsEmpty());
  EXPECT_THAT(Listed([](auto& request) { request.set_include_suspended(true); }), ElementsAre("q/stances/a"));
  EXPECT_TRUE(record.GetStance("quotes/q/stances/a")->suspended());
}

TEST_F(ReferenceTest, ListStances_ByPosition_TurnsNegationsRound) {
  ASSERT_EQ(Relate("a", kNegation, "b"), kDone);
  Say("ada", "a", pb::POSITION_ASSERTS, "2007");  // q1
  Say("ben", "b", pb::POSITION_DENIES, "2007");   // q2
  Say("cyd", "b", pb::POSITION_ASSERTS, "2007");  // q3
  const auto asserted = [&](const std::vector<std::string>& claims) {
    return Listed([&](auto& request) {
      for (const std::string& claim : claims) request.mutable_filter()->add_claims(claim);
      request.mutable_filter()->add_positions(pb::POSITION_ASSERTS);
    });
  };
  EXPECT_THAT(asserted({"claims/a"}), ElementsAre("q1/stances/a", "q2/stances/b"));
  EXPECT_THAT(asserted({"claims/b"}), ElementsAre("q3/stances/b"));
  EXPECT_THAT(asserted({"claims/a", "claims/b"}), ElementsAre("q1/stances/a", "q2/stances/b", "q3/stances/b"));
  EXPECT_THAT(asserted({}), ElementsAre("q1/stances/a", "q3/stances/b"));
  EXPECT_EQ(TurnRound(pb::POSITION_PREDICTS), pb::POSITION_DENIES);
  EXPECT_EQ(TurnRound(pb::POSITION_QUESTIONS), pb::POSITION_QUESTIONS);
}

TEST_F(ReferenceTest, ListStances_OfAscribedOnes_OnlyOnRequest) {
  AQuote("q", "ada", "2007");
  ASSERT_EQ(Take("q", "a", pb::POSITION_DENIES, [](auto& stance) { stance.set_holder("speakers/ada"); }), kDone);
  ASSERT_EQ(Take("q", "a", pb::POSITION_ASSERTS, [](auto& stance) { stance.set_holder("speakers/ben"); }), kDone);
  EXPECT_THAT(Listed([](auto&) {}), ElementsAre("q/stances/a"));
  const auto with_ascribed = [](auto& request) { request.mutable_filter()->set_include_ascribed(true); };
  EXPECT_THAT(Listed(with_ascribed), ElementsAre("q/stances/a", "q/stances/a.ben"));
  EXPECT_EQ(record.GetStance("quotes/q/stances/a")->holder(), "speakers/ada");
  EXPECT_THAT(Lanes("a"), ElementsAre("ada a: DENIES 2007;"));
  EXPECT_THAT(Lanes("a", true), UnorderedElementsAre("ada a: DENIES 2007;", "ben a: ASSERTS 2007;"));
}

TEST_F(ReferenceTest, Lanes_OfUnnamedSources_AreOnePerQuote) {
  AQuote("q1", "", "2007");
  AQuote("q2", "", "2008");
  ASSERT_EQ(Take("q1", "a", pb::POSITION_ASSERTS), kDone);
  ASSERT_EQ(Take("q2", "a", pb::POSITION_DENIES), kDone);
  EXPECT_THAT(Lanes("a"), UnorderedElementsAre(" a: ASSERTS 2007;", " a: DENIES 2008;"));
  EXPECT_THAT(Contradictions({}), IsEmpty());
}

TEST_F(ReferenceTest, Points_OfLikeStances_AreOne) {
  Say("ada", "a", pb::POSITION_ASSERTS, "2008");
  Say("ada", "a", pb::POSITION_ASSERTS, "2008");
  Say("ada", "a", pb::POSITION_ASSERTS, "2007");
  Say("ada", "a", pb::POSITION_ASSERTS, "2007", pb::STRENGTH_WEAK);
  EXPECT_THAT(Lanes("a"), ElementsAre("ada a: ASSERTS 2007; ASSERTS 2007; ASSERTS 2008;"));
  EXPECT_EQ(History("a")[0].points(2).stance_count(), 2);
  EXPECT_EQ(History("a")[0].points(0).strength(), pb::STRENGTH_WEAK);
}

TEST_F(ReferenceTest, Changes_ThroughNeutral_AreThree) {
  Say("ada", "a", pb::POSITION_ASSERTS, "2005");
  Say("ada", "a", pb::POSITION_NEUTRAL, "2006");
  Say("ada", "a", pb::POSITION_DENIES, "2007");
  EXPECT_THAT(Changes("a"), ElementsAre("SOFTENING (SOFTENING) ASSERTS 2005 > NEUTRAL 2006",
                                        "REVERSAL (REVERSAL) ASSERTS 2005 > DENIES 2007",
                                        "HARDENING (HARDENING) NEUTRAL 2006 > DENIES 2007"));
}

TEST_F(ReferenceTest, Changes_OfStrength_CountOnOneSideOnly) {
  Say("ada", "a", pb::POSITION_ASSERTS, "2005", pb::STRENGTH_STRONG);
  Say("ada", "a", pb::POSITION_SUPPORTS, "2006", pb::STRENGTH_WEAK);
  Say("ada", "a", pb::POSITION_DENIES, "2007", pb::STRENGTH_STRONG);
  Say("ada", "a", pb::POSITION_QUESTIONS, "2008", pb::STRENGTH_WEAK);
  Say("ada", "a", pb::POSITION_NEUTRAL, "2009", pb::STRENGTH_STRONG);
  EXPECT_THAT(Changes("a"), ElementsAre("SOFTENING (SOFTENING) ASSERTS 2005 > SUPPORTS 2006",
                                        "REVERSAL (REVERSAL) SUPPORTS 2006 > DENIES 2007",
                                        "SOFTENING (SOFTENING) DENIES 2007 > QUESTIONS 2008"));
}

TEST_F(ReferenceTest, Changes_WhereTimesOverlap_AreNotClaimed) {
  Say("ada", "a", pb::POSITION_ASSERTS, "2005");
  Say("ada", "a", pb::POSITION_DENIES, "2005-03/2006");
  EXPECT_THAT(Changes("a"), IsEmpty());
  EXPECT_THAT(Contradictions({}), ElementsAre("a: ada ASSERTS 2005 / ada DENIES 2005-03/2006"));
}

TEST_F(ReferenceTest, Changes_PastAPointOfUncertainTime_AreStillNext) {
  Say("ada", "a", pb::POSITION_ASSERTS, "2005");
  Say("ada", "a", pb::POSITION_ASSERTS, "2005/2007");
  Say("ada", "a", pb::POSITION_DENIES, "2008");
  EXPECT_THAT(Changes("a"), ElementsAre("REVERSAL (REVERSAL) ASSERTS 2005 > DENIES 2008",
                                        "REVERSAL (REVERSAL) ASSERTS 2005/2007 > DENIES 2008"));
  Say("ada", "a", pb::POSITION_SUPPORTS, "2006");
  EXPECT_THAT(Changes("a"), ElementsAre("REVERSAL (REVERSAL) SUPPORTS 2006 > DENIES 2008",
                                        "REVERSAL (REVERSAL) ASSERTS 2005/2007 > DENIES 2008"));
}

TEST_F(ReferenceTest, Labels_OfChanges_HaveTheLastWord) {
  Say("ada", "a", pb::POSITION_ASSERTS, "2005");  // q1
  Say("ada", "a", pb::POSITION_DENIES, "2006");   // q2
  Say("ada", "a", pb::POSITION_DENIES, "2007");   // q3
  Say("ben", "a", pb::POSITION_DENIES, "2007");   // q4
  Say("ada", "b", pb::POSITION_DENIES, "2007");   // q5
  const auto reversals = [&](bool include_dismissed) {
    pb::ListReversalsRequest request;
    request.set_include_dismissed(include_dismissed);
    return record.ListReversals(request).size();
  };
  ASSERT_EQ(Label("q1/stances/a", "q2/stances/a", pb::CHANGE_LABEL_HALF_FLIP), kDone);
  EXPECT_THAT(Changes("a"), ElementsAre("SOFTENING (REVERSAL) ASSERTS 2005 > DENIES 2006"));
  EXPECT_EQ(reversals(false), 0u);
  EXPECT_EQ(reversals(true), 1u);
  ASSERT_EQ(Label("q1/stances/a", "q2/stances/a", pb::CHANGE_LABEL_CONTEXT_CHANGED), kDone);
  ASSERT_EQ(Label("q2/stances/a", "q3/stances/a", pb::CHANGE_LABEL_FULL_FLOP), kDone);
  EXPECT_THAT(Changes("a"),
              ElementsAre("NONE (REVERSAL) ASSERTS 2005 > DENIES 2006", "REVERSAL (NONE) DENIES 2006 > DENIES 2007"));
  EXPECT_EQ(reversals(false), 1u);
  EXPECT_EQ(reversals(true), 2u);
  ASSERT_EQ(Label("q1/stances/a", "q2/stances/a", pb::CHANGE_LABEL_UNSPECIFIED), kDone);
  ASSERT_EQ(Label("q2/stances/a", "q3/stances/a", pb::CHANGE_LABEL_HALF_FLIP), kDone);
  EXPECT_THAT(Changes("a"), ElementsAre("REVERSAL (REVERSAL) ASSERTS 2005 > DENIES 2006",
                                        "SOFTENING (NONE) DENIES 2006 > DENIES 2007"));
  EXPECT_EQ(Label("q1/stances/a", "q4/stances/a", pb::CHANGE_LABEL_NO_FLIP), pb::ERROR_REASON_FIELDS_INVALID);
  EXPECT_EQ(Label("q1/stances/a", "q5/stances/b", pb::CHANGE_LABEL_NO_FLIP), pb::ERROR_REASON_FIELDS_INVALID);
  EXPECT_EQ(Label("q1/stances/a", "q5/stances/a", pb::CHANGE_LABEL_NO_FLIP), pb::ERROR_REASON_STANCE_NOT_FOUND);
}

TEST_F(ReferenceTest, Lanes_AcrossNegations_AreSeenFromTheClaimAskedFor) {
  ASSERT_EQ(Relate("b", kNegation, "a"), kDone);
  Say("ada", "b", pb::POSITION_ASSERTS, "2005");
  Say("ada", "a", pb::POSITION_SUPPORTS, "2006");
  Say("ben", "b", pb::POSITION_PREDICTS, "2006");
  EXPECT_THAT(Lanes("a"), UnorderedElementsAre("ada a: DENIES 2005; SUPPORTS 2006;", "ben a: DENIES 2006;"));
  EXPECT_THAT(Lanes("b"), UnorderedElementsAre("ada b: ASSERTS 2005; OPPOSES 2006;", "ben b: PREDICTS 2006;"));
  EXPECT_THAT(Changes("a"), ElementsAre("REVERSAL (REVERSAL) DENIES 2005 > SUPPORTS 2006"));
  // Otherwise from the first recorded claim that somebody has a position on.
  EXPECT_THAT(Contradictions({}), ElementsAre("a: ada SUPPORTS 2006 / ada DENIES 2005"));
  EXPECT_THAT(Contradictions({"ada"}), ElementsAre("a: ada SUPPORTS 2006 / ben DENIES 2006"));
  EXPECT_THAT(Contradictions({"ben"}), ElementsAre("b: ben PREDICTS 2006 / ada OPPOSES 2006"));
  EXPECT_THAT(Contradictions({"ben", "ada"}), ElementsAre("a: ada SUPPORTS 2006 / ben DENIES 2006"));
}

TEST_F(ReferenceTest, GetStanceHistory_OfATopic_IncludesWhatLiesBelow) {
  for (const char* id : {"a", "b"}) {
    pb::Claim claim = *record.GetClaim("claims/" + std::string(id));
    claim.add_topics("topics/t-below");
    record.PutClaim(claim);
  }
  Say("ada", "a", pb::POSITION_ASSERTS, "2005");
  Say("ada", "b", pb::POSITION_ASSERTS, "2005");
  Say("ada", "c", pb::POSITION_ASSERTS, "2005");
  pb::GetStanceHistoryRequest request;
  request.set_topic("topics/t");
  EXPECT_EQ(record.GetStanceHistory(request).size(), 2u);
  ASSERT_EQ(Relate("c", kNegation, "d"), kDone);
  ASSERT_EQ(Relate("d", kSame, "b"), kDone);
  EXPECT_EQ(record.GetStanceHistory(request)[1].points_size(), 2) << "and what is linked to claims about it";
}

TEST_F(ReferenceTest, ListContradictions_WithinDays_AreCertainWhenTheFarthestAre) {
  Say("ada", "a", pb::POSITION_ASSERTS, "2005-01-01");
  Say("ada", "a", pb::POSITION_OPPOSES, "2005-01-05/2005-01-20");
  EXPECT_THAT(Contradictions({}, 3), IsEmpty());
  EXPECT_THAT(Contradictions({}, 4), ElementsAre("a: ada ASSERTS 2005-01-01 / ada OPPOSES 2005-01-05/2005-01-20?"));
  EXPECT_THAT(Contradictions({}, 19), ElementsAre("a: ada ASSERTS 2005-01-01 / ada OPPOSES 2005-01-05/2005-01-20"));
}

TEST_F(ReferenceTest, ListContradictions_BetweenHolders_ShowTheNearestPair) {
  Say("ada", "a", pb::POSITION_ASSERTS, "2005");
  Say("ada", "a", pb::POSITION_ASSERTS, "2008");
  Say("ben", "a", pb::POSITION_DENIES, "2006");
  Say("ben", "a", pb::POSITION_DENIES, "2007");
  Say("cyd", "a", pb::POSITION_ASSERTS, "2001");
  EXPECT_THAT(Contradictions({"ada"}), ElementsAre("a: ada ASSERTS 2005 / ben DENIES 2006"));
  EXPECT_THAT(Contradictions({"ben"}),
              UnorderedElementsAre("a: ada ASSERTS 2005 / ben DENIES 2006", "a: cyd ASSERTS 2001 / ben DENIES 2006"));
  EXPECT_THAT(Contradictions({"ada", "cyd"}), IsEmpty());
  EXPECT_THAT(Contradictions({"ben", "cyd"}), ElementsAre("a: cyd ASSERTS 2001 / ben DENIES 2006"));
}

TEST_F(ReferenceTest, GetFirsts_WithOverlappingDates_AreTies) {
  Say("ada", "a", pb::POSITION_ASSERTS, "2005-03");
  Say("ben", "a", pb::POSITION_ASSERTS, "2005-03-31/..");
  Say("cyd", "a", pb::POSITION_ASSERTS, "2005-04");
  Say("cyd", "a", pb::POSITION_DENIES, "2001");
  EXPECT_EQ(Firsts("a"), "q1 q2 ");
  record.RemoveStance("quotes/q2/stances/a");
  EXPECT_EQ(Firsts("a"), "q1 !");
  Say("ada", "a", pb::POSITION_PREDICTS, "2005");
  EXPECT_EQ(Firsts("a"), "q1 q5 !");
  Say("ben", "b", pb::POSITION_ASSERTS, "2005/..");
  EXPECT_EQ(Firsts("b"), "q6 ") << "its end is open";
}

TEST_F(ReferenceTest, Merge_MovesWhatRestsOnTheClaim) {
  AQuote("q", "ada", "2005");
  AQuote("r", "ada", "2006");
  ASSERT_EQ(Take("q", "a", pb::POSITION_ASSERTS), kDone);
  ASSERT_EQ(Take("r", "a", pb::POSITION_ASSERTS), kDone);
  ASSERT_EQ(Take("q", "b", pb::POSITION_DENIES), kDone);
  ASSERT_EQ(Relate("a", kSame, "b"), kDone);
  ASSERT_EQ(Relate("a", kSame, "c"), kDone);
  pb::Review review;
  review.set_name("reviews/1");
  review.set_claim("claims/a");
  record.PutReview(review);
  int replaced = 0;
  ASSERT_EQ(record.Merge("claims/a", "claims/b", &replaced), kDone);
  EXPECT_EQ(replaced, 1);
  EXPECT_THAT(Listed([](auto&) {}), ElementsAre("q/stances/b", "r/stances/b"));
  EXPECT_EQ(record.GetStance("quotes/q/stances/a")->position(), pb::POSITION_DENIES);
  EXPECT_EQ(record.GetStance("quotes/r/stances/a")->claim(), "claims/b");
  ASSERT_EQ(record.relations().size(), 1u);
  EXPECT_EQ(record.relations()[0].claim(), "claims/b");
  pb::ListReviewsRequest request;
  request.set_claim("claims/c");
  ASSERT_EQ(record.ListReviews(request).size(), 1u) << "the same truth conditions";
  EXPECT_EQ(record.ListReviews(request)[0].claim(), "claims/b");
  ASSERT_EQ(record.Merge("claims/b", "claims/d"), kDone);
  EXPECT_THAT(record.GetClaim("claims/a")->former_names(), UnorderedElementsAre("claims/a", "claims/b"));
  EXPECT_EQ(record.GetClaim("claims/a")->name(), "claims/d");
}

TEST_F(ReferenceTest, ListReviews_OfAClaim_LeavesNegationsOut) {
  ASSERT_EQ(Relate("a", kNegation, "b"), kDone);
  ASSERT_EQ(Relate("b", kNegation, "c"), kDone);
  for (const char* id : {"a", "b", "c"}) {
    pb::Review review;
    review.set_name("reviews/" + std::string(id));
    review.set_claim("claims/" + std::string(id));
    record.PutReview(review);
  }
  pb::ListReviewsRequest request;
  request.set_claim("claims/a");
  EXPECT_EQ(record.ListReviews(request).size(), 2u);
}

TEST_F(ReferenceTest, Record_Copied_IsWhatWasHeldThen) {
  Say("ada", "a", pb::POSITION_ASSERTS, "2005");
  const Record before = record;
  Say("ada", "a", pb::POSITION_DENIES, "2006");
  EXPECT_EQ(before.stances().size(), 1u);
  EXPECT_EQ(record.stances().size(), 2u);
}

}  // namespace
}  // namespace onrecord::reference
