#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "clients/cli/quotebank.h"

namespace onrecord::cli {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;
using Json = nlohmann::json;

// All sentences are invented.
Json Quotation() {
  return Json::parse(R"({"quoteID":"2015-03-02-000017","quotation":"The harbour will be open again by the spring",
    "speaker":"Ada Byron","qids":["Q7259","Q1"],"date":"2015-03-02 10:11:12","numOccurrences":5,
    "probas":[["Ada Byron","0.7"],["None",0.2],["Charles Babbage","0.1"]],
    "urls":["http://www.example.org/a","https://news.example.com/b"],"phase":"E"})");
}

Json Article() {
  return Json::parse(R"({"articleID":"20150302x","articleLength":321,"date":"2015-03-02 10:11:12","phase":"E",
    "title":"Harbour to open","url":"http://example.org/a",
    "names":[{"name":"Ada Byron","ids":"[Q7259,Q1]","offsets":"[[3, 5]]"},{"name":"Charles Babbage","ids":["Q2"]}],
    "quotations":[
      {"quoteID":"2015-03-02-000017","numOccurrences":5,"quotation":"The harbour will be open again by the spring",
       "quotationOffset":40,"contextStart":1,"contextEnd":99,"leftContext":"It was late when they met again, and she said to all:",
       "rightContext":"he said.","globalTopSpeaker":"Charles Babbage","globalProbas":[["Charles Babbage","0.6"]],
       "localTopSpeaker":"Ada Byron","localProbas":[{"speaker":"Ada Byron","proba":0.9}]},
      {"quoteID":"2015-03-02-000018","quotation":"Nobody has told us anything about that so far","localTopSpeaker":"None"},
      {"quoteID":"2015-03-02-000018","quotation":"Nobody has told us anything about that so far","localTopSpeaker":"None"},
      {"quoteID":"2015-03-02-000019","quotation":""}]})");
}

std::vector<ParsedRecord> ReadQuotebank(const std::string& line) {
  const RecordSequence sequence = ReadQuotebankLine(line);
  std::vector<ParsedRecord> records;
  if (sequence.reject) records.emplace_back().reject = sequence.reject;
  for (std::size_t i = 0; i < sequence.size; ++i) records.push_back(sequence.at(i));
  return records;
}

std::vector<std::string> LossesOf(const ParsedRecord& parsed) {
  return {parsed.record.losses().begin(), parsed.record.losses().end()};
}

TEST(CliQuotebank, ReadQuotebankLine_OfAQuotation_IsARecordForEachAddress) {
  const std::vector<ParsedRecord> read = ReadQuotebank(Quotation().dump());
  ASSERT_EQ(read.size(), 2U);
  const pb::ImportRecord& first = read[0].record;
  EXPECT_EQ(first.text(), "The harbour will be open again by the spring");
  EXPECT_EQ(first.speaker(), "Ada Byron");
  EXPECT_EQ(first.resolution(), pb::RESOLUTION_INFERRED);
  EXPECT_EQ(first.kind(), pb::QUOTE_KIND_DIRECT);
  EXPECT_EQ(first.said(), "../2015-03-02");
  EXPECT_EQ(first.said_basis(), "bounded_by_publication");
  EXPECT_EQ(first.published(), "");
  EXPECT_EQ(first.url(), "http://www.example.org/a");
  EXPECT_EQ(first.outlet(), "example.org");
  EXPECT_EQ(first.language(), "en");
  EXPECT_EQ(first.note(), "");
  EXPECT_THAT(first.external_id(), StartsWith("2015-03-02-000017#"));
  EXPECT_EQ(read[1].record.outlet(), "news.example.com");
  EXPECT_NE(read[1].record.external_id(), first.external_id());
  EXPECT_THAT(LossesOf(read[0]), ElementsAre("qids: Q7259, Q1", "probas: Ada Byron 0.7, None 0.2, Charles Babbage 0.1",
                                             "numOccurrences: 5, at 2 addresses"));
}

TEST(CliQuotebank, ReadQuotebankLine_RawOfAnAddress_HoldsNoOtherAddress) {
  const std::vector<ParsedRecord> read = ReadQuotebank(Quotation().dump());
  Json expected = Quotation();
  expected["urls"] = {"https://news.example.com/b"};
  EXPECT_EQ(Json::parse(read[1].record.raw()), expected);
  EXPECT_EQ(read[1].record.raw_format(), "quotebank");
}

