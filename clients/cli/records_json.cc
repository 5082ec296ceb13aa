// Reading records from JSON; see records.h.
#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

#include "clients/cli/record_columns.h"

namespace onrecord::cli {
namespace {

using Field = google::protobuf::FieldDescriptor;
using Json = nlohmann::json;

constexpr std::size_t kMaxPositionBytes = 10'000;

// Reads the one object of a line into a record. Stops at the first thing that is wrong.
class RecordHandler : public nlohmann::json_sax<Json> {
 public:
  explicit RecordHandler(ParsedRecord& into) : into_(into), builder_(into.record) {}

  bool null() override {
    if (ignored_) return AfterIgnored();
    return objects_.empty() || lists_ > 0 ? WrongType("null") : true;
  }
  bool boolean(bool) override { return ignored_ ? AfterIgnored() : WrongType("true or false"); }
  bool number_integer(number_integer_t value) override { return ignored_ ? AfterIgnored() : Integer(value); }
  bool number_unsigned(number_unsigned_t value) override {
    constexpr number_unsigned_t kMost = 1'000'000'000'000;
    return ignored_ ? AfterIgnored() : Integer(static_cast<std::int64_t>(std::min(value, kMost)));
  }
  bool number_float(number_float_t value, const string_t&) override { return ignored_ ? AfterIgnored() : Float(value); }
  bool binary(binary_t&) override { return WrongType("binary data"); }
  bool string(string_t& value) override;
  bool start_object(std::size_t) override;
  bool key(string_t& name) override;
  bool end_object() override;
  bool start_array(std::size_t) override;
  bool end_array() override;
  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) override;

  bool has_fields() const { return has_fields_; }
  std::string& line_text() { return line_text_; }

 private:
  // An object that is being read.
  struct Object {
    google::protobuf::Message* message;
    const RecordColumn* column = nullptr;  // of the key, in the record itself
    const Field* field = nullptr;          // of the key
    std::uint64_t seen = 0;                // bit n: column or field number n was there
    std::string path;                      // "stances[0]." before the names of its fields
  };

  bool Fail(LocalReject reject) {
    into_.reject = std::move(reject);
    return false;
  }
  bool TooDeep() { return Fail(Reject("BAD_JSON", "", "objects and lists are nested too deeply")); }
  bool WrongType(const std::string& found);
  bool Integer(std::int64_t value);
  bool Float(double value);
  bool AddPair(std::int64_t value);
  // A value under an ignored key ended.
  bool AfterIgnored() {
    ignored_ = ignored_depth_ > 0;
    return true;
  }
  const Field& CurrentField() const { return *objects_.back().field; }
  std::string PathOfField() const;
  // The message that holds the current field.
  google::protobuf::Message& Holder() {
    Object& object = objects_.back();
    return object.column != nullptr ? builder_.Holder(*object.column) : *object.message;
  }
  bool IsPosition() const { return objects_.size() == 1 && objects_[0].column->name == "position"; }
  bool IsDate() const;

