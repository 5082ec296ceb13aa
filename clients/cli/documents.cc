#include "clients/cli/documents.h"

#include <algorithm>
#include <cctype>
#include <chrono>
#include <nlohmann/json.hpp>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "clients/cli/dates.h"

namespace onrecord::cli {
namespace {

constexpr std::size_t kKept = 4096;  // of a document that is too long

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Whether the byte of UTF-8 begins a code point.
bool IsCodePointStart(char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }

// The text with `instead` for control characters other than white space.
std::string WithoutControls(std::string_view text, std::string_view instead) {
  std::string clean;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0U;
    const bool two = byte == 0xC2 && next >= 0x80 && next < 0xA0 && next != 0x85;  // U+0085 is a line break
    if (two || (byte < 0x20 && !IsSpace(text[i])) || byte == 0x7F) {
      clean += instead;
      i += two ? 1 : 0;
    } else {
      clean += text[i];
    }
  }
  return clean;
}

bool Holds(std::string_view text, char c) { return text.find(c) != std::string_view::npos; }

// Whether brackets are nested more deeply than a parser should follow.
bool IsTooDeep(std::string_view text) {
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (in_string && text[i] == '\\') ++i;
    if (i < text.size() && text[i] == '"') in_string = !in_string;
    if (in_string || i >= text.size()) continue;
    if (Holds("{[", text[i]) && ++depth > kMaxJsonDepth) return true;
    if (Holds("}]", text[i]) && depth > 0) --depth;
  }
  return false;
}

// The number of the digits, which must be `count`; -1 otherwise.
int Digits(std::string_view text, std::size_t count) {
  if (text.size() != count || !std::all_of(text.begin(), text.end(), IsDigit)) return -1;
  int number = 0;
  for (const char c : text) number = number * 10 + (c - '0');
  return number;
}

// "10:00", "10:00:00.000", with "Z", "+02:00", "+0200", "+02" or a zone's name after it, and with white space before
// any of these.
bool IsTimeOfDay(std::string_view text) {
  text = Trimmed(text);
  const int hour = Digits(text.substr(0, 2), 2);
  if (hour < 0 || hour > 24) return false;
  const std::size_t zone = std::min(text.find_first_not_of("0123456789:.,"), text.size());
  const std::string_view rest = Trimmed(text.substr(zone));
  if (rest.empty()) return true;
  const std::string_view offset = rest.substr(1);
  if (rest[0] == '+' || rest[0] == '-') {
    return !offset.empty() && offset.find_first_not_of("0123456789:") == std::string_view::npos;
  }
  return rest.size() <= 5 && std::all_of(rest.begin(), rest.end(), [](char c) { return absl::ascii_isalpha(c); });
}

std::optional<std::string> ReadNumbers(std::string_view text) {
  const std::size_t separator = std::min(text.find_first_of("Tt "), text.size());
  if (separator < text.size() && !IsTimeOfDay(text.substr(separator + 1))) return std::nullopt;
  const std::string_view day = text.substr(0, separator);
  std::vector<std::string> parts = absl::StrSplit(std::string(day), Holds(day, '-') ? '-' : '/');
  if (Digits(day, 8) >= 0) parts = {parts[0].substr(0, 4), parts[0].substr(4, 2), parts[0].substr(6)};
  if (parts.size() > 3 || Digits(parts[0], 4) < 1) return std::nullopt;
  std::string date = parts[0];
  for (std::size_t i = 1; i < parts.size(); ++i) {
    if (parts[i].size() == 1) parts[i].insert(0, 1, '0');
    if (Digits(parts[i], 2) < 1) return std::nullopt;
    date += "-" + parts[i];
  }
  const auto number = [&](std::size_t i) { return i < parts.size() ? static_cast<unsigned>(Digits(parts[i], 2)) : 1U; };
  const std::chrono::year_month_day exact{std::chrono::year(Digits(parts[0], 4)), std::chrono::month(number(1)),
                                          std::chrono::day(number(2))};
  return exact.ok() ? std::optional(date) : std::nullopt;
}

