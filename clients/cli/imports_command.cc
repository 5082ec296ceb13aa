#include "clients/cli/imports_command.h"

#include <iostream>
#include <memory>

#include "absl/time/time.h"
#include "clients/cli/calls.h"
#include "clients/cli/enums.h"
#include "clients/cli/import_command.h"
#include "clients/cli/options.h"
#include "clients/cli/progress.h"
#include "clients/cli/records.h"
#include "clients/cli/table.h"

namespace onrecord::cli {
namespace {

struct ImportsOptions {
  std::string name;
  std::string rejects;
  bool with_rejects = false;
  int limit = 50;
};

std::string LocalTime(const google::protobuf::Timestamp& time) {
  if (time.seconds() == 0) return "";
  return absl::FormatTime("%Y-%m-%d %H:%M:%S", absl::FromUnixSeconds(time.seconds()), absl::LocalTimeZone());
}

void AddRow(Table& table, const pb::Import& import) {
  table.Add({import.name(), Clean(import.source()), TextOf(import.state()), LocalTime(import.create_time()),
             Clean(import.author()), WithCommas(import.created_count()), WithCommas(import.updated_count()),
             WithCommas(import.unchanged_count()), WithCommas(import.conflict_count()),
             WithCommas(import.rejected_count())});
}

void PrintTable(const Table& table, const Context& context) { Print(table, context.UseColor()); }

Table NewTable() {
  constexpr int kMaxName = 40;
  return Table({{"IMPORT"},
                {"SOURCE", kMaxName},
                {"STATE"},
                {"BEGUN"},
                {"BY", kMaxName},
                {"CREATED", 0, true},
                {"UPDATED", 0, true},
                {"UNCHANGED", 0, true},
                {"CONFLICTS", 0, true},
                {"REJECTED", 0, true}});
}

void ListImports(Context& context, int limit) {
  pb::ListImportsResponse all;
  pb::ListImportsRequest request;
  do {
    request.set_page_size(std::min(limit - all.imports_size(), 1000));
    const auto page = Read(context, context.Imports(), &pb::ImportService::Stub::ListImports, request);
    all.mutable_imports()->MergeFrom(page.imports());
    all.set_next_page_token(page.next_page_token());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty() && all.imports_size() < limit);
  if (context.json) {
    std::cout << ToJson(all);
    return;
  }
  if (all.imports().empty()) {
    std::cerr << "Nothing was imported yet; see onrecord import --help.\n";
    return;
  }
  Table table = NewTable();
  for (const pb::Import& import : all.imports()) AddRow(table, import);
  PrintTable(table, context);
  if (!all.next_page_token().empty()) std::cerr << "There are older ones: --limit shows more.\n";
}

void ShowImport(Context& context, const std::string& name) {
  pb::GetImportRequest request;
  request.set_name(name);
  const pb::Import import = Read(context, context.Imports(), &pb::ImportService::Stub::GetImport, request).import();
  if (context.json) {
    std::cout << ToJson(import);
    return;
  }
  Table table = NewTable();
  AddRow(table, import);
  PrintTable(table, context);
  if (import.has_revert()) std::cout << "Reverted: " << Clean(import.revert().reason()) << '\n';
  if (import.pending_index_count() > 0) {
    std::cout << "The record lacks " << import.pending_index_count()
              << " indexes since its first load; they are built when that has ended.\n";
  }
  if (import.state() == pb::IMPORT_STATE_RUNNING) {
    std::cout << "Its records are stored up to the " << import.committed_sequence()
              << ".; to go on: onrecord import --resume " << import.name() << " FILE\n";
  }
}

void RunRevert(Context& context, const std::string& name, const std::string& reason) {
  pb::RevertImportRequest request;
  request.set_name(ImportName(name));
  request.set_reason(reason);
  grpc::ClientContext call;
  context.Prepare(call, /*with_deadline=*/false);
  const auto stream = context.Imports()->RevertImport(&call, request);
  pb::RevertImportResponse response;
  Progress progress;
  while (stream->Read(&response)) {
    const pb::ImportRevert& revert = response.import().revert();
    const std::int64_t done = revert.retracted_count() + revert.restored_count() + revert.kept_count();
    progress.Update(done, revert.touched_count(), done);
  }
  progress.Clear();
  context.Check(stream->Finish());
  if (context.json) {
    std::cout << ToJson(response.import());
    return;
  }
  const pb::ImportRevert& revert = response.import().revert();
  std::cout << request.name() << " is reverted: " << WithCommas(revert.retracted_count()) << " retracted, "
            << WithCommas(revert.restored_count()) << " as they were before or as others print them, "
            << WithCommas(revert.kept_count()) << " left because somebody changed them since.\n";
}

void PrintRejects(Context& context, const std::string& name, const std::string& path) {
  if (path.empty() || path == "-") {
    ForEachReject(context, name, [](const pb::Reject& reject) {
      std::cout << RejectToJson(reject.record(), reject.result(), 0) << '\n';
    });
    return;
  }
  LinesFile file(context, path);
  std::int64_t count = 0;
  ForEachReject(context, name, [&](const pb::Reject& reject) {
    file.Write(RejectToJson(reject.record(), reject.result(), 0));
    ++count;
  });
  file.Flush();
  std::cerr << WithCommas(count) << (count == 1 ? " reject" : " rejects")
            << (count > 0 ? " written to " + path : std::string()) << '\n';
}

void RunImports(Context& context, ImportsOptions options) {
  if (options.name.empty() && options.rejects.starts_with("imports/")) std::swap(options.name, options.rejects);
  if (options.name.empty()) {
    if (options.with_rejects)
      context.Fail(kExitUsage, "--rejects needs an import: onrecord imports imports/3 --rejects");
    return ListImports(context, options.limit);
  }
  const std::string name = ImportName(options.name);
  if (options.with_rejects) return PrintRejects(context, name, options.rejects);
  ShowImport(context, name);
}

}  // namespace

std::string ImportName(const std::string& typed) { return typed.starts_with("imports/") ? typed : "imports/" + typed; }

void AddImportsCommand(CLI::App& app, Context& context) {
  auto options = std::make_shared<ImportsOptions>();
  CLI::App* command = app.add_subcommand("imports", "What was imported, and what was not taken");
  command->add_option("import", options->name, "One import")->type_name("imports/N");
  CLI::Option* rejects =
      command->add_option("--rejects", options->rejects, "Its rejected and conflicting records as JSON Lines")
          ->type_name("[FILE]")
          ->expected(0, 1);
  command->add_option("--limit", options->limit, "How many to list, newest first")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  command->callback([options, rejects, &context] {
    options->with_rejects = rejects->count() > 0;
    RunImports(context, *options);
  });
}

void AddRevertImportCommand(CLI::App& app, Context& context) {
  struct RevertFlags {
    std::string name, reason;
  };
  auto flags = std::make_shared<RevertFlags>();
  CLI::App* command = app.add_subcommand("revert-import", "Take back what an import brought");
  command->add_option("IMPORT", flags->name, "Which one; onrecord imports lists them")
      ->type_name("imports/N")
      ->required();
  command->add_option("--reason", flags->reason, "Why, for the history")->required();
  AddExample(*command, "onrecord revert-import imports/3 --reason \"the archive's dates are wrong\"");
  command->callback([flags, &context] { RunRevert(context, flags->name, flags->reason); });
}

}  // namespace onrecord::cli
