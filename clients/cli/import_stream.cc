#include "clients/cli/import_stream.h"

#include <algorithm>
#include <cmath>
#include <random>

#include "absl/strings/str_format.h"
#include "clients/cli/calls.h"
#include "onrecord/v1/rpc_details.pb.h"

namespace onrecord::cli {
namespace {

constexpr int kMaxBatchRecords = 1000;
constexpr std::size_t kMaxBatchBytes = std::size_t{1} << 20;
constexpr std::size_t kMaxInFlight = 4;
constexpr double kFirstDelaySeconds = 0.1;
constexpr double kMaxDelaySeconds = 5;
// Nobody has answered yet: rather a wrong address than a server that restarts.
constexpr double kFirstContactSeconds = 10;
// A server that says nothing for so long is gone, even when the network does not tell.
constexpr double kLeastStillSeconds = 60;
constexpr std::chrono::milliseconds kTick{100};

struct Cause {
  std::string reason;
  double retry_after_seconds = 0;
};

Cause CauseOf(const grpc::Status& status) {
  Cause cause;
  pb::RpcStatus rpc;
  if (!rpc.ParseFromString(status.error_details())) return cause;
  for (const google::protobuf::Any& any : rpc.details()) {
    pb::ErrorInfo info;
    pb::RetryInfo retry;
    const std::string& type = any.type_url();
    if (type.ends_with("/google.rpc.ErrorInfo") && info.ParseFromString(any.value())) cause.reason = info.reason();
    if (type.ends_with("/google.rpc.RetryInfo") && retry.ParseFromString(any.value())) {
      cause.retry_after_seconds =
          static_cast<double>(retry.retry_delay().seconds()) + retry.retry_delay().nanos() * 1e-9;
    }
  }
  return cause;
}

bool IsRetryable(const grpc::Status& status) {
  switch (status.error_code()) {
    case grpc::StatusCode::UNAVAILABLE:
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
    case grpc::StatusCode::ABORTED:
    case grpc::StatusCode::UNKNOWN:
    case grpc::StatusCode::CANCELLED:
    case grpc::StatusCode::DEADLINE_EXCEEDED:  // the server's for a batch: it waited for an index to be built, say
    case grpc::StatusCode::OK:                 // the server ended the stream without `finished`
      return true;
    case grpc::StatusCode::INTERNAL:  // without details it is the transport's word, not the server's
      return status.error_details().empty();
    default:
      return false;
  }
}

// A channel of its own for each try: no connection backoff is inherited from the one that broke.
std::shared_ptr<grpc::Channel> FreshChannel(const std::string& address) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetMaxReceiveMessageSize(64 << 20);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

double SecondsSince(std::chrono::steady_clock::time_point time) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - time).count();
}

}  // namespace

ImportStream::ImportStream(const Context& context, ImportSettings settings, const std::atomic<bool>& interrupted,
                           OnResult on_result, OnNotice on_notice)
    : context_(context),
      settings_(std::move(settings)),
      interrupted_(interrupted),
      on_result_(std::move(on_result)),
      on_notice_(std::move(on_notice)),
      heard_(Clock::now()) {}

ImportStream::~ImportStream() { Close(); }

void ImportStream::CheckInterrupted() const {
  if (interrupted_) throw Interrupted();
}

const pb::Import& ImportStream::Start() {
  if (!Connect()) Recover();
  if (started_ && committed_ > 0) unanswered_.emplace_back(1, committed_);
  open_.first = committed_ + 1;
  return import_;
}

bool ImportStream::Connect() {
  stub_ = pb::ImportService::NewStub(FreshChannel(context_.address));
  call_ = std::make_unique<grpc::ClientContext>();
  context_.Prepare(*call_, /*with_deadline=*/false);
  Await();
  finish_sent_ = false;
  {
    const std::lock_guard lock(mutex_);
    broken_ = false;
    answers_.clear();
  }
  stream_ = stub_->ImportQuotes(call_.get());
  watcher_ = std::jthread([this](const std::stop_token& stop) { Watch(stop); });
  pb::ImportQuotesRequest request;
  *request.mutable_start() = settings_.start;
  pb::ImportQuotesResponse response;
  if (!stream_->Write(request) || !stream_->Read(&response) || !response.has_started()) {
    Close();
    return false;
  }
  import_ = response.started();
  if (!import_.name().empty()) settings_.start.set_resume(import_.name());
  if (import_.dry_run()) offset_ = committed_;
  started_ = true;
  reader_ = std::thread([this] { ReadAnswers(); });
  Restore(import_.dry_run() ? committed_ : import_.committed_sequence());
  return true;
}

