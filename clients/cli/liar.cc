#include "clients/cli/liar.h"

#include <array>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "clients/cli/documents.h"

namespace onrecord::cli {
namespace {

enum LiarColumn {
  kId,
  kLabel,
  kStatement,
  kSubjects,
  kSpeaker,
  kJob,
  kState,
  kParty,
  kFirstCount,
  kContext = 13,
  kColumns
};

struct Label {
  std::string_view label;
  const char* printed;
};
// From the worst to the best.
constexpr std::array<Label, 6> kScale = {{{"pants-fire", "Pants on Fire"},
                                          {"false", "False"},
                                          {"barely-true", "Barely True"},
                                          {"half-true", "Half True"},
                                          {"mostly-true", "Mostly True"},
                                          {"true", "True"}}};

// "barack-obama" to "barack obama", or "Barack Obama" when it is somebody's name.
std::string Spelled(std::string_view slug, bool name) {
  std::string words;
  for (const char c : slug) {
    const bool starts = words.empty() || words.back() == ' ';
    words += c == '-' ? ' ' : name && starts ? absl::ascii_toupper(static_cast<unsigned char>(c)) : c;
  }
  return std::string(Trimmed(words));
}

// Whether one pair of quotation marks holds it all.
bool IsQuoted(std::string_view statement) {
  struct Pair {
    std::string_view open;
    std::string_view close;
  };
  for (const Pair& marks : {Pair{"\"", "\""}, Pair{"“", "”"}}) {
    if (statement.size() <= marks.open.size() + marks.close.size()) continue;
    if (!statement.starts_with(marks.open) || !statement.ends_with(marks.close)) continue;
    const std::string_view inner =
        statement.substr(marks.open.size(), statement.size() - marks.open.size() - marks.close.size());
    return inner.find(marks.open) == std::string_view::npos && inner.find(marks.close) == std::string_view::npos;
  }
  return false;
}

void AddTopics(std::string_view subjects, pb::ImportRecord& record) {
  for (const absl::string_view subject : absl::StrSplit(absl::string_view(subjects.data(), subjects.size()), ',')) {
    const std::string topic = Spelled(Trimmed(std::string_view(subject.data(), subject.size())), false);
    if (!topic.empty()) record.add_topics(topic);
  }
}

// What records have no field for.
std::string NoteOf(const std::vector<std::string_view>& cells) {
  std::string note;
  const auto add = [&note](const char* what, std::string_view text) {
    if (!text.empty()) note += (note.empty() ? "" : "; ") + std::string(what) + ": " + std::string(text);
  };
  add("context", Trimmed(cells[kContext]));
  add("state", Trimmed(cells[kState]));
  add("party", Trimmed(cells[kParty]));
  std::string counts;
  for (int i = kFirstCount; i < kContext; ++i) {
    counts += (counts.empty() ? "" : ", ") + std::string(Trimmed(cells[static_cast<std::size_t>(i)]));
  }
  if (counts.find_first_not_of(", ") != std::string::npos) {
    add("rated barely true, false, half true, mostly true, pants on fire so far", counts);
  }
  return note;
}

}  // namespace

ParsedRecord ParseLiarLine(std::string_view line) {
  ParsedRecord parsed;
  if (!IsValidUtf8(line)) {
    parsed.reject = Reject("INVALID_UTF8", "", "is not UTF-8; convert it, e.g. with iconv -f WINDOWS-1252 -t UTF-8");
    return parsed;
  }
  std::vector<std::string_view> cells;
  for (const absl::string_view cell : absl::StrSplit(absl::string_view(line.data(), line.size()), '\t')) {
    cells.emplace_back(cell.data(), cell.size());
  }
  if (cells.size() != kColumns) {
    parsed.reject = Reject("BAD_TSV", "", "has " + std::to_string(cells.size()) + " columns between tabs; LIAR has 14");
    return parsed;
  }
  const std::string_view statement = Trimmed(cells[kStatement]);
  const std::string_view label = Trimmed(cells[kLabel]);
  const std::string_view speaker = Trimmed(cells[kSpeaker]);
  const auto* rating = std::find_if(kScale.begin(), kScale.end(), [&](const Label& one) { return one.label == label; });
  if (statement.empty()) {
    parsed.reject = Reject("FIELD_REQUIRED", "statement", "is empty");
  } else if (rating == kScale.end()) {
    parsed.reject =
        Reject("VALUE_INVALID", "label", "is none of pants-fire, false, barely-true, half-true, mostly-true and true");
  }
  if (parsed.reject) return parsed;

  pb::ImportRecord& record = parsed.record;
  record.set_external_id(std::string(Trimmed(cells[kId])));
  pb::ImportReview& review = *record.add_reviews();
  review.set_claim(std::string(statement));
  review.set_reviewer("PolitiFact");
  review.set_rating_text(rating->printed);
  review.mutable_rating()->set_value(static_cast<double>(rating - kScale.begin()) + 1);
  review.mutable_rating()->set_best(static_cast<double>(kScale.size()));
  review.mutable_rating()->set_worst(1);
  AddTopics(cells[kSubjects], record);
  record.set_note(NoteOf(cells));
  if (speaker.empty()) return parsed;  // the rating of a statement that nobody is known to have made

  SetClaimant(Spelled(speaker, !IsUnnamedSource(speaker)), record);
  record.set_text(std::string(statement));
  record.set_kind(IsQuoted(statement) ? pb::QUOTE_KIND_DIRECT : pb::QUOTE_KIND_INDIRECT);
  record.set_role(std::string(Trimmed(cells[kJob])));
  pb::ImportStance& stance = *record.add_stances();
  stance.set_claim(std::string(statement));
  stance.set_position(pb::POSITION_ASSERTS);
  return parsed;
}

}  // namespace onrecord::cli
