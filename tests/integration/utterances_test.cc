// Finding and verifying words: what resembles them, contains them or stands in them, and what was done to them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/builders.h"

namespace onrecord {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

const char kEnvoy[] =
    "The Americans believe that Kosovo’s separation has already taken place de facto. We look at the situation from "
    "the "
    "point of view of international law, not pseudo-reality,";
const char kMoonInFull[] =
    "We choose to go to the moon in this decade and do the other things, not because they are easy, but because they "
    "are "
    "hard";

class UtteranceTest : public RecordTest {
 protected:
  // Waits until everything that was written is matched.
  void Match() {
    EXPECT_TRUE(Becomes("SELECT count(*) FROM quotes_to_match", "0"));
    const auto state = Call(*utterances_, &pb::UtteranceService::Stub::GetMatchingState, pb::GetMatchingStateRequest());
    EXPECT_TRUE(state.status.ok());
    EXPECT_EQ(state->pending_count(), 0);
  }
  Answer<pb::FindSimilarQuotesResponse> Find(const std::string& text, const std::string& speaker = "",
                                             const pb::DateInterval& said = {}) {
    pb::FindSimilarQuotesRequest request;
    request.set_text(text);
    request.set_speaker(speaker);
    *request.mutable_said() = said;
    return Call(*utterances_, &pb::UtteranceService::Stub::FindSimilarQuotes, request);
  }
  static std::vector<std::string> Found(const Answer<pb::FindSimilarQuotesResponse>& answer) {
    EXPECT_TRUE(answer.status.ok()) << answer.status.error_message();
    std::vector<std::string> texts;
    for (const pb::SimilarQuote& similar : answer->quotes()) texts.push_back(similar.quote().text());
    return texts;
  }
  Answer<pb::VerifyQuoteResponse> Verify(const std::string& text, const std::string& speaker = "") {
    pb::VerifyQuoteRequest request;
    request.set_text(text);
    request.set_speaker(speaker);
    return Call(*utterances_, &pb::UtteranceService::Stub::VerifyQuote, request);
  }
  pb::QuoteVerdict VerdictOn(const std::string& text, const std::string& speaker = "") {
    const auto verified = Verify(text, speaker);
    EXPECT_TRUE(verified.status.ok()) << verified.status.error_message();
    return verified->verdict();
  }
  static std::vector<int> Flags(const pb::SimilarQuote& similar) {
    return {similar.comparison().flags().begin(), similar.comparison().flags().end()};
  }
};

TEST_F(UtteranceTest, FindSimilarQuotes_WholePartAndChangedWords_AreFoundClosestFirst) {
  const std::string ada = MakeSpeaker("ada");
  MustCreate(AQuote().Saying(kMoonInFull).By(ada).On("1962-09-12"));
  MustCreate(AQuote().Saying("because they are hard").By(ada).On("1962-09-13"));
  MustCreate(AQuote().Saying("We choose to go to the moon in this decade").By(ada).On("1962-09-13"));
  MustCreate(AQuote().Saying("The harbour is closed to all ships").By(ada).On("1962-09-12"));
  Match();

  EXPECT_THAT(Found(Find(kMoonInFull)),
              ElementsAre(kMoonInFull, "We choose to go to the moon in this decade", "because they are hard"));
  EXPECT_THAT(Found(Find("because they are hard")), ElementsAre("because they are hard", kMoonInFull));
  EXPECT_THAT(Found(Find("We chose to go to the moon this decade and do other things, not because they are easy")),
              Contains(kMoonInFull));
  EXPECT_THAT(Found(Find("Nothing like that was ever recorded anywhere")), IsEmpty());
}

TEST_F(UtteranceTest, FindSimilarQuotes_OfALongText_FindsTheShortQuotesInIt) {
  const std::string ada = MakeSpeaker("ada");
  const std::string lead =
      "We look at the world through the lens of international law, not of pseudo-reality, he said on Wednesday, and ";
  const std::string end = "Kosovo should get supervised independence now and not in some other year that nobody knows";
  MustCreate(AQuote().Saying("pseudo-reality").By(ada).On("2007-11-21"));
  MustCreate(AQuote().Saying("supervised independence").By(ada).On("2007-11-22"));
  MustCreate(AQuote().Saying("in some other year").By(ada).On("2007-11-23"));
  MustCreate(AQuote().Saying("through the lens of international law").By(ada).On("2007-11-24"));
  MustCreate(AQuote().Saying("some year of international independence").By(ada).On("2007-11-25"));
  MustCreate(AQuote().Saying("not of").By(ada).On("2007-11-26"));
  MustCreate(AQuote().Saying("at the world").By(ada).On("2007-11-27"));  // a single word says something: "world"
  Match();
  EXPECT_THAT(Found(Find(lead + end)),
              UnorderedElementsAre("pseudo-reality", "supervised independence", "in some other year",
                                   "through the lens of international law"));
}

TEST_F(UtteranceTest, FindSimilarQuotes_OfWordsThatMoreHaveThanAreAskedFor_AnswersWithTheEarliestOfThose) {
  const std::string ada = MakeSpeaker("ada");
  const std::string bob = MakeSpeaker("bob");
  for (const char* day : {"2009-01-03", "2009-01-01", "2009-01-02"}) {
    MustCreate(AQuote().Saying("Thank you, Mr. President").By(ada).On(day));
  }
  MustCreate(AQuote().Saying("Thank you, Mr. President, and good night").By(bob).On("2001"));
  Match();
  pb::FindSimilarQuotesRequest request;
  request.set_text("thank you Mr President");
  const auto find = [&] { return Call(*utterances_, &pb::UtteranceService::Stub::FindSimilarQuotes, request); };
  EXPECT_THAT(Found(find()), ElementsAre("Thank you, Mr. President", "Thank you, Mr. President",
                                         "Thank you, Mr. President", "Thank you, Mr. President, and good night"));
  request.set_limit(2);
  const auto earliest = find();
  ASSERT_EQ(earliest->quotes_size(), 2);
  EXPECT_EQ(earliest->quotes(0).quote().said().from().day(), 1);
  EXPECT_EQ(earliest->quotes(1).quote().said().from().day(), 2);
  request.set_speaker(bob);
  EXPECT_THAT(Found(find()), ElementsAre("Thank you, Mr. President, and good night"));
}

TEST_F(UtteranceTest, FindSimilarQuotes_OfOneWord_FindsTheQuotesThatHoldIt) {
  const std::string ada = MakeSpeaker("ada");
  const std::string bob = MakeSpeaker("bob");
  const std::string plan = "Kosovo should get supervised independence now";
  MustCreate(AQuote().Saying(plan).By(ada).On("2007-11-21"));
  MustCreate(AQuote().Saying("Independence").By(bob).On("2007-11-22"));
  MustCreate(AQuote().Saying("An independent paper said so").By(bob).On("2007-11-23"));
  MustCreate(AQuote().Saying("We never spoke of independence").By(bob).On("1999"));
  Match();
  EXPECT_THAT(Found(Find("independence")),
              UnorderedElementsAre("Independence", plan, "We never spoke of independence"));
  EXPECT_THAT(Found(Find("independence")).front(), "Independence");
  EXPECT_THAT(Found(Find("independence", ada)), ElementsAre(plan));
  EXPECT_THAT(Found(Find("independence", bob, Between("1998", "2000"))), ElementsAre("We never spoke of independence"));
  EXPECT_THAT(Found(Find("independence", "", Between("1999-05", "1999-06", true))),
              ElementsAre("We never spoke of independence"));
  EXPECT_THAT(Found(Find("harbour")), IsEmpty());
  EXPECT_THAT(Found(Find("7.5")), IsEmpty());
}

TEST_F(UtteranceTest, FindSimilarQuotes_WithSpeakerAndDates_NarrowsToThem) {
  const std::string ada = MakeSpeaker("ada");
  const std::string bob = MakeSpeaker("bob");
  const pb::Quote early = MustCreate(AQuote().Saying(kMoonInFull).By(ada).On("1962-09-12"));
  const pb::Quote late = MustCreate(AQuote().Saying(kMoonInFull).By(bob).On("1999"));
  Match();

  const auto of_bob = Find(kMoonInFull, bob);
  ASSERT_EQ(of_bob->quotes_size(), 1);
  EXPECT_EQ(of_bob->quotes(0).quote().name(), late.name());
  const auto in_time = Find(kMoonInFull, "", Between("1962", "1963"));
  ASSERT_EQ(in_time->quotes_size(), 1);
  EXPECT_EQ(in_time->quotes(0).quote().name(), early.name());
  EXPECT_THAT(Found(Find(kMoonInFull, ada, Between("1999-05", "2000", true))), IsEmpty());
  EXPECT_EQ(Find(kMoonInFull, "", Between("1999-05", "1999-06", true))->quotes_size(), 1);

  // The first ones in order do not fit; the one that does is found behind them.
  for (int year = 1900; year < 1930; ++year) {
    MustCreate(AQuote().Saying(kMoonInFull).By(ada).On(std::to_string(year)));
  }
  Match();
  const auto behind = Find(kMoonInFull, "", Between("1999-05", "1999-06", true));
  ASSERT_EQ(behind->quotes_size(), 1);
  EXPECT_EQ(behind->quotes(0).quote().name(), late.name());
}

TEST_F(UtteranceTest, VerifyQuote_OneChangeAtATime_HasItsVerdict) {
  const std::string ada = MakeSpeaker("ada");
  const std::string bob = MakeSpeaker("bob");
  MustCreate(AQuote().Saying(kMoonInFull).By(ada).On("1962-09-12").In(MakeOutlet("gazette")));
  Match();

  EXPECT_EQ(VerdictOn(kMoonInFull, ada), pb::QUOTE_VERDICT_AUTHENTIC);
  EXPECT_EQ(VerdictOn("“" + std::string(kMoonInFull) + "!”"), pb::QUOTE_VERDICT_AUTHENTIC);
  EXPECT_EQ(VerdictOn("We choose to go to the moon in this decade", ada), pb::QUOTE_VERDICT_FRAGMENT);
  EXPECT_EQ(VerdictOn("We choose to go to the moon … because they are hard", ada), pb::QUOTE_VERDICT_FRAGMENT);
  EXPECT_EQ(VerdictOn("We choose to go to Mars in this decade and do the other things", ada),
            pb::QUOTE_VERDICT_VARIANT);
  EXPECT_EQ(VerdictOn(kMoonInFull, bob), pb::QUOTE_VERDICT_MISATTRIBUTED);
  EXPECT_EQ(VerdictOn("We never choose the easy things, and the moon is not one of them", ada),
            pb::QUOTE_VERDICT_NOT_FOUND);

  const auto dropped = Verify("do the other things, because they are easy, but because they are hard", ada);
  EXPECT_EQ(dropped->verdict(), pb::QUOTE_VERDICT_VARIANT);
  ASSERT_EQ(dropped->quotes_size(), 1);
  EXPECT_EQ(dropped->quotes(0).comparison().relation(), pb::WORDING_RELATION_POLARITY_FLIP);
  EXPECT_THAT(Flags(dropped->quotes(0)), Contains(pb::WORDING_FLAG_NEGATION_DROPPED));
  EXPECT_EQ(dropped->quotes(0).quote().appearances(0).outlet(), "outlets/gazette");
}

TEST_F(UtteranceTest, VerifyQuote_OfSomebodyWhoSpeaksForTheSpeaker_IsAuthentic) {
  const std::string land = MakeSpeaker("land", "Land");
  pb::CreateSpeakerRequest request;
  request.mutable_speaker()->set_display_name("Envoy");
  request.mutable_speaker()->add_speaks_for()->set_principal(land);
  request.set_speaker_id("envoy");
  ASSERT_TRUE(Call(*speakers_, &pb::SpeakerService::Stub::CreateSpeaker, request).status.ok());
  MustCreate(AQuote().Saying(kEnvoy).By("speakers/envoy").On("2007-11-21"));
  Match();

  EXPECT_EQ(VerdictOn(kEnvoy, land), pb::QUOTE_VERDICT_AUTHENTIC);
  EXPECT_EQ(VerdictOn(kEnvoy, "speakers/envoy"), pb::QUOTE_VERDICT_AUTHENTIC);
}

TEST_F(UtteranceTest, VerifyQuote_WhatTheRecordDoesNotVouchFor_IsNotAuthentic) {
  const std::string ada = MakeSpeaker("ada");
  MustCreate(
      AQuote().Saying("the harbour would be closed to all ships").By(ada).As(pb::QUOTE_KIND_INDIRECT).On("2001"));
  MustCreate(AQuote().Saying("Bread will be cheap in those days").By(ada).As(pb::POLARITY_NEGATED).On("2001"));
  const pb::Quote withdrawn = MustCreate(AQuote().Saying("Taxes will fall before the summer").By(ada).On("2001"));
  ASSERT_TRUE(Retract(withdrawn.name()).status.ok());
  Match();

  const auto told = Verify("the harbour would be closed to all ships", ada);
  EXPECT_EQ(told->verdict(), pb::QUOTE_VERDICT_VARIANT);
  EXPECT_THAT(Flags(told->quotes(0)), Contains(pb::WORDING_FLAG_REFERENCE_IS_PARAPHRASE));
  const auto denied = Verify("Bread will be cheap in those days", ada);
  EXPECT_EQ(denied->verdict(), pb::QUOTE_VERDICT_NOT_FOUND);
  EXPECT_THAT(Flags(denied->quotes(0)), Contains(pb::WORDING_FLAG_REFERENCE_NOT_SAID));
  const auto gone = Verify("Taxes will fall before the summer", ada);
  EXPECT_EQ(gone->verdict(), pb::QUOTE_VERDICT_NOT_FOUND);
  EXPECT_THAT(Flags(gone->quotes(0)), Contains(pb::WORDING_FLAG_REFERENCE_RETRACTED));
}

TEST_F(UtteranceTest, VerifyQuote_FragmentThatTheNextWordsTakeBack_SaysSo) {
  const std::string ada = MakeSpeaker("ada");
  MustCreate(AQuote().Saying(kEnvoy).By(ada).On("2007-11-21"));
  MustCreate(AQuote().Saying("The plan is a good one, but only if nobody has to pay for it").By(ada).On("2007"));
  Match();

  const auto before = Verify("pseudo-reality", ada);
  EXPECT_EQ(before->verdict(), pb::QUOTE_VERDICT_FRAGMENT);
  EXPECT_THAT(Flags(before->quotes(0)), Contains(pb::WORDING_FLAG_CONTEXT_CONTRADICTS));
  const auto after = Verify("The plan is a good one", ada);
  EXPECT_EQ(after->verdict(), pb::QUOTE_VERDICT_FRAGMENT);
  EXPECT_THAT(Flags(after->quotes(0)), Contains(pb::WORDING_FLAG_CONTEXT_CONTRADICTS));
  EXPECT_EQ(VerdictOn("the United States is living in a pseudo-reality", ada), pb::QUOTE_VERDICT_NOT_FOUND);
}

TEST_F(UtteranceTest, VerifyQuote_EllipsisThatHidesMuch_DependsOnWhatIsAskedFor) {
  const std::string ada = MakeSpeaker("ada");
  MustCreate(AQuote().Saying(kMoonInFull).By(ada).On("1962"));
  Match();
  pb::VerifyQuoteRequest request;
  request.set_text("We choose to go to the moon … because they are hard");
  const auto much = Call(*utterances_, &pb::UtteranceService::Stub::VerifyQuote, request);
  EXPECT_THAT(Flags(much->quotes(0)), Contains(pb::WORDING_FLAG_ELLIPSIS_HIDES_MUCH));
  request.set_ellipsis_words(50);
  const auto little = Call(*utterances_, &pb::UtteranceService::Stub::VerifyQuote, request);
  EXPECT_THAT(Flags(little->quotes(0)), Not(Contains(pb::WORDING_FLAG_ELLIPSIS_HIDES_MUCH)));
}

TEST_F(UtteranceTest, VerifyQuote_InAnyScript_KnowsTheWords) {
  const std::string ada = MakeSpeaker("ada");
  MustCreate(AQuote().Saying("我们不同意这个计划，因为太贵了").By(ada).On("2001"));
  MustCreate(AQuote().Saying("Мы не согласны с этим решением и будем его обжаловать").By(ada).On("2001"));
  MustCreate(AQuote().Saying("نحن لا نوافق على هذا القرار ولن نقبل به أبدا").By(ada).On("2001"));
  Match();
  EXPECT_EQ(VerdictOn("我们不同意这个计划", ada), pb::QUOTE_VERDICT_FRAGMENT);
  EXPECT_EQ(VerdictOn("Мы не согласны с этим решением и будем его обжаловать.", ada), pb::QUOTE_VERDICT_AUTHENTIC);
  const auto flipped = Verify("نحن نوافق على هذا القرار ولن نقبل به أبدا", ada);
  EXPECT_EQ(flipped->verdict(), pb::QUOTE_VERDICT_VARIANT);
  EXPECT_THAT(Flags(flipped->quotes(0)), Contains(pb::WORDING_FLAG_NEGATION_DROPPED));
}

TEST_F(UtteranceTest, VerifyQuote_FewLettersOfAScriptWithoutSpaces_AreAFragment) {
  const std::string ada = MakeSpeaker("ada");
  MustCreate(AQuote().Saying("我们不同意这个计划，因为太贵了").By(ada).On("2001"));
  MustCreate(AQuote().Saying("نحن لا نوافق على هذا القرار ولن نقبل به أبدا").By(ada).On("2001"));
  MustCreate(AQuote().Saying("この計画には反対です").By(ada).On("2001"));
  Match();
  EXPECT_EQ(VerdictOn("计划", ada), pb::QUOTE_VERDICT_FRAGMENT);
  EXPECT_EQ(VerdictOn("贵", ada), pb::QUOTE_VERDICT_FRAGMENT);
  EXPECT_EQ(VerdictOn("太贵了", ada), pb::QUOTE_VERDICT_FRAGMENT);
  EXPECT_EQ(VerdictOn("不同意这个", ada), pb::QUOTE_VERDICT_FRAGMENT);
  EXPECT_EQ(VerdictOn("反対です", ada), pb::QUOTE_VERDICT_FRAGMENT);
  EXPECT_EQ(VerdictOn("هذا القرار", ada), pb::QUOTE_VERDICT_FRAGMENT);
  EXPECT_EQ(VerdictOn("القرارَ ولن", ada), pb::QUOTE_VERDICT_FRAGMENT) << "a vowel sign more";
  EXPECT_EQ(VerdictOn("飞机", ada), pb::QUOTE_VERDICT_NOT_FOUND);
}

TEST_F(UtteranceTest, FindSimilarQuotes_KeysThatThousandsHave_DoNotHideTheQuote) {
  std::vector<pb::ImportRecord> records;
  for (int i = 0; i < 3000; ++i) {
    const std::string text = "This is one of the things that number " + std::to_string(i) + " stands for";
    records.push_back(ARecord().Saying(text).By("Speaker " + std::to_string(i % 50)).On(std::to_string(1900 + i / 50)));
  }
  records.push_back(ARecord().Saying("It is one of the harbours that number nine is").By("Ada").On("2001-01-02"));
  Feed(records);
  Match();
  EXPECT_TRUE(Becomes("SELECT count(*) > 5 FROM common_keys", "t")) << "the sample tells what is common";

  const auto whole = Find("This is one of the things that number 2871 stands for");
  EXPECT_EQ(whole->quotes(0).quote().text(), "This is one of the things that number 2871 stands for");
  EXPECT_EQ(whole->quotes(0).comparison().relation(), pb::WORDING_RELATION_IDENTICAL);
  EXPECT_THAT(Found(Find("one of the harbours")), ElementsAre("It is one of the harbours that number nine is"));
  EXPECT_EQ(Find("that number")->quotes_size(), 20);
  const auto of_one = Find("that number", "speakers/ada");
  ASSERT_EQ(of_one->quotes_size(), 1) << "behind thousands of others";
  EXPECT_EQ(of_one->quotes(0).comparison().relation(), pb::WORDING_RELATION_FRAGMENT);
}

TEST_F(UtteranceTest, VerifyQuote_WhatThousandsSay_IsFoundOfTheOneAskedFor) {
  std::vector<pb::ImportRecord> records;
  for (int i = 0; i < 3000; ++i) {
    records.push_back(ARecord().Saying("Thank you very much.").By("Speaker " + std::to_string(i)).On("2001-01-02"));
  }
  Feed(records);
  Match();
  EXPECT_EQ(Sql("SELECT count(*) FROM wordings"), "1");
  EXPECT_EQ(VerdictOn("Thank you very much", "speakers/speaker-2711"), pb::QUOTE_VERDICT_AUTHENTIC);
  const std::string quiet = MakeSpeaker("quiet");
  EXPECT_EQ(VerdictOn("thank you", "speakers/speaker-17"), pb::QUOTE_VERDICT_FRAGMENT);
  EXPECT_EQ(Find("Thank you very much")->quotes_size(), 20);
}

TEST_F(UtteranceTest, VerifyQuote_WithBadInput_NamesTheField) {
  EXPECT_THAT(Fields(Verify("").status), ElementsAre("text"));
  EXPECT_THAT(Fields(Verify("?! …").status), ElementsAre("text"));
  EXPECT_THAT(Fields(Verify(std::string(100001, 'x')).status), ElementsAre("text"));
  EXPECT_EQ(Reason(Verify("We shall see", "speakers/nobody").status), pb::ERROR_REASON_SPEAKER_NOT_FOUND);
  EXPECT_THAT(Fields(Verify("We shall see", "nobody").status), ElementsAre("speaker"));
  EXPECT_THAT(Fields(Find("We shall see", "", Between("2002", "2001")).status), ElementsAre("said"));
  EXPECT_THAT(Fields(Find("We shall see", "", Between("2002", "")).status), IsEmpty());
  pb::FindSimilarQuotesRequest request;
  request.set_text("We shall see");
  request.set_limit(101);
  EXPECT_THAT(Fields(Call(*utterances_, &pb::UtteranceService::Stub::FindSimilarQuotes, request).status),
              ElementsAre("limit"));
}

TEST_F(UtteranceTest, VerifyQuote_OfOneWordOrFiftyThousandCharacters_Answers) {
  const std::string ada = MakeSpeaker("ada");
  std::string speech;
  for (int i = 0; speech.size() < 50000; ++i) speech += "sentence number " + std::to_string(i) + " of a long speech, ";
  MustCreate(AQuote().Saying(speech).By(ada).On("2001"));
  MustCreate(AQuote().Saying("Never").By(ada).On("2002"));
  Match();
  EXPECT_EQ(VerdictOn(speech, ada), pb::QUOTE_VERDICT_AUTHENTIC);
  const std::size_t begin = speech.find("sentence", 20000);
  EXPECT_EQ(VerdictOn(speech.substr(begin, speech.find(',', begin + 500) - begin), ada), pb::QUOTE_VERDICT_FRAGMENT);
  EXPECT_EQ(VerdictOn("Never!", ada), pb::QUOTE_VERDICT_AUTHENTIC);
  EXPECT_EQ(VerdictOn("Always", ada), pb::QUOTE_VERDICT_NOT_FOUND);
  EXPECT_EQ(VerdictOn(std::string(50000, 'a'), ada), pb::QUOTE_VERDICT_NOT_FOUND);
}

TEST_F(UtteranceTest, BatchVerifyQuotes_OfAnArticle_AnswersEachInOrder) {
  const std::string ada = MakeSpeaker("ada");
  MustCreate(AQuote().Saying(kMoonInFull).By(ada).On("1962"));
  Match();
  pb::BatchVerifyQuotesRequest request;
  request.add_requests()->set_text(kMoonInFull);
  request.add_requests()->set_text("Nothing like that was ever recorded");
  request.add_requests()->set_text("go to the moon in this decade");
  grpc::ClientContext context;
  const auto stream = utterances_->BatchVerifyQuotes(&context, request);
  std::vector<std::pair<int, pb::QuoteVerdict>> answers;
  for (pb::BatchVerifyQuotesResponse answer; stream->Read(&answer);) {
    answers.emplace_back(answer.index(), answer.response().verdict());
  }
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_THAT(answers, ElementsAre(std::pair(0, pb::QUOTE_VERDICT_AUTHENTIC), std::pair(1, pb::QUOTE_VERDICT_NOT_FOUND),
                                   std::pair(2, pb::QUOTE_VERDICT_FRAGMENT)));

  request.mutable_requests(1)->set_text("...");
  grpc::ClientContext again;
  const auto refused = utterances_->BatchVerifyQuotes(&again, request);
  pb::BatchVerifyQuotesResponse none;
  EXPECT_FALSE(refused->Read(&none));
  EXPECT_THAT(Fields(refused->Finish()), ElementsAre("requests[1].text"));
}

TEST_F(UtteranceTest, UpdateQuote_WithOtherWords_IsFoundByThoseAlone) {
  const std::string ada = MakeSpeaker("ada");
  pb::Quote quote = MustCreate(AQuote().Saying(kMoonInFull).By(ada).On("1962"));
  Match();
  quote.set_text("Bread will be cheap in those days");
  ASSERT_TRUE(Update(quote, {"text"}).status.ok());
  Match();
  EXPECT_THAT(Found(Find(kMoonInFull)), IsEmpty());
  EXPECT_THAT(Found(Find("Bread will be cheap in those days")), ElementsAre(quote.text()));
  EXPECT_EQ(Sql("SELECT count(*) FROM wordings"), "1");
}

TEST_F(UtteranceTest, RedactQuote_ThatWasMatched_LeavesNothingToFind) {
  const std::string ada = MakeSpeaker("ada");
  const pb::Quote quote = MustCreate(AQuote().Saying(kMoonInFull).By(ada).On("1962"));
  Match();
  pb::RedactQuoteRequest request;
  request.set_name(quote.name());
  request.set_reason("court order 7");
  ASSERT_TRUE(Call(*quotes_, &pb::QuoteService::Stub::RedactQuote, request).status.ok());
  EXPECT_THAT(Found(Find(kMoonInFull)), IsEmpty());
  EXPECT_EQ(Sql("SELECT (SELECT count(*) FROM wordings) + (SELECT count(*) FROM quote_wordings)"), "0");
  EXPECT_EQ(VerdictOn(kMoonInFull, ada), pb::QUOTE_VERDICT_NOT_FOUND);
}

TEST_F(UtteranceTest, ServerThatStopsWhileQuotesWait_MatchesThemWhenItIsBack) {
  const std::string ada = MakeSpeaker("ada");
  std::vector<pb::ImportRecord> records;
  for (int i = 0; i < 2000; ++i) {
    records.push_back(ARecord()
                          .Saying("Number " + std::to_string(i) + " of the things that wait")
                          .By("ada")
                          .On(std::to_string(1000 + i)));
  }
  Feed(records);
  StopServer();
  StartServer();
  Match();
  EXPECT_EQ(Sql("SELECT count(*) FROM quote_wordings"), "2000");
  EXPECT_EQ(VerdictOn("Number 1999 of the things that wait", ada), pb::QUOTE_VERDICT_AUTHENTIC);
}

}  // namespace
}  // namespace onrecord
