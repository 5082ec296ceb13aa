#include "clients/cli/options.h"

#include <iostream>

#include "absl/strings/str_cat.h"
#include "clients/cli/dates.h"
#include "clients/cli/enums.h"
#include "clients/cli/lookup.h"
#include "clients/cli/name_commands.h"

namespace onrecord::cli {

pb::UncertainDate TypedDate(const Context& context, const std::string& option, const std::string& text) {
  if (text.empty()) return {};
  const auto date = ParseUncertain(text, LocalToday());
  if (!date.ok()) context.Fail(kExitUsage, absl::StrCat(option, ": ", date.status().message()));
  return *date;
}

pb::DateInterval TypedInterval(const Context& context, const std::string& option, const std::string& text) {
  if (text.empty()) return {};
  const auto interval = ParseInterval(text, LocalToday());
  if (!interval.ok()) context.Fail(kExitUsage, absl::StrCat(option, ": ", interval.status().message()));
  return *interval;
}

void AddExample(CLI::App& command, const std::string& example) {
  command.footer(absl::StrCat("Example:\n  ", example, "\n\n", command.get_footer()));
}

void AddLimit(CLI::App& command, int& limit) {
  command.add_option("--limit", limit, "How many at most; 0: all")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
}

void TellOfMore(const std::string& next_page_token) {
  std::cout.flush();
  if (!next_page_token.empty()) std::cerr << "There are more; --limit 0 lists all.\n";
}

void StanceFilterOptions::AddTo(CLI::App& command) {
  AddRepeatable(command, "--claim", claims_, "On a claim or its negation: a wording or its beginning, or claims/ID");
  AddRepeatable(command, "--topic", topics_, "On claims about a topic or what lies below it: a name, or topics/ID");
  AddRepeatable(command, "--holder", holders_, "Of somebody: a name, or speakers/ID");
  command.add_option("--held", held_, "Which may have been held on a date or in an interval: 2007-11, 2007..2009");
  command.add_flag("--ascribed", ascribed_, "Also what others ascribe to the holders");
}

void StanceFilterOptions::AddListOptions(CLI::App& command) {
  AddRepeatable(command, "--position", positions_, "For one: asserts, denies ...")->check(EnumCheck<pb::Position>());
  AddRepeatable(command, "--quote", quotes_, "With this evidence: quotes/ID");
}

pb::StanceFilter StanceFilterOptions::Resolve(Context& context) const {
  pb::StanceFilter filter;
  if (!held_.empty()) *filter.mutable_held() = TypedInterval(context, "--held", held_);
  for (const auto& claim : claims_) filter.add_claims(FindClaim(context, claim));
  for (const auto& topic : topics_) filter.add_topics(FindTopic(context, topic));
  for (const auto& holder : holders_) filter.add_holders(FindSpeaker(context, holder));
  for (const auto& position : positions_) filter.add_positions(ValueOf<pb::Position>(position));
  for (const auto& quote : quotes_) filter.add_quotes(QuoteName(quote));
  filter.set_include_ascribed(ascribed_);
  return filter;
}

}  // namespace onrecord::cli
