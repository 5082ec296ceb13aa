#include "clients/cli/time_axis.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "absl/strings/str_format.h"

namespace onrecord::cli {
namespace {

namespace pb = ::onrecord::v1;
using std::chrono::months;
using std::chrono::sys_days;
using std::chrono::year_month;
using std::chrono::year_month_day;

constexpr int kMonthsOfAYear = 12;

year_month MonthOf(sys_days day) {
  const year_month_day date(day);
  return date.year() / date.month();
}

sys_days FirstOf(year_month month) { return sys_days(month / 1); }

// Months since the year 0.
int Number(year_month month) {
  return static_cast<int>(month.year()) * kMonthsOfAYear + static_cast<int>(static_cast<unsigned>(month.month())) - 1;
}

year_month FromNumber(int number) {
  return std::chrono::year(number / kMonthsOfAYear) / std::chrono::month(static_cast<unsigned>(number % 12) + 1);
}

}  // namespace

sys_days FirstDayOf(const pb::PartialDate& date) {
  return sys_days(std::chrono::year(date.year()) / std::max(date.month(), 1) / std::max(date.day(), 1));
}

sys_days LastDayOf(const pb::PartialDate& date) {
  if (date.day() != 0) return FirstDayOf(date);
  const int month = date.month() == 0 ? kMonthsOfAYear : date.month();
  return sys_days(std::chrono::year(date.year()) / month / std::chrono::last);
}

TimeAxis::TimeAxis(sys_days first, sys_days last, int width) : width_(std::max(width, 3)) {
  constexpr int kMostMonths = 36;
  year_month begin = MonthOf(first);
  year_month end = MonthOf(last) + months(1);
  years_ = Number(end) - Number(begin) > kMostMonths;
  if (years_) {
    begin = begin.year() / std::chrono::January;
    if (end.month() != std::chrono::January) end = (end.year() + std::chrono::years(1)) / std::chrono::January;
  }
  begin_ = FirstOf(begin);
  end_ = FirstOf(end);
}

int TimeAxis::ColumnOf(sys_days day) const {
  // As if every month had 31 days: so all years are equally long.
  constexpr int kDays = 31;
  const int first = Number(MonthOf(begin_));
  const int all = Number(MonthOf(end_)) - first;
  const int day_of_month = static_cast<int>(static_cast<unsigned>(year_month_day(day).day()));
  const std::int64_t before = (Number(MonthOf(day)) - first) * kDays + day_of_month - 1;
  return std::clamp(1 + static_cast<int>(before * (width_ - 2) / (all * kDays)), 1, width_ - 2);
}

std::string TimeAxis::Labels() const {
  // In months; the first one for which the labels do not touch each other.
  constexpr std::array<int, 5> kMonthSteps = {1, 2, 3, 6, 12};
  constexpr std::array<int, 11> kYearSteps = {12, 24, 60, 120, 240, 600, 1200, 2400, 6000, 12000, 24000};
  const int label_width = years_ ? 4 : 7;
  const int all = Number(MonthOf(end_)) - Number(MonthOf(begin_));
  const auto fits = [&](int step) { return step * (width_ - 2) / all >= label_width + 2; };
  const int step = years_ ? *std::find_if(kYearSteps.begin(), kYearSteps.end() - 1, fits)
                          : *std::find_if(kMonthSteps.begin(), kMonthSteps.end() - 1, fits);
  std::string labels;
  const auto add = [&](year_month month) {
    const auto column = static_cast<std::size_t>(ColumnOf(FirstOf(month)));
    if (labels.size() > column || column + static_cast<std::size_t>(label_width) > static_cast<std::size_t>(width_)) {
      return;
    }
    labels.resize(column, ' ');
    labels += years_
                  ? absl::StrFormat("%04d", static_cast<int>(month.year()))
                  : absl::StrFormat("%04d-%02d", static_cast<int>(month.year()), static_cast<unsigned>(month.month()));
  };
  const int first = Number(MonthOf(begin_));
  for (int number = (first + step - 1) / step * step; number < first + all; number += step) add(FromNumber(number));
  if (labels.empty()) add(MonthOf(begin_));
  return labels;
}

}  // namespace onrecord::cli
