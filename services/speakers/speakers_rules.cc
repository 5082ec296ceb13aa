#include "services/speakers/speakers_rules.h"

#include <algorithm>

#include "google/protobuf/util/message_differencer.h"
#include "services/api/names.h"
#include "services/names/names_rules.h"

namespace onrecord::rules {
namespace {

constexpr int kMostNames = 200;
constexpr int kMostRoles = 200;
constexpr int kMostPrincipals = 50;
constexpr int kMostExternalIds = 50;
constexpr std::size_t kMostExternalIdCodePoints = 200;
constexpr int kMostResolved = 100;
constexpr int kMostSplitQuotes = 10000;

using google::protobuf::util::MessageDifferencer;

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

void CheckSplitOff(api::Violations& violations, const pb::SplitSpeakerRequest& request) {
  pb::Speaker speaker = request.speaker();
  speaker.set_name(request.speaker_id().empty() ? "" : absl::StrCat("speakers/", request.speaker_id()));
  CheckCreate(violations, request, "speaker_id", request.speaker_id());
  Check(violations, speaker);
  violations.Count("quotes", request.quotes_size(), kMostSplitQuotes);
  violations.Count("names", request.names_size(), kMostNames);
  for (int i = 0; i < std::min(request.names_size(), kMostNames); ++i) {
    CheckNameText(violations, absl::StrCat("names[", i, "]"), request.names(i));
  }
  for (int i = 0; i < std::min(request.quotes_size(), kMostSplitQuotes); ++i) {
    violations.Name(absl::StrCat("quotes[", i, "]"), request.quotes(i), "quotes/");
  }
  if (request.quotes().empty() && request.names().empty()) {
    violations.Add(pb::ERROR_REASON_FIELD_REQUIRED, "quotes",
                   "is empty, and so is names; say what is the new speaker's, or use CreateSpeaker");
  }
}

bool SameTimes(const pb::SpeakerName& a, const pb::SpeakerName& b) {
  return MessageDifferencer::Equals(a.valid_from(), b.valid_from()) &&
         MessageDifferencer::Equals(a.valid_to(), b.valid_to());
}

bool IsCalled(const pb::Speaker& speaker, const pb::SpeakerName& name) {
  const std::string folded = api::Fold(name.text());
  return api::Fold(speaker.display_name()) == folded ||
         std::any_of(speaker.names().begin(), speaker.names().end(), [&](const pb::SpeakerName& other) {
           return api::Fold(other.text()) == folded && SameTimes(other, name);
         });
}

template <typename Value>
bool Has(const google::protobuf::RepeatedPtrField<Value>& values, const Value& value) {
  return std::any_of(values.begin(), values.end(),
                     [&](const Value& other) { return MessageDifferencer::Equals(other, value); });
}

// Those of `from` that `into` has not.
template <typename Value>
void Join(const google::protobuf::RepeatedPtrField<Value>& from, int most,
          google::protobuf::RepeatedPtrField<Value>& into, google::protobuf::RepeatedPtrField<Value>& added) {
  for (const Value& value : from) {
    if (into.size() >= most || Has(into, value)) continue;
    *into.Add() = value;
    *added.Add() = value;
  }
}

template <typename Value>
void Part(const google::protobuf::RepeatedPtrField<Value>& added, google::protobuf::RepeatedPtrField<Value>& from,
          google::protobuf::RepeatedPtrField<Value>& taken) {
  google::protobuf::RepeatedPtrField<Value> kept;
  for (const Value& value : from) *(Has(added, value) ? taken : kept).Add() = value;
  from.Swap(&kept);
}

}  // namespace

pb::Speaker JoinSpeaker(const pb::Speaker& from, pb::Speaker& into) {
  pb::Speaker added;
  google::protobuf::RepeatedPtrField<pb::SpeakerName> names;
  names.Add()->set_text(from.display_name());
  names.MergeFrom(from.names());
  for (const pb::SpeakerName& name : names) {
    if (into.names_size() >= kMostNames || IsCalled(into, name)) continue;
    *into.add_names() = name;
    *added.add_names() = name;
  }
  google::protobuf::RepeatedPtrField<pb::SpeaksFor> principals;
  for (const pb::SpeaksFor& principal : from.speaks_for()) {
    if (principal.principal() != into.name()) *principals.Add() = principal;
  }
  Join(from.roles(), kMostRoles, *into.mutable_roles(), *added.mutable_roles());
  Join(principals, kMostPrincipals, *into.mutable_speaks_for(), *added.mutable_speaks_for());
  Join(from.external_ids(), kMostExternalIds, *into.mutable_external_ids(), *added.mutable_external_ids());
  return added;
}

pb::Speaker PartSpeaker(const pb::Speaker& added, pb::Speaker& from) {
  pb::Speaker taken;
  Part(added.names(), *from.mutable_names(), *taken.mutable_names());
  Part(added.roles(), *from.mutable_roles(), *taken.mutable_roles());
  Part(added.speaks_for(), *from.mutable_speaks_for(), *taken.mutable_speaks_for());
  Part(added.external_ids(), *from.mutable_external_ids(), *taken.mutable_external_ids());
  return taken;
}

absl::Status CheckMergeSpeakers(const pb::MergeSpeakersRequest& request) {
  api::Violations violations;
  violations.Name("name", request.name(), "speakers/");
  violations.Name("into", request.into(), "speakers/");
  if (!request.name().empty() && request.name() == request.into()) {
    violations.Add(pb::ERROR_REASON_VALUE_INVALID, "into", "is the same speaker; name another one");
  }
  violations.Text("reason", request.reason(), 1, kMostReasonCodePoints);
  violations.RequestId(request.request_id());
  return violations.Status();
}

absl::Status CheckSplitSpeaker(const pb::SplitSpeakerRequest& request) {
  api::Violations violations;
  violations.Name("name", request.name(), "speakers/");
  violations.Text("reason", request.reason(), 1, kMostReasonCodePoints);
  if (request.has_speaker() == !request.restore().empty()) {
    violations.Add(request.has_speaker() ? pb::ERROR_REASON_VALUE_INVALID : pb::ERROR_REASON_FIELD_REQUIRED, "speaker",
                   request.has_speaker() ? "is given together with restore; give one of the two"
                                         : "is not given, nor is restore; give one of the two");
  }
  if (request.has_speaker()) {
    CheckSplitOff(violations, request);
    return violations.Status();
  }
  violations.RequestId(request.request_id());
  if (!request.restore().empty()) violations.Name("restore", request.restore(), "speakers/");
  const std::pair<const char*, bool> given[] = {{"speaker_id", !request.speaker_id().empty()},
                                                {"quotes", !request.quotes().empty()},
                                                {"names", !request.names().empty()}};
  for (const auto& [field, wrong] : given) {
    if (wrong) {
      violations.Add(pb::ERROR_REASON_VALUE_INVALID, field,
                     "is for a new speaker; a restored one gets back what it had");
    }
  }
  return violations.Status();
}

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
