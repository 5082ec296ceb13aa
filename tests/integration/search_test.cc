#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/support/builders.h"

namespace onrecord {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;
using ::testing::UnorderedElementsAreArray;

class SearchTest : public RecordTest {
 protected:
  // The texts that match, oldest first.
  std::vector<std::string> Find(const std::string& words, pb::QuoteOrder order = pb::QUOTE_ORDER_OLDEST) {
    pb::ListQuotesRequest request;
    request.mutable_filter()->set_words(words);
    request.set_order(order);
    const auto found = List(request);
    EXPECT_TRUE(found.status.ok()) << words << ": " << found.status.error_message();
    EXPECT_EQ(Count(request.filter())->count(), found->quotes_size()) << words;
    return Texts(*found);
  }
  std::vector<std::string> Filtered(const std::function<void(pb::QuoteFilter&)>& set) {
    pb::ListQuotesRequest request;
    set(*request.mutable_filter());
    request.set_order(pb::QUOTE_ORDER_OLDEST);
    const auto found = List(request);
    EXPECT_TRUE(found.status.ok()) << found.status.error_message();
    const auto count = Count(request.filter());
    EXPECT_EQ(count->count(), found->quotes_size());
    EXPECT_TRUE(count->exact());
    return Texts(*found);
  }
  void MakeAll(const std::vector<std::string>& texts) {
    int year = 2000;
    for (const std::string& text : texts) MustCreate(AQuote().Saying(text).On(std::to_string(year++)));
  }
};

TEST_F(SearchTest, ListQuotes_OfWords_NeedsThemAll) {
  MakeAll({"war and peace", "war", "peace", "the war brought no peace"});
  EXPECT_THAT(Find("war peace"), ElementsAre("war and peace", "the war brought no peace"));
  EXPECT_THAT(Find("PEACE"), ElementsAre("war and peace", "peace", "the war brought no peace"));
  EXPECT_THAT(Find("famine"), IsEmpty());
}

// There is nothing before the year 1 to look in, and nothing after 9999.
TEST_F(SearchTest, ListQuotes_OfWordsFromTheFirstYearToTheLast_FindsThem) {
  for (const char* day : {"0001-06-01", "0007", "2024", "9995", "9999-12-31"}) {
    MustCreate(AQuote().Saying(absl::StrCat("ab urbe condita ", day)).On(day));
  }
  for (const pb::QuoteOrder order : {pb::QUOTE_ORDER_OLDEST, pb::QUOTE_ORDER_NEWEST, pb::QUOTE_ORDER_RELEVANCE}) {
    EXPECT_EQ(Find("condita", order).size(), 5U);
  }
}

TEST_F(SearchTest, ListQuotes_OfAPhrase_NeedsItsOrder) {
  MakeAll({"de facto independence", "independence de facto", "de facto, and independence"});
  EXPECT_THAT(Find("\"de facto independence\""), ElementsAre("de facto independence"));
  EXPECT_THAT(Find("\"de facto\""),
              ElementsAre("de facto independence", "independence de facto", "de facto, and independence"));
}

TEST_F(SearchTest, ListQuotes_WithOrAndMinus_ChoosesAndLeavesOut) {
  MakeAll({"apples", "pears", "plums", "apples and pears"});
  EXPECT_THAT(Find("apples or plums"), ElementsAre("apples", "plums", "apples and pears"));
  EXPECT_THAT(Find("apples -pears"), ElementsAre("apples"));
  EXPECT_THAT(Find("-pears apples"), ElementsAre("apples"));
  EXPECT_THAT(Find("\"apples and\" or plums"), ElementsAre("plums", "apples and pears"));
}

TEST_F(SearchTest, ListQuotes_OfStopWords_FindsThem) {
  MakeAll({"we will do it", "we will not do it", "no", "to be or not to be"});
  EXPECT_THAT(Find("not"), ElementsAre("we will not do it", "to be or not to be"));
  EXPECT_THAT(Find("will not"), ElementsAre("we will not do it"));
  EXPECT_THAT(Find("no"), ElementsAre("no"));
  EXPECT_THAT(Find("\"or not to be\""), ElementsAre("to be or not to be"));
  EXPECT_THAT(Find("we -not"), ElementsAre("we will do it"));
}

TEST_F(SearchTest, ListQuotes_OfAccentsAndForms_FindsThem) {
  MakeAll({"un café à Genève", "the cafes of Geneva", "cafe\u0301 with a mark of its own", "Straße", "тихий Дон"});
  EXPECT_THAT(Find("cafe"),
              ElementsAre("un café à Genève", "the cafes of Geneva", "cafe\u0301 with a mark of its own"));
  EXPECT_THAT(Find("café"),
              ElementsAre("un café à Genève", "the cafes of Geneva", "cafe\u0301 with a mark of its own"));
  EXPECT_THAT(Find("geneve"), ElementsAre("un café à Genève"));
  EXPECT_THAT(Find("ДОН"), ElementsAre("тихий Дон"));
}

TEST_F(SearchTest, ListQuotes_OfOriginalWords_FindsTheTranslation) {
  pb::Quote quote = AQuote().Saying("We shall see");
  quote.set_original_text("Nous verrons");
  MustCreate(quote);
  EXPECT_THAT(Find("verrons"), ElementsAre("We shall see"));
  EXPECT_THAT(Find("shall"), ElementsAre("We shall see"));
}

TEST_F(SearchTest, ListQuotes_AfterAChange_FindsTheNewWords) {
  pb::Quote quote = MustCreate(AQuote().Saying("old words"));
  quote.set_text("new speech");
  ASSERT_TRUE(Update(quote, {"text"}).status.ok());
  EXPECT_THAT(Find("old"), IsEmpty());
  EXPECT_THAT(Find("speech"), ElementsAre("new speech"));
}

TEST_F(SearchTest, ListQuotes_OfNothingToLookFor_IsRefused) {
  MakeAll({"something"});
  for (const std::string words : {"-not", "-a -b", "!!!", "\"\"", "   ", "-\"a phrase\"", "apples or -pears"}) {
    pb::QuoteFilter filter;
    filter.set_words(words);
    for (const grpc::Status& status : {List(filter).status, Count(filter).status}) {
      EXPECT_EQ(status.error_code(), grpc::INVALID_ARGUMENT) << words;
      EXPECT_EQ(Reason(status), pb::ERROR_REASON_FIELDS_INVALID) << words;
      EXPECT_THAT(Fields(status), ElementsAre("filter.words")) << words;
    }
  }
}

TEST_F(SearchTest, ListQuotes_OfOddSyntax_IsAnswered) {
  MakeAll({"it's a test of & and | and ! and :* and 'quotes'"});
  for (const std::string words :
       {"test &", "test | x or test", "te'st or test", "\"test", "(test)", "test:*", "<-> test", "test \\", "or test",
        "test or", "test - ", "👍 test or test", "test OR OR"}) {
    pb::QuoteFilter filter;
    filter.set_words(words);
    const grpc::Status status = List(filter).status;
    EXPECT_TRUE(status.ok() || status.error_code() == grpc::INVALID_ARGUMENT) << words << status.error_message();
  }
}

TEST_F(SearchTest, ListQuotes_InEachOrder_IsInThatOrder) {
  MustCreate(AQuote().Saying("peace").On("2001"));
  MustCreate(AQuote().Saying("peace, peace and again peace").On("2002"));
  MustCreate(AQuote().Saying("a long sentence that mentions peace once").On("2003"));
  EXPECT_THAT(Find("peace", pb::QUOTE_ORDER_NEWEST),
              ElementsAre("a long sentence that mentions peace once", "peace, peace and again peace", "peace"));
  EXPECT_THAT(Find("peace", pb::QUOTE_ORDER_OLDEST),
              ElementsAre("peace", "peace, peace and again peace", "a long sentence that mentions peace once"));
  EXPECT_EQ(Find("peace", pb::QUOTE_ORDER_RELEVANCE).front(), "peace, peace and again peace");
  EXPECT_EQ(Find("peace", pb::QUOTE_ORDER_RELEVANCE).size(), 3U);
}

TEST_F(SearchTest, ListQuotes_WithTopic_IncludesWhatLiesBelow) {
  MakeTopic("politics");
  MakeTopic("europe", "topics/politics");
  MakeTopic("kosovo", "topics/europe");
  MakeTopic("sports");
  MustCreate(AQuote().Saying("a").On("2001").About("topics/politics"));
  MustCreate(AQuote().Saying("b").On("2002").About("topics/kosovo"));
  MustCreate(AQuote().Saying("c").On("2003").About("topics/sports"));
  MustCreate(AQuote().Saying("d").On("2004").About("topics/kosovo").About("topics/sports"));
  EXPECT_THAT(Filtered([](auto& f) { f.add_topics("topics/politics"); }), ElementsAre("a", "b", "d"));
  EXPECT_THAT(Filtered([](auto& f) { f.add_topics("topics/europe"); }), ElementsAre("b", "d"));
  EXPECT_THAT(Filtered([](auto& f) {
                f.add_topics("topics/kosovo");
                f.add_topics("topics/sports");
              }),
              ElementsAre("b", "c", "d"));
}

TEST_F(SearchTest, ListQuotes_WithEachFilter_GivesWhatMatches) {
  MakeSpeaker("ada");
  MakeSpeaker("bob");
  MakeOutlet("times");
  MakeOutlet("post");
  MustCreate(AQuote().Saying("a").By("speakers/ada").On("2001-05").In("outlets/times").Written("en"));
  MustCreate(AQuote().Saying("b").By("speakers/bob").On("2002").In("outlets/post").As(pb::QUOTE_KIND_INDIRECT));
  MustCreate(AQuote()
                 .Saying("c")
                 .On("2003")
                 .Printed(AnAppearance().In("outlets/times").On("2004-01-02"))
                 .Printed(AnAppearance().In("outlets/post").On("2004-01-03"))
                 .Written("pt-BR"));
  MustCreate(AQuote().Saying("d").By("speakers/ada").On("2005").As(pb::POLARITY_REFUSED));
  EXPECT_THAT(Filtered([](auto&) {}), ElementsAre("a", "b", "c"));
  EXPECT_THAT(Filtered([](auto& f) { f.add_speakers("speakers/ada"); }), ElementsAre("a"));
  EXPECT_THAT(Filtered([](auto& f) {
                f.add_speakers("speakers/ada");
                f.add_speakers("speakers/bob");
              }),
              ElementsAre("a", "b"));
  EXPECT_THAT(Filtered([](auto& f) { f.add_outlets("outlets/times"); }), ElementsAre("a", "c"));
  EXPECT_THAT(Filtered([](auto& f) {
                f.add_outlets("outlets/times");
                f.add_outlets("outlets/post");
              }),
              ElementsAre("a", "b", "c"));
  EXPECT_THAT(Filtered([](auto& f) { f.add_kinds(pb::QUOTE_KIND_INDIRECT); }), ElementsAre("b"));
  EXPECT_THAT(Filtered([](auto& f) { f.add_languages("pt-BR"); }), ElementsAre("c"));
  EXPECT_THAT(Filtered([](auto& f) { f.add_languages("pt"); }), IsEmpty());
  EXPECT_THAT(Filtered([](auto& f) { f.set_unnamed(true); }), ElementsAre("c"));
  EXPECT_THAT(Filtered([](auto& f) { f.add_polarities(pb::POLARITY_REFUSED); }), ElementsAre("d"));
  EXPECT_THAT(Filtered([](auto& f) { *f.mutable_said() = Between("2001-05", "2002"); }), ElementsAre("a", "b"));
  EXPECT_THAT(Filtered([](auto& f) { *f.mutable_said() = Between("2002", ""); }), ElementsAre("b", "c"));
  EXPECT_THAT(Filtered([](auto& f) { *f.mutable_said() = Between("", "2001-04"); }), IsEmpty());
  EXPECT_THAT(Filtered([](auto& f) { *f.mutable_published() = Between("2004-01-03", "2004-01-03"); }),
              ElementsAre("c"));
  EXPECT_THAT(Filtered([](auto& f) { *f.mutable_published() = Between("2001", "2003"); }), IsEmpty());
  EXPECT_THAT(Filtered([](auto& f) {
                f.add_outlets("outlets/post");
                *f.mutable_said() = Between("2002", "2003");
                f.set_unnamed(true);
                f.add_languages("pt-BR");
                f.set_words("c");
              }),
              ElementsAre("c"));
}

TEST_F(SearchTest, ListQuotes_OfPossibleDates_FindsWhatMayHaveBeenThen) {
  MustCreate(AQuote().Saying("day").On("2007-11-21"));
  MustCreate(AQuote().Saying("year").On("2007"));
  MustCreate(AQuote().Saying("years").On("2006/2008"));
  MustCreate(AQuote().Saying("until").On("../2009"));
  MustCreate(AQuote().Saying("since").On("1999/.."));
  MustCreate(AQuote().Saying("unknown").Printed(AnAppearance().On("1990")));
  const auto find = [&](const std::string& from, const std::string& to, bool possible) {
    return Filtered([&](auto& f) { *f.mutable_said() = Between(from, to, possible); });
  };
  EXPECT_THAT(find("2007-11", "2007-11", false), ElementsAre("day"));
  EXPECT_THAT(find("2007-11", "2007-11", true),
              UnorderedElementsAre("day", "year", "years", "until", "since", "unknown"));
  EXPECT_THAT(find("2008-05", "2008-06", true), UnorderedElementsAre("years", "until", "since", "unknown"));
  EXPECT_THAT(find("1998", "1998", true), UnorderedElementsAre("until", "unknown"));
  EXPECT_THAT(find("2010", "", true), UnorderedElementsAre("since", "unknown"));
  EXPECT_THAT(find("2009", "2009", false), ElementsAre("until"));
  EXPECT_THAT(find("1990", "1990", false), ElementsAre("unknown"));
}

// Whatever a phrase is made of: the index must not lose what PostgreSQL itself finds by reading every quote.
TEST_F(SearchTest, ListQuotes_OfAnyPhrase_FindsWhatHoldsIt) {
  const std::vector<std::string> pieces = {"the",
                                           "the",
                                           "of",
                                           "not",
                                           "tariff",
                                           "tariffs",
                                           "e-mail",
                                           "O'Brien",
                                           "don't",
                                           "cafe\u0301",
                                           "U.S.",
                                           "1,000",
                                           "-3.5",
                                           "and/or",
                                           "a.org/it's",
                                           "https://b.org/c?d=e#'f'",
                                           "тихий",
                                           "民主",
                                           "\\",
                                           "back\\slash",
                                           "<b>",
                                           "&amp;",
                                           "'",
                                           "''",
                                           "_",
                                           "ﬁne",
                                           "—",
                                           "x@y.org",
                                           std::string(200, 'w')};
  std::mt19937 random(20261127);
  const auto some = [&](std::size_t most) {
    std::string text;
    for (std::size_t count = 1 + random() % most; count > 0; --count) {
      absl::StrAppend(&text, text.empty() ? "" : std::vector{" ", " ", " ", "-", ", "}[random() % 5],
                      pieces[random() % pieces.size()]);
    }
    return text;
  };
  std::vector<pb::ImportRecord> records;
  for (int i = 0; i < 800; ++i) {
    ARecord record = ARecord().Saying(absl::StrCat(some(12), " number ", i)).On(std::to_string(1900 + i % 100));
    if (i % 3 == 0) record.With([&](pb::ImportRecord& r) { r.set_original_text(some(6)); });
    records.push_back(record);
  }
  ASSERT_TRUE(Import(*imports_, records).status.ok());
  Sql("INSERT INTO common_words (word, share) VALUES ('the', 0.9), ('of', 0.6), ('not', 0.1), ('tariff', 0.02) "
      "ON CONFLICT (word) DO UPDATE SET share = excluded.share");
  std::size_t found = 0;
  for (int i = 0; i < 1000; ++i) {
    const std::string words = absl::StrCat("\"", some(3), "\"", i % 4 == 0 ? absl::StrCat(" ", some(2)) : "");
    const std::string expected = Sql(absl::StrCat(
        "SELECT CASE WHEN querytree(query) IN ('', 'T') THEN 'refused' ELSE (SELECT count(*) FROM quotes WHERE "
        "ts_match_vq(search, query))::text END FROM websearch_to_tsquery('onrecord', $words$",
        words, "$words$) query"));
    pb::ListQuotesRequest request;
    request.mutable_filter()->set_words(words);
    request.set_order(i % 2 == 0 ? pb::QUOTE_ORDER_NEWEST : pb::QUOTE_ORDER_OLDEST);
    const grpc::Status status = List(request).status;
    if (expected == "refused") {
      EXPECT_EQ(status.error_code(), grpc::INVALID_ARGUMENT) << words << status.error_message();
      continue;
    }
    EXPECT_TRUE(status.ok()) << words << status.error_message();
    EXPECT_EQ(std::to_string(Walk(request).size()), expected) << words;
    EXPECT_EQ(std::to_string(Count(request.filter())->count()), expected) << words;
    found += expected == "0" ? 0 : 1;
  }
  EXPECT_GT(found, 300U);
}

// Five thousand quotes, twelve of which hold a rare word.
class RareWordTest : public SearchTest {
 protected:
  struct Row {
    int speaker, outlet, topic, kind, language, year, published;
  };
  static constexpr int kRows = 5000;

