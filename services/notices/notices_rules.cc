#include "services/notices/notices_rules.h"

#include <algorithm>
#include <iterator>

#include "google/protobuf/util/field_mask_util.h"
#include "services/api/text.h"
#include "services/api/violations.h"
#include "services/base/strings.h"
#include "services/names/names_rules.h"

namespace onrecord::rules {
namespace {

using google::protobuf::util::FieldMaskUtil;

constexpr std::size_t kMostNoticeCodePoints = 10000;
constexpr std::size_t kUuidDigits = 32;
constexpr const char* kWritable[] = {"text", "issuer", "url", "issued", "embargo_until", "note"};
// What google.protobuf.Timestamp allows: the years 1 to 9999.
constexpr std::int64_t kFirstSecond = -62135596800;
constexpr std::int64_t kLastSecond = 253402300799;
constexpr int kNanosPerSecond = 1000000000;

bool IsId(std::string_view id) {
  return id.size() == kUuidDigits && id.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// The id behind a prefix; empty when it is none.
std::string IdAfter(std::string_view prefix, std::string_view name) {
  if (!name.starts_with(prefix) || !IsId(name.substr(prefix.size()))) return "";
  return std::string(name.substr(prefix.size()));
}

void CheckTarget(const std::string& field, const std::string& target, api::Violations& violations) {
  if (target.empty()) {
    violations.Add(pb::ERROR_REASON_FIELD_REQUIRED, field, "is empty; name an article, a quote or one printing of it");
  } else if (!ParseTarget(target)) {
    violations.Add(pb::ERROR_REASON_VALUE_INVALID, field,
                   StrCat("\"", api::FirstCodePoints(target, 100),
                          "\" is no target; write articles/ID, quotes/ID or quotes/ID/appearances/ID"));
  }
}

void CheckName(const std::string& field, const std::string& name, api::Violations& violations) {
  if (ParseNoticeName(name)) return;
  violations.Add(
      pb::ERROR_REASON_VALUE_INVALID, field,
      StrCat("\"", api::FirstCodePoints(name, 50), "\" is no notice; write notices/ and 32 hexadecimal digits"));
}

void CheckEmbargo(const pb::Notice& notice, api::Violations& violations) {
  const bool embargo = notice.kind() == pb::NOTICE_KIND_EMBARGO;
  const google::protobuf::Timestamp& until = notice.embargo_until();
  if (embargo && !notice.has_embargo_until()) {
    violations.Add(pb::ERROR_REASON_FIELD_REQUIRED, "notice.embargo_until", "is not given; say until when it lasts");
  } else if (!embargo && notice.has_embargo_until()) {
    violations.Add(pb::ERROR_REASON_VALUE_INVALID, "notice.embargo_until",
                   "is for embargoes alone; leave it out, or make the kind EMBARGO");
  } else if (until.seconds() < kFirstSecond || until.seconds() > kLastSecond || until.nanos() < 0 ||
             until.nanos() >= kNanosPerSecond) {
    violations.Add(pb::ERROR_REASON_VALUE_INVALID, "notice.embargo_until",
                   "is no time between the years 1 and 9999; correct it");
  }
}

void CheckContent(const pb::Notice& notice, api::Violations& violations) {
  violations.Text("notice.text", notice.text(), 0, kMostNoticeCodePoints);
  if (notice.issuer().starts_with("outlets/")) {
    violations.Name("notice.issuer", notice.issuer(), "outlets/");
  } else if (!notice.issuer().empty()) {
    violations.Name("notice.issuer", notice.issuer(), "speakers/");
  }
  violations.Url("notice.url", notice.url());
  violations.Dates("notice.issued", notice.issued());
  CheckEmbargo(notice, violations);
  violations.Text("notice.note", notice.note(), 0, kMostNoteCodePoints);
}

}  // namespace

std::optional<NoticeTarget> ParseTarget(std::string_view name) {
  constexpr std::string_view kAppearances = "/appearances/";
  NoticeTarget target;
  target.article = IdAfter("articles/", name);
  if (!target.article.empty()) return target;
  const std::size_t at = name.find(kAppearances);
  target.quote = IdAfter("quotes/", name.substr(0, at));
  if (at != std::string_view::npos) target.appearance = IdAfter(kAppearances, name.substr(at));
  if (target.quote.empty() || (at != std::string_view::npos && target.appearance.empty())) return std::nullopt;
  return target;
}

std::string TargetName(const NoticeTarget& target) {
  if (!target.article.empty()) return StrCat("articles/", target.article);
  return StrCat("quotes/", target.quote, target.appearance.empty() ? "" : "/appearances/", target.appearance);
}

std::optional<std::string> ParseNoticeName(std::string_view name) {
  std::string id = IdAfter("notices/", name);
  if (id.empty()) return std::nullopt;
  return id;
}

absl::Status CheckNotice(const pb::Notice& notice) {
  api::Violations violations;
  CheckContent(notice, violations);
  return violations.Status();
}

absl::Status CheckCreateNotice(const pb::CreateNoticeRequest& request) {
  api::Violations violations;
  const pb::Notice& notice = request.notice();
  violations.Enum("notice.kind", pb::NoticeKind_IsValid(notice.kind()), notice.kind());
  if (notice.kind() == pb::NOTICE_KIND_UNSPECIFIED) {
    violations.Add(pb::ERROR_REASON_FIELD_REQUIRED, "notice.kind", "is not given; say what the notice is");
  }
  CheckTarget("notice.target", notice.target(), violations);
  CheckContent(notice, violations);
  violations.RequestId(request.request_id());
  return violations.Status();
}

absl::Status CheckUpdateNotice(const pb::UpdateNoticeRequest& request) {
  api::Violations violations;
  CheckName("notice.name", request.notice().name(), violations);
  if (request.update_mask().paths().empty()) {
    violations.Add(pb::ERROR_REASON_FIELD_REQUIRED, "update_mask", "is empty; name the fields to change, or \"*\"");
  }
  for (const std::string& path : request.update_mask().paths()) {
    if (path == "kind" || path == "target") {
      violations.Add(pb::ERROR_REASON_VALUE_INVALID, "update_mask",
                     StrCat("\"", path, "\" tells which notice it is; withdraw it and record another"));
    } else if (path != "*" && std::find(std::begin(kWritable), std::end(kWritable), path) == std::end(kWritable)) {
      violations.Add(pb::ERROR_REASON_VALUE_INVALID, "update_mask",
                     StrCat("\"", api::FirstCodePoints(path, 50), "\" is no field that can be changed"));
    }
  }
  violations.Text("reason", request.reason(), 0, kMostReasonCodePoints);
  violations.RequestId(request.request_id());
  return violations.Status();
}

absl::Status CheckWithdrawNotice(const pb::WithdrawNoticeRequest& request) {
  api::Violations violations;
  CheckName("name", request.name(), violations);
  violations.Text("reason", request.reason(), 1, kMostReasonCodePoints);
  violations.RequestId(request.request_id());
  return violations.Status();
}

absl::Status CheckListNotices(const pb::ListNoticesRequest& request) {
  api::Violations violations;
  if (!request.target().empty()) CheckTarget("target", request.target(), violations);
  for (const int kind : request.kinds()) violations.Enum("kinds", pb::NoticeKind_IsValid(kind) && kind != 0, kind);
  return violations.Status();
}

absl::Status CheckListAffected(const pb::ListAffectedRequest& request) {
  api::Violations violations;
  CheckName("notice", request.notice(), violations);
  for (const int state : request.states()) {
    violations.Enum("states", pb::AffectedState_IsValid(state) && state != 0, state);
  }
  return violations.Status();
}

absl::Status CheckSetAffectedState(const pb::SetAffectedStateRequest& request) {
  api::Violations violations;
  CheckName("notice", request.notice(), violations);
  if (IdAfter("quotes/", request.quote()).empty()) {
    violations.Add(pb::ERROR_REASON_VALUE_INVALID, "quote",
                   "is no resource name; write quotes/ and 32 hexadecimal digits");
  }
  if (!IsId(request.appearance())) {
    violations.Add(pb::ERROR_REASON_VALUE_INVALID, "appearance",
                   "is no appearance's id; write the 32 hexadecimal digits that the quote shows");
  }
  violations.Enum("state", pb::AffectedState_IsValid(request.state()), request.state());
  if (request.state() == pb::AFFECTED_STATE_UNSPECIFIED) {
    violations.Add(pb::ERROR_REASON_FIELD_REQUIRED, "state", "is not given; UNSEEN takes a state back");
  }
  violations.Text("reason", request.reason(), 0, kMostReasonCodePoints);
  violations.RequestId(request.request_id());
  return violations.Status();
}

pb::Notice ApplyNoticeMask(const pb::Notice& current, const pb::Notice& changes,
                           const google::protobuf::FieldMask& mask) {
  google::protobuf::FieldMask writable;
  for (const char* path : kWritable) writable.add_paths(path);
  google::protobuf::FieldMask known;
  const bool all = std::find(mask.paths().begin(), mask.paths().end(), "*") != mask.paths().end();
  if (all) {
    known = writable;
  } else {
    FieldMaskUtil::Intersect(mask, writable, &known);
  }
  FieldMaskUtil::MergeOptions options;
  options.set_replace_message_fields(true);
  pb::Notice next = current;
  FieldMaskUtil::MergeMessageTo(changes, known, options, &next);
  return next;
}

}  // namespace onrecord::rules
