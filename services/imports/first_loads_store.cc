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
  std::string name;
  const absl::Time begin = absl::Now();
  RETURN_IF_ERROR(db.Transaction([&]() -> absl::Status {
    name.clear();
    ASSIGN_OR_RETURN(const pqxx::result next, db.Run(sql::kNextDeferredIndex));
    if (next.empty()) return absl::OkStatus();
    name = next[0][0].c_str();
    RETURN_IF_ERROR(db.Run(sql::kLiftTimeout).status());
    RETURN_IF_ERROR(db.Execute(next[0][1].c_str()));
    return db.Run(sql::kDeleteDeferredIndex, name).status();
  }));
  if (name.empty()) return false;
  Log("info", "index built", {{"name", name}, {"seconds", absl::ToDoubleSeconds(absl::Now() - begin)}});
  return true;
}

}  // namespace onrecord::store
