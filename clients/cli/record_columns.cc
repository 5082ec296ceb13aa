#include "clients/cli/record_columns.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"

namespace onrecord::cli {
namespace {

using Field = google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr std::size_t kMaxShownBytes = 60;  // of a wrong value in a message

std::string Normalized(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (c == '-' || c == ' ') c = '_';
  }
  return lower;
}

std::string Shown(std::string_view text) {
  if (text.size() <= kMaxShownBytes) return std::string(text);
  std::size_t end = kMaxShownBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return std::string(text.substr(0, end)) + "…";
}

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

// "quote_kind_" of QUOTE_KIND_DIRECT.
std::string EnumPrefix(const google::protobuf::EnumDescriptor& type) {
  const std::string first = Normalized(type.value(0)->name());
  return first.substr(0, first.size() - std::string_view("unspecified").size());
}

std::optional<LocalReject> SetEnum(Message& message, const Field& field, std::string_view path, std::string_view text) {
  const google::protobuf::EnumDescriptor& type = *field.enum_type();
  const std::string prefix = EnumPrefix(type);
  std::string wanted = Normalized(Trim(text));
  if (wanted.empty()) return std::nullopt;
  if (!wanted.starts_with(prefix)) wanted = prefix + wanted;
  std::string choices;
  for (int i = 0; i < type.value_count(); ++i) {
    const std::string name = Normalized(type.value(i)->name());
    if (name == wanted) {
      message.GetReflection()->SetEnumValue(&message, &field, type.value(i)->number());
      return std::nullopt;
    }
    if (i > 0) choices += (choices.empty() ? "" : ", ") + name.substr(prefix.size());
  }
  return Reject("VALUE_INVALID", std::string(path), "\"" + Shown(text) + "\" is not known; write one of " + choices);
}

void AddValue(Message& message, const Field& field, std::string_view text) {
  text = Trim(text);
  if (!text.empty()) message.GetReflection()->AddString(&message, &field, std::string(text));
}

void SetList(Message& message, const Field& field, std::string_view text) {
  std::string value;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == ';' || text[i + 1] == '\\')) {
      value += text[++i];
    } else if (text[i] == ';') {
      AddValue(message, field, value);
      value.clear();
    } else {
      value += text[i];
    }
  }
  AddValue(message, field, value);
}

std::size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

bool IsItems(const Field& field) { return field.is_repeated() && field.cpp_type() == Field::CPPTYPE_MESSAGE; }

std::optional<LocalReject> SetNumber(Message& message, const Field& field, std::string_view path,
                                     std::string_view text) {
  const std::string_view trimmed = Trim(text);
  double number = 0;
  if (trimmed.empty()) return std::nullopt;
  if (!absl::SimpleAtod(absl::string_view(trimmed.data(), trimmed.size()), &number) || !std::isfinite(number)) {
    return Reject("VALUE_INVALID", std::string(path), "\"" + Shown(text) + "\" is no number; write one like 3 or 2.5");
  }
  message.GetReflection()->SetDouble(&message, &field, number);
  return std::nullopt;
}

// Bytes are written in base64.
std::optional<LocalReject> SetBytes(Message& message, const Field& field, std::string_view path,
                                    std::string_view text) {
  std::string bytes;
  if (!absl::Base64Unescape(absl::string_view(text.data(), text.size()), &bytes)) {
    return Reject("VALUE_INVALID", std::string(path), "is no base64; encode its bytes so");
  }
  message.GetReflection()->SetString(&message, &field, bytes);
  return std::nullopt;
}

void AddColumns(const google::protobuf::Descriptor& type, RecordColumn::Of of, const std::string& prefix,
                std::vector<RecordColumn>& columns) {
  for (int i = 0; i < type.field_count(); ++i) {
    const Field& field = *type.field(i);
    if (of == RecordColumn::Of::kReview && field.number() == pb::ImportReview::kRatingFieldNumber) {
      AddColumns(*pb::Rating::descriptor(), RecordColumn::Of::kRating, "review_rating_", columns);
    } else {
      columns.push_back({prefix + field.name(), of, &field});
    }
  }
}

