// Many records at full speed, by several streams at once, while readers ask all the time; and what may happen to the
// server and its database meanwhile. Every reader's call ends in time, with an answer or with a refusal that says what
// to do; what was sent is recorded once, as by an import that nothing disturbed; and the server keeps no memory of it.
//
// ONRECORD_LOAD_RECORDS: how many records, 6000 by default. With a million each test takes half an hour:
//   ONRECORD_LOAD_RECORDS=1000000 build/dev/tests/fault_tests --gtest_filter='ImportLoad*'
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <deque>
#include <functional>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "onrecord/v1/quotes.grpc.pb.h"
#include "services/base/strings.h"
#include "tests/support/cluster.h"
#include "tests/support/feeder.h"
#include "tests/support/process.h"
#include "tests/support/readers.h"

namespace onrecord {
namespace {

// Imported before the load, so that readers have something to ask for.
constexpr int kKnownRecords = 500;
constexpr std::size_t kKnownQuotes = 50;
constexpr int kReadersUnderLoad = 6;  // two for each question
constexpr absl::Duration kReadDeadlineUnderLoad = absl::Seconds(5);

int RecordsOfLoad() {
  int records = 6000;
  const char* asked = std::getenv("ONRECORD_LOAD_RECORDS");
  EXPECT_TRUE(asked == nullptr || (ParseNumber(asked, &records) && records > kKnownRecords)) << asked;
  return records;
}

class ImportLoadTest : public ::testing::Test {
 protected:
  ImportLoadTest() : database_(Cluster::Shared().CreateDatabase()), server_(ONRECORDD, database_) {}
  ~ImportLoadTest() override { Join(); }
  void SetUp() override;

  // Begins to import the records after those before, to record `last`, in equal shares.
  void Feed(int streams, int last);
  // Waits until the imports are finished.
  void Join();
  // How many streams broke.
  int broken() const;
  // How many of the newest `streams` were refused because the lane was full.
  std::ptrdiff_t refused(int streams) const;
  // Imports in two halves, and does it in the middle of each. Streams must break by that and readers must be refused,
  // and then all of these be answered again.
  void Disturb(const std::function<void()>& fault);
  // Waits for the end of everything.
  void ExpectNothingLostOrDoubled();
  void ExpectMemoryIsBack();

  // A quote that is durable since before the load, another one each time.
  const pb::Quote& Known() { return known_[next_++ % known_.size()]; }
  grpc::Status Get(const std::shared_ptr<grpc::Channel>& channel, grpc::ClientContext& context);
  grpc::Status ListBySpeaker(const std::shared_ptr<grpc::Channel>& channel, grpc::ClientContext& context);
  grpc::Status ListByWords(const std::shared_ptr<grpc::Channel>& channel, grpc::ClientContext& context);

