#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "tests/support/builders.h"

namespace onrecord {
namespace {

using ::testing::ElementsAre;

class TimelineTest : public RecordTest {
 protected:
  Answer<pb::GetTimelineResponse> Ask(const std::function<void(pb::GetTimelineRequest&)>& set) {
    pb::GetTimelineRequest request;
    set(request);
    return Call(*timeline_, &pb::TimelineService::Stub::GetTimeline, request);
  }
  // "2007-11-01 3" for a bucket of three, "2007-11-01 3/2" when two of them are uncertain.
  static std::vector<std::string> Buckets(const pb::TimelineSeries& series) {
    std::vector<std::string> buckets;
    std::int64_t total = 0;
    for (const pb::TimelineBucket& bucket : series.buckets()) {
      pb::UncertainDate start;
      *start.mutable_from() = *start.mutable_to() = bucket.start();
      buckets.push_back(api::FormatInterval(api::ToRange(start)) + " " + std::to_string(bucket.count()));
      if (bucket.uncertain_count() > 0) buckets.back() += "/" + std::to_string(bucket.uncertain_count());
      total += bucket.count();
    }
    EXPECT_EQ(series.total(), total);
    return buckets;
  }
  // "group total" of each series.
  static std::vector<std::string> Groups(const pb::GetTimelineResponse& response) {
    std::vector<std::string> groups;
    for (const pb::TimelineSeries& series : response.series()) {
      groups.push_back((series.group().empty() ? series.display_name() : series.group()) + " " +
                       std::to_string(series.total()));
    }
    return groups;
  }
  void Say(const std::string& date) { MustCreate(AQuote().Saying("number " + std::to_string(++said_)).On(date)); }

