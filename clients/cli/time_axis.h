// Days on the columns of a line of text, over whole years or whole months, with labels. Pure.
#pragma once

#include <chrono>
#include <string>

#include "onrecord/v1/dates.pb.h"

namespace onrecord::cli {

// The first and the last day of what may be a day, a month or a year.
std::chrono::sys_days FirstDayOf(const onrecord::v1::PartialDate& date);
std::chrono::sys_days LastDayOf(const onrecord::v1::PartialDate& date);

// The first and the last column hold no day: they are for arrows.
class TimeAxis {
 public:
  // Holds all days from `first` to `last` on `width` columns: in years when they lie more than three years apart,
  // else in months.
  TimeAxis(std::chrono::sys_days first, std::chrono::sys_days last, int width);

  int width() const { return width_; }
  // From 1 to width() - 2.
  int ColumnOf(std::chrono::sys_days day) const;
  // "2005    2006    2007", each label beginning at the column of its first day. No blanks at the end.
  std::string Labels() const;

 private:
  bool years_ = false;
  int width_ = 0;
  std::chrono::sys_days begin_;
  std::chrono::sys_days end_;  // the day after the last one
};

}  // namespace onrecord::cli
