// Checks that requests about speakers, outlets and topics share. `field` is the resource's field ("speaker").
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/field_mask.pb.h"
#include "google/protobuf/util/field_mask_util.h"
#include "services/api/dates.h"
#include "services/api/text.h"
#include "services/api/violations.h"

namespace onrecord::rules {

inline constexpr std::size_t kMostNameCodePoints = 500;
inline constexpr std::size_t kMostNoteCodePoints = 4000;
inline constexpr std::size_t kMostReasonCodePoints = 1000;
inline constexpr std::size_t kMostQueryCodePoints = 200;

// A name to print, never empty.
inline void CheckNameText(api::Violations& violations, std::string field, const std::string& text) {
  violations.Text(std::move(field), text, 1, kMostNameCodePoints);
}

// "wikidata": lower-case letters, digits and hyphens, 1 to 50.
inline void CheckScheme(api::Violations& violations, std::string field, const std::string& scheme) {
  if (api::IsSlug(scheme) && scheme.size() <= 50) return;
  violations.Add(pb::ERROR_REASON_VALUE_INVALID, std::move(field),
                 absl::StrCat("\"", api::FirstCodePoints(scheme, 50),
                              "\" is no scheme; write 1 to 50 lower-case letters, digits and hyphens"));
}

// The times of a name, role or principal.
template <typename Dated>
void CheckValidity(api::Violations& violations, const std::string& field, const Dated& dated) {
  const std::size_t before = violations.all().size();
  violations.Date(absl::StrCat(field, ".valid_from"), dated.valid_from());
  violations.Date(absl::StrCat(field, ".valid_to"), dated.valid_to());
  if (violations.all().size() == before && api::ToFrom(dated.valid_from()) > api::ToTo(dated.valid_to())) {
    violations.Add(pb::ERROR_REASON_DATE_INVALID, field, "ends before it starts; exchange valid_from and valid_to");
  }
}

inline absl::Status CheckGet(const std::string& name, const std::string& prefix) {
  api::Violations violations;
  violations.Name("name", name, prefix);
  return violations.Status();
}

template <typename Request>
void CheckList(api::Violations& violations, const Request& request) {
  violations.Text("query", request.query(), 0, kMostQueryCodePoints);
}

// Besides the resource itself.
template <typename Request>
void CheckCreate(api::Violations& violations, const Request& request, const std::string& id_field,
                 const std::string& id) {
  if (!id.empty() && !api::IsSlug(id)) {
    violations.Add(pb::ERROR_REASON_VALUE_INVALID, id_field,
                   absl::StrCat("\"", api::FirstCodePoints(id, 50),
                                "\" is no id; write 1 to 80 lower-case letters, digits and hyphens"));
  }
  violations.RequestId(request.request_id());
}

// "*" means every field that callers may change.
template <typename Resource>
google::protobuf::FieldMask ChangedFields(const google::protobuf::FieldMask& mask) {
  google::protobuf::FieldMask all;
  for (int i = 0; i < Resource::descriptor()->field_count(); ++i) {
    const std::string& field = Resource::descriptor()->field(i)->name();
    static const std::set<std::string_view> kSetByServer = {"name",         "create_time", "update_time",        "etag",
                                                            "former_names", "stub",        "outlet_display_name"};
    if (!kSetByServer.contains(field)) all.add_paths(field);
  }
  for (const std::string& path : mask.paths()) {
    if (path == "*") return all;
  }
  google::protobuf::FieldMask known;
  google::protobuf::util::FieldMaskUtil::Intersect(mask, all, &known);
  return known;
}

// Besides the outcome of the change.
template <typename Request, typename Resource>
absl::Status CheckUpdate(const Request& request, const std::string& field, const Resource& resource,
                         const std::string& prefix) {
  api::Violations violations;
  violations.Name(absl::StrCat(field, ".name"), resource.name(), prefix);
  violations.Text("reason", request.reason(), 0, kMostReasonCodePoints);
  violations.RequestId(request.request_id());
  if (request.update_mask().paths().empty()) {
    violations.Add(pb::ERROR_REASON_FIELD_REQUIRED, "update_mask", "is empty; name the fields to change, or \"*\"");
  }
  for (const std::string& path : request.update_mask().paths()) {
    google::protobuf::FieldMask one;
    one.add_paths(path);
    const google::protobuf::FieldMask known = ChangedFields<Resource>(one);
    if (path != "*" && (known.paths().empty() || absl::StrContains(path, '.'))) {
      violations.Add(pb::ERROR_REASON_VALUE_INVALID, "update_mask",
                     absl::StrCat("\"", api::FirstCodePoints(path, 50), "\" is no field that can be changed"));
    }
  }
  return violations.Status();
}

}  // namespace onrecord::rules
