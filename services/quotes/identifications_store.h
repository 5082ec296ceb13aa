// Who unnamed sources are said to be. Nothing follows from a proposal; accepting one edits the quote.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "onrecord/v1/quotes.pb.h"
#include "services/api/call.h"

namespace onrecord::store {

absl::StatusOr<pb::Identification> ProposeIdentification(api::Call& call,
                                                         const pb::ProposeIdentificationRequest& request);
absl::StatusOr<pb::Identification> AcceptIdentification(api::Call& call,
                                                        const pb::AcceptIdentificationRequest& request);
absl::StatusOr<pb::Identification> RejectIdentification(api::Call& call,
                                                        const pb::RejectIdentificationRequest& request);
absl::StatusOr<pb::ListIdentificationsResponse> ListIdentifications(pg::Session& db,
                                                                    const pb::ListIdentificationsRequest& request,
                                                                    const std::string& moment);

// In a transaction that redacts a quote, before its history: identifications go, and with `protect_source` also what
// else names the source as somebody in it.
absl::Status ForgetIdentifications(pg::Session& db, const std::string& quote_id, bool protect_source);

}  // namespace onrecord::store
