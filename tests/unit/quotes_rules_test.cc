#include "services/quotes/quotes_rules.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

namespace onrecord::rules {
namespace {

api::DayRange Range(const std::string& text) { return *api::ParseInterval(text); }

pb::Quote ValidQuote() {
  pb::Quote quote;
  quote.set_text("We shall see.");
  quote.set_speaker("speakers/ada");
  quote.set_kind(pb::QUOTE_KIND_DIRECT);
  quote.set_polarity(pb::POLARITY_AFFIRMED);
  return quote;
}

TEST(QuotesRulesTest, CheckQuote_OfAValidOne_FindsNothing) {
  api::Violations violations;
  CheckQuote(ValidQuote(), violations);
  EXPECT_TRUE(violations.all().empty());
}

struct Bad {
  const char* field;
  pb::ErrorReason reason;
  std::function<void(pb::Quote&)> make;
};

TEST(QuotesRulesTest, CheckQuote_OfOneBadField_NamesItAlone) {
  const std::string nul("a\0b", 3);
  const std::vector<Bad> all = {
      {"quote.text", pb::ERROR_REASON_FIELD_REQUIRED, [](pb::Quote& q) { q.clear_text(); }},
      {"quote.text", pb::ERROR_REASON_CONTROL_CHARACTER, [&](pb::Quote& q) { q.set_text(nul); }},
      {"quote.text", pb::ERROR_REASON_TEXT_TOO_LONG, [](pb::Quote& q) { q.set_text(std::string(100001, 'a')); }},
      {"quote.speaker", pb::ERROR_REASON_FIELD_REQUIRED, [](pb::Quote& q) { q.clear_speaker(); }},
      {"quote.speaker", pb::ERROR_REASON_VALUE_INVALID, [](pb::Quote& q) { q.set_speaker("Ada"); }},
      {"quote.described_as", pb::ERROR_REASON_VALUE_INVALID, [](pb::Quote& q) { q.set_described_as("x"); }},
      {"quote.kind", pb::ERROR_REASON_FIELD_REQUIRED, [](pb::Quote& q) { q.clear_kind(); }},
      {"quote.kind", pb::ERROR_REASON_VALUE_INVALID, [](pb::Quote& q) { q.set_kind(static_cast<pb::QuoteKind>(9)); }},
      {"quote.language", pb::ERROR_REASON_VALUE_INVALID, [](pb::Quote& q) { q.set_language("en_US"); }},
      {"quote.topics", pb::ERROR_REASON_TOO_MANY_VALUES,
       [](pb::Quote& q) {
         for (int i = 0; i < 51; ++i) q.add_topics("topics/t");
       }},
      {"quote.said.from", pb::ERROR_REASON_DATE_INVALID,
       [](pb::Quote& q) { q.mutable_said()->mutable_from()->set_day(3); }},
      {"quote.note", pb::ERROR_REASON_TEXT_TOO_LONG, [](pb::Quote& q) { q.set_note(std::string(4001, 'a')); }},
      {"quote.appearances[0].ranges", pb::ERROR_REASON_VALUE_INVALID,
       [](pb::Quote& q) { q.add_appearances()->add_ranges(); }},
      {"quote.appearances[0].article.url", pb::ERROR_REASON_VALUE_INVALID,
       [](pb::Quote& q) { q.add_appearances()->mutable_article()->set_url("ftp://x"); }},
  };
  for (const Bad& bad : all) {
    pb::Quote quote = ValidQuote();
    bad.make(quote);
    api::Violations violations;
    CheckQuote(quote, violations);
    ASSERT_EQ(violations.all().size(), 1U) << bad.field;
    EXPECT_EQ(violations.all()[0].field, bad.field);
    EXPECT_EQ(violations.all()[0].reason, bad.reason) << bad.field;
  }
}

TEST(QuotesRulesTest, Normalize_FillsInAndFolds) {
  pb::Quote quote;
  quote.set_text("  We\u00a0shall\n see. ");
  quote.set_described_as(" an  official ");
  quote.add_appearances()->set_wording("We shall see. ");
  Normalize(quote);
  EXPECT_EQ(quote.text(), "We shall see.");
  EXPECT_EQ(quote.described_as(), "an official");
  EXPECT_EQ(quote.polarity(), pb::POLARITY_AFFIRMED);
  EXPECT_EQ(quote.source_terms(), pb::SOURCE_TERMS_UNKNOWN);
  EXPECT_EQ(quote.appearances(0).wording(), "");
}

TEST(QuotesRulesTest, ApplyMask_ReplacesNamedFieldsOnly) {
  pb::Quote current = ValidQuote();
  current.add_topics("topics/a");
  current.set_note("old");
  pb::UpdateQuoteRequest request;
  request.mutable_quote()->set_text("Other words");
  request.mutable_quote()->add_topics("topics/b");
  request.mutable_update_mask()->add_paths("topics");
  request.mutable_update_mask()->add_paths("note");
  const auto changed = ApplyMask(current, request);
  ASSERT_TRUE(changed.ok()) << changed.status();
  EXPECT_EQ(changed->text(), "We shall see.");
  ASSERT_EQ(changed->topics_size(), 1);
  EXPECT_EQ(changed->topics(0), "topics/b");
  EXPECT_EQ(changed->note(), "");
  EXPECT_EQ(ChangedFields(current, *changed), (std::vector<std::string>{"topics", "note"}));
}

TEST(QuotesRulesTest, QuoteId_OfSpellings_IsOne) {
  const std::string id = QuoteId({"Ada King", ""}, "“We don’t know,”", Range("2007"), "The Times", "", Range(""));
  EXPECT_EQ(id, QuoteId({"ADA  King", ""}, "We don't know", Range("2007"), "The Post", "http://x", Range("2008")));
  EXPECT_NE(id, QuoteId({"Ada King", ""}, "We know", Range("2007"), "The Times", "", Range("")));
  EXPECT_NE(id, QuoteId({"Ada King", ""}, "We don't know", Range("2007-01"), "The Times", "", Range("")));
  EXPECT_NE(id, QuoteId({"Ada Queen", ""}, "We don't know", Range("2007"), "The Times", "", Range("")));
}

TEST(QuotesRulesTest, QuoteId_OfUnnamedSources_DependsOnThePrinting) {
  const Source source{"", "a senior official"};
  const std::string id = QuoteId(source, "We know", Range("2007"), "The Times", "http://a", Range("2007-01-01"));
  EXPECT_EQ(id, QuoteId(source, "we know.", Range("2007"), "the times", "http://a", Range("2007-01-01")));
  EXPECT_NE(id, QuoteId(source, "We know", Range("2007"), "The Post", "http://a", Range("2007-01-01")));
  EXPECT_NE(id, QuoteId(source, "We know", Range("2007"), "The Times", "http://b", Range("2007-01-01")));
  EXPECT_NE(id, QuoteId(source, "We know", Range("2007"), "The Times", "http://a", Range("2007-01-02")));
  EXPECT_NE(id, QuoteId({"", "an aide"}, "We know", Range("2007"), "The Times", "http://a", Range("2007-01-01")));
}

TEST(QuotesRulesTest, AppearanceId_DependsOnEveryPart) {
  const std::string id = AppearanceId("q", "The Times", "http://a", Range("2007"), "1-2");
  EXPECT_EQ(id, AppearanceId("q", "the  times", "http://a", Range("2007"), "1-2"));
  EXPECT_NE(id, AppearanceId("r", "The Times", "http://a", Range("2007"), "1-2"));
  EXPECT_NE(id, AppearanceId("q", "The Post", "http://a", Range("2007"), "1-2"));
  EXPECT_NE(id, AppearanceId("q", "The Times", "http://b", Range("2007"), "1-2"));
  EXPECT_NE(id, AppearanceId("q", "The Times", "http://a", Range("2008"), "1-2"));
  EXPECT_NE(id, AppearanceId("q", "The Times", "http://a", Range("2007"), "1-3"));
}

TEST(QuotesRulesTest, PlaceQuote_WithoutSaid_TakesTheEarliestPrinting) {
  pb::Quote quote = ValidQuote();
  for (const char* day : {"2007-11-23", "2007-11-22", ""}) {
    api::FromRange(Range(day), *quote.add_appearances()->mutable_published());
  }
  const api::Occurred occurred = PlaceQuote(quote, absl::CivilDay(2026, 1, 1));
  EXPECT_EQ(occurred.day, absl::CivilDay(2007, 11, 22));
  EXPECT_EQ(occurred.precision, pb::PRECISION_PUBLISHED);
}

TEST(QuotesRulesTest, WarningBits_OfOddDates_AreSet) {
  const absl::CivilDay today(2026, 1, 10);
  const auto bits = [&](const char* said, const char* published) {
    pb::Quote quote = ValidQuote();
    api::FromRange(Range(said), *quote.mutable_said());
    api::FromRange(Range(published), *quote.add_appearances()->mutable_published());
    return WarningBits(quote, today);
  };
  EXPECT_EQ(bits("2007-11-21", "2007-11-21"), 0);
  EXPECT_EQ(bits("2007-11-22", "2007-11-21"), 1);
  EXPECT_EQ(bits("2007-11-22", "2007-11"), 0);
  EXPECT_EQ(bits("2008", "2007"), 1);
  EXPECT_EQ(bits("", "2007"), 0);
  EXPECT_EQ(bits("../2008", "2007"), 0);
  EXPECT_EQ(bits("2007", ""), 0);
  EXPECT_EQ(bits("2026-01-11", ""), 0);
  EXPECT_EQ(bits("2026-01-12", ""), 2);
  EXPECT_EQ(bits("2027", "2026-01-09"), 3);
}

TEST(QuotesRulesTest, FormatPosition_JoinsRanges) {
  pb::Appearance appearance;
  EXPECT_EQ(FormatPosition(appearance), "");
  for (const int begin : {10, 30}) {
    pb::TextRange& range = *appearance.add_ranges();
    range.set_begin(begin);
    range.set_end(begin + 5);
  }
  EXPECT_EQ(FormatPosition(appearance), "10-15,30-35");
}

}  // namespace
}  // namespace onrecord::rules
