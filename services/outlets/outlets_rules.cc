#include "services/outlets/outlets_rules.h"

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "services/names/names_rules.h"

namespace onrecord::rules {
namespace {

constexpr int kMostAliases = 100;
constexpr int kMostDomains = 50;
// Of DNS.
constexpr std::size_t kMostDomainBytes = 253;
constexpr std::size_t kMostLabelBytes = 63;

// "news.example.org"; domains of other scripts in their xn-- form.
bool IsDomain(const std::string& domain) {
  const std::vector<std::string> labels = absl::StrSplit(domain, '.');
  return domain.size() <= kMostDomainBytes && labels.size() >= 2 &&
         std::all_of(labels.begin(), labels.end(), [](const std::string& label) {
           return api::IsSlug(label) && label.size() <= kMostLabelBytes && label.front() != '-' && label.back() != '-';
         });
}

void Check(api::Violations& violations, const pb::Outlet& outlet) {
  CheckNameText(violations, "outlet.display_name", outlet.display_name());
  violations.Enum("outlet.kind", pb::OutletKind_IsValid(outlet.kind()), outlet.kind());
  violations.Count("outlet.aliases", outlet.aliases_size(), kMostAliases);
  for (int i = 0; i < outlet.aliases_size(); ++i) {
    CheckNameText(violations, absl::StrCat("outlet.aliases[", i, "]"), outlet.aliases(i));
  }
  violations.Count("outlet.domains", outlet.domains_size(), kMostDomains);
  for (int i = 0; i < outlet.domains_size(); ++i) {
    if (IsDomain(outlet.domains(i))) continue;
    violations.Add(pb::ERROR_REASON_VALUE_INVALID, absl::StrCat("outlet.domains[", i, "]"),
                   absl::StrCat("\"", api::FirstCodePoints(outlet.domains(i), 50),
                                "\" is no host name; write it like \"news.example.org\", in lower case"));
  }
  const std::string& country = outlet.country();
  if (!country.empty() && (country.size() != 2 || !absl::ascii_isupper(static_cast<unsigned char>(country[0])) ||
                           !absl::ascii_isupper(static_cast<unsigned char>(country[1])))) {
    violations.Add(pb::ERROR_REASON_VALUE_INVALID, "outlet.country",
                   absl::StrCat("\"", api::FirstCodePoints(country, 50),
                                "\" is no country code; write two upper-case letters like \"FR\""));
  }
  violations.Text("outlet.note", outlet.note(), 0, kMostNoteCodePoints);
}

}  // namespace

absl::Status CheckOutlet(const pb::Outlet& outlet) {
  api::Violations violations;
  Check(violations, outlet);
  return violations.Status();
}

absl::Status CheckListOutlets(const pb::ListOutletsRequest& request) {
  api::Violations violations;
  CheckList(violations, request);
  return violations.Status();
}

absl::Status CheckCreateOutlet(const pb::CreateOutletRequest& request) {
  api::Violations violations;
  CheckCreate(violations, request, "outlet_id", request.outlet_id());
  Check(violations, request.outlet());
  return violations.Status();
}

absl::Status CheckUpdateOutlet(const pb::UpdateOutletRequest& request) {
  return CheckUpdate(request, "outlet", request.outlet(), "outlets/");
}

}  // namespace onrecord::rules
