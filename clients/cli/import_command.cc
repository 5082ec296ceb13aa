#include "clients/cli/import_command.h"

#include <signal.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <map>
#include <mutex>
#include <thread>

#include "absl/strings/str_split.h"
#include "clients/cli/brat_files.h"
#include "clients/cli/calls.h"
#include "clients/cli/commands.h"
#include "clients/cli/import_jobs.h"
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
  std::size_t jobs = 1;
  std::string resume;
  std::vector<std::string> resumed;  // of `resume`, one for each job
  std::string rejects;
  std::string losses;
  bool dry_run = false;
  bool first_load = false;
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

// Of each job.
std::vector<ImportSettings> SettingsFor(const ImportOptions& options, const std::string& path) {
  ImportSettings settings;
  settings.retry_seconds = options.retry_seconds;
  pb::StartImport& start = settings.start;
  start.set_source(options.source);
  if (options.source.empty())
    start.set_source(path == "-" ? "stdin" : std::filesystem::path(WithoutSlash(path)).filename().string());
  start.set_unknown_names(options.unknown == "reject" ? pb::UNKNOWN_NAMES_REJECT : pb::UNKNOWN_NAMES_CREATE);
  start.set_dry_run(options.dry_run);
  start.set_first_load(options.first_load);
  std::vector<ImportSettings> jobs(options.jobs, settings);
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    jobs[i].start.set_request_id(NewRequestId());
    if (jobs.size() > 1) {
      jobs[i].start.set_part(static_cast<int>(i) + 1);
      jobs[i].start.set_parts(static_cast<int>(jobs.size()));
    }
    if (!options.resumed.empty()) jobs[i].start.set_resume(options.resumed[i]);
  }
  return jobs;
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

// One input. Sinks are shared with the threads of the jobs.
class ImportRun {
 public:
  ImportRun(Context& context, const ImportOptions& options, const std::string& path)
      : context_(context),
        options_(options),
        path_(path),
        records_(OpenRecords(path, FormatOf(options.format))),
        rejects_(context, RejectsPath(options, path)),
        losses_(context, options.losses),
        jobs_(
            context, SettingsFor(options, path), g_interrupted,
            [this](const pb::ImportRecord& record, std::int64_t line, const pb::RecordResult& result) {
              OnResult(record, line, result);
            },
            [this](const std::string& notice) { Tell(notice); }) {}

  // Whether every record was taken.
  bool Run();
  // After a first load: waits until questions are fast.
  void AwaitIndexes();

 private:
  void CheckFiles();
  void Begin();
  bool WasFinished() const;
  void SendAll();
  void RejectLocally(const InputItem& item);
  void OnResult(const pb::ImportRecord& record, std::int64_t line, const pb::RecordResult& result);
  void InputFailed();
  void FetchUnanswered();
  bool Summarize();
  // What became of the records of all jobs together.
  pb::Import Total();
  // imports/5, imports/6; empty while nothing is started, and in a dry run.
  std::string Names(const char* separator) const;
  std::int64_t Committed() const;
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
  std::int64_t local_rejects_ = 0;

  std::mutex mutex_;
  // Guarded by mutex_, with rejects_:
  Progress progress_;
  std::map<pb::Outcome, std::int64_t> outcomes_;  // of this run
  std::int64_t answered_ = 0;

  ImportJobs jobs_;  // last: its threads use what stands above
};

void ImportRun::Tell(const std::string& line) {
  const std::lock_guard lock(mutex_);
  progress_.Clear();
  std::cerr << line << '\n';
}

std::string ImportRun::Names(const char* separator) const {
  std::string names;
  for (std::size_t i = 0; i < jobs_.size(); ++i) {
    const std::string& name = jobs_.stream(i).import().name();
    if (!name.empty()) names += (names.empty() ? "" : separator) + name;
  }
  return names;
}

std::int64_t ImportRun::Committed() const {
  std::int64_t committed = 0;
  for (std::size_t i = 0; i < jobs_.size(); ++i) committed += jobs_.stream(i).committed();
  return committed;
}

std::string ImportRun::ResumeCommand() const {
  std::string command = "onrecord import --resume " + Names(",");
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
  jobs_.Start();
  if (options_.dry_run) {
    Tell("dry run: nothing is stored");
  } else if (!WasFinished()) {
    Tell(Names(", ") + " (to go on after a crash: " + ResumeCommand() + ")");
  }
}

bool ImportRun::WasFinished() const {
  for (std::size_t i = 0; i < jobs_.size(); ++i) {
    if (!jobs_.stream(i).was_finished()) return false;
  }
  return true;
}

