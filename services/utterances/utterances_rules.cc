#include "services/utterances/utterances_rules.h"

#include <algorithm>
#include <string>

#include "services/api/dates.h"
#include "services/api/names.h"
#include "services/api/violations.h"
#include "services/base/strings.h"
#include "services/wordings/wordings_words.h"

namespace onrecord::rules {
namespace {

constexpr std::size_t kMostText = 100000;
constexpr int kMostSimilar = 100;
constexpr int kMostEllipsisWords = 10000;
constexpr int kMostVerified = 500;
constexpr std::size_t kMostReason = 1000;
// Words of which less stands in a quote are not a variant of it.
constexpr double kVariantCoverage = 0.6;
// Shorter ones are said by everybody.
constexpr std::size_t kTellingWords = 4;
constexpr double kTellingCoverage = 0.8;

bool Has(const pb::WordingComparison& comparison, pb::WordingFlag flag) {
  return std::find(comparison.flags().begin(), comparison.flags().end(), flag) != comparison.flags().end();
}

void CheckWords(const std::string& field, const std::string& text, api::Violations& violations) {
  violations.Text(field, text, 1, kMostText);
  if (!text.empty() && wordings::SplitWords(text).empty()) {
    violations.Add(pb::ERROR_REASON_VALUE_INVALID, field, "holds no words, only marks; give the words that were said");
  }
}

void CheckSpeaker(const std::string& field, const std::string& speaker, api::Violations& violations) {
  if (!speaker.empty()) violations.Name(field, speaker, "speakers/");
}

void CheckQuote(const std::string& field, const std::string& quote, api::Violations& violations) {
  if (api::ParseQuoteName(field, quote).ok()) return;
  violations.Add(pb::ERROR_REASON_VALUE_INVALID, field, "is no quote's name; write quotes/ and 32 hexadecimal digits");
}

void CheckSaid(const std::string& field, const pb::DateInterval& said, api::Violations& violations) {
  violations.Date(StrCat(field, ".from"), said.from());
  violations.Date(StrCat(field, ".to"), said.to());
  if (said.has_from() && said.has_to() && api::ToFrom(said.from()) > api::ToTo(said.to())) {
    violations.Add(pb::ERROR_REASON_DATE_INVALID, field, "ends before it begins; exchange the two");
  }
}

void CheckVerify(const std::string& prefix, const pb::VerifyQuoteRequest& request, api::Violations& violations) {
  CheckWords(StrCat(prefix, "text"), request.text(), violations);
  CheckSpeaker(StrCat(prefix, "speaker"), request.speaker(), violations);
  CheckSaid(StrCat(prefix, "said"), request.said(), violations);
  if (request.ellipsis_words() < 0 || request.ellipsis_words() > kMostEllipsisWords) {
    violations.Add(pb::ERROR_REASON_VALUE_INVALID, StrCat(prefix, "ellipsis_words"),
                   StrCat("is ", request.ellipsis_words(), "; 0 (for 10) to ", kMostEllipsisWords));
  }
}

}  // namespace

absl::Status CheckFindSimilarQuotes(const pb::FindSimilarQuotesRequest& request) {
  api::Violations violations;
  CheckWords("text", request.text(), violations);
  CheckSpeaker("speaker", request.speaker(), violations);
  CheckSaid("said", request.said(), violations);
  if (request.limit() < 0 || request.limit() > kMostSimilar) {
    violations.Add(pb::ERROR_REASON_VALUE_INVALID, "limit",
                   StrCat("is ", request.limit(), "; 0 (for 20) to ", kMostSimilar));
  }
  return violations.Status();
}

absl::Status CheckVerifyQuote(const pb::VerifyQuoteRequest& request) {
  api::Violations violations;
  CheckVerify("", request, violations);
  return violations.Status();
}

absl::Status CheckBatchVerifyQuotes(const pb::BatchVerifyQuotesRequest& request) {
  api::Violations violations;
  violations.Count("requests", request.requests_size(), kMostVerified);
  if (request.requests().empty()) {
    violations.Add(pb::ERROR_REASON_FIELD_REQUIRED, "requests", "is empty; ask about at least one quotation");
  }
  for (int i = 0; i < std::min(request.requests_size(), kMostVerified); ++i) {
    CheckVerify(StrCat("requests[", i, "]."), request.requests(i), violations);
  }
  return violations.Status();
}

absl::Status CheckListQuoteLinks(const pb::ListQuoteLinksRequest& request) {
  api::Violations violations;
  if (!request.quote().empty()) CheckQuote("quote", request.quote(), violations);
  CheckSpeaker("speaker", request.speaker(), violations);
  for (const int state : request.states()) {
    violations.Enum("states", state != 0 && pb::QuoteLinkState_IsValid(state), state);
  }
  for (const int relation : request.relations()) {
    violations.Enum("relations", relation != 0 && pb::WordingRelation_IsValid(relation), relation);
  }
  return violations.Status();
}

absl::Status CheckSetQuoteLink(const pb::SetQuoteLinkRequest& request) {
  api::Violations violations;
  const pb::QuoteLink& link = request.link();
  CheckQuote("link.quote", link.quote(), violations);
  CheckQuote("link.other", link.other(), violations);
  if (!link.quote().empty() && link.quote() == link.other()) {
    violations.Add(pb::ERROR_REASON_VALUE_INVALID, "link.other", "is the same quote; name another one");
  }
  if (link.state() != pb::QUOTE_LINK_STATE_CONFIRMED && link.state() != pb::QUOTE_LINK_STATE_REJECTED) {
    violations.Add(pb::ERROR_REASON_VALUE_INVALID, "link.state",
                   "is nothing that people decide; CONFIRMED or REJECTED");
  }
  if (link.relation() != pb::WORDING_RELATION_UNSPECIFIED && link.relation() != pb::WORDING_RELATION_TRANSLATION &&
      link.relation() != pb::WORDING_RELATION_PARAPHRASE) {
    violations.Add(pb::ERROR_REASON_VALUE_INVALID, "link.relation",
                   "is for the server to see; leave it out, or say TRANSLATION or PARAPHRASE");
  }
  violations.Text("link.reason", link.reason(), 0, kMostReason);
  violations.RequestId(request.request_id());
  return violations.Status();
}

void FlagReference(const pb::Quote& quote, pb::WordingComparison& comparison) {
  if (quote.kind() == pb::QUOTE_KIND_INDIRECT) comparison.add_flags(pb::WORDING_FLAG_REFERENCE_IS_PARAPHRASE);
  if (quote.polarity() != pb::POLARITY_AFFIRMED) comparison.add_flags(pb::WORDING_FLAG_REFERENCE_NOT_SAID);
  if (quote.state() != pb::QUOTE_STATE_ACTIVE) comparison.add_flags(pb::WORDING_FLAG_REFERENCE_RETRACTED);
}

std::optional<pb::QuoteVerdict> VerdictOf(const pb::SimilarQuote& similar) {
  const pb::WordingComparison& comparison = similar.comparison();
  if (Has(comparison, pb::WORDING_FLAG_REFERENCE_NOT_SAID) || Has(comparison, pb::WORDING_FLAG_REFERENCE_RETRACTED)) {
    return std::nullopt;
  }
  const bool word_for_word =
      !Has(comparison, pb::WORDING_FLAG_REFERENCE_IS_PARAPHRASE) && !Has(comparison, pb::WORDING_FLAG_SPELLING_CHANGED);
  switch (comparison.relation()) {
    case pb::WORDING_RELATION_IDENTICAL:
    case pb::WORDING_RELATION_TYPOGRAPHIC:
      return word_for_word ? pb::QUOTE_VERDICT_AUTHENTIC : pb::QUOTE_VERDICT_VARIANT;
    case pb::WORDING_RELATION_FRAGMENT:
    case pb::WORDING_RELATION_ELLIPSIS:
      return word_for_word ? pb::QUOTE_VERDICT_FRAGMENT : pb::QUOTE_VERDICT_VARIANT;
    case pb::WORDING_RELATION_UNRELATED:
      return std::nullopt;
    default:
      if (comparison.coverage() < kVariantCoverage) return std::nullopt;
      return pb::QUOTE_VERDICT_VARIANT;
  }
}

bool IsSurelyOf(const pb::SimilarQuote& similar) {
  std::size_t words = 0;
  for (const pb::DiffPart& part : similar.comparison().diff()) {
    if (part.kind() == pb::DIFF_KIND_SAME) words += wordings::SplitWords(part.text()).size();
  }
  return words >= kTellingWords && similar.comparison().coverage() >= kTellingCoverage;
}

}  // namespace onrecord::rules
