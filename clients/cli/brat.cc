#include "clients/cli/brat.h"

#include <unicode/uchar.h>

#include <algorithm>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_join.h"
#include "clients/cli/brat_annotations.h"
#include "clients/cli/code_points.h"
#include "clients/cli/cues.h"
#include "clients/cli/printed_source.h"
#include "clients/cli/quotations.h"

namespace onrecord::cli {
namespace {

constexpr char kBrat[] = "brat";
constexpr std::size_t kContextCharacters = 32;
constexpr std::size_t kMostCueCharacters = 200;
constexpr std::size_t kMostAttributionCharacters = 1000;
constexpr std::size_t kMostRanges = 100;

// A text by its code points.
class Characters {
 public:
  explicit Characters(std::string_view text) : text_(text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) starts_.push_back(i);
    }
    starts_.push_back(text.size());
  }
  std::size_t size() const { return starts_.size() - 1; }
  std::size_t Byte(std::size_t at) const { return starts_[at]; }
  // The code point that begins at or after the byte.
  std::size_t At(std::size_t byte) const {
    return static_cast<std::size_t>(std::lower_bound(starts_.begin(), starts_.end(), byte) - starts_.begin());
  }
  bool Holds(const BratPiece& piece) const { return piece.second <= size(); }
  std::string_view Text(const BratPiece& piece) const {
    return text_.substr(starts_[piece.first], starts_[piece.second] - starts_[piece.first]);
  }
  UChar32 operator[](std::size_t at) const {
    std::size_t byte = starts_[at];
    return ReadCodePoint(text_, byte);
  }

 private:
  const std::string_view text_;
  std::vector<std::size_t> starts_;
};

std::string Folded(std::string_view text) {
  std::string folded;
  const Characters characters(text);
  for (std::size_t i = 0; i < characters.size(); ++i) {
    if (u_isUWhiteSpace(characters[i]) == 0) {
      folded += characters.Text({i, i + 1});
    } else if (!folded.empty() && folded.back() != ' ') {
      folded += ' ';
    }
  }
  if (folded.ends_with(' ')) folded.pop_back();
  return folded;
}

// In order, without white space at the ends; those that overlap are one.
std::vector<BratPiece> InOrder(std::vector<BratPiece> pieces, const Characters& characters) {
  std::sort(pieces.begin(), pieces.end());
  std::vector<BratPiece> ordered;
  for (BratPiece piece : pieces) {
    while (piece.first < piece.second && u_isUWhiteSpace(characters[piece.first]) != 0) ++piece.first;
    while (piece.first < piece.second && u_isUWhiteSpace(characters[piece.second - 1]) != 0) --piece.second;
    if (piece.first == piece.second) continue;
    if (!ordered.empty() && piece.first < ordered.back().second) {
      ordered.back().second = std::max(ordered.back().second, piece.second);
    } else {
      ordered.push_back(piece);
    }
  }
  return ordered;
}

std::string JoinTexts(const std::vector<BratPiece>& pieces, const Characters& characters) {
  return Folded(absl::StrJoin(pieces, " ",
                              [&](std::string* out, const BratPiece& piece) { out->append(characters.Text(piece)); }));
}

std::string Position(const std::vector<BratPiece>& pieces) {
  return absl::StrJoin(pieces, ",", [](std::string* out, const BratPiece& piece) {
    out->append(std::to_string(piece.first) + "-" + std::to_string(piece.second));
  });
}

// How a content stands to the quotation marks of its text.
struct QuotedText {
  pb::QuoteKind kind = pb::QUOTE_KIND_INDIRECT;
  pb::Marks marks = pb::MARKS_NONE;
  std::vector<BratPiece> pieces;  // of the content, within the marks where all of it is
};

// A text with its quotations.
class MarkedText {
 public:
  explicit MarkedText(std::string_view text) : text_(text), characters_(text) {
    for (const Quotation& quotation : FindQuotations(text)) {
      Range range;
      range.piece = {characters_.At(quotation.begin), characters_.At(quotation.end)};
      if (quotation.mark_missing) {
        range.missing = IsMark(quotation.end) ? pb::MARKS_OPENING_MISSING : pb::MARKS_CLOSING_MISSING;
      }
      quotations_.push_back(range);
    }
  }

