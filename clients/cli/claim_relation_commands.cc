// claims merge, relate, unrelate, relations: how claims stand to each other.
#include <iostream>
#include <memory>

#include "absl/strings/str_cat.h"
#include "clients/cli/as_of.h"
#include "clients/cli/enums.h"
#include "clients/cli/lookup.h"
#include "clients/cli/name_commands.h"
#include "clients/cli/options.h"
#include "clients/cli/table.h"

namespace onrecord::cli {
namespace {

constexpr const char* kClaim = "A wording or its beginning, or claims/ID";

struct RelationFlags {
  std::string claim;
  std::string other;
  std::string kind;
  std::vector<std::string> kinds;
  std::string note, reason, etag;
  int limit = 50;
};

void RunMerge(Context& context, const RelationFlags& flags) {
  pb::MergeClaimsRequest request;
  request.set_claim(FindClaim(context, flags.claim));
  request.set_into(FindClaim(context, flags.other));
  request.set_etag(flags.etag);
  request.set_reason(flags.reason);
  const auto response = Change(context, context.Claims(), &pb::ClaimService::Stub::MergeClaims, request);
  if (context.json) {
    std::cout << ToJson(response);
    return;
  }
  std::cout << request.claim() << " now leads to " << response.claim().name() << "  " << Clean(response.claim().text())
            << '\n';
  if (response.replaced_stance_count() > 0) {
    std::cout << response.replaced_stance_count()
              << " of its stances gave way to stances of the same holder from the same quote.\n";
  }
}

void RunRelate(Context& context, const RelationFlags& flags) {
  pb::RelateClaimsRequest request;
  pb::ClaimRelation& relation = *request.mutable_relation();
  relation.set_claim(FindClaim(context, flags.claim));
  relation.set_kind(ValueOf<pb::ClaimRelationKind>(flags.kind));
  relation.set_other(FindClaim(context, flags.other));
  relation.set_note(flags.note);
  const auto response = Change(context, context.Claims(), &pb::ClaimService::Stub::RelateClaims, request);
  if (context.json) {
    std::cout << ToJson(response);
  } else {
    std::cout << response.relation().claim() << "  " << WordsOf(response.relation().kind()) << "  "
              << response.relation().other() << '\n';
  }
}

void RunUnrelate(Context& context, const RelationFlags& flags) {
  pb::UnrelateClaimsRequest request;
  request.set_claim(FindClaim(context, flags.claim));
  request.set_kind(ValueOf<pb::ClaimRelationKind>(flags.kind));
  request.set_other(FindClaim(context, flags.other));
  request.set_reason(flags.reason);
  const auto response = Change(context, context.Claims(), &pb::ClaimService::Stub::UnrelateClaims, request);
  if (context.json) {
    std::cout << ToJson(response);
  } else {
    std::cout << request.claim() << "  no longer " << WordsOf(request.kind()) << "  " << request.other() << '\n';
  }
}

void RunRelations(Context& context, const RelationFlags& flags) {
  pb::ListClaimRelationsRequest request;
  request.set_claim(FindClaim(context, flags.claim));
  for (const auto& kind : flags.kinds) request.add_kinds(ValueOf<pb::ClaimRelationKind>(kind));
  const auto response = ListAll(context, context.Claims(), &pb::ClaimService::Stub::ListClaimRelations, request,
                                flags.limit, [](auto& page) { return page.mutable_relations(); });
  if (context.json) {
    std::cout << ToJson(response);
    return;
  }
  Table table({{"CLAIM", 40}, {"RELATION"}, {"OTHER", 40}, {"NOTE", 30}, {"BY", 16}, {"NAMES"}});
  for (const pb::ClaimRelation& relation : response.relations()) {
    table.Add({Clean(relation.claim_text()), WordsOf(relation.kind()), Clean(relation.other_text()),
               Clean(relation.note()), Clean(relation.author()),
               absl::StrCat(relation.claim(), " ", relation.other())});
  }
  if (table.empty()) {
    std::cerr << request.claim() << " has no relations.\n";
  } else {
    Print(table, context.UseColor());
  }
  TellOfMore(response.next_page_token());
}

// CLAIM KIND OTHER.
CLI::App* AddPair(CLI::App& claims, const std::string& name, const std::string& what, RelationFlags& flags) {
  CLI::App* command = claims.add_subcommand(name, what);
  command->add_option("CLAIM", flags.claim, kClaim)->required();
  command->add_option("KIND", flags.kind, "How it relates to OTHER")
      ->required()
      ->check(EnumCheck<pb::ClaimRelationKind>());
  command->add_option("OTHER", flags.other, kClaim)->required();
  return command;
}

}  // namespace

void AddClaimRelationCommands(CLI::App& claims, Context& context) {
  auto flags = std::make_shared<RelationFlags>();
  CLI::App* merge = claims.add_subcommand("merge", "Make two claims one; the first one's name leads to the other");
  merge->add_option("CLAIM", flags->claim, absl::StrCat("The one to give up: ", kClaim))->required();
  merge->add_option("--into", flags->other, absl::StrCat("The one to keep: ", kClaim))->required();
  merge->add_option("--reason", flags->reason, "Why, for the history")->required();
  merge->add_option("--etag", flags->etag, "Refuse when somebody changed CLAIM since this etag was read");
  AddExample(*merge,
             "onrecord claims merge claims/kosovo-is-free --into claims/kosovo-is-independent --reason \"same\"");
  merge->callback([&context, flags] { RunMerge(context, *flags); });

  CLI::App* relate = AddPair(claims, "relate", "Record how two claims relate", *flags);
  relate->add_option("--note", flags->note, "A remark");
  AddExample(*relate, "onrecord claims relate \"Kosovo is independent\" negation-of \"Kosovo is part of Serbia\"");
  relate->callback([&context, flags] { RunRelate(context, *flags); });

  CLI::App* unrelate = AddPair(claims, "unrelate", "Take a relation back", *flags);
  unrelate->add_option("--reason", flags->reason, "Why, for the history")->required();
  AddExample(*unrelate, "onrecord claims unrelate claims/a entails claims/b --reason \"does not follow\"");
  unrelate->callback([&context, flags] { RunUnrelate(context, *flags); });

  CLI::App* relations = claims.add_subcommand("relations", "List the relations of a claim");
  relations->add_option("CLAIM", flags->claim, kClaim)->required();
  AddRepeatable(*relations, "--kind", flags->kinds, "Of a kind")->check(EnumCheck<pb::ClaimRelationKind>());
  AddLimit(*relations, flags->limit);
  AddAsOf(*relations, context);
  AddExample(*relations, "onrecord claims relations \"Kosovo is independent\"");
  relations->callback([&context, flags] { RunRelations(context, *flags); });
}

}  // namespace onrecord::cli
