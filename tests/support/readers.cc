#include "tests/support/readers.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "absl/time/clock.h"
#include "tests/support/feeder.h"
#include "tests/support/process.h"
#include "tests/support/server_fixture.h"

namespace onrecord {
namespace {

// Between a reader's questions; ThreadSanitizer, which looks at gRPC's own memory again and again, needs a pause.
constexpr absl::Duration kPause = kSanitized ? absl::Milliseconds(200) : absl::ZeroDuration();
// After a refusal: far sooner than RetryInfo asks, but not so often that nothing else gets a turn.
constexpr absl::Duration kPauseAfterRefusal = std::max(kPause, absl::Milliseconds(100));

}  // namespace

Readers::Readers(const std::string& address, const std::vector<Question>& questions, int count, absl::Duration deadline)
    : deadline_(deadline) {
  for (int i = 0; i < count; ++i) {
    Reader& reader = readers_.emplace_back();
    reader.question = questions[static_cast<std::size_t>(i) % questions.size()];
    reader.thread = std::thread([this, &reader, address] { Read(reader, address); });
  }
}

void Readers::Stop() {
  stop_ = true;
  for (Reader& reader : readers_) {
    if (reader.thread.joinable()) reader.thread.join();
  }
}

int Readers::count(grpc::StatusCode code) {
  const std::lock_guard lock(mutex_);
  return counts_[code];
}

bool Readers::AreAnswered() {
  const absl::Time now = absl::Now();
  return Eventually([this, now] {
    const std::lock_guard lock(mutex_);
    return std::all_of(readers_.begin(), readers_.end(),
                       [now](const Reader& reader) { return reader.answered >= now; });
  });
}

void Readers::Read(Reader& reader, const std::string& address) {
  const std::shared_ptr<grpc::Channel> channel = FreshChannel(address);
  while (!stop_) {
    grpc::ClientContext context;
    const absl::Time begin = absl::Now();
    context.set_deadline(absl::ToChronoTime(begin + deadline_));
    const grpc::Status status = reader.question(channel, context);
    Judge(reader, status, begin);
    absl::SleepFor(status.ok() ? kPause : kPauseAfterRefusal);
  }
}

void Readers::Judge(Reader& reader, const grpc::Status& status, absl::Time begin) {
  EXPECT_LT(absl::Now() - begin, deadline_ + kAtOnce) << status.error_code() << " " << status.error_message();
  const bool nobody_there = status.error_code() == grpc::StatusCode::UNAVAILABLE && status.error_details().empty();
  EXPECT_TRUE(status.ok() || IsForNow(status) || (nobody_there && server_may_be_away_))
      << status.error_code() << " " << pb::ErrorReason_Name(Reason(status)) << " " << status.error_message();
  const std::lock_guard lock(mutex_);
  ++counts_[status.error_code()];
  if (status.ok()) reader.answered = begin;
}

}  // namespace onrecord
