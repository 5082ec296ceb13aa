#include "clients/cli/records.h"

#include <algorithm>
#include <vector>

namespace onrecord::cli {
namespace {

using Field = google::protobuf::FieldDescriptor;

constexpr std::size_t kMaxShownBytes = 60;  // of a wrong value in a message

LocalReject Reject(std::string reason, std::string field, std::string message) {
  return {std::move(reason), std::move(field), std::move(message), {}};
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (c == '-' || c == ' ') c = '_';
  }
  return lower;
}

std::string Shown(std::string_view text) {
  if (text.size() <= kMaxShownBytes) return std::string(text);
  std::size_t end = kMaxShownBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return std::string(text.substr(0, end)) + "…";
}

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

// "quote_kind_" of QUOTE_KIND_DIRECT.
std::string EnumPrefix(const google::protobuf::EnumDescriptor& type) {
  const std::string first = Lower(type.value(0)->name());
  return first.substr(0, first.size() - std::string_view("unspecified").size());
}

std::optional<LocalReject> SetEnum(pb::ImportRecord& record, const Field& field, std::string_view text) {
  const google::protobuf::EnumDescriptor& type = *field.enum_type();
  const std::string prefix = EnumPrefix(type);
  std::string wanted = Lower(Trim(text));
  if (wanted.empty()) return std::nullopt;
  if (!wanted.starts_with(prefix)) wanted = prefix + wanted;
  std::string choices;
  for (int i = 0; i < type.value_count(); ++i) {
    const std::string name = Lower(type.value(i)->name());
    if (name == wanted) {
      record.GetReflection()->SetEnumValue(&record, &field, type.value(i)->number());
      return std::nullopt;
    }
    if (i > 0) choices += (choices.empty() ? "" : ", ") + name.substr(prefix.size());
  }
  return Reject("VALUE_INVALID", field.name(), "\"" + Shown(text) + "\" is not known; write one of " + choices);
}

void AddValue(pb::ImportRecord& record, const Field& field, std::string_view text) {
  text = Trim(text);
  if (!text.empty()) record.GetReflection()->AddString(&record, &field, std::string(text));
}

void SetList(pb::ImportRecord& record, const Field& field, std::string_view text) {
  std::string value;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == ';' || text[i + 1] == '\\')) {
      value += text[++i];
    } else if (text[i] == ';') {
      AddValue(record, field, value);
      value.clear();
    } else {
      value += text[i];
    }
  }
  AddValue(record, field, value);
}

std::size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

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
  out += out.size() > 1 ? ",\"" : "\"";
  out += key;
  out += "\":";
}

// `out` is "{" or ends with a member.
void AppendMembers(std::string& out, const pb::ImportRecord& record) {
  const google::protobuf::Reflection& reflection = *record.GetReflection();
  std::vector<const Field*> fields;
  reflection.ListFields(record, &fields);
  for (const Field* field : fields) {
    AppendKey(out, field->name());
    if (!field->is_repeated()) {
      AppendString(out, FieldText(record, *field));
      continue;
    }
    for (int i = 0; i < reflection.FieldSize(record, field); ++i) {
      out += i == 0 ? '[' : ',';
      AppendString(out, reflection.GetRepeatedString(record, field, i));
    }
    out += ']';
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

const Field* FindField(std::string_view name) {
  return pb::ImportRecord::descriptor()->FindFieldByName(std::string(name));
}

LocalReject UnknownField(std::string_view name) {
  const google::protobuf::Descriptor& type = *pb::ImportRecord::descriptor();
  const std::string wanted = Lower(name.substr(0, kMaxShownBytes));
  std::size_t best = 3;  // farther is no slip of the finger
  std::string meant;
  for (int i = 0; i < type.field_count(); ++i) {
    const std::size_t distance = EditDistance(wanted, type.field(i)->name());
    if (distance >= best) continue;
    best = distance;
    meant = type.field(i)->name();
  }
  std::string message = "records have no field \"" + Shown(name) + "\"; ";
  message += meant.empty() ? "rename it, or let it start with _ to have it ignored" : "did you mean " + meant + "?";
  return Reject("UNKNOWN_FIELD", Shown(name), std::move(message));
}

std::optional<LocalReject> SetFromText(pb::ImportRecord& record, const Field& field, std::string_view text) {
  if (field.type() == Field::TYPE_ENUM) return SetEnum(record, field, text);
  if (field.is_repeated()) {
    SetList(record, field, text);
  } else {
    record.GetReflection()->SetString(&record, &field, std::string(text));
  }
  return std::nullopt;
}

std::string FieldText(const pb::ImportRecord& record, const Field& field) {
  const google::protobuf::Reflection& reflection = *record.GetReflection();
  if (field.type() == Field::TYPE_ENUM) {
    const int number = reflection.GetEnumValue(record, &field);
    const auto* value = field.enum_type()->FindValueByNumber(number);
    if (number == 0 || value == nullptr) return "";
    return Lower(value->name()).substr(EnumPrefix(*field.enum_type()).size());
  }
  if (!field.is_repeated()) return reflection.GetString(record, &field);
  std::string list;
  for (int i = 0; i < reflection.FieldSize(record, &field); ++i) {
    if (i > 0) list += ';';
    for (const char c : reflection.GetRepeatedString(record, &field, i)) {
      if (c == ';' || c == '\\') list += '\\';
      list += c;
    }
  }
  return list;
}

std::string RecordToJson(const pb::ImportRecord& record) {
  std::string json = "{";
  AppendMembers(json, record);
  return json + "}";
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
