// identify: propose, accept, reject, list. Who unnamed sources are.
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

namespace onrecord::cli {
namespace {

struct IdentifyFlags {
  std::string quote, speaker, reason;
  double confidence = 0;
  std::vector<std::string> states;
  int limit = 50;
};

void Print(const pb::Identification& identification) {
  std::cout << identification.name() << "\n  " << Clean(identification.described_as()) << " = "
            << Clean(identification.speaker_display_name()) << "  " << TextOf(identification.state());
  if (identification.confidence() > 0) std::cout << absl::StrFormat("  %.0f %%", 100 * identification.confidence());
  std::cout << "\n  because: " << Clean(identification.reason()) << '\n';
  if (!identification.decision_reason().empty()) {
    std::cout << "  " << TextOf(identification.state()) << " because: " << Clean(identification.decision_reason())
              << '\n';
  }
}

template <typename Response>
void PrintIdentificationResponse(const Context& context, const Response& response) {
  if (context.json) {
    std::cout << ToJson(response);
  } else {
    Print(response.identification());
  }
}

void RunPropose(Context& context, const IdentifyFlags& flags) {
  pb::ProposeIdentificationRequest request;
  pb::Identification& identification = *request.mutable_identification();
  identification.set_quote(QuoteName(flags.quote));
  identification.set_speaker(FindSpeaker(context, flags.speaker));
  identification.set_confidence(flags.confidence);
  identification.set_reason(flags.reason);
  PrintIdentificationResponse(
      context, Change(context, context.Quotes(), &pb::QuoteService::Stub::ProposeIdentification, request));
}

// AcceptIdentification and RejectIdentification.
template <typename Request, typename Response>
void RunDecide(Context& context, const IdentifyFlags& flags, Method<pb::QuoteService::Stub, Request, Response> method) {
  Request request;
  const std::string speaker = FindSpeaker(context, flags.speaker);
  request.set_name(absl::StrCat(QuoteName(flags.quote), "/identifications/", speaker.substr(speaker.find('/') + 1)));
  request.set_reason(flags.reason);
  PrintIdentificationResponse(context, Change(context, context.Quotes(), method, request));
}

void RunListIdentifications(Context& context, const IdentifyFlags& flags) {
  pb::ListIdentificationsRequest request;
  if (!flags.quote.empty()) request.set_quote(QuoteName(flags.quote));
  if (!flags.speaker.empty()) request.set_speaker(FindSpeaker(context, flags.speaker));
  for (const std::string& state : flags.states) request.add_states(ValueOf<pb::IdentificationState>(state));
  const auto response = ListAll(context, context.Quotes(), &pb::QuoteService::Stub::ListIdentifications, request,
                                flags.limit, [](auto& page) { return page.mutable_identifications(); });
  if (context.json) {
    std::cout << ToJson(response);
    return;
  }
  if (response.identifications().empty()) std::cerr << "No identifications match.\n";
  for (const pb::Identification& identification : response.identifications()) Print(identification);
  TellOfMore(response.next_page_token());
}

CLI::App* AddAbout(CLI::App& identify, const std::string& name, const std::string& what,
                   const std::shared_ptr<IdentifyFlags>& flags) {
  CLI::App* command = identify.add_subcommand(name, what);
  command->add_option("QUOTE", flags->quote, "The quote of the unnamed source: quotes/ID")->required();
  command->add_option("SPEAKER", flags->speaker, "Who it may be: a name, or speakers/ID")->required();
  command->add_option("--reason", flags->reason, "Why, for the history")->required();
  return command;
}

}  // namespace

void AddIdentifyCommands(CLI::App& app, Context& context) {
  CLI::App* identify = app.add_subcommand("identify", "Say who unnamed sources are: propose, accept, reject, list");
  identify->require_subcommand(1);
  auto flags = std::make_shared<IdentifyFlags>();
  CLI::App* propose = AddAbout(*identify, "propose", "Say who a source may be; nothing follows from it", flags);
  propose->add_option("--confidence", flags->confidence, "How sure, 0 to 1")->check(CLI::Range(0.0, 1.0));
  AddExample(*propose, "onrecord identify propose quotes/ID \"Mark Felt\" --reason \"his own memoir\"");
  propose->callback([&context, flags] { RunPropose(context, *flags); });

  CLI::App* accept = AddAbout(*identify, "accept", "The source is this speaker: the quote becomes theirs", flags);
  accept->callback([&context, flags] { RunDecide(context, *flags, &pb::QuoteService::Stub::AcceptIdentification); });

  CLI::App* reject = AddAbout(*identify, "reject", "The source is not this speaker; undoes accepting", flags);
  reject->callback([&context, flags] { RunDecide(context, *flags, &pb::QuoteService::Stub::RejectIdentification); });

  CLI::App* list = identify->add_subcommand("list", "Who sources are said to be, the newest first");
  list->add_option("--quote", flags->quote, "Of one quote: quotes/ID");
  list->add_option("--speaker", flags->speaker, "As whom: a name, or speakers/ID");
  AddRepeatable(*list, "--state", flags->states, "Only these")->check(EnumCheck<pb::IdentificationState>());
  AddLimit(*list, flags->limit);
  AddAsOf(*list, context);
  list->callback([&context, flags] { RunListIdentifications(context, *flags); });
}

}  // namespace onrecord::cli
