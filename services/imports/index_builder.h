// Builds in the background the indexes that first loads went without.
#pragma once

#include <atomic>
#include <list>
#include <memory>
#include <string>

#include "services/pg/background.h"
#include "services/pg/watchdog.h"

namespace onrecord {

class IndexBuilder {
 public:
  IndexBuilder(const std::string& connection_string, pg::Watchdog& watchdog);
  // Gives up what is being built: the next server begins it again.
  ~IndexBuilder();

 private:
  pg::Watchdog& watchdog_;
  const std::shared_ptr<std::atomic<bool>> cancelled_ = std::make_shared<std::atomic<bool>>(false);
  std::list<pg::Background> threads_;  // last: they use what stands above
};

}  // namespace onrecord
