// The act of speaking behind a quote, and its way through print.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "onrecord/v1/utterances.pb.h"
#include "services/pg/session.h"

namespace onrecord::store {

namespace pb = ::onrecord::v1;

absl::StatusOr<pb::Utterance> GetUtterance(pg::Session& db, const std::string& name, const std::string& moment);
absl::StatusOr<pb::TraceQuoteResponse> TraceQuote(pg::Session& db, const std::string& name, const std::string& moment);

}  // namespace onrecord::store
