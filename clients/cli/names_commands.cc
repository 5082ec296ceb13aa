// speakers, outlets, topics, claims: what they share.
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/cli/commands.h"
#include "clients/cli/name_commands.h"
#include "clients/cli/table.h"

namespace onrecord::cli {

bool Given(const CLI::App& command, const std::string& option) {
  const CLI::Option* found = command.get_option_no_throw(option);
  return found != nullptr && found->count() > 0;
}

void AddEditFlags(CLI::App& command, NameFlags& flags, const std::string& title, const std::string& what) {
  command.add_option(title, flags.display_name, what);
  command.add_option("--reason", flags.reason, "Why, for the history");
  command.add_option("--etag", flags.etag, "Refuse when somebody changed it since this etag was read");
}

CLI::Option* AddRepeatable(CLI::App& command, const std::string& name, std::vector<std::string>& values,
                           const std::string& what) {
  return command.add_option(name, values, what + " (repeatable)")->allow_extra_args(false);
}

void AddListOptions(CLI::App& command, NameList& list, int default_limit) {
  list.limit = default_limit;
  command.add_option("QUERY", list.query,
                     "Only those with a name or a word in it that starts so; a resource name shows that one");
  command.add_option("--limit", list.limit, "How many at most; 0: all")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
}

std::string Some(const std::vector<std::string>& values) {
  constexpr std::size_t kShown = 3;
  if (values.size() <= kShown) return Clean(absl::StrJoin(values, ", "));
  const std::vector<std::string> first(values.begin(), values.begin() + kShown);
  return absl::StrCat(Clean(absl::StrJoin(first, ", ")), " +", values.size() - kShown);
}

void AddNamesCommands(CLI::App& app, Context& context) {
  AddSpeakerCommands(app, context);
  AddMergeSpeakersCommand(app, context);
  AddOutletCommands(app, context);
  AddTopicCommands(app, context);
  AddClaimCommands(app, context);
}

}  // namespace onrecord::cli
