// Lines of GDELT's quotation graph: whatever the bytes, records or reasons.
#include <cstdint>

#include "clients/cli/gqg.h"
#include "tests/fuzz/lines.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  onrecord::cli::CheckSequence(onrecord::cli::ReadGqgLine({reinterpret_cast<const char*>(data), size}));
  return 0;
}
