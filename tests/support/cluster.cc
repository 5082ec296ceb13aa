#include "tests/support/cluster.h"

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "services/base/strings.h"

namespace onrecord {
namespace {

constexpr char kPort[] = "5432";  // only part of the socket's name

[[noreturn]] void DieWithLog(const std::string& what, const std::string& log = "") {
  std::fprintf(stderr, "%s\n%s\n", what.c_str(), log.c_str());
  std::abort();
}

// The newest installed server's programs.
std::string FindPrograms() {
  int newest = 0;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator("/usr/lib/postgresql", ignored)) {
    int version = 0;
    if (ParseNumber(entry.path().filename().string(), &version) && std::filesystem::exists(entry.path() / "bin/initdb"))
      newest = std::max(newest, version);
  }
  if (newest == 0) DieWithLog("no PostgreSQL server in /usr/lib/postgresql: apt-get install postgresql");
  return StrCat("/usr/lib/postgresql/", newest, "/bin/");
}

}  // namespace

Cluster& Cluster::Shared() {
  static Cluster cluster;
  cluster.Start();
  return cluster;
}

Cluster::Cluster() : programs_(FindPrograms()), user_(geteuid() == 0 ? "postgres" : "") {
  char made[] = "/var/tmp/onrecord-fault.XXXXXX";
  if (mkdtemp(made) == nullptr || chmod(made, 0711) != 0) DieWithLog("cannot create a directory in /var/tmp");
  directory_ = made;
  const std::string inner = directory_ + "/pg";
  if (mkdir(inner.c_str(), 0700) != 0) DieWithLog("cannot create " + inner);
  if (!user_.empty()) {
    const passwd* user = getpwnam(user_.c_str());
    if (user == nullptr || chown(inner.c_str(), user->pw_uid, user->pw_gid) != 0)
      DieWithLog("there is no user " + user_);
  }
  Process::Settings settings;
  settings.log = directory_ + "/initdb.log";
  settings.user = user_;
  Process initdb({programs_ + "initdb", "--pgdata", inner + "/data", "--encoding=UTF8", "--locale=C.UTF-8",
                  "--username=onrecord", "--auth=trust", "--no-sync"},
                 settings);
  if (initdb.Wait() != 0) DieWithLog("initdb failed", initdb.Log());
}

Cluster::~Cluster() {
  StopImmediately();
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

std::string Cluster::Connection(const std::string& database) const {
  return StrCat("host=", directory_, "/pg port=", kPort, " user=onrecord dbname=", database);
}

void Cluster::Start() {
  if (postmaster_) return;
  Process::Settings settings;
  settings.log = directory_ + "/postgresql.log";
  settings.user = user_;
  settings.orphan_signal = SIGQUIT;
  const std::string inner = directory_ + "/pg";
  // Without fsync: processes die here, the machine does not, and what a dead process wrote stays in the page cache.
  // Recovery is the same, but does not take half a minute to flush thousands of files of several databases.
  postmaster_.emplace(std::vector<std::string>{programs_ + "postgres",
                                               "-D",
                                               inner + "/data",
                                               "-k",
                                               inner,
                                               "-p",
                                               kPort,
                                               "-c",
                                               "listen_addresses=",
                                               "-c",
                                               "shared_buffers=64MB",
                                               "-c",
                                               "max_connections=100",
                                               "-c",
                                               "lc_messages=C",
                                               "-c",
                                               "jit=off",
                                               "-c",
                                               "max_wal_size=1GB",
                                               "-c",
                                               "fsync=off"},
                      settings);
  const bool up = Eventually([this] {
    try {
      return Sql(Connection("postgres"), "SELECT 1") == "1";
    } catch (const pqxx::failure&) {
      return false;
    }
  });
  if (!up) DieWithLog("PostgreSQL does not start", postmaster_->Log());
}

void Cluster::StartAsStandby() {
  // It looks for what a primary wrote in its own directory alone.
  if (!std::ofstream(directory_ + "/pg/data/standby.signal")) DieWithLog("cannot write standby.signal");
  Start();
}

void Cluster::Stop(int signal) {
  if (!postmaster_) return;
  postmaster_->Signal(signal);
  if (!postmaster_->Wait()) DieWithLog("PostgreSQL does not stop", postmaster_->Log());
  postmaster_.reset();
}

std::string Cluster::CreateDatabase() {
  const std::string name = StrCat("onrecord_", ++databases_);
  Sql(Connection("postgres"), StrCat("CREATE DATABASE ", name));
  Sql(Connection("postgres"), "CHECKPOINT");  // so that a recovery replays no more than this test
  return Connection(name);
}

std::string Sql(const std::string& connection, const std::string& query) {
  pqxx::connection session(connection);
  pqxx::nontransaction work(session);
  const pqxx::result rows = work.exec(query);
  return rows.empty() || rows[0][0].is_null() ? "" : rows[0][0].c_str();
}

TableLock::TableLock(const std::string& connection, const std::string& tables)
    : connection_(connection), work_(std::make_unique<pqxx::work>(connection_)) {
  work_->exec(StrCat("LOCK TABLE ", tables, " IN ACCESS EXCLUSIVE MODE"));
}

int WaitingForLocks(const std::string& connection, const std::string& lane) {
  int waiting = 0;
  const std::string count =
      Sql(connection, StrCat("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
                             "wait_event_type = 'Lock' AND application_name = 'onrecordd ",
                             lane, "'"));
  return ParseNumber(count, &waiting) ? waiting : -1;
}

void KillBackend(const std::string& connection, const std::string& lane) {
  int pid = 0;
  const std::string newest =
      Sql(connection, StrCat("SELECT max(pid) FROM pg_stat_activity WHERE datname = current_database() AND "
                             "application_name = 'onrecordd ",
                             lane, "'"));
  if (!ParseNumber(newest, &pid) || pid <= 1) DieWithLog(StrCat("PostgreSQL has no process for the lane ", lane));
  kill(pid, SIGKILL);
}

}  // namespace onrecord