  const Characters& characters() const { return characters_; }

  QuotedText Look(const std::vector<BratPiece>& content) const {
    QuotedText quoted;
    std::vector<BratPiece> within;
    std::size_t letters = 0;
    for (const BratPiece& piece : content) letters += Letters(piece);
    std::size_t inside = 0;
    std::size_t seen = 0;  // where single marks stand within double ones, letters count once
    for (const Range& range : quotations_) {
      for (const BratPiece& piece : content) {
        const BratPiece shared = {std::max({piece.first, range.piece.first, seen}),
                                  std::min(piece.second, range.piece.second)};
        if (shared.first >= shared.second || Letters(shared) == 0) continue;
        inside += Letters(shared);
        within.push_back(shared);
        if (quoted.marks == pb::MARKS_NONE) quoted.marks = pb::MARKS_PRESENT;
        if (range.missing != pb::MARKS_UNSPECIFIED) quoted.marks = range.missing;
      }
      seen = std::max(seen, range.piece.second);
    }
    if (inside > 0) quoted.kind = inside == letters ? pb::QUOTE_KIND_DIRECT : pb::QUOTE_KIND_PARTIAL;
    quoted.pieces = quoted.kind == pb::QUOTE_KIND_DIRECT ? InOrder(within, characters_) : content;
    return quoted;
  }

 private:
  struct Range {
    BratPiece piece;
    pb::Marks missing = pb::MARKS_UNSPECIFIED;
  };

  bool IsMark(std::size_t byte) const {
    constexpr std::string_view kMarks[] = {"\"", "”", "»", "」", "“", "’"};
    return std::any_of(std::begin(kMarks), std::end(kMarks),
                       [&](std::string_view mark) { return text_.substr(byte).starts_with(mark); });
  }
  std::size_t Letters(const BratPiece& piece) const {
    std::size_t letters = 0;
    for (std::size_t i = piece.first; i < piece.second; ++i) letters += u_isalnum(characters_[i]) != 0 ? 1 : 0;
    return letters;
  }

  const std::string_view text_;
  const Characters characters_;
  std::vector<Range> quotations_;
};

// The spans of one role.
struct Role {
  std::vector<const BratSpan*> spans;
  std::vector<BratPiece> Pieces() const {
    std::vector<BratPiece> pieces;
    for (const BratSpan* span : spans) pieces.insert(pieces.end(), span->pieces.begin(), span->pieces.end());
    return pieces;
  }
  std::string PrintedText() const {
    return Folded(absl::StrJoin(spans, " ", [](std::string* out, const BratSpan* span) { out->append(span->text); }));
  }
};

class RecordMaker {
 public:
  explicit RecordMaker(const BratDocument& document)
      : document_(document),
        annotations_(ReadBratAnnotations(document.annotations)),
        text_(TextOf(document)),
        words_(TextOf(document)) {
    for (const auto& [id, span] : annotations_.spans) {
      if (span.type == "Discuss") discussed_.emplace_back(id, &span);
    }
  }

  BratRecords Read() {
    for (auto& [line, reject] : annotations_.rejects) {
      BratRecord& record = read_.records.emplace_back();
      record.line = line;
      record.raw = reject.line_text;
      record.parsed.reject = std::move(reject);
    }
    for (const BratEvent& event : annotations_.events) ReadEvent(event);
    std::stable_sort(read_.records.begin(), read_.records.end(),
                     [](const BratRecord& a, const BratRecord& b) { return a.line < b.line; });
    read_.losses.insert(read_.losses.end(), annotations_.losses.begin(), annotations_.losses.end());
    for (const auto& [id, span] : annotations_.spans) CountSpan(id, span);
    return std::move(read_);
  }

 private:
  static std::string_view TextOf(const BratDocument& document) {
    return document.text ? std::string_view(*document.text) : std::string_view();
  }

