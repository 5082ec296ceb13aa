// An article in which quotations are looked for.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "clients/cli/quotations.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view article(reinterpret_cast<const char*>(data), size);
  std::size_t before = 0;
  int line = 1;
  for (const onrecord::cli::Quotation& found : onrecord::cli::FindQuotations(article)) {
    if (found.begin < before || found.begin >= found.end || found.end > size || found.line < line) std::abort();
    if (found.text != article.substr(found.begin, found.end - found.begin)) std::abort();
    if (found.text.find('\n') != std::string_view::npos) std::abort();
    before = found.begin;
    line = found.line;
  }
  return 0;
}
