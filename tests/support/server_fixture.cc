#include "tests/support/server_fixture.h"

#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <mutex>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/base/strings.h"
#include "services/pg/migrate.h"

namespace onrecord {
namespace {

std::string Admin() {
  const char* connection = std::getenv("ONRECORD_TEST_DATABASE");
  if (connection == nullptr) {
    std::fprintf(stderr, "ONRECORD_TEST_DATABASE is not set: run ./tests/run\n");
    std::exit(1);
  }
  return connection;
}

std::string ConnectionTo(const std::string& name) { return absl::StrCat(Admin(), " dbname=", name); }

// In one session of the process: PostgreSQL takes longer to start one than to copy a small database.
void MustExecute(const std::string& sql) {
  static std::mutex mutex;
  static pg::Session session(Admin(), "tests");
  const std::lock_guard lock(mutex);
  const absl::Status status = session.Execute(sql);
  if (!status.ok()) {
    std::fprintf(stderr, "%s: %s\n", sql.c_str(), status.ToString().c_str());
    std::exit(1);
  }
}

// One migrated template for the process, dropped at its end.
const std::string& Template() {
  static const std::string name = [] {
    const std::string made = absl::StrCat("onrecord_template_", getpid());
    MustExecute(absl::StrCat("CREATE DATABASE ", made));
    {
      pg::Session session(ConnectionTo(made), "tests");
      const absl::Status status = pg::Migrate(session);
      if (!status.ok()) {
        std::fprintf(stderr, "migrating: %s\n", status.ToString().c_str());
        std::exit(1);
      }
    }
    std::atexit([] { MustExecute(absl::StrCat("DROP DATABASE IF EXISTS onrecord_template_", getpid())); });
    return made;
  }();
  return name;
}

}  // namespace

TestDatabase::TestDatabase(From from) {
  static std::atomic<int> count = 0;
  name_ = absl::StrCat("onrecord_test_", getpid(), "_", ++count);
  // Copied as files, it keeps what its first session would have to collect otherwise.
  MustExecute(absl::StrCat("CREATE DATABASE ", name_,
                           from == From::kTemplate ? StrCat(" STRATEGY file_copy TEMPLATE ", Template()) : ""));
  connection_ = ConnectionTo(name_);
}

TestDatabase::~TestDatabase() { MustExecute(absl::StrCat("DROP DATABASE IF EXISTS ", name_, " WITH (FORCE)")); }

void ServerTest::StartServer() {
  options_.listen = server_ == nullptr && options_.listen == ServerOptions().listen ? "127.0.0.1:0" : options_.listen;
  options_.database = database_.connection();
  options_.drain = absl::Seconds(2);
  absl::StatusOr<std::unique_ptr<Server>> server = Server::Start(options_);
  ASSERT_TRUE(server.ok()) << server.status();
  server_ = *std::move(server);
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetMaxReceiveMessageSize(64 << 20);
  channel_ = grpc::CreateCustomChannel(server_->address(), grpc::InsecureChannelCredentials(), arguments);
  quotes_ = pb::QuoteService::NewStub(channel_);
  speakers_ = pb::SpeakerService::NewStub(channel_);
  outlets_ = pb::OutletService::NewStub(channel_);
  topics_ = pb::TopicService::NewStub(channel_);
  claims_ = pb::ClaimService::NewStub(channel_);
  imports_ = pb::ImportService::NewStub(channel_);
  timeline_ = pb::TimelineService::NewStub(channel_);
  utterances_ = pb::UtteranceService::NewStub(channel_);
  articles_ = pb::ArticleService::NewStub(channel_);
  notices_ = pb::NoticeService::NewStub(channel_);
}

std::string ServerTest::Sql(const std::string& query) {
  const std::lock_guard lock(sql_mutex_);
  if (sql_ == nullptr) sql_ = std::make_unique<pqxx::connection>(database_.connection());
  pqxx::nontransaction work(*sql_);
  const pqxx::result rows = work.exec(query);
  return rows.empty() || rows[0][0].is_null() ? "" : rows[0][0].c_str();
}

std::string ServerTest::Dump() {
  std::string all;
  for (const char* table : {"speakers", "speaker_names", "outlets", "outlet_names", "topics", "topic_names",
                            "name_revisions", "articles", "article_revisions", "article_keys", "article_links",
                            "quotes", "appearances", "quote_topics", "quote_revisions", "import_keys"}) {
    absl::StrAppend(&all, table, "\n",
                    Sql(absl::StrCat("SELECT string_agg(t::text, E'\\n' ORDER BY t::text) FROM ", table, " t")), "\n");
  }
  return all;
}

pb::ErrorReason Reason(const grpc::Status& status) {
  pb::RpcStatus details;
  details.ParseFromString(status.error_details());
  for (const google::protobuf::Any& detail : details.details()) {
    pb::ErrorInfo info;
    if (!absl::EndsWith(detail.type_url(), "google.rpc.ErrorInfo") || !info.ParseFromString(detail.value())) continue;
    pb::ErrorReason reason = pb::ERROR_REASON_UNSPECIFIED;
    pb::ErrorReason_Parse("ERROR_REASON_" + info.reason(), &reason);
    return reason;
  }
  return pb::ERROR_REASON_UNSPECIFIED;
}

std::vector<std::string> Fields(const grpc::Status& status) {
  pb::RpcStatus details;
  details.ParseFromString(status.error_details());
  std::vector<std::string> fields;
  for (const google::protobuf::Any& detail : details.details()) {
    pb::BadRequest bad_request;
    if (!absl::EndsWith(detail.type_url(), "google.rpc.BadRequest")) continue;
    bad_request.ParseFromString(detail.value());
    for (const auto& violation : bad_request.field_violations()) fields.push_back(violation.field());
  }
  return fields;
}

}  // namespace onrecord
