// More than a lane takes on, calls whose time is over, and callers that leave, while PostgreSQL waits for a lock.
#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <thread>

#include "absl/time/clock.h"
#include "services/base/strings.h"
#include "services/server/server.h"
#include "tests/support/cluster.h"
#include "tests/support/feeder.h"
#include "tests/support/process.h"
#include "tests/support/server_fixture.h"

namespace onrecord {
namespace {

// In-process, with one thread in each lane and room for one more call.
class OverloadTest : public ::testing::Test {
 public:
  void SetUp() override {
    database_ = Cluster::Shared().CreateDatabase();
    ServerOptions options;
    options.listen = "127.0.0.1:0";
    options.database = database_;
    options.read_threads = options.write_threads = options.import_threads = 1;
    options.read_queue = options.write_queue = options.import_queue = 1;
    options.drain = absl::Seconds(2);
    absl::StatusOr<std::unique_ptr<Server>> server = Server::Start(options);
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    ASSERT_TRUE(BecomesServing(server_->address()));
    channel_ = FreshChannel(server_->address());
  }

  static void SetDeadline(grpc::ClientContext& context, absl::Duration time) {
    context.set_deadline(absl::ToChronoTime(absl::Now() + time));
  }
  grpc::Status ListSpeakers(grpc::ClientContext& context) {
    pb::ListSpeakersResponse response;
    return pb::SpeakerService::NewStub(channel_)->ListSpeakers(&context, pb::ListSpeakersRequest(), &response);
  }
  grpc::Status ListOutlets(grpc::ClientContext& context) {
    pb::ListOutletsResponse response;
    return pb::OutletService::NewStub(channel_)->ListOutlets(&context, pb::ListOutletsRequest(), &response);
  }
  grpc::Status CreateSpeaker(grpc::ClientContext& context) {
    pb::CreateSpeakerRequest request;
    request.mutable_speaker()->set_display_name(StrCat("Speaker ", ++created_));
    pb::CreateSpeakerResponse response;
    return pb::SpeakerService::NewStub(channel_)->CreateSpeaker(&context, request, &response);
  }
  grpc::Status CreateOutlet(grpc::ClientContext& context) {
    pb::CreateOutletRequest request;
    request.mutable_outlet()->set_display_name(StrCat("Outlet ", ++created_));
    pb::CreateOutletResponse response;
    return pb::OutletService::NewStub(channel_)->CreateOutlet(&context, request, &response);
  }
  grpc::Status StartImport(grpc::ClientContext& context) {
    const auto stream = pb::ImportService::NewStub(channel_)->ImportQuotes(&context);
    pb::ImportQuotesRequest request;
    request.mutable_start()->set_source("overload");
    stream->Write(request);
    pb::ImportQuotesResponse response;
    const bool started = stream->Read(&response);
    stream->WritesDone();
    const grpc::Status status = stream->Finish();  // an error where it started, too: nothing finished it
    return started ? grpc::Status::OK : status;
  }
  using CallOnce = grpc::Status (OverloadTest::*)(grpc::ClientContext&);
  void ExpectRefusalsAndRecovery(const std::string& lane, CallOnce call);
  void ExpectEndInTime(const std::string& lane, CallOnce blocked, CallOnce free);
  void ExpectCancelled(const std::string& lane, CallOnce blocked, CallOnce free);
  void ExpectNothingWaitsAndSessionWorks(const std::string& lane, CallOnce free);
  grpc::Status Call(CallOnce call, absl::Duration time = kPatience) {
    grpc::ClientContext context;
    SetDeadline(context, time);
    return (this->*call)(context);
  }
  std::string BackendOf(const std::string& lane) const {
    return Sql(database_, StrCat("SELECT string_agg(pid::text, ',') FROM pg_stat_activity WHERE datname = "
                                 "current_database() AND application_name = 'onrecordd ",
                                 lane, "'"));
  }

