// The small things that callers write: dates, page tokens, resource names, and text as it is folded and cut.
#include <google/protobuf/stubs/logging.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "onrecord/v1/imports.pb.h"
#include "services/api/dates.h"
#include "services/api/names.h"
#include "services/api/page_token.h"
#include "services/api/text.h"

namespace api = onrecord::api;

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  google::protobuf::SetLogHandler(nullptr);  // it reports every text that is not UTF-8
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto range = api::ParseInterval(text); range.ok()) {
    if (range->from > range->to) std::abort();
    const auto again = api::ParseInterval(api::FormatInterval(*range));
    if (!again.ok() || again->from != range->from || again->to != range->to) std::abort();
  }
  const std::string token = api::MakePageToken("scope", {std::string(text), "2"});
  const auto key = api::ReadPageToken("scope", token, 2);
  if (text.find('\x1f') == std::string_view::npos && (!key.ok() || (*key)[0] != text)) std::abort();
  if (api::ReadPageToken("another", token, 2).ok()) std::abort();
  (void)api::ReadPageToken("scope", text, 2);
  (void)api::ParseQuoteName("name", text);
  if (const auto id = api::ParseImportName("name", text); id.ok() && *id < 0) std::abort();
  // The rest takes what a proto3 string may hold.
  onrecord::v1::ImportRecord record;
  record.set_text(std::string(text));
  if (!record.ParseFromString(record.SerializeAsString())) return 0;
  const std::size_t points = api::CodePoints(text);
  if (api::FirstCodePoints(text, points) != text || api::LastCodePoints(text, points) != text) std::abort();
  if (api::FirstCodePoints(text, points / 2) + api::LastCodePoints(text, points - points / 2) != text) std::abort();
  const std::string collapsed = api::CollapseSpace(text);
  if (api::CollapseSpace(collapsed) != collapsed) std::abort();
  const std::string slug = api::Slug(text);
  if (slug.empty() || slug.size() > 60) std::abort();
  (void)api::Fold(text);
  (void)api::IsPronoun(text);
  return 0;
}
