// add, edit, retract, restore, redact: changes of quotes by hand.
#include <unistd.h>

#include <iostream>
#include <memory>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "clients/cli/calls.h"
#include "clients/cli/commands.h"
#include "clients/cli/enums.h"
#include "clients/cli/lookup.h"
#include "clients/cli/name_commands.h"
#include "clients/cli/options.h"
#include "clients/cli/quote_view.h"
#include "clients/cli/table.h"

namespace onrecord::cli {
namespace {

struct QuoteFlags {
  std::string target;
  std::string text, speaker, described_as, terms, kind, polarity, language, original_text, original_language, note;
  std::string said, said_printed, said_basis;
  std::vector<std::string> topics;
  // Of one appearance.
  std::string appearance, outlet, published, url, headline, byline, dateline, attribution, cue, role, wording;
  std::vector<std::string> via;
  std::string reason, etag;
  // Of a redaction.
  bool protect_source = false;
  bool confirmed = false;
};

constexpr const char* kAppearanceOptions[] = {"--outlet", "--published", "--url",    "--headline",
                                              "--byline", "--dateline",  "--via",    "--attribution",
                                              "--cue",    "--role",      "--wording"};

void AddQuoteFlags(CLI::App& command, QuoteFlags& flags) {
  command.add_option("--text", flags.text, "The words");
  command.add_option("--speaker", flags.speaker, "Who said it: a name, or speakers/ID");
  command.add_option("--described-as", flags.described_as, "An unnamed source, as printed");
  command.add_option("--terms", flags.terms, "On what terms an unnamed source spoke")
      ->check(EnumCheck<pb::SourceTerms>());
  command.add_option("--kind", flags.kind, "direct, partial or indirect")->check(EnumCheck<pb::QuoteKind>());
  command.add_option("--polarity", flags.polarity, "Affirmed unless given")->check(EnumCheck<pb::Polarity>());
  command.add_option("--said", flags.said, "When it was said: a date or an interval");
  command.add_option("--said-printed", flags.said_printed, "The source's words for it");
  command.add_option("--said-basis", flags.said_basis, "How it is known")->check(EnumCheck<pb::DateBasis>());
  AddRepeatable(command, "--topic", flags.topics, "What it is about: a name, or topics/ID");
  command.add_option("--language", flags.language, "BCP 47 tag of the words");
  command.add_option("--original-text", flags.original_text, "The wording in the language it was said in");
  command.add_option("--original-language", flags.original_language, "BCP 47 tag of the original");
  command.add_option("--note", flags.note, "A remark");
  command.add_option("--outlet", flags.outlet, "Who printed it: a name, or outlets/ID");
  command.add_option("--published", flags.published, "When it was printed");
  command.add_option("--url", flags.url, "Where it was printed");
  command.add_option("--headline", flags.headline, "The headline it was printed under");
  command.add_option("--byline", flags.byline, "Who wrote the article");
  command.add_option("--dateline", flags.dateline, "Its place and date line");
  AddRepeatable(command, "--via", flags.via, "An outlet the words came through before, earliest first");
  command.add_option("--attribution", flags.attribution, "The words that attribute it, as printed");
  command.add_option("--cue", flags.cue, "The verb in it: warned");
  command.add_option("--role", flags.role, "The speaker's role, as printed");
  command.add_option("--wording", flags.wording, "The wording as printed, where it differs");
}

void ApplySource(Context& context, const CLI::App& command, const QuoteFlags& flags, pb::Quote* quote,
                 google::protobuf::FieldMask* mask) {
  const bool speaker = Given(command, "--speaker") && !flags.speaker.empty();
  const bool described = Given(command, "--described-as") && !flags.described_as.empty();
  if (speaker && described) context.Fail(kExitUsage, "Give either --speaker or --described-as.");
  // One takes the place of the other.
  if (Given(command, "--speaker") || described) {
    quote->set_speaker(speaker ? FindSpeaker(context, flags.speaker) : "");
    mask->add_paths("speaker");
  }
  if (Given(command, "--described-as") || speaker) {
    quote->set_described_as(flags.described_as);
    mask->add_paths("described_as");
  }
  if (Given(command, "--terms") || speaker) {
    quote->set_source_terms(ValueOf<pb::SourceTerms>(flags.terms));
    mask->add_paths("source_terms");
  }
}

void ApplySaid(const Context& context, const CLI::App& command, const QuoteFlags& flags, pb::Quote* quote,
               google::protobuf::FieldMask* mask) {
  const bool printed = Given(command, "--said-printed");
  const bool basis = Given(command, "--said-basis");
  if (Given(command, "--said")) *quote->mutable_said() = TypedDate(context, "--said", flags.said);
  if (printed) quote->mutable_said()->set_printed(flags.said_printed);
  if (basis) quote->mutable_said()->set_basis(ValueOf<pb::DateBasis>(flags.said_basis));
  if (Given(command, "--said") || printed || basis) mask->add_paths("said");
}

void ApplyWords(Context& context, const CLI::App& command, const QuoteFlags& flags, pb::Quote* quote,
                google::protobuf::FieldMask* mask) {
  const std::tuple<const char*, const char*, const std::string*> texts[] = {
      {"--text", "text", &flags.text},
      {"--language", "language", &flags.language},
      {"--original-text", "original_text", &flags.original_text},
      {"--original-language", "original_language", &flags.original_language},
      {"--note", "note", &flags.note}};
  for (const auto& [option, field, value] : texts) {
    if (!Given(command, option)) continue;
    quote->GetReflection()->SetString(quote, quote->GetDescriptor()->FindFieldByName(field), *value);
    mask->add_paths(field);
  }
  if (Given(command, "--kind")) {
    quote->set_kind(ValueOf<pb::QuoteKind>(flags.kind));
    mask->add_paths("kind");
  }
  if (Given(command, "--polarity")) {
    quote->set_polarity(ValueOf<pb::Polarity>(flags.polarity));
    mask->add_paths("polarity");
  }
  if (Given(command, "--topic")) {
    quote->clear_topics();
    for (const auto& topic : flags.topics) {
      if (!topic.empty()) quote->add_topics(FindTopic(context, topic));
    }
    mask->add_paths("topics");
  }
}

pb::Appearance* AppearanceFor(const Context& context, const QuoteFlags& flags, pb::Quote* quote) {
  if (!flags.appearance.empty()) {
    for (pb::Appearance& appearance : *quote->mutable_appearances()) {
      if (appearance.id() == flags.appearance) return &appearance;
    }
    context.Fail(kExitUsage, absl::StrCat("The quote has no appearance ", flags.appearance, "; show lists their ids."));
  }
  if (quote->appearances_size() > 1) {
    context.Fail(kExitUsage, "The quote has several appearances; say with --appearance ID which one, or new.");
  }
  return quote->appearances().empty() ? quote->add_appearances() : quote->mutable_appearances(0);
}

void ApplyAppearance(Context& context, const CLI::App& command, const QuoteFlags& flags, pb::Quote* quote,
                     google::protobuf::FieldMask* mask) {
  bool any = false;
  for (const char* option : kAppearanceOptions) any = any || Given(command, option);
  if (!any) return;
  pb::Appearance* appearance =
      flags.appearance == "new" ? quote->add_appearances() : AppearanceFor(context, flags, quote);
  mask->add_paths("appearances");
  if (Given(command, "--outlet")) {
    appearance->set_outlet(flags.outlet.empty() ? "" : FindOutlet(context, flags.outlet));
  }
  if (Given(command, "--published"))
    *appearance->mutable_published() = TypedDate(context, "--published", flags.published);
  if (Given(command, "--url")) appearance->mutable_article()->set_url(flags.url);
  if (Given(command, "--headline")) appearance->mutable_article()->set_headline(flags.headline);
  if (Given(command, "--byline")) appearance->mutable_article()->set_byline(flags.byline);
  if (Given(command, "--dateline")) appearance->mutable_article()->set_dateline(flags.dateline);
  if (Given(command, "--attribution")) appearance->set_attribution(flags.attribution);
  if (Given(command, "--cue")) appearance->set_cue(flags.cue);
  if (Given(command, "--role")) appearance->set_role(flags.role);
  if (Given(command, "--wording")) appearance->set_wording(flags.wording);
  if (!Given(command, "--via")) return;
  appearance->clear_relays();
  for (const auto& outlet : flags.via) {
    if (!outlet.empty()) appearance->add_relays()->set_outlet(FindOutlet(context, outlet));
  }
}

void Apply(Context& context, const CLI::App& command, const QuoteFlags& flags, pb::Quote* quote,
           google::protobuf::FieldMask* mask) {
  ApplyWords(context, command, flags, quote, mask);
  ApplySource(context, command, flags, quote, mask);
  ApplySaid(context, command, flags, quote, mask);
  ApplyAppearance(context, command, flags, quote, mask);
}

template <typename Response>
void Print(const Context& context, const Response& response) {
  std::cout << (context.json ? ToJson(response) : QuoteInFull(response.quote(), TerminalWidth(), context.UseColor()));
}

void RunAddQuote(Context& context, const CLI::App& command, const QuoteFlags& flags) {
  pb::CreateQuoteRequest request;
  google::protobuf::FieldMask unused;
  request.mutable_quote()->set_kind(pb::QUOTE_KIND_DIRECT);
  Apply(context, command, flags, request.mutable_quote(), &unused);
  Print(context, Change(context, context.Quotes(), &pb::QuoteService::Stub::CreateQuote, request));
}

void RunEditQuote(Context& context, const CLI::App& command, const QuoteFlags& flags) {
  pb::GetQuoteRequest get;
  get.set_name(QuoteName(flags.target));
  pb::UpdateQuoteRequest request;
  *request.mutable_quote() =
      std::move(*Read(context, context.Quotes(), &pb::QuoteService::Stub::GetQuote, get).mutable_quote());
  Apply(context, command, flags, request.mutable_quote(), request.mutable_update_mask());
  FinishEdit(context, flags.etag, flags.reason, *request.mutable_quote(), request);
  Print(context, Change(context, context.Quotes(), &pb::QuoteService::Stub::UpdateQuote, request));
}

template <typename Request, typename Response>
void RunReasoned(Context& context, const QuoteFlags& flags, Method<pb::QuoteService::Stub, Request, Response> method) {
  Request request;
  request.set_name(QuoteName(flags.target));
  request.set_reason(flags.reason);
  request.set_etag(flags.etag);
  Print(context, Change(context, context.Quotes(), method, request));
}

// Ends the command unless a person at the terminal agrees.
void Confirm(Context& context, const std::string& name) {
  if (isatty(STDIN_FILENO) == 0) {
    context.Fail(kExitUsage, "Nothing was redacted: it cannot be undone. Nobody is there to ask, so give --yes.");
  }
  pb::GetQuoteRequest request;
  request.set_name(name);
  const pb::Quote quote = Read(context, context.Quotes(), &pb::QuoteService::Stub::GetQuote, request).quote();
  std::cerr << name << "\n  " << Cut(Clean(quote.text()), TerminalWidth() - 2)
            << "\nIts words will be removed for good, from its history too. Type yes to go on: ";
  std::string answer;
  std::getline(std::cin, answer);
  if (answer != "yes") context.Fail(kExitUsage, "Nothing was redacted.");
}

void RunRedact(Context& context, const QuoteFlags& flags) {
  pb::RedactQuoteRequest request;
  request.set_name(QuoteName(flags.target));
  request.set_reason(flags.reason);
  request.set_etag(flags.etag);
  request.set_protect_source(flags.protect_source);
  if (!flags.confirmed) Confirm(context, request.name());
  Print(context, Change(context, context.Quotes(), &pb::QuoteService::Stub::RedactQuote, request));
}

CLI::App* AddReasoned(CLI::App& app, const std::string& name, const std::string& what, QuoteFlags& flags) {
  CLI::App* command = app.add_subcommand(name, what);
  command->add_option("QUOTE", flags.target, "quotes/ID")->required();
  command->add_option("--reason", flags.reason, "Why, for the history")->required();
  command->add_option("--etag", flags.etag, "Refuse when somebody changed it since this etag was read");
  return command;
}

}  // namespace

void AddEditCommands(CLI::App& app, Context& context) {
  auto flags = std::make_shared<QuoteFlags>();

  CLI::App* add = app.add_subcommand("add", "Record a quote");
  AddQuoteFlags(*add, *flags);
  add->get_option("--text")->required();
  add->callback([&context, add, flags] { RunAddQuote(context, *add, *flags); });

  CLI::App* edit = app.add_subcommand("edit", "Change a quote: only what is given; lists are replaced, \"\" empties");
  edit->add_option("QUOTE", flags->target, "quotes/ID")->required();
  AddQuoteFlags(*edit, *flags);
  edit->add_option("--appearance", flags->appearance, "Which appearance to change, by its id, or \"new\"");
  edit->add_option("--reason", flags->reason, "Why, for the history");
  edit->add_option("--etag", flags->etag, "Refuse when somebody changed it since this etag was read");
  edit->callback([&context, edit, flags] { RunEditQuote(context, *edit, *flags); });

  CLI::App* retract = AddReasoned(app, "retract", "Withdraw a quote; it stays in the history", *flags);
  retract->callback([&context, flags] { RunReasoned(context, *flags, &pb::QuoteService::Stub::RetractQuote); });

  CLI::App* restore = AddReasoned(app, "restore", "Undo a retraction", *flags);
  restore->callback([&context, flags] { RunReasoned(context, *flags, &pb::QuoteService::Stub::RestoreQuote); });

  CLI::App* redact = AddReasoned(app, "redact", "Remove a quote's words for good, from its history too", *flags);
  redact->add_flag("--protect-source", flags->protect_source, "Also remove who spoke: speaker, role, byline");
  redact->add_flag("--yes", flags->confirmed, "Do not ask");
  AddExample(*redact, "onrecord redact quotes/ID --reason \"court order 12/2024\" --protect-source");
  redact->callback([&context, flags] { RunRedact(context, *flags); });
}

}  // namespace onrecord::cli
