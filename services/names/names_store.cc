#include "services/names/names_store.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <unordered_map>

#include "absl/strings/match.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "db/statements.h"
#include "services/api/text.h"
#include "services/base/log.h"

namespace onrecord::store {
namespace {

// PostgreSQL's indexes take 2,700 bytes; order and identity are decided long before.
constexpr std::size_t kMostSortCodePoints = 100;
constexpr std::size_t kMostFoldedCodePoints = 500;

struct Table {
  const char* prefix;
  const char* singular;
  pb::ErrorReason not_found;
  pb::ErrorReason exists;
  std::size_t found_by_columns;  // the first so many of those that AddFoundBy gives
  const pg::Statement& get;
  const pg::Statement& get_then;
  const pg::Statement& lock;
  const pg::Statement& list;
  const pg::Statement& list_then;
  const pg::Statement& match;
  const pg::Statement& taken_slugs;
  const pg::Statement& insert;
  const pg::Statement& update;
  const pg::Statement& remove_names;
  const pg::Statement& add_names;
};

const Table& Of(NameTable table) {
  static const Table kTables[] = {
      {"speakers/", "speaker", pb::ERROR_REASON_SPEAKER_NOT_FOUND, pb::ERROR_REASON_SPEAKER_EXISTS, 7, sql::kGetSpeaker,
       sql::kGetSpeakerThen, sql::kLockSpeaker, sql::kListSpeakers, sql::kListSpeakersThen, sql::kMatchSpeakers,
       sql::kTakenSlugsOfSpeakers, sql::kInsertSpeakers, sql::kUpdateSpeaker, sql::kRemoveNamesOfSpeaker,
       sql::kAddNamesOfSpeakers},
      {"outlets/", "outlet", pb::ERROR_REASON_OUTLET_NOT_FOUND, pb::ERROR_REASON_OUTLET_EXISTS, 3, sql::kGetOutlet,
       sql::kGetOutletThen, sql::kLockOutlet, sql::kListOutlets, sql::kListOutletsThen, sql::kMatchOutlets,
       sql::kTakenSlugsOfOutlets, sql::kInsertOutlets, sql::kUpdateOutlet, sql::kRemoveNamesOfOutlet,
       sql::kAddNamesOfOutlets},
      {"topics/", "topic", pb::ERROR_REASON_TOPIC_NOT_FOUND, pb::ERROR_REASON_TOPIC_EXISTS, 4, sql::kGetTopic,
       sql::kGetTopicThen, sql::kLockTopic, sql::kListTopics, sql::kListTopicsThen, sql::kMatchTopics,
       sql::kTakenSlugsOfTopics, sql::kInsertTopics, sql::kUpdateTopic, sql::kRemoveNamesOfTopic,
       sql::kAddNamesOfTopics},
      {"claims/", "claim", pb::ERROR_REASON_CLAIM_NOT_FOUND, pb::ERROR_REASON_CLAIM_EXISTS, 4, sql::kGetClaim,
       sql::kGetClaimThen, sql::kLockClaim, sql::kListClaims, sql::kListClaimsThen, sql::kMatchClaims,
       sql::kTakenSlugsOfClaims, sql::kInsertClaims, sql::kUpdateClaim, sql::kRemoveNamesOfClaim,
       sql::kAddNamesOfClaims},
  };
  return kTables[static_cast<std::size_t>(table)];
}

absl::Status Collided() {
  return Refuse(absl::StatusCode::kAborted, pb::ERROR_REASON_WRITE_CONFLICT,
                "concurrent changes collided; repeat the call");
}

std::string SortName(const std::string& display_name) {
  return api::FirstCodePoints(FoldName(display_name), kMostSortCodePoints);
}

struct Owned {
  std::int64_t id;
  const std::vector<FoundBy>* found_by;
};

// What resources can be found by, all in one statement. Rows that were added.
absl::StatusOr<std::size_t> AddFoundBy(pg::Session& db, NameTable table, absl::Span<const Owned> owners) {
  std::vector<std::int64_t> ids, ordinals, reasons, froms, tos;
  std::vector<std::string> texts, folded;
  for (const Owned& owner : owners) {
    std::int64_t ordinal = 0;
    std::set<std::string_view> seen;
    for (const FoundBy& name : *owner.found_by) {
      // An outlet's name and alias may fold to the same; speakers' names differ by their times.
      if (table != NameTable::kSpeakers && !seen.insert(name.folded).second) continue;
      ids.push_back(owner.id);
      ordinals.push_back(++ordinal);
      reasons.push_back(name.reason);
      texts.push_back(name.text);
      folded.push_back(name.folded);
      froms.push_back(name.valid_from);
      tos.push_back(name.valid_to);
    }
  }
  std::vector<pg::Param> columns = {pg::IntArray(ids),      pg::TextArray(texts),  pg::TextArray(folded),
                                    pg::IntArray(ordinals), pg::IntArray(reasons), pg::IntArray(froms),
                                    pg::IntArray(tos)};
  columns.erase(columns.begin() + static_cast<std::ptrdiff_t>(Of(table).found_by_columns), columns.end());
  RETURN_IF_ERROR(db.RunParams(Of(table).add_names, columns).status());
  return ids.size();
}

// For each display name an id that is free and not chosen for one before it. Only whoever holds the table's key
// makes ids from names, so that they stay free.
absl::StatusOr<std::vector<std::string>> ChooseSlugs(pg::Session& db, NameTable table,
                                                     absl::Span<const std::string> display_names) {
  RETURN_IF_ERROR(LockKey(db, absl::StrCat("ids of ", PrefixOf(table)), /*exclusive=*/true));
  std::vector<std::string> slugs;
  for (const std::string& name : display_names) slugs.push_back(api::Slug(name));
  ASSIGN_OR_RETURN(const pqxx::result rows, db.Run(Of(table).taken_slugs, pg::TextArray(slugs)));
  std::set<std::string> taken;
  for (const pqxx::row& row : rows) taken.insert(row[0].c_str());
  std::unordered_map<std::string, int> last_number;
  for (std::string& slug : slugs) {
    const std::string base = slug;
    int& number = last_number.try_emplace(base, 1).first->second;
    while (!taken.insert(slug).second) slug = absl::StrCat(base, "-", ++number);
  }
  return slugs;
}

absl::StatusOr<std::vector<NameMatch>> MatchNames(pg::Session& db, NameTable table,
                                                  absl::Span<const std::string> names) {
  std::vector<std::string> folded(names.size());
  std::vector<std::string> slugs(names.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    const bool resource = names[i].starts_with(PrefixOf(table));
    (resource ? slugs[i] : folded[i]) = resource ? SlugOf(table, names[i]) : FoldName(names[i]);
  }
  ASSIGN_OR_RETURN(const pqxx::result rows, db.Run(Of(table).match, pg::TextArray(folded), pg::TextArray(slugs)));
  std::vector<NameMatch> matches(names.size());
  for (const pqxx::row& row : rows) {
    NameMatch& match = matches[row[0].as<std::size_t>() - 1];
    match.ambiguous = row[2].as<int>() > 1;
    match.id = match.ambiguous ? 0 : row[1].as<std::int64_t>();
  }
  return matches;
}

bool MayCreate(NameTable table, const std::string& name, const NameMatch& match) {
  return match.id == 0 && !match.ambiguous && !name.starts_with(PrefixOf(table)) && !FoldName(name).empty() &&
         (table != NameTable::kSpeakers || !api::IsPronoun(name));
}

// What a resource is of which only the name is known.
std::string PlainBody(NameTable table, const ClaimTopics& topics) {
  if (table == NameTable::kTopics) return R"({"scheme":"local"})";
  if (table != NameTable::kClaims) return "{}";
  pb::Claim claim;
  claim.set_kind(pb::CLAIM_KIND_FACT);
  for (const std::string& topic : topics.names) claim.add_topics(topic);
  return ToBody(claim);
}

// Stores new resources of which only the names are known; gives their ids.
absl::StatusOr<std::vector<std::int64_t>> InsertPlain(pg::Session& db, NameTable table,
                                                      absl::Span<const std::string> display_names,
                                                      absl::Span<const ClaimTopics> topics, std::string_view author,
                                                      std::string_view via) {
  ASSIGN_OR_RETURN(const std::vector<std::string> slugs, ChooseSlugs(db, table, display_names));
  std::vector<std::string> sort_names, bodies, topic_ids;
  for (std::size_t i = 0; i < display_names.size(); ++i) {
    sort_names.push_back(SortName(display_names[i]));
    bodies.push_back(PlainBody(table, topics.empty() ? ClaimTopics() : topics[i]));
    topic_ids.push_back(pg::IntArray(topics.empty() ? std::vector<std::int64_t>() : topics[i].ids));
  }
  std::vector<pg::Param> columns = {pg::TextArray(slugs),
                                    pg::TextArray(display_names),
                                    pg::TextArray(sort_names),
                                    pg::TextArray(bodies),
                                    author,
                                    via};
  if (table == NameTable::kTopics) columns.insert(columns.end(), {pg::Param(std::nullopt), "local", std::nullopt});
  if (table == NameTable::kClaims) columns.emplace_back(pg::TextArray(topic_ids));
  ASSIGN_OR_RETURN(const pqxx::result rows,
                   db.RunParams(table == NameTable::kClaims ? sql::kInsertPlainClaims : Of(table).insert, columns));
  std::unordered_map<std::string, std::int64_t> by_slug;
  for (const pqxx::row& row : rows) by_slug[row[1].c_str()] = row[0].as<std::int64_t>();
  if (by_slug.size() != slugs.size()) return Collided();  // with a CreateSpeaker that chose its id itself
  std::vector<std::int64_t> ids;
  std::vector<std::vector<FoundBy>> found_by;
  for (std::size_t i = 0; i < slugs.size(); ++i) {
    ids.push_back(by_slug[slugs[i]]);
    found_by.push_back(FoundByDisplayName(display_names[i], table == NameTable::kSpeakers));
  }
  std::vector<Owned> owners;
  for (std::size_t i = 0; i < ids.size(); ++i) owners.push_back({ids[i], &found_by[i]});
  const absl::Status added = AddFoundBy(db, table, owners).status();
  // Somebody gave an outlet this name in the meantime: look again.
  if (added.code() == absl::StatusCode::kAlreadyExists) return Collided();
  RETURN_IF_ERROR(added);
  return ids;
}

absl::Status CreateUnknown(pg::Session& db, NameTable table, absl::Span<const std::string> names,
                           absl::Span<const ClaimTopics> topics, std::string_view author, std::string_view via,
                           std::vector<NameMatch>& matches) {
  std::vector<std::string> display_names;
  std::vector<ClaimTopics> topics_of;
  std::unordered_map<std::string, std::size_t> place_of;  // by folded name
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (MayCreate(table, names[i], matches[i]) &&
        place_of.try_emplace(FoldName(names[i]), display_names.size()).second) {
      display_names.push_back(api::CollapseSpace(names[i]));
      if (!topics.empty()) topics_of.push_back(topics[i]);
    }
  }
  if (display_names.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::vector<std::int64_t> ids, InsertPlain(db, table, display_names, topics_of, author, via));
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (MayCreate(table, names[i], matches[i])) matches[i].id = ids[place_of.at(FoldName(names[i]))];
  }
  return absl::OkStatus();
}

}  // namespace

