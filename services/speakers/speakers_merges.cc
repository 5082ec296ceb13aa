#include "services/speakers/speakers_merges.h"

#include <algorithm>
#include <set>

#include "db/statements.h"
#include "services/api/names.h"
#include "services/api/request_key.h"
#include "services/api/row_cursor.h"
#include "services/api/text.h"
#include "services/api/violations.h"
#include "services/base/strings.h"
#include "services/names/names_store.h"
#include "services/quotes/quotes_rules.h"
#include "services/speakers/speakers_moves.h"
#include "services/speakers/speakers_rules.h"
#include "services/speakers/speakers_store.h"

namespace onrecord::store {
namespace {

constexpr char kPrefix[] = "speakers/";
constexpr int kReadAtOnce = 1000;

// What a row of speaker_moves tells.
enum class Done { kMerged = 1, kRestored = 2, kSplit = 3 };

struct Counts {
  std::int64_t quotes = 0;
  std::int64_t replaced_stances = 0;
};

// A speaker as it is stored, locked; `merged_into` is 0 for one that stands.
struct Stored {
  std::int64_t id = 0;
  std::int64_t merged_into = 0;
  pb::Speaker speaker;
};

absl::StatusOr<Stored> LockItself(pg::Session& db, const std::string& field, const std::string& name) {
  ASSIGN_OR_RETURN(const pqxx::result rows, db.Run(sql::kLockSpeakerItself, SlugOf(NameTable::kSpeakers, name)));
  if (rows.empty()) return NameNotFound(NameTable::kSpeakers, field, name);
  Stored stored;
  const NameRow row = ReadNameRow(rows[0]);
  stored.id = row.id;
  stored.merged_into = rows[0][7].as<std::int64_t>();
  ASSIGN_OR_RETURN(stored.speaker, FromRow<pb::Speaker>(row));
  return stored;
}

// One that stands.
absl::StatusOr<Stored> LockStanding(pg::Session& db, const std::string& field, const std::string& name) {
  ASSIGN_OR_RETURN(Stored stored, LockItself(db, field, name));
  if (stored.merged_into == 0) return stored;
  ASSIGN_OR_RETURN(const pb::Speaker other, GetName<pb::Speaker>(db, field, name));
  return Refuse(absl::StatusCode::kFailedPrecondition, pb::ERROR_REASON_SPEAKER_MERGED,
                StrCat(field, ": ", name, " was merged into ", other.name(), "; use that one, or restore it first"),
                {{"field", field}, {"name", name}, {"into", other.name()}});
}

absl::Status Store(api::Call& call, const Stored& stored, const std::string& reason) {
  return UpdateName(call, NameTable::kSpeakers, stored.id, reason, StateOfSpeaker(stored.speaker));
}

absl::Status Remember(pg::Session& db, Done done, const Move& move, std::int64_t speaker, std::int64_t other,
                      const Counts& counts, const pb::Speaker& added = {}) {
  return db
      .Run(sql::kInsertSpeakerMove, static_cast<int>(done), speaker, other, move.moment, ToBody(added), counts.quotes,
           counts.replaced_stances)
      .status();
}

// What a call did that is repeated.
absl::StatusOr<Counts> Recall(pg::Session& db, Done done, const std::string& name) {
  ASSIGN_OR_RETURN(const pqxx::result rows,
                   db.Run(sql::kLatestSpeakerMove, static_cast<int>(done), SlugOf(NameTable::kSpeakers, name)));
  if (rows.empty()) return Counts();
  return Counts{rows[0][0].as<std::int64_t>(), rows[0][1].as<std::int64_t>()};
}

absl::StatusOr<std::vector<std::int64_t>> MergedThrough(pg::Session& db, std::int64_t speaker) {
  ASSIGN_OR_RETURN(const pqxx::result rows, db.Run(sql::kMergedThrough, speaker));
  std::vector<std::int64_t> ids;
  for (const auto& row : rows) ids.push_back(row[0].as<std::int64_t>());
  return ids;
}

// Where the names of `speakers` lead from now on.
absl::Status Lead(api::Call& call, absl::Span<const std::int64_t> speakers, const Move& move) {
  return call.db()
      .Run(sql::kLeadSpeakers, pg::IntArray(speakers), move.to, move.moment, call.author(), call.method(), move.reason)
      .status();
}

absl::StatusOr<Counts> Merge(api::Call& call, const pb::MergeSpeakersRequest& request, const std::string& moment) {
  pg::Session& db = call.db();
  ASSIGN_OR_RETURN(const Stored from, LockStanding(db, "name", request.name()));
  ASSIGN_OR_RETURN(Stored into, LockStanding(db, "into", request.into()));
  const Move move = {from.id, into.id, moment, request.reason()};
  Counts counts;
  RETURN_IF_ERROR(GatherAllOf(db, from.id));
  ASSIGN_OR_RETURN(counts.quotes, MoveQuotes(call, move));
  ASSIGN_OR_RETURN(counts.replaced_stances, MoveStances(db, move, /*held=*/true));
  RETURN_IF_ERROR(MoveIdentifications(db, move, /*all=*/true));
  const pb::Speaker added = rules::JoinSpeaker(from.speaker, into.speaker);
  into.speaker.add_former_names(from.speaker.name());
  into.speaker.mutable_former_names()->MergeFrom(from.speaker.former_names());
  RETURN_IF_ERROR(Store(call, into, request.reason()));
  ASSIGN_OR_RETURN(const std::vector<std::int64_t> through, MergedThrough(db, from.id));
  RETURN_IF_ERROR(Lead(call, through, move));
  RETURN_IF_ERROR(Remember(db, Done::kMerged, move, from.id, into.id, counts, added));
  return counts;
}

// A merge on the way from a speaker to where its name leads.
struct PastMerge {
  std::int64_t id;
  std::int64_t into;
  std::string moment;
  std::string added;
  std::string into_name;
};

absl::StatusOr<std::vector<PastMerge>> MergesFrom(pg::Session& db, std::int64_t speaker) {
  ASSIGN_OR_RETURN(const pqxx::result rows, db.Run(sql::kMergesFrom, speaker));
  std::vector<PastMerge> merges;
  for (const auto& row : rows) {
    merges.push_back({row[0].as<std::int64_t>(), row[1].as<std::int64_t>(), row[2].c_str(), row[3].c_str(),
                      StrCat(kPrefix, row[4].c_str())});
  }
  return merges;
}

// What the merges added to those on the way is taken away again, and the former names.
absl::Status PartNames(api::Call& call, const std::vector<PastMerge>& merges, const pb::Speaker& restored,
                       const std::string& reason) {
  std::set<std::string> former(restored.former_names().begin(), restored.former_names().end());
  former.insert(restored.name());
  std::optional<pb::Speaker> added;
  for (const PastMerge& merge : merges) {
    ASSIGN_OR_RETURN(pb::Speaker by_this, FromRow<pb::Speaker>(NameRow{0, "", "", merge.added, "", 0, 0}));
    // What a later one added again, of what the first one did.
    added = added ? rules::PartSpeaker(*added, by_this) : by_this;
    ASSIGN_OR_RETURN(Stored other, LockItself(call.db(), "name", merge.into_name));
    rules::PartSpeaker(*added, other.speaker);
    auto* names = other.speaker.mutable_former_names();
    names->erase(std::remove_if(names->begin(), names->end(), [&](const std::string& n) { return former.contains(n); }),
                 names->end());
    RETURN_IF_ERROR(Store(call, other, reason));
  }
  return absl::OkStatus();
}

// What was recorded since under the names that only the restored speaker has: the id of a quote is made of the name
// under which it was recorded.
absl::Status GatherSince(pg::Session& db, const std::vector<PastMerge>& merges,
                         const std::vector<std::int64_t>& restored, std::int64_t owner) {
  ASSIGN_OR_RETURN(const pqxx::result found, db.Run(sql::kNamesOnlyOf, pg::IntArray(restored), owner));
  const std::vector<std::string> names = api::FirstColumn(found);
  std::vector<std::int64_t> owners;
  for (const PastMerge& merge : merges) owners.push_back(merge.into);
  std::string after(32, '0');
  for (bool more = true; more;) {
    ASSIGN_OR_RETURN(const pqxx::result rows, db.Run(sql::kRecordedSince, owner, merges.front().moment, after,
                                                     kReadAtOnce, pg::IntArray(owners)));
    more = static_cast<int>(rows.size()) == kReadAtOnce;
    std::vector<std::string> theirs;
    for (const auto& row : rows) {
      after = row[0].c_str();
      const std::string id = api::BareUuid(after);
      const api::DayRange said = {row[2].as<int>(), row[3].as<int>()};
      if (std::any_of(names.begin(), names.end(),
                      [&](const std::string& name) { return rules::IsOfSpeaker(name, id, row[1].c_str(), said); })) {
        theirs.push_back(id);
      }
    }
    RETURN_IF_ERROR(GatherThese(db, theirs));
  }
  return absl::OkStatus();
}

absl::StatusOr<Counts> RestoreSpeaker(api::Call& call, const pb::SplitSpeakerRequest& request,
                                      const std::string& moment) {
  pg::Session& db = call.db();
  ASSIGN_OR_RETURN(const Stored source, LockStanding(db, "name", request.name()));
  ASSIGN_OR_RETURN(const Stored restored, LockItself(db, "restore", request.restore()));
  if (restored.merged_into != source.id) {
    return Refuse(absl::StatusCode::kFailedPrecondition, pb::ERROR_REASON_SPEAKER_NOT_MERGED,
                  StrCat("restore: ", request.restore(), " was not merged into ", request.name(),
                         "; its former_names are those who were"),
                  {{"field", "restore"}, {"name", request.restore()}, {"into", request.name()}});
  }
  const Move move = {source.id, restored.id, moment, request.reason()};
  ASSIGN_OR_RETURN(const std::vector<PastMerge> merges, MergesFrom(db, restored.id));
  ASSIGN_OR_RETURN(const std::vector<std::int64_t> through, MergedThrough(db, restored.id));
  RETURN_IF_ERROR(PartNames(call, merges, restored.speaker, request.reason()));
  RETURN_IF_ERROR(Lead(call, through, move));
  RETURN_IF_ERROR(GatherBack(db, restored.id, merges.front().moment, source.id));
  RETURN_IF_ERROR(GatherSince(db, merges, through, source.id));
  Counts counts;
  ASSIGN_OR_RETURN(counts.quotes, MoveQuotes(call, move));
  RETURN_IF_ERROR(UndoMoves(db, move, merges.front().moment));
  RETURN_IF_ERROR(db.Run(sql::kUndoMerge, merges.front().id).status());
  RETURN_IF_ERROR(Remember(db, Done::kRestored, move, restored.id, source.id, counts));
  return counts;
}

// The quotes that are to move, which must be the speaker's.
absl::StatusOr<std::vector<std::string>> QuotesOf(pg::Session& db, const pb::SplitSpeakerRequest& request,
                                                  std::int64_t speaker) {
  std::vector<std::string> ids;
  for (int i = 0; i < request.quotes_size(); ++i) {
    ASSIGN_OR_RETURN(ids.emplace_back(), api::ParseQuoteName(StrCat("quotes[", i, "]"), request.quotes(i)));
  }
  ASSIGN_OR_RETURN(const pqxx::result wrong, db.Run(sql::kCheckMoved, pg::TextArray(ids), speaker));
  api::Violations violations;
  for (const auto& row : wrong) {
    const int place = row[0].as<int>() - 1;
    const bool exists = row[1].as<bool>();
    violations.Add(exists ? pb::ERROR_REASON_VALUE_INVALID : pb::ERROR_REASON_QUOTE_NOT_FOUND,
                   StrCat("quotes[", place, "]"),
                   exists ? StrCat("is not of ", request.name(), "; leave it out, or change it with UpdateQuote")
                          : StrCat(request.quotes(place), " does not exist"));
  }
  RETURN_IF_ERROR(violations.Status());
  return ids;
}

// Takes the names out of `source` and gives them to `made`.
absl::Status MoveNames(pg::Session& db, const pb::SplitSpeakerRequest& request, Stored& source, pb::Speaker& made) {
  std::vector<std::string> folded;
  for (const std::string& name : request.names()) folded.push_back(FoldName(name));
  ASSIGN_OR_RETURN(const pqxx::result merged, db.Run(sql::kNamesOfMerged, pg::TextArray(folded), source.id));
  api::Violations violations;
  std::set<std::size_t> of_merged;
  for (const auto& row : merged) {
    const std::size_t place = row[0].as<std::size_t>() - 1;
    of_merged.insert(place);
    violations.Add(pb::ERROR_REASON_VALUE_INVALID, StrCat("names[", place, "]"),
                   StrCat("is a name of ", kPrefix, row[1].c_str(), ", who was merged into ", request.name(),
                          "; restore that one"));
  }
  pb::Speaker moving;
  for (std::size_t i = 0; i < folded.size(); ++i) {
    const int before = moving.names_size();
    for (const pb::SpeakerName& name : source.speaker.names()) {
      if (FoldName(name.text()) == folded[i]) *moving.add_names() = name;
    }
    if (moving.names_size() > before || of_merged.contains(i)) continue;
    const bool title = FoldName(source.speaker.display_name()) == folded[i];
    violations.Add(pb::ERROR_REASON_VALUE_INVALID, StrCat("names[", i, "]"),
                   title ? "is the display name; give the speaker another one first"
                         : StrCat("is no name of ", request.name(), "; write it as it is among its names"));
  }
  RETURN_IF_ERROR(violations.Status());
  const pb::Speaker taken = rules::PartSpeaker(moving, source.speaker);
  for (const pb::SpeakerName& name : taken.names()) {
    if (FoldName(name.text()) != FoldName(made.display_name())) *made.add_names() = name;
  }
  return rules::CheckSpeaker(made);
}

absl::StatusOr<Counts> SplitOff(api::Call& call, const pb::SplitSpeakerRequest& request, const std::string& slug,
                                const std::string& moment) {
  pg::Session& db = call.db();
  ASSIGN_OR_RETURN(Stored source, LockStanding(db, "name", request.name()));
  pb::Speaker made = request.speaker();
  made.clear_former_names();
  ASSIGN_OR_RETURN(const std::vector<std::string> quotes, QuotesOf(db, request, source.id));
  RETURN_IF_ERROR(MoveNames(db, request, source, made));
  RETURN_IF_ERROR(RequirePrincipals(db, made));
  ASSIGN_OR_RETURN(const std::int64_t id, InsertName(call, NameTable::kSpeakers, slug, StateOfSpeaker(made)));
  if (!request.names().empty()) RETURN_IF_ERROR(Store(call, source, request.reason()));
  const Move move = {source.id, id, moment, request.reason()};
  RETURN_IF_ERROR(GatherThese(db, quotes));
  Counts counts;
  ASSIGN_OR_RETURN(counts.quotes, MoveQuotes(call, move));
  RETURN_IF_ERROR(MoveStances(db, move, /*held=*/false).status());
  RETURN_IF_ERROR(MoveIdentifications(db, move, /*all=*/false));
  RETURN_IF_ERROR(Remember(db, Done::kSplit, move, id, source.id, counts));
  return counts;
}

}  // namespace

absl::StatusOr<pb::MergeSpeakersResponse> MergeSpeakers(api::Call& call, const pb::MergeSpeakersRequest& request) {
  pg::Session& db = call.db();
  pb::MergeSpeakersResponse response;
  RETURN_IF_ERROR(db.Transaction([&]() -> absl::Status {
    ASSIGN_OR_RETURN(const std::string moment, BeginMove(db));
    ASSIGN_OR_RETURN(const auto repeated, api::ClaimRequest(call, request.request_id(), request, request.into()));
    ASSIGN_OR_RETURN(const Counts counts,
                     repeated ? Recall(db, Done::kMerged, request.name()) : Merge(call, request, moment));
    response.set_quote_count(counts.quotes);
    response.set_replaced_stance_count(counts.replaced_stances);
    ASSIGN_OR_RETURN(*response.mutable_speaker(), GetName<pb::Speaker>(db, "into", request.into()));
    return absl::OkStatus();
  }));
  return response;
}

absl::StatusOr<pb::SplitSpeakerResponse> SplitSpeaker(api::Call& call, const pb::SplitSpeakerRequest& request) {
  pg::Session& db = call.db();
  const bool restores = !request.restore().empty();
  pb::SplitSpeakerResponse response;
  RETURN_IF_ERROR(db.Transaction([&]() -> absl::Status {
    ASSIGN_OR_RETURN(const std::string moment, BeginMove(db));
    std::string slug = request.speaker_id();
    if (!restores && slug.empty()) {
      ASSIGN_OR_RETURN(slug, ChooseSlug(db, NameTable::kSpeakers, request.speaker().display_name()));
    }
    std::string name = restores ? request.restore() : StrCat(kPrefix, slug);
    ASSIGN_OR_RETURN(const auto repeated, api::ClaimRequest(call, request.request_id(), request, name));
    if (repeated) name = *repeated;
    ASSIGN_OR_RETURN(const Counts counts, repeated   ? Recall(db, restores ? Done::kRestored : Done::kSplit, name)
                                          : restores ? RestoreSpeaker(call, request, moment)
                                                     : SplitOff(call, request, slug, moment));
    response.set_quote_count(counts.quotes);
    ASSIGN_OR_RETURN(*response.mutable_source(), GetName<pb::Speaker>(db, "name", request.name()));
    ASSIGN_OR_RETURN(*response.mutable_speaker(), GetName<pb::Speaker>(db, "restore", name));
    return absl::OkStatus();
  }));
  return response;
}

}  // namespace onrecord::store
