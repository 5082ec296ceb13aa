#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "clients/cli/claimreview.h"

namespace onrecord::cli {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kWhole[] = R"({
  "@context": "https://schema.org", "@type": "ClaimReview", "url": "https://facts.example/moon",
  "claimReviewed": "The moon is made of cheese", "datePublished": "2020-05-04T08:00:00+02:00", "inLanguage": "en",
  "headline": "No, it is not", "author": {"@type": "Organization", "name": "Facts"},
  "reviewRating": {"@type": "Rating", "ratingValue": 1, "bestRating": 5, "worstRating": 1, "alternateName": "False"},
  "itemReviewed": {"@type": "Claim", "text": "It is all cheese up there", "datePublished": "2020-05",
    "author": {"@type": "Person", "name": "Ada Byron", "jobTitle": "Astronomer"},
    "firstAppearance": {"@type": "CreativeWork", "url": "https://daily.example/1", "headline": "Cheese!",
      "datePublished": "2020-05-02", "publisher": {"name": "Daily"}},
    "appearance": ["https://daily.example/1", {"url": "https://weekly.example/2"}]}})";

std::vector<pb::ImportRecord> RecordsOf(const std::string& document) {
  std::vector<pb::ImportRecord> records;
  for (const ParsedRecord& parsed : ReadClaimReviews(document).records) {
    EXPECT_FALSE(parsed.reject) << document << ": " << parsed.reject->field << " " << parsed.reject->message;
    records.push_back(parsed.record);
  }
  return records;
}

// The one record of a document.
pb::ImportRecord ReviewedIn(const std::string& document) {
  const std::vector<pb::ImportRecord> records = RecordsOf(document);
  EXPECT_EQ(records.size(), 1U) << document;
  return records.empty() ? pb::ImportRecord() : records[0];
}

LocalReject RejectOf(const std::string& document) {
  const DocumentRecords found = ReadClaimReviews(document);
  EXPECT_EQ(found.records.size(), 1U) << document;
  if (found.records.empty() || !found.records[0].reject) return {};
  return *found.records[0].reject;
}

// A small review with other members in it.
std::string ReviewWith(const std::string& members) {
  return R"({"@context":"https://schema.org","@type":"ClaimReview","url":"https://f.example/1","claimReviewed":"C",)"
         R"("author":{"name":"Facts"},"reviewRating":{"alternateName":"False"})" +
         (members.empty() ? "" : "," + members) + "}";
}

TEST(CliClaimReview, Read_WholeReview_GivesARecordForEachAppearance) {
  const std::vector<pb::ImportRecord> records = RecordsOf(kWhole);
  ASSERT_EQ(records.size(), 2U);
  const pb::ImportRecord& first = records[0];
  EXPECT_EQ(first.speaker(), "Ada Byron");
  EXPECT_EQ(first.role(), "Astronomer");
  EXPECT_EQ(first.text(), "It is all cheese up there");
  EXPECT_EQ(first.kind(), pb::QUOTE_KIND_INDIRECT);
  EXPECT_EQ(first.said(), "2020-05");
  EXPECT_EQ(first.url(), "https://daily.example/1");
  EXPECT_EQ(first.headline(), "Cheese!");
  EXPECT_EQ(first.outlet(), "Daily");
  EXPECT_EQ(first.published(), "2020-05-02");
  ASSERT_EQ(first.stances_size(), 1);
  EXPECT_EQ(first.stances(0).claim(), "The moon is made of cheese");
  EXPECT_EQ(first.stances(0).position(), pb::POSITION_ASSERTS);
  ASSERT_EQ(first.reviews_size(), 1);
  const pb::ImportReview& review = first.reviews(0);
  EXPECT_EQ(review.claim(), "The moon is made of cheese");
  EXPECT_EQ(review.reviewer(), "Facts");
  EXPECT_EQ(review.rating_text(), "False");
  EXPECT_EQ(review.rating().value(), 1);
  EXPECT_EQ(review.rating().best(), 5);
  EXPECT_EQ(review.url(), "https://facts.example/moon");
  EXPECT_EQ(review.title(), "No, it is not");
  EXPECT_EQ(review.reviewed(), "2020-05-04");
  EXPECT_EQ(review.language(), "en");
  EXPECT_EQ(records[1].url(), "https://weekly.example/2");
  EXPECT_EQ(records[1].text(), first.text());
  EXPECT_EQ(records[1].stances_size(), 1);
  EXPECT_EQ(records[1].reviews_size(), 0) << "the review stands once";
  EXPECT_NE(records[0].external_id(), records[1].external_id());
  EXPECT_EQ(RecordsOf(kWhole)[0].external_id(), first.external_id());
  EXPECT_THAT(ReadClaimReviews(kWhole).losses, IsEmpty());
}

