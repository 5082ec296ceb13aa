#include "services/speakers/speakers_store.h"

#include <set>

#include "db/statements.h"
#include "services/api/as_of.h"
#include "services/api/text.h"
#include "services/names/names_rules.h"
#include "services/names/names_store.h"
#include "services/speakers/speakers_rules.h"
#include "services/utterances/groups_store.h"

namespace onrecord::store {
namespace {

template <typename Dated>
FoundBy During(pb::ResolveReason reason, const std::string& text, std::string folded, const Dated& dated) {
  return {reason, text, std::move(folded), api::ToFrom(dated.valid_from()), api::ToTo(dated.valid_to())};
}

bool SpeakForTheSame(const pb::Speaker& a, const pb::Speaker& b) {
  const auto principals = [](const pb::Speaker& speaker) {
    std::set<std::string> names;
    for (const pb::SpeaksFor& speaks_for : speaker.speaks_for()) names.insert(speaks_for.principal());
    return names;
  };
  return principals(a) == principals(b);
}

}  // namespace

NameState StateOfSpeaker(const pb::Speaker& speaker) {
  // Only people have last names; whoever is not known to be something else may be one.
  const bool person = speaker.kind() == pb::SPEAKER_KIND_PERSON || speaker.kind() == pb::SPEAKER_KIND_UNSPECIFIED;
  std::vector<FoundBy> found_by = FoundByDisplayName(speaker.display_name(), person);
  for (const pb::SpeakerName& name : speaker.names()) {
    found_by.push_back(During(pb::RESOLVE_REASON_OTHER_NAME, name.text(), FoldName(name.text()), name));
  }
  for (const pb::SpeakerRole& role : speaker.roles()) {
    found_by.push_back(During(pb::RESOLVE_REASON_ROLE, role.title(), FoldName(role.title()), role));
  }
  for (const pb::SpeaksFor& speaks_for : speaker.speaks_for()) {
    found_by.push_back(
        During(pb::RESOLVE_REASON_SPEAKS_FOR, speaks_for.principal(), speaks_for.principal(), speaks_for));
  }
  return {speaker.display_name(), ToBody(speaker), std::move(found_by), {}};
}

absl::Status RequirePrincipals(pg::Session& db, const pb::Speaker& speaker) {
  std::vector<std::string> principals;
  for (const pb::SpeaksFor& speaks_for : speaker.speaks_for()) principals.push_back(speaks_for.principal());
  return RequireIds(db, NameTable::kSpeakers, "speaker.speaks_for.principal", principals).status();
}

absl::StatusOr<pb::Speaker> CreateSpeaker(api::Call& call, const pb::CreateSpeakerRequest& request) {
  pb::Speaker speaker = request.speaker();
  speaker.clear_former_names();
  return CreateName(call, request, request.speaker_id(), speaker, [&](const std::string& slug) -> absl::Status {
    RETURN_IF_ERROR(RequirePrincipals(call.db(), speaker));
    return InsertName(call, NameTable::kSpeakers, slug, StateOfSpeaker(speaker)).status();
  });
}

absl::StatusOr<pb::Speaker> UpdateSpeaker(api::Call& call, const pb::UpdateSpeakerRequest& request) {
  return ChangeName(
      call, request, "speaker.name", request.speaker(), rules::ChangedFields<pb::Speaker>(request.update_mask()),
      rules::CheckSpeaker,
      [&](std::int64_t id, const pb::Speaker& current, const pb::Speaker& next) -> absl::Status {
        RETURN_IF_ERROR(RequirePrincipals(call.db(), next));
        if (!SpeakForTheSame(current, next)) RETURN_IF_ERROR(QueueQuotesOfSpeaker(call.db(), id));
        return UpdateName(call, NameTable::kSpeakers, id, request.reason(), StateOfSpeaker(next));
      },
      kSpeakersKey, /*exclusive=*/false);
}

absl::StatusOr<pb::ResolveSpeakersResponse> ResolveSpeakers(pg::Session& db, const pb::ResolveSpeakersRequest& request,
                                                            const std::string& moment) {
  pb::ResolveSpeakersResponse response;
  std::vector<std::string> folded;
  for (const std::string& name : request.names()) {
    pb::ResolvedName& result = *response.add_results();
    result.set_name(name);
    result.set_pronoun(api::IsPronoun(name));
    folded.push_back(result.pronoun() ? "" : FoldName(name));
  }
  std::vector<pg::Param> params = {pg::TextArray(folded), api::ToFrom(request.date()), api::ToTo(request.date())};
  if (moment != api::kNow) params.emplace_back(moment);
  ASSIGN_OR_RETURN(const pqxx::result rows,
                   db.RunParams(moment == api::kNow ? sql::kResolveSpeakers : sql::kResolveSpeakersThen, params));
  for (const pqxx::row& row : rows) {
    pb::SpeakerCandidate& candidate = *response.mutable_results(row[7].as<int>() - 1)->add_candidates();
    ASSIGN_OR_RETURN(*candidate.mutable_speaker(), FromRow<pb::Speaker>(ReadNameRow(row)));
    candidate.set_reason(static_cast<pb::ResolveReason>(row[8].as<int>()));
    candidate.set_matched(row[9].c_str());
  }
  return response;
}

}  // namespace onrecord::store
