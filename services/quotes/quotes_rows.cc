#include "services/quotes/quotes_rows.h"

#include <map>

#include "absl/strings/str_join.h"
#include "db/statements.h"
#include "google/protobuf/util/time_util.h"
#include "services/api/dates.h"
#include "services/api/names.h"
#include "services/api/row_cursor.h"
#include "services/api/text.h"
#include "services/base/strings.h"
#include "services/notices/notices_embargoes.h"

namespace onrecord::store {
namespace {

constexpr std::size_t kMostCitedCodePoints = 300;

void ReadQuote(api::RowCursor& from, pb::QuoteRevision& revision) {
  pb::Quote& quote = *revision.mutable_quote();
  quote.set_name(from.Uuid("quotes/"));
  revision.set_revision(from.Int());
  quote.set_etag(std::to_string(revision.revision()));
  quote.set_text(from.Text());
  quote.set_speaker(from.Name("speakers/"));
  quote.set_speaker_display_name(from.Text());
  quote.set_described_as(from.Text());
  quote.set_source_terms(static_cast<pb::SourceTerms>(from.Int()));
  quote.set_kind(static_cast<pb::QuoteKind>(from.Int()));
  quote.set_polarity(static_cast<pb::Polarity>(from.Int()));
  quote.set_state(static_cast<pb::QuoteState>(from.Int()));
  quote.set_retract_reason(from.Text());
  quote.set_language(from.Text());
  quote.set_original_text(from.Text());
  quote.set_original_language(from.Text());
  from.Date(*quote.mutable_said());
  if (const std::string slugs = from.Text(); !slugs.empty()) {
    for (const std::string_view slug : Split(slugs, ' ')) quote.add_topics(StrCat("topics/", slug));
  }
  quote.set_note(from.Text());
  *quote.mutable_occurred() = from.Day();
  quote.set_occurred_precision(static_cast<pb::Precision>(from.Int()));
  for (int bits = from.Int(), warning = 1; bits != 0; bits >>= 1, ++warning) {
    if ((bits & 1) != 0) quote.add_warnings(static_cast<pb::QuoteWarning>(warning));
  }
  from.Time(*quote.mutable_create_time());
  from.Time(*quote.mutable_update_time());
  quote.set_import(from.Name("imports/"));
  quote.set_edited(from.Bool());
  revision.set_action(static_cast<pb::RevisionAction>(from.Int()));
  revision.set_author(from.Text());
  revision.set_via(from.Text());
  revision.set_reason(from.Text());
  *revision.mutable_time() = quote.update_time();
}

void ReadAppearance(api::RowCursor& from, pb::Appearance& appearance) {
  appearance.set_outlet(from.Name("outlets/"));
  appearance.set_outlet_display_name(from.Text());
  pb::Article article;
  article.set_name(from.Uuid("articles/"));
  article.set_url(from.Text());
  article.set_headline(from.Text());
  article.set_byline(from.Text());
  article.set_dateline(from.Text());
  article.set_stub(from.Bool());
  if (!article.name().empty()) *appearance.mutable_article() = std::move(article);
  from.Date(*appearance.mutable_published());
  appearance.set_wording(from.Text());
  appearance.set_attribution(from.Text());
  appearance.set_cue(from.Text());
  appearance.set_role(from.Text());
  appearance.set_resolution(static_cast<pb::Resolution>(from.Int()));
  const std::vector<std::int64_t> ends = pg::ParseIntArray(from.Text());
  for (std::size_t i = 0; i + 1 < ends.size(); i += 2) {
    pb::TextRange& range = *appearance.add_ranges();
    range.set_begin(static_cast<int>(ends[i]));
    range.set_end(static_cast<int>(ends[i + 1]));
  }
  appearance.set_marks(static_cast<pb::Marks>(from.Int()));
  appearance.set_context_before(from.Text());
  appearance.set_context_after(from.Text());
  if (const std::string hops = from.Text(); !hops.empty()) {
    for (const std::string_view hop : Split(hops, '\x1e')) {
      const std::vector<std::string_view> names = Split(hop, '\x1f');
      pb::Hop& added = *appearance.add_relays();
      added.set_outlet(StrCat("outlets/", names[0]));
      added.set_outlet_display_name(std::string(names[1]));
      if (names.size() > 2) added.set_article(StrCat("articles/", api::BareUuid(names[2])));
    }
  }
  from.Time(*appearance.mutable_create_time());
  appearance.set_import(from.Name("imports/"));
}

std::string CiteDate(const pb::UncertainDate& date) {
  const api::DayRange range = api::ToRange(date);
  if (!range.known()) return "date unknown";
  std::string text = api::FormatInterval(range);
  if (range.from == api::kOpenFrom) return StrCat("not later than ", text.substr(3));
  if (range.to == api::kOpenTo) return StrCat("not earlier than ", text.substr(0, text.size() - 3));
  return text;
}

}  // namespace

absl::StatusOr<std::vector<pb::QuoteRevision>> ReadQuoteRows(pg::Session& db, const pqxx::result& rows) {
  std::vector<pb::QuoteRevision> read;
  for (const auto& row : rows) {
    api::RowCursor from(row);
    pb::QuoteRevision next;
    ReadQuote(from, next);
    if (read.empty() || read.back().quote().name() != next.quote().name() ||
        read.back().revision() != next.revision()) {
      read.push_back(std::move(next));
    }
    const std::string appearance_id = from.Uuid("");
    if (appearance_id.empty()) continue;
    pb::Appearance& appearance = *read.back().mutable_quote()->add_appearances();
    appearance.set_id(appearance_id);
    ReadAppearance(from, appearance);
  }
  if (MayHideWords(rows) && !db.in_transaction()) RETURN_IF_ERROR(ApplyEmbargoes(db, read));
  for (pb::QuoteRevision& revision : read) revision.mutable_quote()->set_citation(Cite(revision.quote()));
  return read;
}

absl::StatusOr<std::vector<pb::Quote>> ReadQuotes(pg::Session& db, absl::Span<const std::string> uuids,
                                                  const std::string& moment, Notices notices) {
  const std::string ids = pg::TextArray(uuids);
  ASSIGN_OR_RETURN(const pqxx::result rows,
                   moment == api::kNow ? db.Run(sql::kReadQuotes, ids) : db.Run(sql::kReadQuotesThen, ids, moment));
  ASSIGN_OR_RETURN(std::vector<pb::QuoteRevision> read, ReadQuoteRows(db, rows));
  struct Found {
    pb::Quote* quote;
    bool is_taken = false;
  };
  std::map<std::string, Found> by_name;
  for (pb::QuoteRevision& revision : read) by_name[revision.quote().name()] = {revision.mutable_quote()};
  std::vector<pb::Quote> quotes;
  quotes.reserve(uuids.size());
  for (const std::string& uuid : uuids) {
    const auto found = by_name.find(api::QuoteName(uuid));
    if (found == by_name.end()) continue;
    auto& [quote, is_taken] = found->second;  // asked for again, it is copied from its first place
    quotes.push_back(is_taken ? *quote : std::move(*quote));
    found->second = {&quotes.back(), true};
  }
  if (notices == Notices::kShow && HasNotices(rows)) RETURN_IF_ERROR(FlagAppearances(db, quotes, moment));
  return quotes;
}

std::string Cite(const pb::Quote& quote) {
  if (quote.state() == pb::QUOTE_STATE_REDACTED) {
    return StrCat("[REDACTED: ", quote.retract_reason(), "] (onrecord ", quote.name(), ")");
  }
  if (quote.text().empty() && quote.has_embargo_until()) {
    return StrCat("[EMBARGOED until ", google::protobuf::util::TimeUtil::ToString(quote.embargo_until()),
                  "] (onrecord ", quote.name(), ")");
  }
  std::string text = api::FirstCodePoints(quote.text(), kMostCitedCodePoints);
  if (text.size() < quote.text().size()) text += " …";
  const bool verbatim = quote.kind() != pb::QUOTE_KIND_INDIRECT;
  std::string citation =
      quote.speaker().empty() ? StrCat("Unnamed source (“", quote.described_as(), "”)") : quote.speaker_display_name();
  if (!quote.appearances().empty() && !quote.appearances(0).role().empty()) {
    StrAppend(&citation, " (", quote.appearances(0).role(), ")");
  }
  StrAppend(&citation, verbatim ? ": “" : " (paraphrased): ", text, verbatim ? "”" : "", ", said ",
            CiteDate(quote.said()));
  if (!quote.appearances().empty()) {
    const pb::Appearance& first = quote.appearances(0);
    std::vector<std::string> chain;
    for (const pb::Hop& hop : first.relays()) chain.push_back(hop.outlet_display_name());
    if (!first.outlet().empty()) chain.push_back(first.outlet_display_name());
    StrAppend(&citation, "; ", absl::StrJoin(chain, " → "));
    if (!first.article().headline().empty()) StrAppend(&citation, ", “", first.article().headline(), "”");
    if (api::ToRange(first.published()).known()) StrAppend(&citation, ", ", CiteDate(first.published()));
    if (!first.article().url().empty()) StrAppend(&citation, ", ", first.article().url());
  }
  if (quote.state() == pb::QUOTE_STATE_RETRACTED) StrAppend(&citation, " [RETRACTED: ", quote.retract_reason(), "]");
  StrAppend(&citation, " (onrecord ", quote.name(), ")");
  return citation;
}

}  // namespace onrecord::store
