// Taking imports back: what stays, what goes, and that records which were reverted are new when they come again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/support/builders.h"

namespace onrecord {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class ImportRevertsTest : public RecordTest {
 protected:
  // What the record says, in an order of its own: everything that stands, where it stands in time and what it is found
  // by, with stances and reviews.
  std::string Said() {
    std::vector<std::string> lines;
    for (pb::ImportRecord& record : Export(*imports_)) {
      std::sort(record.mutable_topics()->begin(), record.mutable_topics()->end());
      lines.push_back(record.ShortDebugString());
    }
    std::sort(lines.begin(), lines.end());
    std::string all;
    for (const std::string& line : lines) all += line + "\n";
    return all +
           Sql("SELECT string_agg(concat_ws(' ', q.id, q.occurred_on, q.occurred_precision, q.outlet_ids, "
               "ARRAY(SELECT DISTINCT unnest(q.topic_ids) ORDER BY 1)), E'\\n' ORDER BY q.id) FROM quotes q "
               "WHERE q.state = 1") +
           Sql("SELECT string_agg(concat_ws(' ', t.quote_id, t.topic_id, t.speaker_id, t.occurred_on), E'\\n' "
               "ORDER BY t.quote_id, t.topic_id) FROM quote_topics t JOIN quotes q ON q.id = t.quote_id "
               "WHERE q.state = 1") +
           Sql("SELECT string_agg(concat_ws(' ', quote_id, claim_id, holder_id, position, occurred_on), E'\\n' "
               "ORDER BY quote_id, claim_id, holder_id) FROM stances WHERE recorded_to = 'infinity' AND standing = 1") +
           Sql("SELECT string_agg(concat_ws(' ', id, rating_text, title), E'\\n' ORDER BY id) FROM reviews "
               "WHERE recorded_to = 'infinity' AND retract_reason = ''");
  }
};

ARecord Untagged() { return ARecord().Saying("We know.").By("Ada").In("The Times"); }
ARecord TheRecord() { return Untagged().About("War"); }

TEST_F(ImportRevertsTest, RevertImport_OfNewQuotes_RetractsThemWithTheReason) {
  const Imported imported = Feed({TheRecord(), TheRecord().Saying("We do not.")});
  const pb::ImportRevert revert = Revert(imported);
  EXPECT_EQ(revert.retracted_count(), 2);
  EXPECT_EQ(revert.reason(), "a wrong file");
  const pb::Quote quote = *Get(imported.results[0].quote());
  EXPECT_EQ(quote.state(), pb::QUOTE_STATE_RETRACTED);
  EXPECT_EQ(quote.retract_reason(), "a wrong file");
  EXPECT_EQ(quote.text(), "We know.");
  EXPECT_EQ(List(pb::QuoteFilter())->quotes_size(), 0);
  const auto revisions = Revisions(quote.name());
  ASSERT_EQ(revisions->revisions_size(), 2);
  EXPECT_EQ(revisions->revisions(0).action(), pb::REVISION_ACTION_RETRACTED);
  EXPECT_EQ(revisions->revisions(0).via(), "RevertImport");
}

TEST_F(ImportRevertsTest, RevertImport_OfAnotherPrinting_LeavesTheQuoteToTheOthers) {
  const std::string name = Feed({TheRecord()}).results[0].quote();
  const std::string before = Said();
  const Imported imported = Feed({TheRecord().In("The Post").Published("2007").About("Law")});
  EXPECT_EQ(Get(name)->appearances_size(), 2);
  EXPECT_EQ(Revert(imported).restored_count(), 1);
  EXPECT_EQ(Said(), before);
  EXPECT_EQ(Get(name)->appearances_size(), 1);
  // It may come again.
  EXPECT_THAT(Outcomes({TheRecord().In("The Post").Published("2007").About("Law")}), ElementsAre(kCreated));
  EXPECT_EQ(Get(name)->appearances_size(), 2);
}

TEST_F(ImportRevertsTest, RevertImport_OfAQuoteThatAnotherPrints_LeavesItWithThatPrinting) {
  const Imported imported = Feed({TheRecord()});
  Feed({TheRecord().In("The Post")});
  const pb::ImportRevert revert = Revert(imported);
  EXPECT_EQ(revert.retracted_count(), 0);
  EXPECT_EQ(revert.restored_count(), 1);
  const pb::Quote quote = *Get(imported.results[0].quote());
  EXPECT_EQ(quote.state(), pb::QUOTE_STATE_ACTIVE);
  ASSERT_EQ(quote.appearances_size(), 1);
  EXPECT_EQ(quote.appearances(0).outlet(), "outlets/the-post");
}

// Whichever goes first, nothing is left when both are gone.
TEST_F(ImportRevertsTest, RevertImport_OfAllThatPrintAQuote_RetractsIt) {
  for (const bool corrected :
       {false, true}) {  // the second file prints it elsewhere, or says otherwise of one printing
    for (const bool first_goes_first : {true, false}) {
      SCOPED_TRACE(
          absl::StrCat(corrected ? "corrected" : "printed elsewhere", ", ", first_goes_first ? "first" : "second"));
      const ARecord record = TheRecord()
                                 .Saying(absl::StrCat("We know ", corrected, first_goes_first))
                                 .WithId(absl::StrCat(corrected, first_goes_first));
      const Imported first = Feed({record});
      const Imported second = Feed({corrected ? ARecord(record).With([](auto& r) { r.set_headline("Otherwise"); })
                                              : ARecord(record).In("The Post").WithId("")});
      const std::string name = first.results[0].quote();
      Revert(first_goes_first ? first : second);
      EXPECT_EQ(Get(name)->state(), pb::QUOTE_STATE_ACTIVE);
      EXPECT_EQ(Get(name)->appearances_size(), 1);
      EXPECT_EQ(Revert(first_goes_first ? second : first).retracted_count(), 1);
      EXPECT_EQ(Get(name)->state(), pb::QUOTE_STATE_RETRACTED);
      EXPECT_THAT(Outcomes({record}), ElementsAre(kCreated)) << "it may come again";
      EXPECT_EQ(Get(name)->appearances_size(), 1);
    }
  }
}

TEST_F(ImportRevertsTest, RevertImport_OfAllThatPrintAQuoteThatAPersonEdited_LeavesItWithoutThem) {
  const Imported first = Feed({TheRecord()});
  const Imported second = Feed({TheRecord().In("The Post")});
  pb::Quote edited = *Get(first.results[0].quote());
  edited.set_note("I was there");
  ASSERT_TRUE(Update(edited, {"note"}).status.ok());
  Revert(first);
  Revert(second);
  const pb::Quote quote = *Get(edited.name());
  EXPECT_EQ(quote.state(), pb::QUOTE_STATE_ACTIVE);
  EXPECT_EQ(quote.note(), "I was there");
  EXPECT_EQ(quote.appearances_size(), 0);
}

// What another import brought meanwhile is that one's, though this one began sooner.
TEST_F(ImportRevertsTest, RevertImport_OfOneThatBeganSooner_GivesBackWhatTheLaterBrought) {
  const ARecord record = TheRecord().WithId("1");
  const Imported slow = Feed({TheRecord().Saying("Something else.")}, {.finish = false});
  const Imported quick = Feed({ARecord(record).With([](auto& r) { r.set_headline("As it was"); })});
  const std::string name = quick.results[0].quote();
  const Imported late =
      Import(*imports_, {ARecord(record).With([](auto& r) { r.set_headline("Otherwise"); }).Noting("n")},
             {.resume = slow.started.name(), .first_sequence = 2});
  ASSERT_THAT(late.outcomes(), ElementsAre(kUpdated)) << late.results[0].ShortDebugString();
  EXPECT_EQ(Get(name)->appearances(0).import(), slow.started.name());
  const pb::ImportRevert revert = Revert(slow);
  EXPECT_EQ(revert.retracted_count(), 1);
  EXPECT_EQ(revert.restored_count(), 1);
  const pb::Quote quote = *Get(name);
  EXPECT_EQ(quote.state(), pb::QUOTE_STATE_ACTIVE);
  EXPECT_EQ(quote.note(), "");
  ASSERT_EQ(quote.appearances_size(), 1);
  EXPECT_EQ(quote.appearances(0).article().headline(), "As it was");
  EXPECT_EQ(quote.appearances(0).import(), quick.started.name());
}

TEST_F(ImportRevertsTest, RevertImport_OfAChange_GivesBackWhatItWas) {
  for (const std::string id : {"7", ""}) {
    SCOPED_TRACE(id);
    const ARecord record = TheRecord().Saying("We know" + id).WithId(id);
    const Imported first = Feed({record});
    const std::string before = Said();
    const ARecord changed = ARecord(record).Noting("n").With([](auto& r) { r.set_attribution("she said"); });
    const Imported second = Feed({changed});
    ASSERT_THAT(second.outcomes(), ElementsAre(kUpdated));
    const std::string with = Said();
    EXPECT_EQ(Revert(second).restored_count(), 1);
    EXPECT_EQ(Said(), before);
    EXPECT_EQ(Get(first.results[0].quote())->appearances(0).import(), first.started.name());
    EXPECT_THAT(Outcomes({record}), ElementsAre(kUnchanged));
    EXPECT_THAT(Outcomes({changed}), ElementsAre(kUpdated));
    EXPECT_EQ(Said(), with);
    EXPECT_THAT(Outcomes({changed}), ElementsAre(kUnchanged));
  }
}

// What the import said of an article must not come back with other quotes of it.
TEST_F(ImportRevertsTest, RevertImport_OfAnArticleOfSeveralQuotes_GivesBackWhatItWas) {
  std::map<std::string, ARecord> records;  // by quote, in the order in which they are taken back
  for (int i = 0; i < 5; ++i) {
    const std::string id = std::to_string(i);
    const ARecord record = TheRecord().Saying("We know " + id).At("https://times.example/1").WithId(id);
    records.emplace(Feed({record}).results[0].quote(), record);
  }
  const std::string before = Said();
  std::vector<pb::ImportRecord> again;
  for (const auto& [quote, record] : records) {
    again.push_back(again.empty() ? ARecord(record).With([](auto& r) { r.set_headline("Otherwise"); })
                                  : ARecord(record).In("The Post").At("https://post.example/1").WithId(""));
  }
  EXPECT_EQ(Revert(Feed(again)).restored_count(), 5);
  EXPECT_EQ(Said(), before);
}

TEST_F(ImportRevertsTest, RevertImport_LeavesWhatPeopleChangedSince) {
  const Imported imported = Feed({TheRecord(), TheRecord().Saying("Gone."), TheRecord().Saying("Neither.")});
  pb::Quote edited = *Get(imported.results[0].quote());
  edited.set_note("I was there");
  ASSERT_TRUE(Update(edited, {"note"}).status.ok());
  ASSERT_TRUE(Retract(imported.results[1].quote(), "never said").status.ok());
  const pb::ImportRevert revert = Revert(imported);
  EXPECT_EQ(revert.retracted_count(), 1);
  EXPECT_EQ(revert.kept_count(), 2);
  EXPECT_EQ(Get(edited.name())->state(), pb::QUOTE_STATE_ACTIVE);
  EXPECT_EQ(Get(imported.results[1].quote())->retract_reason(), "never said");
}

TEST_F(ImportRevertsTest, RevertImport_ThenTheSameFile_IsNewAgain) {
  const std::vector<pb::ImportRecord> records = {TheRecord().WithId("1"), TheRecord().Saying("b"),
                                                 TheRecord().Saying("c").In("The Post"), TheRecord().Saying("c")};
  const Imported first = Feed(records);
  const std::string before = Said();
  Revert(first);
  EXPECT_THAT(Export(*imports_), IsEmpty());
  const Imported dry = Feed(records, {.dry_run = true});
  EXPECT_TRUE(dry.AllAre(kCreated));
  const Imported second = Feed(records);
  EXPECT_TRUE(second.AllAre(kCreated));
  EXPECT_EQ(second.results[0].quote(), first.results[0].quote());
  EXPECT_EQ(Said(), before);
  EXPECT_TRUE(Feed(records).AllAre(kUnchanged));
  const auto revisions = Revisions(first.results[0].quote());
  ASSERT_EQ(revisions->revisions_size(), 3);
  EXPECT_EQ(revisions->revisions(0).action(), pb::REVISION_ACTION_RESTORED);
  EXPECT_EQ(revisions->revisions(0).via(), second.started.name());
  // And back once more.
  EXPECT_EQ(Revert(second).retracted_count(), 3);
  EXPECT_THAT(Export(*imports_), IsEmpty());
}

TEST_F(ImportRevertsTest, RevertImport_ThenABetterFile_TakesWhatThatSays) {
  const Imported first = Feed({TheRecord().WithId("1"), TheRecord().WithId("1b").In("The Post")});
  Revert(first);
  const Imported better = Feed({Untagged().WithId("1").Saying("We knew.").By("Grace").About("Peace")});
  ASSERT_THAT(better.outcomes(), ElementsAre(kCreated));
  const pb::Quote quote = *Get(better.results[0].quote());
  EXPECT_EQ(quote.text(), "We knew.");
  EXPECT_EQ(quote.speaker_display_name(), "Grace");
  EXPECT_THAT(quote.topics(), ElementsAre("topics/peace"));
  EXPECT_EQ(quote.appearances_size(), 1) << "what the first file printed elsewhere is not back";
  EXPECT_EQ(quote.appearances(0).import(), better.started.name());
}

TEST_F(ImportRevertsTest, RevertImport_OfAQuoteThatAPersonRestoredSince_IsThePersons) {
  const Imported first = Feed({TheRecord()});
  Revert(first);
  ASSERT_TRUE(Restore(first.results[0].quote(), "it was said").status.ok());
  EXPECT_THAT(Outcomes({TheRecord().Noting("n")}), ElementsAre(kConflict));
  EXPECT_EQ(Get(first.results[0].quote())->note(), "");
}

TEST_F(ImportRevertsTest, RevertImport_OfStancesAndReviews_TakesThemBackOrRestoresThem) {
  const auto record = [](pb::Position position, const std::string& rating) {
    return ARecord(TheRecord()).With([&](auto& r) {
      pb::ImportStance& stance = *r.add_stances();
      stance.set_claim("The moon is made of cheese");
      stance.set_position(position);
      pb::ImportReview& review = *r.add_reviews();
      review.set_claim("The moon is made of cheese");
      review.set_reviewer("Facts");
      review.set_rating_text(rating);
      review.set_url("https://facts.example/moon");
    });
  };
  Feed({TheRecord()});
  const std::string bare = Said();
  const Imported first = Feed({record(pb::POSITION_ASSERTS, "false")});
  const std::string asserted = Said();
  const Imported second = Feed({record(pb::POSITION_DENIES, "true")});
  const std::string denied = Said();
  Revert(second);
  EXPECT_EQ(Said(), asserted);
  EXPECT_THAT(Outcomes({record(pb::POSITION_DENIES, "true")}), ElementsAre(kUpdated));
  EXPECT_EQ(Said(), denied);
  EXPECT_THAT(Outcomes({record(pb::POSITION_DENIES, "true")}), ElementsAre(kUnchanged));
  const Imported third = Feed({TheRecord().Saying("Other").With([](auto& r) { r.add_stances()->set_claim("X"); })});
  Revert(third);
  EXPECT_EQ(Said(), denied);
  EXPECT_NE(bare, asserted);
}

TEST_F(ImportRevertsTest, RevertImport_OfARunningImport_TakesNoMoreRecords) {
  const Imported running = Feed({TheRecord()}, {.finish = false});
  Revert(running);
  const Imported resumed = Import(*imports_, {TheRecord().Saying("more")}, {.resume = running.started.name()});
  EXPECT_EQ(Reason(resumed.status), pb::ERROR_REASON_IMPORT_FINISHED) << resumed.status.error_message();
  EXPECT_EQ(RevertSteps(running.started.name())->size(), 1U) << "done already";
}

TEST_F(ImportRevertsTest, RevertImport_OfBadRequests_IsRefused) {
  EXPECT_EQ(Reason(RevertSteps("imports/99").status), pb::ERROR_REASON_IMPORT_NOT_FOUND);
  EXPECT_THAT(Fields(RevertSteps("quotes/1").status), ElementsAre("name"));
  const Imported imported = Feed({TheRecord()});
  const auto without = RevertSteps(imported.started.name(), "");
  EXPECT_THAT(Fields(without.status), ElementsAre("reason"));
  EXPECT_EQ(Get(imported.results[0].quote())->state(), pb::QUOTE_STATE_ACTIVE);
}

TEST_F(ImportRevertsTest, RevertImport_BrokenOff_GoesOn) {
  std::vector<pb::ImportRecord> records;
  for (int i = 0; i < 1700; ++i) records.push_back(TheRecord().Saying("Statement " + std::to_string(i)));
  const Imported imported = Feed(records);
  {
    pb::RevertImportRequest request;
    request.set_name(imported.started.name());
    request.set_reason("a wrong file");
    grpc::ClientContext context;
    const auto stream = imports_->RevertImport(&context, request);
    pb::RevertImportResponse response;
    ASSERT_TRUE(stream->Read(&response));
    EXPECT_EQ(response.import().state(), pb::IMPORT_STATE_REVERTING);
    EXPECT_EQ(response.import().revert().touched_count(), 1700);
    ASSERT_TRUE(stream->Read(&response));
    EXPECT_GT(response.import().revert().retracted_count(), 0);
    context.TryCancel();
    stream->Finish();
  }
  const auto steps = RevertSteps(imported.started.name(), "another reason");
  ASSERT_TRUE(steps.status.ok());
  EXPECT_EQ(steps->back().revert().retracted_count(), 1700);
  EXPECT_EQ(steps->back().revert().reason(), "a wrong file");
  EXPECT_EQ(Sql("SELECT count(*) FROM quotes WHERE state = 1"), "0");
  EXPECT_EQ(Sql("SELECT count(*) FROM quote_revisions"), "1700");
  EXPECT_EQ(Sql("SELECT count(*) FROM to_revert"), "0");
}

TEST_F(ImportRevertsTest, RevertImport_ByTwoAtOnce_CountsEachOnce) {
  std::vector<pb::ImportRecord> records;
  for (int i = 0; i < 1500; ++i) records.push_back(TheRecord().Saying("Statement " + std::to_string(i)));
  const Imported imported = Feed(records);
  std::thread other([&] { EXPECT_TRUE(RevertSteps(imported.started.name()).status.ok()); });
  EXPECT_TRUE(RevertSteps(imported.started.name()).status.ok());
  other.join();
  EXPECT_EQ(RevertSteps(imported.started.name())->back().revert().retracted_count(), 1500);
  EXPECT_EQ(Sql("SELECT count(*) FROM quote_revisions"), "1500");
}

TEST_F(ImportRevertsTest, RevertImport_WhileItsFileIsImportedByTwoAtOnce_EndsWithOneOfEach) {
  std::vector<pb::ImportRecord> records;
  for (int i = 0; i < 600; ++i) records.push_back(TheRecord().Saying("Statement " + std::to_string(i % 400)));
  const Imported imported = Feed(records);
  const std::string before = Said();
  std::vector<std::thread> writers;
  writers.emplace_back([&] { EXPECT_TRUE(RevertSteps(imported.started.name()).status.ok()); });
  for (int i = 0; i < 2; ++i) {
    writers.emplace_back([&] { EXPECT_TRUE(Import(*imports_, records, {.batch = 50}).status.ok()); });
  }
  for (std::thread& writer : writers) writer.join();
  for (const pb::RecordResult& result : Feed(records).results) {
    EXPECT_THAT(result.outcome(), testing::AnyOf(kCreated, kUnchanged));
  }
  EXPECT_EQ(Said(), before);
  EXPECT_EQ(Sql("SELECT count(*) FROM appearances"), "400");
}

// Any two files, the second taken back: the record says what the first said; and brought again: what both say.
TEST_F(ImportRevertsTest, RevertImport_OfAnyFile_LeavesTheRecordAsItWas) {
  std::mt19937 random(20261126);
  const auto any = [&](int below) { return static_cast<int>(random() % static_cast<unsigned>(below)); };
  const auto number = [&](const char* what, int below) { return what + std::to_string(any(below)); };
  const auto any_record = [&] {
    ARecord record = ARecord().Saying(number("Statement ", 12)).In(number("Outlet ", 4)).By(number("Speaker ", 3));
    if (any(2) == 0) record.About(number("Topic ", 5));
    if (any(3) == 0) record.WithId(number("id ", 6));
    if (any(3) == 0) record.On(number("200", 3));
    if (any(2) == 0) record.Published(number("2005-0", 9) + "");
    if (any(4) == 0) record.Noting(number("note ", 3));
    if (any(5) == 0) record.Via("Wire");
    if (any(4) == 0) record.With([&](auto& r) { r.add_stances()->set_claim(number("Claim ", 3)); });
    return pb::ImportRecord(record);
  };
  for (int round = 0; round < 40; ++round) {
    SCOPED_TRACE(round);
    std::vector<pb::ImportRecord> first, second;
    for (int i = 0; i < 12; ++i) first.push_back(any_record());
    for (int i = 0; i < 12; ++i) second.push_back(any_record());
    const std::string source = "source " + std::to_string(round);
    ASSERT_TRUE(Feed(first, {.source = source}).status.ok());
    const std::string before = Said();
    const Imported imported = Feed(second, {.source = source});
    const std::string with = Said();
    Revert(imported);
    ASSERT_EQ(Said(), before);
    const Imported again = Feed(second, {.source = source});
    for (std::size_t i = 0; i < second.size(); ++i) {
      if (imported.results[i].outcome() == kCreated || imported.results[i].outcome() == kUpdated) {
        EXPECT_THAT(again.results[i].outcome(), testing::AnyOf(kCreated, kUpdated, kUnchanged))
            << again.results[i].ShortDebugString();
      }
    }
    ASSERT_EQ(Said(), with);
  }
}

}  // namespace
}  // namespace onrecord
