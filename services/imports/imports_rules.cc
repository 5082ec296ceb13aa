#include "services/imports/imports_rules.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "services/api/names.h"
#include "services/api/text.h"
#include "services/base/strings.h"
#include "services/quotes/quotes_rules.h"

namespace onrecord::rules {
namespace {

constexpr std::size_t kMostNameCodePoints = 500;
constexpr std::size_t kMostSourceCodePoints = 200;
constexpr std::string_view kNoAppearance = "none";
constexpr std::string_view kBasisPrefix = "DATE_BASIS_";

bool IsHexId(std::string_view id) {
  return id.size() == 32 && std::all_of(id.begin(), id.end(), [](char c) {
           return absl::ascii_isdigit(static_cast<unsigned char>(c)) || (c >= 'a' && c <= 'f');
         });
}

void ReadDate(std::string_view field, std::string_view text, pb::UncertainDate& date, api::Violations& violations) {
  const absl::StatusOr<api::DayRange> range = api::ParseInterval(api::CollapseSpace(text));
  if (!range.ok()) {
    violations.Add(pb::ERROR_REASON_DATE_INVALID, std::string(field), std::string(range.status().message()));
    return;
  }
  api::FromRange(*range, date);
}

void ReadBasis(std::string_view text, pb::UncertainDate& said, api::Violations& violations) {
  if (text.empty()) return;
  std::string name = absl::AsciiStrToUpper(ToAbsl(text));
  if (!name.starts_with(kBasisPrefix)) name = StrCat(kBasisPrefix, name);
  pb::DateBasis basis = pb::DATE_BASIS_UNSPECIFIED;
  if (!pb::DateBasis_Parse(name, &basis)) {
    violations.Add(pb::ERROR_REASON_VALUE_INVALID, "said_basis",
                   StrCat("\"", api::FirstCodePoints(text, 50),
                          "\" is not known; write stated, dateline, metadata, relative_resolved, "
                          "bounded_by_publication, inferred or unknown"));
  }
  said.set_basis(basis);
}

// "1103-1273,1280-1290".
void ReadPosition(std::string_view text, pb::Appearance& appearance, api::Violations& violations) {
  if (text.empty()) return;
  int last_end = 0;
  for (const std::string_view piece : Split(text, ',')) {
    const std::vector<std::string_view> ends = Split(piece, '-');
    int begin = 0;
    int end = 0;
    if (ends.size() != 2 || !ParseNumber(ends[0], &begin) || !ParseNumber(ends[1], &end) || begin < last_end ||
        end <= begin || appearance.ranges_size() == 100) {
      violations.Add(pb::ERROR_REASON_VALUE_INVALID, "position",
                     StrCat("\"", api::FirstCodePoints(text, 50),
                            "\" is no list of ranges; write 1103-1273 or 10-20,30-40, in order, at most 100"));
      return;
    }
    last_end = end;
    pb::TextRange& range = *appearance.add_ranges();
    range.set_begin(begin);
    range.set_end(end);
  }
}

void CheckNames(const pb::ImportRecord& record, api::Violations& violations) {
  const auto no_pronoun = [&](std::string_view field, std::string_view name) {
    if (api::IsPronoun(name)) {
      violations.Add(pb::ERROR_REASON_PRONOUN, std::string(field),
                     StrCat("\"", name, "\" is a pronoun; give the name it stands for, or described_as"));
    }
  };
  violations.Text("speaker", record.speaker(), 0, kMostNameCodePoints);
  no_pronoun("speaker", record.speaker());
  violations.Text("outlet", record.outlet(), 0, kMostNameCodePoints);
  violations.Count("topics", record.topics_size(), kMostTopics);
  for (const std::string& topic : record.topics()) violations.Text("topics", topic, 1, kMostNameCodePoints);
  violations.Count("via", record.via_size(), kMostRelays);
  for (const std::string& outlet : record.via()) violations.Text("via", outlet, 1, kMostNameCodePoints);
  violations.Text("external_id", record.external_id(), 0, kMostNameCodePoints);
  if (!record.quote().empty() && !api::ParseQuoteName("quote", record.quote()).ok()) {
    violations.Add(pb::ERROR_REASON_VALUE_INVALID, "quote", "is no quote's name; leave it as it was exported");
  }
  if (!record.appearance().empty() && record.appearance() != kNoAppearance && !IsHexId(record.appearance())) {
    violations.Add(pb::ERROR_REASON_VALUE_INVALID, "appearance", "is no appearance's id; leave it as it was exported");
  }
}

void ReadAppearance(const pb::ImportRecord& record, pb::Appearance& appearance, api::Violations& violations) {
  pb::Article& article = *appearance.mutable_article();
  article.set_url(record.url());
  article.set_headline(record.headline());
  article.set_byline(record.byline());
  article.set_dateline(record.dateline());
  ReadDate("published", record.published(), *appearance.mutable_published(), violations);
  appearance.set_wording(record.wording());
  appearance.set_attribution(record.attribution());
  appearance.set_cue(record.cue());
  appearance.set_role(record.role());
  appearance.set_resolution(record.resolution());
  appearance.set_marks(record.marks());
  appearance.set_context_before(api::LastCodePoints(record.context_before(), kContextCodePoints));
  appearance.set_context_after(api::FirstCodePoints(record.context_after(), kContextCodePoints));
  ReadPosition(record.position(), appearance, violations);
}

void ReadQuote(const pb::ImportRecord& record, pb::Quote& quote, api::Violations& violations) {
  quote.set_text(record.text());
  quote.set_described_as(record.described_as());
  quote.set_source_terms(record.source_terms());
  quote.set_kind(record.kind() == pb::QUOTE_KIND_UNSPECIFIED ? pb::QUOTE_KIND_DIRECT : record.kind());
  quote.set_polarity(record.polarity());
  quote.set_language(record.language());
  quote.set_original_text(record.original_text());
  quote.set_original_language(record.original_language());
  quote.set_note(record.note());
  ReadDate("said", record.said(), *quote.mutable_said(), violations);
  quote.mutable_said()->set_printed(record.said_printed());
  ReadBasis(record.said_basis(), *quote.mutable_said(), violations);
}

// "quote.appearances[0].article.url" of the quote that a record became is "url" of the record.
std::string RecordField(std::string_view path) {
  if (path == "quote.said.printed") return "said_printed";
  std::string field(path.substr(path.rfind('.') + 1));
  if (path.find(".published.") != std::string_view::npos) return "published";
  if (path.find("quote.said.") == 0) return "said";
  return field == "ranges" ? "position" : field;
}

}  // namespace

std::optional<Violation> CheckRecord(std::string_view source, const pb::ImportRecord& record, CheckedRecord& checked) {
  api::Violations violations;
  pb::Quote& quote = checked.quote;
  CheckNames(record, violations);
  ReadQuote(record, quote, violations);
  pb::Appearance& appearance = *quote.add_appearances();
  ReadAppearance(record, appearance, violations);
  if (!violations.all().empty()) return violations.all().front();

  // The rest is checked as any quote; names take the place that they will have.
  checked.speaker = api::CollapseSpace(record.speaker());
  if (!checked.speaker.empty()) quote.set_speaker("speakers/x");
  Normalize(quote);
  CheckQuote(quote, violations);
  if (!violations.all().empty()) {
    Violation first = violations.all().front();
    first.field = RecordField(first.field);
    return first;
  }
  quote.clear_speaker();
  checked.outlet = api::CollapseSpace(record.outlet());
  for (const std::string& topic : record.topics()) {
    std::string name = api::CollapseSpace(topic);
    if (std::find(checked.topics.begin(), checked.topics.end(), name) == checked.topics.end()) {
      checked.topics.push_back(std::move(name));
    }
  }
  for (const std::string& outlet : record.via()) checked.via.push_back(api::CollapseSpace(outlet));

  const api::DayRange published = api::ToRange(appearance.published());
  checked.quote_id = !record.quote().empty()
                         ? record.quote().substr(record.quote().find('/') + 1)
                         : QuoteId({checked.speaker, quote.described_as()}, quote.text(), api::ToRange(quote.said()),
                                   checked.outlet, record.url(), published);
  if (record.appearance() == kNoAppearance) {
    quote.clear_appearances();
  } else {
    checked.appearance_id = !record.appearance().empty() ? record.appearance()
                                                         : AppearanceId(checked.quote_id, checked.outlet, record.url(),
                                                                        published, FormatPosition(appearance));
    appearance.set_id(checked.appearance_id);
  }
  checked.content_hash = api::Identity().Add("record 1").Add(record.SerializeAsString()).Hex();
  if (!record.external_id().empty()) {
    checked.key = api::Identity().Add("key 1").Add(source).Add(record.external_id()).Hex();
  }
  return std::nullopt;
}

absl::Status CheckStart(const pb::StartImport& start) {
  api::Violations violations;
  violations.Text("start.source", start.source(), 0, kMostSourceCodePoints);
  violations.Enum("start.unknown_names", pb::UnknownNames_IsValid(start.unknown_names()), start.unknown_names());
  violations.RequestId(start.request_id());
  return violations.Status();
}

std::string SupersededKey(std::string_view appearance_id, std::string_view content_hash) {
  return api::Identity().Add("superseded 1").Add(appearance_id).Add(content_hash).Hex();
}

pb::ImportRecord ToRecord(const pb::Quote& quote, const pb::Appearance* appearance,
                          absl::Span<const std::string> topic_names) {
  pb::ImportRecord record;
  record.set_quote(quote.name());
  record.set_text(quote.text());
  record.set_speaker(quote.speaker_display_name());
  record.set_described_as(quote.described_as());
  record.set_source_terms(quote.source_terms());
  record.set_kind(quote.kind());
  record.set_polarity(quote.polarity());
  record.set_language(quote.language());
  record.set_original_text(quote.original_text());
  record.set_original_language(quote.original_language());
  record.set_said(api::FormatInterval(api::ToRange(quote.said())));
  record.set_said_printed(quote.said().printed());
  if (quote.said().basis() != pb::DATE_BASIS_UNSPECIFIED) {
    record.set_said_basis(absl::AsciiStrToLower(pb::DateBasis_Name(quote.said().basis()).substr(kBasisPrefix.size())));
  }
  for (const std::string& topic : topic_names) record.add_topics(topic);
  record.set_note(quote.note());
  record.set_appearance(std::string(kNoAppearance));
  if (appearance == nullptr) return record;
  record.set_appearance(appearance->id());
  record.set_outlet(appearance->outlet_display_name());
  for (const pb::Hop& hop : appearance->relays()) record.add_via(hop.outlet_display_name());
  record.set_url(appearance->article().url());
  record.set_headline(appearance->article().headline());
  record.set_byline(appearance->article().byline());
  record.set_dateline(appearance->article().dateline());
  record.set_published(api::FormatInterval(api::ToRange(appearance->published())));
  record.set_wording(appearance->wording());
  record.set_attribution(appearance->attribution());
  record.set_cue(appearance->cue());
  record.set_role(appearance->role());
  record.set_resolution(appearance->resolution());
  record.set_marks(appearance->marks());
  record.set_position(FormatPosition(*appearance));
  record.set_context_before(appearance->context_before());
  record.set_context_after(appearance->context_after());
  return record;
}

}  // namespace onrecord::rules
