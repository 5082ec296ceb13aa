#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "google/protobuf/util/message_differencer.h"
#include "tests/support/builders.h"

namespace onrecord {
namespace {

using google::protobuf::util::MessageDifferencer;
using ::testing::Each;
using ::testing::ElementsAre;

class ImportsTest : public RecordTest {
 protected:
  Answer<pb::Import> GetImport(const std::string& name) {
    pb::GetImportRequest request;
    request.set_name(name);
    const auto got = Call(*imports_, &pb::ImportService::Stub::GetImport, request);
    return {got.status, got->import()};
  }
  Answer<pb::ListRejectsResponse> Rejects(const std::string& import, int page_size = 0, const std::string& token = "") {
    pb::ListRejectsRequest request;
    request.set_import(import);
    request.set_page_size(page_size);
    request.set_page_token(token);
    return Call(*imports_, &pb::ImportService::Stub::ListRejects, request);
  }
  // Rows of each table, without the imports themselves.
  std::string RowCounts() {
    std::string counts;
    for (const char* table : {"speakers", "speaker_names", "outlets", "outlet_names", "topics", "topic_names",
                              "articles", "quotes", "appearances", "quote_topics", "quote_revisions", "import_keys"}) {
      counts += std::string(table) + " " + Sql(std::string("SELECT count(*) FROM ") + table) + "\n";
    }
    return counts;
  }
  static void ExpectRefused(const grpc::Status& status, grpc::StatusCode code, pb::ErrorReason reason) {
    EXPECT_EQ(status.error_code(), code) << status.error_message();
    EXPECT_EQ(Reason(status), reason) << status.error_message();
  }
  // Records of many kinds.
  static std::vector<pb::ImportRecord> Mixed(int count) {
    std::vector<pb::ImportRecord> records;
    for (int i = 0; i < count; ++i) {
      ARecord record = ARecord()
                           .Saying("Statement number " + std::to_string(i / 2 * 2))
                           .In("Outlet " + std::to_string(i % 7))
                           .About("Topic " + std::to_string(i % 11))
                           .About("Topic " + std::to_string(i % 4))
                           .On(i % 3 == 0   ? ""
                               : i % 3 == 1 ? "200" + std::to_string(i % 10)
                                            : "../2007-11-21")
                           .Published("2007-11-" + std::to_string(10 + i % 20));
      if (i % 5 != 0) record.By("Speaker " + std::to_string(i % 13));
      if (i % 4 == 0) record.WithId("id-" + std::to_string(i));
      if (i % 6 == 0) record.Via("Wire").Via("Outlet " + std::to_string(i % 3));
      if (i % 9 == 0) record.As(pb::QUOTE_KIND_INDIRECT);
      records.push_back(record);
    }
    return records;
  }
};

// --- Outcomes

TEST_F(ImportsTest, ImportQuotes_OfNewRecords_CreatesThem) {
  const Imported imported = Feed({ARecord()
                                      .Saying("We know.")
                                      .By("Ada King")
                                      .In("The Times")
                                      .On("2007-11-21")
                                      .About("War")
                                      .Via("The Wire")
                                      .At("https://times.example/1")});
  ASSERT_THAT(imported.outcomes(), ElementsAre(kCreated));
  EXPECT_EQ(imported.started.state(), pb::IMPORT_STATE_RUNNING);
  EXPECT_EQ(imported.started.source(), "default");
  EXPECT_EQ(imported.finished.state(), pb::IMPORT_STATE_FINISHED);
  EXPECT_EQ(imported.finished.created_count(), 1);
  EXPECT_EQ(imported.finished.committed_sequence(), 1);
  EXPECT_TRUE(MessageDifferencer::Equals(*GetImport(imported.started.name()), imported.finished));
  const pb::Quote quote = *Get(imported.results[0].quote());
  EXPECT_EQ(quote.text(), "We know.");
  EXPECT_EQ(quote.speaker(), "speakers/ada-king");
  EXPECT_EQ(quote.kind(), pb::QUOTE_KIND_DIRECT);
  EXPECT_EQ(quote.polarity(), pb::POLARITY_AFFIRMED);
  EXPECT_EQ(quote.import(), imported.started.name());
  EXPECT_FALSE(quote.edited());
  ASSERT_EQ(quote.appearances_size(), 1);
  EXPECT_EQ(quote.appearances(0).outlet(), "outlets/the-times");
  EXPECT_EQ(quote.appearances(0).relays(0).outlet(), "outlets/the-wire");
  EXPECT_EQ(quote.appearances(0).import(), imported.started.name());
  EXPECT_THAT(std::vector<std::string>(quote.topics().begin(), quote.topics().end()), ElementsAre("topics/war"));
  pb::QuoteFilter filter;
  filter.set_import(imported.started.name());
  EXPECT_EQ(List(filter)->quotes_size(), 1);
}

TEST_F(ImportsTest, ImportQuotes_OfTheSameFileTwice_ChangesNothing) {
  const std::vector<pb::ImportRecord> records = Mixed(300);
  Feed(records, {.batch = 64});
  const std::string before = Dump();
  for (const std::size_t batch : {64U, 300U, 7U}) {
    const Imported again = Feed(records, {.batch = batch});
    EXPECT_TRUE(again.AllAre(kUnchanged));
    EXPECT_EQ(again.results.size(), 300U);
    EXPECT_EQ(again.finished.unchanged_count(), 300);
  }
  EXPECT_EQ(Dump(), before);
}

TEST_F(ImportsTest, ImportQuotes_InOtherBatches_GivesTheSameRecord) {
  Feed(Mixed(300), {.batch = 300});
  const std::string one = RowCounts();
  const std::string names = Sql("SELECT string_agg(id::text, ',' ORDER BY id) FROM quotes");
  const TestDatabase other;
  options_.database = other.connection();
  const auto server = Server::Start([&] {
    ServerOptions options = options_;
    options.listen = "127.0.0.1:0";
    return options;
  }());
  ASSERT_TRUE(server.ok());
  const auto stub =
      pb::ImportService::NewStub(grpc::CreateChannel((*server)->address(), grpc::InsecureChannelCredentials()));
  ASSERT_TRUE(Import(*stub, Mixed(300), {.batch = 11}).status.ok());
  pqxx::connection connection(other.connection());
  pqxx::nontransaction work(connection);
  EXPECT_EQ(work.exec("SELECT string_agg(id::text, ',' ORDER BY id) FROM quotes")[0][0].c_str(), names);
  EXPECT_EQ(std::string(work.exec("SELECT count(*) FROM appearances")[0][0].c_str()),
            Sql("SELECT count(*) FROM appearances"));
  EXPECT_EQ(std::string(work.exec("SELECT count(*) FROM quote_topics")[0][0].c_str()),
            Sql("SELECT count(*) FROM quote_topics"));
}

TEST_F(ImportsTest, ImportQuotes_OfOneRecordTwiceInABatch_CreatesItOnce) {
  const ARecord record = ARecord().Saying("a").By("Ada").In("The Times");
  EXPECT_THAT(Outcomes({record, ARecord().Saying("b"), record, record}),
              ElementsAre(kCreated, kCreated, kUnchanged, kUnchanged));
  EXPECT_EQ(Sql("SELECT count(*) FROM quotes"), "2");
  EXPECT_EQ(Sql("SELECT count(*) FROM appearances"), "2");
}

TEST_F(ImportsTest, ImportQuotes_OfAnotherPrinting_AddsAnAppearance) {
  const ARecord record = ARecord().Saying("“We don’t know,”").By("Ada").On("2007").About("War");
  const Imported imported =
      Feed({ARecord(record).In("The Times").Published("2007-11-23"),
            ARecord(record).In("The Post").Published("2007-11-22").Saying("We don't know").About("Peace")});
  EXPECT_THAT(imported.outcomes(), ElementsAre(kCreated, kCreated));
  EXPECT_EQ(imported.results[0].quote(), imported.results[1].quote());
  const pb::Quote quote = *Get(imported.results[0].quote());
  EXPECT_EQ(quote.text(), "“We don’t know,”");
  ASSERT_EQ(quote.appearances_size(), 2);
  EXPECT_EQ(quote.appearances(0).outlet(), "outlets/the-post");
  EXPECT_EQ(quote.appearances(0).wording(), "We don't know");
  EXPECT_EQ(quote.topics_size(), 2);
  // And in a later import.
  EXPECT_THAT(Outcomes({ARecord(record).In("The Herald").About("Law")}), ElementsAre(kCreated));
  const pb::Quote later = *Get(quote.name());
  EXPECT_EQ(later.appearances_size(), 3);
  EXPECT_EQ(later.topics_size(), 3);
  pb::QuoteFilter filter;
  filter.add_outlets("outlets/the-herald");
  filter.add_topics("topics/law");
  EXPECT_EQ(List(filter)->quotes_size(), 1);
}

TEST_F(ImportsTest, ImportQuotes_OfAChangedRecordWithAnId_IsARevision) {
  const ARecord record = ARecord().Saying("We know.").By("Ada").In("The Times").WithId("7");
  const std::string name = Feed({record}).results[0].quote();
  const Imported changed = Feed({ARecord(record).Saying("We now know.").Noting("corrected").About("War")});
  ASSERT_THAT(changed.outcomes(), ElementsAre(kUpdated));
  EXPECT_EQ(changed.results[0].quote(), name);
  EXPECT_EQ(Sql("SELECT count(*) FROM quotes"), "1");
  EXPECT_EQ(Sql("SELECT count(*) FROM appearances"), "1");
  const pb::Quote quote = *Get(name);
  EXPECT_EQ(quote.text(), "We now know.");
  EXPECT_EQ(quote.note(), "corrected");
  EXPECT_FALSE(quote.edited());
  const auto revisions = Revisions(name);
  ASSERT_EQ(revisions->revisions_size(), 2);
  EXPECT_EQ(revisions->revisions(0).via(), changed.started.name());
  EXPECT_EQ(revisions->revisions(1).quote().text(), "We know.");
  // The same file once more.
  EXPECT_THAT(Outcomes({ARecord(record).Saying("We now know.").Noting("corrected").About("War")}),
              ElementsAre(kUnchanged));
}

TEST_F(ImportsTest, ImportQuotes_OfOneIdInTwoSources_AreTwo) {
  EXPECT_THAT(Outcomes({ARecord().Saying("a").WithId("7")}, {.source = "one"}), ElementsAre(kCreated));
  EXPECT_THAT(Outcomes({ARecord().Saying("b").WithId("7")}, {.source = "two"}), ElementsAre(kCreated));
  EXPECT_EQ(Sql("SELECT count(*) FROM quotes"), "2");
}

TEST_F(ImportsTest, ImportQuotes_OfOneIdTwiceInABatch_IsCreatedAndUpdated) {
  EXPECT_THAT(Outcomes({ARecord().Saying("a").WithId("7"), ARecord().Saying("b").WithId("7")}),
              ElementsAre(kCreated, kUpdated));
  EXPECT_EQ(Sql("SELECT count(*) FROM quotes"), "1");
  EXPECT_EQ(Sql("SELECT text FROM quotes"), "b");
}

TEST_F(ImportsTest, ImportQuotes_OfChangesOfOneArticleInABatch_KeepsWhatEachTells) {
  std::vector<pb::ImportRecord> records;
  for (int i = 0; i < 3; ++i) {
    const std::string id = std::to_string(i);
    records.push_back(ARecord().Saying("We know " + id).In("The Times").At("https://times.example/1").WithId(id));
  }
  const Imported imported = Feed(records);
  records[0].set_byline("Jane Roe");
  records[1].set_attribution("she said");
  EXPECT_THAT(Outcomes(records), ElementsAre(kUpdated, kUpdated, kUnchanged));
  for (const pb::RecordResult& result : imported.results) {
    EXPECT_EQ(Get(result.quote())->appearances(0).article().byline(), "Jane Roe");
  }
}

TEST_F(ImportsTest, ImportQuotes_OfAChangedRecordWithoutId_UpdatesItsAppearance) {
  const ARecord record = ARecord().Saying("We know.").By("Ada").In("The Times").At("https://times.example/1");
  Feed({record});
  const ARecord changed = ARecord(record).Noting("n").With([](auto& r) { r.set_attribution("she told us"); });
  EXPECT_THAT(Outcomes({changed}), ElementsAre(kUpdated));
  EXPECT_EQ(Sql("SELECT count(*) FROM appearances"), "1");
  EXPECT_EQ(Sql("SELECT attribution FROM appearances"), "she told us");
  EXPECT_EQ(Sql("SELECT note FROM quotes"), "n");
  EXPECT_THAT(Outcomes({changed}), ElementsAre(kUnchanged));
}

TEST_F(ImportsTest, ImportQuotes_OfSupersededContent_DoesNotFlipBack) {
  const ARecord one = ARecord().Saying("We know.").By("Ada").In("The Times").Noting("one");
  const ARecord two = ARecord(one).Noting("two");
  EXPECT_THAT(Outcomes({one, two}), ElementsAre(kCreated, kUpdated));
  const std::string before = Dump();
  EXPECT_THAT(Outcomes({one, two}), ElementsAre(kUnchanged, kUnchanged));
  EXPECT_THAT(Outcomes({one}), ElementsAre(kUnchanged));
  EXPECT_EQ(Dump(), before);
  EXPECT_EQ(Sql("SELECT note FROM quotes"), "two");
}

TEST_F(ImportsTest, ImportQuotes_WithOddDates_WarnsAndKeepsIt) {
  const Imported imported = Feed({ARecord().On("2008").Published("2007")});
  ASSERT_THAT(imported.outcomes(), ElementsAre(kCreated));
  ASSERT_EQ(imported.results[0].warnings_size(), 1);
  EXPECT_EQ(imported.results[0].warnings(0), pb::QUOTE_WARNING_SAID_AFTER_PUBLISHED);
  EXPECT_EQ(Get(imported.results[0].quote())->warnings(0), pb::QUOTE_WARNING_SAID_AFTER_PUBLISHED);
}

TEST_F(ImportsTest, ImportQuotes_OfUnnamedSources_NeverMergesThem) {
  const ARecord record = ARecord().BySomebody("a senior official").Saying("It is over.").On("2007-11-21");
  const Imported imported = Feed({ARecord(record).In("The Times"), ARecord(record).In("The Post")});
  EXPECT_THAT(imported.outcomes(), ElementsAre(kCreated, kCreated));
  EXPECT_NE(imported.results[0].quote(), imported.results[1].quote());
  EXPECT_EQ(Sql("SELECT count(*) FROM speakers"), "0");
}

// --- Rejects

TEST_F(ImportsTest, ImportQuotes_OfABadField_RejectsThatRecordAlone) {
  struct Bad {
    const char* field;
    const char* reason;
    std::function<void(pb::ImportRecord&)> make;
  };
  const std::string nul("a\0b", 3);
  const auto text = [](std::size_t length) { return std::string(length, 'a'); };
  const std::vector<Bad> all = {
      {"text", "FIELD_REQUIRED", [](auto& r) { r.clear_text(); }},
      {"text", "FIELD_REQUIRED", [](auto& r) { r.set_text(" \u00a0 "); }},
      {"text", "TEXT_TOO_LONG", [&](auto& r) { r.set_text(text(100001)); }},
      {"text", "TEXT_TOO_LONG", [&](auto& r) { r.set_text(text(10 << 20)); }},
      {"text", "CONTROL_CHARACTER", [&](auto& r) { r.set_text(nul); }},
      {"text", "CONTROL_CHARACTER", [](auto& r) { r.set_text("a\x1b[0m"); }},
      {"speaker", "FIELD_REQUIRED", [](auto& r) { r.clear_described_as(); }},
      {"speaker", "PRONOUN",
       [](auto& r) {
         r.clear_described_as();
         r.set_speaker("He");
       }},
      {"speaker", "TEXT_TOO_LONG", [&](auto& r) { r.set_speaker(text(501)); }},
      {"speaker", "CONTROL_CHARACTER", [&](auto& r) { r.set_speaker(nul); }},
      {"speaker", "NAME_UNKNOWN",
       [](auto& r) {
         r.clear_described_as();
         r.set_speaker("speakers/nobody");
       }},
      {"described_as", "VALUE_INVALID", [](auto& r) { r.set_speaker("Ada"); }},
      {"described_as", "TEXT_TOO_LONG", [&](auto& r) { r.set_described_as(text(501)); }},
      {"outlet", "NAME_UNKNOWN", [](auto& r) { r.set_outlet("outlets/nobody"); }},
      {"outlet", "CONTROL_CHARACTER", [&](auto& r) { r.set_outlet(nul); }},
      {"outlet", "TEXT_TOO_LONG", [&](auto& r) { r.set_outlet(text(501)); }},
      {"topics", "NAME_UNKNOWN", [](auto& r) { r.add_topics("topics/nothing"); }},
      {"topics", "FIELD_REQUIRED", [](auto& r) { r.add_topics(""); }},
      {"topics", "TOO_MANY_VALUES",
       [](auto& r) {
         for (int i = 0; i < 51; ++i) r.add_topics("t");
       }},
      {"topics", "TOO_MANY_VALUES",
       [](auto& r) {
         for (int i = 0; i < 10000; ++i) r.add_topics(std::to_string(i));
       }},
      {"via", "NAME_UNKNOWN", [](auto& r) { r.add_via("outlets/nobody"); }},
      {"via", "FIELD_REQUIRED", [](auto& r) { r.add_via(" "); }},
      {"via", "TOO_MANY_VALUES",
       [](auto& r) {
         for (int i = 0; i < 21; ++i) r.add_via("w");
       }},
      {"external_id", "TEXT_TOO_LONG", [&](auto& r) { r.set_external_id(text(501)); }},
      {"external_id", "CONTROL_CHARACTER", [&](auto& r) { r.set_external_id(nul); }},
      {"said", "DATE_INVALID", [](auto& r) { r.set_said("2007-02-31"); }},
      {"said", "DATE_INVALID", [](auto& r) { r.set_said("yesterday"); }},
      {"said", "DATE_INVALID", [](auto& r) { r.set_said("2008/2007"); }},
      {"published", "DATE_INVALID", [](auto& r) { r.set_published("1900-02-29"); }},
      {"kind", "VALUE_INVALID", [](auto& r) { r.set_kind(static_cast<pb::QuoteKind>(77)); }},
      {"polarity", "VALUE_INVALID", [](auto& r) { r.set_polarity(static_cast<pb::Polarity>(77)); }},
      {"source_terms", "VALUE_INVALID", [](auto& r) { r.set_source_terms(static_cast<pb::SourceTerms>(77)); }},
      {"resolution", "VALUE_INVALID", [](auto& r) { r.set_resolution(static_cast<pb::Resolution>(77)); }},
      {"marks", "VALUE_INVALID", [](auto& r) { r.set_marks(static_cast<pb::Marks>(-7)); }},
      {"url", "VALUE_INVALID", [](auto& r) { r.set_url("ftp://x"); }},
      {"url", "TEXT_TOO_LONG", [&](auto& r) { r.set_url("http://" + text(2000)); }},
      {"headline", "TEXT_TOO_LONG", [&](auto& r) { r.set_headline(text(1001)); }},
      {"byline", "TEXT_TOO_LONG", [&](auto& r) { r.set_byline(text(501)); }},
      {"dateline", "TEXT_TOO_LONG", [&](auto& r) { r.set_dateline(text(201)); }},
      {"wording", "TEXT_TOO_LONG", [&](auto& r) { r.set_wording(text(100001)); }},
      {"attribution", "TEXT_TOO_LONG", [&](auto& r) { r.set_attribution(text(1001)); }},
      {"cue", "TEXT_TOO_LONG", [&](auto& r) { r.set_cue(text(201)); }},
      {"role", "TEXT_TOO_LONG", [&](auto& r) { r.set_role(text(501)); }},
      {"context_before", "CONTROL_CHARACTER", [&](auto& r) { r.set_context_before(nul); }},
      {"context_after", "CONTROL_CHARACTER", [&](auto& r) { r.set_context_after(nul); }},
      {"language", "VALUE_INVALID", [](auto& r) { r.set_language("en_US"); }},
      {"original_language", "VALUE_INVALID", [](auto& r) { r.set_original_language("?"); }},
      {"original_text", "CONTROL_CHARACTER", [&](auto& r) { r.set_original_text(nul); }},
      {"note", "TEXT_TOO_LONG", [&](auto& r) { r.set_note(text(4001)); }},
      {"said_printed", "TEXT_TOO_LONG", [&](auto& r) { r.set_said_printed(text(501)); }},
      {"said_basis", "VALUE_INVALID", [](auto& r) { r.set_said_basis("a guess"); }},
      {"position", "VALUE_INVALID", [](auto& r) { r.set_position("5-3"); }},
      {"position", "VALUE_INVALID", [](auto& r) { r.set_position("somewhere"); }},
      {"quote", "VALUE_INVALID", [](auto& r) { r.set_quote("quotes/1"); }},
      {"appearance", "VALUE_INVALID", [](auto& r) { r.set_appearance("first"); }},
  };
  std::vector<pb::ImportRecord> records;
  for (std::size_t i = 0; i < all.size(); ++i) {
    pb::ImportRecord record = ARecord().Saying("bad " + std::to_string(i));
    all[i].make(record);
    records.push_back(record);
    records.push_back(ARecord().Saying("good " + std::to_string(i)));
  }
  // Batches small enough for messages of 10 MB.
  const Imported imported = Feed(records, {.batch = 10});
  ASSERT_EQ(imported.results.size(), records.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    const pb::RecordResult& result = imported.results[2 * i];
    EXPECT_EQ(result.outcome(), kRejected) << all[i].field;
    EXPECT_EQ(result.field(), all[i].field) << result.message();
    EXPECT_EQ(result.reason(), all[i].reason) << all[i].field << ": " << result.message();
    EXPECT_FALSE(result.message().empty());
    EXPECT_EQ(result.quote(), "");
    EXPECT_EQ(result.sequence(), static_cast<std::int64_t>(2 * i + 1));
    EXPECT_EQ(imported.results[2 * i + 1].outcome(), kCreated) << all[i].field;
  }
  const auto count = static_cast<std::int64_t>(all.size());
  EXPECT_EQ(imported.finished.rejected_count(), count);
  EXPECT_EQ(imported.finished.created_count(), count);
  EXPECT_EQ(imported.committed_sequence, 2 * count);

  // They can be had back as they came.
  std::vector<pb::Reject> rejects;
  std::string token;
  do {
    const auto page = Rejects(imported.started.name(), 9, token);
    ASSERT_TRUE(page.status.ok()) << page.status.error_message();
    rejects.insert(rejects.end(), page->rejects().begin(), page->rejects().end());
    token = page->next_page_token();
  } while (!token.empty());
  ASSERT_EQ(rejects.size(), all.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_TRUE(MessageDifferencer::Equals(rejects[i].record(), records[2 * i])) << all[i].field;
    EXPECT_TRUE(MessageDifferencer::Equals(rejects[i].result(), imported.results[2 * i])) << all[i].field;
  }
}

TEST_F(ImportsTest, ImportQuotes_OfPronouns_NeverMakesThemSpeakers) {
  std::vector<pb::ImportRecord> records;
  for (const char* pronoun : {"he", "She", "THEY", "“it”", "elle", "er"}) records.push_back(ARecord().By(pronoun));
  const Imported imported = Feed(records);
  for (const pb::RecordResult& result : imported.results) {
    EXPECT_EQ(result.outcome(), kRejected);
    EXPECT_EQ(result.reason(), "PRONOUN");
    EXPECT_EQ(result.field(), "speaker");
  }
  EXPECT_EQ(Sql("SELECT count(*) FROM speakers"), "0");
}

TEST_F(ImportsTest, ListRejects_OfLargeRecords_EndsPagesEarly) {
  std::vector<pb::ImportRecord> records;
  for (int i = 0; i < 8; ++i) records.push_back(ARecord().Saying(std::string(1 << 20, 'a')).Noting(std::to_string(i)));
  const Imported imported = Feed(records, {.batch = 4});
  std::vector<std::string> notes;
  std::string token;
  int pages = 0;
  do {
    const auto page = Rejects(imported.started.name(), 1000, token);
    ASSERT_TRUE(page.status.ok()) << page.status.error_message();
    EXPECT_LE(page->ByteSizeLong(), std::size_t{4} << 20);
    for (const pb::Reject& reject : page->rejects()) notes.push_back(reject.record().note());
    token = page->next_page_token();
    ++pages;
  } while (!token.empty() && pages < 20);
  EXPECT_THAT(notes, ElementsAre("0", "1", "2", "3", "4", "5", "6", "7"));
}

TEST_F(ImportsTest, ListRejects_OfNoSuchImport_IsRefused) {
  ExpectRefused(Rejects("imports/7").status, grpc::NOT_FOUND, pb::ERROR_REASON_IMPORT_NOT_FOUND);
  ExpectRefused(GetImport("imports/7").status, grpc::NOT_FOUND, pb::ERROR_REASON_IMPORT_NOT_FOUND);
  for (const char* name :
       {"", "imports/", "imports/x", "imports/0", "imports/-1", "imports/99999999999999999999", "7"}) {
    EXPECT_EQ(Reason(Rejects(name).status), pb::ERROR_REASON_FIELDS_INVALID) << name;
    EXPECT_EQ(Reason(GetImport(name).status), pb::ERROR_REASON_FIELDS_INVALID) << name;
  }
  const std::string name = Feed({ARecord()}).started.name();
  EXPECT_EQ(Rejects(name)->rejects_size(), 0);
  EXPECT_EQ(Reason(Rejects(name, 0, "x").status), pb::ERROR_REASON_PAGE_TOKEN_INVALID);
  EXPECT_EQ(Fields(Rejects(name, -1).status), std::vector<std::string>{"page_size"});
}

TEST_F(ImportsTest, ListImports_GivesTheNewestFirst) {
  std::vector<std::string> names;
  for (int i = 0; i < 5; ++i) names.insert(names.begin(), Feed({}).started.name());
  std::vector<std::string> listed;
  pb::ListImportsRequest request;
  request.set_page_size(2);
  do {
    const auto page = Call(*imports_, &pb::ImportService::Stub::ListImports, request);
    ASSERT_TRUE(page.status.ok()) << page.status.error_message();
    for (const pb::Import& import : page->imports()) listed.push_back(import.name());
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(listed, names);
}

// --- What people changed

TEST_F(ImportsTest, ImportQuotes_OfAnEditedQuote_IsAConflict) {
  for (const std::string id : {"7", ""}) {
    SCOPED_TRACE(id);
    const ARecord record = ARecord().Saying("We know" + id).By("Ada").In("The Times").WithId(id);
    pb::Quote quote = *Get(Feed({record}).results[0].quote());
    quote.set_text("We do know" + id);
    ASSERT_TRUE(Update(quote, {"text"}).status.ok());
    const std::string before = Dump();
    EXPECT_THAT(Outcomes({record}), ElementsAre(kUnchanged));
    const Imported changed = Feed({ARecord(record).Noting("n"), ARecord().Saying("other" + id)});
    ASSERT_THAT(changed.outcomes(), ElementsAre(kConflict, kCreated));
    EXPECT_EQ(changed.results[0].reason(), "EDITED_SINCE");
    EXPECT_EQ(changed.results[0].quote(), quote.name());
    EXPECT_EQ(changed.finished.conflict_count(), 1);
    const pb::Quote after = *Get(quote.name());
    EXPECT_EQ(after.text(), "We do know" + id);
    EXPECT_EQ(after.note(), "");
    EXPECT_EQ(after.etag(), "2");
    const auto rejects = Rejects(changed.started.name());
    ASSERT_EQ(rejects->rejects_size(), 1);
    EXPECT_EQ(rejects->rejects(0).result().outcome(), kConflict);
    EXPECT_EQ(rejects->rejects(0).record().note(), "n");
  }
}

TEST_F(ImportsTest, ImportQuotes_OfARetractedQuote_DoesNotBringItBack) {
  const ARecord record = ARecord().Saying("We know.").By("Ada").In("The Times").WithId("7");
  const std::string name = Feed({record}).results[0].quote();
  ASSERT_TRUE(Retract(name, "never said").status.ok());
  EXPECT_THAT(Outcomes({record}), ElementsAre(kUnchanged));
  const Imported changed = Feed({ARecord(record).Noting("n")});
  ASSERT_THAT(changed.outcomes(), ElementsAre(kConflict));
  EXPECT_EQ(changed.results[0].reason(), "RETRACTED_SINCE");
  Feed({ARecord().Saying("We know.").By("Ada").In("The Post")});
  const pb::Quote quote = *Get(name);
  EXPECT_EQ(quote.state(), pb::QUOTE_STATE_RETRACTED);
  EXPECT_EQ(quote.note(), "");
  EXPECT_EQ(List(pb::QuoteFilter())->quotes_size(), 0);
}

TEST_F(ImportsTest, ImportQuotes_OfARemovedAppearance_DoesNotBringItBack) {
  for (const std::string id : {"", "7"}) {
    SCOPED_TRACE(id);
    const ARecord times = ARecord().Saying("We know " + id).By("Ada").In("The Times").WithId(id);
    const ARecord post = ARecord(times).In("The Post").WithId(id.empty() ? "" : id + "b");
    pb::Quote quote = *Get(Feed({times, post}).results[0].quote());
    ASSERT_EQ(quote.appearances_size(), 2);
    const int kept = quote.appearances(0).outlet() == "outlets/the-times" ? 1 : 0;
    const pb::Appearance appearance = quote.appearances(kept);
    quote.clear_appearances();
    *quote.add_appearances() = appearance;
    ASSERT_TRUE(Update(quote, {"appearances"}).status.ok());
    const std::string before = Dump();
    EXPECT_THAT(Outcomes({times, post}), ElementsAre(kUnchanged, kUnchanged));
    EXPECT_EQ(Dump(), before);
    EXPECT_THAT(Outcomes({ARecord(times).Noting("n")}), ElementsAre(kConflict));
    EXPECT_EQ(Get(quote.name())->appearances_size(), 1);
  }
}

TEST_F(ImportsTest, ImportQuotes_OfWhatAPersonRecorded_IsOneQuote) {
  MakeSpeaker("ada", "Ada King");
  const pb::Quote quote = MustCreate(AQuote().By("speakers/ada").Saying("We know.").On("2007"));
  const Imported imported = Feed({ARecord().By("speakers/ada").Saying("We know").On("2007").In("The Times")});
  ASSERT_THAT(imported.outcomes(), ElementsAre(kCreated));
  EXPECT_EQ(imported.results[0].quote(), quote.name());
  EXPECT_EQ(Get(quote.name())->appearances_size(), 1);
  EXPECT_EQ(Get(quote.name())->text(), "We know.");
}

// --- Names

TEST_F(ImportsTest, ImportQuotes_OfAliases_ResolvesThem) {
  pb::CreateSpeakerRequest request;
  request.mutable_speaker()->set_display_name("Alexander Botsan-Kharchenko");
  request.mutable_speaker()->add_names()->set_text("Botsan-Kharchenko");
  request.set_speaker_id("envoy");
  ASSERT_TRUE(Call(*speakers_, &pb::SpeakerService::Stub::CreateSpeaker, request).status.ok());
  pb::CreateOutletRequest outlet;
  outlet.mutable_outlet()->set_display_name("Agence France-Presse");
  outlet.mutable_outlet()->add_aliases("AFP");
  outlet.set_outlet_id("afp");
  ASSERT_TRUE(Call(*outlets_, &pb::OutletService::Stub::CreateOutlet, outlet).status.ok());
  pb::CreateTopicRequest topic;
  topic.mutable_topic()->set_display_name("Kosovo status");
  topic.mutable_topic()->add_aliases("Kosovo's status");
  topic.set_topic_id("kosovo");
  ASSERT_TRUE(Call(*topics_, &pb::TopicService::Stub::CreateTopic, topic).status.ok());
  const Imported imported =
      Feed({ARecord().Saying("a").By("botsan-kharchenko").In("AFP").About("KOSOVO’S STATUS").Via("afp"),
            ARecord().Saying("b").By("speakers/envoy").In("outlets/afp").About("topics/kosovo")},
           {.unknown_names = pb::UNKNOWN_NAMES_REJECT});
  ASSERT_THAT(imported.outcomes(), ElementsAre(kCreated, kCreated));
  for (const pb::RecordResult& result : imported.results) {
    const pb::Quote quote = *Get(result.quote());
    EXPECT_EQ(quote.speaker(), "speakers/envoy");
    EXPECT_EQ(quote.topics(0), "topics/kosovo");
    EXPECT_EQ(quote.appearances(0).outlet(), "outlets/afp");
  }
}

TEST_F(ImportsTest, ImportQuotes_OfUnknownNames_RejectsThemWhenAsked) {
  const Imported imported =
      Feed({ARecord().By("Ada"), ARecord().In("The Times"), ARecord().About("War"), ARecord().Via("Wire"), ARecord()},
           {.unknown_names = pb::UNKNOWN_NAMES_REJECT});
  ASSERT_THAT(imported.outcomes(), ElementsAre(kRejected, kRejected, kRejected, kRejected, kCreated));
  const std::vector<std::string> fields = {"speaker", "outlet", "topics", "via"};
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(imported.results[i].reason(), "NAME_UNKNOWN");
    EXPECT_EQ(imported.results[i].field(), fields[i]);
  }
  EXPECT_EQ(Sql("SELECT (SELECT count(*) FROM speakers) + (SELECT count(*) FROM outlets) + count(*) FROM topics"), "0");
}

TEST_F(ImportsTest, ImportQuotes_OfAmbiguousNames_AsksForTheResourceName) {
  MakeSpeaker("one", "John Smith");
  MakeSpeaker("two", "John Smith");
  const Imported imported = Feed({ARecord().By("John Smith"), ARecord().By("speakers/two")});
  ASSERT_THAT(imported.outcomes(), ElementsAre(kRejected, kCreated));
  EXPECT_EQ(imported.results[0].reason(), "NAME_AMBIGUOUS");
  EXPECT_EQ(imported.results[0].field(), "speaker");
}

TEST_F(ImportsTest, ImportQuotes_OfSpellingsOfOneName_CreatesItOnce) {
  Feed({ARecord().Saying("a").By("Ada King").In("The Times").About("War"),
        ARecord().Saying("b").By("ADA  KING").In("the times").About("war"),
        ARecord().Saying("c").By("Ada\u00a0King").In("“The Times”").About("War.")});
  EXPECT_EQ(Sql("SELECT string_agg(slug, ',') FROM speakers"), "ada-king");
  EXPECT_EQ(Sql("SELECT string_agg(slug, ',') FROM outlets"), "the-times");
  EXPECT_EQ(Sql("SELECT string_agg(slug, ',') FROM topics"), "war");
  EXPECT_EQ(Sql("SELECT count(*) FROM quotes WHERE speaker_id IS NOT NULL"), "3");
}

TEST_F(ImportsTest, ImportQuotes_OfTenThousandTopics_TagsThemAll) {
  std::vector<pb::ImportRecord> records;
  for (int i = 0; i < 200; ++i) {
    ARecord record = ARecord().Saying("number " + std::to_string(i));
    for (int n = 0; n < 50; ++n) record.About("Topic " + std::to_string(i * 50 + n));
    records.push_back(record);
  }
  const Imported imported = Feed(records);
  EXPECT_TRUE(imported.AllAre(kCreated));
  EXPECT_EQ(Sql("SELECT count(*) FROM topics"), "10000");
  EXPECT_EQ(Sql("SELECT count(*) FROM quote_topics"), "10000");
  const std::string before = Dump();
  EXPECT_TRUE(Feed(records).AllAre(kUnchanged));
  EXPECT_EQ(Dump(), before);
}

TEST_F(ImportsTest, ImportQuotes_OfTextsFromTheWild_KeepsAndKnowsThem) {
  const std::vector<std::string> texts = {"אנחנו נראה „מחר“ \u200fכן",
                                          "سنرى \u202bغدا\u202c",
                                          "e\u0301le\u0300ve e\u0323\u0302",
                                          "“She said: ‘he said “no”’”",
                                          "100\u00a0% \u2009sûr",
                                          "日本語のテキスト",
                                          "👩‍👩‍👧 and \\ \" ' {} NULL \\N $1",
                                          "a\\tb\\nc, \"d\"\te",
                                          "{\"a\",b}"};
  std::vector<pb::ImportRecord> records;
  for (const std::string& text : texts)
    records.push_back(ARecord().Saying(text).By(text).In(text).About(text).Noting(text).WithId(text));
  const Imported imported = Feed(records);
  ASSERT_TRUE(imported.AllAre(kCreated));
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const pb::Quote quote = *Get(imported.results[i].quote());
    EXPECT_EQ(quote.text(), texts[i].find('%') != std::string::npos    ? "100 % sûr"
                            : texts[i].find('\t') != std::string::npos ? "a\\tb\\nc, \"d\" e"
                                                                       : texts[i]);
    EXPECT_EQ(quote.text(), quote.note());
    EXPECT_EQ(quote.text(), quote.speaker_display_name());
    EXPECT_EQ(quote.text(), quote.appearances(0).outlet_display_name());
  }
  const std::string before = Dump();
  EXPECT_TRUE(Feed(records).AllAre(kUnchanged));
  EXPECT_EQ(Dump(), before);
}

TEST_F(ImportsTest, ImportQuotes_OfCurlyAndStraightMarks_IsOneQuote) {
  const Imported imported = Feed({ARecord().By("Ada").Saying("“We don’t know,”").In("The Times"),
                                  ARecord().By("Ada").Saying("\"We don't know,\"").In("The Post"),
                                  ARecord().By("Ada").Saying("We\u00a0don‘t know").In("The Herald")});
  EXPECT_EQ(imported.results[0].quote(), imported.results[1].quote());
  EXPECT_EQ(imported.results[0].quote(), imported.results[2].quote());
  EXPECT_EQ(Sql("SELECT count(*) FROM quotes"), "1");
}

// --- The conversation

TEST_F(ImportsTest, ImportQuotes_DryRun_ChangesNothing) {
  const ARecord known = ARecord().Saying("known").By("Ada").In("The Times").WithId("1");
  const ARecord edited = ARecord().Saying("edited").By("Ada").In("The Times").WithId("2");
  const Imported real = Feed({known, edited});
  pb::Quote quote = *Get(real.results[1].quote());
  quote.set_note("by hand");
  ASSERT_TRUE(Update(quote, {"note"}).status.ok());
  const std::string before = Dump();
  const Imported dry = Feed({known, ARecord(known).Noting("n"), ARecord(edited).Noting("n"),
                             ARecord().Saying("new").By("Eve").In("The Post").About("War"),
                             ARecord().Saying("").By("Eve"), ARecord().By("speakers/nobody")},
                            {.dry_run = true});
  EXPECT_THAT(dry.outcomes(), ElementsAre(kUnchanged, kUpdated, kConflict, kCreated, kRejected, kRejected));
  EXPECT_EQ(dry.started.name(), "");
  EXPECT_TRUE(dry.started.dry_run());
  EXPECT_TRUE(dry.finished.dry_run());
  EXPECT_EQ(dry.finished.created_count(), 1);
  EXPECT_EQ(dry.finished.rejected_count(), 2);
  EXPECT_EQ(Dump(), before);
  EXPECT_EQ(Sql("SELECT count(*) FROM imports"), "1");
  EXPECT_EQ(Sql("SELECT count(*) FROM import_rejects"), "0");
  EXPECT_THAT(
      Outcomes({ARecord().Saying("new").By("Eve")}, {.unknown_names = pb::UNKNOWN_NAMES_REJECT, .dry_run = true}),
      ElementsAre(kRejected));
}

TEST_F(ImportsTest, ImportQuotes_OfNothing_IsFinished) {
  const Imported imported = Feed({});
  EXPECT_EQ(imported.finished.state(), pb::IMPORT_STATE_FINISHED);
  EXPECT_EQ(imported.finished.committed_sequence(), 0);
  EXPECT_EQ(GetImport(imported.started.name())->state(), pb::IMPORT_STATE_FINISHED);
}

TEST_F(ImportsTest, ImportQuotes_OfABatchOfNothingOrTooMuch_IsRefused) {
  for (const std::size_t size : {0U, 2001U}) {
    ImportStream stream(*imports_);
    pb::ImportQuotesResponse response;
    ASSERT_TRUE(stream.Start({}, response));
    EXPECT_FALSE(stream.Feed(1, std::vector<pb::ImportRecord>(size, ARecord()), response));
    const grpc::Status status = stream.Finish();
    ExpectRefused(status, grpc::INVALID_ARGUMENT, pb::ERROR_REASON_FIELDS_INVALID);
    EXPECT_EQ(Fields(status), std::vector<std::string>{"batch.records"});
  }
  EXPECT_EQ(Sql("SELECT count(*) FROM quotes"), "0");
}

TEST_F(ImportsTest, ImportQuotes_OfABatchOfTooManyBytes_IsRefused) {
  const ARecord large = ARecord().Saying(std::string(100000, 'x'));
  ImportStream stream(*imports_);
  pb::ImportQuotesResponse response;
  ASSERT_TRUE(stream.Start({}, response));
  EXPECT_FALSE(stream.Feed(1, std::vector<pb::ImportRecord>(170, large), response));
  const grpc::Status status = stream.Finish();
  ExpectRefused(status, grpc::INVALID_ARGUMENT, pb::ERROR_REASON_FIELDS_INVALID);
  EXPECT_EQ(Fields(status), std::vector<std::string>{"batch.records"});
}

TEST_F(ImportsTest, ImportQuotes_WithMessagesOutOfOrder_IsRefused) {
  pb::ImportQuotesRequest start;
  start.mutable_start();
  pb::ImportQuotesRequest batch;
  batch.mutable_batch()->set_first_sequence(1);
  *batch.mutable_batch()->add_records() = ARecord();
  pb::ImportQuotesRequest finish;
  finish.mutable_finish();
  const std::vector<std::vector<pb::ImportQuotesRequest>> conversations = {
      {batch},        {pb::ImportQuotesRequest()},        {finish},
      {start, start}, {start, pb::ImportQuotesRequest()}, {start, finish, batch}};
  for (std::size_t i = 0; i < conversations.size(); ++i) {
    ImportStream stream(*imports_);
    pb::ImportQuotesResponse response;
    bool answered = true;
    for (const pb::ImportQuotesRequest& request : conversations[i])
      answered = answered && stream.Send(request, response);
    EXPECT_FALSE(answered) << i;
    EXPECT_EQ(stream.Finish().error_code(), grpc::INVALID_ARGUMENT) << i;
  }
  EXPECT_EQ(Sql("SELECT count(*) FROM quotes"), "0");
}

TEST_F(ImportsTest, ImportQuotes_WithABadStart_NamesTheField) {
  const auto fields = [&](const ImportOptions& options) {
    const Imported imported = Import(*imports_, {}, options);
    EXPECT_EQ(Reason(imported.status), pb::ERROR_REASON_FIELDS_INVALID);
    return Fields(imported.status);
  };
  EXPECT_THAT(fields({.source = std::string(201, 'a')}), ElementsAre("start.source"));
  EXPECT_THAT(fields({.unknown_names = static_cast<pb::UnknownNames>(77)}), ElementsAre("start.unknown_names"));
  EXPECT_EQ(fields({.request_id = std::string(101, 'a')}).size(), 1U);
  EXPECT_EQ(fields({.resume = "imports/x"}).size(), 1U);
  EXPECT_THAT(fields({.part = 1}), ElementsAre("start.parts"));
  EXPECT_THAT(fields({.part = 1, .parts = 1}), ElementsAre("start.parts"));
  EXPECT_THAT(fields({.part = 1, .parts = 101}), ElementsAre("start.parts"));
  EXPECT_THAT(fields({.part = 0, .parts = 2}), ElementsAre("start.part"));
  EXPECT_THAT(fields({.part = 3, .parts = 2}), ElementsAre("start.part"));
  ExpectRefused(Import(*imports_, {}, {.resume = "imports/7"}).status, grpc::NOT_FOUND,
                pb::ERROR_REASON_IMPORT_NOT_FOUND);
}

TEST_F(ImportsTest, ImportQuotes_WithUnknownFields_IsRefused) {
  pb::ImportRecord record = ARecord();
  record.GetReflection()->MutableUnknownFields(&record)->AddVarint(999, 1);
  const Imported imported = Import(*imports_, {record});
  ExpectRefused(imported.status, grpc::INVALID_ARGUMENT, pb::ERROR_REASON_UNKNOWN_FIELD);
  EXPECT_EQ(Sql("SELECT count(*) FROM quotes"), "0");
}

TEST_F(ImportsTest, ImportQuotes_OfInvalidUtf8_DoesNotSeemToHaveGoneWell) {
  const Imported imported = Import(*imports_, {ARecord().Saying("good"), ARecord().Saying("caf\xe9")});
  EXPECT_EQ(imported.status.error_code(), grpc::INVALID_ARGUMENT) << imported.status.error_message();
  EXPECT_EQ(GetImport(imported.started.name())->state(), pb::IMPORT_STATE_RUNNING);
  EXPECT_EQ(Sql("SELECT count(*) FROM quotes"), "0");
}

TEST_F(ImportsTest, ImportQuotes_BrokenOff_IsResumed) {
  const std::vector<pb::ImportRecord> records = Mixed(100);
  Imported first = Import(*imports_, {records.begin(), records.begin() + 40}, {.batch = 20, .finish = false});
  EXPECT_EQ(first.committed_sequence, 40);
  const pb::Import between = *GetImport(first.started.name());
  EXPECT_EQ(between.state(), pb::IMPORT_STATE_RUNNING);
  EXPECT_EQ(between.committed_sequence(), 40);
  // From the start again: what is durable is passed over.
  const Imported second = Feed(records, {.resume = first.started.name(), .batch = 30});
  EXPECT_EQ(second.started.name(), first.started.name());
  EXPECT_EQ(second.started.committed_sequence(), 40);
  ASSERT_EQ(second.results.size(), 60U);
  EXPECT_EQ(second.results.front().sequence(), 41);
  EXPECT_EQ(second.finished.committed_sequence(), 100);
  EXPECT_EQ(second.finished.created_count() + second.finished.unchanged_count() + second.finished.updated_count(), 100);
  const std::string counts = RowCounts();
  EXPECT_TRUE(Feed(records).AllAre(kUnchanged));
  EXPECT_EQ(RowCounts(), counts);
  // From where it stood would have done too.
  ExpectRefused(Import(*imports_, {ARecord()}, {.resume = first.started.name(), .first_sequence = 101}).status,
                grpc::FAILED_PRECONDITION, pb::ERROR_REASON_IMPORT_FINISHED);
}

TEST_F(ImportsTest, ImportQuotes_OfAPart_IsResumedWithThatPartAlone) {
  const std::vector<pb::ImportRecord> records = Mixed(40);
  const Imported first = Import(*imports_, records, {.part = 2, .parts = 3, .finish = false});
  EXPECT_EQ(first.started.part(), 2);
  EXPECT_EQ(GetImport(first.started.name())->parts(), 3);
  const std::string& name = first.started.name();
  EXPECT_THAT(Fields(Import(*imports_, records, {.resume = name}).status), ElementsAre("start.part"));
  EXPECT_THAT(Fields(Import(*imports_, records, {.resume = name, .part = 1, .parts = 3}).status),
              ElementsAre("start.part"));
  EXPECT_THAT(Fields(Import(*imports_, records, {.resume = name, .part = 2, .parts = 2}).status),
              ElementsAre("start.part"));
  const Imported second = Import(*imports_, records, {.resume = name, .part = 2, .parts = 3});
  ASSERT_TRUE(second.status.ok()) << second.status.error_message();
  EXPECT_EQ(second.finished.state(), pb::IMPORT_STATE_FINISHED);
  const Imported whole = Import(*imports_, records, {.finish = false});
  EXPECT_THAT(Fields(Import(*imports_, records, {.resume = whole.started.name(), .part = 1, .parts = 2}).status),
              ElementsAre("start.part"));
}

TEST_F(ImportsTest, ImportQuotes_BrokenOffInTheMiddleOfABatch_LosesNothing) {
  const std::vector<pb::ImportRecord> records = Mixed(400);
  std::string name;
  {
    ImportStream stream(*imports_);
    pb::ImportQuotesResponse response;
    ASSERT_TRUE(stream.Start({}, response));
    name = response.started().name();
    ASSERT_TRUE(stream.Feed(1, {records.begin(), records.begin() + 100}, response));
  }
  {
    // Gone before the answer.
    grpc::ClientContext context;
    const auto stream = imports_->ImportQuotes(&context);
    pb::ImportQuotesRequest request;
    request.mutable_start()->set_resume(name);
    stream->Write(request);
    request.mutable_batch()->set_first_sequence(101);
    for (int i = 100; i < 300; ++i) *request.mutable_batch()->add_records() = records[static_cast<std::size_t>(i)];
    stream->Write(request);
    context.TryCancel();
    stream->Finish();
  }
  Imported resumed;
  do {  // the server may still be at the batch that was broken off
    resumed = Import(*imports_, records, {.resume = name});
  } while (Reason(resumed.status) == pb::ERROR_REASON_IMPORT_BUSY);
  ASSERT_TRUE(resumed.status.ok()) << resumed.status.error_message();
  EXPECT_EQ(resumed.finished.committed_sequence(), 400);
  EXPECT_EQ(resumed.finished.created_count() + resumed.finished.unchanged_count() + resumed.finished.updated_count(),
            400);
  EXPECT_TRUE(Feed(records).AllAre(kUnchanged));
}

TEST_F(ImportsTest, ImportQuotes_WithoutFinish_StaysRunning) {
  ImportStream stream(*imports_);
  pb::ImportQuotesResponse response;
  ASSERT_TRUE(stream.Start({}, response));
  const std::string name = response.started().name();
  ASSERT_TRUE(stream.Feed(1, {ARecord()}, response));
  EXPECT_EQ(stream.Finish().error_code(), grpc::INVALID_ARGUMENT);
  EXPECT_EQ(GetImport(name)->state(), pb::IMPORT_STATE_RUNNING);
  EXPECT_EQ(Feed({}, {.resume = name}).finished.state(), pb::IMPORT_STATE_FINISHED);
}

TEST_F(ImportsTest, ImportQuotes_WithAGap_IsRefused) {
  for (const std::int64_t sequence : {std::int64_t{2}, std::int64_t{0}, std::int64_t{-5}, std::int64_t{1} << 62}) {
    const Imported imported = Import(*imports_, {ARecord()}, {.first_sequence = sequence});
    ExpectRefused(imported.status, grpc::INVALID_ARGUMENT, pb::ERROR_REASON_SEQUENCE_GAP);
  }
  EXPECT_EQ(Sql("SELECT count(*) FROM quotes"), "0");
}

TEST_F(ImportsTest, ImportQuotes_FedByTwoClients_RefusesTheSlower) {
  ImportStream one(*imports_);
  ImportStream two(*imports_);
  pb::ImportQuotesResponse response;
  ASSERT_TRUE(one.Start({}, response));
  const std::string name = response.started().name();
  pb::StartImport resume;
  resume.set_resume(name);
  ASSERT_TRUE(two.Start(resume, response));
  ASSERT_TRUE(one.Feed(1, {ARecord().Saying("a")}, response));
  EXPECT_FALSE(two.Feed(1, {ARecord().Saying("b")}, response));
  ExpectRefused(two.Finish(), grpc::ABORTED, pb::ERROR_REASON_IMPORT_BUSY);
  ASSERT_TRUE(one.Feed(2, {ARecord().Saying("c")}, response));
  EXPECT_EQ(Sql("SELECT string_agg(text, ',' ORDER BY text) FROM quotes"), "a,c");
}

TEST_F(ImportsTest, ImportQuotes_StartedTwiceWithOneRequestId_IsOneImport) {
  const Imported first = Import(*imports_, {ARecord().Saying("a")}, {.request_id = "start-1", .finish = false});
  const Imported second = Feed({ARecord().Saying("a"), ARecord().Saying("b")}, {.request_id = "start-1"});
  EXPECT_EQ(second.started.name(), first.started.name());
  EXPECT_EQ(second.started.committed_sequence(), 1);
  EXPECT_EQ(second.results.size(), 1U);
  EXPECT_EQ(second.finished.created_count(), 2);
  EXPECT_EQ(Sql("SELECT count(*) FROM imports"), "1");
}

TEST_F(ImportsTest, ImportQuotes_StartedAgainAfterItsEnd_TakesNoMore) {
  const Imported first = Feed({ARecord().Saying("a")}, {.request_id = "start-1"});
  const Imported more = Import(*imports_, {ARecord().Saying("a"), ARecord().Saying("b")}, {.request_id = "start-1"});
  ExpectRefused(more.status, grpc::FAILED_PRECONDITION, pb::ERROR_REASON_IMPORT_FINISHED);
  EXPECT_EQ(Sql("SELECT count(*) FROM quotes"), "1");
}

TEST_F(ImportsTest, ImportQuotes_StartedOtherwiseWithOneRequestId_IsRefused) {
  Import(*imports_, {}, {.source = "one", .request_id = "start-1", .finish = false});
  const Imported other = Import(*imports_, {}, {.source = "two", .request_id = "start-1"});
  ExpectRefused(other.status, grpc::INVALID_ARGUMENT, pb::ERROR_REASON_REQUEST_ID_REUSED);
}

TEST_F(ImportsTest, ImportQuotes_OfTheSameDataByTwoAtOnce_EqualsOneImport) {
  const std::vector<pb::ImportRecord> records = Mixed(600);
  std::vector<Imported> both(2);
  std::vector<std::thread> importers;
  for (Imported& imported : both) {
    importers.emplace_back([&] { imported = Import(*imports_, records, {.batch = 50}); });
  }
  for (std::thread& importer : importers) importer.join();
  for (const Imported& imported : both) {
    ASSERT_TRUE(imported.status.ok()) << imported.status.error_message();
    EXPECT_EQ(imported.results.size(), 600U);
    EXPECT_EQ(imported.finished.rejected_count() + imported.finished.conflict_count(), 0);
  }
  const std::string counts = RowCounts();
  const std::string names = Sql("SELECT string_agg(id::text, ',' ORDER BY id) FROM quotes");
  EXPECT_TRUE(Feed(records).AllAre(kUnchanged));
  EXPECT_EQ(RowCounts(), counts);

  const TestDatabase clean;
  ServerOptions options;
  options.listen = "127.0.0.1:0";
  options.database = clean.connection();
  const auto server = Server::Start(options);
  ASSERT_TRUE(server.ok());
  const auto stub =
      pb::ImportService::NewStub(grpc::CreateChannel((*server)->address(), grpc::InsecureChannelCredentials()));
  ASSERT_TRUE(Import(*stub, records, {.batch = 50}).status.ok());
  pqxx::connection connection(clean.connection());
  pqxx::nontransaction work(connection);
  EXPECT_EQ(work.exec("SELECT string_agg(id::text, ',' ORDER BY id) FROM quotes")[0][0].c_str(), names);
  for (const char* table : {"speakers", "outlets", "topics", "articles", "quotes", "appearances", "quote_topics",
                            "import_keys", "speaker_names", "quote_revisions"}) {
    const std::string query = std::string("SELECT count(*) FROM ") + table;
    EXPECT_EQ(work.exec(query)[0][0].c_str(), Sql(query)) << table;
  }
}

// --- Exports

class ExportTest : public ImportsTest {
 protected:
  void SetUp() override {
    ImportsTest::SetUp();
    ASSERT_TRUE(Feed(Mixed(250)).status.ok());
    MakeSpeaker("one", "John Smith");
    MakeSpeaker("two", "John Smith");
    MakeOutlet("gazette", "The Gazette");
    // What people recorded and changed.
    MustCreate(AQuote().By("speakers/two").Saying("I am the second.").On("1950"));
    pb::Quote quote = MustCreate(AQuote()
                                     .Saying("Printed twice")
                                     .On("1951")
                                     .Printed(AnAppearance().In("outlets/gazette").On("1951-02").Under("One"))
                                     .Printed(AnAppearance().In("outlets/gazette").On("1951-03").Via("outlets/wire")));
    quote.set_note("edited");
    ASSERT_TRUE(Update(quote, {"note"}).status.ok());
    ASSERT_TRUE(Retract(MustCreate(AQuote().Saying("gone").On("1952")).name()).status.ok());
  }
};

TEST_F(ExportTest, ExportQuotes_ImportedAgain_ChangesNothing) {
  const std::vector<pb::ImportRecord> records = Export(*imports_);
  EXPECT_EQ(std::to_string(records.size()),
            Sql("SELECT count(*) + 1 FROM appearances a JOIN quotes q ON q.id = a.quote_id WHERE q.state = 1"));
  const std::string before = Dump();
  const Imported imported = Feed(records);
  for (std::size_t i = 0; i < imported.results.size(); ++i) {
    EXPECT_EQ(imported.results[i].outcome(), kUnchanged) << imported.results[i].ShortDebugString() << "\n"
                                                         << records[i].ShortDebugString();
  }
  EXPECT_EQ(Dump(), before);
}

TEST_F(ExportTest, ExportQuotes_ImportedElsewhere_IsTheSameRecord) {
  const std::vector<pb::ImportRecord> records = Export(*imports_);
  const TestDatabase other;
  ServerOptions options;
  options.listen = "127.0.0.1:0";
  options.database = other.connection();
  const auto server = Server::Start(options);
  ASSERT_TRUE(server.ok());
  const auto stub =
      pb::ImportService::NewStub(grpc::CreateChannel((*server)->address(), grpc::InsecureChannelCredentials()));
  const Imported imported = Import(*stub, records);
  ASSERT_TRUE(imported.status.ok()) << imported.status.error_message();
  EXPECT_TRUE(imported.AllAre(kCreated));
  for (std::size_t i = 0; i < records.size(); ++i) EXPECT_EQ(imported.results[i].quote(), records[i].quote());
  const std::vector<pb::ImportRecord> again = Export(*stub);
  ASSERT_EQ(again.size(), records.size());
  for (std::size_t i = 0; i < records.size(); ++i) {
    EXPECT_TRUE(MessageDifferencer::Equals(again[i], records[i])) << again[i].ShortDebugString() << "\n"
                                                                  << records[i].ShortDebugString();
  }
}

TEST_F(ExportTest, ExportQuotes_WithAFilter_GivesWhatItGives) {
  pb::QuoteFilter filter;
  filter.add_speakers("speakers/two");
  const std::vector<pb::ImportRecord> records = Export(*imports_, filter);
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0].text(), "I am the second.");
  EXPECT_EQ(records[0].appearance(), "none");
  filter.clear_speakers();
  filter.add_states(pb::QUOTE_STATE_RETRACTED);
  EXPECT_EQ(Export(*imports_, filter).size(), 1U);
  filter.Clear();
  filter.add_topics("topics/nothing");
  grpc::ClientContext context;
  pb::ExportQuotesRequest request;
  *request.mutable_filter() = filter;
  const auto stream = imports_->ExportQuotes(&context, request);
  pb::ExportQuotesResponse response;
  EXPECT_FALSE(stream->Read(&response));
  ExpectRefused(stream->Finish(), grpc::NOT_FOUND, pb::ERROR_REASON_TOPIC_NOT_FOUND);
}

