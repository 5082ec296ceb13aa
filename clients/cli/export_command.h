// Where an export goes: standard output, or a file that appears under its name only when it is whole.
#pragma once

#include <zlib.h>

#include <string>
#include <string_view>

namespace onrecord::cli {

class ExportFile {
 public:
  // Empty or "-": standard output. Names that end with .gz are compressed.
  explicit ExportFile(const std::string& path);
  // Removes the unfinished file.
  ~ExportFile();
  ExportFile(const ExportFile&) = delete;
  ExportFile& operator=(const ExportFile&) = delete;

  // Empty, or what went wrong; once it is not empty nothing more is written.
  const std::string& error() const { return error_; }
  void Write(std::string_view text);
  // Puts the whole file in its place.
  void Finish();

 private:
  void Fail();

  const std::string path_;
  const std::string part_;  // empty for standard output
  gzFile file_ = nullptr;
  std::string error_;
};

}  // namespace onrecord::cli
