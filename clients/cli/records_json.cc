// Reading records from JSON; see records.h.
#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

#include "clients/cli/records.h"

namespace onrecord::cli {
namespace {

using Field = google::protobuf::FieldDescriptor;
using Json = nlohmann::json;

constexpr std::size_t kMaxDepth = 64;  // of values under ignored keys
constexpr std::size_t kMaxPositionBytes = 10'000;

LocalReject Reject(std::string reason, std::string field, std::string message) {
  return {std::move(reason), std::move(field), std::move(message), {}};
}

// Reads the one object of a line into a record. Stops at the first thing that is wrong.
class RecordHandler : public nlohmann::json_sax<Json> {
 public:
  explicit RecordHandler(ParsedRecord& into) : into_(into) {}

  bool null() override {
    if (ignored_ || depth_ == 1) return AfterValue();
    return WrongType("null");
  }
  bool boolean(bool) override { return ignored_ ? AfterValue() : WrongType("true or false"); }
  bool number_integer(number_integer_t value) override { return ignored_ ? AfterValue() : Integer(value); }
  bool number_unsigned(number_unsigned_t value) override {
    constexpr number_unsigned_t kMost = 1'000'000'000'000;
    return ignored_ ? AfterValue() : Integer(static_cast<std::int64_t>(std::min(value, kMost)));
  }
  bool number_float(number_float_t, const string_t&) override {
    return ignored_ ? AfterValue() : WrongType("a number");
  }
  bool binary(binary_t&) override { return WrongType("binary data"); }
  bool string(string_t& value) override;
  bool start_object(std::size_t) override;
  bool key(string_t& name) override;
  bool end_object() override;
  bool start_array(std::size_t) override;
  bool end_array() override;
  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) override;

  bool has_fields() const { return seen_ != 0; }
  std::string& line_text() { return line_text_; }

 private:
  bool Fail(LocalReject reject) {
    into_.reject = std::move(reject);
    return false;
  }
  bool WrongType(const std::string& found);
  bool Integer(std::int64_t value);
  bool AddPair(std::int64_t value);
  // A value under an ignored key ended.
  bool AfterValue() {
    if (depth_ == 1) ignored_ = false;
    return true;
  }
  bool IsPosition() const { return field_ != nullptr && field_->number() == pb::ImportRecord::kPositionFieldNumber; }

  ParsedRecord& into_;
  std::size_t depth_ = 0;
  bool ignored_ = false;
  bool is_line_text_ = false;
  const Field* field_ = nullptr;  // of the value at depth 1, or of the array at depth 2
  std::uint64_t seen_ = 0;        // bit n: field number n was there
  int pair_ = 0;                  // numbers so far of a pair of `position`
  std::string line_text_;
};

bool RecordHandler::WrongType(const std::string& found) {
  if (depth_ == 0) {
    return Fail(Reject("BAD_JSON", "", "the line is " + found + "; write one JSON object on each line"));
  }
  std::string wanted = "a text in quotation marks";
  if (field_->is_repeated()) wanted = "a list of texts, or one text with ; between the values";
  if (IsPosition()) wanted = "a text like \"1103-1273\", or a list of pairs like [[1103, 1273]]";
  return Fail(Reject("WRONG_TYPE", field_->name(), "holds " + found + "; write " + wanted));
}

bool RecordHandler::Integer(std::int64_t value) {
  if (depth_ == 3 && IsPosition()) return AddPair(value);
  const bool is_date = depth_ == 1 && (field_->number() == pb::ImportRecord::kSaidFieldNumber ||
                                       field_->number() == pb::ImportRecord::kPublishedFieldNumber);
  if (!is_date) return WrongType("a number");
  if (value < 1 || value > 9999) {
    return Fail(Reject("VALUE_INVALID", field_->name(), "is a number but no year; write a date as \"2007-11-21\""));
  }
  std::string year = std::to_string(value);
  year.insert(0, 4 - year.size(), '0');
  into_.record.GetReflection()->SetString(&into_.record, field_, year);
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
    if (is_line_text_ && depth_ == 1) line_text_ = std::move(value);
    return AfterValue();
  }
  if (depth_ == 0) return WrongType("a text");
  if (depth_ == 1) {
    auto reject = SetFromText(into_.record, *field_, value);
    return reject ? Fail(std::move(*reject)) : true;
  }
  if (!field_->is_repeated()) return WrongType("a list of texts");
  into_.record.GetReflection()->AddString(&into_.record, field_, std::move(value));
  return true;
}

bool RecordHandler::start_object(std::size_t) {
  if (depth_ > 0 && !ignored_) return WrongType("an object");
  if (++depth_ > kMaxDepth) return Fail(Reject("BAD_JSON", "", "objects and lists are nested too deeply"));
  return true;
}

bool RecordHandler::end_object() {
  --depth_;
  return AfterValue();
}

bool RecordHandler::key(string_t& name) {
  if (depth_ > 1) return true;
  ignored_ = name.starts_with('_');
  is_line_text_ = name == "_line_text";
  if (ignored_) return true;
  field_ = FindField(name);
  if (field_ == nullptr) return Fail(UnknownField(name));
  const std::uint64_t bit = std::uint64_t{1} << field_->number();
  if ((seen_ & bit) != 0) {
    return Fail(Reject("DUPLICATE_KEY", field_->name(), "stands twice in the object; keep the right one"));
  }
  seen_ |= bit;
  return true;
}

bool RecordHandler::start_array(std::size_t) {
  if (ignored_) {
    if (++depth_ > kMaxDepth) return Fail(Reject("BAD_JSON", "", "objects and lists are nested too deeply"));
    return true;
  }
  const std::size_t most = depth_ == 0 ? 0 : IsPosition() ? 3 : field_->is_repeated() ? 2 : 1;
  if (depth_ + 1 > most) return WrongType(depth_ > 1 ? "a list in a list" : "a list");
  ++depth_;
  pair_ = 0;
  return true;
}

bool RecordHandler::end_array() {
  if (!ignored_ && depth_ == 3 && pair_ != 2) return WrongType("a range that is no pair");
  --depth_;
  return ignored_ ? AfterValue() : true;
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

// Whether a \u escape is half a character: an emoji cut in two by a program that counts in UTF-16.
bool HasLoneSurrogate(std::string_view line) {
  for (std::size_t i = 0; i + 1 < line.size(); ++i) {
    if (line[i] != '\\') continue;
    if (line[++i] != 'u') continue;
    const int unit = HexQuad(line.substr(i + 1));
    if (unit < 0xD800 || unit > 0xDFFF) continue;
    const std::string_view next = line.substr(i + 5);
    const int low = next.starts_with("\\u") ? HexQuad(next.substr(2)) : -1;
    if (unit >= 0xDC00 || low < 0xDC00 || low > 0xDFFF) return true;
    i += 10;
  }
  return false;
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
