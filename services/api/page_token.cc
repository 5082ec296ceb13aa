#include "services/api/page_token.h"

#include <algorithm>
#include <memory>

#include "absl/strings/escaping.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "services/api/text.h"
#include "services/base/status.h"
#include "services/base/strings.h"

namespace onrecord::api {
namespace {

constexpr std::string_view kVersion = "1";
constexpr char kSeparator = '\x1f';
constexpr int kDefaultPageSize = 50;

}  // namespace

std::string MakePageToken(std::string_view scope, const std::vector<std::string>& key) {
  const std::string joined = absl::StrJoin(key, "\x1f");
  const std::string check = Identity().Add(scope).Add(joined).Hex().substr(0, 16);
  return absl::WebSafeBase64Escape(StrCat(kVersion, check, joined));
}

absl::StatusOr<std::vector<std::string>> ReadPageToken(std::string_view scope, std::string_view token,
                                                       std::size_t parts) {
  if (token.empty()) return std::vector<std::string>{};
  const absl::Status refused =
      Refuse(absl::StatusCode::kInvalidArgument, pb::ERROR_REASON_PAGE_TOKEN_INVALID,
             "page_token: damaged, or from a request with other fields; start again without it");
  std::string text;
  if (token.size() > 2000 || !absl::WebSafeBase64Unescape(ToAbsl(token), &text) || !text.starts_with(kVersion) ||
      text.size() < 17) {
    return refused;
  }
  const std::string joined = text.substr(17);
  if (Identity().Add(scope).Add(joined).Hex().substr(0, 16) != text.substr(1, 16)) return refused;
  std::vector<std::string> key = absl::StrSplit(joined, kSeparator);
  if (key.size() != parts) return refused;
  return key;
}

absl::StatusOr<int> PageSize(int requested, int most) {
  if (requested < 0) {
    return RefuseFields({{pb::ERROR_REASON_VALUE_INVALID, "page_size",
                          StrCat(requested, " is negative; leave it 0 for ", kDefaultPageSize)}});
  }
  return requested == 0 ? std::min(kDefaultPageSize, most) : std::min(requested, most);
}

std::string MakeScope(const google::protobuf::Message& request) {
  const std::unique_ptr<google::protobuf::Message> bare(request.New());
  bare->CopyFrom(request);
  for (const char* name : {"page_size", "page_token"}) {
    if (const auto* field = bare->GetDescriptor()->FindFieldByName(name)) {
      bare->GetReflection()->ClearField(bare.get(), field);
    }
  }
  return Identity().Add(bare->GetTypeName()).Add(bare->SerializeAsString()).Hex();
}

}  // namespace onrecord::api
