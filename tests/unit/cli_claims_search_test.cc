#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "clients/cli/claims_search.h"

namespace onrecord::cli {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;

constexpr char kAnswer[] = R"({"claims":[
  {"text":"The moon is cheese","claimant":"Ada Byron","claimDate":"2020-05-01T00:00:00Z","claimReview":[
    {"publisher":{"name":"Facts","site":"facts.example"},"url":"https://facts.example/1","title":"No",
     "reviewDate":"2020-05-04T12:00:00+05:30","textualRating":"False","languageCode":"en"},
    {"publisher":{"site":"other.example"},"url":"https://other.example/2","textualRating":"Mostly false"}]},
  {"text":"The sun is a lamp","claimReview":[{"publisher":{"name":"Facts"},"textualRating":"False"}]}],
  "nextPageToken":"CAo"})";

TEST(CliClaimsSearch, Read_Answer_GivesARecordForEachClaim) {
  const DocumentRecords found = ReadClaimsSearch(kAnswer);
  ASSERT_EQ(found.records.size(), 2U);
  const pb::ImportRecord& first = found.records[0].record;
  EXPECT_EQ(first.text(), "The moon is cheese");
  EXPECT_EQ(first.speaker(), "Ada Byron");
  EXPECT_EQ(first.said(), "2020-05-01");
  EXPECT_EQ(first.kind(), pb::QUOTE_KIND_INDIRECT);
  ASSERT_EQ(first.stances_size(), 1);
  EXPECT_EQ(first.stances(0).claim(), first.text());
  EXPECT_EQ(first.stances(0).position(), pb::POSITION_ASSERTS);
  ASSERT_EQ(first.reviews_size(), 2);
  EXPECT_EQ(first.reviews(0).claim(), first.text());
  EXPECT_EQ(first.reviews(0).reviewer(), "Facts");
  EXPECT_EQ(first.reviews(0).rating_text(), "False");
  EXPECT_EQ(first.reviews(0).reviewed(), "2020-05-04");
  EXPECT_EQ(first.reviews(0).language(), "en");
  EXPECT_EQ(first.reviews(0).title(), "No");
  EXPECT_FALSE(first.reviews(0).has_rating());
  EXPECT_EQ(first.reviews(1).reviewer(), "other.example");
  const pb::ImportRecord& second = found.records[1].record;
  EXPECT_EQ(second.text() + second.speaker(), "");
  EXPECT_EQ(second.reviews(0).claim(), "The sun is a lamp");
  EXPECT_NE(first.external_id(), second.external_id());
  EXPECT_THAT(found.losses, Contains("the pages after nextPageToken"));
}

TEST(CliClaimsSearch, Read_OneClaimOrAnEmptyPage_IsKnown) {
  EXPECT_EQ(ReadClaimsSearch(R"({"text":"a","claimant":"Ada"})").records.size(), 1U);
  EXPECT_THAT(ReadClaimsSearch("{}").records, IsEmpty());
  EXPECT_THAT(ReadClaimsSearch(R"({"claims":[]})").records, IsEmpty());
}

TEST(CliClaimsSearch, Read_BadClaims_AreRejectedAlone) {
  const std::tuple<const char*, const char*, const char*> kClaims[] = {
      {R"({"claimant":"Ada"})", "FIELD_REQUIRED", "text"},
      {R"({"text":"a"})", "FIELD_REQUIRED", "claimReview"},
      {R"({"text":5})", "WRONG_TYPE", "text"},
      {R"("a")", "WRONG_TYPE", "claims"},
      {R"({"text":"a","claimant":"b","claimDate":"soon"})", "DATE_INVALID", "claimDate"},
      {R"({"text":"a","claimReview":[{"publisher":{"name":"x"},"textualRating":"y","reviewDate":"z"}]})",
       "DATE_INVALID", "claimReview[0].reviewDate"},
      {R"({"text":"a","claimReview":[{"publisher":{"name":"x"}}]})", "FIELD_REQUIRED", "claimReview[0].textualRating"},
      {R"({"text":"a","claimReview":[{"textualRating":"y"}]})", "FIELD_REQUIRED", "claimReview[0].publisher"},
      {R"({"text":"a","claimReview":[null]})", "WRONG_TYPE", "claimReview[0]"}};
  for (const auto& [claim, reason, field] : kClaims) {
    const DocumentRecords found =
        ReadClaimsSearch(std::string(R"({"claims":[)") + claim + R"(,{"text":"b","claimant":"c"}]})");
    ASSERT_EQ(found.records.size(), 2U) << claim;
    ASSERT_TRUE(found.records[0].reject) << claim;
    EXPECT_EQ(found.records[0].reject->reason, reason) << claim;
    EXPECT_EQ(found.records[0].reject->field, field) << claim;
    EXPECT_FALSE(found.records[1].reject);
  }
  EXPECT_EQ(ReadClaimsSearch("{").records[0].reject->reason, "BAD_JSON");
  EXPECT_EQ(ReadClaimsSearch("5").records[0].reject->reason, "WRONG_TYPE");
}

TEST(CliClaimsSearch, Read_MoreReviewsThanARecordTakes_FollowInRecordsOfTheirOwn) {
  std::string reviews;
  for (int i = 0; i < 23; ++i) {
    reviews += std::string(i == 0 ? "" : ",") + R"({"publisher":{"name":"P)" + std::to_string(i) +
               R"("},"textualRating":"False"})";
  }
  const DocumentRecords found = ReadClaimsSearch(R"({"text":"a","claimant":"b","claimReview":[)" + reviews + "]}");
  ASSERT_EQ(found.records.size(), 4U);
  EXPECT_EQ(found.records[0].record.reviews_size(), 20);
  std::set<std::string> ids;
  for (const ParsedRecord& parsed : found.records) ids.insert(parsed.record.external_id());
  EXPECT_EQ(ids.size(), 4U);
}

}  // namespace
}  // namespace onrecord::cli