  void ReadEvent(const BratEvent& event) {
    BratRecord& read = read_.records.emplace_back();
    read.line = event.number;
    read.raw = event.line;
    std::map<std::string, Role> roles;
    std::set<std::string> shown = {event.trigger};
    read.parsed.reject = Collect(event, roles, shown);
    for (const std::string& id : shown) {
      if (const auto span = annotations_.spans.find(id); span != annotations_.spans.end()) {
        read.raw += "\n" + span->second.line;
      }
    }
    if (!read.parsed.reject) Fill(event, roles, read.raw, read.parsed.record);
  }

  std::optional<LocalReject> Collect(const BratEvent& event, std::map<std::string, Role>& roles,
                                     std::set<std::string>& shown) {
    if (!event.type.starts_with("Attribution")) {
      return LocalReject{"BAD_ANNOTATION", event.id, "is no Attribution, but \"" + event.type.substr(0, 60) + "\"", ""};
    }
    for (const auto& [role, id] : event.arguments) {
      const auto span = annotations_.spans.find(id);
      if (span == annotations_.spans.end()) {
        return LocalReject{"BAD_ANNOTATION", role, "is " + id.substr(0, 60) + ", which is not there", ""};
      }
      shown.insert(id);
      if (auto fault = CheckSpan(role, span->second)) return fault;
      roles[role].spans.push_back(&span->second);
    }
    if (roles["Source"].spans.empty() && roles["Cue"].spans.empty() && roles["Content"].spans.empty()) {
      return LocalReject{"FIELD_REQUIRED", "Content", "is not given, nor Source and Cue: the attribution says nothing",
                         ""};
    }
    return std::nullopt;
  }

  std::optional<LocalReject> CheckSpan(const std::string& role, const BratSpan& span) const {
    if (!document_.text) return std::nullopt;
    std::string found;
    for (const BratPiece& piece : span.pieces) {
      if (!text_.characters().Holds(piece)) {
        return LocalReject{"SPAN_MISMATCH", role,
                           "ends at character " + std::to_string(piece.second) + ", but the text has " +
                               std::to_string(text_.characters().size()) + "; is it the text that was annotated?",
                           ""};
      }
      found += (found.empty() ? "" : " ") + std::string(text_.characters().Text(piece));
    }
    if (Folded(found) == Folded(span.text)) return std::nullopt;
    return LocalReject{"SPAN_MISMATCH", role,
                       "is \"" + FirstCodePoints(span.text, 60) + "\", but the text has \"" +
                           FirstCodePoints(Folded(found), 60) + "\" there; offsets count code points",
                       ""};
  }

  void Fill(const BratEvent& event, std::map<std::string, Role>& roles, const std::string& raw,
            pb::ImportRecord& record) {
    const Role& content = roles["Content"];
    const Role& cue = roles["Cue"];
    record.set_external_id(document_.name + ":" + event.id);
    SetAttribution(roles, record);
    if (!content.spans.empty()) {
      SetWords(content, record);
    } else {
      SetWords(cue.spans.empty() ? roles["Source"] : cue, record);
      record.set_kind(pb::QUOTE_KIND_INDIRECT);
      Lose("Content", "is not annotated; the cue stands for it", record);
    }
    if (record.kind() == pb::QUOTE_KIND_DIRECT && IsBelief(record.cue())) record.set_kind(pb::QUOTE_KIND_PARTIAL);
    record.set_polarity(PolarityOf(cue.PrintedText(), content.PrintedText()));
    if (record.polarity() == pb::POLARITY_AFFIRMED) record.clear_polarity();
    SetArticle(record);
    SetNotes(event, roles, record);
    for (const auto& [role, of_role] : roles) {
      const bool known = role == "Source" || role == "Cue" || role == "Content";
      if (!known && !of_role.spans.empty()) Lose("roles", role + ": " + of_role.PrintedText(), record);
    }
    ReplaceControlCharacters(record);
    SetRaw(kBrat, raw, record);
  }