TEST(CliQuotebank, ReadQuotebankLine_None_IsNobody) {
  Json line = Quotation();
  line["speaker"] = "None";
  line["urls"] = Json::array();
  line["qids"] = Json::array();
  const std::vector<ParsedRecord> read = ReadQuotebank(line.dump());
  ASSERT_EQ(read.size(), 1U);
  EXPECT_EQ(read[0].record.speaker(), "");
  EXPECT_EQ(read[0].record.described_as(), kUnknownSpeaker);
  EXPECT_EQ(read[0].record.resolution(), pb::RESOLUTION_UNSPECIFIED);
  EXPECT_EQ(read[0].record.url(), "");
  EXPECT_THAT(LossesOf(read[0]), Not(Contains(HasSubstr("qids"))));
}

TEST(CliQuotebank, ReadQuotebankLine_EarlyPhases_AreMarked) {
  Json line = Quotation();
  for (const char* phase : {"A", "B", "C"}) {
    line["phase"] = phase;
    EXPECT_THAT(ReadQuotebank(line.dump())[0].record.note(), HasSubstr("lower-cased"));
    EXPECT_THAT(ReadQuotebank(line.dump())[0].record.note(), HasSubstr("phase " + std::string(phase)));
  }
  line["phase"] = "D";
  EXPECT_THAT(ReadQuotebank(line.dump())[0].record.note(), HasSubstr("may be broken"));
  EXPECT_THAT(ReadQuotebank(line.dump())[0].record.note(), Not(HasSubstr("lower-cased")));
}

TEST(CliQuotebank, ReadQuotebankLine_OddAddresses_AreLostOrOne) {
  Json line = Quotation();
  line["urls"] = {"ftp://example.org/a", "http://example.org/a", "http://example.org/a", 7};
  const std::vector<ParsedRecord> read = ReadQuotebank(line.dump());
  ASSERT_EQ(read.size(), 3U);
  EXPECT_EQ(read[0].record.url(), "");
  EXPECT_THAT(LossesOf(read[0]), Contains("url that is no web address: ftp://example.org/a"));
  EXPECT_EQ(read[1].record.url(), "http://example.org/a");
}

TEST(CliQuotebank, ReadQuotebankLine_OfAnArticle_IsARecordForEachQuotation) {
  const std::vector<ParsedRecord> read = ReadQuotebank(Article().dump());
  ASSERT_EQ(read.size(), 4U);
  const pb::ImportRecord& first = read[0].record;
  EXPECT_EQ(first.speaker(), "Ada Byron");
  EXPECT_EQ(first.headline(), "Harbour to open");
  EXPECT_EQ(first.url(), "http://example.org/a");
  EXPECT_EQ(first.said(), "../2015-03-02");
  EXPECT_EQ(first.published(), "../2015-03-02");
  EXPECT_EQ(first.position(), "");
  EXPECT_EQ(first.context_before(), " met again, and she said to all:");
  EXPECT_EQ(first.context_after(), "he said.");
  EXPECT_THAT(LossesOf(read[0]), Contains("globalTopSpeaker: Charles Babbage, not the speaker of this article"));
  EXPECT_THAT(LossesOf(read[0]), Contains("localProbas: Ada Byron 0.9"));
  EXPECT_THAT(LossesOf(read[0]), Contains("names.ids: [Q7259,Q1]"));
  EXPECT_THAT(LossesOf(read[0]), Contains(HasSubstr("offsets: quotationOffset 40, contextStart 1")));
  EXPECT_EQ(read[1].record.described_as(), kUnknownSpeaker);
  EXPECT_NE(read[1].record.external_id(), read[2].record.external_id());
}

TEST(CliQuotebank, ReadQuotebankLine_RawOfAQuotation_HoldsNoOtherWords) {
  const std::vector<ParsedRecord> read = ReadQuotebank(Article().dump());
  const Json raw = Json::parse(read[0].record.raw());
  EXPECT_EQ(raw["quotations"].size(), 1U);
  EXPECT_EQ(raw["articleID"], "20150302x");
  EXPECT_EQ(raw["names"], Json::parse(R"([{"name":"Ada Byron","ids":"[Q7259,Q1]"}])"));
  EXPECT_FALSE(raw["quotations"][0].contains("leftContext"));
  EXPECT_THAT(read[0].record.raw(), Not(HasSubstr("Nobody has told us")));
  EXPECT_EQ(ReadQuotebank(read[0].record.raw())[0].record.text(), read[0].record.text());
}

