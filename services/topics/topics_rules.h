// What makes requests about topics acceptable, without looking at what is stored.
#pragma once

#include "absl/status/status.h"
#include "onrecord/v1/topics.pb.h"
#include "services/base/status.h"

namespace onrecord::rules {

inline constexpr int kMostTopicLevels = 20;
inline constexpr char kDefaultTopicScheme[] = "local";

// A topic as it would be stored; an empty scheme stands for the default one.
absl::Status CheckTopic(const pb::Topic& topic);

absl::Status CheckListTopics(const pb::ListTopicsRequest& request);
absl::Status CheckCreateTopic(const pb::CreateTopicRequest& request);
absl::Status CheckUpdateTopic(const pb::UpdateTopicRequest& request);

}  // namespace onrecord::rules
