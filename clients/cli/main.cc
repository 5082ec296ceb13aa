// onrecord: the command line. Registers the commands, reads the global options, and turns outcomes into exit codes.
#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

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
    "  1    an import rejected records or has conflicts, or `verify` found words that are not borne out\n"
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
      ->type_name("SECONDS")
      ->check(CLI::Range(0.001, 86400.0, "0.001 to 86400"))
      ->capture_default_str();
  app.add_option("--author", context.author, "Whom changes are recorded under; USER unless given")
      ->envname("ONRECORD_AUTHOR");
  app.add_option("--color", context.color, "When to colour; auto honours NO_COLOR")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->capture_default_str();
  app.set_version_flag("--version", "onrecord " ONRECORD_VERSION);
}

// CLI11 2.1 lets "--text=" swallow the argument after it; an empty value of its own says the same. Reversed, as CLI11
// takes them.
std::vector<std::string> Arguments(int argc, char** argv) {
  std::vector<std::string> arguments;
  for (int i = argc - 1; i > 0; --i) {
    const std::string argument = argv[i];
    if (argument.size() > 3 && argument.starts_with("--") && argument.find('=') == argument.size() - 1) {
      arguments.emplace_back();
      arguments.push_back(argument.substr(0, argument.size() - 1));
    } else {
      arguments.push_back(argument);
    }
  }
  return arguments;
}

int Refuse(const CLI::App& app, const CLI::ParseError& error, const Context& context) {
  if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
  if (context.json) {
    std::cerr << nlohmann::json{{"error", {{"code", "USAGE"}, {"message", error.what()}}}}.dump(
                     -1, ' ', false, nlohmann::json::error_handler_t::replace)
              << '\n';
  } else {
    std::cerr << "onrecord: " << error.what() << "\nRun with --help for more information.\n";
  }
  return kExitUsage;
}

int Run(int argc, char** argv) {
  Context context;
  const char* user = std::getenv("USER");
  if (user != nullptr) context.author = user;
  CLI::App app("Who said what, when, and who printed it.", "onrecord");
  // Subcommands take over these two as they are made: global options may follow the command.
  app.fallthrough();
  app.footer("--address, --json, --timeout, --author and --color may follow too; see onrecord --help.");
  AddGlobalOptions(app, context);
  AddQuotesCommands(app, context);
  AddTimelineCommand(app, context);
  AddNamesCommands(app, context);
  AddArticleCommands(app, context);
  AddEditCommands(app, context);
  AddIdentifyCommands(app, context);
  AddStanceCommands(app, context);
  AddHistoryCommands(app, context);
  AddReviewCommands(app, context);
  AddNoticeCommands(app, context);
  AddVerifyCommands(app, context);
  AddTraceCommands(app, context);
  AddImportCommands(app, context);
  AddExportCommand(app, context);
  AddCompletionCommand(app, context);
  app.require_subcommand(1);
  app.footer(kFooter);
  std::vector<std::string> arguments = Arguments(argc, argv);
  // Known before parsing, so that a mistake on the command line is told in JSON too.
  context.json = std::find(arguments.begin(), arguments.end(), "--json") != arguments.end();
  try {
    app.parse(std::move(arguments));
  } catch (const CLI::ParseError& error) {
    return Refuse(app, error, context);
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
