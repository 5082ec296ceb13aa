// Horizontal bars of text, exact to an eighth of a column. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace onrecord::cli {

struct ChartRow {
  std::string label;
  std::int64_t count = 0;
  // Those among `count` that may belong elsewhere.
  std::int64_t uncertain = 0;
};

// A bar of at most `width` columns for `count` where the longest bar stands for `largest`: solid for what is certain,
// then ░ for what is not. Whatever is not zero is visible.
std::string DrawBar(std::int64_t count, std::int64_t uncertain, std::int64_t largest, int width);

// One line for each row: label, bar, count. `width` is that of the whole line.
std::string DrawChart(const std::vector<ChartRow>& rows, std::int64_t largest, int width);

}  // namespace onrecord::cli
