// Pure checks of quotes, and what follows from a quote's content alone: identity, place in time, warnings.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "onrecord/v1/quotes.pb.h"
#include "services/api/dates.h"
#include "services/api/violations.h"

namespace onrecord::rules {

inline constexpr std::size_t kMostTextCodePoints = 100000;
inline constexpr int kMostTopics = 50;
inline constexpr int kMostRelays = 20;
inline constexpr std::size_t kContextCodePoints = 32;

// Folds white space, fills in defaults (polarity, source terms) and cuts contexts.
void Normalize(pb::Quote& quote);
// Everything that is wrong with the content of a normalized quote. Only an `identified` one has both a speaker and
// described_as.
void CheckQuote(const pb::Quote& quote, api::Violations& violations, bool identified = false);

absl::Status CheckCreateQuote(const pb::CreateQuoteRequest& request);
absl::Status CheckUpdateQuote(const pb::UpdateQuoteRequest& request);
// RetractQuote, RestoreQuote and RedactQuote.
absl::Status CheckReason(std::string_view reason, std::string_view request_id);

// `current` with the fields of the mask replaced by those of `changes`. Violation for a field that is not one.
absl::StatusOr<pb::Quote> ApplyMask(const pb::Quote& current, const pb::UpdateQuoteRequest& request);
// Whether the fields that people can write are equal.
bool SameContent(const pb::Quote& a, const pb::Quote& b);
// Names of the top-level fields that differ.
std::vector<std::string> ChangedFields(const pb::Quote& before, const pb::Quote& after);

// The place on the time axis.
api::Occurred PlaceQuote(const pb::Quote& quote, absl::CivilDay recorded);
// Bits for the column `warnings`.
int WarningBits(const pb::Quote& quote, absl::CivilDay today);

// Identities, see docs/adr: computed from the input alone.
struct Source {         // who a quote is attributed to, as given
  std::string speaker;  // a name or resource name; empty for an unnamed source
  std::string described_as;
};
std::string QuoteId(const Source& source, std::string_view text, const api::DayRange& said, std::string_view outlet,
                    std::string_view url, const api::DayRange& published);
// Whether a quote with this id, and these words and dates at first, was recorded under this name of a speaker.
bool IsOfSpeaker(const std::string& speaker, std::string_view quote_id, std::string_view first_text,
                 const api::DayRange& first_said);
std::string AppearanceId(std::string_view quote_id, std::string_view outlet, std::string_view url,
                         const api::DayRange& published, std::string_view position);
// "1103-1273,1280-1290".
std::string FormatPosition(const pb::Appearance& appearance);

}  // namespace onrecord::rules
