// The server's memory does not grow with the size of an import.
#include <gtest/gtest.h>

#include "tests/support/cluster.h"
#include "tests/support/feeder.h"
#include "tests/support/process.h"

namespace onrecord {
namespace {

TEST(MemoryTest, StaysFlatDuringALargeImport) {
  constexpr int kRecords = kSanitized ? 20000 : 100000;
  constexpr std::int64_t kMegabyte = 1 << 20;
  const std::string database = Cluster::Shared().CreateDatabase();
  const ServerProcess server(ONRECORDD, database);
  ASSERT_TRUE(BecomesServing(server.address()));
  Feeder feeder(server.address(), kRecords, 1000);
  std::int64_t early = 0;
  feeder.set_on_committed([&](std::int64_t committed) {
    if (early == 0 && committed >= kRecords / 5) early = server.PeakMemory();
    return true;
  });
  feeder.Run();
  EXPECT_EQ(feeder.import().created_count(), kRecords);
  const std::int64_t peak = server.PeakMemory();
  RecordProperty("peak_megabytes", static_cast<int>(peak / kMegabyte));
  ASSERT_GT(peak, 0);
  if constexpr (!kSanitized) {
    EXPECT_LT(peak, 200 * kMegabyte);
    EXPECT_LT(peak - early, 30 * kMegabyte);
  }
}

}  // namespace
}  // namespace onrecord
