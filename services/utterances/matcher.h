// Matches written quotes in the background: one thread, one connection, a bounded batch at a time. What it takes off
// the queue it finishes in the same transaction, so that a fall costs nothing but time.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "services/pg/session.h"

namespace onrecord {

class Matcher {
 public:
  explicit Matcher(const std::string& connection_string);
  // Finishes the batch at hand, then joins.
  ~Matcher();
  Matcher(const Matcher&) = delete;
  Matcher& operator=(const Matcher&) = delete;

 private:
  void Work();
  // After `matched` quotes were: keeps finding fast.
  absl::Status Tidy(int matched);
  // False when it is time to stop.
  bool Pause();

  // Of the thread alone:
  pg::Session session_;
  int idle_ = 0;                      // rounds in which nothing waited, one after the other
  std::int64_t matched_ = 0;          // since common keys were looked for
  std::int64_t most_matched_ = 1000;  // until they are again
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace onrecord
