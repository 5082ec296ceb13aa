#include "services/utterances/groups_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace onrecord::rules {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

api::DayRange SaidIn(const std::string& text) { return *api::ParseInterval(text); }

std::string Text(const Days& days) { return api::FormatDay(days.first) + " " + api::FormatDay(days.last); }

TEST(DaysOfTest, SaidBoundedPublishedOrRecorded_AreTheDaysItMayHaveBeenSaid) {
  const absl::CivilDay recorded(2020, 5, 1);
  const struct {
    const char* said;
    const char* published;
    const char* expected;
  } kCases[] = {
      {"2007-11-21", "2009", "2007-11-21 2007-11-21"},  {"2007", "", "2007-01-01 2007-12-31"},
      {"2007-02/2007-03", "", "2007-02-01 2007-03-31"}, {"../2007-11-21", "2007-11-30", "2007-09-22 2007-11-21"},
      {"2007-11-21/..", "", "2007-11-21 2008-01-20"},   {"", "2007-11-21", "2007-09-22 2007-11-21"},
      {"", "2007-11", "2007-09-02 2007-11-30"},         {"", "../2007-11-21", "2007-09-22 2007-11-21"},
      {"", "2007-11-21/..", "2007-09-22 2008-01-20"},   {"", "", "2020-03-02 2020-05-01"},
      {"../0001-01-15", "", "0001-01-01 0001-01-15"},   {"9999-12-15/..", "", "9999-12-15 9999-12-31"},
  };
  for (const auto& [said, published, expected] : kCases) {
    EXPECT_EQ(Text(DaysOf(SaidIn(said), SaidIn(published), recorded)), expected) << said << " " << published;
  }
}

TEST(MayBeOneTimeTest, DaysThatMeetOrNeighbour_MayBeOne) {
  const struct {
    const char* a;
    const char* b;
    bool one;
  } kCases[] = {
      {"2007-11-21", "2007-11-21", true},
      {"2007-11-21", "2007-11-22", true},
      {"2007-12-31", "2008-01-01", true},
      {"2007-11-21", "2007-11-23", false},
      {"2007-11-21", "2009-11-21", false},
      {"2007", "2007-11-21", true},
      {"2007", "2008", false},
      {"2007", "2009", false},
      {"../2007-11-21", "2007-10-01", true},
      {"../2007-11-21", "2007-09-22", true},
      {"../2007-11-21", "2007-09-21", false},
      {"../2007-11-21", "../2008-01-15", true},
      {"../2007-11-21", "../2008-02-15", false},
  };
  for (const auto& [a, b, one] : kCases) {
    const Days x = DaysOf(SaidIn(a), {}, absl::CivilDay(2020, 1, 1));
    const Days y = DaysOf(SaidIn(b), {}, absl::CivilDay(2020, 1, 1));
    EXPECT_EQ(MayBeOneTime(x, y), one) << a << " " << b;
    EXPECT_EQ(MayBeOneTime(y, x), one) << a << " " << b;
  }
}

Saying ASaying(const std::string& quote, const std::string& text, const std::string& said = "2007-11-21") {
  const std::vector<wordings::Word> words = wordings::SplitWords(text);
  Saying saying;
  saying.quote = quote;
  saying.speaker = 1;
  saying.polarity = pb::POLARITY_AFFIRMED;
  saying.days = DaysOf(SaidIn(said), {}, absl::CivilDay(2020, 1, 1));
  saying.words = TellingWords(words);
  saying.word_count = words.size();
  return saying;
}

Asked Ask(const Saying& saying) { return {saying, {1, 2}}; }

// The places of what one is worth comparing with, the most promising first.
std::vector<std::size_t> FindPartners(const Asked& asked, const std::vector<Saying>& others) {
  PartnerFinder finder({&asked, 1});
  for (const Saying& other : others) finder.Look(other);
  std::vector<std::size_t> places;
  const std::vector<std::vector<Partner>> partners = finder.Take();
  for (const Partner& partner : partners.front()) {
    const auto found =
        std::find_if(others.begin(), others.end(), [&](const Saying& other) { return other.quote == partner.quote; });
    places.push_back(static_cast<std::size_t>(found - others.begin()));
  }
  return places;
}

const char kLong[] = "We look at the situation from the point of view of international law, not pseudo-reality";

