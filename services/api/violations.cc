#include "services/api/violations.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "services/api/dates.h"
#include "services/api/text.h"
#include "services/base/strings.h"

namespace onrecord::api {
namespace {

constexpr std::size_t kMostUrlCodePoints = 2000;
constexpr std::size_t kMostPrintedCodePoints = 500;

}  // namespace

bool IsSlug(std::string_view slug) {
  return !slug.empty() && slug.size() <= 80 && std::all_of(slug.begin(), slug.end(), [](char c) {
    return absl::ascii_islower(static_cast<unsigned char>(c)) || absl::ascii_isdigit(static_cast<unsigned char>(c)) ||
           c == '-';
  });
}

void Violations::Add(pb::ErrorReason reason, std::string field, std::string description) {
  all_.push_back({reason, std::move(field), std::move(description)});
}

void Violations::Text(std::string field, std::string_view text, std::size_t min, std::size_t max) {
  if (HasControlCharacter(text)) {
    Add(pb::ERROR_REASON_CONTROL_CHARACTER, std::move(field),
        "holds a NUL byte or another control character; remove it");
    return;
  }
  const std::size_t length = CodePoints(text);
  if (length > max) {
    Add(pb::ERROR_REASON_TEXT_TOO_LONG, std::move(field),
        StrCat("has ", length, " code points; at most ", max, " are allowed, shorten or split it"));
  } else if (min > 0 && CollapseSpace(text).empty()) {
    Add(pb::ERROR_REASON_FIELD_REQUIRED, std::move(field), "is empty; it is required");
  }
}

void Violations::Count(std::string field, int count, int max) {
  if (count > max) {
    Add(pb::ERROR_REASON_TOO_MANY_VALUES, std::move(field),
        StrCat("has ", count, " values; at most ", max, " are allowed"));
  }
}

void Violations::Date(std::string field, const pb::PartialDate& date) {
  if (auto wrong = WrongWith(date)) Add(pb::ERROR_REASON_DATE_INVALID, std::move(field), *std::move(wrong));
}

void Violations::Dates(const std::string& field, const pb::UncertainDate& date) {
  const std::size_t before = all_.size();
  Date(StrCat(field, ".from"), date.from());
  Date(StrCat(field, ".to"), date.to());
  if (all_.size() == before && ToFrom(date.from()) > ToTo(date.to())) {
    Add(pb::ERROR_REASON_DATE_INVALID, field, "ends before it starts; exchange from and to");
  }
  Text(StrCat(field, ".printed"), date.printed(), 0, kMostPrintedCodePoints);
  Enum(StrCat(field, ".basis"), pb::DateBasis_IsValid(date.basis()), date.basis());
}

void Violations::Enum(std::string field, bool known, int value) {
  if (!known) {
    Add(pb::ERROR_REASON_VALUE_INVALID, std::move(field),
        StrCat("value ", value, " is not known to this server; use one of the API's values"));
  }
}

void Violations::Name(std::string field, std::string_view name, std::string_view prefix) {
  if (!name.starts_with(prefix) || !IsSlug(name.substr(std::min(name.size(), prefix.size())))) {
    Add(pb::ERROR_REASON_VALUE_INVALID, std::move(field),
        StrCat("\"", FirstCodePoints(name, 50), "\" is no resource name; write ", prefix,
               "ID with lower-case letters, digits and hyphens"));
  }
}

void Violations::Language(std::string field, std::string_view tag) {
  const bool valid = tag.size() <= 35 && std::all_of(tag.begin(), tag.end(), [](char c) {
                       return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-';
                     });
  if (!valid || (!tag.empty() && !absl::ascii_isalpha(static_cast<unsigned char>(tag.front())))) {
    Add(pb::ERROR_REASON_VALUE_INVALID, std::move(field),
        StrCat("\"", FirstCodePoints(tag, 50), "\" is no language tag; write \"en\" or \"pt-BR\""));
  }
}

void Violations::Url(std::string field, std::string_view url) {
  if (!url.empty() && !url.starts_with("http://") && !url.starts_with("https://")) {
    Add(pb::ERROR_REASON_VALUE_INVALID, std::move(field),
        StrCat("\"", FirstCodePoints(url, 50), "\" does not begin with http:// or https://"));
    return;
  }
  Text(std::move(field), url, 0, kMostUrlCodePoints);
}

void Violations::RequestId(std::string_view request_id) { Text("request_id", request_id, 0, 100); }

}  // namespace onrecord::api
