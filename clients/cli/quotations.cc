#include "clients/cli/quotations.h"

#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>
#include <optional>

#include "absl/strings/ascii.h"

namespace onrecord::cli {
namespace {

struct Mark {
  enum Kind { kOpen, kClose, kEither };
  std::string_view bytes;
  Kind kind;
  int family;  // what may close what
};

// „German“ closes with the mark that opens in “English”.
constexpr std::array<Mark, 9> kMarks = {{{"\"", Mark::kEither, 0},
                                         {"“", Mark::kEither, 1},
                                         {"”", Mark::kClose, 1},
                                         {"„", Mark::kOpen, 1},
                                         {"«", Mark::kOpen, 2},
                                         {"»", Mark::kClose, 2},
                                         {"「", Mark::kOpen, 3},
                                         {"」", Mark::kClose, 3},
                                         {"‘", Mark::kOpen, 4}}};
constexpr std::string_view kApostrophe = "’";
constexpr std::size_t kLongestSingle = 300;

bool IsLetter(char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)) || static_cast<signed char>(c) < 0; }

// Something between marks that are all alone, as in “…”, is no quotation.
bool HoldsWords(std::string_view text) {
  const auto unicode =
      icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())));
  for (std::int32_t at = 0; at < unicode.length(); at = unicode.moveIndex32(at, 1)) {
    if (u_isalnum(unicode.char32At(at))) return true;
  }
  return false;
}

const Mark* MarkAt(std::string_view text) {
  const auto found = std::find_if(kMarks.begin(), kMarks.end(),
                                  [&](const Mark& mark) { return text.substr(0, mark.bytes.size()) == mark.bytes; });
  return found == kMarks.end() ? nullptr : &*found;
}

class Finder {
 public:
  explicit Finder(std::string_view article) : article_(article) {}

  std::vector<Quotation> Find() {
    for (std::size_t begin = 0; begin < article_.size();) {
      const std::size_t end = std::min(article_.find('\n', begin), article_.size());
      ++line_;
      ReadParagraph(begin, end);
      begin = end + 1;
    }
    std::sort(found_.begin(), found_.end(), [](const Quotation& a, const Quotation& b) { return a.begin < b.begin; });
    return std::move(found_);
  }

 private:
  void Add(std::size_t begin, std::size_t end, bool missing) {
    while (begin < end && absl::ascii_isspace(static_cast<unsigned char>(article_[begin]))) ++begin;
    while (end > begin && absl::ascii_isspace(static_cast<unsigned char>(article_[end - 1]))) --end;
    const std::string_view text = article_.substr(begin, end - begin);
    if (HoldsWords(text)) found_.push_back({std::string(text), begin, end, line_, missing});
  }

  // Whether the next paragraph that holds anything opens with the same mark: speech that goes on.
  bool GoesOn(std::size_t end, const Mark& mark) const {
    const std::size_t next = article_.find_first_not_of(" \t\r\n", end);
    return next != std::string_view::npos && article_.substr(next, mark.bytes.size()) == mark.bytes;
  }

  // The place behind the single mark that closes what opened at `begin`, if one can be told from an apostrophe.
  std::optional<std::size_t> SingleEnd(std::size_t begin, std::size_t end) const {
    for (std::size_t at = begin; at < std::min(end, begin + kLongestSingle); ++at) {
      if (article_.substr(at, kApostrophe.size()) != kApostrophe) continue;
      const std::size_t after = at + kApostrophe.size();
      if (after >= end || !IsLetter(article_[after]) || MarkAt(article_.substr(after)) != nullptr) return at;
    }
    return std::nullopt;
  }

  void ReadParagraph(std::size_t begin, std::size_t end) {
    const Mark* open = nullptr;
    std::size_t open_end = begin;  // behind it
    std::size_t sentence = begin;  // where a quotation without opening mark would begin
    for (std::size_t at = begin; at < end;) {
      const Mark* mark = MarkAt(article_.substr(at, end - at));
      if (mark == nullptr) {
        ++at;
        continue;
      }
      const std::size_t behind = at + mark->bytes.size();
      if (mark->family == 4) {
        const std::optional<std::size_t> close = SingleEnd(behind, end);
        if (close && open == nullptr && (at == begin || !IsLetter(article_[at - 1]))) Add(behind, *close, false);
        at = behind;
        continue;
      }
      if (open != nullptr && open->family == mark->family && Closes(*open, *mark)) {
        Add(open_end, at, false);
        open = nullptr;
        sentence = behind;
      } else if (mark->kind == Mark::kClose) {
        if (open == nullptr) Add(sentence, at, true);
        sentence = behind;
      } else if (open == nullptr || open->family == mark->family) {
        // Opened twice: the first was never closed, and nobody knows where it ends.
        open = mark;
        open_end = behind;
      }
      at = behind;
    }
    if (open != nullptr) Add(open_end, end, !GoesOn(end, *open));
  }

  static bool Closes(const Mark& open, const Mark& mark) {
    if (mark.kind == Mark::kClose) return true;
    if (mark.kind == Mark::kOpen) return false;
    return open.bytes == "\"" || open.bytes == "„";  // the same straight mark, or “ after „
  }

  const std::string_view article_;
  std::vector<Quotation> found_;
  int line_ = 0;  // of the paragraph
};

}  // namespace

std::vector<Quotation> FindQuotations(std::string_view article) { return Finder(article).Find(); }

}  // namespace onrecord::cli
