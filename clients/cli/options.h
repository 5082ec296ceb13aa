// What the options of several commands share: dates as typed, positions, and examples in help texts.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "clients/cli/context.h"

namespace onrecord::cli {

// Wrong ones end the command with kExitUsage and name the option. Empty text is no date.
pb::UncertainDate TypedDate(const Context& context, const std::string& option, const std::string& text);
pb::DateInterval TypedInterval(const Context& context, const std::string& option, const std::string& text);

// Shows how the command is typed, at the end of its help.
void AddExample(CLI::App& command, const std::string& example);
// --limit, for lists that are all or `limit` long.
void AddLimit(CLI::App& command, int& limit);
// On standard error, after a list that was cut.
void TellOfMore(const std::string& next_page_token);

// Which stances: the filter options shared by stance list, reversals and contradictions.
class StanceFilterOptions {
 public:
  void AddTo(CLI::App& command);
  // --position and --quote, which only a list of stances has.
  void AddListOptions(CLI::App& command);
  pb::StanceFilter Resolve(Context& context) const;

 private:
  std::vector<std::string> claims_;
  std::vector<std::string> topics_;
  std::vector<std::string> holders_;
  std::vector<std::string> positions_;
  std::vector<std::string> quotes_;
  std::string held_;
  bool ascribed_ = false;
};

}  // namespace onrecord::cli
