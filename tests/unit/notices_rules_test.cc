#include "services/notices/notices_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "services/base/strings.h"

namespace onrecord::rules {
namespace {

const std::string kId(32, 'a');
const std::string kArticle = StrCat("articles/", kId);
const std::string kQuote = StrCat("quotes/", kId);
const std::string kPrinting = StrCat(kQuote, "/appearances/", kId);

TEST(NoticesRulesTest, ParseTarget_OfArticlesQuotesAndPrintings_GivesTheirIds) {
  EXPECT_EQ(ParseTarget("articles/" + kId)->article, kId);
  EXPECT_EQ(ParseTarget("quotes/" + kId)->quote, kId);
  const auto printing = ParseTarget("quotes/" + kId + "/appearances/" + std::string(32, '0'));
  ASSERT_TRUE(printing);
  EXPECT_EQ(printing->quote, kId);
  EXPECT_EQ(printing->appearance, std::string(32, '0'));
  for (const std::string& name : {kArticle, kQuote, kPrinting}) {
    EXPECT_EQ(TargetName(*ParseTarget(name)), name);
  }
}

TEST(NoticesRulesTest, ParseTarget_OfAnythingElse_IsNone) {
  for (const std::string& name :
       {std::string(), std::string("articles/"), kId, kArticle + "a", "articles/" + std::string(32, 'A'), kQuote + "/",
        kQuote + "/appearances/", "quotes/x/appearances/" + kId, StrCat(kArticle, "/appearances/", kId),
        StrCat(kPrinting, "/appearances/", kId), std::string("speakers/ada")}) {
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
