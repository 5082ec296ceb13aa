// Brat annotations, the article that they are about and its metadata, separated by lines of "====": whatever the bytes,
// records or reasons.
#include <cstdint>

#include "clients/cli/brat.h"
#include "tests/fuzz/lines.h"

namespace {

// Takes what stands before the next separator.
std::string_view Take(std::string_view& rest) {
  constexpr std::string_view kSeparator = "\n====\n";
  const std::size_t end = std::min(rest.find(kSeparator), rest.size());
  const std::string_view taken = rest.substr(0, end);
  rest.remove_prefix(std::min(rest.size(), end + kSeparator.size()));
  return taken;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  onrecord::cli::BratDocument document;
  document.name = "article_a1";
  document.annotations = Take(rest);
  if (!rest.empty()) document.text = Take(rest);
  const onrecord::cli::BratTable table = onrecord::cli::ReadBratMetadata(rest);
  if (!table.rows.empty()) document.metadata = table.rows.front().second;
  for (const onrecord::cli::BratRecord& record : onrecord::cli::ReadBrat(document).records) {
    onrecord::cli::CheckParsed(record.parsed);
  }
  return 0;
}
