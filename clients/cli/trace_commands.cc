// trace, group: the way of words through print, and which quotes are wordings of one utterance.
#include <algorithm>
#include <iostream>
#include <memory>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "clients/cli/as_of.h"
#include "clients/cli/commands.h"
#include "clients/cli/enums.h"
#include "clients/cli/lookup.h"
#include "clients/cli/name_commands.h"
#include "clients/cli/options.h"
#include "clients/cli/table.h"
#include "clients/cli/trace_view.h"

namespace onrecord::cli {
namespace {

struct GroupFlags {
  std::string quote;
  std::string other;
  std::string speaker;
  std::string relation;
  std::string reason;
  std::vector<std::string> states;
  int limit = 50;
  bool dot = false;
};

// utterances/ID as it is, else a quote.
std::string UtteranceName(const std::string& typed) {
  return absl::StartsWith(typed, "utterances/") ? typed : QuoteName(typed);
}

void RunTrace(Context& context, const GroupFlags& flags) {
  if (flags.dot && context.json) context.Fail(kExitUsage, "Give either --dot or --json.");
  pb::TraceQuoteRequest request;
  request.set_name(UtteranceName(flags.quote));
  const auto response = Read(context, context.Utterances(), &pb::UtteranceService::Stub::TraceQuote, request);
  if (context.json) {
    std::cout << ToJson(response);
  } else if (flags.dot) {
    std::cout << TraceAsDot(response);
  } else {
    std::cout << TraceInFull(response, TerminalWidth(), context.UseColor());
  }
}

void RunShowGroup(Context& context, const GroupFlags& flags) {
  pb::GetUtteranceRequest request;
  request.set_name(UtteranceName(flags.quote));
  const auto response = Read(context, context.Utterances(), &pb::UtteranceService::Stub::GetUtterance, request);
  if (context.json) {
    std::cout << ToJson(response);
    return;
  }
  std::cout << Paint(response.utterance().name(), kBold, context.UseColor()) << '\n'
            << UtteranceInFull(response.utterance(), TerminalWidth(), context.UseColor());
}

void PrintLink(const Context& context, const pb::QuoteLink& link) {
  const bool color = context.UseColor();
  std::cout << Paint(WordsOf(link.state()), link.state() == pb::QUOTE_LINK_STATE_REJECTED ? kRed : kGreen, color)
            << "  " << WordsOf(link.relation()) << (link.overruled() ? Paint("  overruled", kYellow, color) : "")
            << Paint(absl::StrFormat("  %.0f %% alike, %.0f %% contained", 100 * link.similarity(),
                                     100 * link.containment()),
                     kDim, color)
            << (link.reason().empty() ? "" : absl::StrCat("  ", Clean(link.author()), ": ", Clean(link.reason())))
            << '\n';
  const int width = std::max(20, TerminalWidth() - 43);
  std::cout << "  " << Paint(link.quote(), kDim, color) << "  " << Cut(Clean(link.quote_text()), width) << "\n  "
            << Paint(link.other(), kDim, color) << "  " << Cut(Clean(link.other_text()), width) << '\n';
}

void RunReview(Context& context, const GroupFlags& flags) {
  pb::ListQuoteLinksRequest request;
  if (!flags.quote.empty()) request.set_quote(QuoteName(flags.quote));
  if (!flags.speaker.empty()) request.set_speaker(FindSpeaker(context, flags.speaker));
  for (const auto& state : flags.states) request.add_states(ValueOf<pb::QuoteLinkState>(state));
  const auto response = ListAll(context, context.Utterances(), &pb::UtteranceService::Stub::ListQuoteLinks, request,
                                flags.limit, [](auto& page) { return page.mutable_links(); });
  if (context.json) {
    std::cout << ToJson(response);
    return;
  }
  if (response.links().empty()) std::cerr << "There is nothing to review.\n";
  for (const pb::QuoteLink& link : response.links()) PrintLink(context, link);
  TellOfMore(response.next_page_token());
}

void RunDecide(Context& context, const GroupFlags& flags, pb::QuoteLinkState state) {
  pb::SetQuoteLinkRequest request;
  pb::QuoteLink& link = *request.mutable_link();
  link.set_quote(QuoteName(flags.quote));
  link.set_other(QuoteName(flags.other));
  link.set_state(state);
  link.set_reason(flags.reason);
  if (!flags.relation.empty()) link.set_relation(ValueOf<pb::WordingRelation>(flags.relation));
  const auto response = Change(context, context.Utterances(), &pb::UtteranceService::Stub::SetQuoteLink, request);
  if (context.json) {
    std::cout << ToJson(response);
  } else {
    PrintLink(context, response.link());
  }
}

CLI::App* AddDecision(CLI::App& group, const char* name, const char* what, const std::shared_ptr<GroupFlags>& flags) {
  CLI::App* command = group.add_subcommand(name, what);
  command->add_option("A", flags->quote, "quotes/ID")->required();
  command->add_option("B", flags->other, "quotes/ID")->required();
  command->add_option("--reason", flags->reason, "Why, for those who come after");
  return command;
}

}  // namespace

void AddTraceCommands(CLI::App& app, Context& context) {
  auto flags = std::make_shared<GroupFlags>();
  CLI::App* trace =
      app.add_subcommand("trace", "Follow words through print: who had them first, from whom, and changed");
  trace->add_option("QUOTE", flags->quote, "quotes/ID or utterances/ID")->required();
  trace->add_flag("--dot", flags->dot, "Print the graph for Graphviz");
  AddAsOf(*trace, context);
  AddExample(*trace, "onrecord trace quotes/ID --dot | dot -Tsvg >trace.svg");
  trace->callback([&context, flags] { RunTrace(context, *flags); });

  CLI::App* group = app.add_subcommand("group", "See and decide which quotes are wordings of one utterance");
  group->require_subcommand(1);
  CLI::App* show = group->add_subcommand("show", "Show the utterance of a quote with all its wordings");
  show->add_option("QUOTE", flags->quote, "quotes/ID or utterances/ID")->required();
  AddAsOf(*show, context);
  AddExample(*show, "onrecord group show quotes/ID");
  show->callback([&context, flags] { RunShowGroup(context, *flags); });

  CLI::App* review = group->add_subcommand("review", "List what the matcher suggests, the least certain first");
  review->add_option("--quote", flags->quote, "Links of a quote: quotes/ID");
  review->add_option("--speaker", flags->speaker, "Of somebody: a name, or speakers/ID");
  AddRepeatable(*review, "--state", flags->states, "In a state; suggested unless given")
      ->check(EnumCheck<pb::QuoteLinkState>());
  AddLimit(*review, flags->limit);
  AddAsOf(*review, context);
  AddExample(*review, "onrecord group review --speaker \"Kai Eide\"");
  review->callback([&context, flags] { RunReview(context, *flags); });

  CLI::App* confirm = AddDecision(*group, "confirm", "Two quotes are wordings of one utterance", flags);
  AddExample(*confirm, "onrecord group confirm quotes/A quotes/B");
  confirm->callback([&context, flags] { RunDecide(context, *flags, pb::QUOTE_LINK_STATE_CONFIRMED); });
  CLI::App* reject = AddDecision(*group, "reject", "Two quotes are not, and never come together again", flags);
  AddExample(*reject, "onrecord group reject quotes/A quotes/B --reason \"two interviews\"");
  reject->callback([&context, flags] { RunDecide(context, *flags, pb::QUOTE_LINK_STATE_REJECTED); });
  CLI::App* link = AddDecision(*group, "link", "A is a translation or paraphrase of B", flags);
  link->add_option("--relation", flags->relation, "How A relates to B")
      ->required()
      ->check(CLI::IsMember({"translation", "paraphrase"}));
  AddExample(*link, "onrecord group link quotes/A quotes/B --relation translation");
  link->callback([&context, flags] { RunDecide(context, *flags, pb::QUOTE_LINK_STATE_CONFIRMED); });
}

}  // namespace onrecord::cli
