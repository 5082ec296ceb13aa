#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>

#include <atomic>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "clients/cli/csv.h"
#include "clients/cli/export_command.h"
#include "clients/cli/input.h"
#include "clients/cli/progress.h"
#include "clients/cli/records.h"

namespace onrecord::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string ReasonOf(std::string_view line) {
  const ParsedRecord parsed = ParseJsonRecord(line);
  return parsed.reject ? parsed.reject->reason : "";
}

pb::ImportRecord RecordOf(std::string_view line) {
  const ParsedRecord parsed = ParseJsonRecord(line);
  EXPECT_FALSE(parsed.reject) << line << ": " << parsed.reject->message;
  return parsed.record;
}

std::string Gzipped(std::string_view text) {
  z_stream stream = {};
  deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string out(text.size() + 1000, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(out.size() - stream.avail_out);
  deflateEnd(&stream);
  return out;
}

// What a file holds for import.
struct Imported {
  std::vector<pb::ImportRecord> records;
  std::vector<std::int64_t> lines;  // of the records
  std::vector<InputItem> rejects;
  ReadState end = ReadState::kData;
  std::string error;
};

std::string TemporaryPath(const std::string& suffix) {
  return (std::filesystem::temp_directory_path() /
          ("onrecord_cli_records_" + std::to_string(getpid()) + "_" +
           ::testing::UnitTest::GetInstance()->current_test_info()->name() + suffix))
      .string();
}

Imported ImportOf(std::string_view bytes, InputFormat format = InputFormat::kAuto) {
  const std::string path = TemporaryPath(".in");
  std::ofstream(path, std::ios::binary) << bytes;
  const std::atomic<bool> interrupted{false};
  ByteInput input(path, interrupted);
  RecordReader reader(input, format);
  Imported imported;
  InputItem item;
  while ((imported.end = reader.Next(item)) == ReadState::kData) {
    if (item.parsed.reject) {
      imported.rejects.push_back(item);
    } else {
      imported.records.push_back(item.parsed.record);
      imported.lines.push_back(item.line);
    }
  }
  imported.error = reader.error();
  std::filesystem::remove(path);
  return imported;
}

std::vector<std::string> TextsOf(const Imported& imported) {
  std::vector<std::string> texts;
  for (const pb::ImportRecord& record : imported.records) texts.push_back(record.text());
  return texts;
}

// JSON.

TEST(CliRecords, ParseJsonRecord_EveryKindOfField_IsRead) {
  const pb::ImportRecord record = RecordOf(
      R"({"text":"a","speaker":"Ada","said":2007,"published":"2007-11-21","topics":["x;y","z"],"via":"Tanjug; B92",)"
      R"("kind":"Direct","source_terms":"deep-background","polarity":"POLARITY_NEGATED","marks":"opening_missing",)"
      R"("position":[[1103,1273],[1280,1290]],"note":null,"external_id":"7"})");
  EXPECT_EQ(record.said(), "2007");
  EXPECT_EQ(record.published(), "2007-11-21");
  EXPECT_THAT(record.topics(), ElementsAre("x;y", "z"));
  EXPECT_THAT(record.via(), ElementsAre("Tanjug", "B92"));
  EXPECT_EQ(record.kind(), pb::QUOTE_KIND_DIRECT);
  EXPECT_EQ(record.source_terms(), pb::SOURCE_TERMS_DEEP_BACKGROUND);
  EXPECT_EQ(record.polarity(), pb::POLARITY_NEGATED);
  EXPECT_EQ(record.marks(), pb::MARKS_OPENING_MISSING);
  EXPECT_EQ(record.position(), "1103-1273,1280-1290");
  EXPECT_EQ(record.note(), "");
}

TEST(CliRecords, ParseJsonRecord_PositionAsText_IsKept) {
  EXPECT_EQ(RecordOf(R"({"text":"a","position":"1103-1273,1280-1290"})").position(), "1103-1273,1280-1290");
}

TEST(CliRecords, ParseJsonRecord_DuplicateKey_IsRejected) {
  EXPECT_EQ(ReasonOf(R"({"text":"a","text":"b"})"), "DUPLICATE_KEY");
  EXPECT_EQ(ReasonOf(R"({"text":null,"text":"b"})"), "DUPLICATE_KEY");
  EXPECT_EQ(ReasonOf(R"({"position":[[1,2]],"position":"3-4"})"), "DUPLICATE_KEY");
}

TEST(CliRecords, ParseJsonRecord_UnknownField_IsRejectedWithTheOneMeant) {
  const ParsedRecord parsed = ParseJsonRecord(R"({"text":"a","speeker":"b"})");
  ASSERT_TRUE(parsed.reject);
  EXPECT_EQ(parsed.reject->reason, "UNKNOWN_FIELD");
  EXPECT_EQ(parsed.reject->field, "speeker");
  EXPECT_THAT(parsed.reject->message, HasSubstr("did you mean speaker?"));
}

TEST(CliRecords, ParseJsonRecord_WrongTypes_AreRejectedWithTheField) {
  for (const char* line :
       {R"({"text":5})", R"({"text":1.5})", R"({"text":true})", R"({"text":["a"]})", R"({"text":{"a":"b"}})",
        R"({"topics":5})", R"({"topics":[1]})", R"({"topics":[null]})", R"({"topics":[["a"]]})", R"({"topics":{}})",
        R"({"kind":1})", R"({"said":2007.5})", R"({"position":[1,2]})", R"({"position":[[1,2,3]]})",
        R"({"position":[[1]]})", R"({"position":[["1",2]]})", R"({"position":[[-1,2]]})", R"({"position":7})"}) {
    const ParsedRecord parsed = ParseJsonRecord(line);
    ASSERT_TRUE(parsed.reject) << line;
    EXPECT_EQ(parsed.reject->reason, "WRONG_TYPE") << line;
    EXPECT_NE(parsed.reject->field, "") << line;
    EXPECT_NE(parsed.reject->message, "") << line;
  }
}

TEST(CliRecords, ParseJsonRecord_WrongValues_AreRejected) {
  EXPECT_EQ(ReasonOf(R"({"kind":"shouted"})"), "VALUE_INVALID");
  EXPECT_EQ(ReasonOf(R"({"said":20071121})"), "VALUE_INVALID");
  EXPECT_EQ(ReasonOf(R"({"said":0})"), "VALUE_INVALID");
  EXPECT_EQ(ReasonOf(R"({"said":18446744073709551615})"), "VALUE_INVALID");
}

TEST(CliRecords, ParseJsonRecord_BrokenLines_AreRejected) {
  const std::string deep = R"({"_x":)" + std::string(100'000, '[');
  const std::string with_nul("{\"text\":\"a\"}\0 garbage", 20);
  for (const std::string& line :
       {std::string(), std::string(" "), std::string("{"), std::string("nonsense"), std::string(R"({"text":"a")"),
        std::string(R"({"text":"a",})"), std::string(R"({"text":"a"} {"text":"b"})"), std::string(R"(["text"])"),
        std::string("5"), std::string("null"), std::string("true"), std::string("\"a\""),
        std::string(R"({'text':'a'})"), std::string("{\"text\":\"a\tb\"}"), std::string(R"({"text":"\x"})"),
        std::string(R"({"_x":1e999})"), deep, with_nul}) {
    EXPECT_EQ(ReasonOf(line), "BAD_JSON") << line.substr(0, 50);
  }
}

TEST(CliRecords, ParseJsonRecord_EveryPrefixOfALine_IsRejectedOnce) {
  const std::string line =
      R"({"_a":{"b":[1,{}]},"text":"\ud83d\ude00 – a","topics":["x"],"position":[[1,2]],"said":2007,"note":null})";
  EXPECT_EQ(ReasonOf(line), "");
  for (std::size_t size = 0; size < line.size(); ++size) EXPECT_NE(ReasonOf(line.substr(0, size)), "") << size;
}

TEST(CliRecords, ParseJsonRecord_LoneSurrogate_IsRejected) {
  for (const char* line : {R"({"text":"\ud83d"})", R"({"text":"\ude00"})", R"({"text":"\ud83d\u0041"})",
                           R"({"text":"\ud83d\ud83d"})", R"({"text":"\\\ud83dx"})"}) {
    EXPECT_EQ(ReasonOf(line), "INVALID_UTF8") << line;
  }
  EXPECT_EQ(RecordOf(R"({"text":"\ud83d\ude00"})").text(), "😀");
  EXPECT_EQ(RecordOf(R"({"text":"\\ud83d"})").text(), "\\ud83d");
}

TEST(CliRecords, ParseJsonRecord_InvalidUtf8_IsRejected) {
  EXPECT_EQ(ReasonOf("{\"text\":\"caf\xE9\"}"), "INVALID_UTF8");
  EXPECT_EQ(ReasonOf("{\"_x\":\"\xC0\x80\",\"text\":\"a\"}"), "INVALID_UTF8");
}

TEST(CliRecords, ParseJsonRecord_KeysWithUnderscore_AreIgnored) {
  const pb::ImportRecord record =
      RecordOf(R"({"_sequence":3,"text":"a","_x":{"text":[{"speaker":1}]},"_x":[[["b"]]],"_y":1.5,"speaker":"Ada"})");
  EXPECT_EQ(record.text(), "a");
  EXPECT_EQ(record.speaker(), "Ada");
}

TEST(CliRecords, ParseJsonRecord_OnlyKeysWithUnderscore_IsRejectedWithItsLine) {
  const ParsedRecord parsed = ParseJsonRecord(R"({"_line":3,"_line_text":"{\"text\":"})");
  ASSERT_TRUE(parsed.reject);
  EXPECT_EQ(parsed.reject->reason, "FIELD_REQUIRED");
  EXPECT_EQ(parsed.reject->line_text, "{\"text\":");
  EXPECT_THAT(parsed.reject->message, HasSubstr("repair"));
  EXPECT_EQ(ReasonOf("{}"), "FIELD_REQUIRED");
}

TEST(CliRecords, ParseJsonRecord_LineOrRecordTooLarge_IsRejected) {
  EXPECT_EQ(ReasonOf(R"({"text":")" + std::string(kMaxLineBytes, 'a') + R"("})"), "LINE_TOO_LONG");
  EXPECT_EQ(ReasonOf(R"({"text":")" + std::string(kMaxRecordBytes, 'a') + R"("})"), "LINE_TOO_LONG");
  EXPECT_EQ(ReasonOf(R"({"text":")" + std::string(kMaxRecordBytes / 2, 'a') + R"("})"), "");
}

TEST(CliRecords, RecordToJson_TextFromTheWild_IsReadBackTheSame) {
  pb::ImportRecord record;
  record.set_text("“He said ‘no’ – \"never\"”\nsecond\tline \\ \x01 \x7F");
  record.set_speaker("محمود عباس");        // right to left
  record.set_outlet("Cafe\xCC\x81 d’Or");  // a combining acute accent
  record.set_headline(
      "10\xC2\xA0"
      "000 hommes");  // a no-break space
  record.set_note("\xE2\x80\xAE override, emoji 👩‍👩‍👧, \xE2\x80\xA8 line separator");
  record.add_topics("a;b");
  record.add_topics("c\\");
  record.set_kind(pb::QUOTE_KIND_PARTIAL);
  record.set_resolution(pb::RESOLUTION_METONYM);
  EXPECT_EQ(RecordOf(RecordToJson(record)).SerializeAsString(), record.SerializeAsString());
}

TEST(CliRecords, RecordToJson_EmptyFields_AreLeftOut) {
  pb::ImportRecord record;
  record.set_text("a");
  record.set_marks(pb::MARKS_OPENING_MISSING);
  EXPECT_EQ(RecordToJson(record), R"({"text":"a","marks":"opening_missing"})");
  EXPECT_EQ(RecordToJson(pb::ImportRecord()), "{}");
}

TEST(CliRecords, RejectToJson_FedAgain_IsTheSameRecord) {
  pb::ImportRecord record;
  record.set_text("a");
  record.add_via("b");
  pb::RecordResult result;
  result.set_sequence(7);
  result.set_reason("DATE_INVALID");
  result.set_field("said");
  result.set_message("is no date");
  const std::string json = RejectToJson(record, result, 9);
  EXPECT_EQ(json, R"({"text":"a","via":["b"],"_sequence":7,"_line":9,"_reason":"DATE_INVALID","_field":"said",)"
                  R"("_message":"is no date"})");
  EXPECT_EQ(RecordOf(json).SerializeAsString(), record.SerializeAsString());
}

TEST(CliRecords, LocalRejectToJson_BytesThatAreNoText_BecomeValidJson) {
  const LocalReject reject = {"BAD_JSON", "", "is not JSON", ""};
  const std::string json = LocalRejectToJson(reject, "{\"caf\xE9\n", 2);
  EXPECT_EQ(json, R"({"_line":2,"_reason":"BAD_JSON","_message":"is not JSON","_line_text":"{\"caf\\xE9\n"})");
  // Fed again it keeps the line, however often.
  const ParsedRecord again = ParseJsonRecord(json);
  ASSERT_TRUE(again.reject);
  EXPECT_EQ(again.reject->line_text, "{\"caf\\xE9\n");
  EXPECT_THAT(LocalRejectToJson(*again.reject, json, 1), HasSubstr(R"("_line_text":"{\"caf\\xE9\n"})"));
}

TEST(CliRecords, IsValidUtf8_Edges_AreTold) {
  for (const char* valid : {"", "a", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
                            "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_TRUE(IsValidUtf8(valid)) << EscapeInvalidUtf8(valid);
  }
  for (const char* invalid :
       {"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xC2", "\xC2\x41", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xED\xBF\xBF",
        "\xE2\x82", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xF0\x90\x80", "\xFE", "\xFF"}) {
    EXPECT_FALSE(IsValidUtf8(invalid)) << EscapeInvalidUtf8(invalid);
    EXPECT_TRUE(IsValidUtf8(EscapeInvalidUtf8(invalid)));
  }
}

// Stances and reviews.

TEST(CliRecords, ParseJsonRecord_OneStanceInPlainFields_IsAStance) {
  const pb::ImportRecord record =
      RecordOf(R"({"text":"a","claim":"C","stance":"Refuses to say","holder":"Bea","ascribed_by":"Daily",)"
               R"("review_claim":"C","review_reviewer":"Facts","review_rating_text":"False","review_rating_value":1,)"
               R"("review_rating_best":"5","review_rating_worst":0.5,"review_url":"http://x","review_reviewed":2007})");
  ASSERT_EQ(record.stances_size(), 1);
  EXPECT_EQ(record.stances(0).claim(), "C");
  EXPECT_EQ(record.stances(0).position(), pb::POSITION_REFUSES_TO_SAY);
  EXPECT_EQ(record.stances(0).holder(), "Bea");
  EXPECT_EQ(record.stances(0).ascribed_by(), "Daily");
  ASSERT_EQ(record.reviews_size(), 1);
  EXPECT_EQ(record.reviews(0).reviewer(), "Facts");
  EXPECT_EQ(record.reviews(0).rating().value(), 1);
  EXPECT_EQ(record.reviews(0).rating().best(), 5);
  EXPECT_EQ(record.reviews(0).rating().worst(), 0.5);
  EXPECT_EQ(record.reviews(0).reviewed(), "2007");
  EXPECT_EQ(RecordOf(R"({"text":"a","claim":"","stance":null})").stances_size(), 0);
}

TEST(CliRecords, ParseJsonRecord_ListsOfStancesAndReviews_AreRead) {
  const pb::ImportRecord record = RecordOf(
      R"({"text":"a","stances":[{"claim":"C","position":"denies","strength":"strong","valid":2007,"note":"n","_x":{}},)"
      R"({"claim":"D","holder":null}],"reviews":[{"claim":"C","rating":{"value":1,"best":5,"worst":"1.5"}},{}]})");
  ASSERT_EQ(record.stances_size(), 2);
  EXPECT_EQ(record.stances(0).position(), pb::POSITION_DENIES);
  EXPECT_EQ(record.stances(0).strength(), pb::STRENGTH_STRONG);
  EXPECT_EQ(record.stances(0).valid(), "2007");
  EXPECT_EQ(record.stances(1).claim(), "D");
  ASSERT_EQ(record.reviews_size(), 2);
  EXPECT_EQ(record.reviews(0).rating().worst(), 1.5);
  EXPECT_EQ(RecordOf(RecordToJson(record)).SerializeAsString(), record.SerializeAsString());
  EXPECT_EQ(RecordToJson(RecordOf(R"({"stances":[{"claim":"C","position":"denies"}],"reviews":[{"rating":{}}]})")),
            R"({"stances":[{"claim":"C","position":"denies"}],"reviews":[{"rating":{"value":0,"best":0,"worst":0}}]})");
}

TEST(CliRecords, ParseJsonRecord_WrongStancesAndReviews_AreRejectedWithTheirPath) {
  const std::tuple<const char*, const char*, const char*> kLines[] = {
      {R"({"stances":"C"})", "WRONG_TYPE", "stances"},
      {R"({"stances":{"claim":"C"}})", "WRONG_TYPE", "stances"},
      {R"({"stances":["C"]})", "WRONG_TYPE", "stances"},
      {R"({"stances":[[{}]]})", "WRONG_TYPE", "stances"},
      {R"({"stances":[null]})", "WRONG_TYPE", "stances"},
      {R"({"stances":[{},{"claim":5}]})", "WRONG_TYPE", "stances[1].claim"},
      {R"({"stances":[{"claim":["C"]}]})", "WRONG_TYPE", "stances[0].claim"},
      {R"({"stances":[{"position":"shouts"}]})", "VALUE_INVALID", "stances[0].position"},
      {R"({"stances":[{"clam":"C"}]})", "UNKNOWN_FIELD", "stances[0].clam"},
      {R"({"stances":[{"claim":"C","claim":"D"}]})", "DUPLICATE_KEY", "stances[0].claim"},
      {R"({"stances":[{"claim":"C"}],"claim":"D"})", "DUPLICATE_KEY", "claim"},
      {R"({"review_url":"x","reviews":[{}]})", "DUPLICATE_KEY", "review_claim"},
      {R"({"claim":"C","claim":"D"})", "DUPLICATE_KEY", "claim"},
      {R"({"stance":"shouts"})", "VALUE_INVALID", "stance"},
      {R"({"stance":5})", "WRONG_TYPE", "stance"},
      {R"({"reviews":[{"rating":3}]})", "WRONG_TYPE", "reviews[0].rating"},
      {R"({"reviews":[{"rating":[{}]}]})", "WRONG_TYPE", "reviews[0].rating"},
      {R"({"reviews":[{"rating":{"value":"x"}}]})", "VALUE_INVALID", "reviews[0].rating.value"},
      {R"({"reviews":[{"rating":{"value":"inf"}}]})", "VALUE_INVALID", "reviews[0].rating.value"},
      {R"({"reviews":[{"rating":{"value":true}}]})", "WRONG_TYPE", "reviews[0].rating.value"},
      {R"({"reviews":[{"rating":{"values":1}}]})", "UNKNOWN_FIELD", "reviews[0].rating.values"},
      {R"({"review_rating_value":"much"})", "VALUE_INVALID", "review_rating_value"}};
  for (const auto& [line, reason, field] : kLines) {
    const ParsedRecord parsed = ParseJsonRecord(line);
    ASSERT_TRUE(parsed.reject) << line;
    EXPECT_EQ(parsed.reject->reason, reason) << line;
    EXPECT_EQ(parsed.reject->field, field) << line;
  }
}

TEST(CliRecords, Columns_FitIntoTheSetOfThoseSeen) {
  EXPECT_LT(Columns().size(), 64U);
  EXPECT_EQ(FindColumn("review_rating_best")->of, RecordColumn::Of::kRating);
  EXPECT_EQ(FindColumn("nonsense"), nullptr);
}

TEST(CliRecords, RecordToCsv_StancesAndReviews_AreReadBackTheSame) {
  for (const char* line :
       {R"({"text":"a","claim":"C","stance":"asserts"})", R"({"text":"a","holder":"-H"})",
        R"({"text":"a","stances":[{"claim":"C","strength":"weak"}]})", R"({"text":"a","stances":[{}]})",
        R"({"text":"a","stances":[{"claim":"C;"},{"claim":"D,\"","holder":"H"}]})",
        R"({"text":"a","reviews":[{"claim":"C","rating":{"value":0.1,"best":-1}}]})", R"({"reviews":[{"rating":{}}]})",
        R"({"reviews":[{"claim":"C","title":" "},{"claim":"D","rating":{"value":1e300}}]})"}) {
    const pb::ImportRecord record = RecordOf(line);
    const Imported imported = ImportOf(CsvHeaderLine() + RecordToCsv(record));
    ASSERT_EQ(imported.records.size(), 1U) << line;
    EXPECT_EQ(imported.records[0].SerializeAsString(), record.SerializeAsString()) << line;
  }
}

TEST(CliRecords, ImportCsv_ListsInCells_AreCheckedLikeJson) {
  const Imported imported = ImportOf(
      "text,claim,stances\n"
      "one,,\"[{\"\"claim\"\":\"\"C\"\"}]\"\n"
      "two,C,\"[{}]\"\n"
      "three,,nonsense\n"
      "four,,\"[],\"\"text\"\":\"\"x\"\"\"\n"
      "five,,\"[{\"\"claim\"\":1}]\"\n"
      "six,C,\n");
  EXPECT_THAT(TextsOf(imported), ElementsAre("one", "six"));
  std::vector<std::string> faults;
  for (const InputItem& item : imported.rejects)
    faults.push_back(item.parsed.reject->reason + " " + item.parsed.reject->field);
  EXPECT_THAT(faults, ElementsAre("DUPLICATE_KEY claim", "BAD_JSON stances", "BAD_JSON stances",
                                  "WRONG_TYPE stances[0].claim"));
  EXPECT_EQ(ImportOf("review_claim\nx\n").records.size(), 1U);
}

// Other people's formats.

TEST(CliRecords, ImportClaimReview_ListsLinesAndOneDocument_AreTheSame) {
  const std::string review =
      R"({"@type":"ClaimReview","url":"http://f.example","claimReviewed":"C","author":"F","keywords":"k",)"
      R"("reviewRating":{"alternateName":"False"},"itemReviewed":{"author":["A","B"]}})";
  for (const std::string& bytes : {absl::StrCat(review, "\n", review), absl::StrCat("[", review, ",\n", review, "]"),
                                   absl::StrCat(R"({"@graph":[)", review, ",", review, "]}")}) {
    const Imported imported = ImportOf(bytes, InputFormat::kClaimReview);
    EXPECT_EQ(imported.records.size(), 4U) << bytes;
    EXPECT_EQ(imported.end, ReadState::kEnd);
  }
  const Imported broken = ImportOf(review + "\n{\"@type\":\n" + review, InputFormat::kClaimReview);
  EXPECT_EQ(broken.rejects.size(), 1U);
  EXPECT_EQ(ImportOf(R"({"claims":[{"text":"a","claimant":"b"}]})", InputFormat::kClaimsSearch).records.size(), 1U);
}

TEST(CliRecords, ImportLiar_RawLines_AreRecordsWhateverIsQuoted) {
  std::string bytes;
  for (int i = 0; i < 10'269; ++i) {
    bytes += std::to_string(i) + ".json\ttrue\t" + (i % 3 == 0 ? "\"" : "") + "Statement " + std::to_string(i) +
             (i % 7 == 0 ? " \"so\"\"" : "") + "\ta,b\tada\t\t\t\t0\t0\t0\t0\t0\t" + (i % 5 == 0 ? "\"" : "") +
             (i % 2 == 0 ? "\n" : "\r\n");
  }
  const Imported imported = ImportOf(bytes, InputFormat::kLiar);
  EXPECT_EQ(imported.records.size(), 10'269U);
  EXPECT_TRUE(imported.rejects.empty());
  EXPECT_EQ(imported.lines.back(), 10'269);
}

// CSV.

std::vector<CsvRow> RowsOf(std::string_view bytes, std::size_t piece, std::size_t max_row = kMaxLineBytes) {
  CsvParser parser(max_row);
  std::vector<CsvRow> rows;
  CsvRow row;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    std::string_view rest = bytes.substr(at, piece);
    while (parser.Push(rest, row)) rows.push_back(row);
  }
  if (parser.End(row)) rows.push_back(row);
  return rows;
}

TEST(CliRecords, CsvParser_QuotedNewlinesInPiecesOfAnySize_AreOneRow) {
  const std::string bytes = "a,b\r\n\"1\r\n2\",\"say \"\"no\"\"\"\n\n,\rlast,";
  for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
    const std::vector<CsvRow> rows = RowsOf(bytes, piece);
    ASSERT_EQ(rows.size(), 4U) << piece;
    EXPECT_THAT(rows[0].cells, ElementsAre("a", "b"));
    EXPECT_THAT(rows[1].cells, ElementsAre("1\r\n2", "say \"no\""));
    EXPECT_THAT(rows[2].cells, ElementsAre("", ""));
    EXPECT_THAT(rows[3].cells, ElementsAre("last", ""));
    EXPECT_EQ(rows[1].line, 2);
    EXPECT_EQ(rows[2].line, 5);
    EXPECT_EQ(rows[3].line, 6);
  }
}

TEST(CliRecords, CsvParser_RowThatNeverEnds_IsGivenUpAndTheNextIsRead) {
  const std::vector<CsvRow> rows = RowsOf("\"" + std::string(50, 'x') + "\na,b\n", 7, 20);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_TRUE(rows[0].too_long);
  EXPECT_THAT(rows[1].cells, ElementsAre("a", "b"));
}

TEST(CliRecords, ImportCsv_BadRow_IsRejectedAlone) {
  const Imported imported = ImportOf(
      "text,speaker,topics\n"
      "one,Ada,x;y\n"
      "two,Ada\n"
      "\"three\"x,Ada,\n"
      "four,Ada,,\n"
      "caf\xE9,Ada,\n"
      "\"five, or \"\"V\"\"\",Ada,\"x\\;y;z\"\n"
      "\"six,Ada,\n");
  EXPECT_THAT(TextsOf(imported), ElementsAre("one", "five, or \"V\""));
  EXPECT_THAT(imported.records[1].topics(), ElementsAre("x;y", "z"));
  EXPECT_THAT(imported.lines, ElementsAre(2, 7));
  std::vector<std::string> reasons;
  for (const InputItem& item : imported.rejects) reasons.push_back(item.parsed.reject->reason);
  EXPECT_THAT(reasons, ElementsAre("BAD_CSV", "BAD_CSV", "BAD_CSV", "INVALID_UTF8", "BAD_CSV"));
  EXPECT_EQ(imported.rejects[0].raw, "two,Ada");
  EXPECT_EQ(imported.rejects[0].line, 3);
  EXPECT_EQ(imported.end, ReadState::kEnd);
}

TEST(CliRecords, ImportCsv_WrongHeaders_Fail) {
  EXPECT_THAT(ImportOf("text,speeker\na,b\n").error, HasSubstr("did you mean speaker?"));
  EXPECT_THAT(ImportOf("text,text\na,b\n").error, HasSubstr("twice"));
  EXPECT_THAT(ImportOf("speaker\nb\n").error, HasSubstr("no column text"));
  EXPECT_THAT(ImportOf("text;speaker\na;b\n").error, HasSubstr("commas"));
  EXPECT_EQ(ImportOf("speaker\nb\n").end, ReadState::kFailed);
}

TEST(CliRecords, ImportCsv_Bom_IsPassedOver) {
  EXPECT_THAT(TextsOf(ImportOf("\xEF\xBB\xBFtext,_remark\r\na,b\r\n")), ElementsAre("a"));
  EXPECT_THAT(TextsOf(ImportOf("\xEF\xBB\xBF\"text\"\r\na\r\n")), ElementsAre("a"));
}

TEST(CliRecords, RecordToCsv_Formulas_AreGuardedAndReadBackTheSame) {
  for (const char* text : {"=1+1", "+1", "-1", "@x", "'=1+1", "''-x", "'quoted'", "a\r\nb", "\"a\", b", "–", "'", ""}) {
    pb::ImportRecord record;
    record.set_text(text);
    record.set_speaker("x");
    record.add_topics("a;b");
    record.add_topics("\\");
    record.set_kind(pb::QUOTE_KIND_INDIRECT);
    const std::string csv = RecordToCsv(record);
    EXPECT_THAT(csv, ::testing::Not(::testing::StartsWith("="))) << text;
    const Imported imported = ImportOf(CsvHeaderLine() + csv);
    ASSERT_EQ(imported.records.size(), 1U) << text;
    EXPECT_EQ(imported.records[0].SerializeAsString(), record.SerializeAsString()) << text;
  }
  pb::ImportRecord formula;
  formula.set_text("=1+1");
  EXPECT_THAT(RecordToCsv(formula), ::testing::StartsWith("\"'=1+1\","));
}

// Files.

TEST(CliRecords, Import_JsonLines_GoOnAfterBadLines) {
  const Imported imported =
      ImportOf("\xEF\xBB\xBF\r\n{\"text\":\"one\"}\r\n\n{\"text\":}\n  {\"text\":\"two\"}\n{\"text\":\"three\"}");
  EXPECT_THAT(TextsOf(imported), ElementsAre("one", "two", "three"));
  EXPECT_THAT(imported.lines, ElementsAre(2, 5, 6));
  ASSERT_EQ(imported.rejects.size(), 1U);
  EXPECT_EQ(imported.rejects[0].line, 4);
  EXPECT_EQ(imported.rejects[0].raw, "{\"text\":}");
}

TEST(CliRecords, Import_LineTooLong_IsRejectedAloneAndItsBeginningShown) {
  const Imported imported =
      ImportOf("{\"text\":\"one\"}\n{\"text\":\"" + std::string(kMaxLineBytes * 2, 'x') + "\"}\n{\"text\":\"two\"}\n");
  EXPECT_THAT(TextsOf(imported), ElementsAre("one", "two"));
  EXPECT_THAT(imported.lines, ElementsAre(1, 3));
  ASSERT_EQ(imported.rejects.size(), 1U);
  EXPECT_EQ(imported.rejects[0].parsed.reject->reason, "LINE_TOO_LONG");
  EXPECT_EQ(imported.rejects[0].line, 2);
  EXPECT_LT(imported.rejects[0].raw.size(), 10'000U);
}

TEST(CliRecords, Import_EmptyFiles_HoldNothing) {
  for (const char* bytes : {"", "\n", " \r\n\n", "\xEF\xBB\xBF", "a"}) {
    const Imported imported = ImportOf(bytes, InputFormat::kJsonLines);
    EXPECT_TRUE(imported.records.empty());
    EXPECT_EQ(imported.end, ReadState::kEnd);
  }
  EXPECT_EQ(ImportOf("").end, ReadState::kEnd);
  EXPECT_EQ(ImportOf(Gzipped("")).end, ReadState::kEnd);
}

TEST(CliRecords, Import_JsonListAndUtf16_FailWithAdvice) {
  EXPECT_THAT(ImportOf("[{\"text\":\"a\"}]").error, HasSubstr("jq"));
  EXPECT_THAT(ImportOf("\xFF\xFEt\0e\0").error, HasSubstr("UTF-16"));
}

TEST(CliRecords, Import_MissingFile_Fails) {
  const std::atomic<bool> interrupted{false};
  EXPECT_THAT(ByteInput("/nonexistent/file", interrupted).error(), HasSubstr("No such file"));
  EXPECT_THAT(ByteInput("/tmp", interrupted).error(), HasSubstr("directory"));
}

TEST(CliRecords, Import_GzipOfSeveralMembers_IsReadWhole) {
  EXPECT_THAT(TextsOf(ImportOf(Gzipped("{\"text\":\"one\"}\n{\"te") + Gzipped("xt\":\"two\"}\n") + Gzipped("") +
                               std::string(512, '\0'))),
              ElementsAre("one", "two"));
  EXPECT_THAT(TextsOf(ImportOf(Gzipped("text\na\n"))), ElementsAre("a"));
}

TEST(CliRecords, Import_LargeGzip_IsReadWhole) {
  std::string lines;
  for (int i = 0; i < 200'000; ++i) lines += "{\"text\":\"" + std::to_string(i) + "\"}\n";
  const Imported imported = ImportOf(Gzipped(lines));
  ASSERT_EQ(imported.records.size(), 200'000U);
  EXPECT_EQ(imported.records.back().text(), "199999");
  EXPECT_EQ(imported.lines.back(), 200'000);
}

TEST(CliRecords, Import_TruncatedGzip_FailsAfterTheWholeRecords) {
  std::string lines;
  for (int i = 0; i < 50'000; ++i) lines += "{\"text\":\"" + std::to_string(i * 7919) + "\"}\n";
  const std::string whole = Gzipped(lines);
  for (const std::size_t size : {whole.size() / 2, whole.size() - 1, whole.size() - 8, std::size_t{2}}) {
    const Imported imported = ImportOf(std::string_view(whole).substr(0, size));
    EXPECT_EQ(imported.end, ReadState::kFailed) << size;
    EXPECT_THAT(imported.error, HasSubstr("cut off")) << size;
    EXPECT_TRUE(imported.rejects.empty()) << "the line that was cut is no reject";
    EXPECT_GE(imported.records.size(), size > 2 ? 1000U : 0U);
  }
}

TEST(CliRecords, Import_DamagedGzip_Fails) {
  std::string bytes = Gzipped("{\"text\":\"one\"}\n");
  bytes[bytes.size() - 6] ^= 1;  // of the checksum
  EXPECT_THAT(ImportOf(bytes).error, HasSubstr("damaged"));
  EXPECT_THAT(ImportOf(Gzipped("{\"text\":\"one\"}\n") + "trailing").error, HasSubstr("damaged"));
}

// Exports.

TEST(CliRecords, ExportFile_Finished_TakesItsPlace) {
  for (const char* suffix : {".jsonl", ".jsonl.gz"}) {
    const std::string path = TemporaryPath(suffix);
    ExportFile file(path);
    file.Write("{\"text\":\"one\"}\n");
    EXPECT_FALSE(std::filesystem::exists(path));
    file.Finish();
    EXPECT_EQ(file.error(), "");
    EXPECT_FALSE(std::filesystem::exists(path + ".part"));
    std::stringstream content;
    content << std::ifstream(path, std::ios::binary).rdbuf();
    EXPECT_THAT(TextsOf(ImportOf(content.str())), ElementsAre("one"));
    EXPECT_EQ(content.str().starts_with("\x1f\x8b"), path.ends_with(".gz"));
    std::filesystem::remove(path);
  }
}

TEST(CliRecords, ExportFile_NotFinished_LeavesNothing) {
  const std::string path = TemporaryPath(".csv");
  { ExportFile(path).Write("a"); }
  EXPECT_FALSE(std::filesystem::exists(path));
  EXPECT_FALSE(std::filesystem::exists(path + ".part"));
  EXPECT_THAT(ExportFile("/nonexistent/file").error(), HasSubstr("No such file"));
}

// Progress.

TEST(CliRecords, ProgressLine_HalfWay_ShowsShareRateAndTimeLeft) {
  EXPECT_EQ(ProgressLine({50, 100, 12'345, 10}, 200),
            "[############............]  50%  12,345 records  1,234/s  10 s left");
  EXPECT_EQ(ProgressLine({50, -1, 5, 0}, 200), "5 records");
  EXPECT_EQ(WithCommas(1'234'567), "1,234,567");
  EXPECT_EQ(WithCommas(-100), "-100");
  EXPECT_EQ(Duration(1.23), "1.2 s");
  EXPECT_EQ(Duration(200), "3 min 20 s");
}

}  // namespace
}  // namespace onrecord::cli
