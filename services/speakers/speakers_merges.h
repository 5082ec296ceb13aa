// Two speakers that are one, and one that is two.
#pragma once

#include "absl/status/statusor.h"
#include "onrecord/v1/speakers.pb.h"
#include "services/api/call.h"

namespace onrecord::store {

absl::StatusOr<pb::MergeSpeakersResponse> MergeSpeakers(api::Call& call, const pb::MergeSpeakersRequest& request);
absl::StatusOr<pb::SplitSpeakerResponse> SplitSpeaker(api::Call& call, const pb::SplitSpeakerRequest& request);

}  // namespace onrecord::store
