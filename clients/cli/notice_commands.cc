// notice: add, list, show, edit, affected, state, withdraw. Corrections, retractions, denials and embargoes.
#include <iostream>
#include <memory>
#include <string_view>
#include <tuple>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "clients/cli/as_of.h"
#include "clients/cli/commands.h"
#include "clients/cli/dates.h"
#include "clients/cli/enums.h"
#include "clients/cli/lookup.h"
#include "clients/cli/name_commands.h"
#include "clients/cli/options.h"
#include "clients/cli/sheet.h"
#include "clients/cli/table.h"

namespace onrecord::cli {
namespace {

constexpr const char* kTarget = "articles/ID, quotes/ID, or quotes/ID/appearances/ID";

struct NoticeFlags {
  std::string target;  // of a new one, or notices/ID
  std::string kind, text, issuer, url, issued, until, note, reason, etag;
  // Of one printing.
  std::string printing, state;
};

struct NoticeList {
  std::string target;
  std::vector<std::string> kinds, states;
  bool withdrawn = false;
  int limit = 50;
};

std::string NoticeName(const std::string& typed) {
  return absl::StartsWith(typed, "notices/") ? typed : absl::StrCat("notices/", typed);
}

google::protobuf::Timestamp TypedTime(const Context& context, const std::string& text) {
  absl::Time time;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, text, &time, &error) || time == absl::InfinitePast()) {
    context.Fail(kExitUsage, absl::StrCat("--until: \"", text, "\" is no time; write it as 2026-03-01T06:00:00Z."));
  }
  google::protobuf::Timestamp timestamp;
  timestamp.set_seconds(absl::ToUnixSeconds(time));
  timestamp.set_nanos(
      static_cast<std::int32_t>((time - absl::FromUnixSeconds(timestamp.seconds())) / absl::Nanoseconds(1)));
  return timestamp;
}

std::string IssuerOf(const pb::Notice& notice) {
  return notice.issuer_display_name().empty() ? notice.issuer() : Clean(notice.issuer_display_name());
}

void Print(const Context& context, const pb::Notice& notice) {
  Sheet sheet(TerminalWidth(), context.UseColor());
  sheet.Title(notice.name());
  sheet.Line("kind", WordsOf(notice.kind()));
  sheet.Line("of", notice.target());
  sheet.Line("which is", notice.target_title());
  sheet.Line("says", notice.text());
  if (!notice.issuer().empty()) sheet.Line("issuer", absl::StrCat(IssuerOf(notice), " (", notice.issuer(), ")"));
  sheet.Line("issued", DateInFull(notice.issued()));
  sheet.Line("url", notice.url());
  if (notice.has_embargo_until()) sheet.Line("until", TimeText(notice.embargo_until()));
  sheet.Line("note", notice.note());
  sheet.Line("withdrawn", notice.withdraw_reason());
  sheet.Line("author", notice.author());
  sheet.Recorded(notice);
  std::cout << sheet.Take();
}

template <typename Response>
void PrintNoticeResponse(const Context& context, const Response& response) {
  if (context.json) {
    std::cout << ToJson(response);
  } else {
    Print(context, response.notice());
  }
}

// What was given, onto the notice, with the names of the fields.
void Apply(Context& context, const CLI::App& command, const NoticeFlags& flags, pb::Notice* notice,
           google::protobuf::FieldMask* mask) {
  const std::tuple<const char*, const char*, const std::string*> texts[] = {
      {"--text", "text", &flags.text}, {"--url", "url", &flags.url}, {"--note", "note", &flags.note}};
  for (const auto& [option, field, value] : texts) {
    if (!Given(command, option)) continue;
    notice->GetReflection()->SetString(notice, notice->GetDescriptor()->FindFieldByName(field), *value);
    mask->add_paths(field);
  }
  if (Given(command, "--issuer")) {
    notice->set_issuer(flags.issuer.empty() ? "" : FindSpeakerOrOutlet(context, flags.issuer));
    mask->add_paths("issuer");
  }
  if (Given(command, "--issued")) {
    *notice->mutable_issued() = TypedDate(context, "--issued", flags.issued);
    mask->add_paths("issued");
  }
  if (Given(command, "--until")) {
    *notice->mutable_embargo_until() = TypedTime(context, flags.until);
    mask->add_paths("embargo_until");
  }
}

void RunAddNotice(Context& context, const CLI::App& command, const NoticeFlags& flags) {
  pb::CreateNoticeRequest request;
  google::protobuf::FieldMask unused;
  request.mutable_notice()->set_target(flags.target);
  request.mutable_notice()->set_kind(ValueOf<pb::NoticeKind>(flags.kind));
  Apply(context, command, flags, request.mutable_notice(), &unused);
  PrintNoticeResponse(context, Change(context, context.Notices(), &pb::NoticeService::Stub::CreateNotice, request));
}

