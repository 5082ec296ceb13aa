#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <pqxx/pqxx>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "google/protobuf/util/message_differencer.h"
#include "services/base/strings.h"
#include "tests/support/builders.h"

namespace onrecord {
namespace {

using google::protobuf::util::MessageDifferencer;

const char kMissing[] = "quotes/00000000000000000000000000000000";

class QuotesTest : public RecordTest {
 protected:
  void SetUp() override {
    RecordTest::SetUp();
    MakeSpeaker("ada", "Ada King");
    MakeSpeaker("bob", "Bob Queen");
    MakeOutlet("times", "The Times");
    MakeOutlet("post", "The Post");
    MakeOutlet("wire", "The Wire");
    MakeTopic("war", "", "War");
    MakeTopic("peace", "", "Peace");
  }

  // Every field that people can write.
  static pb::Quote Everything() {
    pb::Quote quote = AQuote()
                          .By("speakers/ada")
                          .Saying("We don’t know “that”.")
                          .As(pb::QUOTE_KIND_PARTIAL)
                          .Written("en")
                          .About("topics/war")
                          .About("topics/peace")
                          .Noting("checked twice");
    quote.set_source_terms(pb::SOURCE_TERMS_ON_RECORD);
    quote.set_original_text("Nous ne savons pas.");
    quote.set_original_language("fr-CA");
    *quote.mutable_said() = ADate("2007-11-01/2007-11-21", pb::DATE_BASIS_INFERRED);
    quote.mutable_said()->set_printed("earlier this month");
    pb::Appearance& appearance = *quote.add_appearances();
    appearance = AnAppearance().In("outlets/times").On("2007-11-22").At("https://times.example/1").Under("A headline");
    appearance.mutable_article()->set_byline("By B");
    appearance.mutable_article()->set_dateline("MOSCOW, Nov 21");
    appearance.mutable_published()->set_printed("Thursday");
    appearance.mutable_published()->set_basis(pb::DATE_BASIS_METADATA);
    appearance.set_wording("We DON’T know that.");
    appearance.set_attribution("told the Wire daily");
    appearance.set_cue("told");
    appearance.set_role("envoy");
    appearance.set_resolution(pb::RESOLUTION_NAMED);
    appearance.set_marks(pb::MARKS_OPENING_MISSING);
    appearance.set_context_before("He said: ");
    appearance.set_context_after(" Then he left.");
    for (const int begin : {10, 30}) {
      appearance.add_ranges()->set_begin(begin);
      appearance.mutable_ranges(appearance.ranges_size() - 1)->set_end(begin + 10);
    }
    appearance.add_relays()->set_outlet("outlets/wire");
    appearance.add_relays()->set_outlet("outlets/post");
    return quote;
  }

