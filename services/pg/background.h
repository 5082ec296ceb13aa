// A thread of our own with one connection, for work that nobody waits for.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/pg/session.h"

namespace onrecord::pg {

class Background {
 public:
  // Does `work`, whose answer is whether there was any: then again at once, else after `pause`. What it leaves undone
  // it must find again. `what` tells the log and pg_stat_activity what this is.
  Background(const std::string& connection_string, const std::string& what, absl::Duration pause,
             std::function<absl::StatusOr<bool>(Session&)> work);
  // Ends with the work at hand.
  ~Background();
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;

 private:
  void Run();

  const std::string what_;
  const absl::Duration pause_;
  const std::function<absl::StatusOr<bool>(Session&)> work_;
  Session session_;  // of the thread alone
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace onrecord::pg