void RunEditNotice(Context& context, const CLI::App& command, const NoticeFlags& flags) {
  pb::GetNoticeRequest get;
  get.set_name(NoticeName(flags.target));
  pb::UpdateNoticeRequest request;
  *request.mutable_notice() = Read(context, context.Notices(), &pb::NoticeService::Stub::GetNotice, get).notice();
  Apply(context, command, flags, request.mutable_notice(), request.mutable_update_mask());
  FinishEdit(context, flags.etag, flags.reason, *request.mutable_notice(), request);
  PrintNoticeResponse(context, Change(context, context.Notices(), &pb::NoticeService::Stub::UpdateNotice, request));
}

void RunWithdraw(Context& context, const NoticeFlags& flags) {
  pb::WithdrawNoticeRequest request;
  request.set_name(NoticeName(flags.target));
  request.set_reason(flags.reason);
  request.set_etag(flags.etag);
  PrintNoticeResponse(context, Change(context, context.Notices(), &pb::NoticeService::Stub::WithdrawNotice, request));
}

void RunShowNotice(Context& context, const NoticeFlags& flags) {
  pb::GetNoticeRequest request;
  request.set_name(NoticeName(flags.target));
  PrintNoticeResponse(context, Read(context, context.Notices(), &pb::NoticeService::Stub::GetNotice, request));
}

void RunListNotices(Context& context, const NoticeList& list) {
  pb::ListNoticesRequest request;
  request.set_target(list.target);
  for (const auto& kind : list.kinds) request.add_kinds(ValueOf<pb::NoticeKind>(kind));
  request.set_include_withdrawn(list.withdrawn);
  const auto response = ListAll(context, context.Notices(), &pb::NoticeService::Stub::ListNotices, request, list.limit,
                                [](auto& page) { return page.mutable_notices(); });
  if (context.json) {
    std::cout << ToJson(response);
    return;
  }
  Table table({{"ISSUED"}, {"KIND"}, {"ISSUER", 24}, {"OF", 50}, {"NOTICE"}});
  for (const pb::Notice& notice : response.notices()) {
    table.Add({FormatUncertain(notice.issued()),
               absl::StrCat(notice.withdraw_reason().empty() ? "" : "[withdrawn] ", WordsOf(notice.kind())),
               IssuerOf(notice), notice.target_title().empty() ? notice.target() : Clean(notice.target_title()),
               notice.name()});
  }
  if (table.empty()) {
    std::cerr << "No notices match.\n";
  } else {
    Print(table, context.UseColor());
  }
  TellOfMore(response.next_page_token());
}

std::string PathOf(const pb::Affected& affected) { return Clean(absl::StrJoin(affected.path(), " → ")); }

std::string PrintingName(const pb::Affected& affected) {
  return absl::StrCat(affected.quote(), "/appearances/", affected.appearance());
}

void RunAffected(Context& context, const NoticeList& list) {
  pb::ListAffectedRequest request;
  request.set_notice(NoticeName(list.target));
  for (const auto& state : list.states) request.add_states(ValueOf<pb::AffectedState>(state));
  const auto response = ListAll(context, context.Notices(), &pb::NoticeService::Stub::ListAffected, request, list.limit,
                                [](auto& page) { return page.mutable_affected(); });
  if (context.json) {
    std::cout << ToJson(response);
    return;
  }
  Table table({{"STEPS"}, {"STATE"}, {"PATH", 60}, {"PRINTING"}});
  for (const pb::Affected& affected : response.affected()) {
    table.Add({absl::StrCat(affected.steps()), TextOf(affected.state()), PathOf(affected), PrintingName(affected)});
  }
  if (table.empty()) {
    std::cerr << "The notice reaches nothing.\n";
  } else {
    Print(table, context.UseColor());
  }
  TellOfMore(response.next_page_token());
}

void RunState(Context& context, const NoticeFlags& flags) {
  constexpr std::string_view kAppearances = "/appearances/";
  const std::size_t at = flags.printing.find(kAppearances);
  if (at == std::string::npos) context.Fail(kExitUsage, "Name the printing as quotes/ID/appearances/ID.");
  pb::SetAffectedStateRequest request;
  request.set_notice(NoticeName(flags.target));
  request.set_quote(QuoteName(flags.printing.substr(0, at)));
  request.set_appearance(flags.printing.substr(at + kAppearances.size()));
  request.set_state(ValueOf<pb::AffectedState>(flags.state));
  request.set_reason(flags.reason);
  const auto response = Change(context, context.Notices(), &pb::NoticeService::Stub::SetAffectedState, request);
  if (context.json) {
    std::cout << ToJson(response);
    return;
  }
  const pb::Affected& affected = response.affected();
  std::cout << PrintingName(affected) << " is " << TextOf(affected.state()) << "\n  " << PathOf(affected) << '\n';
}