  std::string database_;
  std::unique_ptr<Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
  std::atomic<int> created_ = 0;
};

void OverloadTest::ExpectRefusalsAndRecovery(const std::string& lane, CallOnce call) {
  constexpr int kCalls = 8;
  TableLock lock(database_, "speakers, imports");
  std::mutex mutex;
  std::vector<grpc::Status> refused;
  std::vector<grpc::Status> taken;
  std::atomic<bool> released = false;
  const auto call_once = [&] {
    const grpc::Status status = Call(call);
    const std::lock_guard guard(mutex);
    (released ? taken : refused).push_back(status);
  };
  std::vector<std::thread> threads;
  threads.emplace_back(call_once);
  EXPECT_TRUE(Eventually([&] { return WaitingForLocks(database_, lane) == 1; }));
  const absl::Time begin = absl::Now();
  for (int i = 1; i < kCalls; ++i) threads.emplace_back(call_once);
  // One runs, one is queued, the others are refused at once.
  EXPECT_TRUE(Eventually([&] {
    const std::lock_guard guard(mutex);
    return refused.size() == kCalls - 2;
  }));
  EXPECT_LT(absl::Now() - begin, kAtOnce);
  EXPECT_EQ(AskHealth(server_->address()), Health::kServing);
  released = true;
  lock.Release();
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(refused.size(), kCalls - 2);
  for (const grpc::Status& status : refused) {
    EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED) << status.error_message();
    EXPECT_EQ(Reason(status), pb::ERROR_REASON_SERVER_BUSY);
    EXPECT_TRUE(SaysWhenToRetry(status));
  }
  for (const grpc::Status& status : taken) EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_TRUE(Call(call).ok());
}

TEST_F(OverloadTest, ReadLaneIsFull) { ExpectRefusalsAndRecovery("read", &OverloadTest::ListSpeakers); }
TEST_F(OverloadTest, WriteLaneIsFull) { ExpectRefusalsAndRecovery("write", &OverloadTest::CreateSpeaker); }
TEST_F(OverloadTest, ImportLaneIsFull) { ExpectRefusalsAndRecovery("import", &OverloadTest::StartImport); }

// While the lock is still held.
void OverloadTest::ExpectNothingWaitsAndSessionWorks(const std::string& lane, CallOnce free) {
  EXPECT_TRUE(Eventually([&] { return WaitingForLocks(database_, lane) == 0; }, kAtOnce));
  const grpc::Status after = Call(free, kAtOnce);
  EXPECT_TRUE(after.ok()) << after.error_code() << " " << after.error_message();
}

void OverloadTest::ExpectEndInTime(const std::string& lane, CallOnce blocked, CallOnce free) {
  ASSERT_TRUE(Call(free).ok());
  const std::string backend = BackendOf(lane);
  const std::string speakers_before = Sql(database_, "SELECT count(*) FROM speakers");
  TableLock lock(database_, "speakers");
  // Short ones too, where the cancel request and the end of the statement meet.
  for (const int milliseconds : {500, 20, 1, 60, 5, 120, 10, 2, 30, 250}) {
    const absl::Time begin = absl::Now();
    const grpc::Status status = Call(blocked, absl::Milliseconds(milliseconds));
    EXPECT_EQ(status.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED) << status.error_message();
    EXPECT_LT(absl::Now() - begin, absl::Milliseconds(milliseconds) + kAtOnce);
    ExpectNothingWaitsAndSessionWorks(lane, free);
  }
  EXPECT_EQ(BackendOf(lane), backend) << "the session had to be opened anew";
  lock.Release();
  EXPECT_EQ(Sql(database_, "SELECT count(*) FROM speakers"), speakers_before);
  EXPECT_TRUE(Call(blocked).ok());
}

void OverloadTest::ExpectCancelled(const std::string& lane, CallOnce blocked, CallOnce free) {
  ASSERT_TRUE(Call(free).ok());
  const std::string backend = BackendOf(lane);
  TableLock lock(database_, "speakers");
  for (int round = 0; round < 5; ++round) {
    grpc::ClientContext context;
    SetDeadline(context, kPatience);
    grpc::Status status;
    std::thread caller([&] { status = (this->*blocked)(context); });
    EXPECT_TRUE(Eventually([&] { return WaitingForLocks(database_, lane) == 1; }));
    context.TryCancel();
    caller.join();
    EXPECT_EQ(status.error_code(), grpc::StatusCode::CANCELLED);
    ExpectNothingWaitsAndSessionWorks(lane, free);
  }
  EXPECT_EQ(BackendOf(lane), backend) << "the session had to be opened anew";
  lock.Release();
  EXPECT_TRUE(Call(blocked).ok());
}

TEST_F(OverloadTest, DeadlineOfARead) {
  ExpectEndInTime("read", &OverloadTest::ListSpeakers, &OverloadTest::ListOutlets);
}
TEST_F(OverloadTest, DeadlineOfAWrite) {
  ExpectEndInTime("write", &OverloadTest::CreateSpeaker, &OverloadTest::CreateOutlet);
}
TEST_F(OverloadTest, CallerOfAReadLeaves) {
  ExpectCancelled("read", &OverloadTest::ListSpeakers, &OverloadTest::ListOutlets);
}
TEST_F(OverloadTest, CallerOfAWriteLeaves) {
  ExpectCancelled("write", &OverloadTest::CreateSpeaker, &OverloadTest::CreateOutlet);
}

// The import itself is on record before; only its batch waits.
TEST_F(OverloadTest, ClientOfAnImportLeaves) {
  grpc::ClientContext context;
  SetDeadline(context, kPatience);
  const auto stream = pb::ImportService::NewStub(channel_)->ImportQuotes(&context);
  pb::ImportQuotesRequest request;
  request.mutable_start()->set_source(kFaultSource);
  ASSERT_TRUE(stream->Write(request));
  pb::ImportQuotesResponse response;
  ASSERT_TRUE(stream->Read(&response));
  const std::string import = response.started().name();
  TableLock lock(database_, "quotes");
  request.mutable_batch()->set_first_sequence(1);
  *request.mutable_batch()->add_records() = MakeRecord(1);
  ASSERT_TRUE(stream->Write(request));
  EXPECT_TRUE(Eventually([&] { return WaitingForLocks(database_, "import") == 1; }));
  context.TryCancel();
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
  ExpectNothingWaitsAndSessionWorks("import", &OverloadTest::StartImport);
  lock.Release();
  EXPECT_EQ(Sql(database_, "SELECT count(*) FROM quotes"), "0");
  Feeder feeder(server_->address(), 20);
  feeder.Resume(import);
  feeder.Run();
  EXPECT_EQ(feeder.import().created_count(), 20);
}

}  // namespace
}  // namespace onrecord
