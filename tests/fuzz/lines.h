// What every line of another format that holds several records must keep to.
#pragma once

#include <google/protobuf/util/message_differencer.h>

#include <cstdlib>

#include "clients/cli/documents.h"

namespace onrecord::cli {

// A record that can be written and read again and is within the server's bounds, or a reason.
inline void CheckParsed(const ParsedRecord& parsed) {
  if (parsed.reject) {
    if (parsed.reject->reason.empty() || parsed.reject->message.empty()) std::abort();
    return;
  }
  const pb::ImportRecord& record = parsed.record;
  if (record.external_id().empty() || record.speaker().empty() == record.described_as().empty()) std::abort();
  if (record.raw().size() > (std::size_t{64} << 10) || record.raw_format().empty()) std::abort();
  if (record.losses_size() > 20) std::abort();
  for (const std::string& loss : record.losses()) {
    if (loss.empty() || CodePoints(loss) > 500) std::abort();
  }
  const ParsedRecord again = ParseJsonRecord(RecordToJson(record));
  if (again.reject || !google::protobuf::util::MessageDifferencer::Equals(again.record, record)) std::abort();
}

inline void CheckSequence(const RecordSequence& sequence) {
  if (sequence.reject) {
    if (sequence.size != 0 || sequence.reject->message.empty()) std::abort();
    return;
  }
  for (std::size_t i = 0; i < sequence.size; ++i) {
    const ParsedRecord parsed = sequence.at(i);
    CheckParsed(parsed);
    // The same every time: an import may be resumed.
    const ParsedRecord again = sequence.at(i);
    if (!google::protobuf::util::MessageDifferencer::Equals(again.record, parsed.record)) std::abort();
  }
}

}  // namespace onrecord::cli
