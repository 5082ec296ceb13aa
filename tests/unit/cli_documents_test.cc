#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "clients/cli/documents.h"

namespace onrecord::cli {
namespace {

using ::testing::ElementsAre;

struct Cut {
  std::vector<std::string> texts;
  std::vector<std::int64_t> lines;
};

Cut CutOf(std::string_view bytes, std::size_t piece = 1 << 20, std::size_t most = kMaxLineBytes) {
  DocumentSplitter splitter(most);
  Cut cut;
  Document document;
  const auto keep = [&] {
    cut.texts.push_back(document.text);
    cut.lines.push_back(document.line);
  };
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    std::string_view rest = bytes.substr(at, piece);
    while (splitter.Push(rest, document)) keep();
  }
  if (splitter.End(document)) keep();
  return cut;
}

TEST(CliDocuments, DocumentSplitter_LinesListsAndPrettyPrinting_AreCutTheSameWay) {
  for (const char* bytes :
       {"{\"a\":1}\n{\"b\":[{}]}\n", "[{\"a\":1},{\"b\":[{}]}]", " [ {\"a\":1} ,\n\n {\"b\":[{}]} ]\n",
        "{\"a\":1} {\"b\":[{}]}", "[{\"a\":1}]\n[{\"b\":[{}]}]"}) {
    for (const std::size_t piece : {1U, 2U, 3U, 100U}) {
      EXPECT_THAT(CutOf(bytes, piece).texts, ElementsAre("{\"a\":1}", "{\"b\":[{}]}")) << bytes << " in " << piece;
    }
  }
  EXPECT_THAT(CutOf("{\n  \"a\": \"}\\\"{\",\n  \"b\": [\n    {}\n  ]\n}\n{}").lines, ElementsAre(1, 7));
  EXPECT_THAT(CutOf("").texts, ElementsAre());
  EXPECT_THAT(CutOf("[]\n \n").texts, ElementsAre());
}

TEST(CliDocuments, DocumentSplitter_BrokenDocument_DoesNotHurtTheNext) {
  for (const char* broken : {"{\"a\":{\"b\":1}", "{\"a\":\"b}", "{\"a\":[1,2}]", "nonsense", "{\"a\":1}}"}) {
    const Cut cut = CutOf(std::string("{\"x\":1}\n") + broken + "\n{\"y\":2}\n");
    ASSERT_GE(cut.texts.size(), 3U) << broken;
    EXPECT_EQ(cut.texts.front(), "{\"x\":1}") << broken;
    EXPECT_EQ(cut.texts.back(), "{\"y\":2}") << broken;
    EXPECT_EQ(cut.lines.back(), 3) << broken;
  }
  EXPECT_THAT(CutOf("{\"a\":").texts, ElementsAre("{\"a\":"));
}

TEST(CliDocuments, DocumentSplitter_LongDocument_IsGivenUpAndTheNextIsRead) {
  DocumentSplitter splitter(20);
  const std::string bytes = "{\"a\":\"" + std::string(50, 'x') + "\"}\n{\"b\":1}";
  std::string_view rest = bytes;
  Document document;
  ASSERT_TRUE(splitter.Push(rest, document));
  EXPECT_TRUE(document.too_long);
  EXPECT_LE(document.text.size(), 20U);
  ASSERT_TRUE(splitter.Push(rest, document));
  EXPECT_FALSE(document.too_long);
  EXPECT_EQ(document.text, "{\"b\":1}");
}

TEST(CliDocuments, ReadDate_DatesAsTheyAreFound_AreRead) {
  const std::pair<const char*, const char*> kDates[] = {
      {"", ""},
      {" ", ""},
      {"2007", "2007"},
      {"2007-11", "2007-11"},
      {"2007-11-21", "2007-11-21"},
      {"2007-1-5", "2007-01-05"},
      {"2007/11/21", "2007-11-21"},
      {"20071121", "2007-11-21"},
      {"20071121T101112Z", "2007-11-21"},
      {" 2007-11-21\n", "2007-11-21"},
      {"2007-11-21T10:11", "2007-11-21"},
      {"2007-11-21T10:11:12Z", "2007-11-21"},
      {"2007-11-21T10:11:12.123456Z", "2007-11-21"},
      {"2007-11-21T23:30:00-05:00", "2007-11-21"},
      {"2007-11-21T00:30:00+14:00", "2007-11-21"},
      {"2007-11-21T10:11:12+0200", "2007-11-21"},
      {"2007-11-21 10:11:12", "2007-11-21"},
      {"2007-11-21 10:11:12 UTC", "2007-11-21"},
      {"2007-11-21 10:11:12 +0000", "2007-11-21"},
      {"21 November 2007", "2007-11-21"},
      {"November 21, 2007", "2007-11-21"},
      {"Nov 2007", "2007-11"},
      {"Wed, 21 Nov 2007 10:11:12 GMT", "2007-11-21"},
      {"2007/2008", "2007/2008"},
      {"2007-11-01/2007-11-21", "2007-11-01/2007-11-21"},
      {"../2007-11-21", "../2007-11-21"},
      {"2007-11-21/..", "2007-11-21/.."},
      {"2007-11-21T10:00Z/2007-11-22T10:00Z", "2007-11-21/2007-11-22"},
      {"2008-02-29", "2008-02-29"}};
  for (const auto& [text, expected] : kDates) {
    const auto date = ReadDate(text);
    ASSERT_TRUE(date) << text;
    EXPECT_EQ(*date, expected) << text;
  }
}

TEST(CliDocuments, ReadDate_UnreadableOrAmbiguousDates_AreNone) {
  for (const char* text : {"03/04/2007",
                           "21.11.2007",
                           "11-21-2007",
                           "2007-13",
                           "2007-02-30",
                           "2007-00-10",
                           "0000-00-00",
                           "2007-11-21Tnoon",
                           "2007-11-21T",
                           "2007-11-21T99:00",
                           "2007-11-21x",
                           "yesterday",
                           "last year",
                           "today",
                           "Wednesday",
                           "1195603200",
                           "2007-11-21-",
                           "x",
                           "../..",
                           "2007/",
                           "/",
                           "-",
                           "2007-11-21/nonsense",
                           "21 Novembre 2007",
                           "ca. 2007",
                           "20071321",
                           "2007-11-21T10:00:00+xx"}) {
    EXPECT_FALSE(ReadDate(text)) << text << ": " << *ReadDate(text);
  }
}

TEST(CliDocuments, SetClaimant_NobodyInParticular_IsDescribedNotNamed) {
  for (const char* name :
       {"Facebook posts", "Social media users", "viral-image", "Various", "ANONYMOUS", "Chain e-mail"}) {
    pb::ImportRecord record;
    SetClaimant(name, record);
    EXPECT_EQ(record.described_as(), name);
    EXPECT_EQ(record.speaker(), "");
  }
  for (const char* name : {"Barack Obama", "Facebook", "The Various", "محمود عباس", "People's Daily"}) {
    pb::ImportRecord record;
    SetClaimant(name, record);
    EXPECT_EQ(record.speaker(), name);
  }
}

TEST(CliDocuments, StableId_PartsThatRunTogether_AreTold) {
  EXPECT_EQ(StableId("x", {"ab", "c"}), StableId("x", {"ab", "c"}));
  EXPECT_NE(StableId("", {"ab", "c"}), StableId("", {"a", "bc"}));
  EXPECT_NE(StableId("", {"a", ""}), StableId("", {"a"}));
  EXPECT_LE(StableId(std::string(5000, 'x'), {"a"}).size(), 500U);
  std::string umlauts = "x";
  for (int i = 0; i < 500; ++i) umlauts += "ü";
  EXPECT_TRUE(IsValidUtf8(StableId(umlauts, {"a"})));
}

TEST(CliDocuments, AddressesAndLanguages_AreTold) {
  EXPECT_EQ(HostOf("https://www.Example.org/x?y"), "example.org");
  EXPECT_EQ(HostOf("example.org"), "example.org");
  EXPECT_EQ(HostOf("nonsense"), "");
  EXPECT_TRUE(IsWebAddress("HTTPS://x"));
  EXPECT_FALSE(IsWebAddress("ftp://x"));
  EXPECT_FALSE(IsWebAddress("http"));
  for (const char* tag : {"en", "pt-BR", "zh-Hans-CN", "fil"}) EXPECT_TRUE(IsLanguageTag(tag)) << tag;
  for (const char* tag : {"", "English", "e", "en_US", "en-", "en--x", "12"}) EXPECT_FALSE(IsLanguageTag(tag)) << tag;
}

}  // namespace
}  // namespace onrecord::cli
