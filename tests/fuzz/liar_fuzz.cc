// Lines of LIAR: whatever the bytes, a record that can be written and read again, or a reason.
#include <google/protobuf/util/message_differencer.h>

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "clients/cli/liar.h"

using onrecord::cli::ParsedRecord;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view line(reinterpret_cast<const char*>(data), size);
  const ParsedRecord parsed = onrecord::cli::ParseLiarLine(line);
  if (parsed.reject) {
    if (parsed.reject->reason.empty() || parsed.reject->message.empty()) std::abort();
    return 0;
  }
  if (parsed.record.reviews_size() != 1 || parsed.record.reviews(0).claim().empty()) std::abort();
  if (line.find('\0') != std::string_view::npos) return 0;  // records are refused with one, by whoever reads them
  const ParsedRecord again = onrecord::cli::ParseJsonRecord(onrecord::cli::RecordToJson(parsed.record));
  if (again.reject || !google::protobuf::util::MessageDifferencer::Equals(again.record, parsed.record)) std::abort();
  return 0;
}
