#include "services/notices/notices_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace onrecord::rules {
namespace {

const std::string kId(32, 'a');

TEST(NoticesRulesTest, ParseTarget_OfArticlesQuotesAndPrintings_GivesTheirIds) {
  EXPECT_EQ(ParseTarget("articles/" + kId)->article, kId);
  EXPECT_EQ(ParseTarget("quotes/" + kId)->quote, kId);
  const auto printing = ParseTarget("quotes/" + kId + "/appearances/" + std::string(32, '0'));
  ASSERT_TRUE(printing);
  EXPECT_EQ(printing->quote, kId);
  EXPECT_EQ(printing->appearance, std::string(32, '0'));
  for (const std::string& name : {"articles/" + kId, "quotes/" + kId, "quotes/" + kId + "/appearances/" + kId}) {
    EXPECT_EQ(TargetName(*ParseTarget(name)), name);
  }
}

TEST(NoticesRulesTest, ParseTarget_OfAnythingElse_IsNone) {
  for (const std::string& name :
       {std::string(), std::string("articles/"), kId, "articles/" + kId + "a", "articles/" + std::string(32, 'A'),
        "quotes/" + kId + "/", "quotes/" + kId + "/appearances/", "quotes/x/appearances/" + kId,
        "articles/" + kId + "/appearances/" + kId, "quotes/" + kId + "/appearances/" + kId + "/appearances/" + kId,
        std::string("speakers/ada")}) {
    EXPECT_FALSE(ParseTarget(name)) << name;
  }
}

TEST(NoticesRulesTest, ApplyNoticeMask_LeavesWhatTellsWhichNoticeItIs) {
  pb::Notice current;
  current.set_kind(pb::NOTICE_KIND_EMBARGO);
  current.set_target("quotes/" + kId);
  current.set_text("before");
  current.set_note("kept");
  current.mutable_issued()->set_printed("Friday");
  pb::Notice changes;
  changes.set_kind(pb::NOTICE_KIND_KILL);
  changes.set_target("articles/" + kId);
  changes.set_text("after");
  google::protobuf::FieldMask mask;
  mask.add_paths("text");
  pb::Notice next = ApplyNoticeMask(current, changes, mask);
  EXPECT_EQ(next.text(), "after");
  EXPECT_EQ(next.note(), "kept");
  mask.add_paths("*");
  next = ApplyNoticeMask(current, changes, mask);
  EXPECT_EQ(next.kind(), pb::NOTICE_KIND_EMBARGO);
  EXPECT_EQ(next.target(), "quotes/" + kId);
  EXPECT_EQ(next.note(), "");
  EXPECT_FALSE(next.has_issued());
}

}  // namespace
}  // namespace onrecord::rules
