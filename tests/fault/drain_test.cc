// SIGTERM: what runs may finish, what waits is told, nothing new begins, and the process ends in time.
#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "absl/time/clock.h"
#include "onrecord/v1/quotes.grpc.pb.h"
#include "tests/support/cluster.h"
#include "tests/support/feeder.h"
#include "tests/support/process.h"
#include "tests/support/server_fixture.h"

namespace onrecord {
namespace {

// grpc.health.v1.Health/Watch, read one answer at a time.
class HealthWatch {
 public:
  explicit HealthWatch(const std::string& address) : stub_(FreshChannel(address)) {
    context_.set_deadline(absl::ToChronoTime(absl::Now() + kPatience));
    stream_ = stub_.PrepareCall(&context_, "/grpc.health.v1.Health/Watch", &queue_);
    stream_->StartCall(this);
    Next();
    const grpc::Slice nothing("");
    stream_->WriteLast(grpc::ByteBuffer(&nothing, 1), grpc::WriteOptions(), this);
    Next();
  }
  ~HealthWatch() {
    Cancel();
    queue_.Shutdown();
    void* tag = nullptr;
    bool ok = false;
    while (queue_.Next(&tag, &ok)) {
    }
  }
  // kNoAnswer at the end of the stream.
  Health Read() {
    grpc::ByteBuffer response;
    stream_->Read(&response, this);
    if (!Next()) return Health::kNoAnswer;
    std::vector<grpc::Slice> slices;
    std::string text;
    if (!response.Dump(&slices).ok()) return Health::kNoAnswer;
    for (const grpc::Slice& slice : slices) text.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
    return text == std::string("\x08\x01", 2) ? Health::kServing : Health::kNotServing;
  }
  void Cancel() { context_.TryCancel(); }

 private:
  bool Next() {
    void* tag = nullptr;
    bool ok = false;
    return queue_.Next(&tag, &ok) && ok;
  }

  grpc::GenericStub stub_;
  grpc::ClientContext context_;
  grpc::CompletionQueue queue_;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> stream_;
};

grpc::Status ListQuotes(const std::string& address, absl::Duration time = kPatience) {
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + time));
  pb::ListQuotesResponse response;
  return pb::QuoteService::NewStub(FreshChannel(address))->ListQuotes(&context, pb::ListQuotesRequest(), &response);
}

TEST(DrainTest, RunningCallFinishesAndIdleStreamIsTold) {
  const std::string database = Cluster::Shared().CreateDatabase();
  constexpr absl::Duration kDrain = absl::Seconds(20);
  ServerProcess server(ONRECORDD, database, "127.0.0.1:0", {"--drain-seconds", "20"});
  ASSERT_TRUE(BecomesServing(server.address()));
  HealthWatch watch(server.address());
  EXPECT_EQ(watch.Read(), Health::kServing);

  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + kPatience));
  const auto stub = pb::ImportService::NewStub(FreshChannel(server.address()));
  const auto idle = stub->ImportQuotes(&context);
  pb::ImportQuotesRequest request;
  request.mutable_start()->set_source(kFaultSource);
  ASSERT_TRUE(idle->Write(request));
  pb::ImportQuotesResponse response;
  ASSERT_TRUE(idle->Read(&response));

  TableLock lock(database, "quotes");
  grpc::Status running;
  std::thread caller([&] { running = ListQuotes(server.address()); });
  EXPECT_TRUE(Eventually([&] { return WaitingForLocks(database, "read") == 1; }));

  const absl::Time begin = absl::Now();
  server.process().Signal(SIGTERM);
  EXPECT_FALSE(idle->Read(&response));
  const grpc::Status told = idle->Finish();
  EXPECT_EQ(told.error_code(), grpc::StatusCode::UNAVAILABLE) << told.error_message();
  EXPECT_EQ(Reason(told), pb::ERROR_REASON_SERVER_STOPPING);
  EXPECT_TRUE(SaysWhenToRetry(told));
  EXPECT_EQ(watch.Read(), Health::kNotServing);
  watch.Cancel();
  // Once it has stopped to listen, new calls find nobody.
  EXPECT_TRUE(Eventually([&] { return AskHealth(server.address()) == Health::kNoAnswer; }));
  EXPECT_EQ(ListQuotes(server.address(), kAtOnce).error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(server.process().Wait(absl::ZeroDuration()), std::nullopt) << "it left the running call behind";

  lock.Release();
  caller.join();
  EXPECT_TRUE(running.ok()) << running.error_message();
  EXPECT_EQ(server.process().Wait(kDrain), 0);
  EXPECT_LT(absl::Now() - begin, kDrain);
}

TEST(DrainTest, CallThatDoesNotEndIsCancelled) {
  const std::string database = Cluster::Shared().CreateDatabase();
  ServerProcess server(ONRECORDD, database, "127.0.0.1:0", {"--drain-seconds", "1"});
  ASSERT_TRUE(BecomesServing(server.address()));
  TableLock lock(database, "quotes");
  grpc::Status running;
  std::thread caller([&] { running = ListQuotes(server.address()); });
  EXPECT_TRUE(Eventually([&] { return WaitingForLocks(database, "read") == 1; }));
  server.process().Signal(SIGTERM);
  caller.join();
  EXPECT_FALSE(running.ok());
  EXPECT_EQ(server.process().Wait(absl::Seconds(1) + 2 * kAtOnce), 0);
  EXPECT_TRUE(Eventually([&] { return WaitingForLocks(database, "read") == 0; }, kAtOnce));
}

// A client that feeds as fast as it can is told between two batches, and goes on with the next server.
TEST(DrainTest, BusyImportGoesOnElsewhere) {
  constexpr int kRecords = 6000;
  const std::string database = Cluster::Shared().CreateDatabase();
  ServerProcess server(ONRECORDD, database);
  ASSERT_TRUE(BecomesServing(server.address()));
  Feeder feeder(server.address(), kRecords);
  std::atomic<bool> stopping = false;
  feeder.set_on_committed([&](std::int64_t committed) {
    if (committed >= 2000 && !stopping) {
      server.process().Signal(SIGTERM);
      stopping = true;
    }
    return true;
  });
  std::thread feeding([&] { feeder.Run(); });
  EXPECT_TRUE(Eventually([&] { return stopping.load(); }));
  EXPECT_EQ(server.process().Wait(absl::Seconds(10)), 0) << "longer than the drain time";
  server.KillAndRestart();
  feeding.join();
  EXPECT_GE(feeder.failures(), 1);
  ExpectClean(ONRECORDD, database, feeder.import(), kRecords);
}

}  // namespace
}  // namespace onrecord