void ImportRun::OnResult(const pb::ImportRecord& record, std::int64_t line, const pb::RecordResult& result) {
  const std::lock_guard lock(mutex_);
  ++answered_;
  ++outcomes_[result.outcome()];
  if (result.outcome() == pb::OUTCOME_REJECTED || result.outcome() == pb::OUTCOME_CONFLICT) {
    rejects_.Write(RejectToJson(record, result, line));
  }
}

void ImportRun::RejectLocally(const InputItem& item) {
  constexpr std::int64_t kShown = 10;  // where no file keeps them
  const LocalReject& reject = *item.parsed.reject;
  {
    const std::lock_guard lock(mutex_);
    rejects_.Write(LocalRejectToJson(reject, item.raw, item.line));
  }
  if (++local_rejects_ > kShown || !rejects_.path().empty()) return;
  Tell("line " + std::to_string(item.line) + ": " + (reject.field.empty() ? "" : reject.field + ": ") + reject.message +
       " [" + reject.reason + "]");
}

void ImportRun::SendAll() {
  InputItem item;
  while (true) {
    const ReadState state = records_->Next(item);
    if (state == ReadState::kEnd) break;
    if (state == ReadState::kInterrupted || g_interrupted) throw Interrupted();
    if (state == ReadState::kFailed) InputFailed();
    if (!item.losses.empty()) losses_.Write(LossesToJson(item.parsed.record, item.losses, item.line));
    if (item.parsed.reject) {
      RejectLocally(item);
    } else {
      jobs_.Add(std::move(item.parsed.record), item.line);
    }
    const std::lock_guard lock(mutex_);
    progress_.Update(records_->position(), records_->size(), answered_);
  }
  for (std::size_t i = 0; i < jobs_.size(); ++i) {
    if (jobs_.dealt(i) >= jobs_.stored(i)) continue;
    context_.Fail(kExitInput, path_ + " holds " + std::to_string(jobs_.dealt(i)) + " records" +
                                  (jobs_.size() == 1 ? ", " : " for it, ") + jobs_.stream(i).import().name() +
                                  " has stored " + std::to_string(jobs_.stored(i)) +
                                  " already: give the input it began with");
  }
}

void ImportRun::InputFailed() {
  jobs_.Drain();
  rejects_.Flush();
  losses_.Flush();
  progress_.Clear();
  std::string message = records_->error();
  message += "\n  The " + WithCommas(Committed()) + " records before that were sent";
  message += options_.dry_run ? "." : " and stored. With the whole input go on with: " + ResumeCommand();
  context_.Fail(kExitInput, message);
}

// Rejects whose answers were lost with a connection, or went to the run that is resumed.
void ImportRun::FetchUnanswered() {
  for (std::size_t i = 0; i < jobs_.size(); ++i) {
    const ImportStream& stream = jobs_.stream(i);
    if (stream.unanswered().empty() || rejects_.path().empty() || stream.import().name().empty()) continue;
    ForEachReject(context_, stream.import().name(), [&](const pb::Reject& reject) {
      const std::int64_t sequence = reject.result().sequence();
      const auto holds = [sequence](const auto& range) { return range.first <= sequence && sequence <= range.second; };
      if (std::any_of(stream.unanswered().begin(), stream.unanswered().end(), holds)) {
        rejects_.Write(RejectToJson(reject.record(), reject.result(), 0));
      }
    });
  }
}

pb::Import ImportRun::Total() {
  pb::Import total = jobs_.stream(0).import();
  if (options_.dry_run) {
    // Each stream of a dry run counts for itself.
    total.set_created_count(outcomes_[pb::OUTCOME_CREATED]);
    total.set_updated_count(outcomes_[pb::OUTCOME_UPDATED]);
    total.set_unchanged_count(outcomes_[pb::OUTCOME_UNCHANGED]);
    total.set_conflict_count(outcomes_[pb::OUTCOME_CONFLICT]);
    total.set_rejected_count(outcomes_[pb::OUTCOME_REJECTED]);
    total.set_committed_sequence(Committed());
    return total;
  }
  for (std::size_t i = 1; i < jobs_.size(); ++i) {
    const pb::Import& import = jobs_.stream(i).import();
    total.set_created_count(total.created_count() + import.created_count());
    total.set_updated_count(total.updated_count() + import.updated_count());
    total.set_unchanged_count(total.unchanged_count() + import.unchanged_count());
    total.set_conflict_count(total.conflict_count() + import.conflict_count());
    total.set_rejected_count(total.rejected_count() + import.rejected_count());
  }
  return total;
}