  static Row At(int i) { return {i % 7, i % 5, i % 3, i % 2, i % 4, 1900 + i % 100, 2001 + i % 3}; }
  static bool Rare(int i) { return i % 417 == 34; }

  void SetUp() override {
    SearchTest::SetUp();
    for (int i = 0; i < 7; ++i) MakeSpeaker("speaker-" + std::to_string(i));
    for (int i = 0; i < 5; ++i) MakeOutlet("outlet-" + std::to_string(i));
    MakeTopic("above");
    for (int i = 0; i < 3; ++i) MakeTopic("topic-" + std::to_string(i), "topics/above");
    std::vector<pb::ImportRecord> records;
    for (int i = 0; i < kRows; ++i) {
      const Row row = At(i);
      ARecord record = ARecord()
                           .Saying("number " + std::to_string(i) + (Rare(i) ? " quokka" : " and many common words"))
                           .On(std::to_string(row.year))
                           .In("outlets/outlet-" + std::to_string(row.outlet))
                           .Published(std::to_string(row.published))
                           .About("topics/topic-" + std::to_string(row.topic))
                           .As(row.kind == 0 ? pb::QUOTE_KIND_DIRECT : pb::QUOTE_KIND_INDIRECT)
                           .With([&](pb::ImportRecord& r) { r.set_language("l" + std::to_string(row.language)); });
      if (row.speaker != 6) record.By("speakers/speaker-" + std::to_string(row.speaker));
      records.push_back(record);
    }
    const Imported imported = Import(*imports_, records, {.batch = 2000});
    ASSERT_TRUE(imported.status.ok()) << imported.status.error_message();
    ASSERT_EQ(imported.finished.created_count(), kRows);
  }
};

TEST_F(RareWordTest, ListQuotes_OfARareWord_FindsItUnderEveryCombinationOfFilters) {
  const pb::QuoteOrder orders[] = {pb::QUOTE_ORDER_NEWEST, pb::QUOTE_ORDER_OLDEST, pb::QUOTE_ORDER_RELEVANCE};
  unsigned turn = 0;  // each combination is asked in each order, every time for another quote
  for (const int wanted : {34, 451, 4621}) {
    ASSERT_TRUE(Rare(wanted));
    ++turn;
    const Row row = At(wanted);
    for (unsigned bits = 0; bits < 256; ++bits) {
      pb::QuoteFilter filter;
      filter.set_words("quokka");
      const bool unnamed = row.speaker == 6;
      if ((bits & 1) != 0) {
        if (unnamed)
          filter.set_unnamed(true);
        else
          filter.add_speakers("speakers/speaker-" + std::to_string(row.speaker));
      }
      if ((bits & 2) != 0) filter.add_outlets("outlets/outlet-" + std::to_string(row.outlet));
      if ((bits & 4) != 0) filter.add_topics("topics/topic-" + std::to_string(row.topic));
      if ((bits & 8) != 0) filter.add_kinds(row.kind == 0 ? pb::QUOTE_KIND_DIRECT : pb::QUOTE_KIND_INDIRECT);
      if ((bits & 16) != 0) filter.add_languages("l" + std::to_string(row.language));
      if ((bits & 32) != 0) *filter.mutable_said() = Between(std::to_string(row.year), std::to_string(row.year));
      if ((bits & 64) != 0) {
        *filter.mutable_published() = Between(std::to_string(row.published), std::to_string(row.published));
      }
      if ((bits & 128) != 0) {
        filter.set_import("imports/1");
        filter.add_topics("topics/above");
      }
      std::set<std::string> expected;
      for (int i = 0; i < kRows; ++i) {
        const Row other = At(i);
        if (!Rare(i) || ((bits & 1) != 0 && other.speaker != row.speaker) ||
            ((bits & 2) != 0 && other.outlet != row.outlet) ||
            ((bits & 4) != 0 && (bits & 128) == 0 && other.topic != row.topic) ||
            ((bits & 8) != 0 && other.kind != row.kind) || ((bits & 16) != 0 && other.language != row.language) ||
            ((bits & 32) != 0 && other.year != row.year) || ((bits & 64) != 0 && other.published != row.published)) {
          continue;
        }
        expected.insert("number " + std::to_string(i) + " quokka");
      }
      pb::ListQuotesRequest request;
      *request.mutable_filter() = filter;
      request.set_order(orders[(bits + turn) % 3]);
      const auto found = List(request);
      ASSERT_TRUE(found.status.ok()) << found.status.error_message();
      const std::vector<std::string> texts = Texts(*found);
      ASSERT_EQ(std::set<std::string>(texts.begin(), texts.end()), expected)
          << filter.ShortDebugString() << request.order();
      ASSERT_EQ(texts.size(), expected.size());
      if (bits % 16 == 0) ASSERT_EQ(Count(filter)->count(), static_cast<std::int64_t>(expected.size()));
    }
  }
}

TEST_F(RareWordTest, ListQuotes_OfCommonWordsToo_NeedsThemAllTheSame) {
  Sql("INSERT INTO common_words (word, share) VALUES ('number', 1), ('mani', 0.99), ('word', 0.99), ('quokka', 0.02) "
      "ON CONFLICT (word) DO UPDATE SET share = excluded.share");
  std::vector<std::string> all;
  for (int i = 0; i < kRows; ++i) {
    if (Rare(i)) all.push_back("number " + std::to_string(i) + " quokka");
  }
  EXPECT_THAT(Find("number quokka"), UnorderedElementsAreArray(all));
  EXPECT_THAT(Find("number quokka words"), IsEmpty());
  EXPECT_THAT(Find("\"number quokka\""), IsEmpty());
  EXPECT_THAT(Find("\"number 451 quokka\""), ElementsAre("number 451 quokka"));
  EXPECT_THAT(Find("\"451 quokka\" or \"34 quokka\""), UnorderedElementsAre("number 34 quokka", "number 451 quokka"));
  EXPECT_THAT(Find("number 35 -quokka"), ElementsAre("number 35 and many common words"));
  EXPECT_THAT(Find("\"many words\""), IsEmpty());
}

TEST_F(RareWordTest, ListQuotes_OfARareWord_ComesInOrderPageByPage) {
  std::vector<std::pair<int, std::string>> expected;
  for (int i = 0; i < kRows; ++i) {
    if (Rare(i)) expected.emplace_back(At(i).year, "number " + std::to_string(i) + " quokka");
  }
  for (const bool newest : {true, false}) {
    for (const int size : {1, 5}) {
      pb::ListQuotesRequest request;
      request.mutable_filter()->set_words("quokka");
      request.set_page_size(size);
      request.set_order(newest ? pb::QUOTE_ORDER_NEWEST : pb::QUOTE_ORDER_OLDEST);
      std::vector<std::pair<int, std::string>> found;
      for (const pb::Quote& quote : Walk(request)) found.emplace_back(quote.said().from().year(), quote.text());
      const auto earlier = [](const auto& a, const auto& b) { return a.first < b.first; };
      EXPECT_TRUE(newest ? std::is_sorted(found.rbegin(), found.rend(), earlier)
                         : std::is_sorted(found.begin(), found.end(), earlier));
      EXPECT_THAT(found, UnorderedElementsAreArray(expected));
    }
  }
}

TEST_F(RareWordTest, ListQuotes_OfACommonWord_IsWalkedCompletely) {
  pb::ListQuotesRequest request;
  request.mutable_filter()->set_words("common");
  request.mutable_filter()->add_topics("topics/topic-1");
  request.set_page_size(301);
  int expected = 0;
  for (int i = 0; i < kRows; ++i) expected += !Rare(i) && At(i).topic == 1 ? 1 : 0;
  for (const pb::QuoteOrder order : {pb::QUOTE_ORDER_NEWEST, pb::QUOTE_ORDER_OLDEST}) {
    request.set_order(order);
    const std::vector<std::string> names = Names(Walk(request));
    EXPECT_EQ(static_cast<int>(names.size()), expected);
    EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), names.size());
  }
  // Relevance ranks the newest 2,000 matches.
  request.set_order(pb::QUOTE_ORDER_RELEVANCE);
  request.mutable_filter()->clear_topics();
  EXPECT_EQ(Walk(request).size(), 2000U);
  EXPECT_EQ(Count(request.filter())->count(), 5000 - 12);
}