  ParsedRecord& into_;
  RecordBuilder builder_;
  std::vector<Object> objects_;  // the record, in it a stance or a review, in it a rating
  int lists_ = 0;                // that are open within the current field
  int pair_ = 0;                 // numbers so far of a pair of `position`
  bool has_fields_ = false;
  bool ignored_ = false;
  std::size_t ignored_depth_ = 0;
  bool is_line_text_ = false;
  std::string line_text_;
};

std::string RecordHandler::PathOfField() const {
  const Object& object = objects_.back();
  return object.column != nullptr ? object.column->name : object.path + object.field->name();
}

bool RecordHandler::IsDate() const {
  const std::string& name = CurrentField().name();
  return CurrentField().cpp_type() == Field::CPPTYPE_STRING &&
         (name == "said" || name == "published" || name == "valid" || name == "reviewed");
}

bool RecordHandler::WrongType(const std::string& found) {
  if (objects_.empty()) {
    return Fail(Reject("BAD_JSON", "", "the line is " + found + "; write one JSON object on each line"));
  }
  const Field& field = CurrentField();
  std::string wanted = "a text in quotation marks";
  if (field.is_repeated()) wanted = "a list of texts, or one text with ; between the values";
  if (IsPosition()) wanted = "a text like \"1103-1273\", or a list of pairs like [[1103, 1273]]";
  if (field.cpp_type() == Field::CPPTYPE_DOUBLE) wanted = "a number";
  if (field.cpp_type() == Field::CPPTYPE_MESSAGE) wanted = field.is_repeated() ? "a list of objects" : "an object";
  return Fail(Reject("WRONG_TYPE", PathOfField(), "holds " + found + "; write " + wanted));
}

bool RecordHandler::Integer(std::int64_t value) {
  if (objects_.empty()) return WrongType("a number");
  if (lists_ == 2 && IsPosition()) return AddPair(value);
  if (CurrentField().cpp_type() == Field::CPPTYPE_DOUBLE) return Float(static_cast<double>(value));
  if (!IsDate() || lists_ > 0) return WrongType("a number");
  if (value < 1 || value > 9999) {
    return Fail(Reject("VALUE_INVALID", PathOfField(), "is a number but no year; write a date as \"2007-11-21\""));
  }
  std::string year = std::to_string(value);
  year.insert(0, 4 - year.size(), '0');
  google::protobuf::Message& holder = Holder();
  holder.GetReflection()->SetString(&holder, &CurrentField(), year);
  return true;
}

bool RecordHandler::Float(double value) {
  if (objects_.empty() || CurrentField().cpp_type() != Field::CPPTYPE_DOUBLE) return WrongType("a number");
  google::protobuf::Message& holder = Holder();
  holder.GetReflection()->SetDouble(&holder, &CurrentField(), value);
  return true;
}

bool RecordHandler::AddPair(std::int64_t value) {
  std::string& position = *into_.record.mutable_position();
  if (value < 0 || ++pair_ > 2 || position.size() > kMaxPositionBytes) return WrongType("something else");
  if (pair_ == 2) position += '-';
  if (pair_ == 1 && !position.empty()) position += ',';
  position += std::to_string(value);
  return true;
}

bool RecordHandler::string(string_t& value) {
  if (ignored_) {
    if (is_line_text_ && ignored_depth_ == 0) line_text_ = std::move(value);
    return AfterIgnored();
  }
  if (objects_.empty() || CurrentField().cpp_type() == Field::CPPTYPE_MESSAGE) return WrongType("a text");
  if (lists_ == 0) {
    Object& object = objects_.back();
    auto reject = object.column != nullptr ? builder_.Set(*object.column, value)
                                           : SetFromText(*object.message, *object.field, PathOfField(), value);
    return reject ? Fail(std::move(*reject)) : true;
  }
  if (!CurrentField().is_repeated()) return WrongType("a list of texts");
  google::protobuf::Message& holder = Holder();
  holder.GetReflection()->AddString(&holder, &CurrentField(), std::move(value));
  return true;
}

bool RecordHandler::start_object(std::size_t) {
  if (ignored_) return ++ignored_depth_ <= kMaxJsonDepth || TooDeep();
  if (objects_.empty()) {
    objects_.push_back({&into_.record});
    return true;
  }
  const Field& field = CurrentField();
  if (field.cpp_type() != Field::CPPTYPE_MESSAGE || field.is_repeated() != (lists_ == 1)) {
    return WrongType("an object");
  }
  google::protobuf::Message& holder = Holder();
  const google::protobuf::Reflection& reflection = *holder.GetReflection();
  std::string path = PathOfField();
  if (field.is_repeated()) path += "[" + std::to_string(reflection.FieldSize(holder, &field)) + "]";
  google::protobuf::Message* message =
      field.is_repeated() ? reflection.AddMessage(&holder, &field) : reflection.MutableMessage(&holder, &field);
  objects_.push_back({message, nullptr, nullptr, 0, path + "."});
  lists_ = 0;
  return true;
}

bool RecordHandler::end_object() {
  if (ignored_) {
    --ignored_depth_;
    return AfterIgnored();
  }
  objects_.pop_back();
  if (objects_.empty()) {
    auto reject = builder_.Finish();
    return reject ? Fail(std::move(*reject)) : true;
  }
  lists_ = CurrentField().is_repeated() ? 1 : 0;
  return true;
}

bool RecordHandler::key(string_t& name) {
  if (ignored_) return true;
  Object& object = objects_.back();
  ignored_ = name.starts_with('_');
  is_line_text_ = name == "_line_text" && objects_.size() == 1;
  if (ignored_) return true;
  std::uint64_t place = 0;
  if (objects_.size() == 1) {
    object.column = FindColumn(name);
    if (object.column == nullptr) return Fail(UnknownField(name));
    object.field = object.column->field;
    place = static_cast<std::uint64_t>(object.column - Columns().data());
  } else {
    const google::protobuf::Descriptor& type = *object.message->GetDescriptor();
    object.field = type.FindFieldByName(name);
    if (object.field == nullptr) return Fail(UnknownField(name, object.path, type));
    place = static_cast<std::uint64_t>(object.field->number());
  }
  const std::uint64_t bit = std::uint64_t{1} << place;
  if ((object.seen & bit) != 0) {
    return Fail(Reject("DUPLICATE_KEY", PathOfField(), "stands twice in the object; keep the right one"));
  }
  object.seen |= bit;
  has_fields_ = true;
  return true;
}

bool RecordHandler::start_array(std::size_t) {
  if (ignored_) return ++ignored_depth_ <= kMaxJsonDepth || TooDeep();
  const int most = objects_.empty() ? 0 : IsPosition() ? 2 : CurrentField().is_repeated() ? 1 : 0;
  if (lists_ + 1 > most) return WrongType(lists_ > 0 ? "a list in a list" : "a list");
  ++lists_;
  pair_ = 0;
  return true;
}

bool RecordHandler::end_array() {
  if (ignored_) {
    --ignored_depth_;
    return AfterIgnored();
  }
  if (lists_ == 2 && pair_ != 2) return WrongType("a range that is no pair");
  --lists_;
  return true;
}

bool RecordHandler::parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) {
  return Fail(Reject(
      "BAD_JSON", "",
      "is not JSON from character " + std::to_string(position) + " on; write one whole JSON object on each line"));
}

