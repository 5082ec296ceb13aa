#include "clients/cli/stance_view.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/cli/dates.h"
#include "clients/cli/enums.h"
#include "clients/cli/sheet.h"

namespace onrecord::cli {
namespace {

namespace pb = ::onrecord::v1;

std::string When(const pb::UncertainDate& held) {
  const std::string text = FormatUncertain(held);
  return text.empty() ? "undated" : text;
}

std::string Quoted(const std::string& text) {
  return text.empty() ? "(no words)" : absl::StrCat("“", Clean(text), "”");
}

// "denies (strong, ascribed)".
std::string PositionText(pb::Position position, const std::vector<std::string>& remarks, bool color) {
  return absl::StrCat(Paint(WordsOf(position), StyleOf(SideOf(position)), color), remarks.empty() ? "" : " (",
                      absl::StrJoin(remarks, ", "), remarks.empty() ? "" : ")");
}

std::vector<std::string> Remarks(pb::Strength strength, bool ascribed) {
  std::vector<std::string> remarks;
  if (strength != pb::STRENGTH_UNSPECIFIED && strength != pb::STRENGTH_PLAIN) remarks.push_back(TextOf(strength));
  if (ascribed) remarks.emplace_back("ascribed");
  return remarks;
}

std::string RowPosition(const pb::Stance& stance, bool color) {
  std::vector<std::string> remarks = Remarks(stance.strength(), stance.ascribed());
  if (stance.ascribed() && !stance.ascribed_by().empty())
    remarks.back() = absl::StrCat("ascribed by ", stance.ascribed_by());
  if (stance.suspended()) remarks.emplace_back("suspended: the quote does not stand");
  return PositionText(stance.position(), remarks, color);
}

std::string Blanks(const std::string& lead) { return std::string(static_cast<std::size_t>(DisplayWidth(lead)), ' '); }

}  // namespace

Side SideOf(pb::Position position) {
  switch (position) {
    case pb::POSITION_ASSERTS:
    case pb::POSITION_SUPPORTS:
    case pb::POSITION_PREDICTS:
      return Side::kFor;
    case pb::POSITION_DENIES:
    case pb::POSITION_OPPOSES:
      return Side::kAgainst;
    default:
      return Side::kNone;
  }
}

const char* StyleOf(Side side) { return side == Side::kFor ? kGreen : side == Side::kAgainst ? kRed : kYellow; }

std::string StanceRows(const Stances& stances, int width, bool color) {
  int date_width = 0;
  for (const pb::Stance& stance : stances) date_width = std::max(date_width, DisplayWidth(When(stance.held())));
  const std::string margin(static_cast<std::size_t>(date_width) + 2, ' ');
  std::string text;
  for (const pb::Stance& stance : stances) {
    const std::string date = When(stance.held());
    const std::string blank(static_cast<std::size_t>(date_width - DisplayWidth(date)) + 2, ' ');
    absl::StrAppend(&text, date, blank, Paint(HolderOf(stance), kBold, color), "  ", RowPosition(stance, color), "  ",
                    stance.claim_text().empty() ? stance.claim() : Clean(stance.claim_text()), "\n");
    const int room = std::max(20, width - static_cast<int>(margin.size()));
    absl::StrAppend(&text, margin, Cut(Quoted(stance.quote_text()), room), "\n");
    absl::StrAppend(&text, margin, Paint(stance.name(), kDim, color), "\n");
  }
  return text;
}

std::string StanceInFull(const pb::Stance& stance, int width, bool color) {
  Sheet sheet(width, color);
  sheet.Title(stance.name());
  sheet.Line("holder",
             stance.holder().empty() ? HolderOf(stance) : absl::StrCat(HolderOf(stance), " (", stance.holder(), ")"));
  sheet.Line("position", WordsOf(stance.position()));
  sheet.Line("strength", TextOf(stance.strength()));
  sheet.Line("claim", absl::StrCat(stance.claim_text(), " (", stance.claim(), ")"));
  if (stance.ascribed()) {
    sheet.Line("ascribed by", stance.ascribed_by().empty() ? "the quote's source" : stance.ascribed_by());
  }
  sheet.Line("held", When(stance.held()));
  sheet.Line("valid", DateInFull(stance.valid()));
  sheet.Line("words", Quoted(stance.quote_text()));
  sheet.Line("quote", stance.quote());
  sheet.Line("note", stance.note());
  if (stance.suspended()) sheet.Line("suspended", "the quote does not stand; this counts in no answer");
  sheet.Line("recorded",
             absl::StrCat(TimeText(stance.update_time()), stance.author().empty() ? "" : " by ", stance.author()));
  sheet.Line("etag", stance.etag());
  return sheet.Take();
}

std::string StanceHistory(const StanceRevisions& revisions, int width, bool color) {
  Sheet sheet(width, color);
  for (int i = 0; i < revisions.size(); ++i) {
    const pb::StanceRevision& revision = revisions[i];
    const pb::Stance& stance = revision.stance();
    if (i > 0) sheet.Gap();
    sheet.Title(absl::StrCat("Revision ", revision.revision(), revision.removed() ? "  removed" : ""));
    sheet.Line("position", PositionText(stance.position(), Remarks(stance.strength(), stance.ascribed()), false), 2);
    sheet.Line("claim", absl::StrCat(stance.claim_text(), " (", stance.claim(), ")"), 2);
    if (!stance.ascribed_by().empty()) sheet.Line("ascribed by", stance.ascribed_by(), 2);
    sheet.Line("valid", DateInFull(stance.valid()), 2);
    sheet.Line("note", stance.note(), 2);
    sheet.Line("from", TimeText(stance.update_time()), 2);
    sheet.Line("until", revision.has_end_time() ? TimeText(revision.end_time()) : "", 2);
    sheet.Line("who", stance.author(), 2);
    sheet.Line("via", revision.via(), 2);
    sheet.Line("reason", revision.reason(), 2);
  }
  return sheet.Take();
}

std::string PointInFull(const pb::StancePoint& point, const std::string& claim, const std::string& lead, int width,
                        bool color, const std::string& holder) {
  constexpr int kShown = 3;
  std::string text =
      absl::StrCat(lead, When(point.held()), "  ", holder, holder.empty() ? "" : "  ",
                   PositionText(point.position(), Remarks(point.strength(), point.ascribed()), color), "\n");
  const std::string margin = Blanks(lead) + "  ";
  const int shown = std::min(kShown, point.stances_size());
  for (int i = 0; i < shown; ++i) {
    const pb::Stance& stance = point.stances(i);
    const int room = std::max(20, width - DisplayWidth(margin));
    absl::StrAppend(&text, margin, Cut(Quoted(stance.quote_text()), room), "\n", margin,
                    Paint(stance.name().empty() ? stance.quote() : stance.name(), kDim, color), "\n");
    if (stance.claim() == claim) continue;
    absl::StrAppend(&text, margin, PositionText(stance.position(), {}, color), "  ", Clean(stance.claim_text()), "\n");
  }
  if (point.stance_count() > shown) absl::StrAppend(&text, margin, "and ", point.stance_count() - shown, " more\n");
  return text;
}

std::string ChangeInFull(const pb::StanceChange& change, const std::string& claim, const std::string& lead, int width,
                         bool color) {
  std::string title = change.kind() == pb::CHANGE_KIND_UNSPECIFIED ? "no change" : TextOf(change.kind());
  if (change.label() != pb::CHANGE_LABEL_UNSPECIFIED) {
    absl::StrAppend(&title, ", labelled ", WordsOf(change.label()), change.label_author().empty() ? "" : " by ",
                    Clean(change.label_author()));
    if (!change.label_note().empty()) absl::StrAppend(&title, ": ", Quoted(change.label_note()));
    if (change.computed_kind() != change.kind()) {
      absl::StrAppend(
          &title, " (computed: ",
          change.computed_kind() == pb::CHANGE_KIND_UNSPECIFIED ? "no change" : TextOf(change.computed_kind()), ")");
    }
  }
  const std::string margin = Blanks(lead);
  return absl::StrCat(lead, Paint(title, kBold, color), "\n",
                      PointInFull(change.before(), claim, margin + "from ", width, color),
                      PointInFull(change.after(), claim, margin + "to   ", width, color));
}

}  // namespace onrecord::cli
