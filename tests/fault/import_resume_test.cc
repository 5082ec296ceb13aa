// Imports that are disturbed in the middle, by the death of the server, of the client, of the database's processes,
// or by another server that does the same: afterwards everything is there, and nothing twice.
#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "tests/support/builders.h"
#include "tests/support/cluster.h"
#include "tests/support/feeder.h"
#include "tests/support/process.h"
#include "tests/support/server_fixture.h"

namespace onrecord {
namespace {

constexpr int kRecordsToResume = 6000;

TEST(ImportResumeTest, ServerIsKilled) {
  const std::string database = Cluster::Shared().CreateDatabase();
  ServerProcess server(ONRECORDD, database);
  ASSERT_TRUE(BecomesServing(server.address()));
  Feeder feeder(server.address(), kRecordsToResume);
  std::int64_t next_kill = 1000;
  feeder.set_on_committed([&](std::int64_t committed) {
    if (committed >= next_kill && committed < kRecordsToResume) {
      server.KillAndRestart();
      next_kill += 2000;
    }
    return true;
  });
  feeder.Run();
  EXPECT_GE(feeder.failures(), 3);
  ExpectClean(ONRECORDD, database, feeder.import(), kRecordsToResume);
}

TEST(ImportResumeTest, ClientBreaksOff) {
  const std::string database = Cluster::Shared().CreateDatabase();
  const ServerProcess server(ONRECORDD, database);
  ASSERT_TRUE(BecomesServing(server.address()));
  std::string import;
  for (const std::int64_t last : {1500, 3000, 4500}) {
    Feeder feeder(server.address(), kRecordsToResume);
    feeder.Resume(import);
    feeder.set_on_committed([last](std::int64_t committed) { return committed < last; });
    feeder.Run();
    EXPECT_LT(feeder.committed(), kRecordsToResume);
    import = feeder.name();
  }
  Feeder feeder(server.address(), kRecordsToResume);
  feeder.Resume(import);
  feeder.Run();
  EXPECT_EQ(feeder.import().name(), import);
  ExpectClean(ONRECORDD, database, feeder.import(), kRecordsToResume);
}

// A first load is over, and its indexes are being built when the server dies, and then PostgreSQL.
TEST(ImportResumeTest, ServerAndBackendAreKilledWhileIndexesAreBuilt) {
  const std::string database = Cluster::Shared().CreateDatabase();
  ServerProcess server(ONRECORDD, database);
  ASSERT_TRUE(BecomesServing(server.address()));
  const auto indexes = [&] {
    return Sql(database,
               "SELECT string_agg(indexdef, ' ' ORDER BY indexname) FROM pg_indexes WHERE schemaname = 'public'");
  };
  const std::string before = indexes();
  std::vector<pb::ImportRecord> records;
  for (int number = 1; number <= 500; ++number) records.push_back(MakeRecord(number));
  {
    const auto stub = pb::ImportService::NewStub(FreshChannel(server.address()));
    const Imported begun = Import(*stub, records, {.finish = false, .first_load = true});
    EXPECT_GT(begun.started.pending_index_count(), 0);
    pqxx::connection writer(database);
    pqxx::work open(writer);
    open.exec("LOCK TABLE quotes IN ROW EXCLUSIVE MODE");  // as somebody who writes and does not end
    const Imported rest = Import(*stub, {}, {.resume = begun.started.name()});
    ASSERT_TRUE(rest.status.ok()) << rest.status.error_message();
    const auto is_building = [&] {
      return Sql(database,
                 "SELECT count(*) > 0 FROM pg_stat_activity WHERE datname = current_database() AND "
                 "wait_event_type = 'Lock' AND query LIKE 'CREATE INDEX%'") == "t";
    };
    ASSERT_TRUE(Eventually(is_building));
    server.KillAndRestart();
    ASSERT_TRUE(BecomesServing(server.address()));
    ASSERT_TRUE(Eventually(is_building));
    EXPECT_NE(indexes(), before);
    KillBackend(database, "index builder");
  }
  EXPECT_TRUE(Eventually([&] {
    try {
      return Sql(database, "SELECT count(*) FROM deferred_indexes") == "0";
    } catch (const pqxx::failure&) {
      return false;  // it recovers
    }
  }));
  EXPECT_EQ(indexes(), before);
  ASSERT_TRUE(BecomesServing(server.address()));
  const auto stub = pb::ImportService::NewStub(FreshChannel(server.address()));
  EXPECT_TRUE(Import(*stub, records).AllAre(kUnchanged));
}

TEST(ImportResumeTest, BackendIsTerminatedAndKilled) {
  const std::string database = Cluster::Shared().CreateDatabase();
  const ServerProcess server(ONRECORDD, database);
  ASSERT_TRUE(BecomesServing(server.address()));
  Feeder feeder(server.address(), kRecordsToResume);
  int step = 0;
  feeder.set_on_committed([&](std::int64_t committed) {
    if (step < 2 && committed >= (step + 1) * 1000) {
      ++step;
      EXPECT_GE(Sql(database,
                    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() "
                    "AND application_name = 'onrecordd import'"),
                "1");
    } else if (step == 2 && committed >= 4000) {
      ++step;
      KillBackend(database, "import");
    }
    return true;
  });
  feeder.Run();
  EXPECT_EQ(step, 3);
  EXPECT_GE(feeder.failures(), 1);
  ASSERT_TRUE(BecomesServing(server.address()));
  ExpectClean(ONRECORDD, database, feeder.import(), kRecordsToResume);
}

// Both begin on an empty database, so that both migrate it as well.
TEST(ImportResumeTest, TwoServersTakeTheSameRecords) {
  const std::string database = Cluster::Shared().CreateDatabase();
  const ServerProcess first(ONRECORDD, database);
  const ServerProcess second(ONRECORDD, database);
  ASSERT_TRUE(BecomesServing(first.address()));
  ASSERT_TRUE(BecomesServing(second.address()));
  Feeder one(first.address(), kRecordsToResume);
  Feeder other(second.address(), kRecordsToResume);
  std::thread beside([&] { other.Run(); });
  one.Run();
  beside.join();
  EXPECT_NE(one.import().name(), other.import().name());
  for (const Feeder* feeder : {&one, &other}) {
    const pb::Import& import = feeder->import();
    EXPECT_EQ(import.state(), pb::IMPORT_STATE_FINISHED);
    EXPECT_EQ(import.committed_sequence(), kRecordsToResume);
    EXPECT_EQ(import.created_count() + import.unchanged_count(), kRecordsToResume) << Counts(import);
  }
  EXPECT_EQ(one.import().created_count() + other.import().created_count(), kRecordsToResume)
      << Counts(one.import()) << "; " << Counts(other.import());
  EXPECT_EQ(Fingerprint(database), CleanImportOf(ONRECORDD, kRecordsToResume).fingerprint);
}

}  // namespace
}  // namespace onrecord
