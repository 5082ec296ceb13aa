#include "clients/cli/table.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <iostream>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "clients/cli/code_points.h"

namespace onrecord::cli {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

// Marks that stand on the letter before them, joiners and variation selectors.
constexpr Range kNoWidth[] = {{0x300, 0x36f},   {0x483, 0x489},   {0x591, 0x5bd},   {0x5bf, 0x5c7},    {0x610, 0x61a},
                              {0x64b, 0x65f},   {0x670, 0x670},   {0x6d6, 0x6dc},   {0x900, 0x902},    {0x93c, 0x93c},
                              {0x941, 0x948},   {0x94d, 0x94d},   {0xe31, 0xe31},   {0xe34, 0xe3a},    {0xe47, 0xe4e},
                              {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff}, {0x200b, 0x200f}, {0x2060, 0x2064},  {0x20d0, 0x20ff},
                              {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}, {0xfeff, 0xfeff}, {0xe0100, 0xe01ef}};
constexpr Range kWide[] = {{0x1100, 0x115f},  {0x2e80, 0x303e},   {0x3041, 0x4dbf},   {0x4e00, 0xa4cf},
                           {0xac00, 0xd7a3},  {0xf900, 0xfaff},   {0xfe30, 0xfe6f},   {0xff00, 0xff60},
                           {0xffe0, 0xffe6},  {0x1f300, 0x1f64f}, {0x1f680, 0x1f6ff}, {0x1f900, 0x1f9ff},
                           {0x20000, 0x3fffd}};

template <std::size_t kCount>
bool In(const Range (&ranges)[kCount], char32_t c) {
  return std::any_of(std::begin(ranges), std::end(ranges), [c](Range r) { return c >= r.first && c <= r.last; });
}

int WidthOf(char32_t c) { return In(kNoWidth, c) ? 0 : In(kWide, c) ? 2 : 1; }

// Takes one code point off the front; a damaged byte counts as U+FFFD.
char32_t Take(absl::string_view& text, absl::string_view* bytes = nullptr) {
  std::size_t used = 0;
  const UChar32 c = ReadCodePoint({text.data(), text.size()}, used);
  if (bytes != nullptr) *bytes = text.substr(0, used);
  text.remove_prefix(used);
  return static_cast<char32_t>(c);
}

bool IsControl(char32_t c) {
  return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

}  // namespace

int TerminalWidth() {
  constexpr int kNarrowest = 40;
  constexpr int kDefault = 100;
  int width = 0;
  const char* columns = std::getenv("COLUMNS");
  if (columns != nullptr && absl::SimpleAtoi(columns, &width) && width > 0) return std::max(width, kNarrowest);
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return std::max<int>(size.ws_col, kNarrowest);
  return kDefault;
}

int DisplayWidth(absl::string_view text) {
  int width = 0;
  while (!text.empty()) width += WidthOf(Take(text));
  return width;
}

std::string Clean(absl::string_view text) {
  std::string clean;
  while (!text.empty()) {
    absl::string_view bytes;
    const char32_t c = Take(text, &bytes);
    if (c == '\n' || c == '\t' || c == 0x2028 || c == 0x2029) {
      clean += ' ';
    } else if (c == 0xfffd) {
      clean += "\xef\xbf\xbd";
    } else if (!IsControl(c)) {
      absl::StrAppend(&clean, bytes);
    }
  }
  return clean;
}

std::string Cut(absl::string_view text, int width) {
  if (DisplayWidth(text) <= width) return std::string(text);
  std::string cut;
  int used = 0;
  while (!text.empty()) {
    absl::string_view bytes;
    const int wide = WidthOf(Take(text, &bytes));
    if (used + wide > width - 1) break;
    used += wide;
    absl::StrAppend(&cut, bytes);
  }
  return cut + "…";
}

std::vector<std::string> Wrap(absl::string_view text, int width) {
  std::vector<std::string> lines;
  std::string line;
  int used = 0;
  std::size_t space = std::string::npos;
  while (!text.empty()) {
    absl::string_view bytes;
    const int wide = WidthOf(Take(text, &bytes));
    if (used + wide > width) {
      const bool at_space = space != std::string::npos;
      std::string rest = at_space ? line.substr(space + 1) : "";
      lines.push_back(at_space ? line.substr(0, space) : line);
      line = std::move(rest);
      used = DisplayWidth(line);
      space = std::string::npos;
    }
    if (bytes == " ") space = line.size();
    absl::StrAppend(&line, bytes);
    used += wide;
  }
  if (!line.empty() || lines.empty()) lines.push_back(line);
  return lines;
}

std::string Paint(absl::string_view text, absl::string_view style, bool use) {
  return use ? absl::StrCat("\033[", style, "m", text, "\033[0m") : std::string(text);
}

std::vector<int> Table::Widths() const {
  std::vector<int> widths;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    int width = DisplayWidth(columns_[i].title);
    for (const auto& row : rows_) width = std::max(width, DisplayWidth(row[i]));
    widths.push_back(columns_[i].max_width > 0 ? std::min(width, columns_[i].max_width) : width);
  }
  return widths;
}

int Table::Width(int skip) const {
  int total = 0;
  const std::vector<int> widths = Widths();
  for (std::size_t i = 0; i < widths.size(); ++i) {
    if (static_cast<int>(i) != skip) total += widths[i] + 2;
  }
  return total == 0 ? 0 : total - 2;
}

std::string Table::Line(const std::vector<std::string>& cells, const std::vector<int>& widths) const {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::string cell = Cut(cells[i], widths[i]);
    const std::string blank(static_cast<std::size_t>(std::max(0, widths[i] - DisplayWidth(cell))), ' ');
    if (i > 0) line += "  ";
    line += columns_[i].right ? blank + cell : cell + blank;
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

std::string Table::Header(bool color) const {
  std::vector<std::string> titles;
  for (const Column& column : columns_) titles.push_back(column.title);
  return Paint(Line(titles, Widths()), kBold, color);
}

std::vector<std::string> Table::Lines() const {
  const std::vector<int> widths = Widths();
  std::vector<std::string> lines;
  for (const auto& row : rows_) lines.push_back(Line(row, widths));
  return lines;
}

void Print(const Table& table, bool color) {
  std::cout << table.Header(color) << '\n';
  for (const std::string& line : table.Lines()) std::cout << line << '\n';
}

}  // namespace onrecord::cli