// "21 November 2007", "Wed, 21 Nov 2007 10:00:00 GMT", "November 21, 2007": whatever names its month. Words that
// depend on the day they are read on mean nothing in a document.
std::optional<std::string> ReadWords(std::string_view text) {
  std::string words(text);
  if (const std::size_t comma = words.find(',');
      comma != std::string::npos &&
      !std::any_of(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(comma), IsDigit)) {
    words.erase(0, comma + 1);  // the day of the week
  }
  const std::size_t colon = words.find(':');
  if (colon != std::string::npos) {
    const std::size_t space = words.rfind(' ', colon);
    if (space == std::string::npos || !IsTimeOfDay(std::string_view(words).substr(space + 1))) return std::nullopt;
    words.resize(space);
  }
  words = std::string(Trimmed(words));
  if (words.size() < 5 || Digits(std::string_view(words).substr(words.size() - 4), 4) < 1) return std::nullopt;
  const auto date = ParseDate(words, LocalToday());
  if (!date.ok() || date->month() == 0) return std::nullopt;
  return FormatDate(*date);
}

std::optional<std::string> ReadOneDate(std::string_view text) {
  text = Trimmed(text);
  if (text.empty()) return std::nullopt;
  if (std::any_of(text.begin(), text.begin() + std::min<std::ptrdiff_t>(4, static_cast<std::ptrdiff_t>(text.size())),
                  [](char c) { return !IsDigit(c); })) {
    return ReadWords(text);
  }
  return ReadNumbers(text);
}

constexpr std::string_view kUnnamed[] = {"anonymous",
                                         "blog",
                                         "bloggers",
                                         "blog posting",
                                         "blog postings",
                                         "chain email",
                                         "chain emails",
                                         "chain e mail",
                                         "email",
                                         "emails",
                                         "facebook post",
                                         "facebook posts",
                                         "facebook user",
                                         "facebook users",
                                         "image",
                                         "instagram post",
                                         "instagram posts",
                                         "internet",
                                         "internet users",
                                         "many people",
                                         "multiple",
                                         "multiple people",
                                         "multiple sources",
                                         "multiple users",
                                         "n a",
                                         "not known",
                                         "online",
                                         "online posts",
                                         "other",
                                         "others",
                                         "people",
                                         "several sources",
                                         "social media",
                                         "social media post",
                                         "social media posts",
                                         "social media user",
                                         "social media users",
                                         "some people",
                                         "the internet",
                                         "tiktok posts",
                                         "tweet",
                                         "tweets",
                                         "twitter posts",
                                         "twitter users",
                                         "unknown",
                                         "unnamed",
                                         "users",
                                         "various",
                                         "various people",
                                         "various sources",
                                         "various users",
                                         "video",
                                         "viral claim",
                                         "viral image",
                                         "viral images",
                                         "viral post",
                                         "viral posts",
                                         "viral video",
                                         "viral videos",
                                         "website",
                                         "websites",
                                         "whatsapp message",
                                         "whatsapp messages",
                                         "whatsapp users"};

}  // namespace

std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && IsSpace(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsSpace(text.back())) text.remove_suffix(1);
  return text;
}

bool DocumentSplitter::Starts(char c) {
  if (IsSpace(c)) return false;
  const bool opens = c == '{' || c == '[';
  if (resync_ && !(opens && line_start_)) return false;
  resync_ = false;
  if (in_list_ && (c == ',' || c == ']')) {
    in_list_ = c == ',';
    return false;
  }
  if (!in_list_ && c == '[') {
    in_list_ = true;
    return false;
  }
  return true;
}

bool DocumentSplitter::EndsBefore(char c) const {
  if (in_string_) return c == '\n';  // no string of JSON holds one: the quotation mark was not closed
  if (depth_ == 0) return c == '\n' || (in_list_ && (c == ',' || c == ']'));
  // A new document where only "," or a bracket may stand.
  return line_start_ && (c == '{' || c == '[') && !Holds(":,[{", last_);
}

bool DocumentSplitter::Take(char c) {
  if (document_.text.size() < max_bytes_) {
    document_.text += c;
  } else if (!document_.too_long) {
    document_.too_long = true;
    document_.text.resize(std::min(document_.text.size(), kKept));
    document_.text.shrink_to_fit();
  }
  if (!IsSpace(c)) last_ = c;
  if (in_string_) {
    if (!escaped_ && c == '"') in_string_ = false;
    escaped_ = !escaped_ && c == '\\';
    return false;
  }
  if (c == '"') in_string_ = true;
  if (c == '{' || c == '[') ++depth_;
  return (c == '}' || c == ']') && --depth_ <= 0;
}