std::vector<RecordColumn> MakeColumns() {
  const auto& stance = *pb::ImportStance::descriptor();
  std::vector<RecordColumn> columns;
  AddColumns(*pb::ImportRecord::descriptor(), RecordColumn::Of::kRecord, "", columns);
  const auto stances =
      std::find_if(columns.begin(), columns.end(), [](const RecordColumn& c) { return c.name == "stances"; });
  const auto of_stance = [&](const char* name, int number) {
    return RecordColumn{name, RecordColumn::Of::kStance, stance.FindFieldByNumber(number)};
  };
  columns.insert(stances, {of_stance("claim", pb::ImportStance::kClaimFieldNumber),
                           of_stance("stance", pb::ImportStance::kPositionFieldNumber),
                           of_stance("holder", pb::ImportStance::kHolderFieldNumber),
                           of_stance("ascribed_by", pb::ImportStance::kAscribedByFieldNumber)});
  AddColumns(*pb::ImportReview::descriptor(), RecordColumn::Of::kReview, "review_", columns);
  return columns;
}

// Whether the columns of one stance hold all that the record says of stances.
bool FitsStanceColumns(const pb::ImportRecord& record) {
  if (record.stances_size() != 1) return false;
  const pb::ImportStance& stance = record.stances(0);
  return stance.ByteSizeLong() > 0 && stance.strength() == pb::STRENGTH_UNSPECIFIED && stance.valid().empty() &&
         stance.note().empty();
}

bool FitsReviewColumns(const pb::ImportRecord& record) {
  return record.reviews_size() == 1 && record.reviews(0).ByteSizeLong() > 0;
}

LocalReject Unknown(std::string_view name, std::string_view path, const std::vector<std::string_view>& known) {
  const std::string wanted = Normalized(name.substr(0, kMaxShownBytes));
  std::size_t best = 3;  // farther is no slip of the finger
  std::string meant;
  for (const std::string_view candidate : known) {
    const std::size_t distance = EditDistance(wanted, candidate);
    if (distance >= best) continue;
    best = distance;
    meant = candidate;
  }
  std::string message = "records have no field \"" + Shown(name) + "\"; ";
  message += meant.empty() ? "rename it, or let it start with _ to have it ignored" : "did you mean " + meant + "?";
  return Reject("UNKNOWN_FIELD", std::string(path) + Shown(name), std::move(message));
}

}  // namespace

const std::vector<RecordColumn>& Columns() {
  static const std::vector<RecordColumn> kColumns = MakeColumns();
  return kColumns;
}

bool IsExported(const RecordColumn& column) {
  const int number = column.field->number();
  return column.of != RecordColumn::Of::kRecord ||
         (number != pb::ImportRecord::kRawFieldNumber && number != pb::ImportRecord::kRawFormatFieldNumber &&
          number != pb::ImportRecord::kLossesFieldNumber);
}

const RecordColumn* FindColumn(std::string_view name) {
  static const std::map<std::string_view, const RecordColumn*> kByName = [] {
    std::map<std::string_view, const RecordColumn*> by_name;
    for (const RecordColumn& column : Columns()) by_name.emplace(column.name, &column);
    return by_name;
  }();
  const auto found = kByName.find(name);
  return found == kByName.end() ? nullptr : found->second;
}

LocalReject UnknownField(std::string_view name) {
  std::vector<std::string_view> known;
  for (const RecordColumn& column : Columns()) known.emplace_back(column.name);
  return Unknown(name, "", known);
}

LocalReject UnknownField(std::string_view name, std::string_view path, const google::protobuf::Descriptor& type) {
  std::vector<std::string_view> known;
  for (int i = 0; i < type.field_count(); ++i) known.emplace_back(type.field(i)->name());
  return Unknown(name, path, known);
}

