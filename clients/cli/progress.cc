#include "clients/cli/progress.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <iostream>

#include "absl/strings/str_format.h"
#include "clients/cli/table.h"

namespace onrecord::cli {
namespace {

constexpr int kBarWidth = 24;
constexpr std::chrono::milliseconds kBetweenDrawings{100};

}  // namespace

std::string WithCommas(std::int64_t number) {
  std::string text = std::to_string(number);
  const std::size_t first = number < 0 ? 1 : 0;
  for (std::size_t at = text.size(); at > first + 3; at -= 3) text.insert(at - 3, ",");
  return text;
}

std::string Duration(double seconds) {
  const auto whole = static_cast<std::int64_t>(std::llround(seconds));
  if (seconds < 9.95) return absl::StrFormat("%.1f s", seconds);
  if (whole < 60) return absl::StrFormat("%d s", whole);
  if (whole < 3600) return absl::StrFormat("%d min %d s", whole / 60, whole % 60);
  return absl::StrFormat("%d h %d min", whole / 3600, whole % 3600 / 60);
}

std::string Rate(std::int64_t records, double seconds) {
  if (seconds < 0.001 || records == 0) return "";
  return WithCommas(static_cast<std::int64_t>(static_cast<double>(records) / seconds)) + "/s";
}

std::string ProgressLine(const ProgressState& state, int width) {
  std::string line;
  const bool known = state.total_bytes > 0;
  const double share =
      known ? std::min(1.0, static_cast<double>(state.bytes) / static_cast<double>(state.total_bytes)) : 0;
  if (known) {
    const int full = static_cast<int>(share * kBarWidth);
    line = absl::StrFormat("[%s%s] %3d%%  ", std::string(static_cast<std::size_t>(full), '#'),
                           std::string(static_cast<std::size_t>(kBarWidth - full), '.'), static_cast<int>(share * 100));
  }
  line += WithCommas(state.records) + " records";
  const std::string rate = Rate(state.records, state.seconds);
  if (!rate.empty()) line += "  " + rate;
  constexpr double kTooEarly = 0.005;  // share of the input below which a guess is worth nothing
  if (known && share > kTooEarly && state.seconds > 1) {
    line += "  " + Duration(state.seconds / share * (1 - share)) + " left";
  }
  return Cut(line, width);
}

Progress::Progress() : shown_(isatty(STDERR_FILENO) != 0), start_(std::chrono::steady_clock::now()), drawn_(start_) {}

double Progress::Seconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
}

void Progress::Update(std::int64_t bytes, std::int64_t total_bytes, std::int64_t records) {
  const auto now = std::chrono::steady_clock::now();
  if (!shown_ || now - drawn_ < kBetweenDrawings) return;
  drawn_ = now;
  on_screen_ = true;
  std::cerr << "\r\x1b[K" << ProgressLine({bytes, total_bytes, records, Seconds()}, TerminalWidth() - 1) << std::flush;
}

void Progress::Clear() {
  if (on_screen_) std::cerr << "\r\x1b[K" << std::flush;
  on_screen_ = false;
}

}  // namespace onrecord::cli
