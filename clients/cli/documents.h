// Records that come in documents of other people's formats: cutting a file into its documents, and what the readers
// of these formats share. Pure, for any bytes.
#pragma once

#include <cstdint>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "clients/cli/records.h"

namespace onrecord::cli {

// What one document holds.
struct DocumentRecords {
  std::vector<ParsedRecord> records;
  std::vector<std::string> losses;  // names of what records cannot keep, once for each time
};

// The records of one line or file of another format. They are made one at a time: a line may hold thousands.
struct RecordSequence {
  std::optional<LocalReject> reject;  // why it holds none
  std::size_t size = 0;
  std::function<ParsedRecord(std::size_t)> at;  // any of them, any number of times
};

// Tells with the record what of its source it cannot keep, in the form "name: what". At most 20 things are told, and
// 500 characters of each.
void Lose(std::string_view name, std::string_view what, pb::ImportRecord& record);
// Puts U+FFFD for control characters, which broken encodings leave behind and no record may hold, and tells it.
void ReplaceControlCharacters(pb::ImportRecord& record);
// Keeps the record of the source with the record. One that is too large is lost.
void SetRaw(std::string_view format, std::string raw, pb::ImportRecord& record);
// Says that it was said until the day on which it was seen in print; nothing where the day is not known.
void SetSaidUntil(const std::string& day, pb::ImportRecord& record);
// The source of words that nobody is known to have said.
inline constexpr char kUnknownSpeaker[] = "unknown speaker";
// What the server takes of a headline; the rest is left out.
inline constexpr std::size_t kMostHeadlineCharacters = 1000;

// One JSON value of a file.
struct Document {
  std::string text;
  std::int64_t line = 0;  // on which it starts, from 1
  bool too_long = false;  // `text` is only its beginning
};

// Cuts JSON into documents: one on each line, one after the other over several lines, or the elements of one list.
// One that breaks off does not hurt those after it.
class DocumentSplitter {
 public:
  explicit DocumentSplitter(std::size_t max_bytes = kMaxLineBytes) : max_bytes_(max_bytes) {}
  // Takes from the front of `bytes` until a document is complete (true) or nothing is left (false).
  bool Push(std::string_view& bytes, Document& document);
  // What is left when the bytes end.
  bool End(Document& document);

 private:
  // Whether `c` starts a document; what is between them is passed over.
  bool Starts(char c);
  // Whether the document ends before `c`, without it.
  bool EndsBefore(char c) const;
  // Takes `c` into the document; whether it ends with it.
  bool Take(char c);
  bool Give(Document& document);

  const std::size_t max_bytes_;
  Document document_;
  bool inside_ = false;  // a document
  bool in_list_ = false;
  bool in_string_ = false;
  bool escaped_ = false;
  bool resync_ = false;  // after a fault: until a line begins with { or [
  bool line_start_ = true;
  char last_ = '\0';  // of the document, but for white space
  int depth_ = 0;
  std::int64_t line_ = 1;
};

// The value of a document, or why it has none.
std::optional<LocalReject> ParseDocument(std::string_view text, nlohmann::json& value);

// A member that is a text, trimmed; empty when it is not there. Anything else is a fault of `path` + `key`.
bool ReadText(const nlohmann::json& object, const char* key, const std::string& path, std::string& text,
              std::optional<LocalReject>& fault);

// The value on one line.
std::string ToLine(const nlohmann::json& value);

// A date of a document as records write it: a year, month or day, a day of a timestamp (in its own zone), or an
// interval of these. Nothing for what cannot be read, or can be read in two ways. Empty texts are empty dates.
std::optional<std::string> ReadDate(std::string_view text);

// Whether a claimant is nobody in particular ("Facebook posts"): the source is then described, not named.
bool IsUnnamedSource(std::string_view name);
// Sets speaker or described_as.
void SetClaimant(const std::string& name, pb::ImportRecord& record);

// An id that is the same whenever the same parts come again; it begins with `readable`.
std::string StableId(std::string_view readable, const std::vector<std::string_view>& parts);

// Whether it looks like a BCP 47 tag ("en", "pt-BR"), and not like the name of a language.
bool IsLanguageTag(std::string_view text);
// http or https.
bool IsWebAddress(std::string_view text);
// "example.org" of "https://www.example.org/x"; empty when it has none.
std::string HostOf(std::string_view url);
// Code points of valid UTF-8, and the first or last of them.
std::size_t CodePoints(std::string_view text);
std::string FirstCodePoints(std::string_view text, std::size_t count);
std::string LastCodePoints(std::string_view text, std::size_t count);
// Without white space at both ends.
std::string_view Trimmed(std::string_view text);

}  // namespace onrecord::cli
