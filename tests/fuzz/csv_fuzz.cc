// CSV in pieces of any size: the pieces do not matter, and what was read is written so that it reads the same again.
#include <google/protobuf/util/message_differencer.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "clients/cli/csv.h"

using onrecord::cli::CsvHeader;
using onrecord::cli::CsvParser;
using onrecord::cli::CsvRow;
using onrecord::cli::ParsedRecord;

namespace {

std::vector<CsvRow> Rows(std::string_view bytes, std::size_t piece) {
  CsvParser parser(10000);
  std::vector<CsvRow> rows;
  CsvRow row;
  while (!bytes.empty()) {
    std::string_view part = bytes.substr(0, std::min(piece, bytes.size()));
    bytes.remove_prefix(part.size());
    while (parser.Push(part, row)) rows.push_back(row);
  }
  if (parser.End(row)) rows.push_back(row);
  return rows;
}

bool Same(const CsvRow& a, const CsvRow& b) {
  return a.cells == b.cells && a.raw == b.raw && a.line == b.line && a.fault.empty() == b.fault.empty() &&
         a.too_long == b.too_long;
}

// The record of a row that RecordToCsv wrote.
ParsedRecord ReadBack(const std::string& written) {
  const std::vector<CsvRow> rows = Rows(onrecord::cli::CsvHeaderLine() + written, 1 << 20);
  CsvHeader header;
  if (rows.size() != 2 || !header.Read(rows[0]).empty()) std::abort();
  return header.ToRecord(rows[1]);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::vector<CsvRow> whole = Rows(bytes, 1 << 20);
  const std::vector<CsvRow> pieces = Rows(bytes, std::size_t{1} + data[0] % 16);
  if (!std::equal(whole.begin(), whole.end(), pieces.begin(), pieces.end(), Same)) std::abort();
  if (whole.empty()) return 0;
  CsvHeader header;
  if (!header.Read(whole[0]).empty()) return 0;
  for (std::size_t i = 1; i < whole.size(); ++i) {
    const ParsedRecord parsed = header.ToRecord(whole[i]);
    if (parsed.reject) continue;
    const ParsedRecord again = ReadBack(onrecord::cli::RecordToCsv(parsed.record));
    if (again.reject || !google::protobuf::util::MessageDifferencer::Equals(again.record, parsed.record)) std::abort();
  }
  return 0;
}