TEST(PartnerFinderTest, WholePartAndMisspelled_AreWorthComparing) {
  const std::vector<Saying> others = {ASaying("b", "pseudo-reality"),
                                      ASaying("c", "the point of view of international low"),
                                      ASaying("d", "Bread will be cheap in those days"), ASaying("a", kLong)};
  EXPECT_THAT(FindPartners(Ask(ASaying("a", kLong)), others), ElementsAre(0U, 1U));
  EXPECT_THAT(FindPartners(Ask(ASaying("b", "pseudo-reality")), others), ElementsAre(3U));
}

TEST(PartnerFinderTest, OtherSpeakerPolarityOrTime_IsNotWorthIt) {
  Saying speaker = ASaying("b", kLong);
  speaker.speaker = 3;
  Saying voice = ASaying("c", kLong);
  voice.speaker = 2;
  Saying negated = ASaying("d", kLong);
  negated.polarity = pb::POLARITY_NEGATED;
  const std::vector<Saying> others = {speaker, voice, negated, ASaying("e", kLong, "2009"),
                                      ASaying("f", kLong, "2007-11-22")};
  EXPECT_THAT(FindPartners(Ask(ASaying("a", kLong)), others), ElementsAre(1U, 4U));
}

TEST(PartnerFinderTest, FewWords_AreOneOnOneDayAlone) {
  const std::vector<Saying> others = {ASaying("b", "Thank you very much", "2007-11-22"),
                                      ASaying("c", "Thank you so much", "2007-11-21"),
                                      ASaying("d", "Thank you", "2007")};
  EXPECT_THAT(FindPartners(Ask(ASaying("a", "Thank you very much")), others), UnorderedElementsAre(1U, 2U));
}

TEST(PartnerFinderTest, FewWordsThatTellMuch_AreOneOnNeighbouringDaysToo) {
  const std::vector<Saying> others = {ASaying("b", "Bread cost nineteen crowns", "2007-11-22"),
                                      ASaying("c", "Bread cost nineteen crowns", "2007-11-23")};
  EXPECT_THAT(FindPartners(Ask(ASaying("a", "Bread cost nineteen crowns")), others), ElementsAre(0U));
}

TEST(PartnerFinderTest, WhatHundredsShare_IsBounded) {
  std::vector<Saying> others;
  for (int i = 0; i < 500; ++i) others.push_back(ASaying("other " + std::to_string(1000 + i), kLong));
  EXPECT_EQ(FindPartners(Ask(ASaying("a", kLong)), others).size(), 40U);
}

constexpr auto kSuggested = pb::QUOTE_LINK_STATE_SUGGESTED;
constexpr auto kConfirmed = pb::QUOTE_LINK_STATE_CONFIRMED;
constexpr auto kRejected = pb::QUOTE_LINK_STATE_REJECTED;

Saying OfWords(std::size_t count, const std::string& said = "2007-11-21") {
  Saying saying = ASaying("", "", said);
  saying.word_count = count;
  return saying;
}

Link Alike(std::size_t a, std::size_t b, pb::QuoteLinkState state = kSuggested) { return {a, b, state, 0.9, 9000}; }
Link Part(std::size_t a, std::size_t b, pb::QuoteLinkState state = kSuggested) { return {a, b, state, 0.2, 9500}; }

// The groups as the places of their members: "0 1|2".
std::string Grouped(const std::vector<Saying>& sayings, const std::vector<Link>& links) {
  const Groups groups = GroupSayings(sayings, links);
  std::string text;
  for (std::size_t i = 0; i < sayings.size(); ++i) {
    bool first = true;
    for (std::size_t j = 0; j < i; ++j) first = first && groups.group[j] != groups.group[i];
    if (!first) continue;
    text += text.empty() ? "" : "|";
    for (std::size_t j = i; j < sayings.size(); ++j) {
      if (groups.group[j] == groups.group[i]) text += (j == i ? "" : " ") + std::to_string(j);
    }
  }
  for (std::size_t i = 0; i < links.size(); ++i) {
    if (groups.overruled[i]) text += " overruled " + std::to_string(i);
  }
  return text;
}

TEST(GroupSayingsTest, Suggestions_AreFollowed) {
  const std::vector<Saying> sayings(4, OfWords(20));
  EXPECT_EQ(Grouped(sayings, {}), "0|1|2|3");
  EXPECT_EQ(Grouped(sayings, {Alike(0, 1), Alike(2, 1)}), "0 1 2|3");
}

