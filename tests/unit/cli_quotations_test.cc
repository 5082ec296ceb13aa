// Quotations in articles, with the marks that papers lose.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "clients/cli/quotations.h"

namespace onrecord::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> Texts(const std::string& article) {
  std::vector<std::string> texts;
  for (const Quotation& quotation : FindQuotations(article)) {
    texts.push_back(quotation.text + (quotation.mark_missing ? " (missing)" : ""));
    EXPECT_EQ(quotation.text, article.substr(quotation.begin, quotation.end - quotation.begin));
  }
  return texts;
}

TEST(FindQuotations, MarksOfSeveralCountries_ArePaired) {
  EXPECT_THAT(Texts("He said “one”, then \"two\" and „drei“, « quatre », 「五」."),
              ElementsAre("one", "two", "drei", "quatre", "五"));
  EXPECT_THAT(Texts("A ‘pseudo-reality’: Russia’s envoy didn’t say ‘that’."), ElementsAre("pseudo-reality", "that"));
  EXPECT_THAT(Texts("Nothing is quoted here, isn’t it?"), IsEmpty());
}

TEST(FindQuotations, WithAMarkLost_EndAtTheParagraph) {
  EXPECT_THAT(Texts("see “A title\n\nIt does not help,” he continued. “Yes,” she said."),
              ElementsAre("A title (missing)", "It does not help, (missing)", "Yes,"));
  EXPECT_THAT(Texts("(see “First at “Second” at"), ElementsAre("Second"));
  EXPECT_THAT(Texts("\"never closed"), ElementsAre("never closed (missing)"));
}

TEST(FindQuotations, SpeechOverSeveralParagraphs_IsNotMissingAMark) {
  EXPECT_THAT(Texts("“First paragraph.\n\n“Second paragraph.”\n"),
              ElementsAre("First paragraph.", "Second paragraph."));
}

TEST(FindQuotations, WithoutAnyWord_AreNone) {
  EXPECT_THAT(Texts("He said “…” and «—» and “😀” and “五”."), ElementsAre("五"));
}

TEST(FindQuotations, LineNumbers_CountFromOne) {
  const std::vector<Quotation> found = FindQuotations("one\n\n“three”");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].line, 3);
}

TEST(FindQuotations, AnyMarksInAnyOrder_GivePartsOfTheArticle) {
  const std::vector<std::string> pieces = {"“", "”",    "„", "\"", "«",    "»", "‘",
                                           "’", "word", " ", "\n", "\n\n", "é", "\xE2"};
  std::mt19937 random(3);
  for (int round = 0; round < 2000; ++round) {
    std::string article;
    for (std::size_t count = random() % 30; count > 0; --count) article += pieces[random() % pieces.size()];
    std::size_t last = 0;
    for (const Quotation& quotation : FindQuotations(article)) {
      ASSERT_LT(quotation.begin, quotation.end) << article;
      ASSERT_LE(quotation.end, article.size()) << article;
      ASSERT_LE(last, quotation.begin) << article;
      last = quotation.begin;
      EXPECT_EQ(quotation.text.find('\n'), std::string::npos) << article;
    }
  }
}

}  // namespace
}  // namespace onrecord::cli
