#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "services/api/dates.h"

namespace onrecord::api {
namespace {

pb::PartialDate Date(int year, int month = 0, int day = 0) {
  pb::PartialDate date;
  date.set_year(year);
  date.set_month(month);
  date.set_day(day);
  return date;
}

struct Form {
  const char* text;
  int from;
  int to;
};

TEST(DatesTest, ParseInterval_OfEveryForm_IsReadAndWrittenBack) {
  const std::vector<Form> forms = {
      {"", 0, 999999999},
      {"2007", 20070000, 20079999},
      {"2007-11", 20071100, 20071199},
      {"2007-11-21", 20071121, 20071121},
      {"2007-11-01/2007-11-21", 20071101, 20071121},
      {"2007/2009-03", 20070000, 20090399},
      {"../2007-11-21", 0, 20071121},
      {"../2007", 0, 20079999},
      {"2007-11-21/..", 20071121, 999999999},
      {"0001", 10000, 19999},
      {"9999-12-31", 99991231, 99991231},
      {"2004-02-29", 20040229, 20040229},
      {"2000-02-29", 20000229, 20000229},
  };
  for (const Form& form : forms) {
    const auto range = ParseInterval(form.text);
    ASSERT_TRUE(range.ok()) << form.text << ": " << range.status();
    EXPECT_EQ(range->from, form.from) << form.text;
    EXPECT_EQ(range->to, form.to) << form.text;
    EXPECT_EQ(FormatInterval(*range), form.text);
    pb::UncertainDate date;
    FromRange(*range, date);
    EXPECT_EQ(ToRange(date).from, form.from) << form.text;
    EXPECT_EQ(ToRange(date).to, form.to) << form.text;
  }
  EXPECT_EQ(FormatInterval(*ParseInterval("../..")), "");
  EXPECT_EQ(FormatInterval(*ParseInterval("2007/2007")), "2007");
}

TEST(DatesTest, ParseInterval_OfWhatIsNoDate_IsRefused) {
  for (const char* text : {"2007-02-31",
                           "2007-02-29",
                           "1900-02-29",
                           "2007-13",
                           "2007-00",
                           "2007-1",
                           "2007-11-1",
                           "207",
                           "20071",
                           "0000",
                           "yesterday",
                           "2007-11-21T00:00",
                           " 2007",
                           "2007 ",
                           "2007-",
                           "-2007",
                           "+200",
                           "2007--11",
                           "2007-11-21-01",
                           "/",
                           "..",
                           "2007/",
                           "/2007",
                           "2007/2006",
                           "2007-11-21/2007-11-20",
                           "2007/2008/2009",
                           "2007-11/2007-10",
                           "２００７",
                           "2007-1a",
                           "2007/../2008"}) {
    EXPECT_FALSE(ParseInterval(text).ok()) << text;
  }
}

TEST(DatesTest, ParseInterval_OfRandomBytes_IsReadBackOrRefused) {
  const std::string letters = "0123456789-/. aé";
  std::mt19937 random(9);
  for (int i = 0; i < 20000; ++i) {
    std::string text;
    for (auto n = random() % 22; n > 0; --n) text += letters[random() % letters.size()];
    const auto range = ParseInterval(text);
    if (!range.ok()) continue;
    EXPECT_LE(range->from, range->to) << text;
    const auto again = ParseInterval(FormatInterval(*range));
    ASSERT_TRUE(again.ok()) << text;
    EXPECT_EQ(again->from, range->from) << text;
    EXPECT_EQ(again->to, range->to) << text;
  }
}

TEST(DatesTest, WrongWith_KnowsTheCalendar) {
  for (const pb::PartialDate& date : {Date(0), Date(1), Date(9999), Date(2007, 11), Date(2007, 11, 30),
                                      Date(2004, 2, 29), Date(2000, 2, 29), Date(2007, 12, 31)}) {
    EXPECT_FALSE(WrongWith(date).has_value()) << date.ShortDebugString();
  }
  for (const pb::PartialDate& date :
       {Date(-1), Date(10000), Date(2007, 13), Date(2007, -1), Date(2007, 0, 5), Date(0, 5), Date(0, 5, 5),
        Date(2007, 2, 31), Date(1900, 2, 29), Date(2007, 2, 29), Date(2007, 11, 31), Date(2007, 1, 32),
        Date(2007, 1, -1), Date(2147483647, 1, 1), Date(0, 0, 1)}) {
    EXPECT_TRUE(WrongWith(date).has_value()) << date.ShortDebugString();
  }
}

TEST(DatesTest, FirstDayAndLastDay_OfUnknownParts_AreTheEnds) {
  EXPECT_EQ(FirstDay(20070000), absl::CivilDay(2007, 1, 1));
  EXPECT_EQ(FirstDay(20071100), absl::CivilDay(2007, 11, 1));
  EXPECT_EQ(FirstDay(20071121), absl::CivilDay(2007, 11, 21));
  EXPECT_EQ(LastDay(20079999), absl::CivilDay(2007, 12, 31));
  EXPECT_EQ(LastDay(20071199), absl::CivilDay(2007, 11, 30));
  EXPECT_EQ(LastDay(20040299), absl::CivilDay(2004, 2, 29));
  EXPECT_EQ(LastDay(19000299), absl::CivilDay(1900, 2, 28));
  EXPECT_EQ(LastDay(99991299), absl::CivilDay(9999, 12, 31));
  EXPECT_EQ(FormatDay(absl::CivilDay(7, 1, 2)), "0007-01-02");
}

struct Placed {
  const char* said;
  int published_from;
  absl::CivilDay day;
  pb::Precision precision;
};

TEST(DatesTest, Place_OfEveryForm_TellsHowExactItIs) {
  const absl::CivilDay recorded(2026, 1, 2);
  const std::vector<Placed> all = {
      {"2007-11-21", 20200101, absl::CivilDay(2007, 11, 21), pb::PRECISION_DAY},
      {"2007-11", 0, absl::CivilDay(2007, 11, 1), pb::PRECISION_MONTH},
      {"2007", 0, absl::CivilDay(2007, 1, 1), pb::PRECISION_YEAR},
      {"2007-11-01/2007-11-21", 0, absl::CivilDay(2007, 11, 1), pb::PRECISION_INTERVAL},
      {"2007/2008", 0, absl::CivilDay(2007, 1, 1), pb::PRECISION_INTERVAL},
      {"2007-10/2007-11", 0, absl::CivilDay(2007, 10, 1), pb::PRECISION_INTERVAL},
      {"2007/2007-06", 0, absl::CivilDay(2007, 1, 1), pb::PRECISION_INTERVAL},
      {"../2007-11-21", 20071121, absl::CivilDay(2007, 11, 21), pb::PRECISION_BOUND},
      {"../2007", 0, absl::CivilDay(2007, 12, 31), pb::PRECISION_BOUND},
      {"2007/..", 0, absl::CivilDay(2007, 1, 1), pb::PRECISION_BOUND},
      {"", 20071100, absl::CivilDay(2007, 11, 1), pb::PRECISION_PUBLISHED},
      {"", 0, recorded, pb::PRECISION_RECORDED},
  };
  for (const Placed& placed : all) {
    const Occurred occurred = Place(*ParseInterval(placed.said), placed.published_from, recorded);
    EXPECT_EQ(occurred.day, placed.day) << placed.said;
    EXPECT_EQ(occurred.precision, placed.precision) << placed.said;
  }
}

}  // namespace
}  // namespace onrecord::api
