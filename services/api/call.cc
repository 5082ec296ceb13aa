#include "services/api/call.h"

#include <algorithm>

#include "onrecord/v1/rpc_details.pb.h"
#include "services/api/text.h"
#include "services/base/log.h"
#include "services/base/strings.h"

namespace onrecord::api {
namespace {

std::string ReadAuthor(const grpc::CallbackServerContext& context) {
  const auto found = context.client_metadata().find("x-onrecord-author");
  if (found == context.client_metadata().end()) return "anonymous";
  std::string author = CollapseSpace(std::string_view(found->second.data(), found->second.size()));
  return author.empty() || HasControlCharacter(author) ? "anonymous" : FirstCodePoints(author, 100);
}

absl::Time ReadDeadline(const grpc::CallbackServerContext& context) {
  const auto deadline = context.deadline();
  return deadline == std::chrono::system_clock::time_point::max() ? absl::InfiniteFuture() : absl::FromChrono(deadline);
}

absl::Status Late() {
  return Refuse(absl::StatusCode::kDeadlineExceeded, pb::ERROR_REASON_DEADLINE_EXCEEDED,
                "not begun within the deadline; try again or allow more time");
}

absl::Status Gone() {
  return Refuse(absl::StatusCode::kCancelled, pb::ERROR_REASON_CANCELLED, "the call was cancelled");
}

// The first unknown field found, as "message type, field number"; empty when there is none.
std::string FindUnknownField(const google::protobuf::Message& message) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  const google::protobuf::UnknownFieldSet& unknown = reflection.GetUnknownFields(message);
  if (unknown.field_count() > 0) return StrCat(message.GetTypeName(), " field ", unknown.field(0).number());
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const google::protobuf::FieldDescriptor* field : fields) {
    if (field->cpp_type() != google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE) continue;
    const int count = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      std::string found = FindUnknownField(field->is_repeated() ? reflection.GetRepeatedMessage(message, field, i)
                                                                : reflection.GetMessage(message, field));
      if (!found.empty()) return found;
    }
  }
  return "";
}

}  // namespace

void Runtime::Stop() {
  stopping_ = true;
  while (true) {
    Waiting* claimed = nullptr;
    {
      const std::lock_guard lock(mutex_);
      for (Waiting* stream : streams_) {
        if (stream->Claim()) {
          claimed = stream;
          break;
        }
      }
    }
    if (claimed == nullptr) return;
    // Claimed streams stay alive until they are ended. Not under the lock: ending one may call Remove.
    claimed->EndStopping();
  }
}

void Runtime::Add(Waiting* stream) {
  const std::lock_guard lock(mutex_);
  streams_.insert(stream);
}

void Runtime::Remove(Waiting* stream) {
  const std::lock_guard lock(mutex_);
  streams_.erase(stream);
}

absl::Status Stopping() {
  return RefuseForNow(absl::StatusCode::kUnavailable, pb::ERROR_REASON_SERVER_STOPPING,
                      "the server is stopping; go on with another or when it is back", absl::Seconds(2));
}

absl::Status Busy(const pg::Lane& lane) {
  return RefuseForNow(absl::StatusCode::kResourceExhausted, pb::ERROR_REASON_SERVER_BUSY,
                      StrCat("the server's ", lane.name(), " queue is full; try again later"), absl::Seconds(1));
}

absl::Status RefuseUnknownFields(const google::protobuf::Message& message) {
  const std::string found = FindUnknownField(message);
  if (found.empty()) return absl::OkStatus();
  return Refuse(absl::StatusCode::kInvalidArgument, pb::ERROR_REASON_UNKNOWN_FIELD,
                StrCat(found, " is not known to this server; use its version of the API"), {{"field", found}});
}

grpc::Status ToGrpc(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  pb::RpcStatus wire;
  wire.set_code(static_cast<int>(status.code()));
  wire.set_message(std::string(status.message()));
  status.ForEachPayload([&](absl::string_view type_url, const absl::Cord& payload) {
    google::protobuf::Any& detail = *wire.add_details();
    detail.set_type_url(std::string(type_url));
    detail.set_value(std::string(payload));
  });
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()), std::string(status.message()),
                      wire.SerializeAsString());
}

Ticket::Ticket(Runtime& runtime, grpc::CallbackServerContext* context, std::string_view method)
    : runtime_(runtime),
      method_(method),
      author_(ReadAuthor(*context)),
      peer_(context->peer()),
      deadline_(ReadDeadline(*context)) {}

absl::Time Ticket::EndFrom(absl::Time begin) const {
  return std::min(deadline_, begin + (deadline_ == absl::InfiniteFuture() ? kDefaultDeadline : kLongestDeadline));
}

void Ticket::Submit(pg::Lane& lane, std::function<absl::Status(Call&)> body, std::function<void(absl::Status)> done) {
  const absl::Time queued = absl::Now();
  const bool taken = lane.Submit([this, queued, body = std::move(body), done](pg::Session& session) {
    queued_micros_ += absl::ToInt64Microseconds(absl::Now() - queued);
    absl::Status status = Admit(queued);
    if (status.ok()) status = Run(session, EndFrom(queued), cancelled_, body);
    done(std::move(status));
  });
  if (!taken) done(Busy(lane));
}

absl::Status Ticket::Admit(absl::Time begin) const {
  if (cancelled_->load()) return Gone();
  if (EndFrom(begin) <= absl::Now()) return Late();
  return absl::OkStatus();
}

absl::Status Ticket::RunTogether(pg::Session& session, absl::Span<Ticket* const> tickets,
                                 const std::function<absl::Status(Call&)>& body) {
  const absl::Time now = absl::Now();
  absl::Time deadline = now;
  for (Ticket* ticket : tickets) {
    ticket->queued_micros_ += absl::ToInt64Microseconds(now - ticket->start_);
    deadline = std::max(deadline, ticket->EndFrom(ticket->start_));
  }
  const Ticket& first = *tickets.front();
  return first.Run(session, deadline,
                   tickets.size() == 1 ? first.cancelled_ : std::make_shared<std::atomic<bool>>(false), body);
}

absl::Status Ticket::Run(pg::Session& session, absl::Time deadline, const std::shared_ptr<std::atomic<bool>>& cancelled,
                         const std::function<absl::Status(Call&)>& body) const {
  const pg::Watchdog::Watch watch(runtime_.watchdog, session, deadline, cancelled);
  session.set_may_see_embargoed(MaySee());
  Call call(session, method_, author_);
  try {
    return body(call);
  } catch (const std::exception& error) {  // a fault of ours must not take the other calls down
    Log("error", "handler threw", {{"method", method_}, {"cause", error.what()}});
    return Refuse(absl::StatusCode::kInternal, pb::ERROR_REASON_INTERNAL,
                  "a fault of the server; its log holds the cause");
  }
}

void Ticket::Cancel() {
  cancelled_->store(true);
  runtime_.watchdog.Wake();
}

grpc::Status Ticket::Finish(const absl::Status& status) {
  const double milliseconds = absl::ToDoubleMilliseconds(absl::Now() - start_);
  const std::string reason = status.ok() ? "" : ReasonName(ReasonOf(status));
  Log(status.code() == absl::StatusCode::kInternal ? "error" : "info", "call",
      {{"method", method_},
       {"code", absl::StatusCodeToString(status.code())},
       {"reason", reason},
       {"milliseconds", milliseconds},
       {"queued_microseconds", queued_micros_.load()},
       {"author", author_},
       {"peer", peer_}});
  return ToGrpc(status);
}

}  // namespace onrecord::api
