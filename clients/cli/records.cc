#include "clients/cli/records.h"

#include "clients/cli/record_columns.h"

namespace onrecord::cli {
namespace {

using Field = google::protobuf::FieldDescriptor;

void AppendString(std::string& out, std::string_view text) {
  constexpr char kHex[] = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (byte < 0x20 || byte == 0x7F) {
      out += "\\u00";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

void AppendKey(std::string& out, std::string_view key) {
  out += out.back() != '{' ? ",\"" : "\"";
  out += key;
  out += "\":";
}

void AppendMembers(std::string& out, const google::protobuf::Message& message);

// One value; of a list the one at `at`.
void AppendValue(std::string& out, const google::protobuf::Message& message, const Field& field, int at) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  if (field.cpp_type() == Field::CPPTYPE_MESSAGE) {
    out += '{';
    AppendMembers(out, field.is_repeated() ? reflection.GetRepeatedMessage(message, &field, at)
                                           : reflection.GetMessage(message, &field));
    out += '}';
  } else if (field.cpp_type() == Field::CPPTYPE_DOUBLE) {
    out += FieldText(message, field);
  } else if (field.is_repeated()) {
    AppendString(out, reflection.GetRepeatedString(message, &field, at));
  } else {
    AppendString(out, FieldText(message, field));
  }
}

void AppendList(std::string& out, const google::protobuf::Message& message, const Field& field) {
  out += '[';
  for (int i = 0; i < message.GetReflection()->FieldSize(message, &field); ++i) {
    if (i > 0) out += ',';
    AppendValue(out, message, field, i);
  }
  out += ']';
}

// `out` is "{" or ends with a member. Numbers are always written: 0 is a value.
void AppendMembers(std::string& out, const google::protobuf::Message& message) {
  const google::protobuf::Descriptor& type = *message.GetDescriptor();
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  for (int i = 0; i < type.field_count(); ++i) {
    const Field& field = *type.field(i);
    const bool empty =
        field.is_repeated() ? reflection.FieldSize(message, &field) == 0 : !reflection.HasField(message, &field);
    if (empty && field.cpp_type() != Field::CPPTYPE_DOUBLE) continue;
    AppendKey(out, field.name());
    if (field.is_repeated()) {
      AppendList(out, message, field);
    } else {
      AppendValue(out, message, field, 0);
    }
  }
}

void AppendText(std::string& out, std::string_view key, std::string_view text) {
  if (text.empty()) return;
  AppendKey(out, key);
  AppendString(out, text);
}

void AppendNumber(std::string& out, std::string_view key, std::int64_t number) {
  if (number == 0) return;
  AppendKey(out, key);
  out += std::to_string(number);
}

// Bytes of the character that starts at `at`; 0 when there is none.
std::size_t Utf8Length(std::string_view bytes, std::size_t at) {
  const auto byte = [&](std::size_t i) { return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0U; };
  const unsigned lead = byte(at);
  if (lead < 0x80) return 1;
  if (lead < 0xC2 || lead > 0xF4) return 0;
  // The second byte's range rules out overlong forms, surrogates, and what lies above U+10FFFF.
  const unsigned low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  const unsigned high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  if (byte(at + 1) < low || byte(at + 1) > high) return 0;
  const std::size_t length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  for (std::size_t i = at + 2; i < at + length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  return length;
}

}  // namespace

std::string RecordToJson(const pb::ImportRecord& record) {
  std::string json = "{";
  AppendMembers(json, record);
  return json + "}";
}

std::string ItemsToJson(const pb::ImportRecord& record, const Field& field) {
  std::string json;
  if (record.GetReflection()->FieldSize(record, &field) > 0) AppendList(json, record, field);
  return json;
}

std::string RejectToJson(const pb::ImportRecord& record, const pb::RecordResult& result, std::int64_t line) {
  std::string json = "{";
  AppendMembers(json, record);
  AppendNumber(json, "_sequence", result.sequence());
  AppendNumber(json, "_line", line);
  AppendText(json, "_reason", result.reason());
  AppendText(json, "_field", result.field());
  AppendText(json, "_message", result.message());
  return json + "}";
}

std::string LocalRejectToJson(const LocalReject& reject, std::string_view raw, std::int64_t line) {
  std::string json = "{";
  AppendNumber(json, "_line", line);
  AppendText(json, "_reason", reject.reason);
  AppendText(json, "_field", EscapeInvalidUtf8(reject.field));
  AppendText(json, "_message", EscapeInvalidUtf8(reject.message));
  AppendText(json, "_line_text", EscapeInvalidUtf8(reject.line_text.empty() ? raw : reject.line_text));
  return json + "}";
}

std::string LossesToJson(const pb::ImportRecord& record, const std::vector<std::string>& losses, std::int64_t line) {
  std::string json = "{";
  AppendText(json, "external_id", EscapeInvalidUtf8(record.external_id()));
  AppendKey(json, "losses");
  json += '[';
  for (const std::string& loss : losses) {
    if (json.back() != '[') json += ',';
    AppendString(json, EscapeInvalidUtf8(loss));
  }
  json += ']';
  AppendNumber(json, "_line", line);
  return json + "}";
}

bool IsValidUtf8(std::string_view bytes) {
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t length = Utf8Length(bytes, at);
    if (length == 0) return false;
    at += length;
  }
  return true;
}

std::string EscapeInvalidUtf8(std::string_view bytes) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string text;
  text.reserve(bytes.size());
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t length = Utf8Length(bytes, at);
    if (length > 0) {
      text.append(bytes.substr(at, length));
      at += length;
      continue;
    }
    const auto byte = static_cast<unsigned char>(bytes[at++]);
    text += {'\\', 'x', kHex[byte >> 4], kHex[byte & 15]};
  }
  return text;
}

}  // namespace onrecord::cli
