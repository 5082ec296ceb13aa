// Text in columns. Knows how wide text is on a terminal (combining marks take none, East Asian letters two columns)
// and keeps what others wrote from controlling the terminal.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace onrecord::cli {

// Columns of the terminal: COLUMNS, else the terminal's own word, else 100.
int TerminalWidth();
// Columns that the text takes.
int DisplayWidth(absl::string_view text);
// Without control and direction-override characters; line breaks become spaces.
std::string Clean(absl::string_view text);
// At most `width` columns; "…" ends a text that was cut.
std::string Cut(absl::string_view text, int width);
// In lines of at most `width` columns, broken at spaces where there are any.
std::vector<std::string> Wrap(absl::string_view text, int width);
// SGR styles.
inline constexpr const char* kBold = "1";
inline constexpr const char* kDim = "2";
inline constexpr const char* kRed = "31";
inline constexpr const char* kGreen = "32";
inline constexpr const char* kYellow = "33";
// In an SGR style when `use`.
std::string Paint(absl::string_view text, absl::string_view style, bool use);

struct Column {
  std::string title;
  int max_width = 0;  // 0: as wide as needed
  bool right = false;
};

class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}
  void Add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  bool empty() const { return rows_.empty(); }
  // Columns that the widest line takes without the column at `skip` (-1: none).
  int Width(int skip = -1) const;
  void Limit(std::size_t column, int max_width) { columns_[column].max_width = max_width; }
  // The line of titles, and one line for each row; without a newline.
  std::string Header(bool color) const;
  std::vector<std::string> Lines() const;

 private:
  std::vector<int> Widths() const;
  std::string Line(const std::vector<std::string>& cells, const std::vector<int>& widths) const;

  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

// The header and every row to standard output.
void Print(const Table& table, bool color);

}  // namespace onrecord::cli
