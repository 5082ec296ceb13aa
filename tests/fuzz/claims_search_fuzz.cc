// Answers of claims:search: whatever the bytes, records or reasons.
#include <google/protobuf/util/message_differencer.h>

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "clients/cli/claims_search.h"

using onrecord::cli::ParsedRecord;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view document(reinterpret_cast<const char*>(data), size);
  for (const ParsedRecord& parsed : onrecord::cli::ReadClaimsSearch(document).records) {
    if (parsed.reject) {
      if (parsed.reject->reason.empty() || parsed.reject->message.empty()) std::abort();
      continue;
    }
    if (parsed.record.external_id().empty() || parsed.record.reviews_size() > 20) std::abort();
    const ParsedRecord again = onrecord::cli::ParseJsonRecord(onrecord::cli::RecordToJson(parsed.record));
    if (again.reject || !google::protobuf::util::MessageDifferencer::Equals(again.record, parsed.record)) std::abort();
  }
  return 0;
}
