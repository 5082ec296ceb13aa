// First loads: an import into an empty record goes without the indexes that only questions need, and they are all back
// afterwards, whatever happens in between.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "tests/support/builders.h"

namespace onrecord {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

constexpr int kDeferred = 14;

class FirstLoadsTest : public RecordTest {
 protected:
  std::string Indexes() {
    return Sql("SELECT string_agg(indexdef, E'\\n' ORDER BY indexname) FROM pg_indexes WHERE schemaname = 'public'");
  }
  int Pending(const std::string& import) {
    pb::GetImportRequest request;
    request.set_name(import);
    grpc::ClientContext context;
    pb::GetImportResponse response;
    EXPECT_TRUE(imports_->GetImport(&context, request, &response).ok());
    return response.import().pending_index_count();
  }
  // Whether all indexes of an import are there soon.
  bool AreBuilt(const std::string& import) {
    return Eventually([&] { return Pending(import) == 0; });
  }
  // An import that stopped is given up after a minute without records.
  void LetAMinutePass() { Sql("UPDATE imports SET update_time = now() - interval '61 seconds'"); }

  const std::vector<pb::ImportRecord> records_ = {ARecord().Saying("We know.").By("Ada").In("The Times").About("War"),
                                                  ARecord().Saying("They know.").By("Bea").In("The Post")};
};

TEST_F(FirstLoadsTest, ImportQuotes_OfAFirstLoad_EndsWithTheIndexesThatThereWere) {
  const std::string before = Indexes();
  Imported imported = Import(*imports_, {records_[0]}, {.finish = false, .first_load = true});
  ASSERT_TRUE(imported.started.first_load());
  EXPECT_EQ(imported.started.pending_index_count(), kDeferred);
  EXPECT_THAT(Indexes(), Not(HasSubstr("quotes_search")));
  // Questions are answered all the same.
  pb::QuoteFilter filter;
  filter.set_words("know");
  filter.add_speakers("speakers/ada");
  EXPECT_THAT(List(filter)->quotes(), SizeIs(1));
  imported = Import(*imports_, {records_[1]}, {.resume = imported.started.name(), .first_sequence = 2});
  EXPECT_EQ(imported.finished.created_count(), 2);
  ASSERT_TRUE(AreBuilt(imported.started.name()));
  EXPECT_EQ(Indexes(), before);
  filter.clear_speakers();
  EXPECT_THAT(List(filter)->quotes(), SizeIs(2));
}

TEST_F(FirstLoadsTest, ImportQuotes_OfAFirstLoadByTwoAtOnce_BuildsWhenBothAreDone) {
  const std::string before = Indexes();
  const auto part = [&](int which, bool finish) {
    return Import(*imports_, {records_[which]}, {.part = which + 1, .parts = 2, .finish = finish, .first_load = true});
  };
  const std::string open = part(0, false).started.name();
  const Imported other = part(1, true);
  ASSERT_TRUE(other.status.ok()) << other.status.error_message();
  absl::SleepFor(absl::Seconds(4));
  EXPECT_EQ(Pending(open), kDeferred) << "one goes on";
  EXPECT_TRUE(Import(*imports_, {}, {.resume = open, .part = 1, .parts = 2}).status.ok());
  EXPECT_TRUE(AreBuilt(open));
  EXPECT_EQ(Indexes(), before);
}

TEST_F(FirstLoadsTest, ImportQuotes_OfAFirstLoadThatDied_BuildsAfterAMinuteAndGoesOn) {
  const std::string before = Indexes();
  const Imported broken = Import(*imports_, {records_[0]}, {.finish = false, .first_load = true});
  StopServer();
  LetAMinutePass();
  StartServer();
  absl::SleepFor(absl::Seconds(2));
  EXPECT_EQ(Pending(broken.started.name()), kDeferred);
  LetAMinutePass();
  EXPECT_TRUE(AreBuilt(broken.started.name()));
  EXPECT_EQ(Indexes(), before);
  const Imported rest = Import(*imports_, {records_[1]}, {.resume = broken.started.name(), .first_sequence = 2});
  EXPECT_EQ(rest.finished.created_count(), 2);
  EXPECT_EQ(Indexes(), before);
}

TEST_F(FirstLoadsTest, Stop_WhileAnIndexIsBuilt_LeavesItToTheNextServer) {
  const std::string before = Indexes();
  const std::string name = Import(*imports_, records_, {.first_load = true}).started.name();
  {
    pqxx::connection writer(database_.connection());
    pqxx::work open(writer);
    open.exec("LOCK TABLE quotes IN ROW EXCLUSIVE MODE");  // as somebody who writes and does not end
    const char* const waits =
        "SELECT count(*) > 0 FROM pg_stat_activity "
        "WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE 'CREATE INDEX%'";
    ASSERT_TRUE(Becomes(waits, "t"));
    const absl::Time begin = absl::Now();
    StopServer();
    EXPECT_LT(absl::Now() - begin, absl::Seconds(30));
    EXPECT_EQ(Sql(waits), "f");
  }
  StartServer();
  EXPECT_TRUE(AreBuilt(name));
  EXPECT_EQ(Indexes(), before);
}

TEST_F(FirstLoadsTest, ImportQuotes_OfAFirstLoadIntoARecordWithQuotes_IsRefused) {
  const std::string before = Indexes();
  Feed({records_[0]});
  const Imported refused = Import(*imports_, {records_[1]}, {.first_load = true});
  EXPECT_EQ(refused.status.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(Reason(refused.status), pb::ERROR_REASON_RECORD_NOT_EMPTY);
  EXPECT_THAT(refused.status.error_message(), HasSubstr("start.first_load"));
  EXPECT_EQ(Sql("SELECT count(*) FROM imports"), "1");
  EXPECT_EQ(Indexes(), before);
}

TEST_F(FirstLoadsTest, ImportQuotes_OfAFirstLoadThatIsOnlyTried_LeavesTheIndexes) {
  const std::string before = Indexes();
  const Imported tried = Import(*imports_, records_, {.dry_run = true, .first_load = true});
  EXPECT_THAT(tried.results, SizeIs(2));
  EXPECT_EQ(Indexes(), before);
}

TEST_F(FirstLoadsTest, ImportQuotes_OfAFirstLoadStartedAgain_GoesOnWithIt) {
  const ImportOptions options = {.request_id = "one", .finish = false, .first_load = true};
  const std::string name = Import(*imports_, {records_[0]}, options).started.name();
  LetAMinutePass();
  ASSERT_TRUE(AreBuilt(name));
  const std::string before = Indexes();
  const Imported again = Import(*imports_, records_, {.request_id = "one", .first_load = true});
  EXPECT_EQ(again.started.name(), name) << again.status.error_message();
  EXPECT_EQ(again.finished.created_count(), 2);
  EXPECT_EQ(Indexes(), before) << "the record is not empty any more";
  const Imported other = Import(*imports_, records_, {.request_id = "one"});
  EXPECT_EQ(Reason(other.status), pb::ERROR_REASON_REQUEST_ID_REUSED);
}

}  // namespace
}  // namespace onrecord
