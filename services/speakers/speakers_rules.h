// What makes requests about speakers acceptable, without looking at what is stored.
#pragma once

#include "absl/status/status.h"
#include "onrecord/v1/speakers.pb.h"
#include "services/base/status.h"

namespace onrecord::rules {

// A speaker as it would be stored; its name is empty while it has none.
absl::Status CheckSpeaker(const pb::Speaker& speaker);

absl::Status CheckListSpeakers(const pb::ListSpeakersRequest& request);
absl::Status CheckCreateSpeaker(const pb::CreateSpeakerRequest& request);
absl::Status CheckUpdateSpeaker(const pb::UpdateSpeakerRequest& request);
absl::Status CheckResolveSpeakers(const pb::ResolveSpeakersRequest& request);
absl::Status CheckMergeSpeakers(const pb::MergeSpeakersRequest& request);
absl::Status CheckSplitSpeaker(const pb::SplitSpeakerRequest& request);

// The names (the display name as one of them), roles, principals and ids of `from` join those of `into`, as far as
// there is room for them. What was added.
pb::Speaker JoinSpeaker(const pb::Speaker& from, pb::Speaker& into);
// Takes what was `added` away again. What was taken: the rest had been removed before.
pb::Speaker PartSpeaker(const pb::Speaker& added, pb::Speaker& from);

}  // namespace onrecord::rules
