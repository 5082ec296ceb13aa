#include "services/imports/imports_revert.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>

#include "db/statements.h"
#include "google/protobuf/util/time_util.h"
#include "services/api/names.h"
#include "services/articles/articles_links.h"
#include "services/base/strings.h"
#include "services/claims/claims_links.h"
#include "services/claims/reviews_store.h"
#include "services/claims/stances_writes.h"
#include "services/imports/imports_raw.h"
#include "services/imports/imports_store.h"
#include "services/names/names_store.h"
#include "services/quotes/quotes_rows.h"
#include "services/quotes/quotes_rules.h"
#include "services/quotes/quotes_store.h"
#include "services/quotes/quotes_writes.h"
#include "services/tallies/tallies_store.h"
#include "services/utterances/matching_store.h"

namespace onrecord::store {
namespace {

using ::google::protobuf::util::TimeUtil;

constexpr int kRevertedAtOnce = 500;
// Of these, quotes that others brought or printed too, whose states are read together.
constexpr std::size_t kRestoredAtOnce = 100;

// Kinds in to_revert.
constexpr int kQuotes = 1;
constexpr int kReviews = 2;

// What became of what a step came to.
struct Counts {
  std::int64_t retracted = 0;
  std::int64_t restored = 0;
  std::int64_t kept = 0;
};

// 0 where a person recorded it.
absl::StatusOr<std::int64_t> ImportOf(const pb::Appearance& appearance) {
  if (appearance.import().empty()) return 0;
  return api::ParseImportName("import", appearance.import());
}

// One step, in the running transaction.
class Reverter {
 public:
  Reverter(api::Call& call, std::int64_t import_id, std::string begin, std::string reason)
      : db_(call.db()),
        import_id_(import_id),
        import_(api::ImportName(import_id)),
        begin_(std::move(begin)),
        reason_(std::move(reason)),
        author_(call.author()),
        via_(call.method()) {}

  absl::StatusOr<Counts> Quotes(absl::Span<const std::string> ids);
  absl::StatusOr<Counts> Reviews(absl::Span<const std::string> ids);

 private:
  absl::Status Retract(absl::Span<const std::string> ids);
  // Those of `unfounded` that nobody prints any more are put to `alone`.
  absl::Status Restore(absl::Span<const std::string> ids, const std::set<std::string>& unfounded,
                       std::vector<std::string>& alone);
  // Whether the quote is another one now. `base` as in Without.
  absl::StatusOr<bool> RestoreOne(const pb::Quote& now, const pb::Quote* base, bool changed_by_others);
  absl::Status Mark(absl::Span<const std::string> quotes, absl::Span<const std::string> appearances);
  // For each quote the moment before the import touched it, or when it began where that is the same.
  absl::StatusOr<std::map<std::string, std::string>> BaseMoments(absl::Span<const std::string> ids);
  // The quotes as they were then, those that were there, without what imports printed that are taken back.
  absl::StatusOr<std::vector<pb::Quote>> ReadBases(const std::map<std::string, std::string>& moments);
  // Those that anybody else changed since.
  absl::StatusOr<std::set<std::string>> ChangedByOthers(const std::map<std::string, std::string>& moments);
  // What the quote says without the import: `base` is what it was before, nullptr where it was not there.
  pb::Quote Without(const pb::Quote& before, const pb::Quote* base, bool changed_by_others) const;
  // The printings in `bases` that the import changed are those of the imports that brought them.
  absl::Status ReturnAppearances(absl::Span<const pb::Quote> bases);

