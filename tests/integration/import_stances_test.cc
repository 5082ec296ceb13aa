// Records with stances and reviews: what becomes of them, and that feeding them again changes nothing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/builders.h"

namespace onrecord {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;

constexpr char kCheese[] = "The moon is made of cheese";

void Claiming(pb::ImportRecord& record, const std::string& claim, pb::Position position = pb::POSITION_UNSPECIFIED,
              const std::string& holder = "", const std::string& ascribed_by = "") {
  pb::ImportStance& stance = *record.add_stances();
  stance.set_claim(claim);
  stance.set_position(position);
  stance.set_holder(holder);
  stance.set_ascribed_by(ascribed_by);
}

pb::ImportReview& Reviewed(pb::ImportRecord& record, const std::string& claim, const std::string& rating_text) {
  pb::ImportReview& review = *record.add_reviews();
  review.set_claim(claim);
  review.set_reviewer("Facts");
  review.set_rating_text(rating_text);
  review.set_url("https://facts.example/moon");
  return review;
}

class ImportStancesTest : public RecordTest {
 protected:
  std::vector<pb::Stance> Stances() {
    pb::ListStancesRequest request;
    request.mutable_filter()->set_include_ascribed(true);
    request.set_oldest_first(true);
    request.set_include_suspended(true);
    const auto listed = Call(*claims_, &pb::ClaimService::Stub::ListStances, request);
    EXPECT_TRUE(listed.status.ok()) << listed.status.error_message();
    return {listed->stances().begin(), listed->stances().end()};
  }
  pb::Stance TheStance() {
    const std::vector<pb::Stance> stances = Stances();
    EXPECT_EQ(stances.size(), 1U);
    return stances.empty() ? pb::Stance() : stances[0];
  }
  std::vector<pb::Review> Reviews() {
    pb::ListReviewsRequest request;
    request.set_include_retracted(true);
    const auto listed = Call(*claims_, &pb::ClaimService::Stub::ListReviews, request);
    EXPECT_TRUE(listed.status.ok()) << listed.status.error_message();
    return {listed->reviews().begin(), listed->reviews().end()};
  }
  pb::Review TheReview() {
    const std::vector<pb::Review> reviews = Reviews();
    EXPECT_EQ(reviews.size(), 1U);
    return reviews.empty() ? pb::Review() : reviews[0];
  }
  void Set(pb::Stance stance) {
    pb::SetStanceRequest request;
    *request.mutable_stance() = std::move(stance);
    const auto set = Call(*claims_, &pb::ClaimService::Stub::SetStance, request);
    EXPECT_TRUE(set.status.ok()) << set.status.error_message();
  }
  std::string Versions() {
    return Sql("SELECT count(*) FROM stances") + " " + Sql("SELECT count(*) FROM reviews") + " " +
           Sql("SELECT count(*) FROM quote_revisions") + " " + Sql("SELECT count(*) FROM claims");
  }
  void ExpectRejected(const pb::ImportRecord& record, pb::ErrorReason reason, const std::string& field) {
    const pb::RecordResult result = ResultOf(record);
    EXPECT_EQ(result.outcome(), pb::OUTCOME_REJECTED) << record.ShortDebugString();
    EXPECT_EQ(result.reason(), pb::ErrorReason_Name(reason).substr(std::string("ERROR_REASON_").size()))
        << result.message();
    EXPECT_EQ(result.field(), field) << result.message();
  }
};

pb::ImportRecord AdaOnTheMoon() {
  pb::ImportRecord record = ARecord().Saying("It is cheese.").By("Ada Byron").In("Daily").On("2020-05-01");
  Claiming(record, kCheese);
  Reviewed(record, kCheese, "False");
  return record;
}

TEST_F(ImportStancesTest, ImportQuotes_WithStanceAndReview_RecordsBoth) {
  pb::ImportRecord record = AdaOnTheMoon();
  record.add_topics("Astronomy");
  record.mutable_reviews(0)->mutable_rating()->set_value(1);
  record.mutable_reviews(0)->mutable_rating()->set_best(5);
  record.mutable_reviews(0)->mutable_rating()->set_worst(1);
  record.mutable_reviews(0)->set_reviewed("2020-05");
  const pb::RecordResult result = ResultOf(record);
  ASSERT_EQ(result.outcome(), kCreated) << result.message();
  const pb::Stance stance = TheStance();
  EXPECT_EQ(stance.quote(), result.quote());
  EXPECT_EQ(stance.claim_text(), kCheese);
  EXPECT_EQ(stance.position(), pb::POSITION_ASSERTS);
  EXPECT_EQ(stance.strength(), pb::STRENGTH_PLAIN);
  EXPECT_EQ(stance.holder_display_name(), "Ada Byron");
  EXPECT_FALSE(stance.ascribed());
  const pb::Review review = TheReview();
  EXPECT_EQ(review.claim(), stance.claim());
  EXPECT_EQ(review.reviewer_display_name(), "Facts");
  EXPECT_EQ(review.rating().best(), 5);
  EXPECT_EQ(review.reviewed().from().month(), 5);
  pb::GetClaimRequest request;
  request.set_name(stance.claim());
  const auto claim = Call(*claims_, &pb::ClaimService::Stub::GetClaim, request);
  EXPECT_EQ(claim->claim().kind(), pb::CLAIM_KIND_FACT);
  EXPECT_THAT(claim->claim().topics(), ElementsAre("topics/astronomy"));
  EXPECT_EQ(Sql("SELECT cardinality(topic_ids) FROM claims"), "1");
}

TEST_F(ImportStancesTest, ImportQuotes_SameFileTwice_WritesNothing) {
  std::vector<pb::ImportRecord> records;
  for (int i = 0; i < 40; ++i) {
    pb::ImportRecord record = ARecord()
                                  .Saying("Statement " + std::to_string(i / 2))
                                  .By("Speaker " + std::to_string(i / 2 % 5))
                                  .In("Outlet " + std::to_string(i % 3))
                                  .At("https://x.example/" + std::to_string(i));
    if (i % 3 == 0) record.set_external_id("id-" + std::to_string(i));
    if (i % 4 != 3) Claiming(record, "Claim " + std::to_string(i / 2 % 7), pb::POSITION_DENIES);
    if (i % 5 == 0) Claiming(record, "Claim 9", pb::POSITION_ASSERTS, "Somebody", i % 2 == 0 ? "Outlet 1" : "Else");
    if (i % 6 == 0) Reviewed(record, "Claim " + std::to_string(i), "False");
    if (i % 7 == 0) Reviewed(record, "", "Misquoted");
    records.push_back(record);
  }
  for (int i = 0; i < 4; ++i) {
    pb::ImportRecord alone;
    if (i % 2 == 0) alone.set_external_id("alone-" + std::to_string(i));
    Reviewed(alone, "Claim " + std::to_string(i), "Half true").set_url("https://other.example/" + std::to_string(i));
    records.push_back(alone);
  }
  EXPECT_THAT(Outcomes(records), Each(kCreated));
  const std::string versions = Versions();
  EXPECT_THAT(Outcomes(records), Each(kUnchanged));
  EXPECT_THAT(Outcomes(records, {.batch = 7}), Each(kUnchanged));
  EXPECT_EQ(Versions(), versions);
  EXPECT_EQ(Sql("SELECT count(*) FROM stances WHERE revision > 1"), "0");
}

TEST_F(ImportStancesTest, ImportQuotes_RowsOfOneQuoteWithAStanceEach_KeepAll) {
  std::vector<pb::ImportRecord> rows;
  for (const char* claim : {"A", "B", "C"}) {
    pb::ImportRecord row = ARecord().Saying("x").By("Ada").In("Daily");
    Claiming(row, claim);
    rows.push_back(row);
  }
  EXPECT_THAT(Outcomes(rows), ElementsAre(kCreated, kUpdated, kUpdated));
  EXPECT_EQ(Stances().size(), 3U);
  EXPECT_THAT(Outcomes(rows), Each(kUnchanged));
  EXPECT_EQ(Stances().size(), 3U);
}

TEST_F(ImportStancesTest, ImportQuotes_ChangedRecordOfOneId_MakesANewVersion) {
  for (const bool with_id : {true, false}) {
    pb::ImportRecord record = AdaOnTheMoon();
    record.set_text(with_id ? "one" : "two");
    if (with_id) record.set_external_id("7");
    ResultOf(record);
    record.mutable_stances(0)->set_position(pb::POSITION_DENIES);
    record.mutable_stances(0)->set_strength(pb::STRENGTH_STRONG);
    record.mutable_reviews(0)->set_rating_text("True " + record.text());
    EXPECT_EQ(ResultOf(record).outcome(), kUpdated);
    EXPECT_EQ(ResultOf(record).outcome(), kUnchanged);
    EXPECT_EQ(TheReview().rating_text(), "True " + record.text());
    EXPECT_EQ(Stances().back().position(), pb::POSITION_DENIES);
    EXPECT_EQ(Stances().back().strength(), pb::STRENGTH_STRONG);
    EXPECT_EQ(Stances().back().etag(), "2");
  }
}

TEST_F(ImportStancesTest, ImportQuotes_StanceColumnsAddedToAKnownFile_UpdateItsQuotes) {
  const pb::ImportRecord plain = ARecord().Saying("x").By("Ada").In("Daily");
  EXPECT_EQ(ResultOf(plain).outcome(), kCreated);
  const std::string hash = Sql("SELECT content_hash FROM appearances");
  pb::ImportRecord more = plain;
  Claiming(more, kCheese);
  EXPECT_EQ(ResultOf(more).outcome(), kUpdated);
  EXPECT_NE(Sql("SELECT content_hash FROM appearances"), hash);
  EXPECT_THAT(Outcomes({more, plain, more}), Each(kUnchanged));
  EXPECT_EQ(Stances().size(), 1U);
}

TEST_F(ImportStancesTest, ImportQuotes_RatingChangedInARecordWithoutAddress_IsARevision) {
  pb::ImportRecord record;
  record.set_external_id("2635.json");
  Reviewed(record, kCheese, "Barely True").clear_url();
  EXPECT_EQ(ResultOf(record).outcome(), kCreated);
  record.mutable_reviews(0)->set_rating_text("Mostly False");
  EXPECT_EQ(ResultOf(record).outcome(), kUpdated);
  EXPECT_EQ(ResultOf(record).outcome(), kUnchanged);
  EXPECT_EQ(TheReview().rating_text(), "Mostly False");
}

TEST_F(ImportStancesTest, ImportQuotes_OfReviewsAlone_HasNoQuote) {
  pb::ImportRecord record;
  Reviewed(record, kCheese, "False");
  const pb::RecordResult result = ResultOf(record);
  EXPECT_EQ(result.outcome(), kCreated) << result.message();
  EXPECT_EQ(result.quote(), "");
  EXPECT_EQ(Sql("SELECT count(*) FROM quotes"), "0");
  EXPECT_EQ(TheReview().rating_text(), "False");
  EXPECT_EQ(ResultOf(record).outcome(), kUnchanged);
  record.mutable_reviews(0)->set_title("No");
  EXPECT_EQ(ResultOf(record).outcome(), kUpdated);
  EXPECT_EQ(TheReview().title(), "No");
}

TEST_F(ImportStancesTest, ImportQuotes_WhatAPersonSet_IsLeftAlone) {
  pb::ImportRecord record = AdaOnTheMoon();
  record.set_external_id("7");
  ResultOf(record);
  pb::Stance stance = TheStance();
  stance.set_position(pb::POSITION_QUESTIONS);
  stance.clear_etag();
  Set(stance);
  EXPECT_EQ(ResultOf(record).outcome(), kUnchanged) << "the record itself is as it was";

  pb::ImportRecord changed = record;
  changed.mutable_stances(0)->set_position(pb::POSITION_DENIES);
  changed.set_note("also changed");
  const pb::RecordResult conflict = ResultOf(changed);
  EXPECT_EQ(conflict.outcome(), kConflict);
  EXPECT_EQ(conflict.reason(), "EDITED_SINCE");
  EXPECT_EQ(conflict.field(), "stances[0]");
  EXPECT_EQ(TheStance().position(), pb::POSITION_QUESTIONS);
  EXPECT_EQ(Sql("SELECT note FROM quotes"), "") << "a record is taken as a whole or not at all";

  changed.mutable_stances(0)->set_position(pb::POSITION_QUESTIONS);
  EXPECT_EQ(ResultOf(changed).outcome(), kUpdated) << "the record agrees with the person";
}

TEST_F(ImportStancesTest, ImportQuotes_ReviewThatAPersonEdited_IsLeftAlone) {
  pb::ImportRecord record = AdaOnTheMoon();
  record.set_external_id("7");
  ResultOf(record);
  pb::UpdateReviewRequest update;
  *update.mutable_review() = TheReview();
  update.mutable_review()->set_rating_text("Satire");
  update.mutable_review()->set_note("ours");
  update.mutable_update_mask()->add_paths("rating_text");
  update.mutable_update_mask()->add_paths("note");
  ASSERT_TRUE(Call(*claims_, &pb::ClaimService::Stub::UpdateReview, update).status.ok());
  record.mutable_reviews(0)->set_rating_text("Mostly false");
  const pb::RecordResult conflict = ResultOf(record);
  EXPECT_EQ(conflict.outcome(), kConflict);
  EXPECT_EQ(conflict.field(), "reviews[0]");
  EXPECT_EQ(TheReview().rating_text(), "Satire");
  record.mutable_reviews(0)->set_rating_text("Satire");
  EXPECT_NE(ResultOf(record).outcome(), kConflict) << "a remark of the newsroom is no difference";
}

TEST_F(ImportStancesTest, ImportQuotes_StanceTakenBackByAPerson_StaysTakenBack) {
  pb::ImportRecord record = AdaOnTheMoon();
  ResultOf(record);
  pb::RemoveStanceRequest remove;
  remove.set_name(TheStance().name());
  remove.set_reason("irony");
  ASSERT_TRUE(Call(*claims_, &pb::ClaimService::Stub::RemoveStance, remove).status.ok());
  EXPECT_EQ(ResultOf(record).outcome(), kUnchanged);
  record.set_url("https://daily.example/further");
  const pb::RecordResult result = ResultOf(record);
  EXPECT_EQ(result.outcome(), kConflict);
  EXPECT_EQ(result.reason(), "RETRACTED_SINCE");
  EXPECT_TRUE(Stances().empty());
}

TEST_F(ImportStancesTest, ImportQuotes_HoldersAndAscribers_AreResolvedByTheirNames) {
  Feed({ARecord().Saying("y").By("Bea").In("Daily")});
  pb::ImportRecord record = ARecord().Saying("x").By("Ada").In("Weekly");
  Claiming(record, "A", pb::POSITION_SUPPORTS, "The Americans");
  Claiming(record, "B", pb::POSITION_UNSPECIFIED, "Ada");
  Claiming(record, "C", pb::POSITION_OPPOSES, "The Americans", "Daily");
  Claiming(record, "D", pb::POSITION_OPPOSES, "The Americans", "Carl");
  Claiming(record, "E", pb::POSITION_UNSPECIFIED, "", "outlets/weekly");
  const pb::RecordResult result = ResultOf(record);
  ASSERT_EQ(result.outcome(), kCreated) << result.message();
  std::map<std::string, pb::Stance> by_claim;
  for (const pb::Stance& stance : Stances()) by_claim[stance.claim_text()] = stance;
  EXPECT_EQ(by_claim["A"].holder_display_name(), "The Americans");
  EXPECT_TRUE(by_claim["A"].ascribed());
  EXPECT_EQ(by_claim["B"].name(), result.quote() + "/stances/b") << "the holder is the quote's own source";
  EXPECT_EQ(by_claim["C"].ascribed_by(), "outlets/daily");
  EXPECT_EQ(by_claim["D"].ascribed_by(), "speakers/carl");
  EXPECT_EQ(by_claim["E"].ascribed_by(), "outlets/weekly");
}

TEST_F(ImportStancesTest, ImportQuotes_BadStancesAndReviews_AreRejectedWithFieldAndReason) {
  const auto with = [](const std::function<void(pb::ImportRecord&)>& change) {
    return ARecord().Saying("x").By("Ada").In("Daily").With(change);
  };
  ExpectRejected(with([](auto& r) { Claiming(r, ""); }), pb::ERROR_REASON_FIELD_REQUIRED, "stances[0].claim");
  ExpectRejected(with([](auto& r) {
                   Claiming(r, "a");
                   Claiming(r, std::string(2001, 'x'));
                 }),
                 pb::ERROR_REASON_TEXT_TOO_LONG, "stances[1].claim");
  ExpectRejected(with([](auto& r) { Claiming(r, "a", pb::POSITION_UNSPECIFIED, "he"); }), pb::ERROR_REASON_PRONOUN,
                 "stances[0].holder");
  ExpectRejected(with([](auto& r) { Claiming(r, "a", static_cast<pb::Position>(77)); }), pb::ERROR_REASON_VALUE_INVALID,
                 "stances[0].position");
  ExpectRejected(with([](auto& r) { Claiming(r, "a", pb::POSITION_ASSERTS, "Bea", "Bea"); }),
                 pb::ERROR_REASON_VALUE_INVALID, "stances[0].ascribed_by");
  ExpectRejected(with([](auto& r) { Claiming(r, "a", pb::POSITION_ASSERTS, "", "Ada"); }),
                 pb::ERROR_REASON_VALUE_INVALID, "stances[0].ascribed_by");
  ExpectRejected(with([](auto& r) {
                   Claiming(r, "a");
                   r.mutable_stances(0)->set_valid("soon");
                 }),
                 pb::ERROR_REASON_DATE_INVALID, "stances[0].valid");
  ExpectRejected(with([](auto& r) {
                   for (int i = 0; i < 21; ++i) Claiming(r, std::to_string(i));
                 }),
                 pb::ERROR_REASON_TOO_MANY_VALUES, "stances");
  ExpectRejected(with([](auto& r) {
                   Claiming(r, "a");
                   Claiming(r, " A ", pb::POSITION_DENIES);
                 }),
                 pb::ERROR_REASON_VALUE_INVALID, "stances[1].claim");
  ExpectRejected(with([](auto& r) {
                   Claiming(r, "a");
                   r.set_polarity(pb::POLARITY_NEGATED);
                 }),
                 pb::ERROR_REASON_QUOTE_NOT_SAID, "stances[0]");
  ExpectRejected(with([](auto& r) { Claiming(r, "claims/nowhere"); }), pb::ERROR_REASON_NAME_UNKNOWN,
                 "stances[0].claim");
  ExpectRejected(with([](auto& r) { Reviewed(r, "a", ""); }), pb::ERROR_REASON_FIELD_REQUIRED,
                 "reviews[0].rating_text");
  ExpectRejected(with([](auto& r) { Reviewed(r, "a", "x").clear_reviewer(); }), pb::ERROR_REASON_FIELD_REQUIRED,
                 "reviews[0].reviewer");
  ExpectRejected(with([](auto& r) { Reviewed(r, "a", "x").set_url("ftp://x"); }), pb::ERROR_REASON_VALUE_INVALID,
                 "reviews[0].url");
  ExpectRejected(with([](auto& r) { Reviewed(r, "a", "x").mutable_rating()->set_value(1); }),
                 pb::ERROR_REASON_VALUE_INVALID, "reviews[0].rating");
  pb::ImportRecord alone;
  Reviewed(alone, "", "x");
  ExpectRejected(alone, pb::ERROR_REASON_FIELD_REQUIRED, "reviews[0].claim");
  pb::ImportRecord of_stances;
  Claiming(of_stances, "a");
  ExpectRejected(of_stances, pb::ERROR_REASON_FIELD_REQUIRED, "text");
  EXPECT_EQ(Sql("SELECT count(*) FROM stances"), "0");
  EXPECT_EQ(Sql("SELECT count(*) FROM quotes"), "0") << "a rejected record leaves no quote";
}

TEST_F(ImportStancesTest, ImportQuotes_UnknownNamesToBeRejected_NameTheField) {
  ImportOptions reject;
  reject.unknown_names = pb::UNKNOWN_NAMES_REJECT;
  Feed({ARecord().Saying("x").By("Ada").In("Daily")});
  pb::ImportRecord record = ARecord().Saying("x").By("Ada").In("Daily");
  Claiming(record, kCheese);
  const pb::RecordResult result = ResultOf(record, reject);
  EXPECT_EQ(result.reason(), "NAME_UNKNOWN");
  EXPECT_EQ(result.field(), "stances[0].claim");
  pb::ImportRecord reviewed;
  Reviewed(reviewed, kCheese, "x");
  EXPECT_EQ(ResultOf(reviewed, reject).field(), "reviews[0].claim");
}

TEST_F(ImportStancesTest, ImportQuotes_OnARetractedQuote_RejectsTheStance) {
  pb::ImportRecord record = ARecord().Saying("x").By("Ada").In("Daily");
  pb::RetractQuoteRequest retract;
  retract.set_name(ResultOf(record).quote());
  retract.set_reason("wrong");
  ASSERT_TRUE(Call(*quotes_, &pb::QuoteService::Stub::RetractQuote, retract).status.ok());
  record.set_url("https://daily.example/further");
  Claiming(record, kCheese);
  ExpectRejected(record, pb::ERROR_REASON_QUOTE_RETRACTED, "stances[0]");
}

TEST_F(ImportStancesTest, ImportQuotes_ClaimThatWasMerged_LeadsToTheOtherAndStaysUnchanged) {
  pb::ImportRecord record = AdaOnTheMoon();
  ResultOf(record);
  pb::ImportRecord other = ARecord().Saying("y").By("Bea").In("Daily");
  Claiming(other, "The moon is a cheese");
  ResultOf(other);
  pb::MergeClaimsRequest merge;
  merge.set_claim("claims/the-moon-is-made-of-cheese");
  merge.set_into("claims/the-moon-is-a-cheese");
  merge.set_reason("the same");
  const auto merged = Call(*claims_, &pb::ClaimService::Stub::MergeClaims, merge);
  ASSERT_TRUE(merged.status.ok()) << merged.status.error_message();
  EXPECT_EQ(ResultOf(record).outcome(), kUnchanged);
  record.set_url("https://daily.example/further");
  EXPECT_EQ(ResultOf(record).outcome(), kCreated) << "a further appearance";
  EXPECT_EQ(Stances().size(), 2U);
  EXPECT_EQ(Reviews().size(), 1U);
}

TEST_F(ImportStancesTest, ImportQuotes_DryRun_JudgesAndStoresNothing) {
  ImportOptions dry;
  dry.dry_run = true;
  pb::ImportRecord alone;
  Reviewed(alone, kCheese, "False");
  EXPECT_THAT(Outcomes({AdaOnTheMoon(), alone}, dry), Each(kCreated));
  EXPECT_EQ(Versions(), "0 0 0 0");
  ResultOf(AdaOnTheMoon());
  EXPECT_THAT(Outcomes({AdaOnTheMoon(), alone}, dry), Each(kUnchanged));
  pb::ImportRecord changed = AdaOnTheMoon();
  changed.mutable_stances(0)->set_position(pb::POSITION_DENIES);
  const std::string versions = Versions();
  EXPECT_THAT(Outcomes({changed}, dry), Each(kUpdated));
  EXPECT_EQ(Versions(), versions);
}

TEST_F(ImportStancesTest, ImportQuotes_ReviewThatAPersonRecorded_IsNotRecordedTwice) {
  ResultOf(AdaOnTheMoon());
  pb::CreateReviewRequest create;
  create.mutable_review()->set_claim(TheStance().claim());
  create.mutable_review()->set_reviewer("outlets/daily");
  create.mutable_review()->set_rating_text("False");
  create.mutable_review()->set_url("https://daily.example/check");
  ASSERT_TRUE(Call(*claims_, &pb::ClaimService::Stub::CreateReview, create).status.ok());
  pb::ImportRecord record;
  Reviewed(record, kCheese, "False").set_url("https://daily.example/check");
  record.mutable_reviews(0)->set_reviewer("Daily");
  EXPECT_EQ(ResultOf(record).outcome(), kUnchanged);
  EXPECT_EQ(Reviews().size(), 2U);
}

TEST_F(ImportStancesTest, ExportQuotes_StancesAndReviewsOfQuotes_AreImportedAgainUnchanged) {
  pb::ImportRecord record = ARecord().Saying("x").By("Ada").In("Weekly").At("https://weekly.example/1");
  Claiming(record, "A", pb::POSITION_SUPPORTS, "The Americans", "Daily");
  Claiming(record, "B", pb::POSITION_REFUSES_TO_SAY);
  record.mutable_stances(1)->set_strength(pb::STRENGTH_WEAK);
  record.mutable_stances(1)->set_valid("2007-11/2007-12");
  record.mutable_stances(1)->set_note("a remark");
  Reviewed(record, "", "Misquoted").set_reviewed("2008");
  pb::ImportRecord further = ARecord().Saying("x").By("Ada").In("Daily").At("https://daily.example/1");
  Feed({record, further, ARecord().Saying("y").By("Bea")});
  const std::vector<pb::ImportRecord> exported = Export(*imports_);
  ASSERT_EQ(exported.size(), 3U);
  int stances = 0;
  int reviews = 0;
  for (const pb::ImportRecord& one : exported) {
    stances += one.stances_size();
    reviews += one.reviews_size();
  }
  EXPECT_EQ(stances, 2);
  EXPECT_EQ(reviews, 1);
  const std::string versions = Versions();
  EXPECT_THAT(Outcomes(exported), Each(kUnchanged));
  EXPECT_EQ(Versions(), versions);

  const std::vector<pb::Stance> before = Stances();
  Sql("TRUNCATE quotes, appearances, stances, reviews, import_keys, quote_topics, tallies, tally_changes");
  EXPECT_THAT(Outcomes(exported), Each(kCreated));
  const std::vector<pb::Stance> after = Stances();
  ASSERT_EQ(after.size(), before.size());
  for (std::size_t i = 0; i < after.size(); ++i) {
    EXPECT_EQ(after[i].name(), before[i].name());
    EXPECT_EQ(after[i].ascribed_by(), before[i].ascribed_by());
    EXPECT_EQ(after[i].position(), before[i].position());
    EXPECT_EQ(after[i].strength(), before[i].strength());
    EXPECT_EQ(after[i].note(), before[i].note());
    EXPECT_EQ(after[i].valid().SerializeAsString(), before[i].valid().SerializeAsString());
  }
  EXPECT_EQ(TheReview().rating_text(), "Misquoted");
}

TEST_F(ImportStancesTest, ImportQuotes_OneClaimInAWholeBatch_IsCreatedOnce) {
  std::vector<pb::ImportRecord> records;
  for (int i = 0; i < 300; ++i) {
    pb::ImportRecord record = ARecord().Saying("Words " + std::to_string(i)).By("Ada").In("Daily");
    Claiming(record, i % 2 == 0 ? kCheese : "the moon is made of cheese");
    records.push_back(record);
  }
  EXPECT_THAT(Outcomes(records), Each(kCreated));
  EXPECT_EQ(Sql("SELECT count(*) FROM claims"), "1");
  EXPECT_EQ(Sql("SELECT count(*) FROM stances"), "300");
  EXPECT_EQ(Sql("SELECT count(*) FROM stances WHERE via LIKE 'imports/%'"), "300");
}

}  // namespace
}  // namespace onrecord
