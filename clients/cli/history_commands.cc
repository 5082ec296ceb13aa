// stances, reversals, contradictions, firsts, compare, change: questions across time.
#include <iostream>
#include <memory>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "clients/cli/as_of.h"
#include "clients/cli/commands.h"
#include "clients/cli/dates.h"
#include "clients/cli/enums.h"
#include "clients/cli/lane_chart.h"
#include "clients/cli/lookup.h"
#include "clients/cli/name_commands.h"
#include "clients/cli/options.h"
#include "clients/cli/quote_view.h"
#include "clients/cli/stance_view.h"
#include "clients/cli/table.h"

namespace onrecord::cli {
namespace {

constexpr const char* kClaimOrTopic = "A claim or a topic: a wording, a name or its beginning, claims/ID or topics/ID";
constexpr const char* kNoLabel = "none";

struct HistoryOptions {
  std::string target;
  std::vector<std::string> holders;
  bool ascribed = false;
  int limit = 50;
};

struct ChangeOptions {
  StanceFilterOptions filter;
  bool dismissed = false;
  bool between = false;
  int window_days = 0;
  int limit = 50;
};

struct FirstsOptions {
  std::string claim;
  std::string words;
  std::vector<std::string> positions;
  bool ascribed = false;
};

struct CompareOptions {
  std::string target;
  std::string published;
  bool ascribed = false;
  bool quotes = false;
  int max_outlets = 20;
};

struct LabelOptions {
  std::string before;
  std::string after;
  std::string label;
  std::string note;
};

// Into `claim` or `topic` of a request that asks for one of the two.
template <typename Request>
void SetTarget(Context& context, const std::string& typed, Request* request) {
  const std::string name = FindClaimOrTopic(context, typed);
  if (absl::StartsWith(name, "topics/")) {
    request->set_topic(name);
  } else {
    request->set_claim(name);
  }
}

void RunStances(Context& context, const HistoryOptions& options) {
  pb::GetStanceHistoryRequest request;
  SetTarget(context, options.target, &request);
  for (const auto& holder : options.holders) request.add_holders(FindSpeaker(context, holder));
  request.set_include_ascribed(options.ascribed);
  const auto response = ListAll(context, context.Timeline(), &pb::TimelineService::Stub::GetStanceHistory, request,
                                options.limit, [](auto& page) { return page.mutable_lanes(); });
  if (context.json) {
    std::cout << ToJson(response);
  } else if (response.lanes().empty()) {
    std::cerr << "Nobody has taken a position on " << options.target << "."
              << (options.ascribed ? "\n" : " --ascribed also shows what others ascribe.\n");
  } else {
    std::cout << DrawLanes(response.lanes(), TerminalWidth(), context.UseColor());
    TellOfMore(response.next_page_token());
  }
}

void RunReversals(Context& context, const ChangeOptions& options) {
  pb::ListReversalsRequest request;
  *request.mutable_filter() = options.filter.Resolve(context);
  request.set_include_dismissed(options.dismissed);
  const auto response = ListAll(context, context.Timeline(), &pb::TimelineService::Stub::ListReversals, request,
                                options.limit, [](auto& page) { return page.mutable_reversals(); });
  if (context.json) {
    std::cout << ToJson(response);
    return;
  }
  if (response.reversals().empty()) std::cerr << "No reversals match.\n";
  const bool color = context.UseColor();
  for (const pb::Reversal& reversal : response.reversals()) {
    std::cout << Paint(HolderOf(reversal), kBold, color) << "  " << Clean(reversal.claim_text()) << "  ("
              << reversal.claim() << ")\n"
              << ChangeInFull(reversal.change(), reversal.claim(), "  ", TerminalWidth(), color);
  }
  TellOfMore(response.next_page_token());
}

void RunContradictions(Context& context, const ChangeOptions& options) {
  pb::ListContradictionsRequest request;
  *request.mutable_filter() = options.filter.Resolve(context);
  request.set_between_holders(options.between);
  request.set_window_days(options.window_days);
  const auto response = ListAll(context, context.Timeline(), &pb::TimelineService::Stub::ListContradictions, request,
                                options.limit, [](auto& page) { return page.mutable_contradictions(); });
  if (context.json) {
    std::cout << ToJson(response);
    return;
  }
  if (response.contradictions().empty()) std::cerr << "No contradictions match.\n";
  const bool color = context.UseColor();
  for (const pb::Contradiction& contradiction : response.contradictions()) {
    std::cout << Paint(Clean(contradiction.claim_text()), kBold, color) << "  (" << contradiction.claim() << ")\n";
    if (options.window_days > 0 && !contradiction.certain()) {
      std::cout << "  by what is known of the dates they may lie more than " << options.window_days << " days apart\n";
    }
    for (const auto& [lead, side] :
         {std::pair("  for     ", &contradiction.in_favor()), std::pair("  against ", &contradiction.against())}) {
      std::cout << PointInFull(side->point(), contradiction.claim(), lead, TerminalWidth(), color, HolderOf(*side));
    }
  }
  TellOfMore(response.next_page_token());
}

void RunFirsts(Context& context, const FirstsOptions& options) {
  if (options.claim.empty() == options.words.empty()) {
    context.Fail(kExitUsage, "Give either a CLAIM or --words.");
  }
  pb::GetFirstsRequest request;
  if (!options.claim.empty()) request.set_claim(FindClaim(context, options.claim));
  request.set_words(options.words);
  for (const auto& position : options.positions) request.add_positions(ValueOf<pb::Position>(position));
  request.set_include_ascribed(options.ascribed);
  const auto response = Read(context, context.Timeline(), &pb::TimelineService::Stub::GetFirsts, request);
  if (context.json) {
    std::cout << ToJson(response);
    return;
  }
  if (response.stances().empty() && response.quotes().empty()) {
    std::cerr << "Nobody said so.\n";
    return;
  }
  std::cout << Paint(response.certain() ? "First:" : "By the dates that are known, each of these may be the first:",
                     kBold, context.UseColor())
            << '\n'
            << StanceRows(response.stances(), TerminalWidth(), context.UseColor());
  if (!response.quotes().empty()) {
    std::cout << QuoteRows(response.quotes(), TerminalWidth(), /*with_header=*/true, context.UseColor());
  }
  std::cout.flush();
  if (response.more()) std::cerr << "There are more that may be the first.\n";
}

Table AccountsOf(const pb::CompareOutletsResponse& response, bool by_claim) {
  std::vector<Column> columns = {{"OUTLET", 28},       {"FIRST PRINTED"},    {"QUOTES", 0, true},
                                 {"DIRECT", 0, true},  {"PARTIAL", 0, true}, {"INDIRECT", 0, true},
                                 {"ALTERED", 0, true}, {"RELAYED", 0, true}};
  if (by_claim) columns.insert(columns.end(), {{"FOR", 0, true}, {"AGAINST", 0, true}});
  Table table(columns);
  for (const pb::OutletAccount& account : response.outlets()) {
    std::vector<std::string> cells = {account.outlet().empty()                ? "(outlet not known)"
                                      : account.outlet_display_name().empty() ? account.outlet()
                                                                              : Clean(account.outlet_display_name()),
                                      FormatUncertain(account.first_published())};
    for (const std::int64_t count : {account.quote_count(), account.direct_count(), account.partial_count(),
                                     account.indirect_count(), account.altered_count(), account.relayed_count()}) {
      cells.push_back(absl::StrCat(count));
    }
    if (by_claim) {
      cells.push_back(absl::StrCat(account.for_count()));
      cells.push_back(absl::StrCat(account.against_count()));
    }
    table.Add(std::move(cells));
  }
  return table;
}

void RunCompare(Context& context, const CompareOptions& options) {
  pb::CompareOutletsRequest request;
  SetTarget(context, options.target, &request);
  if (!options.published.empty()) {
    *request.mutable_published() = TypedInterval(context, "--published", options.published);
  }
  request.set_include_ascribed(options.ascribed);
  request.set_max_outlets(options.max_outlets);
  const auto response = Read(context, context.Timeline(), &pb::TimelineService::Stub::CompareOutlets, request);
  if (context.json) {
    std::cout << ToJson(response);
    return;
  }
  if (response.outlets().empty()) {
    std::cerr << "No outlet printed anything about " << options.target << ".\n";
    return;
  }
  const bool color = context.UseColor();
  Print(AccountsOf(response, !request.claim().empty()), color);
  std::cout << response.quote_count() << (response.quote_count() == 1 ? " quote" : " quotes") << " in all\n";
  for (const pb::OutletAccount& account : response.outlets()) {
    if (!options.quotes || account.quotes().empty()) continue;
    const std::string& name = account.outlet_display_name();
    std::cout << '\n'
              << Paint(name.empty() ? "(outlet not known)" : Clean(name), kBold, color) << '\n'
              << QuoteRows(account.quotes(), TerminalWidth(), /*with_header=*/false, color);
  }
}

void RunLabel(Context& context, const LabelOptions& options) {
  pb::LabelChangeRequest request;
  request.set_before(StanceName(options.before));
  request.set_after(StanceName(options.after));
  request.set_label(ValueOf<pb::ChangeLabel>(options.label));
  request.set_note(options.note);
  const auto response = Change(context, context.Timeline(), &pb::TimelineService::Stub::LabelChange, request);
  if (context.json) {
    std::cout << ToJson(response);
  } else if (request.label() == pb::CHANGE_LABEL_UNSPECIFIED) {
    std::cout << "The label was taken back.\n";
  } else {
    std::cout << "Labelled " << WordsOf(request.label()) << ".\n";
  }
}

void AddStances(CLI::App& app, Context& context) {
  CLI::App* stances = app.add_subcommand("stances", "Draw who held which position on a claim or a topic over time");
  auto options = std::make_shared<HistoryOptions>();
  stances->add_option("CLAIM_OR_TOPIC", options->target, kClaimOrTopic)->required();
  AddRepeatable(*stances, "--holder", options->holders, "Only of somebody: a name, or speakers/ID");
  stances->add_flag("--ascribed", options->ascribed, "Also what others ascribe to the holders");
  AddLimit(*stances, options->limit);
  AddAsOf(*stances, context);
  AddExample(*stances, "onrecord stances \"Kosovo is independent\" --holder \"Richard Holbrooke\" --ascribed");
  stances->callback([&context, options] { RunStances(context, *options); });
}

void AddReversals(CLI::App& app, Context& context) {
  CLI::App* reversals = app.add_subcommand("reversals", "List the holders who changed sides");
  auto options = std::make_shared<ChangeOptions>();
  options->filter.AddTo(*reversals);
  reversals->add_flag("--dismissed", options->dismissed, "Also changes that an editor sees as no reversals");
  AddLimit(*reversals, options->limit);
  AddAsOf(*reversals, context);
  AddExample(*reversals, "onrecord reversals --topic Taxes --held 2020..");
  reversals->callback([&context, options] { RunReversals(context, *options); });
}

void AddContradictions(CLI::App& app, Context& context) {
  CLI::App* contradictions = app.add_subcommand("contradictions", "List positions that cannot both be right");
  auto options = std::make_shared<ChangeOptions>();
  options->filter.AddTo(*contradictions);
  contradictions->add_flag("--between", options->between,
                           "Between holders: the one named against everybody, or those named against each other");
  contradictions->add_option("--window", options->window_days, "At most so many days apart; 0: any time")
      ->type_name("DAYS")
      ->check(CLI::NonNegativeNumber);
  AddLimit(*contradictions, options->limit);
  AddAsOf(*contradictions, context);
  AddExample(*contradictions, "onrecord contradictions --between --holder Putin --holder Medvedev --window 30");
  contradictions->callback([&context, options] { RunContradictions(context, *options); });
}

void AddFirsts(CLI::App& app, Context& context) {
  CLI::App* firsts = app.add_subcommand("firsts", "Say who said it first, as far as the dates tell");
  auto options = std::make_shared<FirstsOptions>();
  firsts->add_option("CLAIM", options->claim, "A wording or its beginning, or claims/ID");
  firsts->add_option("--words", options->words, "Words in place of a claim: all of them, \"a phrase\", or, -not");
  AddRepeatable(*firsts, "--position", options->positions, "Positions that count; for it unless given")
      ->check(EnumCheck<pb::Position>());
  firsts->add_flag("--ascribed", options->ascribed, "Also what others ascribe to the holders");
  AddAsOf(*firsts, context);
  AddExample(*firsts, "onrecord firsts --words '\"axis of evil\"'");
  firsts->callback([&context, options] { RunFirsts(context, *options); });
}

void AddCompare(CLI::App& app, Context& context) {
  CLI::App* compare = app.add_subcommand("compare", "Compare what outlets printed about a claim or a topic");
  auto options = std::make_shared<CompareOptions>();
  compare->add_option("CLAIM_OR_TOPIC", options->target, kClaimOrTopic)->required();
  compare->add_option("--published", options->published, "Printed on a date or in an interval");
  compare->add_flag("--ascribed", options->ascribed, "Also quotes of which only an ascribed stance is about the claim");
  compare->add_flag("--quotes", options->quotes, "Also the newest quotes of each outlet");
  compare->add_option("--max-outlets", options->max_outlets, "Those with the most quotes")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  AddAsOf(*compare, context);
  AddExample(*compare, "onrecord compare \"Kosovo status\" --published 2007..2008 --quotes");
  compare->callback([&context, options] { RunCompare(context, *options); });
}

void AddChange(CLI::App& app, Context& context) {
  CLI::App* change = app.add_subcommand("change", "Say how changes of position are to be seen");
  change->require_subcommand(1);
  CLI::App* label = change->add_subcommand("label", "Label a change; the label wins over what is computed");
  auto options = std::make_shared<LabelOptions>();
  std::vector<std::string> labels = EnumChoices(*pb::ChangeLabel_descriptor());
  labels.emplace_back(kNoLabel);
  label->add_option("BEFORE", options->before, "The position before: quotes/ID/stances/ID")->required();
  label->add_option("AFTER", options->after, "The position after: quotes/ID/stances/ID")->required();
  label->add_option("LABEL", options->label, "How it is to be seen; none takes a label back")
      ->required()
      ->check(CLI::IsMember(labels, CLI::ignore_case));
  label->add_option("--note", options->note, "A remark");
  AddExample(*label, "onrecord change label quotes/A/stances/war quotes/B/stances/war context-changed --note \"...\"");
  label->callback([&context, options] { RunLabel(context, *options); });
}

}  // namespace

void AddHistoryCommands(CLI::App& app, Context& context) {
  AddStances(app, context);
  AddReversals(app, context);
  AddContradictions(app, context);
  AddFirsts(app, context);
  AddCompare(app, context);
  AddChange(app, context);
}

}  // namespace onrecord::cli
