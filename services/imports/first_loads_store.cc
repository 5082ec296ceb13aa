#include "services/imports/first_loads_store.h"

#include <string>

#include "absl/time/clock.h"
#include "db/statements.h"
#include "services/base/log.h"
#include "services/base/status.h"

namespace onrecord::store {

namespace pb = ::onrecord::v1;

absl::Status DeferIndexes(pg::Session& db, std::int64_t id) {
  ASSIGN_OR_RETURN(const pqxx::result takes, db.Run(sql::kTakesFirstLoad, id));
  if (!takes[0][0].as<bool>()) {
    return Refuse(absl::StatusCode::kFailedPrecondition, pb::ERROR_REASON_RECORD_NOT_EMPTY,
                  "start.first_load: the record holds quotes already; import without it");
  }
  ASSIGN_OR_RETURN(const pqxx::result commands, db.Run(sql::kDeferIndexes));
  for (const auto& row : commands) RETURN_IF_ERROR(db.Execute(row[0].c_str()));
  return absl::OkStatus();
}

absl::StatusOr<bool> BuildIndex(pg::Session& db) {
  ASSIGN_OR_RETURN(const pqxx::result next, db.Run(sql::kNextDeferredIndex));
  if (next.empty()) return false;
  const std::string name = next[0][0].c_str();
  const std::string definition = next[0][1].c_str();
  const absl::Time begin = absl::Now();
  bool built = false;
  RETURN_IF_ERROR(db.Transaction([&]() -> absl::Status {
    RETURN_IF_ERROR(db.Run(sql::kLiftTimeout).status());
    ASSIGN_OR_RETURN(const pqxx::result taken, db.Run(sql::kTakeDeferredIndex, name));
    built = taken.affected_rows() == 1;  // else another server was faster
    return built ? db.Execute(definition) : absl::OkStatus();
  }));
  if (built) Log("info", "index built", {{"name", name}, {"seconds", absl::ToDoubleSeconds(absl::Now() - begin)}});
  return true;
}

}  // namespace onrecord::store
