// --as-of: what the record held at a moment. Commands that only read register it; Read in calls.h then asks for that
// moment in every call of the command, look-ups of names too.
#pragma once

#include <google/protobuf/timestamp.pb.h>

#include <CLI/CLI.hpp>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "clients/cli/context.h"

namespace onrecord::cli {

// RFC 3339 with an offset, or a day, month or year, which mean their last moment in UTC but never one after `now`.
// What lies in the future is refused. Errors are INVALID_ARGUMENT with a message for people. Pure.
absl::StatusOr<google::protobuf::Timestamp> ParseAsOf(absl::string_view text, absl::Time now);

void AddAsOf(CLI::App& command, Context& context);

}  // namespace onrecord::cli
