// How the rejects and losses of an import are kept: files of JSON Lines that appear when there is a first one, and the
// same lines from what the server holds.
#pragma once

#include <cstdint>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>

#include "clients/cli/context.h"

namespace onrecord::cli {

class LinesFile {
 public:
  // No path: nothing is kept.
  LinesFile(const Context& context, std::string path) : context_(context), path_(std::move(path)) {}
  // Ends the command when the file cannot be written.
  void Write(const std::string& json);
  void Flush();
  const std::string& path() const { return path_; }
  bool written() const { return file_ != nullptr; }

 private:
  struct Closer {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  const Context& context_;
  const std::string path_;
  std::unique_ptr<std::FILE, Closer> file_;
};

// Calls `each` for every rejected or conflicting record that the server keeps of an import, in order.
void ForEachReject(Context& context, const std::string& import, const std::function<void(const pb::Reject&)>& each);

}  // namespace onrecord::cli
