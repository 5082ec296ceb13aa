#include "clients/cli/context.h"

#include <google/protobuf/util/json_util.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "onrecord/v1/rpc_details.pb.h"

namespace onrecord::cli {
namespace {

// Pages end before 3 MiB; one record with a long history may be larger.
constexpr int kMaxReceiveBytes = 64 << 20;

struct Details {
  std::optional<pb::ErrorInfo> info;
  std::optional<pb::BadRequest> bad_request;
  std::optional<pb::RetryInfo> retry;
};

// The messages travel under google.rpc's type names, so Any::UnpackTo would refuse them.
template <typename Message>
void ReadDetail(const google::protobuf::Any& any, absl::string_view type, std::optional<Message>& into) {
  Message message;
  if (absl::EndsWith(any.type_url(), absl::StrCat("/google.rpc.", type)) && message.ParseFromString(any.value())) {
    into = std::move(message);
  }
}

Details ReadDetails(const grpc::Status& status) {
  Details details;
  pb::RpcStatus rpc;
  if (!rpc.ParseFromString(status.error_details())) return details;
  for (const google::protobuf::Any& any : rpc.details()) {
    ReadDetail(any, "ErrorInfo", details.info);
    ReadDetail(any, "BadRequest", details.bad_request);
    ReadDetail(any, "RetryInfo", details.retry);
  }
  return details;
}

const char* CodeName(grpc::StatusCode code) {
  constexpr const char* kNames[] = {
      "OK",        "CANCELLED",      "UNKNOWN",           "INVALID_ARGUMENT",   "DEADLINE_EXCEEDED",
      "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION",
      "ABORTED",   "OUT_OF_RANGE",   "UNIMPLEMENTED",     "INTERNAL",           "UNAVAILABLE",
      "DATA_LOSS", "UNAUTHENTICATED"};
  return code >= 0 && code <= grpc::StatusCode::UNAUTHENTICATED ? kNames[code] : "UNKNOWN";
}

std::string MessageOf(const Context& context, const grpc::Status& status, const Details& details) {
  if (!details.info && status.error_code() == grpc::StatusCode::UNAVAILABLE) {
    return absl::StrCat("No server answers at ", context.address, " (", status.error_message(),
                        "). Give another address with --address or ONRECORD_ADDRESS.");
  }
  if (!details.info && status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED) {
    return absl::StrFormat("No answer from %s within %g s; --timeout allows more.", context.address,
                           context.timeout_seconds);
  }
  return status.error_message().empty() ? CodeName(status.error_code()) : status.error_message();
}

double Seconds(const pb::RetryInfo& retry) {
  return static_cast<double>(retry.retry_delay().seconds()) + retry.retry_delay().nanos() * 1e-9;
}

void PrintJsonError(const grpc::Status& status, const std::string& message, const Details& details) {
  nlohmann::json error = {{"code", CodeName(status.error_code())}, {"message", message}};
  if (details.info) {
    error["reason"] = details.info->reason();
    for (const auto& [key, value] : details.info->metadata()) error["metadata"][key] = value;
  }
  if (details.bad_request) {
    for (const auto& violation : details.bad_request->field_violations()) {
      error["violations"].push_back({{"field", violation.field()}, {"description", violation.description()}});
    }
  }
  if (details.retry) error["retry_after_seconds"] = Seconds(*details.retry);
  std::cerr << nlohmann::json{{"error", error}}.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
}

void PrintError(const std::string& message, const Details& details) {
  std::cerr << "onrecord: " << message;
  if (details.info) std::cerr << " [" << details.info->reason() << "]";
  std::cerr << '\n';
  if (details.bad_request) {
    for (const auto& violation : details.bad_request->field_violations()) {
      std::cerr << "  " << violation.field() << ": " << violation.description() << '\n';
    }
  }
  if (details.retry) std::cerr << absl::StrFormat("  Try again in %g s.\n", Seconds(*details.retry));
}

}  // namespace

std::shared_ptr<grpc::Channel> Context::Channel() {
  if (!channel_) {
    grpc::ChannelArguments arguments;
    arguments.SetMaxReceiveMessageSize(kMaxReceiveBytes);
    arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
    channel_ = grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
  }
  return channel_;
}

void Context::Prepare(grpc::ClientContext& call, bool with_deadline) const {
  // Metadata holds printable ASCII only.
  std::string ascii;
  for (const char c : author) {
    if (c >= ' ' && c <= '~') ascii += c;
  }
  if (!ascii.empty()) call.AddMetadata("x-onrecord-author", ascii);
  if (with_deadline) {
    call.set_deadline(std::chrono::system_clock::now() +
                      std::chrono::milliseconds(static_cast<std::int64_t>(timeout_seconds * 1000)));
  }
}

void Context::Check(const grpc::Status& status) const {
  if (status.ok()) return;
  const Details details = ReadDetails(status);
  const std::string message = MessageOf(*this, status, details);
  std::cout.flush();
  if (json) {
    PrintJsonError(status, message, details);
  } else {
    PrintError(message, details);
  }
  throw Exit{kExitCall};
}

void Context::Fail(int code, const std::string& message) const {
  std::cout.flush();
  if (json) {
    const nlohmann::json error = {{"error", {{"code", "USAGE"}, {"message", message}}}};
    std::cerr << error.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
  } else {
    std::cerr << "onrecord: " << message << '\n';
  }
  throw Exit{code};
}

bool Context::UseColor() const {
  if (color != "auto") return color == "always";
  const char* no_color = std::getenv("NO_COLOR");
  if (no_color != nullptr && *no_color != '\0') return false;
  const char* terminal = std::getenv("TERM");
  return isatty(STDOUT_FILENO) != 0 && !(terminal != nullptr && absl::string_view(terminal) == "dumb");
}

std::string NewRequestId() {
  std::random_device random;
  return absl::StrFormat("%08x%08x%08x%08x", random(), random(), random(), random());
}

std::string ToJson(const google::protobuf::Message& message, bool compact) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.add_whitespace = !compact;
  std::string json;
  const auto status = google::protobuf::util::MessageToJsonString(message, &json, options);
  if (!status.ok()) return absl::StrCat("{\"error\":\"", status.ToString(), "\"}\n");
  if (json.empty() || json.back() != '\n') json += '\n';
  return json;
}

}  // namespace onrecord::cli
