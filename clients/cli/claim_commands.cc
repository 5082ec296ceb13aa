// claims: list, show, add, edit; claim_relation_commands.cc has the rest.
#include <iostream>
#include <memory>

#include "clients/cli/as_of.h"
#include "clients/cli/enums.h"
#include "clients/cli/lookup.h"
#include "clients/cli/name_commands.h"
#include "clients/cli/table.h"

namespace onrecord::cli {
namespace {

pb::Claim ClaimFromFlags(Context& context, const CLI::App& command, const NameFlags& flags,
                         google::protobuf::FieldMask* mask) {
  pb::Claim claim;
  claim.set_text(flags.display_name);
  claim.set_kind(ValueOf<pb::ClaimKind>(flags.kind));
  for (const std::string& topic : flags.topics) {
    if (!topic.empty()) claim.add_topics(FindTopic(context, topic));
  }
  SetAll(flags.aliases, claim.mutable_aliases());
  claim.set_note(flags.note);
  const std::pair<const char*, const char*> fields[] = {
      {"--text", "text"}, {"--kind", "kind"}, {"--topic", "topics"}, {"--alias", "aliases"}, {"--note", "note"}};
  for (const auto& [option, field] : fields) {
    if (Given(command, option)) mask->add_paths(field);
  }
  return claim;
}

void Print(const Context& context, const pb::Claim& claim) {
  std::cout << Paint(Clean(claim.text()), kBold, context.UseColor()) << '\n';
  std::cout << "  " << claim.name() << "  " << TextOf(claim.kind()) << '\n';
  for (const auto& topic : claim.topics()) std::cout << "  topic: " << topic << '\n';
  for (const auto& alias : claim.aliases()) std::cout << "  also: " << Clean(alias) << '\n';
  for (const auto& name : claim.former_names()) std::cout << "  formerly: " << name << '\n';
  if (!claim.note().empty()) std::cout << "  note: " << Clean(claim.note()) << '\n';
  std::cout << "  etag: " << claim.etag() << '\n';
}

template <typename Response>
void PrintClaimResponse(const Context& context, const Response& response) {
  if (context.json) {
    std::cout << ToJson(response);
  } else {
    Print(context, response.claim());
  }
}

void RunListClaims(Context& context, const NameList& list, const std::string& topic) {
  pb::ListClaimsRequest request;
  request.set_query(list.query);
  if (!topic.empty()) request.set_topic(FindTopic(context, topic));
  const auto response = ListAll(context, context.Claims(), &pb::ClaimService::Stub::ListClaims, request, list.limit,
                                [](auto& page) { return page.mutable_claims(); });
  if (context.json) {
    std::cout << ToJson(response);
    return;
  }
  Table table({{"CLAIM", 70}, {"KIND"}, {"TOPICS", 40}, {"NAME"}});
  for (const pb::Claim& claim : response.claims()) {
    table.Add({Clean(claim.text()), TextOf(claim.kind()), Some({claim.topics().begin(), claim.topics().end()}),
               claim.name()});
  }
  if (table.empty()) {
    std::cerr << "No claims match.\n";
  } else {
    Print(table, context.UseColor());
  }
  std::cout.flush();
  if (!response.next_page_token().empty()) std::cerr << "There are more; --limit 0 lists all.\n";
}

void RunShowClaim(Context& context, const NameFlags& flags) {
  pb::GetClaimRequest request;
  request.set_name(FindClaim(context, flags.target));
  PrintClaimResponse(context, Read(context, context.Claims(), &pb::ClaimService::Stub::GetClaim, request));
}

void RunAddClaim(Context& context, const CLI::App& command, const NameFlags& flags) {
  pb::CreateClaimRequest request;
  google::protobuf::FieldMask unused;
  *request.mutable_claim() = ClaimFromFlags(context, command, flags, &unused);
  request.mutable_claim()->set_text(flags.target);
  request.set_claim_id(flags.id);
  PrintClaimResponse(context, Change(context, context.Claims(), &pb::ClaimService::Stub::CreateClaim, request));
}

void RunEditClaim(Context& context, const CLI::App& command, const NameFlags& flags) {
  pb::UpdateClaimRequest request;
  *request.mutable_claim() = ClaimFromFlags(context, command, flags, request.mutable_update_mask());
  FinishEdit(context, flags.etag, flags.reason, *request.mutable_claim(), request);
  request.mutable_claim()->set_name(FindClaim(context, flags.target));
  PrintClaimResponse(context, Change(context, context.Claims(), &pb::ClaimService::Stub::UpdateClaim, request));
}

void AddClaimFlags(CLI::App& command, NameFlags& flags) {
  command.add_option("--kind", flags.kind, "What sort of proposition")->check(EnumCheck<pb::ClaimKind>());
  AddRepeatable(command, "--topic", flags.topics, "What it is about: a name, or topics/ID");
  AddRepeatable(command, "--alias", flags.aliases, "Another wording with the same truth conditions");
  command.add_option("--note", flags.note, "A remark");
}

}  // namespace

void AddClaimCommands(CLI::App& app, Context& context) {
  CLI::App* claims = app.add_subcommand("claims", "List, show, add, edit, merge and relate claims");
  claims->require_subcommand(0, 1);
  auto list = std::make_shared<NameList>();
  auto topic = std::make_shared<std::string>();
  AddListOptions(*claims, *list, 50);
  claims->add_option("--topic", *topic, "Only those about this topic or one below it");
  AddAsOf(*claims, context);
  auto flags = std::make_shared<NameFlags>();
  claims->callback([&context, claims, list, topic, flags] {
    if (!claims->get_subcommands().empty()) return;
    if (!list->query.starts_with("claims/")) return RunListClaims(context, *list, *topic);
    flags->target = list->query;
    RunShowClaim(context, *flags);
  });

  CLI::App* show = claims->add_subcommand("show", "Show one claim");
  show->add_option("CLAIM", flags->target, "A wording or its beginning, or claims/ID")->required();
  AddAsOf(*show, context);
  show->callback([&context, flags] { RunShowClaim(context, *flags); });

  CLI::App* add = claims->add_subcommand("add", "Add a claim");
  add->add_option("TEXT", flags->target, "The proposition as a sentence")->required();
  add->add_option("--id", flags->id, "The id to use; made from the text when not given");
  AddClaimFlags(*add, *flags);
  add->callback([&context, add, flags] { RunAddClaim(context, *add, *flags); });

  CLI::App* edit = claims->add_subcommand("edit", "Change a claim; lists are replaced, \"\" empties them");
  edit->add_option("CLAIM", flags->target, "A wording or its beginning, or claims/ID")->required();
  AddEditFlags(*edit, *flags, "--text", "The proposition");
  AddClaimFlags(*edit, *flags);
  edit->callback([&context, edit, flags] { RunEditClaim(context, *edit, *flags); });
  AddClaimRelationCommands(*claims, context);
}

}  // namespace onrecord::cli
