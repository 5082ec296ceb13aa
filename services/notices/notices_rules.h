// What makes requests about notices acceptable.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/field_mask.pb.h"
#include "onrecord/v1/notices.pb.h"
#include "services/base/status.h"

namespace onrecord::rules {

// What a notice is about; ids are 32 hexadecimal digits. Either an article, or a quote or one printing of it.
struct NoticeTarget {
  std::string article;
  std::string quote;
  std::string appearance;
};
// nullopt when it is no name of any of them.
std::optional<NoticeTarget> ParseTarget(std::string_view name);
std::string TargetName(const NoticeTarget& target);
// The id in notices/{notice}; nullopt when it is no such name.
std::optional<std::string> ParseNoticeName(std::string_view name);

absl::Status CheckCreateNotice(const pb::CreateNoticeRequest& request);
// Besides the outcome of the change.
absl::Status CheckUpdateNotice(const pb::UpdateNoticeRequest& request);
absl::Status CheckNotice(const pb::Notice& notice);
absl::Status CheckWithdrawNotice(const pb::WithdrawNoticeRequest& request);
absl::Status CheckListNotices(const pb::ListNoticesRequest& request);
absl::Status CheckListAffected(const pb::ListAffectedRequest& request);
absl::Status CheckSetAffectedState(const pb::SetAffectedStateRequest& request);

// `current` with the fields of the mask replaced by those of `changes`.
pb::Notice ApplyNoticeMask(const pb::Notice& current, const pb::Notice& changes,
                           const google::protobuf::FieldMask& mask);

}  // namespace onrecord::rules
