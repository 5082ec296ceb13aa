// Import records as they come over the wire: checked, or refused with a reason and a field; and what passed is
// exported as a record that passes again, as the same appearance of the same quote.
#include <google/protobuf/stubs/logging.h>

#include <cstdint>
#include <cstdlib>
#include <string>

#include "services/imports/imports_rules.h"

namespace pb = onrecord::v1;
using onrecord::Violation;
using onrecord::rules::CheckedRecord;
using onrecord::rules::CheckRecord;

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  google::protobuf::SetLogHandler(nullptr);  // it reports every text that is not UTF-8
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  pb::ImportRecord record;
  if (!record.ParseFromArray(data, static_cast<int>(size))) return 0;
  CheckedRecord checked;
  if (const std::optional<Violation> wrong = CheckRecord("fuzz", record, checked)) {
    if (wrong->description.empty() || wrong->field.empty() || wrong->reason == pb::ERROR_REASON_UNSPECIFIED) {
      std::abort();
    }
    return 0;
  }
  pb::Quote quote = checked.quote;
  quote.set_name("quotes/" + checked.quote_id);
  quote.set_speaker_display_name(checked.speaker);
  pb::Appearance* const appearance = quote.appearances_size() == 0 ? nullptr : quote.mutable_appearances(0);
  if (appearance != nullptr) {
    appearance->set_outlet_display_name(checked.outlet);
    for (const std::string& outlet : checked.via) appearance->add_relays()->set_outlet_display_name(outlet);
  }
  CheckedRecord again;
  const pb::ImportRecord exported = onrecord::rules::ToRecord(quote, appearance, checked.topics);
  if (CheckRecord("fuzz", exported, again) || again.quote_id != checked.quote_id ||
      again.appearance_id != checked.appearance_id || again.topics != checked.topics) {
    std::abort();
  }
  return 0;
}
