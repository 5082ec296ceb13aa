#include "services/quotes/identifications_rules.h"

#include <string>

#include "services/api/violations.h"
#include "services/base/strings.h"

namespace onrecord::rules {
namespace {

constexpr std::size_t kMostReasonCodePoints = 1000;
constexpr int kMostStates = 10;

}  // namespace

absl::Status CheckProposeIdentification(const pb::ProposeIdentificationRequest& request) {
  const pb::Identification& identification = request.identification();
  api::Violations violations;
  violations.Name("identification.quote", identification.quote(), "quotes/");
  violations.Name("identification.speaker", identification.speaker(), "speakers/");
  violations.Text("identification.reason", identification.reason(), 1, kMostReasonCodePoints);
  const double confidence = identification.confidence();
  if (!(confidence >= 0 && confidence <= 1)) {
    violations.Add(pb::ERROR_REASON_VALUE_INVALID, "identification.confidence",
                   StrCat(confidence, " is no confidence; give 0 to 1, or leave it out"));
  }
  violations.RequestId(request.request_id());
  return violations.Status();
}

absl::Status CheckListIdentifications(const pb::ListIdentificationsRequest& request) {
  api::Violations violations;
  if (!request.quote().empty()) violations.Name("quote", request.quote(), "quotes/");
  if (!request.speaker().empty()) violations.Name("speaker", request.speaker(), "speakers/");
  violations.Count("states", request.states_size(), kMostStates);
  for (const int state : request.states()) {
    violations.Enum("states", state != 0 && pb::IdentificationState_IsValid(state), state);
  }
  return violations.Status();
}

}  // namespace onrecord::rules
