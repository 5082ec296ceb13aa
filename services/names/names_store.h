// What speakers, outlets, topics and claims have in common in storage: a row with a JSON body and revisions, a slug
// made from the title, a table of names to be found by, and changes under the row's lock. Their protos share name,
// title, times and etag; everything else is in the body, in protobuf's JSON form.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "google/protobuf/util/field_mask_util.h"
#include "google/protobuf/util/json_util.h"
#include "google/protobuf/util/message_differencer.h"
#include "google/protobuf/util/time_util.h"
#include "onrecord/v1/claims.pb.h"
#include "onrecord/v1/outlets.pb.h"
#include "onrecord/v1/speakers.pb.h"
#include "onrecord/v1/topics.pb.h"
#include "services/api/as_of.h"
#include "services/api/call.h"
#include "services/api/dates.h"
#include "services/api/page_token.h"
#include "services/api/request_key.h"
#include "services/pg/session.h"

namespace onrecord::store {

enum class NameTable { kSpeakers, kOutlets, kTopics, kClaims };

template <typename Resource>
inline constexpr NameTable kTableOf = NameTable::kSpeakers;
template <>
inline constexpr NameTable kTableOf<pb::Outlet> = NameTable::kOutlets;
template <>
inline constexpr NameTable kTableOf<pb::Topic> = NameTable::kTopics;
template <>
inline constexpr NameTable kTableOf<pb::Claim> = NameTable::kClaims;

// What people know a resource by: its display name, or the proposition of a claim.
template <typename Resource>
std::string& TitleOf(Resource& resource) {
  return *resource.mutable_display_name();
}
inline std::string& TitleOf(pb::Claim& claim) { return *claim.mutable_text(); }

// "speakers/".
const char* PrefixOf(NameTable table);

// How names are compared; never empty for a name that shows anything.
std::string FoldName(const std::string& name);

// For imports and filters.

// Ids of resource names ("speakers/ada"), in order; a merged speaker's name leads to the other, as of `moment`.
// NOT_FOUND naming `field` and the first one missing.
absl::StatusOr<std::vector<std::int64_t>> RequireIds(pg::Session& db, NameTable table, const std::string& field,
                                                     absl::Span<const std::string> names,
                                                     const std::string& moment = api::kNow);

struct NameMatch {
  std::int64_t id = 0;  // 0: unknown or ambiguous
  bool ambiguous = false;
};

// What a claim is about that is created from its proposition alone; both in the same order.
struct ClaimTopics {
  std::vector<std::int64_t> ids;
  std::vector<std::string> names;  // topics/{topic}
};

// Whom names as printed in import records mean: a resource name ("speakers/ada") or any name or alias. Several
// that share a name make it ambiguous. With `create`, unknown plain names are created (folded-equal ones once),
// in a transaction of its own, in which two imports cannot create one name twice; unknown resource names and
// speakers' pronouns never are. To be called outside of transactions. `topics` are what claims are about, by place.
absl::StatusOr<std::vector<NameMatch>> ResolveNames(pg::Session& db, NameTable table,
                                                    absl::Span<const std::string> names, bool create,
                                                    std::string_view author, std::string_view via,
                                                    absl::Span<const ClaimTopics> topics = {});

// In a transaction that writes quotes' topics: no topic moves until it ends.
absl::Status HoldTopicTree(pg::Session& db);
// In a transaction that writes whose words are whose: no speaker is merged or split until it ends. Taken before every
// other lock, since a merge changes what those protect.
absl::Status HoldSpeakers(pg::Session& db);
// In a transaction that merges or splits speakers.
absl::Status LockSpeakers(pg::Session& db);

// For the stores of the four.

struct NameRow {
  std::int64_t id;
  std::string slug;
  std::string display_name;
  std::string body;
  std::string revision;
  std::int64_t create_micros;
  std::int64_t update_micros;
};
NameRow ReadNameRow(const pqxx::row& row);

// What a resource can be found by. Only speakers use more than the text.
struct FoundBy {
  pb::ResolveReason reason = pb::RESOLVE_REASON_DISPLAY_NAME;
  std::string text;
  std::string folded;
  int valid_from = api::kOpenFrom;
  int valid_to = api::kOpenTo;
};
// The display name, and for speakers its last word ("Holbrooke") when asked for.
std::vector<FoundBy> FoundByDisplayName(const std::string& display_name, bool last_word);

// What is to be stored of a resource. `columns` are those that only its table has, as the statement orders them.
struct NameState {
  std::string display_name;
  std::string body;
  std::vector<FoundBy> found_by;
  std::vector<pg::Param> columns;
};

// Both run in the transaction of the call. InsertName gives the new id.
absl::StatusOr<std::int64_t> InsertName(api::Call& call, NameTable table, const std::string& slug,
                                        const NameState& state);
absl::Status UpdateName(api::Call& call, NameTable table, std::int64_t id, const std::string& reason,
                        const NameState& state);

// Locked until the transaction ends.
absl::StatusOr<std::optional<NameRow>> LockName(pg::Session& db, NameTable table, const std::string& name);
// As of `moment`.
absl::StatusOr<std::optional<NameRow>> FindName(pg::Session& db, NameTable table, const std::string& name,
                                                const std::string& moment = api::kNow);
absl::StatusOr<std::string> ChooseSlug(pg::Session& db, NameTable table, const std::string& display_name);
absl::StatusOr<pqxx::result> ListRows(pg::Session& db, NameTable table, const std::string& query, std::int64_t below,
                                      int rows, const std::vector<std::string>& after, const std::string& moment);
// The key of a transaction-long lock; `exclusive` or together with others who share it.
absl::Status LockKey(pg::Session& db, const std::string& key, bool exclusive);
inline constexpr char kTopicTreeKey[] = "topic tree";
inline constexpr char kSpeakersKey[] = "speakers";

// "ada" of "speakers/ada"; empty when it is no such name.
std::string SlugOf(NameTable table, const std::string& name);

absl::Status NameNotFound(NameTable table, const std::string& field, const std::string& name);
absl::Status EtagMismatch(const std::string& name, const std::string& current);
// The body does not follow the proto: a fault of ours.
absl::Status BadBody(const std::string& name, const std::string& cause);

template <typename Resource>
absl::StatusOr<Resource> FromRow(const NameRow& row) {
  Resource resource;
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = true;  // of a newer server
  const std::string name = absl::StrCat(PrefixOf(kTableOf<Resource>), row.slug);
  if (const auto read = google::protobuf::util::JsonStringToMessage(row.body, &resource, options); !read.ok()) {
    return BadBody(name, read.ToString());
  }
  resource.set_name(name);
  TitleOf(resource) = row.display_name;
  *resource.mutable_create_time() = google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(row.create_micros);
  *resource.mutable_update_time() = google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(row.update_micros);
  resource.set_etag(row.revision);
  return resource;
}

template <typename Resource>
std::string ToBody(Resource resource) {
  resource.clear_name();
  TitleOf(resource).clear();
  resource.clear_create_time();
  resource.clear_update_time();
  resource.clear_etag();
  std::string body;
  // Every message of ours has a JSON form; a failure would leave the body empty, which jsonb refuses.
  if (!google::protobuf::util::MessageToJsonString(resource, &body).ok()) body.clear();
  return body;
}

// NOT_FOUND, under the field that named it; for what came later than `moment` with the reason NOT_RECORDED_YET.
template <typename Resource>
absl::StatusOr<Resource> GetName(pg::Session& db, const std::string& field, const std::string& name,
                                 const std::string& moment = api::kNow) {
  ASSIGN_OR_RETURN(const std::optional<NameRow> row, FindName(db, kTableOf<Resource>, name, moment));
  if (row) return FromRow<Resource>(*row);
  ASSIGN_OR_RETURN(const std::optional<NameRow> later, FindName(db, kTableOf<Resource>, name));
  if (!later) return NameNotFound(kTableOf<Resource>, field, name);
  return api::NotRecordedYet(name, google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(later->create_micros));
}

// A page of a List request as of `moment`, `below` a topic's id (0: all).
template <typename Request, typename Resource>
absl::Status ListNames(pg::Session& db, const Request& request, const std::string& moment, std::int64_t below,
                       google::protobuf::RepeatedPtrField<Resource>& page, std::string& next_page_token) {
  const std::string scope = api::MakeScope(request);
  ASSIGN_OR_RETURN(const int size, api::PageSize(request.page_size(), 1000));
  ASSIGN_OR_RETURN(const std::vector<std::string> after, api::ReadPageToken(scope, request.page_token(), 2));
  ASSIGN_OR_RETURN(const pqxx::result rows,
                   ListRows(db, kTableOf<Resource>, request.query(), below, size + 1, after, moment));
  for (const pqxx::row& row : rows) {
    if (page.size() == size) {
      const pqxx::row last = rows[static_cast<pqxx::result::size_type>(size - 1)];
      next_page_token = api::MakePageToken(scope, {last[7].c_str(), last[0].c_str()});
      break;
    }
    ASSIGN_OR_RETURN(*page.Add(), FromRow<Resource>(ReadNameRow(row)));
  }
  return absl::OkStatus();
}

// Creates `resource` under `id`, or one made from its title when empty. `insert` stores it under a slug,
// in the transaction of the call.
template <typename Request, typename Resource, typename Insert>
absl::StatusOr<Resource> CreateName(api::Call& call, const Request& request, const std::string& id, Resource resource,
                                    Insert insert) {
  Resource created;
  const absl::Status done = call.db().Transaction([&]() -> absl::Status {
    std::string slug(id);
    if (slug.empty()) {
      ASSIGN_OR_RETURN(slug, ChooseSlug(call.db(), kTableOf<Resource>, TitleOf(resource)));
    }
    std::string name = absl::StrCat(PrefixOf(kTableOf<Resource>), slug);
    ASSIGN_OR_RETURN(const std::optional<std::string> first,
                     api::ClaimRequest(call, request.request_id(), request, name));
    if (first) {
      name = *first;
    } else {
      RETURN_IF_ERROR(insert(slug));
    }
    ASSIGN_OR_RETURN(created, GetName<Resource>(call.db(), "name", name));
    return absl::OkStatus();
  });
  RETURN_IF_ERROR(done);
  return created;
}

// Merges `wanted` into what is stored, by the mask. `check` looks at the outcome; `update` stores it, given the
// id and what was before. Whoever changes the resource at the same time waits: no change is lost or turned away.
// `key` is locked before the row, for changes that touch other rows too: the other order could deadlock. Not
// `exclusive` is together with others who share it.
template <typename Request, typename Resource, typename Check, typename Update>
absl::StatusOr<Resource> ChangeName(api::Call& call, const Request& request, const std::string& field,
                                    const Resource& wanted, const google::protobuf::FieldMask& mask, Check check,
                                    Update update, std::optional<std::string> key = std::nullopt,
                                    bool exclusive = true) {
  Resource current;
  const absl::Status done = call.db().Transaction([&]() -> absl::Status {
    if (key) RETURN_IF_ERROR(LockKey(call.db(), *key, exclusive));
    ASSIGN_OR_RETURN(const std::optional<std::string> first,
                     api::ClaimRequest(call, request.request_id(), request, wanted.name()));
    ASSIGN_OR_RETURN(const std::optional<NameRow> row, first ? FindName(call.db(), kTableOf<Resource>, wanted.name())
                                                             : LockName(call.db(), kTableOf<Resource>, wanted.name()));
    if (!row) return NameNotFound(kTableOf<Resource>, field, wanted.name());
    ASSIGN_OR_RETURN(current, FromRow<Resource>(*row));
    if (first) return absl::OkStatus();
    if (!wanted.etag().empty() && wanted.etag() != row->revision) return EtagMismatch(wanted.name(), row->revision);
    Resource next = current;
    google::protobuf::util::FieldMaskUtil::MergeOptions options;
    options.set_replace_repeated_fields(true);
    google::protobuf::util::FieldMaskUtil::MergeMessageTo(wanted, mask, options, &next);
    RETURN_IF_ERROR(check(next));
    if (google::protobuf::util::MessageDifferencer::Equals(current, next)) return absl::OkStatus();
    RETURN_IF_ERROR(update(row->id, current, next));
    ASSIGN_OR_RETURN(current, GetName<Resource>(call.db(), field, wanted.name()));
    return absl::OkStatus();
  });
  RETURN_IF_ERROR(done);
  return current;
}

}  // namespace onrecord::store
