// Reading UTF-8 code point by code point. What is not UTF-8 counts as U+FFFD.
#pragma once

#include <unicode/utf8.h>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace onrecord::cli {

// The code point at byte `at` of `text`, which must lie before its end; moves `at` behind it.
inline UChar32 ReadCodePoint(std::string_view text, std::size_t& at) {
  const auto length = static_cast<std::int32_t>(text.size());
  auto position = static_cast<std::int32_t>(at);
  UChar32 c = 0;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"  // inside ICU's macro
  U8_NEXT(text.data(), position, length, c);
#pragma GCC diagnostic pop
  at = static_cast<std::size_t>(position);
  return c < 0 ? 0xFFFD : c;
}

}  // namespace onrecord::cli
