#include "clients/cli/quote_view.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "clients/cli/dates.h"
#include "clients/cli/enums.h"
#include "clients/cli/records.h"
#include "clients/cli/sheet.h"
#include "clients/cli/table.h"

namespace onrecord::cli {
namespace {

namespace pb = ::onrecord::v1;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

std::string Who(const pb::Quote& quote) {
  if (!quote.speaker_display_name().empty()) return Clean(quote.speaker_display_name());
  if (!quote.speaker().empty()) return quote.speaker();
  return quote.described_as().empty() ? "(removed)" : absl::StrCat("“", Clean(quote.described_as()), "”");
}

std::string KindOf(const pb::Quote& quote) {
  std::string kind = TextOf(quote.kind());
  if (quote.polarity() > pb::POLARITY_AFFIRMED) absl::StrAppend(&kind, ", ", TextOf(quote.polarity()));
  return kind;
}

std::string OutletOf(const pb::Appearance& appearance) {
  if (!appearance.outlet_display_name().empty()) return Clean(appearance.outlet_display_name());
  return appearance.outlet().empty() ? "(outlet not known)" : appearance.outlet();
}

std::string OutletsOf(const pb::Quote& quote) {
  if (quote.appearances().empty()) return "";
  const std::string first = OutletOf(quote.appearances(0));
  const int more = quote.appearances_size() - 1;
  return more == 0 ? first : absl::StrCat(Cut(first, 16), " +", more);
}

std::string TextFor(const pb::Quote& quote) {
  const bool stands = quote.state() <= pb::QUOTE_STATE_ACTIVE;
  if (quote.text().empty() && quote.has_embargo_until()) return "[under embargo]";
  return absl::StrCat(stands ? "" : absl::StrCat("[", TextOf(quote.state()), "] "), Clean(quote.text()));
}

std::string Chain(const pb::Appearance& appearance) {
  std::string chain;
  for (const pb::Hop& hop : appearance.relays()) {
    absl::StrAppend(&chain, hop.outlet_display_name().empty() ? hop.outlet() : Clean(hop.outlet_display_name()), " → ");
  }
  return chain + OutletOf(appearance);
}

std::string EmbargoText(const google::protobuf::Timestamp& until) { return absl::StrCat("until ", TimeText(until)); }

std::string FlagText(const pb::NoticeFlag& flag) {
  const std::string away = flag.steps() == 0   ? ""
                           : flag.steps() == 1 ? ", one step away"
                                               : absl::StrCat(", ", flag.steps(), " steps away");
  return absl::StrCat(WordsOf(flag.kind()), away, ": ", TextOf(flag.state()), " (", flag.notice(), ")");
}

void AddAppearance(Sheet& sheet, const pb::Appearance& appearance, bool color) {
  sheet.Gap();
  sheet.Title(absl::StrCat(Chain(appearance), Paint(absl::StrCat("  ", appearance.id()), kDim, color)));
  const pb::Article& article = appearance.article();
  for (const pb::NoticeFlag& flag : appearance.notices()) sheet.Line("notice", FlagText(flag), 2);
  if (appearance.has_embargo_until()) sheet.Line("embargo", EmbargoText(appearance.embargo_until()), 2);
  sheet.Line("published", DateInFull(appearance.published()), 2);
  sheet.Line("attribution", appearance.attribution(), 2);
  sheet.Line("cue", appearance.cue(), 2);
  sheet.Line("role", appearance.role(), 2);
  sheet.Line("resolution", TextOf(appearance.resolution()), 2);
  sheet.Line("wording", appearance.wording(), 2);
  sheet.Line("marks", TextOf(appearance.marks()), 2);
  if (!appearance.context_before().empty() || !appearance.context_after().empty()) {
    sheet.Line("context", absl::StrCat(appearance.context_before(), " […] ", appearance.context_after()), 2);
  }
  sheet.Line("position",
             absl::StrJoin(appearance.ranges(), ",",
                           [](std::string* out, const pb::TextRange& range) {
                             absl::StrAppend(out, range.begin(), "-", range.end());
                           }),
             2);
  sheet.Line("headline", article.headline(), 2);
  sheet.Line("byline", article.byline(), 2);
  sheet.Line("dateline", article.dateline(), 2);
  sheet.Line("url", article.url(), 2);
  sheet.Line("article", absl::StrCat(article.name(), article.stub() ? " (known from a credit only)" : ""), 2);
  for (const pb::Hop& hop : appearance.relays()) {
    if (!hop.article().empty())
      sheet.Line("through", absl::StrCat(Clean(hop.outlet_display_name()), " ", hop.article()), 2);
  }
  sheet.Line("import", appearance.import(), 2);
}

// A field in one line: what it was, what it is.
std::string ValueText(const Message& message, const FieldDescriptor& field, int index);

std::string MessageText(const Message& message) {
  if (message.GetDescriptor() == pb::UncertainDate::descriptor()) {
    return DateInFull(static_cast<const pb::UncertainDate&>(message));
  }
  if (message.GetDescriptor() == pb::Appearance::descriptor()) {
    const auto& appearance = static_cast<const pb::Appearance&>(message);
    const std::string published = FormatUncertain(appearance.published());
    return absl::StrCat(Chain(appearance), published.empty() ? "" : " ", published,
                        appearance.attribution().empty() ? "" : ", ", appearance.attribution(),
                        appearance.article().url().empty() ? "" : ", ", appearance.article().url());
  }
  return message.ShortDebugString();
}

std::string ShownField(const Message& message, const FieldDescriptor& field) {
  const auto* reflection = message.GetReflection();
  if (!field.is_repeated()) {
    const bool set = !field.has_presence() || reflection->HasField(message, &field);
    return set ? ValueText(message, field, -1) : "";
  }
  const int size = reflection->FieldSize(message, &field);
  std::vector<std::string> values;
  values.reserve(static_cast<std::size_t>(size));
  for (int i = 0; i < size; ++i) values.push_back(ValueText(message, field, i));
  return absl::StrJoin(values, "; ");
}

std::string ValueText(const Message& message, const FieldDescriptor& field, int index) {
  const auto* reflection = message.GetReflection();
  const bool one = index < 0;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return one ? reflection->GetString(message, &field) : reflection->GetRepeatedString(message, &field, index);
    case FieldDescriptor::CPPTYPE_ENUM: {
      const int number =
          one ? reflection->GetEnumValue(message, &field) : reflection->GetRepeatedEnumValue(message, &field, index);
      return EnumText(*field.enum_type(), number);
    }
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection->GetBool(message, &field) ? "yes" : "no";
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return MessageText(one ? reflection->GetMessage(message, &field)
                             : reflection->GetRepeatedMessage(message, &field, index));
    default:
      return "";
  }
}

std::string OrNothing(const std::string& text) { return text.empty() ? "(nothing)" : text; }

void AddChanges(Sheet& sheet, const pb::QuoteRevision& revision, const pb::QuoteRevision* before) {
  for (const std::string& name : revision.changed_fields()) {
    const FieldDescriptor* field = pb::Quote::descriptor()->FindFieldByName(name);
    if (field == nullptr || before == nullptr) {
      sheet.Line(name, "changed", 2);
      continue;
    }
    const std::string was = ShownField(before->quote(), *field);
    const std::string is = ShownField(revision.quote(), *field);
    sheet.Line(name, absl::StrCat(OrNothing(was), " → ", was == is ? "(other details)" : OrNothing(is)), 2);
  }
}

}  // namespace