void ImportStream::Restore(std::int64_t committed) {
  if (committed > committed_) {
    // Stored, but the stream broke before the answers came. (At the start in_flight_ is empty.)
    if (!in_flight_.empty()) unanswered_.emplace_back(committed_ + 1, committed);
    committed_ = committed;
    failures_ = 0;
  }
  while (!in_flight_.empty() && in_flight_.front().last() <= committed_) in_flight_.pop_front();
  waiting_ = !in_flight_.empty();
  for (Batch& batch : in_flight_) Write(batch);
}

void ImportStream::Await() {
  if (!waiting_) heard_ = Clock::now();
  waiting_ = true;
}

void ImportStream::Write(Batch& batch) {
  pb::ImportQuotesRequest request;
  batch.message.set_first_sequence(batch.first - offset_);
  // Lent to the request for the time of the write: no copy of up to 12 MiB.
  request.mutable_batch()->Swap(&batch.message);
  Await();
  stream_->Write(request);  // when it fails, the reader sees the end of the stream
  request.mutable_batch()->Swap(&batch.message);
}

void ImportStream::ReadAnswers() {
  pb::ImportQuotesResponse response;
  while (stream_->Read(&response)) {
    const std::lock_guard lock(mutex_);
    answers_.push_back(std::move(response));
    response.Clear();
    heard_ = Clock::now();
    changed_.notify_all();
  }
  const std::lock_guard lock(mutex_);
  broken_ = true;
  changed_.notify_all();
}

void ImportStream::Watch(const std::stop_token& stop) {
  const double still = std::max(settings_.retry_seconds, kLeastStillSeconds);
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    if (interrupted_ || (waiting_ && SecondsSince(heard_.load()) > still)) call_->TryCancel();
    changed_.wait_for(lock, kTick);
  }
}

void ImportStream::Close() {
  if (!stream_) return;
  if (reader_.joinable()) {
    {
      const std::lock_guard lock(mutex_);
      if (!broken_ && !finished_) call_->TryCancel();
    }
    reader_.join();
  } else {
    // Connect failed: what the server said is still to be read, unless it goes on talking out of turn.
    pb::ImportQuotesResponse ignored;
    while (stream_->Read(&ignored)) call_->TryCancel();
  }
  status_ = stream_->Finish();
  if (watcher_.joinable()) {
    watcher_.request_stop();
    changed_.notify_all();
    watcher_.join();
  }
  stream_.reset();
  waiting_ = false;
}

void ImportStream::GiveUpUnlessRetryable(const grpc::Status& status) {
  if (!IsRetryable(status)) context_.Check(status);
  const bool nobody =
      !started_ && status.error_code() == grpc::StatusCode::UNAVAILABLE && status.error_details().empty();
  const double limit = nobody ? std::min(settings_.retry_seconds, kFirstContactSeconds) : settings_.retry_seconds;
  if (SecondsSince(broken_since_) < limit) return;
  if (!status.ok()) context_.Check(status);
  context_.Fail(kExitCall, "the server ended the import before it was finished");
}

void ImportStream::Backoff() {
  thread_local std::minstd_rand random{std::random_device{}()};
  const double most = std::min(kMaxDelaySeconds, kFirstDelaySeconds * std::pow(2.0, std::min(failures_, 10)));
  double delay = std::uniform_real_distribution<double>(most / 2, most)(random);
  delay = std::max(delay, std::min(CauseOf(status_).retry_after_seconds, kMaxDelaySeconds));
  const auto until = Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(delay));
  while (Clock::now() < until) {
    CheckInterrupted();
    std::this_thread::sleep_for(std::min<Clock::duration>(kTick, until - Clock::now()));
  }
  ++failures_;
}

void ImportStream::Recover() {
  if (failures_ == 0) broken_since_ = Clock::now();
  do {
    Close();
    CheckInterrupted();
    if (!settings_.start.resume().empty() && CauseOf(status_).reason == "IMPORT_FINISHED") return FetchFinished();
    GiveUpUnlessRetryable(status_);
    if (failures_ == 0) {
      on_notice_(absl::StrFormat("%s; trying again for up to %g s",
                                 status_.error_message().empty() ? "the connection was lost" : status_.error_message(),
                                 settings_.retry_seconds));
    }
    Backoff();
  } while (!Connect());
}

