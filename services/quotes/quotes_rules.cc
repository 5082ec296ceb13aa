#include "services/quotes/quotes_rules.h"

#include <algorithm>

#include "google/protobuf/util/field_mask_util.h"
#include "google/protobuf/util/message_differencer.h"
#include "services/api/text.h"
#include "services/base/strings.h"

namespace onrecord::rules {
namespace {

using google::protobuf::util::FieldMaskUtil;
using google::protobuf::util::MessageDifferencer;

constexpr std::size_t kMostNoteCodePoints = 4000;
constexpr std::size_t kMostPhraseCodePoints = 1000;
constexpr std::size_t kMostRoleCodePoints = 500;
constexpr std::size_t kMostCueCodePoints = 200;
constexpr int kMostAppearances = 1000;
constexpr int kMostRanges = 100;

// What people can write, in the order of the API.
constexpr const char* kWritable[] = {"text",     "speaker",     "described_as",  "source_terms", "kind",
                                     "polarity", "language",    "original_text", "said",         "original_language",
                                     "topics",   "appearances", "note"};

void Fold(std::string& text) { text = api::CollapseSpace(text); }

// What an article has of its own is not told here.
void NormalizeArticle(pb::Article& article) {
  Fold(*article.mutable_headline());
  for (const char* field : {"outlet", "outlet_display_name", "published", "language", "note", "create_time",
                            "update_time", "etag", "former_names"}) {
    article.GetReflection()->ClearField(&article, pb::Article::descriptor()->FindFieldByName(field));
  }
}

// A hop whose article the change does not name keeps the one that it had.
void KeepHopArticles(const pb::Quote& current, pb::Quote& changed) {
  for (pb::Appearance& appearance : *changed.mutable_appearances()) {
    for (const pb::Appearance& known : current.appearances()) {
      if (known.id() != appearance.id()) continue;
      for (int i = 0; i < std::min(known.relays_size(), appearance.relays_size()); ++i) {
        pb::Hop& hop = *appearance.mutable_relays(i);
        if (hop.article().empty() && hop.outlet() == known.relays(i).outlet()) hop = known.relays(i);
      }
    }
  }
}

void CheckAppearance(const std::string& field, const pb::Appearance& appearance, api::Violations& violations) {
  const auto path = [&](std::string_view name) { return StrCat(field, ".", name); };
  if (!appearance.outlet().empty()) violations.Name(path("outlet"), appearance.outlet(), "outlets/");
  violations.Url(path("article.url"), appearance.article().url());
  violations.Text(path("article.headline"), appearance.article().headline(), 0, kMostPhraseCodePoints);
  violations.Text(path("article.byline"), appearance.article().byline(), 0, kMostRoleCodePoints);
  violations.Text(path("article.dateline"), appearance.article().dateline(), 0, kMostCueCodePoints);
  violations.Dates(path("published"), appearance.published());
  violations.Text(path("wording"), appearance.wording(), 0, kMostTextCodePoints);
  violations.Text(path("attribution"), appearance.attribution(), 0, kMostPhraseCodePoints);
  violations.Text(path("cue"), appearance.cue(), 0, kMostCueCodePoints);
  violations.Text(path("role"), appearance.role(), 0, kMostRoleCodePoints);
  violations.Enum(path("resolution"), pb::Resolution_IsValid(appearance.resolution()), appearance.resolution());
  violations.Enum(path("marks"), pb::Marks_IsValid(appearance.marks()), appearance.marks());
  violations.Text(path("context_before"), appearance.context_before(), 0, kContextCodePoints);
  violations.Text(path("context_after"), appearance.context_after(), 0, kContextCodePoints);
  violations.Count(path("ranges"), appearance.ranges_size(), kMostRanges);
  int last_end = 0;
  for (const pb::TextRange& range : appearance.ranges()) {
    if (range.begin() < last_end || range.end() <= range.begin()) {
      violations.Add(pb::ERROR_REASON_VALUE_INVALID, path("ranges"),
                     StrCat("[", range.begin(), ", ", range.end(),
                            ") is empty, or not after the range before; give them in order"));
      break;
    }
    last_end = range.end();
  }
  violations.Count(path("relays"), appearance.relays_size(), kMostRelays);
  for (int i = 0; i < std::min(appearance.relays_size(), kMostRelays); ++i) {
    const pb::Hop& hop = appearance.relays(i);
    if (!hop.article().empty()) violations.Name(StrCat(field, ".relays[", i, "].article"), hop.article(), "articles/");
    if (hop.article().empty() || !hop.outlet().empty()) {
      violations.Name(StrCat(field, ".relays[", i, "].outlet"), hop.outlet(), "outlets/");
    }
  }
}

void CheckSource(const pb::Quote& quote, api::Violations& violations, bool identified) {
  if (quote.speaker().empty() && quote.described_as().empty()) {
    violations.Add(pb::ERROR_REASON_FIELD_REQUIRED, "quote.speaker",
                   "is empty; give a speaker, or described_as for an unnamed source");
  } else if (!quote.speaker().empty() && !quote.described_as().empty() && !identified) {
    violations.Add(pb::ERROR_REASON_VALUE_INVALID, "quote.described_as",
                   "describes an unnamed source, but a speaker is given; leave one of them out");
  }
  if (!quote.speaker().empty()) violations.Name("quote.speaker", quote.speaker(), "speakers/");
  violations.Text("quote.described_as", quote.described_as(), 0, kMostRoleCodePoints);
}

}  // namespace

void Normalize(pb::Quote& quote) {
  Fold(*quote.mutable_text());
  Fold(*quote.mutable_described_as());
  Fold(*quote.mutable_original_text());
  Fold(*quote.mutable_note());
  if (quote.polarity() == pb::POLARITY_UNSPECIFIED) quote.set_polarity(pb::POLARITY_AFFIRMED);
  if (quote.source_terms() == pb::SOURCE_TERMS_UNSPECIFIED && quote.speaker().empty()) {
    quote.set_source_terms(pb::SOURCE_TERMS_UNKNOWN);
  }
  for (pb::Appearance& appearance : *quote.mutable_appearances()) {
    appearance.clear_notices();
    appearance.clear_embargo_until();
    Fold(*appearance.mutable_wording());
    if (appearance.wording() == quote.text()) appearance.clear_wording();
    Fold(*appearance.mutable_attribution());
    Fold(*appearance.mutable_role());
    if (appearance.has_article()) NormalizeArticle(*appearance.mutable_article());
  }
}

void CheckQuote(const pb::Quote& quote, api::Violations& violations, bool identified) {
  violations.Text("quote.text", quote.text(), 1, kMostTextCodePoints);
  CheckSource(quote, violations, identified);
  violations.Enum("quote.source_terms", pb::SourceTerms_IsValid(quote.source_terms()), quote.source_terms());
  violations.Enum("quote.kind", pb::QuoteKind_IsValid(quote.kind()), quote.kind());
  if (quote.kind() == pb::QUOTE_KIND_UNSPECIFIED) {
    violations.Add(pb::ERROR_REASON_FIELD_REQUIRED, "quote.kind", "is not given; say DIRECT, PARTIAL or INDIRECT");
  }
  violations.Enum("quote.polarity", pb::Polarity_IsValid(quote.polarity()), quote.polarity());
  violations.Language("quote.language", quote.language());
  violations.Text("quote.original_text", quote.original_text(), 0, kMostTextCodePoints);
  violations.Language("quote.original_language", quote.original_language());
  violations.Dates("quote.said", quote.said());
  violations.Count("quote.topics", quote.topics_size(), kMostTopics);
  for (int i = 0; i < std::min(quote.topics_size(), kMostTopics); ++i) {
    violations.Name(StrCat("quote.topics[", i, "]"), quote.topics(i), "topics/");
  }
  violations.Count("quote.appearances", quote.appearances_size(), kMostAppearances);
  for (int i = 0; i < std::min(quote.appearances_size(), kMostAppearances); ++i) {
    CheckAppearance(StrCat("quote.appearances[", i, "]"), quote.appearances(i), violations);
  }
  violations.Text("quote.note", quote.note(), 0, kMostNoteCodePoints);
}

absl::Status CheckCreateQuote(const pb::CreateQuoteRequest& request) {
  api::Violations violations;
  CheckQuote(request.quote(), violations);
  violations.RequestId(request.request_id());
  return violations.Status();
}

absl::Status CheckUpdateQuote(const pb::UpdateQuoteRequest& request) {
  api::Violations violations;
  if (request.update_mask().paths().empty()) {
    violations.Add(pb::ERROR_REASON_FIELD_REQUIRED, "update_mask", "names no field; name those to change, or \"*\"");
  }
  for (const std::string& path : request.update_mask().paths()) {
    if (path != "*" && std::find(std::begin(kWritable), std::end(kWritable), path) == std::end(kWritable)) {
      violations.Add(pb::ERROR_REASON_VALUE_INVALID, "update_mask",
                     StrCat("\"", api::FirstCodePoints(path, 50), "\" is no field that can be changed"));
    }
  }
  violations.Text("reason", request.reason(), 0, kMostPhraseCodePoints);
  violations.RequestId(request.request_id());
  return violations.Status();
}

absl::Status CheckReason(std::string_view reason, std::string_view request_id) {
  api::Violations violations;
  violations.Text("reason", reason, 1, kMostPhraseCodePoints);
  violations.RequestId(request_id);
  return violations.Status();
}

absl::StatusOr<pb::Quote> ApplyMask(const pb::Quote& current, const pb::UpdateQuoteRequest& request) {
  google::protobuf::FieldMask mask = request.update_mask();
  if (std::find(mask.paths().begin(), mask.paths().end(), "*") != mask.paths().end()) {
    mask.clear_paths();
    for (const char* path : kWritable) mask.add_paths(path);
  }
  FieldMaskUtil::MergeOptions options;
  options.set_replace_message_fields(true);
  options.set_replace_repeated_fields(true);
  pb::Quote changed = current;
  FieldMaskUtil::MergeMessageTo(request.quote(), mask, options, &changed);
  Normalize(changed);
  KeepHopArticles(current, changed);
  api::Violations violations;
  CheckQuote(changed, violations, !current.speaker().empty() && !current.described_as().empty());
  RETURN_IF_ERROR(violations.Status());
  return changed;
}

std::vector<std::string> ChangedFields(const pb::Quote& before, const pb::Quote& after) {
  std::vector<std::string> changed;
  for (const char* path : kWritable) {
    google::protobuf::FieldMask mask;
    mask.add_paths(path);
    pb::Quote a;
    pb::Quote b;
    FieldMaskUtil::MergeMessageTo(before, mask, FieldMaskUtil::MergeOptions(), &a);
    FieldMaskUtil::MergeMessageTo(after, mask, FieldMaskUtil::MergeOptions(), &b);
    if (!MessageDifferencer::Equivalent(a, b)) changed.emplace_back(path);
  }
  if (before.state() != after.state()) changed.emplace_back("state");
  return changed;
}

bool SameContent(const pb::Quote& a, const pb::Quote& b) { return ChangedFields(a, b).empty(); }

api::Occurred PlaceQuote(const pb::Quote& quote, absl::CivilDay recorded) {
  int earliest = api::kOpenFrom;
  for (const pb::Appearance& appearance : quote.appearances()) {
    const int from = api::ToFrom(appearance.published().from());
    if (from != api::kOpenFrom && (earliest == api::kOpenFrom || from < earliest)) earliest = from;
  }
  return api::Place(api::ToRange(quote.said()), earliest, recorded);
}

int WarningBits(const pb::Quote& quote, absl::CivilDay today) {
  const api::DayRange said = api::ToRange(quote.said());
  int bits = 0;
  for (const pb::Appearance& appearance : quote.appearances()) {
    if (said.from > api::ToRange(appearance.published()).to) bits |= 1 << (pb::QUOTE_WARNING_SAID_AFTER_PUBLISHED - 1);
  }
  // A day of grace: somewhere it is tomorrow already.
  if (said.from != api::kOpenFrom && api::FirstDay(said.from) > today + 1) {
    bits |= 1 << (pb::QUOTE_WARNING_SAID_IN_FUTURE - 1);
  }
  return bits;
}

std::string QuoteId(const Source& source, std::string_view text, const api::DayRange& said, std::string_view outlet,
                    std::string_view url, const api::DayRange& published) {
  api::Identity identity;
  identity.Add("quote 1").Add(api::Fold(source.speaker)).Add(api::Fold(text)).Add(api::FormatInterval(said));
  if (source.speaker.empty()) {
    // Two papers' "senior official" never fall together.
    identity.Add(api::Fold(source.described_as)).Add(api::Fold(outlet)).Add(url).Add(api::FormatInterval(published));
  }
  return identity.Hex();
}

bool IsOfSpeaker(const std::string& speaker, std::string_view quote_id, std::string_view first_text,
                 const api::DayRange& first_said) {
  return QuoteId({speaker, ""}, first_text, first_said, "", "", {}) == quote_id;
}

std::string AppearanceId(std::string_view quote_id, std::string_view outlet, std::string_view url,
                         const api::DayRange& published, std::string_view position) {
  return api::Identity()
      .Add("appearance 1")
      .Add(quote_id)
      .Add(api::Fold(outlet))
      .Add(url)
      .Add(api::FormatInterval(published))
      .Add(position)
      .Hex();
}

std::string FormatPosition(const pb::Appearance& appearance) {
  std::string text;
  for (const pb::TextRange& range : appearance.ranges()) {
    StrAppend(&text, text.empty() ? "" : ",", range.begin(), "-", range.end());
  }
  return text;
}

}  // namespace onrecord::rules
