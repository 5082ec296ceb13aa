#include "services/api/dates.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "services/base/strings.h"

namespace onrecord::api {
namespace {

constexpr char kAccepted[] =
    "write 2007, 2007-11 or 2007-11-21, an interval 2007-11-01/2007-11-21, or ../2007-11-21 for not later";

pb::PartialDate Unpack(int packed, int unknown) {
  pb::PartialDate date;
  date.set_year(packed / 10000);
  if (const int month = packed / 100 % 100; month != unknown) date.set_month(month);
  if (const int day = packed % 100; day != unknown) date.set_day(day);
  return date;
}

// "2007-11" as a partial date; nullopt when it has another form (digits only, two for month and day).
std::optional<pb::PartialDate> ParsePartial(std::string_view text) {
  const std::vector<std::string_view> parts = Split(text, '-');
  if (parts.size() > 3 || parts[0].size() != 4) return std::nullopt;
  int numbers[3] = {0, 0, 0};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const bool digits = std::all_of(parts[i].begin(), parts[i].end(), [](char c) { return c >= '0' && c <= '9'; });
    if (!digits || (i > 0 && parts[i].size() != 2) || !ParseNumber(parts[i], &numbers[i])) return std::nullopt;
    if (numbers[i] == 0) return std::nullopt;
  }
  pb::PartialDate date;
  date.set_year(numbers[0]);
  date.set_month(numbers[1]);
  date.set_day(numbers[2]);
  return date;
}

}  // namespace

std::optional<std::string> WrongWith(const pb::PartialDate& date) {
  const int year = date.year();
  const int month = date.month();
  const int day = date.day();
  if (year == 0 && month == 0 && day == 0) return std::nullopt;
  if (year < 1 || year > 9999) return StrCat("year ", year, " is not in 1 to 9999; give at least the year");
  if (month < 0 || month > 12) return StrCat("month ", month, " is not in 1 to 12 (0 when not known)");
  if (month == 0 && day != 0) return "a day needs its month; give the month or leave the day 0";
  if (day < 0 || day > 31) return StrCat("day ", day, " is not in 1 to 31 (0 when not known)");
  if (day != 0 && absl::CivilDay(year, month, day).month() != month) {
    return absl::StrFormat("%04d-%02d has no day %d", year, month, day);
  }
  return std::nullopt;
}

int ToFrom(const pb::PartialDate& date) { return date.year() * 10000 + date.month() * 100 + date.day(); }

int ToTo(const pb::PartialDate& date) {
  if (date.year() == 0) return kOpenTo;
  return date.year() * 10000 + (date.month() == 0 ? 99 : date.month()) * 100 + (date.day() == 0 ? 99 : date.day());
}

DayRange ToRange(const pb::UncertainDate& date) { return {ToFrom(date.from()), ToTo(date.to())}; }

void FromRange(const DayRange& range, pb::UncertainDate& date) {
  if (range.from != kOpenFrom) *date.mutable_from() = Unpack(range.from, 0);
  if (range.to != kOpenTo) *date.mutable_to() = Unpack(range.to, 99);
}

pb::PartialDate FromDay(absl::CivilDay day) {
  pb::PartialDate date;
  date.set_year(static_cast<int>(day.year()));
  date.set_month(day.month());
  date.set_day(day.day());
  return date;
}

absl::CivilDay FirstDay(int from) {
  return absl::CivilDay(from / 10000, std::max(1, from / 100 % 100), std::max(1, from % 100));
}

absl::CivilDay LastDay(int to) {
  const int year = to / 10000;
  const int month = to / 100 % 100;
  const int day = to % 100;
  if (month == 99) return absl::CivilDay(year, 12, 31);
  if (day == 99) return absl::CivilDay(absl::CivilMonth(year, month) + 1) - 1;
  return absl::CivilDay(year, month, day);
}

Occurred Place(const DayRange& said, int earliest_published_from, absl::CivilDay recorded) {
  if (said.from != kOpenFrom && said.to != kOpenTo) {
    const absl::CivilDay first = FirstDay(said.from);
    if (LastDay(said.to) == first) return {first, pb::PRECISION_DAY};
    const bool same = said.from / 10000 == said.to / 10000 && said.from % 100 == 0 && said.to % 100 == 99;
    if (same && said.from / 100 % 100 == 0 && said.to / 100 % 100 == 99) return {first, pb::PRECISION_YEAR};
    if (same && said.from / 100 == said.to / 100) return {first, pb::PRECISION_MONTH};
    return {first, pb::PRECISION_INTERVAL};
  }
  if (said.from != kOpenFrom) return {FirstDay(said.from), pb::PRECISION_BOUND};
  if (said.to != kOpenTo) return {LastDay(said.to), pb::PRECISION_BOUND};
  if (earliest_published_from != kOpenFrom) return {FirstDay(earliest_published_from), pb::PRECISION_PUBLISHED};
  return {recorded, pb::PRECISION_RECORDED};
}

absl::StatusOr<DayRange> ParseInterval(std::string_view text) {
  if (text.empty()) return DayRange{};
  const std::vector<std::string_view> ends = Split(text, '/');
  const auto refuse = [&](std::string_view problem) {
    return absl::InvalidArgumentError(StrCat("\"", text.substr(0, 50), "\" ", problem, "; ", kAccepted));
  };
  if (ends.size() > 2) return refuse("is not a date");
  DayRange range;
  for (std::size_t i = 0; i < ends.size(); ++i) {
    if (ends.size() == 2 && ends[i] == "..") continue;
    const std::optional<pb::PartialDate> date = ParsePartial(ends[i]);
    if (!date) return refuse("is not a date");
    if (const auto wrong = WrongWith(*date)) return refuse(StrCat("is no date: ", *wrong));
    if (i == 0) range.from = ToFrom(*date);
    if (i + 1 == ends.size()) range.to = ToTo(*date);
  }
  if (range.from > range.to) return refuse("ends before it starts");
  return range;
}

std::string FormatInterval(const DayRange& range) {
  if (!range.known()) return "";
  const auto format = [](int packed, int unknown) {
    std::string text = absl::StrFormat("%04d", packed / 10000);
    if (packed / 100 % 100 != unknown) absl::StrAppendFormat(&text, "-%02d", packed / 100 % 100);
    if (packed % 100 != unknown) absl::StrAppendFormat(&text, "-%02d", packed % 100);
    return text;
  };
  const std::string from = range.from == kOpenFrom ? ".." : format(range.from, 0);
  const std::string to = range.to == kOpenTo ? ".." : format(range.to, 99);
  return from == to ? from : StrCat(from, "/", to);
}

absl::CivilDay Today() { return absl::ToCivilDay(absl::Now(), absl::UTCTimeZone()); }

std::string FormatDay(absl::CivilDay day) {
  return absl::StrFormat("%04d-%02d-%02d", day.year(), day.month(), day.day());
}

}  // namespace onrecord::api
