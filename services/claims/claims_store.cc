#include "services/claims/claims_store.h"

#include "db/statements.h"
#include "google/protobuf/util/time_util.h"
#include "services/api/as_of.h"
#include "services/api/page_token.h"
#include "services/api/request_key.h"
#include "services/base/strings.h"
#include "services/claims/claims_links.h"
#include "services/claims/claims_rules.h"
#include "services/names/names_rules.h"
#include "services/names/names_store.h"
#include "services/tallies/tallies_store.h"

namespace onrecord::store {
namespace {

constexpr int kMostRelations = 1000;

pb::Claim WithKind(pb::Claim claim) {
  if (claim.kind() == pb::CLAIM_KIND_UNSPECIFIED) claim.set_kind(pb::CLAIM_KIND_FACT);
  return claim;
}

absl::StatusOr<NameState> StateOf(pg::Session& db, const pb::Claim& claim) {
  const std::vector<std::string> topics(claim.topics().begin(), claim.topics().end());
  ASSIGN_OR_RETURN(const std::vector<std::int64_t> ids, RequireIds(db, NameTable::kTopics, "claim.topics", topics));
  std::vector<FoundBy> found_by = FoundByDisplayName(claim.text(), /*last_word=*/false);
  for (const std::string& alias : claim.aliases()) {
    found_by.push_back({pb::RESOLVE_REASON_OTHER_NAME, alias, FoldName(alias)});
  }
  return NameState{claim.text(), ToBody(claim), std::move(found_by), {pg::IntArray(ids)}};
}

// A relation as it is stored: symmetric ones from the claim recorded first.
struct Relation {
  std::int64_t claim = 0;
  int kind = 0;
  std::int64_t other = 0;
};

Relation Stored(std::int64_t claim, int kind, std::int64_t other) {
  const bool directed = kind == pb::CLAIM_RELATION_KIND_ENTAILS || kind == pb::CLAIM_RELATION_KIND_NARROWER;
  return !directed && other < claim ? Relation{other, kind, claim} : Relation{claim, kind, other};
}

absl::Status Cycle(const std::string& claim, const std::string& other, const std::string& what) {
  return Refuse(absl::StatusCode::kFailedPrecondition, pb::ERROR_REASON_CLAIM_CYCLE,
                StrCat(claim, " and ", other, ": ", what, "; take back a relation between them first"),
                {{"claim", claim}, {"other", other}});
}

// Whether the two are linked already, with the sign given.
absl::StatusOr<bool> AreLinked(pg::Session& db, std::int64_t claim, std::int64_t other, int sign) {
  ASSIGN_OR_RETURN(const std::vector<Linked> linked, LinkedClaims(db, {claim}, api::kNow));
  for (const Linked& found : linked) {
    if (found.claim == other && found.sign == sign) return true;
  }
  return false;
}

absl::StatusOr<bool> IsNarrower(pg::Session& db, std::int64_t claim, std::int64_t other) {
  ASSIGN_OR_RETURN(const pqxx::result rows, db.Run(sql::kIsNarrower, claim, other));
  return rows[0][0].as<bool>();
}

absl::Status CheckRelation(pg::Session& db, const pb::ClaimRelation& relation, std::int64_t claim, std::int64_t other) {
  if (claim == other) {
    return RefuseFields({{pb::ERROR_REASON_VALUE_INVALID, "relation.other",
                          "is the same claim, since they were merged; name another one"}});
  }
  const bool same = relation.kind() == pb::CLAIM_RELATION_KIND_SAME;
  if (same || relation.kind() == pb::CLAIM_RELATION_KIND_NEGATION_OF) {
    ASSIGN_OR_RETURN(const bool opposite, AreLinked(db, claim, other, same ? -1 : 1));
    if (opposite) {
      return Cycle(relation.claim(), relation.other(),
                   same ? "they are known to be negations of each other" : "they are known to be the same");
    }
  }
  if (relation.kind() != pb::CLAIM_RELATION_KIND_NARROWER) return absl::OkStatus();
  ASSIGN_OR_RETURN(const bool wider, IsNarrower(db, other, claim));
  return wider ? Cycle(relation.claim(), relation.other(), "the other is narrower already") : absl::OkStatus();
}

absl::Status InsertRelation(pg::Session& db, const Relation& relation, const std::string& note,
                            std::string_view author) {
  return db.Run(sql::kInsertRelation, relation.claim, relation.kind, relation.other, note, author).status();
}

void ReadRelation(const pqxx::row& row, pb::ClaimRelation& relation) {
  relation.set_kind(static_cast<pb::ClaimRelationKind>(row[2].as<int>()));
  relation.set_note(row[4].c_str());
  relation.set_author(row[5].c_str());
  *relation.mutable_create_time() =
      google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(row[6].as<std::int64_t>());
}

// Titles of the claims in relations, at a moment.
absl::Status NameClaims(pg::Session& db, const std::string& moment, const std::vector<Relation>& stored,
                        const std::function<pb::ClaimRelation*(std::size_t)>& relation) {
  std::vector<std::int64_t> ids;
  for (const Relation& one : stored) ids.insert(ids.end(), {one.claim, one.other});
  ASSIGN_OR_RETURN(const pqxx::result rows, db.Run(sql::kTitlesOfClaims, moment, pg::IntArray(ids)));
  std::map<std::int64_t, std::pair<std::string, std::string>> titles;
  for (const pqxx::row& row : rows) {
    titles[row[0].as<std::int64_t>()] = {StrCat("claims/", row[1].c_str()), row[2].c_str()};
  }
  for (std::size_t i = 0; i < stored.size(); ++i) {
    relation(i)->set_claim(titles[stored[i].claim].first);
    relation(i)->set_claim_text(titles[stored[i].claim].second);
    relation(i)->set_other(titles[stored[i].other].first);
    relation(i)->set_other_text(titles[stored[i].other].second);
  }
  return absl::OkStatus();
}

// What rests on claim `from` becomes `into`'s; the stances that gave way.
absl::StatusOr<int> MoveEvidence(api::Call& call, std::int64_t from, std::int64_t into) {
  pg::Session& db = call.db();
  pqxx::result replaced;
  RETURN_IF_ERROR(Recount(
      db,
      [&]() -> absl::Status {
        ASSIGN_OR_RETURN(replaced, db.Run(sql::kEndStancesInBoth, from, into));
        RETURN_IF_ERROR(db.Run(sql::kEndTakenBackStances, from, into).status());
        ASSIGN_OR_RETURN(const pqxx::result highest, db.Run(sql::kHighestStanceRevision, from, into));
        return db.Run(sql::kMoveStances, from, into, highest[0][0].as<int>() + 1).status();
      },
      sql::kTallyStancesOfClaims, pg::IntArray(std::vector<std::int64_t>{from, into})));
  RETURN_IF_ERROR(db.Run(sql::kMoveLabels, from, into).status());
  RETURN_IF_ERROR(db.Run(sql::kMoveReviews, from, into).status());
  ASSIGN_OR_RETURN(const pqxx::result relations, db.Run(sql::kEndRelationsOf, from, call.author()));
  for (const pqxx::row& row : relations) {
    const auto led = [&](const pqxx::field& field) {
      return field.as<std::int64_t>() == from ? into : field.as<std::int64_t>();
    };
    const Relation moved = Stored(led(row[0]), row[1].as<int>(), led(row[2]));
    if (moved.claim != moved.other) RETURN_IF_ERROR(InsertRelation(db, moved, row[3].c_str(), call.author()));
  }
  return static_cast<int>(replaced.affected_rows());
}

absl::Status CheckMerge(pg::Session& db, const pb::MergeClaimsRequest& request, std::int64_t from, std::int64_t into) {
  if (from == into) {
    return RefuseFields(
        {{pb::ERROR_REASON_VALUE_INVALID, "into", "is the same claim, since they were merged already"}});
  }
  ASSIGN_OR_RETURN(const bool negations, AreLinked(db, from, into, -1));
  if (negations) return Cycle(request.claim(), request.into(), "they are known to be negations of each other");
  ASSIGN_OR_RETURN(const bool narrower, IsNarrower(db, from, into));
  ASSIGN_OR_RETURN(const bool wider, IsNarrower(db, into, from));
  if (narrower || wider) return Cycle(request.claim(), request.into(), "one is known to be narrower than the other");
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<pb::ListClaimsResponse> ListClaims(pg::Session& db, const pb::ListClaimsRequest& request,
                                                  const std::string& moment) {
  std::vector<std::string> topics;
  if (!request.topic().empty()) topics.push_back(request.topic());
  ASSIGN_OR_RETURN(const std::vector<std::int64_t> ids, RequireIds(db, NameTable::kTopics, "topic", topics));
  pb::ListClaimsResponse response;
  RETURN_IF_ERROR(ListNames(db, request, moment, ids.empty() ? 0 : ids.front(), *response.mutable_claims(),
                            *response.mutable_next_page_token()));
  return response;
}

absl::StatusOr<pb::Claim> CreateClaim(api::Call& call, const pb::CreateClaimRequest& request) {
  return CreateName(call, request, request.claim_id(), request.claim(), [&](const std::string& slug) -> absl::Status {
    ASSIGN_OR_RETURN(const NameState state, StateOf(call.db(), WithKind(request.claim())));
    return InsertName(call, NameTable::kClaims, slug, state).status();
  });
}

absl::StatusOr<pb::Claim> UpdateClaim(api::Call& call, const pb::UpdateClaimRequest& request) {
  return ChangeName(call, request, "claim.name", WithKind(request.claim()),
                    rules::ChangedFields<pb::Claim>(request.update_mask()), rules::CheckClaim,
                    [&](std::int64_t id, const pb::Claim&, const pb::Claim& next) -> absl::Status {
                      ASSIGN_OR_RETURN(const NameState state, StateOf(call.db(), next));
                      return UpdateName(call, NameTable::kClaims, id, request.reason(), state);
                    });
}

absl::StatusOr<pb::MergeClaimsResponse> MergeClaims(api::Call& call, const pb::MergeClaimsRequest& request) {
  pg::Session& db = call.db();
  pb::MergeClaimsResponse response;
  const absl::Status merged = db.Transaction([&]() -> absl::Status {
    response.Clear();
    RETURN_IF_ERROR(LockClaimLinks(db));
    ASSIGN_OR_RETURN(const auto repeated, api::ClaimRequest(call, request.request_id(), request, request.into()));
    if (!repeated) {
      ASSIGN_OR_RETURN(const auto from, LockName(db, NameTable::kClaims, request.claim()));
      if (!from) return NameNotFound(NameTable::kClaims, "claim", request.claim());
      ASSIGN_OR_RETURN(const auto into, LockName(db, NameTable::kClaims, request.into()));
      if (!into) return NameNotFound(NameTable::kClaims, "into", request.into());
      if (!request.etag().empty() && request.etag() != from->revision) {
        return EtagMismatch(request.claim(), from->revision);
      }
      RETURN_IF_ERROR(CheckMerge(db, request, from->id, into->id));
      ASSIGN_OR_RETURN(const int replaced, MoveEvidence(call, from->id, into->id));
      response.set_replaced_stance_count(replaced);
      RETURN_IF_ERROR(
          db.Run(sql::kLeadClaims, from->id, into->id, call.author(), call.method(), request.reason()).status());
      ASSIGN_OR_RETURN(const pb::Claim given_up, FromRow<pb::Claim>(*from));
      ASSIGN_OR_RETURN(pb::Claim kept, FromRow<pb::Claim>(*into));
      kept.add_former_names(given_up.name());
      kept.mutable_former_names()->MergeFrom(given_up.former_names());
      ASSIGN_OR_RETURN(const NameState state, StateOf(db, kept));
      RETURN_IF_ERROR(UpdateName(call, NameTable::kClaims, into->id, request.reason(), state));
    }
    ASSIGN_OR_RETURN(*response.mutable_claim(), GetName<pb::Claim>(db, "into", request.into()));
    return absl::OkStatus();
  });
  RETURN_IF_ERROR(merged);
  return response;
}

absl::StatusOr<pb::ClaimRelation> RelateClaims(api::Call& call, const pb::RelateClaimsRequest& request) {
  pg::Session& db = call.db();
  pb::ClaimRelation related = request.relation();
  const absl::Status done = db.Transaction([&]() -> absl::Status {
    RETURN_IF_ERROR(LockClaimLinks(db));
    ASSIGN_OR_RETURN(const std::int64_t claim, ResolveClaim(db, "relation.claim", related.claim(), api::kNow));
    ASSIGN_OR_RETURN(const std::int64_t other, ResolveClaim(db, "relation.other", related.other(), api::kNow));
    const Relation stored = Stored(claim, related.kind(), other);
    ASSIGN_OR_RETURN(const auto repeated, api::ClaimRequest(call, request.request_id(), request, related.claim()));
    if (!repeated) {
      RETURN_IF_ERROR(CheckRelation(db, related, claim, other));
      RETURN_IF_ERROR(InsertRelation(db, stored, related.note(), call.author()));
    }
    ASSIGN_OR_RETURN(const pqxx::result rows, db.Run(sql::kGetRelation, stored.claim, stored.kind, stored.other));
    if (!rows.empty()) ReadRelation(rows[0], related);  // a repeated call may find it taken back
    return NameClaims(db, api::kNow, {{claim, stored.kind, other}}, [&](std::size_t) { return &related; });
  });
  RETURN_IF_ERROR(done);
  return related;
}

absl::Status UnrelateClaims(api::Call& call, const pb::UnrelateClaimsRequest& request) {
  pg::Session& db = call.db();
  return db.Transaction([&]() -> absl::Status {
    RETURN_IF_ERROR(LockClaimLinks(db));
    ASSIGN_OR_RETURN(const std::int64_t claim, ResolveClaim(db, "claim", request.claim(), api::kNow));
    ASSIGN_OR_RETURN(const std::int64_t other, ResolveClaim(db, "other", request.other(), api::kNow));
    ASSIGN_OR_RETURN(const auto repeated, api::ClaimRequest(call, request.request_id(), request, request.claim()));
    if (repeated) return absl::OkStatus();
    const Relation stored = Stored(claim, request.kind(), other);
    ASSIGN_OR_RETURN(const pqxx::result ended, db.Run(sql::kEndRelation, stored.claim, stored.kind, stored.other,
                                                      call.author(), request.reason()));
    if (ended.affected_rows() == 1) return absl::OkStatus();
    return Refuse(absl::StatusCode::kNotFound, pb::ERROR_REASON_RELATION_NOT_FOUND,
                  StrCat(request.claim(), " and ", request.other(), " are not related so; list the claim's relations"),
                  {{"claim", request.claim()}, {"other", request.other()}});
  });
}

absl::StatusOr<pb::ListClaimRelationsResponse> ListClaimRelations(pg::Session& db,
                                                                  const pb::ListClaimRelationsRequest& request,
                                                                  const std::string& moment) {
  ASSIGN_OR_RETURN(const int size, api::PageSize(request.page_size(), kMostRelations));
  const std::string scope = api::MakeScope(request);
  ASSIGN_OR_RETURN(const std::vector<std::string> after, api::ReadPageToken(scope, request.page_token(), 1));
  ASSIGN_OR_RETURN(const std::int64_t claim, ResolveClaim(db, "claim", request.claim(), moment));
  const std::vector<std::int64_t> kinds(request.kinds().begin(), request.kinds().end());
  ASSIGN_OR_RETURN(const pqxx::result rows, db.Run(sql::kListClaimRelations, moment, claim, pg::IntArray(kinds),
                                                   after.empty() ? "0" : after[0], size + 1));
  pb::ListClaimRelationsResponse response;
  std::vector<Relation> shown;
  std::string last;
  for (const pqxx::row& row : rows) {
    if (response.relations_size() == size) {
      response.set_next_page_token(api::MakePageToken(scope, {last}));
      break;
    }
    last = row[0].c_str();
    Relation relation{row[1].as<std::int64_t>(), row[2].as<int>(), row[3].as<std::int64_t>()};
    // From the side asked for, where both are the same.
    const Relation turned = Stored(relation.other, relation.kind, relation.claim);
    if (relation.other == claim && turned.claim == relation.claim) std::swap(relation.claim, relation.other);
    shown.push_back(relation);
    ReadRelation(row, *response.add_relations());
  }
  RETURN_IF_ERROR(
      NameClaims(db, moment, shown, [&](std::size_t i) { return response.mutable_relations(static_cast<int>(i)); }));
  return response;
}

}  // namespace onrecord::store
