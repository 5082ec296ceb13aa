// How wordings are compared: words, keys and judgements.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "services/wordings/wordings_comparison.h"
#include "services/wordings/wordings_sketch.h"

namespace onrecord::wordings {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Gt;
using ::testing::IsEmpty;
using ::testing::Le;

std::vector<std::string> Folded(const std::string& text) {
  std::vector<std::string> folded;
  for (const Word& word : SplitWords(text)) folded.push_back(word.folded);
  return folded;
}

TEST(SplitWords, MarksAndHyphensAndContractions_AreNotWords) {
  EXPECT_THAT(Folded("“We don’t” – not pseudo-reality, can't we?"),
              ElementsAre("we", "do", "not", "not", "pseudo", "reality", "can", "not", "we"));
  EXPECT_THAT(Folded("It rose 2.5 percent, to 10,000."), ElementsAre("it", "rose", "2.5", "percent", "to", "10.000"));
  EXPECT_THAT(Folded("They donʼt"), ElementsAre("they", "do", "not"));
  EXPECT_THAT(Folded("  …—!?  "), IsEmpty());
}

TEST(SplitWords, OtherScripts_AreSplitAsTheyAreWritten) {
  EXPECT_THAT(Folded("我们不同意。"), ElementsAre("我", "们", "不", "同", "意"));
  EXPECT_THAT(Folded("Мы НЕ согласны"), ElementsAre("мы", "не", "согласны"));
  EXPECT_EQ(Folded("قالَ الرئيسُ"), Folded("قال الرئيس"));
  EXPECT_THAT(Folded("Die EU不同意 it"), ElementsAre("die", "eu", "不", "同", "意", "it"));
}

TEST(SplitWords, GapsAndBrackets_AreKnownToTheWordsBehindThem) {
  const std::vector<Word> words = SplitWords("We … will [never] go... home");
  ASSERT_EQ(words.size(), 5U);
  EXPECT_TRUE(words[1].after_gap);
  EXPECT_FALSE(words[2].after_gap);
  EXPECT_TRUE(words[2].bracketed);
  EXPECT_FALSE(words[3].bracketed);
  EXPECT_TRUE(words[4].after_gap);
}

TEST(AreSpellingsOfOne, SlipsAndHouseStyles_ButNotOtherWords) {
  EXPECT_TRUE(AreSpellingsOfOne("recieve", "receive"));
  EXPECT_TRUE(AreSpellingsOfOne("colour", "color"));
  EXPECT_FALSE(AreSpellingsOfOne("increase", "decrease"));
  EXPECT_FALSE(AreSpellingsOfOne("now", "not"));
  EXPECT_FALSE(AreSpellingsOfOne("1998", "1999"));
}

struct Case {
  const char* asked;
  const char* reference;
  pb::WordingRelation relation;
  std::vector<pb::WordingFlag> flags;
};

TEST(Compare, OneChangeAtATime_IsNamed) {
  const char kEnvoy[] =
      "The Americans believe that Kosovo’s separation has already taken place de facto. We look at the situation from "
      "the point of view of international law, not pseudo-reality,";
  const Case cases[] = {
      {"We shall see.", "We shall see.", pb::WORDING_RELATION_IDENTICAL, {}},
      {"“We SHALL see”", "We shall see.", pb::WORDING_RELATION_TYPOGRAPHIC, {}},
      {"We cannot go", "We can’t go", pb::WORDING_RELATION_TYPOGRAPHIC, {}},
      {"pseudo-reality", kEnvoy, pb::WORDING_RELATION_FRAGMENT, {pb::WORDING_FLAG_CONTEXT_CONTRADICTS}},
      {"the point of view of international law", kEnvoy, pb::WORDING_RELATION_FRAGMENT, {}},
      {kEnvoy, "the point of view of international law", pb::WORDING_RELATION_EXTENDED, {}},
      {"We look at the situation from the point of view of international law, pseudo-reality",
       kEnvoy,
       pb::WORDING_RELATION_POLARITY_FLIP,
       {pb::WORDING_FLAG_NEGATION_DROPPED, pb::WORDING_FLAG_WORDS_DROPPED}},
      {"I did not know him",
       "I did know him",
       pb::WORDING_RELATION_POLARITY_FLIP,
       {pb::WORDING_FLAG_NEGATION_ADDED, pb::WORDING_FLAG_WORDS_INSERTED}},
      {"We will go to the moon … this decade",
       "We will go to the moon and do the other things this decade",
       pb::WORDING_RELATION_ELLIPSIS,
       {}},
      {"We will … this decade",
       "We will go to the moon and do the other things whatever it costs us this decade",
       pb::WORDING_RELATION_ELLIPSIS,
       {pb::WORDING_FLAG_ELLIPSIS_HIDES_MUCH}},
      {"Taxes will rise by 3 percent next year",
       "Taxes will rise by 5 percent next year",
       pb::WORDING_RELATION_ALTERED,
       {pb::WORDING_FLAG_NUMBER_CHANGED, pb::WORDING_FLAG_WORDS_INSERTED, pb::WORDING_FLAG_WORDS_DROPPED}},
      {"The minister knew about the payments",
       "The minister perhaps knew about the payments",
       pb::WORDING_RELATION_ALTERED,
       {pb::WORDING_FLAG_HEDGE_DROPPED, pb::WORDING_FLAG_WORDS_DROPPED}},
      {"We have gone there many times before",
       "We has gone there many times uh before",
       pb::WORDING_RELATION_ALTERED,
       {pb::WORDING_FLAG_WORDS_INSERTED, pb::WORDING_FLAG_WORDS_DROPPED}},
      {"He went to the house on the hill again",
       "He went to the the house on the hill again",
       pb::WORDING_RELATION_CLEANED_GRAMMAR,
       {pb::WORDING_FLAG_WORDS_DROPPED}},
      {"Nobody will ever recieve such an offer",
       "Nobody will ever receive such an offer",
       pb::WORDING_RELATION_TYPOGRAPHIC,
       {pb::WORDING_FLAG_SPELLING_CHANGED}},
      {"this decade we choose the moon and the other things",
       "We choose the moon and the other things this decade",
       pb::WORDING_RELATION_ALTERED,
       {pb::WORDING_FLAG_WORDS_INSERTED, pb::WORDING_FLAG_WORDS_DROPPED, pb::WORDING_FLAG_ORDER_CHANGED}},
      {"The harbour is closed to all ships", "Bread was cheap in those days", pb::WORDING_RELATION_UNRELATED, {}},
      {"the United States is living in a pseudo-reality", kEnvoy, pb::WORDING_RELATION_UNRELATED, {}},
      {"are tariffs likely to bring jobs back",
       "Nor are tariffs likely to bring jobs back",
       pb::WORDING_RELATION_POLARITY_FLIP,
       {pb::WORDING_FLAG_NEGATION_DROPPED, pb::WORDING_FLAG_WORDS_DROPPED, pb::WORDING_FLAG_CONTEXT_CONTRADICTS}},
      {"tariffs will bring jobs back", "No, tariffs will bring jobs back", pb::WORDING_RELATION_FRAGMENT, {}},
      {"我们同意这个计划",
       "我们不同意这个计划",
       pb::WORDING_RELATION_POLARITY_FLIP,
       {pb::WORDING_FLAG_NEGATION_DROPPED, pb::WORDING_FLAG_WORDS_DROPPED}},
      {"Мы согласны с этим решением",
       "Мы не согласны с этим решением",
       pb::WORDING_RELATION_POLARITY_FLIP,
       {pb::WORDING_FLAG_NEGATION_DROPPED, pb::WORDING_FLAG_WORDS_DROPPED}},
  };
  for (const Case& one : cases) {
    const pb::WordingComparison comparison = Compare(Wording(one.asked), Wording(one.reference));
    EXPECT_EQ(comparison.relation(), one.relation)
        << one.asked << ": " << pb::WordingRelation_Name(comparison.relation());
    std::vector<pb::WordingFlag> flags;
    for (const int flag : comparison.flags()) flags.push_back(static_cast<pb::WordingFlag>(flag));
    EXPECT_THAT(flags, ::testing::ElementsAreArray(one.flags)) << one.asked << "\n" << comparison.DebugString();
  }
}

// The diff must give back both texts, whatever was compared.
TEST(Compare, AnyTwoTexts_DiffGivesBackTheWordsOfBoth) {
  std::mt19937 random(20);
  const std::vector<std::string> vocabulary = {
      "we", "shall",   "not",   "see",      "the",  "harbour", "again", "若",    "не",    "don't",  "2.5", "[it]",
      "…",  "perhaps", "ships", "shipping", "time", "times",   "when",  "where", "never", "closed", "open"};
  const auto words = [&](std::size_t most) {
    std::string text;
    for (std::size_t count = random() % most; count > 0; --count)
      text += vocabulary[random() % vocabulary.size()] + " ";
    return text;
  };
  for (int round = 0; round < 2000; ++round) {
    const std::string shared = words(12);
    const Wording asked(words(4) + shared + words(6));
    const Wording reference(words(9) + shared + words(3));
    const pb::WordingComparison comparison = Compare(asked, reference);
    std::vector<std::string> asked_words;
    std::vector<std::string> reference_words;
    for (const pb::DiffPart& part : comparison.diff()) {
      const bool in_asked = part.kind() != pb::DIFF_KIND_DROPPED;
      const bool in_reference = part.kind() != pb::DIFF_KIND_INSERTED;
      if (in_asked) EXPECT_FALSE(part.text().empty());
      const std::string& other = part.reference().empty() ? part.text() : part.reference();
      for (const std::string& word : Folded(part.text())) asked_words.push_back(word);
      if (in_reference) {
        for (const std::string& word : Folded(other)) reference_words.push_back(word);
      }
    }
    const auto is_part_of = [](const std::vector<std::string>& part, const std::vector<std::string>& whole) {
      return std::search(whole.begin(), whole.end(), part.begin(), part.end()) != whole.end() || part.empty();
    };
    // A contraction may be split between two parts, each of which prints it whole.
    if (asked.text.find('\'') == std::string::npos && reference.text.find('\'') == std::string::npos) {
      EXPECT_TRUE(is_part_of(asked_words, Folded(asked.text))) << asked.text << " | " << reference.text;
      EXPECT_TRUE(is_part_of(reference_words, Folded(reference.text))) << asked.text << " | " << reference.text;
    }
    EXPECT_LE(comparison.similarity(), 1);
    EXPECT_LE(comparison.containment(), 1);
    if (comparison.relation() != pb::WORDING_RELATION_UNRELATED) {
      EXPECT_TRUE(MayBeRelated(asked.words, reference.words)) << asked.text << " | " << reference.text;
    }
  }
}

TEST(Compare, VeryLongTexts_AreAlignedAroundWhatAgrees) {
  std::string reference;
  for (int i = 0; i < 8000; ++i) reference += "word" + std::to_string(i * 7919 % 8000) + " ";
  std::string asked = reference;
  asked.replace(asked.find(" word5 "), 7, " not another ");
  const pb::WordingComparison comparison = Compare(Wording(asked), Wording(reference));
  EXPECT_EQ(comparison.relation(), pb::WORDING_RELATION_POLARITY_FLIP);
  EXPECT_GT(comparison.similarity(), 0.99);
  EXPECT_LT(comparison.diff_size(), 6);
}

TEST(MayBeRelated, WordsThatCannotBe_AreToldAtOnce) {
  const auto may_be = [](const char* asked, const char* reference) {
    return MayBeRelated(SplitWords(asked), SplitWords(reference));
  };
  EXPECT_FALSE(may_be("The harbour is closed to all ships", "Bread was cheap in those days"));
  EXPECT_FALSE(may_be("we do not know that yet", "we do what has to be done and never more than that, whoever asks"));
  EXPECT_TRUE(may_be("the coluor of the huose", "colour house"));
  EXPECT_TRUE(may_be("ships", "The harbour is closed to all ships"));
  EXPECT_TRUE(may_be("closed to ships is the harbour, all of it", "The harbour is closed to all ships"));
}

bool Holds(const std::vector<std::int32_t>& keys, std::int32_t key) {
  return std::binary_search(keys.begin(), keys.end(), key);
}

// What is stored is found by two keys of what is asked for.
bool SharePair(const std::string& asked, const std::string& stored) {
  const std::vector<std::int32_t> keys = SketchKeys(SplitWords(stored));
  const std::vector<KeyPair> pairs = AskedPairs(SplitWords(asked));
  return std::any_of(pairs.begin(), pairs.end(),
                     [&](const KeyPair& pair) { return Holds(keys, pair.key) && Holds(keys, pair.other); });
}

// What is asked for stands in what is stored.
bool StandsIn(const std::string& asked, const std::string& stored) {
  const std::vector<std::int32_t> asked_keys = SketchKeys(SplitWords(asked));
  const std::vector<std::int32_t> stored_keys = SketchKeys(SplitWords(stored));
  return !asked_keys.empty() &&
         std::includes(stored_keys.begin(), stored_keys.end(), asked_keys.begin(), asked_keys.end());
}

std::string Join(const std::vector<std::string>& words, std::size_t begin, std::size_t end) {
  std::string text;
  for (std::size_t i = begin; i < end; ++i) text += words[i] + " ";
  return text;
}

// Words, every third of which is small.
std::vector<std::string> RandomWords(std::size_t count, std::mt19937& random) {
  static const char* const kSmall[] = {"the", "of", "and", "in", "to"};
  std::vector<std::string> words;
  for (std::size_t i = 0; i < count; ++i) {
    words.push_back(i % 3 == 2 ? kSmall[random() % 5] : "w" + std::to_string(random() % 5000));
  }
  return words;
}

TEST(Sketch, PartsOfTwoWordsAndMore_HaveNoKeyThatTheWholeLacks) {
  std::mt19937 random(7);
  for (int round = 0; round < 500; ++round) {
    const std::vector<std::string> words = RandomWords(60, random);
    const std::size_t count = 2 + random() % 10;
    const std::size_t begin = random() % (60 - count);
    const std::string part = Join(words, begin, begin + count);
    EXPECT_TRUE(StandsIn(part, Join(words, 0, 60))) << part;
    // Shorter ones are looked for by themselves.
    if (count > 4) EXPECT_TRUE(SharePair(Join(words, 0, 60), part)) << part;
  }
}

TEST(Sketch, ChangedWordings_ShareTwoKeysWithWhatTheyWere) {
  std::mt19937 random(7);
  for (int round = 0; round < 500; ++round) {
    const std::size_t count = 7 + random() % 60;
    const std::vector<std::string> words = RandomWords(count, random);
    const std::string whole = Join(words, 0, count);
    const std::size_t at = random() % count;
    std::vector<std::string> misspelled = words;
    misspelled[at] += "x";
    EXPECT_TRUE(SharePair(Join(misspelled, 0, count), whole)) << whole << "\nat " << at;
    EXPECT_TRUE(SharePair(Join(words, 0, at) + Join(words, at + 1, count), whole)) << whole << "\nat " << at;
    EXPECT_TRUE(SharePair(Join(words, at, count) + Join(words, 0, at), whole)) << whole << "\nat " << at;
    if (count >= 12) EXPECT_TRUE(SharePair(Join(words, 0, count / 3) + "... " + Join(words, count / 2, count), whole));
  }
}

TEST(Sketch, ShortWordings_AreFoundByOneKey) {
  EXPECT_TRUE(SharePair("Yes we could", "Yes, we can!"));
  EXPECT_TRUE(SharePair("supervised independence", "Kosovo should get supervised independence now"));
  EXPECT_FALSE(SharePair("The harbour is closed to all ships", "Bread was cheap in those days"));
  EXPECT_THAT(AskedPairs(SplitWords("independence")), IsEmpty());
  EXPECT_THAT(SketchKeys(SplitWords("independence")), IsEmpty());
  EXPECT_TRUE(StandsIn("贵", "因为太贵了"));
}

TEST(Sketch, LongTexts_HaveBoundedKeysInCommon) {
  std::string text;
  for (int i = 0; i < 20000; ++i) text += "word" + std::to_string(i) + " ";
  const std::vector<std::int32_t> stored = SketchKeys(SplitWords(text));
  EXPECT_EQ(stored.size(), 10000U);
  const std::vector<KeyPair> pairs = AskedPairs(SplitWords("and " + text));
  EXPECT_THAT(pairs.size(), AllOf(Gt(200U), Le(512U)));
  const auto kept = std::count_if(pairs.begin(), pairs.end(), [&](const KeyPair& pair) {
    return Holds(stored, pair.key) && Holds(stored, pair.other);
  });
  EXPECT_GE(kept, static_cast<std::ptrdiff_t>(pairs.size()) - 20) << "what is asked for is what is stored";
  EXPECT_THAT(SketchKeys(SplitWords("")), IsEmpty());
}

}  // namespace
}  // namespace onrecord::wordings
