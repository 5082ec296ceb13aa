#include "clients/cli/brat_files.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

namespace onrecord::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostFileBytes = std::size_t{4} << 20;  // of one annotation file or article
constexpr std::size_t kMostTableBytes = std::size_t{64} << 20;

struct Closer {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

std::optional<std::string> LoadAtMost(const fs::path& path, std::size_t most, std::string& fault) {
  const std::unique_ptr<std::FILE, Closer> file(std::fopen(path.c_str(), "rbe"));
  std::string text;
  std::array<char, std::size_t{64} << 10> piece;
  for (std::size_t read = 1; file && read > 0 && text.size() <= most;) {
    read = std::fread(piece.data(), 1, piece.size(), file.get());
    text.append(piece.data(), read);
  }
  if (!file || std::ferror(file.get()) != 0) {
    fault = std::strerror(errno);
    return std::nullopt;
  }
  if (text.size() > most) {
    fault = "is larger than " + std::to_string(most >> 20) + " MiB";
    return std::nullopt;
  }
  return text;
}

// "article_4e07" to "article"; empty when there is no mark.
std::string WithoutAnnotator(const std::string& name) {
  const std::size_t mark = name.rfind('_');
  return mark == std::string::npos ? "" : name.substr(0, mark);
}

}  // namespace

BratReader::BratReader(const std::string& path) { Find(path); }

void BratReader::Fail(const fs::path& path, const std::string& what) { error_ = path.string() + ": " + what; }

void BratReader::Find(const std::string& path) {
  std::error_code error;
  if (!fs::is_directory(path, error)) {
    if (!fs::exists(path, error)) return Fail(path, std::strerror(ENOENT));
    files_.emplace_back(path);
    return;
  }
  for (fs::recursive_directory_iterator at(path, error), end; !error && at != end; at.increment(error)) {
    if (at->path().extension() == ".ann" && at->is_regular_file(error)) files_.push_back(at->path());
  }
  if (error) return Fail(path, error.message());
  if (files_.empty()) return Fail(path, "holds no .ann files");
  std::sort(files_.begin(), files_.end());
}

const BratReader::Rows* BratReader::TableFor(const fs::path& directory) {
  constexpr int kMostUp = 2;
  std::error_code ignored;
  fs::path at = fs::absolute(directory, ignored).lexically_normal();
  for (int up = 0; up <= kMostUp; ++up, at = at.parent_path()) {
    const fs::path path = at / "metadata.tsv";
    if (const auto known = tables_.find(path); known != tables_.end()) return known->second.get();
    if (!fs::is_regular_file(path, ignored)) continue;
    std::string fault;
    const std::optional<std::string> text = LoadAtMost(path, kMostTableBytes, fault);
    BratTable table;
    if (text) table = ReadBratMetadata(*text);
    if (table.reject) fault = table.reject->message;
    if (!fault.empty()) {
      Fail(path, fault);
      return nullptr;
    }
    auto rows = std::make_unique<Rows>();
    for (auto& [name, row] : table.rows) rows->emplace(std::move(name), std::move(row));
    return tables_.emplace(path, std::move(rows)).first->second.get();
  }
  return nullptr;
}

void BratReader::ReadFile(const fs::path& path) {
  BratDocument document;
  const std::string stem = path.stem().string();
  const std::string article = WithoutAnnotator(stem);
  document.name = EscapeInvalidUtf8(stem);
  std::string fault;
  if (auto annotations = LoadAtMost(path, kMostFileBytes, fault)) {
    document.annotations = std::move(*annotations);
  } else {
    return Fail(path, fault);
  }
  const fs::path directory = path.parent_path();
  std::error_code ignored;
  for (const fs::path& place : {directory, directory / ".." / "text"}) {
    for (const std::string& name : {stem, article}) {
      const fs::path text = place / (name + ".txt");
      if (document.text || name.empty() || !fs::is_regular_file(text, ignored)) continue;
      document.text = LoadAtMost(text, kMostFileBytes, fault);
      if (!document.text) return Fail(text, fault);
    }
  }
  if (const Rows* rows = TableFor(directory)) {
    auto row = rows->find(stem);
    if (row == rows->end()) row = rows->find(article);
    if (row != rows->end()) document.metadata = row->second;
  }
  if (!error_.empty()) return;
  BratRecords read = ReadBrat(document);
  CountLosses(read.losses);
  for (BratRecord& record : read.records) {
    InputItem& item = of_file_.emplace_back();
    item.line = record.line;
    item.losses.assign(record.parsed.record.losses().begin(), record.parsed.record.losses().end());
    if (record.parsed.reject) item.raw = std::move(record.raw);
    item.parsed = std::move(record.parsed);
    if (item.parsed.reject && item.parsed.reject->line_text.empty()) item.parsed.reject->line_text = item.raw;
    if (item.parsed.reject) item.parsed.reject->message = document.name + ": " + item.parsed.reject->message;
    CountLosses(item.losses);
  }
  if (!of_file_.empty()) {
    std::vector<std::string>& first = of_file_.front().losses;
    first.insert(first.end(), read.losses.begin(), read.losses.end());
  }
}

ReadState BratReader::Next(InputItem& item) {
  while (error_.empty() && of_file_.empty()) {
    if (next_ == files_.size()) return ReadState::kEnd;
    ReadFile(files_[next_++]);
  }
  if (!error_.empty()) return ReadState::kFailed;
  item = std::move(of_file_.front());
  of_file_.pop_front();
  return ReadState::kData;
}

}  // namespace onrecord::cli
