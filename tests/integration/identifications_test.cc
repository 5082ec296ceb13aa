// Who unnamed sources are: proposed, accepted, rejected.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/support/stances.h"

namespace onrecord {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class IdentificationsTest : public StanceTest {
 protected:
  Answer<pb::Identification> Propose(const std::string& quote, const std::string& speaker,
                                     const std::string& reason = "his memoir", double confidence = 0.75,
                                     const std::string& request_id = "") {
    pb::ProposeIdentificationRequest request;
    pb::Identification& identification = *request.mutable_identification();
    identification.set_quote(quote);
    identification.set_speaker(speaker);
    identification.set_reason(reason);
    identification.set_confidence(confidence);
    request.set_request_id(request_id);
    const auto proposed = Call(*quotes_, &pb::QuoteService::Stub::ProposeIdentification, request, "ada");
    return {proposed.status, proposed->identification()};
  }
  std::string MustPropose(const std::string& quote, const std::string& speaker) {
    const auto proposed = Propose(quote, speaker);
    EXPECT_TRUE(proposed.status.ok()) << proposed.status.error_message();
    return proposed->name();
  }
  template <typename Request, typename Response>
  Answer<pb::Identification> Decide(grpc::Status (pb::QuoteService::Stub::*method)(grpc::ClientContext*, const Request&,
                                                                                   Response*),
                                    const std::string& name, const std::string& reason, const std::string& request_id) {
    Request request;
    request.set_name(name);
    request.set_reason(reason);
    request.set_request_id(request_id);
    const auto decided = Call(*quotes_, method, request, "editor");
    return {decided.status, decided->identification()};
  }
  Answer<pb::Identification> Accept(const std::string& name, const std::string& reason = "confirmed",
                                    const std::string& request_id = "") {
    return Decide(&pb::QuoteService::Stub::AcceptIdentification, name, reason, request_id);
  }
  Answer<pb::Identification> Reject(const std::string& name, const std::string& reason = "he was abroad",
                                    const std::string& request_id = "") {
    return Decide(&pb::QuoteService::Stub::RejectIdentification, name, reason, request_id);
  }
  Answer<pb::ListIdentificationsResponse> Identifications(const pb::ListIdentificationsRequest& request) {
    return Call(*quotes_, &pb::QuoteService::Stub::ListIdentifications, request);
  }
  // Of a quote, as "speaker state".
  std::vector<std::string> Said(const std::string& quote, const google::protobuf::Timestamp* moment = nullptr) {
    pb::ListIdentificationsRequest request;
    request.set_quote(quote);
    if (moment != nullptr) *request.mutable_as_of() = *moment;
    std::vector<std::string> said;
    const auto listed = Identifications(request);
    for (const pb::Identification& identification : listed->identifications()) {
      said.push_back(
          absl::StrCat(identification.speaker(), " ", pb::IdentificationState_Name(identification.state()).substr(21)));
    }
    return said;
  }
  pb::Quote Unnamed(const std::string& text = "Follow the money.") {
    return MustCreate(AQuote().Saying(text).BySomebody("a senior official").On("1972"));
  }
};

TEST_F(IdentificationsTest, ProposeIdentification_ChangesNothingAboutTheQuote) {
  const std::string felt = MakeSpeaker("felt", "Mark Felt");
  const pb::Quote quote = Unnamed();
  const auto proposed = Propose(quote.name(), felt);
  ASSERT_TRUE(proposed.status.ok()) << proposed.status.error_message();
  EXPECT_EQ(proposed->name(), quote.name() + "/identifications/felt");
  EXPECT_EQ(proposed->state(), pb::IDENTIFICATION_STATE_PROPOSED);
  EXPECT_EQ(proposed->confidence(), 0.75);
  EXPECT_EQ(proposed->reason(), "his memoir");
  EXPECT_EQ(proposed->speaker_display_name(), "Mark Felt");
  EXPECT_EQ(proposed->described_as(), "a senior official");
  EXPECT_EQ(proposed->author(), "ada");
  EXPECT_EQ(Get(quote.name())->ShortDebugString(), quote.ShortDebugString());
}

TEST_F(IdentificationsTest, AcceptIdentification_GivesTheQuoteToTheSpeaker) {
  const std::string felt = MakeSpeaker("felt", "Mark Felt"), gray = MakeSpeaker("gray");
  const pb::Quote quote = Unnamed();
  const std::string claim = MakeClaim("p", "Money leads to the top");
  const pb::Stance stance = MustSet(AStance(quote, claim, pb::POSITION_ASSERTS));
  const std::string name = MustPropose(quote.name(), felt);
  MustPropose(quote.name(), gray);
  const auto accepted = Accept(name);
  ASSERT_TRUE(accepted.status.ok()) << accepted.status.error_message();
  EXPECT_EQ(accepted->state(), pb::IDENTIFICATION_STATE_ACCEPTED);
  EXPECT_EQ(accepted->reason(), "his memoir");
  EXPECT_EQ(accepted->decision_reason(), "confirmed");
  EXPECT_EQ(accepted->author(), "editor");
  const auto identified = Get(quote.name());
  EXPECT_EQ(identified->speaker(), felt);
  EXPECT_EQ(identified->described_as(), "a senior official");
  EXPECT_EQ(identified->source_terms(), quote.source_terms());
  EXPECT_TRUE(identified->edited());
  const auto revisions = Revisions(quote.name());
  EXPECT_EQ(revisions->revisions(0).via(), "AcceptIdentification");
  EXPECT_EQ(revisions->revisions(0).reason(), "confirmed");
  EXPECT_THAT(revisions->revisions(0).changed_fields(), ElementsAre("speaker"));
  pb::QuoteFilter filter;
  filter.add_speakers(felt);
  EXPECT_EQ(List(filter)->quotes_size(), 1);
  EXPECT_EQ(StancesOn(claim).at(0).holder(), felt);
  EXPECT_THAT(Said(quote.name()), testing::UnorderedElementsAre("speakers/felt ACCEPTED", "speakers/gray PROPOSED"));
  EXPECT_THAT(Said(quote.name(), &stance.update_time()), IsEmpty());
  EXPECT_THAT(Said(quote.name(), &accepted->create_time()), ElementsAre("speakers/felt PROPOSED"));
  // It goes on being an unnamed source as printed, also where other things are changed.
  pb::Quote noted = *identified;
  noted.set_note("see the memoir");
  ASSERT_TRUE(Update(noted, {"note"}).status.ok());
  EXPECT_EQ(Get(quote.name())->described_as(), "a senior official");
}

TEST_F(IdentificationsTest, RejectIdentification_OfWhatWasAccepted_MakesTheSourceUnnamedAgain) {
  const std::string felt = MakeSpeaker("felt", "Mark Felt");
  const pb::Quote quote = Unnamed();
  const std::string name = MustPropose(quote.name(), felt);
  ASSERT_TRUE(Accept(name).status.ok());
  const auto rejected = Reject(name);
  ASSERT_TRUE(rejected.status.ok()) << rejected.status.error_message();
  EXPECT_EQ(rejected->state(), pb::IDENTIFICATION_STATE_REJECTED);
  EXPECT_EQ(rejected->decision_reason(), "he was abroad");
  EXPECT_EQ(Get(quote.name())->speaker(), "");
  EXPECT_EQ(Get(quote.name())->described_as(), "a senior official");
  EXPECT_EQ(Revisions(quote.name())->revisions(0).via(), "RejectIdentification");
  EXPECT_EQ(Reject(name, "again")->decision_reason(), "he was abroad");
  // What was rejected is not proposed again, but may turn out to be right.
  EXPECT_EQ(Reason(Propose(quote.name(), felt).status), pb::ERROR_REASON_IDENTIFICATION_EXISTS);
  ASSERT_TRUE(Accept(name, "he was not").status.ok());
  EXPECT_EQ(Get(quote.name())->speaker(), felt);
  EXPECT_EQ(Sql("SELECT count(*) FROM identifications"), "4");
}

TEST_F(IdentificationsTest, RejectIdentification_OfAQuoteWithNoOtherSource_IsRefused) {
  const pb::Quote quote = Unnamed();
  const std::string name = MustPropose(quote.name(), MakeSpeaker("felt"));
  ASSERT_TRUE(Accept(name).status.ok());
  pb::Quote bare = *Get(quote.name());
  bare.clear_described_as();
  ASSERT_TRUE(Update(bare, {"described_as"}).status.ok());
  const auto rejected = Reject(name);
  EXPECT_EQ(Reason(rejected.status), pb::ERROR_REASON_FIELDS_INVALID) << rejected.status.error_message();
  EXPECT_THAT(Fields(rejected.status), ElementsAre("quote.described_as"));
  EXPECT_EQ(Get(quote.name())->speaker(), "speakers/felt");
}

TEST_F(IdentificationsTest, ProposeIdentification_KeepsItsConfidenceExactly) {
  const std::string quote = Unnamed().name();
  for (const double confidence : {1.0 / 3, 1e-7, 1.0}) {
    const auto proposed =
        Propose(quote, MakeSpeaker(absl::StrCat("source-", static_cast<int>(confidence * 100))), "why", confidence);
    EXPECT_EQ(proposed->confidence(), confidence) << proposed.status.error_message();
  }
}

TEST_F(IdentificationsTest, ListIdentifications_AsOfAMoment_DescribesTheSourceAsThen) {
  const pb::Quote quote = Unnamed();
  MustPropose(quote.name(), MakeSpeaker("felt"));
  pb::ListIdentificationsRequest request;
  request.set_quote(quote.name());
  *request.mutable_as_of() = Identifications(request)->identifications(0).create_time();
  pb::Quote otherwise = *Get(quote.name());
  otherwise.set_described_as("a clerk");
  ASSERT_TRUE(Update(otherwise, {"described_as"}).status.ok());
  EXPECT_EQ(Identifications(request)->identifications(0).described_as(), "a senior official");
  request.clear_as_of();
  EXPECT_EQ(Identifications(request)->identifications(0).described_as(), "a clerk");
}

TEST_F(IdentificationsTest, RejectIdentification_OfAProposal_LeavesTheQuoteAlone) {
  const pb::Quote quote = Unnamed();
  const std::string name = MustPropose(quote.name(), MakeSpeaker("felt"));
  ASSERT_TRUE(Reject(name).status.ok());
  EXPECT_EQ(Get(quote.name())->etag(), quote.etag());
  EXPECT_THAT(Said(quote.name()), ElementsAre("speakers/felt REJECTED"));
}

TEST_F(IdentificationsTest, UpdateQuote_GivingAnIdentifiedQuoteToAnother_RejectsTheIdentification) {
  const pb::Quote quote = Unnamed();
  ASSERT_TRUE(Accept(MustPropose(quote.name(), MakeSpeaker("felt"))).status.ok());
  pb::Quote given = *Get(quote.name());
  given.set_speaker(MakeSpeaker("gray"));
  ASSERT_TRUE(Update(given, {"speaker"}, "", "editor", "it was Gray").status.ok());
  EXPECT_THAT(Said(quote.name()), ElementsAre("speakers/felt REJECTED"));
  EXPECT_EQ(Get(quote.name())->described_as(), "a senior official");
}

TEST_F(IdentificationsTest, Identifications_Wrong_AreRefused) {
  const std::string felt = MakeSpeaker("felt");
  const pb::Quote unnamed = Unnamed();
  const pb::Quote named = MustCreate(AQuote().Saying("named").By(felt));
  const std::string nothing = "quotes/" + std::string(32, 'a');
  EXPECT_THAT(Fields(Propose("x", "y", "", 2).status),
              ElementsAre("identification.quote", "identification.speaker", "identification.reason",
                          "identification.confidence"));
  EXPECT_EQ(Reason(Propose(nothing, felt).status), pb::ERROR_REASON_QUOTE_NOT_FOUND);
  EXPECT_EQ(Reason(Propose(unnamed.name(), "speakers/nobody").status), pb::ERROR_REASON_SPEAKER_NOT_FOUND);
  EXPECT_EQ(Reason(Propose(named.name(), felt).status), pb::ERROR_REASON_SOURCE_IS_NAMED);
  const std::string name = MustPropose(unnamed.name(), felt);
  EXPECT_EQ(Reason(Propose(unnamed.name(), felt).status), pb::ERROR_REASON_IDENTIFICATION_EXISTS);
  EXPECT_THAT(Fields(Accept(name, "").status), ElementsAre("reason"));
  EXPECT_THAT(Fields(Accept("felt").status), ElementsAre("name"));
  EXPECT_EQ(Reason(Accept(unnamed.name() + "/identifications/nobody").status),
            pb::ERROR_REASON_IDENTIFICATION_NOT_FOUND);
  MakeSpeaker("gray");
  EXPECT_EQ(Reason(Reject(unnamed.name() + "/identifications/gray").status), pb::ERROR_REASON_IDENTIFICATION_NOT_FOUND);
  ASSERT_TRUE(Accept(name).status.ok());
  EXPECT_EQ(Reason(Accept(name).status), pb::ERROR_REASON_SOURCE_IS_NAMED);
  EXPECT_EQ(Reason(Propose(unnamed.name(), "speakers/gray").status), pb::ERROR_REASON_SOURCE_IS_NAMED);
  ASSERT_TRUE(Retract(unnamed.name()).status.ok());
  EXPECT_EQ(Reason(Reject(name).status), pb::ERROR_REASON_QUOTE_RETRACTED);
  pb::ListIdentificationsRequest list;
  list.set_quote("x");
  list.set_speaker("y");
  list.add_states(pb::IDENTIFICATION_STATE_UNSPECIFIED);
  EXPECT_THAT(Fields(Identifications(list).status), ElementsAre("quote", "speaker", "states"));
}

TEST_F(IdentificationsTest, Identifications_RepeatedWithTheirRequestIds_HappenOnce) {
  const std::string felt = MakeSpeaker("felt");
  const pb::Quote quote = Unnamed();
  const std::string name = Propose(quote.name(), felt, "his memoir", 0.5, "one")->name();
  EXPECT_EQ(Propose(quote.name(), felt, "his memoir", 0.5, "one")->name(), name);
  ASSERT_TRUE(Accept(name, "confirmed", "two").status.ok());
  EXPECT_EQ(Accept(name, "confirmed", "two")->state(), pb::IDENTIFICATION_STATE_ACCEPTED);
  ASSERT_TRUE(Reject(name, "no", "three").status.ok());
  EXPECT_EQ(Reject(name, "no", "three")->state(), pb::IDENTIFICATION_STATE_REJECTED);
  EXPECT_EQ(Sql("SELECT count(*) FROM identifications"), "3");
  EXPECT_EQ(Get(quote.name())->etag(), "3");
}

TEST_F(IdentificationsTest, ListIdentifications_PagesNewestFirst) {
  const std::string felt = MakeSpeaker("felt"), gray = MakeSpeaker("gray");
  std::vector<std::string> names;
  for (int i = 0; i < 5; ++i)
    names.push_back(MustPropose(Unnamed(absl::StrCat("words ", i)).name(), i < 3 ? felt : gray));
  ASSERT_TRUE(Reject(names[0]).status.ok());
  const auto walk = [&](pb::ListIdentificationsRequest request) {
    std::vector<std::string> walked;
    request.set_page_size(2);
    do {
      const auto page = Identifications(request);
      EXPECT_TRUE(page.status.ok()) << page.status.error_message();
      EXPECT_LE(page->identifications_size(), 2);
      for (const auto& identification : page->identifications()) walked.push_back(identification.name());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return walked;
  };
  pb::ListIdentificationsRequest request;
  EXPECT_THAT(walk(request), ElementsAre(names[4], names[3], names[2], names[1], names[0]));
  request.set_speaker(felt);
  EXPECT_THAT(walk(request), ElementsAre(names[2], names[1], names[0]));
  request.add_states(pb::IDENTIFICATION_STATE_PROPOSED);
  EXPECT_THAT(walk(request), ElementsAre(names[2], names[1]));
  pb::ListIdentificationsRequest other;
  other.set_page_size(2);
  other.set_page_token(Identifications(other)->next_page_token());
  other.set_speaker(gray);
  EXPECT_EQ(Reason(Identifications(other).status), pb::ERROR_REASON_PAGE_TOKEN_INVALID);
}

TEST_F(IdentificationsTest, ImportQuotes_OfAnIdentifiedSource_ChangesNothing) {
  const pb::ImportRecord record = ARecord().Saying("one").BySomebody("an official").In("The Daily").WithId("1");
  const std::string quote = Feed({record}).results[0].quote();
  ASSERT_TRUE(Accept(MustPropose(quote, MakeSpeaker("felt", "Mark Felt"))).status.ok());
  const std::string accepted = Dump();
  EXPECT_THAT(Outcomes({record}), ElementsAre(pb::OUTCOME_UNCHANGED));
  EXPECT_THAT(Outcomes(Export(*imports_)), Each(pb::OUTCOME_UNCHANGED));
  EXPECT_EQ(Dump(), accepted);
  pb::ImportRecord changed = record;
  changed.set_note("new");
  EXPECT_THAT(Outcomes({changed}), ElementsAre(pb::OUTCOME_CONFLICT));
  EXPECT_EQ(Get(quote)->speaker(), "speakers/felt");
}

TEST_F(IdentificationsTest, MergeSpeakers_IdentificationsFollowAndComeBack) {
  const std::string felt = MakeSpeaker("felt"), mark = MakeSpeaker("mark");
  const std::string both = Unnamed("both").name(), one = Unnamed("one").name(), open = Unnamed("open").name();
  MustPropose(both, felt);
  ASSERT_TRUE(Reject(MustPropose(both, mark)).status.ok());
  ASSERT_TRUE(Accept(MustPropose(one, felt)).status.ok());
  MustPropose(open, felt);
  pb::MergeSpeakersRequest merge;
  merge.set_name(felt);
  merge.set_into(mark);
  merge.set_reason("the same man");
  const auto merged = Call(*speakers_, &pb::SpeakerService::Stub::MergeSpeakers, merge);
  ASSERT_TRUE(merged.status.ok()) << merged.status.error_message();
  EXPECT_THAT(Said(both), ElementsAre("speakers/mark REJECTED"));
  EXPECT_THAT(Said(one), ElementsAre("speakers/mark ACCEPTED"));
  EXPECT_THAT(Said(open), ElementsAre("speakers/mark PROPOSED"));
  EXPECT_EQ(Get(one)->speaker(), mark);
  // By the old name.
  ASSERT_TRUE(Reject(open + "/identifications/felt").status.ok());
  pb::SplitSpeakerRequest restore;
  restore.set_name(mark);
  restore.set_restore(felt);
  restore.set_reason("two men");
  const auto restored = Call(*speakers_, &pb::SpeakerService::Stub::SplitSpeaker, restore);
  ASSERT_TRUE(restored.status.ok()) << restored.status.error_message();
  EXPECT_EQ(Get(one)->speaker(), felt);
  EXPECT_THAT(Said(both), testing::UnorderedElementsAre("speakers/felt PROPOSED", "speakers/mark REJECTED"));
  EXPECT_THAT(Said(one), ElementsAre("speakers/felt ACCEPTED"));
  EXPECT_THAT(Said(open), ElementsAre("speakers/mark REJECTED"));  // decided since
}

}  // namespace
}  // namespace onrecord
