// Timelines from tallies: what they say is what the rows say, whatever happens to quotes, and no writer waits for
// another. That the tallies agree with the rows is checked at the end of every test of this folder.
#include "tests/support/tallies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "services/pg/migrate.h"
#include "tests/support/stances.h"

namespace onrecord {
namespace {

using ::testing::Eq;

using Moment = std::optional<google::protobuf::Timestamp>;  // none: now

class TalliesTest : public StanceTest {
 protected:
  pb::GetTimelineResponse Ask(pb::GetTimelineRequest request, const Moment& moment = {}) {
    if (moment) *request.mutable_as_of() = *moment;
    const auto answer = Call(*timeline_, &pb::TimelineService::Stub::GetTimeline, request);
    EXPECT_TRUE(answer.status.ok()) << answer.status.error_message();
    return *answer;
  }
  // Asks for the same in words that tallies do not know, so that the answer comes from the rows.
  static pb::QuoteFilter OfRows(pb::QuoteFilter filter) {
    filter.add_polarities(pb::POLARITY_AFFIRMED);
    filter.add_polarities(pb::POLARITY_AFFIRMED);
    return filter;
  }
  static std::vector<pb::QuoteFilter> Filters() {
    std::vector<pb::QuoteFilter> filters(1);
    const auto add = [&](auto&& set) { set(filters.emplace_back()); };
    add([](auto& f) { f.add_speakers("speakers/speaker-1"); });
    add([](auto& f) {
      f.add_speakers("speakers/speaker-1");
      f.add_speakers("speakers/speaker-2");
    });
    add([](auto& f) { f.set_unnamed(true); });
    add([](auto& f) { f.add_topics("topics/topic-1"); });
    add([](auto& f) { f.add_outlets("outlets/outlet-1"); });
    add([](auto& f) { f.add_claims("claims/claim-1"); });
    add([](auto& f) {
      f.add_claims("claims/claim-1");
      f.set_include_ascribed(true);
    });
    add([](auto& f) { f.add_holders("speakers/speaker-1"); });
    add([](auto& f) { f.add_positions(pb::POSITION_DENIES); });
    add([](auto& f) { f.add_kinds(pb::QUOTE_KIND_INDIRECT); });
    add([](auto& f) { f.set_include_ascribed(true); });
    add([](auto& f) {
      f.mutable_said()->mutable_from()->set_year(2005);
      f.mutable_said()->mutable_to()->set_year(2006);
    });
    add([](auto& f) {
      pb::PartialDate& from = *f.mutable_said()->mutable_from();
      from.set_year(2005);
      from.set_month(2);
      from.set_day(10);
    });
    return filters;
  }
  pb::CountQuotesResponse Count(const pb::QuoteFilter& filter, const Moment& moment = {}) {
    pb::CountQuotesRequest request;
    *request.mutable_filter() = filter;
    if (moment) *request.mutable_as_of() = *moment;
    const auto answer = Call(*quotes_, &pb::QuoteService::Stub::CountQuotes, request);
    EXPECT_TRUE(answer.status.ok()) << answer.status.error_message();
    return *answer;
  }
  // Every count and timeline there is against the rows as of a moment after all.
  void Compare() {
    for (const int most : {2, 100}) {
      Compare({}, Now(), most,
              {pb::GRANULARITY_DAY, pb::GRANULARITY_WEEK, pb::GRANULARITY_MONTH, pb::GRANULARITY_QUARTER,
               pb::GRANULARITY_YEAR, pb::GRANULARITY_DECADE});
    }
  }
  // What is told as of a moment against what the rows were as of another.
  void Compare(const Moment& moment, const Moment& of_rows, int most,
               const std::vector<pb::Granularity>& granularities) {
    for (const pb::QuoteFilter& filter : Filters()) {
      ASSERT_EQ(Count(filter, moment).DebugString(), Count(OfRows(filter), of_rows).DebugString())
          << filter.DebugString();
      for (int group = 0; group < pb::TimelineGroup_ARRAYSIZE; ++group) {
        for (const pb::Granularity granularity : granularities) {
          pb::GetTimelineRequest request;
          *request.mutable_filter() = filter;
          request.set_granularity(granularity);
          request.set_group(static_cast<pb::TimelineGroup>(group));
          request.set_max_groups(most);
          const pb::GetTimelineResponse told = Ask(request, moment);
          *request.mutable_filter() = OfRows(filter);
          ASSERT_EQ(told.DebugString(), Ask(request, of_rows).DebugString()) << request.DebugString();
        }
      }
    }
  }
  // The quote with nearly all that tallies count changed, and perhaps without a day.
  pb::Quote Edited(const std::string& name, bool without_day) {
    pb::Quote quote = *Get(name);
    quote.set_speaker("speakers/speaker-1");
    quote.clear_described_as();
    quote.clear_topics();
    quote.add_topics("topics/topic-1");
    quote.set_kind(pb::QUOTE_KIND_PARTIAL);
    if (without_day) quote.clear_said();
    return quote;
  }
  void MergeSpeakers(const std::string& name, const std::string& into) {
    pb::MergeSpeakersRequest request;
    request.set_name(name);
    request.set_into(into);
    request.set_reason("one man");
    ASSERT_TRUE(Call(*speakers_, &pb::SpeakerService::Stub::MergeSpeakers, request).status.ok());
  }
  std::vector<pb::ImportRecord> Records(int count) {
    std::vector<pb::ImportRecord> records;
    for (int i = 0; i < count; ++i) {
      ARecord record = ARecord().Saying("Statement " + std::to_string(i)).In("Outlet " + std::to_string(Any(4)));
      if (Any(8) != 0) record.By("Speaker " + std::to_string(Any(5)));
      if (Any(3) != 0) record.About("Topic " + std::to_string(Any(4)));
      if (Any(3) == 0) record.About("Topic " + std::to_string(4 + Any(3)));
      const std::string year = std::to_string(1999 + Any(9));
      const std::string month = year + "-0" + std::to_string(1 + Any(9));
      const int how = Any(5);
      record.On(how == 0 ? year : how == 1 ? month : how == 2 ? "../" + month : month + "-1" + std::to_string(Any(9)));
      if (Any(4) == 0) record.As(pb::QUOTE_KIND_INDIRECT);
      if (Any(3) == 0) {
        record.With([&](auto& r) {
          pb::ImportStance& stance = *r.add_stances();
          stance.set_claim("Claim " + std::to_string(Any(3)));
          stance.set_position(Any(2) == 0 ? pb::POSITION_DENIES : pb::POSITION_ASSERTS);
          if (Any(4) == 0) stance.set_holder("Speaker " + std::to_string(Any(5)));
        });
      }
      records.push_back(record);
    }
    return records;
  }
  int Any(int below) { return static_cast<int>(random_() % static_cast<unsigned>(below)); }

