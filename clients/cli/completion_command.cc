// completion: what bash, zsh and fish need to complete our command line, from the commands as they are registered.
#include <google/protobuf/struct.pb.h>

#include <iostream>
#include <memory>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "clients/cli/commands.h"

namespace onrecord::cli {
namespace {

struct OptionWords {
  std::vector<std::string> names;    // "--kind", "-h"
  std::vector<std::string> choices;  // of its value, where they are a list
  bool takes_value = false;
  std::string description;
};

struct CommandWords {
  std::string path;                                              // "speakers add"; empty for the application itself
  std::vector<std::pair<std::string, std::string>> subcommands;  // with descriptions
  std::vector<OptionWords> options;
  std::vector<std::string> values;  // of its positional arguments, where they are a list
};

// CLI11 writes a list of allowed values into the option's type: "TEXT:{direct,partial}".
std::vector<std::string> Choices(const std::string& type) {
  const std::size_t open = type.find('{');
  const std::size_t close = type.find('}');
  if (open == std::string::npos || close == std::string::npos || close < open) return {};
  return absl::StrSplit(type.substr(open + 1, close - open - 1), ',', absl::SkipEmpty());
}

void Walk(const CLI::App& app, const std::string& path, std::vector<CommandWords>& commands) {
  CommandWords words;
  words.path = path;
  for (const CLI::Option* option : app.get_options()) {
    if (!option->nonpositional()) {
      const std::vector<std::string> choices = Choices(option->get_type_name());
      words.values.insert(words.values.end(), choices.begin(), choices.end());
      continue;
    }
    OptionWords option_words;
    for (const auto& name : option->get_lnames()) option_words.names.push_back("--" + name);
    for (const auto& name : option->get_snames()) option_words.names.push_back("-" + name);
    option_words.takes_value = option->get_items_expected_max() > 0;
    if (option_words.takes_value) option_words.choices = Choices(option->get_type_name());
    option_words.description = option->get_description();
    words.options.push_back(std::move(option_words));
  }
  const auto subcommands = app.get_subcommands([](const CLI::App* command) { return !command->get_name().empty(); });
  for (const CLI::App* command : subcommands) {
    words.subcommands.emplace_back(command->get_name(), command->get_description());
  }
  commands.push_back(std::move(words));
  for (const CLI::App* command : subcommands) {
    Walk(*command, path.empty() ? command->get_name() : absl::StrCat(path, " ", command->get_name()), commands);
  }
}

std::string ShellQuote(const std::string& text) {
  return absl::StrCat("'", absl::StrReplaceAll(text, {{"'", "'\\''"}}), "'");
}

// The global options may follow every command.
std::vector<OptionWords> OptionsOf(const CommandWords& command, const CommandWords& root) {
  std::vector<OptionWords> options = command.options;
  if (command.path.empty()) return options;
  for (const OptionWords& option : root.options) {
    if (option.names.front() != "--help" && option.names.front() != "--version") options.push_back(option);
  }
  return options;
}

// The cases that bash and zsh share: `line` holds the commands so far, `previous` the word before the cursor.
std::string Cases(const std::vector<CommandWords>& commands) {
  std::string values;
  std::string words;
  for (const CommandWords& command : commands) {
    std::vector<std::string> all = command.values;
    for (const auto& [name, description] : command.subcommands) all.push_back(name);
    for (const OptionWords& option : OptionsOf(command, commands.front())) {
      all.insert(all.end(), option.names.begin(), option.names.end());
      if (!option.takes_value) continue;
      for (const std::string& name : option.names) {
        absl::StrAppend(&values, "    ", ShellQuote(absl::StrCat(command.path, ":", name)),
                        ") answers=", ShellQuote(absl::StrJoin(option.choices, " ")), "; value=1 ;;\n");
      }
    }
    absl::StrAppend(&words, "      ", ShellQuote(command.path), ") answers=", ShellQuote(absl::StrJoin(all, " ")),
                    " ;;\n");
  }
  return absl::StrCat("  case \"$line:$previous\" in\n", values, "    *) case \"$line\" in\n", words, "    esac ;;\n",
                      "  esac\n");
}

// Follows the commands typed before the cursor.
std::string Path(const std::vector<CommandWords>& commands) {
  std::vector<std::string> paths;
  for (const CommandWords& command : commands) {
    if (!command.path.empty()) paths.push_back(ShellQuote(command.path));
  }
  return absl::StrCat("    case \"${line:+$line }$word\" in\n      ", absl::StrJoin(paths, "|"),
                      ") line=\"${line:+$line }$word\" ;;\n    esac\n");
}

std::string Bash(const std::vector<CommandWords>& commands) {
  return absl::StrCat(
      "# onrecord completion for bash: source <(onrecord completion bash)\n_onrecord() {\n"
      "  local current=\"${COMP_WORDS[COMP_CWORD]}\" previous=\"${COMP_WORDS[COMP_CWORD-1]}\"\n"
      "  local line= word answers= value=\n  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n",
      Path(commands), "  done\n", Cases(commands),
      "  if [[ -z $value && -z $current && -n $answers && $answers != -* ]]; then\n"
      "    COMPREPLY=($(compgen -W \"$(tr ' ' '\\n' <<<\"$answers\" | grep -v '^-')\"))\n"
      "  else\n    COMPREPLY=($(compgen -W \"$answers\" -- \"$current\"))\n  fi\n}\n"
      "complete -o default -F _onrecord onrecord\n");
}

std::string Zsh(const std::vector<CommandWords>& commands) {
  return absl::StrCat(
      "#compdef onrecord\n# onrecord completion for zsh: source <(onrecord completion zsh)\n_onrecord() {\n"
      "  local previous=\"${words[CURRENT-1]}\" line= word value=\n"
      "  local -a typed=(\"${(@)words[2,CURRENT-1]}\")\n  local answers=\n  for word in \"${typed[@]}\"; do\n",
      Path(commands), "  done\n", Cases(commands),
      "  if [[ -n $answers ]]; then compadd -- ${=answers}; else _files; fi\n}\n"
      "if [[ $funcstack[1] == _onrecord ]]; then _onrecord; else compdef _onrecord onrecord; fi\n");
}

// `groups` are the commands with subcommands: "speakers edit" is not "edit".
std::string FishCondition(const CommandWords& command, const std::string& groups) {
  if (command.path.empty()) return "__fish_use_subcommand";
  std::vector<std::string> conditions;
  for (const auto& word : absl::StrSplit(command.path, ' ')) {
    conditions.push_back(absl::StrCat("__fish_seen_subcommand_from ", word));
  }
  if (!command.subcommands.empty()) {
    std::vector<std::string> names;
    for (const auto& [name, description] : command.subcommands) names.push_back(name);
    conditions.push_back(absl::StrCat("not __fish_seen_subcommand_from ", absl::StrJoin(names, " ")));
  } else if (!absl::StrContains(command.path, ' ')) {
    conditions.push_back(absl::StrCat("not __fish_seen_subcommand_from ", groups));
  }
  return absl::StrJoin(conditions, "; and ");
}

std::string Fish(const std::vector<CommandWords>& commands) {
  std::string script = "# onrecord completion for fish: onrecord completion fish | source\n";
  std::vector<std::string> groups;
  for (const CommandWords& command : commands) {
    if (!command.path.empty() && !command.subcommands.empty()) groups.push_back(command.path);
  }
  for (const CommandWords& command : commands) {
    const std::string condition = ShellQuote(FishCondition(command, absl::StrJoin(groups, " ")));
    for (const auto& [name, description] : command.subcommands) {
      absl::StrAppend(&script, "complete -c onrecord -f -n ", condition, " -a ", name, " -d ", ShellQuote(description),
                      "\n");
    }
    if (!command.values.empty()) {
      absl::StrAppend(&script, "complete -c onrecord -f -n ", condition, " -a ",
                      ShellQuote(absl::StrJoin(command.values, " ")), "\n");
    }
    for (const OptionWords& option : command.options) {
      absl::StrAppend(&script, "complete -c onrecord");
      if (!command.path.empty()) absl::StrAppend(&script, " -n ", condition);
      for (const std::string& name : option.names) {
        absl::StrAppend(&script, name.size() == 2 ? " -s " : " -l ", name.substr(name.size() == 2 ? 1 : 2));
      }
      if (option.takes_value) absl::StrAppend(&script, " -r");
      if (!option.choices.empty()) absl::StrAppend(&script, " -f -a ", ShellQuote(absl::StrJoin(option.choices, " ")));
      absl::StrAppend(&script, " -d ", ShellQuote(option.description), "\n");
    }
  }
  return script;
}

}  // namespace

void AddCompletionCommand(CLI::App& app, Context& context) {
  CLI::App* completion = app.add_subcommand("completion", "Print a completion script for a shell");
  auto shell = std::make_shared<std::string>();
  completion->add_option("SHELL", *shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  completion->callback([&app, &context, shell] {
    std::vector<CommandWords> commands;
    Walk(app, "", commands);
    const std::string script = *shell == "bash" ? Bash(commands) : *shell == "zsh" ? Zsh(commands) : Fish(commands);
    // A script is no message of the service; with --json it is the one string of an object.
    if (context.json) {
      google::protobuf::Struct object;
      (*object.mutable_fields())["script"].set_string_value(script);
      std::cout << ToJson(object);
    } else {
      std::cout << script;
    }
  });
}

}  // namespace onrecord::cli
