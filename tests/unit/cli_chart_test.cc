#include <gtest/gtest.h>

#include "clients/cli/chart.h"
#include "clients/cli/table.h"

namespace onrecord::cli {
namespace {

TEST(DrawBar, Counts_AreExactToAnEighth) {
  EXPECT_EQ(DrawBar(8, 0, 8, 4), "████");
  EXPECT_EQ(DrawBar(4, 0, 8, 4), "██");
  EXPECT_EQ(DrawBar(1, 0, 8, 4), "▌");
  EXPECT_EQ(DrawBar(3, 0, 32, 4), "▍");
  EXPECT_EQ(DrawBar(0, 0, 8, 4), "");
}

TEST(DrawBar, Uncertain_IsShaded) {
  EXPECT_EQ(DrawBar(8, 4, 8, 4), "██░░");
  EXPECT_EQ(DrawBar(8, 8, 8, 4), "░░░░");
}

TEST(DrawBar, WhateverIsNotZero_IsVisible) {
  EXPECT_EQ(DrawBar(1, 0, 1'000'000, 10), "▏");
  EXPECT_EQ(DrawBar(1, 1, 1'000'000, 10), "░");
  EXPECT_EQ(DrawBar(1'000'000, 1, 1'000'000, 4), "███░");
}

TEST(DrawBar, Bar_IsNeverLongerThanItsWidth) {
  for (int count = 0; count <= 40; ++count) {
    for (int uncertain = 0; uncertain <= count; ++uncertain) {
      EXPECT_LE(DisplayWidth(DrawBar(count, uncertain, 40, 7)), 7) << count << " " << uncertain;
    }
  }
}

TEST(DrawChart, Rows_AreAligned) {
  EXPECT_EQ(DrawChart({{"2007", 2, 0}, {"08", 10, 0}, {"2009", 0, 0}}, 10, 20),
            "2007  ██  2\n08    ██████████  10\n2009  0\n");
}

TEST(DisplayWidth, Marks_AndWideLetters_AreKnown) {
  EXPECT_EQ(DisplayWidth("e\u0301"), 1);
  EXPECT_EQ(DisplayWidth("東京"), 4);
  EXPECT_EQ(DisplayWidth("Косово"), 6);
  EXPECT_EQ(DisplayWidth("\xff\xfe"), 2);
}

TEST(Cut, LongText_EndsWithAnEllipsis) {
  EXPECT_EQ(Cut("abcdef", 6), "abcdef");
  EXPECT_EQ(Cut("abcdefg", 6), "abcde…");
  EXPECT_EQ(Cut("東京東京", 4), "東…");
}

TEST(Clean, ControlCharacters_AreTakenOut) {
  EXPECT_EQ(Clean("a\033[31mb\nc"), "a[31mb c");
  EXPECT_EQ(Clean("a\u202eb"), "ab");
  EXPECT_EQ(Clean("\xff"), "\uFFFD");
}

TEST(Wrap, Text_IsBrokenAtSpaces) {
  EXPECT_EQ(Wrap("one two three", 8), (std::vector<std::string>{"one two", "three"}));
  EXPECT_EQ(Wrap("abcdefgh", 3), (std::vector<std::string>{"abc", "def", "gh"}));
  EXPECT_EQ(Wrap("", 3), (std::vector<std::string>{""}));
}

}  // namespace
}  // namespace onrecord::cli
