#include "clients/cli/wording_view.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "clients/cli/enums.h"
#include "clients/cli/table.h"

namespace onrecord::cli {
namespace pb = ::onrecord::v1;

std::string DiffText(const pb::WordingComparison& comparison, bool color) {
  std::vector<std::string> parts;
  for (const pb::DiffPart& part : comparison.diff()) {
    const std::string reference = Clean(part.reference().empty() ? part.text() : part.reference());
    const std::string dropped = Paint(color ? reference : absl::StrCat("[-", reference, "-]"), kRed, color);
    const std::string inserted =
        Paint(color ? Clean(part.text()) : absl::StrCat("{+", Clean(part.text()), "+}"), kGreen, color);
    switch (part.kind()) {
      case pb::DIFF_KIND_DROPPED:
        parts.push_back(dropped);
        break;
      case pb::DIFF_KIND_INSERTED:
        parts.push_back(inserted);
        break;
      case pb::DIFF_KIND_REPLACED:
      case pb::DIFF_KIND_SPELLED:
        parts.push_back(absl::StrCat(dropped, " ", inserted));
        break;
      default:
        parts.push_back(Clean(part.text()));
    }
  }
  return absl::StrJoin(parts, " ");
}

std::string FlagsText(const pb::WordingComparison& comparison) {
  std::vector<std::string> flags;
  for (const int flag : comparison.flags()) flags.push_back(WordsOf(static_cast<pb::WordingFlag>(flag)));
  return absl::StrJoin(flags, ", ");
}

const char* StyleOf(pb::QuoteVerdict verdict) {
  switch (verdict) {
    case pb::QUOTE_VERDICT_AUTHENTIC:
    case pb::QUOTE_VERDICT_FRAGMENT:
      return kGreen;
    case pb::QUOTE_VERDICT_VARIANT:
      return kYellow;
    default:
      return kRed;
  }
}

std::string VerdictText(pb::QuoteVerdict verdict, bool color) {
  return Paint(WordsOf(verdict), StyleOf(verdict), color);
}

std::string SimilarInFull(const pb::SimilarQuote& similar, int width, bool color) {
  const pb::WordingComparison& comparison = similar.comparison();
  std::string text;
  const auto add = [&](absl::string_view lead, const std::string& line) {
    for (const std::string& piece : Wrap(line, std::max(20, width - 4))) {
      absl::StrAppend(&text, lead, piece, "\n");
    }
  };
  const std::string flags = FlagsText(comparison);
  absl::StrAppend(&text, "  ", WordsOf(comparison.relation()),
                  Paint(absl::StrFormat("  %.0f %% alike, %.0f %% contained", 100 * comparison.similarity(),
                                        100 * comparison.containment()),
                        kDim, color),
                  flags.empty() ? "" : absl::StrCat("  (", flags, ")"), "\n");
  add("    ", Clean(similar.quote().citation()));
  if (comparison.relation() != pb::WORDING_RELATION_IDENTICAL &&
      comparison.relation() != pb::WORDING_RELATION_TYPOGRAPHIC) {
    // Colours would be cut in the middle by wrapping.
    if (color) {
      absl::StrAppend(&text, "    ", DiffText(comparison, true), "\n");
    } else {
      add("    ", DiffText(comparison, false));
    }
  }
  absl::StrAppend(&text, "    ", Paint(similar.quote().name(), kDim, color), "\n");
  return text;
}

}  // namespace onrecord::cli
