// A page about one thing: titles, and lines of "label  value" that break where the terminal ends. Pure.
#pragma once

#include <google/protobuf/timestamp.pb.h>

#include <string>

#include "onrecord/v1/dates.pb.h"

namespace onrecord::cli {

// In UTC, to the second.
std::string TimeText(const google::protobuf::Timestamp& time);

class Sheet {
 public:
  Sheet(int width, bool color) : width_(width), color_(color) {}
  // A value without words is left out.
  void Line(const std::string& label, const std::string& value, int indent = 0);
  void Title(const std::string& title);
  void Paragraph(const std::string& text);
  // When it was recorded and through what, when it was changed since, and its etag.
  template <typename Resource>
  void Recorded(const Resource& resource, const std::string& by = "") {
    const std::string recorded = TimeText(resource.create_time());
    Line("recorded", by.empty() ? recorded : recorded + " by " + by);
    if (TimeText(resource.update_time()) != recorded) Line("changed", TimeText(resource.update_time()));
    Line("etag", resource.etag());
  }
  void Gap() { text_ += '\n'; }
  std::string Take() { return std::move(text_); }

 private:
  int width_;
  bool color_;
  std::string text_;
};

// With the words of the source and how the date is known.
std::string DateInFull(const onrecord::v1::UncertainDate& date);

}  // namespace onrecord::cli