// The value of the four digits after \u; -1 when they are none.
int HexQuad(std::string_view text) {
  if (text.size() < 4) return -1;
  int value = 0;
  for (const char c : text.substr(0, 4)) {
    if (std::isxdigit(static_cast<unsigned char>(c)) == 0) return -1;
    value = value * 16 + (c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
  }
  return value;
}

std::optional<LocalReject> CheckBytes(std::string_view line) {
  if (line.size() > kMaxLineBytes) {
    return Reject("LINE_TOO_LONG", "", "is longer than 32 MiB; split it into several records");
  }
  if (!IsValidUtf8(line)) {
    return Reject("INVALID_UTF8", "", "is not UTF-8; convert it, e.g. with iconv -f WINDOWS-1252 -t UTF-8");
  }
  // The parser takes a NUL byte for the end.
  if (line.find('\0') != std::string_view::npos) return Reject("BAD_JSON", "", "holds a NUL byte; remove it");
  return std::nullopt;
}

}  // namespace

bool HasLoneSurrogate(std::string_view json) {
  for (std::size_t i = 0; i + 1 < json.size(); ++i) {
    if (json[i] != '\\') continue;
    if (json[++i] != 'u') continue;
    const int unit = HexQuad(json.substr(i + 1));
    if (unit < 0xD800 || unit > 0xDFFF) continue;
    const std::string_view next = json.substr(i + 5);
    const int low = next.starts_with("\\u") ? HexQuad(next.substr(2)) : -1;
    if (unit >= 0xDC00 || low < 0xDC00 || low > 0xDFFF) return true;
    i += 10;
  }
  return false;
}

std::optional<LocalReject> SetItems(pb::ImportRecord& record, const Field& field, std::string_view json) {
  ParsedRecord parsed = ParseJsonRecord("{\"" + field.name() + "\":" + std::string(json) + "}");
  if (parsed.reject) {
    if (parsed.reject->field.empty()) parsed.reject->field = field.name();
    return std::move(parsed.reject);
  }
  // Anything else in it would have closed the object itself.
  pb::ImportRecord rest = parsed.record;
  rest.GetReflection()->ClearField(&rest, &field);
  if (rest.ByteSizeLong() > 0) return Reject("BAD_JSON", field.name(), "is not JSON; write one list of objects");
  record.GetReflection()->SwapFields(&record, &parsed.record, {&field});
  return std::nullopt;
}

ParsedRecord ParseJsonRecord(std::string_view line) {
  ParsedRecord parsed;
  if ((parsed.reject = CheckBytes(line))) return parsed;
  RecordHandler handler(parsed);
  try {
    if (!Json::sax_parse(line.begin(), line.end(), &handler) && !parsed.reject) {
      parsed.reject = Reject("BAD_JSON", "", "is not JSON; write one whole JSON object on each line");
    }
  } catch (const std::exception&) {
    parsed.reject = Reject("BAD_JSON", "", "is not JSON; write one whole JSON object on each line");
  }
  if (parsed.reject && parsed.reject->reason == "BAD_JSON" && HasLoneSurrogate(line)) {
    parsed.reject = Reject("INVALID_UTF8", "", "holds half a character (a lone \\ud800 to \\udfff); write both halves");
  }
  if (parsed.reject) return parsed;
  if (!handler.has_fields()) {
    parsed.reject = Reject("FIELD_REQUIRED", "text",
                           handler.line_text().empty()
                               ? "the object has no fields; give it at least text, speaker, outlet and said"
                               : "this line was no record before; repair what _line_text holds and feed that");
    parsed.reject->line_text = std::move(handler.line_text());
  } else if (parsed.record.ByteSizeLong() > kMaxRecordBytes) {
    parsed.reject =
        Reject("LINE_TOO_LONG", "", "the record is larger than 12 MiB; a text has at most 100,000 characters");
  }
  return parsed;
}

}  // namespace onrecord::cli
