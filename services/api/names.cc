#include "services/api/names.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_replace.h"
#include "services/api/text.h"
#include "services/base/status.h"
#include "services/base/strings.h"

namespace onrecord::api {
namespace {

constexpr std::string_view kQuotes = "quotes/";
constexpr std::string_view kImports = "imports/";

absl::Status NotAName(std::string_view field, std::string_view name, std::string_view form) {
  return RefuseFields({{pb::ERROR_REASON_VALUE_INVALID, std::string(field),
                        StrCat("\"", FirstCodePoints(name, 50), "\" is no resource name; write ", form)}});
}

}  // namespace

absl::StatusOr<std::string> ParseQuoteName(std::string_view field, std::string_view name) {
  const std::string_view id = name.starts_with(kQuotes) ? name.substr(kQuotes.size()) : "";
  const bool valid = id.size() == 32 && std::all_of(id.begin(), id.end(), [](char c) {
                       return absl::ascii_isdigit(static_cast<unsigned char>(c)) || (c >= 'a' && c <= 'f');
                     });
  if (!valid) return NotAName(field, name, "quotes/ and 32 hexadecimal digits");
  return std::string(id);
}

std::string QuoteName(std::string_view uuid) { return StrCat(kQuotes, BareUuid(uuid)); }

std::string BareUuid(std::string_view uuid) { return absl::StrReplaceAll(ToAbsl(uuid), {{"-", ""}}); }

std::string IdOf(std::string_view name) { return std::string(name.substr(name.find('/') + 1)); }

absl::StatusOr<std::int64_t> ParseImportName(std::string_view field, std::string_view name) {
  std::int64_t id = 0;
  if (!name.starts_with(kImports) || !ParseNumber(name.substr(kImports.size()), &id) || id < 1) {
    return NotAName(field, name, "imports/ and a number");
  }
  return id;
}

std::string ImportName(std::int64_t id) { return StrCat(kImports, id); }

}  // namespace onrecord::api
