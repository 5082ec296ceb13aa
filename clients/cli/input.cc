#include "clients/cli/input.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "clients/cli/claimreview.h"
#include "clients/cli/claims_search.h"
#include "clients/cli/gqg.h"
#include "clients/cli/liar.h"
#include "clients/cli/quotebank.h"

namespace onrecord::cli {
namespace {

constexpr std::size_t kPiece = std::size_t{256} << 10;
constexpr int kPollMilliseconds = 100;  // how long an interrupt may go unseen
constexpr std::string_view kBom = "\xEF\xBB\xBF";

}  // namespace

void RecordSource::CountLosses(const std::vector<std::string>& losses) {
  constexpr std::size_t kMostLosses = 100;  // different ones that are told
  for (const std::string& loss : losses) {
    const std::string name = loss.substr(0, loss.find(": "));
    if (losses_.size() < kMostLosses || losses_.contains(name)) ++losses_[name];
  }
}

ByteInput::ByteInput(const std::string& path, const std::atomic<bool>& interrupted)
    : path_(path == "-" ? "standard input" : path), interrupted_(interrupted) {
  fd_ = path == "-" ? STDIN_FILENO : open(path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat status = {};
  if (fd_ < 0 || fstat(fd_, &status) != 0) {
    Fail(std::strerror(errno));
  } else if (S_ISDIR(status.st_mode)) {
    Fail("is a directory");
  } else if (S_ISREG(status.st_mode)) {
    size_ = status.st_size;
  }
}

ByteInput::~ByteInput() {
  if (fd_ > STDIN_FILENO) close(fd_);
}

ReadState ByteInput::Fail(std::string message) {
  error_ = path_ + ": " + std::move(message);
  return ReadState::kFailed;
}

ReadState ByteInput::ReadRaw(std::string& out) {
  if (!error_.empty()) return ReadState::kFailed;
  while (true) {
    if (interrupted_) return ReadState::kInterrupted;
    if (size_ < 0) {
      pollfd ready = {fd_, POLLIN, 0};
      const int polled = poll(&ready, 1, kPollMilliseconds);
      if (polled == 0 || (polled < 0 && errno == EINTR)) continue;
    }
    const std::size_t before = out.size();
    out.resize(before + kPiece);
    const ssize_t count = read(fd_, out.data() + before, kPiece);
    out.resize(before + static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (count < 0) return Fail(std::strerror(errno));
    position_ += count;
    return count == 0 ? ReadState::kEnd : ReadState::kData;
  }
}

ReadState ByteInput::Read(std::string& out) {
  while (!decided_) {
    const ReadState state = ReadRaw(raw_);
    if (state != ReadState::kData && state != ReadState::kEnd) return state;
    decided_ = raw_.size() >= kMagicBytes || state == ReadState::kEnd;
    if (!decided_) continue;
    decompressor_ = DecompressorFor(raw_);
    if (decompressor_) {
      compressed_ = raw_;
    } else {
      out += raw_;
      raw_.clear();
      if (!out.empty()) return ReadState::kData;
    }
  }
  if (!decompressor_) return ReadRaw(out);
  const std::string kind = decompressor_->name();
  while (true) {
    if (compressed_.empty()) {
      raw_.clear();
      const ReadState state = ReadRaw(raw_);
      if (state == ReadState::kEnd && !decompressor_->complete()) {
        return Fail("the " + kind + " data ends too early, after " + std::to_string(position_) +
                    " bytes: the file is cut off; get the whole file");
      }
      if (state != ReadState::kData) return state;
      compressed_ = raw_;
    }
    const std::size_t before = out.size();
    if (!decompressor_->Push(compressed_, out)) {
      if (out.size() > before) {
        Fail("the " + kind + " data is damaged near byte " + std::to_string(position_));
        return ReadState::kData;  // the failure follows with the next read
      }
      return Fail("the " + kind + " data is damaged near byte " + std::to_string(position_));
    }
    if (out.size() > before) return ReadState::kData;
  }
}

ReadState RecordReader::Fill() {
  if (ended_) return ReadState::kEnd;
  if (used_ > 0) {
    buffer_.erase(0, used_);
    scanned_ -= std::min(scanned_, used_);
    used_ = 0;
  }
  const ReadState state = input_.Read(buffer_);
  ended_ = state == ReadState::kEnd;
  return state;
}

// Reads until the first byte that is no white space tells what the input is.
ReadState RecordReader::Detect() {
  while (true) {
    const ReadState state = Fill();
    if (state != ReadState::kData && state != ReadState::kEnd) return state;
    if (buffer_.size() < kBom.size() && state == ReadState::kData) continue;
    if (buffer_.starts_with("\xFF\xFE") || buffer_.starts_with("\xFE\xFF")) {
      error_ = "the input is UTF-16; convert it to UTF-8, e.g. with iconv -f UTF-16 -t UTF-8";
      return ReadState::kFailed;
    }
    const std::size_t start = buffer_.starts_with(kBom) ? kBom.size() : 0;
    const std::size_t first = buffer_.find_first_not_of(" \t\r\n", start);
    if (first == std::string::npos && state == ReadState::kData && buffer_.size() < kMaxLineBytes) continue;
    used_ = scanned_ = start;
    detected_ = true;
    if (format_ != InputFormat::kAuto || first == std::string::npos) return ReadState::kData;
    if (buffer_[first] == '[') {
      error_ = "the input is one JSON list; write one object on each line, e.g. with jq -c '.[]'";
      return ReadState::kFailed;
    }
    format_ = buffer_[first] == '{' ? InputFormat::kJsonLines : InputFormat::kCsv;
    return ReadState::kData;
  }
}

ReadState RecordReader::Next(InputItem& item) {
  item = InputItem();
  if (!detected_) {
    const ReadState state = Detect();
    if (state != ReadState::kData) return state;
  }
  if (format_ == InputFormat::kCsv) return NextCsv(item);
  const bool documents = format_ == InputFormat::kClaimReview || format_ == InputFormat::kClaimsSearch;
  return documents ? NextDocument(item) : NextLine(item);
}

bool RecordReader::TakeLine(bool at_end, std::string_view& line) {
  scanned_ = std::max(scanned_, used_);
  const std::size_t end = buffer_.find('\n', scanned_);
  if (end == std::string::npos && !(at_end && used_ < buffer_.size())) {
    scanned_ = buffer_.size();
    return false;
  }
  const std::size_t stop = end == std::string::npos ? buffer_.size() : end;
  line = std::string_view(buffer_).substr(used_, stop - used_);
  if (line.ends_with('\r')) line.remove_suffix(1);
  used_ = std::min(stop + 1, buffer_.size());
  scanned_ = used_;
  ++line_;
  return true;
}

void RecordReader::ReadLine(std::string_view line, InputItem& item) {
  const bool several = format_ == InputFormat::kQuotebank || format_ == InputFormat::kGqg;
  if (!several) {
    item.parsed = format_ == InputFormat::kLiar ? ParseLiarLine(line) : ParseJsonRecord(line);
  } else {
    of_line_ = format_ == InputFormat::kGqg ? ReadGqgLine(line) : ReadQuotebankLine(line);
    next_of_line_ = 0;
    item.parsed.reject = std::move(of_line_.reject);
    if (!item.parsed.reject) return;
  }
  item.line = line_;
  if (item.parsed.reject) item.raw = line;
}

void RecordReader::NextOfLine(InputItem& item) {
  item.parsed = of_line_.at(next_of_line_++);
  item.line = line_;
  item.losses.assign(item.parsed.record.losses().begin(), item.parsed.record.losses().end());
  CountLosses(item.losses);
}

ReadState RecordReader::NextLine(InputItem& item) {
  constexpr std::size_t kKeptOfLine = 4096;  // of a line that is too long
  if (next_of_line_ < of_line_.size) {
    NextOfLine(item);
    return ReadState::kData;
  }
  while (true) {
    std::string_view line;
    if (TakeLine(ended_, line)) {
      if (std::exchange(skipping_, false)) continue;  // the end of a line that was rejected already; line_ is right
      if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
      ReadLine(line, item);
      if (next_of_line_ < of_line_.size) NextOfLine(item);
      if (item.line > 0) return ReadState::kData;
      continue;  // a line without records
    }
    if (ended_) return ReadState::kEnd;
    if (skipping_) used_ = buffer_.size();
    if (buffer_.size() - used_ > kMaxLineBytes) {
      skipping_ = true;
      item.line = line_ + 1;
      item.raw = buffer_.substr(used_, kKeptOfLine);
      item.parsed.reject = {"LINE_TOO_LONG", "",
                            "is longer than 32 MiB (its beginning is shown); split it into several", ""};
      used_ = buffer_.size();
      return ReadState::kData;
    }
    const ReadState state = Fill();
    if (state != ReadState::kData && state != ReadState::kEnd) return state;
  }
}

void RecordReader::ReadDocument(const Document& document) {
  DocumentRecords found;
  if (document.too_long) {
    found.records.emplace_back().reject = {
        "LINE_TOO_LONG", "", "a document is longer than 32 MiB (its beginning is shown); split it into several", ""};
  } else {
    found = format_ == InputFormat::kClaimReview ? ReadClaimReviews(document.text) : ReadClaimsSearch(document.text);
  }
  for (ParsedRecord& parsed : found.records) {
    InputItem& item = of_document_.emplace_back();
    item.line = document.line;
    if (parsed.reject && parsed.reject->line_text.empty()) item.raw = document.text;
    item.parsed = std::move(parsed);
  }
  CountLosses(found.losses);
  if (!of_document_.empty()) of_document_.front().losses = std::move(found.losses);
}

ReadState RecordReader::NextDocument(InputItem& item) {
  while (of_document_.empty()) {
    Document document;
    std::string_view rest = std::string_view(buffer_).substr(used_);
    bool complete = splitter_.Push(rest, document);
    used_ = buffer_.size() - rest.size();
    if (!complete && ended_) {
      complete = splitter_.End(document);
      if (!complete) return ReadState::kEnd;
    }
    if (complete) {
      ReadDocument(document);
      continue;
    }
    const ReadState state = Fill();
    if (state != ReadState::kData && state != ReadState::kEnd) return state;
  }
  item = std::move(of_document_.front());
  of_document_.pop_front();
  return ReadState::kData;
}

ReadState RecordReader::NextCsv(InputItem& item) {
  while (true) {
    CsvRow row;
    std::string_view rest = std::string_view(buffer_).substr(used_);
    bool complete = csv_.Push(rest, row);
    used_ = buffer_.size() - rest.size();
    if (!complete && ended_) {
      complete = csv_.End(row);
      if (!complete) return ReadState::kEnd;
    }
    if (!complete) {
      const ReadState state = Fill();
      if (state != ReadState::kData && state != ReadState::kEnd) return state;
      continue;
    }
    if (!have_header_) {
      error_ = header_.Read(row);
      if (!error_.empty()) return ReadState::kFailed;
      have_header_ = true;
      continue;
    }
    item.line = row.line;
    item.parsed = header_.ToRecord(row);
    if (item.parsed.reject) item.raw = std::move(row.raw);
    return ReadState::kData;
  }
}

}  // namespace onrecord::cli
