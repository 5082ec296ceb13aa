// MergeSpeakers and SplitSpeaker: names answer ever after, what was said follows, and both can be undone.
#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/support/stances.h"

namespace onrecord {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

class SpeakerMergesTest : public StanceTest {
 protected:
  Answer<pb::MergeSpeakersResponse> MergeSpeakers(const std::string& name, const std::string& into,
                                                  const std::string& request_id = "",
                                                  const std::string& reason = "the same woman") {
    pb::MergeSpeakersRequest request;
    request.set_name(name);
    request.set_into(into);
    request.set_reason(reason);
    request.set_request_id(request_id);
    return Call(*speakers_, &pb::SpeakerService::Stub::MergeSpeakers, request, "editor");
  }
  void MustMerge(const std::string& name, const std::string& into) {
    const auto merged = MergeSpeakers(name, into);
    ASSERT_TRUE(merged.status.ok()) << merged.status.error_message();
  }
  Answer<pb::SplitSpeakerResponse> Split(const pb::SplitSpeakerRequest& request) {
    return Call(*speakers_, &pb::SpeakerService::Stub::SplitSpeaker, request, "editor");
  }
  Answer<pb::SplitSpeakerResponse> RestoreSpeaker(const std::string& restore, const std::string& name,
                                                  const std::string& request_id = "") {
    pb::SplitSpeakerRequest request;
    request.set_name(name);
    request.set_restore(restore);
    request.set_reason("two women after all");
    request.set_request_id(request_id);
    return Split(request);
  }
  static pb::SplitSpeakerRequest SplitOff(const std::string& name, const std::string& display_name,
                                          const std::vector<std::string>& quotes,
                                          const std::vector<std::string>& names = {}) {
    pb::SplitSpeakerRequest request;
    request.set_name(name);
    request.mutable_speaker()->set_display_name(display_name);
    request.set_reason("two women");
    for (const std::string& quote : quotes) request.add_quotes(quote);
    for (const std::string& other : names) request.add_names(other);
    return request;
  }
  Answer<pb::Speaker> GetSpeaker(const std::string& name, const google::protobuf::Timestamp* moment = nullptr) {
    pb::GetSpeakerRequest request;
    request.set_name(name);
    if (moment != nullptr) *request.mutable_as_of() = *moment;
    const auto got = Call(*speakers_, &pb::SpeakerService::Stub::GetSpeaker, request);
    return {got.status, got->speaker()};
  }
  std::vector<std::string> ListedSpeakers(const std::string& query = "") {
    pb::ListSpeakersRequest request;
    request.set_query(query);
    std::vector<std::string> names;
    const auto listed = Call(*speakers_, &pb::SpeakerService::Stub::ListSpeakers, request);
    for (const pb::Speaker& speaker : listed->speakers()) {
      names.push_back(speaker.name());
    }
    return names;
  }
  std::vector<std::string> Meant(const std::string& name) {
    pb::ResolveSpeakersRequest request;
    request.add_names(name);
    std::vector<std::string> names;
    const auto resolved = Call(*speakers_, &pb::SpeakerService::Stub::ResolveSpeakers, request);
    for (const pb::SpeakerCandidate& candidate : resolved->results(0).candidates()) {
      names.push_back(candidate.speaker().name());
    }
    return names;
  }
  std::vector<std::string> SaidBy(const std::string& speaker, const std::string& topic = "",
                                  const google::protobuf::Timestamp* moment = nullptr) {
    pb::ListQuotesRequest request;
    request.mutable_filter()->add_speakers(speaker);
    if (!topic.empty()) request.mutable_filter()->add_topics(topic);
    if (moment != nullptr) *request.mutable_as_of() = *moment;
    const auto listed = List(request);
    EXPECT_TRUE(listed.status.ok()) << listed.status.error_message();
    return Texts(*listed);
  }
  // The last moment of the record, for reads as of then.
  google::protobuf::Timestamp Now() {
    const pb::Quote quote = MustCreate(AQuote().Saying(absl::StrCat("moment ", ++moments_)).BySomebody("a clock"));
    return quote.create_time();
  }
  // Whose everything is now.
  std::string WhoseIsWhat() {
    return absl::StrCat(
        Sql("SELECT string_agg(concat_ws(' ', id, speaker_id, described_as), E'\n' ORDER BY id) FROM quotes "
            "WHERE described_as <> 'a clock'"),
        "\n--\n",
        Sql("SELECT string_agg(concat_ws(' ', quote_id, topic_id, speaker_id), E'\n' ORDER BY quote_id, topic_id) FROM "
            "quote_topics"),
        "\n--\n",
        Sql("SELECT string_agg(concat_ws(' ', quote_id, claim_id, holder_id, standing, position, ascribed_speaker_id,"
            " ascribed_outlet_id, ascribed, note, speaker_id, occurred_on, held_from, held_to, author, via), E'\n'"
            " ORDER BY quote_id, claim_id, holder_id) FROM stances WHERE recorded_to = 'infinity'"),
        "\n--\n",
        Sql("SELECT string_agg(concat_ws(' ', before_quote_id, before_claim_id, before_holder_id, after_quote_id,"
            " after_claim_id, after_holder_id, label), E'\n' ORDER BY before_quote_id, after_quote_id)"
            " FROM change_labels WHERE recorded_to = 'infinity'"),
        "\n--\n",
        Sql("SELECT string_agg(concat_ws(' ', quote_id, speaker_id, state, reason, decision_reason), E'\n'"
            " ORDER BY quote_id, speaker_id) FROM identifications WHERE recorded_to = 'infinity'"));
  }
  std::string IdOf(const std::string& speaker) {
    return Sql(absl::StrCat("SELECT id FROM speakers WHERE 'speakers/' || slug = '", speaker, "'"));
  }
  // Rows of any table that would be found under the speaker's own id today.
  std::string RowsOf(const std::string& speaker) {
    const std::string id = IdOf(speaker);
    return Sql(absl::StrCat(
        "SELECT (SELECT count(*) FROM quotes WHERE speaker_id = ", id,
        ") + (SELECT count(*) FROM quote_topics WHERE speaker_id = ", id,
        ") + (SELECT count(*) FROM stances WHERE recorded_to = 'infinity' AND ", id,
        " IN (speaker_id, holder_id, ascribed_speaker_id)) + (SELECT count(*) FROM identifications WHERE recorded_to = "
        "'infinity' AND speaker_id = ",
        id, ")"));
  }

