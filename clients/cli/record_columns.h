// What the keys of a JSON record and the columns of a CSV file mean: a field of the record, or, where the record has
// one stance or one review, a field of that ("claim", "review_url"). And values as one text, read and written.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "clients/cli/records.h"

namespace onrecord::cli {

struct RecordColumn {
  enum class Of { kRecord, kStance, kReview, kRating };

  std::string name;
  Of of = Of::kRecord;
  const google::protobuf::FieldDescriptor* field = nullptr;
};

// In the order of a CSV header. Fewer than 64.
const std::vector<RecordColumn>& Columns();
// Whether exports write it: raw records stay where they are.
bool IsExported(const RecordColumn& column);
// The column called `name`; null when there is none.
const RecordColumn* FindColumn(std::string_view name);
// A reject that says that there is no such field, and which one may be meant. `path` is where the name stands.
LocalReject UnknownField(std::string_view name);
LocalReject UnknownField(std::string_view name, std::string_view path, const google::protobuf::Descriptor& type);

// Sets a field from one text: enums by name, numbers, lists with ";" between the values ("\;" stands for a ";" in a
// value). `path` is what people call it.
std::optional<LocalReject> SetFromText(google::protobuf::Message& message,
                                       const google::protobuf::FieldDescriptor& field, std::string_view path,
                                       std::string_view text);
// The same text back; what SetFromText reads as the same field.
std::string FieldText(const google::protobuf::Message& message, const google::protobuf::FieldDescriptor& field);
// The cell of a column. A stance or review that the columns can hold is in these, else all are in the list's column.
std::string ColumnText(const pb::ImportRecord& record, const RecordColumn& column);

// Fills a record column by column.
class RecordBuilder {
 public:
  explicit RecordBuilder(pb::ImportRecord& record) : record_(record) {}
  // The message that holds the column's field.
  google::protobuf::Message& Holder(const RecordColumn& column);
  // Empty texts set nothing.
  std::optional<LocalReject> Set(const RecordColumn& column, std::string_view text);
  // To be called once, at the end: puts the stance and the review in their lists.
  std::optional<LocalReject> Finish();

 private:
  pb::ImportRecord& record_;
  pb::ImportStance stance_;
  pb::ImportReview review_;
};

}  // namespace onrecord::cli
