// outlets: list, show, add, edit.
#include <iostream>
#include <memory>

#include "clients/cli/as_of.h"
#include "clients/cli/enums.h"
#include "clients/cli/lookup.h"
#include "clients/cli/name_commands.h"
#include "clients/cli/table.h"

namespace onrecord::cli {
namespace {

pb::Outlet OutletFromFlags(const CLI::App& command, const NameFlags& flags, google::protobuf::FieldMask* mask) {
  pb::Outlet outlet;
  outlet.set_display_name(flags.display_name);
  outlet.set_kind(ValueOf<pb::OutletKind>(flags.kind));
  SetAll(flags.aliases, outlet.mutable_aliases());
  SetAll(flags.domains, outlet.mutable_domains());
  outlet.set_country(flags.country);
  outlet.set_note(flags.note);
  const std::pair<const char*, const char*> fields[] = {{"--name", "display_name"}, {"--kind", "kind"},
                                                        {"--alias", "aliases"},     {"--domain", "domains"},
                                                        {"--country", "country"},   {"--note", "note"}};
  for (const auto& [option, field] : fields) {
    if (Given(command, option)) mask->add_paths(field);
  }
  return outlet;
}

void Print(const Context& context, const pb::Outlet& outlet) {
  std::cout << Paint(Clean(outlet.display_name()), kBold, context.UseColor()) << "  " << outlet.name();
  if (outlet.kind() != pb::OUTLET_KIND_UNSPECIFIED) std::cout << "  " << TextOf(outlet.kind());
  std::cout << '\n';
  for (const auto& alias : outlet.aliases()) std::cout << "  alias: " << Clean(alias) << '\n';
  for (const auto& domain : outlet.domains()) std::cout << "  domain: " << Clean(domain) << '\n';
  if (!outlet.country().empty()) std::cout << "  country: " << Clean(outlet.country()) << '\n';
  if (!outlet.note().empty()) std::cout << "  note: " << Clean(outlet.note()) << '\n';
  std::cout << "  etag: " << outlet.etag() << '\n';
}

template <typename Response>
void PrintOutletResponse(const Context& context, const Response& response) {
  if (context.json) {
    std::cout << ToJson(response);
  } else {
    Print(context, response.outlet());
  }
}

void RunListOutlets(Context& context, const NameList& list) {
  pb::ListOutletsRequest request;
  request.set_query(list.query);
  const auto response = ListAll(context, context.Outlets(), &pb::OutletService::Stub::ListOutlets, request, list.limit,
                                [](auto& page) { return page.mutable_outlets(); });
  if (context.json) {
    std::cout << ToJson(response);
    return;
  }
  Table table({{"NAME", 40}, {"KIND"}, {"COUNTRY"}, {"ALSO", 40}, {"OUTLET"}});
  for (const pb::Outlet& outlet : response.outlets()) {
    table.Add({Clean(outlet.display_name()), TextOf(outlet.kind()), Clean(outlet.country()),
               Some({outlet.aliases().begin(), outlet.aliases().end()}), outlet.name()});
  }
  if (table.empty()) {
    std::cerr << "No outlets match.\n";
  } else {
    Print(table, context.UseColor());
  }
  std::cout.flush();
  if (!response.next_page_token().empty()) std::cerr << "There are more; --limit 0 lists all.\n";
}

void RunShowOutlet(Context& context, const NameFlags& flags) {
  pb::GetOutletRequest request;
  request.set_name(FindOutlet(context, flags.target));
  PrintOutletResponse(context, Read(context, context.Outlets(), &pb::OutletService::Stub::GetOutlet, request));
}

void RunAddOutlet(Context& context, const CLI::App& command, const NameFlags& flags) {
  pb::CreateOutletRequest request;
  google::protobuf::FieldMask unused;
  *request.mutable_outlet() = OutletFromFlags(command, flags, &unused);
  request.mutable_outlet()->set_display_name(flags.target);
  request.set_outlet_id(flags.id);
  PrintOutletResponse(context, Change(context, context.Outlets(), &pb::OutletService::Stub::CreateOutlet, request));
}

void RunEditOutlet(Context& context, const CLI::App& command, const NameFlags& flags) {
  pb::UpdateOutletRequest request;
  *request.mutable_outlet() = OutletFromFlags(command, flags, request.mutable_update_mask());
  FinishEdit(context, flags.etag, flags.reason, *request.mutable_outlet(), request);
  request.mutable_outlet()->set_name(FindOutlet(context, flags.target));
  PrintOutletResponse(context, Change(context, context.Outlets(), &pb::OutletService::Stub::UpdateOutlet, request));
}

void AddOutletFlags(CLI::App& command, NameFlags& flags) {
  command.add_option("--kind", flags.kind, "What it is")->check(EnumCheck<pb::OutletKind>());
  AddRepeatable(command, "--alias", flags.aliases, "Another name");
  AddRepeatable(command, "--domain", flags.domains, "A web domain");
  command.add_option("--country", flags.country, "ISO 3166-1 code: FR");
  command.add_option("--note", flags.note, "A remark");
}

}  // namespace

void AddOutletCommands(CLI::App& app, Context& context) {
  CLI::App* outlets = app.add_subcommand("outlets", "List, show, add and edit outlets");
  outlets->require_subcommand(0, 1);
  auto list = std::make_shared<NameList>();
  AddListOptions(*outlets, *list, 50);
  AddAsOf(*outlets, context);
  auto flags = std::make_shared<NameFlags>();
  outlets->callback([&context, outlets, list, flags] {
    if (!outlets->get_subcommands().empty()) return;
    if (!list->query.starts_with("outlets/")) return RunListOutlets(context, *list);
    flags->target = list->query;
    RunShowOutlet(context, *flags);
  });

  CLI::App* show = outlets->add_subcommand("show", "Show one outlet");
  show->add_option("NAME", flags->target, "A name, or outlets/ID")->required();
  AddAsOf(*show, context);
  show->callback([&context, flags] { RunShowOutlet(context, *flags); });

  CLI::App* add = outlets->add_subcommand("add", "Add an outlet");
  add->add_option("NAME", flags->target, "The name for people")->required();
  add->add_option("--id", flags->id, "The id to use; made from the name when not given");
  AddOutletFlags(*add, *flags);
  add->callback([&context, add, flags] { RunAddOutlet(context, *add, *flags); });

  CLI::App* edit = outlets->add_subcommand("edit", "Change an outlet; lists are replaced, \"\" empties them");
  edit->add_option("OUTLET", flags->target, "A name, or outlets/ID")->required();
  AddEditFlags(*edit, *flags);
  AddOutletFlags(*edit, *flags);
  edit->callback([&context, edit, flags] { RunEditOutlet(context, *edit, *flags); });
}

}  // namespace onrecord::cli
