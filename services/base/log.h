// One JSON object per line on standard error: what an operator's log collector reads.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace onrecord {

using LogValue = std::variant<std::string_view, std::int64_t, double>;

// Writes one line with time, level ("info", "warning", "error"), event and the fields. Any thread.
void Log(std::string_view level, std::string_view event,
         std::initializer_list<std::pair<std::string_view, LogValue>> fields);

}  // namespace onrecord
