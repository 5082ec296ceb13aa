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
#include <vector>

#include "clients/cli/csv.h"
#include "clients/cli/decompression.h"
#include "clients/cli/documents.h"
#include "clients/cli/records.h"

namespace onrecord::cli {

enum class ReadState { kData, kEnd, kFailed, kInterrupted };

// The bytes of one file, decompressed where its first bytes say so.
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
  std::string raw_;              // read, not yet decompressed or handed on
  std::string_view compressed_;  // the rest of raw_
  bool decided_ = false;         // whether it is compressed is known
  std::unique_ptr<Decompressor> decompressor_;
};

enum class InputFormat { kAuto, kJsonLines, kCsv, kClaimReview, kClaimsSearch, kLiar, kQuotebank, kGqg, kBrat };

struct InputItem {
  ParsedRecord parsed;
  std::string raw;                  // the line's bytes, when it was rejected
  std::int64_t line = 0;            // from 1
  std::vector<std::string> losses;  // of the record, or of the document that it is the first record of
};

// Where records come from, one after the other. The same input gives the same records in the same order, so that an
// import goes on where it broke off.
class RecordSource {
 public:
  virtual ~RecordSource() = default;
  // kFailed: error() says why; what is unfinished is not given out then.
  virtual ReadState Next(InputItem& item) = 0;
  // Not empty right after construction when there is nothing to read.
  virtual const std::string& error() const = 0;
  // How much was read and how much there is; -1 when that is not known.
  virtual std::int64_t position() const = 0;
  virtual std::int64_t size() const = 0;
  // What records cannot keep, and how often.
  const std::map<std::string, std::int64_t>& losses() const { return losses_; }

 protected:
  void CountLosses(const std::vector<std::string>& losses);

 private:
  std::map<std::string, std::int64_t> losses_;
};

// The records of a file.
class RecordReader : public RecordSource {
 public:
  RecordReader(ByteInput& input, InputFormat format) : input_(input), format_(format) {}
  ReadState Next(InputItem& item) override;
  const std::string& error() const override { return error_.empty() ? input_.error() : error_; }
  std::int64_t position() const override { return input_.position(); }
  std::int64_t size() const override { return input_.size(); }

 private:
  ReadState Fill();
  ReadState Detect();
  ReadState NextLine(InputItem& item);
  // What a line holds: one record, or several that follow.
  void ReadLine(std::string_view line, InputItem& item);
  void NextOfLine(InputItem& item);
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
  RecordSequence of_line_;             // likewise from the next one on
  std::size_t next_of_line_ = 0;
};

}  // namespace onrecord::cli
