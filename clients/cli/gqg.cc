#include "clients/cli/gqg.h"

#include <openssl/sha.h>
#include <unicode/locid.h>
#include <unicode/uchar.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "clients/cli/code_points.h"

namespace onrecord::cli {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMostLineBytes = std::size_t{4} << 20;
constexpr std::size_t kMostQuoteCharacters = 2000;
constexpr std::size_t kMostContextCharacters = 32;

// The first letter or digit; 0 when there is none.
UChar32 FirstLetter(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const UChar32 c = ReadCodePoint(text, at);
    if (u_isalnum(c) != 0) return c;
  }
  return 0;
}

bool LooksWhole(std::string_view quote) {
  constexpr std::string_view kEnds[] = {".", "!", "?", ",", "…", "。", "！", "？", "，", "؟", "،", "।"};
  const bool ends = std::any_of(std::begin(kEnds), std::end(kEnds), [&](auto end) { return quote.ends_with(end); });
  const UChar32 first = FirstLetter(quote);
  return ends && first != 0 && u_islower(first) == 0;
}

// "ENGLISH" to "en"; what is no language is empty.
std::string LanguageTag(const std::string& language) {
  if (language.empty() || IsLanguageTag(language)) return language;
  static const std::map<std::string, std::string> kByName = [] {
    std::map<std::string, std::string> by_name;
    for (const char* const* code = icu::Locale::getISOLanguages(); *code != nullptr; ++code) {
      std::string name;
      icu::UnicodeString shown;
      icu::Locale(*code).getDisplayLanguage(icu::Locale::getEnglish(), shown).toUTF8String(name);
      by_name.emplace(absl::AsciiStrToLower(name), *code);
    }
    return by_name;
  }();
  const auto found = kByName.find(absl::AsciiStrToLower(language));
  return found == kByName.end() ? "" : found->second;
}

struct GqgLine {
  Json own;  // without the quotes
  Json quotes;
  std::vector<std::string> ids;
  std::string url;
  std::string title;
  std::string language;
  std::string day;
};

std::optional<LocalReject> ReadLine(Json&& value, GqgLine& line) {
  std::optional<LocalReject> fault;
  std::string date;
  if (!value.is_object()) return LocalReject{"WRONG_TYPE", "", "is no object; a line of the GQG is one", ""};
  if (!ReadText(value, "url", "", line.url, fault) || !ReadText(value, "title", "", line.title, fault) ||
      !ReadText(value, "lang", "", line.language, fault) || !ReadText(value, "date", "", date, fault)) {
    return fault;
  }
  if (!IsWebAddress(line.url)) return LocalReject{"VALUE_INVALID", "url", "is not given, or no web address", ""};
  const bool compact = date.size() == 14 && std::all_of(date.begin(), date.end(), absl::ascii_isdigit);
  const auto day = ReadDate(compact ? std::string_view(date).substr(0, 8) : date);
  if (!day) {
    return LocalReject{"DATE_INVALID", "date", "\"" + FirstCodePoints(date, 60) + "\" is no date; write 2007-11-21",
                       ""};
  }
  line.day = *day;
  if (const auto quotes = value.find("quotes"); quotes != value.end()) line.quotes = std::move(*quotes);
  if (!line.quotes.is_array()) return LocalReject{"WRONG_TYPE", "quotes", "is not given, or no list", ""};
  value.erase("quotes");
  line.own = std::move(value);
  return std::nullopt;
}

// The ids of all quotes, so that each can be made by itself.
void Identify(GqgLine& line) {
  std::map<std::string, int> seen;
  for (const Json& quote : line.quotes) {
    const auto words = quote.is_object() ? quote.find("quote") : quote.end();
    std::string said = line.url + "\n";
    if (quote.is_object() && words != quote.end() && words->is_string()) said += words->get_ref<const std::string&>();
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
    SHA256(reinterpret_cast<const unsigned char*>(said.data()), said.size(), digest.data());
    std::string id =
        absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(digest.data()), digest.size()));
    const int ordinal = ++seen[id];
    if (ordinal > 1) id += "-" + std::to_string(ordinal);
    line.ids.push_back(std::move(id));
  }
}

std::optional<LocalReject> ReadQuote(const Json& quote, const std::string& path, pb::ImportRecord& record) {
  std::optional<LocalReject> fault;
  std::string before;
  std::string after;
  if (!quote.is_object()) return LocalReject{"WRONG_TYPE", path, "is no object", ""};
  if (!ReadText(quote, "quote", path + ".", *record.mutable_text(), fault) ||
      !ReadText(quote, "pre", path + ".", before, fault) || !ReadText(quote, "post", path + ".", after, fault)) {
    return fault;
  }
  if (record.text().empty()) return LocalReject{"FIELD_REQUIRED", path + ".quote", "is not given, or empty", ""};
  if (CodePoints(record.text()) > kMostQuoteCharacters) {
    return LocalReject{"TEXT_TOO_LONG", path + ".quote",
                       "has more than 2,000 characters: no quote, but text whose closing mark was missed", ""};
  }
  record.set_context_before(LastCodePoints(before, kMostContextCharacters));
  record.set_context_after(FirstCodePoints(after, kMostContextCharacters));
  std::string lost;
  if (record.context_before() != before) lost = "pre";
  if (record.context_after() != after) lost += lost.empty() ? "post" : ", post";
  if (!lost.empty()) Lose(lost, "all but 32 characters", record);
  for (const auto& member : quote.items()) {
    const std::string& key = member.key();
    if (key != "pre" && key != "quote" && key != "post") Lose("other fields", key, record);
  }
  return std::nullopt;
}

ParsedRecord RecordOf(const GqgLine& line, std::size_t at) {
  ParsedRecord parsed;
  pb::ImportRecord& record = parsed.record;
  Json own = line.own;
  own["quotes"] = Json::array({line.quotes[at]});
  if ((parsed.reject = ReadQuote(line.quotes[at], "quotes[" + std::to_string(at) + "]", record))) {
    parsed.reject->line_text = ToLine(own);
    return parsed;
  }
  record.set_external_id(line.ids[at]);
  record.set_described_as(kUnknownSpeaker);
  record.set_kind(LooksWhole(record.text()) ? pb::QUOTE_KIND_DIRECT : pb::QUOTE_KIND_PARTIAL);
  record.set_marks(pb::MARKS_PRESENT);
  record.set_url(line.url);
  record.set_outlet(HostOf(line.url));
  SetSaidUntil(line.day, record);
  record.set_published(record.said());
  record.set_headline(FirstCodePoints(line.title, kMostHeadlineCharacters));
  if (record.headline() != line.title) Lose("title", "all but its beginning", record);
  record.set_language(LanguageTag(line.language));
  if (record.language().empty() && !line.language.empty()) Lose("lang", line.language, record);
  ReplaceControlCharacters(record);
  SetRaw("gqg", ToLine(own), record);
  return parsed;
}

}  // namespace

RecordSequence ReadGqgLine(std::string_view text) {
  RecordSequence sequence;
  if (text.size() > kMostLineBytes) {
    sequence.reject = LocalReject{"LINE_TOO_LONG", "", "is longer than 4 MiB: more than one article; split it", ""};
    return sequence;
  }
  Json value;
  const auto line = std::make_shared<GqgLine>();
  if ((sequence.reject = ParseDocument(text, value)) || (sequence.reject = ReadLine(std::move(value), *line))) {
    return sequence;
  }
  Identify(*line);
  sequence.size = line->quotes.size();
  sequence.at = [line](std::size_t at) { return RecordOf(*line, at); };
  return sequence;
}

}  // namespace onrecord::cli
