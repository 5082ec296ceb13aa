// Every command of the command line adds itself to the application. A command throws Exit to end with a code.
#pragma once

#include <CLI/CLI.hpp>

#include "clients/cli/context.h"

namespace onrecord::cli {

void AddQuotesCommands(CLI::App& app, Context& context);    // quotes, show, history
void AddTimelineCommand(CLI::App& app, Context& context);   // timeline
void AddNamesCommands(CLI::App& app, Context& context);     // speakers, outlets, topics, claims
void AddEditCommands(CLI::App& app, Context& context);      // add, edit, retract, restore, redact
void AddArticleCommands(CLI::App& app, Context& context);   // articles
void AddIdentifyCommands(CLI::App& app, Context& context);  // identify
void AddStanceCommands(CLI::App& app, Context& context);    // stance
void AddHistoryCommands(CLI::App& app,
                        Context& context);                // stances, reversals, contradictions, firsts, compare, change
void AddReviewCommands(CLI::App& app, Context& context);  // review
void AddNoticeCommands(CLI::App& app, Context& context);  // notice
void AddImportCommands(CLI::App& app, Context& context);  // import, imports
void AddExportCommand(CLI::App& app, Context& context);   // export
void AddVerifyCommands(CLI::App& app, Context& context);  // similar, verify
void AddTraceCommands(CLI::App& app, Context& context);   // trace, group
void AddCompletionCommand(CLI::App& app, Context& context);  // completion

// The filter options shared by quotes, timeline and export. Resolve turns names as people type them into
// resource names by asking the server, and dates into intervals.
class FilterOptions {
 public:
  void AddTo(CLI::App& command);
  pb::QuoteFilter Resolve(Context& context) const;

 private:
  std::vector<std::string> speakers_;
  std::vector<std::string> outlets_;
  std::vector<std::string> topics_;
  std::string words_;
  std::string said_;
  std::string published_;
  std::vector<std::string> kinds_;
  std::vector<std::string> polarities_;
  std::vector<std::string> states_;
  std::vector<std::string> languages_;
  std::vector<std::string> claims_;
  std::vector<std::string> positions_;
  std::vector<std::string> holders_;
  std::string import_;
  bool unnamed_ = false;
  bool possible_ = false;
  bool ascribed_ = false;
};

}  // namespace onrecord::cli
