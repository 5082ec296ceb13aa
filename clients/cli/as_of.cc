#include "clients/cli/as_of.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "clients/cli/dates.h"

namespace onrecord::cli {
namespace {

// The day, month or year as dates are typed everywhere; words such as "yesterday" are meant in UTC too.
absl::StatusOr<absl::Time> EndOfDate(absl::string_view text, absl::Time now) {
  const absl::CivilDay today = absl::ToCivilDay(now, absl::UTCTimeZone());
  const auto date = ParseDate(text, std::chrono::year(static_cast<int>(today.year())) /
                                        static_cast<unsigned>(today.month()) / static_cast<unsigned>(today.day()));
  if (!date.ok()) return date.status();
  const absl::CivilDay begin(date->year(), std::max(date->month(), 1), std::max(date->day(), 1));
  if (absl::FromCivil(begin, absl::UTCTimeZone()) > now) {
    return absl::InvalidArgumentError(absl::StrCat("\"", text, "\" lies in the future."));
  }
  absl::CivilDay next = begin + 1;
  if (date->day() == 0) next = absl::CivilDay(absl::CivilMonth(begin) + 1);
  if (date->month() == 0) next = absl::CivilDay(absl::CivilYear(begin) + 1);
  // The record knows microseconds.
  return std::min(now, absl::FromCivil(next, absl::UTCTimeZone()) - absl::Microseconds(1));
}

absl::StatusOr<absl::Time> ParseMoment(absl::string_view text, absl::Time now) {
  absl::Time moment;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, text, &moment, &error) || moment == absl::InfinitePast()) {
    const auto end = EndOfDate(text, now);
    if (end.ok() || absl::StrContains(end.status().message(), "future")) return end;
    return absl::InvalidArgumentError(
        absl::StrCat("\"", text,
                     "\" is no moment: write it as 2024-05-01T12:00:00Z, or a day, whose end in UTC is meant, as "
                     "2024-05-01 or yesterday."));
  }
  if (moment > now) return absl::InvalidArgumentError(absl::StrCat("\"", text, "\" lies in the future."));
  return moment;
}

}  // namespace

absl::StatusOr<google::protobuf::Timestamp> ParseAsOf(absl::string_view text, absl::Time now) {
  const auto moment = ParseMoment(text, now);
  if (!moment.ok()) return moment.status();
  google::protobuf::Timestamp timestamp;
  const absl::Time whole = absl::FromUnixSeconds(absl::ToUnixSeconds(*moment));
  timestamp.set_seconds(absl::ToUnixSeconds(*moment));
  timestamp.set_nanos(static_cast<std::int32_t>(absl::ToInt64Nanoseconds(*moment - whole)));
  return timestamp;
}

void AddAsOf(CLI::App& command, Context& context) {
  command
      .add_option_function<std::string>(
          "--as-of",
          [&context](const std::string& text) {
            const auto moment = ParseAsOf(text, absl::Now());
            if (!moment.ok()) context.Fail(kExitUsage, absl::StrCat("--as-of: ", moment.status().message()));
            context.as_of = *moment;
          },
          "What the record held then: a time (2024-05-01T12:00:00Z), or a day, meaning its end in UTC")
      ->type_name("TIME");
}

}  // namespace onrecord::cli
