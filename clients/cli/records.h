// Import records as people keep them: one JSON object on a line, or the cells of a CSV row; and back. Everything here
// is pure and takes any bytes: what cannot be read is answered with a reason, a field and advice, never thrown.
#pragma once

#include <google/protobuf/descriptor.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "onrecord/v1/imports.pb.h"

namespace onrecord::cli {

namespace pb = ::onrecord::v1;

// Longer lines and rows are passed over: they do not fit into memory that stays flat.
inline constexpr std::size_t kMaxLineBytes = std::size_t{32} << 20;
// Larger records are not sent; the server takes 16 MiB in one message.
inline constexpr std::size_t kMaxRecordBytes = std::size_t{12} << 20;

// Deeper JSON is refused before it can exhaust the stack.
inline constexpr std::size_t kMaxJsonDepth = 64;

// Why a line was not sent.
struct LocalReject {
  std::string reason;  // BAD_JSON, UNKNOWN_FIELD, DUPLICATE_KEY, WRONG_TYPE, INVALID_UTF8, LINE_TOO_LONG, BAD_CSV, ...
  std::string field;   // empty when it is the line as a whole
  std::string message;
  std::string line_text;  // the `_line_text` of a rejects file that was fed again as it is
};

inline LocalReject Reject(std::string reason, std::string field, std::string message) {
  return {std::move(reason), std::move(field), std::move(message), {}};
}

struct ParsedRecord {
  pb::ImportRecord record;
  std::optional<LocalReject> reject;  // when set, `record` is of no use
};

// One line that holds one JSON object with the fields of ImportRecord. Keys that start with "_" are ignored.
ParsedRecord ParseJsonRecord(std::string_view line);

// Fills a field of the record that holds objects (stances, reviews) from a JSON list of them.
std::optional<LocalReject> SetItems(pb::ImportRecord& record, const google::protobuf::FieldDescriptor& field,
                                    std::string_view json);

// {"text":"...","topics":[...]}: empty fields left out, enums as short lower-case names. No newline.
std::string RecordToJson(const pb::ImportRecord& record);
// The list that SetItems reads; empty for an empty list.
std::string ItemsToJson(const pb::ImportRecord& record, const google::protobuf::FieldDescriptor& field);
// A line of a rejects file: the record, and why under keys that start with "_". `line` is 0 when not known.
std::string RejectToJson(const pb::ImportRecord& record, const pb::RecordResult& result, std::int64_t line);
// The same for a line that was not sent; `raw` are its bytes.
std::string LocalRejectToJson(const LocalReject& reject, std::string_view raw, std::int64_t line);

// A line of a losses file: which record, and what was lost of it.
std::string LossesToJson(const pb::ImportRecord& record, const std::vector<std::string>& losses, std::int64_t line);

// Whether a \u escape is half a character: an emoji cut in two by a program that counts in UTF-16.
bool HasLoneSurrogate(std::string_view json);

// Whether the bytes are UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF.
bool IsValidUtf8(std::string_view bytes);
// The same text with every byte that is not UTF-8 written as \xNN.
std::string EscapeInvalidUtf8(std::string_view bytes);

}  // namespace onrecord::cli
