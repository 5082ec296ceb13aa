#include "clients/cli/sheet.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "clients/cli/dates.h"
#include "clients/cli/enums.h"
#include "clients/cli/table.h"

namespace onrecord::cli {
namespace {

namespace pb = ::onrecord::v1;

constexpr int kLabelWidth = 14;

}  // namespace

void Sheet::Line(const std::string& label, const std::string& value, int indent) {
  if (value.empty()) return;
  const int label_width = kLabelWidth - std::min(indent, kLabelWidth);
  std::string lead = std::string(static_cast<std::size_t>(indent), ' ') + Paint(label, kDim, color_);
  lead.append(static_cast<std::size_t>(std::max(1, label_width - DisplayWidth(label))), ' ');
  for (const std::string& line : Wrap(Clean(value), std::max(20, width_ - kLabelWidth))) {
    absl::StrAppend(&text_, lead, line, "\n");
    lead.assign(kLabelWidth, ' ');
  }
}

void Sheet::Title(const std::string& title) { absl::StrAppend(&text_, Paint(title, kBold, color_), "\n"); }

void Sheet::Paragraph(const std::string& text) {
  for (const std::string& line : Wrap(Clean(text), width_)) absl::StrAppend(&text_, line, "\n");
}

std::string TimeText(const google::protobuf::Timestamp& time) {
  google::protobuf::Timestamp seconds = time;
  seconds.set_nanos(0);
  return google::protobuf::util::TimeUtil::ToString(seconds);
}

std::string DateInFull(const pb::UncertainDate& date) {
  std::string text = FormatUncertain(date);
  if (!date.printed().empty()) absl::StrAppend(&text, text.empty() ? "" : " ", "“", date.printed(), "”");
  if (date.basis() != pb::DATE_BASIS_UNSPECIFIED) {
    absl::StrAppend(&text, text.empty() ? "" : " ", "(", WordsOf(date.basis()), ")");
  }
  return text;
}

}  // namespace onrecord::cli
