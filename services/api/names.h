// Resource names: "quotes/{32 hexadecimal digits}", "imports/{number}", "speakers/{slug}".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace onrecord::api {

// The uuid of quotes/{quote}. INVALID_ARGUMENT naming `field` when it is no quote's name.
absl::StatusOr<std::string> ParseQuoteName(std::string_view field, std::string_view name);
// "quotes/..." of a uuid as PostgreSQL prints it.
std::string QuoteName(std::string_view uuid);
// 32 hexadecimal digits of a uuid as PostgreSQL prints it.
std::string BareUuid(std::string_view uuid);
// What stands behind the collection in a resource name: the uuid, number or slug.
std::string IdOf(std::string_view name);

absl::StatusOr<std::int64_t> ParseImportName(std::string_view field, std::string_view name);
std::string ImportName(std::int64_t id);

}  // namespace onrecord::api
