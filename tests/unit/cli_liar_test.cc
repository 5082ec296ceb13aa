#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "clients/cli/liar.h"

namespace onrecord::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string Line(const std::string& statement, const std::string& speaker = "ada-byron",
                 const std::string& label = "barely-true") {
  return "7.json\t" + label + "\t" + statement + "\thealth-care,taxes\t" + speaker +
         "\tSenator\tTexas\tnone\t1\t2\t3\t4\t5\ta news release";
}

TEST(CliLiar, ParseLiarLine_WholeLine_IsARecord) {
  const ParsedRecord parsed = ParseLiarLine(Line("Says \"taxes rose."));
  ASSERT_FALSE(parsed.reject);
  const pb::ImportRecord& record = parsed.record;
  EXPECT_EQ(record.external_id(), "7.json");
  EXPECT_EQ(record.text(), "Says \"taxes rose.");
  EXPECT_EQ(record.speaker(), "Ada Byron");
  EXPECT_EQ(record.role(), "Senator");
  EXPECT_EQ(record.kind(), pb::QUOTE_KIND_INDIRECT);
  EXPECT_EQ(record.said(), "");
  EXPECT_THAT(record.topics(), ElementsAre("health care", "taxes"));
  EXPECT_EQ(record.note(),
            "context: a news release; state: Texas; party: none; rated barely true, false, half true, mostly true, "
            "pants on fire so far: 1, 2, 3, 4, 5");
  ASSERT_EQ(record.stances_size(), 1);
  EXPECT_EQ(record.stances(0).claim(), record.text());
  EXPECT_EQ(record.stances(0).position(), pb::POSITION_ASSERTS);
  ASSERT_EQ(record.reviews_size(), 1);
  EXPECT_EQ(record.reviews(0).claim(), record.text());
  EXPECT_EQ(record.reviews(0).reviewer(), "PolitiFact");
  EXPECT_EQ(record.reviews(0).rating_text(), "Barely True");
  EXPECT_EQ(record.reviews(0).rating().value(), 3);
  EXPECT_EQ(record.reviews(0).rating().best(), 6);
  EXPECT_EQ(record.reviews(0).rating().worst(), 1);
}

TEST(CliLiar, ParseLiarLine_Labels_AreOnAScaleOfSix) {
  double value = 1;
  for (const char* label : {"pants-fire", "false", "barely-true", "half-true", "mostly-true", "true"}) {
    EXPECT_EQ(ParseLiarLine(Line("x", "a", label)).record.reviews(0).rating().value(), value++) << label;
  }
}

TEST(CliLiar, ParseLiarLine_OnlyAWholeQuotation_IsDirect) {
  const std::pair<const char*, pb::QuoteKind> kStatements[] = {{"\"I did not.\"", pb::QUOTE_KIND_DIRECT},
                                                               {"“I did not.”", pb::QUOTE_KIND_DIRECT},
                                                               {"I did not.", pb::QUOTE_KIND_INDIRECT},
                                                               {"Says \"I did.\"", pb::QUOTE_KIND_INDIRECT},
                                                               {"\"A\" and \"b\"", pb::QUOTE_KIND_INDIRECT},
                                                               {"\"I did not.", pb::QUOTE_KIND_INDIRECT},
                                                               {"\"\"", pb::QUOTE_KIND_INDIRECT},
                                                               {"\"", pb::QUOTE_KIND_INDIRECT}};
  for (const auto& [statement, kind] : kStatements) {
    EXPECT_EQ(ParseLiarLine(Line(statement)).record.kind(), kind) << statement;
  }
}

TEST(CliLiar, ParseLiarLine_PseudoSpeakers_AreNotPeople) {
  EXPECT_EQ(ParseLiarLine(Line("x", "chain-email")).record.described_as(), "chain email");
  EXPECT_EQ(ParseLiarLine(Line("x", "facebook-posts")).record.speaker(), "");
  const pb::ImportRecord nobody = ParseLiarLine(Line("x", "")).record;
  EXPECT_EQ(nobody.text(), "");
  EXPECT_EQ(nobody.reviews(0).claim(), "x");
}

TEST(CliLiar, ParseLiarLine_BadLines_AreRejected) {
  EXPECT_EQ(ParseLiarLine("").reject->reason, "BAD_TSV");
  EXPECT_THAT(ParseLiarLine("a\tb").reject->message, HasSubstr("2 columns"));
  EXPECT_EQ(ParseLiarLine(Line("x") + "\t").reject->reason, "BAD_TSV");
  EXPECT_EQ(ParseLiarLine(Line("")).reject->field, "statement");
  EXPECT_EQ(ParseLiarLine(Line("x", "a", "TRUE!")).reject->field, "label");
  EXPECT_EQ(ParseLiarLine(Line("caf\xE9")).reject->reason, "INVALID_UTF8");
  EXPECT_FALSE(ParseLiarLine("1\ttrue\tx\t\t\t\t\t\t\t\t\t\t\t").reject);
}

// What a reader that knows of quoting makes of such a file is fewer records.
TEST(CliLiar, ParseLiarLine_UnbalancedQuotationMarks_SwallowNothing) {
  std::mt19937 random(7);
  int records = 0;
  for (int i = 0; i < 10'269; ++i) {
    std::string statement = "Statement " + std::to_string(i);
    for (std::size_t marks = random() % 4; marks > 0; --marks) statement.insert(random() % statement.size(), 1, '"');
    const ParsedRecord parsed = ParseLiarLine(Line(statement));
    records += parsed.reject || parsed.record.text() != statement ? 0 : 1;
  }
  EXPECT_EQ(records, 10'269);
}

}  // namespace
}  // namespace onrecord::cli
