// From a file, a pipe, gzipped or not, to records one by one. Memory holds one piece of the file and one line,
// however large the file is.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "clients/cli/csv.h"
#include "clients/cli/documents.h"
#include "clients/cli/records.h"

namespace onrecord::cli {

enum class ReadState { kData, kEnd, kFailed, kInterrupted };

// Inflates gzip data, also several members one after the other.
class Gunzip {
 public:
  Gunzip();
  ~Gunzip();
  Gunzip(const Gunzip&) = delete;
  Gunzip& operator=(const Gunzip&) = delete;
  // Inflates from the front of `compressed` and appends at most about 1 MiB to `out`. False when the data is damaged.
  bool Push(std::string_view& compressed, std::string& out);
  // Whether the data may end here.
  bool complete() const { return between_; }

 private:
  struct Stream;
  std::unique_ptr<Stream> stream_;
  bool between_ = true;  // before the first or after the last byte of a member
  bool padding_ = false;
};

// The bytes of one file, gunzipped where the first two bytes say so.
class ByteInput {
 public:
  // "-" is standard input. `interrupted` is looked at while a pipe has nothing to give.
  ByteInput(const std::string& path, const std::atomic<bool>& interrupted);
  ~ByteInput();
  ByteInput(const ByteInput&) = delete;
  ByteInput& operator=(const ByteInput&) = delete;

  // Appends some bytes to `out`.
  ReadState Read(std::string& out);
  // What went wrong, for people. Not empty right after construction when the file cannot be opened.
  const std::string& error() const { return error_; }
  // Bytes read of the file as it lies on the disk, and its size; -1 when it has none (a pipe).
  std::int64_t position() const { return position_; }
  std::int64_t size() const { return size_; }

 private:
  ReadState ReadRaw(std::string& out);
  ReadState Fail(std::string message);

  const std::string path_;
  const std::atomic<bool>& interrupted_;
  int fd_ = -1;
  std::int64_t position_ = 0;
  std::int64_t size_ = -1;
  std::string error_;
  std::string raw_;              // read, not yet inflated or handed on
  std::string_view compressed_;  // the rest of raw_
  bool decided_ = false;         // whether it is gzip is known
  std::unique_ptr<Gunzip> gunzip_;
};

enum class InputFormat { kAuto, kJsonLines, kCsv, kClaimReview, kClaimsSearch, kLiar };

struct InputItem {
  ParsedRecord parsed;
  std::string raw;        // the line's bytes, when it was rejected
  std::int64_t line = 0;  // from 1
};

// The records of an input, in order.
class RecordReader {
 public:
  RecordReader(ByteInput& input, InputFormat format) : input_(input), format_(format) {}
  // kFailed: error() says why; an unfinished last line is not given out then.
  ReadState Next(InputItem& item);
  const std::string& error() const { return error_.empty() ? input_.error() : error_; }
  // What the records of other people's formats could not keep, and how often.
  const std::map<std::string, std::int64_t>& losses() const { return losses_; }

 private:
  ReadState Fill();
  ReadState Detect();
  ReadState NextLine(InputItem& item);
  ReadState NextDocument(InputItem& item);
  void ReadDocument(const Document& document);
  ReadState NextCsv(InputItem& item);
  // Takes one line out of the buffer; false when none is complete.
  bool TakeLine(bool at_end, std::string_view& line);

  ByteInput& input_;
  InputFormat format_;
  bool detected_ = false;
  bool ended_ = false;
  std::string error_;
  std::string buffer_;
  std::size_t used_ = 0;     // bytes of buffer_ that were given out
  std::size_t scanned_ = 0;  // bytes of buffer_ that hold no line break after used_
  std::int64_t line_ = 0;
  bool skipping_ = false;  // the rest of a line that was too long
  CsvParser csv_;
  CsvHeader header_;
  bool have_header_ = false;
  DocumentSplitter splitter_;
  std::deque<InputItem> of_document_;  // its records that were not given out
  std::map<std::string, std::int64_t> losses_;
};

}  // namespace onrecord::cli