TEST_F(ImportsTest, ExportQuotes_OfEveryFieldPeopleCanWrite_ImportedAgainChangesNothing) {
  MakeSpeaker("ada", "Ada King");
  MakeOutlet("times", "The Times");
  pb::Quote quote = AQuote().By("speakers/ada").Saying("We know.").On("2007/2008").Written("en").Noting("n");
  quote.set_original_text("Nous savons.");
  quote.set_original_language("fr");
  quote.mutable_said()->set_printed("then");
  quote.mutable_said()->set_basis(pb::DATE_BASIS_STATED);
  pb::Appearance& appearance = *quote.add_appearances();
  appearance = AnAppearance().In("outlets/times").On("2007-11-22").At("https://times.example/1").Under("H");
  appearance.set_context_before("before ");
  appearance.add_ranges()->set_end(7);
  MustCreate(quote);
  // What a publication's date was read from has no place in a record of its own.
  quote.set_text("We know more.");
  quote.mutable_appearances(0)->mutable_published()->set_printed("Thursday");
  quote.mutable_appearances(0)->mutable_published()->set_basis(pb::DATE_BASIS_METADATA);
  MustCreate(quote);
  const std::string before = Dump();
  EXPECT_THAT(Outcomes(Export(*imports_)), Each(kUnchanged));
  EXPECT_EQ(Dump(), before);
}

