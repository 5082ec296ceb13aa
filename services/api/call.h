// What a handler sees of a call, and the adaptors between gRPC's callback API and handlers. A handler is a plain
// function: check, one store call, return. The adaptor gives it a thread and a session of a bounded lane, ends
// it when the caller left or its time is over, and writes one log line per call. Only this pair of files knows
// gRPC's threading.
#pragma once

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "google/protobuf/message.h"
#include "services/base/status.h"
#include "services/base/thread_sanitizer.h"
#include "services/pg/lane.h"
#include "services/pg/session.h"
#include "services/pg/watchdog.h"

namespace onrecord::api {

inline constexpr absl::Duration kDefaultDeadline = absl::Seconds(30);
inline constexpr absl::Duration kLongestDeadline = absl::Seconds(110);  // below PostgreSQL's statement_timeout

// What one call may use. Lives on the worker's stack.
class Call {
 public:
  Call(pg::Session& session, std::string_view method, std::string_view author)
      : session_(session), method_(method), author_(author) {}
  pg::Session& db() { return session_; }
  std::string_view method() const { return method_; }
  // Who a change is recorded under.
  std::string_view author() const { return author_; }

 private:
  pg::Session& session_;
  std::string_view method_;
  std::string_view author_;
};

// A stream that may be waiting for its client when the server stops.
class Waiting {
 public:
  virtual ~Waiting() = default;
  // True when the stream was waiting and now belongs to the caller, who must call EndStopping.
  virtual bool Claim() = 0;
  virtual void EndStopping() = 0;
};

// What the adaptors need; made by main, outlives all calls.
class Runtime {
 public:
  Runtime(pg::Watchdog& the_watchdog, pg::Lane& read_lane, pg::Lane& write_lane, pg::Lane& import_lane)
      : watchdog(the_watchdog), read(read_lane), write(write_lane), import(import_lane) {}
  pg::Watchdog& watchdog;
  pg::Lane& read;
  pg::Lane& write;
  pg::Lane& import;
  // Authors who may see words under embargo. Set before the first call.
  absl::flat_hash_set<std::string> embargo_readers;

  // From now on streams end with UNAVAILABLE SERVER_STOPPING: busy ones after the message at hand, those that
  // wait for their client at once. Any thread.
  void Stop();
  bool stopping() const { return stopping_; }
  void Add(Waiting* stream);
  void Remove(Waiting* stream);

 private:
  std::atomic<bool> stopping_ = false;
  std::mutex mutex_;
  absl::flat_hash_set<Waiting*> streams_ ABSL_GUARDED_BY(mutex_);
};

// UNAVAILABLE SERVER_STOPPING.
absl::Status Stopping();
// RESOURCE_EXHAUSTED SERVER_BUSY.
absl::Status Busy(const pg::Lane& lane);

// One running call: its time, its caller, its log line.
class Ticket {
 public:
  Ticket(Runtime& runtime, grpc::CallbackServerContext* context, std::string_view method);

  // Runs `body` with a session of `lane`; `done` gets the outcome, also when the body never ran (queue full,
  // deadline over, caller gone). `done` may run on any thread.
  void Submit(pg::Lane& lane, std::function<absl::Status(Call&)> body, std::function<void(absl::Status)> done);
  // What is against serving the call now: the caller left, or the time that it may take since `begin` is over.
  absl::Status Admit(absl::Time begin) const;
  absl::Time start() const { return start_; }
  // Whether the caller sees words under embargo: calls that differ in this have no `body` in common.
  bool MaySee() const { return runtime_.embargo_readers.contains(author_); }
  // Runs `body` once for several calls of a method that were admitted and see the same. Until the last of them is late;
  // only a call by itself is cancelled when its caller leaves.
  static absl::Status RunTogether(pg::Session& session, absl::Span<Ticket* const> tickets,
                                  const std::function<absl::Status(Call&)>& body);
  // The caller left.
  void Cancel();
  // Writes the log line and returns what goes on the wire.
  grpc::Status Finish(const absl::Status& status);

 private:
  absl::Time EndFrom(absl::Time begin) const;
  absl::Status Run(pg::Session& session, absl::Time deadline, const std::shared_ptr<std::atomic<bool>>& cancelled,
                   const std::function<absl::Status(Call&)>& body) const;

  Runtime& runtime_;
  const std::string method_;
  const std::string author_;
  const std::string peer_;
  const absl::Time start_ = absl::Now();
  const absl::Time deadline_;  // infinite when the caller set none
  std::shared_ptr<std::atomic<bool>> cancelled_ = std::make_shared<std::atomic<bool>>(false);
  std::atomic<std::int64_t> queued_micros_ = 0;
};

// INVALID_ARGUMENT UNKNOWN_FIELD when `message` holds a field that this server does not know: dropping it would
// lose what the caller meant to record.
absl::Status RefuseUnknownFields(const google::protobuf::Message& message);

grpc::Status ToGrpc(const absl::Status& status);

// A call with one answer, from its beginning to its end.
class OneAnswer : public grpc::ServerUnaryReactor {
 public:
  OneAnswer(Runtime& runtime, grpc::CallbackServerContext* context, std::string_view method)
      : ticket_(runtime, context, method) {}
  Ticket& ticket() { return ticket_; }
  void End(const absl::Status& status) {
    const grpc::Status wire = ticket_.Finish(status);
    HandOver(this);
    Finish(wire);
  }
  void OnDone() override {
    TakeOver(this);
    delete this;
  }
  void OnCancel() override { ticket_.Cancel(); }

