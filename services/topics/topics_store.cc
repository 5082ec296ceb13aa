#include "services/topics/topics_store.h"

#include "db/statements.h"
#include "services/names/names_rules.h"
#include "services/names/names_store.h"
#include "services/tallies/tallies_store.h"
#include "services/topics/topics_rules.h"

namespace onrecord::store {
namespace {

std::optional<std::string> NullIfEmpty(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional<std::string>(text);
}

pb::Topic WithScheme(pb::Topic topic) {
  if (topic.scheme().empty()) topic.set_scheme(rules::kDefaultTopicScheme);
  return topic;
}

NameState StateOf(const pb::Topic& topic) {
  std::vector<FoundBy> found_by = FoundByDisplayName(topic.display_name(), /*last_word=*/false);
  for (const std::string& alias : topic.aliases()) {
    found_by.push_back({pb::RESOLVE_REASON_OTHER_NAME, alias, FoldName(alias)});
  }
  return {topic.display_name(), ToBody(topic), std::move(found_by), {topic.scheme(), NullIfEmpty(topic.code())}};
}

struct Place {
  std::optional<std::int64_t> parent;
  std::vector<std::int64_t> left;  // ids above it so far
};

// Whether topic `id` (0: a new one) may lie below `parent`.
absl::StatusOr<Place> PlaceBelow(pg::Session& db, std::int64_t id, const std::string& parent) {
  Place place;
  if (!parent.empty()) {
    ASSIGN_OR_RETURN(const std::vector<std::int64_t> ids, RequireIds(db, NameTable::kTopics, "topic.parent", {parent}));
    place.parent = ids.front();
  }
  ASSIGN_OR_RETURN(const pqxx::result rows, db.Run(sql::kPlaceTopic, id, place.parent));
  if (rows[0][0].as<bool>()) {
    return Refuse(absl::StatusCode::kFailedPrecondition, pb::ERROR_REASON_TOPIC_CYCLE,
                  absl::StrCat("topic.parent: ", parent, " is the topic itself or below it; choose another parent"),
                  {{"parent", parent}});
  }
  if (const int levels = rows[0][1].as<int>(); levels > rules::kMostTopicLevels) {
    return RefuseFields({{pb::ERROR_REASON_VALUE_INVALID, "topic.parent",
                          absl::StrCat("would make ", levels, " levels of topics; at most ", rules::kMostTopicLevels,
                                       " are allowed")}});
  }
  place.left = pg::ParseIntArray(rows[0][2].c_str());
  return place;
}

// Takes the topic, all below it and the quotes about them to the new place.
absl::Status Move(pg::Session& db, std::int64_t id, const Place& place) {
  const auto move = [&]() -> absl::Status {
    RETURN_IF_ERROR(db.Run(sql::kMoveTopic, id, place.parent).status());
    RETURN_IF_ERROR(db.Run(sql::kLeaveTopics, id, pg::IntArray(place.left)).status());
    return db.Run(sql::kJoinTopics, id).status();
  };
  return Recount(db, move, sql::kTallyQuotesOfTopic, id);
}

}  // namespace

absl::StatusOr<pb::ListTopicsResponse> ListTopics(pg::Session& db, const pb::ListTopicsRequest& request,
                                                  const std::string& moment) {
  std::vector<std::string> parents;
  if (!request.parent().empty()) parents.push_back(request.parent());
  ASSIGN_OR_RETURN(const std::vector<std::int64_t> ids, RequireIds(db, NameTable::kTopics, "parent", parents));
  pb::ListTopicsResponse response;
  RETURN_IF_ERROR(ListNames(db, request, moment, ids.empty() ? 0 : ids.front(), *response.mutable_topics(),
                            *response.mutable_next_page_token()));
  return response;
}

absl::StatusOr<pb::Topic> CreateTopic(api::Call& call, const pb::CreateTopicRequest& request) {
  return CreateName(call, request, request.topic_id(), request.topic(), [&](const std::string& slug) -> absl::Status {
    RETURN_IF_ERROR(HoldTopicTree(call.db()));
    ASSIGN_OR_RETURN(const Place place, PlaceBelow(call.db(), 0, request.topic().parent()));
    NameState state = StateOf(WithScheme(request.topic()));
    state.columns.insert(state.columns.begin(), pg::Param(place.parent));
    return InsertName(call, NameTable::kTopics, slug, state).status();
  });
}

absl::StatusOr<pb::Topic> UpdateTopic(api::Call& call, const pb::UpdateTopicRequest& request) {
  const google::protobuf::FieldMask mask = rules::ChangedFields<pb::Topic>(request.update_mask());
  const bool may_move = google::protobuf::util::FieldMaskUtil::IsPathInFieldMask("parent", mask);
  return ChangeName(
      call, request, "topic.name", WithScheme(request.topic()), mask, rules::CheckTopic,
      [&](std::int64_t id, const pb::Topic& before, const pb::Topic& next) -> absl::Status {
        if (before.parent() == next.parent()) {
          return UpdateName(call, NameTable::kTopics, id, request.reason(), StateOf(next));
        }
        ASSIGN_OR_RETURN(const Place place, PlaceBelow(call.db(), id, next.parent()));
        RETURN_IF_ERROR(UpdateName(call, NameTable::kTopics, id, request.reason(), StateOf(next)));
        return Move(call.db(), id, place);
      },
      may_move ? std::optional<std::string>(kTopicTreeKey) : std::nullopt);
}

}  // namespace onrecord::store