 private:
  int said_ = 0;
};

TEST_F(TimelineTest, GetTimeline_OfEachGranularity_CountsByBucket) {
  for (const char* date : {"1999-12-31", "2007-11-18", "2007-11-19", "2007-11-21", "2007-11-25", "2007-12-03",
                           "2008-02-29", "2008-02-29"}) {
    Say(date);
  }
  const auto by = [&](pb::Granularity granularity) {
    const auto answer = Ask([&](auto& r) { r.set_granularity(granularity); });
    EXPECT_TRUE(answer.status.ok()) << answer.status.error_message();
    EXPECT_EQ(answer->total(), 8);
    EXPECT_EQ(answer->series_size(), 1);
    EXPECT_EQ(answer->series(0).group(), "");
    return Buckets(answer->series(0));
  };
  EXPECT_THAT(by(pb::GRANULARITY_DAY), ElementsAre("1999-12-31 1", "2007-11-18 1", "2007-11-19 1", "2007-11-21 1",
                                                   "2007-11-25 1", "2007-12-03 1", "2008-02-29 2"));
  EXPECT_THAT(by(pb::GRANULARITY_WEEK),
              ElementsAre("1999-12-27 1", "2007-11-12 1", "2007-11-19 3", "2007-12-03 1", "2008-02-25 2"));
  EXPECT_THAT(by(pb::GRANULARITY_MONTH), ElementsAre("1999-12-01 1", "2007-11-01 4", "2007-12-01 1", "2008-02-01 2"));
  EXPECT_THAT(by(pb::GRANULARITY_UNSPECIFIED), by(pb::GRANULARITY_MONTH));
  EXPECT_THAT(by(pb::GRANULARITY_QUARTER), ElementsAre("1999-10-01 1", "2007-10-01 5", "2008-01-01 2"));
  EXPECT_THAT(by(pb::GRANULARITY_YEAR), ElementsAre("1999-01-01 1", "2007-01-01 5", "2008-01-01 2"));
  EXPECT_THAT(by(pb::GRANULARITY_DECADE), ElementsAre("1990-01-01 1", "2000-01-01 7"));
}

TEST_F(TimelineTest, GetTimeline_OfEarlyAndLateYears_HasTheirBuckets) {
  Say("0005-06-07");
  Say("9999-12-31");
  for (int granularity = pb::GRANULARITY_DAY; granularity <= pb::GRANULARITY_DECADE; ++granularity) {
    const auto answer = Ask([&](auto& r) { r.set_granularity(static_cast<pb::Granularity>(granularity)); });
    ASSERT_TRUE(answer.status.ok()) << answer.status.error_message();
    ASSERT_EQ(answer->series(0).buckets_size(), 2) << granularity;
    EXPECT_LE(answer->series(0).buckets(0).start().year(), 5) << granularity;
    EXPECT_GE(answer->series(0).buckets(1).start().year(), 9990) << granularity;
  }
}

TEST_F(TimelineTest, GetTimeline_OfUncertainDates_CountsThemApart) {
  for (const char* date : {"2007-01-01", "2007-01", "2007", "2007-01-01/2009", "../2007-01-31", ""}) Say(date);
  const auto by = [&](pb::Granularity granularity) {
    const auto answer = Ask([&](auto& r) {
      r.set_granularity(granularity);
      *r.mutable_filter()->mutable_said() = Between("", "2007");
    });
    return Buckets(answer->series(0));
  };
  EXPECT_THAT(by(pb::GRANULARITY_DAY), ElementsAre("2007-01-01 4/3", "2007-01-31 1/1"));
  EXPECT_THAT(by(pb::GRANULARITY_WEEK), ElementsAre("2007-01-01 4/3", "2007-01-29 1/1"));
  EXPECT_THAT(by(pb::GRANULARITY_MONTH), ElementsAre("2007-01-01 5/3"));
  EXPECT_THAT(by(pb::GRANULARITY_QUARTER), ElementsAre("2007-01-01 5/3"));
  EXPECT_THAT(by(pb::GRANULARITY_YEAR), ElementsAre("2007-01-01 5/2"));
  EXPECT_THAT(by(pb::GRANULARITY_DECADE), ElementsAre("2000-01-01 5/2"));
}

TEST_F(TimelineTest, GetTimeline_WithGapsFilled_HasEveryBucketBetween) {
  Say("2007-11-21");
  Say("2008-02-01");
  const auto filled = [&](const std::string& from, const std::string& to) {
    const auto answer = Ask([&](auto& r) {
      r.set_fill_gaps(true);
      if (!from.empty() || !to.empty()) *r.mutable_filter()->mutable_said() = Between(from, to);
    });
    EXPECT_TRUE(answer.status.ok()) << answer.status.error_message();
    return Buckets(answer->series(0));
  };
  EXPECT_THAT(filled("", ""), ElementsAre("2007-11-01 1", "2007-12-01 0", "2008-01-01 0", "2008-02-01 1"));
  EXPECT_THAT(filled("2007-10", "2008-03-15"), ElementsAre("2007-10-01 0", "2007-11-01 1", "2007-12-01 0",
                                                           "2008-01-01 0", "2008-02-01 1", "2008-03-01 0"));
  EXPECT_THAT(filled("2007", ""), ElementsAre("2007-11-01 1", "2007-12-01 0", "2008-01-01 0", "2008-02-01 1"));
}

TEST_F(TimelineTest, GetTimeline_WithGapsFilledInGroups_GivesAllTheSameBuckets) {
  MakeSpeaker("ada");
  MakeSpeaker("bob");
  MustCreate(AQuote().By("speakers/ada").On("2001"));
  MustCreate(AQuote().By("speakers/bob").On("2003"));
  const auto answer = Ask([](auto& r) {
    r.set_granularity(pb::GRANULARITY_YEAR);
    r.set_group(pb::TIMELINE_GROUP_SPEAKER);
    r.set_fill_gaps(true);
  });
  ASSERT_EQ(answer->series_size(), 2);
  for (const pb::TimelineSeries& series : answer->series()) EXPECT_EQ(series.buckets_size(), 3);
}

TEST_F(TimelineTest, GetTimeline_ByEachGroup_CountsEachValue) {
  MakeSpeaker("ada", "Ada King");
  MakeOutlet("times");
  MakeOutlet("post");
  MakeTopic("war");
  MakeTopic("peace");
  MustCreate(AQuote()
                 .By("speakers/ada")
                 .On("2001")
                 .About("topics/war")
                 .About("topics/peace")
                 .Printed(AnAppearance().In("outlets/times").On("2001-02-03"))
                 .Printed(AnAppearance().In("outlets/times").On("2001-02-04"))
                 .Printed(AnAppearance().In("outlets/post")));
  MustCreate(AQuote().By("speakers/ada").On("2002").About("topics/war").As(pb::QUOTE_KIND_INDIRECT));
  MustCreate(AQuote().On("2003").In("outlets/times").As(pb::QUOTE_KIND_INDIRECT));
  const auto by = [&](pb::TimelineGroup group) {
    const auto answer = Ask([&](auto& r) { r.set_group(group); });
    EXPECT_TRUE(answer.status.ok()) << answer.status.error_message();
    EXPECT_EQ(answer->total(), 3);
    return Groups(*answer);
  };
  EXPECT_THAT(by(pb::TIMELINE_GROUP_UNSPECIFIED), ElementsAre(" 3"));
  EXPECT_THAT(by(pb::TIMELINE_GROUP_SPEAKER), ElementsAre("speakers/ada 2", " 1"));
  EXPECT_THAT(by(pb::TIMELINE_GROUP_OUTLET), ElementsAre("outlets/times 2", " 1", "outlets/post 1"));
  EXPECT_THAT(by(pb::TIMELINE_GROUP_TOPIC), ElementsAre("topics/war 2", " 1", "topics/peace 1"));
  EXPECT_THAT(by(pb::TIMELINE_GROUP_KIND), ElementsAre("QUOTE_KIND_INDIRECT 2", "QUOTE_KIND_DIRECT 1"));
  const auto named = Ask([](auto& r) { r.set_group(pb::TIMELINE_GROUP_SPEAKER); });
  EXPECT_EQ(named->series(0).display_name(), "Ada King");
}

TEST_F(TimelineTest, GetTimeline_WithMoreGroupsThanAskedFor_SumsUpTheOthers) {
  for (int i = 0; i < 12; ++i) {
    const std::string speaker = MakeSpeaker("speaker-" + std::to_string(i));
    for (int n = 0; n < (i < 2 ? 2 : 1); ++n) MustCreate(AQuote().By(speaker).On(std::to_string(2000 + n)));
  }
  const auto most = [&](int groups) {
    const auto answer = Ask([&](auto& r) {
      r.set_group(pb::TIMELINE_GROUP_SPEAKER);
      r.set_granularity(pb::GRANULARITY_YEAR);
      r.set_max_groups(groups);
    });
    EXPECT_TRUE(answer.status.ok()) << answer.status.error_message();
    EXPECT_EQ(answer->total(), 14);
    return *answer;
  };
  EXPECT_THAT(Groups(most(2)), ElementsAre("speakers/speaker-0 2", "speakers/speaker-1 2", "others 10"));
  EXPECT_THAT(Buckets(most(1).series(1)), ElementsAre("2000-01-01 11", "2001-01-01 1"));
  EXPECT_EQ(most(0).series_size(), 11);
  EXPECT_EQ(most(12).series_size(), 12);
  EXPECT_EQ(most(100).series_size(), 12);
}

TEST_F(TimelineTest, GetTimeline_WithFilters_CountsWhatTheyGive) {
  MakeSpeaker("ada");
  MakeOutlet("times");
  MakeTopic("politics");
  MakeTopic("war", "topics/politics");
  MakeTopic("peace", "topics/politics");
  MustCreate(AQuote().Saying("alpha").By("speakers/ada").On("2001").About("topics/war").About("topics/peace"));
  MustCreate(AQuote().Saying("beta").On("2002").In("outlets/times").As(pb::QUOTE_KIND_INDIRECT));
  MustCreate(AQuote().Saying("gamma").On("2003").As(pb::POLARITY_NEGATED));
  const std::string retracted = MustCreate(AQuote().Saying("delta").On("2004")).name();
  ASSERT_TRUE(Retract(retracted).status.ok());
  const auto total = [&](const std::function<void(pb::QuoteFilter&)>& set) {
    const auto answer = Ask([&](auto& r) { set(*r.mutable_filter()); });
    EXPECT_TRUE(answer.status.ok()) << answer.status.error_message();
    return answer->total();
  };
  EXPECT_EQ(total([](auto&) {}), 2);
  EXPECT_EQ(total([](auto& f) { f.add_speakers("speakers/ada"); }), 1);
  EXPECT_EQ(total([](auto& f) { f.add_topics("topics/politics"); }), 1);
  EXPECT_EQ(total([](auto& f) {
              f.add_topics("topics/war");
              f.add_topics("topics/peace");
            }),
            1);
  EXPECT_EQ(total([](auto& f) { f.add_outlets("outlets/times"); }), 1);
  EXPECT_EQ(total([](auto& f) { f.add_kinds(pb::QUOTE_KIND_INDIRECT); }), 1);
  EXPECT_EQ(total([](auto& f) { f.add_polarities(pb::POLARITY_NEGATED); }), 1);
  EXPECT_EQ(total([](auto& f) { f.add_states(pb::QUOTE_STATE_RETRACTED); }), 1);
  EXPECT_EQ(total([](auto& f) { f.set_words("beta"); }), 1);
  EXPECT_EQ(total([](auto& f) { f.set_unnamed(true); }), 1);
  EXPECT_EQ(total([](auto& f) { *f.mutable_said() = Between("2002", "2002"); }), 1);
  EXPECT_EQ(total([](auto& f) { *f.mutable_said() = Between("2002-05", "2002-06", true); }), 1);
  EXPECT_EQ(total([](auto& f) { f.set_import("imports/7"); }), 0);
}

TEST_F(TimelineTest, GetTimeline_OfNothing_IsEmpty) {
  const auto answer = Ask([](auto& r) { r.set_fill_gaps(true); });
  ASSERT_TRUE(answer.status.ok());
  EXPECT_EQ(answer->total(), 0);
  for (const pb::TimelineSeries& series : answer->series()) EXPECT_EQ(series.total(), 0);
}

TEST_F(TimelineTest, GetTimeline_OfTooManyBuckets_IsRefused) {
  Say("1900-01-01");
  Say("2000-01-01");
  const auto by = [&](pb::Granularity granularity) {
    return Ask([&](auto& r) {
             r.set_granularity(granularity);
             r.set_fill_gaps(true);
           })
        .status;
  };
  EXPECT_EQ(by(pb::GRANULARITY_DAY).error_code(), grpc::INVALID_ARGUMENT);
  EXPECT_EQ(Reason(by(pb::GRANULARITY_DAY)), pb::ERROR_REASON_FIELDS_INVALID);
  EXPECT_THAT(Fields(by(pb::GRANULARITY_DAY)), ElementsAre("granularity"));
  EXPECT_TRUE(by(pb::GRANULARITY_WEEK).ok());
}

TEST_F(TimelineTest, GetTimeline_WithABadField_NamesIt) {
  const auto fields = [&](const std::function<void(pb::GetTimelineRequest&)>& set) {
    const grpc::Status status = Ask(set).status;
    EXPECT_EQ(status.error_code(), grpc::INVALID_ARGUMENT);
    EXPECT_EQ(Reason(status), pb::ERROR_REASON_FIELDS_INVALID);
    return Fields(status);
  };
  EXPECT_THAT(fields([](auto& r) { r.set_granularity(static_cast<pb::Granularity>(77)); }), ElementsAre("granularity"));
  EXPECT_THAT(fields([](auto& r) { r.set_group(static_cast<pb::TimelineGroup>(77)); }), ElementsAre("group"));
  EXPECT_THAT(fields([](auto& r) { r.set_max_groups(101); }), ElementsAre("max_groups"));
  EXPECT_THAT(fields([](auto& r) { r.set_max_groups(-1); }), ElementsAre("max_groups"));
  EXPECT_THAT(fields([](auto& r) { r.mutable_filter()->set_words("-a"); }), ElementsAre("filter.words"));
  EXPECT_THAT(fields([](auto& r) { *r.mutable_filter()->mutable_said() = Between("2008", "2007"); }),
              ElementsAre("filter.said"));
  EXPECT_EQ(Reason(Ask([](auto& r) { r.mutable_filter()->add_topics("topics/eve"); }).status),
            pb::ERROR_REASON_TOPIC_NOT_FOUND);
}

}  // namespace
}  // namespace onrecord