  void SetWords(const Role& role, pb::ImportRecord& record) {
    if (!document_.text) {
      const std::string text = role.PrintedText();
      const MarkedText alone(text);
      const QuotedText quoted = alone.Look({{0, alone.characters().size()}});
      record.set_text(JoinTexts(quoted.pieces, alone.characters()));
      record.set_kind(quoted.kind);
      record.set_marks(quoted.marks);
      Lose("text of the article", "is not at hand: spans were not checked; position and contexts are missing", record);
      return;
    }
    const Characters& characters = text_.characters();
    const QuotedText quoted = text_.Look(InOrder(role.Pieces(), characters));
    record.set_text(JoinTexts(quoted.pieces, characters));
    record.set_kind(quoted.kind);
    record.set_marks(quoted.marks);
    if (quoted.pieces.empty()) return;
    if (quoted.pieces.size() <= kMostRanges) {
      record.set_position(Position(quoted.pieces));
    } else {
      Lose("position", std::to_string(quoted.pieces.size()) + " ranges; at most 100 are kept", record);
    }
    const std::size_t begin = quoted.pieces.front().first;
    const std::size_t end = quoted.pieces.back().second;
    record.set_context_before(std::string(characters.Text({begin - std::min(begin, kContextCharacters), begin})));
    record.set_context_after(
        std::string(characters.Text({end, std::min(end + kContextCharacters, characters.size())})));
  }

  void SetAttribution(std::map<std::string, Role>& roles, pb::ImportRecord& record) {
    const Role& source = roles["Source"];
    const Role& cue = roles["Cue"];
    std::string cue_text = cue.PrintedText();
    std::string attribution = source.PrintedText() + (source.spans.empty() || cue.spans.empty() ? "" : " ") + cue_text;
    bool starts = true;
    std::string source_text = source.PrintedText();
    if (document_.text) {
      const Characters& characters = text_.characters();
      std::vector<BratPiece> pieces = source.Pieces();
      source_text = JoinTexts(InOrder(pieces, characters), characters);
      const std::vector<BratPiece> of_source = InOrder(pieces, characters);
      if (!of_source.empty()) starts = words_.StartsSentence(characters.Byte(of_source.front().first));
      for (const BratPiece& piece : cue.Pieces()) pieces.push_back(piece);
      attribution = JoinTexts(InOrder(pieces, characters), characters);
      cue_text = JoinTexts(InOrder(cue.Pieces(), characters), characters);
    }
    SetPrintedSource(source_text, starts, words_, record);
    record.set_cue(FirstCodePoints(cue_text, kMostCueCharacters));
    if (record.cue() != cue_text) Lose("Cue", "all but its beginning", record);
    record.set_attribution(FirstCodePoints(attribution, kMostAttributionCharacters));
    if (record.attribution() != attribution) Lose("attribution", "all but its beginning", record);
  }

  void SetArticle(pb::ImportRecord& record) {
    if (!document_.metadata) {
      Lose("metadata", "of the article is not at hand", record);
      return;
    }
    const BratMetadata& metadata = *document_.metadata;
    record.set_outlet(metadata.publisher);
    record.set_headline(metadata.title);
    record.set_byline(metadata.author);
    if (const auto day = ReadDate(metadata.publication_date)) {
      record.set_published(*day);
      SetSaidUntil(*day, record);
    } else {
      Lose("publication_date", metadata.publication_date, record);
    }
    for (const std::string* outlet : {&metadata.wire, &metadata.credit}) {
      if (!outlet->empty() && *outlet != metadata.publisher) record.add_via(*outlet);
    }
  }

  static bool Overlap(const BratSpan& a, const BratSpan& b) {
    return std::any_of(a.pieces.begin(), a.pieces.end(), [&](const BratPiece& one) {
      return std::any_of(b.pieces.begin(), b.pieces.end(),
                         [&](const BratPiece& other) { return one.first < other.second && other.first < one.second; });
    });
  }

  void SetNotes(const BratEvent& event, const std::map<std::string, Role>& roles, pb::ImportRecord& record) {
    std::vector<std::string> notes;
    const auto add = [&](const std::string& about) {
      const auto [begin, end] = annotations_.notes.equal_range(about);
      for (auto note = begin; note != end; ++note) notes.push_back("annotator: " + note->second);
    };
    add(event.id);
    add(event.trigger);
    for (const auto& [role, id] : event.arguments) add(id);
    for (const auto& marked : discussed_) {
      const auto& id = marked.first;
      const auto& span = marked.second;
      const bool concerned = std::any_of(roles.begin(), roles.end(), [&](const auto& role) {
        return std::any_of(role.second.spans.begin(), role.second.spans.end(),
                           [&span](const BratSpan* of_role) { return Overlap(*span, *of_role); });
      });
      if (!concerned) continue;
      concerning_.insert(id);
      notes.emplace_back("the annotator marked it for discussion");
    }
    constexpr std::size_t kMostCharacters = 4000;
    record.set_note(FirstCodePoints(absl::StrJoin(notes, "; "), kMostCharacters));
  }

