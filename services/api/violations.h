// Collects everything that is wrong with one request and answers once.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "onrecord/v1/dates.pb.h"
#include "services/base/status.h"

namespace onrecord::api {

class Violations {
 public:
  void Add(pb::ErrorReason reason, std::string field, std::string description);

  // Length in code points, no control characters, valid UTF-8. min > 0 means required.
  void Text(std::string field, std::string_view text, std::size_t min, std::size_t max);
  void Count(std::string field, int count, int max);
  // A date or nothing.
  void Date(std::string field, const pb::PartialDate& date);
  // Both ends dates, the end not before the start, printed text and basis.
  void Dates(const std::string& field, const pb::UncertainDate& date);
  // An enum value that this server knows.
  void Enum(std::string field, bool known, int value);
  // "speakers/x" with the prefix "speakers/".
  void Name(std::string field, std::string_view name, std::string_view prefix);
  // A BCP 47 tag or nothing.
  void Language(std::string field, std::string_view tag);
  // http or https, or nothing.
  void Url(std::string field, std::string_view url);
  void RequestId(std::string_view request_id);

  const std::vector<Violation>& all() const { return all_; }
  absl::Status Status() const { return RefuseFields(all_); }

 private:
  std::vector<Violation> all_;
};

// Whether `slug` may be the last part of a resource name: lower-case letters, digits, hyphens, 1 to 80.
bool IsSlug(std::string_view slug);

}  // namespace onrecord::api
