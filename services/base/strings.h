// Abseil's string functions for std::string_view. Debian 12 builds Abseil with a string_view type of its own, into
// which std::string_view does not convert; on Debian 13 the two are one type. This is the one place that knows.
#pragma once

#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace onrecord {

inline absl::string_view ToAbsl(std::string_view text) { return absl::string_view(text.data(), text.size()); }
inline std::string_view FromAbsl(absl::string_view text) { return std::string_view(text.data(), text.size()); }

namespace internal {
template <typename Part>
decltype(auto) ForStrCat(const Part& part) {
  if constexpr (std::is_same_v<Part, std::string_view>) {
    return ToAbsl(part);
  } else {
    return (part);
  }
}
}  // namespace internal

// absl::StrCat and absl::StrAppend.
template <typename... Parts>
std::string StrCat(const Parts&... parts) {
  return absl::StrCat(internal::ForStrCat(parts)...);
}
template <typename... Parts>
void StrAppend(std::string* out, const Parts&... parts) {
  absl::StrAppend(out, internal::ForStrCat(parts)...);
}

// The pieces between separators, empty ones too. They point into `text`.
inline std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> pieces;
  for (const absl::string_view piece : absl::StrSplit(ToAbsl(text), separator)) pieces.push_back(FromAbsl(piece));
  return pieces;
}

// The whole of `text` as a decimal number.
template <typename Number>
[[nodiscard]] bool ParseNumber(std::string_view text, Number* number) {
  return absl::SimpleAtoi(ToAbsl(text), number);
}

}  // namespace onrecord