TEST(CliQuotebank, ReadQuotebankLine_BadQuotation_IsRejectedAlone) {
  const std::vector<ParsedRecord> read = ReadQuotebank(Article().dump());
  ASSERT_TRUE(read[3].reject);
  EXPECT_EQ(read[3].reject->reason, "FIELD_REQUIRED");
  EXPECT_EQ(read[3].reject->field, "quotations[3].quotation");
  EXPECT_THAT(read[3].reject->line_text, HasSubstr("2015-03-02-000019"));
}

TEST(CliQuotebank, ReadQuotebankLine_BadLines_AreRejected) {
  const auto reject = [](const std::string& line) { return ReadQuotebank(line).at(0).reject.value(); };
  EXPECT_EQ(reject("").reason, "BAD_JSON");
  EXPECT_EQ(reject("[]").reason, "WRONG_TYPE");
  EXPECT_EQ(reject("{\"quotation\":\"half \\ud83d\"}").reason, "INVALID_UTF8");
  EXPECT_EQ(reject("{\"quotations\":7}").field, "quotations");
  EXPECT_EQ(reject("{\"quotation\":\"x\"}").field, "quoteID");
  EXPECT_EQ(reject("{\"quotation\":7}").reason, "WRONG_TYPE");
  EXPECT_EQ(reject("{\"quotation\":\"x\",\"quoteID\":\"1\",\"date\":\"soon\"}").reason, "DATE_INVALID");
  EXPECT_EQ(reject("{\"quotation\":\"x\",\"quoteID\":\"1\",\"urls\":\"http://a.b\"}").field, "urls");
}

TEST(CliQuotebank, ReadQuotebankLine_TooLargeToKeep_IsALoss) {
  Json line = Quotation();
  line["extra"] = std::string(70'000, 'x');
  const ParsedRecord parsed = ReadQuotebank(line.dump())[0];
  EXPECT_EQ(parsed.record.raw(), "");
  EXPECT_EQ(parsed.record.raw_format(), "quotebank");
  EXPECT_THAT(LossesOf(parsed), Contains(StartsWith("raw: ")));
  EXPECT_THAT(LossesOf(parsed), Contains("other fields: extra"));
}

TEST(CliQuotebank, Lose_LongAndManyAndOddThings_StaysWithinBounds) {
  pb::ImportRecord record;
  Lose("a", std::string(1000, 'x') + "é", record);
  EXPECT_EQ(CodePoints(record.losses(0)), 500U);
  Lose("b", "two\nlines\x7f and \xC2\x85", record);
  EXPECT_EQ(record.losses(1), "b: two lines  and  ");
  for (int i = 0; i < 30; ++i) Lose("c", "x", record);
  EXPECT_EQ(record.losses_size(), 20);
}

TEST(CliQuotebank, ReadQuotebankLine_ControlCharactersOfBrokenText_AreReplaced) {
  Json line = Quotation();
  line["quotation"] = "the caf\xC3\x83\xC2\x83 is\topen \x01";
  const ParsedRecord parsed = ReadQuotebank(line.dump())[0];
  EXPECT_EQ(parsed.record.text(), "the caf\xC3\x83\uFFFD is\topen \uFFFD");
  EXPECT_THAT(LossesOf(parsed), Contains("control characters: were replaced"));
}

TEST(CliQuotebank, CodePoints_OfAnyText_AreCountedAndCut) {
  EXPECT_EQ(CodePoints("aé😀"), 3U);
  EXPECT_EQ(FirstCodePoints("aé😀", 2), "aé");
  EXPECT_EQ(FirstCodePoints("aé😀", 9), "aé😀");
  EXPECT_EQ(LastCodePoints("aé😀", 1), "😀");
  EXPECT_EQ(LastCodePoints("aé😀", 0), "");
  EXPECT_EQ(FirstCodePoints("aé", 0), "");
  EXPECT_THAT(LastCodePoints("", 3), IsEmpty());
}

}  // namespace
}  // namespace onrecord::cli
