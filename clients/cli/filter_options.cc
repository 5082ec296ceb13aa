#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "clients/cli/commands.h"
#include "clients/cli/enums.h"
#include "clients/cli/lookup.h"
#include "clients/cli/name_commands.h"
#include "clients/cli/options.h"

namespace onrecord::cli {
void FilterOptions::AddTo(CLI::App& command) {
  AddRepeatable(command, "--speaker", speakers_, "Said by: a name, or speakers/ID");
  AddRepeatable(command, "--outlet", outlets_, "Printed by: a name, or outlets/ID");
  AddRepeatable(command, "--topic", topics_, "On a topic or what lies below it: a name, or topics/ID");
  command.add_option("--words", words_, "Holding words: all of them, \"a phrase\", or, -not");
  command.add_option("--said", said_, "Said on a date or in an interval: 2007-11, \"last year\", 2007..2009, ..1999");
  command.add_option("--published", published_, "Printed on a date or in an interval");
  AddRepeatable(command, "--kind", kinds_, "Of a kind")->check(EnumCheck<pb::QuoteKind>());
  AddRepeatable(command, "--polarity", polarities_, "Affirmed unless given")->check(EnumCheck<pb::Polarity>());
  AddRepeatable(command, "--state", states_, "Active unless given")->check(EnumCheck<pb::QuoteState>());
  AddRepeatable(command, "--language", languages_, "In a language: a BCP 47 tag");
  command.add_option("--import", import_, "Brought by an import: imports/ID");
  command.add_flag("--unnamed", unnamed_, "Only quotes of unnamed sources");
  AddRepeatable(command, "--claim", claims_, "Evidence about a claim: a wording or its beginning, or claims/ID");
  AddRepeatable(command, "--position", positions_, "Evidence of a position")->check(EnumCheck<pb::Position>());
  AddRepeatable(command, "--stance-holder", holders_, "Evidence of somebody's position: a name, or speakers/ID");
  command.add_flag("--ascribed", ascribed_, "Also evidence of positions that others ascribe to their holders");
  command.add_flag("--possible", possible_, "Also what may have been said in the interval of --said");
}

pb::QuoteFilter FilterOptions::Resolve(Context& context) const {
  pb::QuoteFilter filter;
  if (!said_.empty()) *filter.mutable_said() = TypedInterval(context, "--said", said_);
  if (!published_.empty()) *filter.mutable_published() = TypedInterval(context, "--published", published_);
  if (possible_ && said_.empty()) context.Fail(kExitUsage, "--possible needs --said.");
  if (possible_) filter.mutable_said()->set_include_possible(true);
  for (const auto& speaker : speakers_) filter.add_speakers(FindSpeaker(context, speaker));
  for (const auto& outlet : outlets_) filter.add_outlets(FindOutlet(context, outlet));
  for (const auto& topic : topics_) filter.add_topics(FindTopic(context, topic));
  for (const auto& kind : kinds_) filter.add_kinds(ValueOf<pb::QuoteKind>(kind));
  for (const auto& polarity : polarities_) filter.add_polarities(ValueOf<pb::Polarity>(polarity));
  for (const auto& state : states_) filter.add_states(ValueOf<pb::QuoteState>(state));
  for (const auto& language : languages_) filter.add_languages(language);
  for (const auto& claim : claims_) filter.add_claims(FindClaim(context, claim));
  for (const auto& position : positions_) filter.add_positions(ValueOf<pb::Position>(position));
  for (const auto& holder : holders_) filter.add_holders(FindSpeaker(context, holder));
  filter.set_include_ascribed(ascribed_);
  filter.set_words(words_);
  filter.set_unnamed(unnamed_);
  if (!import_.empty()) {
    filter.set_import(absl::StrContains(import_, '/') ? import_ : absl::StrCat("imports/", import_));
  }
  return filter;
}

}  // namespace onrecord::cli