  pg::Session& db_;
  const std::int64_t import_id_;
  const std::string import_;
  const std::string begin_;  // when the import began
  const std::string reason_;
  const std::string author_;
  const std::string via_;
};

absl::StatusOr<Counts> Reverter::Quotes(absl::Span<const std::string> ids) {
  RETURN_IF_ERROR(db_.Run(sql::kLockQuotes, pg::TextArray(ids)).status());
  ASSIGN_OR_RETURN(const pqxx::result rows, db_.Run(sql::kWhoseQuotes, import_id_, pg::TextArray(ids)));
  Counts counts;
  std::vector<std::string> alone, shared;
  std::set<std::string> unfounded;  // unless it is printed by others
  for (const auto& row : rows) {
    const std::string id = api::BareUuid(row[0].c_str());
    const bool stands = row[1].as<int>() == pb::QUOTE_STATE_ACTIVE;
    const bool its_own = row[2].as<bool>();
    const bool edited = row[3].as<bool>();
    if (!edited && row[4].as<bool>()) unfounded.insert(id);
    if (!stands || (its_own && edited)) {
      ++counts.kept;
    } else {
      (its_own ? alone : shared).push_back(id);
    }
  }
  for (std::size_t at = 0; at < shared.size(); at += kRestoredAtOnce) {
    RETURN_IF_ERROR(Restore(absl::MakeConstSpan(shared).subspan(at, kRestoredAtOnce), unfounded, alone));
  }
  counts.retracted = static_cast<std::int64_t>(alone.size());
  counts.restored = static_cast<std::int64_t>(rows.size()) - counts.retracted - counts.kept;
  RETURN_IF_ERROR(Retract(alone));
  RETURN_IF_ERROR(RecountStances(
      db_, ids, [&] { return db_.Run(sql::kRevertStances, pg::TextArray(ids), import_, author_, reason_).status(); }));
  RETURN_IF_ERROR(FollowQuotes(db_, ids));
  return counts;
}

absl::Status Reverter::Retract(absl::Span<const std::string> ids) {
  if (ids.empty()) return absl::OkStatus();
  RETURN_IF_ERROR(RecountQuotes(
      db_, ids, [&] { return db_.Run(sql::kRetractReverted, pg::TextArray(ids), reason_, author_, via_).status(); }));
  RETURN_IF_ERROR(Mark(ids, std::vector<std::string>(ids.size(), kNoId)));
  return QueueToMatch(db_, ids);
}

absl::Status Reverter::Mark(absl::Span<const std::string> quotes, absl::Span<const std::string> appearances) {
  return db_.Run(sql::kMarkReverted, pg::TextArray(quotes), pg::TextArray(appearances)).status();
}

absl::StatusOr<std::map<std::string, std::string>> Reverter::BaseMoments(absl::Span<const std::string> ids) {
  std::map<std::string, std::string> moments;
  for (const std::string& id : ids) moments[id] = begin_;
  ASSIGN_OR_RETURN(const pqxx::result rows, db_.Run(sql::kLaterBases, import_id_, pg::TextArray(ids), import_, begin_));
  for (const auto& row : rows) moments[api::BareUuid(row[0].c_str())] = row[1].c_str();
  return moments;
}

absl::StatusOr<std::vector<pb::Quote>> Reverter::ReadBases(const std::map<std::string, std::string>& moments) {
  std::map<std::string, std::vector<std::string>> ids;
  for (const auto& [id, moment] : moments) ids[moment].push_back(id);
  std::vector<pb::Quote> bases;
  std::set<std::int64_t> imports;
  for (const auto& [moment, some] : ids) {
    ASSIGN_OR_RETURN(std::vector<pb::Quote> read, ReadQuotes(db_, some, moment));
    for (pb::Quote& quote : read) bases.push_back(std::move(quote));
  }
  for (const pb::Quote& base : bases) {
    for (const pb::Appearance& was : base.appearances()) {
      ASSIGN_OR_RETURN(const std::int64_t import, ImportOf(was));
      if (import != 0) imports.insert(import);
    }
  }
  ASSIGN_OR_RETURN(const pqxx::result rows, db_.Run(sql::kRevertedImports, pg::IntArray(imports)));
  std::map<std::string, std::int64_t> begun;
  for (const auto& row : rows) begun[api::ImportName(row[0].as<std::int64_t>())] = row[1].as<std::int64_t>();
  const auto is_gone = [&](const pb::Appearance& was) {  // not if the import found it there
    const auto reverted = begun.find(was.import());
    return reverted != begun.end() && TimeUtil::TimestampToMicroseconds(was.create_time()) >= reverted->second;
  };
  for (pb::Quote& base : bases) {
    auto& printed = *base.mutable_appearances();
    printed.erase(std::remove_if(printed.begin(), printed.end(), is_gone), printed.end());
  }
  return bases;
}

absl::StatusOr<std::set<std::string>> Reverter::ChangedByOthers(const std::map<std::string, std::string>& base) {
  std::vector<std::string> ids, moments;
  for (const auto& [id, moment] : base) {
    ids.push_back(id);
    moments.push_back(moment);
  }
  ASSIGN_OR_RETURN(const pqxx::result rows,
                   db_.Run(sql::kChangedByOthers, pg::TextArray(ids), import_, pg::TextArray(moments)));
  std::set<std::string> changed;
  for (const auto& row : rows) changed.insert(api::BareUuid(row[0].c_str()));
  return changed;
}

pb::Quote Reverter::Without(const pb::Quote& before, const pb::Quote* base, bool changed_by_others) const {
  pb::Quote after = before;
  if (base != nullptr && !changed_by_others) {
    after = *base;
    after.set_etag(before.etag());
  }
  after.clear_appearances();
  for (const pb::Appearance& appearance : before.appearances()) {
    if (appearance.import() != import_) {
      *after.add_appearances() = appearance;
      continue;
    }
    if (base == nullptr) continue;
    for (const pb::Appearance& was : base->appearances()) {
      if (was.id() == appearance.id()) *after.add_appearances() = was;
    }
  }
  return after;
}

absl::StatusOr<bool> Reverter::RestoreOne(const pb::Quote& now, const pb::Quote* base, bool changed_by_others) {
  pb::Quote after = Without(now, base, changed_by_others);
  if (rules::SameContent(now, after)) return false;
  Change change;
  change.reason = reason_;
  change.author = author_;
  change.via = via_;
  change.by_person = false;
  change.state = now.state();
  RETURN_IF_ERROR(WriteChange(db_, now, after, change));
  return true;
}

absl::Status Reverter::Restore(absl::Span<const std::string> ids, const std::set<std::string>& unfounded,
                               std::vector<std::string>& alone) {
  ASSIGN_OR_RETURN(const std::vector<pb::Quote> now, ReadQuotes(db_, ids));
  ASSIGN_OR_RETURN(const auto moments, BaseMoments(ids));
  ASSIGN_OR_RETURN(const std::vector<pb::Quote> then, ReadBases(moments));
  ASSIGN_OR_RETURN(const std::set<std::string> changed, ChangedByOthers(moments));
  std::map<std::string_view, const pb::Quote*> bases;
  for (const pb::Quote& base : then) bases[base.name()] = &base;
  std::vector<std::string> quotes, appearances;
  for (const pb::Quote& quote : now) {
    for (const pb::Appearance& appearance : quote.appearances()) {
      if (appearance.import() != import_) continue;
      quotes.push_back(api::IdOf(quote.name()));
      appearances.push_back(appearance.id());
    }
  }
  RETURN_IF_ERROR(Mark(quotes, appearances));
  bool stale = false;  // a change is one of its articles, too, which other quotes have
  for (const pb::Quote& quote : now) {
    const auto found = bases.find(quote.name());
    const pb::Quote* base = found == bases.end() ? nullptr : found->second;
    const bool by_others = changed.contains(api::IdOf(quote.name()));
    if (unfounded.contains(api::IdOf(quote.name())) && !quote.appearances().empty() &&
        Without(quote, base, by_others).appearances().empty()) {
      alone.push_back(api::IdOf(quote.name()));
      continue;
    }
    if (!stale && rules::SameContent(quote, Without(quote, base, by_others))) continue;
    ASSIGN_OR_RETURN(const pb::Quote fresh, GetQuote(db_, quote.name()));
    ASSIGN_OR_RETURN(const bool restored, RestoreOne(fresh, base, by_others));
    stale = stale || restored;
  }
  RETURN_IF_ERROR(db_.Run(sql::kDeleteRawRecordsOfRemoved, pg::TextArray(ids), import_id_).status());
  return ReturnAppearances(then);
}

absl::Status Reverter::ReturnAppearances(absl::Span<const pb::Quote> bases) {
  std::vector<std::string> quotes, appearances;
  std::vector<std::int64_t> imports;
  for (const pb::Quote& base : bases) {
    for (const pb::Appearance& was : base.appearances()) {
      quotes.push_back(api::IdOf(base.name()));
      appearances.push_back(was.id());
      ASSIGN_OR_RETURN(const std::int64_t import, ImportOf(was));
      imports.push_back(import);
    }
  }
  return db_
      .Run(sql::kReturnAppearances, pg::TextArray(quotes), import_id_, pg::TextArray(appearances),
           pg::IntArray(imports))
      .status();
}

absl::StatusOr<Counts> Reverter::Reviews(absl::Span<const std::string> ids) {
  Counts counts;
  RETURN_IF_ERROR(LockReviews(db_, ids).status());
  ASSIGN_OR_RETURN(const pqxx::result rows,
                   db_.Run(sql::kRevertReviews, pg::TextArray(ids), import_, author_, reason_));
  for (const auto& row : rows) ++(row[0].as<bool>() ? counts.retracted : counts.restored);
  counts.kept = static_cast<std::int64_t>(ids.size() - rows.size());
  return counts;
}

// Finds what the import touched, unless it is being reverted already.
absl::Status Begin(api::Call& call, std::int64_t import_id, std::string_view reason) {
  ASSIGN_OR_RETURN(const pqxx::result listed, call.db().Run(sql::kListToRevert, import_id, api::ImportName(import_id)));
  return call.db()
      .Run(sql::kBeginRevert, import_id, static_cast<std::int64_t>(listed.affected_rows()), reason, call.author())
      .status();
}

// The locks that writing quotes takes, in their order.
absl::Status HoldAll(pg::Session& db) {
  RETURN_IF_ERROR(HoldSpeakers(db));
  RETURN_IF_ERROR(LockArticleLinks(db));
  RETURN_IF_ERROR(HoldTopicTree(db));
  return HoldClaimLinks(db);
}

absl::Status Step(api::Call& call, std::int64_t import_id, const std::string& name, std::string_view reason) {
  pg::Session& db = call.db();
  RETURN_IF_ERROR(HoldAll(db));
  ASSIGN_OR_RETURN(const pqxx::result import, db.Run(sql::kLockImport, import_id));
  if (import.empty()) return GetImport(db, name).status();
  const int state = import[0][0].as<int>();
  if (state == pb::IMPORT_STATE_REVERTED) return absl::OkStatus();
  if (state != pb::IMPORT_STATE_REVERTING) return Begin(call, import_id, reason);
  ASSIGN_OR_RETURN(const pqxx::result rows, db.Run(sql::kNextToRevert, import_id, kRevertedAtOnce));
  std::vector<std::string> quotes, reviews;
  for (const auto& row : rows) {
    (row[0].as<int>() == kQuotes ? quotes : reviews).push_back(api::BareUuid(row[1].c_str()));
  }
  Reverter reverter(call, import_id, import[0][1].c_str(), import[0][2].c_str());
  ASSIGN_OR_RETURN(const Counts of_quotes, reverter.Quotes(quotes));
  ASSIGN_OR_RETURN(const Counts of_reviews, reverter.Reviews(reviews));
  RETURN_IF_ERROR(db.Run(sql::kDeleteToRevert, import_id, kQuotes, pg::TextArray(quotes)).status());
  RETURN_IF_ERROR(db.Run(sql::kDeleteToRevert, import_id, kReviews, pg::TextArray(reviews)).status());
  const bool done = static_cast<int>(rows.size()) < kRevertedAtOnce;
  return db
      .Run(sql::kAdvanceRevert, import_id, done, of_quotes.retracted + of_reviews.retracted,
           of_quotes.restored + of_reviews.restored, of_quotes.kept + of_reviews.kept)
      .status();
}

}  // namespace

absl::StatusOr<pb::Import> RevertSome(api::Call& call, const pb::RevertImportRequest& request) {
  ASSIGN_OR_RETURN(const std::int64_t import_id, api::ParseImportName("name", request.name()));
  RETURN_IF_ERROR(rules::CheckReason(request.reason(), ""));
  RETURN_IF_ERROR(call.db().Transaction([&] { return Step(call, import_id, request.name(), request.reason()); }));
  return GetImport(call.db(), request.name());
}

absl::StatusOr<Reverted> RevertedAmong(pg::Session& db, absl::Span<const std::string> quotes) {
  ASSIGN_OR_RETURN(const pqxx::result rows, db.Run(sql::kRevertedAmong, pg::TextArray(quotes)));
  Reverted reverted;
  for (const auto& row : rows) {
    const std::string quote = api::BareUuid(row[0].c_str());
    const std::string appearance = api::BareUuid(row[1].c_str());
    if (appearance != kNoId) {
      reverted.appearances.emplace(quote, appearance);
    } else if (row[2].as<bool>()) {
      reverted.quotes.insert(quote);
    }
  }
  return reverted;
}

}  // namespace onrecord::store
