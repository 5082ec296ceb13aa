// An adaptor for calls that are cheaper together: while a few of them are served, those that come in wait, and are then
// answered by one statement for all. A call that comes alone is served at once. Under load a statement for fifty costs
// little more than one, and threads change less often, which costs more than PostgreSQL does.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/types/span.h"
#include "services/api/call.h"

namespace onrecord::api {

template <typename Request, typename Response>
class Gatherer {
 public:
  // Answers each request, in their order.
  using Handler = std::function<std::vector<absl::StatusOr<Response>>(Call&, absl::Span<const Request* const>)>;
  Gatherer(Runtime& runtime, pg::Lane& lane, std::string method, Handler handler)
      : runtime_(runtime), lane_(lane), method_(std::move(method)), handler_(std::move(handler)) {}
  // When the calls have ended the last round may still be leaving.
  ~Gatherer() {
    std::unique_lock lock(mutex_);
    idle_.wait(lock, [this] { return rounds_ == 0; });
  }

  grpc::ServerUnaryReactor* Serve(grpc::CallbackServerContext* context, const Request* request, Response* response) {
    auto* waiting = new Waiting(runtime_, context, method_, request, response);
    if (absl::Status known = RefuseUnknownFields(*request); !known.ok()) {
      waiting->End(known);
    } else {
      Add(waiting);
    }
    return waiting;
  }

 private:
  static constexpr int kMostRounds = 2;           // that are served at the same time
  static constexpr std::size_t kMostAtOnce = 64;  // calls in a round

  struct Waiting : OneAnswer {
    Waiting(Runtime& runtime, grpc::CallbackServerContext* context, std::string_view method, const Request* asked,
            Response* answered)
        : OneAnswer(runtime, context, method), request(asked), response(answered) {}
    const Request* const request;
    Response* const response;
  };

  void Add(Waiting* call) {
    {
      const std::lock_guard lock(mutex_);
      if (waiting_.size() < lane_.queue_limit()) {
        if (rounds_ < kMostRounds && Submit()) ++rounds_;
        if (rounds_ > 0) {
          waiting_.push_back(call);
          return;
        }
      }
    }
    call->End(Busy(lane_));
  }

  bool Submit() {
    return lane_.Submit([this](pg::Session& session) { ServeRounds(session); });
  }

  // Serves those that wait. Who comes meanwhile belongs to the next round, after what else the lane has to do; when the
  // lane takes nothing on, at once.
  void ServeRounds(pg::Session& session) {
    while (true) {
      Answer(session, TakeRound());
      const std::lock_guard lock(mutex_);
      if (!waiting_.empty() && !Submit()) continue;
      if (waiting_.empty() && --rounds_ == 0) idle_.notify_all();
      return;
    }
  }

  // Those that see the same as the first.
  std::vector<Waiting*> TakeRound() {
    const std::lock_guard lock(mutex_);
    std::vector<Waiting*> calls;
    while (!waiting_.empty() && calls.size() < kMostAtOnce &&
           (calls.empty() || calls.front()->ticket().MaySee() == waiting_.front()->ticket().MaySee())) {
      calls.push_back(waiting_.front());
      waiting_.pop_front();
    }
    return calls;
  }

  void Answer(pg::Session& session, absl::Span<Waiting* const> calls) {
    std::vector<Waiting*> admitted;
    std::vector<Ticket*> tickets;
    std::vector<const Request*> requests;
    for (Waiting* call : calls) {
      if (absl::Status status = call->ticket().Admit(call->ticket().start()); !status.ok()) {
        call->End(status);
        continue;
      }
      admitted.push_back(call);
      tickets.push_back(&call->ticket());
      requests.push_back(call->request);
    }
    if (admitted.empty()) return;
    std::vector<absl::StatusOr<Response>> answers;
    const absl::Status status = Ticket::RunTogether(session, tickets, [&](Call& call) {
      answers = handler_(call, requests);
      return absl::OkStatus();
    });
    for (std::size_t i = 0; i < admitted.size(); ++i) {
      if (status.ok() && answers[i].ok()) *admitted[i]->response = *std::move(answers[i]);
      admitted[i]->End(status.ok() ? answers[i].status() : status);
    }
  }

  Runtime& runtime_;
  pg::Lane& lane_;
  const std::string method_;
  const Handler handler_;
  std::mutex mutex_;
  std::deque<Waiting*> waiting_ ABSL_GUARDED_BY(mutex_);
  int rounds_ ABSL_GUARDED_BY(mutex_) = 0;
  std::condition_variable idle_;
};

}  // namespace onrecord::api