  int moments_ = 0;
};

TEST_F(SpeakerMergesTest, MergeSpeakers_WhatWasSaidFollowsAndNamesAnswer) {
  MakeTopic("peace");
  Feed({ARecord().Saying("one").By("R. Holbrooke").On("2001").About("peace"),
        ARecord().Saying("two").By("R. Holbrooke").On("2002"),
        ARecord().Saying("three").By("Richard Holbrooke").On("2003").About("peace")});
  const auto before = Now();
  const auto merged = MergeSpeakers("speakers/r-holbrooke", "speakers/richard-holbrooke");
  ASSERT_TRUE(merged.status.ok()) << merged.status.error_message();
  EXPECT_EQ(merged->quote_count(), 2);
  EXPECT_EQ(merged->speaker().name(), "speakers/richard-holbrooke");
  EXPECT_THAT(merged->speaker().former_names(), ElementsAre("speakers/r-holbrooke"));
  EXPECT_EQ(merged->speaker().names(0).text(), "R. Holbrooke");

  for (const char* name : {"speakers/r-holbrooke", "speakers/richard-holbrooke"}) {
    EXPECT_THAT(SaidBy(name), ElementsAre("three", "two", "one"));
    EXPECT_THAT(SaidBy(name, "topics/peace"), ElementsAre("three", "one"));
    EXPECT_EQ(GetSpeaker(name)->name(), "speakers/richard-holbrooke");
  }
  EXPECT_THAT(ListedSpeakers("r. hol"), ElementsAre("speakers/richard-holbrooke"));
  EXPECT_THAT(Meant("R. Holbrooke"), ElementsAre("speakers/richard-holbrooke"));
  EXPECT_EQ(RowsOf("speakers/r-holbrooke"), "0");

  // As it was.
  EXPECT_THAT(SaidBy("speakers/r-holbrooke", "", &before), ElementsAre("two", "one"));
  EXPECT_THAT(SaidBy("speakers/richard-holbrooke", "", &before), ElementsAre("three"));
  EXPECT_EQ(GetSpeaker("speakers/r-holbrooke", &before)->name(), "speakers/r-holbrooke");
  EXPECT_TRUE(GetSpeaker("speakers/richard-holbrooke", &before)->former_names().empty());
}

TEST_F(SpeakerMergesTest, MergeSpeakers_ShowsInTheHistoryOfEachQuote) {
  const std::string name = Feed({ARecord().Saying("one").By("Ada")}).results[0].quote();
  Feed({ARecord().Saying("two").By("Ada King")});
  MustMerge("speakers/ada", "speakers/ada-king");
  const pb::Quote quote = *Get(name);
  EXPECT_EQ(quote.speaker(), "speakers/ada-king");
  EXPECT_FALSE(quote.edited());
  const auto revisions = Revisions(name);
  ASSERT_EQ(revisions->revisions_size(), 2);
  const pb::QuoteRevision& revision = revisions->revisions(0);
  EXPECT_EQ(revision.action(), pb::REVISION_ACTION_UPDATED);
  EXPECT_EQ(revision.author(), "editor");
  EXPECT_EQ(revision.via(), "MergeSpeakers");
  EXPECT_EQ(revision.reason(), "the same woman");
  EXPECT_THAT(revision.changed_fields(), ElementsAre("speaker"));
  EXPECT_EQ(revisions->revisions(1).quote().speaker(), "speakers/ada");
  // All of a merge happens at one moment.
  EXPECT_EQ(
      Sql("SELECT count(DISTINCT moved) FROM (SELECT update_time AS moved FROM quotes WHERE revision = 2 UNION ALL "
          "SELECT replaced_time FROM quote_revisions UNION ALL SELECT moved_time FROM speaker_moves) all_of_it"),
      "1");
}

TEST_F(SpeakerMergesTest, MergeSpeakers_CountsAndTimelinesFollow) {
  Feed({ARecord().Saying("one").By("Ada").On("2001"), ARecord().Saying("two").By("Ada King").On("2001")});
  MustMerge("speakers/ada", "speakers/ada-king");
  pb::QuoteFilter filter;
  filter.add_speakers("speakers/ada");
  EXPECT_EQ(Count(filter)->count(), 2);
  pb::GetTimelineRequest request;
  request.set_granularity(pb::GRANULARITY_YEAR);
  request.set_group(pb::TIMELINE_GROUP_SPEAKER);
  const auto timeline = Call(*timeline_, &pb::TimelineService::Stub::GetTimeline, request);
  ASSERT_EQ(timeline->series_size(), 1) << timeline->ShortDebugString();
  EXPECT_EQ(timeline->series(0).group(), "speakers/ada-king");
}

TEST_F(SpeakerMergesTest, MergeSpeakers_IntoOneThatIsMergedLater_LeadsToTheLast) {
  for (const char* name : {"a", "b", "c"}) {
    MustCreate(AQuote().Saying(absl::StrCat("of ", name)).By(MakeSpeaker(name, absl::StrCat("Speaker ", name))));
  }
  MustMerge("speakers/a", "speakers/b");
  MustMerge("speakers/b", "speakers/c");
  EXPECT_EQ(GetSpeaker("speakers/a")->name(), "speakers/c");
  EXPECT_THAT(GetSpeaker("speakers/a")->former_names(), UnorderedElementsAre("speakers/a", "speakers/b"));
  EXPECT_THAT(SaidBy("speakers/a"), UnorderedElementsAre("of a", "of b", "of c"));
  EXPECT_THAT(Meant("Speaker a"), ElementsAre("speakers/c"));
  EXPECT_THAT(ListedSpeakers(), ElementsAre("speakers/c"));
}

TEST_F(SpeakerMergesTest, MergeSpeakers_Wrong_IsRefused) {
  MakeSpeaker("a");
  MakeSpeaker("b");
  MakeSpeaker("c");
  EXPECT_THAT(Fields(MergeSpeakers("speakers/a", "speakers/a").status), ElementsAre("into"));
  EXPECT_THAT(Fields(MergeSpeakers("a", "", "", "").status), ElementsAre("name", "into", "reason"));
  EXPECT_EQ(Reason(MergeSpeakers("speakers/a", "speakers/nobody").status), pb::ERROR_REASON_SPEAKER_NOT_FOUND);
  EXPECT_EQ(Reason(MergeSpeakers("speakers/nobody", "speakers/a").status), pb::ERROR_REASON_SPEAKER_NOT_FOUND);
  MustMerge("speakers/a", "speakers/b");
  EXPECT_EQ(Reason(MergeSpeakers("speakers/a", "speakers/c").status), pb::ERROR_REASON_SPEAKER_MERGED);
  EXPECT_EQ(Reason(MergeSpeakers("speakers/c", "speakers/a").status), pb::ERROR_REASON_SPEAKER_MERGED);
  EXPECT_EQ(Reason(MergeSpeakers("speakers/a", "speakers/b").status), pb::ERROR_REASON_SPEAKER_MERGED);
  EXPECT_EQ(Sql("SELECT count(*) FROM speaker_moves"), "1");
}

TEST_F(SpeakerMergesTest, MergeSpeakers_RepeatedWithItsRequestId_AnswersTheSame) {
  MustCreate(AQuote().By(MakeSpeaker("a")));
  MakeSpeaker("b");
  const auto first = MergeSpeakers("speakers/a", "speakers/b", "once");
  const auto second = MergeSpeakers("speakers/a", "speakers/b", "once");
  ASSERT_TRUE(second.status.ok()) << second.status.error_message();
  EXPECT_EQ(second->quote_count(), 1);
  EXPECT_EQ(second->ShortDebugString(), first->ShortDebugString());
  EXPECT_EQ(Reason(MergeSpeakers("speakers/b", "speakers/a", "once").status), pb::ERROR_REASON_REQUEST_ID_REUSED);
}

TEST_F(SpeakerMergesTest, MergeSpeakers_JoinsWhatTheyAreKnownBy) {
  pb::CreateSpeakerRequest request;
  request.set_speaker_id("dick");
  request.mutable_speaker()->set_display_name("Dick Holbrooke");
  request.mutable_speaker()->add_names()->set_text("R. C. Holbrooke");
  request.mutable_speaker()->add_roles()->set_title("Envoy");
  pb::ExternalId& id = *request.mutable_speaker()->add_external_ids();
  id.set_scheme("wikidata");
  id.set_id("Q1");
  MakeSpeaker("usa", "The United States");
  request.mutable_speaker()->add_speaks_for()->set_principal("speakers/usa");
  ASSERT_TRUE(Call(*speakers_, &pb::SpeakerService::Stub::CreateSpeaker, request).status.ok());
  MakeSpeaker("america", "America");
  MakeSpeaker("richard", "Richard Holbrooke");
  const std::string before = GetSpeaker("speakers/richard")->ShortDebugString();
  MustMerge("speakers/dick", "speakers/richard");
  const auto joined = GetSpeaker("speakers/richard");
  EXPECT_EQ(joined->names_size(), 2);
  EXPECT_EQ(joined->roles(0).title(), "Envoy");
  EXPECT_EQ(joined->external_ids(0).id(), "Q1");
  EXPECT_EQ(joined->speaks_for(0).principal(), "speakers/usa");
  for (const char* name : {"Envoy", "Dick Holbrooke", "R. C. Holbrooke", "Holbrooke"}) {
    EXPECT_THAT(Meant(name), ElementsAre("speakers/richard")) << name;
  }
  // Who spoke for one that was merged speaks for the other.
  EXPECT_THAT(Meant("The United States"), ElementsAre("speakers/usa", "speakers/richard"));
  MustMerge("speakers/usa", "speakers/america");
  EXPECT_THAT(Meant("America"), ElementsAre("speakers/america", "speakers/richard"));

  ASSERT_TRUE(RestoreSpeaker("speakers/dick", "speakers/richard").status.ok());
  pb::Speaker after = *GetSpeaker("speakers/richard");
  EXPECT_TRUE(after.names().empty() && after.roles().empty() && after.external_ids().empty() &&
              after.speaks_for().empty() && after.former_names().empty())
      << before << "\n"
      << after.ShortDebugString();
  EXPECT_EQ(GetSpeaker("speakers/dick")->names(0).text(), "R. C. Holbrooke");
  EXPECT_THAT(Meant("Envoy"), ElementsAre("speakers/dick"));
  EXPECT_THAT(Meant("Holbrooke"), UnorderedElementsAre("speakers/dick", "speakers/richard"));
}

TEST_F(SpeakerMergesTest, MergeSpeakers_StancesFollowAndComeBack) {
  const std::string ada = MakeSpeaker("ada", "Ada"), king = MakeSpeaker("king", "Ada King"), eve = MakeSpeaker("eve");
  const std::string claim = MakeClaim("p", "Proofs are short"), other = MakeClaim("q", "Proofs are long");
  const pb::Quote by_ada = MustCreate(AQuote().Saying("one").By(ada).On("2001"));
  const pb::Quote by_king = MustCreate(AQuote().Saying("two").By(king).On("2002"));
  const pb::Quote by_eve = MustCreate(AQuote().Saying("three").By(eve).On("2003"));
  MustSet(AStance(by_ada, claim, pb::POSITION_ASSERTS));
  MustSet(AStance(by_ada, other, pb::POSITION_DENIES, king));  // which becomes her own
  MustSet(AStance(by_king, claim, pb::POSITION_DENIES));
  MustSet(AStance(by_king, claim, pb::POSITION_ASSERTS, ada));  // which gives way to her own
  MustSet(AStance(by_eve, claim, pb::POSITION_ASSERTS, ada));   // both of somebody else's quote
  MustSet(AStance(by_eve, claim, pb::POSITION_DENIES, king));
  pb::Stance told = AStance(by_eve, other, pb::POSITION_ASSERTS);
  told.set_ascribed_by(ada);
  MustSet(told);
  pb::LabelChangeRequest label;
  label.set_before(absl::StrCat(by_ada.name(), "/stances/p"));
  label.set_after(absl::StrCat(by_eve.name(), "/stances/p.ada"));
  label.set_label(pb::CHANGE_LABEL_NO_FLIP);
  const auto labelled = Call(*timeline_, &pb::TimelineService::Stub::LabelChange, label);
  ASSERT_TRUE(labelled.status.ok()) << labelled.status.error_message();
  const std::string before = WhoseIsWhat();

  const auto merged = MergeSpeakers(ada, king);
  ASSERT_TRUE(merged.status.ok()) << merged.status.error_message();
  EXPECT_EQ(merged->replaced_stance_count(), 2);
  EXPECT_EQ(RowsOf(ada), "0");
  EXPECT_THAT(StancesOn(claim, /*ascribed=*/false).size(), 2U);
  pb::ListStancesRequest held;
  held.mutable_filter()->add_holders(ada);
  held.mutable_filter()->set_include_ascribed(true);
  const std::vector<pb::Stance> stances = Stances(held);
  ASSERT_EQ(stances.size(), 4U);
  for (const pb::Stance& stance : stances) EXPECT_EQ(stance.holder(), king) << stance.ShortDebugString();
  EXPECT_FALSE(stances.back().ascribed());  // by her own quote
  held.mutable_filter()->add_holders(king);
  EXPECT_EQ(Stances(held).size(), 4U);  // both names are hers
  EXPECT_EQ(Sql("SELECT count(*) FROM change_labels WHERE recorded_to = 'infinity'"), "1");

  const auto restored = RestoreSpeaker(ada, king);
  ASSERT_TRUE(restored.status.ok()) << restored.status.error_message();
  EXPECT_EQ(WhoseIsWhat(), before);
}

TEST_F(SpeakerMergesTest, SplitSpeaker_RestoringWhatWasMerged_GivesEverythingBack) {
  MakeTopic("peace");
  Feed({ARecord().Saying("one").By("Ada").On("2001").About("peace"), ARecord().Saying("two").By("Ada"),
        ARecord().Saying("three").By("Ada King").About("peace"), ARecord().Saying("four").By("Eve")});
  const std::string before = WhoseIsWhat();
  MustMerge("speakers/ada", "speakers/ada-king");
  EXPECT_NE(WhoseIsWhat(), before);
  const auto between = Now();
  const auto restored = RestoreSpeaker("speakers/ada", "speakers/ada-king", "back");
  ASSERT_TRUE(restored.status.ok()) << restored.status.error_message();
  EXPECT_EQ(restored->quote_count(), 2);
  EXPECT_EQ(restored->speaker().name(), "speakers/ada");
  EXPECT_TRUE(restored->source().former_names().empty());
  EXPECT_EQ(RestoreSpeaker("speakers/ada", "speakers/ada-king", "back")->quote_count(), 2);
  EXPECT_EQ(WhoseIsWhat(), before);
  EXPECT_THAT(ListedSpeakers(), ElementsAre("speakers/ada", "speakers/ada-king", "speakers/eve"));
  EXPECT_THAT(Meant("Ada"), ElementsAre("speakers/ada"));
  EXPECT_THAT(SaidBy("speakers/ada", "", &between), UnorderedElementsAre("one", "two", "three"));
  EXPECT_EQ(Reason(RestoreSpeaker("speakers/ada", "speakers/ada-king").status), pb::ERROR_REASON_SPEAKER_NOT_MERGED);
  // And once more.
  MustMerge("speakers/ada", "speakers/ada-king");
  ASSERT_TRUE(RestoreSpeaker("speakers/ada", "speakers/ada-king").status.ok());
  EXPECT_EQ(Sql("SELECT count(*) FROM quotes q JOIN speakers s ON s.id = q.speaker_id WHERE s.slug = 'ada'"), "2");
}

TEST_F(SpeakerMergesTest, SplitSpeaker_Restoring_TellsWhatCameSinceByItsName) {
  Feed({ARecord().Saying("one").By("Ada"), ARecord().Saying("two").By("Ada King")});
  MustMerge("speakers/ada", "speakers/ada-king");
  MustCreate(AQuote().Saying("since, by id").By("speakers/ada"));
  Feed({ARecord().Saying("since, by name").By("ADA").WithId("1"), ARecord().Saying("since, the other").By("Ada King")});
  Feed({ARecord().Saying("since, changed").By("ADA").WithId("1")});
  pb::Quote given = *Get(Feed({ARecord().Saying("since, given away and back").By("Ada")}).results[0].quote());
  given.set_speaker(MakeSpeaker("eve"));
  ASSERT_TRUE(Update(given, {"speaker"}).status.ok());
  given = *Get(given.name());
  given.set_speaker("speakers/ada-king");
  ASSERT_TRUE(Update(given, {"speaker"}).status.ok());
  EXPECT_EQ(SaidBy("speakers/ada").size(), 6U);
  const auto restored = RestoreSpeaker("speakers/ada", "speakers/ada-king");
  ASSERT_TRUE(restored.status.ok()) << restored.status.error_message();
  EXPECT_EQ(restored->quote_count(), 3);
  EXPECT_THAT(SaidBy("speakers/ada"), UnorderedElementsAre("one", "since, by id", "since, changed"));
  EXPECT_THAT(SaidBy("speakers/ada-king"),
              UnorderedElementsAre("two", "since, the other", "since, given away and back"));
}

TEST_F(SpeakerMergesTest, SplitSpeaker_OutOfAChain_UndoesOneMergeAtATime) {
  for (const char* name : {"a", "b", "c"}) {
    MustCreate(AQuote().Saying(absl::StrCat("of ", name)).By(MakeSpeaker(name, absl::StrCat("Speaker ", name))));
  }
  MustMerge("speakers/a", "speakers/b");
  MustMerge("speakers/b", "speakers/c");
  EXPECT_EQ(Reason(RestoreSpeaker("speakers/a", "speakers/b").status), pb::ERROR_REASON_SPEAKER_MERGED);
  // What was merged into b goes with it.
  ASSERT_TRUE(RestoreSpeaker("speakers/b", "speakers/c").status.ok());
  EXPECT_EQ(GetSpeaker("speakers/a")->name(), "speakers/b");
  EXPECT_THAT(SaidBy("speakers/b"), UnorderedElementsAre("of a", "of b"));
  EXPECT_THAT(Meant("Speaker a"), ElementsAre("speakers/b"));
  EXPECT_TRUE(GetSpeaker("speakers/c")->names().empty());
  MustMerge("speakers/b", "speakers/c");
  // Out of the middle.
  ASSERT_TRUE(RestoreSpeaker("speakers/a", "speakers/c").status.ok());
  EXPECT_THAT(SaidBy("speakers/a"), ElementsAre("of a"));
  EXPECT_THAT(SaidBy("speakers/b"), UnorderedElementsAre("of b", "of c"));
  EXPECT_THAT(Meant("Speaker a"), ElementsAre("speakers/a"));
  EXPECT_THAT(GetSpeaker("speakers/c")->former_names(), ElementsAre("speakers/b"));
  ASSERT_TRUE(RestoreSpeaker("speakers/b", "speakers/c").status.ok());
  for (const char* name : {"a", "b", "c"}) {
    EXPECT_THAT(SaidBy(absl::StrCat("speakers/", name)), ElementsAre(absl::StrCat("of ", name)));
    EXPECT_TRUE(GetSpeaker(absl::StrCat("speakers/", name))->former_names().empty());
  }
}

TEST_F(SpeakerMergesTest, SplitSpeaker_IntoANewOne_TakesTheChosenQuotesAndNames) {
  MakeTopic("peace");
  pb::CreateSpeakerRequest john;
  john.set_speaker_id("john");
  john.mutable_speaker()->set_display_name("John Smith");
  john.mutable_speaker()->add_names()->set_text("Farmer Smith");
  john.mutable_speaker()->add_names()->set_text("Mayor Smith");
  ASSERT_TRUE(Call(*speakers_, &pb::SpeakerService::Stub::CreateSpeaker, john).status.ok());
  const Imported imported =
      Feed({ARecord().Saying("corn").By("Farmer Smith").About("peace").On("2001"),
            ARecord().Saying("roads").By("Mayor Smith"), ARecord().Saying("rain").By("John Smith")});
  const std::string claim = MakeClaim("p", "Corn grows");
  MustSet(AStance(*Get(imported.results[0].quote()), claim, pb::POSITION_ASSERTS));
  pb::SplitSpeakerRequest request =
      SplitOff("speakers/john", "John Smith (farmer)", {imported.results[0].quote(), imported.results[2].quote()},
               {"Farmer Smith"});
  request.set_request_id("once");
  const auto split = Split(request);
  ASSERT_TRUE(split.status.ok()) << split.status.error_message();
  EXPECT_EQ(split->speaker().name(), "speakers/john-smith-farmer");
  EXPECT_EQ(split->speaker().names(0).text(), "Farmer Smith");
  EXPECT_EQ(split->source().names_size(), 1);
  EXPECT_EQ(split->quote_count(), 2);
  EXPECT_EQ(Split(request)->ShortDebugString(), split->ShortDebugString());
  EXPECT_THAT(SaidBy("speakers/john-smith-farmer"), UnorderedElementsAre("corn", "rain"));
  EXPECT_THAT(SaidBy("speakers/john-smith-farmer", "topics/peace"), ElementsAre("corn"));
  EXPECT_THAT(SaidBy("speakers/john"), ElementsAre("roads"));
  EXPECT_EQ(StancesOn(claim).at(0).holder(), "speakers/john-smith-farmer");
  EXPECT_EQ(Revisions(imported.results[0].quote())->revisions(0).via(), "SplitSpeaker");
  EXPECT_EQ(Revisions(imported.results[0].quote())->revisions(0).reason(), "two women");
  // The name leads to the new one.
  Feed({ARecord().Saying("wheat").By("Farmer Smith")});
  EXPECT_THAT(SaidBy("speakers/john-smith-farmer"), UnorderedElementsAre("corn", "rain", "wheat"));
}

TEST_F(SpeakerMergesTest, SplitSpeaker_Wrong_IsRefusedAndChangesNothing) {
  MakeSpeaker("a", "Ada");
  MakeSpeaker("b", "Bea");
  const std::string of_a = MustCreate(AQuote().Saying("one").By("speakers/a")).name();
  const std::string of_b = MustCreate(AQuote().Saying("two").By("speakers/b")).name();
  const std::string nothing = "quotes/" + std::string(32, 'a');
  const auto fields = [&](const pb::SplitSpeakerRequest& request) { return Fields(Split(request).status); };
  pb::SplitSpeakerRequest request;
  EXPECT_THAT(fields(request), ElementsAre("name", "reason", "speaker"));
  request = SplitOff("speakers/a", "New", {of_a});
  request.set_restore("speakers/b");
  EXPECT_THAT(fields(request), ElementsAre("speaker"));
  EXPECT_THAT(fields(SplitOff("speakers/a", "New", {})), ElementsAre("quotes"));
  EXPECT_THAT(fields(SplitOff("speakers/a", "he", {"one"})), ElementsAre("speaker.display_name", "quotes[0]"));
  EXPECT_THAT(fields(SplitOff("speakers/a", "New", {of_a, of_b, nothing})), ElementsAre("quotes[1]", "quotes[2]"));
  EXPECT_THAT(fields(SplitOff("speakers/a", "New", {of_a}, {"Ada", "nobody"})), ElementsAre("names[0]", "names[1]"));
  request = SplitOff("speakers/a", "New", {of_a});
  request.set_speaker_id("b");
  EXPECT_EQ(Reason(Split(request).status), pb::ERROR_REASON_SPEAKER_EXISTS);
  EXPECT_EQ(Reason(Split(SplitOff("speakers/x", "New", {of_a})).status), pb::ERROR_REASON_SPEAKER_NOT_FOUND);
  EXPECT_EQ(Reason(RestoreSpeaker("speakers/x", "speakers/a").status), pb::ERROR_REASON_SPEAKER_NOT_FOUND);
  EXPECT_EQ(Reason(RestoreSpeaker("speakers/b", "speakers/a").status), pb::ERROR_REASON_SPEAKER_NOT_MERGED);
  MustMerge("speakers/b", "speakers/a");
  // A name of one that was merged leads where that one does.
  EXPECT_THAT(fields(SplitOff("speakers/a", "New", {of_a}, {"Bea"})), ElementsAre("names[0]"));
  EXPECT_EQ(Reason(Split(SplitOff("speakers/b", "New", {of_a})).status), pb::ERROR_REASON_SPEAKER_MERGED);
  EXPECT_EQ(Sql("SELECT count(*) FROM speakers"), "2");
  EXPECT_EQ(Get(of_a)->speaker(), "speakers/a");
}

TEST_F(SpeakerMergesTest, ImportQuotes_OfMergedSpeakers_ChangesNothing) {
  const std::vector<pb::ImportRecord> records = {
      ARecord().Saying("one").By("Ada").In("The Daily").WithId("1"),
      ARecord().Saying("two").By("Ada King").In("The Daily"),
      ARecord().Saying("three").By("ADA").In("The Daily").With([](pb::ImportRecord& record) {
        record.add_stances()->set_claim("Proofs are short");
        pb::ImportStance& held = *record.add_stances();
        held.set_claim("Proofs are long");
        held.set_holder("Ada King");
      })};
  ASSERT_TRUE(Feed(records).AllAre(pb::OUTCOME_CREATED));
  MustMerge("speakers/ada", "speakers/ada-king");
  const std::string merged = Dump();
  EXPECT_THAT(Outcomes(records), Each(pb::OUTCOME_UNCHANGED));
  EXPECT_EQ(Dump(), merged);
  // Records that say something else are no conflict, and the merge stands.
  EXPECT_THAT(Outcomes({ARecord().Saying("one").By("Ada").In("The Daily").WithId("1").Noting("new")}),
              ElementsAre(pb::OUTCOME_UPDATED));
  EXPECT_THAT(Outcomes({ARecord().Saying("four").By("Ada")}), ElementsAre(pb::OUTCOME_CREATED));
  EXPECT_EQ(RowsOf("speakers/ada"), "0");
  EXPECT_THAT(ListedSpeakers(), ElementsAre("speakers/ada-king"));
  EXPECT_THAT(Outcomes(Export(*imports_)), Each(pb::OUTCOME_UNCHANGED));
  ASSERT_TRUE(RestoreSpeaker("speakers/ada", "speakers/ada-king").status.ok());
  EXPECT_THAT(SaidBy("speakers/ada"), UnorderedElementsAre("one", "three", "four"));
  EXPECT_THAT(Outcomes({records[1], records[2]}), Each(pb::OUTCOME_UNCHANGED));
  EXPECT_THAT(SaidBy("speakers/ada"), UnorderedElementsAre("one", "three", "four"));
}

TEST_F(SpeakerMergesTest, ImportQuotes_AfterASplit_LeavesWhoseTheyAre) {
  const std::vector<pb::ImportRecord> records = {
      ARecord().Saying("corn").By("John Smith").In("The Daily").WithId("1"),
      ARecord().Saying("roads").By("John Smith").In("The Daily").WithId("2")};
  const Imported imported = Feed(records);
  ASSERT_TRUE(Split(SplitOff("speakers/john-smith", "The farmer", {imported.results[0].quote()})).status.ok());
  const std::string split = Dump();
  EXPECT_THAT(Outcomes(records), Each(pb::OUTCOME_UNCHANGED));
  EXPECT_EQ(Dump(), split);
  // A record that names him as before does not undo what was decided; one that names somebody else says so.
  EXPECT_THAT(Outcomes({ARecord().Saying("corn").By("John Smith").In("The Daily").WithId("1").Noting("new")}),
              ElementsAre(pb::OUTCOME_UPDATED));
  EXPECT_THAT(Outcomes({ARecord().Saying("more corn").By("John Smith").In("The Daily").WithId("1")}),
              ElementsAre(pb::OUTCOME_UPDATED));
  EXPECT_THAT(SaidBy("speakers/the-farmer"), ElementsAre("more corn"));
  EXPECT_THAT(Outcomes({ARecord().Saying("corn").By("Eve").In("The Daily").WithId("1")}),
              ElementsAre(pb::OUTCOME_UPDATED));
  EXPECT_THAT(SaidBy("speakers/eve"), ElementsAre("corn"));
}

TEST_F(SpeakerMergesTest, UpdateQuote_GivingAQuoteToAnother_LeavesNothingBehind) {
  MakeTopic("peace");
  const std::vector<pb::ImportRecord> records = {ARecord().Saying("one").By("Ada").About("peace").In("The Daily")};
  pb::Quote quote = *Get(Feed(records).results[0].quote());
  const std::string claim = MakeClaim("p", "Proofs are short");
  MustSet(AStance(quote, claim, pb::POSITION_ASSERTS));
  quote.set_speaker(MakeSpeaker("eve"));
  ASSERT_TRUE(Update(quote, {"speaker"}, "", "editor", "it was Eve").status.ok());
  EXPECT_EQ(RowsOf("speakers/ada"), "0");
  EXPECT_THAT(SaidBy("speakers/eve", "topics/peace"), ElementsAre("one"));
  EXPECT_EQ(StancesOn(claim).at(0).holder(), "speakers/eve");
  EXPECT_EQ(Revisions(quote.name())->revisions(0).reason(), "it was Eve");
  EXPECT_TRUE(Becomes(absl::StrCat("SELECT max(speaker_id) FROM quote_wordings"), IdOf("speakers/eve")));
  EXPECT_THAT(Outcomes(records), Each(pb::OUTCOME_UNCHANGED));
  EXPECT_EQ(Get(quote.name())->speaker(), "speakers/eve");
}

TEST_F(SpeakerMergesTest, MergeSpeakers_FindsSimilarQuotesUnderTheOldName) {
  MustCreate(AQuote().Saying("The proofs of this are remarkably short").By(MakeSpeaker("ada")));
  MakeSpeaker("king");
  ASSERT_TRUE(Becomes("SELECT count(*) FROM quotes_to_match", "0"));
  MustMerge("speakers/ada", "speakers/king");
  pb::FindSimilarQuotesRequest request;
  request.set_text("the proofs of this are remarkably short");
  for (const char* name : {"speakers/ada", "speakers/king"}) {
    request.set_speaker(name);
    EXPECT_EQ(Call(*utterances_, &pb::UtteranceService::Stub::FindSimilarQuotes, request)->quotes_size(), 1) << name;
  }
}

TEST_F(SpeakerMergesTest, MergeSpeakers_WithRedactedQuotes_TellsNothingOfAProtectedSource) {
  const pb::Quote shown = MustCreate(AQuote().Saying("quixotry").By(MakeSpeaker("ada")));
  const pb::Quote hidden = MustCreate(AQuote().Saying("zebrafinch").By("speakers/ada"));
  const std::string king = MakeSpeaker("king");
  MustSet(AStance(hidden, MakeClaim("p", "P"), pb::POSITION_ASSERTS, king));
  MustMerge("speakers/ada", king);
  for (const pb::Quote& quote : {shown, hidden}) {
    pb::RedactQuoteRequest request;
    request.set_name(quote.name());
    request.set_reason("by order");
    request.set_protect_source(quote.name() == hidden.name());
    const auto redacted = Call(*quotes_, &pb::QuoteService::Stub::RedactQuote, request);
    ASSERT_TRUE(redacted.status.ok()) << redacted.status.error_message();
  }
  const std::string id = absl::StrCat("'", hidden.name().substr(hidden.name().find('/') + 1), "'::uuid");
  EXPECT_EQ(
      Sql(absl::StrCat("SELECT count(*) FROM stances WHERE quote_id = ", id, " AND (speaker_id, holder_id) <> (0, 0)")),
      "0");
  EXPECT_EQ(Sql(absl::StrCat("SELECT count(*) FROM quote_revisions WHERE quote_id = ", id,
                             " AND state->>'speaker_id' IS NOT NULL")),
            "0");
  ASSERT_TRUE(RestoreSpeaker("speakers/ada", king).status.ok());
  EXPECT_EQ(Get(shown.name())->speaker(), "speakers/ada");
  EXPECT_EQ(Get(hidden.name())->speaker(), "");
}

// Eight writers feed and edit while the speaker is merged, restored and merged again.
TEST_F(SpeakerMergesTest, MergeSpeakers_WhileOthersWrite_LosesNothing) {
  constexpr int kWriters = 8, kRounds = 6, kRecords = 20;
  Feed({ARecord().Saying("first").By("Ada"), ARecord().Saying("first of hers").By("Ada King")});
  std::vector<std::thread> writers;
  std::atomic<int> failed = 0, started = 0;
  writers.reserve(kWriters);
  for (int writer = 0; writer < kWriters; ++writer) {
    writers.emplace_back([&, writer] {
      for (int round = 0; round < kRounds; ++round) {
        std::vector<pb::ImportRecord> records;
        for (int i = 0; i < kRecords; ++i) {
          records.push_back(ARecord()
                                .Saying(absl::StrCat("words ", writer, " ", round, " ", i))
                                .By(i % 2 == 0 ? "Ada" : "speakers/ada")
                                .With([&](pb::ImportRecord& record) {
                                  record.add_stances()->set_claim(absl::StrCat("Claim ", i % 3));
                                  pb::ImportStance& held = *record.add_stances();
                                  held.set_claim("Claim 4");
                                  held.set_holder("Ada");
                                }));
          if (i % 2 == 0) records.back().mutable_stances(1)->set_holder("Ada King");
        }
        const Imported imported = Import(*imports_, records);
        if (!imported.status.ok() || !imported.AllAre(pb::OUTCOME_CREATED)) ++failed;
        const auto made = Create(AQuote().Saying(absl::StrCat("by hand ", writer, " ", round)).By("speakers/ada"));
        if (!made.status.ok()) ++failed;
        ++started;
        if (!imported.results.empty()) {
          pb::Quote edited = *Get(imported.results[0].quote());
          edited.clear_etag();
          edited.set_note("seen");
          if (!Update(edited, {"note"}).status.ok()) ++failed;
        }
      }
    });
  }
  while (started < kWriters) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  EXPECT_TRUE(MergeSpeakers("speakers/ada", "speakers/ada-king").status.ok());
  EXPECT_TRUE(RestoreSpeaker("speakers/ada", "speakers/ada-king").status.ok());
  EXPECT_TRUE(MergeSpeakers("speakers/ada", "speakers/ada-king").status.ok());
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(failed, 0);
  EXPECT_EQ(RowsOf("speakers/ada"), "0");
  EXPECT_EQ(Sql("SELECT count(*) FROM quotes"), std::to_string(2 + kWriters * kRounds * (kRecords + 1)));
  EXPECT_EQ(Sql("SELECT count(*) FROM speakers"), "2");
  EXPECT_EQ(Sql("SELECT count(*) FROM quotes WHERE note = 'seen'"), std::to_string(kWriters * kRounds));
  // One stance of each quote on each claim, none without its quote's speaker.
  EXPECT_EQ(Sql("SELECT count(*) FROM stances st JOIN quotes q ON q.id = st.quote_id WHERE st.recorded_to = 'infinity' "
                "AND st.speaker_id <> q.speaker_id"),
            "0");
  EXPECT_EQ(Sql("SELECT count(*) FROM (SELECT FROM stances WHERE recorded_to = 'infinity' GROUP BY quote_id, claim_id, "
                "speaker_id HAVING count(*) > 1) twice"),
            "0");
  EXPECT_TRUE(Becomes("SELECT count(*) FROM quotes_to_match", "0"));
  EXPECT_EQ(
      Sql("SELECT count(*) FROM quote_wordings w JOIN quotes q ON q.id = w.quote_id WHERE w.speaker_id IS DISTINCT "
          "FROM q.speaker_id"),
      "0");
}

}  // namespace
}  // namespace onrecord