 private:
  Ticket ticket_;
};

template <typename Request, typename Response>
class UnaryCall : public OneAnswer {
 public:
  using Handler = std::function<absl::StatusOr<Response>(Call&, const Request&)>;
  UnaryCall(Runtime& runtime, pg::Lane& lane, grpc::CallbackServerContext* context, std::string_view method,
            const Request* request, Response* response, Handler handler)
      : OneAnswer(runtime, context, method) {
    if (absl::Status known = RefuseUnknownFields(*request); !known.ok()) {
      End(known);
      return;
    }
    ticket().Submit(
        lane,
        [request, response, handler = std::move(handler)](Call& call) -> absl::Status {
          ASSIGN_OR_RETURN(*response, handler(call, *request));
          return absl::OkStatus();
        },
        [this](const absl::Status& status) { End(status); });
  }
};

// One line per rpc of a service: return Serve(runtime, lane, context, "GetQuote", request, response, GetQuote).
template <typename Request, typename Response, typename Handler>
grpc::ServerUnaryReactor* Serve(Runtime& runtime, pg::Lane& lane, grpc::CallbackServerContext* context,
                                std::string_view method, const Request* request, Response* response, Handler handler) {
  return new UnaryCall<Request, Response>(runtime, lane, context, method, request, response, std::move(handler));
}

// A stream of answers: `next` fills the next message and returns false at the end. It runs in the lane once per
// message, after the one before was taken by the transport.
template <typename Response>
class AnswerStream : public grpc::ServerWriteReactor<Response> {
 public:
  using Next = std::function<absl::StatusOr<bool>(Call&, Response&)>;
  AnswerStream(Runtime& runtime, pg::Lane& lane, grpc::CallbackServerContext* context, std::string_view method,
               Next next)
      : runtime_(runtime), lane_(lane), ticket_(runtime, context, method), next_(std::move(next)) {
    Continue();
  }
  void OnWriteDone(bool ok) override {
    TakeOver(this);
    if (!ok) return End(absl::CancelledError("the caller went away"));
    Continue();
  }
  void OnDone() override {
    TakeOver(this);
    delete this;
  }
  void OnCancel() override { ticket_.Cancel(); }

 private:
  void Continue() {
    if (runtime_.stopping()) return End(Stopping());
    ticket_.Submit(
        lane_,
        [this](Call& call) -> absl::Status {
          response_.Clear();
          ASSIGN_OR_RETURN(more_, next_(call, response_));
          return absl::OkStatus();
        },
        [this](const absl::Status& status) {
          if (!status.ok() || !more_) return End(status);
          HandOver(this);
          this->StartWrite(&response_);
        });
  }
  void End(const absl::Status& status) {
    const grpc::Status wire = ticket_.Finish(status);
    HandOver(this);
    this->Finish(wire);
  }

  Runtime& runtime_;
  pg::Lane& lane_;
  Ticket ticket_;
  Next next_;
  Response response_;
  bool more_ = false;
};

// A conversation: each message is answered by `answer` before the next one is read, which is what bounds memory.
// When the client has no more to say, `at_end` decides how the conversation ended; a message that cannot be decoded
// looks the same to gRPC.
template <typename Request, typename Response>
class Conversation : public grpc::ServerBidiReactor<Request, Response>, private Waiting {
 public:
  using Answer = std::function<absl::Status(Call&, const Request& request, Response& response)>;
  using AtEnd = std::function<absl::Status()>;
  Conversation(Runtime& runtime, pg::Lane& lane, grpc::CallbackServerContext* context, std::string_view method,
               Answer answer, AtEnd at_end)
      : runtime_(runtime),
        lane_(lane),
        ticket_(runtime, context, method),
        answer_(std::move(answer)),
        at_end_(std::move(at_end)) {
    runtime_.Add(this);
    Wait();
  }
  void OnReadDone(bool ok) override {
    TakeOver(this);
    if (!Claim()) return;  // the server is stopping and has ended this stream
    if (runtime_.stopping()) return End(Stopping());
    if (!ok) return End(at_end_());
    if (absl::Status known = RefuseUnknownFields(request_); !known.ok()) return End(known);
    ticket_.Submit(
        lane_,
        [this](Call& call) {
          response_.Clear();
          return answer_(call, request_, response_);
        },
        [this](const absl::Status& status) {
          if (!status.ok()) return End(status);
          HandOver(this);
          this->StartWrite(&response_);
        });
  }
  void OnWriteDone(bool ok) override {
    TakeOver(this);
    if (!ok) return End(absl::CancelledError("the caller went away"));
    Wait();
  }
  void OnDone() override {
    TakeOver(this);
    runtime_.Remove(this);
    delete this;
  }
  void OnCancel() override { ticket_.Cancel(); }

 private:
  // For the client's next message. Whoever claims the stream ends it: looked at after waiting is set, so that a
  // Runtime::Stop at this very moment leaves no stream behind.
  void Wait() {
    waiting_ = true;
    if (!runtime_.stopping()) {
      HandOver(this);
      this->StartRead(&request_);
    } else if (Claim()) {
      End(Stopping());
    }
  }
  bool Claim() override { return waiting_.exchange(false); }
  void EndStopping() override { End(Stopping()); }
  void End(const absl::Status& status) {
    const grpc::Status wire = ticket_.Finish(status);
    HandOver(this);
    this->Finish(wire);
  }

  Runtime& runtime_;
  pg::Lane& lane_;
  Ticket ticket_;
  Answer answer_;
  AtEnd at_end_;
  Request request_;
  Response response_;
  std::atomic<bool> waiting_ = false;  // for the client's next message
};

}  // namespace onrecord::api
