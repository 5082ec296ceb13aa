#include "clients/cli/lane_chart.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "clients/cli/stance_view.h"
#include "clients/cli/table.h"
#include "clients/cli/time_axis.h"

namespace onrecord::cli {
namespace {

namespace pb = ::onrecord::v1;

constexpr const char* kUndated = "undated";
constexpr int kUndatedWidth = 7;

struct Cell {
  std::string glyph;  // empty: nothing there yet
  const char* style = "";
};
using ChartLine = std::vector<Cell>;

struct ChartMark {
  Side side = Side::kNone;
  bool ascribed = false;
  auto operator<=>(const ChartMark&) const = default;  // NOLINT: there is no pointer in it
};

// Where a point is drawn: from `first` to `last`, both of which may be arrows.
struct ChartSpan {
  int first = 0;
  int last = 0;
  int at = 0;  // the mark
  bool open_left = false;
  bool open_right = false;
  ChartMark mark;
  bool operator==(const ChartSpan&) const = default;
};

Cell Draw(ChartMark mark) {
  switch (mark.side) {
    case Side::kFor:
      return {mark.ascribed ? "△" : "▲", StyleOf(mark.side)};
    case Side::kAgainst:
      return {mark.ascribed ? "▽" : "▼", StyleOf(mark.side)};
    default:
      return {mark.ascribed ? "◌" : "○", StyleOf(mark.side)};
  }
}

ChartMark MarkOf(const pb::StancePoint& point) { return {SideOf(point.position()), point.ascribed()}; }

bool HasFrom(const pb::StancePoint& point) { return point.held().from().year() != 0; }
bool HasTo(const pb::StancePoint& point) { return point.held().to().year() != 0; }

// Nothing for a point of which no date is known.
std::optional<ChartSpan> SpanOf(const pb::StancePoint& point, const TimeAxis& axis) {
  if (!HasFrom(point) && !HasTo(point)) return std::nullopt;
  ChartSpan span;
  span.mark = MarkOf(point);
  span.open_left = !HasFrom(point);
  span.open_right = !HasTo(point);
  span.first = span.open_left ? 0 : axis.ColumnOf(FirstDayOf(point.held().from()));
  span.last = span.open_right ? axis.width() - 1 : axis.ColumnOf(LastDayOf(point.held().to()));
  // At the end that is known, else in the middle.
  span.at = span.open_left ? span.last : span.open_right ? span.first : (span.first + span.last) / 2;
  return span;
}

Cell CellOf(const ChartSpan& span, int column) {
  if (column == span.at) return Draw(span.mark);
  const char* style = StyleOf(span.mark.side);
  const bool brackets = span.last - span.first > 1;
  if (column == span.first && span.open_left) return {"←", style};
  if (column == span.last && span.open_right) return {"→", style};
  if (column == span.first && brackets && !span.open_right) return {"[", style};
  if (column == span.last && brackets && !span.open_left) return {"]", style};
  return {"·", style};
}

bool IsFree(const ChartLine& line, int first, int last) {
  return std::all_of(line.begin() + first, line.begin() + last + 1,
                     [](const Cell& cell) { return cell.glyph.empty(); });
}

// The first line with nothing between the columns; a new one at the end where there is none.
ChartLine& FreeLine(std::vector<ChartLine>& lines, int first, int last, int width) {
  for (ChartLine& line : lines) {
    if (IsFree(line, first, last)) return line;
  }
  return lines.emplace_back(static_cast<std::size_t>(width));
}

std::vector<ChartLine> DrawPoints(const pb::StanceLane& lane, const TimeAxis& axis) {
  std::vector<ChartSpan> spans;
  for (const pb::StancePoint& point : lane.points()) {
    const std::optional<ChartSpan> span = SpanOf(point, axis);
    if (span && std::find(spans.begin(), spans.end(), *span) == spans.end()) spans.push_back(*span);
  }
  std::vector<ChartLine> lines(1, ChartLine(static_cast<std::size_t>(axis.width())));
  for (const ChartSpan& span : spans) {
    ChartLine& line = FreeLine(lines, span.first, span.last, axis.width());
    for (int i = span.first; i <= span.last; ++i) line[static_cast<std::size_t>(i)] = CellOf(span, i);
  }
  for (Cell& cell : lines[0]) {
    if (cell.glyph.empty() && !spans.empty()) cell = {"─", kDim};
  }
  return lines;
}

// "└──1──┘" between the two marks; the number alone where there is no room.
std::vector<ChartLine> DrawChanges(const std::vector<const pb::StanceChange*>& changes, const TimeAxis& axis) {
  std::vector<ChartLine> lines;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    const std::optional<ChartSpan> before = SpanOf(changes[i]->before(), axis);
    const std::optional<ChartSpan> after = SpanOf(changes[i]->after(), axis);
    if (!before || !after) continue;
    const std::string number = absl::StrCat(i + 1);
    const int digits = static_cast<int>(number.size());
    const int first = std::clamp(std::min(before->at, after->at), 0, axis.width() - digits);
    const int last = std::max({before->at, after->at, first + digits - 1});
    ChartLine& line = FreeLine(lines, first, last, axis.width());
    const bool room = last - first + 1 >= digits + 2;
    for (int column = first; room && column <= last; ++column) {
      line[static_cast<std::size_t>(column)] = {column == first ? "└" : column == last ? "┘" : "─", kDim};
    }
    const int at = room ? first + (last - first + 1 - digits) / 2 : first;
    for (std::size_t digit = 0; digit < number.size(); ++digit) {
      line[static_cast<std::size_t>(at) + digit] = {number.substr(digit, 1), kBold};
    }
  }
  return lines;
}

std::string Text(const ChartLine& line, bool color) {
  std::string text;
  std::size_t end = line.size();
  while (end > 0 && line[end - 1].glyph.empty()) --end;
  for (std::size_t i = 0; i < end;) {
    const std::string style = line[i].style;
    std::string run;
    for (; i < end && line[i].style == style; ++i) run += line[i].glyph.empty() ? " " : line[i].glyph;
    absl::StrAppend(&text, Paint(run, style, color && !style.empty()));
  }
  return text;
}

std::string Padded(const std::string& text, int width) {
  return text + std::string(static_cast<std::size_t>(std::max(0, width - DisplayWidth(text))), ' ');
}

std::string UndatedMarks(const pb::StanceLane& lane, bool color) {
  std::vector<ChartMark> marks;
  for (const pb::StancePoint& point : lane.points()) {
    if (!HasFrom(point) && !HasTo(point)) marks.push_back(MarkOf(point));
  }
  std::sort(marks.begin(), marks.end());
  marks.erase(std::unique(marks.begin(), marks.end()), marks.end());
  const std::size_t most = kUndatedWidth;
  ChartLine line(most);
  for (std::size_t i = 0; i < marks.size(); ++i) line[i] = Draw(marks[i]);
  return absl::StrCat(Text(line, color), std::string(most - marks.size(), ' '));
}

// What is common to all lanes of a drawing.
struct Layout {
  int label_width = 0;
  bool undated = false;
  TimeAxis axis;

