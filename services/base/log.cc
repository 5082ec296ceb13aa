#include "services/base/log.h"

#include <unistd.h>

#include <cstdio>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "nlohmann/json.hpp"

namespace onrecord {

void Log(std::string_view level, std::string_view event,
         std::initializer_list<std::pair<std::string_view, LogValue>> fields) {
  nlohmann::ordered_json line;
  line["time"] = absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", absl::Now(), absl::UTCTimeZone());
  line["level"] = std::string(level);
  line["event"] = std::string(event);
  for (const auto& [key, value] : fields) {
    std::visit([&, name = std::string(key)](const auto& held) { line[name] = held; }, value);
  }
  const std::string text = line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
  // One write per line, so that lines of several threads do not mix.
  if (write(STDERR_FILENO, text.data(), text.size()) < 0) std::clearerr(stderr);
}

}  // namespace onrecord
