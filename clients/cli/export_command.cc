#include "clients/cli/export_command.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <vector>

#include "clients/cli/as_of.h"
#include "clients/cli/calls.h"
#include "clients/cli/claimreview.h"
#include "clients/cli/commands.h"
#include "clients/cli/csv.h"
#include "clients/cli/progress.h"
#include "clients/cli/records.h"
#include "clients/cli/webannotation.h"

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

// Reviews as ClaimReview, one on a line. Claims and speakers are asked for once.
class ClaimReviewExport {
 public:
  ClaimReviewExport(Context& context, ExportFile& file) : context_(context), file_(file) {}
  // How many were written.
  std::int64_t Run();

 private:
  std::string LineOf(const pb::Review& review);
  const std::string& ClaimText(const std::string& claim);
  const std::vector<Claimant>& Claimants(const std::string& claim);
  Claimant ClaimantOf(const std::string& quote);

  Context& context_;
  ExportFile& file_;
  std::map<std::string, std::string> texts_;
  std::map<std::string, pb::SpeakerKind> kinds_;
  // Of the claim asked for last: reviews of one claim mostly follow each other.
  std::string claim_;
  std::vector<Claimant> claimants_;
};

Claimant ClaimReviewExport::ClaimantOf(const std::string& quote) {
  pb::GetQuoteRequest request;
  request.set_name(quote);
  Claimant claimant;
  claimant.quote = Read(context_, context_.Quotes(), &pb::QuoteService::Stub::GetQuote, request).quote();
  const std::string& speaker = claimant.quote.speaker();
  if (speaker.empty()) return claimant;
  const auto [known, added] = kinds_.try_emplace(speaker, pb::SPEAKER_KIND_UNSPECIFIED);
  if (added) {
    pb::GetSpeakerRequest whom;
    whom.set_name(speaker);
    known->second = Read(context_, context_.Speakers(), &pb::SpeakerService::Stub::GetSpeaker, whom).speaker().kind();
  }
  claimant.kind = known->second;
  return claimant;
}

const std::string& ClaimReviewExport::ClaimText(const std::string& claim) {
  const auto [known, added] = texts_.try_emplace(claim);
  if (added) {
    pb::GetClaimRequest request;
    request.set_name(claim);
    known->second = Read(context_, context_.Claims(), &pb::ClaimService::Stub::GetClaim, request).claim().text();
  }
  return known->second;
}

// Those who assert just this claim themselves, the earliest first.
const std::vector<Claimant>& ClaimReviewExport::Claimants(const std::string& claim) {
  if (claim == claim_) return claimants_;
  claim_ = claim;
  claimants_.clear();
  pb::ListStancesRequest request;
  request.mutable_filter()->add_claims(claim);
  request.mutable_filter()->add_positions(pb::POSITION_ASSERTS);
  request.set_oldest_first(true);
  request.set_page_size(1000);
  do {
    const auto page = Read(context_, context_.Claims(), &pb::ClaimService::Stub::ListStances, request);
    for (const pb::Stance& stance : page.stances()) {
      const bool asserts = stance.claim() == claim && stance.position() == pb::POSITION_ASSERTS;
      if (asserts && !stance.ascribed()) claimants_.push_back(ClaimantOf(stance.quote()));
    }
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return claimants_;
}

std::string ClaimReviewExport::LineOf(const pb::Review& review) {
  if (!review.claim().empty()) return ClaimReviewToJson(review, ClaimText(review.claim()), Claimants(review.claim()));
  const Claimant reviewed = ClaimantOf(review.quote());
  return ClaimReviewToJson(review, reviewed.quote.text(), {reviewed});
}

std::int64_t ClaimReviewExport::Run() {
  std::int64_t count = 0;
  pb::ListReviewsRequest request;
  request.set_page_size(1000);
  do {
    const auto page = Read(context_, context_.Claims(), &pb::ClaimService::Stub::ListReviews, request);
    for (const pb::Review& review : page.reviews()) {
      if (!file_.error().empty()) return count;
      file_.Write(LineOf(review) + "\n");
      ++count;
    }
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return count;
}

// Every appearance of the quotes as a Web Annotation, one on a line; how many there were.
std::int64_t ExportWebAnnotations(Context& context, const ExportOptions& options, ExportFile& file) {
  std::int64_t count = 0;
  pb::ListQuotesRequest request;
  *request.mutable_filter() = options.filter.Resolve(context);
  SetAsOf(context, &request);
  request.set_order(pb::QUOTE_ORDER_OLDEST);
  request.set_page_size(1000);
  do {
    const auto page = Read(context, context.Quotes(), &pb::QuoteService::Stub::ListQuotes, request);
    for (const pb::Quote& quote : page.quotes()) {
      for (const pb::Appearance& appearance : quote.appearances()) {
        if (!file.error().empty()) return count;
        file.Write(WebAnnotationToJson(quote, appearance) + "\n");
        ++count;
      }
    }
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return count;
}

// Writes what `write` writes, which answers how many there were, and tells people.
void ExportTo(Context& context, const ExportOptions& options, const char* what,
              const std::function<std::int64_t(ExportFile&)>& write) {
  ExportFile file(options.out);
  const auto check = [&] {
    if (!file.error().empty()) context.Fail(kExitInput, file.error());
  };
  check();
  const std::int64_t count = write(file);
  check();
  file.Finish();
  check();
  if (!options.out.empty() && options.out != "-" && !context.json) {
    std::cerr << WithCommas(count) << " " << what << " written to " << options.out << '\n';
  }
}

void RunClaimReviewExport(Context& context, const ExportOptions& options) {
  if (options.filter.Resolve(context).ByteSizeLong() > 0) {
    context.Fail(kExitUsage, "--format claimreview writes every review; it takes no filter of quotes");
  }
  ExportTo(context, options, "reviews", [&](ExportFile& file) { return ClaimReviewExport(context, file).Run(); });
}

void RunExport(Context& context, const ExportOptions& options) {
  if (options.format == "claimreview") return RunClaimReviewExport(context, options);
  if (options.format == "webannotation") {
    return ExportTo(context, options, "annotations",
                    [&](ExportFile& file) { return ExportWebAnnotations(context, options, file); });
  }
  pb::ExportQuotesRequest request;
  *request.mutable_filter() = options.filter.Resolve(context);
  SetAsOf(context, &request);
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
  CLI::App* command =
      app.add_subcommand("export", "Write quotes or reviews as records that import reads again, or as annotations");
  options->filter.AddTo(*command);
  AddAsOf(*command, context);
  command->add_option("--out", options->out, "Where to; compressed when it ends with .gz; standard output unless given")
      ->type_name("FILE");
  command
      ->add_option(
          "--format", options->format,
          "csv for files called .csv, else jsonl, unless given; claimreview: reviews; webannotation: appearances")
      ->check(CLI::IsMember({"jsonl", "csv", "claimreview", "webannotation"}));
  command->callback([options, &context] { RunExport(context, *options); });
}

}  // namespace onrecord::cli