  // The columns before the axis.
  std::string Lead(const std::string& label, const std::string& undated_marks) const {
    return absl::StrCat(Padded(Cut(label, label_width), label_width), "  ",
                        undated ? absl::StrCat(undated_marks, " │") : "");
  }
};

Layout LayoutOf(const Lanes& lanes, int width) {
  constexpr int kNarrowestAxis = 16;
  std::optional<std::chrono::sys_days> first;
  std::optional<std::chrono::sys_days> last;
  const auto include = [&](std::chrono::sys_days day) {
    first = first ? std::min(*first, day) : day;
    last = last ? std::max(*last, day) : day;
  };
  int label_width = 0;
  bool undated = false;
  for (const pb::StanceLane& lane : lanes) {
    label_width = std::max(label_width, DisplayWidth(HolderOf(lane)));
    for (const pb::StancePoint& point : lane.points()) {
      if (HasFrom(point)) include(FirstDayOf(point.held().from()));
      if (HasFrom(point)) include(LastDayOf(point.held().from()));
      if (HasTo(point)) include(FirstDayOf(point.held().to()));
      if (HasTo(point)) include(LastDayOf(point.held().to()));
      undated = undated || (!HasFrom(point) && !HasTo(point));
    }
  }
  label_width = std::min(label_width, std::max(12, width / 4));
  const int axis_width = width - label_width - 2 - (undated ? kUndatedWidth + 2 : 0);
  const std::chrono::sys_days epoch{};
  return {label_width, undated,
          TimeAxis(first.value_or(epoch), last.value_or(epoch), std::max(axis_width, kNarrowestAxis))};
}

bool AnyDated(const Lanes& lanes) {
  return std::any_of(lanes.begin(), lanes.end(), [](const pb::StanceLane& lane) {
    return std::any_of(lane.points().begin(), lane.points().end(),
                       [](const pb::StancePoint& point) { return HasFrom(point) || HasTo(point); });
  });
}

// Changes of sides, and whatever an editor has looked at.
std::vector<const pb::StanceChange*> ShownChanges(const pb::StanceLane& lane) {
  std::vector<const pb::StanceChange*> shown;
  for (const pb::StanceChange& change : lane.changes()) {
    if (change.kind() == pb::CHANGE_KIND_REVERSAL || change.computed_kind() == pb::CHANGE_KIND_REVERSAL ||
        change.label() != pb::CHANGE_LABEL_UNSPECIFIED) {
      shown.push_back(&change);
    }
  }
  return shown;
}

std::string DrawLane(const pb::StanceLane& lane, const Layout& layout, int width, bool color) {
  const std::string nothing = layout.Lead("", std::string(kUndatedWidth, ' '));
  std::string text;
  std::string lead = layout.Lead(HolderOf(lane), UndatedMarks(lane, color));
  for (const ChartLine& line : DrawPoints(lane, layout.axis)) {
    absl::StrAppend(&text, lead, Text(line, color), "\n");
    lead = nothing;
  }
  const std::vector<const pb::StanceChange*> changes = ShownChanges(lane);
  for (const ChartLine& line : DrawChanges(changes, layout.axis)) {
    absl::StrAppend(&text, nothing, Text(line, color), "\n");
  }
  for (std::size_t i = 0; i < changes.size(); ++i) {
    absl::StrAppend(&text, ChangeInFull(*changes[i], lane.claim(), absl::StrCat("  ", i + 1, " "), width, color));
  }
  return text;
}

std::string Legend(const Lanes& lanes, int width) {
  bool ascribed = false;
  bool span = false;
  bool open = false;
  for (const pb::StanceLane& lane : lanes) {
    for (const pb::StancePoint& point : lane.points()) {
      ascribed = ascribed || point.ascribed();
      span =
          span || (HasFrom(point) && HasTo(point) && FirstDayOf(point.held().from()) != LastDayOf(point.held().to()));
      open = open || HasFrom(point) != HasTo(point);
    }
  }
  std::vector<std::string> entries = {"▲ for", "▼ against", "○ takes no side"};
  if (ascribed) entries.emplace_back("△ ▽ ◌ ascribed by others");
  if (span) entries.emplace_back("[·▲·] within this time");
  if (open) entries.insert(entries.end(), {"←·▲ until then", "▲·→ from then on"});
  std::string legend;
  std::string line;
  for (const std::string& entry : entries) {
    if (!line.empty() && DisplayWidth(line) + 2 + DisplayWidth(entry) > width) {
      absl::StrAppend(&legend, line, "\n");
      line.clear();
    }
    absl::StrAppend(&line, line.empty() ? "" : "  ", entry);
  }
  return absl::StrCat(legend, line, "\n");
}

}  // namespace

std::string DrawLanes(const Lanes& lanes, int width, bool color) {
  const Layout layout = LayoutOf(lanes, width);
  const std::string labels = AnyDated(lanes) ? layout.axis.Labels() : "";
  std::string text;
  const std::string* claim = nullptr;
  for (const pb::StanceLane& lane : lanes) {
    if (claim == nullptr || *claim != lane.claim()) {
      if (claim != nullptr) text += '\n';
      claim = &lane.claim();
      absl::StrAppend(&text, Paint(Clean(lane.claim_text()), kBold, color), "  ", *claim, "\n");
      std::string axis = layout.Lead("", Padded(kUndated, kUndatedWidth)) + labels;
      axis.erase(axis.find_last_not_of(' ') + 1);
      if (!axis.empty()) absl::StrAppend(&text, Paint(axis, kDim, color), "\n");
    }
    text += DrawLane(lane, layout, width, color);
  }
  return absl::StrCat(text, "\n", Legend(lanes, width));
}

}  // namespace onrecord::cli
