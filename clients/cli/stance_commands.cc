// stance: set, list, show, remove, history. The positions that quotes are evidence of.
#include <iostream>
#include <memory>

#include "clients/cli/as_of.h"
#include "clients/cli/commands.h"
#include "clients/cli/enums.h"
#include "clients/cli/lookup.h"
#include "clients/cli/name_commands.h"
#include "clients/cli/options.h"
#include "clients/cli/stance_view.h"
#include "clients/cli/table.h"

namespace onrecord::cli {
namespace {

struct StanceFlags {
  std::string name;  // quotes/ID/stances/ID
  std::string quote, claim, position;
  std::string holder, ascribed_by, strength, valid, note, reason, etag;
};

struct StanceList {
  StanceFilterOptions filter;
  bool suspended = false;
  bool oldest_first = false;
  int limit = 50;
};

template <typename Response>
void PrintStanceResponse(const Context& context, const Response& response) {
  std::cout << (context.json ? ToJson(response) : StanceInFull(response.stance(), TerminalWidth(), context.UseColor()));
}

void RunSet(Context& context, const StanceFlags& flags) {
  pb::SetStanceRequest request;
  pb::Stance& stance = *request.mutable_stance();
  stance.set_position(ValueOf<pb::Position>(flags.position));
  stance.set_strength(ValueOf<pb::Strength>(flags.strength));
  if (!flags.valid.empty()) *stance.mutable_valid() = TypedDate(context, "--valid", flags.valid);
  stance.set_quote(QuoteName(flags.quote));
  stance.set_claim(FindClaim(context, flags.claim));
  if (!flags.holder.empty()) stance.set_holder(FindSpeaker(context, flags.holder));
  if (!flags.ascribed_by.empty()) stance.set_ascribed_by(FindSpeakerOrOutlet(context, flags.ascribed_by));
  stance.set_note(flags.note);
  stance.set_etag(flags.etag);
  request.set_reason(flags.reason);
  PrintStanceResponse(context, Change(context, context.Claims(), &pb::ClaimService::Stub::SetStance, request));
}

void RunListStances(Context& context, const StanceList& list) {
  pb::ListStancesRequest request;
  *request.mutable_filter() = list.filter.Resolve(context);
  request.set_include_suspended(list.suspended);
  request.set_oldest_first(list.oldest_first);
  const auto response = ListAll(context, context.Claims(), &pb::ClaimService::Stub::ListStances, request, list.limit,
                                [](auto& page) { return page.mutable_stances(); });
  if (context.json) {
    std::cout << ToJson(response);
    return;
  }
  if (response.stances().empty()) std::cerr << "No stances match.\n";
  std::cout << StanceRows(response.stances(), TerminalWidth(), context.UseColor());
  TellOfMore(response.next_page_token());
}

void RunShowStance(Context& context, const StanceFlags& flags) {
  pb::GetStanceRequest request;
  request.set_name(StanceName(flags.name));
  PrintStanceResponse(context, Read(context, context.Claims(), &pb::ClaimService::Stub::GetStance, request));
}

void RunRemove(Context& context, const StanceFlags& flags) {
  pb::RemoveStanceRequest request;
  request.set_name(StanceName(flags.name));
  request.set_reason(flags.reason);
  request.set_etag(flags.etag);
  const auto response = Change(context, context.Claims(), &pb::ClaimService::Stub::RemoveStance, request);
  if (context.json) {
    std::cout << ToJson(response);
  } else {
    std::cout << "Removed, and kept in the history:\n"
              << StanceInFull(response.stance(), TerminalWidth(), context.UseColor());
  }
}

void RunHistory(Context& context, const StanceFlags& flags) {
  pb::ListStanceRevisionsRequest request;
  request.set_name(StanceName(flags.name));
  const auto response = ListAll(context, context.Claims(), &pb::ClaimService::Stub::ListStanceRevisions, request, 0,
                                [](auto& page) { return page.mutable_revisions(); });
  std::cout << (context.json ? ToJson(response)
                             : StanceHistory(response.revisions(), TerminalWidth(), context.UseColor()));
}

void AddSet(CLI::App& stance, Context& context, const std::shared_ptr<StanceFlags>& flags) {
  CLI::App* set = stance.add_subcommand("set", "Record or change a position; what is not given is emptied");
  set->add_option("QUOTE", flags->quote, "The evidence: quotes/ID")->required();
  set->add_option("CLAIM", flags->claim, "A wording or its beginning, or claims/ID")->required();
  set->add_option("POSITION", flags->position, "What the words say about the claim")
      ->required()
      ->check(EnumCheck<pb::Position>());
  set->add_option("--holder", flags->holder, "Whose position; the quote's own source unless given");
  set->add_option("--ascribed-by", flags->ascribed_by,
                  "Who ascribes it to the holder, where not the quote's source: a name, speakers/ID or outlets/ID");
  set->add_option("--strength", flags->strength, "How firmly; plain unless given")->check(EnumCheck<pb::Strength>());
  set->add_option("--valid", flags->valid, "When it was held, where not when the words were said");
  set->add_option("--note", flags->note, "A remark");
  set->add_option("--reason", flags->reason, "Why, for the history");
  set->add_option("--etag", flags->etag, "Refuse when somebody changed it since this etag was read");
  AddExample(*set, "onrecord stance set quotes/ID \"Kosovo is independent\" denies --strength strong");
  set->callback([&context, flags] { RunSet(context, *flags); });
}

void AddStanceList(CLI::App& stance, Context& context) {
  CLI::App* list = stance.add_subcommand("list", "List the stances that match a filter, the latest first");
  auto options = std::make_shared<StanceList>();
  options->filter.AddTo(*list);
  options->filter.AddListOptions(*list);
  list->add_flag("--suspended", options->suspended, "Also those whose quote does not stand");
  list->add_flag("--oldest", options->oldest_first, "The earliest first");
  AddLimit(*list, options->limit);
  AddAsOf(*list, context);
  AddExample(*list, "onrecord stance list --holder \"Richard Holbrooke\" --held 1999..2008 --ascribed");
  list->callback([&context, options] { RunListStances(context, *options); });
}

}  // namespace

void AddStanceCommands(CLI::App& app, Context& context) {
  CLI::App* stance = app.add_subcommand("stance", "Set, list, show and remove positions on claims");
  stance->require_subcommand(1);
  auto flags = std::make_shared<StanceFlags>();
  AddSet(*stance, context, flags);
  AddStanceList(*stance, context);

  constexpr const char* kName = "quotes/ID/stances/ID, as lists show it";
  CLI::App* show = stance->add_subcommand("show", "Show one stance");
  show->add_option("STANCE", flags->name, kName)->required();
  AddAsOf(*show, context);
  show->callback([&context, flags] { RunShowStance(context, *flags); });

  CLI::App* remove = stance->add_subcommand("remove", "Take a stance back; it stays in the history");
  remove->add_option("STANCE", flags->name, kName)->required();
  remove->add_option("--reason", flags->reason, "Why, for the history")->required();
  remove->add_option("--etag", flags->etag, "Refuse when somebody changed it since this etag was read");
  AddExample(*remove, "onrecord stance remove quotes/ID/stances/kosovo-is-independent --reason \"misread\"");
  remove->callback([&context, flags] { RunRemove(context, *flags); });

  CLI::App* history = stance->add_subcommand("history", "Show every state that a stance has had");
  history->add_option("STANCE", flags->name, kName)->required();
  history->callback([&context, flags] { RunHistory(context, *flags); });
}

}  // namespace onrecord::cli
