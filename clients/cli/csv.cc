#include "clients/cli/csv.h"

#include <algorithm>

namespace onrecord::cli {
namespace {

// Spreadsheets take a cell that starts with one of these for a formula. A ' before it keeps them from that; several
// are counted, so that what was written is read back exactly.
bool LooksLikeFormula(std::string_view cell) {
  const std::size_t first = cell.find_first_not_of('\'');
  return first != std::string_view::npos && std::string_view("=+-@").find(cell[first]) != std::string_view::npos;
}

std::string_view WithoutFormulaGuard(std::string_view cell) {
  return cell.starts_with('\'') && LooksLikeFormula(cell) ? cell.substr(1) : cell;
}

void AppendCell(std::string& out, std::string_view cell) {
  const bool guard = LooksLikeFormula(cell);
  if (!guard && cell.find_first_of(",\"\r\n") == std::string_view::npos) {
    out += cell;
    return;
  }
  out += guard ? "\"'" : "\"";
  for (const char c : cell) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

}  // namespace

bool CsvParser::Push(std::string_view& bytes, CsvRow& row) {
  while (!bytes.empty()) {
    const char c = bytes.front();
    bytes.remove_prefix(1);
    const bool follows_return = after_return_;
    after_return_ = c == '\r';
    if (c == '\n' && follows_return) {
      if (state_ == State::kQuoted) Take(c);
      continue;
    }
    const bool is_break = c == '\n' || c == '\r';
    if (row_.line == 0) row_.line = line_;
    if (is_break) ++line_;
    if (is_break && state_ != State::kQuoted) {
      if (EndRow(row)) return true;
      continue;
    }
    Take(c);
  }
  return false;
}

bool CsvParser::End(CsvRow& row) {
  if (state_ == State::kQuoted) row_.fault = "a quotation mark is not closed until the end of the file";
  return EndRow(row);
}

void CsvParser::Take(char c) {
  if (state_ == State::kSkip) return;
  row_.raw += c;
  if (row_.raw.size() > max_row_bytes_) return GiveUp();
  switch (state_) {
    case State::kCellStart:
      if (c == '"') {
        state_ = State::kQuoted;
        return;
      }
      [[fallthrough]];
    case State::kPlain:
      state_ = State::kPlain;
      if (c == ',') {
        EndCell();
      } else {
        cell_ += c;
      }
      return;
    case State::kQuoted:
      if (c == '"') {
        state_ = State::kQuoteInQuoted;
      } else {
        cell_ += c;
      }
      return;
    case State::kQuoteInQuoted:
      return TakeAfterQuote(c);
    case State::kSkip:
      return;
  }
}

void CsvParser::TakeAfterQuote(char c) {
  if (c == '"') {
    cell_ += c;
    state_ = State::kQuoted;
  } else if (c == ',') {
    EndCell();
  } else {
    row_.fault = "text follows a closing quotation mark; write \"\" for a quotation mark within quotation marks";
    cell_ += c;
    state_ = State::kPlain;
  }
}

void CsvParser::EndCell() {
  row_.cells.push_back(std::move(cell_));
  cell_.clear();
  state_ = State::kCellStart;
}

// Most likely a quotation mark that nothing closes: the row ends at the next line break, whatever it is in.
void CsvParser::GiveUp() {
  constexpr std::size_t kKept = 4096;
  row_.too_long = true;
  row_.fault = "is too long; perhaps a quotation mark is not closed";
  row_.raw.resize(std::min(row_.raw.size(), kKept));
  row_.raw.shrink_to_fit();
  row_.cells.clear();
  cell_.clear();
  cell_.shrink_to_fit();
  state_ = State::kSkip;
}

bool CsvParser::EndRow(CsvRow& row) {
  const bool empty = row_.raw.empty();
  if (!empty && !row_.too_long) EndCell();
  state_ = State::kCellStart;
  if (!empty) row = std::move(row_);
  row_ = CsvRow();
  return !empty;
}

std::string CsvHeader::Read(const CsvRow& row) {
  if (!row.fault.empty()) return "the header " + row.fault;
  columns_.clear();
  const auto has = [this](const RecordColumn* column) {
    return std::find(columns_.begin(), columns_.end(), column) != columns_.end();
  };
  for (const std::string& cell : row.cells) {
    if (cell.starts_with('_')) {
      columns_.push_back(nullptr);
      continue;
    }
    const RecordColumn* column = IsValidUtf8(cell) ? FindColumn(cell) : nullptr;
    if (column == nullptr && row.cells.size() == 1 && cell.find_first_of(";\t") != std::string::npos) {
      return "the columns are not separated with commas; save the file as CSV with commas";
    }
    if (column == nullptr) return "the header's column is unknown: " + EscapeInvalidUtf8(UnknownField(cell).message);
    if (has(column)) {
      return "the header names the column " + cell + " twice; keep the right one";
    }
    columns_.push_back(column);
  }
  if (!has(FindColumn("text")) && !has(FindColumn("review_claim")) && !has(FindColumn("reviews"))) {
    return "the header has no column text; the first row must name the columns";
  }
  return "";
}

ParsedRecord CsvHeader::ToRecord(const CsvRow& row) const {
  ParsedRecord parsed;
  RecordBuilder builder(parsed.record);
  if (row.too_long) {
    parsed.reject = Reject("LINE_TOO_LONG", "", row.fault);
  } else if (!IsValidUtf8(row.raw)) {
    parsed.reject = Reject("INVALID_UTF8", "", "is not UTF-8; convert it, e.g. with iconv -f WINDOWS-1252 -t UTF-8");
  } else if (!row.fault.empty()) {
    parsed.reject = Reject("BAD_CSV", "", row.fault);
  } else if (row.cells.size() != columns_.size()) {
    parsed.reject = Reject("BAD_CSV", "",
                           "has " + std::to_string(row.cells.size()) + " columns, the header has " +
                               std::to_string(columns_.size()) + "; put cells with commas into \"\"");
  }
  for (std::size_t i = 0; i < columns_.size() && !parsed.reject; ++i) {
    if (columns_[i] == nullptr || row.cells[i].empty()) continue;
    parsed.reject = builder.Set(*columns_[i], WithoutFormulaGuard(row.cells[i]));
  }
  if (!parsed.reject) parsed.reject = builder.Finish();
  if (!parsed.reject && parsed.record.ByteSizeLong() > kMaxRecordBytes) {
    parsed.reject =
        Reject("LINE_TOO_LONG", "", "the record is larger than 12 MiB; a text has at most 100,000 characters");
  }
  return parsed;
}

std::string CsvHeaderLine() {
  std::string line;
  for (const RecordColumn& column : Columns()) {
    if (IsExported(column)) line += (line.empty() ? "" : ",") + column.name;
  }
  return line + "\r\n";
}

std::string RecordToCsv(const pb::ImportRecord& record) {
  std::string line;
  for (const RecordColumn& column : Columns()) {
    if (!IsExported(column)) continue;
    if (&column != Columns().data()) line += ',';
    AppendCell(line, ColumnText(record, column));
  }
  return line + "\r\n";
}

}  // namespace onrecord::cli
