#include <gtest/gtest.h>

#include "clients/cli/dates.h"

namespace onrecord::cli {
namespace {

namespace pb = ::onrecord::v1;

// A Wednesday.
constexpr Today kToday = std::chrono::year(2007) / 11 / 21;

std::string Parsed(absl::string_view text) {
  const auto interval = ParseInterval(text, kToday);
  if (!interval.ok()) return "error";
  const std::string from = interval->has_from() ? FormatDate(interval->from()) : "";
  const std::string to = interval->has_to() ? FormatDate(interval->to()) : "";
  return from == to ? from : from + ".." + to;
}

TEST(ParseInterval, Forms_OfOneDate_AreRead) {
  const std::pair<const char*, const char*> cases[] = {
      {"2007", "2007"},
      {"2007-11", "2007-11"},
      {"2007-11-21", "2007-11-21"},
      {" 2007-1-2 ", "2007-01-02"},
      {"21 Nov 2007", "2007-11-21"},
      {"21 november 2007", "2007-11-21"},
      {"November 2007", "2007-11"},
      {"Nov 21, 2007", "2007-11-21"},
      {"Nov. 21st, 2007", "2007-11-21"},
      {"Sept 3 1999", "1999-09-03"},
      {"29 Feb 2008", "2008-02-29"},
  };
  for (const auto& [text, want] : cases) EXPECT_EQ(Parsed(text), want) << text;
}

TEST(ParseInterval, RelativeWords_AreResolvedAgainstToday) {
  const std::pair<const char*, const char*> cases[] = {
      {"today", "2007-11-21"},
      {"Yesterday", "2007-11-20"},
      {"this week", "2007-11-19..2007-11-25"},
      {"last week", "2007-11-12..2007-11-18"},
      {"this month", "2007-11"},
      {"last month", "2007-10"},
      {"last year", "2006"},
      {"3 days ago", "2007-11-18"},
      {"2 weeks ago", "2007-11-05..2007-11-11"},
      {"11 months ago", "2006-12"},
      {"1 year ago", "2006"},
      {"1990s", "1990..1999"},
  };
  for (const auto& [text, want] : cases) EXPECT_EQ(Parsed(text), want) << text;
}

TEST(ParseInterval, Intervals_MayBeOpen) {
  const std::pair<const char*, const char*> cases[] = {
      {"2007..2009", "2007..2009"},
      {"2007-11-01/2007-11-21", "2007-11-01..2007-11-21"},
      {"2007-11-01..21", "2007-11-01..2007-11-21"},
      {"2006–2007", "2006..2007"},
      {"2007..", "2007.."},
      {"..2007-11", "..2007-11"},
      {"../2007-11", "..2007-11"},
      {"2007/..", "2007.."},
      {"1990s..today", "1990..2007-11-21"},
      {"2007-11..2007-11-03", "2007-11..2007-11-03"},
  };
  for (const auto& [text, want] : cases) EXPECT_EQ(Parsed(text), want) << text;
}

TEST(ParseInterval, NoDate_IsRefused) {
  for (const char* text : {"", "..", "/", "soon", "31 February 2007", "2007-02-29", "2007-13", "2007-00", "0000",
                           "20071121", "2007-11-21-1", "2009..2007", "last day", "99999 years ago", "9000 years ago",
                           "Nov 2007 21", "21 2007", "2007..2008..2009", "1995s"}) {
    EXPECT_EQ(Parsed(text), "error") << text;
  }
}

TEST(ParseInterval, ImpossibleDay_IsNamedWithTheForms) {
  const auto interval = ParseInterval("31 February 2007", kToday);
  EXPECT_EQ(interval.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(interval.status().message().find("31 February 2007"), std::string::npos);
  EXPECT_NE(interval.status().message().find("2007-11-21"), std::string::npos);
}

TEST(ParseInterval, LastMonth_InJanuary_IsDecember) {
  const auto interval = ParseInterval("last month", std::chrono::year(2008) / 1 / 31);
  ASSERT_TRUE(interval.ok());
  EXPECT_EQ(FormatDate(interval->from()), "2007-12");
}

TEST(ParseDate, Interval_IsRefused) {
  EXPECT_TRUE(ParseDate("2007-11", kToday).ok());
  EXPECT_TRUE(ParseDate("2007..2007", kToday).ok());
  EXPECT_FALSE(ParseDate("last week", kToday).ok());
  EXPECT_FALSE(ParseDate("2007..", kToday).ok());
}

TEST(FormatUncertain, Intervals_AreShownAsTyped) {
  const std::pair<const char*, const char*> cases[] = {
      {"2007", "2007"},
      {"2007-11-01..2007-11-21", "2007-11-01..21"},
      {"2007-11-28..2007-12-02", "2007-11-28–2007-12-02"},
      {"..2007-11-21", "≤2007-11-21"},
      {"2007-11-21..", "≥2007-11-21"},
  };
  for (const auto& [text, want] : cases) {
    const auto date = ParseUncertain(text, kToday);
    ASSERT_TRUE(date.ok()) << text;
    EXPECT_EQ(FormatUncertain(*date), want);
  }
}

std::string Occurred(pb::Precision precision, absl::string_view said) {
  pb::Quote quote;
  *quote.mutable_occurred() = *ParseDate("2007-11-01", kToday);
  quote.set_occurred_precision(precision);
  if (!said.empty()) *quote.mutable_said() = *ParseUncertain(said, kToday);
  return FormatOccurred(quote);
}

TEST(FormatOccurred, Precision_IsNotExceeded) {
  EXPECT_EQ(Occurred(pb::PRECISION_DAY, "2007-11-01"), "2007-11-01");
  EXPECT_EQ(Occurred(pb::PRECISION_MONTH, "2007-11"), "2007-11");
  EXPECT_EQ(Occurred(pb::PRECISION_YEAR, "2007"), "2007");
  EXPECT_EQ(Occurred(pb::PRECISION_INTERVAL, "2007-11-01..21"), "2007-11-01..21");
  EXPECT_EQ(Occurred(pb::PRECISION_BOUND, "..2007-11-01"), "≤2007-11-01");
  EXPECT_EQ(Occurred(pb::PRECISION_BOUND, "2007-11-01.."), "≥2007-11-01");
  EXPECT_EQ(Occurred(pb::PRECISION_PUBLISHED, ""), "pub. 2007-11-01");
  EXPECT_EQ(Occurred(pb::PRECISION_RECORDED, ""), "rec. 2007-11-01");
}

}  // namespace
}  // namespace onrecord::cli
