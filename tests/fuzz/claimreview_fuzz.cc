// ClaimReview in pieces of any size: the pieces do not matter, whatever the bytes are they give records or reasons,
// and every record can be written and read as a record.
#include <google/protobuf/util/message_differencer.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "clients/cli/claimreview.h"

using onrecord::cli::Document;
using onrecord::cli::DocumentSplitter;
using onrecord::cli::ParsedRecord;

namespace {

std::vector<Document> Documents(std::string_view bytes, std::size_t piece) {
  DocumentSplitter splitter(10000);
  std::vector<Document> documents;
  Document document;
  while (!bytes.empty()) {
    std::string_view part = bytes.substr(0, piece);
    bytes.remove_prefix(part.size());
    while (splitter.Push(part, document)) documents.push_back(document);
  }
  if (splitter.End(document)) documents.push_back(document);
  return documents;
}

void Check(const ParsedRecord& parsed) {
  if (parsed.reject) {
    if (parsed.reject->reason.empty() || parsed.reject->message.empty()) std::abort();
    return;
  }
  if (parsed.record.external_id().empty()) std::abort();
  const ParsedRecord again = onrecord::cli::ParseJsonRecord(onrecord::cli::RecordToJson(parsed.record));
  if (again.reject || !google::protobuf::util::MessageDifferencer::Equals(again.record, parsed.record)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::vector<Document> whole = Documents(bytes, 1 << 20);
  const std::vector<Document> pieces = Documents(bytes, std::size_t{1} + data[0] % 16);
  if (whole.size() != pieces.size()) std::abort();
  for (std::size_t i = 0; i < whole.size(); ++i) {
    if (whole[i].text != pieces[i].text || whole[i].line != pieces[i].line) std::abort();
    for (const ParsedRecord& parsed : onrecord::cli::ReadClaimReviews(whole[i].text).records) Check(parsed);
  }
  return 0;
}
