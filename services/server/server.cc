#include "services/server/server.h"

#include <grpcpp/ext/channelz_service_plugin.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>

#include "db/statements.h"
#include "services/articles/articles_service.h"
#include "services/base/log.h"
#include "services/base/strings.h"
#include "services/claims/claims_service.h"
#include "services/imports/imports_service.h"
#include "services/notices/notices_service.h"
#include "services/outlets/outlets_service.h"
#include "services/pg/migrate.h"
#include "services/quotes/quotes_service.h"
#include "services/speakers/speakers_service.h"
#include "services/timeline/timeline_service.h"
#include "services/topics/topics_service.h"
#include "services/utterances/utterances_service.h"

namespace onrecord {
namespace {

// A batch of records; above what a client may send in one, so that the refusal is ours.
constexpr int kMostMessageBytes = 20 << 20;
constexpr absl::Duration kLookInterval = absl::Seconds(1);
constexpr absl::Duration kPurgeInterval = absl::Hours(1);

}  // namespace

struct Server::Services {
  explicit Services(api::Runtime& runtime)
      : quotes(runtime),
        speakers(runtime),
        outlets(runtime),
        topics(runtime),
        claims(runtime),
        imports(runtime),
        timeline(runtime),
        utterances(runtime),
        articles(runtime),
        notices(runtime) {}
  QuoteService quotes;
  SpeakerService speakers;
  OutletService outlets;
  TopicService topics;
  ClaimService claims;
  ImportService imports;
  TimelineService timeline;
  UtteranceService utterances;
  ArticleService articles;
  NoticeService notices;
};

Server::Server(const ServerOptions& options)
    : options_(options),
      watchdog_(options.database),
      read_("read", options.database, options.read_threads, options.read_queue),
      write_("write", options.database, options.write_threads, options.write_queue),
      import_("import", options.database, options.import_threads, options.import_queue),
      runtime_(watchdog_, read_, write_, import_),
      services_(std::make_unique<Services>(runtime_)) {
  runtime_.embargo_readers.insert(options.embargo_readers.begin(), options.embargo_readers.end());
}

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const ServerOptions& options) {
  static const bool plugins = [] {
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    grpc::channelz::experimental::InitChannelzService();
    return true;
  }();
  (void)plugins;
  std::unique_ptr<Server> server(new Server(options));
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort(options.listen, grpc::InsecureServerCredentials(), &port);
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);  // a second server must not share the port unnoticed
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, 1000);
  builder.SetMaxReceiveMessageSize(kMostMessageBytes);
  Services& services = *server->services_;
  for (grpc::Service* service : std::initializer_list<grpc::Service*>{
           &services.quotes, &services.speakers, &services.outlets, &services.topics, &services.claims,
           &services.imports, &services.timeline, &services.utterances, &services.articles, &services.notices}) {
    builder.RegisterService(service);
  }
  server->grpc_ = builder.BuildAndStart();
  if (server->grpc_ == nullptr || port == 0) {
    return absl::UnavailableError(StrCat("cannot listen on ", options.listen,
                                         ": in use or no address of this machine; choose another with --listen"));
  }
  server->address_ = StrCat(options.listen.substr(0, options.listen.rfind(':')), ":", port);
  server->grpc_->GetHealthCheckService()->SetServingStatus(false);
  server->watcher_ = std::thread([watched = server.get()] { watched->WatchDatabase(); });
  return server;
}

Server::~Server() { Stop(); }

void Server::Stop() {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    stopping_ = true;
    changed_.notify_all();
  }
  if (grpc_ == nullptr) return;
  // The watcher says nothing of health any more from here on, but may still be waiting for the database.
  grpc_->GetHealthCheckService()->SetServingStatus(false);
  runtime_.Stop();
  grpc_->Shutdown(absl::ToChronoTime(absl::Now() + options_.drain));
  grpc_->Wait();
  watcher_.join();
  index_builder_.reset();  // cancelled, so that what waits for it in the matcher goes on
  matcher_.reset();
  Log("info", "stopped", {{"address", address_}});
}

absl::Status Server::LookAtDatabase(pg::Session& session) {
  ASSIGN_OR_RETURN(const pqxx::result standby, session.Run(sql::kIsStandby));
  takes_writes_ = !standby[0][0].as<bool>();
  if (!takes_writes_) return pg::CheckSchema(session);
  if (options_.migrate && !migrated_) {
    RETURN_IF_ERROR(pg::Migrate(session));
    migrated_ = true;
  }
  RETURN_IF_ERROR(pg::CheckSchema(session));
  if (!awaited_) {
    RETURN_IF_ERROR(session.Run(sql::kAwaitFirstLoads).status());
    awaited_ = true;
  }
  if (next_purge_ <= absl::Now()) {
    RETURN_IF_ERROR(session.Run(sql::kPurgeRequests).status());
    next_purge_ = absl::Now() + kPurgeInterval;
  }
  return absl::OkStatus();
}

void Server::WatchDatabase() {
  pg::Session session(options_.database, "onrecordd health");
  bool serving = false;
  std::string last_message;
  while (true) {
    const absl::Status status = LookAtDatabase(session);
    if (status.ok() != serving || (!status.ok() && status.message() != last_message)) {
      serving = status.ok();
      last_message = std::string(status.message());
      Log(serving ? "info" : "warning", serving ? "serving" : "not serving", {{"cause", FromAbsl(status.message())}});
    }
    if (serving && takes_writes_ && matcher_ == nullptr) {  // there is a schema now
      matcher_ = std::make_unique<Matcher>(options_.database);
      index_builder_ = std::make_unique<IndexBuilder>(options_.database, watchdog_);
    }
    std::unique_lock lock(mutex_);
    if (stopping_) return;
    grpc_->GetHealthCheckService()->SetServingStatus(serving);
    if (changed_.wait_for(lock, absl::ToChronoNanoseconds(kLookInterval), [this] { return stopping_; })) return;
  }
}

}  // namespace onrecord
