// A page about one thing: titles, and lines of "label  value" that break where the terminal ends. Pure.
#pragma once

#include <google/protobuf/timestamp.pb.h>

#include <string>

#include "onrecord/v1/dates.pb.h"

namespace onrecord::cli {

class Sheet {
 public:
  Sheet(int width, bool color) : width_(width), color_(color) {}
  // A value without words is left out.
  void Line(const std::string& label, const std::string& value, int indent = 0);
  void Title(const std::string& title);
  void Paragraph(const std::string& text);
  void Gap() { text_ += '\n'; }
  std::string Take() { return std::move(text_); }

 private:
  int width_;
  bool color_;
  std::string text_;
};

// In UTC, to the second.
std::string TimeText(const google::protobuf::Timestamp& time);
// With the words of the source and how the date is known.
std::string DateInFull(const onrecord::v1::UncertainDate& date);

}  // namespace onrecord::cli