  static void ExpectFields(const grpc::Status& status, const std::vector<std::string>& fields) {
    EXPECT_EQ(status.error_code(), grpc::INVALID_ARGUMENT) << status.error_message();
    EXPECT_EQ(Reason(status), pb::ERROR_REASON_FIELDS_INVALID);
    EXPECT_EQ(Fields(status), fields);
  }
  static void ExpectRefused(const grpc::Status& status, grpc::StatusCode code, pb::ErrorReason reason) {
    EXPECT_EQ(status.error_code(), code) << status.error_message();
    EXPECT_EQ(Reason(status), reason) << status.error_message();
  }
};

// --- Creating and reading

TEST_F(QuotesTest, CreateQuote_WithEverything_ComesBackAsGiven) {
  const pb::Quote wanted = Everything();
  const pb::Quote made = MustCreate(wanted);
  const Answer<pb::Quote> got = Get(made.name());
  ASSERT_TRUE(got.status.ok());
  EXPECT_TRUE(MessageDifferencer::Equals(*got, made));
  EXPECT_EQ(made.name().size(), 39U);
  EXPECT_EQ(made.speaker_display_name(), "Ada King");
  EXPECT_EQ(made.state(), pb::QUOTE_STATE_ACTIVE);
  EXPECT_EQ(made.polarity(), pb::POLARITY_AFFIRMED);
  EXPECT_EQ(made.occurred_precision(), pb::PRECISION_INTERVAL);
  EXPECT_EQ(made.appearances(0).outlet_display_name(), "The Times");
  EXPECT_EQ(made.appearances(0).relays(0).outlet_display_name(), "The Wire");
  EXPECT_FALSE(made.appearances(0).article().name().empty());
  EXPECT_FALSE(made.citation().empty());
  EXPECT_FALSE(made.edited());
  EXPECT_EQ(made.import(), "");
  pb::Quote written = made;  // without what the server sets
  for (const char* field : {"name", "speaker_display_name", "state", "occurred", "occurred_precision", "citation",
                            "create_time", "update_time", "etag", "polarity"}) {
    written.GetReflection()->ClearField(&written, written.GetDescriptor()->FindFieldByName(field));
  }
  pb::Appearance& appearance = *written.mutable_appearances(0);
  appearance.clear_id();
  appearance.clear_outlet_display_name();
  appearance.clear_create_time();
  appearance.mutable_article()->clear_name();
  for (pb::Hop& hop : *appearance.mutable_relays()) {
    EXPECT_FALSE(hop.article().empty());
    hop.clear_outlet_display_name();
    hop.clear_article();
  }
  EXPECT_EQ(written.DebugString(), wanted.DebugString());
}

TEST_F(QuotesTest, CreateQuote_WithWhatTheServerSets_IgnoresIt) {
  pb::Quote quote = AQuote().By("speakers/ada");
  quote.set_name("quotes/ffffffffffffffffffffffffffffffff");
  quote.set_state(pb::QUOTE_STATE_RETRACTED);
  quote.set_retract_reason("x");
  quote.set_etag("77");
  quote.set_edited(true);
  quote.set_import("imports/1");
  quote.set_citation("x");
  quote.set_occurred_precision(pb::PRECISION_DAY);
  quote.add_appearances()->set_id("ffffffffffffffffffffffffffffffff");
  const pb::Quote made = MustCreate(quote);
  EXPECT_NE(made.name(), quote.name());
  EXPECT_EQ(made.state(), pb::QUOTE_STATE_ACTIVE);
  EXPECT_EQ(made.retract_reason(), "");
  EXPECT_EQ(made.etag(), "1");
  EXPECT_FALSE(made.edited());
  EXPECT_EQ(made.import(), "");
  EXPECT_EQ(made.occurred_precision(), pb::PRECISION_RECORDED);
  EXPECT_NE(made.appearances(0).id(), quote.appearances(0).id());
}

TEST_F(QuotesTest, CreateQuote_OfKnownWords_AlreadyExists) {
  MustCreate(AQuote().By("speakers/ada").Saying("We don’t know.").On("2007"));
  ExpectRefused(Create(AQuote().By("speakers/ada").Saying("“We don't  know”").On("2007")).status, grpc::ALREADY_EXISTS,
                pb::ERROR_REASON_QUOTE_EXISTS);
  EXPECT_TRUE(Create(AQuote().By("speakers/ada").Saying("We don’t know.").On("2008")).status.ok());
  EXPECT_TRUE(Create(AQuote().By("speakers/bob").Saying("We don’t know.").On("2007")).status.ok());
  EXPECT_TRUE(Create(AQuote().By("speakers/ada").Saying("We know.").On("2007")).status.ok());
}

TEST_F(QuotesTest, CreateQuote_OfUnnamedSources_NeverMergesThem) {
  const AQuote official = AQuote().BySomebody("a senior official").Saying("It is over.").On("2007-11-21");
  const pb::Quote times = MustCreate(AQuote(official).In("outlets/times"));
  const pb::Quote post = MustCreate(AQuote(official).In("outlets/post"));
  EXPECT_NE(times.name(), post.name());
  EXPECT_EQ(times.source_terms(), pb::SOURCE_TERMS_UNKNOWN);
  EXPECT_EQ(times.speaker(), "");
  ExpectRefused(Create(AQuote(official).In("outlets/post")).status, grpc::ALREADY_EXISTS,
                pb::ERROR_REASON_QUOTE_EXISTS);
  pb::QuoteFilter unnamed;
  unnamed.set_unnamed(true);
  EXPECT_EQ(List(unnamed)->quotes_size(), 2);
  EXPECT_EQ(Sql("SELECT count(*) FROM speakers"), "2");
}

TEST_F(QuotesTest, CreateQuote_OfUnknownNames_IsNotFound) {
  ExpectRefused(Create(AQuote().By("speakers/eve")).status, grpc::NOT_FOUND, pb::ERROR_REASON_SPEAKER_NOT_FOUND);
  ExpectRefused(Create(AQuote().In("outlets/eve")).status, grpc::NOT_FOUND, pb::ERROR_REASON_OUTLET_NOT_FOUND);
  ExpectRefused(Create(AQuote().About("topics/eve")).status, grpc::NOT_FOUND, pb::ERROR_REASON_TOPIC_NOT_FOUND);
  ExpectRefused(Create(AQuote().Printed(AnAppearance().In("outlets/times").Via("outlets/eve"))).status, grpc::NOT_FOUND,
                pb::ERROR_REASON_OUTLET_NOT_FOUND);
  EXPECT_EQ(Sql("SELECT count(*) FROM quotes"), "0");
}

TEST_F(QuotesTest, CreateQuote_WithABadField_NamesIt) {
  const auto appearance = [](const std::function<void(pb::Appearance&)>& make) {
    return [make](pb::Quote& quote) { make(*quote.add_appearances()); };
  };
  const auto said = [](int from_year, int from_month, int from_day, int to_year) {
    return [=](pb::Quote& quote) {
      *quote.mutable_said()->mutable_from() = ADay(from_year, from_month, from_day);
      *quote.mutable_said()->mutable_to() = ADay(to_year);
    };
  };
  struct Bad {
    std::string field;
    std::function<void(pb::Quote&)> make;
  };
  const std::vector<Bad> all = {
      {"quote.text", [](pb::Quote& q) { q.set_text(""); }},
      {"quote.text", [](pb::Quote& q) { q.set_text(" \u00a0\n"); }},
      {"quote.text", [](pb::Quote& q) { q.set_text(std::string(10 << 20, 'a')); }},
      {"quote.text", [](pb::Quote& q) { q.set_text(std::string(100001, 'a')); }},
      {"quote.text", [](pb::Quote& q) { q.set_text(std::string("a\0b", 3)); }},
      {"quote.text", [](pb::Quote& q) { q.set_text("a\x1b[0m"); }},
      {"quote.speaker", [](pb::Quote& q) { q.clear_described_as(); }},
      {"quote.speaker",
       [](pb::Quote& q) {
         q.clear_described_as();
         q.set_speaker("Ada King");
       }},
      {"quote.described_as", [](pb::Quote& q) { q.set_speaker("speakers/ada"); }},
      {"quote.described_as", [](pb::Quote& q) { q.set_described_as(std::string(501, 'a')); }},
      {"quote.source_terms", [](pb::Quote& q) { q.set_source_terms(static_cast<pb::SourceTerms>(77)); }},
      {"quote.kind", [](pb::Quote& q) { q.clear_kind(); }},
      {"quote.kind", [](pb::Quote& q) { q.set_kind(static_cast<pb::QuoteKind>(77)); }},
      {"quote.polarity", [](pb::Quote& q) { q.set_polarity(static_cast<pb::Polarity>(-1)); }},
      {"quote.language", [](pb::Quote& q) { q.set_language("not a tag!"); }},
      {"quote.original_language", [](pb::Quote& q) { q.set_original_language("1"); }},
      {"quote.original_text", [](pb::Quote& q) { q.set_original_text(std::string(100001, 'a')); }},
      {"quote.said.from", said(2007, 2, 31, 0)},
      {"quote.said.from", said(2007, 13, 0, 0)},
      {"quote.said.from", said(2007, 0, 5, 0)},
      {"quote.said.from", said(-5, 0, 0, 0)},
      {"quote.said.to", said(2007, 0, 0, 10000)},
      {"quote.said", said(2008, 0, 0, 2007)},
      {"quote.said.printed", [](pb::Quote& q) { q.mutable_said()->set_printed(std::string(501, 'a')); }},
      {"quote.said.basis", [](pb::Quote& q) { q.mutable_said()->set_basis(static_cast<pb::DateBasis>(77)); }},
      {"quote.topics[0]", [](pb::Quote& q) { q.add_topics("war"); }},
      {"quote.topics",
       [](pb::Quote& q) {
         for (int i = 0; i < 10000; ++i) q.add_topics("topics/t" + std::to_string(i));
       }},
      {"quote.note", [](pb::Quote& q) { q.set_note(std::string(4001, 'a')); }},
      {"quote.appearances",
       [](pb::Quote& q) {
         for (int i = 0; i < 1001; ++i) q.add_appearances();
       }},
      {"quote.appearances",
       [](pb::Quote& q) {
         q.add_appearances();
         q.add_appearances();
       }},
      {"quote.appearances[0].outlet", appearance([](pb::Appearance& a) { a.set_outlet("The Times"); })},
      {"quote.appearances[0].article.url",
       appearance([](pb::Appearance& a) { a.mutable_article()->set_url("javascript:1"); })},
      {"quote.appearances[0].article.url",
       appearance([](pb::Appearance& a) { a.mutable_article()->set_url("http://" + std::string(2000, 'a')); })},
      {"quote.appearances[0].article.headline",
       appearance([](pb::Appearance& a) { a.mutable_article()->set_headline(std::string(1001, 'a')); })},
      {"quote.appearances[0].article.byline",
       appearance([](pb::Appearance& a) { a.mutable_article()->set_byline(std::string(501, 'a')); })},
      {"quote.appearances[0].article.dateline",
       appearance([](pb::Appearance& a) { a.mutable_article()->set_dateline(std::string(201, 'a')); })},
      {"quote.appearances[0].published.to",
       appearance([](pb::Appearance& a) { *a.mutable_published()->mutable_to() = ADay(2007, 2, 29); })},
      {"quote.appearances[0].wording", appearance([](pb::Appearance& a) { a.set_wording(std::string(100001, 'a')); })},
      {"quote.appearances[0].attribution",
       appearance([](pb::Appearance& a) { a.set_attribution(std::string(1001, 'a')); })},
      {"quote.appearances[0].cue", appearance([](pb::Appearance& a) { a.set_cue(std::string(201, 'a')); })},
      {"quote.appearances[0].role", appearance([](pb::Appearance& a) { a.set_role(std::string(501, 'a')); })},
      {"quote.appearances[0].resolution",
       appearance([](pb::Appearance& a) { a.set_resolution(static_cast<pb::Resolution>(77)); })},
      {"quote.appearances[0].marks", appearance([](pb::Appearance& a) { a.set_marks(static_cast<pb::Marks>(77)); })},
      {"quote.appearances[0].context_before",
       appearance([](pb::Appearance& a) { a.set_context_before(std::string(33, 'a')); })},
      {"quote.appearances[0].context_after",
       appearance([](pb::Appearance& a) { a.set_context_after(std::string("\0", 1)); })},
      {"quote.appearances[0].ranges", appearance([](pb::Appearance& a) { a.add_ranges(); })},
      {"quote.appearances[0].ranges", appearance([](pb::Appearance& a) {
         a.add_ranges()->set_end(5);
         a.add_ranges()->set_begin(4);
         a.mutable_ranges(1)->set_end(6);
       })},
      {"quote.appearances[0].ranges", appearance([](pb::Appearance& a) {
         for (int i = 0; i < 101; ++i) {
           a.add_ranges()->set_begin(2 * i);
           a.mutable_ranges(i)->set_end(2 * i + 1);
         }
       })},
      {"quote.appearances[0].relays", appearance([](pb::Appearance& a) {
         for (int i = 0; i < 21; ++i) a.add_relays()->set_outlet("outlets/wire");
       })},
      {"quote.appearances[0].relays[0].outlet", appearance([](pb::Appearance& a) { a.add_relays(); })},
  };
  for (const Bad& bad : all) {
    SCOPED_TRACE(bad.field);
    pb::Quote quote = AQuote();
    bad.make(quote);
    ExpectFields(Create(quote).status, {bad.field});
  }
  ExpectFields(Create(AQuote(), std::string(101, 'r')).status, {"request_id"});
  EXPECT_EQ(Sql("SELECT count(*) FROM quotes"), "0");
  EXPECT_EQ(Sql("SELECT count(*) FROM request_keys"), "0");
}

TEST_F(QuotesTest, CreateQuote_WithSeveralBadFields_NamesThemAll) {
  pb::Quote quote = AQuote().Saying("").Written("?").About("war");
  ExpectFields(Create(quote).status, {"quote.text", "quote.language", "quote.topics[0]"});
}

TEST_F(QuotesTest, CreateQuote_WithUnknownFields_IsRefused) {
  pb::CreateQuoteRequest outer;
  *outer.mutable_quote() = AQuote();
  outer.GetReflection()->MutableUnknownFields(&outer)->AddVarint(999, 1);
  ExpectRefused(Call(*quotes_, &pb::QuoteService::Stub::CreateQuote, outer).status, grpc::INVALID_ARGUMENT,
                pb::ERROR_REASON_UNKNOWN_FIELD);
  pb::Quote inner = AQuote().In("outlets/times");
  pb::PartialDate& date = *inner.mutable_appearances(0)->mutable_published()->mutable_from();
  date.set_year(2007);
  date.GetReflection()->MutableUnknownFields(&date)->AddLengthDelimited(4, "noon");
  ExpectRefused(Create(inner).status, grpc::INVALID_ARGUMENT, pb::ERROR_REASON_UNKNOWN_FIELD);
  EXPECT_EQ(Sql("SELECT count(*) FROM quotes"), "0");
}

TEST_F(QuotesTest, CreateQuote_OfTextsFromTheWild_KeepsThem) {
  const std::vector<std::string> texts = {"אנחנו נראה „מחר“ \u200fכן",
                                          "سنرى \u202bغدا\u202c",
                                          "e\u0301le\u0300ve e\u0323\u0302",
                                          "“She said: ‘he said “no”’”",
                                          "100\u00a0% \u2009sûr",
                                          "日本語のテキスト",
                                          "👩‍👩‍👧 and \\ \" ' {} NULL \\N $1",
                                          "line one\nline two\ttab",
                                          "a\x01"};
  for (const std::string& text : texts) {
    const Answer<pb::Quote> made = Create(AQuote().By("speakers/ada").Saying(text));
    if (text == "a\x01") {
      ExpectFields(made.status, {"quote.text"});
      continue;
    }
    ASSERT_TRUE(made.status.ok()) << text << made.status.error_message();
    // White space is folded, everything else is as printed.
    EXPECT_EQ(made->text(), text.find('\n') != std::string::npos  ? "line one line two tab"
                            : text.find('%') != std::string::npos ? "100 % sûr"
                                                                  : text);
    EXPECT_EQ(Get(made->name())->text(), made->text());
  }
}

TEST_F(QuotesTest, CreateQuote_OfTheLargestTexts_IsNoFaultOfTheServer) {
  // Different long words of four-byte letters, each with a hyphen: the most that a word index may have to hold.
  const auto text = [](int first) {
    std::string long_text;
    for (int i = 0; i < 9900; ++i) {
      for (const char* row : {"\xF0\xA0\x80", "-\xF0\xA0\x81"}) {
        for (int n = first + i, digits = 0; digits < 4; ++digits, n /= 30) {
          long_text += (digits > 0 && *row == '-') ? row + 1 : row;
          long_text += static_cast<char>(0x81 + n % 30);
        }
      }
      long_text += ' ';
    }
    return long_text;
  };
  pb::Quote quote = AQuote().By("speakers/ada").Saying(text(1000));
  quote.set_original_text(text(50000));
  const Answer<pb::Quote> made = Create(quote);
  EXPECT_TRUE(made.status.ok() || made.status.error_code() == grpc::INVALID_ARGUMENT)
      << made.status.error_code() << " " << made.status.error_message();
}

// Protobuf refuses to read such a message, and gRPC answers before any code of ours: with UNIMPLEMENTED in 1.51.
TEST_F(QuotesTest, CreateQuote_OfInvalidUtf8_IsRefusedByGrpc) {
  const grpc::Status status = Create(AQuote().Saying("caf\xe9")).status;
  EXPECT_FALSE(status.ok());
  EXPECT_EQ(Sql("SELECT count(*) FROM quotes"), "0");
}

TEST_F(QuotesTest, CreateQuote_LargerThanAMessageMayBe_IsRefused) {
  EXPECT_EQ(Create(AQuote().Saying(std::string(21 << 20, 'a'))).status.error_code(), grpc::RESOURCE_EXHAUSTED);
}

TEST_F(QuotesTest, GetQuote_OfNoSuchName_IsRefused) {
  ExpectRefused(Get(kMissing).status, grpc::NOT_FOUND, pb::ERROR_REASON_QUOTE_NOT_FOUND);
  for (const std::string name : {"", "quotes/", "quotes/1", "speakers/ada", "quotes/0000000000000000000000000000000G",
                                 "quotes/ABCDEF00000000000000000000000000", "quotes/00000000000000000000000000000000/x",
                                 "00000000000000000000000000000000"}) {
    SCOPED_TRACE(name);
    ExpectFields(Get(name).status, {"name"});
  }
}

TEST_F(QuotesTest, BatchGetQuotes_OfKnownAndUnknown_KeepsTheOrder) {
  const std::string a = MustCreate(AQuote().Saying("a")).name();
  const std::string b = MustCreate(AQuote().Saying("b").In("outlets/times")).name();
  const std::string other = "quotes/11111111111111111111111111111111";
  pb::BatchGetQuotesRequest request;
  for (const std::string& name : {b, std::string(kMissing), a, other, b}) request.add_names(name);
  const auto answer = Call(*quotes_, &pb::QuoteService::Stub::BatchGetQuotes, request);
  ASSERT_TRUE(answer.status.ok());
  EXPECT_EQ(Names({answer->quotes().begin(), answer->quotes().end()}), (std::vector<std::string>{b, a, b}));
  EXPECT_EQ(std::vector<std::string>(answer->missing().begin(), answer->missing().end()),
            (std::vector<std::string>{kMissing, other}));
}

TEST_F(QuotesTest, BatchGetQuotes_OfNoneOrTooManyOrNoNames_IsRefused) {
  pb::BatchGetQuotesRequest request;
  ExpectFields(Call(*quotes_, &pb::QuoteService::Stub::BatchGetQuotes, request).status, {"names"});
  for (int i = 0; i < 1000; ++i) request.add_names(kMissing);
  EXPECT_TRUE(Call(*quotes_, &pb::QuoteService::Stub::BatchGetQuotes, request).status.ok());
  request.add_names(kMissing);
  ExpectFields(Call(*quotes_, &pb::QuoteService::Stub::BatchGetQuotes, request).status, {"names"});
  request.clear_names();
  request.add_names("quotes/x");
  EXPECT_EQ(Reason(Call(*quotes_, &pb::QuoteService::Stub::BatchGetQuotes, request).status),
            pb::ERROR_REASON_FIELDS_INVALID);
}

// --- Dates

struct Placement {
  const char* said;
  const char* published;
  pb::PartialDate occurred;
  pb::Precision precision;
};

TEST_F(QuotesTest, CreateQuote_OnUncertainDates_KeepsAndPlacesThem) {
  const std::vector<Placement> all = {
      {"2007-11-21", "", ADay(2007, 11, 21), pb::PRECISION_DAY},
      {"2007-11", "", ADay(2007, 11, 1), pb::PRECISION_MONTH},
      {"2007", "", ADay(2007, 1, 1), pb::PRECISION_YEAR},
      {"2007-11-01/2007-11-21", "", ADay(2007, 11, 1), pb::PRECISION_INTERVAL},
      {"2005/2007-06", "", ADay(2005, 1, 1), pb::PRECISION_INTERVAL},
      {"../2007-11-21", "2007-11-20", ADay(2007, 11, 21), pb::PRECISION_BOUND},
      {"../2007", "", ADay(2007, 12, 31), pb::PRECISION_BOUND},
      {"2007-11-21/..", "", ADay(2007, 11, 21), pb::PRECISION_BOUND},
      {"", "2007-11-22", ADay(2007, 11, 22), pb::PRECISION_PUBLISHED},
      {"", "2007", ADay(2007, 1, 1), pb::PRECISION_PUBLISHED},
      {"0001-01-01", "", ADay(1, 1, 1), pb::PRECISION_DAY},
      {"9999", "", ADay(9999, 1, 1), pb::PRECISION_YEAR},
      {"2004-02-29", "", ADay(2004, 2, 29), pb::PRECISION_DAY},
  };
  for (const Placement& wanted : all) {
    SCOPED_TRACE(wanted.said);
    pb::Quote quote = AQuote()
                          .By("speakers/ada")
                          .Saying(std::string("Placed ") + wanted.said + " " + wanted.published)
                          .Printed(AnAppearance().In("outlets/times").On(wanted.published));
    *quote.mutable_said() = ADate(wanted.said, pb::DATE_BASIS_INFERRED);
    quote.mutable_said()->set_printed("sometime");
    const pb::Quote made = MustCreate(quote);
    EXPECT_TRUE(MessageDifferencer::Equals(made.said(), quote.said())) << made.said().ShortDebugString();
    EXPECT_TRUE(MessageDifferencer::Equals(made.occurred(), wanted.occurred)) << made.occurred().ShortDebugString();
    EXPECT_EQ(made.occurred_precision(), wanted.precision);
    Retract(made.name());
  }
}

TEST_F(QuotesTest, CreateQuote_WithoutAnyDate_IsPlacedOnTheDayOfRecording) {
  const pb::Quote made = MustCreate(AQuote());
  EXPECT_EQ(made.occurred_precision(), pb::PRECISION_RECORDED);
  EXPECT_FALSE(made.said().has_from());
  EXPECT_FALSE(made.said().has_to());
  EXPECT_EQ(Sql("SELECT count(*) FROM quotes WHERE occurred_on = (create_time AT TIME ZONE 'UTC')::date"), "1");
}

TEST_F(QuotesTest, CreateQuote_WithOddDates_WarnsAndKeepsIt) {
  const auto warnings = [&](const char* said, const char* published) {
    const pb::Quote made =
        MustCreate(AQuote().By("speakers/ada").On(said).Printed(AnAppearance().In("outlets/times").On(published)));
    return std::vector<int>(made.warnings().begin(), made.warnings().end());
  };
  EXPECT_EQ(warnings("2007-11-22", "2007-11-21"), (std::vector<int>{pb::QUOTE_WARNING_SAID_AFTER_PUBLISHED}));
  EXPECT_EQ(warnings("2007-11-21", "2007-11-21"), std::vector<int>{});
  EXPECT_EQ(warnings("2007-11", "2007-11-02"), std::vector<int>{});
  EXPECT_EQ(warnings("9998", ""), (std::vector<int>{pb::QUOTE_WARNING_SAID_IN_FUTURE}));
  EXPECT_EQ(warnings("9999", "2007"),
            (std::vector<int>{pb::QUOTE_WARNING_SAID_AFTER_PUBLISHED, pb::QUOTE_WARNING_SAID_IN_FUTURE}));
}

// --- Updates

TEST_F(QuotesTest, UpdateQuote_OfEachField_ChangesThatAlone) {
  pb::Quote current = MustCreate(Everything());
  pb::Quote wanted = AQuote().Saying("Other words").By("speakers/bob").As(pb::QUOTE_KIND_INDIRECT);
  wanted.set_polarity(pb::POLARITY_NEGATED);
  wanted.set_source_terms(pb::SOURCE_TERMS_BACKGROUND);
  wanted.set_language("de");
  wanted.set_original_text("Andere Worte");
  wanted.set_original_language("ru");
  *wanted.mutable_said() = ADate("2001");
  wanted.add_topics("topics/peace");
  wanted.set_note("changed");
  *wanted.add_appearances() = AnAppearance().In("outlets/post").On("2001-02-03");
  wanted.set_name(current.name());
  for (const std::string path : {"text", "speaker", "source_terms", "kind", "polarity", "language", "original_text",
                                 "original_language", "said", "topics", "note", "appearances"}) {
    SCOPED_TRACE(path);
    wanted.set_etag(current.etag());
    const Answer<pb::Quote> updated = Update(wanted, {path});
    ASSERT_TRUE(updated.status.ok()) << updated.status.error_message();
    EXPECT_EQ(std::stoi(updated->etag()), std::stoi(current.etag()) + 1);
    EXPECT_TRUE(updated->edited());
    for (const std::string other : {"text", "speaker", "source_terms", "kind", "polarity", "language", "original_text",
                                    "original_language", "said", "topics", "note"}) {
      const auto* field = pb::Quote::descriptor()->FindFieldByName(other);
      MessageDifferencer differ;
      EXPECT_TRUE(differ.CompareWithFields(*updated, other == path ? wanted : current, {field}, {field})) << other;
    }
    EXPECT_TRUE(MessageDifferencer::Equals(*Get(current.name()), *updated));
    current = *updated;
  }
  ASSERT_EQ(current.appearances_size(), 1);
  EXPECT_EQ(current.appearances(0).outlet(), "outlets/post");
  EXPECT_EQ(current.occurred().year(), 2001);
}

TEST_F(QuotesTest, UpdateQuote_ToAnUnnamedSource_NeedsBothFields) {
  pb::Quote quote = MustCreate(AQuote().By("speakers/ada"));
  quote.clear_speaker();
  quote.set_described_as("an aide");
  ExpectFields(Update(quote, {"speaker"}).status, {"quote.speaker"});
  ExpectFields(Update(quote, {"described_as"}).status, {"quote.described_as"});
  const Answer<pb::Quote> updated = Update(quote, {"speaker", "described_as"});
  ASSERT_TRUE(updated.status.ok()) << updated.status.error_message();
  EXPECT_EQ(updated->speaker(), "");
  EXPECT_EQ(updated->speaker_display_name(), "");
  EXPECT_EQ(updated->described_as(), "an aide");
}

TEST_F(QuotesTest, UpdateQuote_OfEverything_ReplacesAll) {
  const pb::Quote before = MustCreate(Everything());
  pb::Quote wanted = AQuote().Saying("Other words");
  wanted.set_name(before.name());
  const Answer<pb::Quote> updated = Update(wanted, {"*"});
  ASSERT_TRUE(updated.status.ok()) << updated.status.error_message();
  EXPECT_EQ(updated->text(), "Other words");
  EXPECT_EQ(updated->speaker(), "");
  EXPECT_EQ(updated->topics_size(), 0);
  EXPECT_EQ(updated->appearances_size(), 0);
  EXPECT_EQ(updated->note(), "");
  EXPECT_EQ(updated->language(), "");
  EXPECT_FALSE(updated->said().has_from());
  EXPECT_EQ(updated->occurred_precision(), pb::PRECISION_RECORDED);
  EXPECT_EQ(Sql("SELECT count(*) FROM quote_topics"), "0");
  EXPECT_EQ(Sql("SELECT count(*) FROM appearances"), "0");
  EXPECT_TRUE(MessageDifferencer::Equals(updated->create_time(), before.create_time()));
}

TEST_F(QuotesTest, UpdateQuote_WithABadMask_NamesIt) {
  pb::Quote quote = MustCreate(AQuote());
  const std::vector<std::vector<std::string>> masks = {
      {}, {"etag"}, {"name"}, {"state"}, {"said.from"}, {"nothing"}, {"text", "occurred"}, {""}, {"Text"}};
  for (const auto& mask : masks) ExpectFields(Update(quote, mask).status, {"update_mask"});
  EXPECT_EQ(Get(quote.name())->etag(), quote.etag());
}

TEST_F(QuotesTest, UpdateQuote_ThatMakesItInvalid_NamesTheField) {
  pb::Quote quote = MustCreate(AQuote());
  quote.set_text(" ");
  quote.set_kind(static_cast<pb::QuoteKind>(77));
  ExpectFields(Update(quote, {"text"}).status, {"quote.text"});
  ExpectFields(Update(quote, {"kind"}).status, {"quote.kind"});
  ExpectFields(Update(quote, {"note"}, "", "", std::string(1001, 'a')).status, {"reason"});
  quote.add_topics("topics/eve");
  ExpectRefused(Update(quote, {"topics"}).status, grpc::NOT_FOUND, pb::ERROR_REASON_TOPIC_NOT_FOUND);
}

TEST_F(QuotesTest, UpdateQuote_WithOldEtag_IsAborted) {
  pb::Quote quote = MustCreate(AQuote());
  const std::string old = quote.etag();
  quote.set_note("one");
  ASSERT_TRUE(Update(quote, {"note"}).status.ok());
  quote.set_note("two");
  ExpectRefused(Update(quote, {"note"}).status, grpc::ABORTED, pb::ERROR_REASON_ETAG_MISMATCH);
  quote.set_etag("no etag");
  ExpectRefused(Update(quote, {"note"}).status, grpc::ABORTED, pb::ERROR_REASON_ETAG_MISMATCH);
  ExpectRefused(Retract(quote.name(), "x", old).status, grpc::ABORTED, pb::ERROR_REASON_ETAG_MISMATCH);
  EXPECT_EQ(Get(quote.name())->note(), "one");
  quote.clear_etag();
  EXPECT_EQ(Update(quote, {"note"})->note(), "two");
}

TEST_F(QuotesTest, UpdateQuote_ToWhatItIs_MakesNoRevision) {
  const pb::Quote quote = MustCreate(Everything());
  const Answer<pb::Quote> updated = Update(quote, {"*"});
  ASSERT_TRUE(updated.status.ok()) << updated.status.error_message();
  EXPECT_TRUE(MessageDifferencer::Equals(*updated, quote)) << updated->DebugString();
  EXPECT_EQ(Sql("SELECT count(*) FROM quote_revisions"), "0");
}

TEST_F(QuotesTest, UpdateQuote_OfNoSuchQuote_IsRefused) {
  pb::Quote quote = AQuote();
  quote.set_name(kMissing);
  ExpectRefused(Update(quote, {"text"}).status, grpc::NOT_FOUND, pb::ERROR_REASON_QUOTE_NOT_FOUND);
  ExpectRefused(Retract(kMissing).status, grpc::NOT_FOUND, pb::ERROR_REASON_QUOTE_NOT_FOUND);
  ExpectRefused(Restore(kMissing).status, grpc::NOT_FOUND, pb::ERROR_REASON_QUOTE_NOT_FOUND);
  ExpectRefused(Revisions(kMissing).status, grpc::NOT_FOUND, pb::ERROR_REASON_QUOTE_NOT_FOUND);
  quote.set_name("x");
  EXPECT_EQ(Reason(Update(quote, {"text"}).status), pb::ERROR_REASON_FIELDS_INVALID);
  EXPECT_EQ(Reason(Retract("x").status), pb::ERROR_REASON_FIELDS_INVALID);
  EXPECT_EQ(Reason(Revisions("x").status), pb::ERROR_REASON_FIELDS_INVALID);
}

TEST_F(QuotesTest, UpdateQuote_OfDatesAndTopics_MovesItInEveryList) {
  pb::Quote quote = MustCreate(AQuote().By("speakers/ada").On("2007").About("topics/war").In("outlets/times"));
  *quote.mutable_said() = ADate("2001-02-03");
  quote.clear_topics();
  quote.add_topics("topics/peace");
  quote.set_speaker("speakers/bob");
  ASSERT_TRUE(Update(quote, {"said", "topics", "speaker"}).status.ok());
  pb::QuoteFilter filter;
  filter.add_outlets("outlets/times");
  filter.add_topics("topics/peace");
  filter.add_speakers("speakers/bob");
  *filter.mutable_said() = Between("2001-02-03", "2001-02-03");
  EXPECT_EQ(List(filter)->quotes_size(), 1);
  pb::QuoteFilter outlet;
  outlet.add_outlets("outlets/times");
  *outlet.mutable_said() = Between("2001-02-03", "2001-02-03");
  EXPECT_EQ(List(outlet)->quotes_size(), 1);
  pb::QuoteFilter old_topic;
  old_topic.add_topics("topics/war");
  EXPECT_EQ(List(old_topic)->quotes_size(), 0);
  EXPECT_EQ(Sql("SELECT count(*) FROM appearances WHERE occurred_on = '2001-02-03'"), "1");
}

TEST_F(QuotesTest, UpdateQuote_ByEightAtOnceWithEtags_LosesNone) {
  const std::string name = MustCreate(AQuote()).name();
  constexpr int kWriters = 8;
  constexpr int kTurns = 5;
  std::atomic<int> other_failures = 0;
  std::vector<std::thread> writers;
  for (int writer = 0; writer < kWriters; ++writer) {
    writers.emplace_back([&, writer] {
      for (int turn = 0; turn < kTurns;) {
        pb::Quote quote = *Get(name);
        quote.set_note(quote.note() + "[" + std::to_string(writer) + "." + std::to_string(turn) + "]");
        const grpc::Status status = Update(quote, {"note"}).status;
        if (status.ok()) {
          ++turn;
        } else if (status.error_code() != grpc::ABORTED) {
          ++other_failures;
          return;
        }
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(other_failures, 0);
  const pb::Quote quote = *Get(name);
  for (int writer = 0; writer < kWriters; ++writer) {
    for (int turn = 0; turn < kTurns; ++turn) {
      EXPECT_NE(quote.note().find("[" + std::to_string(writer) + "." + std::to_string(turn) + "]"), std::string::npos);
    }
  }
  EXPECT_EQ(quote.etag(), std::to_string(1 + kWriters * kTurns));
  EXPECT_EQ(Revisions(name, 200)->revisions_size(), 1 + kWriters * kTurns);
}

TEST_F(QuotesTest, UpdateQuote_ByEightAtOnceOfEightFields_KeepsAllEight) {
  const std::string name = MustCreate(AQuote().By("speakers/ada")).name();
  pb::Quote wanted = Everything();
  wanted.set_name(name);
  const std::vector<std::string> paths = {"text", "kind",   "language", "original_text",
                                          "said", "topics", "note",     "appearances"};
  std::vector<std::thread> writers;
  for (const std::string& path : paths) {
    writers.emplace_back([&, path] {
      grpc::Status status;
      do {
        status = Update(wanted, {path}).status;
      } while (status.error_code() == grpc::ABORTED);
      EXPECT_TRUE(status.ok()) << path << ": " << status.error_message();
    });
  }
  for (std::thread& writer : writers) writer.join();
  const pb::Quote quote = *Get(name);
  EXPECT_EQ(quote.text(), wanted.text());
  EXPECT_EQ(quote.kind(), wanted.kind());
  EXPECT_EQ(quote.language(), wanted.language());
  EXPECT_EQ(quote.original_text(), wanted.original_text());
  EXPECT_TRUE(MessageDifferencer::Equals(quote.said(), wanted.said()));
  EXPECT_EQ(quote.topics_size(), 2);
  EXPECT_EQ(quote.note(), wanted.note());
  EXPECT_EQ(quote.appearances_size(), 1);
  EXPECT_EQ(quote.etag(), "9");
}

// --- Request ids

TEST_F(QuotesTest, CreateQuote_WithTheSameRequestId_AnswersWithTheFirst) {
  const Answer<pb::Quote> first = Create(AQuote().Saying("a"), "id-1");
  const Answer<pb::Quote> again = Create(AQuote().Saying("a"), "id-1");
  ASSERT_TRUE(again.status.ok()) << again.status.error_message();
  EXPECT_TRUE(MessageDifferencer::Equals(*first, *again));
  EXPECT_EQ(Sql("SELECT count(*) FROM quotes"), "1");
  ExpectRefused(Create(AQuote().Saying("b"), "id-1").status, grpc::INVALID_ARGUMENT,
                pb::ERROR_REASON_REQUEST_ID_REUSED);
  ExpectRefused(Retract(first->name(), "x", "", "id-1").status, grpc::INVALID_ARGUMENT,
                pb::ERROR_REASON_REQUEST_ID_REUSED);
}

TEST_F(QuotesTest, CreateQuote_RefusedWithARequestId_LeavesItFree) {
  EXPECT_FALSE(Create(AQuote().By("speakers/eve"), "id-1").status.ok());
  EXPECT_TRUE(Create(AQuote(), "id-1").status.ok());
}

TEST_F(QuotesTest, CreateQuote_WithOneRequestIdAtOnce_MakesOne) {
  std::vector<std::thread> callers;
  std::atomic<int> good = 0;
  for (int i = 0; i < 8; ++i) {
    callers.emplace_back([&] {
      grpc::Status status;
      do {
        status = Create(AQuote(), "id-1").status;
      } while (status.error_code() == grpc::ABORTED);
      if (status.ok()) ++good;
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(good, 8);
  EXPECT_EQ(Sql("SELECT count(*) FROM quotes"), "1");
}

// Calls that come together share a statement; each gets the answer to what it asked.
TEST_F(QuotesTest, GetQuote_ByManyAtOnce_AnswersEachWhatItAsked) {
  constexpr int kQuotes = 5;
  std::vector<std::string> names;
  for (int i = 0; i < kQuotes; ++i) {
    names.push_back(MustCreate(AQuote().Saying(StrCat("Words number ", i))).name());
  }
  names.insert(names.end(), {kMissing, "nobody"});
  std::vector<std::thread> callers;
  for (int i = 0; i < 32; ++i) {
    callers.emplace_back([&, i] {
      for (int round = 0; round < 20; ++round) {
        const int at = (i + round) % (kQuotes + 2);
        const Answer<pb::Quote> answer = Get(names[static_cast<std::size_t>(at)]);
        if (at < kQuotes) {
          ASSERT_TRUE(answer.status.ok()) << answer.status.error_message();
          EXPECT_EQ(answer->text(), StrCat("Words number ", at));
        } else {
          EXPECT_EQ(answer.status.error_code(), at == kQuotes ? grpc::NOT_FOUND : grpc::INVALID_ARGUMENT);
        }
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
}

TEST_F(QuotesTest, UpdateQuote_WithTheSameRequestId_ChangesOnce) {
  pb::Quote quote = MustCreate(AQuote());
  quote.set_note("one");
  ASSERT_TRUE(Update(quote, {"note"}, "u").status.ok());
  // The etag is the old one by now; that is what makes it safe to repeat.
  const Answer<pb::Quote> again = Update(quote, {"note"}, "u");
  ASSERT_TRUE(again.status.ok()) << again.status.error_message();
  EXPECT_EQ(again->etag(), "2");
  quote.set_note("two");
  ExpectRefused(Update(quote, {"note"}, "u").status, grpc::INVALID_ARGUMENT, pb::ERROR_REASON_REQUEST_ID_REUSED);
  EXPECT_EQ(Sql("SELECT count(*) FROM quote_revisions"), "1");
}

TEST_F(QuotesTest, RetractAndRestore_WithTheSameRequestIds_HappenOnce) {
  const std::string name = MustCreate(AQuote()).name();
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(Retract(name, "wrong", "", "r").status.ok());
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(Restore(name, "right", "", "s").status.ok());
  EXPECT_EQ(Get(name)->etag(), "3");
  // Repeating the first call now answers with the quote as it is.
  EXPECT_EQ(Retract(name, "wrong", "", "r")->state(), pb::QUOTE_STATE_ACTIVE);
}

// --- Retracting

TEST_F(QuotesTest, RetractQuote_LeavesListsAndKeepsItReadable) {
  const pb::Quote quote = MustCreate(AQuote().By("speakers/ada").About("topics/war").In("outlets/times"));
  const Answer<pb::Quote> retracted = Retract(quote.name(), "never said", quote.etag());
  ASSERT_TRUE(retracted.status.ok()) << retracted.status.error_message();
  EXPECT_EQ(retracted->state(), pb::QUOTE_STATE_RETRACTED);
  EXPECT_EQ(retracted->retract_reason(), "never said");
  EXPECT_EQ(retracted->text(), quote.text());
  EXPECT_TRUE(MessageDifferencer::Equals(*Get(quote.name()), *retracted));
  EXPECT_NE(retracted->citation().find("never said"), std::string::npos);
  EXPECT_EQ(List(pb::QuoteFilter())->quotes_size(), 0);
  EXPECT_EQ(Count(pb::QuoteFilter())->count(), 0);
  pb::QuoteFilter retracted_only;
  retracted_only.add_states(pb::QUOTE_STATE_RETRACTED);
  EXPECT_EQ(List(retracted_only)->quotes_size(), 1);

  ExpectRefused(Retract(quote.name()).status, grpc::FAILED_PRECONDITION, pb::ERROR_REASON_QUOTE_RETRACTED);
  ExpectRefused(Update(quote, {"note"}).status, grpc::ABORTED, pb::ERROR_REASON_ETAG_MISMATCH);
  ExpectRefused(Update(*retracted, {"note"}).status, grpc::FAILED_PRECONDITION, pb::ERROR_REASON_QUOTE_RETRACTED);

  const Answer<pb::Quote> restored = Restore(quote.name(), "was said", retracted->etag());
  ASSERT_TRUE(restored.status.ok()) << restored.status.error_message();
  EXPECT_EQ(restored->state(), pb::QUOTE_STATE_ACTIVE);
  EXPECT_EQ(restored->retract_reason(), "");
  EXPECT_EQ(List(pb::QuoteFilter())->quotes_size(), 1);
  ExpectRefused(Restore(quote.name()).status, grpc::FAILED_PRECONDITION, pb::ERROR_REASON_QUOTE_NOT_RETRACTED);
}

TEST_F(QuotesTest, RetractQuote_WithoutAReason_IsRefused) {
  const std::string name = MustCreate(AQuote()).name();
  ExpectFields(Retract(name, "").status, {"reason"});
  ExpectFields(Retract(name, " ").status, {"reason"});
  ExpectFields(Retract(name, std::string(1001, 'a')).status, {"reason"});
  ExpectFields(Retract(name, "x", "", std::string(101, 'a')).status, {"request_id"});
  ExpectFields(Restore(name, "").status, {"reason"});
}

TEST_F(QuotesTest, CreateQuote_OfRetractedWords_AlreadyExists) {
  const pb::Quote quote = MustCreate(AQuote().By("speakers/ada"));
  ASSERT_TRUE(Retract(quote.name()).status.ok());
  ExpectRefused(Create(AQuote().By("speakers/ada")).status, grpc::ALREADY_EXISTS, pb::ERROR_REASON_QUOTE_EXISTS);
}

// --- Revisions

TEST_F(QuotesTest, ListQuoteRevisions_TellsEveryStateAndHowItCameAbout) {
  pb::Quote quote = *Create(Everything(), "", "ines");
  quote.set_text("We know.");
  quote.set_note("");
  quote = *Update(quote, {"text", "note"}, "", "jo", "misheard");
  quote.clear_appearances();
  *quote.add_appearances() = AnAppearance().In("outlets/post").On("2007-11-25");
  quote = *Update(quote, {"appearances"}, "", "kim");
  ASSERT_TRUE(Retract(quote.name(), "disputed").status.ok());
  ASSERT_TRUE(Restore(quote.name(), "settled").status.ok());

  const auto answer = Revisions(quote.name());
  ASSERT_TRUE(answer.status.ok()) << answer.status.error_message();
  ASSERT_EQ(answer->revisions_size(), 5);
  EXPECT_EQ(answer->next_page_token(), "");
  const auto at = [&](int revision) -> const pb::QuoteRevision& { return answer->revisions(5 - revision); };
  const auto fields = [&](int revision) {
    return std::vector<std::string>(at(revision).changed_fields().begin(), at(revision).changed_fields().end());
  };
  for (int revision = 1; revision <= 5; ++revision) EXPECT_EQ(at(revision).revision(), revision);
  EXPECT_EQ(at(1).action(), pb::REVISION_ACTION_CREATED);
  EXPECT_EQ(at(1).author(), "ines");
  EXPECT_EQ(at(1).via(), "CreateQuote");
  EXPECT_EQ(at(1).quote().text(), "We don’t know “that”.");
  EXPECT_EQ(at(1).quote().topics_size(), 2);
  ASSERT_EQ(at(1).quote().appearances_size(), 1);
  EXPECT_EQ(at(1).quote().appearances(0).outlet(), "outlets/times");
  EXPECT_EQ(at(1).quote().appearances(0).relays_size(), 2);
  EXPECT_EQ(at(1).quote().appearances(0).ranges_size(), 2);
  EXPECT_EQ(fields(1), std::vector<std::string>{});
  EXPECT_EQ(at(2).action(), pb::REVISION_ACTION_UPDATED);
  EXPECT_EQ(at(2).author(), "jo");
  EXPECT_EQ(at(2).via(), "UpdateQuote");
  EXPECT_EQ(at(2).reason(), "misheard");
  EXPECT_EQ(at(2).quote().text(), "We know.");
  ASSERT_EQ(at(2).quote().appearances_size(), 1);
  EXPECT_EQ(at(2).quote().appearances(0).outlet(), "outlets/times");
  EXPECT_EQ(fields(2), (std::vector<std::string>{"text", "note"}));
  EXPECT_EQ(at(3).author(), "kim");
  ASSERT_EQ(at(3).quote().appearances_size(), 1);
  EXPECT_EQ(at(3).quote().appearances(0).outlet(), "outlets/post");
  EXPECT_EQ(fields(3), std::vector<std::string>{"appearances"});
  EXPECT_EQ(at(4).action(), pb::REVISION_ACTION_RETRACTED);
  EXPECT_EQ(at(4).author(), "anonymous");
  EXPECT_EQ(at(4).via(), "RetractQuote");
  EXPECT_EQ(at(4).reason(), "disputed");
  EXPECT_EQ(at(4).quote().state(), pb::QUOTE_STATE_RETRACTED);
  EXPECT_EQ(at(4).quote().retract_reason(), "disputed");
  EXPECT_EQ(fields(4), std::vector<std::string>{"state"});
  EXPECT_EQ(at(5).action(), pb::REVISION_ACTION_RESTORED);
  EXPECT_EQ(at(5).quote().state(), pb::QUOTE_STATE_ACTIVE);
  EXPECT_TRUE(MessageDifferencer::Equals(at(5).quote(), *Get(quote.name())));

  std::vector<int> walked;
  std::string token;
  do {
    const auto page = Revisions(quote.name(), 2, token);
    ASSERT_TRUE(page.status.ok()) << page.status.error_message();
    EXPECT_LE(page->revisions_size(), 2);
    for (const pb::QuoteRevision& revision : page->revisions()) {
      walked.push_back(revision.revision());
      EXPECT_TRUE(MessageDifferencer::Equals(revision, at(revision.revision()))) << revision.revision();
    }
    token = page->next_page_token();
  } while (!token.empty());
  EXPECT_EQ(walked, (std::vector<int>{5, 4, 3, 2, 1}));
  EXPECT_EQ(Reason(Revisions(quote.name(), 2, "x").status), pb::ERROR_REASON_PAGE_TOKEN_INVALID);
  EXPECT_EQ(Fields(Revisions(quote.name(), -1).status), std::vector<std::string>{"page_size"});
}

TEST_F(QuotesTest, ListQuoteRevisions_AfterAppearancesWereAddedAndTaken_KnowsThemAsOfThen) {
  pb::Quote quote = MustCreate(AQuote().By("speakers/ada").In("outlets/times"));
  *quote.add_appearances() = AnAppearance().In("outlets/post");
  quote = *Update(quote, {"appearances"});
  quote.set_note("n");
  quote = *Update(quote, {"note"});
  quote.clear_appearances();
  quote = *Update(quote, {"appearances"});
  const auto answer = Revisions(quote.name());
  ASSERT_EQ(answer->revisions_size(), 4);
  const std::vector<int> sizes = {0, 2, 2, 1};
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(answer->revisions(i).quote().appearances_size(), sizes[static_cast<std::size_t>(i)]) << i;
  }
}

// --- Lists

TEST_F(QuotesTest, ListQuotes_LeavesOutWhatWasNotSaid) {
  const std::string said = MustCreate(AQuote().Saying("a")).name();
  MustCreate(AQuote().Saying("b").As(pb::POLARITY_NEGATED));
  MustCreate(AQuote().Saying("c").As(pb::POLARITY_REFUSED));
  const auto all = List(pb::QuoteFilter());
  ASSERT_EQ(all->quotes_size(), 1);
  EXPECT_EQ(all->quotes(0).name(), said);
  EXPECT_EQ(Count(pb::QuoteFilter())->count(), 1);
  pb::QuoteFilter asked;
  asked.add_polarities(pb::POLARITY_NEGATED);
  asked.add_polarities(pb::POLARITY_REFUSED);
  EXPECT_EQ(Texts(*List(asked)).size(), 2U);
  pb::QuoteFilter words;
  words.set_words("b");
  EXPECT_EQ(List(words)->quotes_size(), 0);
}

TEST_F(QuotesTest, ListQuotes_WithABadRequest_NamesTheField) {
  const auto fields = [&](const std::function<void(pb::ListQuotesRequest&)>& make) {
    pb::ListQuotesRequest request;
    make(request);
    const grpc::Status status = List(request).status;
    EXPECT_EQ(status.error_code(), grpc::INVALID_ARGUMENT) << status.error_message();
    EXPECT_EQ(Reason(status), pb::ERROR_REASON_FIELDS_INVALID);
    return Fields(status);
  };
  using Names = std::vector<std::string>;
  EXPECT_EQ(fields([](auto& r) { r.set_page_size(-1); }), Names{"page_size"});
  EXPECT_EQ(fields([](auto& r) { r.set_order(static_cast<pb::QuoteOrder>(77)); }), Names{"order"});
  EXPECT_EQ(fields([](auto& r) { r.set_order(pb::QUOTE_ORDER_RELEVANCE); }), Names{"filter.words"});
  EXPECT_EQ(fields([](auto& r) { r.mutable_filter()->add_speakers("ada"); }), Names{"filter.speakers[0]"});
  EXPECT_EQ(fields([](auto& r) { r.mutable_filter()->add_outlets("ada"); }), Names{"filter.outlets[0]"});
  EXPECT_EQ(fields([](auto& r) { r.mutable_filter()->add_topics("ada"); }), Names{"filter.topics[0]"});
  EXPECT_EQ(fields([](auto& r) {
              for (int i = 0; i < 10000; ++i) r.mutable_filter()->add_topics("topics/a");
            }),
            Names{"filter.topics"});
  EXPECT_EQ(fields([](auto& r) { r.mutable_filter()->add_kinds(static_cast<pb::QuoteKind>(77)); }),
            Names{"filter.kinds[0]"});
  EXPECT_EQ(fields([](auto& r) { r.mutable_filter()->add_polarities(static_cast<pb::Polarity>(77)); }),
            Names{"filter.polarities[0]"});
  EXPECT_EQ(fields([](auto& r) { r.mutable_filter()->add_states(static_cast<pb::QuoteState>(77)); }),
            Names{"filter.states[0]"});
  EXPECT_EQ(fields([](auto& r) { r.mutable_filter()->set_import("x"); }), Names{"filter.import"});
  EXPECT_EQ(fields([](auto& r) { *r.mutable_filter()->mutable_said()->mutable_from() = ADay(2007, 2, 31); }),
            Names{"filter.said.from"});
  EXPECT_EQ(fields([](auto& r) { *r.mutable_filter()->mutable_said() = Between("2008", "2007"); }),
            Names{"filter.said"});
  EXPECT_EQ(fields([](auto& r) { *r.mutable_filter()->mutable_published() = Between("2008", "2007"); }),
            Names{"filter.published"});
  EXPECT_EQ(fields([](auto& r) { r.mutable_filter()->set_words(std::string(1001, 'a')); }), Names{"filter.words"});
  EXPECT_EQ(fields([](auto& r) { r.mutable_filter()->set_words(std::string("a\0b", 3)); }), Names{"filter.words"});
  EXPECT_EQ(fields([](auto& r) {
              r.mutable_filter()->set_unnamed(true);
              r.mutable_filter()->add_speakers("speakers/ada");
            }),
            Names{"filter.unnamed"});
  pb::ListQuotesRequest unknown;
  unknown.GetReflection()->MutableUnknownFields(&unknown)->AddVarint(99, 1);
  EXPECT_EQ(Reason(List(unknown).status), pb::ERROR_REASON_UNKNOWN_FIELD);
  pb::QuoteFilter missing;
  missing.add_speakers("speakers/eve");
  EXPECT_EQ(Reason(List(missing).status), pb::ERROR_REASON_SPEAKER_NOT_FOUND);
  EXPECT_EQ(List(missing).status.error_code(), grpc::NOT_FOUND);
  EXPECT_EQ(Reason(Count(missing).status), pb::ERROR_REASON_SPEAKER_NOT_FOUND);
}

class QuotePagesTest : public QuotesTest {
 protected:
  static constexpr int kQuotes = 230;

  void SetUp() override {
    QuotesTest::SetUp();
    std::vector<pb::ImportRecord> records;
    for (int i = 0; i < kQuotes; ++i) {
      // Many on one day, so that pages end in the middle of it.
      records.push_back(
          ARecord()
              .By("speakers/ada")
              .Saying("common word " + std::string(static_cast<std::size_t>(i % 7), 'x') + " " + std::to_string(i))
              .On("2007-11-" + std::to_string(10 + i % 5))
              .In(i % 2 == 0 ? "outlets/times" : "outlets/post")
              .About(i % 3 == 0 ? "topics/war" : "topics/peace"));
    }
    const Imported imported = Import(*imports_, records);
    ASSERT_TRUE(imported.status.ok()) << imported.status.error_message();
    ASSERT_TRUE(imported.AllAre(pb::OUTCOME_CREATED));
  }
};

TEST_F(QuotePagesTest, ListQuotes_WalkedInEachOrder_GivesEachOnceInOrder) {
  for (const pb::QuoteOrder order :
       {pb::QUOTE_ORDER_UNSPECIFIED, pb::QUOTE_ORDER_NEWEST, pb::QUOTE_ORDER_OLDEST, pb::QUOTE_ORDER_RELEVANCE}) {
    for (const int size : {1, 7, 50, 229, 230, 1000, 2147483647}) {
      if (size == 1 && order != pb::QUOTE_ORDER_OLDEST) continue;
      pb::ListQuotesRequest request;
      request.set_order(order);
      request.set_page_size(size);
      if (order == pb::QUOTE_ORDER_RELEVANCE) request.mutable_filter()->set_words("common word");
      const std::vector<pb::Quote> walked = Walk(request);
      const std::vector<std::string> names = Names(walked);
      EXPECT_EQ(walked.size(), static_cast<std::size_t>(kQuotes)) << order << " " << size;
      EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), names.size());
      for (std::size_t i = 1; i < walked.size() && order != pb::QUOTE_ORDER_RELEVANCE; ++i) {
        const int before = walked[i - 1].occurred().day();
        const int day = walked[i].occurred().day();
        EXPECT_TRUE(order == pb::QUOTE_ORDER_OLDEST ? before <= day : before >= day);
      }
    }
  }
}

TEST_F(QuotePagesTest, ListQuotes_WithoutASize_GivesFifty) {
  const auto page = List(pb::ListQuotesRequest());
  EXPECT_EQ(page->quotes_size(), 50);
  EXPECT_FALSE(page->next_page_token().empty());
}

TEST_F(QuotePagesTest, ListQuotes_WalkedWithEachDriver_GivesEachOnce) {
  struct Driver {
    std::function<void(pb::QuoteFilter&)> set;
    std::size_t quotes;
  };
  const std::vector<Driver> drivers = {
      {[](auto& f) { f.add_speakers("speakers/ada"); }, 230},
      {[](auto& f) { f.add_topics("topics/war"); }, 77},
      {[](auto& f) { f.add_outlets("outlets/times"); }, 115},
      {[](auto& f) {
         f.add_speakers("speakers/ada");
         f.add_topics("topics/war");
       },
       77},
      {[](auto& f) {
         f.add_speakers("speakers/ada");
         f.add_speakers("speakers/bob");
       },
       230},
      {[](auto& f) {
         f.add_topics("topics/war");
         f.add_topics("topics/peace");
       },
       230},
      {[](auto& f) {
         f.add_outlets("outlets/times");
         f.add_outlets("outlets/post");
       },
       230},
      {[](auto& f) { f.set_import("imports/1"); }, 230},
      {[](auto& f) { f.set_unnamed(true); }, 0},
      {[](auto& f) { f.set_words("xxx"); }, 33},
  };
  for (std::size_t i = 0; i < drivers.size(); ++i) {
    for (const pb::QuoteOrder order : {pb::QUOTE_ORDER_NEWEST, pb::QUOTE_ORDER_OLDEST}) {
      pb::ListQuotesRequest request;
      drivers[i].set(*request.mutable_filter());
      request.set_order(order);
      request.set_page_size(13);
      const std::vector<std::string> names = Names(Walk(request));
      EXPECT_EQ(names.size(), drivers[i].quotes) << "driver " << i;
      EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), names.size()) << "driver " << i;
      EXPECT_EQ(Count(request.filter())->count(), static_cast<std::int64_t>(drivers[i].quotes)) << "driver " << i;
    }
  }
}

TEST_F(QuotePagesTest, ListQuotes_WalkedWhileOthersWrite_GivesNoneTwiceAndMissesNone) {
  for (const pb::QuoteOrder order : {pb::QUOTE_ORDER_NEWEST, pb::QUOTE_ORDER_OLDEST}) {
    pb::ListQuotesRequest request;
    request.mutable_filter()->set_import("imports/1");
    request.set_order(order);
    request.set_page_size(1000);
    const std::vector<std::string> before = Names(Walk(request));
    ASSERT_EQ(before.size(), static_cast<std::size_t>(kQuotes));
    std::atomic<bool> done = false;
    std::thread writer([&] {
      for (int i = 0; !done; ++i) {
        Create(AQuote()
                   .Saying("other " + std::to_string(order) + " " + std::to_string(i))
                   .On("2007-11-" + std::to_string(10 + i % 8)));
      }
    });
    request.clear_filter();
    request.set_page_size(5);
    const std::vector<std::string> walked = Names(Walk(request));
    done = true;
    writer.join();
    const std::set<std::string> once(walked.begin(), walked.end());
    EXPECT_EQ(once.size(), walked.size());
    for (const std::string& name : before) EXPECT_TRUE(once.contains(name)) << name;
  }
}

TEST_F(QuotePagesTest, ListQuotes_WithATokenOfAnotherRequest_IsRefused) {
  pb::ListQuotesRequest request;
  request.set_page_size(3);
  const std::string token = List(request)->next_page_token();
  ASSERT_FALSE(token.empty());
  request.set_page_token(token);
  request.set_page_size(9);  // the size may change
  EXPECT_TRUE(List(request).status.ok());
  const auto refused = [&](const std::function<void(pb::ListQuotesRequest&)>& change) {
    pb::ListQuotesRequest other = request;
    change(other);
    ExpectRefused(List(other).status, grpc::INVALID_ARGUMENT, pb::ERROR_REASON_PAGE_TOKEN_INVALID);
  };
  refused([](auto& r) { r.set_order(pb::QUOTE_ORDER_OLDEST); });
  refused([](auto& r) { r.mutable_filter()->add_speakers("speakers/ada"); });
  refused([](auto& r) { r.set_page_token("x"); });
  refused([&](auto& r) { r.set_page_token(token.substr(1)); });
  refused([&](auto& r) { r.set_page_token(token + "AAAA"); });
  refused([](auto& r) { r.set_page_token(std::string(100000, 'A')); });
  std::string damaged = token;
  damaged[damaged.size() / 2] = damaged[damaged.size() / 2] == 'A' ? 'B' : 'A';
  refused([&](auto& r) { r.set_page_token(damaged); });
}

TEST_F(QuotePagesTest, ListQuotes_OfLargeTexts_EndsPagesEarlyAndGivesAll) {
  std::string long_text;
  while (long_text.size() < 260000) long_text += "語語語語語語 ";  // 96,000 code points
  for (int i = 0; i < 17; ++i) {
    MustCreate(AQuote().Saying(std::to_string(i) + " " + long_text).On("1999").Written("ja"));
  }
  pb::ListQuotesRequest request;
  request.mutable_filter()->add_languages("ja");
  request.set_page_size(1000);
  const auto first = List(request);
  ASSERT_TRUE(first.status.ok()) << first.status.error_message();
  EXPECT_LE(first->ByteSizeLong(), std::size_t{4} << 20);
  EXPECT_LT(first->quotes_size(), 17);
  EXPECT_FALSE(first->next_page_token().empty());
  const std::vector<std::string> names = Names(Walk(request));
  EXPECT_EQ(names.size(), 17U);
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), 17U);
}

TEST_F(QuotePagesTest, ListQuoteRevisions_OfALargeText_EndsPagesEarlyAndGivesAll) {
  constexpr int kEdits = 40;
  pb::Quote quote = MustCreate(AQuote().Saying(std::string(100000, 'x')));
  quote.clear_etag();
  for (int i = 0; i < kEdits; ++i) {
    quote.set_note(std::to_string(i));
    ASSERT_TRUE(Update(quote, {"note"}).status.ok());
  }
  pb::ListQuoteRevisionsRequest request;
  request.set_name(quote.name());
  request.set_page_size(200);
  int next = kEdits + 1, pages = 0;
  do {
    const auto page = Call(*quotes_, &pb::QuoteService::Stub::ListQuoteRevisions, request);
    ASSERT_TRUE(page.status.ok()) << page.status.error_message();
    EXPECT_LE(page->ByteSizeLong(), std::size_t{4} << 20);
    for (const pb::QuoteRevision& revision : page->revisions()) {
      EXPECT_EQ(revision.revision(), next--);
      EXPECT_EQ(revision.changed_fields_size(), revision.revision() == 1 ? 0 : 1) << revision.revision();
    }
    request.set_page_token(page->next_page_token());
    ++pages;
  } while (!request.page_token().empty());
  EXPECT_EQ(next, 0);
  EXPECT_GT(pages, 1);
}

// --- Deadlines and cancellation

class QuoteDeadlinesTest : public QuotesTest {
 protected:
  static constexpr char kWaiting[] =
      "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";

  // Nobody else reads or writes quotes while it lives.
  class Locked {
   public:
    explicit Locked(const std::string& connection) : connection_(connection), work_(connection_) {
      work_.exec("LOCK TABLE quotes IN ACCESS EXCLUSIVE MODE");
    }

   private:
    pqxx::connection connection_;
    pqxx::work work_;
  };
};

TEST_F(QuoteDeadlinesTest, ListQuotes_PastItsDeadline_EndsInTheDatabaseToo) {
  const Locked locked(database_.connection());
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(300));
  pb::ListQuotesResponse response;
  const auto begin = std::chrono::steady_clock::now();
  const grpc::Status status = quotes_->ListQuotes(&context, {}, &response);
  EXPECT_EQ(status.error_code(), grpc::DEADLINE_EXCEEDED);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
  EXPECT_TRUE(Becomes(kWaiting, "0"));
}

TEST_F(QuoteDeadlinesTest, CreateQuote_PastItsDeadline_WritesNothing) {
  {
    const Locked locked(database_.connection());
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(300));
    pb::CreateQuoteRequest request;
    *request.mutable_quote() = AQuote();
    request.set_request_id("late");
    pb::CreateQuoteResponse response;
    EXPECT_EQ(quotes_->CreateQuote(&context, request, &response).error_code(), grpc::DEADLINE_EXCEEDED);
    EXPECT_TRUE(Becomes(kWaiting, "0"));
  }
  EXPECT_EQ(Sql("SELECT count(*) FROM quotes"), "0");
  EXPECT_TRUE(Create(AQuote(), "late").status.ok());
}

TEST_F(QuoteDeadlinesTest, CreateQuote_WithADeadlineInThePast_IsNotBegun) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() - std::chrono::seconds(1));
  pb::CreateQuoteRequest request;
  *request.mutable_quote() = AQuote();
  pb::CreateQuoteResponse response;
  EXPECT_EQ(quotes_->CreateQuote(&context, request, &response).error_code(), grpc::DEADLINE_EXCEEDED);
  EXPECT_EQ(Sql("SELECT count(*) FROM quotes"), "0");
}

TEST_F(QuoteDeadlinesTest, ListQuotes_Cancelled_EndsInTheDatabaseToo) {
  const Locked locked(database_.connection());
  grpc::ClientContext context;
  grpc::Status status;
  std::thread caller([&] {
    pb::ListQuotesResponse response;
    status = quotes_->ListQuotes(&context, {}, &response);
  });
  EXPECT_TRUE(Becomes(kWaiting, "1"));
  context.TryCancel();
  caller.join();
  EXPECT_EQ(status.error_code(), grpc::CANCELLED);
  EXPECT_TRUE(Becomes(kWaiting, "0"));
}

TEST_F(QuoteDeadlinesTest, UpdateQuote_Cancelled_ChangesNothing) {
  pb::Quote quote = MustCreate(AQuote());
  ASSERT_TRUE(Becomes("SELECT count(*) FROM quotes_to_match", "0"));  // or the matcher would wait for the table too
  {
    const Locked locked(database_.connection());
    grpc::ClientContext context;
    std::thread caller([&] {
      pb::UpdateQuoteRequest request;
      *request.mutable_quote() = quote;
      request.mutable_quote()->set_note("late");
      request.mutable_update_mask()->add_paths("note");
      pb::UpdateQuoteResponse response;
      EXPECT_EQ(quotes_->UpdateQuote(&context, request, &response).error_code(), grpc::CANCELLED);
    });
    EXPECT_TRUE(Becomes(kWaiting, "1"));
    context.TryCancel();
    caller.join();
    EXPECT_TRUE(Becomes(kWaiting, "0"));
  }
  EXPECT_EQ(Get(quote.name())->note(), "");
  EXPECT_EQ(Get(quote.name())->etag(), "1");
}

// A call goes to the session that was used last. Its thread may still be busy with the end of the call before.
TEST_F(QuoteDeadlinesTest, ListQuotes_OneAfterTheOther_UsesFewSessions) {
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(List(pb::QuoteFilter()).status.ok());
  const std::string sessions =
      Sql("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'onrecordd "
          "read'");
  EXPECT_LE(std::stoi(sessions), 3);
}

TEST_F(QuoteDeadlinesTest, ListQuotes_AfterManyLateOnes_Works) {
  {
    const Locked locked(database_.connection());
    std::vector<std::thread> callers;
    for (int i = 0; i < 20; ++i) {
      callers.emplace_back([&] {
        grpc::ClientContext context;
        context.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(200));
        pb::ListQuotesResponse response;
        EXPECT_EQ(quotes_->ListQuotes(&context, {}, &response).error_code(), grpc::DEADLINE_EXCEEDED);
      });
    }
    for (std::thread& caller : callers) caller.join();
    EXPECT_TRUE(Becomes(kWaiting, "0"));
  }
  for (int i = 0; i < 30; ++i) EXPECT_TRUE(List(pb::QuoteFilter()).status.ok());
}

}  // namespace
}  // namespace onrecord
