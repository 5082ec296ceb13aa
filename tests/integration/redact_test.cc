// RedactQuote: the words are gone, from everything that the database holds, and that they are gone stays to be seen.
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tests/support/stances.h"

namespace onrecord {
namespace {

constexpr char kWords[] = "zebrafinch marmalade quixotry telegraphs";

class RedactTest : public StanceTest {
 protected:
  Answer<pb::Quote> Redact(const std::string& name, bool protect_source = false, const std::string& reason = "by order",
                           const std::string& request_id = "", const std::string& etag = "") {
    pb::RedactQuoteRequest request;
    request.set_name(name);
    request.set_reason(reason);
    request.set_protect_source(protect_source);
    request.set_request_id(request_id);
    request.set_etag(etag);
    const auto redacted = Call(*quotes_, &pb::QuoteService::Stub::RedactQuote, request, "editor");
    return {redacted.status, redacted->quote()};
  }
  Answer<pb::Quote> GetThen(const std::string& name, const google::protobuf::Timestamp& moment) {
    pb::GetQuoteRequest request;
    request.set_name(name);
    *request.mutable_as_of() = moment;
    const auto got = Call(*quotes_, &pb::QuoteService::Stub::GetQuote, request);
    return {got.status, got->quote()};
  }
  // All that a backup of the database would hold.
  std::string Dump() {
    const std::string command = absl::StrCat("pg_dump '", database_.connection(), "'");
    std::string dump;
    FILE* pipe = popen(command.c_str(), "r");
    std::array<char, 65536> buffer{};
    for (std::size_t read = 0; (read = fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
      dump.append(buffer.data(), read);
    }
    EXPECT_EQ(pclose(pipe), 0) << command;
    EXPECT_NE(dump.find("COPY public.quotes"), std::string::npos) << "nothing was dumped";
    return dump;
  }
  // As text, and as the bytes of kept records are dumped.
  static bool Holds(const std::string& dump, const std::string& words) {
    std::string hex;
    for (const char byte : words) absl::StrAppend(&hex, absl::Hex(static_cast<unsigned char>(byte), absl::kZeroPad2));
    return dump.find(words) != std::string::npos || dump.find(hex) != std::string::npos;
  }
  static pb::ImportRecord Record(const std::string& text) {
    return ARecord()
        .Saying(text)
        .By("Ada Lovelace")
        .In("The Daily")
        .Published("2007-11-21")
        .On("2007-11-20")
        .WithId("record-1")
        .Noting("note on marmalade zebrafinch")
        .With([](pb::ImportRecord& record) {
          record.set_headline("Quixotry telegraphs: zebrafinch marmalade quixotry");
          record.set_context_before("beforehand whortleberry");
          record.set_context_after("afterwards whortleberry");
          record.set_attribution("muttered whortleberry");
          record.set_original_text("marmelade zebrafink");
          record.set_original_language("da");
        });
  }
};

TEST_F(RedactTest, RedactQuote_LeavesNoWordInADump) {
  const Imported imported = Import(*imports_, {Record(kWords)}, {.source = "archive"});
  ASSERT_TRUE(imported.AllAre(pb::OUTCOME_CREATED));
  const std::string name = imported.results[0].quote();
  // Into its history, into a kept record, a stance, a review and an earlier headline.
  pb::Quote edited = *Get(name);
  edited.set_text(absl::StrCat(kWords, " gallimaufry"));
  edited.mutable_appearances(0)->set_wording("gallimaufry zebrafinch");
  edited.mutable_appearances(0)->mutable_article()->set_headline("Quixotry telegraphs gallimaufry");
  ASSERT_TRUE(Update(edited, {"text", "appearances"}, "", "ada", "was gallimaufry").status.ok());
  ASSERT_TRUE(Import(*imports_, {Record(absl::StrCat(kWords, " kerfuffle"))}, {.source = "archive"})
                  .AllAre(pb::OUTCOME_CONFLICT));
  pb::Stance stance = AStance(*Get(name), MakeClaim("p", "A proposition"), pb::POSITION_ASSERTS);
  stance.set_note("zebrafinch again");
  MustSet(stance);
  pb::CreateReviewRequest review;
  review.mutable_review()->set_quote(name);
  review.mutable_review()->set_reviewer("outlets/the-daily");
  review.mutable_review()->set_rating_text("False");
  review.mutable_review()->set_title("Did she say zebrafinch marmalade quixotry?");
  review.mutable_review()->set_note("gallimaufry");
  ASSERT_TRUE(Call(*claims_, &pb::ClaimService::Stub::CreateReview, review).status.ok());
  const std::vector<std::string> gone = {"zebrafinch", "quixotry",     "telegraphs", "gallimaufry", "kerfuffle",
                                         "Quixotry",   "whortleberry", "zebrafink",  "marmelade"};
  const std::string before = Dump();
  for (const std::string& word : gone) EXPECT_TRUE(Holds(before, word)) << word;

  const Answer<pb::Quote> redacted = Redact(name);
  ASSERT_TRUE(redacted.status.ok()) << redacted.status.error_message();
  EXPECT_EQ(redacted->state(), pb::QUOTE_STATE_REDACTED);
  EXPECT_EQ(redacted->text(), "");
  EXPECT_EQ(redacted->retract_reason(), "by order");
  EXPECT_EQ(redacted->speaker(), "speakers/ada-lovelace");
  EXPECT_NE(redacted->citation().find("[REDACTED: by order]"), std::string::npos);
  const std::string after = Dump();
  for (const std::string& word : gone) EXPECT_FALSE(Holds(after, word)) << word;

  // Records of it do not bring the words back, whatever they have become.
  for (const std::string& text : {std::string(kWords), absl::StrCat(kWords, " kerfuffle")}) {
    const Imported again = Import(*imports_, {Record(text)}, {.source = "archive"});
    ASSERT_TRUE(again.AllAre(pb::OUTCOME_REJECTED));
    EXPECT_EQ(again.results[0].reason(), "QUOTE_REDACTED");
  }
  const std::string later = Dump();
  for (const std::string& word : gone) EXPECT_FALSE(Holds(later, word)) << word;
  EXPECT_TRUE(Export(*imports_).empty());
}

TEST_F(RedactTest, RedactQuote_ProtectingTheSource_LeavesNoTraceOfWho) {
  pb::Quote quote = MustCreate(AQuote()
                                   .Saying(kWords)
                                   .BySomebody("an abecedarian official")
                                   .Printed(AnAppearance().In(MakeOutlet("daily", "The Daily")).Under("A headline")));
  pb::Quote byline = quote;
  byline.mutable_appearances(0)->set_role("abecedarian");
  byline.mutable_appearances(0)->mutable_article()->set_byline("by the abecedarian");
  ASSERT_TRUE(Update(byline, {"appearances"}).status.ok());
  ASSERT_TRUE(Holds(Dump(), "abecedarian"));
  const Answer<pb::Quote> redacted = Redact(quote.name(), /*protect_source=*/true);
  ASSERT_TRUE(redacted.status.ok()) << redacted.status.error_message();
  EXPECT_EQ(redacted->described_as(), "");
  EXPECT_FALSE(Holds(Dump(), "abecedarian"));
  EXPECT_FALSE(Holds(Dump(), "zebrafinch"));
}

TEST_F(RedactTest, RedactQuote_OfAnIdentifiedSource_LeavesNoIdentification) {
  for (const bool protect : {true, false}) {
    const pb::Quote quote = MustCreate(AQuote().Saying(protect ? kWords : "other words").BySomebody("an official"));
    const std::string speaker = MakeSpeaker(protect ? "felt" : "gray");
    pb::ProposeIdentificationRequest propose;
    propose.mutable_identification()->set_quote(quote.name());
    propose.mutable_identification()->set_speaker(speaker);
    propose.mutable_identification()->set_reason("quomodocunquizing memoir");
    propose.set_request_id(quote.name().substr(20));
    const auto proposed = Call(*quotes_, &pb::QuoteService::Stub::ProposeIdentification, propose);
    ASSERT_TRUE(proposed.status.ok()) << proposed.status.error_message();
    pb::AcceptIdentificationRequest accept;
    accept.set_name(proposed->identification().name());
    accept.set_reason("floccinaucinihilipilification");
    accept.set_request_id(quote.name().substr(24));
    const auto accepted = Call(*quotes_, &pb::QuoteService::Stub::AcceptIdentification, accept);
    ASSERT_TRUE(accepted.status.ok()) << accepted.status.error_message();
    ASSERT_TRUE(Holds(Dump(), "quomodocunquizing"));
    ASSERT_TRUE(Redact(quote.name(), protect).status.ok());
    EXPECT_EQ(Get(quote.name())->speaker(), protect ? "" : speaker);
    const std::string dump = Dump();
    for (const char* trace : {"quomodocunquizing", "floccinaucinihilipilification", "identifications/"}) {
      EXPECT_FALSE(Holds(dump, trace)) << trace;
    }
    EXPECT_EQ(Sql("SELECT count(*) FROM identifications"), "0");
    EXPECT_EQ(Reason(Call(*quotes_, &pb::QuoteService::Stub::ProposeIdentification,
                          [&] {
                            propose.clear_request_id();
                            return propose;
                          }())
                         .status),
              pb::ERROR_REASON_QUOTE_REDACTED);
  }
  // Who a protected source was stands nowhere beside the quote.
  EXPECT_EQ(Sql("SELECT (SELECT count(*) FROM quotes WHERE text = '' AND speaker_id = (SELECT id FROM speakers WHERE "
                "slug = 'felt')) + (SELECT count(*) FROM quote_revisions WHERE state->>'speaker_id' = (SELECT id::text "
                "FROM speakers WHERE slug = 'felt'))"),
            "0");
}

TEST_F(RedactTest, RedactQuote_AnswersAsATombstone) {
  const std::string ada = MakeSpeaker("ada", "Ada");
  const pb::Quote quote = MustCreate(AQuote().Saying(kWords).By(ada));
  const pb::Stance stance = MustSet(AStance(quote, MakeClaim("p", "A proposition"), pb::POSITION_ASSERTS));
  ASSERT_TRUE(Redact(quote.name()).status.ok());
  // Also for a moment before: a redacted span has no words.
  EXPECT_EQ(GetThen(quote.name(), stance.update_time())->text(), "");
  EXPECT_EQ(GetThen(quote.name(), stance.update_time())->state(), pb::QUOTE_STATE_REDACTED);
  EXPECT_TRUE(List(pb::QuoteFilter())->quotes().empty());
  pb::QuoteFilter words;
  words.set_words("zebrafinch");
  words.add_states(pb::QUOTE_STATE_REDACTED);
  EXPECT_TRUE(List(words)->quotes().empty());
  words.clear_words();
  EXPECT_EQ(List(words)->quotes_size(), 1);
  EXPECT_TRUE(StancesOn("claims/p").empty());
  const auto revisions = Revisions(quote.name());
  ASSERT_EQ(revisions->revisions_size(), 2);
  EXPECT_EQ(revisions->revisions(0).action(), pb::REVISION_ACTION_REDACTED);
  EXPECT_EQ(revisions->revisions(0).author(), "editor");
  EXPECT_EQ(revisions->revisions(1).quote().text(), "");
}

TEST_F(RedactTest, RedactedQuote_TakesNoChanges) {
  pb::Quote quote = MustCreate(AQuote().Saying(kWords).By(MakeSpeaker("ada")));
  ASSERT_TRUE(Redact(quote.name()).status.ok());
  quote.set_text("something else");
  quote.clear_etag();
  EXPECT_EQ(Reason(Update(quote, {"text"}).status), pb::ERROR_REASON_QUOTE_REDACTED);
  EXPECT_EQ(Reason(Retract(quote.name()).status), pb::ERROR_REASON_QUOTE_REDACTED);
  EXPECT_EQ(Reason(Restore(quote.name()).status), pb::ERROR_REASON_QUOTE_REDACTED);
  EXPECT_EQ(Reason(SetStance(AStance(quote, MakeClaim("p", "P"), pb::POSITION_ASSERTS)).status),
            pb::ERROR_REASON_QUOTE_REDACTED);
  const Answer<pb::Quote> again = Redact(quote.name(), false, "another reason");
  EXPECT_EQ(again->retract_reason(), "by order") << again.status.error_message();
  EXPECT_EQ(again->etag(), "2");
}

TEST_F(RedactTest, RedactQuote_Wrong_IsRefused) {
  const pb::Quote quote = MustCreate(AQuote().Saying(kWords).By(MakeSpeaker("ada")));
  EXPECT_EQ(Fields(Redact(quote.name(), false, "").status), std::vector<std::string>{"reason"});
  EXPECT_EQ(Fields(Redact(quote.name(), false, kWords).status), std::vector<std::string>{"reason"});
  EXPECT_EQ(Reason(Redact("quotes/" + std::string(32, 'a')).status), pb::ERROR_REASON_QUOTE_NOT_FOUND);
  EXPECT_EQ(Reason(Redact(quote.name(), false, "by order", "", "7").status), pb::ERROR_REASON_ETAG_MISMATCH);
  EXPECT_EQ(Get(quote.name())->text(), kWords);
  ASSERT_TRUE(Redact(quote.name(), false, "by order", "once").status.ok());
  EXPECT_EQ(Redact(quote.name(), false, "by order", "once")->etag(), "2");
}

}  // namespace
}  // namespace onrecord
