// How far a long command is: one line on a terminal, redrawn in place; nothing when standard error is no terminal.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace onrecord::cli {

// 1234567 as "1,234,567".
std::string WithCommas(std::int64_t number);
// "0.4 s", "12 s", "3 min 20 s", "2 h 5 min".
std::string Duration(double seconds);
// Records in a second; "" when there were none or the time is too short to tell.
std::string Rate(std::int64_t records, double seconds);

struct ProgressState {
  std::int64_t bytes = 0;         // read of the input
  std::int64_t total_bytes = -1;  // -1: not known
  std::int64_t records = 0;       // stored in this run
  double seconds = 0;             // since the start
};

// The line, at most `width` columns.
std::string ProgressLine(const ProgressState& state, int width);

class Progress {
 public:
  Progress();
  // Redraws at most ten times a second.
  void Update(std::int64_t bytes, std::int64_t total_bytes, std::int64_t records);
  // Takes the line away, before something else is printed.
  void Clear();
  // Since construction.
  double Seconds() const;

 private:
  const bool shown_;
  const std::chrono::steady_clock::time_point start_;
  std::chrono::steady_clock::time_point drawn_;
  bool on_screen_ = false;
};

}  // namespace onrecord::cli