std::string QuoteRows(const Quotes& quotes, int width, bool with_header, bool color) {
  constexpr int kTextColumn = 3;
  constexpr int kNarrowestText = 40;
  const std::vector<Column> columns = {{"DATE"}, {"SPEAKER", 24}, {"KIND"}, {"TEXT"}, {"OUTLET", 20}, {"QUOTE"}};
  Table wide(columns);
  // The text has a line of its own there, so names need not be cut so soon.
  Table narrow({columns[0], {"SPEAKER", 36}, columns[2], columns[4], columns[5]});
  for (const pb::Quote& quote : quotes) {
    wide.Add({FormatOccurred(quote), Who(quote), KindOf(quote), TextFor(quote), OutletsOf(quote), quote.name()});
    narrow.Add({FormatOccurred(quote), Who(quote), KindOf(quote), OutletsOf(quote), quote.name()});
  }
  const int room = width - wide.Width(kTextColumn) - 2;
  const bool in_columns = room >= kNarrowestText;
  wide.Limit(kTextColumn, std::max(room, kNarrowestText));
  const Table& table = in_columns ? wide : narrow;
  std::string text = with_header ? table.Header(color) + "\n" : "";
  const std::vector<std::string> lines = table.Lines();
  for (std::size_t i = 0; i < lines.size(); ++i) {
    absl::StrAppend(&text, in_columns ? lines[i] : Paint(lines[i], kDim, color), "\n");
    if (!in_columns) absl::StrAppend(&text, "  ", Cut(TextFor(quotes[static_cast<int>(i)]), width - 2), "\n");
  }
  return text;
}

