// The database goes away under load and comes back; or is not there when the server starts.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <map>
#include <mutex>
#include <thread>

#include "absl/time/clock.h"
#include "onrecord/v1/quotes.grpc.pb.h"
#include "onrecord/v1/speakers.grpc.pb.h"
#include "onrecord/v1/timeline.grpc.pb.h"
#include "tests/support/cluster.h"
#include "tests/support/feeder.h"
#include "tests/support/process.h"
#include "tests/support/server_fixture.h"

namespace onrecord {
namespace {

constexpr int kRecordsInOutage = 6000;
constexpr int kReaders = 16;
// Between a reader's questions; ThreadSanitizer, which looks at gRPC's own memory again and again, needs a pause.
constexpr absl::Duration kPause = kSanitized ? absl::Milliseconds(200) : absl::ZeroDuration();
constexpr absl::Duration kReadDeadline = absl::Seconds(3);

// Ask all sorts of questions in turn, and judge every answer.
class Readers {
 public:
  explicit Readers(const std::string& address) {
    for (int i = 0; i < kReaders; ++i) {
      threads_.emplace_back([this, i, address] { Read(i, address); });
    }
  }
  ~Readers() { Stop(); }
  void Stop() {
    stop_ = true;
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }
  int count(grpc::StatusCode code) {
    const std::lock_guard lock(mutex_);
    return counts_[code];
  }
  // How many of the readers have had an answer since ForgetAnswers.
  int answered() const {
    int all = 0;
    for (const auto& answered : answered_) all += answered ? 1 : 0;
    return all;
  }
  void ForgetAnswers() {
    for (auto& answered : answered_) answered = false;
  }

 private:
  static grpc::Status Ask(int question, const std::shared_ptr<grpc::Channel>& channel, grpc::ClientContext& context) {
    switch (question % 4) {
      case 0: {
        pb::ListQuotesResponse response;
        return pb::QuoteService::NewStub(channel)->ListQuotes(&context, pb::ListQuotesRequest(), &response);
      }
      case 1: {
        pb::CountQuotesResponse response;
        return pb::QuoteService::NewStub(channel)->CountQuotes(&context, pb::CountQuotesRequest(), &response);
      }
      case 2: {
        pb::ListSpeakersResponse response;
        return pb::SpeakerService::NewStub(channel)->ListSpeakers(&context, pb::ListSpeakersRequest(), &response);
      }
      default: {
        pb::ListImportsResponse response;
        return pb::ImportService::NewStub(channel)->ListImports(&context, pb::ListImportsRequest(), &response);
      }
    }
  }
  void Judge(int question, const grpc::Status& status, absl::Duration took) {
    const std::lock_guard lock(mutex_);
    ++counts_[status.error_code()];
    EXPECT_LT(took, kReadDeadline + kAtOnce) << "question " << question % 4;
    switch (status.error_code()) {
      case grpc::StatusCode::OK:
        return;
      case grpc::StatusCode::UNAVAILABLE:
      case grpc::StatusCode::RESOURCE_EXHAUSTED:
        EXPECT_TRUE(SaysWhenToRetry(status)) << status.error_message();
        return;
      case grpc::StatusCode::DEADLINE_EXCEEDED:
        return;
      default:
        ADD_FAILURE() << "question " << question % 4 << ": " << status.error_code() << " "
                      << pb::ErrorReason_Name(Reason(status)) << " " << status.error_message();
    }
  }
  void Read(int reader, const std::string& address) {
    const std::shared_ptr<grpc::Channel> channel = FreshChannel(address);
    for (int question = reader; !stop_; ++question) {
      grpc::ClientContext context;
      const absl::Time begin = absl::Now();
      context.set_deadline(absl::ToChronoTime(begin + kReadDeadline));
      const grpc::Status status = Ask(question, channel, context);
      Judge(question, status, absl::Now() - begin);
      if (status.ok()) answered_[static_cast<std::size_t>(reader)] = true;
      // Far sooner than RetryInfo asks, but not so often that nothing else gets a turn.
      absl::SleepFor(status.ok() ? kPause : std::max(kPause, absl::Milliseconds(100)));
    }
  }

  std::atomic<bool> stop_ = false;
  std::array<std::atomic<bool>, kReaders> answered_ = {};
  std::mutex mutex_;
  std::map<grpc::StatusCode, int> counts_;
  std::vector<std::thread> threads_;
};

TEST(OutageTest, DatabaseStopsUnderLoad) {
  Cluster& cluster = Cluster::Shared();
  const std::string database = cluster.CreateDatabase();
  const ServerProcess server(ONRECORDD, database);
  ASSERT_TRUE(BecomesServing(server.address()));
  Readers readers(server.address());
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
  EXPECT_TRUE(Eventually([&] { return readers.count(grpc::StatusCode::UNAVAILABLE) > kReaders; }));
  cluster.Start();
  EXPECT_TRUE(BecomesServing(server.address()));
  readers.ForgetAnswers();
  EXPECT_TRUE(Eventually([&] { return readers.answered() == kReaders; }));
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
