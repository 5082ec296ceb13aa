#include "clients/cli/dates.h"

#include <array>
#include <ctime>
#include <optional>
#include <tuple>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"

namespace onrecord::cli {
namespace {

namespace pb = ::onrecord::v1;
using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year_month_day;

struct Span {
  std::optional<pb::PartialDate> from;
  std::optional<pb::PartialDate> to;
};

pb::PartialDate Date(int year, unsigned month = 0, unsigned day = 0) {
  pb::PartialDate date;
  date.set_year(year);
  date.set_month(static_cast<int>(month));
  date.set_day(static_cast<int>(day));
  return date;
}

pb::PartialDate Date(sys_days day) {
  const year_month_day date(day);
  return Date(static_cast<int>(date.year()), static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

Span Both(const pb::PartialDate& date) { return {date, date}; }

absl::Status Invalid(absl::string_view text, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat(
      "\"", text, "\" ", why,
      ". Write a date as 2007, 2007-11, 2007-11-21, \"21 Nov 2007\", \"November 2007\", \"Nov 21, 2007\", today, "
      "yesterday, \"last week\", \"this month\", \"3 years ago\" or 1990s, and an interval as A..B, A.. or ..B."));
}

std::optional<int> Number(absl::string_view text, std::size_t min_digits, std::size_t max_digits) {
  if (text.size() < min_digits || text.size() > max_digits) return std::nullopt;
  for (const char c : text) {
    if (!absl::ascii_isdigit(c)) return std::nullopt;
  }
  int number = 0;
  if (!absl::SimpleAtoi(text, &number)) return std::nullopt;
  return number;
}

// A day of the month, with or without an ordinal's ending.
std::optional<int> DayNumber(absl::string_view text) {
  for (const char* ending : {"st", "nd", "rd", "th"}) {
    if (text.size() > 2 && absl::EndsWith(text, ending)) text.remove_suffix(2);
  }
  return Number(text, 1, 2);
}

// "nov", "nov.", "sept", "november".
std::optional<int> MonthNumber(absl::string_view text) {
  constexpr std::array<absl::string_view, 12> kMonths = {"january",   "february", "march",    "april",
                                                         "may",       "june",     "july",     "august",
                                                         "september", "october",  "november", "december"};
  if (absl::EndsWith(text, ".")) text.remove_suffix(1);
  if (text.size() < 3) return std::nullopt;
  for (std::size_t i = 0; i < kMonths.size(); ++i) {
    if (absl::StartsWith(kMonths[i], text)) return static_cast<int>(i) + 1;
  }
  return std::nullopt;
}

absl::StatusOr<Span> Checked(absl::string_view text, int year, std::optional<int> month, std::optional<int> day) {
  if (year < 1 || year > 9999) return Invalid(text, "has no year from 1 to 9999");
  if (month && (*month < 1 || *month > 12)) return Invalid(text, "has no month from 1 to 12");
  if (day && !(std::chrono::year(year) / *month / *day).ok()) return Invalid(text, "is a day that does not exist");
  return Both(Date(year, static_cast<unsigned>(month.value_or(0)), static_cast<unsigned>(day.value_or(0))));
}

// 2007, 2007-11, 2007-11-21.
std::optional<absl::StatusOr<Span>> Numeric(absl::string_view text) {
  const std::vector<absl::string_view> parts = absl::StrSplit(text, '-');
  if (parts.size() > 3) return std::nullopt;
  const std::optional<int> year = Number(parts[0], 4, 4);
  if (!year) return std::nullopt;
  std::optional<int> month;
  std::optional<int> day;
  if (parts.size() > 1 && !(month = Number(parts[1], 1, 2))) return std::nullopt;
  if (parts.size() > 2 && !(day = Number(parts[2], 1, 2))) return std::nullopt;
  return Checked(text, *year, month, day);
}

// The day, week, month or year that lies `back` units before the one with today in it.
std::optional<Span> UnitsBack(absl::string_view unit, int back, Today today) {
  const sys_days day(today);
  if (unit == "day") return Both(Date(day - days(back)));
  if (unit == "week") {
    const days since_monday = std::chrono::weekday(day) - std::chrono::Monday;
    const sys_days monday = day - since_monday - std::chrono::weeks(back);
    return Span{Date(monday), Date(monday + days(6))};
  }
  if (unit == "month") {
    const std::chrono::year_month month = today.year() / today.month() - std::chrono::months(back);
    return Both(Date(static_cast<int>(month.year()), static_cast<unsigned>(month.month())));
  }
  if (unit == "year") return Both(Date(static_cast<int>(today.year()) - back));
  return std::nullopt;
}

// today, yesterday, last month, 3 years ago, 1990s.
std::optional<Span> Relative(const std::vector<absl::string_view>& words, Today today) {
  if (words.size() == 1 && words[0] == "today") return UnitsBack("day", 0, today);
  if (words.size() == 1 && words[0] == "yesterday") return UnitsBack("day", 1, today);
  if (words.size() == 1 && words[0].size() == 5 && absl::EndsWith(words[0], "0s")) {
    const std::optional<int> year = Number(words[0].substr(0, 4), 4, 4);
    if (year && *year > 0) return Span{Date(*year), Date(*year + 9)};
  }
  if (words.size() == 2 && (words[0] == "last" || words[0] == "this") && words[1] != "day") {
    return UnitsBack(words[1], words[0] == "last" ? 1 : 0, today);
  }
  if (words.size() == 3 && words[2] == "ago") {
    const std::optional<int> back = words[0] == "a" || words[0] == "one" ? 1 : Number(words[0], 1, 4);
    absl::string_view unit = words[1];
    if (absl::EndsWith(unit, "s")) unit.remove_suffix(1);
    if (back) return UnitsBack(unit, *back, today);
  }
  return std::nullopt;
}

// 21 Nov 2007, Nov 21 2007, November 2007.
std::optional<absl::StatusOr<Span>> Worded(absl::string_view text, const std::vector<absl::string_view>& words) {
  if (words.size() < 2 || words.size() > 3) return std::nullopt;
  const std::optional<int> year = Number(words.back(), 4, 4);
  if (!year) return std::nullopt;
  if (words.size() == 2) {
    const std::optional<int> month = MonthNumber(words[0]);
    if (!month) return std::nullopt;
    return Checked(text, *year, month, std::nullopt);
  }
  for (const auto& [month_word, day_word] : {std::pair(words[0], words[1]), std::pair(words[1], words[0])}) {
    const std::optional<int> month = MonthNumber(month_word);
    const std::optional<int> day = DayNumber(day_word);
    if (month && day) return Checked(text, *year, month, day);
  }
  return std::nullopt;
}

absl::StatusOr<Span> ParseOne(absl::string_view text, Today today) {
  if (auto span = Numeric(text)) return *std::move(span);
  const std::string lower = absl::StrReplaceAll(absl::AsciiStrToLower(text), {{",", " "}});
  const std::vector<absl::string_view> words = absl::StrSplit(lower, absl::ByAnyChar(" \t"), absl::SkipEmpty());
  if (const auto span = Relative(words, today)) {
    if (span->from->year() < 1) return Invalid(text, "lies before the year 1");
    return *span;
  }
  if (auto span = Worded(text, words)) return *std::move(span);
  return Invalid(text, "is not a date");
}

// Both sides of an interval; nothing when the text is not one.
std::optional<std::pair<std::string, std::string>> SplitInterval(absl::string_view text) {
  for (const absl::string_view separator : {"/", "–", ".."}) {
    const std::size_t at = text.find(separator);
    if (at == absl::string_view::npos) continue;
    std::string left(absl::StripAsciiWhitespace(text.substr(0, at)));
    std::string right(absl::StripAsciiWhitespace(text.substr(at + separator.size())));
    if (left == "..") left.clear();
    if (right == "..") right.clear();
    return std::pair(std::move(left), std::move(right));
  }
  return std::nullopt;
}

std::tuple<int, int, int> First(const pb::PartialDate& date) {
  return {date.year(), std::max(date.month(), 1), std::max(date.day(), 1)};
}

std::tuple<int, int, int> Last(const pb::PartialDate& date) {
  return {date.year(), date.month() == 0 ? 12 : date.month(), date.day() == 0 ? 31 : date.day()};
}

absl::StatusOr<Span> ParseSpan(absl::string_view given, Today today) {
  const absl::string_view text = absl::StripAsciiWhitespace(given);
  const auto sides = SplitInterval(text);
  if (!sides) return ParseOne(text, today);
  auto [left, right] = *sides;
  if (left.empty() && right.empty()) return Invalid(text, "has neither a beginning nor an end");
  Span span;
  if (!left.empty()) {
    const auto from = ParseOne(left, today);
    if (!from.ok()) return from.status();
    span.from = from->from;
    // 2007-11-01..21, as lists show it.
    if (Number(right, 1, 2) && span.from->day() != 0) {
      right = absl::StrFormat("%04d-%02d-%s", span.from->year(), span.from->month(), right);
    }
  }
  if (!right.empty()) {
    const auto to = ParseOne(right, today);
    if (!to.ok()) return to.status();
    span.to = to->to;
  }
  if (span.from && span.to && First(*span.from) > Last(*span.to)) return Invalid(text, "ends before it begins");
  return span;
}

template <typename Message>
absl::StatusOr<Message> ParseInto(absl::string_view text, Today today) {
  auto span = ParseSpan(text, today);
  if (!span.ok()) return span.status();
  Message message;
  if (span->from) *message.mutable_from() = *span->from;
  if (span->to) *message.mutable_to() = *span->to;
  return message;
}

}  // namespace

Today LocalToday() {
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  localtime_r(&now, &local);
  return std::chrono::year(local.tm_year + 1900) / (local.tm_mon + 1) / local.tm_mday;
}

absl::StatusOr<pb::DateInterval> ParseInterval(absl::string_view text, Today today) {
  return ParseInto<pb::DateInterval>(text, today);
}

absl::StatusOr<pb::UncertainDate> ParseUncertain(absl::string_view text, Today today) {
  return ParseInto<pb::UncertainDate>(text, today);
}

absl::StatusOr<pb::PartialDate> ParseDate(absl::string_view text, Today today) {
  const auto span = ParseSpan(text, today);
  if (!span.ok()) return span.status();
  if (!span->from || !span->to || First(*span->from) != First(*span->to) || Last(*span->from) != Last(*span->to)) {
    return Invalid(text, "is an interval where one year, month or day is wanted");
  }
  return *span->from;
}

std::string FormatDate(const pb::PartialDate& date) {
  if (date.month() == 0) return absl::StrFormat("%04d", date.year());
  if (date.day() == 0) return absl::StrFormat("%04d-%02d", date.year(), date.month());
  return absl::StrFormat("%04d-%02d-%02d", date.year(), date.month(), date.day());
}

std::string IntervalText(const pb::UncertainDate& date) {
  const std::string from = date.has_from() ? FormatDate(date.from()) : "";
  const std::string to = date.has_to() ? FormatDate(date.to()) : "";
  if (from == to) return from;
  return (from.empty() ? ".." : from) + "/" + (to.empty() ? ".." : to);
}

std::string FormatUncertain(const pb::UncertainDate& date) {
  const bool from = date.from().year() != 0;
  const bool to = date.to().year() != 0;
  if (!from && !to) return "";
  if (!from) return absl::StrCat("≤", FormatDate(date.to()));
  if (!to) return absl::StrCat("≥", FormatDate(date.from()));
  const std::string first = FormatDate(date.from());
  const std::string last = FormatDate(date.to());
  if (first == last) return first;
  if (first.size() == 10 && last.size() == 10 && first.substr(0, 7) == last.substr(0, 7)) {
    return absl::StrCat(first, "..", last.substr(8));
  }
  return absl::StrCat(first, "–", last);
}

std::string FormatOccurred(const pb::Quote& quote) {
  const pb::PartialDate& day = quote.occurred();
  switch (quote.occurred_precision()) {
    case pb::PRECISION_MONTH:
      return FormatDate(Date(day.year(), static_cast<unsigned>(day.month())));
    case pb::PRECISION_YEAR:
      return FormatDate(Date(day.year()));
    case pb::PRECISION_INTERVAL:
      return FormatUncertain(quote.said());
    case pb::PRECISION_BOUND:
      return absl::StrCat(quote.said().from().year() != 0 ? "≥" : "≤", FormatDate(day));
    case pb::PRECISION_PUBLISHED:
      return absl::StrCat("pub. ", FormatDate(day));
    case pb::PRECISION_RECORDED:
      return absl::StrCat("rec. ", FormatDate(day));
    default:
      return day.year() == 0 ? "" : FormatDate(day);
  }
}

}  // namespace onrecord::cli
