#include "clients/cli/chart.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "clients/cli/table.h"

namespace onrecord::cli {
namespace {

// How many eighths of a column stand for `count`; at least one for anything.
int Eighths(std::int64_t count, std::int64_t largest, int width) {
  if (count <= 0 || largest <= 0) return 0;
  const double share = static_cast<double>(count) / static_cast<double>(largest);
  return std::clamp(static_cast<int>(std::lround(share * width * 8)), 1, width * 8);
}

std::string Repeat(const char* what, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += what;
  return text;
}

}  // namespace

std::string DrawBar(std::int64_t count, std::int64_t uncertain, std::int64_t largest, int width) {
  constexpr std::array<const char*, 8> kParts = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const int whole = Eighths(count, largest, width);
  int solid = Eighths(count - uncertain, largest, width);
  int shade = 0;
  if (uncertain > 0) {
    shade = std::max(1, (std::max(0, whole - solid) + 4) / 8);
    // The shade never makes the bar longer than the width: it takes from the solid part.
    shade = std::min(shade, width);
    solid = std::min(solid, (width - shade) * 8);
  }
  return absl::StrCat(Repeat("█", solid / 8), kParts[static_cast<std::size_t>(solid % 8)], Repeat("░", shade));
}

std::string DrawChart(const std::vector<ChartRow>& rows, std::int64_t largest, int width) {
  int label_width = 0;
  std::size_t count_width = 1;
  for (const ChartRow& row : rows) {
    label_width = std::max(label_width, DisplayWidth(row.label));
    count_width = std::max(count_width, std::to_string(row.count).size());
  }
  const int bar_width = std::max(8, width - label_width - static_cast<int>(count_width) - 4);
  std::string chart;
  for (const ChartRow& row : rows) {
    const std::string bar = DrawBar(row.count, row.uncertain, largest, bar_width);
    const int blank = label_width - DisplayWidth(row.label);
    absl::StrAppend(&chart, row.label, std::string(static_cast<std::size_t>(blank), ' '), "  ", bar,
                    bar.empty() ? "" : "  ", row.count, "\n");
  }
  return chart;
}

}  // namespace onrecord::cli