TEST_F(ImportsTest, ExportQuotes_OfTopicsThatShareAName_ImportedAgainChangesNothing) {
  MakeTopic("law");
  MakeTopic("sports");
  MakeTopic("law-reform", "topics/law", "Reform");
  MakeTopic("sports-reform", "topics/sports", "Reform");
  MustCreate(AQuote().Saying("a").About("topics/law-reform"));
  MustCreate(AQuote().Saying("b").About("topics/law-reform").About("topics/sports-reform"));
  const std::string before = Dump();
  EXPECT_THAT(Outcomes(Export(*imports_)), ElementsAre(kUnchanged, kUnchanged));
  EXPECT_EQ(Dump(), before);
}

TEST_F(ImportsTest, ImportQuotes_OfAnExportWithAnotherSpeaker_KeepsOnlyTheTopicsThatShareAName) {
  MakeTopic("law");
  MakeTopic("sports");
  MakeTopic("law-reform", "topics/law", "Reform");
  MakeTopic("sports-reform", "topics/sports", "Reform");
  const std::string name = Feed({ARecord().Saying("a").By("Ada").About("topics/law-reform")}).results[0].quote();
  std::vector<pb::ImportRecord> exported = Export(*imports_);
  ASSERT_EQ(exported.size(), 1U);
  exported[0].set_speaker("Grace");
  EXPECT_THAT(Outcomes(exported), ElementsAre(kUpdated));
  const auto quote = Get(name);
  EXPECT_EQ(quote->speaker(), "speakers/grace");
  EXPECT_THAT(quote->topics(), ElementsAre("topics/law-reform"));
}

TEST_F(ImportsTest, ExportQuotes_OfARetractedQuote_ImportedAgainStaysRetracted) {
  const std::string name = Feed({ARecord().Saying("a").In("The Times")}).results[0].quote();
  ASSERT_TRUE(Retract(name).status.ok());
  pb::QuoteFilter filter;
  filter.add_states(pb::QUOTE_STATE_RETRACTED);
  EXPECT_THAT(Outcomes(Export(*imports_, filter)), ElementsAre(kUnchanged));
  EXPECT_EQ(Get(name)->state(), pb::QUOTE_STATE_RETRACTED);
}

}  // namespace
}  // namespace onrecord
