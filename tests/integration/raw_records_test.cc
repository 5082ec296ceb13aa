// Raw records: kept beside the appearances that they became, changing nothing about them, and gone with a redaction.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/support/builders.h"

namespace onrecord {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class RawRecordsTest : public RecordTest {
 protected:
  Answer<pb::ListRawRecordsResponse> RawOf(const std::string& quote, int page_size = 0, const std::string& token = "") {
    pb::ListRawRecordsRequest request;
    request.set_quote(quote);
    request.set_page_size(page_size);
    request.set_page_token(token);
    return Call(*imports_, &pb::ImportService::Stub::ListRawRecords, request);
  }
  std::vector<std::string> RawsOf(const std::string& quote) {
    const auto all = RawOf(quote);
    EXPECT_TRUE(all.status.ok()) << all.status.error_message();
    std::vector<std::string> raws;
    for (const pb::RawRecord& record : all->raw_records()) raws.push_back(record.raw());
    return raws;
  }
  Answer<pb::Quote> Redact(const std::string& name) {
    pb::RedactQuoteRequest request;
    request.set_name(name);
    request.set_reason("by order");
    const auto redacted = Call(*quotes_, &pb::QuoteService::Stub::RedactQuote, request, "editor");
    return {redacted.status, redacted->quote()};
  }
  static pb::ImportRecord Record(const std::string& text, const std::string& raw, const std::string& id = "") {
    return ARecord()
        .Saying(text)
        .By("Ada Lovelace")
        .In("The Daily")
        .At("https://daily.example/1")
        .WithId(id)
        .With([&](pb::ImportRecord& record) {
          record.set_raw(raw);
          record.set_raw_format("gazetteer");
          record.add_losses("mood: cheerful");
        });
  }
};

const std::string kBytes("{\"quote\": \"\x00\xff bytes\"}", 21);

TEST_F(RawRecordsTest, ListRawRecords_OfAnImportedQuote_GivesTheBytesAsTheyCame) {
  const Imported imported = Import(*imports_, {Record("The sea is rising", kBytes, "7")});
  ASSERT_TRUE(imported.AllAre(pb::OUTCOME_CREATED));
  const std::string quote = imported.results[0].quote();
  const auto raw = RawOf(quote);
  ASSERT_TRUE(raw.status.ok()) << raw.status.error_message();
  ASSERT_EQ(raw->raw_records_size(), 1);
  const pb::RawRecord& record = raw->raw_records(0);
  EXPECT_EQ(record.raw(), kBytes);
  EXPECT_EQ(record.format(), "gazetteer");
  EXPECT_THAT(record.losses(), ElementsAre("mood: cheerful"));
  EXPECT_EQ(record.appearance(), Get(quote)->appearances(0).id());
  EXPECT_EQ(record.import(), imported.started.name());
  EXPECT_EQ(record.sha256().size(), 64U);
  EXPECT_GT(record.create_time().seconds(), 0);
  EXPECT_EQ(raw->next_page_token(), "");
}

TEST_F(RawRecordsTest, Import_WithAnotherRawRecordOnly_IsUnchangedAndKeepsBoth) {
  for (const char* id : {"", "7"}) {
    const std::string text = std::string("The sea is rising ") + id;
    const Imported first = Import(*imports_, {Record(text, "one", id)}, {.source = "s"});
    ASSERT_TRUE(first.AllAre(pb::OUTCOME_CREATED));
    const std::string quote = first.results[0].quote();
    EXPECT_TRUE(Import(*imports_, {Record(text, "one", id)}, {.source = "s"}).AllAre(pb::OUTCOME_UNCHANGED));
    EXPECT_THAT(RawsOf(quote), ElementsAre("one"));
    EXPECT_TRUE(Import(*imports_, {Record(text, "two", id)}, {.source = "s"}).AllAre(pb::OUTCOME_UNCHANGED));
    EXPECT_THAT(RawsOf(quote), ::testing::UnorderedElementsAre("one", "two"));
    EXPECT_EQ(RawOf(quote)->raw_records(0).appearance(), RawOf(quote)->raw_records(1).appearance());
    EXPECT_EQ(Get(quote)->etag(), "1");
    // Without the raw record it is the same record too, and what was kept stays.
    pb::ImportRecord bare = Record(text, "", id);
    bare.clear_raw_format();
    bare.clear_losses();
    EXPECT_TRUE(Import(*imports_, {bare}, {.source = "s"}).AllAre(pb::OUTCOME_UNCHANGED));
    EXPECT_EQ(RawsOf(quote).size(), 2U);
  }
}

TEST_F(RawRecordsTest, Import_OfAChangedRecord_KeepsItsRawRecordToo) {
  const Imported first = Import(*imports_, {Record("The sea is rising", "one", "7")}, {.source = "s"});
  pb::ImportRecord changed = Record("The sea is rising fast", "two", "7");
  ASSERT_TRUE(Import(*imports_, {changed}, {.source = "s"}).AllAre(pb::OUTCOME_UPDATED));
  EXPECT_THAT(RawsOf(first.results[0].quote()), ::testing::UnorderedElementsAre("one", "two"));
}

TEST_F(RawRecordsTest, Import_ThatTakesNothing_KeepsNoRawRecord) {
  ASSERT_TRUE(Import(*imports_, {Record("x", "one")}, {.dry_run = true}).AllAre(pb::OUTCOME_CREATED));
  EXPECT_EQ(Sql("SELECT count(*) FROM raw_records"), "0");
  const Imported first = Import(*imports_, {Record("The sea is rising", "one", "7")}, {.source = "s"});
  pb::Quote edited = *Get(first.results[0].quote());
  edited.set_note("by hand");
  ASSERT_TRUE(Update(edited, {"note"}).status.ok());
  ASSERT_TRUE(
      Import(*imports_, {Record("The sea is falling", "two", "7")}, {.source = "s"}).AllAre(pb::OUTCOME_CONFLICT));
  EXPECT_THAT(RawsOf(first.results[0].quote()), ElementsAre("one"));
}

TEST_F(RawRecordsTest, ListRejects_GivesRawRecordsAsTheyCame) {
  pb::ImportRecord wrong = Record("The sea is rising", kBytes);
  wrong.set_said("someday");
  const Imported imported = Import(*imports_, {wrong});
  ASSERT_TRUE(imported.AllAre(pb::OUTCOME_REJECTED));
  pb::ListRejectsRequest request;
  request.set_import(imported.started.name());
  const auto rejects = Call(*imports_, &pb::ImportService::Stub::ListRejects, request);
  ASSERT_EQ(rejects->rejects_size(), 1);
  EXPECT_EQ(rejects->rejects(0).record().raw(), kBytes);
  EXPECT_THAT(rejects->rejects(0).record().losses(), ElementsAre("mood: cheerful"));
}

TEST_F(RawRecordsTest, Import_WithRawRecordsOutOfBounds_IsRejectedWithItsField) {
  const auto field = [&](const pb::ImportRecord& record) {
    const Imported imported = Import(*imports_, {record});
    return imported.results[0].outcome() == pb::OUTCOME_REJECTED ? imported.results[0].field() : "taken";
  };
  EXPECT_EQ(field(Record("a", std::string(std::size_t{64} << 10, 'x'))), "taken");
  EXPECT_EQ(field(Record("b", std::string((std::size_t{64} << 10) + 1, 'x'))), "raw");
  pb::ImportRecord record = Record("c", "x");
  record.clear_raw_format();
  EXPECT_EQ(field(record), "raw_format");
  record.clear_raw();
  EXPECT_EQ(field(record), "raw_format");
  record.clear_losses();
  EXPECT_EQ(field(record), "taken");
  record = Record("d", "x");
  record.add_losses("");
  EXPECT_EQ(field(record), "losses");
  record.set_losses(1, std::string(501, 'x'));
  EXPECT_EQ(field(record), "losses");
  record = Record("e", "x");
  for (int i = 0; i < 20; ++i) record.add_losses("x");
  EXPECT_EQ(field(record), "losses");
  record = Record("f", "");
  EXPECT_EQ(field(record), "taken");  // losses alone
}

TEST_F(RawRecordsTest, ListRawRecords_OfManyAppearances_GivesPages) {
  std::vector<pb::ImportRecord> records;
  std::vector<std::string> all;
  for (int i = 0; i < 100; ++i) {
    all.push_back(std::to_string(i) + std::string(i < 3 ? 60'000 : 10, '.'));
    pb::ImportRecord record = Record("The sea is rising", all.back());
    record.set_url("https://daily.example/" + std::to_string(i));
    records.push_back(record);
  }
  const Imported imported = Import(*imports_, records);
  ASSERT_EQ(imported.finished.created_count(), 100);
  const std::string quote = imported.results[0].quote();
  std::vector<std::string> got;
  std::string token;
  int pages = 0;
  do {
    const auto page = RawOf(quote, 45, token);
    ASSERT_TRUE(page.status.ok()) << page.status.error_message();
    EXPECT_LE(page->raw_records_size(), 45);
    for (const pb::RawRecord& record : page->raw_records()) got.push_back(record.raw());
    token = page->next_page_token();
  } while (!token.empty() && ++pages < 20);
  EXPECT_EQ(pages, 2);
  EXPECT_THAT(got, ::testing::UnorderedElementsAreArray(all));
}

TEST_F(RawRecordsTest, ListRawRecords_Wrong_IsRefused) {
  EXPECT_EQ(Fields(RawOf("quotes/x").status), std::vector<std::string>{"quote"});
  EXPECT_EQ(Reason(RawOf("quotes/" + std::string(32, 'a')).status), pb::ERROR_REASON_QUOTE_NOT_FOUND);
  const std::string quote = Import(*imports_, {ARecord()}).results[0].quote();
  EXPECT_THAT(RawsOf(quote), IsEmpty());
  EXPECT_EQ(Reason(RawOf(quote, 0, "x").status), pb::ERROR_REASON_PAGE_TOKEN_INVALID);
  EXPECT_EQ(Fields(RawOf(quote, -1).status), std::vector<std::string>{"page_size"});
}

TEST_F(RawRecordsTest, ExportQuotes_LeavesRawRecordsOut) {
  ASSERT_TRUE(Import(*imports_, {Record("The sea is rising", "one", "7")}).AllAre(pb::OUTCOME_CREATED));
  const std::vector<pb::ImportRecord> records = Export(*imports_);
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0].raw(), "");
  EXPECT_EQ(records[0].raw_format(), "");
  EXPECT_TRUE(Import(*imports_, records).AllAre(pb::OUTCOME_UNCHANGED));
}

TEST_F(RawRecordsTest, RedactQuote_LeavesNoRawRecordThatTellsItsWords) {
  const Imported imported =
      Import(*imports_, {Record("The zebrafinch ate the marmalade", "{\"quote\":\"The zebrafinch ate the marmalade\"}"),
                         // Printed in the same article, with the words as what stands before.
                         Record("Nobody saw it", "{\"pre\":\"The zebrafinch ate the marmalade\"}"),
                         Record("It was late", "{\"pre\":\"nothing of that\"}")});
  ASSERT_TRUE(imported.AllAre(pb::OUTCOME_CREATED));
  ASSERT_EQ(Sql("SELECT count(*) FROM raw_records WHERE convert_from(raw, 'UTF8') LIKE '%zebrafinch%'"), "2");
  ASSERT_TRUE(Redact(imported.results[0].quote()).status.ok());
  EXPECT_EQ(Sql("SELECT count(*) FROM raw_records WHERE convert_from(raw, 'UTF8') LIKE '%zebrafinch%'"), "0");
  EXPECT_THAT(RawsOf(imported.results[0].quote()), IsEmpty());
  EXPECT_THAT(RawsOf(imported.results[1].quote()), ElementsAre(""));
  EXPECT_THAT(RawsOf(imported.results[2].quote()), ElementsAre("{\"pre\":\"nothing of that\"}"));
  // Neither record brings them back.
  const Imported again =
      Import(*imports_, {Record("The zebrafinch ate the marmalade", "{\"quote\":\"The zebrafinch ate the marmalade\"}"),
                         Record("Nobody saw it", "{\"pre\":\"The zebrafinch ate the marmalade\"}")});
  EXPECT_EQ(again.results[0].reason(), "QUOTE_REDACTED");
  EXPECT_EQ(again.results[1].outcome(), pb::OUTCOME_UNCHANGED);
  EXPECT_EQ(Sql("SELECT count(*) FROM raw_records WHERE convert_from(raw, 'UTF8') LIKE '%zebrafinch%'"), "0");
  EXPECT_EQ(Sql("SELECT count(*) FROM import_rejects WHERE position('\\x7a6562726166696e6368'::bytea IN record) > 0"),
            "0");
}

TEST_F(RawRecordsTest, RedactQuote_OfARejectThatOnlyItsRawRecordTells_StripsIt) {
  pb::ImportRecord wrong = Record("", "{\"quote\":\"The zebrafinch ate the marmalade of Ada\"}");
  const Imported imported = Import(*imports_, {Record("The zebrafinch ate the marmalade of Ada", "x"), wrong});
  ASSERT_EQ(imported.results[1].outcome(), pb::OUTCOME_REJECTED);
  ASSERT_TRUE(Redact(imported.results[0].quote()).status.ok());
  EXPECT_EQ(Sql("SELECT count(*) FROM import_rejects WHERE position('\\x7a6562726166696e6368'::bytea IN record) > 0"),
            "0");
}

}  // namespace
}  // namespace onrecord
