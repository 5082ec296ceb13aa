#include "clients/cli/import_command.h"

#include <signal.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <map>

#include "clients/cli/brat_files.h"
#include "clients/cli/calls.h"
#include "clients/cli/commands.h"
#include "clients/cli/import_stream.h"
#include "clients/cli/imports_command.h"
#include "clients/cli/input.h"
#include "clients/cli/progress.h"

namespace onrecord::cli {
namespace {

std::atomic<bool> g_interrupted{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler sets it");

// The second signal ends the process as it would without us.
void CatchInterrupts() {
  struct sigaction action = {};
  action.sa_handler = [](int) { g_interrupted = true; };
  action.sa_flags = SA_RESETHAND;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

struct ImportOptions {
  std::vector<std::string> files;
  std::string format;
  std::string source;
  std::string unknown;
  std::string resume;
  std::string rejects;
  std::string losses;
  bool dry_run = false;
  double retry_seconds = 120;
};

std::string ShellQuoted(const std::string& text) {
  const auto plain = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           std::string_view("/._-+,:@%").find(c) != std::string::npos;
  };
  if (!text.empty() && std::all_of(text.begin(), text.end(), plain)) return text;
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted += c;
    }
  }
  return quoted + "'";
}

struct Format {
  const char* name;
  InputFormat format;
};
constexpr Format kFormats[] = {{"jsonl", InputFormat::kJsonLines},
                               {"csv", InputFormat::kCsv},
                               {"claimreview", InputFormat::kClaimReview},
                               {"claims-search", InputFormat::kClaimsSearch},
                               {"liar", InputFormat::kLiar},
                               {"quotebank", InputFormat::kQuotebank},
                               {"gqg", InputFormat::kGqg},
                               {"brat", InputFormat::kBrat}};

std::vector<std::string> FormatNames() {
  std::vector<std::string> names;
  for (const Format& format : kFormats) names.emplace_back(format.name);
  return names;
}

InputFormat FormatOf(const std::string& name) {
  const auto* found =
      std::find_if(std::begin(kFormats), std::end(kFormats), [&](const Format& f) { return f.name == name; });
  return found == std::end(kFormats) ? InputFormat::kAuto : found->format;
}

// Directories may be typed with a slash at the end.
std::string WithoutSlash(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

std::string RejectsPath(const ImportOptions& options, const std::string& path) {
  if (!options.rejects.empty()) return options.rejects;
  return path == "-" ? "" : WithoutSlash(path) + ".rejects.jsonl";
}

ImportSettings SettingsFor(const ImportOptions& options, const std::string& path) {
  ImportSettings settings;
  settings.retry_seconds = options.retry_seconds;
  pb::StartImport& start = settings.start;
  start.set_resume(options.resume);
  start.set_source(options.source);
  if (options.source.empty())
    start.set_source(path == "-" ? "stdin" : std::filesystem::path(WithoutSlash(path)).filename().string());
  start.set_unknown_names(options.unknown == "reject" ? pb::UNKNOWN_NAMES_REJECT : pb::UNKNOWN_NAMES_CREATE);
  start.set_dry_run(options.dry_run);
  start.set_request_id(NewRequestId());
  return settings;
}

// The records of a file, with the file.
class FileRecords : public RecordReader {
 public:
  FileRecords(std::unique_ptr<ByteInput> input, InputFormat format)
      : RecordReader(*input, format), input_(std::move(input)) {}

 private:
  const std::unique_ptr<ByteInput> input_;
};

std::unique_ptr<RecordSource> OpenRecords(const std::string& path, InputFormat format) {
  if (format == InputFormat::kBrat) return std::make_unique<BratReader>(path);
  return std::make_unique<FileRecords>(std::make_unique<ByteInput>(path, g_interrupted), format);
}

// One input, one import.
class ImportRun {
 public:
  ImportRun(Context& context, const ImportOptions& options, const std::string& path)
      : context_(context),
        options_(options),
        path_(path),
        records_(OpenRecords(path, FormatOf(options.format))),
        rejects_(context, RejectsPath(options, path)),
        losses_(context, options.losses),
        stream_(
            context, SettingsFor(options, path), g_interrupted,
            [this](const pb::ImportRecord& record, std::int64_t line, const pb::RecordResult& result) {
              OnResult(record, line, result);
            },
            [this](const std::string& notice) { Tell(notice); }) {}

  // Whether every record was taken.
  bool Run();

 private:
  void CheckFiles();
  void Begin();
  void SendAll();
  void RejectLocally(const InputItem& item);
  void OnResult(const pb::ImportRecord& record, std::int64_t line, const pb::RecordResult& result);
  void InputFailed();
  void FetchUnanswered();
  bool Summarize();
  // What others' formats hold and records do not.
  void TellLosses();
  // A line for people on standard error.
  void Tell(const std::string& line);
  std::string ResumeCommand() const;

  Context& context_;
  const ImportOptions& options_;
  const std::string path_;
  const std::unique_ptr<RecordSource> records_;
  LinesFile rejects_;
  LinesFile losses_;
  ImportStream stream_;
  Progress progress_;
  std::map<pb::Outcome, std::int64_t> outcomes_;  // of this run
  std::int64_t local_rejects_ = 0;
  std::int64_t answered_ = 0;
};

void ImportRun::Tell(const std::string& line) {
  progress_.Clear();
  std::cerr << line << '\n';
}

std::string ImportRun::ResumeCommand() const {
  std::string command = "onrecord import --resume " + stream_.import().name();
  if (!options_.rejects.empty()) command += " --rejects " + ShellQuoted(options_.rejects);
  if (!options_.losses.empty()) command += " --losses " + ShellQuoted(options_.losses);
  if (!options_.format.empty()) command += " --format " + options_.format;
  return command + " " + ShellQuoted(path_);
}

void ImportRun::CheckFiles() {
  if (!records_->error().empty()) context_.Fail(kExitInput, records_->error());
  std::error_code ignored;
  for (const auto& [option, file] : {std::pair("--rejects", &rejects_), std::pair("--losses", &losses_)}) {
    if (!file->path().empty() && std::filesystem::equivalent(path_, file->path(), ignored)) {
      context_.Fail(kExitUsage, std::string(option) + " names the input itself: " + path_);
    }
  }
}

void ImportRun::Begin() {
  const pb::Import& import = stream_.Start();
  if (import.dry_run()) {
    Tell("dry run: nothing is stored");
  } else if (!stream_.was_finished()) {
    Tell(import.name() + " (to go on after a crash: " + ResumeCommand() + ")");
  }
}

void ImportRun::OnResult(const pb::ImportRecord& record, std::int64_t line, const pb::RecordResult& result) {
  ++answered_;
  ++outcomes_[result.outcome()];
  if (result.outcome() == pb::OUTCOME_REJECTED || result.outcome() == pb::OUTCOME_CONFLICT) {
    rejects_.Write(RejectToJson(record, result, line));
  }
}

void ImportRun::RejectLocally(const InputItem& item) {
  constexpr std::int64_t kShown = 10;  // where no file keeps them
  const LocalReject& reject = *item.parsed.reject;
  rejects_.Write(LocalRejectToJson(reject, item.raw, item.line));
  if (++local_rejects_ > kShown || !rejects_.path().empty()) return;
  Tell("line " + std::to_string(item.line) + ": " + (reject.field.empty() ? "" : reject.field + ": ") + reject.message +
       " [" + reject.reason + "]");
}

void ImportRun::SendAll() {
  const std::int64_t stored = stream_.committed();
  std::int64_t sequence = 0;
  InputItem item;
  while (true) {
    const ReadState state = records_->Next(item);
    if (state == ReadState::kEnd) break;
    if (state == ReadState::kInterrupted || g_interrupted) throw Interrupted();
    if (state == ReadState::kFailed) InputFailed();
    if (!item.losses.empty()) losses_.Write(LossesToJson(item.parsed.record, item.losses, item.line));
    if (item.parsed.reject) {
      RejectLocally(item);
    } else if (++sequence > stored) {
      stream_.Add(std::move(item.parsed.record), item.line);
    }
    progress_.Update(records_->position(), records_->size(), answered_);
  }
  if (sequence < stored) {
    context_.Fail(kExitInput, path_ + " holds " + std::to_string(sequence) + " records, " + stream_.import().name() +
                                  " has stored " + std::to_string(stored) + " already: give the input it began with");
  }
}

void ImportRun::InputFailed() {
  stream_.Drain();
  rejects_.Flush();
  losses_.Flush();
  progress_.Clear();
  std::string message = records_->error();
  message += "\n  The " + WithCommas(stream_.committed()) + " records before that were sent";
  message += stream_.import().dry_run() ? "." : " and stored. With the whole input go on with: " + ResumeCommand();
  context_.Fail(kExitInput, message);
}

// Rejects whose answers were lost with a connection, or went to the run that is resumed.
void ImportRun::FetchUnanswered() {
  if (stream_.unanswered().empty() || rejects_.path().empty() || stream_.import().name().empty()) return;
  ForEachReject(context_, stream_.import().name(), [this](const pb::Reject& reject) {
    const std::int64_t sequence = reject.result().sequence();
    const auto holds = [sequence](const auto& range) { return range.first <= sequence && sequence <= range.second; };
    if (std::any_of(stream_.unanswered().begin(), stream_.unanswered().end(), holds)) {
      rejects_.Write(RejectToJson(reject.record(), reject.result(), 0));
    }
  });
}

bool ImportRun::Summarize() {
  pb::Import import = stream_.import();
  if (import.dry_run()) {
    // Each stream of a dry run counts for itself.
    import.set_created_count(outcomes_[pb::OUTCOME_CREATED]);
    import.set_updated_count(outcomes_[pb::OUTCOME_UPDATED]);
    import.set_unchanged_count(outcomes_[pb::OUTCOME_UNCHANGED]);
    import.set_conflict_count(outcomes_[pb::OUTCOME_CONFLICT]);
    import.set_rejected_count(outcomes_[pb::OUTCOME_REJECTED]);
    import.set_committed_sequence(stream_.committed());
  }
  if (context_.json) std::cout << ToJson(import, true) << std::flush;
  const double seconds = progress_.Seconds();
  const std::int64_t rejected = import.rejected_count() + local_rejects_;
  const std::int64_t records =
      import.created_count() + import.updated_count() + import.unchanged_count() + import.conflict_count() + rejected;
  std::string line = (import.dry_run() ? "dry run" : import.name()) + ": " + WithCommas(records) +
                     (records == 1 ? " record in " : " records in ") + Duration(seconds);
  const std::string rate = Rate(answered_ + local_rejects_, seconds);
  if (!rate.empty()) line += " (" + rate + ")";
  line += ": " + WithCommas(import.created_count()) + " created, " + WithCommas(import.updated_count()) + " updated, " +
          WithCommas(import.unchanged_count()) + " unchanged, " + WithCommas(import.conflict_count()) +
          (import.conflict_count() == 1 ? " conflict, " : " conflicts, ") + WithCommas(rejected) + " rejected";
  if (rejects_.written()) {
    line += "; see " + rejects_.path();
  } else if (import.rejected_count() + import.conflict_count() > 0 && !import.name().empty()) {
    line += "; see onrecord imports " + import.name() + " --rejects";
  }
  Tell(line);
  TellLosses();
  return rejected + import.conflict_count() == 0;
}

void ImportRun::TellLosses() {
  if (records_->losses().empty()) return;
  std::string line = "not kept, as records have no place for it:";
  for (const auto& [name, count] : records_->losses()) {
    line += (line.back() == ':' ? " " : ", ") + EscapeInvalidUtf8(name) + " (" + WithCommas(count) + ")";
  }
  if (losses_.written()) line += "; see " + losses_.path();
  Tell(line);
}

bool ImportRun::Run() {
  CheckFiles();
  try {
    Begin();
    if (stream_.was_finished()) {
      Tell(stream_.import().name() + " is finished already; nothing was sent");
      return Summarize();
    }
    SendAll();
    stream_.Finish();
    FetchUnanswered();
    rejects_.Flush();
    losses_.Flush();
    return Summarize();
  } catch (const Interrupted&) {
    const bool resumable = !stream_.import().name().empty();
    Tell("interrupted; " + WithCommas(stream_.committed()) + " records are " +
         (resumable ? "stored. To go on: " + ResumeCommand() : "checked"));
    throw Exit{kExitInterrupted};
  } catch (const Exit& exit) {
    progress_.Clear();
    if (exit.code == kExitCall && !stream_.import().name().empty()) {
      Tell(WithCommas(stream_.committed()) + " records are stored. To go on: " + ResumeCommand());
    }
    throw;
  }
}

void RunImports(Context& context, ImportOptions options) {
  if (options.files.empty()) options.files = {"-"};
  if (options.files.size() > 1 && !(options.resume.empty() && options.rejects.empty() && options.losses.empty())) {
    context.Fail(kExitUsage, "--resume, --rejects and --losses take one FILE at a time");
  }
  if (options.dry_run && !options.resume.empty()) {
    context.Fail(kExitUsage, "--dry-run stores nothing, so there is nothing to resume");
  }
  if (!options.resume.empty()) options.resume = ImportName(options.resume);
  CatchInterrupts();
  bool all_taken = true;
  for (const std::string& file : options.files) {
    if (!ImportRun(context, options, file).Run()) all_taken = false;
  }
  if (!all_taken) throw Exit{kExitSomeRecords};
}

}  // namespace

void LinesFile::Write(const std::string& json) {
  if (path_.empty()) return;
  if (!file_) file_.reset(std::fopen(path_.c_str(), "we"));
  if (!file_ || std::fwrite((json + "\n").data(), 1, json.size() + 1, file_.get()) != json.size() + 1) {
    context_.Fail(kExitInput, path_ + ": " + std::strerror(errno));
  }
}

void LinesFile::Flush() {
  if (file_ && std::fflush(file_.get()) != 0) context_.Fail(kExitInput, path_ + ": " + std::strerror(errno));
}

void ForEachReject(Context& context, const std::string& import, const std::function<void(const pb::Reject&)>& each) {
  pb::ListRejectsRequest request;
  request.set_import(import);
  request.set_page_size(1000);
  do {
    const pb::ListRejectsResponse page =
        Read(context, context.Imports(), &pb::ImportService::Stub::ListRejects, request);
    for (const pb::Reject& reject : page.rejects()) each(reject);
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
}

void AddImportCommands(CLI::App& app, Context& context) {
  auto options = std::make_shared<ImportOptions>();
  CLI::App* command =
      app.add_subcommand("import", "Feed records from JSON Lines, CSV or others' formats, compressed or not");
  command
      ->add_option("files", options->files,
                   "Files to read one after the other (brat: directories too); - is standard input (default)")
      ->type_name("FILE");
  command->add_option("--format", options->format, "What the input is; jsonl and csv are seen from the first byte")
      ->check(CLI::IsMember(FormatNames()));
  command->add_option("--source", options->source, "Where the records come from; the file's name unless given");
  command->add_option("--unknown", options->unknown, "What to do with unknown names (create unless given)")
      ->check(CLI::IsMember({"create", "reject"}));
  command->add_flag("--dry-run", options->dry_run, "Check every record, store nothing");
  command->add_option("--resume", options->resume, "Go on with an import that broke off, with the same input")
      ->type_name("imports/N");
  command->add_option("--rejects", options->rejects, "Where records that were not taken go; FILE.rejects.jsonl")
      ->type_name("FILE");
  command->add_option("--losses", options->losses, "Where to tell what records of others' formats hold and ours cannot")
      ->type_name("FILE");
  command->add_option("--retry", options->retry_seconds, "Seconds without progress after which to give up")
      ->type_name("SECONDS")
      ->check(CLI::Range(0.0, 86400.0))
      ->capture_default_str();
  command->callback([options, &context] { RunImports(context, *options); });
  AddImportsCommand(app, context);
}

}  // namespace onrecord::cli
