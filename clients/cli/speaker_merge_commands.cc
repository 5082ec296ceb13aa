// merge-speakers, speakers split, speakers restore: two speakers that are one, and one that is two.
#include <algorithm>
#include <iostream>
#include <memory>

#include "clients/cli/enums.h"
#include "clients/cli/lookup.h"
#include "clients/cli/name_commands.h"
#include "clients/cli/options.h"
#include "clients/cli/table.h"

namespace onrecord::cli {
namespace {

// Every quote gets a revision; 100,000 of them take a minute. The server lets no call take longer.
constexpr double kMovesTakeSeconds = 110;

struct MoveFlags {
  std::string speaker, other, name, id, kind, reason;
  std::vector<std::string> quotes, names;
};

void Wait(Context& context) { context.timeout_seconds = std::max(context.timeout_seconds, kMovesTakeSeconds); }

std::string Quotes(std::int64_t count) { return std::to_string(count) + (count == 1 ? " quote" : " quotes"); }

void RunMerge(Context& context, const MoveFlags& flags) {
  pb::MergeSpeakersRequest request;
  request.set_name(FindSpeaker(context, flags.speaker));
  request.set_into(FindSpeaker(context, flags.other));
  request.set_reason(flags.reason);
  Wait(context);
  const auto response = Change(context, context.Speakers(), &pb::SpeakerService::Stub::MergeSpeakers, request);
  if (context.json) {
    std::cout << ToJson(response);
    return;
  }
  std::cout << request.name() << " now leads to " << response.speaker().name() << "  "
            << Clean(response.speaker().display_name()) << "; " << Quotes(response.quote_count()) << " followed.\n";
  if (response.replaced_stance_count() > 0) {
    std::cout << response.replaced_stance_count()
              << " of its stances gave way to stances of the other on the same claim, by the same quote.\n";
  }
}

void Split(Context& context, const pb::SplitSpeakerRequest& request) {
  Wait(context);
  const auto response = Change(context, context.Speakers(), &pb::SpeakerService::Stub::SplitSpeaker, request);
  if (context.json) {
    std::cout << ToJson(response);
  } else {
    std::cout << response.speaker().name() << "  " << Clean(response.speaker().display_name()) << " has "
              << Quotes(response.quote_count()) << " that were of " << response.source().name() << ".\n";
  }
}

void RunSplit(Context& context, const MoveFlags& flags) {
  pb::SplitSpeakerRequest request;
  request.set_name(FindSpeaker(context, flags.speaker));
  request.mutable_speaker()->set_display_name(flags.name);
  request.mutable_speaker()->set_kind(ValueOf<pb::SpeakerKind>(flags.kind));
  request.set_speaker_id(flags.id);
  for (const std::string& quote : flags.quotes) request.add_quotes(QuoteName(quote));
  for (const std::string& name : flags.names) request.add_names(name);
  request.set_reason(flags.reason);
  Split(context, request);
}

void RunRestore(Context& context, const MoveFlags& flags) {
  pb::SplitSpeakerRequest request;
  request.set_restore(flags.other);
  // The name that answers for it now.
  request.set_name(FindSpeaker(context, flags.speaker.empty() ? flags.other : flags.speaker));
  if (flags.speaker.empty()) {
    pb::GetSpeakerRequest get;
    get.set_name(request.name());
    request.set_name(Read(context, context.Speakers(), &pb::SpeakerService::Stub::GetSpeaker, get).speaker().name());
  }
  request.set_reason(flags.reason);
  Split(context, request);
}

void AddReason(CLI::App& command, MoveFlags& flags) {
  command.add_option("--reason", flags.reason, "Why, for the history")->required();
}

}  // namespace

void AddMergeSpeakersCommand(CLI::App& app, Context& context) {
  auto flags = std::make_shared<MoveFlags>();
  CLI::App* merge = app.add_subcommand("merge-speakers", "Say that two speakers are one");
  merge->add_option("SPEAKER", flags->speaker, "Who is given up: a name, or speakers/ID")->required();
  merge->add_option("INTO", flags->other, "Who it is: a name, or speakers/ID")->required();
  AddReason(*merge, *flags);
  AddExample(*merge, "onrecord merge-speakers \"R. Holbrooke\" \"Richard Holbrooke\" --reason \"the same man\"");
  merge->callback([&context, flags] { RunMerge(context, *flags); });
}

void AddSpeakerSplitCommands(CLI::App& speakers, Context& context) {
  auto flags = std::make_shared<MoveFlags>();
  CLI::App* split = speakers.add_subcommand("split", "Say that some quotes and names are somebody else's");
  split->add_option("SPEAKER", flags->speaker, "Whose they are now: a name, or speakers/ID")->required();
  split->add_option("NAME", flags->name, "The name for people of whose they are")->required();
  split->add_option("--id", flags->id, "The id to use; made from the name when not given");
  split->add_option("--kind", flags->kind, "What the new speaker is")->check(EnumCheck<pb::SpeakerKind>());
  AddRepeatable(*split, "--quote", flags->quotes, "A quote that is the new speaker's: quotes/ID");
  AddRepeatable(*split, "--alias", flags->names, "A name that leads to the new speaker from now on");
  AddReason(*split, *flags);
  AddExample(*split, "onrecord speakers split \"John Smith\" \"John Smith (farmer)\" --quote ID --reason \"two men\"");
  split->callback([&context, flags] { RunSplit(context, *flags); });

  CLI::App* restore = speakers.add_subcommand("restore", "Undo a merge");
  restore->add_option("MERGED", flags->other, "Who was merged: speakers/ID, one of the former names")->required();
  restore->add_option("--from", flags->speaker, "From whom; from where its name leads unless given");
  AddReason(*restore, *flags);
  restore->callback([&context, flags] { RunRestore(context, *flags); });
}

}  // namespace onrecord::cli
