// speakers: list, show, add, edit, resolve; merges are in speaker_merge_commands.cc.
#include <iostream>
#include <memory>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "clients/cli/as_of.h"
#include "clients/cli/dates.h"
#include "clients/cli/enums.h"
#include "clients/cli/lookup.h"
#include "clients/cli/name_commands.h"
#include "clients/cli/table.h"

namespace onrecord::cli {
namespace {

// "what@2007..2008": what, and since and until when, where given.
template <typename Dated>
std::string SplitDated(const Context& context, const std::string& typed, Dated* dated) {
  const std::size_t at = typed.rfind('@');
  if (at == std::string::npos) return typed;
  const auto interval = ParseInterval(typed.substr(at + 1), LocalToday());
  if (!interval.ok()) context.Fail(kExitUsage, absl::StrCat(typed, ": ", interval.status().message()));
  if (interval->has_from()) *dated->mutable_valid_from() = interval->from();
  if (interval->has_to()) *dated->mutable_valid_to() = interval->to();
  return typed.substr(0, at);
}

template <typename Dated>
std::string Validity(const Dated& dated) {
  if (!dated.has_valid_from() && !dated.has_valid_to()) return "";
  return absl::StrCat("  ", dated.has_valid_from() ? FormatDate(dated.valid_from()) : "", "..",
                      dated.has_valid_to() ? FormatDate(dated.valid_to()) : "");
}

void ApplyLists(Context& context, const CLI::App& command, const NameFlags& flags, pb::Speaker* speaker) {
  if (Given(command, "--alias")) {
    speaker->clear_names();
    for (const auto& alias : flags.aliases) {
      if (!alias.empty()) speaker->add_names()->set_text(alias);
    }
  }
  if (Given(command, "--role")) {
    speaker->clear_roles();
    for (const auto& typed : flags.roles) {
      if (typed.empty()) continue;
      pb::SpeakerRole* role = speaker->add_roles();
      role->set_title(SplitDated(context, typed, role));
    }
  }
  if (Given(command, "--speaks-for")) {
    speaker->clear_speaks_for();
    for (const auto& typed : flags.speaks_for) {
      if (typed.empty()) continue;
      pb::SpeaksFor* speaks_for = speaker->add_speaks_for();
      speaks_for->set_principal(FindSpeaker(context, SplitDated(context, typed, speaks_for)));
    }
  }
  if (!Given(command, "--external")) return;
  speaker->clear_external_ids();
  for (const auto& typed : flags.external) {
    if (typed.empty()) continue;
    const std::size_t colon = typed.find(':');
    if (colon == std::string::npos) {
      context.Fail(kExitUsage, absl::StrCat("--external: \"", typed, "\" is not SCHEME:ID, like wikidata:Q212238."));
    }
    pb::ExternalId* id = speaker->add_external_ids();
    id->set_scheme(typed.substr(0, colon));
    id->set_id(typed.substr(colon + 1));
  }
}

pb::Speaker SpeakerFromFlags(Context& context, const CLI::App& command, const NameFlags& flags,
                             google::protobuf::FieldMask* mask) {
  pb::Speaker speaker;
  speaker.set_display_name(flags.display_name);
  speaker.set_kind(ValueOf<pb::SpeakerKind>(flags.kind));
  speaker.set_note(flags.note);
  ApplyLists(context, command, flags, &speaker);
  const std::pair<const char*, const char*> fields[] = {
      {"--name", "display_name"},    {"--kind", "kind"}, {"--alias", "names"},
      {"--role", "roles"},           {"--note", "note"}, {"--speaks-for", "speaks_for"},
      {"--external", "external_ids"}};
  for (const auto& [option, field] : fields) {
    if (Given(command, option)) mask->add_paths(field);
  }
  return speaker;
}

void Print(const Context& context, const pb::Speaker& speaker) {
  const bool color = context.UseColor();
  std::cout << Paint(Clean(speaker.display_name()), kBold, color) << "  " << speaker.name();
  if (speaker.kind() != pb::SPEAKER_KIND_UNSPECIFIED) std::cout << "  " << TextOf(speaker.kind());
  std::cout << '\n';
  for (const auto& name : speaker.names()) {
    const std::string kind = name.kind() == pb::NAME_KIND_UNSPECIFIED ? "alias" : TextOf(name.kind());
    std::cout << "  " << kind << ": " << Clean(name.text()) << Validity(name) << '\n';
  }
  for (const auto& role : speaker.roles()) std::cout << "  role: " << Clean(role.title()) << Validity(role) << '\n';
  for (const auto& speaks : speaker.speaks_for()) {
    std::cout << "  speaks for: " << speaks.principal() << Validity(speaks) << '\n';
  }
  for (const auto& id : speaker.external_ids()) std::cout << "  " << id.scheme() << ": " << Clean(id.id()) << '\n';
  for (const auto& name : speaker.former_names()) std::cout << "  merged: " << name << '\n';
  if (!speaker.note().empty()) std::cout << "  note: " << Clean(speaker.note()) << '\n';
  std::cout << "  etag: " << speaker.etag() << '\n';
}

void RunListSpeakers(Context& context, const NameList& list) {
  pb::ListSpeakersRequest request;
  request.set_query(list.query);
  const auto response = ListAll(context, context.Speakers(), &pb::SpeakerService::Stub::ListSpeakers, request,
                                list.limit, [](auto& page) { return page.mutable_speakers(); });
  if (context.json) {
    std::cout << ToJson(response);
    return;
  }
  Table table({{"NAME", 40}, {"KIND"}, {"ALSO", 40}, {"SPEAKER"}});
  for (const pb::Speaker& speaker : response.speakers()) {
    std::vector<std::string> names;
    for (const auto& name : speaker.names()) names.push_back(name.text());
    table.Add({Clean(speaker.display_name()), TextOf(speaker.kind()), Some(names), speaker.name()});
  }
  if (table.empty()) {
    std::cerr << "No speakers match.\n";
  } else {
    Print(table, context.UseColor());
  }
  std::cout.flush();
  if (!response.next_page_token().empty()) std::cerr << "There are more; --limit 0 lists all.\n";
}

template <typename Response>
void PrintSpeakerResponse(const Context& context, const Response& response) {
  if (context.json) {
    std::cout << ToJson(response);
  } else {
    Print(context, response.speaker());
  }
}

void RunShowSpeaker(Context& context, const NameFlags& flags) {
  pb::GetSpeakerRequest request;
  request.set_name(FindSpeaker(context, flags.target));
  PrintSpeakerResponse(context, Read(context, context.Speakers(), &pb::SpeakerService::Stub::GetSpeaker, request));
}

void RunAddSpeaker(Context& context, const CLI::App& command, const NameFlags& flags) {
  pb::CreateSpeakerRequest request;
  google::protobuf::FieldMask unused;
  *request.mutable_speaker() = SpeakerFromFlags(context, command, flags, &unused);
  request.mutable_speaker()->set_display_name(flags.target);
  request.set_speaker_id(flags.id);
  PrintSpeakerResponse(context, Change(context, context.Speakers(), &pb::SpeakerService::Stub::CreateSpeaker, request));
}

void RunEditSpeaker(Context& context, const CLI::App& command, const NameFlags& flags) {
  pb::UpdateSpeakerRequest request;
  *request.mutable_speaker() = SpeakerFromFlags(context, command, flags, request.mutable_update_mask());
  FinishEdit(context, flags.etag, flags.reason, *request.mutable_speaker(), request);
  request.mutable_speaker()->set_name(FindSpeaker(context, flags.target));
  PrintSpeakerResponse(context, Change(context, context.Speakers(), &pb::SpeakerService::Stub::UpdateSpeaker, request));
}

void RunResolve(Context& context, const std::vector<std::string>& names, const std::string& at) {
  pb::ResolveSpeakersRequest request;
  for (const auto& name : names) request.add_names(name);
  if (!at.empty()) {
    const auto date = ParseDate(at, LocalToday());
    if (!date.ok()) context.Fail(kExitUsage, absl::StrCat("--at: ", date.status().message()));
    *request.mutable_date() = *date;
  }
  const auto response = Read(context, context.Speakers(), &pb::SpeakerService::Stub::ResolveSpeakers, request);
  if (context.json) {
    std::cout << ToJson(response);
    return;
  }
  for (const pb::ResolvedName& result : response.results()) {
    std::cout << Paint(Clean(result.name()), kBold, context.UseColor());
    if (result.candidates().empty()) std::cout << (result.pronoun() ? "  a pronoun: nobody's name" : "  nobody");
    std::cout << '\n';
    for (const pb::SpeakerCandidate& candidate : result.candidates()) {
      std::cout << "  " << Clean(candidate.speaker().display_name()) << "  " << candidate.speaker().name() << "  ("
                << WordsOf(candidate.reason()) << ": " << Clean(candidate.matched()) << ")\n";
    }
  }
}

void AddSpeakerFlags(CLI::App& command, NameFlags& flags) {
  command.add_option("--kind", flags.kind, "What it is")->check(EnumCheck<pb::SpeakerKind>());
  AddRepeatable(command, "--alias", flags.aliases, "Another name");
  AddRepeatable(command, "--role", flags.roles, "A role, with dates where known: \"envoy@2007..2008\"");
  AddRepeatable(command, "--speaks-for", flags.speaks_for, "For whom, with dates where known: speakers/russia@2007..");
  AddRepeatable(command, "--external", flags.external, "The id elsewhere: wikidata:Q212238");
  command.add_option("--note", flags.note, "A remark");
}

}  // namespace

void AddSpeakerCommands(CLI::App& app, Context& context) {
  CLI::App* speakers = app.add_subcommand("speakers", "List, show, add, edit, resolve and split speakers");
  speakers->require_subcommand(0, 1);
  auto list = std::make_shared<NameList>();
  AddListOptions(*speakers, *list, 50);
  AddAsOf(*speakers, context);
  auto flags = std::make_shared<NameFlags>();
  speakers->callback([&context, speakers, list, flags] {
    if (!speakers->get_subcommands().empty()) return;
    if (!list->query.starts_with("speakers/")) return RunListSpeakers(context, *list);
    flags->target = list->query;
    RunShowSpeaker(context, *flags);
  });

  CLI::App* show = speakers->add_subcommand("show", "Show one speaker");
  show->add_option("NAME", flags->target, "A name, or speakers/ID")->required();
  AddAsOf(*show, context);
  show->callback([&context, flags] { RunShowSpeaker(context, *flags); });

  CLI::App* add = speakers->add_subcommand("add", "Add a speaker");
  add->add_option("NAME", flags->target, "The name for people")->required();
  add->add_option("--id", flags->id, "The id to use; made from the name when not given");
  AddSpeakerFlags(*add, *flags);
  add->callback([&context, add, flags] { RunAddSpeaker(context, *add, *flags); });

  CLI::App* edit = speakers->add_subcommand("edit", "Change a speaker; lists are replaced, \"\" empties them");
  edit->add_option("SPEAKER", flags->target, "A name, or speakers/ID")->required();
  AddEditFlags(*edit, *flags);
  AddSpeakerFlags(*edit, *flags);
  edit->callback([&context, edit, flags] { RunEditSpeaker(context, *edit, *flags); });

  CLI::App* resolve = speakers->add_subcommand("resolve", "Say whom printed names may mean");
  auto names = std::make_shared<std::vector<std::string>>();
  auto at = std::make_shared<std::string>();
  resolve->add_option("NAME", *names, "Names as printed")->required();
  resolve->add_option("--at", *at, "At a date");
  AddAsOf(*resolve, context);
  resolve->callback([&context, names, at] { RunResolve(context, *names, *at); });
  AddSpeakerSplitCommands(*speakers, context);
}

}  // namespace onrecord::cli