const char* PrefixOf(NameTable table) { return Of(table).prefix; }

std::string SlugOf(NameTable table, const std::string& name) {
  const std::string prefix = PrefixOf(table);
  return name.starts_with(prefix) ? name.substr(prefix.size()) : "";
}

std::string FoldName(const std::string& name) {
  const std::string folded = api::Fold(name);
  return api::FirstCodePoints(folded.empty() ? api::CollapseSpace(name) : folded, kMostFoldedCodePoints);
}

absl::StatusOr<std::vector<std::int64_t>> RequireIds(pg::Session& db, NameTable table, const std::string& field,
                                                     absl::Span<const std::string> names, const std::string& moment) {
  if (names.empty()) return std::vector<std::int64_t>{};
  std::vector<std::string> slugs;
  for (const std::string& name : names) slugs.push_back(SlugOf(table, name));
  const bool then = table == NameTable::kSpeakers && moment != api::kNow;
  ASSIGN_OR_RETURN(const pqxx::result rows, then ? db.Run(sql::kNamesLeadToSpeakers, pg::TextArray(slugs), moment)
                                                 : db.Run(Of(table).match, pg::TextArray({}), pg::TextArray(slugs)));
  std::vector<std::int64_t> ids(names.size());
  for (const pqxx::row& row : rows) ids[row[0].as<std::size_t>() - 1] = row[1].as<std::int64_t>();
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (ids[i] == 0) return NameNotFound(table, field, names[i]);
  }
  return ids;
}

