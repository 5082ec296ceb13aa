// Lines of JSON as people write them: whatever the bytes, a record or a reason; and what was read is written so that
// it reads the same again.
#include <google/protobuf/util/message_differencer.h>

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "clients/cli/records.h"

using onrecord::cli::ParsedRecord;
using onrecord::cli::ParseJsonRecord;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view line(reinterpret_cast<const char*>(data), size);
  const ParsedRecord parsed = ParseJsonRecord(line);
  if (parsed.reject) {
    if (parsed.reject->reason.empty() || parsed.reject->message.empty()) std::abort();
    // A line of the rejects file is read again as it is.
    const std::string again = onrecord::cli::LocalRejectToJson(*parsed.reject, line, 1);
    if (!onrecord::cli::IsValidUtf8(again) || again.find('\n') != std::string::npos) std::abort();
    (void)ParseJsonRecord(again);
    return 0;
  }
  const std::string written = onrecord::cli::RecordToJson(parsed.record);
  const ParsedRecord again = ParseJsonRecord(written);
  if (again.reject || !google::protobuf::util::MessageDifferencer::Equals(again.record, parsed.record)) std::abort();
  return 0;
}
