#include "services/pg/migrate.h"

#include <map>

#include "db/statements.h"
#include "services/base/log.h"
#include "services/base/strings.h"

namespace onrecord::pg {
namespace {

// Any number that nothing else in the database uses for advisory locks.
constexpr char kLock[] = "SELECT pg_advisory_xact_lock(7018263450121)";
// What is on record is rewritten or counted by some, which takes as long as it takes.
constexpr char kNoLimit[] = "SET LOCAL statement_timeout = 0";
constexpr char kTable[] =
    "CREATE TABLE IF NOT EXISTS schema_migrations (version int PRIMARY KEY, name text NOT NULL,"
    " checksum text NOT NULL, applied_time timestamptz NOT NULL DEFAULT now())";

absl::Status Precondition(std::string_view message) {
  return Refuse(absl::StatusCode::kFailedPrecondition, pb::ERROR_REASON_UNSPECIFIED, message);
}

// The migrations of ours that the database lacks.
absl::StatusOr<std::vector<const Migration*>> Missing(Session& session) {
  std::map<int, const Migration*> missing;
  for (const Migration& migration : AllMigrations()) missing[migration.version] = &migration;
  ASSIGN_OR_RETURN(const pqxx::result exists, session.Run(sql::kHasMigrations));
  if (exists[0][0].as<bool>()) {
    ASSIGN_OR_RETURN(const pqxx::result applied, session.Run(sql::kListMigrations));
    for (const auto& row : applied) {
      const int version = row[0].as<int>();
      const auto ours = missing.find(version);
      if (ours == missing.end()) {
        return Precondition(StrCat("the database has migration ", version, " (", row[1].c_str(),
                                   "), which this onrecordd does not know: use a newer onrecordd"));
      }
      if (ours->second->checksum != std::string_view(row[2].c_str())) {
        return Precondition(StrCat("migration ", version, " (", row[1].c_str(),
                                   ") in the database differs from that of this onrecordd: "
                                   "restore the binary that applied it, or the database"));
      }
      missing.erase(ours);
    }
  }
  std::vector<const Migration*> in_order;
  in_order.reserve(missing.size());
  for (const auto& [version, migration] : missing) in_order.push_back(migration);
  return in_order;
}

}  // namespace

absl::Status CheckSchema(Session& session) {
  ASSIGN_OR_RETURN(const std::vector<const Migration*> missing, Missing(session));
  if (missing.empty()) return absl::OkStatus();
  return Precondition(StrCat("the database lacks migration ", missing.front()->version, " (", missing.front()->name,
                             "): run onrecordd migrate"));
}

absl::Status Migrate(Session& session) {
  // Each migration commits on its own; the lock is taken anew each time, and what is missing is asked for anew
  // under it, so that two migrators that start at once share the work without harm.
  for (bool more = true; more;) {
    RETURN_IF_ERROR(session.Transaction([&]() -> absl::Status {
      RETURN_IF_ERROR(session.Execute(kNoLimit));
      RETURN_IF_ERROR(session.Execute(kLock));
      RETURN_IF_ERROR(session.Execute(kTable));
      ASSIGN_OR_RETURN(const std::vector<const Migration*> missing, Missing(session));
      more = missing.size() > 1;
      if (missing.empty()) return absl::OkStatus();
      const Migration& next = *missing.front();
      RETURN_IF_ERROR(session.Execute(next.text));
      RETURN_IF_ERROR(session.Run(sql::kAddMigration, next.version, next.name, next.checksum).status());
      Log("info", "migrated", {{"version", std::int64_t{next.version}}, {"name", next.name}});
      return absl::OkStatus();
    }));
  }
  return absl::OkStatus();
}

}  // namespace onrecord::pg