 private:
  std::mt19937 random_{20261126};
};

TEST_F(TalliesTest, GetTimeline_OfEveryKind_SaysWhatTheRowsSay) {
  for (int i = 0; i < 5; ++i) MakeSpeaker("speaker-" + std::to_string(i), "Speaker " + std::to_string(i));
  const Imported imported = Feed(Records(300));
  Compare();
  ASSERT_THAT(TallyFaults(database_.connection()), Eq(""));
  Compare();  // folded now
}

TEST_F(TalliesTest, GetTimeline_AfterEditsMergesAndReverts_SaysWhatTheRowsSay) {
  for (int i = 0; i < 5; ++i) MakeSpeaker("speaker-" + std::to_string(i), "Speaker " + std::to_string(i));
  const Imported imported = Feed(Records(60));
  ASSERT_THAT(TallyFaults(database_.connection()), Eq(""));
  for (int i = 0; i < 12; ++i) {
    pb::Quote quote = Edited(imported.results[static_cast<std::size_t>(i)].quote(), i % 3 == 0);
    if (i % 4 == 0) quote.clear_appearances();
    ASSERT_TRUE(Update(quote, {"speaker", "described_as", "topics", "kind", "said", "appearances"}).status.ok());
  }
  for (std::size_t i = 12; i < 20; ++i) {
    ASSERT_TRUE(Retract(imported.results[i].quote()).status.ok());
    if (i % 2 == 0) ASSERT_TRUE(Restore(imported.results[i].quote()).status.ok());
  }
  MergeSpeakers("speakers/speaker-2", "speakers/speaker-1");
  pb::MergeClaimsRequest claims;
  claims.set_claim("claims/claim-2");
  claims.set_into("claims/claim-1");
  claims.set_reason("one thing");
  ASSERT_TRUE(Call(*claims_, &pb::ClaimService::Stub::MergeClaims, claims).status.ok());
  MoveTopic("topics/topic-2", "topics/topic-1");
  ASSERT_THAT(TallyFaults(database_.connection()), Eq(""));
  const Imported more = Feed(Records(80), {.source = "more"});
  ASSERT_THAT(TallyFaults(database_.connection()), Eq(""));
  Revert(more);
  ASSERT_THAT(TallyFaults(database_.connection()), Eq(""));
  pb::SplitSpeakerRequest split;
  split.set_name("speakers/speaker-1");
  split.set_restore("speakers/speaker-2");
  split.set_reason("two men");
  ASSERT_TRUE(Call(*speakers_, &pb::SpeakerService::Stub::SplitSpeaker, split).status.ok());
  Compare();
}

TEST_F(TalliesTest, GetTimeline_AsOfAMoment_SaysWhatTheRowsSaidThen) {
  for (int i = 0; i < 5; ++i) MakeSpeaker("speaker-" + std::to_string(i), "Speaker " + std::to_string(i));
  const std::vector<pb::ImportRecord> records = Records(300);
  const Imported imported = Feed(records);
  MoveTopic("topics/topic-4", "topics/topic-1");
  std::vector<Moment> moments = {Now()};
  for (std::size_t i = 0; i < 6; ++i) {
    const pb::Quote quote = Edited(imported.results[i].quote(), i % 3 == 0);
    ASSERT_TRUE(Update(quote, {"speaker", "described_as", "topics", "kind", "said"}).status.ok());
    if (i % 2 == 0) ASSERT_TRUE(Retract(imported.results[i].quote()).status.ok());
  }
  moments.emplace_back(Now());
  ASSERT_TRUE(Restore(imported.results[0].quote()).status.ok());
  ASSERT_TRUE(Retract(imported.results[7].quote()).status.ok());
  ASSERT_THAT(TallyFaults(database_.connection()), Eq(""));
  moments.emplace_back(Now());
  std::vector<pb::ImportRecord> more = Records(20);
  for (std::size_t i = 20; i < 40; ++i) {  // known, and printed elsewhere; some with one more topic
    pb::ImportRecord& again = more.emplace_back(records[i]);
    again.set_outlet("Outlet 9");
    if (i % 4 == 0) again.add_topics("Topic 1");
  }
  const Imported reprinted = Feed(more, {.source = "more"});
  moments.emplace_back(Now());
  Revert(reprinted);
  MoveTopic("topics/topic-2", "topics/topic-1");
  moments.emplace_back(Now());
  MoveTopic("topics/topic-2", "topics/topic-3");
  MergeSpeakers("speakers/speaker-4", "speakers/speaker-1");
  moments.emplace_back(Now());
  Feed({more.begin(), more.begin() + 20}, {.source = "more"});  // again, after they were reverted
  moments.emplace_back(Now());
  for (const Moment& moment : moments) {
    Compare(moment, moment, 100, {pb::GRANULARITY_MONTH});  // and by day, where an interval begins within a month
  }
}

TEST_F(TalliesTest, GetTimeline_AsOfAMomentSinceWhichLittleChanged_ComesFromTallies) {
  MakeSpeaker("ada");
  MakeTopic("war");
  MakeTopic("iraq", "topics/war");
  for (int i = 0; i < 6; ++i) {
    MustCreate(AQuote().Saying("Statement " + std::to_string(i)).By("speakers/ada").About("topics/war"));
    MustCreate(AQuote().Saying("Statement " + std::to_string(i)).About("topics/iraq"));
  }
  const auto before = *List(pb::QuoteFilter());
  const Moment then = Now();
  ASSERT_TRUE(Retract(before.quotes(0).name()).status.ok());
  MustCreate(AQuote().Saying("More.").By("speakers/ada").About("topics/iraq"));
  pb::QuoteFilter of_ada, of_nobody, of_topic, of_all;
  of_ada.add_speakers("speakers/ada");
  of_nobody.set_unnamed(true);
  of_topic.add_topics("topics/war");
  struct {
    const pb::QuoteFilter& filter;
    int dimension;
    std::string id;
    int count;
  } const cases[] = {
      {of_all, 1, "0", 12},
      {of_ada, 2, "(SELECT id FROM speakers WHERE slug = 'ada')", 6},
      {of_nobody, 2, "0", 6},
      {of_topic, 3, "(SELECT id FROM topics WHERE slug = 'war')", 12},
  };
  for (const auto& c : cases) {
    const auto count_one_more = [&](const char* sign) {
      Sql("INSERT INTO tally_changes (dimension, id, sign, codes) SELECT " + std::to_string(c.dimension) + ", " + c.id +
          ", " + sign + ", ARRAY[tally_code('1990-01-01', 1, 1)]");
    };
    EXPECT_EQ(Count(c.filter, then).count(), c.count);
    // What tallies hold wrongly they tell wrongly, then as now.
    count_one_more("1");
    EXPECT_EQ(Count(c.filter, then).count(), c.count + 1) << c.filter.DebugString();
    EXPECT_EQ(Count(OfRows(c.filter), then).count(), c.count);
    count_one_more("-1");
  }
}

// Both have looked which quotes are known before either writes.
TEST_F(TalliesTest, ImportQuotes_OfOneQuoteAndAnotherByTwoAtOnce_CountsAllThree) {
  const auto said = [](const char* text, const char* outlet) {
    return ARecord().Saying(text).By("Ada").In(outlet).On("2007-11-21");
  };
  Feed({said("Known.", "The Times"), said("Known, too.", "The Post")});
  pqxx::connection other(database_.connection());
  pqxx::work work(other);
  work.exec("LOCK TABLE quotes IN SHARE ROW EXCLUSIVE MODE");
  std::vector<std::thread> writers;
  for (const char* outlet : {"The Times", "The Post"}) {
    writers.emplace_back([&, outlet] {
      const std::vector<pb::ImportRecord> records = {said("Both printed this.", outlet), said(outlet, outlet)};
      EXPECT_TRUE(Import(*imports_, records, {.source = outlet}).status.ok());
    });
  }
  EXPECT_TRUE(Eventually([&] {
    return Sql("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' "
               "AND query LIKE 'INSERT INTO quotes%'") == "2";
  }));
  work.abort();
  for (std::thread& writer : writers) writer.join();
  pb::QuoteFilter filter;
  filter.add_speakers("speakers/ada");
  EXPECT_EQ(Count(filter).count(), 5);
  EXPECT_EQ(Count(OfRows(filter)).count(), 5);
}

TEST_F(TalliesTest, CreateQuote_WhileAnotherHasCountedTheSame_DoesNotWait) {
  MakeSpeaker("ada");
  MustCreate(AQuote().By("speakers/ada").On("2007-11-21"));
  pqxx::connection other(database_.connection());
  pqxx::work work(other);
  work.exec(
      "INSERT INTO tally_changes (dimension, id, sign, codes) SELECT dimension, id, sign, codes FROM tally_changes");
  const auto made = Create(AQuote().Saying("More.").By("speakers/ada").On("2007-11-21"));
  EXPECT_TRUE(made.status.ok()) << made.status.error_message();
  work.abort();
}

TEST_F(TalliesTest, ImportQuotes_OfOneBucketByFourAtOnce_CountsAll) {
  std::vector<std::thread> writers;
  for (int i = 0; i < 4; ++i) {
    writers.emplace_back([this, i] {
      std::vector<pb::ImportRecord> records;
      for (int j = 0; j < 400; ++j) {
        records.push_back(ARecord()
                              .Saying("Statement " + std::to_string(i % 2 * 1000 + j))
                              .By("Ada")
                              .In("Paper " + std::to_string(i))
                              .On("2007"));
      }
      EXPECT_TRUE(Import(*imports_, records, {.batch = 50}).status.ok());
    });
  }
  for (std::thread& writer : writers) writer.join();
  pb::GetTimelineRequest request;
  request.set_group(pb::TIMELINE_GROUP_SPEAKER);
  EXPECT_EQ(Ask(request).series(0).total(), 800);
}

TEST_F(TalliesTest, Migration_OfARecord_CountsWhatItHolds) {
  Feed(Records(100));
  StopServer();
  Sql("DROP TABLE tallies, tally_changes; DROP FUNCTION tally_code");
  for (const pg::Migration& migration : pg::AllMigrations()) {
    const std::string name = migration.name;
    if (name == "tallies" || name == "positions_on_claims") Sql(migration.text);
  }
  EXPECT_THAT(TallyFaults(database_.connection()), Eq(""));
}

}  // namespace
}  // namespace onrecord
