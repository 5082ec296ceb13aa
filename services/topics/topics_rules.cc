#include "services/topics/topics_rules.h"

#include "services/names/names_rules.h"

namespace onrecord::rules {
namespace {

constexpr int kMostAliases = 100;
constexpr std::size_t kMostCodeCodePoints = 200;

void Check(api::Violations& violations, const pb::Topic& topic) {
  CheckNameText(violations, "topic.display_name", topic.display_name());
  if (!topic.parent().empty()) violations.Name("topic.parent", topic.parent(), "topics/");
  if (!topic.scheme().empty()) CheckScheme(violations, "topic.scheme", topic.scheme());
  violations.Text("topic.code", topic.code(), 0, kMostCodeCodePoints);
  violations.Count("topic.aliases", topic.aliases_size(), kMostAliases);
  for (int i = 0; i < topic.aliases_size(); ++i) {
    CheckNameText(violations, absl::StrCat("topic.aliases[", i, "]"), topic.aliases(i));
  }
  violations.Text("topic.note", topic.note(), 0, kMostNoteCodePoints);
}

}  // namespace

absl::Status CheckTopic(const pb::Topic& topic) {
  api::Violations violations;
  Check(violations, topic);
  return violations.Status();
}

absl::Status CheckListTopics(const pb::ListTopicsRequest& request) {
  api::Violations violations;
  CheckList(violations, request);
  if (!request.parent().empty()) violations.Name("parent", request.parent(), "topics/");
  return violations.Status();
}

absl::Status CheckCreateTopic(const pb::CreateTopicRequest& request) {
  api::Violations violations;
  CheckCreate(violations, request, "topic_id", request.topic_id());
  Check(violations, request.topic());
  return violations.Status();
}

absl::Status CheckUpdateTopic(const pb::UpdateTopicRequest& request) {
  return CheckUpdate(request, "topic", request.topic(), "topics/");
}

}  // namespace onrecord::rules