TEST(CliClaimReview, Read_WhereverItStands_IsFound) {
  const std::string review = ReviewWith(R"("itemReviewed":{"@type":"Claim","author":"Ada"})");
  for (const std::string& document :
       {review, "[" + review + "]", "[[null," + review + "]]",
        absl::StrCat(R"({"@context":"https://schema.org","@graph":[{"@type":"WebSite","name":"x"},)", review, "]}"),
        absl::StrCat(R"({"@type":["WebPage","Article"],"mainEntity":{"review":[)", review, "]}}"),
        absl::StrCat(R"({"@type":"WebPage","mainEntity":{"@type":"Thing","review":)", review, "}}"),
        absl::StrCat(R"({"@type":"DataFeed","dataFeedElement":[{"item":[)", review, "]}]}")}) {
    EXPECT_EQ(ReviewedIn(document).speaker(), "Ada") << document;
  }
}

TEST(CliClaimReview, Read_TypesAndContextsOfAnySpelling_AreKnown) {
  const std::string review = ReviewWith("");
  for (const char* type : {R"(["Review","ClaimReview"])", R"("schema:ClaimReview")",
                           R"("http://schema.org/ClaimReview")", R"(["ClaimReview"])"}) {
    EXPECT_EQ(ReviewedIn(absl::StrReplaceAll(review, {{R"("ClaimReview")", type}})).reviews_size(), 1) << type;
  }
  for (const char* context :
       {R"("http://schema.org")", R"("http://schema.org/")", R"("https://schema.org/")", R"("https://www.schema.org")",
        R"("//schema.org")", R"({"@vocab":"https://schema.org/"})", R"(["https://schema.org",{"x":"y"}])", "null"}) {
    EXPECT_EQ(ReviewedIn(absl::StrReplaceAll(review, {{R"("https://schema.org")", context}})).reviews_size(), 1)
        << context;
  }
  const LocalReject foreign =
      RejectOf(absl::StrReplaceAll(review, {{"https://schema.org", "https://www.w3.org/ns/activitystreams"}}));
  EXPECT_EQ(foreign.field, "@context");
}

TEST(CliClaimReview, Read_ReferencesByIdInAGraph_AreFollowed) {
  const pb::ImportRecord record = ReviewedIn(R"({"@graph":[
      {"@type":"Organization","@id":"https://f.example/#us","name":"Facts"},
      {"@type":"ClaimReview","url":"https://f.example/1","claimReviewed":"C","author":{"@id":"https://f.example/#us"},
       "reviewRating":{"@id":"#rating"},"itemReviewed":{"@id":"#claim"}},
      {"@type":"Rating","@id":"#rating","alternateName":"Half true"},
      {"@type":"Claim","@id":"#claim","author":{"@type":"Person","@id":"#nobody","name":"Ada"}}]})");
  EXPECT_EQ(record.speaker(), "Ada");
  EXPECT_EQ(record.reviews(0).reviewer(), "Facts");
  EXPECT_EQ(record.reviews(0).rating_text(), "Half true");
}

TEST(CliClaimReview, Read_TextOfItems_FollowsTheirType) {
  const std::pair<const char*, const char*> kItems[] = {
      {R"({"@type":"Claim","author":"Ada","text":"T","name":"N"})", "T"},
      {R"({"@type":"Claim","author":"Ada","name":"N"})", "N"},
      {R"({"@type":["Claim"],"author":"Ada","text":["T2"]})", "T2"},
      {R"({"@type":"Claim","author":"Ada"})", "C"},
      {R"({"@type":"CreativeWork","author":"Ada","name":"N"})", "C"},  // before 2018: the work it was made in
      {R"({"author":"Ada","text":"T"})", "C"}};
  for (const auto& [item, text] : kItems) {
    EXPECT_EQ(ReviewedIn(ReviewWith(absl::StrCat(R"("itemReviewed":)", item))).text(), text) << item;
  }
}

TEST(CliClaimReview, Read_CreativeWorkOfBefore2018_IsWhereItWasClaimed) {
  const pb::ImportRecord record = ReviewedIn(ReviewWith(
      R"("itemReviewed":{"@type":"CreativeWork","author":{"@type":"Organization","name":"Square World Society",
         "sameAs":"https://flat.example/"},"datePublished":"2016-06-20","url":"https://flat.example/p","name":"Flat!"})"));
  EXPECT_EQ(record.speaker(), "Square World Society");
  EXPECT_EQ(record.text(), "C");
  EXPECT_EQ(record.said(), "2016-06-20");
  EXPECT_EQ(record.url(), "https://flat.example/p");
  EXPECT_EQ(record.headline(), "Flat!");
}

TEST(CliClaimReview, Read_SeveralClaimants_GiveARecordEachAndTheReviewOnce) {
  for (const char* items :
       {R"({"@type":"Claim","author":[{"name":"Ada"},"Bea"]})",
        R"([{"@type":"Claim","author":{"name":"Ada"}},{"@type":"Claim","author":{"name":["Bea"]}}])"}) {
    const std::vector<pb::ImportRecord> records = RecordsOf(ReviewWith(absl::StrCat(R"("itemReviewed":)", items)));
    ASSERT_EQ(records.size(), 2U) << items;
    EXPECT_EQ(records[0].speaker(), "Ada");
    EXPECT_EQ(records[1].speaker(), "Bea");
    EXPECT_EQ(records[0].reviews_size() + records[1].reviews_size(), 1);
    EXPECT_EQ(records[1].stances(0).claim(), "C");
    EXPECT_NE(records[0].external_id(), records[1].external_id());
  }
}

TEST(CliClaimReview, Read_WithoutClaimant_IsAReviewAlone) {
  for (const char* members : {"", R"("itemReviewed":null)", R"("itemReviewed":{"@type":"Claim"})",
                              R"("itemReviewed":{"@type":"Claim","author":{"@type":"Person","name":""}})",
                              R"("itemReviewed":"a text")", R"("itemReviewed":[])"}) {
    const pb::ImportRecord record = ReviewedIn(ReviewWith(members));
    EXPECT_EQ(record.text() + record.speaker() + record.described_as(), "") << members;
    EXPECT_EQ(record.kind(), pb::QUOTE_KIND_UNSPECIFIED);
    EXPECT_EQ(record.stances_size(), 0);
    ASSERT_EQ(record.reviews_size(), 1);
    EXPECT_EQ(record.reviews(0).claim(), "C");
    EXPECT_NE(record.external_id(), "");
  }
}

TEST(CliClaimReview, Read_UnnamedClaimants_AreDescribed) {
  EXPECT_EQ(ReviewedIn(ReviewWith(R"("itemReviewed":{"@type":"Claim","author":"Facebook posts"})")).described_as(),
            "Facebook posts");
  const pb::ImportRecord record =
      ReviewedIn(ReviewWith(R"("itemReviewed":{"@type":"Claim","author":{"description":"a senior official"}})"));
  EXPECT_EQ(record.described_as(), "a senior official");
  EXPECT_EQ(record.speaker(), "");
}

TEST(CliClaimReview, Read_Ratings_OfAnyShape) {
  struct Case {
    const char* rating;
    const char* text;
    double value;  // -1: no scale
    double best;
    double worst;
  };
  const Case kCases[] = {{R"({"alternateName":"Mostly false","ratingValue":"2","bestRating":"5","worstRating":"1"})",
                          "Mostly false", 2, 5, 1},
                         {R"({"alternateName":"Falsch","ratingValue":2.5})", "Falsch", 2.5, 5, 1},
                         {R"({"alternateName":"Falsch","ratingValue":"2,5"})", "Falsch", 2.5, 5, 1},
                         {R"({"alternateName":"x","ratingValue":0,"bestRating":100,"worstRating":0})", "x", 0, 100, 0},
                         {R"({"alternateName":"x","ratingValue":5,"bestRating":1,"worstRating":5})", "x", 5, 1, 5},
                         {R"({"alternateName":"x","ratingValue":-1,"bestRating":-1,"worstRating":-1})", "x", -1, 0, 0},
                         {R"({"alternateName":"x","ratingValue":7,"bestRating":5,"worstRating":1})", "x", -1, 0, 0},
                         {R"({"name":"Pants on Fire!"})", "Pants on Fire!", -1, 0, 0},
                         {R"({"ratingValue":"False"})", "False", -1, 0, 0},
                         {R"({"ratingValue":3,"bestRating":5})", "3/5", 3, 5, 1},
                         {R"({"ratingValue":3})", "3", 3, 5, 1},
                         {R"({"ratingExplanation":"It is not so."})", "It is not so.", -1, 0, 0},
                         {R"([{"alternateName":["Satire"]},{"alternateName":"y"}])", "Satire", -1, 0, 0},
                         {R"("False")", "False", -1, 0, 0},
                         {R"(4)", "4", 4, 5, 1},
                         {R"({"alternateName":{"@value":"Faux","@language":"fr"}})", "Faux", -1, 0, 0}};
  for (const Case& c : kCases) {
    const pb::ImportRecord record =
        ReviewedIn(absl::StrReplaceAll(ReviewWith(""), {{R"({"alternateName":"False"})", c.rating}}));
    const pb::ImportReview& review = record.reviews(0);
    EXPECT_EQ(review.rating_text(), c.text) << c.rating;
    EXPECT_EQ(review.has_rating(), c.value >= 0) << c.rating;
    if (c.value < 0) continue;
    EXPECT_EQ(review.rating().value(), c.value) << c.rating;
    EXPECT_EQ(review.rating().best(), c.best) << c.rating;
    EXPECT_EQ(review.rating().worst(), c.worst) << c.rating;
  }
}

TEST(CliClaimReview, Read_ReviewersOfAnyShape_AreNamed) {
  for (const char* author :
       {R"({"name":"Facts"})", R"([{"@type":"Organization","name":"Facts"},{"name":"Bea"}])", R"("Facts")",
        R"({"@type":"Organization","name":["Facts"]})", R"({"name":{"@value":"Facts"}})"}) {
    EXPECT_EQ(ReviewedIn(absl::StrReplaceAll(ReviewWith(""), {{R"({"name":"Facts"})", author}})).reviews(0).reviewer(),
              "Facts")
        << author;
  }
  EXPECT_EQ(ReviewedIn(absl::StrReplaceAll(ReviewWith(""),
                                           {{R"({"name":"Facts"})", R"({"url":"http://www.facts.example/"})"}}))
                .reviews(0)
                .reviewer(),
            "facts.example");
  EXPECT_EQ(ReviewedIn(absl::StrReplaceAll(ReviewWith(""), {{R"({"name":"Facts"})", "null"}})).reviews(0).reviewer(),
            "f.example");
  EXPECT_EQ(
      ReviewedIn(absl::StrReplaceAll(ReviewWith(R"("publisher":{"name":"Pub"})"), {{R"({"name":"Facts"})", "[]"}}))
          .reviews(0)
          .reviewer(),
      "Pub");
}

TEST(CliClaimReview, Read_UnreadableDates_AreRejectsWithTheirField) {
  const std::pair<const char*, const char*> kDates[] = {
      {R"("datePublished":"03/04/2007")", "datePublished"},
      {R"("datePublished":1195603200)", "datePublished"},
      {R"("itemReviewed":{"@type":"Claim","author":"Ada","datePublished":"yesterday"})", "itemReviewed.datePublished"},
      {R"("itemReviewed":{"@type":"Claim","datePublished":"2007-02-30"})", "itemReviewed.datePublished"},
      {R"("itemReviewed":{"author":"Ada","firstAppearance":{"url":"http://x.example","datePublished":"x"}})",
       "itemReviewed.firstAppearance.datePublished"}};
  for (const auto& [members, field] : kDates) {
    const LocalReject reject = RejectOf(ReviewWith(members));
    EXPECT_EQ(reject.reason, "DATE_INVALID") << members;
    EXPECT_EQ(reject.field, field) << members;
    EXPECT_THAT(reject.line_text, HasSubstr("ClaimReview"));
  }
  EXPECT_EQ(ReviewedIn(ReviewWith(R"("datePublished":2007)")).reviews(0).reviewed(), "2007");
  EXPECT_EQ(ReviewedIn(ReviewWith(R"("datePublished":{"@type":"Date","@value":"2007-11"})")).reviews(0).reviewed(),
            "2007-11");
  EXPECT_EQ(ReviewedIn(ReviewWith(R"("datePublished":"")")).reviews(0).reviewed(), "");
}

TEST(CliClaimReview, Read_BadReviewAmongOthers_IsRejectedAlone) {
  const std::string bad = absl::StrReplaceAll(ReviewWith(""), {{R"("alternateName":"False")", ""}});
  const DocumentRecords found = ReadClaimReviews(absl::StrCat("[", ReviewWith(""), ",", bad, ",", ReviewWith(""), "]"));
  ASSERT_EQ(found.records.size(), 3U);
  EXPECT_FALSE(found.records[0].reject);
  ASSERT_TRUE(found.records[1].reject);
  EXPECT_EQ(found.records[1].reject->reason, "FIELD_REQUIRED");
  EXPECT_EQ(found.records[1].reject->field, "reviewRating.alternateName");
  EXPECT_FALSE(found.records[2].reject);
  EXPECT_EQ(RejectOf(absl::StrReplaceAll(ReviewWith(""), {{R"("claimReviewed":"C",)", ""}})).field, "claimReviewed");
  EXPECT_EQ(RejectOf("{\"@type\":").reason, "BAD_JSON");
  EXPECT_EQ(RejectOf(std::string(1000, '[')).reason, "BAD_JSON");
  EXPECT_EQ(RejectOf("\"caf\xE9\"").reason, "INVALID_UTF8");
}

TEST(CliClaimReview, Read_WhatRecordsCannotKeep_IsCounted) {
  const DocumentRecords found = ReadClaimReviews(ReviewWith(
      R"("keywords":"x","image":{"url":"y"},"itemReviewed":{"@type":"Claim","author":{"name":"Ada","sameAs":["z"]},)"
      R"("claimInterpreter":"w","appearance":"a Facebook post"})"));
  EXPECT_THAT(found.losses, ::testing::UnorderedElementsAre("keywords", "image", "itemReviewed.author.sameAs",
                                                            "itemReviewed.claimInterpreter",
                                                            "itemReviewed.appearance.url that is no web address"));
  EXPECT_THAT(ReadClaimReviews(R"({"@type":"WebSite"})").losses, ElementsAre("documents without a ClaimReview"));
  EXPECT_THAT(ReadClaimReviews(R"({"@type":"MediaReview"})").losses, Contains("MediaReview"));
}

TEST(CliClaimReview, ClaimReviewToJson_ReadBack_IsTheSame) {
  pb::Review review;
  review.set_reviewer_display_name("Facts");
  review.set_rating_text("Pants on Fire!");
  review.mutable_rating()->set_value(1.5);
  review.mutable_rating()->set_best(6);
  review.set_url("https://facts.example/1");
  review.set_title("“No”, it is \"not\"");
  review.mutable_reviewed()->mutable_from()->set_year(2007);
  review.mutable_reviewed()->mutable_to()->set_year(2008);
  review.set_language("en");
  Claimant ada;
  ada.kind = pb::SPEAKER_KIND_PERSON;
  ada.quote.set_text("It is\u00a0cheese");
  ada.quote.set_speaker("speakers/ada");
  ada.quote.set_speaker_display_name("محمود عباس");
  ada.quote.set_language("en");
  ada.quote.mutable_said()->mutable_to()->set_year(2007);
  pb::Appearance& daily = *ada.quote.add_appearances();
  daily.set_role("Envoy");
  daily.set_outlet_display_name("Daily");
  daily.mutable_article()->set_headline("Cheese");
  pb::Appearance& weekly = *ada.quote.add_appearances();
  weekly.mutable_article()->set_url("https://weekly.example/1");
  Claimant unnamed;
  unnamed.quote.set_text("There is cheese");
  unnamed.quote.set_described_as("a senior official");
  const std::vector<pb::ImportRecord> records =
      RecordsOf(ClaimReviewToJson(review, "The moon is cheese", {ada, unnamed}));
  ASSERT_EQ(records.size(), 3U);
  EXPECT_EQ(records[0].speaker(), "محمود عباس");
  EXPECT_EQ(records[0].text(), "It is\u00a0cheese");
  EXPECT_EQ(records[0].said(), "../2007");
  EXPECT_EQ(records[0].outlet(), "Daily");
  EXPECT_EQ(records[0].headline(), "Cheese");
  EXPECT_EQ(records[0].role(), "Envoy");
  EXPECT_EQ(records[0].language(), "en");
  EXPECT_EQ(records[1].url(), "https://weekly.example/1");
  EXPECT_EQ(records[2].described_as(), "a senior official");
  const pb::ImportReview& read = records[0].reviews(0);
  EXPECT_EQ(read.claim(), "The moon is cheese");
  EXPECT_EQ(read.reviewer(), "Facts");
  EXPECT_EQ(read.rating_text(), "Pants on Fire!");
  EXPECT_EQ(read.rating().value(), 1.5);
  EXPECT_EQ(read.rating().best(), 6);
  EXPECT_EQ(read.rating().worst(), 0);
  EXPECT_EQ(read.url(), review.url());
  EXPECT_EQ(read.title(), review.title());
  EXPECT_EQ(read.reviewed(), "2007/2008");
  EXPECT_EQ(read.language(), "en");
  EXPECT_THAT(ReadClaimReviews(ClaimReviewToJson(review, "x", {ada, unnamed})).losses, IsEmpty());
  EXPECT_EQ(ReviewedIn(ClaimReviewToJson(review, "The moon is cheese", {})).reviews(0).claim(), "The moon is cheese");
}

}  // namespace
}  // namespace onrecord::cli
