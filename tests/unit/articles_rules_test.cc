#include "services/articles/articles_rules.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace onrecord::rules {
namespace {

api::DayRange Period(const std::string& text) { return *api::ParseInterval(text); }

TEST(ArticlesRulesTest, ArticleId_WithoutUrlAndHeadline_IsNone) {
  EXPECT_EQ(ArticleId("The Times", "", "", Period("2007")), "");
  EXPECT_EQ(ArticleId("The Times", "http://a", "x", Period("2007")), ArticleId("", "http://a", "", Period("")));
  EXPECT_NE(ArticleId("The Times", "", "x", Period("2007")), ArticleId("The Post", "", "x", Period("2007")));
}

TEST(ArticlesRulesTest, StubId_DependsOnThePrintingAndTheChainFromTheHopOn) {
  const std::vector<std::int64_t> chain = {1, 2}, rest = {2}, other = {3, 2};
  const std::string id = StubId("a", chain);
  EXPECT_EQ(id, StubId("a", chain));
  EXPECT_NE(id, StubId("b", chain));
  EXPECT_NE(id, StubId("a", rest));
  EXPECT_NE(id, StubId("a", other));
}

TEST(ArticlesRulesTest, KindsWithoutCircles_AreTwoGroups) {
  for (int kind = pb::ARTICLE_LINK_KIND_RELAYS; kind <= pb::ARTICLE_LINK_KIND_TRANSLATES; ++kind) {
    EXPECT_EQ(KindsWithoutCircles(static_cast<pb::ArticleLinkKind>(kind)).size(), 4U) << kind;
  }
  EXPECT_EQ(KindsWithoutCircles(pb::ARTICLE_LINK_KIND_CORRECTS).size(), 2U);
  EXPECT_EQ(KindsWithoutCircles(pb::ARTICLE_LINK_KIND_UPDATES).size(), 2U);
  EXPECT_TRUE(KindsWithoutCircles(pb::ARTICLE_LINK_KIND_CITES).empty());
}

TEST(ArticlesRulesTest, Normalize_FoldsWhiteSpace) {
  pb::Article article;
  article.set_headline("  Get \n real ");
  article.set_byline("by\tA");
  Normalize(article);
  EXPECT_EQ(article.headline(), "Get real");
  EXPECT_EQ(article.byline(), "by A");
}

TEST(ArticlesRulesTest, CheckCreateArticle_NamesEveryWrongField) {
  pb::CreateArticleRequest request;
  pb::Article& article = *request.mutable_article();
  article.set_url("ftp://a");
  article.set_headline(std::string(1001, 'a'));
  article.set_byline(std::string(501, 'a'));
  article.set_dateline(std::string(201, 'a'));
  article.set_outlet("The Times");
  article.mutable_published()->mutable_from()->set_year(2008);
  article.mutable_published()->mutable_to()->set_year(2007);
  article.set_language("-");
  article.set_note(std::string(4001, 'a'));
  request.set_request_id(std::string(101, 'a'));
  const absl::Status status = CheckCreateArticle(request);
  std::string refused(status.message());
  status.ForEachPayload([&refused](absl::string_view, const absl::Cord& payload) { refused += std::string(payload); });
  for (const char* field : {"article.url", "article.headline", "article.byline", "article.dateline", "article.outlet",
                            "article.published", "article.language", "article.note", "request_id"}) {
    EXPECT_NE(refused.find(field), std::string::npos) << field << " in " << refused;
  }
}

TEST(ArticlesRulesTest, CheckChange_TakingTheOutletAwayWithoutAnUrl_IsRefused) {
  pb::Article before;
  before.set_headline("Get real");
  pb::Article after = before;
  EXPECT_TRUE(CheckChange(before, after).ok()) << "recorded without one";
  before.set_outlet("outlets/times");
  EXPECT_FALSE(CheckChange(before, after).ok());
  after.set_url("http://a");
  EXPECT_TRUE(CheckChange(before, after).ok());
}

}  // namespace
}  // namespace onrecord::rules
