#include "clients/cli/export_command.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <memory>

#include "clients/cli/commands.h"
#include "clients/cli/csv.h"
#include "clients/cli/progress.h"
#include "clients/cli/records.h"

namespace onrecord::cli {
namespace {

constexpr unsigned kBufferBytes = 256U << 10;
constexpr std::size_t kMaxWrite = std::size_t{1} << 30;  // gzwrite counts in unsigned int

bool SyncToDisk(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool synced = fsync(fd) == 0;
  close(fd);
  return synced;
}

struct ExportOptions {
  FilterOptions filter;
  std::string out;
  std::string format;
};

bool IsCsv(const ExportOptions& options) {
  if (!options.format.empty()) return options.format == "csv";
  return options.out.ends_with(".csv") || options.out.ends_with(".csv.gz");
}

void RunExport(Context& context, const ExportOptions& options) {
  pb::ExportQuotesRequest request;
  *request.mutable_filter() = options.filter.Resolve(context);
  const bool csv = IsCsv(options);
  ExportFile file(options.out);
  const auto check = [&] {
    if (!file.error().empty()) context.Fail(kExitInput, file.error());
  };
  check();
  if (csv) file.Write(CsvHeaderLine());

  grpc::ClientContext call;
  context.Prepare(call, /*with_deadline=*/false);
  const auto stub = context.Imports();
  const auto stream = stub->ExportQuotes(&call, request);
  Progress progress;
  const bool to_file = !options.out.empty() && options.out != "-";
  std::int64_t count = 0;
  pb::ExportQuotesResponse response;
  while (file.error().empty() && stream->Read(&response)) {
    for (const pb::ImportRecord& record : response.records()) {
      file.Write(csv ? RecordToCsv(record) : RecordToJson(record) + "\n");
    }
    count += response.records_size();
    if (to_file && !context.json) progress.Update(0, -1, count);
  }
  progress.Clear();
  if (!file.error().empty()) call.TryCancel();
  const grpc::Status status = stream->Finish();
  check();
  context.Check(status);
  file.Finish();
  check();
  if (to_file && !context.json) std::cerr << WithCommas(count) << " records written to " << options.out << '\n';
}

}  // namespace

ExportFile::ExportFile(const std::string& path)
    : path_(path.empty() || path == "-" ? "standard output" : path),
      part_(path.empty() || path == "-" ? "" : path + ".part") {
  // "T": as it is, not compressed.
  const char* mode = part_.empty() || !path.ends_with(".gz") ? "wbTe" : "wb6e";
  file_ = part_.empty() ? gzdopen(dup(STDOUT_FILENO), mode) : gzopen(part_.c_str(), mode);
  if (file_ == nullptr) {
    Fail();
  } else {
    gzbuffer(file_, kBufferBytes);
  }
}

ExportFile::~ExportFile() {
  if (file_ == nullptr) return;
  gzclose(file_);
  if (!part_.empty()) unlink(part_.c_str());
}

void ExportFile::Fail() {
  if (error_.empty()) error_ = path_ + ": " + (errno != 0 ? std::strerror(errno) : "cannot be written");
}

void ExportFile::Write(std::string_view text) {
  while (!text.empty() && error_.empty()) {
    errno = 0;
    const auto size = static_cast<unsigned>(std::min(text.size(), kMaxWrite));
    const int written = gzwrite(file_, text.data(), size);
    if (written <= 0) return Fail();
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

void ExportFile::Finish() {
  errno = 0;
  const bool closed = gzclose(std::exchange(file_, nullptr)) == Z_OK;
  if (part_.empty()) {
    if (!closed) Fail();
    return;
  }
  if (closed && error_.empty() && SyncToDisk(part_) && std::rename(part_.c_str(), path_.c_str()) == 0) return;
  Fail();
  unlink(part_.c_str());
}

void AddExportCommand(CLI::App& app, Context& context) {
  auto options = std::make_shared<ExportOptions>();
  CLI::App* command = app.add_subcommand("export", "Write quotes as records that import reads again");
  options->filter.AddTo(*command);
  command->add_option("--out", options->out, "Where to; compressed when it ends with .gz; standard output unless given")
      ->type_name("FILE");
  command->add_option("--format", options->format, "csv for files called .csv, else jsonl, unless given")
      ->check(CLI::IsMember({"jsonl", "csv"}));
  command->callback([options, &context] { RunExport(context, *options); });
}

}  // namespace onrecord::cli
