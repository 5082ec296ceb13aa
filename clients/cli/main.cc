// onrecord: the command line. Registers the commands, reads the global options, and turns outcomes into exit codes.
#include <csignal>
#include <cstdlib>
#include <iostream>

#include "clients/cli/commands.h"
#include "clients/cli/context.h"

#ifndef ONRECORD_VERSION
#define ONRECORD_VERSION "0.1.0"
#endif

namespace onrecord::cli {
namespace {

constexpr const char* kFooter =
    "Names may be typed as people know them (--speaker \"Kai Eide\") or as resource names (--speaker "
    "speakers/kai-eide).\n"
    "Dates: 2007, 2007-11, 2007-11-21, \"21 Nov 2007\", today, \"last month\", \"3 years ago\", 1990s;\n"
    "intervals: 2007..2009, 2007.., ..2009.\n"
    "\n"
    "Exit codes:\n"
    "  0    done\n"
    "  1    an import rejected records or has conflicts\n"
    "  2    the command line is wrong, or a name on it is unknown or ambiguous\n"
    "  3    the server cannot be reached or refused the call\n"
    "  4    an input file cannot be read or an output cannot be written\n"
    "  130  interrupted";

void AddGlobalOptions(CLI::App& app, Context& context) {
  app.add_option("--address", context.address, "The server, HOST:PORT or unix:PATH")
      ->envname("ONRECORD_ADDRESS")
      ->capture_default_str();
  app.add_flag("--json", context.json, "Print answers and errors as JSON");
  app.add_option("--timeout", context.timeout_seconds, "Seconds to wait for an answer")
      ->check(CLI::Range(0.001, 86400.0))
      ->capture_default_str();
  app.add_option("--author", context.author, "Whom changes are recorded under; USER unless given")
      ->envname("ONRECORD_AUTHOR");
  app.add_option("--color", context.color, "When to colour; auto honours NO_COLOR")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->capture_default_str();
  app.set_version_flag("--version", "onrecord " ONRECORD_VERSION);
}

int Run(int argc, char** argv) {
  Context context;
  const char* user = std::getenv("USER");
  if (user != nullptr) context.author = user;
  CLI::App app("Who said what, when, and who printed it.", "onrecord");
  app.fallthrough();  // subcommands inherit it: global options may follow the command
  app.require_subcommand(1);
  app.footer(kFooter);
  AddGlobalOptions(app, context);
  AddQuotesCommands(app, context);
  AddTimelineCommand(app, context);
  AddNamesCommands(app, context);
  AddEditCommands(app, context);
  AddImportCommands(app, context);
  AddExportCommand(app, context);
  AddCompletionCommand(app, context);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kExitOk : kExitUsage;
  } catch (const Exit& exit) {
    return exit.code;
  }
  return kExitOk;
}

}  // namespace
}  // namespace onrecord::cli

int main(int argc, char** argv) {
  // Our own messages say what is wrong; gRPC's log would say it again, longer.
  setenv("GRPC_VERBOSITY", "NONE", 0);
  // A reader that closes the pipe ends us quietly, also where a parent left the signal ignored.
  std::signal(SIGPIPE, SIG_DFL);
  int code = onrecord::cli::kExitCall;
  try {
    code = onrecord::cli::Run(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "onrecord: " << error.what() << '\n';
  }
  std::cout.flush();
  if (!std::cout) {
    std::cerr << "onrecord: standard output cannot be written\n";
    if (code == onrecord::cli::kExitOk) code = onrecord::cli::kExitInput;
  }
  return code;
}
