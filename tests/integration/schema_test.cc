#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>

#include "db/statements.h"
#include "services/pg/migrate.h"
#include "services/server/health_client.h"
#include "tests/support/builders.h"

namespace onrecord {
namespace {

std::string Value(const TestDatabase& database, const std::string& query) {
  pqxx::connection connection(database.connection());
  pqxx::nontransaction work(connection);
  const pqxx::result rows = work.exec(query);
  return rows.empty() || rows[0][0].is_null() ? "" : rows[0][0].c_str();
}

// Until health is `healthy`, for at most ten seconds.
bool HealthBecomes(const Server& server, bool healthy) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  do {
    if ((CheckHealth(server.address()) == 0) == healthy) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  } while (std::chrono::steady_clock::now() < end);
  return false;
}

std::unique_ptr<Server> Serve(const TestDatabase& database, bool migrate) {
  ServerOptions options;
  options.listen = "127.0.0.1:0";
  options.database = database.connection();
  options.migrate = migrate;
  options.drain = absl::Seconds(1);
  auto server = Server::Start(options);
  EXPECT_TRUE(server.ok()) << server.status();
  return *std::move(server);
}

TEST(SchemaTest, Migrate_ByTwoAtOnce_AppliesEachOnce) {
  for (int round = 0; round < 3; ++round) {
    const TestDatabase database(TestDatabase::From::kEmpty);
    const auto migrate = [&] {
      pg::Session session(database.connection(), "tests");
      const absl::Status status = pg::Migrate(session);
      EXPECT_TRUE(status.ok()) << status;
    };
    std::thread one(migrate);
    std::thread two(migrate);
    one.join();
    two.join();
    EXPECT_EQ(Value(database, "SELECT count(*) FROM schema_migrations"), std::to_string(pg::AllMigrations().size()));
    pg::Session session(database.connection(), "tests");
    EXPECT_TRUE(pg::CheckSchema(session).ok());
  }
}

TEST(SchemaTest, Migrate_OfAMigratedDatabase_ChangesNothing) {
  const TestDatabase database;
  const std::string before = Value(database, "SELECT string_agg(t::text, ',') FROM schema_migrations t");
  pg::Session session(database.connection(), "tests");
  EXPECT_TRUE(pg::Migrate(session).ok());
  EXPECT_EQ(Value(database, "SELECT string_agg(t::text, ',') FROM schema_migrations t"), before);
}

TEST(SchemaTest, Migrate_OfANewerSchema_IsRefused) {
  const TestDatabase database;
  pg::Session session(database.connection(), "tests");
  ASSERT_TRUE(session.Execute("INSERT INTO schema_migrations VALUES (9999, 'future', 'x', now())").ok());
  EXPECT_EQ(pg::Migrate(session).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(pg::CheckSchema(session).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(pg::Migrate(session).message().find("9999"), std::string::npos);
}

TEST(SchemaTest, Migrate_OfAChangedMigration_IsRefused) {
  const TestDatabase database;
  pg::Session session(database.connection(), "tests");
  ASSERT_TRUE(session.Execute("UPDATE schema_migrations SET checksum = 'x' WHERE version = 1").ok());
  EXPECT_EQ(pg::Migrate(session).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(pg::CheckSchema(session).code(), absl::StatusCode::kFailedPrecondition);
}

TEST(SchemaTest, CheckSchema_OfAnEmptyDatabase_IsRefused) {
  const TestDatabase database(TestDatabase::From::kEmpty);
  pg::Session session(database.connection(), "tests");
  EXPECT_EQ(pg::CheckSchema(session).code(), absl::StatusCode::kFailedPrecondition);
}

TEST(SchemaTest, Server_OnAnEmptyDatabase_MigratesAndServes) {
  const TestDatabase database(TestDatabase::From::kEmpty);
  const auto server = Serve(database, true);
  EXPECT_TRUE(HealthBecomes(*server, true));
  EXPECT_EQ(Value(database, "SELECT count(*) FROM quotes"), "0");
}

TEST(SchemaTest, Server_ToldNotToMigrate_ServesOnceSomebodyDid) {
  const TestDatabase database(TestDatabase::From::kEmpty);
  const auto server = Serve(database, false);
  // It has looked at the database by the time the second of its sessions is there.
  EXPECT_NE(CheckHealth(server->address()), 0);
  EXPECT_EQ(Value(database, "SELECT to_regclass('quotes') IS NULL"), "t");
  pg::Session session(database.connection(), "tests");
  ASSERT_TRUE(pg::Migrate(session).ok());
  EXPECT_TRUE(HealthBecomes(*server, true));
}

TEST(SchemaTest, Server_OnANewerSchema_IsNotServing) {
  const TestDatabase database;
  const auto server = Serve(database, true);
  ASSERT_TRUE(HealthBecomes(*server, true));
  pg::Session session(database.connection(), "tests");
  ASSERT_TRUE(session.Execute("INSERT INTO schema_migrations VALUES (9999, 'future', 'x', now())").ok());
  EXPECT_TRUE(HealthBecomes(*server, false));
  const auto other = Serve(database, true);
  EXPECT_NE(CheckHealth(other->address()), 0);
}

TEST(SchemaTest, Server_OnAnotherChecksum_IsNotServing) {
  const TestDatabase database;
  const auto server = Serve(database, true);
  ASSERT_TRUE(HealthBecomes(*server, true));
  pg::Session session(database.connection(), "tests");
  ASSERT_TRUE(session.Execute("UPDATE schema_migrations SET checksum = 'x'").ok());
  EXPECT_TRUE(HealthBecomes(*server, false));
}

TEST(SchemaTest, Server_OnNoDatabase_ListensAndDoesNotServe) {
  ServerOptions options;
  options.listen = "127.0.0.1:0";
  options.database = "host=127.0.0.1 port=1 dbname=none user=nobody";
  options.drain = absl::Seconds(1);
  const auto server = Server::Start(options);
  ASSERT_TRUE(server.ok()) << server.status();
  EXPECT_NE(CheckHealth((*server)->address()), 0);
  const auto stub =
      pb::QuoteService::NewStub(grpc::CreateChannel((*server)->address(), grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
  pb::ListQuotesResponse response;
  const grpc::Status status = stub->ListQuotes(&context, {}, &response);
  EXPECT_EQ(status.error_code(), grpc::UNAVAILABLE);
  EXPECT_EQ(Reason(status), pb::ERROR_REASON_DATABASE_UNAVAILABLE);
}

}  // namespace
}  // namespace onrecord
