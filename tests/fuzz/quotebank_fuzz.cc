// Lines of Quotebank, of both forms: whatever the bytes, records or reasons.
#include <cstdint>

#include "clients/cli/quotebank.h"
#include "tests/fuzz/lines.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  onrecord::cli::CheckSequence(onrecord::cli::ReadQuotebankLine({reinterpret_cast<const char*>(data), size}));
  return 0;
}
