// The database is a hot standby: questions are answered from it, writes are refused, and all goes on once it takes
// over.
#include <gmock/gmock.h>
#include <google/protobuf/util/time_util.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/time/clock.h"
#include "onrecord/v1/quotes.grpc.pb.h"
#include "onrecord/v1/speakers.grpc.pb.h"
#include "onrecord/v1/timeline.grpc.pb.h"
#include "onrecord/v1/utterances.grpc.pb.h"
#include "tests/support/cluster.h"
#include "tests/support/feeder.h"
#include "tests/support/process.h"
#include "tests/support/server_fixture.h"

namespace onrecord {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr int kRecordsOfPrimary = 400;
constexpr int kRecordsAfterwards = 600;

// One call with a deadline of its own.
template <typename Service, typename Request, typename Response>
grpc::Status Ask(const std::string& address,
                 grpc::Status (Service::Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                 const Request& request, Response& response) {
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(20)));
  return (*Service::NewStub(FreshChannel(address)).*method)(&context, request, &response);
}

// That the first record is found by words, by its id as of now, on its speaker's timeline and among similar ones.
void ExpectAnswers(const std::string& address) {
  const std::string text = MakeRecord(1).text();
  pb::ListQuotesRequest list;
  pb::ListQuotesResponse listed;
  list.mutable_filter()->set_words("\"" + text + "\"");
  ASSERT_TRUE(Ask<pb::QuoteService>(address, &pb::QuoteService::Stub::ListQuotes, list, listed).ok());
  ASSERT_GE(listed.quotes_size(), 1);
  pb::GetQuoteRequest get;
  pb::GetQuoteResponse got;
  get.set_name(listed.quotes(0).name());
  *get.mutable_as_of() = google::protobuf::util::TimeUtil::GetCurrentTime();
  ASSERT_TRUE(Ask<pb::QuoteService>(address, &pb::QuoteService::Stub::GetQuote, get, got).ok());
  EXPECT_EQ(got.quote().text(), listed.quotes(0).text());
  pb::GetTimelineRequest months;
  pb::GetTimelineResponse timeline;
  months.mutable_filter()->add_speakers(got.quote().speaker());
  ASSERT_TRUE(Ask<pb::TimelineService>(address, &pb::TimelineService::Stub::GetTimeline, months, timeline).ok());
  EXPECT_GE(timeline.series_size(), 1);
  pb::FindSimilarQuotesRequest find;
  pb::FindSimilarQuotesResponse similar;
  find.set_text(text);
  ASSERT_TRUE(Ask<pb::UtteranceService>(address, &pb::UtteranceService::Stub::FindSimilarQuotes, find, similar).ok());
  EXPECT_GE(similar.quotes_size(), 1);
}

grpc::Status CreateSpeaker(const std::string& address) {
  pb::CreateSpeakerRequest request;
  pb::CreateSpeakerResponse response;
  request.mutable_speaker()->set_display_name("Ada");
  request.set_request_id("ada");
  return Ask<pb::SpeakerService>(address, &pb::SpeakerService::Stub::CreateSpeaker, request, response);
}

TEST(StandbyTest, AnswersQuestionsRefusesWritesAndTakesOver) {
  Cluster& cluster = Cluster::Shared();
  const std::string database = cluster.CreateDatabase();
  const auto is_matched = [&] { return Sql(database, "SELECT count(*) FROM quotes_to_match") == "0"; };
  {
    const ServerProcess primary(ONRECORDD, database);
    ASSERT_TRUE(BecomesServing(primary.address()));
    Feeder feeder(primary.address(), kRecordsOfPrimary);
    feeder.Run();
    ASSERT_TRUE(Eventually(is_matched));
  }
  cluster.StopInOrder();
  cluster.StartAsStandby();
  ServerProcess server(ONRECORDD, database);
  ASSERT_TRUE(BecomesServing(server.address()));
  ExpectAnswers(server.address());
  const grpc::Status refused = CreateSpeaker(server.address());
  EXPECT_EQ(refused.error_code(), grpc::StatusCode::UNAVAILABLE) << refused.error_message();
  EXPECT_EQ(Reason(refused), pb::ERROR_REASON_DATABASE_UNAVAILABLE);
  EXPECT_THAT(refused.error_message(), HasSubstr("standby"));
  EXPECT_TRUE(SaysWhenToRetry(refused));
  EXPECT_EQ(AskHealth(server.address()), Health::kServing);
  EXPECT_THAT(server.process().Log(), Not(HasSubstr("background work waits")));

  EXPECT_EQ(Sql(database, "SELECT pg_promote()"), "t");
  EXPECT_TRUE(Eventually([&] { return CreateSpeaker(server.address()).ok(); }));
  Feeder feeder(server.address(), kRecordsAfterwards);
  feeder.Run();
  EXPECT_EQ(feeder.import().created_count() + feeder.import().updated_count(), kRecordsAfterwards - kRecordsOfPrimary);
  EXPECT_TRUE(Eventually(is_matched));
}

}  // namespace
}  // namespace onrecord
