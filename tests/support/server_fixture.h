// A server in-process on an ephemeral port, on a database of its own that is cloned from a migrated template.
// ONRECORD_TEST_DATABASE names the PostgreSQL server (a role that may create databases); without it every test
// fails, since a record that was never written to a database proves nothing.
#pragma once

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <memory>
#include <mutex>
#include <pqxx/pqxx>
#include <string>

#include "onrecord/v1/articles.grpc.pb.h"
#include "onrecord/v1/claims.grpc.pb.h"
#include "onrecord/v1/imports.grpc.pb.h"
#include "onrecord/v1/notices.grpc.pb.h"
#include "onrecord/v1/outlets.grpc.pb.h"
#include "onrecord/v1/quotes.grpc.pb.h"
#include "onrecord/v1/rpc_details.pb.h"
#include "onrecord/v1/speakers.grpc.pb.h"
#include "onrecord/v1/timeline.grpc.pb.h"
#include "onrecord/v1/topics.grpc.pb.h"
#include "onrecord/v1/utterances.grpc.pb.h"
#include "services/pg/session.h"
#include "services/server/server.h"

namespace onrecord {

// A database that is dropped at the end.
class TestDatabase {
 public:
  // Cloned from the migrated template, or empty.
  enum class From { kTemplate, kEmpty };
  explicit TestDatabase(From from = From::kTemplate);
  ~TestDatabase();
  TestDatabase(const TestDatabase&) = delete;
  TestDatabase& operator=(const TestDatabase&) = delete;
  const std::string& connection() const { return connection_; }

 private:
  std::string name_;
  std::string connection_;
};

class ServerTest : public ::testing::Test {
 protected:
  void SetUp() override { StartServer(); }
  // Options may be changed by a test's own SetUp before it calls this.
  void StartServer();
  void StopServer() { server_.reset(); }
  // One value of the database, as text; "" for NULL.
  std::string Sql(const std::string& query);
  // Everything that the record holds, as text, in an order of its own: for comparing before and after. Leaves out
  // the imports themselves.
  std::string Dump();

  TestDatabase database_;
  std::mutex sql_mutex_;
  std::unique_ptr<pqxx::connection> sql_;  // from the first question to the end of the test
  ServerOptions options_;
  std::unique_ptr<Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<pb::QuoteService::Stub> quotes_;
  std::unique_ptr<pb::SpeakerService::Stub> speakers_;
  std::unique_ptr<pb::OutletService::Stub> outlets_;
  std::unique_ptr<pb::TopicService::Stub> topics_;
  std::unique_ptr<pb::ClaimService::Stub> claims_;
  std::unique_ptr<pb::ImportService::Stub> imports_;
  std::unique_ptr<pb::TimelineService::Stub> timeline_;
  std::unique_ptr<pb::UtteranceService::Stub> utterances_;
  std::unique_ptr<pb::ArticleService::Stub> articles_;
  std::unique_ptr<pb::NoticeService::Stub> notices_;
};

// The reason that a refusal carries.
pb::ErrorReason Reason(const grpc::Status& status);
// The fields that a refusal names.
std::vector<std::string> Fields(const grpc::Status& status);

}  // namespace onrecord