  const int records_ = RecordsOfLoad();
  const std::string database_;
  ServerProcess server_;
  std::vector<pb::Quote> known_;
  std::atomic<std::size_t> next_ = 0;
  std::optional<Readers> readers_;
  std::int64_t memory_before_ = 0;
  int fed_ = kKnownRecords;
  std::atomic<bool> disturbed_ = true;  // false: streams wait for it in the middle, so that there is one
  std::atomic<int> in_the_middle_ = 0;
  std::deque<Feeder> feeders_;
  std::vector<std::thread> feeding_;
};

void ImportLoadTest::SetUp() {
  ASSERT_TRUE(BecomesServing(server_.address()));
  Feeder first(server_.address(), kKnownRecords);
  first.Run();
  grpc::ClientContext context;
  pb::ListQuotesRequest request;
  request.set_page_size(static_cast<int>(kKnownQuotes));
  pb::ListQuotesResponse response;
  const auto quotes = pb::QuoteService::NewStub(FreshChannel(server_.address()));
  ASSERT_TRUE(quotes->ListQuotes(&context, request, &response).ok());
  known_.assign(response.quotes().begin(), response.quotes().end());
  ASSERT_EQ(known_.size(), kKnownQuotes);
  const auto asks = [this](auto question) {
    return [this, question](const std::shared_ptr<grpc::Channel>& channel, grpc::ClientContext& call) {
      return (this->*question)(channel, call);
    };
  };
  readers_.emplace(server_.address(),
                   std::vector<Readers::Question>{asks(&ImportLoadTest::Get), asks(&ImportLoadTest::ListBySpeaker),
                                                  asks(&ImportLoadTest::ListByWords)},
                   kReadersUnderLoad, kReadDeadlineUnderLoad);
  ASSERT_TRUE(readers_->AreAnswered());
}

grpc::Status Wrong(const std::string& what) { return grpc::Status(grpc::StatusCode::NOT_FOUND, what); }

grpc::Status ImportLoadTest::Get(const std::shared_ptr<grpc::Channel>& channel, grpc::ClientContext& context) {
  const pb::Quote& known = Known();
  pb::GetQuoteRequest request;
  request.set_name(known.name());
  pb::GetQuoteResponse response;
  const grpc::Status status = pb::QuoteService::NewStub(channel)->GetQuote(&context, request, &response);
  return status.ok() && response.quote().text() != known.text() ? Wrong(known.name()) : status;
}

grpc::Status ImportLoadTest::ListBySpeaker(const std::shared_ptr<grpc::Channel>& channel,
                                           grpc::ClientContext& context) {
  const pb::Quote& known = Known();
  pb::ListQuotesRequest request;
  request.mutable_filter()->add_speakers(known.speaker());
  pb::ListQuotesResponse response;
  const grpc::Status status = pb::QuoteService::NewStub(channel)->ListQuotes(&context, request, &response);
  return status.ok() && response.quotes().empty() ? Wrong(known.speaker()) : status;
}

// All of its words, of which the number is in no other quote.
grpc::Status ImportLoadTest::ListByWords(const std::shared_ptr<grpc::Channel>& channel, grpc::ClientContext& context) {
  const pb::Quote& known = Known();
  pb::ListQuotesRequest request;
  request.mutable_filter()->set_words(known.text());
  pb::ListQuotesResponse response;
  const grpc::Status status = pb::QuoteService::NewStub(channel)->ListQuotes(&context, request, &response);
  if (!status.ok()) return status;
  return response.quotes_size() == 1 && response.quotes(0).name() == known.name() ? status : Wrong(known.text());
}

void ImportLoadTest::Feed(int streams, int last) {
  for (; streams > 0; --streams) {
    const int share = (last - fed_) / streams;
    Feeder& feeder = feeders_.emplace_back(server_.address(), share, 250, fed_ + 1);
    feeder.set_on_committed([this, share](std::int64_t committed) {
      if (committed < share / 2 || committed == share) return true;
      ++in_the_middle_;
      return Eventually([this] { return disturbed_.load(); });
    });
    feeding_.emplace_back([this, &feeder] { feeder.Run(PatienceFor(records_)); });
    fed_ += share;
  }
}

void ImportLoadTest::Join() {
  for (std::thread& thread : feeding_) thread.join();
  feeding_.clear();
}

int ImportLoadTest::broken() const {
  int all = 0;
  for (const Feeder& feeder : feeders_) all += feeder.failures();
  return all;
}

std::ptrdiff_t ImportLoadTest::refused(int streams) const {
  return std::count_if(feeders_.end() - streams, feeders_.end(),
                       [](const Feeder& feeder) { return feeder.busy() > 0; });
}

void ImportLoadTest::Disturb(const std::function<void()>& fault) {
  for (const int half : {1, 2}) {
    const int broken_before = broken();
    disturbed_ = false;
    in_the_middle_ = 0;
    Feed(2, half == 1 ? records_ / 2 : records_);
    EXPECT_TRUE(Eventually([&] { return in_the_middle_ > 0; }, PatienceFor(records_)));
    if (half == 1) memory_before_ = server_.ResidentMemory();
    const int refusals_before = readers_->count(grpc::StatusCode::UNAVAILABLE);
    fault();
    disturbed_ = true;
    EXPECT_TRUE(Eventually(
        [&] { return broken() > broken_before && readers_->count(grpc::StatusCode::UNAVAILABLE) > refusals_before; }));
    // PostgreSQL may have a lot to recover.
    EXPECT_TRUE(Eventually([&] { return AskHealth(server_.address()) == Health::kServing; }, PatienceFor(records_)));
    EXPECT_TRUE(readers_->AreAnswered());
    Join();
  }
}

void ImportLoadTest::ExpectNothingLostOrDoubled() {
  Join();
  EXPECT_TRUE(readers_->AreAnswered());
  readers_->Stop();
  for (const Feeder& feeder : feeders_) {
    EXPECT_EQ(feeder.import().state(), pb::IMPORT_STATE_FINISHED);
    EXPECT_EQ(feeder.import().created_count(), feeder.records()) << Counts(feeder.import());
  }
  EXPECT_EQ(Sql(database_, "SELECT count(*) FROM imports"), std::to_string(feeders_.size() + 1));
  EXPECT_EQ(Fingerprint(database_), CleanImportOf(ONRECORDD, records_).fingerprint);
}

// Before, the server had readers and as many streams: its threads, sessions and prepared statements were there,
// and malloc kept what so many messages take that are under way at once. What is left is chance: where freed memory
// lies. A server that forgets what a fault cut off, or that keeps something of each record or call, exceeds this when
// there are enough of them: with a million records, 16 bytes for each.
void ImportLoadTest::ExpectMemoryIsBack() {
  constexpr std::int64_t kMegabyte = 1 << 20;
  const std::int64_t after = server_.ResidentMemory();
  RecordProperty("megabytes_before", static_cast<int>(memory_before_ / kMegabyte));
  RecordProperty("megabytes_after", static_cast<int>(after / kMegabyte));
  ASSERT_GT(memory_before_, 0);
  ASSERT_GT(after, 0);
  if constexpr (!kSanitized) {
    EXPECT_LT(after - memory_before_, 16 * kMegabyte);
  }
}

TEST_F(ImportLoadTest, ServerIsKilled) {
  readers_->LetServerBeAway();
  Disturb([this] { server_.KillAndRestart(); });
  ExpectNothingLostOrDoubled();
  ExpectMemoryIsBack();
}

TEST_F(ImportLoadTest, BackendIsKilled) {
  const char* lane = "import";
  Disturb([&] { KillBackend(database_, std::exchange(lane, "read")); });
  ExpectNothingLostOrDoubled();
  ExpectMemoryIsBack();
}

TEST_F(ImportLoadTest, DatabaseIsRestarted) {
  Disturb([this] {
    Cluster::Shared().StopInOrder();
    EXPECT_TRUE(Eventually([this] { return AskHealth(server_.address()) == Health::kNotServing; }));
    Cluster::Shared().Start();
  });
  ExpectNothingLostOrDoubled();
  ExpectMemoryIsBack();
}

// A stream has one message at most in the lane, so it takes many to fill it: sixteen clients with five each.
TEST_F(ImportLoadTest, LaneIsFull) {
  constexpr int kStreams = 16 * 5;
  constexpr int kTaken = 2 + 64;  // by the lane's threads and its queue
  for (const int half : {1, 2}) {
    TableLock lock(database_, "imports");
    Feed(kStreams, half == 1 ? records_ / 2 : records_);
    EXPECT_TRUE(Eventually([&] { return refused(kStreams) == kStreams - kTaken; }));
    EXPECT_TRUE(readers_->AreAnswered());
    lock.Release();
    Join();
    if (half == 1) memory_before_ = server_.ResidentMemory();
  }
  ExpectNothingLostOrDoubled();
  ExpectMemoryIsBack();
}

}  // namespace
}  // namespace onrecord