absl::StatusOr<std::vector<NameMatch>> ResolveNames(pg::Session& db, NameTable table,
                                                    absl::Span<const std::string> names, bool create,
                                                    std::string_view author, std::string_view via,
                                                    absl::Span<const ClaimTopics> topics) {
  if (names.empty()) return std::vector<NameMatch>{};
  ASSIGN_OR_RETURN(std::vector<NameMatch> matches, MatchNames(db, table, names));
  bool missing = false;
  for (std::size_t i = 0; i < names.size(); ++i) missing = missing || MayCreate(table, names[i], matches[i]);
  if (!create || !missing) return matches;
  const absl::Status created = db.Transaction([&]() -> absl::Status {
    RETURN_IF_ERROR(LockKey(db, absl::StrCat("names of ", PrefixOf(table)), /*exclusive=*/true));
    ASSIGN_OR_RETURN(matches, MatchNames(db, table, names));  // another import may have been faster
    return CreateUnknown(db, table, names, topics, author, via, matches);
  });
  RETURN_IF_ERROR(created);
  return matches;
}

absl::Status HoldTopicTree(pg::Session& db) { return LockKey(db, kTopicTreeKey, /*exclusive=*/false); }

absl::Status HoldSpeakers(pg::Session& db) { return LockKey(db, kSpeakersKey, /*exclusive=*/false); }

