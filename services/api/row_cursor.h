// Reads the fields of a row one after the other, in the order of the statement.
#pragma once

#include <cstdint>
#include <pqxx/pqxx>
#include <string>
#include <string_view>
#include <vector>

#include "google/protobuf/timestamp.pb.h"
#include "onrecord/v1/dates.pb.h"
#include "services/api/dates.h"
#include "services/api/names.h"
#include "services/base/strings.h"

namespace onrecord::api {

// The first column of every row, as text.
inline std::vector<std::string> FirstColumn(const pqxx::result& rows) {
  std::vector<std::string> values;
  for (const auto& row : rows) values.emplace_back(row[0].c_str());
  return values;
}

class RowCursor {
 public:
  explicit RowCursor(const pqxx::row& row) : row_(row) {}
  std::string Text() { return Next().c_str(); }
  int Int() { return static_cast<int>(Long()); }
  std::int64_t Long() {  // 0 for NULL
    const pqxx::field field = Next();
    return field.is_null() ? 0 : field.as<std::int64_t>();
  }
  double Double() {  // 0 for NULL
    const pqxx::field field = Next();
    return field.is_null() ? 0 : field.as<double>();
  }
  bool Bool() {  // false for NULL
    const pqxx::field field = Next();
    return !field.is_null() && field.c_str()[0] == 't';
  }
  // prefix + text, or "" for NULL.
  std::string Name(std::string_view prefix) {
    const pqxx::field field = Next();
    return field.is_null() ? "" : StrCat(prefix, field.c_str());
  }
  // prefix + 32 hexadecimal digits, or "" for NULL.
  std::string Uuid(std::string_view prefix) {
    const pqxx::field field = Next();
    return field.is_null() ? "" : StrCat(prefix, BareUuid(field.c_str()));
  }
  void Time(google::protobuf::Timestamp& time) {
    const std::int64_t micros = Long();
    time.set_seconds(micros / 1000000);
    time.set_nanos(static_cast<int>(micros % 1000000) * 1000);
  }
  // Bounds, printed text, basis.
  void Date(pb::UncertainDate& date) {
    DayRange range;
    range.from = Int();
    range.to = Int();
    FromRange(range, date);
    date.set_printed(Text());
    date.set_basis(static_cast<pb::DateBasis>(Int()));
  }
  // A day as PostgreSQL prints it.
  pb::PartialDate Day() {
    absl::CivilDay day;
    const std::string text = Text();
    return absl::ParseCivilTime(text, &day) ? FromDay(day) : pb::PartialDate();
  }

 private:
  pqxx::field Next() { return row_[column_++]; }
  const pqxx::row& row_;
  pqxx::row::size_type column_ = 0;
};

}  // namespace onrecord::api
