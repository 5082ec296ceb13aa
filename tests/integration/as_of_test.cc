// What the record held at an earlier moment: every read that takes as_of, through the API.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "google/protobuf/util/message_differencer.h"
#include "google/protobuf/util/time_util.h"
#include "tests/support/stances.h"

namespace onrecord {
namespace {

using google::protobuf::Timestamp;
using google::protobuf::util::TimeUtil;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class AsOfTest : public StanceTest {
 protected:
  template <typename Stub, typename Request, typename Response>
  Answer<Response> CallAt(Stub& stub, grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                          Request request, const Timestamp& moment) {
    *request.mutable_as_of() = moment;
    return Call(stub, method, request);
  }
  Answer<pb::Quote> GetAt(const std::string& name, const Timestamp& moment) {
    pb::GetQuoteRequest request;
    request.set_name(name);
    const auto got = CallAt(*quotes_, &pb::QuoteService::Stub::GetQuote, request, moment);
    return {got.status, got->quote()};
  }
  static pb::ListQuotesRequest ListOf(const pb::QuoteFilter& filter, int page_size = 1000) {
    pb::ListQuotesRequest request;
    *request.mutable_filter() = filter;
    request.set_page_size(page_size);
    return request;
  }
  std::vector<std::string> TextsAt(const pb::QuoteFilter& filter, const Timestamp& moment,
                                   pb::QuoteOrder order = pb::QUOTE_ORDER_OLDEST) {
    pb::ListQuotesRequest request = ListOf(filter);
    request.set_order(order);
    const auto list = CallAt(*quotes_, &pb::QuoteService::Stub::ListQuotes, request, moment);
    EXPECT_TRUE(list.status.ok()) << list.status.error_message();
    const std::vector<std::string> texts = Texts(*list);
    pb::CountQuotesRequest count;
    *count.mutable_filter() = filter;
    const auto counted = CallAt(*quotes_, &pb::QuoteService::Stub::CountQuotes, count, moment);
    EXPECT_EQ(counted->count(), static_cast<std::int64_t>(texts.size())) << counted.status.error_message();
    pb::GetTimelineRequest timeline;
    *timeline.mutable_filter() = filter;
    const auto line = CallAt(*timeline_, &pb::TimelineService::Stub::GetTimeline, timeline, moment);
    EXPECT_EQ(line->total(), counted->count()) << line.status.error_message();
    return texts;
  }
  std::vector<pb::ImportRecord> ExportAt(const Timestamp& moment) {
    pb::ExportQuotesRequest request;
    *request.mutable_as_of() = moment;
    return Export(*imports_, request);
  }
  void RenameSpeaker(const std::string& name, const std::string& display_name, const std::string& role = "") {
    pb::UpdateSpeakerRequest request;
    request.mutable_speaker()->set_name(name);
    request.mutable_speaker()->set_display_name(display_name);
    request.mutable_update_mask()->add_paths("display_name");
    if (!role.empty()) {
      request.mutable_speaker()->add_roles()->set_title(role);
      request.mutable_update_mask()->add_paths("roles");
    }
    const auto updated = Call(*speakers_, &pb::SpeakerService::Stub::UpdateSpeaker, request);
    EXPECT_TRUE(updated.status.ok()) << updated.status.error_message();
  }
  void Change(pb::Quote quote, const std::string& path, const std::function<void(pb::Quote&)>& change) {
    change(quote);
    quote.clear_etag();
    const auto updated = Update(quote, {path});
    EXPECT_TRUE(updated.status.ok()) << updated.status.error_message();
  }
  static void ExpectError(const grpc::Status& status, grpc::StatusCode code, pb::ErrorReason reason) {
    EXPECT_EQ(status.error_code(), code) << status.error_message();
    EXPECT_EQ(Reason(status), reason) << status.error_message();
  }
  static pb::QuoteFilter Matching(const std::function<void(pb::QuoteFilter&)>& set) {
    pb::QuoteFilter filter;
    set(filter);
    return filter;
  }
  using Strings = std::vector<std::string>;
  static pb::QuoteFilter Naming(const Strings& speakers, const Strings& topics, const Strings& outlets,
                                const std::string& words = "") {
    pb::QuoteFilter filter;
    filter.mutable_speakers()->Add(speakers.begin(), speakers.end());
    filter.mutable_topics()->Add(topics.begin(), topics.end());
    filter.mutable_outlets()->Add(outlets.begin(), outlets.end());
    filter.set_words(words);
    return filter;
  }
};

bool Same(const google::protobuf::Message& a, const google::protobuf::Message& b) {
  return google::protobuf::util::MessageDifferencer::Equals(a, b);
}

TEST_F(AsOfTest, GetQuote_AfterEditsAndRetraction_IsAsItWas) {
  const std::string ada = MakeSpeaker("ada", "Ada Lovelace");
  const std::string daily = MakeOutlet("daily", "The Daily");
  const pb::Quote first = MustCreate(AQuote().Saying("before").By(ada).On("2001").Printed(
      AnAppearance().In(daily).At("https://daily.example/1").Under("A headline")));
  const Timestamp created = Now();
  Change(first, "text", [](pb::Quote& q) { q.set_text("after"); });
  const Timestamp edited = Now();
  Change(*Get(first.name()), "appearances", [](pb::Quote& q) {
    q.mutable_appearances(0)->set_wording("another wording");
    q.mutable_appearances(0)->mutable_article()->set_headline("Another headline");
  });
  RenameSpeaker(ada, "Ada King");
  const pb::Quote standing = *Get(first.name());
  const Timestamp before_retraction = Now();
  EXPECT_TRUE(Retract(first.name()).status.ok());

  EXPECT_TRUE(Same(*GetAt(first.name(), created), first)) << GetAt(first.name(), created)->DebugString();
  EXPECT_TRUE(Same(*GetAt(first.name(), first.update_time()), first)) << "from the very moment on";
  EXPECT_EQ(GetAt(first.name(), edited)->text(), "after");
  EXPECT_EQ(GetAt(first.name(), edited)->appearances(0).wording(), "");
  EXPECT_EQ(GetAt(first.name(), edited)->appearances(0).article().headline(), "A headline");
  EXPECT_EQ(GetAt(first.name(), edited)->speaker_display_name(), "Ada Lovelace");
  EXPECT_TRUE(Same(*GetAt(first.name(), before_retraction), standing));
  EXPECT_TRUE(Same(*GetAt(first.name(), Now()), *Get(first.name())));
}

TEST_F(AsOfTest, Get_BeforeItWasRecorded_SaysWhenItWas) {
  const Timestamp before = Now();
  const std::string ada = MakeSpeaker("ada");
  const pb::Quote quote = MustCreate(AQuote().By(ada));
  ExpectError(GetAt(quote.name(), before).status, grpc::StatusCode::NOT_FOUND, pb::ERROR_REASON_NOT_RECORDED_YET);
  EXPECT_NE(GetAt(quote.name(), before).status.error_message().find(TimeUtil::ToString(quote.create_time())),
            std::string::npos);
  pb::GetSpeakerRequest speaker;
  speaker.set_name(ada);
  ExpectError(CallAt(*speakers_, &pb::SpeakerService::Stub::GetSpeaker, speaker, before).status,
              grpc::StatusCode::NOT_FOUND, pb::ERROR_REASON_NOT_RECORDED_YET);
  speaker.set_name("speakers/nobody");
  ExpectError(CallAt(*speakers_, &pb::SpeakerService::Stub::GetSpeaker, speaker, before).status,
              grpc::StatusCode::NOT_FOUND, pb::ERROR_REASON_SPEAKER_NOT_FOUND);
  pb::BatchGetQuotesRequest batch;
  batch.add_names(quote.name());
  const auto got = CallAt(*quotes_, &pb::QuoteService::Stub::BatchGetQuotes, batch, before);
  EXPECT_THAT(got->missing(), ElementsAre(quote.name()));
}

TEST_F(AsOfTest, Lists_BeforeTheFirstRecord_AreEmpty) {
  const Timestamp before = Now();
  const std::string ada = MakeSpeaker("ada");
  const std::string topic = MakeTopic("war");
  MakeOutlet("daily");
  MakeClaim("moon", "The moon is made of cheese", topic);
  MustCreate(AQuote().By(ada).About(topic));
  EXPECT_THAT(TextsAt({}, before), IsEmpty());
  EXPECT_THAT(TextsAt(Matching([&](pb::QuoteFilter& f) { f.add_speakers(ada); }), before), IsEmpty());
  EXPECT_THAT(ExportAt(before), IsEmpty());
  EXPECT_TRUE(CallAt(*speakers_, &pb::SpeakerService::Stub::ListSpeakers, {}, before)->speakers().empty());
  EXPECT_TRUE(CallAt(*outlets_, &pb::OutletService::Stub::ListOutlets, {}, before)->outlets().empty());
  EXPECT_TRUE(CallAt(*topics_, &pb::TopicService::Stub::ListTopics, {}, before)->topics().empty());
  EXPECT_TRUE(CallAt(*claims_, &pb::ClaimService::Stub::ListClaims, {}, before)->claims().empty());
  EXPECT_THAT(TextsAt({}, TimeUtil::SecondsToTimestamp(0)), IsEmpty());
}

TEST_F(AsOfTest, Reads_InTheFuture_AreRefused) {
  const Timestamp future = TimeUtil::SecondsToTimestamp(TimeUtil::TimestampToSeconds(Now()) + 3600);
  ExpectError(GetAt("quotes/00000000000000000000000000000000", future).status, grpc::StatusCode::INVALID_ARGUMENT,
              pb::ERROR_REASON_FIELDS_INVALID);
  ExpectError(CallAt(*quotes_, &pb::QuoteService::Stub::ListQuotes, {}, future).status,
              grpc::StatusCode::INVALID_ARGUMENT, pb::ERROR_REASON_FIELDS_INVALID);
  ExpectError(CallAt(*timeline_, &pb::TimelineService::Stub::GetTimeline, {}, future).status,
              grpc::StatusCode::INVALID_ARGUMENT, pb::ERROR_REASON_FIELDS_INVALID);
  ExpectError(CallAt(*topics_, &pb::TopicService::Stub::ListTopics, {}, future).status,
              grpc::StatusCode::INVALID_ARGUMENT, pb::ERROR_REASON_FIELDS_INVALID);
}

TEST_F(AsOfTest, ListQuotes_EachFilter_AsksForWhatWasThen) {
  const std::string ada = MakeSpeaker("ada");
  const std::string bea = MakeSpeaker("bea");
  const std::string daily = MakeOutlet("daily");
  const std::string world = MakeTopic("world");
  const std::string war = MakeTopic("war", world);
  const pb::Quote quote = MustCreate(AQuote()
                                         .Saying("the harbour is burning")
                                         .By(ada)
                                         .On("2001-05-03")
                                         .About(war)
                                         .Printed(AnAppearance().In(daily).On("2001-05-04")));
  MustCreate(AQuote().Saying("words of somebody").On("2002"));
  const Timestamp then = Now();
  pb::Quote changed = quote;
  changed.set_text("the town is quiet");
  changed.set_speaker(bea);
  changed.set_kind(pb::QUOTE_KIND_INDIRECT);
  *changed.mutable_said() = ADate("1999");
  changed.clear_topics();
  changed.clear_appearances();
  ASSERT_TRUE(Update(changed, {"text", "speaker", "kind", "said", "topics", "appearances"}).status.ok());
  MoveTopic(war, "");

  const std::vector<pb::QuoteFilter> was = {
      Matching([&](pb::QuoteFilter& f) { f.add_speakers(ada); }),
      Matching([&](pb::QuoteFilter& f) { f.add_outlets(daily); }),
      Matching([&](pb::QuoteFilter& f) { f.add_topics(world); }),
      Matching([&](pb::QuoteFilter& f) { f.add_topics(war); }),
      Matching([&](pb::QuoteFilter& f) {
        f.add_speakers(ada);
        f.add_topics(world);
        f.add_outlets(daily);
      }),
      Matching([&](pb::QuoteFilter& f) { *f.mutable_said() = Between("2001", "2001"); }),
      Matching([&](pb::QuoteFilter& f) { *f.mutable_published() = Between("2001-05", "2001-05"); }),
      Matching([&](pb::QuoteFilter& f) { f.set_words("harbours"); }),
  };
  for (const pb::QuoteFilter& filter : was) {
    SCOPED_TRACE(filter.DebugString());
    EXPECT_THAT(TextsAt(filter, then), ElementsAre("the harbour is burning"));
    EXPECT_THAT(Texts(*List(filter)), IsEmpty());
    EXPECT_THAT(TextsAt(filter, Now()), IsEmpty());
  }
  EXPECT_THAT(TextsAt(Matching([&](pb::QuoteFilter& f) { f.add_speakers(bea); }), then), IsEmpty());
  EXPECT_THAT(TextsAt(Matching([&](pb::QuoteFilter& f) { f.set_unnamed(true); }), then),
              ElementsAre("words of somebody"));
  EXPECT_THAT(TextsAt(Matching([&](pb::QuoteFilter& f) { f.set_words("harbour OR somebody"); }), then,
                      pb::QUOTE_ORDER_RELEVANCE),
              UnorderedElementsAre("the harbour is burning", "words of somebody"));
  EXPECT_THAT(TextsAt({}, then, pb::QUOTE_ORDER_NEWEST), ElementsAre("words of somebody", "the harbour is burning"));
}

TEST_F(AsOfTest, ListQuotes_RetractedAndRestored_EachMomentHasItsState) {
  const pb::Quote quote = MustCreate(AQuote().Saying("words"));
  const Timestamp active = Now();
  ASSERT_TRUE(Retract(quote.name()).status.ok());
  const Timestamp retracted = Now();
  ASSERT_TRUE(Restore(quote.name()).status.ok());
  EXPECT_THAT(TextsAt({}, active), ElementsAre("words"));
  EXPECT_THAT(TextsAt({}, retracted), IsEmpty());
  EXPECT_THAT(TextsAt(Matching([](pb::QuoteFilter& f) { f.add_states(pb::QUOTE_STATE_RETRACTED); }), retracted),
              ElementsAre("words"));
  EXPECT_THAT(TextsAt({}, Now()), ElementsAre("words"));
}

TEST_F(AsOfTest, ImportedPrinting_OfAKnownQuote_IsNotSeenBefore) {
  const pb::ImportRecord first = ARecord()
                                     .Saying("we saw it coming all along")
                                     .By("Ada Lovelace")
                                     .In("Daily")
                                     .Published("2005-03-02")
                                     .About("War");
  ASSERT_TRUE(Import(*imports_, {first}).status.ok());
  const std::vector<pb::Quote> before = Walk(ListOf({}));
  ASSERT_EQ(before.size(), 1U);
  const Timestamp then = Now();
  const pb::ImportRecord second = ARecord()
                                      .Saying("we saw it coming all along")
                                      .By("Ada Lovelace")
                                      .In("Weekly")
                                      .Published("2005-03-01")
                                      .About("Peace");
  ASSERT_TRUE(Import(*imports_, {second}).status.ok());
  const std::vector<pb::Quote> after = Walk(ListOf({}));
  ASSERT_EQ(after.size(), 1U);
  ASSERT_EQ(after[0].appearances_size(), 2);

  EXPECT_TRUE(Same(*GetAt(before[0].name(), then), before[0])) << GetAt(before[0].name(), then)->DebugString();
  EXPECT_TRUE(Same(*GetAt(before[0].name(), Now()), after[0]));
  EXPECT_THAT(TextsAt(Matching([](pb::QuoteFilter& f) { f.add_outlets("outlets/weekly"); }), then), IsEmpty());
  pb::GetTimelineRequest by_outlet;
  by_outlet.set_group(pb::TIMELINE_GROUP_OUTLET);
  EXPECT_EQ(CallAt(*timeline_, &pb::TimelineService::Stub::GetTimeline, by_outlet, then)->series_size(), 1);
  EXPECT_EQ(CallAt(*timeline_, &pb::TimelineService::Stub::GetTimeline, by_outlet, Now())->series_size(), 2);
  EXPECT_EQ(ExportAt(then).size(), 1U);
  EXPECT_EQ(ExportAt(Now()).size(), 2U);
  const auto revisions = Revisions(before[0].name());
  ASSERT_EQ(revisions->revisions_size(), 2);
  EXPECT_TRUE(Same(revisions->revisions(1).quote(), before[0]));
}

TEST_F(AsOfTest, ListQuotes_PagesUnderWrites_AreThoseOfTheMoment) {
  const std::string ada = MakeSpeaker("ada");
  std::vector<pb::Quote> quotes;
  for (int i = 0; i < 12; ++i) {
    quotes.push_back(MustCreate(AQuote().Saying("words " + std::to_string(i)).By(ada).On(std::to_string(1990 + i))));
  }
  for (const pb::QuoteOrder order : {pb::QUOTE_ORDER_NEWEST, pb::QUOTE_ORDER_OLDEST, pb::QUOTE_ORDER_RELEVANCE}) {
    pb::ListQuotesRequest request = ListOf(Matching([](pb::QuoteFilter& f) { f.set_words("words"); }));
    request.set_order(order);
    const std::vector<pb::Quote> expected = Walk(request);
    *request.mutable_as_of() = Now();
    request.set_page_size(3);
    std::vector<pb::Quote> paged;
    int step = 0;
    do {
      const auto page = List(request);
      ASSERT_TRUE(page.status.ok()) << page.status.error_message();
      paged.insert(paged.end(), page->quotes().begin(), page->quotes().end());
      request.set_page_token(page->next_page_token());
      const pb::Quote quote = *Get(quotes[static_cast<std::size_t>(step)].name());
      if (quote.state() == pb::QUOTE_STATE_ACTIVE)
        Change(quote, "said", [&](pb::Quote& q) { *q.mutable_said() = ADate(std::to_string(2020 - step)); });
      const std::string other = quotes[static_cast<std::size_t>(11 - step)].name();
      ASSERT_TRUE((Get(other)->state() == pb::QUOTE_STATE_ACTIVE ? Retract(other) : Restore(other)).status.ok());
      MustCreate(
          AQuote().Saying("words between " + std::to_string(step) + " " + std::to_string(order)).By(ada).On("1995"));
      ++step;
    } while (!request.page_token().empty());
    ASSERT_EQ(paged.size(), expected.size());
    for (std::size_t i = 0; i < paged.size(); ++i) EXPECT_TRUE(Same(paged[i], expected[i])) << order << " " << i;
    request.set_page_token("");
    pb::ListQuotesRequest today = request;
    today.set_page_token(List(request)->next_page_token());
    today.clear_as_of();
    ExpectError(List(today).status, grpc::StatusCode::INVALID_ARGUMENT, pb::ERROR_REASON_PAGE_TOKEN_INVALID);
  }
}

TEST_F(AsOfTest, Speakers_AfterTheyChanged_AreFoundAsTheyWere) {
  const std::string ada = MakeSpeaker("ada", "Ada Byron");
  const Timestamp then = Now();
  RenameSpeaker(ada, "Ada Lovelace", "Countess");
  MakeSpeaker("bea", "Bea Byron");
  pb::GetSpeakerRequest get;
  get.set_name(ada);
  const auto was = CallAt(*speakers_, &pb::SpeakerService::Stub::GetSpeaker, get, then);
  EXPECT_EQ(was->speaker().display_name(), "Ada Byron");
  EXPECT_TRUE(was->speaker().roles().empty());
  pb::ListSpeakersRequest list;
  list.set_query("byron");
  const auto listed = CallAt(*speakers_, &pb::SpeakerService::Stub::ListSpeakers, list, then);
  ASSERT_EQ(listed->speakers_size(), 1) << listed.status.error_message();
  EXPECT_TRUE(Same(listed->speakers(0), was->speaker()));
  list.set_query("love");
  EXPECT_EQ(CallAt(*speakers_, &pb::SpeakerService::Stub::ListSpeakers, list, then)->speakers_size(), 0);
  EXPECT_EQ(CallAt(*speakers_, &pb::SpeakerService::Stub::ListSpeakers, list, Now())->speakers_size(), 1);
  pb::ResolveSpeakersRequest resolve;
  resolve.add_names("Byron");
  resolve.add_names("Countess");
  const auto resolved = CallAt(*speakers_, &pb::SpeakerService::Stub::ResolveSpeakers, resolve, then);
  ASSERT_EQ(resolved->results_size(), 2) << resolved.status.error_message();
  ASSERT_EQ(resolved->results(0).candidates_size(), 1);
  EXPECT_EQ(resolved->results(0).candidates(0).speaker().display_name(), "Ada Byron");
  EXPECT_EQ(resolved->results(0).candidates(0).reason(), pb::RESOLVE_REASON_LAST_NAME);
  EXPECT_EQ(resolved->results(1).candidates_size(), 0);
  const auto today = CallAt(*speakers_, &pb::SpeakerService::Stub::ResolveSpeakers, resolve, Now());
  ASSERT_EQ(today->results(0).candidates_size(), 1);
  EXPECT_EQ(today->results(0).candidates(0).speaker().display_name(), "Bea Byron");
  EXPECT_EQ(today->results(1).candidates_size(), 1);
}

TEST_F(AsOfTest, Topics_AfterAMove_LieWhereTheyDid) {
  const std::string world = MakeTopic("world");
  const std::string home = MakeTopic("home");
  const std::string war = MakeTopic("war", world);
  const std::string front = MakeTopic("front", war);
  MakeClaim("moon", "The moon is made of cheese", front);
  const Timestamp then = Now();
  MoveTopic(war, home);
  pb::ListTopicsRequest below;
  below.set_parent(world);
  const auto was = CallAt(*topics_, &pb::TopicService::Stub::ListTopics, below, then);
  ASSERT_EQ(was->topics_size(), 1) << was.status.error_message();
  EXPECT_EQ(was->topics(0).parent(), world);
  EXPECT_EQ(CallAt(*topics_, &pb::TopicService::Stub::ListTopics, below, Now())->topics_size(), 0);
  pb::GetTopicRequest get;
  get.set_name(war);
  EXPECT_EQ(CallAt(*topics_, &pb::TopicService::Stub::GetTopic, get, then)->topic().parent(), world);
  pb::ListClaimsRequest claims;
  claims.set_topic(world);
  EXPECT_EQ(CallAt(*claims_, &pb::ClaimService::Stub::ListClaims, claims, then)->claims_size(), 1);
  EXPECT_EQ(CallAt(*claims_, &pb::ClaimService::Stub::ListClaims, claims, Now())->claims_size(), 0);
}

TEST_F(AsOfTest, Claims_AfterAMerge_AreTwoAgain) {
  const std::string moon = MakeClaim("moon", "The moon is made of cheese");
  const std::string luna = MakeClaim("luna", "Luna consists of cheese");
  const Timestamp then = Now();
  ASSERT_TRUE(Merge(luna, moon).status.ok());
  pb::GetClaimRequest get;
  get.set_name(luna);
  EXPECT_EQ(CallAt(*claims_, &pb::ClaimService::Stub::GetClaim, get, then)->claim().name(), luna);
  EXPECT_EQ(CallAt(*claims_, &pb::ClaimService::Stub::GetClaim, get, Now())->claim().name(), moon);
  pb::ListClaimsRequest list;
  list.set_query("luna");
  const auto was = CallAt(*claims_, &pb::ClaimService::Stub::ListClaims, list, then);
  ASSERT_EQ(was->claims_size(), 1) << was.status.error_message();
  EXPECT_EQ(was->claims(0).name(), luna);
  const auto is = CallAt(*claims_, &pb::ClaimService::Stub::ListClaims, list, Now());
  ASSERT_EQ(is->claims_size(), 1);
  EXPECT_EQ(is->claims(0).name(), moon);
}

TEST_F(AsOfTest, GetFirstsAndCompareOutlets_AfterAnEdit_TellWhatWasHeld) {
  const std::string ada = MakeSpeaker("ada");
  const std::string war = MakeTopic("war");
  const std::string daily = MakeOutlet("daily");
  const pb::Quote quote = MustCreate(AQuote()
                                         .Saying("no harbour is safe")
                                         .By(ada)
                                         .On("2001-01-01")
                                         .About(war)
                                         .Printed(AnAppearance().In(daily).On("2001-01-02")));
  const Timestamp then = Now();
  Change(quote, "text", [](pb::Quote& q) { q.set_text("no town is safe"); });
  Change(*Get(quote.name()), "topics", [](pb::Quote& q) { q.clear_topics(); });
  pb::GetFirstsRequest firsts;
  firsts.set_words("harbour");
  EXPECT_EQ(CallAt(*timeline_, &pb::TimelineService::Stub::GetFirsts, firsts, then)->quotes_size(), 1);
  EXPECT_EQ(CallAt(*timeline_, &pb::TimelineService::Stub::GetFirsts, firsts, Now())->quotes_size(), 0);
  pb::CompareOutletsRequest compare;
  compare.set_topic(war);
  const auto compared = CallAt(*timeline_, &pb::TimelineService::Stub::CompareOutlets, compare, then);
  ASSERT_EQ(compared->outlets_size(), 1) << compared.status.error_message();
  ASSERT_EQ(compared->outlets(0).quotes_size(), 1);
  EXPECT_TRUE(Same(compared->outlets(0).quotes(0), quote));
  EXPECT_EQ(CallAt(*timeline_, &pb::TimelineService::Stub::CompareOutlets, compare, Now())->outlets_size(), 0);
}

// An import adds printings without a new revision: nothing tells of them but when they were recorded.
TEST_F(AsOfTest, ImportedPrinting_LaterThanAll_IsNotSeenBefore) {
  const auto record = [](const std::string& outlet, const std::string& day) {
    return ARecord().Saying("we saw it coming all along").By("Ada Lovelace").In(outlet).Published(day).About("War");
  };
  ASSERT_TRUE(Import(*imports_, {record("Daily", "2005-03-02")}).status.ok());
  const std::vector<pb::Quote> before = Walk(ListOf({}));
  ASSERT_EQ(before.size(), 1U);
  const Timestamp then = Now();
  ASSERT_TRUE(Import(*imports_, {record("Weekly", "2006-03-02")}).status.ok());
  const std::vector<pb::Quote> after = Walk(ListOf({}));
  ASSERT_EQ(after[0].appearances_size(), 2);
  ASSERT_TRUE(Same(after[0].update_time(), before[0].update_time()));

  const std::string daily = "outlets/daily", weekly = "outlets/weekly";
  const auto published_in = [](const std::string& year) {
    return Matching([&](pb::QuoteFilter& f) { *f.mutable_published() = Between(year, year); });
  };
  const std::vector<pb::QuoteFilter> not_yet = {Naming({}, {}, {weekly}), Naming({}, {}, {weekly}, "coming"),
                                                published_in("2006")};
  for (const pb::QuoteFilter& filter : not_yet) {
    SCOPED_TRACE(filter.DebugString());
    EXPECT_THAT(TextsAt(filter, then), IsEmpty());
    EXPECT_EQ(TextsAt(filter, Now()).size(), 1U);
  }
  const std::vector<pb::QuoteFilter> always = {Naming({}, {}, {daily}), Naming({}, {}, {daily, weekly}),
                                               Naming({}, {}, {weekly, daily}, "coming"), published_in("2005")};
  for (const pb::QuoteFilter& filter : always) {
    SCOPED_TRACE(filter.DebugString());
    EXPECT_EQ(TextsAt(filter, then).size(), 1U);
    EXPECT_EQ(TextsAt(filter, Now()).size(), 1U);
  }
}

TEST_F(AsOfTest, ListQuotes_TopicsThatMoved_LieWhereTheyDid) {
  const std::string world = MakeTopic("world");
  const std::string war = MakeTopic("war", world);
  const std::string peace = MakeTopic("peace");
  const std::string art = MakeTopic("art");
  const std::string ada = MakeSpeaker("ada");
  const std::string daily = MakeOutlet("daily");
  MustCreate(AQuote().Saying("words of war").By(ada).On("2001").About(war).In(daily));
  MustCreate(AQuote().Saying("words of peace").By(ada).On("2002").About(peace).In(daily));
  MustCreate(AQuote().Saying("words of the world").By(ada).On("2003").About(world).In(daily));
  const Timestamp then = Now();
  MoveTopic(war, "");
  MoveTopic(peace, world);
  MakeTopic("trade", world);

  const std::vector<pb::QuoteFilter> filters = {
      Naming({}, {world}, {}),           Naming({ada}, {world}, {}),           Naming({}, {world}, {daily}),
      Naming({}, {world}, {}, "words"),  Naming({}, {world, art}, {}),         Naming({ada}, {world, art}, {}),
      Naming({}, {world, art}, {daily}), Naming({}, {world, art}, {}, "words")};
  for (const pb::QuoteFilter& filter : filters) {
    SCOPED_TRACE(filter.DebugString());
    EXPECT_THAT(TextsAt(filter, then), ElementsAre("words of war", "words of the world"));
    EXPECT_THAT(TextsAt(filter, Now()), ElementsAre("words of peace", "words of the world"));
  }
}

TEST_F(AsOfTest, ExportQuotes_TopicMovesMeanwhile_LosesNothing) {
  const std::string world = MakeTopic("world");
  const std::string war = MakeTopic("war", world);
  std::vector<pb::ImportRecord> records;
  for (int i = 0; i < 2000; ++i) {
    records.push_back(
        ARecord().Saying("words of war, number " + std::to_string(i)).By("Ada").On("2001-05-03").About(war));
  }
  ASSERT_TRUE(Import(*imports_, records).status.ok());
  pb::ExportQuotesRequest request;
  request.mutable_filter()->add_topics(world);
  *request.mutable_as_of() = Now();
  grpc::ClientContext context;
  const auto stream = imports_->ExportQuotes(&context, request);
  pb::ExportQuotesResponse response;
  ASSERT_TRUE(stream->Read(&response));
  int read = response.records_size();
  MoveTopic(war, "");
  while (stream->Read(&response)) read += response.records_size();
  ASSERT_TRUE(stream->Finish().ok());
  EXPECT_EQ(read, 2000);
}

// A quote's stances follow it in the same transaction, but a moment later.
TEST_F(AsOfTest, ListQuotes_OfAClaimAtTheMomentOfAnEdit_AgreesWithItsCount) {
  const std::string claim = MakeClaim("claim", "taxes will fall");
  const pb::Quote quote = MustCreate(AQuote().Saying("words").By(MakeSpeaker("ada")).On("1999"));
  MustSet(AStance(quote, claim, pb::POSITION_SUPPORTS));
  const Timestamp before = Now();
  Change(quote, "said", [](pb::Quote& q) { *q.mutable_said() = ADate("2005"); });
  const auto said_in = [&](const std::string& year) {
    return Matching([&](pb::QuoteFilter& f) {
      f.add_claims(claim);
      *f.mutable_said() = Between(year, year);
    });
  };
  EXPECT_THAT(TextsAt(said_in("1999"), before), ElementsAre("words"));
  EXPECT_THAT(TextsAt(said_in("2005"), Get(quote.name())->update_time()), ElementsAre("words"));
  EXPECT_THAT(TextsAt(said_in("2005"), Now()), ElementsAre("words"));
}

// Answers of every moment of a history of random changes are kept, and asked for again at its end.
TEST_F(AsOfTest, Reads_AfterRandomChanges_AnswerAsTheyDid) {
  std::mt19937 random(4711);
  const auto any = [&](std::size_t most) { return static_cast<std::size_t>(random() % most); };
  std::vector<std::string> speakers, topics, outlets, claims, names;
  for (int i = 0; i < 3; ++i) {
    speakers.push_back(MakeSpeaker("s" + std::to_string(i)));
    topics.push_back(MakeTopic("t" + std::to_string(i)));
    outlets.push_back(MakeOutlet("o" + std::to_string(i)));
    claims.push_back(MakeClaim("c" + std::to_string(i), "claim " + std::to_string(i)));
  }
  // One for each way to find a page, and some for two.
  const std::vector<pb::QuoteFilter> filters = {
      Matching([](pb::QuoteFilter& f) {
        f.add_states(pb::QUOTE_STATE_ACTIVE);
        f.add_states(pb::QUOTE_STATE_RETRACTED);
      }),
      Naming({speakers[0]}, {}, {}),
      Naming({speakers[0], speakers[1]}, {}, {}),
      Naming({}, {topics[1]}, {}),
      Naming({}, {topics[0], topics[1]}, {}),
      Naming({speakers[2]}, {topics[1]}, {}),
      Naming({}, {}, {outlets[0]}),
      Naming({}, {}, {outlets[1], outlets[2]}),
      Naming({}, {}, {}, "number 3"),
      Naming({}, {topics[1]}, {outlets[1]}, "number"),
      Matching([](pb::QuoteFilter& f) { *f.mutable_said() = Between("2003", "2006"); }),
      Matching([](pb::QuoteFilter& f) { *f.mutable_published() = Between("2003", "2006"); }),
      Matching([&](pb::QuoteFilter& f) { f.add_claims(claims[0]); }),
      Matching([&](pb::QuoteFilter& f) {
        f.add_claims(claims[1]);
        f.add_claims(claims[2]);
      }),
      Matching([&](pb::QuoteFilter& f) {
        f.add_positions(pb::POSITION_DENIES);
        f.add_holders(speakers[1]);
      })};
  struct Moment {
    Timestamp time;
    std::vector<std::vector<pb::Quote>> lists;  // of each filter
    pb::GetTimelineResponse timeline;
    std::vector<pb::ImportRecord> exported;
    pb::ListSpeakersResponse speakers;
    pb::ListTopicsResponse topics;
  };
  const auto look = [&](const std::optional<Timestamp>& at) {
    Moment moment;
    for (const pb::QuoteFilter& filter : filters) {
      pb::ListQuotesRequest request = ListOf(filter, 7);
      request.set_order(moment.lists.size() % 2 == 0 ? pb::QUOTE_ORDER_NEWEST : pb::QUOTE_ORDER_OLDEST);
      if (at) *request.mutable_as_of() = *at;
      moment.lists.push_back(Walk(request));
    }
    pb::GetTimelineRequest timeline;
    timeline.set_group(pb::TIMELINE_GROUP_OUTLET);
    pb::ListSpeakersRequest listed;
    pb::ListTopicsRequest below;
    below.set_parent(topics[1]);
    if (at) *timeline.mutable_as_of() = *listed.mutable_as_of() = *below.mutable_as_of() = *at;
    moment.timeline = *Call(*timeline_, &pb::TimelineService::Stub::GetTimeline, timeline);
    moment.speakers = *Call(*speakers_, &pb::SpeakerService::Stub::ListSpeakers, listed);
    moment.topics = *Call(*topics_, &pb::TopicService::Stub::ListTopics, below);
    moment.exported = at ? ExportAt(*at) : Export(*imports_);
    moment.time = Now();
    return moment;
  };
  std::vector<Moment> moments;
  for (int step = 0; step < 60; ++step) {
    const std::string number = std::to_string(any(6));
    const std::string day = "200" + std::to_string(any(9)) + "-0" + std::to_string(1 + any(9));
    const pb::Quote quote = names.empty() ? pb::Quote() : *Get(names[any(names.size())]);
    const bool editable = !names.empty() && quote.state() == pb::QUOTE_STATE_ACTIVE;
    switch (any(9)) {
      case 0:
        RenameSpeaker(speakers[any(3)], "Name " + number + std::to_string(step));
        break;
      case 1: {
        const std::size_t child = any(3);
        MoveTopic(topics[child], child == 2 && any(2) == 0 ? "" : (child == 2 ? topics[1] : ""));
        break;
      }
      case 2:
        if (names.empty()) break;
        ASSERT_TRUE((editable ? Retract(quote.name()) : Restore(quote.name())).status.ok());
        break;
      case 3:
        if (editable) Change(quote, "text", [&](pb::Quote& q) { q.set_text("number " + number); });
        break;
      case 4:
        if (editable) {
          Change(quote, "appearances", [&](pb::Quote& q) {
            if (any(2) == 0) q.clear_appearances();
            *q.add_appearances() =
                AnAppearance().In(outlets[any(3)]).On(day).At("https://x.example/" + std::to_string(step));
          });
        }
        break;
      case 5: {
        const pb::ImportRecord record = ARecord()
                                            .Saying("a line that many papers printed, number " + number)
                                            .By(speakers[any(3)])
                                            .In(outlets[any(3)])
                                            .Published(day)
                                            .About(topics[any(3)]);
        ASSERT_TRUE(Import(*imports_, {record}).status.ok());
        names = Names(Walk(ListOf({})));
        break;
      }
      case 6:
        if (editable)
          Change(quote, "topics", [&](pb::Quote& q) {
            q.clear_topics();
            q.add_topics(topics[any(3)]);
          });
        break;
      case 7:
        if (editable) {
          MustSet(AStance(quote, claims[any(3)], any(2) == 0 ? pb::POSITION_DENIES : pb::POSITION_SUPPORTS));
        }
        break;
      default:
        names.push_back(MustCreate(AQuote()
                                       .Saying("number " + number + " at " + std::to_string(step))
                                       .By(speakers[any(3)])
                                       .On(day)
                                       .About(topics[any(3)])
                                       .In(outlets[any(3)]))
                            .name());
    }
    moments.push_back(look(std::nullopt));
  }
  const auto same = [](const std::string& what, const auto& a, const auto& b) {
    ASSERT_EQ(a.size(), b.size()) << what;
    for (std::size_t i = 0; i < a.size(); ++i) {
      std::string difference;
      google::protobuf::util::MessageDifferencer compare;
      compare.ReportDifferencesToString(&difference);
      EXPECT_TRUE(compare.Compare(a[i], b[i])) << what << " " << difference;
    }
  };
  for (std::size_t i = 0; i < moments.size(); ++i) {
    SCOPED_TRACE("moment " + std::to_string(i));
    const Moment then = look(moments[i].time);
    for (std::size_t list = 0; list < filters.size(); ++list) {
      same(filters[list].DebugString(), moments[i].lists[list], then.lists[list]);
    }
    same("exported", moments[i].exported, then.exported);
    EXPECT_TRUE(Same(moments[i].timeline, then.timeline)) << then.timeline.DebugString();
    EXPECT_TRUE(Same(moments[i].speakers, then.speakers)) << then.speakers.DebugString();
    EXPECT_TRUE(Same(moments[i].topics, then.topics)) << then.topics.DebugString();
  }
}

}  // namespace
}  // namespace onrecord
