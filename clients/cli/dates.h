// Dates as people type them, and as lists show them honestly. Pure: `today` is a parameter.
//
// Typed: 2007, 2007-11, 2007-11-21, 21 Nov 2007, November 2007, Nov 21, 2007, today, yesterday,
// last|this week|month|year, 3 days|weeks|months|years ago, 1990s; intervals A..B, A.., ..B, A/B.
#pragma once

#include <chrono>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "onrecord/v1/dates.pb.h"
#include "onrecord/v1/quotes.pb.h"

namespace onrecord::cli {

using Today = std::chrono::year_month_day;

// The day it is now, here.
Today LocalToday();

// Errors are INVALID_ARGUMENT with a message for people that names the value.
absl::StatusOr<onrecord::v1::DateInterval> ParseInterval(absl::string_view text, Today today);
absl::StatusOr<onrecord::v1::UncertainDate> ParseUncertain(absl::string_view text, Today today);
// One year, month or day; words that mean several days ("last week") are refused.
absl::StatusOr<onrecord::v1::PartialDate> ParseDate(absl::string_view text, Today today);

// "2007-11-21", "2007-11", "2007".
std::string FormatDate(const onrecord::v1::PartialDate& date);
// As records write it: "2007-11", "2007-11-01/2007-11-21", "../2007-11-21"; empty when nothing is known.
std::string IntervalText(const onrecord::v1::UncertainDate& date);
// "2007-11", "2007-11-01..21", "2007-11-28–2007-12-02", "≤2007-11-21", "≥2007-11-21"; empty when nothing is known.
std::string FormatUncertain(const onrecord::v1::UncertainDate& date);
// Quote.occurred shown no more exactly than it is known.
std::string FormatOccurred(const onrecord::v1::Quote& quote);

}  // namespace onrecord::cli
