// Two texts, cut at the first NUL byte: their words, their keys, and the one beside the other.
#include <google/protobuf/stubs/logging.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "onrecord/v1/imports.pb.h"
#include "services/wordings/wordings_comparison.h"
#include "services/wordings/wordings_sketch.h"

namespace pb = onrecord::v1;
namespace wordings = onrecord::wordings;

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

void CheckWords(const wordings::Wording& wording) {
  std::size_t before = 0;
  for (const wordings::Word& word : wording.words) {
    Require(!word.folded.empty() && word.begin < word.end && word.end <= wording.text.size() && word.begin >= before);
    before = word.begin;
  }
  const auto keys = wordings::SketchKeys(wording.words);
  Require(std::is_sorted(keys.begin(), keys.end()) && keys.size() <= 2 * wording.words.size());
}

bool IsShare(double share) { return share >= 0 && share <= 1; }

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  google::protobuf::SetLogHandler(nullptr);  // it reports every text that is not UTF-8
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view both(reinterpret_cast<const char*>(data), size);
  const std::size_t cut = std::min(both.find('\0'), both.size());
  const std::string texts[] = {std::string(both.substr(0, cut)),
                               std::string(both.substr(std::min(cut + 1, both.size())))};
  for (const std::string& text : texts) {
    pb::ImportRecord record;
    record.set_text(text);
    if (!record.ParseFromString(record.SerializeAsString())) return 0;  // no UTF-8: never gets so far
  }
  const wordings::Wording asked(texts[0]);
  const wordings::Wording reference(texts[1]);
  CheckWords(asked);
  CheckWords(reference);
  const pb::WordingComparison comparison = wordings::Compare(asked, reference);
  Require(IsShare(comparison.similarity()) && IsShare(comparison.containment()) && IsShare(comparison.coverage()));
  Require(IsShare(wordings::Closeness(comparison)));
  Require(comparison.relation() == pb::WORDING_RELATION_UNRELATED ||
          wordings::MayBeRelated(asked.words, reference.words));
  (void)wordings::AreSameWords(asked, reference, comparison);
  if (!asked.words.empty()) {
    const pb::WordingComparison same = wordings::Compare(asked, asked);
    Require(same.relation() == pb::WORDING_RELATION_IDENTICAL && same.similarity() == 1);
  }
  return 0;
}