void AddNoticeFlags(CLI::App& command, NoticeFlags& flags) {
  command.add_option("--text", flags.text, "What it says");
  command.add_option("--issuer", flags.issuer, "Who issued it: a name, or outlets/ID or speakers/ID");
  command.add_option("--url", flags.url, "Where it was published");
  command.add_option("--issued", flags.issued, "When it was issued: a date or an interval");
  command.add_option("--until", flags.until, "Of an embargo: until when, as 2026-03-01T06:00:00Z");
  command.add_option("--note", flags.note, "A remark");
}

CLI::App* AddNoticeCommand(CLI::App& notice, const std::string& name, const std::string& what, std::string& target) {
  CLI::App* command = notice.add_subcommand(name, what);
  command->add_option("NOTICE", target, "notices/ID")->required();
  return command;
}

void AddChanges(CLI::App& notice, Context& context) {
  auto flags = std::make_shared<NoticeFlags>();
  CLI::App* add = notice.add_subcommand("add", "Record a notice about an article, a quote or one printing of it");
  add->add_option("TARGET", flags->target, kTarget)->required();
  add->add_option("--kind", flags->kind, "What it is")->required()->check(EnumCheck<pb::NoticeKind>());
  AddNoticeFlags(*add, *flags);
  AddExample(*add,
             "onrecord notice add articles/ID --kind correction --issuer Izvestia --text \"He said may, not will\"");
  add->callback([&context, add, flags] { RunAddNotice(context, *add, *flags); });

  CLI::App* edit = AddNoticeCommand(notice, "edit", "Change a notice: only what is given; \"\" empties", flags->target);
  AddNoticeFlags(*edit, *flags);
  edit->add_option("--reason", flags->reason, "Why, for the history");
  edit->add_option("--etag", flags->etag, "Refuse when somebody changed it since this etag was read");
  edit->callback([&context, edit, flags] { RunEditNotice(context, *edit, *flags); });

  CLI::App* withdraw = AddNoticeCommand(notice, "withdraw", "Take a notice back that was wrong", flags->target);
  withdraw->add_option("--reason", flags->reason, "Why, for the history")->required();
  withdraw->add_option("--etag", flags->etag, "Refuse when somebody changed it since this etag was read");
  withdraw->callback([&context, flags] { RunWithdraw(context, *flags); });

  CLI::App* state = AddNoticeCommand(notice, "state", "Say what became of a printing that it reaches", flags->target);
  state->add_option("PRINTING", flags->printing, "quotes/ID/appearances/ID")->required();
  state->add_option("STATE", flags->state, "unseen takes a state back")
      ->required()
      ->check(EnumCheck<pb::AffectedState>());
  state->add_option("--reason", flags->reason, "Why, for the history");
  AddExample(*state, "onrecord notice state notices/ID quotes/ID/appearances/ID corrected --reason \"see page 2\"");
  state->callback([&context, flags] { RunState(context, *flags); });
}

}  // namespace

void AddNoticeCommands(CLI::App& app, Context& context) {
  CLI::App* notice = app.add_subcommand("notice", "Corrections, retractions, denials, embargoes, and what they reach");
  notice->require_subcommand(1);
  AddChanges(*notice, context);

  auto options = std::make_shared<NoticeList>();
  CLI::App* list = notice->add_subcommand("list", "List notices, the newest first");
  list->add_option("TARGET", options->target, kTarget);
  AddRepeatable(*list, "--kind", options->kinds, "Of a kind")->check(EnumCheck<pb::NoticeKind>());
  list->add_flag("--withdrawn", options->withdrawn, "Also those that were withdrawn");
  AddLimit(*list, options->limit);
  AddAsOf(*list, context);
  list->callback([&context, options] { RunListNotices(context, *options); });

  auto flags = std::make_shared<NoticeFlags>();
  CLI::App* show = AddNoticeCommand(*notice, "show", "Show one notice", flags->target);
  AddAsOf(*show, context);
  show->callback([&context, flags] { RunShowNotice(context, *flags); });

  CLI::App* affected = AddNoticeCommand(*notice, "affected", "List the printings that it reaches", options->target);
  AddRepeatable(*affected, "--state", options->states, "In a state")->check(EnumCheck<pb::AffectedState>());
  AddLimit(*affected, options->limit);
  AddAsOf(*affected, context);
  AddExample(*affected, "onrecord notice affected notices/ID --state unseen");
  affected->callback([&context, options] { RunAffected(context, *options); });
}

}  // namespace onrecord::cli
