// Notices in PostgreSQL.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "onrecord/v1/notices.pb.h"
#include "services/api/call.h"

namespace onrecord::store {

// As of `moment`. NOT_FOUND NOTICE_NOT_FOUND.
absl::StatusOr<pb::Notice> GetNotice(pg::Session& db, const std::string& name, const std::string& moment);
absl::StatusOr<pb::ListNoticesResponse> ListNotices(pg::Session& db, const pb::ListNoticesRequest& request,
                                                    const std::string& moment);
absl::StatusOr<pb::Notice> CreateNotice(api::Call& call, const pb::CreateNoticeRequest& request);
absl::StatusOr<pb::Notice> UpdateNotice(api::Call& call, const pb::UpdateNoticeRequest& request);
absl::StatusOr<pb::Notice> WithdrawNotice(api::Call& call, const pb::WithdrawNoticeRequest& request);

// In a transaction that writes notices or states: no redaction looks through them until it ends, so that none brings
// back words that are removed. Locks of quotes come before it.
absl::Status HoldNotices(pg::Session& db);
// In a transaction that redacts: nobody writes notices or states until it ends.
absl::Status StopNotices(pg::Session& db);

// In a transaction: nobody else changes the notice, or a state under it, until it ends.
absl::Status LockNotice(pg::Session& db, const std::string& id);
// The one with this id as it is stored, without what is set for people. NOT_FOUND NOTICE_NOT_FOUND.
absl::StatusOr<pb::Notice> ReadNotice(pg::Session& db, const std::string& id, const std::string& moment);

}  // namespace onrecord::store
