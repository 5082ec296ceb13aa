// The command line's import: killed itself, or left without its server for a while.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <vector>

#include "services/base/strings.h"
#include "tests/support/cluster.h"
#include "tests/support/feeder.h"
#include "tests/support/process.h"

namespace onrecord {
namespace {

constexpr int kManyRecords = kSanitized ? 12000 : 40000;
constexpr std::int64_t kEnough = kManyRecords / 10;  // that the middle is reached

class CliImportTest : public ::testing::Test {
 protected:
  CliImportTest()
      : database_(Cluster::Shared().CreateDatabase()), server_(ONRECORDD, database_), directory_(MakeDirectory()) {}
  ~CliImportTest() override { std::filesystem::remove_all(directory_); }
  void SetUp() override {
    ASSERT_TRUE(BecomesServing(server_.address()));
    WriteRecords(directory_ + "/records.jsonl", kManyRecords);
  }
  static std::string MakeDirectory() {
    char made[] = "/tmp/onrecord-cli.XXXXXX";
    return mkdtemp(made) == nullptr ? "" : made;
  }
  Process::Settings Settings() const {
    Process::Settings settings;
    settings.log = directory_ + "/log";
    settings.environment = {"ONRECORD_ADDRESS=" + server_.address()};
    return settings;
  }
  // All imports, the newest first.
  std::vector<pb::Import> Imports() const {
    const auto stub = pb::ImportService::NewStub(FreshChannel(server_.address()));
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(10));
    pb::ListImportsResponse response;
    if (!stub->ListImports(&context, pb::ListImportsRequest(), &response).ok()) return {};
    return {response.imports().begin(), response.imports().end()};
  }
  // The newest import; no name while there is none.
  pb::Import Newest() const {
    const std::vector<pb::Import> imports = Imports();
    return imports.empty() ? pb::Import() : imports.front();
  }
  bool IsInTheMiddle() const {
    return Eventually([this] { return Newest().committed_sequence() >= kEnough; });
  }

  const std::string database_;
  ServerProcess server_;
  const std::string directory_;
};

TEST_F(CliImportTest, IsKilledAndResumed) {
  const std::string file = directory_ + "/records.jsonl";
  {
    Process first({ONRECORD_CLI, "import", file, "--source", kFaultSource, "--unknown", "create", "--json"},
                  Settings());
    ASSERT_TRUE(IsInTheMiddle()) << first.Log();
    first.Kill();
    EXPECT_EQ(first.Wait(), 128 + SIGKILL);
  }
  const pb::Import broken = Newest();
  EXPECT_EQ(broken.state(), pb::IMPORT_STATE_RUNNING);
  EXPECT_LT(broken.committed_sequence(), kManyRecords);
  Process second({ONRECORD_CLI, "import", file, "--resume", broken.name(), "--json"}, Settings());
  EXPECT_EQ(second.Wait(2 * kPatience), 0) << second.Log();
  EXPECT_EQ(Newest().name(), broken.name());
  ExpectClean(ONRECORDD, database_, Newest(), kManyRecords);
}

TEST_F(CliImportTest, OfTwoJobsIsKilledAndResumed) {
  const std::string file = directory_ + "/records.jsonl";
  {
    Process first({ONRECORD_CLI, "import", file, "--source", kFaultSource, "--jobs", "2", "--json"}, Settings());
    ASSERT_TRUE(IsInTheMiddle()) << first.Log();
    first.Kill();
    EXPECT_EQ(first.Wait(), 128 + SIGKILL);
  }
  const std::vector<pb::Import> broken = Imports();
  ASSERT_EQ(broken.size(), 2U);
  // In another order, or one alone, they would pass over records that they do not hold.
  for (const std::string& wrong : {broken[0].name() + "," + broken[1].name(), broken[0].name()}) {
    Process refused({ONRECORD_CLI, "import", file, "--resume", wrong}, Settings());
    EXPECT_EQ(refused.Wait(kPatience), 3) << refused.Log();
  }
  Process second({ONRECORD_CLI, "import", file, "--resume", broken[1].name() + "," + broken[0].name(), "--json"},
                 Settings());
  EXPECT_EQ(second.Wait(2 * kPatience), 0) << second.Log();
  // Together they are what one import of everything is.
  std::vector<pb::Import> done = Imports();
  ASSERT_EQ(done.size(), 2U);
  pb::Import& all = done[0];
  EXPECT_EQ(done[1].state(), pb::IMPORT_STATE_FINISHED);
  all.set_committed_sequence(all.committed_sequence() + done[1].committed_sequence());
  all.set_created_count(all.created_count() + done[1].created_count());
  all.set_updated_count(all.updated_count() + done[1].updated_count());
  all.set_unchanged_count(all.unchanged_count() + done[1].unchanged_count());
  ExpectClean(ONRECORDD, database_, all, kManyRecords);
}

TEST_F(CliImportTest, OutlivesItsServer) {
  Process cli({ONRECORD_CLI, "import", directory_ + "/records.jsonl", "--source", kFaultSource, "--unknown", "create",
               "--json"},
              Settings());
  ASSERT_TRUE(IsInTheMiddle()) << cli.Log();
  server_.KillAndRestart();
  ASSERT_TRUE(BecomesServing(server_.address()));
  EXPECT_LT(Newest().committed_sequence(), kManyRecords);
  EXPECT_EQ(cli.Wait(2 * kPatience), 0) << cli.Log();
  ExpectClean(ONRECORDD, database_, Newest(), kManyRecords);
}

}  // namespace
}  // namespace onrecord