std::optional<LocalReject> SetFromText(Message& message, const Field& field, std::string_view path,
                                       std::string_view text) {
  if (field.type() == Field::TYPE_ENUM) return SetEnum(message, field, path, text);
  if (field.cpp_type() == Field::CPPTYPE_DOUBLE) return SetNumber(message, field, path, text);
  if (field.type() == Field::TYPE_BYTES) return SetBytes(message, field, path, text);
  if (field.is_repeated()) {
    SetList(message, field, text);
  } else {
    message.GetReflection()->SetString(&message, &field, std::string(text));
  }
  return std::nullopt;
}

std::string FieldText(const Message& message, const Field& field) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  if (field.type() == Field::TYPE_ENUM) {
    const int number = reflection.GetEnumValue(message, &field);
    const auto* value = field.enum_type()->FindValueByNumber(number);
    if (number == 0 || value == nullptr) return "";
    return Normalized(value->name()).substr(EnumPrefix(*field.enum_type()).size());
  }
  if (field.cpp_type() == Field::CPPTYPE_DOUBLE) {
    std::array<char, 32> digits;  // the shortest text that reads as the same number has at most 24
    const auto end = std::to_chars(digits.begin(), digits.end(), reflection.GetDouble(message, &field)).ptr;
    return {digits.begin(), end};
  }
  if (field.type() == Field::TYPE_BYTES) return absl::Base64Escape(reflection.GetString(message, &field));
  if (!field.is_repeated()) return reflection.GetString(message, &field);
  std::string list;
  for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
    if (i > 0) list += ';';
    for (const char c : reflection.GetRepeatedString(message, &field, i)) {
      if (c == ';' || c == '\\') list += '\\';
      list += c;
    }
  }
  return list;
}

std::string ColumnText(const pb::ImportRecord& record, const RecordColumn& column) {
  switch (column.of) {
    case RecordColumn::Of::kStance:
      return FitsStanceColumns(record) ? FieldText(record.stances(0), *column.field) : "";
    case RecordColumn::Of::kReview:
      return FitsReviewColumns(record) ? FieldText(record.reviews(0), *column.field) : "";
    case RecordColumn::Of::kRating:
      if (!FitsReviewColumns(record) || !record.reviews(0).has_rating()) return "";
      return FieldText(record.reviews(0).rating(), *column.field);
    case RecordColumn::Of::kRecord:
      break;
  }
  if (!IsItems(*column.field)) return FieldText(record, *column.field);
  const bool in_columns = column.field->number() == pb::ImportRecord::kStancesFieldNumber ? FitsStanceColumns(record)
                                                                                          : FitsReviewColumns(record);
  return in_columns ? "" : ItemsToJson(record, *column.field);
}

Message& RecordBuilder::Holder(const RecordColumn& column) {
  switch (column.of) {
    case RecordColumn::Of::kStance:
      return stance_;
    case RecordColumn::Of::kReview:
      return review_;
    case RecordColumn::Of::kRating:
      return *review_.mutable_rating();
    case RecordColumn::Of::kRecord:
      break;
  }
  return record_;
}

std::optional<LocalReject> RecordBuilder::Set(const RecordColumn& column, std::string_view text) {
  const bool is_text = column.field->cpp_type() == Field::CPPTYPE_STRING;
  if (is_text ? text.empty() : Trim(text).empty()) return std::nullopt;
  if (IsItems(*column.field)) return SetItems(record_, *column.field, text);
  return SetFromText(Holder(column), *column.field, column.name, text);
}

std::optional<LocalReject> RecordBuilder::Finish() {
  const auto twice = [](const char* field, const std::string& list) {
    return Reject("DUPLICATE_KEY", field, "is given, and " + list + " too; put every one of them into " + list);
  };
  if (stance_.ByteSizeLong() > 0) {
    if (!record_.stances().empty()) return twice("claim", "stances");
    record_.add_stances()->Swap(&stance_);
  }
  if (review_.ByteSizeLong() > 0) {
    if (!record_.reviews().empty()) return twice("review_claim", "reviews");
    record_.add_reviews()->Swap(&review_);
  }
  return std::nullopt;
}

}  // namespace onrecord::cli