bool ImportRun::Summarize() {
  const pb::Import import = Total();
  if (context_.json) {
    if (options_.dry_run) std::cout << ToJson(import, true);
    for (std::size_t i = 0; i < jobs_.size() && !options_.dry_run; ++i) {
      std::cout << ToJson(jobs_.stream(i).import(), true);
    }
    std::cout << std::flush;
  }
  const double seconds = progress_.Seconds();
  const std::int64_t rejected = import.rejected_count() + local_rejects_;
  const std::int64_t records =
      import.created_count() + import.updated_count() + import.unchanged_count() + import.conflict_count() + rejected;
  std::string line = (options_.dry_run ? "dry run" : Names(", ")) + ": " + WithCommas(records) +
                     (records == 1 ? " record in " : " records in ") + Duration(seconds);
  const std::string rate = Rate(answered_ + local_rejects_, seconds);
  if (!rate.empty()) line += " (" + rate + ")";
  line += ": " + WithCommas(import.created_count()) + " created, " + WithCommas(import.updated_count()) + " updated, " +
          WithCommas(import.unchanged_count()) + " unchanged, " + WithCommas(import.conflict_count()) +
          (import.conflict_count() == 1 ? " conflict, " : " conflicts, ") + WithCommas(rejected) + " rejected";
  if (rejects_.written()) {
    line += "; see " + rejects_.path();
  } else if (import.rejected_count() + import.conflict_count() > 0 && !options_.dry_run) {
    line += "; see onrecord imports " + Names(" --rejects, onrecord imports ") + " --rejects";
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
    if (WasFinished()) {
      Tell(Names(", ") + (jobs_.size() == 1 ? " is" : " are") + " finished already; nothing was sent");
      return Summarize();
    }
    SendAll();
    jobs_.Finish();
    FetchUnanswered();
    rejects_.Flush();
    losses_.Flush();
    return Summarize();
  } catch (const Interrupted&) {
    jobs_.Stop();
    Tell("interrupted; " + WithCommas(Committed()) + " records are " +
         (!Names(",").empty() ? "stored. To go on: " + ResumeCommand() : "checked"));
    throw Exit{kExitInterrupted};
  } catch (const Exit& exit) {
    jobs_.Stop();
    progress_.Clear();
    if (exit.code == kExitCall && !Names(",").empty()) {
      Tell(WithCommas(Committed()) + " records are stored. To go on: " + ResumeCommand());
    }
    throw;
  }
}

void ImportRun::AwaitIndexes() {
  pb::Import import = jobs_.stream(0).import();
  if (import.name().empty() || !import.first_load()) return;
  pb::GetImportRequest request;
  request.set_name(import.name());
  const auto begin = std::chrono::steady_clock::now();
  for (int told = 0; !g_interrupted; std::this_thread::sleep_for(std::chrono::milliseconds(200))) {
    import = Read(context_, context_.Imports(), &pb::ImportService::Stub::GetImport, request).import();
    const int left = import.pending_index_count();
    if (left == 0) {
      const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
      return Tell("indexes built in " + Duration(seconds.count()));
    }
    if (left != told) Tell(std::to_string(left) + " indexes to build; they are built without this command, too");
    told = left;
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
  const std::vector<std::string> resumed = absl::StrSplit(options.resume, ',', absl::SkipEmpty());
  for (const std::string& name : resumed) options.resumed.push_back(ImportName(name));
  if (!options.resumed.empty()) options.jobs = options.resumed.size();
  CatchInterrupts();
  bool all_taken = true;
  for (const std::string& file : options.files) {
    ImportRun run(context, options, file);
    if (!run.Run()) all_taken = false;
    if (&file == &options.files.back()) run.AwaitIndexes();
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
  command->add_flag("--first-load", options->first_load,
                    "The record is empty and much is to come: what only questions need is built at the end");
  auto* jobs = command
                   ->add_option("--jobs", options->jobs,
                                "Imports at the same time that the records are dealt to; two keep a small server busy")
                   ->type_name("N")
                   ->check(CLI::Range(1, 16))
                   ->capture_default_str();
  command
      ->add_option("--resume", options->resume,
                   "Go on with an import that broke off, or with all of several jobs, with the same input")
      ->type_name("imports/N,...")
      ->excludes(jobs);
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
  AddRevertImportCommand(app, context);
}

}  // namespace onrecord::cli