TEST(GroupSayingsTest, WhatIsRejected_NeverComesTogether) {
  const std::vector<Saying> sayings(4, OfWords(20));
  EXPECT_EQ(Grouped(sayings, {Alike(0, 1, kRejected), Alike(0, 2), Alike(1, 2)}), "0 2|1|3 overruled 2");
  // Confirmed links come first, however close the suggested ones are.
  EXPECT_EQ(Grouped(sayings, {Alike(0, 1, kRejected), Part(0, 2), Alike(1, 2, kConfirmed)}), "0|1 2|3 overruled 1");
  EXPECT_EQ(Grouped(sayings, {Alike(0, 3, kRejected), Alike(0, 1), Alike(2, 3), Alike(1, 2)}), "0 1 2|3 overruled 2");
}

TEST(GroupSayingsTest, WhatWasSaidAndWhatWasNot_NeverComeTogether) {
  std::vector<Saying> sayings(2, OfWords(20));
  sayings[1].polarity = pb::POLARITY_NEGATED;
  EXPECT_EQ(Grouped(sayings, {Alike(0, 1, kConfirmed)}), "0|1 overruled 0");
}

TEST(GroupSayingsTest, NeighbouringDays_MakeNoChain) {
  const std::vector<Saying> sayings = {OfWords(20, "2007-11-21"), OfWords(20, "2007-11-22"), OfWords(20, "2007-11-23")};
  EXPECT_EQ(Grouped(sayings, {Alike(0, 1), Alike(1, 2)}), "0 1|2 overruled 1");
}

TEST(GroupSayingsTest, WhatPeopleConfirm_MayBeOfDifferentTimes) {
  const std::vector<Saying> sayings = {OfWords(20, "2001"), OfWords(20, "2005"), OfWords(20, "2001"),
                                       OfWords(20, "2005")};
  EXPECT_EQ(Grouped(sayings, {Alike(0, 1, kConfirmed), Alike(0, 2)}), "0 1 2|3");
  EXPECT_EQ(Grouped(sayings, {Alike(0, 1, kConfirmed), Alike(0, 2), Alike(1, 3)}), "0 1 2|3 overruled 2");
}

TEST(GroupSayingsTest, APartOfTwoWholes_DoesNotMakeThemOne) {
  const std::vector<Saying> sayings = {OfWords(2), OfWords(20), OfWords(25), OfWords(2)};
  EXPECT_EQ(Grouped(sayings, {Part(0, 1), Part(0, 2)}), "0 1|2|3 overruled 1");
  EXPECT_EQ(Grouped(sayings, {Part(0, 1), Part(3, 2), Alike(0, 3)}), "0 1|2 3 overruled 2");
  // Unless the wholes are one themselves.
  EXPECT_EQ(Grouped(sayings, {Part(0, 1), Part(0, 2), Alike(1, 2)}), "0 1 2|3");
  EXPECT_EQ(Grouped(sayings, {Part(0, 1), Part(0, 2), Alike(1, 2, kConfirmed)}), "0 1 2|3");
}

pb::Quote Printed(const std::string& text, pb::QuoteKind kind, const std::string& published) {
  pb::Quote quote;
  quote.set_text(text);
  quote.set_kind(kind);
  quote.set_state(pb::QUOTE_STATE_ACTIVE);
  api::FromRange(SaidIn(published), *quote.add_appearances()->mutable_published());
  return quote;
}

TEST(ChooseReferenceTest, TheEarliestVerbatimWording_IsTheReference) {
  const auto direct = pb::QUOTE_KIND_DIRECT;
  EXPECT_EQ(
      ChooseReference({Printed("short", pb::QUOTE_KIND_PARTIAL, "2007-11-21"), Printed("longer", direct, "2007")}), 1U);
  EXPECT_EQ(ChooseReference({Printed("short", direct, "2007-11-21"), Printed("longer", direct, "2008")}), 0U);
  EXPECT_EQ(ChooseReference({Printed("the longest of all", pb::QUOTE_KIND_INDIRECT, "2006"),
                             Printed("longer", direct, ""), Printed("short", direct, "2007-11-21")}),
            1U);
  pb::Quote retracted = Printed("long and retracted", direct, "2006");
  retracted.set_state(pb::QUOTE_STATE_RETRACTED);
  EXPECT_EQ(ChooseReference({retracted, Printed("paraphrase", pb::QUOTE_KIND_INDIRECT, "2007")}), 1U);
  EXPECT_EQ(ChooseReference({retracted}), 0U);
}

}  // namespace
}  // namespace onrecord::rules