absl::Status LockSpeakers(pg::Session& db) { return LockKey(db, kSpeakersKey, /*exclusive=*/true); }

NameRow ReadNameRow(const pqxx::row& row) {
  return {row[0].as<std::int64_t>(), row[1].c_str(),           row[2].c_str(), row[3].c_str(), row[4].c_str(),
          row[5].as<std::int64_t>(), row[6].as<std::int64_t>()};
}

std::vector<FoundBy> FoundByDisplayName(const std::string& display_name, bool last_word) {
  std::vector<FoundBy> found_by = {{pb::RESOLVE_REASON_DISPLAY_NAME, display_name, FoldName(display_name)}};
  if (!last_word) return found_by;
  const std::string printed = api::CollapseSpace(display_name);
  std::vector<std::string> words = absl::StrSplit(printed, ' ', absl::SkipEmpty());
  // Not last names: "King, Jr."
  static const std::set<std::string_view> kSuffixes = {"", "jr", "sr", "ii", "iii", "iv"};
  while (words.size() > 1 && kSuffixes.contains(api::Fold(words.back()))) words.pop_back();
  if (words.size() < 2) return found_by;
  const std::string folded = FoldName(words.back());
  found_by.push_back({pb::RESOLVE_REASON_LAST_NAME, std::string(absl::StripSuffix(words.back(), ",")), folded});
  return found_by;
}

absl::StatusOr<std::int64_t> InsertName(api::Call& call, NameTable table, const std::string& slug,
                                        const NameState& state) {
  const auto one = [](const std::string& value) { return pg::TextArray({value}); };
  std::vector<pg::Param> columns = {one(slug),       one(state.display_name), one(SortName(state.display_name)),
                                    one(state.body), call.author(),           call.method()};
  columns.insert(columns.end(), state.columns.begin(), state.columns.end());
  ASSIGN_OR_RETURN(const pqxx::result rows, call.db().RunParams(Of(table).insert, columns));
  if (rows.empty()) {
    return Refuse(absl::StatusCode::kAlreadyExists, Of(table).exists,
                  absl::StrCat(Of(table).prefix, slug, " exists; choose another ", Of(table).singular, "_id"),
                  {{"name", absl::StrCat(Of(table).prefix, slug)}});
  }
  const auto id = rows[0][0].as<std::int64_t>();
  RETURN_IF_ERROR(AddFoundBy(call.db(), table, {{id, &state.found_by}}).status());
  return id;
}

