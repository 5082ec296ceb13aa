// Uncertain dates between the API (pairs of partial dates) and storage (pairs of integers yyyymmdd, see
// db/migrations/0001_record.sql). In a lower bound unknown parts are 00, in an upper bound 99.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "onrecord/v1/dates.pb.h"
#include "onrecord/v1/quotes.pb.h"

namespace onrecord::api {

namespace pb = ::onrecord::v1;

inline constexpr int kOpenFrom = 0;
inline constexpr int kOpenTo = 999999999;  // later than any year, 9999 too

// Stored form of an interval.
struct DayRange {
  int from = kOpenFrom;
  int to = kOpenTo;
  bool known() const { return from != kOpenFrom || to != kOpenTo; }
};

// What is wrong with a date, for people; nullopt when it is one (the empty message too).
std::optional<std::string> WrongWith(const pb::PartialDate& date);

int ToFrom(const pb::PartialDate& date);
int ToTo(const pb::PartialDate& date);
DayRange ToRange(const pb::UncertainDate& date);
// Sets from and to of `date`, leaving an open end absent.
void FromRange(const DayRange& range, pb::UncertainDate& date);
pb::PartialDate FromDay(absl::CivilDay day);

// First day of a lower bound, last day of an upper bound. The bound must not be open.
absl::CivilDay FirstDay(int from);
absl::CivilDay LastDay(int to);

// The one day that places a quote on the time axis, and how exactly it is known.
struct Occurred {
  absl::CivilDay day;
  pb::Precision precision;
};
Occurred Place(const DayRange& said, int earliest_published_from, absl::CivilDay recorded);

// Dates of import records: "2007", "2007-11", "2007-11-21", "A/B", "../B", "A/..", "" (open on both ends).
// The error says what is wrong and what is accepted.
absl::StatusOr<DayRange> ParseInterval(std::string_view text);
// The inverse.
std::string FormatInterval(const DayRange& range);

// The day that it is in UTC.
absl::CivilDay Today();

// "2007-11-21" of a day; PostgreSQL's text form of dates from year 1 on.
std::string FormatDay(absl::CivilDay day);

}  // namespace onrecord::api
