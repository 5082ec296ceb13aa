#include "services/imports/imports_store.h"

#include <algorithm>
#include <limits>
#include <map>

#include "absl/strings/numbers.h"
#include "db/statements.h"
#include "services/api/as_of.h"
#include "services/api/names.h"
#include "services/api/page_token.h"
#include "services/base/log.h"
#include "services/base/strings.h"
#include "services/imports/first_loads_store.h"
#include "services/imports/imports_batch.h"
#include "services/imports/imports_export.h"
#include "services/imports/imports_names.h"
#include "services/imports/imports_redaction.h"
#include "services/imports/imports_rules.h"
#include "services/names/names_store.h"
#include "services/notices/notices_embargoes.h"
#include "services/quotes/quotes_pages.h"
#include "services/quotes/quotes_store.h"

namespace onrecord::store {
namespace {

constexpr int kMostPerBatch = 2000;
constexpr std::size_t kMostBatchBytes = 16 << 20;
constexpr int kExportedAtOnce = 200;
constexpr char kDefaultSource[] = "default";

void SetTime(std::int64_t micros, google::protobuf::Timestamp& time) {
  time.set_seconds(micros / 1000000);
  time.set_nanos(static_cast<int>(micros % 1000000) * 1000);
}

// Columns of the fragment ImportColumns.
pb::Import ReadImport(const pqxx::row& row) {
  pb::Import import;
  import.set_name(api::ImportName(row[0].as<std::int64_t>()));
  import.set_source(row[1].c_str());
  import.set_state(static_cast<pb::ImportState>(row[2].as<int>()));
  import.set_author(row[3].c_str());
  import.set_committed_sequence(row[4].as<std::int64_t>());
  import.set_created_count(row[5].as<std::int64_t>());
  import.set_updated_count(row[6].as<std::int64_t>());
  import.set_unchanged_count(row[7].as<std::int64_t>());
  import.set_conflict_count(row[8].as<std::int64_t>());
  import.set_rejected_count(row[9].as<std::int64_t>());
  SetTime(row[10].as<std::int64_t>(), *import.mutable_create_time());
  SetTime(row[11].as<std::int64_t>(), *import.mutable_update_time());
  import.set_unknown_names(static_cast<pb::UnknownNames>(row[12].as<int>()));
  import.set_part(row[13].as<int>());
  import.set_parts(row[14].as<int>());
  import.set_first_load(row[21].as<bool>());
  import.set_pending_index_count(row[22].as<int>());
  if (import.state() == pb::IMPORT_STATE_REVERTING || import.state() == pb::IMPORT_STATE_REVERTED) {
    pb::ImportRevert& revert = *import.mutable_revert();
    revert.set_reason(row[15].c_str());
    revert.set_author(row[16].c_str());
    revert.set_touched_count(row[17].as<std::int64_t>());
    revert.set_retracted_count(row[18].as<std::int64_t>());
    revert.set_restored_count(row[19].as<std::int64_t>());
    revert.set_kept_count(row[20].as<std::int64_t>());
  }
  return import;
}

void Count(const pb::RecordResult& result, pb::Import& import) {
  switch (result.outcome()) {
    case pb::OUTCOME_CREATED:
      import.set_created_count(import.created_count() + 1);
      break;
    case pb::OUTCOME_UPDATED:
      import.set_updated_count(import.updated_count() + 1);
      break;
    case pb::OUTCOME_UNCHANGED:
      import.set_unchanged_count(import.unchanged_count() + 1);
      break;
    case pb::OUTCOME_CONFLICT:
      import.set_conflict_count(import.conflict_count() + 1);
      break;
    default:
      import.set_rejected_count(import.rejected_count() + 1);
  }
}

absl::Status WriteRejects(pg::Session& db, std::int64_t import_id, std::string_view source,
                          const std::vector<Pending>& records) {
  std::vector<pb::Reject> rejects;
  for (const Pending& pending : records) {
    const pb::Outcome outcome = pending.result.outcome();
    if (outcome != pb::OUTCOME_REJECTED && outcome != pb::OUTCOME_CONFLICT) continue;
    pb::Reject& reject = rejects.emplace_back();
    *reject.mutable_result() = pending.result;
    *reject.mutable_record() = *pending.record;
  }
  if (rejects.empty()) return absl::OkStatus();
  RETURN_IF_ERROR(StripRedacted(db, source, rejects));
  std::vector<std::int64_t> sequences;
  std::vector<std::string> results;
  std::vector<std::string> originals;
  for (const pb::Reject& reject : rejects) {
    sequences.push_back(reject.result().sequence());
    results.push_back(pg::Bytea(reject.result().SerializeAsString()));
    originals.push_back(pg::Bytea(reject.record().SerializeAsString()));
  }
  return db
      .Run(sql::kInsertRejects, import_id, pg::IntArray(sequences), pg::TextArray(results), pg::TextArray(originals))
      .status();
}

absl::Status Advance(pg::Session& db, std::int64_t import_id, const pb::Import& before, const pb::Import& after) {
  ASSIGN_OR_RETURN(
      const pqxx::result moved,
      db.Run(sql::kAdvanceImport, import_id, before.committed_sequence(), after.committed_sequence(),
             after.created_count() - before.created_count(), after.updated_count() - before.updated_count(),
             after.unchanged_count() - before.unchanged_count(), after.conflict_count() - before.conflict_count(),
             after.rejected_count() - before.rejected_count()));
  if (moved.affected_rows() == 1) return absl::OkStatus();
  return Refuse(absl::StatusCode::kAborted, pb::ERROR_REASON_IMPORT_BUSY,
                StrCat(before.name(),
                       " is being fed by another client, or was finished by it; resume it when "
                       "that one has ended"),
                {{"name", before.name()}});
}

// Stores the records in one transaction; `import` moves on with it.
absl::Status Store(api::Call& call, pb::Import& import, const std::vector<Pending>& records,
                   std::vector<Pending>& stored) {
  std::int64_t import_id = 0;
  if (!import.dry_run()) {
    ASSIGN_OR_RETURN(import_id, api::ParseImportName("import", import.name()));
  }
  pb::Import after;
  RETURN_IF_ERROR(call.db().Transaction([&]() -> absl::Status {
    stored = records;  // an attempt that lost starts afresh
    after = import;
    RETURN_IF_ERROR(BatchWriter(call.db(), import_id, call.author(), import.dry_run()).Write(stored));
    for (const Pending& pending : stored) Count(pending.result, after);
    after.set_committed_sequence(stored.back().result.sequence());
    if (import.dry_run()) return absl::OkStatus();
    RETURN_IF_ERROR(WriteRejects(call.db(), import_id, import.source(), stored));
    return Advance(call.db(), import_id, import, after);
  }));
  import = after;
  return absl::OkStatus();
}

// Like Store. A record that the database refuses, although it passed our checks, is found by halving the batch
// and rejected alone: it must not stop the others.
absl::Status StoreOrSplit(api::Call& call, pb::Import& import, std::vector<Pending> records, pb::BatchResult& result) {
  std::vector<Pending> stored;
  absl::Status status = Store(call, import, records, stored);
  const bool internal = ReasonOf(status) == pb::ERROR_REASON_INTERNAL;
  if (internal || status.code() == absl::StatusCode::kInvalidArgument) {
    if (records.size() == 1 && !records[0].decided()) {
      Reject(records[0], pb::ERROR_REASON_RECORD_REFUSED, "",
             StrCat("the database refused this record: ", internal ? "see the server's log" : status.message()));
      status = Store(call, import, records, stored);
    } else if (records.size() > 1) {
      const auto middle = records.begin() + static_cast<std::ptrdiff_t>(records.size() / 2);
      RETURN_IF_ERROR(StoreOrSplit(call, import, std::vector<Pending>(records.begin(), middle), result));
      return StoreOrSplit(call, import, std::vector<Pending>(middle, records.end()), result);
    }
  }
  RETURN_IF_ERROR(status);
  for (Pending& pending : stored) *result.add_results() = std::move(pending.result);
  return absl::OkStatus();
}

absl::Status AddTopicNames(pg::Session& db, const std::vector<pb::Quote>& quotes, const std::string& moment,
                           std::map<std::string, std::string>& names) {
  std::vector<std::string> slugs;
  for (const pb::Quote& quote : quotes) {
    for (const std::string& topic : quote.topics()) {
      if (names.emplace(topic, "").second) slugs.push_back(api::IdOf(topic));
    }
  }
  ASSIGN_OR_RETURN(const pqxx::result rows, moment == api::kNow
                                                ? db.Run(sql::kTopicNames, pg::TextArray(slugs))
                                                : db.Run(sql::kTopicNamesThen, pg::TextArray(slugs), moment));
  for (const auto& row : rows) names[StrCat("topics/", row[0].c_str())] = row[1].c_str();
  return absl::OkStatus();
}

bool TakesSamePart(const pb::Import& import, const pb::StartImport& start) {
  return import.part() == start.part() && import.parts() == start.parts();
}

absl::StatusOr<pb::Import> StillRunning(pb::Import import) {
  if (import.state() == pb::IMPORT_STATE_RUNNING) return import;
  const char* what = import.state() == pb::IMPORT_STATE_FINISHED ? " is finished" : " was reverted";
  return Refuse(absl::StatusCode::kFailedPrecondition, pb::ERROR_REASON_IMPORT_FINISHED,
                StrCat(import.name(), what, "; start a new import"), {{"name", import.name()}});
}

}  // namespace

absl::StatusOr<pb::Import> StartImport(api::Call& call, const pb::StartImport& start) {
  RETURN_IF_ERROR(rules::CheckStart(start));
  if (!start.resume().empty()) {
    ASSIGN_OR_RETURN(pb::Import import, GetImport(call.db(), start.resume()));
    if (!TakesSamePart(import, start)) {
      const std::string part = import.parts() == 0 ? "all" : StrCat("part ", import.part(), " of ", import.parts());
      return RefuseFields({{pb::ERROR_REASON_VALUE_INVALID, "start.part",
                            StrCat(import.name(), " takes ", part, " of its input; resume it with that")}});
    }
    return StillRunning(std::move(import));
  }
  const std::string source = start.source().empty() ? kDefaultSource : start.source();
  if (start.dry_run()) {
    pb::Import import;
    import.set_source(source);
    import.set_dry_run(true);
    import.set_state(pb::IMPORT_STATE_RUNNING);
    import.set_author(std::string(call.author()));
    import.set_unknown_names(start.unknown_names());
    import.set_part(start.part());
    import.set_parts(start.parts());
    return import;
  }
  std::int64_t id = 0;
  RETURN_IF_ERROR(call.db().Transaction([&]() -> absl::Status {
    ASSIGN_OR_RETURN(const pqxx::result rows,
                     call.db().Run(sql::kCreateImport, source, static_cast<int>(start.unknown_names()), call.author(),
                                   start.request_id(), start.part(), start.parts(), start.first_load()));
    id = rows[0][0].as<std::int64_t>();
    return start.first_load() ? DeferIndexes(call.db(), id) : absl::OkStatus();
  }));
  ASSIGN_OR_RETURN(pb::Import import, GetImport(call.db(), api::ImportName(id)));
  if (import.source() != source || import.unknown_names() != start.unknown_names() || !TakesSamePart(import, start) ||
      import.first_load() != start.first_load()) {
    return Refuse(absl::StatusCode::kInvalidArgument, pb::ERROR_REASON_REQUEST_ID_REUSED,
                  StrCat("start.request_id: began ", import.name(), " with other settings; use a new one"),
                  {{"name", import.name()}});
  }
  return StillRunning(std::move(import));
}

absl::StatusOr<pb::BatchResult> ImportBatch(api::Call& call, pb::Import& import, const pb::RecordBatch& batch) {
  if (batch.records().empty() || batch.records_size() > kMostPerBatch) {
    return RefuseFields({{pb::ERROR_REASON_TOO_MANY_VALUES, "batch.records",
                          StrCat("has ", batch.records_size(), " records; send 1 to ", kMostPerBatch)}});
  }
  if (batch.ByteSizeLong() > kMostBatchBytes) {
    return RefuseFields(
        {{pb::ERROR_REASON_TOO_MANY_VALUES, "batch.records",
          StrCat("have ", batch.ByteSizeLong(), " bytes together; send fewer at once, at most ", kMostBatchBytes)}});
  }
  const std::int64_t next = import.committed_sequence() + 1;
  if (batch.first_sequence() < 1 || batch.first_sequence() > next) {
    return Refuse(absl::StatusCode::kInvalidArgument, pb::ERROR_REASON_SEQUENCE_GAP,
                  StrCat("batch.first_sequence: ", batch.first_sequence(), " does not follow; send ", next, " next"),
                  {{"expected", std::to_string(next)}});
  }
  std::vector<Pending> records;
  for (int i = 0; i < batch.records_size(); ++i) {
    if (batch.first_sequence() + i < next) continue;  // durable already
    Pending& pending = records.emplace_back();
    pending.record = &batch.records(i);
    pending.result.set_sequence(batch.first_sequence() + i);
    if (const auto wrong = rules::CheckRecord(import.source(), *pending.record, pending.checked)) {
      Reject(pending, wrong->reason, wrong->field, wrong->description);
    }
  }
  pb::BatchResult result;
  if (!records.empty()) {
    RETURN_IF_ERROR(ResolveNamesOf(call, import, records));
    RETURN_IF_ERROR(StoreOrSplit(call, import, std::move(records), result));
  }
  result.set_committed_sequence(import.committed_sequence());
  return result;
}

absl::StatusOr<pb::Import> FinishImport(api::Call& call, const pb::Import& import) {
  if (import.dry_run()) {
    pb::Import finished = import;
    finished.set_state(pb::IMPORT_STATE_FINISHED);
    return finished;
  }
  ASSIGN_OR_RETURN(const std::int64_t id, api::ParseImportName("import", import.name()));
  RETURN_IF_ERROR(call.db().Run(sql::kFinishImport, id).status());
  return GetImport(call.db(), import.name());
}

absl::StatusOr<pb::Import> GetImport(pg::Session& db, std::string_view name) {
  ASSIGN_OR_RETURN(const std::int64_t id, api::ParseImportName("name", name));
  ASSIGN_OR_RETURN(const pqxx::result rows, db.Run(sql::kGetImport, id));
  if (rows.empty()) {
    return Refuse(absl::StatusCode::kNotFound, pb::ERROR_REASON_IMPORT_NOT_FOUND, StrCat(name, " does not exist"),
                  {{"name", std::string(name)}});
  }
  return ReadImport(rows[0]);
}

absl::StatusOr<pb::ListImportsResponse> ListImports(pg::Session& db, const pb::ListImportsRequest& request) {
  ASSIGN_OR_RETURN(const int size, api::PageSize(request.page_size()));
  const std::string scope = api::MakeScope(request);
  ASSIGN_OR_RETURN(const std::vector<std::string> token, api::ReadPageToken(scope, request.page_token(), 1));
  const std::string before = token.empty() ? std::to_string(std::numeric_limits<std::int64_t>::max()) : token[0];
  ASSIGN_OR_RETURN(const pqxx::result rows, db.Run(sql::kListImports, before, size + 1));
  pb::ListImportsResponse response;
  for (const auto& row : rows) {
    if (response.imports_size() == size) {
      const std::string& last = response.imports(size - 1).name();
      response.set_next_page_token(api::MakePageToken(scope, {api::IdOf(last)}));
      break;
    }
    *response.add_imports() = ReadImport(row);
  }
  return response;
}

absl::StatusOr<pb::ListRejectsResponse> ListRejects(pg::Session& db, const pb::ListRejectsRequest& request) {
  ASSIGN_OR_RETURN(const pb::Import import, GetImport(db, request.import()));
  ASSIGN_OR_RETURN(const std::int64_t id, api::ParseImportName("import", request.import()));
  ASSIGN_OR_RETURN(const int size, api::PageSize(request.page_size()));
  const std::string scope = api::MakeScope(request);
  ASSIGN_OR_RETURN(const std::vector<std::string> token, api::ReadPageToken(scope, request.page_token(), 1));
  std::int64_t after = 0;
  if (!token.empty() && !absl::SimpleAtoi(token[0], &after)) after = 0;
  pb::ListRejectsResponse response;
  std::size_t bytes = 0;
  for (bool more = true; more;) {
    ASSIGN_OR_RETURN(const pqxx::result rows, db.Run(sql::kListRejectsOfImport, id, after, kExportedAtOnce));
    more = !rows.empty();
    std::vector<pb::Reject> rejects;
    for (const auto& row : rows) {
      ASSIGN_OR_RETURN(pb::Reject reject, ReadReject(row));
      rejects.push_back(std::move(reject));
    }
    RETURN_IF_ERROR(HideEmbargoed(db, import.source(), rejects));
    for (pb::Reject& reject : rejects) {
      bytes += reject.ByteSizeLong();
      if (response.rejects_size() == size || (bytes > kMostPageBytes && response.rejects_size() > 0)) {
        response.set_next_page_token(api::MakePageToken(scope, {std::to_string(after)}));
        return response;
      }
      after = reject.result().sequence();
      *response.add_rejects() = std::move(reject);
    }
  }
  return response;
}

namespace {

// The records of quotes; what the caller may not see yet is left out.
absl::StatusOr<pb::ExportQuotesResponse> ToRecords(pg::Session& db, const std::vector<pb::Quote>& quotes,
                                                   const std::string& moment) {
  std::map<std::string, std::string> topic_names;
  RETURN_IF_ERROR(AddTopicNames(db, quotes, moment, topic_names));
  ASSIGN_OR_RETURN(OfQuotes of, CollectOfQuotes(db, quotes, moment));
  pb::ExportQuotesResponse response;
  for (const pb::Quote& quote : quotes) {
    if (quote.text().empty() && quote.has_embargo_until()) continue;
    std::vector<std::string> topics;
    for (const std::string& topic : quote.topics()) topics.push_back(topic_names[topic]);
    const int first = response.records_size();
    for (const pb::Appearance& appearance : quote.appearances()) {
      if (appearance.has_embargo_until() && Hides(db)) continue;
      *response.add_records() = rules::ToRecord(quote, &appearance, topics);
    }
    if (response.records_size() == first) *response.add_records() = rules::ToRecord(quote, nullptr, topics);
    AddOfQuote(of.stances[quote.name()], of.reviews[quote.name()], response.mutable_records(first), response);
  }
  return response;
}

}  // namespace

absl::StatusOr<pb::ExportQuotesResponse> ExportPage(pg::Session& db, const Filter& filter, PageKey& after) {
  pb::ExportQuotesResponse response;
  while (response.records().empty()) {
    ASSIGN_OR_RETURN(const std::vector<PageKey> keys, FindPage(db, filter, false, after, kExportedAtOnce));
    std::size_t taken = 0;
    ASSIGN_OR_RETURN(const std::vector<pb::Quote> quotes, ReadPage(db, keys, filter.moment, kMostPageBytes, taken));
    if (taken == 0) break;
    after = keys[taken - 1];
    ASSIGN_OR_RETURN(response, ToRecords(db, quotes, filter.moment));
  }
  return response;
}

}  // namespace onrecord::store
