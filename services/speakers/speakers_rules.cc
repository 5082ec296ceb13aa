#include "services/speakers/speakers_rules.h"

#include "services/names/names_rules.h"

namespace onrecord::rules {
namespace {

constexpr int kMostNames = 200;
constexpr int kMostRoles = 200;
constexpr int kMostPrincipals = 50;
constexpr int kMostExternalIds = 50;
constexpr std::size_t kMostExternalIdCodePoints = 200;
constexpr int kMostResolved = 100;

void CheckSpeakerName(api::Violations& violations, const std::string& field, const std::string& text) {
  CheckNameText(violations, field, text);
  if (api::IsPronoun(text)) {
    violations.Add(pb::ERROR_REASON_PRONOUN, field,
                   absl::StrCat("\"", api::FirstCodePoints(text, 50), "\" is a pronoun; write the name"));
  }
}

void CheckNames(api::Violations& violations, const pb::Speaker& speaker) {
  violations.Count("speaker.names", speaker.names_size(), kMostNames);
  for (int i = 0; i < speaker.names_size(); ++i) {
    const pb::SpeakerName& name = speaker.names(i);
    const std::string field = absl::StrCat("speaker.names[", i, "]");
    CheckSpeakerName(violations, absl::StrCat(field, ".text"), name.text());
    violations.Enum(absl::StrCat(field, ".kind"), pb::NameKind_IsValid(name.kind()), name.kind());
    violations.Language(absl::StrCat(field, ".language"), name.language());
    CheckValidity(violations, field, name);
  }
}

void CheckPrincipals(api::Violations& violations, const pb::Speaker& speaker) {
  violations.Count("speaker.speaks_for", speaker.speaks_for_size(), kMostPrincipals);
  for (int i = 0; i < speaker.speaks_for_size(); ++i) {
    const pb::SpeaksFor& speaks_for = speaker.speaks_for(i);
    const std::string field = absl::StrCat("speaker.speaks_for[", i, "]");
    violations.Name(absl::StrCat(field, ".principal"), speaks_for.principal(), "speakers/");
    if (!speaker.name().empty() && speaks_for.principal() == speaker.name()) {
      violations.Add(pb::ERROR_REASON_VALUE_INVALID, absl::StrCat(field, ".principal"),
                     "is the speaker itself; name another or leave it out");
    }
    CheckValidity(violations, field, speaks_for);
  }
}

void CheckExternalIds(api::Violations& violations, const pb::Speaker& speaker) {
  violations.Count("speaker.external_ids", speaker.external_ids_size(), kMostExternalIds);
  for (int i = 0; i < speaker.external_ids_size(); ++i) {
    const std::string field = absl::StrCat("speaker.external_ids[", i, "]");
    CheckScheme(violations, absl::StrCat(field, ".scheme"), speaker.external_ids(i).scheme());
    violations.Text(absl::StrCat(field, ".id"), speaker.external_ids(i).id(), 1, kMostExternalIdCodePoints);
  }
}

void Check(api::Violations& violations, const pb::Speaker& speaker) {
  CheckSpeakerName(violations, "speaker.display_name", speaker.display_name());
  violations.Enum("speaker.kind", pb::SpeakerKind_IsValid(speaker.kind()), speaker.kind());
  CheckNames(violations, speaker);
  violations.Count("speaker.roles", speaker.roles_size(), kMostRoles);
  for (int i = 0; i < speaker.roles_size(); ++i) {
    const std::string field = absl::StrCat("speaker.roles[", i, "]");
    CheckNameText(violations, absl::StrCat(field, ".title"), speaker.roles(i).title());
    CheckValidity(violations, field, speaker.roles(i));
  }
  CheckPrincipals(violations, speaker);
  CheckExternalIds(violations, speaker);
  violations.Text("speaker.note", speaker.note(), 0, kMostNoteCodePoints);
}

}  // namespace

absl::Status CheckSpeaker(const pb::Speaker& speaker) {
  api::Violations violations;
  Check(violations, speaker);
  return violations.Status();
}

absl::Status CheckListSpeakers(const pb::ListSpeakersRequest& request) {
  api::Violations violations;
  CheckList(violations, request);
  return violations.Status();
}

absl::Status CheckCreateSpeaker(const pb::CreateSpeakerRequest& request) {
  api::Violations violations;
  CheckCreate(violations, request, "speaker_id", request.speaker_id());
  pb::Speaker speaker = request.speaker();
  speaker.set_name(request.speaker_id().empty() ? "" : absl::StrCat("speakers/", request.speaker_id()));
  Check(violations, speaker);
  return violations.Status();
}

absl::Status CheckUpdateSpeaker(const pb::UpdateSpeakerRequest& request) {
  return CheckUpdate(request, "speaker", request.speaker(), "speakers/");
}

absl::Status CheckResolveSpeakers(const pb::ResolveSpeakersRequest& request) {
  api::Violations violations;
  violations.Count("names", request.names_size(), kMostResolved);
  if (request.names().empty()) violations.Add(pb::ERROR_REASON_FIELD_REQUIRED, "names", "is empty; give 1 to 100");
  for (int i = 0; i < request.names_size(); ++i) {
    CheckNameText(violations, absl::StrCat("names[", i, "]"), request.names(i));
  }
  violations.Date("date", request.date());
  return violations.Status();
}

}  // namespace onrecord::rules