bool DocumentSplitter::Give(Document& document) {
  resync_ = in_string_;
  inside_ = in_string_ = escaped_ = false;
  depth_ = 0;
  last_ = '\0';
  document = std::move(document_);
  document_ = Document();
  return true;
}

bool DocumentSplitter::Push(std::string_view& bytes, Document& document) {
  while (!bytes.empty()) {
    const char c = bytes.front();
    if (inside_ && EndsBefore(c)) return Give(document);
    bytes.remove_prefix(1);
    if (!inside_ && Starts(c)) {
      inside_ = true;
      document_.line = line_;
    }
    const bool complete = inside_ && Take(c);
    if (c == '\n') {
      ++line_;
      line_start_ = true;
    } else if (!IsSpace(c)) {
      line_start_ = false;
    }
    if (complete) return Give(document);
  }
  return false;
}

bool DocumentSplitter::End(Document& document) { return inside_ && Give(document); }

std::optional<LocalReject> ParseDocument(std::string_view text, nlohmann::json& value) {
  const auto reject = [](const char* reason, const char* message) { return LocalReject{reason, "", message, ""}; };
  if (text.size() > kMaxLineBytes) return reject("LINE_TOO_LONG", "is longer than 32 MiB; split it into several");
  if (!IsValidUtf8(text)) {
    return reject("INVALID_UTF8", "is not UTF-8; convert it, e.g. with iconv -f WINDOWS-1252 -t UTF-8");
  }
  if (Holds(text, '\0')) return reject("BAD_JSON", "holds a NUL byte; remove it");
  if (IsTooDeep(text)) return reject("BAD_JSON", "objects and lists are nested too deeply");
  value = nlohmann::json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
  if (value.is_discarded() && HasLoneSurrogate(text)) {
    return reject("INVALID_UTF8", "holds half a character (a lone \\ud800 to \\udfff); write both halves");
  }
  if (value.is_discarded()) return reject("BAD_JSON", "is not JSON, or breaks off; write whole JSON documents");
  return std::nullopt;
}

