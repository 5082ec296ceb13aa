// Brat annotations as they lie on the disk, one article after the other: .ann files below a directory (or one of them),
// the articles as .txt beside them or in a directory "text" beside theirs, and a metadata.tsv there or up to two
// directories above. An article's file may carry the annotator's mark at the end of its name ("…_4e07.ann").
#pragma once

#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "clients/cli/brat.h"
#include "clients/cli/input.h"

namespace onrecord::cli {

class BratReader : public RecordSource {
 public:
  explicit BratReader(const std::string& path);
  ReadState Next(InputItem& item) override;
  const std::string& error() const override { return error_; }
  std::int64_t position() const override { return static_cast<std::int64_t>(next_); }
  std::int64_t size() const override { return static_cast<std::int64_t>(files_.size()); }

 private:
  using Rows = std::map<std::string, BratMetadata>;

  void Find(const std::string& path);
  void ReadFile(const std::filesystem::path& path);
  // The table that tells of the articles in a directory; null when there is none.
  const Rows* TableFor(const std::filesystem::path& directory);
  void Fail(const std::filesystem::path& path, const std::string& what);

  std::vector<std::filesystem::path> files_;  // in order
  std::size_t next_ = 0;                      // of files_
  std::deque<InputItem> of_file_;             // its records that were not given out
  std::map<std::filesystem::path, std::unique_ptr<Rows>> tables_;
  std::string error_;
};

}  // namespace onrecord::cli