void ImportStream::FetchFinished() {
  pb::GetImportRequest request;
  request.set_name(settings_.start.resume());
  import_ = Read(context_, pb::ImportService::NewStub(FreshChannel(context_.address)),
                 &pb::ImportService::Stub::GetImport, request)
                .import();
  if (import_.committed_sequence() > committed_) {
    if (started_) unanswered_.emplace_back(committed_ + 1, import_.committed_sequence());
    committed_ = import_.committed_sequence();
  }
  finished_ = true;
  const bool all_stored = in_flight_.empty() || in_flight_.back().last() <= committed_;
  in_flight_.clear();
  if (!all_stored) RefuseFinished();
}

void ImportStream::RefuseFinished() const {
  context_.Fail(kExitCall, import_.name() + " was finished by somebody else; the records after the " +
                               std::to_string(committed_) + ". were not sent. Import the whole input again: what is " +
                               "stored already is passed over.");
}

void ImportStream::Add(pb::ImportRecord record, std::int64_t line) {
  const std::size_t bytes = record.ByteSizeLong();
  if (open_.message.records_size() > 0 && open_bytes_ + bytes > kMaxBatchBytes) Flush();
  *open_.message.add_records() = std::move(record);
  open_.lines.push_back(line);
  open_bytes_ += bytes;
  if (open_.message.records_size() == kMaxBatchRecords || open_bytes_ >= kMaxBatchBytes) Flush();
}

void ImportStream::Flush() {
  if (open_.message.records_size() == 0) return;
  if (!finished_) WaitUntil(kMaxInFlight - 1);
  if (finished_) RefuseFinished();
  const std::int64_t next = open_.last() + 1;
  in_flight_.push_back(std::exchange(open_, Batch()));
  open_.first = next;
  open_bytes_ = 0;
  Write(in_flight_.back());
}

void ImportStream::WaitUntil(std::size_t most_in_flight) {
  while (true) {
    CheckInterrupted();
    std::unique_lock lock(mutex_);
    // A tick at most, so that an interrupt is seen also when the stream does not move.
    if (in_flight_.size() > most_in_flight) {
      changed_.wait_for(lock, kTick, [this] { return broken_ || !answers_.empty(); });
    }
    if (!answers_.empty()) {
      const pb::ImportQuotesResponse answer = std::move(answers_.front());
      answers_.pop_front();
      lock.unlock();
      if (answer.has_batch()) Answered(answer.batch());
      continue;
    }
    const bool broken = broken_;
    lock.unlock();
    if (broken && !finished_) {
      Recover();
      if (finished_) return;
      continue;
    }
    if (in_flight_.size() <= most_in_flight) return;
  }
}

void ImportStream::Answered(const pb::BatchResult& answer) {
  if (in_flight_.empty()) return;
  const Batch batch = std::move(in_flight_.front());
  in_flight_.pop_front();
  for (const pb::RecordResult& result : answer.results()) {
    const std::int64_t index = result.sequence() + offset_ - batch.first;
    if (index < 0 || index >= batch.message.records_size()) continue;
    on_result_(batch.message.records(static_cast<int>(index)), batch.lines[static_cast<std::size_t>(index)], result);
  }
  committed_ = batch.last();
  failures_ = 0;
  waiting_ = !in_flight_.empty();
}

void ImportStream::Drain() {
  Flush();
  if (!finished_) WaitUntil(0);
}

const pb::Import& ImportStream::Finish() {
  Drain();
  while (!finished_) {
    Await();
    if (!std::exchange(finish_sent_, true)) {
      pb::ImportQuotesRequest finish;
      finish.mutable_finish();
      stream_->Write(finish, grpc::WriteOptions().set_last_message());
    }
    CheckInterrupted();
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, kTick, [this] { return broken_ || !answers_.empty(); });
    for (; !answers_.empty(); answers_.pop_front()) {
      if (!answers_.front().has_finished()) continue;
      import_ = answers_.front().finished();
      finished_ = true;
    }
    const bool broken = broken_;
    lock.unlock();
    if (broken && !finished_) Recover();
    if (!finished_ && !in_flight_.empty()) Drain();
  }
  Close();
  return import_;
}

}  // namespace onrecord::cli