// The record has one quote more than is counted one by one.
class LargeCountTest : public RecordTest {
 protected:
  void TearDown() override {}  // its quotes are written without counting them
  void SetUp() override {
    RecordTest::SetUp();
    MustCreate(AQuote().Saying("We counted the votes."));
    Sql(R"(DO $$ BEGIN
      EXECUTE (SELECT format('INSERT INTO quotes (id, %1$s) SELECT md5(n::text)::uuid, %1$s FROM quotes, '
          'generate_series(1, 100000) n', string_agg(attname, ', '))
        FROM pg_attribute WHERE attrelid = 'quotes'::regclass AND attnum > 0 AND NOT attisdropped
          AND attgenerated = '' AND attname <> 'id');
      END $$)");
  }
};

TEST_F(LargeCountTest, CountQuotes_OfMoreThanAreCounted_SaysAtLeast) {
  pb::QuoteFilter filter;
  filter.set_words("votes");
  const auto many = Count(filter);
  EXPECT_EQ(many->count(), 100000);
  EXPECT_FALSE(many->exact());
  Sql("DELETE FROM quotes WHERE id = md5('1')::uuid");
  const auto all = Count(filter);
  EXPECT_EQ(all->count(), 100000);
  EXPECT_TRUE(all->exact());
}

}  // namespace
}  // namespace onrecord