  // Spans that belong to no attribution.
  void CountSpan(const std::string& id, const BratSpan& span) {
    if (span.type == "Discard") read_.losses.push_back("Discard spans: " + span.text);
    if (span.type == "Discuss" && !concerning_.contains(id)) {
      read_.losses.push_back("Discuss spans apart from attributions: " + span.text);
    }
  }

  const BratDocument& document_;
  BratAnnotations annotations_;
  const MarkedText text_;
  const WordsOfArticle words_;
  std::vector<std::pair<std::string, const BratSpan*>> discussed_;
  std::set<std::string> concerning_;  // those of them that an attribution is concerned by
  BratRecords read_;
};

constexpr std::pair<std::string_view, std::string_view> kPolNeArPublishers[] = {
    {"huff-post", "Huffington Post"}, {"breitbart", "Breitbart"},       {"nyt", "New York Times"},
    {"politico", "Politico"},         {"wash-post", "Washington Post"}, {"west-journal", "Western Journalism"},
    {"usa-today", "USA Today"}};

}  // namespace

BratRecords ReadBrat(const BratDocument& document) {
  BratRecords read;
  if (document.text && !IsValidUtf8(*document.text)) {
    read.records.emplace_back().parsed.reject = LocalReject{
        "INVALID_UTF8", "", "the article is not UTF-8; convert it, e.g. with iconv -f WINDOWS-1252 -t UTF-8", ""};
    return read;
  }
  return RecordMaker(document).Read();
}

BratTable ReadBratMetadata(std::string_view table) {
  BratTable read;
  if (!IsValidUtf8(table)) {
    read.reject = LocalReject{"INVALID_UTF8", "metadata.tsv", "is not UTF-8", ""};
    return read;
  }
  std::map<std::string, std::size_t> columns;
  for (std::size_t at = 0; at < table.size();) {
    const std::size_t end = std::min(table.find('\n', at), table.size());
    std::vector<std::string> cells;
    std::string_view line = table.substr(at, end - at);
    if (line.ends_with('\r')) line.remove_suffix(1);
    for (std::size_t cell = 0; cell <= line.size();) {
      const std::size_t stop = std::min(line.find('\t', cell), line.size());
      const std::string_view value = Trimmed(line.substr(cell, stop - cell));
      cells.emplace_back(value == "None" || value == "NA" ? "" : value);
      cell = stop + 1;
    }
    at = end + 1;
    if (columns.empty()) {
      for (std::size_t i = 0; i < cells.size(); ++i) columns.emplace(cells[i], i);
      if (!columns.contains("filename")) {
        read.reject =
            LocalReject{"BAD_TSV", "metadata.tsv", "has no column filename; its first row names the columns", ""};
        return read;
      }
      continue;
    }
    const auto cell = [&](const char* name) {
      const auto column = columns.find(name);
      return column == columns.end() || column->second >= cells.size() ? "" : cells[column->second];
    };
    BratMetadata row = {cell("publisher"), cell("publication_date"), cell("author"),
                        cell("title"),     cell("credit"),           cell("wire")};
    for (const auto& [code, name] : kPolNeArPublishers) {
      if (row.publisher == code) row.publisher = name;
    }
    // "h/t: The Hill."
    if (row.credit.starts_with("h/t:")) row.credit = Trimmed(std::string_view(row.credit).substr(4));
    if (row.credit.ends_with('.')) row.credit.pop_back();
    if (std::string name = cell("filename"); !name.empty()) read.rows.emplace_back(std::move(name), std::move(row));
  }
  return read;
}

}  // namespace onrecord::cli
