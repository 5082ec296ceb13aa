#include "clients/cli/enums.h"

#include <google/protobuf/descriptor.h>

#include "absl/strings/ascii.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"

namespace onrecord::cli {
namespace {

constexpr absl::string_view kUnspecified = "UNSPECIFIED";

std::string ShortName(const google::protobuf::EnumDescriptor& type,
                      const google::protobuf::EnumValueDescriptor& value) {
  // The first value is PREFIX_UNSPECIFIED.
  const std::string& first = type.value(0)->name();
  const absl::string_view prefix = absl::StripSuffix(first, kUnspecified);
  return absl::StrReplaceAll(absl::AsciiStrToLower(absl::StripPrefix(value.name(), prefix)), {{"_", "-"}});
}

}  // namespace

std::string EnumText(const google::protobuf::EnumDescriptor& type, int number) {
  const google::protobuf::EnumValueDescriptor* value = type.FindValueByNumber(number);
  if (number == 0) return "";
  return value == nullptr ? std::to_string(number) : ShortName(type, *value);
}

int EnumNumber(const google::protobuf::EnumDescriptor& type, absl::string_view text) {
  const std::string wanted = absl::StrReplaceAll(absl::AsciiStrToLower(text), {{"_", "-"}});
  for (int i = 1; i < type.value_count(); ++i) {
    if (ShortName(type, *type.value(i)) == wanted) return type.value(i)->number();
  }
  return 0;
}

std::vector<std::string> EnumChoices(const google::protobuf::EnumDescriptor& type) {
  std::vector<std::string> choices;
  for (int i = 1; i < type.value_count(); ++i) choices.push_back(ShortName(type, *type.value(i)));
  return choices;
}

}  // namespace onrecord::cli
