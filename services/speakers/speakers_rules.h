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

}  // namespace onrecord::rules
