// A PostgreSQL cluster of the test's own, because it gets stopped and killed. It lies in a temporary directory, is
// reached by its Unix socket alone, and ends with the test.
#pragma once

#include <memory>
#include <optional>
#include <pqxx/pqxx>
#include <string>

#include "tests/support/process.h"

namespace onrecord {

class Cluster {
 public:
  // The cluster of this process, running.
  static Cluster& Shared();
  ~Cluster();
  Cluster(const Cluster&) = delete;
  Cluster& operator=(const Cluster&) = delete;

  // Returns when it takes connections. Does nothing when it runs.
  void Start();
  // The same as a hot standby: it answers, but takes no writes until it is promoted.
  void StartAsStandby();
  // What pg_ctl stop -m immediate does: no checkpoint, recovery at the next start.
  void StopImmediately() { Stop(SIGQUIT); }
  // What pg_ctl stop does, and a restart of the service: open sessions are told and ended.
  void StopInOrder() { Stop(SIGINT); }
  // A new empty database; its connection string.
  std::string CreateDatabase();

 private:
  Cluster();
  void Stop(int signal);
  std::string Connection(const std::string& database) const;

  std::string directory_;
  std::string programs_;
  std::string user_;  // whom PostgreSQL runs as when we are root
  int databases_ = 0;
  std::optional<Process> postmaster_;
};

// One value, as text; "" for NULL.
std::string Sql(const std::string& connection, const std::string& query);

// Holds tables so that nobody else reads or writes them.
class TableLock {
 public:
  TableLock(const std::string& connection, const std::string& tables);
  void Release() { work_.reset(); }

 private:
  pqxx::connection connection_;
  std::unique_ptr<pqxx::work> work_;
};

// How many statements of the server's `lane` ("read", "write", "import") wait for a lock.
int WaitingForLocks(const std::string& connection, const std::string& lane);

// kill -9 of PostgreSQL's process behind a session of the server's `lane`. The postmaster then takes all its processes
// down and recovers.
void KillBackend(const std::string& connection, const std::string& lane);

}  // namespace onrecord
