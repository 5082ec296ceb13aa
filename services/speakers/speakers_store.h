// Speakers in PostgreSQL: tables speakers, speaker_names and name_revisions.
#pragma once

#include "absl/status/statusor.h"
#include "onrecord/v1/speakers.pb.h"
#include "services/api/call.h"
#include "services/names/names_store.h"

namespace onrecord::store {

// What is to be stored of a speaker.
NameState StateOfSpeaker(const pb::Speaker& speaker);
// NOT_FOUND for whom the speaker is said to speak for.
absl::Status RequirePrincipals(pg::Session& db, const pb::Speaker& speaker);

// NOT_FOUND for principals in speaks_for, ALREADY_EXISTS for the id.
absl::StatusOr<pb::Speaker> CreateSpeaker(api::Call& call, const pb::CreateSpeakerRequest& request);
absl::StatusOr<pb::Speaker> UpdateSpeaker(api::Call& call, const pb::UpdateSpeakerRequest& request);
absl::StatusOr<pb::ResolveSpeakersResponse> ResolveSpeakers(pg::Session& db, const pb::ResolveSpeakersRequest& request,
                                                            const std::string& moment);

}  // namespace onrecord::store