std::string ToLine(const nlohmann::json& value) {
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

bool ReadText(const nlohmann::json& object, const char* key, const std::string& path, std::string& text,
              std::optional<LocalReject>& fault) {
  const auto found = object.find(key);
  if (found == object.end() || found->is_null()) return true;
  if (!found->is_string()) {
    fault = {"WRONG_TYPE", path + key, "is no text", ""};
    return false;
  }
  text = Trimmed(found->get_ref<const std::string&>());
  return true;
}

void Lose(std::string_view name, std::string_view what, pb::ImportRecord& record) {
  constexpr int kMostLosses = 20;
  constexpr std::size_t kMostCharacters = 500;
  if (record.losses_size() == kMostLosses) return;
  std::string loss = WithoutControls(std::string(name) + ": " + std::string(what), " ");
  std::replace_if(loss.begin(), loss.end(), IsSpace, ' ');
  absl::StrReplaceAll({{"\u0085", " "}}, &loss);  // a line break too
  if (CodePoints(loss) > kMostCharacters) loss = FirstCodePoints(loss, kMostCharacters - 1) + "…";
  record.add_losses(std::move(loss));
}

void ReplaceControlCharacters(pb::ImportRecord& record) {
  using Field = google::protobuf::FieldDescriptor;
  const google::protobuf::Reflection& reflection = *record.GetReflection();
  bool replaced = false;
  for (int i = 0; i < record.GetDescriptor()->field_count(); ++i) {
    const Field& field = *record.GetDescriptor()->field(i);
    if (field.type() != Field::TYPE_STRING || field.is_repeated()) continue;
    const std::string text = reflection.GetString(record, &field);
    std::string clean = WithoutControls(text, "\uFFFD");
    if (clean == text) continue;
    replaced = true;
    reflection.SetString(&record, &field, std::move(clean));
  }
  if (replaced) Lose("control characters", "were replaced", record);
}

void SetRaw(std::string_view format, std::string raw, pb::ImportRecord& record) {
  constexpr std::size_t kMostBytes = std::size_t{64} << 10;
  record.set_raw_format(std::string(format));
  if (raw.size() > kMostBytes) {
    Lose("raw", "the record of the source has " + std::to_string(raw.size()) + " bytes, more than are kept", record);
  } else {
    record.set_raw(std::move(raw));
  }
}

void SetSaidUntil(const std::string& day, pb::ImportRecord& record) {
  if (day.empty()) return;
  record.set_said("../" + day);
  record.set_said_basis("bounded_by_publication");
}

std::optional<std::string> ReadDate(std::string_view text) {
  text = Trimmed(text);
  if (text.empty()) return "";
  if (auto date = ReadOneDate(text)) return date;
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto end_of = [](std::string_view half) {
    return Trimmed(half) == ".." ? std::optional<std::string>("..") : ReadOneDate(half);
  };
  const auto from = end_of(text.substr(0, slash));
  const auto to = end_of(text.substr(slash + 1));
  if (!from || !to || (*from == ".." && *to == "..")) return std::nullopt;
  return *from + "/" + *to;
}

bool IsUnnamedSource(std::string_view name) {
  std::string words;
  for (const char c : Trimmed(name)) {
    const bool word = absl::ascii_isalnum(static_cast<unsigned char>(c)) || (static_cast<unsigned char>(c) & 0x80) != 0;
    if (word) {
      words += absl::ascii_tolower(static_cast<unsigned char>(c));
    } else if (!words.empty() && words.back() != ' ') {
      words += ' ';
    }
  }
  return std::find(std::begin(kUnnamed), std::end(kUnnamed), Trimmed(words)) != std::end(kUnnamed);
}

void SetClaimant(const std::string& name, pb::ImportRecord& record) {
  if (IsUnnamedSource(name)) {
    record.set_described_as(name);
  } else {
    record.set_speaker(name);
  }
}

std::string StableId(std::string_view readable, const std::vector<std::string_view>& parts) {
  constexpr std::size_t kMostReadableBytes = 400;  // an external id has at most 500 characters
  constexpr char kHex[] = "0123456789abcdef";
  std::uint64_t hash = 0xcbf29ce484222325;  // FNV-1a
  for (const std::string_view part : parts) {
    for (const char c : part) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    hash = (hash ^ 0xFF) * 0x100000001b3;  // no byte of UTF-8
  }
  std::size_t end = std::min(readable.size(), kMostReadableBytes);
  while (end > 0 && end < readable.size() && (static_cast<unsigned char>(readable[end]) & 0xC0) == 0x80) --end;
  std::string id(readable.substr(0, end));
  if (!id.empty()) id += '#';
  for (int shift = 60; shift >= 0; shift -= 4) id += kHex[(hash >> shift) & 15];
  return id;
}

bool IsLanguageTag(std::string_view text) {
  const std::size_t first = std::min(text.find('-'), text.size());
  const auto letter = [](char c) { return absl::ascii_isalpha(static_cast<unsigned char>(c)); };
  const auto allowed = [](char c) { return c == '-' || absl::ascii_isalnum(static_cast<unsigned char>(c)); };
  return first >= 2 && first <= 3 && text.size() <= 35 && text.back() != '-' &&
         text.find("--") == std::string_view::npos && std::all_of(text.begin(), text.end(), allowed) &&
         std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(first), letter);
}

bool IsWebAddress(std::string_view text) {
  const std::string start =
      absl::AsciiStrToLower(absl::string_view(text.data(), std::min<std::size_t>(text.size(), 8)));
  return start.starts_with("http://") || start == "https://";
}

std::size_t CodePoints(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), IsCodePointStart));
}

std::string FirstCodePoints(std::string_view text, std::size_t count) {
  std::size_t at = 0;
  while (at < text.size() && (!IsCodePointStart(text[at]) || count-- > 0)) ++at;
  return std::string(text.substr(0, at));
}

std::string LastCodePoints(std::string_view text, std::size_t count) {
  std::size_t at = text.size();
  while (at > 0 && count > 0) count -= IsCodePointStart(text[--at]) ? 1 : 0;
  return std::string(text.substr(at));
}

std::string HostOf(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
  std::string host =
      absl::AsciiStrToLower(absl::string_view(url.data(), std::min(url.find_first_of("/?#"), url.size())));
  if (host.starts_with("www.")) host.erase(0, 4);
  return Holds(host, '.') && !std::any_of(host.begin(), host.end(), IsSpace) ? host : "";
}

}  // namespace onrecord::cli
