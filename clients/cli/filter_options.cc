#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "clients/cli/commands.h"
#include "clients/cli/dates.h"
#include "clients/cli/enums.h"
#include "clients/cli/lookup.h"

namespace onrecord::cli {
namespace {

// Given several times, each with one value: a positional argument after it is not swallowed.
CLI::Option* Repeatable(CLI::App& command, const std::string& name, std::vector<std::string>& values,
                        const std::string& what) {
  return command.add_option(name, values, what + " (repeatable)")->allow_extra_args(false);
}

pb::DateInterval Interval(const Context& context, const std::string& option, const std::string& text) {
  const auto interval = ParseInterval(text, LocalToday());
  if (!interval.ok()) context.Fail(kExitUsage, absl::StrCat(option, ": ", interval.status().message()));
  return *interval;
}

}  // namespace

void FilterOptions::AddTo(CLI::App& command) {
  Repeatable(command, "--speaker", speakers_, "Said by: a name, or speakers/ID");
  Repeatable(command, "--outlet", outlets_, "Printed by: a name, or outlets/ID");
  Repeatable(command, "--topic", topics_, "On a topic or what lies below it: a name, or topics/ID");
  command.add_option("--words", words_, "Holding words: all of them, \"a phrase\", or, -not");
  command.add_option("--said", said_, "Said on a date or in an interval: 2007-11, \"last year\", 2007..2009, ..1999");
  command.add_option("--published", published_, "Printed on a date or in an interval");
  Repeatable(command, "--kind", kinds_, "Of a kind")->check(EnumCheck<pb::QuoteKind>());
  Repeatable(command, "--polarity", polarities_, "Affirmed unless given")->check(EnumCheck<pb::Polarity>());
  Repeatable(command, "--state", states_, "Active unless given")->check(EnumCheck<pb::QuoteState>());
  Repeatable(command, "--language", languages_, "In a language: a BCP 47 tag");
  command.add_option("--import", import_, "Brought by an import: imports/ID");
  command.add_flag("--unnamed", unnamed_, "Only quotes of unnamed sources");
  command.add_flag("--possible", possible_, "Also what may have been said in the interval of --said");
}

pb::QuoteFilter FilterOptions::Resolve(Context& context) const {
  pb::QuoteFilter filter;
  if (!said_.empty()) *filter.mutable_said() = Interval(context, "--said", said_);
  if (!published_.empty()) *filter.mutable_published() = Interval(context, "--published", published_);
  if (possible_ && said_.empty()) context.Fail(kExitUsage, "--possible needs --said.");
  if (possible_) filter.mutable_said()->set_include_possible(true);
  for (const auto& speaker : speakers_) filter.add_speakers(FindSpeaker(context, speaker));
  for (const auto& outlet : outlets_) filter.add_outlets(FindOutlet(context, outlet));
  for (const auto& topic : topics_) filter.add_topics(FindTopic(context, topic));
  for (const auto& kind : kinds_) filter.add_kinds(ValueOf<pb::QuoteKind>(kind));
  for (const auto& polarity : polarities_) filter.add_polarities(ValueOf<pb::Polarity>(polarity));
  for (const auto& state : states_) filter.add_states(ValueOf<pb::QuoteState>(state));
  for (const auto& language : languages_) filter.add_languages(language);
  filter.set_words(words_);
  filter.set_unnamed(unnamed_);
  if (!import_.empty()) {
    filter.set_import(absl::StrContains(import_, '/') ? import_ : absl::StrCat("imports/", import_));
  }
  return filter;
}

}  // namespace onrecord::cli
