#include <gtest/gtest.h>

#include <random>
#include <string>
#include <utility>
#include <vector>

#include "services/api/text.h"
#include "services/api/violations.h"

namespace onrecord::api {
namespace {

TEST(FoldTest, Fold_OfFrozenExamples_NeverChanges) {
  const std::vector<std::pair<std::string, std::string>> examples = {
      {"", ""},
      {"Hello World", "hello world"},
      {"“We shall see.”", "we shall see"},
      {"\"We shall see,\"", "we shall see"},
      {"'We shall see'", "we shall see"},
      {"«Nous verrons»", "nous verrons"},
      {"„Wir werden sehen“", "wir werden sehen"},
      {"don’t", "don't"},
      {"don't", "don't"},
      {"donʼt go", "donʼt go"},
      {"I did not say that", "i did not say that"},
      {"No, never.", "no never"},
      {"ethnic-Albanian", "ethnic-albanian"},
      {"ethnic–Albanian", "ethnic-albanian"},
      {"ethnic‑Albanian", "ethnic-albanian"},
      {"ethnic Albanian", "ethnic albanian"},
      {"ethnicalbanian", "ethnicalbanian"},
      {"war — and peace", "war and peace"},
      {"a\u00a0b\u202fc\u2003d", "a b c d"},
      {"  a \t\n b  ", "a b"},
      {"co\u00adoperate", "cooperate"},
      {"zero\u200bwidth", "zerowidth"},
      {"STRASSE Straße", "strasse strasse"},
      {"ＡＢＣ１２", "abc12"},
      {"ﬁnal", "final"},
      {"cafe\u0301 café", "café café"},
      {"50 of 2007", "50 of 2007"},
      {"well…then", "well then"},
      {"‘quoted’ and - dashed -", "quoted and dashed"},
      {"\u200fשלום\u200f עולם", "שלום עולם"},
      {"!?.", ""},
  };
  for (const auto& [text, folded] : examples) EXPECT_EQ(Fold(text), folded) << text;
}

TEST(FoldTest, Fold_OfDifferentWords_StaysDifferent) {
  const std::vector<std::pair<std::string, std::string>> pairs = {{"ethnic-Albanian", "ethnicalbanian"},
                                                                  {"I did say that", "I did not say that"},
                                                                  {"can", "can't"},
                                                                  {"2007", "2008"},
                                                                  {"negotiate", "negotiated"},
                                                                  {"3.5 percent", "35 percent"},
                                                                  {"resume", "résumé"},
                                                                  {"well,then", "wellthen"}};
  for (const auto& [a, b] : pairs) EXPECT_NE(Fold(a), Fold(b)) << a << " / " << b;
}

TEST(FoldTest, Fold_OfFolded_IsTheSame) {
  const std::vector<std::string> pieces = {"a", "É",      "’",  "'", "-", "–", " ", "\u00a0", "ß",
                                           "“", "”",      ",",  ".", "…", "9", "ﬁ", "ש",      "\u200d",
                                           "👍", "\u0301", "\n", "İ", "ǰ", "½", "ﷺ"};
  std::mt19937 random(7);
  for (int i = 0; i < 3000; ++i) {
    std::string text;
    for (auto n = random() % 12; n > 0; --n) text += pieces[random() % pieces.size()];
    EXPECT_EQ(Fold(Fold(text)), Fold(text)) << text;
  }
}

TEST(FoldTest, Fold_OfDamagedUtf8_DoesNotCrash) {
  std::mt19937 random(8);
  for (int i = 0; i < 3000; ++i) {
    std::string bytes;
    for (auto n = random() % 20; n > 0; --n) bytes += static_cast<char>(random() % 256);
    Fold(bytes);
    CollapseSpace(bytes);
    Slug(bytes);
    IsPronoun(bytes);
    EXPECT_LE(FirstCodePoints(bytes, 3).size(), bytes.size());
    EXPECT_LE(LastCodePoints(bytes, 3).size(), bytes.size());
  }
}

TEST(TextTest, CollapseSpace_KeepsEverythingElse) {
  EXPECT_EQ(CollapseSpace("  “a\u00a0\u2003b”\r\n\tc "), "“a b” c");
  EXPECT_EQ(CollapseSpace(" \t\n"), "");
  EXPECT_EQ(CollapseSpace("a\u200bb"), "a\u200bb");
}

TEST(TextTest, CodePoints_OfSeveralBytes_AreCountedOnce) {
  EXPECT_EQ(CodePoints("aéש👍"), 4U);
  EXPECT_EQ(FirstCodePoints("aéש👍", 2), "aé");
  EXPECT_EQ(FirstCodePoints("aé", 9), "aé");
  EXPECT_EQ(LastCodePoints("aéש👍", 2), "ש👍");
  EXPECT_EQ(LastCodePoints("aé", 9), "aé");
  EXPECT_EQ(FirstCodePoints("aé", 0), "");
}

TEST(TextTest, HasControlCharacter_AllowsLinesAndTabsOnly) {
  for (int byte = 0; byte < 256; ++byte) {
    const bool control = (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') || byte == 0x7f;
    EXPECT_EQ(HasControlCharacter(std::string(1, static_cast<char>(byte))), control) << byte;
  }
  EXPECT_TRUE(HasControlCharacter(std::string("a\0b", 3)));
}

TEST(TextTest, Slug_OfNames_IsWhatResourceNamesMayHold) {
  const std::vector<std::pair<std::string, std::string>> examples = {
      {"Alexander Botsan-Kharchenko", "alexander-botsan-kharchenko"},
      {"Владимир Путин", "vladimir-putin"},
      {"Ñandú O’Neil, Jr.", "nandu-oneil-jr"},
      {"  --A--  ", "a"},
      {"U.S. State Department", "us-state-department"},
      {"Agence France-Presse", "agence-france-presse"},
  };
  for (const auto& [name, slug] : examples) EXPECT_EQ(Slug(name), slug) << name;
  for (const std::string name : {"!!!", "", "👍", "שלום", "毛泽东", "أحمد", "e\u0301\u0302"}) {
    EXPECT_TRUE(IsSlug(Slug(name))) << name;
  }
  EXPECT_NE(Slug("!!!"), Slug("???"));
  EXPECT_LE(Slug(std::string(500, 'a')).size(), 60U);
  EXPECT_EQ(Slug(std::string(59, 'a') + " b"), std::string(59, 'a'));
}

TEST(TextTest, IsPronoun_InAnyCaseAndMarks_IsSeen) {
  for (const char* name : {"he", "He", "“She”", " THEY ", "it.", "Elle", "Él", "wir"})
    EXPECT_TRUE(IsPronoun(name)) << name;
  for (const char* name : {"", "Russia", "Others", "Heather", "he said", "the Americans"}) {
    EXPECT_FALSE(IsPronoun(name)) << name;
  }
}

TEST(TextTest, IsSlug_OfOtherCharacters_IsFalse) {
  for (const char* slug : {"a", "a-1", "0", "-"}) EXPECT_TRUE(IsSlug(slug)) << slug;
  for (const char* slug : {"", "A", "a b", "a/b", "é", "a_b"}) EXPECT_FALSE(IsSlug(slug)) << slug;
  EXPECT_TRUE(IsSlug(std::string(80, 'a')));
  EXPECT_FALSE(IsSlug(std::string(81, 'a')));
}

TEST(IdentityTest, Hex_OfFrozenParts_NeverChanges) {
  EXPECT_EQ(Identity().Add("ab").Add("c").Hex(), "bad25e66fd6ed23bd3a4c1bc6ce4f210");
  EXPECT_NE(Identity().Add("ab").Add("c").Hex(), Identity().Add("a").Add("bc").Hex());
  EXPECT_NE(Identity().Add("a").Hex(), Identity().Add("a").Add("").Hex());
}

}  // namespace
}  // namespace onrecord::api
