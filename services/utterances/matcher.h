// Matches written quotes in the background, a bounded batch at a time; of many that wait those of one speaker together,
// since what a speaker said is read once for a batch. What it takes off the queue it finishes in the
// same transaction, so that a fall costs nothing but time.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/pg/background.h"

namespace onrecord {

class Matcher {
 public:
  explicit Matcher(const std::string& connection_string);

 private:
  absl::StatusOr<bool> Work(pg::Session& db);
  // After `matched` quotes were: keeps finding fast.
  absl::Status Tidy(pg::Session& db, int matched);

  std::vector<std::int64_t> waiting_;  // places in the queue, the next one last
  int idle_ = 0;                       // rounds in which nothing waited, one after the other
  std::int64_t matched_ = 0;           // since common keys were looked for
  std::int64_t most_matched_ = 1000;   // until they are again
  pg::Background background_;          // last: its thread uses what stands above
};

}  // namespace onrecord