absl::Status UpdateName(api::Call& call, NameTable table, std::int64_t id, const std::string& reason,
                        const NameState& state) {
  std::vector<pg::Param> columns = {
      id, state.display_name, SortName(state.display_name), state.body, call.author(), call.method(), reason};
  columns.insert(columns.end(), state.columns.begin(), state.columns.end());
  RETURN_IF_ERROR(call.db().RunParams(Of(table).update, columns).status());
  RETURN_IF_ERROR(call.db().Run(Of(table).remove_names, id).status());
  return AddFoundBy(call.db(), table, {{id, &state.found_by}}).status();
}

absl::StatusOr<std::optional<NameRow>> LockName(pg::Session& db, NameTable table, const std::string& name) {
  ASSIGN_OR_RETURN(const pqxx::result rows, db.Run(Of(table).lock, SlugOf(table, name)));
  if (rows.empty()) return std::nullopt;
  return std::optional<NameRow>(ReadNameRow(rows[0]));
}

absl::StatusOr<std::optional<NameRow>> FindName(pg::Session& db, NameTable table, const std::string& name,
                                                const std::string& moment) {
  const std::string slug = SlugOf(table, name);
  ASSIGN_OR_RETURN(const pqxx::result rows,
                   moment == api::kNow ? db.Run(Of(table).get, slug) : db.Run(Of(table).get_then, slug, moment));
  if (rows.empty()) return std::nullopt;
  return std::optional<NameRow>(ReadNameRow(rows[0]));
}

absl::StatusOr<std::string> ChooseSlug(pg::Session& db, NameTable table, const std::string& display_name) {
  ASSIGN_OR_RETURN(const std::vector<std::string> slugs, ChooseSlugs(db, table, {display_name}));
  return slugs.front();
}

absl::StatusOr<pqxx::result> ListRows(pg::Session& db, NameTable table, const std::string& query, std::int64_t below,
                                      int rows, const std::vector<std::string>& after, const std::string& moment) {
  const std::string beginning = absl::StrReplaceAll(FoldName(query), {{"\\", "\\\\"}, {"%", "\\%"}, {"_", "\\_"}});
  std::vector<pg::Param> params = {rows, after.empty() ? "" : after[0], after.empty() ? "0" : after[1], beginning,
                                   below};
  if (moment == api::kNow) return db.RunParams(Of(table).list, params);
  params.emplace_back(moment);
  return db.RunParams(Of(table).list_then, params);
}

absl::Status LockKey(pg::Session& db, const std::string& key, bool exclusive) {
  return db.Run(exclusive ? sql::kLockKey : sql::kHoldKey, key).status();
}

absl::Status NameNotFound(NameTable table, const std::string& field, const std::string& name) {
  const std::string shown = api::FirstCodePoints(name, 100);
  return Refuse(absl::StatusCode::kNotFound, Of(table).not_found,
                absl::StrCat(field, ": there is no ", Of(table).singular, " \"", shown, "\"; create it first"),
                {{"field", field}, {"name", shown}});
}

absl::Status EtagMismatch(const std::string& name, const std::string& current) {
  return Refuse(
      absl::StatusCode::kAborted, pb::ERROR_REASON_ETAG_MISMATCH,
      absl::StrCat(name, " was changed since the etag was read; its etag is now ", current, "; read it again"),
      {{"name", name}, {"etag", current}});
}

absl::Status BadBody(const std::string& name, const std::string& cause) {
  Log("error", "stored body is not readable", {{"name", name}, {"cause", cause}});
  return Refuse(absl::StatusCode::kInternal, pb::ERROR_REASON_INTERNAL,
                "a fault of the server; its log holds the cause");
}

}  // namespace onrecord::store
