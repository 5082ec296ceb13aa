// CSV as in RFC 4180, read row by row from pieces of any size, and written so that spreadsheets run nothing. The
// header names columns (record_columns.h); a row that cannot be read does not hurt the rows after it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "clients/cli/record_columns.h"

namespace onrecord::cli {

struct CsvRow {
  std::vector<std::string> cells;
  std::string raw;        // the row's bytes, without its line break
  std::int64_t line = 0;  // on which it starts, from 1
  std::string fault;      // why it is no CSV, for people; empty when it is
  bool too_long = false;
};

// Takes bytes, gives rows. Holds one row at a time.
class CsvParser {
 public:
  explicit CsvParser(std::size_t max_row_bytes = kMaxLineBytes) : max_row_bytes_(max_row_bytes) {}
  // Takes from the front of `bytes` until a row is complete (true) or nothing is left (false). Skips empty lines.
  bool Push(std::string_view& bytes, CsvRow& row);
  // The last row, when the bytes did not end with a line break.
  bool End(CsvRow& row);

 private:
  enum class State { kCellStart, kPlain, kQuoted, kQuoteInQuoted, kSkip };

  void Take(char c);
  void TakeAfterQuote(char c);
  void EndCell();
  void GiveUp();
  bool EndRow(CsvRow& row);

  const std::size_t max_row_bytes_;
  State state_ = State::kCellStart;
  CsvRow row_;
  std::string cell_;
  std::int64_t line_ = 1;
  bool after_return_ = false;  // a line feed that follows belongs to the carriage return before it
};

// What the columns mean.
class CsvHeader {
 public:
  // Empty on success, else what is wrong with the header, for people.
  std::string Read(const CsvRow& row);
  ParsedRecord ToRecord(const CsvRow& row) const;

 private:
  std::vector<const RecordColumn*> columns_;  // null: ignored, its name starts with "_"
};

// The header with every field, and a record below it; each with its line break.
std::string CsvHeaderLine();
std::string RecordToCsv(const pb::ImportRecord& record);

}  // namespace onrecord::cli
