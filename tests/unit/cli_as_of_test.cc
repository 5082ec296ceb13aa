#include <gtest/gtest.h>

#include "clients/cli/as_of.h"

namespace onrecord::cli {
namespace {

// 2024-05-17T10:30:00Z.
const absl::Time kDayOfAsOf = absl::FromUnixSeconds(1'715'941'800);

std::string Moment(const std::string& text) {
  const auto moment = ParseAsOf(text, kDayOfAsOf);
  if (!moment.ok()) return std::string(moment.status().message());
  const absl::Time time = absl::FromUnixSeconds(moment->seconds()) + absl::Nanoseconds(moment->nanos());
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E*SZ", time, absl::UTCTimeZone());
}

TEST(ParseAsOf, Time_IsTakenAsItIs) {
  EXPECT_EQ(Moment("2024-05-01T12:00:00Z"), "2024-05-01T12:00:00Z");
  EXPECT_EQ(Moment("2024-05-01T12:00:00.25+02:00"), "2024-05-01T10:00:00.25Z");
  EXPECT_EQ(Moment("1969-12-31T23:59:59.5Z"), "1969-12-31T23:59:59.5Z");
}

TEST(ParseAsOf, Date_MeansItsEndInUtc) {
  EXPECT_EQ(Moment("2024-05-01"), "2024-05-01T23:59:59.999999Z");
  EXPECT_EQ(Moment("yesterday"), "2024-05-16T23:59:59.999999Z");
  EXPECT_EQ(Moment("2024-04"), "2024-04-30T23:59:59.999999Z");
  EXPECT_EQ(Moment("2023"), "2023-12-31T23:59:59.999999Z");
  EXPECT_EQ(Moment("29 Feb 2024"), "2024-02-29T23:59:59.999999Z");
}

TEST(ParseAsOf, DateThatIsNotOver_MeansNow) {
  for (const char* text : {"today", "2024-05-17", "2024-05", "2024", "this year"}) {
    EXPECT_EQ(Moment(text), "2024-05-17T10:30:00Z") << text;
  }
}

TEST(ParseAsOf, Future_IsRefused) {
  for (const char* text : {"2024-05-18", "2024-06", "2025", "2024-05-17T10:30:01Z", "infinite-future"}) {
    EXPECT_NE(Moment(text).find("future"), std::string::npos) << text << ": " << Moment(text);
  }
}

TEST(ParseAsOf, WhatIsNoMoment_IsRefused) {
  for (const char* text :
       {"", "soon", "2024-05-01T12:00:00", "2024-02-30", "2023..2024", "infinite-past", "last week"}) {
    EXPECT_NE(Moment(text).find("is no moment"), std::string::npos) << text << ": " << Moment(text);
  }
}

}  // namespace
}  // namespace onrecord::cli
