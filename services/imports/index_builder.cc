#include "services/imports/index_builder.h"

#include "absl/time/time.h"
#include "services/imports/first_loads_store.h"

namespace onrecord {
namespace {

constexpr absl::Duration kPause = absl::Seconds(1);
// Two at once: the longest takes as long as all others together.
constexpr int kThreads = 2;

}  // namespace

IndexBuilder::IndexBuilder(const std::string& connection_string, pg::Watchdog& watchdog) : watchdog_(watchdog) {
  for (int i = 0; i < kThreads; ++i) {
    threads_.emplace_back(connection_string, "index builder", kPause, [this](pg::Session& db) {
      const pg::Watchdog::Watch watch(watchdog_, db, absl::InfiniteFuture(), cancelled_);
      return store::BuildIndex(db);
    });
  }
}

IndexBuilder::~IndexBuilder() {
  *cancelled_ = true;
  watchdog_.Wake();
}

}  // namespace onrecord