std::string QuoteInFull(const pb::Quote& quote, int width, bool color) {
  Sheet sheet(width, color);
  sheet.Title(quote.name());
  sheet.Paragraph(quote.text());
  sheet.Gap();
  sheet.Line("speaker", quote.speaker().empty() ? Who(quote) : absl::StrCat(Who(quote), " (", quote.speaker(), ")"));
  if (quote.has_embargo_until()) sheet.Line("embargo", EmbargoText(quote.embargo_until()));
  sheet.Line("terms", TextOf(quote.source_terms()));
  sheet.Line("said", DateInFull(quote.said()));
  sheet.Line("placed at", FormatOccurred(quote));
  sheet.Line("kind", KindOf(quote));
  sheet.Line("language", quote.language());
  sheet.Line("original", quote.original_text());
  sheet.Line("original in", quote.original_language());
  sheet.Line("topics", absl::StrJoin(quote.topics(), ", "));
  sheet.Line("note", quote.note());
  for (const int warning : quote.warnings()) {
    sheet.Line("warning", WordsOf(static_cast<pb::QuoteWarning>(warning)));
  }
  sheet.Line("state", absl::StrCat(TextOf(quote.state()), quote.retract_reason().empty() ? "" : ": ",
                                   quote.retract_reason(), quote.edited() ? " (edited by hand)" : ""));
  sheet.Recorded(quote, quote.import());
  for (const pb::Appearance& appearance : quote.appearances()) AddAppearance(sheet, appearance, color);
  if (!quote.citation().empty()) {
    sheet.Gap();
    sheet.Paragraph(quote.citation());
  }
  return sheet.Take();
}

std::string RawRecordInFull(const pb::RawRecord& record, bool color) {
  std::string text =
      Paint(absl::StrCat(Clean(record.format()), "  ", record.import(), "  appearance ",
                         record.appearance().empty() ? "(none)" : record.appearance(), "  sha256 ", record.sha256()),
            kDim, color);
  for (const std::string& loss : record.losses()) absl::StrAppend(&text, "\n  lost: ", Clean(loss));
  for (const auto& line : absl::StrSplit(EscapeInvalidUtf8(record.raw()), '\n')) {
    absl::StrAppend(&text, "\n", Clean(line));
  }
  return text + "\n\n";
}

std::string QuoteHistory(const Revisions& revisions, int width, bool color) {
  Sheet sheet(width, color);
  for (int i = 0; i < revisions.size(); ++i) {
    const pb::QuoteRevision& revision = revisions[i];
    if (i > 0) sheet.Gap();
    sheet.Title(absl::StrCat("Revision ", revision.revision(), "  ", TextOf(revision.action())));
    sheet.Line("when", TimeText(revision.time()), 2);
    sheet.Line("who", revision.author(), 2);
    sheet.Line("via", revision.via(), 2);
    sheet.Line("reason", revision.reason(), 2);
    if (revision.action() == pb::REVISION_ACTION_CREATED) {
      sheet.Line("text", revision.quote().text(), 2);
    } else {
      AddChanges(sheet, revision, i + 1 < revisions.size() ? &revisions[i + 1] : nullptr);
    }
  }
  return sheet.Take();
}

}  // namespace onrecord::cli
