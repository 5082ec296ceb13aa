// Enum values as people type and read them: QUOTE_KIND_DIRECT is "direct", MARKS_OPENING_MISSING "opening-missing".
#pragma once

#include <google/protobuf/generated_enum_reflection.h>

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"

namespace onrecord::cli {

// Empty for the unspecified value.
std::string EnumText(const google::protobuf::EnumDescriptor& type, int number);
// The unspecified value (0) when no value is called so; options are checked with EnumCheck before.
int EnumNumber(const google::protobuf::EnumDescriptor& type, absl::string_view text);
// Every value but the unspecified one.
std::vector<std::string> EnumChoices(const google::protobuf::EnumDescriptor& type);

template <typename Enum>
std::string TextOf(Enum value) {
  return EnumText(*google::protobuf::GetEnumDescriptor<Enum>(), value);
}

// As words of a sentence: "opening missing".
template <typename Enum>
std::string WordsOf(Enum value) {
  return absl::StrReplaceAll(TextOf(value), {{"-", " "}});
}

template <typename Enum>
Enum ValueOf(absl::string_view text) {
  return static_cast<Enum>(EnumNumber(*google::protobuf::GetEnumDescriptor<Enum>(), text));
}

// Lets CLI11 refuse anything else and name what is allowed.
template <typename Enum>
CLI::Validator EnumCheck() {
  return CLI::IsMember(EnumChoices(*google::protobuf::GetEnumDescriptor<Enum>()), CLI::ignore_case);
}

}  // namespace onrecord::cli
