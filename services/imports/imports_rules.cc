#include "services/imports/imports_rules.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "services/api/names.h"
#include "services/api/text.h"
#include "services/base/strings.h"
#include "services/claims/reviews_rules.h"
#include "services/claims/stances_rules.h"
#include "services/quotes/quotes_rules.h"

namespace onrecord::rules {
namespace {

constexpr std::size_t kMostNameCodePoints = 500;
constexpr std::size_t kMostSourceCodePoints = 200;
constexpr int kMostParts = 100;
constexpr std::size_t kMostClaimCodePoints = 2000;
constexpr std::size_t kMostRawBytes = std::size_t{64} << 10;
constexpr std::size_t kMostFormatCodePoints = 50;
constexpr std::size_t kMostLossCodePoints = 500;
constexpr int kMostLosses = 20;
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

void CheckSpeakerName(const std::string& field, std::string_view name, api::Violations& violations) {
  violations.Text(field, name, 0, kMostNameCodePoints);
  if (api::IsPronoun(name)) {
    violations.Add(pb::ERROR_REASON_PRONOUN, field,
                   StrCat("\"", name, "\" is a pronoun; give the name it stands for, or described_as"));
  }
}

void CheckNames(const pb::ImportRecord& record, api::Violations& violations) {
  CheckSpeakerName("speaker", record.speaker(), violations);
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

void CheckRaw(const pb::ImportRecord& record, api::Violations& violations) {
  if (record.raw().size() > kMostRawBytes) {
    violations.Add(
        pb::ERROR_REASON_TEXT_TOO_LONG, "raw",
        StrCat("has ", record.raw().size(), " bytes; at most ", kMostRawBytes, " are kept, so leave it out"));
  }
  const bool kept = !record.raw().empty() || !record.losses().empty();
  violations.Text("raw_format", record.raw_format(), kept ? 1 : 0, kMostFormatCodePoints);
  violations.Count("losses", record.losses_size(), kMostLosses);
  for (const std::string& loss : record.losses()) violations.Text("losses", loss, 1, kMostLossCodePoints);
}

CheckedStance ReadStance(const std::string& field, const pb::ImportStance& stance, api::Violations& violations) {
  const auto path = [&](const char* name) { return StrCat(field, ".", name); };
  CheckedStance checked{api::CollapseSpace(stance.claim()),
                        api::CollapseSpace(stance.holder()),
                        api::CollapseSpace(stance.ascribed_by()),
                        {}};
  violations.Text(path("claim"), checked.claim, 1, kMostClaimCodePoints);
  CheckSpeakerName(path("holder"), checked.holder, violations);
  CheckSpeakerName(path("ascribed_by"), checked.ascribed_by, violations);
  pb::Stance& content = checked.content;
  const bool given = stance.position() != pb::POSITION_UNSPECIFIED;
  content.set_position(given ? stance.position() : pb::POSITION_ASSERTS);
  content.set_strength(stance.strength() != pb::STRENGTH_UNSPECIFIED ? stance.strength() : pb::STRENGTH_PLAIN);
  ReadDate(path("valid"), stance.valid(), *content.mutable_valid(), violations);
  content.set_note(stance.note());
  CheckStanceContent(field, content, violations);
  return checked;
}

CheckedReview ReadReview(const std::string& field, const pb::ImportReview& review, bool needs_claim,
                         api::Violations& violations) {
  const auto path = [&](const char* name) { return StrCat(field, ".", name); };
  CheckedReview checked{api::CollapseSpace(review.claim()), api::CollapseSpace(review.reviewer()), {}};
  violations.Text(path("claim"), checked.claim, needs_claim ? 1 : 0, kMostClaimCodePoints);
  violations.Text(path("reviewer"), checked.reviewer, 1, kMostNameCodePoints);
  pb::Review& content = checked.content;
  content.set_rating_text(api::CollapseSpace(review.rating_text()));
  if (review.has_rating()) *content.mutable_rating() = review.rating();
  content.set_url(review.url());
  content.set_title(api::CollapseSpace(review.title()));
  content.set_language(review.language());
  ReadDate(path("reviewed"), review.reviewed(), *content.mutable_reviewed(), violations);
  CheckReviewContent(field, content, violations);
  return checked;
}

void ReadStancesAndReviews(const pb::ImportRecord& record, CheckedRecord& checked, api::Violations& violations) {
  violations.Count("stances", record.stances_size(), kMostStances);
  violations.Count("reviews", record.reviews_size(), kMostReviews);
  if (!violations.all().empty()) return;
  for (int i = 0; i < record.stances_size(); ++i) {
    checked.stances.push_back(ReadStance(StrCat("stances[", i, "]"), record.stances(i), violations));
    const CheckedStance& stance = checked.stances.back();
    const std::string holder = stance.holder.empty() ? api::CollapseSpace(record.speaker()) : stance.holder;
    if (!stance.ascribed_by.empty() && stance.ascribed_by == holder) {
      violations.Add(pb::ERROR_REASON_VALUE_INVALID, StrCat("stances[", i, "].ascribed_by"),
                     "is the holder; leave it empty for a position that the holder takes himself");
    }
  }
  if (!checked.stances.empty() && record.polarity() > pb::POLARITY_AFFIRMED) {
    violations.Add(pb::ERROR_REASON_QUOTE_NOT_SAID, "stances[0]",
                   "the record tells what was not said; that is evidence of no position");
  }
  for (int i = 0; i < record.reviews_size(); ++i) {
    checked.reviews.push_back(
        ReadReview(StrCat("reviews[", i, "]"), record.reviews(i), checked.reviews_alone, violations));
  }
}

bool IsOfReviewsAlone(const pb::ImportRecord& record) {
  return record.text().empty() && record.speaker().empty() && record.described_as().empty() &&
         record.stances().empty() && !record.reviews().empty();
}

void AddTopics(const pb::ImportRecord& record, CheckedRecord& checked) {
  for (const std::string& topic : record.topics()) {
    std::string name = api::CollapseSpace(topic);
    if (std::find(checked.topics.begin(), checked.topics.end(), name) == checked.topics.end()) {
      checked.topics.push_back(std::move(name));
    }
  }
}

// What the record says, without what it was read from.
std::string ContentOf(const pb::ImportRecord& record) {
  if (record.raw_format().empty()) return record.SerializeAsString();
  pb::ImportRecord content = record;
  content.clear_raw();
  content.clear_raw_format();
  content.clear_losses();
  return content.SerializeAsString();
}

void SetIdentity(std::string_view source, const pb::ImportRecord& record, CheckedRecord& checked) {
  checked.content_hash = api::Identity().Add("record 1").Add(ContentOf(record)).Hex();
  if (!record.external_id().empty()) checked.key = RecordKey(source, record.external_id());
}

// `quote` and `appearance` are what the record was read into.
std::string IdentifyQuote(const pb::ImportRecord& record, const pb::Quote& quote, const pb::Appearance& appearance) {
  return QuoteId({api::CollapseSpace(record.speaker()), quote.described_as()}, quote.text(), api::ToRange(quote.said()),
                 api::CollapseSpace(record.outlet()), record.url(), api::ToRange(appearance.published()));
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
  CheckRaw(record, violations);
  checked.reviews_alone = IsOfReviewsAlone(record);
  ReadStancesAndReviews(record, checked, violations);
  if (checked.reviews_alone && violations.all().empty()) {
    AddTopics(record, checked);
    SetIdentity(source, record, checked);
    return std::nullopt;
  }
  ReadQuote(record, quote, violations);
  pb::Appearance& appearance = *quote.add_appearances();
  ReadAppearance(record, appearance, violations);
  if (!violations.all().empty()) return violations.all().front();

  // The rest is checked as any quote; names take the place that they will have.
  checked.speaker = api::CollapseSpace(record.speaker());
  if (!checked.speaker.empty()) quote.set_speaker("speakers/x");
  Normalize(quote);
  CheckQuote(quote, violations, /*identified=*/!record.quote().empty());
  if (!violations.all().empty()) {
    Violation first = violations.all().front();
    first.field = RecordField(first.field);
    return first;
  }
  quote.clear_speaker();
  checked.outlet = api::CollapseSpace(record.outlet());
  AddTopics(record, checked);
  for (const std::string& outlet : record.via()) checked.via.push_back(api::CollapseSpace(outlet));

  const api::DayRange published = api::ToRange(appearance.published());
  checked.quote_id = !record.quote().empty() ? api::IdOf(record.quote()) : IdentifyQuote(record, quote, appearance);
  if (record.appearance() == kNoAppearance) {
    quote.clear_appearances();
  } else {
    checked.appearance_id = !record.appearance().empty() ? record.appearance()
                                                         : AppearanceId(checked.quote_id, checked.outlet, record.url(),
                                                                        published, FormatPosition(appearance));
    appearance.set_id(checked.appearance_id);
  }
  SetIdentity(source, record, checked);
  return std::nullopt;
}

absl::Status CheckStart(const pb::StartImport& start) {
  api::Violations violations;
  violations.Text("start.source", start.source(), 0, kMostSourceCodePoints);
  violations.Enum("start.unknown_names", pb::UnknownNames_IsValid(start.unknown_names()), start.unknown_names());
  violations.RequestId(start.request_id());
  const bool is_all = start.part() == 0 && start.parts() == 0;
  if (!is_all && (start.parts() < 2 || start.parts() > kMostParts)) {
    violations.Add(pb::ERROR_REASON_VALUE_INVALID, "start.parts",
                   StrCat("is ", start.parts(), "; an input has 2 to ", kMostParts, " parts, or leave both out"));
  } else if (!is_all && (start.part() < 1 || start.part() > start.parts())) {
    violations.Add(pb::ERROR_REASON_VALUE_INVALID, "start.part",
                   StrCat("is ", start.part(), "; it is 1 to start.parts, ", start.parts()));
  }
  return violations.Status();
}

std::string QuoteIdOf(const pb::ImportRecord& record) {
  api::Violations ignored;
  pb::Quote quote;
  pb::Appearance appearance;
  ReadQuote(record, quote, ignored);
  ReadAppearance(record, appearance, ignored);
  Normalize(quote);
  return IdentifyQuote(record, quote, appearance);
}

std::string RecordKey(std::string_view source, std::string_view external_id) {
  return api::Identity().Add("key 1").Add(source).Add(external_id).Hex();
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

pb::ImportStance ToStance(const pb::Stance& stance, const std::string& ascriber) {
  pb::ImportStance record;
  record.set_claim(stance.claim_text());
  record.set_position(stance.position());
  if (!stance.holder().empty()) record.set_holder(stance.holder_display_name());
  record.set_ascribed_by(ascriber);
  if (stance.strength() != pb::STRENGTH_PLAIN) record.set_strength(stance.strength());
  record.set_valid(api::FormatInterval(api::ToRange(stance.valid())));
  record.set_note(stance.note());
  return record;
}

pb::ImportReview ToReview(const pb::Review& review) {
  pb::ImportReview record;
  record.set_reviewer(review.reviewer_display_name());
  record.set_rating_text(review.rating_text());
  if (review.has_rating()) *record.mutable_rating() = review.rating();
  record.set_url(review.url());
  record.set_title(review.title());
  record.set_reviewed(api::FormatInterval(api::ToRange(review.reviewed())));
  record.set_language(review.language());
  return record;
}

}  // namespace onrecord::rules
