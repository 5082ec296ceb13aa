#include "clients/cli/brat_annotations.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "clients/cli/documents.h"

namespace onrecord::cli {
namespace {

constexpr std::size_t kMostPieces = 1000;

// Takes what stands before the separator off `rest`, and the separator.
std::string_view TakeUntil(std::string_view& rest, char separator) {
  const std::size_t end = std::min(rest.find(separator), rest.size());
  const std::string_view taken = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return taken;
}

bool ReadNumber(std::string_view text, std::size_t& number) {
  std::uint32_t value = 0;
  if (text.empty() || !absl::SimpleAtoi(absl::string_view(text.data(), text.size()), &value)) return false;
  number = value;
  return true;
}

LocalReject Bad(std::string field, std::string message) {
  return {"BAD_ANNOTATION", std::move(field), std::move(message), ""};
}

class AnnotationReader {
 public:
  BratAnnotations Read(std::string_view file) {
    while (!file.empty()) {
      std::string_view line = TakeUntil(file, '\n');
      ++number_;
      if (line.ends_with('\r')) line.remove_suffix(1);
      if (line.find_first_not_of(" \t") == std::string_view::npos) continue;
      if (!IsValidUtf8(line)) {
        Reject({"INVALID_UTF8", "", "is not UTF-8; convert it, e.g. with iconv -f WINDOWS-1252 -t UTF-8", ""}, line);
        continue;
      }
      ReadLine(line);
    }
    return std::move(read_);
  }

 private:
  void Reject(LocalReject reject, std::string_view line) {
    reject.line_text = EscapeInvalidUtf8(line);
    read_.rejects.emplace_back(number_, std::move(reject));
  }

  void ReadLine(std::string_view line) {
    std::string_view rest = line;
    const std::string id(TakeUntil(rest, '\t'));
    if (id.starts_with('T')) return ReadSpan(id, rest, line);
    if (id.starts_with('E')) return ReadEvent(id, rest, line);
    if (id.starts_with('#')) return ReadNote(rest);
    read_.losses.push_back("annotations of other kinds: " + id.substr(0, 20));
  }

  void ReadSpan(const std::string& id, std::string_view rest, std::string_view line) {
    BratSpan span;
    std::string_view where = TakeUntil(rest, '\t');
    span.type = TakeUntil(where, ' ');
    span.text = rest;
    span.line = line;
    while (!where.empty() && span.pieces.size() <= kMostPieces) {
      std::string_view ends = TakeUntil(where, ';');
      BratPiece piece;
      const std::string_view begin = TakeUntil(ends, ' ');
      if (!ReadNumber(begin, piece.first) || !ReadNumber(ends, piece.second) || piece.second <= piece.first) {
        return Reject(Bad(id, "has no range of characters like \"Content 315 448;463 553\""), line);
      }
      span.pieces.push_back(piece);
    }
    if (span.pieces.empty() || span.pieces.size() > kMostPieces) {
      return Reject(Bad(id, "has no range of characters, or more than 1,000"), line);
    }
    if (!read_.spans.emplace(id, std::move(span)).second) Reject(Bad(id, "is there twice"), line);
  }

  void ReadEvent(const std::string& id, std::string_view rest, std::string_view line) {
    BratEvent event;
    event.id = id;
    event.number = number_;
    event.line = line;
    rest = Trimmed(rest);
    std::string_view trigger = TakeUntil(rest, ' ');
    event.type = TakeUntil(trigger, ':');
    event.trigger = trigger;
    while (!rest.empty()) {
      std::string_view argument = TakeUntil(rest, ' ');
      if (argument.empty()) continue;
      std::string_view role = TakeUntil(argument, ':');
      // A second one of a role has a number.
      while (!role.empty() && role.back() >= '0' && role.back() <= '9') role.remove_suffix(1);
      if (role.empty() || argument.empty()) return Reject(Bad(id, "has an argument that is no Role:T1"), line);
      event.arguments.emplace_back(role, argument);
    }
    read_.events.push_back(std::move(event));
  }

  // #1⇥AnnotatorNotes T1⇥text
  void ReadNote(std::string_view rest) {
    std::string_view target = TakeUntil(rest, '\t');
    TakeUntil(target, ' ');
    read_.notes.emplace(Trimmed(target), Trimmed(rest));
  }

  BratAnnotations read_;
  std::int64_t number_ = 0;
};

}  // namespace

BratAnnotations ReadBratAnnotations(std::string_view file) { return AnnotationReader().Read(file); }

}  // namespace onrecord::cli
