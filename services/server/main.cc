// onrecordd: serve, migrate, health.

#include <signal.h>

#include <CLI/CLI.hpp>
#include <iostream>

#include "services/base/log.h"
#include "services/base/strings.h"
#include "services/pg/migrate.h"
#include "services/server/health_client.h"
#include "services/server/server.h"

extern "C" {
// Read by jemalloc: what was freed is given back also while nobody asks anything.
extern const char* const malloc_conf;
const char* const malloc_conf = "background_thread:true";
}

namespace onrecord {
namespace {

constexpr char kVersion[] = "onrecordd 0.1.0";

int Serve(ServerOptions options, int drain_seconds) {
  options.drain = absl::Seconds(drain_seconds);
  // Blocked before any thread starts, so that all inherit it; the main thread takes them in below.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  absl::StatusOr<std::unique_ptr<Server>> server = Server::Start(options);
  if (!server.ok()) {
    std::cerr << "onrecordd: " << server.status().message() << "\n";
    return 1;
  }
  Log("info", "listening", {{"address", (*server)->address()}});
  int signal = 0;
  sigwait(&signals, &signal);
  Log("info", "stopping", {{"signal", std::int64_t{signal}}});
  (*server)->Stop();
  return 0;
}

int Migrate(const std::string& database) {
  pg::Session session(database, "onrecordd migrate");
  const absl::Status status = pg::Migrate(session);
  if (!status.ok()) std::cerr << "onrecordd: " << status.message() << "\n";
  return status.ok() ? 0 : 1;
}

int Main(int argc, char** argv) {
  CLI::App app("The onrecord server: keeps who said what, when and where, and answers questions across time.");
  app.set_version_flag("--version", kVersion);
  app.require_subcommand(1);
  ServerOptions options;
  int drain_seconds = 10;
  std::string address = "127.0.0.1:50051";
  const auto add_database = [&](CLI::App& command) {
    command.add_option("--database", options.database, "PostgreSQL connection string or URL")
        ->envname("ONRECORD_DATABASE")
        ->required();
  };
  CLI::App& serve = *app.add_subcommand("serve", "Serve onrecord.v1 until SIGTERM or SIGINT");
  add_database(serve);
  serve.add_option("--listen", options.listen, "Address to listen on; port 0 for any")->capture_default_str();
  serve.add_flag("!--no-migrate", options.migrate, "Leave the schema alone; serve only when it is up to date");
  serve.add_option("--read-threads", options.read_threads)->check(CLI::Range(1, 64))->capture_default_str();
  serve.add_option("--write-threads", options.write_threads)->check(CLI::Range(1, 64))->capture_default_str();
  serve.add_option("--import-threads", options.import_threads)->check(CLI::Range(1, 64))->capture_default_str();
  serve
      .add_option("--embargo-reader", options.embargo_readers,
                  "An author (x-onrecord-author) who may see words under embargo (repeatable)")
      ->allow_extra_args(false);
  serve.add_option("--drain-seconds", drain_seconds, "How long running calls may take after SIGTERM")
      ->check(CLI::Range(0, 600))
      ->capture_default_str();
  CLI::App& migrate = *app.add_subcommand("migrate", "Bring the database to this version's schema");
  add_database(migrate);
  CLI::App& health = *app.add_subcommand("health", "Exit 0 when the server at an address serves");
  health.add_option("--address", address)->envname("ONRECORD_ADDRESS")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  if (serve.parsed()) return Serve(options, drain_seconds);
  if (migrate.parsed()) return Migrate(options.database);
  return CheckHealth(address);
}

}  // namespace
}  // namespace onrecord

int main(int argc, char** argv) {
  try {
    return onrecord::Main(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "onrecordd: " << error.what() << "\n";
    return 1;
  }
}
