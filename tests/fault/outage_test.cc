// The database goes away under load and comes back; or is not there when the server starts.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "onrecord/v1/quotes.grpc.pb.h"
#include "onrecord/v1/speakers.grpc.pb.h"
#include "onrecord/v1/timeline.grpc.pb.h"
#include "tests/support/cluster.h"
#include "tests/support/feeder.h"
#include "tests/support/process.h"
#include "tests/support/readers.h"
#include "tests/support/server_fixture.h"

namespace onrecord {
namespace {

constexpr int kRecordsInOutage = 6000;
constexpr int kReadersInOutage = 16;
constexpr absl::Duration kReadDeadline = absl::Seconds(3);

// Asks for the first page of all there is.
template <typename Service, typename Request, typename Response>
Readers::Question Asks(grpc::Status (Service::Stub::*method)(grpc::ClientContext*, const Request&, Response*)) {
  return [method](const std::shared_ptr<grpc::Channel>& channel, grpc::ClientContext& context) {
    Response response;
    return (*Service::NewStub(channel).*method)(&context, Request(), &response);
  };
}

// Questions that touch all sorts of tables.
const std::vector<Readers::Question> kAnyQuestions = {Asks<pb::QuoteService>(&pb::QuoteService::Stub::ListQuotes),
                                                      Asks<pb::QuoteService>(&pb::QuoteService::Stub::CountQuotes),
                                                      Asks<pb::SpeakerService>(&pb::SpeakerService::Stub::ListSpeakers),
                                                      Asks<pb::ImportService>(&pb::ImportService::Stub::ListImports)};

TEST(OutageTest, DatabaseStopsUnderLoad) {
  Cluster& cluster = Cluster::Shared();
  const std::string database = cluster.CreateDatabase();
  const ServerProcess server(ONRECORDD, database);
  ASSERT_TRUE(BecomesServing(server.address()));
  Readers readers(server.address(), kAnyQuestions, kReadersInOutage, kReadDeadline);
  Feeder feeder(server.address(), kRecordsInOutage);
  std::atomic<bool> stopped = false;
  feeder.set_on_committed([&](std::int64_t committed) {
    if (committed >= 2000 && !stopped) {
      cluster.StopImmediately();
      stopped = true;
    }
    return true;
  });
  std::thread feeding([&] { feeder.Run(); });
  EXPECT_TRUE(Eventually([&] { return stopped.load(); }));
  EXPECT_TRUE(Eventually([&] { return AskHealth(server.address()) == Health::kNotServing; }, absl::Seconds(10)));
  EXPECT_TRUE(Eventually([&] { return readers.count(grpc::StatusCode::UNAVAILABLE) > kReadersInOutage; }));
  cluster.Start();
  EXPECT_TRUE(BecomesServing(server.address()));
  EXPECT_TRUE(readers.AreAnswered());
  feeding.join();
  readers.Stop();
  EXPECT_GE(feeder.failures(), 1);
  ExpectClean(ONRECORDD, database, feeder.import(), kRecordsInOutage);
}

TEST(OutageTest, DatabaseIsAwayAtTheStart) {
  Cluster& cluster = Cluster::Shared();
  const std::string database = cluster.CreateDatabase();
  cluster.StopImmediately();
  const ServerProcess server(ONRECORDD, database);
  EXPECT_EQ(AskHealth(server.address()), Health::kNotServing);
  const auto quotes = pb::QuoteService::NewStub(FreshChannel(server.address()));
  const auto speakers = pb::SpeakerService::NewStub(FreshChannel(server.address()));
  const auto list = [&] {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(10)));
    pb::ListQuotesResponse response;
    return quotes->ListQuotes(&context, pb::ListQuotesRequest(), &response);
  };
  const auto create = [&] {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(10)));
    pb::CreateSpeakerRequest request;
    request.mutable_speaker()->set_display_name("Ada");
    request.set_request_id("ada");
    pb::CreateSpeakerResponse response;
    return speakers->CreateSpeaker(&context, request, &response);
  };
  for (const grpc::Status& status : {list(), create()}) {
    EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE) << status.error_message();
    EXPECT_EQ(Reason(status), pb::ERROR_REASON_DATABASE_UNAVAILABLE);
    EXPECT_TRUE(SaysWhenToRetry(status));
  }
  cluster.Start();
  ASSERT_TRUE(BecomesServing(server.address()));
  EXPECT_TRUE(list().ok());
  EXPECT_TRUE(create().ok());
  EXPECT_EQ(Sql(database, "SELECT count(*) > 0 FROM schema_migrations"), "t");
}

}  // namespace
}  // namespace onrecord
