// Topics in PostgreSQL: tables topics, topic_names and name_revisions, and quote_topics when a topic moves.
// Each topic holds the ids above it (path); all writes that depend on paths hold the lock of the topic tree,
// moves alone.
#pragma once

#include "absl/status/statusor.h"
#include "onrecord/v1/topics.pb.h"
#include "services/api/call.h"

namespace onrecord::store {

absl::StatusOr<pb::ListTopicsResponse> ListTopics(pg::Session& db, const pb::ListTopicsRequest& request,
                                                  const std::string& moment);
// NOT_FOUND for the parent, ALREADY_EXISTS for the id and for scheme and code.
absl::StatusOr<pb::Topic> CreateTopic(api::Call& call, const pb::CreateTopicRequest& request);
// FAILED_PRECONDITION TOPIC_CYCLE.
absl::StatusOr<pb::Topic> UpdateTopic(api::Call& call, const pb::UpdateTopicRequest& request);

}  // namespace onrecord::store
