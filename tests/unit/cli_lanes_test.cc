#include <gtest/gtest.h>

#include "clients/cli/dates.h"
#include "clients/cli/lane_chart.h"
#include "clients/cli/stance_view.h"
#include "clients/cli/table.h"
#include "clients/cli/time_axis.h"

namespace onrecord::cli {
namespace {

namespace pb = ::onrecord::v1;

constexpr Today kDayOfLanes = std::chrono::year(2024) / 5 / 17;

pb::PartialDate Day(const std::string& text) { return *ParseDate(text, kDayOfLanes); }

std::chrono::sys_days First(const std::string& text) { return FirstDayOf(Day(text)); }

// `held` as people type it; empty: undated.
pb::StancePoint Point(pb::Position position, const std::string& held, bool ascribed = false) {
  pb::StancePoint point;
  point.set_position(position);
  if (!held.empty()) *point.mutable_held() = *ParseUncertain(held, kDayOfLanes);
  point.set_ascribed(ascribed);
  point.set_stance_count(1);
  pb::Stance& stance = *point.add_stances();
  stance.set_name("quotes/1/stances/a");
  stance.set_claim("claims/a");
  stance.set_quote_text("words of " + held);
  return point;
}

pb::StanceLane Lane(const std::string& holder, std::vector<pb::StancePoint> points) {
  pb::StanceLane lane;
  lane.set_claim("claims/a");
  lane.set_claim_text("It is so");
  lane.set_holder_display_name(holder);
  for (auto& point : points) *lane.add_points() = std::move(point);
  return lane;
}

pb::StanceChange Reversal(const pb::StancePoint& before, const pb::StancePoint& after) {
  pb::StanceChange change;
  change.set_kind(pb::CHANGE_KIND_REVERSAL);
  change.set_computed_kind(pb::CHANGE_KIND_REVERSAL);
  *change.mutable_before() = before;
  *change.mutable_after() = after;
  return change;
}

// The drawing without its heading and legend.
std::string Drawn(const std::vector<pb::StanceLane>& lanes, int width) {
  Lanes all;
  for (const auto& lane : lanes) *all.Add() = lane;
  std::string text = DrawLanes(all, width, /*color=*/false);
  text.erase(0, text.find('\n') + 1);
  return text.substr(0, text.rfind("\n\n") + 1);
}

TEST(TimeAxis, YearsApart_AreLabelledWithYears) {
  const TimeAxis axis(First("2001-03-04"), First("2004-10-01"), 42);
  EXPECT_EQ(axis.Labels(), " 2001      2002      2003      2004");
  EXPECT_EQ(axis.ColumnOf(First("2001-01-01")), 1);
  EXPECT_EQ(axis.ColumnOf(First("2004-12-31")), 40);
}

TEST(TimeAxis, MonthsApart_AreLabelledWithMonths) {
  const TimeAxis axis(First("2007-11-21"), First("2008-02-02"), 42);
  EXPECT_EQ(axis.Labels(), " 2007-11   2007-12   2008-01   2008-02");
  EXPECT_EQ(axis.ColumnOf(First("2008-02-29")), 40);
}

TEST(TimeAxis, NarrowOrLong_SkipsLabels) {
  EXPECT_EQ(TimeAxis(First("2001"), First("2010"), 42).Labels(), "     2002    2004    2006    2008    2010");
  EXPECT_EQ(TimeAxis(First("2001"), First("2010"), 12).Labels(), " 2001");
  EXPECT_EQ(TimeAxis(First("0001"), First("9999"), 52).Labels(), "          2000      4000      6000      8000");
  EXPECT_EQ(TimeAxis(First("2007-11-21"), First("2007-11-21"), 20).Labels(), " 2007-11");
}

TEST(TimeAxis, Days_NeverLeaveIt) {
  for (const int width : {3, 10, 41}) {
    const TimeAxis axis(First("1999-12-31"), First("2003-01-01"), width);
    for (auto day = First("1999"); day <= First("2003-12-31"); day += std::chrono::days(17)) {
      EXPECT_GE(axis.ColumnOf(day), 1);
      EXPECT_LE(axis.ColumnOf(day), width - 2);
    }
  }
}

TEST(DrawLanes, Days_AreMarkedBySide) {
  EXPECT_EQ(Drawn({Lane("Ada", {Point(pb::POSITION_ASSERTS, "2001-01-01"), Point(pb::POSITION_DENIES, "2003-01-01"),
                                Point(pb::POSITION_NEUTRAL, "2004-12-31")})},
                  47),
            "      2001      2002      2003      2004\n"
            "Ada  ─▲───────────────────▼──────────────────○─\n");
}

TEST(DrawLanes, UncertainTimes_AreSpansAndArrows) {
  EXPECT_EQ(Drawn({Lane("Ada", {Point(pb::POSITION_ASSERTS, "2001..2002")}),
                   Lane("Bob", {Point(pb::POSITION_DENIES, "..2001-01-01", true)}),
                   Lane("Cy", {Point(pb::POSITION_QUESTIONS, "2004-12-01..")})},
                  47),
            "      2001      2002      2003      2004\n"
            "Ada  ─[········▲·········]─────────────────────\n"
            "Bob  ←▽────────────────────────────────────────\n"
            "Cy   ────────────────────────────────────────○→\n");
}

TEST(DrawLanes, Undated_HasAnAreaOfItsOwn) {
  EXPECT_EQ(Drawn({Lane("Ada", {Point(pb::POSITION_ASSERTS, ""), Point(pb::POSITION_ASSERTS, ""),
                                Point(pb::POSITION_OPPOSES, "", true), Point(pb::POSITION_DENIES, "2001-01-01")}),
                   Lane("Bob", {Point(pb::POSITION_DENIES, "2004-12-31")})},
                  56),
            "     undated │ 2001      2002      2003      2004\n"
            "Ada  ▲▽      │─▼────────────────────────────────────────\n"
            "Bob          │────────────────────────────────────────▼─\n");
  EXPECT_EQ(Drawn({Lane("Ada", {Point(pb::POSITION_ASSERTS, "")})}, 40), "     undated │\nAda  ▲       │\n");
}

TEST(DrawLanes, MarksThatWouldCoverEachOther_AreInFurtherLines) {
  EXPECT_EQ(Drawn({Lane("Ada", {Point(pb::POSITION_ASSERTS, "2001-01-01"), Point(pb::POSITION_DENIES, "2001-01-02"),
                                Point(pb::POSITION_SUPPORTS, "2001-01-03"), Point(pb::POSITION_DENIES, "2004-12-31")})},
                  47),
            "      2001      2002      2003      2004\n"
            "Ada  ─▲──────────────────────────────────────▼─\n"
            "      ▼\n");
}

TEST(DrawLanes, Reversals_AreMarkedAndTold) {
  const auto before = Point(pb::POSITION_ASSERTS, "2001-01-01");
  const auto after = Point(pb::POSITION_DENIES, "2003-01-01");
  pb::StanceLane lane = Lane("Ada", {before, after, Point(pb::POSITION_NEUTRAL, "2004-12-31")});
  *lane.add_changes() = Reversal(before, after);
  lane.mutable_changes(0)->set_label(pb::CHANGE_LABEL_FULL_FLOP);
  lane.mutable_changes(0)->set_label_author("eve");
  lane.mutable_changes(0)->set_label_note("after the vote");
  pb::StanceChange& softening = *lane.add_changes();
  softening.set_kind(pb::CHANGE_KIND_SOFTENING);
  softening.set_computed_kind(pb::CHANGE_KIND_SOFTENING);
  EXPECT_EQ(Drawn({lane}, 47),
            "      2001      2002      2003      2004\n"
            "Ada  ─▲───────────────────▼──────────────────○─\n"
            "      └─────────1─────────┘\n"
            "  1 reversal, labelled full flop by eve: “after the vote”\n"
            "    from 2001-01-01  asserts\n"
            "           “words of 2001-01-01”\n"
            "           quotes/1/stances/a\n"
            "    to   2003-01-01  denies\n"
            "           “words of 2003-01-01”\n"
            "           quotes/1/stances/a\n");
}

TEST(DrawLanes, DismissedReversal_SaysWhatWasComputed) {
  pb::StanceChange change =
      Reversal(Point(pb::POSITION_ASSERTS, "2001-01-01"), Point(pb::POSITION_DENIES, "2003-01-01"));
  change.set_kind(pb::CHANGE_KIND_UNSPECIFIED);
  change.set_label(pb::CHANGE_LABEL_CONTEXT_CHANGED);
  const std::string text = ChangeInFull(change, "claims/a", "", 100, false);
  EXPECT_EQ(text.substr(0, text.find('\n')), "no change, labelled context changed (computed: reversal)");
}

TEST(PointInFull, EvidenceOnANegation_IsToldSo) {
  pb::StancePoint point = Point(pb::POSITION_ASSERTS, "2001");
  point.set_strength(pb::STRENGTH_STRONG);
  point.set_stance_count(25);
  point.mutable_stances(0)->set_claim("claims/not-a");
  point.mutable_stances(0)->set_claim_text("It is not so");
  point.mutable_stances(0)->set_position(pb::POSITION_DENIES);
  EXPECT_EQ(PointInFull(point, "claims/a", "", 100, false),
            "2001  asserts (strong)\n"
            "  “words of 2001”\n"
            "  quotes/1/stances/a\n"
            "  denies  It is not so\n"
            "  and 24 more\n");
}

TEST(DrawLanes, ManyClaimsAndLongNames_KeepTheWidth) {
  pb::StanceLane first = Lane(std::string(80, 'x'), {Point(pb::POSITION_ASSERTS, "1999")});
  pb::StanceLane second = Lane("", {Point(pb::POSITION_DENIES, "2005-02")});
  second.set_claim("claims/b");
  second.set_described_as("a senior official");
  Lanes lanes;
  *lanes.Add() = first;
  *lanes.Add() = second;
  const std::string text = DrawLanes(lanes, 60, false);
  EXPECT_NE(text.find("It is so  claims/a\n"), std::string::npos);
  EXPECT_NE(text.find("\nIt is so  claims/b\n"), std::string::npos);
  EXPECT_NE(text.find("“a senior offi…"), std::string::npos) << text;
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t end = text.find('\n', begin);
    EXPECT_LE(DisplayWidth(text.substr(begin, end - begin)), 60) << text;
    begin = end + 1;
  }
}

TEST(DrawLanes, Color_PaintsSidesOnly) {
  Lanes lanes;
  *lanes.Add() = Lane("Ada", {Point(pb::POSITION_ASSERTS, "2001-01-01")});
  EXPECT_NE(DrawLanes(lanes, 40, true).find("\033[32m▲\033[0m"), std::string::npos);
  EXPECT_EQ(DrawLanes(lanes, 40, false).find('\033'), std::string::npos);
}

}  // namespace
}  // namespace onrecord::cli
