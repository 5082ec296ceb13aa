// Unary calls in one line: a read is made once; a change carries a request id, so it is safe to repeat it while the
// server is away for a moment. Both end the command through Context::Check when the call fails.
#pragma once

#include <chrono>
#include <memory>
#include <thread>

#include "clients/cli/context.h"

namespace onrecord::cli {

template <typename Stub, typename Request, typename Response>
using Method = grpc::Status (Stub::*)(grpc::ClientContext*, const Request&, Response*);

// Asks for the moment of --as-of, where the question can.
template <typename Request>
void SetAsOf(const Context& context, Request* request) {
  if constexpr (requires { request->mutable_as_of(); }) {
    if (context.as_of) *request->mutable_as_of() = *context.as_of;
  }
}

template <typename Stub, typename Request, typename Response>
Response Read(const Context& context, const std::unique_ptr<Stub>& stub, Method<Stub, Request, Response> method,
              Request request) {
  SetAsOf(context, &request);
  grpc::ClientContext call;
  context.Prepare(call);
  Response response;
  context.Check(((*stub).*method)(&call, request, &response));
  return response;
}

template <typename Stub, typename Request, typename Response>
Response Change(const Context& context, const std::unique_ptr<Stub>& stub, Method<Stub, Request, Response> method,
                Request request) {
  constexpr int kAttempts = 3;
  // An option of `claims` may follow `claims edit` too.
  if (context.as_of) context.Fail(kExitUsage, "--as-of is for reading; changes are made now.");
  request.set_request_id(NewRequestId());
  for (int attempt = 1;; ++attempt) {
    grpc::ClientContext call;
    context.Prepare(call);
    Response response;
    const grpc::Status status = ((*stub).*method)(&call, request, &response);
    if (status.error_code() == grpc::StatusCode::UNAVAILABLE && attempt < kAttempts) {
      std::this_thread::sleep_for(std::chrono::milliseconds(200) * attempt);
      continue;
    }
    context.Check(status);
    return response;
  }
}

}  // namespace onrecord::cli
