#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "clients/cli/gqg.h"

namespace onrecord::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using Json = nlohmann::json;

// All sentences are invented.
Json Line() {
  return Json::parse(
      R"({"date":"2020-05-01T12:34:56Z","url":"https://www.example.org/harbour","title":"Harbour","lang":"ENGLISH",
    "quotes":[{"pre":"the mayor of the town said on Friday that ","quote":"The harbour is True, not False.","post":" and went home"},
              {"pre":"a ","quote":"so-called harbour","post":" of mud"},
              {"pre":"again: ","quote":"so-called harbour","post":"."}]})");
}

std::vector<ParsedRecord> ReadGqg(const std::string& line) {
  const RecordSequence sequence = ReadGqgLine(line);
  std::vector<ParsedRecord> records;
  if (sequence.reject) records.emplace_back().reject = sequence.reject;
  for (std::size_t i = 0; i < sequence.size; ++i) records.push_back(sequence.at(i));
  return records;
}

TEST(CliGqg, ReadGqgLine_WholeLine_IsARecordForEachQuote) {
  const std::vector<ParsedRecord> read = ReadGqg(Line().dump());
  ASSERT_EQ(read.size(), 3U);
  const pb::ImportRecord& first = read[0].record;
  EXPECT_EQ(first.text(), "The harbour is True, not False.");
  EXPECT_EQ(first.speaker(), "");
  EXPECT_EQ(first.described_as(), kUnknownSpeaker);
  EXPECT_EQ(first.kind(), pb::QUOTE_KIND_DIRECT);
  EXPECT_EQ(first.marks(), pb::MARKS_PRESENT);
  EXPECT_EQ(first.context_before(), " of the town said on Friday that");
  EXPECT_EQ(first.context_after(), "and went home");
  EXPECT_EQ(first.url(), "https://www.example.org/harbour");
  EXPECT_EQ(first.outlet(), "example.org");
  EXPECT_EQ(first.headline(), "Harbour");
  EXPECT_EQ(first.language(), "en");
  EXPECT_EQ(first.published(), "../2020-05-01");
  EXPECT_EQ(first.said(), "../2020-05-01");
  EXPECT_EQ(first.said_basis(), "bounded_by_publication");
  EXPECT_EQ(first.external_id().size(), 64U);
  EXPECT_THAT(std::vector<std::string>(first.losses().begin(), first.losses().end()),
              ElementsAre("pre: all but 32 characters"));
  EXPECT_EQ(read[1].record.kind(), pb::QUOTE_KIND_PARTIAL);
  EXPECT_EQ(read[2].record.external_id(), read[1].record.external_id() + "-2");
}

TEST(CliGqg, ReadGqgLine_RawOfAQuote_HoldsNoOtherQuote) {
  const std::vector<ParsedRecord> read = ReadGqg(Line().dump());
  Json expected = Line();
  expected["quotes"].erase(1);
  expected["quotes"].erase(1);
  EXPECT_EQ(Json::parse(read[0].record.raw()), expected);
  EXPECT_THAT(read[0].record.raw(), Not(HasSubstr("so-called")));
}

TEST(CliGqg, ReadGqgLine_OnlyWhatLooksWhole_IsDirect) {
  const std::pair<const char*, pb::QuoteKind> kQuotes[] = {{"We will go home.", pb::QUOTE_KIND_DIRECT},
                                                           {"We will go home,", pb::QUOTE_KIND_DIRECT},
                                                           {"we will go home.", pb::QUOTE_KIND_PARTIAL},
                                                           {"The Long Harbour", pb::QUOTE_KIND_PARTIAL},
                                                           {"…and so we left.", pb::QUOTE_KIND_PARTIAL},
                                                           {"我们回家了。", pb::QUOTE_KIND_DIRECT},
                                                           {"لماذا؟", pb::QUOTE_KIND_DIRECT},
                                                           {"7 people came!", pb::QUOTE_KIND_DIRECT},
                                                           {"Élise est partie.", pb::QUOTE_KIND_DIRECT},
                                                           {"élise est partie.", pb::QUOTE_KIND_PARTIAL},
                                                           {"...", pb::QUOTE_KIND_PARTIAL}};
  for (const auto& [quote, kind] : kQuotes) {
    Json line = Line();
    line["quotes"] = Json::array({{{"quote", quote}}});
    EXPECT_EQ(ReadGqg(line.dump()).at(0).record.kind(), kind) << quote;
  }
}

TEST(CliGqg, ReadGqgLine_Languages_AreTags) {
  const auto language = [](const std::string& name) {
    Json line = Line();
    line["lang"] = name;
    return ReadGqg(line.dump())[0].record;
  };
  EXPECT_EQ(language("German").language(), "de");
  EXPECT_EQ(language("pt").language(), "pt");
  EXPECT_EQ(language("Chinese").language(), "zh");
  EXPECT_EQ(language("Martian tongue").language(), "");
  EXPECT_EQ(language("Martian tongue").losses(1), "lang: Martian tongue");
  EXPECT_EQ(language("").language(), "");
}

TEST(CliGqg, ReadGqgLine_TooLong_IsRejectedWithItsField) {
  Json line = Line();
  line["quotes"][1]["quote"] = std::string(2001, 'x');
  std::vector<ParsedRecord> read = ReadGqg(line.dump());
  ASSERT_TRUE(read[1].reject);
  EXPECT_EQ(read[1].reject->reason, "TEXT_TOO_LONG");
  EXPECT_EQ(read[1].reject->field, "quotes[1].quote");
  EXPECT_FALSE(read[0].reject);
  EXPECT_FALSE(read[2].reject);
  std::string longest;
  for (int i = 0; i < 2000; ++i) longest += "é";
  line["quotes"][1]["quote"] = longest;
  EXPECT_FALSE(ReadGqg(line.dump())[1].reject);
  line["padding"] = std::string(std::size_t{4} << 20, ' ');
  EXPECT_EQ(ReadGqg(line.dump()).at(0).reject->reason, "LINE_TOO_LONG");
}

TEST(CliGqg, ReadGqgLine_BadLines_AreRejected) {
  const auto reject = [](const std::string& line) { return ReadGqg(line).at(0).reject.value(); };
  EXPECT_EQ(reject("{'quotes': True}").reason, "BAD_JSON");
  EXPECT_EQ(reject("7").reason, "WRONG_TYPE");
  EXPECT_EQ(reject(R"({"url":"https://a.b","quotes":[{"quote":"cut \ud83d"}]})").reason, "INVALID_UTF8");
  EXPECT_EQ(reject(R"({"quotes":[]})").field, "url");
  EXPECT_EQ(reject(R"({"url":"https://a.b"})").field, "quotes");
  EXPECT_EQ(reject(R"({"url":"https://a.b","date":"later","quotes":[]})").field, "date");
  EXPECT_EQ(reject(R"({"url":"https://a.b","quotes":[7]})").field, "quotes[0]");
  EXPECT_EQ(reject(R"({"url":"https://a.b","quotes":[{"quote":" "}]})").reason, "FIELD_REQUIRED");
  EXPECT_EQ(ReadGqg(R"({"url":"https://a.b","date":"20200501123456","quotes":[{"quote":"x"}]})")[0].record.published(),
            "../2020-05-01");
}

}  // namespace
}  // namespace onrecord::cli
