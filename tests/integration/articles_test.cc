// Articles as resources: recorded, changed, promoted and merged stubs, their links, and the chains that printings name.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "google/protobuf/util/message_differencer.h"
#include "tests/support/builders.h"

namespace onrecord {
namespace {

using google::protobuf::Timestamp;
using google::protobuf::util::MessageDifferencer;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kUnknown[] = "articles/ffffffffffffffffffffffffffffffff";

class ArticlesTest : public RecordTest {
 protected:
  void SetUp() override {
    RecordTest::SetUp();
    for (const char* outlet : {"times", "post", "wire", "gazette"}) MakeOutlet(outlet, std::string("The ") + outlet);
  }

  static pb::Article AnArticle(const std::string& url, const std::string& headline = "",
                               const std::string& outlet = "outlets/times") {
    pb::Article article;
    article.set_url(url);
    article.set_headline(headline);
    article.set_outlet(outlet);
    return article;
  }
  Answer<pb::Article> Make(const pb::Article& article, const std::string& request_id = "") {
    pb::CreateArticleRequest request;
    *request.mutable_article() = article;
    request.set_request_id(request_id);
    const auto made = Call(*articles_, &pb::ArticleService::Stub::CreateArticle, request, "ada");
    return {made.status, made->article()};
  }
  pb::Article MustMake(const pb::Article& article) {
    const Answer<pb::Article> made = Make(article);
    EXPECT_TRUE(made.status.ok()) << made.status.error_message();
    return *made;
  }
  Answer<pb::Article> Read(const std::string& name, const Timestamp* moment = nullptr) {
    pb::GetArticleRequest request;
    request.set_name(name);
    if (moment != nullptr) *request.mutable_as_of() = *moment;
    const auto got = Call(*articles_, &pb::ArticleService::Stub::GetArticle, request);
    return {got.status, got->article()};
  }
  Answer<pb::Article> Change(const pb::Article& article, const std::vector<std::string>& paths,
                             const std::string& reason = "", const std::string& request_id = "") {
    pb::UpdateArticleRequest request;
    *request.mutable_article() = article;
    for (const std::string& path : paths) request.mutable_update_mask()->add_paths(path);
    request.set_reason(reason);
    request.set_request_id(request_id);
    const auto changed = Call(*articles_, &pb::ArticleService::Stub::UpdateArticle, request, "editor");
    return {changed.status, changed->article()};
  }
  Answer<pb::Article> Merge(const std::string& name, const std::string& into, const std::string& reason = "found",
                            const std::string& request_id = "") {
    pb::MergeArticlesRequest request;
    request.set_name(name);
    request.set_into(into);
    request.set_reason(reason);
    request.set_request_id(request_id);
    const auto merged = Call(*articles_, &pb::ArticleService::Stub::MergeArticles, request, "editor");
    return {merged.status, merged->article()};
  }
  Answer<pb::ListArticlesResponse> ListArticles(const pb::ListArticlesRequest& request) {
    return Call(*articles_, &pb::ArticleService::Stub::ListArticles, request);
  }
  std::vector<std::string> Headlines(pb::ListArticlesRequest request) {
    std::vector<std::string> headlines;
    do {
      const auto page = ListArticles(request);
      EXPECT_TRUE(page.status.ok()) << page.status.error_message();
      for (const pb::Article& article : page->articles()) headlines.push_back(article.headline());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return headlines;
  }
  std::vector<pb::ArticleRevision> RevisionsOf(const std::string& name, int page_size = 0) {
    std::vector<pb::ArticleRevision> all;
    pb::ListArticleRevisionsRequest request;
    request.set_name(name);
    request.set_page_size(page_size);
    do {
      const auto page = Call(*articles_, &pb::ArticleService::Stub::ListArticleRevisions, request);
      EXPECT_TRUE(page.status.ok()) << page.status.error_message();
      all.insert(all.end(), page->revisions().begin(), page->revisions().end());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return all;
  }

  static pb::ArticleLink ALink(const std::string& article, pb::ArticleLinkKind kind, const std::string& other,
                               const std::string& note = "") {
    pb::ArticleLink link;
    link.set_article(article);
    link.set_kind(kind);
    link.set_other(other);
    link.set_note(note);
    return link;
  }
  Answer<pb::ArticleLink> Link(const pb::ArticleLink& link, const std::string& request_id = "") {
    pb::LinkArticlesRequest request;
    *request.mutable_link() = link;
    request.set_request_id(request_id);
    const auto linked = Call(*articles_, &pb::ArticleService::Stub::LinkArticles, request, "editor");
    return {linked.status, linked->link()};
  }
  grpc::Status Unlink(const pb::ArticleLink& link, const std::string& request_id = "") {
    pb::UnlinkArticlesRequest request;
    *request.mutable_link() = link;
    request.set_reason("a mistake");
    request.set_request_id(request_id);
    return Call(*articles_, &pb::ArticleService::Stub::UnlinkArticles, request, "editor").status;
  }
  // "article KIND other", by the last letters of names.
  std::vector<std::string> LinksOf(const std::string& article, const Timestamp* moment = nullptr, int page_size = 0) {
    std::vector<std::string> links;
    pb::ListArticleLinksRequest request;
    request.set_article(article);
    request.set_page_size(page_size);
    if (moment != nullptr) *request.mutable_as_of() = *moment;
    do {
      const auto page = Call(*articles_, &pb::ArticleService::Stub::ListArticleLinks, request);
      EXPECT_TRUE(page.status.ok()) << page.status.error_message();
      for (const pb::ArticleLink& link : page->links()) {
        links.push_back(link.article_title() + " " +
                        pb::ArticleLinkKind_Name(link.kind()).substr(sizeof("ARTICLE_LINK_KIND_") - 1) + " " +
                        link.other_title());
      }
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return links;
  }
  static std::vector<std::string> HopsOf(const pb::Appearance& appearance) {
    std::vector<std::string> names;
    for (const pb::Hop& hop : appearance.relays()) names.push_back(hop.article());
    return names;
  }
  // A printing of "We shall see." by Ada in an article of the Times that names where it came from.
  static ARecord APrinting(int number = 1) {
    return ARecord()
        .By("Ada")
        .On("2007-11-20")
        .In("The times")
        .At("https://times.example/" + std::to_string(number))
        .Published("2007-11-21")
        .Via("The post")
        .Via("The wire");
  }
  pb::Quote Imported1(const pb::ImportRecord& record) {
    const pb::RecordResult result = ResultOf(record);
    EXPECT_EQ(result.outcome(), pb::OUTCOME_CREATED) << result.ShortDebugString();
    return *Get(result.quote());
  }

  static void ExpectRefused(const grpc::Status& status, grpc::StatusCode code, pb::ErrorReason reason) {
    EXPECT_EQ(status.error_code(), code) << status.error_message();
    EXPECT_EQ(Reason(status), reason) << status.error_message();
  }
};

// --- Recording and reading

TEST_F(ArticlesTest, CreateArticle_WithEverything_ComesBackAsGiven) {
  pb::Article wanted = AnArticle("https://times.example/1", "A   headline");
  wanted.set_byline("By B");
  wanted.set_dateline("MOSCOW, Nov 21");
  *wanted.mutable_published() = ADate("2007-11-21", pb::DATE_BASIS_METADATA);
  wanted.mutable_published()->set_printed("Wednesday");
  wanted.set_language("en");
  wanted.set_note("a remark");
  const pb::Article made = MustMake(wanted);
  EXPECT_TRUE(MessageDifferencer::Equals(*Read(made.name()), made));
  EXPECT_EQ(made.headline(), "A headline");
  EXPECT_EQ(made.byline(), "By B");
  EXPECT_EQ(made.dateline(), "MOSCOW, Nov 21");
  EXPECT_TRUE(MessageDifferencer::Equals(made.published(), wanted.published()));
  EXPECT_EQ(made.language(), "en");
  EXPECT_EQ(made.note(), "a remark");
  EXPECT_EQ(made.outlet_display_name(), "The times");
  EXPECT_EQ(made.etag(), "1");
  EXPECT_FALSE(made.stub());
}

TEST_F(ArticlesTest, CreateArticle_Wrong_IsRefused) {
  EXPECT_EQ(Fields(Make(AnArticle("", "A headline", "")).status), std::vector<std::string>{"article.outlet"});
  EXPECT_EQ(Fields(Make(AnArticle("x", "", "outlets/times")).status), std::vector<std::string>{"article.url"});
  ExpectRefused(Make(AnArticle("https://a", "", "outlets/none")).status, grpc::NOT_FOUND,
                pb::ERROR_REASON_OUTLET_NOT_FOUND);
  const std::string url = MustMake(AnArticle("https://a", "One")).name();
  const Answer<pb::Article> again = Make(AnArticle("https://a", "Another", ""));
  ExpectRefused(again.status, grpc::ALREADY_EXISTS, pb::ERROR_REASON_ARTICLE_EXISTS);
  EXPECT_NE(again.status.error_message().find(url), std::string::npos) << again.status.error_message();
  MustMake(AnArticle("", "Two"));
  ExpectRefused(Make(AnArticle("", "two")).status, grpc::ALREADY_EXISTS, pb::ERROR_REASON_ARTICLE_EXISTS);
  EXPECT_TRUE(Make(AnArticle("", "two", "outlets/post")).status.ok());
}

TEST_F(ArticlesTest, CreateArticle_WithNeitherUrlNorHeadline_IsAStubOfItsOwn) {
  const pb::Article one = MustMake(AnArticle("", "", "outlets/wire"));
  const pb::Article other = MustMake(AnArticle("", "", "outlets/wire"));
  EXPECT_TRUE(one.stub());
  EXPECT_NE(one.name(), other.name());
}

TEST_F(ArticlesTest, CreateArticle_Repeated_GivesTheFirst) {
  const pb::Article stub = AnArticle("", "", "outlets/wire");
  const std::string first = Make(stub, "once")->name();
  EXPECT_EQ(Make(stub, "once")->name(), first);
  ExpectRefused(Make(AnArticle("https://a"), "once").status, grpc::INVALID_ARGUMENT,
                pb::ERROR_REASON_REQUEST_ID_REUSED);
  EXPECT_EQ(Sql("SELECT count(*) FROM articles"), "1");
}

TEST_F(ArticlesTest, CreateArticle_ThenPrintingsInIt_AreFoundToBeInIt) {
  pb::Article dated = AnArticle("", "Get real");
  *dated.mutable_published() = ADate("2007-11-21");
  const std::string by_headline = MustMake(dated).name();
  const std::string by_url = MustMake(AnArticle("https://times.example/1")).name();
  const auto imported = [&](const std::string& text, const std::string& outlet) {
    return Imported1(ARecord().Saying(text).In(outlet).Published("2007-11-21").With([](pb::ImportRecord& record) {
             record.set_headline("Get real");
           }))
        .appearances(0)
        .article()
        .name();
  };
  EXPECT_EQ(imported("by display name", "The times"), by_headline);
  EXPECT_EQ(imported("by resource name", "outlets/times"), by_headline);
  EXPECT_EQ(MustCreate(AQuote().Printed(AnAppearance().In("outlets/times").On("2007-11-21").Under("Get real")))
                .appearances(0)
                .article()
                .name(),
            by_headline);
  EXPECT_EQ(MustCreate(AQuote().Saying("b").Printed(AnAppearance().At("https://times.example/1")))
                .appearances(0)
                .article()
                .name(),
            by_url);
}

TEST_F(ArticlesTest, GetArticle_Unknown_IsRefused) {
  ExpectRefused(Read(kUnknown).status, grpc::NOT_FOUND, pb::ERROR_REASON_ARTICLE_NOT_FOUND);
  ExpectRefused(Read("articles/none").status, grpc::NOT_FOUND, pb::ERROR_REASON_ARTICLE_NOT_FOUND);
  EXPECT_EQ(Fields(Read("speakers/ada").status), std::vector<std::string>{"name"});
}

TEST_F(ArticlesTest, GetArticle_BeforeItWasRecorded_SaysWhenItWas) {
  const Timestamp before = MustMake(AnArticle("https://a")).create_time();
  const pb::Article later = MustMake(AnArticle("https://b"));
  ExpectRefused(Read(later.name(), &before).status, grpc::NOT_FOUND, pb::ERROR_REASON_NOT_RECORDED_YET);
}

// --- Changing

TEST_F(ArticlesTest, UpdateArticle_KeepsWhatWasThere) {
  const pb::Article made = MustMake(AnArticle("https://a", "Before"));
  pb::Article wanted = made;
  wanted.set_headline("After");
  wanted.set_note("not in the mask");
  const Answer<pb::Article> changed = Change(wanted, {"headline"}, "a typo", "once");
  ASSERT_TRUE(changed.status.ok()) << changed.status.error_message();
  EXPECT_EQ(changed->headline(), "After");
  EXPECT_EQ(changed->note(), "");
  EXPECT_EQ(changed->etag(), "2");
  EXPECT_EQ(Read(made.name(), &made.create_time())->headline(), "Before");
  EXPECT_EQ(Change(wanted, {"headline"}, "a typo", "once")->etag(), "2");
  ExpectRefused(Change(made, {"headline"}).status, grpc::ABORTED, pb::ERROR_REASON_ETAG_MISMATCH);
  EXPECT_EQ(Change(*changed, {"*"})->etag(), "2") << "nothing is changed";

  const std::vector<pb::ArticleRevision> revisions = RevisionsOf(made.name(), 1);
  ASSERT_EQ(revisions.size(), 2U);
  EXPECT_EQ(revisions[0].article().headline(), "After");
  EXPECT_EQ(revisions[0].author(), "editor");
  EXPECT_EQ(revisions[0].via(), "UpdateArticle");
  EXPECT_EQ(revisions[0].reason(), "a typo");
  EXPECT_EQ(revisions[1].article().headline(), "Before");
  EXPECT_EQ(revisions[1].author(), "ada");
  EXPECT_EQ(revisions[1].via(), "CreateArticle");
}

TEST_F(ArticlesTest, UpdateArticle_Wrong_IsRefused) {
  pb::Article article = MustMake(AnArticle("", "A headline"));
  EXPECT_EQ(Fields(Change(article, {}).status), std::vector<std::string>{"update_mask"});
  for (const char* path : {"stub", "name", "outlet_display_name", "published.from"}) {
    EXPECT_EQ(Fields(Change(article, {path}).status), std::vector<std::string>{"update_mask"}) << path;
  }
  article.set_outlet("outlets/none");
  ExpectRefused(Change(article, {"outlet"}).status, grpc::NOT_FOUND, pb::ERROR_REASON_OUTLET_NOT_FOUND);
  article.clear_outlet();
  EXPECT_EQ(Fields(Change(article, {"outlet"}).status), std::vector<std::string>{"article.outlet"});
  article.set_name(kUnknown);
  ExpectRefused(Change(article, {"note"}).status, grpc::NOT_FOUND, pb::ERROR_REASON_ARTICLE_NOT_FOUND);
}

TEST_F(ArticlesTest, UpdateArticle_ToAnotherUrl_IsFoundByBoth) {
  const pb::Quote quote = MustCreate(AQuote().Printed(AnAppearance().In("outlets/times").At("https://old")));
  pb::Article article = *Read(quote.appearances(0).article().name());
  article.set_url("https://new");
  ASSERT_TRUE(Change(article, {"url"}).status.ok());
  int number = 0;
  for (const char* url : {"https://old", "https://new"}) {
    const std::string text = "number " + std::to_string(++number);
    EXPECT_EQ(Imported1(ARecord().Saying(text).At(url)).appearances(0).article().name(), article.name()) << url;
  }
  EXPECT_EQ(Get(quote.name())->appearances(0).article().url(), "https://new");
  // What was read is written back without a second article.
  pb::Quote edited = *Get(quote.name());
  edited.mutable_appearances(0)->set_role("envoy");
  EXPECT_EQ(Update(edited, {"appearances"})->appearances(0).article().name(), article.name());
  EXPECT_EQ(Sql("SELECT count(*) FROM articles"), "1");
}

TEST_F(ArticlesTest, UpdateArticle_ToAnotherHeadlineOrDay_IsFoundByBoth) {
  const auto record = [](const std::string& text, const std::string& headline, const std::string& day) {
    return ARecord().Saying(text).In("The times").Published(day).With([&](pb::ImportRecord& r) {
      r.set_headline(headline);
    });
  };
  pb::Article article = *Read(Imported1(record("a", "Get reel", "2007-11-21")).appearances(0).article().name());
  EXPECT_EQ(article.published().from().day(), 21);
  article.set_headline("Get real");
  *article.mutable_published() = ADate("2007-11-22");
  ASSERT_TRUE(Change(article, {"headline", "published"}).status.ok());
  EXPECT_EQ(Imported1(record("b", "Get reel", "2007-11-21")).appearances(0).article().name(), article.name());
  EXPECT_EQ(Imported1(record("c", "Get real", "2007-11-22")).appearances(0).article().name(), article.name());
  EXPECT_EQ(Read(article.name())->headline(), "Get real") << "imports leave what a person changed";
}

TEST_F(ArticlesTest, UpdateArticle_ToWhatAnotherArticleIs_NamesThatOne) {
  const std::string known = MustMake(AnArticle("https://known")).name();
  pb::Article stub = MustMake(AnArticle("", "", "outlets/times"));
  stub.set_url("https://known");
  const Answer<pb::Article> refused = Change(stub, {"url"});
  ExpectRefused(refused.status, grpc::ALREADY_EXISTS, pb::ERROR_REASON_ARTICLE_EXISTS);
  EXPECT_NE(refused.status.error_message().find(known), std::string::npos);
  EXPECT_NE(refused.status.error_message().find("MergeArticles"), std::string::npos);
}

TEST_F(ArticlesTest, ImportQuotes_OfAChangedRecord_LeavesWhatAPersonChanged) {
  const auto record = [](const std::string& headline, const std::string& role) {
    return ARecord().At("https://a").WithId("1").With([&](pb::ImportRecord& r) {
      r.set_headline(headline);
      r.set_role(role);
    });
  };
  pb::Article article = *Read(Imported1(record("One", "x")).appearances(0).article().name());
  EXPECT_EQ(Outcomes({record("Two", "x")}), std::vector<pb::Outcome>{pb::OUTCOME_UPDATED});
  EXPECT_EQ(Read(article.name())->headline(), "Two") << "an import changes what an import wrote";
  article = *Read(article.name());
  article.set_headline("Three");
  ASSERT_TRUE(Change(article, {"headline"}).status.ok());
  EXPECT_EQ(Outcomes({record("Four", "y")}), std::vector<pb::Outcome>{pb::OUTCOME_UPDATED});
  EXPECT_EQ(Read(article.name())->headline(), "Three");
}

// --- Lists

TEST_F(ArticlesTest, ListArticles_PagesAndFilters) {
  const auto make = [&](const std::string& headline, const std::string& day, const std::string& outlet) {
    pb::Article article = AnArticle("https://example.org/" + headline, headline, outlet);
    if (!day.empty()) *article.mutable_published() = ADate(day);
    return MustMake(article);
  };
  make("Old", "1999", "outlets/times");
  make("Undated", "", "outlets/times");
  make("New", "2007-11-21", "outlets/post");
  const pb::Article middle = make("Middle ЁЛКА", "2003-05", "outlets/times");
  pb::Article stub = MustMake(AnArticle("", "", "outlets/wire"));

  pb::ListArticlesRequest request;
  EXPECT_THAT(Headlines(request), testing::UnorderedElementsAre("New", "Middle ЁЛКА", "Old", "Undated", ""));
  request.set_page_size(2);
  std::vector<std::string> paged = Headlines(request);
  ASSERT_EQ(paged.size(), 5U);
  paged.resize(3);
  EXPECT_THAT(paged, ElementsAre("New", "Middle ЁЛКА", "Old"));
  request.set_outlet("outlets/times");
  EXPECT_THAT(Headlines(request), ElementsAre("Middle ЁЛКА", "Old", "Undated"));
  request.set_query("ёлка");
  EXPECT_THAT(Headlines(request), ElementsAre("Middle ЁЛКА"));
  request.set_query("EXAMPLE.ORG/old");
  EXPECT_THAT(Headlines(request), ElementsAre("Old"));
  request.set_query("100%_");
  EXPECT_THAT(Headlines(request), IsEmpty());

  request = {};
  *request.mutable_published() = Between("2003-05-07", "2007");
  EXPECT_THAT(Headlines(request),
              ElementsAre("New", "Middle ЁЛКА", testing::AnyOf("Undated", ""), testing::AnyOf("Undated", "")));
  *request.mutable_published() = Between("1999", "1999");
  request.set_outlet("outlets/times");
  EXPECT_THAT(Headlines(request), ElementsAre("Old", "Undated"));
  request = {};
  request.set_stubs(true);
  EXPECT_THAT(Headlines(request), ElementsAre(""));
  request.set_outlet("outlets/times");
  EXPECT_THAT(Headlines(request), IsEmpty());

  // As of an earlier moment, and without what was merged.
  request = {};
  *request.mutable_as_of() = middle.create_time();
  request.set_page_size(3);
  EXPECT_THAT(Headlines(request), ElementsAre("New", "Middle ЁЛКА", "Old", "Undated"));
  stub.set_outlet("outlets/times");
  ASSERT_TRUE(Change(stub, {"outlet"}).status.ok());
  ASSERT_TRUE(Merge(stub.name(), middle.name()).status.ok());
  request = {};
  EXPECT_THAT(Headlines(request), ElementsAre("New", "Middle ЁЛКА", "Old", "Undated"));
}

TEST_F(ArticlesTest, ListArticles_Wrong_IsRefused) {
  pb::ListArticlesRequest request;
  request.set_outlet("times");
  request.set_query(std::string(201, 'a'));
  *request.mutable_published() = Between("2007", "2006");
  EXPECT_THAT(Fields(ListArticles(request).status), ElementsAre("outlet", "query"));
  request = {};
  *request.mutable_published() = Between("2007", "2006");
  EXPECT_THAT(Fields(ListArticles(request).status), ElementsAre("published"));
  request = {};
  request.set_page_token("x");
  ExpectRefused(ListArticles(request).status, grpc::INVALID_ARGUMENT, pb::ERROR_REASON_PAGE_TOKEN_INVALID);
  request = {};
  request.set_outlet("outlets/none");
  ExpectRefused(ListArticles(request).status, grpc::NOT_FOUND, pb::ERROR_REASON_OUTLET_NOT_FOUND);
}

TEST_F(ArticlesTest, ListArticles_MoreThanOnePageLooksAt_GoesOn) {
  Sql("INSERT INTO articles (id, url, headline, byline, dateline, stub, published_from) "
      "SELECT md5(n::text)::uuid, '', 'number ' || n, '', '', false, n FROM generate_series(1, 10500) n");
  pb::ListArticlesRequest request;
  request.set_query("number 7");
  request.set_page_size(1000);
  EXPECT_EQ(Headlines(request).size(), 1111U);
  request.set_query("NUMBER 77 ");
  EXPECT_THAT(Headlines(request), IsEmpty());
  EXPECT_FALSE(ListArticles(request)->next_page_token().empty()) << "there is more to look at";
}

// --- Chains

TEST_F(ArticlesTest, ImportQuotes_WithVia_NamesStubsAndLinksThem) {
  const pb::Quote quote = Imported1(APrinting());
  const std::vector<std::string> hops = HopsOf(quote.appearances(0));
  ASSERT_EQ(hops.size(), 2U);
  const pb::Article post = *Read(hops[0]);
  EXPECT_TRUE(post.stub());
  EXPECT_EQ(post.outlet(), "outlets/post");
  EXPECT_FALSE(post.published().has_from());
  EXPECT_EQ(post.published().to().day(), 21);
  EXPECT_EQ(post.published().basis(), pb::DATE_BASIS_BOUNDED_BY_PUBLICATION);
  EXPECT_EQ(Read(hops[1])->outlet(), "outlets/wire");
  EXPECT_THAT(LinksOf(hops[1]), ElementsAre("The wire RELAYS The post", "https://times.example/1 RELAYS The wire"));
  const auto links = LinksOf(quote.appearances(0).article().name());
  EXPECT_THAT(links, ElementsAre("https://times.example/1 RELAYS The wire"));
  EXPECT_EQ(Sql("SELECT string_agg(DISTINCT via, ' ') FROM article_links"), quote.import());

  const std::string before = Dump();
  EXPECT_EQ(Outcomes({APrinting()}), std::vector<pb::Outcome>{pb::OUTCOME_UNCHANGED});
  EXPECT_TRUE(Feed(Export(*imports_)).AllAre(pb::OUTCOME_UNCHANGED));
  EXPECT_EQ(Dump(), before);
}

TEST_F(ArticlesTest, ImportQuotes_OfReprintsByTwoAtOnce_SharesTheStubs) {
  constexpr int kReprints = 500;
  std::vector<pb::ImportRecord> records;
  for (int i = 0; i < kReprints; ++i) records.push_back(APrinting(i));
  std::thread other([&] { Feed({records.begin() + kReprints / 2, records.end()}, {.batch = 50}); });
  Feed({records.begin(), records.begin() + kReprints / 2}, {.batch = 50});
  other.join();
  EXPECT_EQ(Sql("SELECT count(*) FROM appearances"), "500");
  EXPECT_EQ(Sql("SELECT count(*) FROM articles WHERE stub"), "2");
  EXPECT_EQ(Sql("SELECT count(DISTINCT relay_article_ids) FROM appearances"), "1");
  EXPECT_EQ(Sql("SELECT count(*) FROM article_links WHERE recorded_to = 'infinity'"), "501");
}

TEST_F(ArticlesTest, ImportQuotes_OtherQuotesOfTheSameArticle_ShareTheStubs) {
  const pb::Quote one = Imported1(APrinting().Saying("one"));
  const pb::Quote two = Imported1(APrinting().Saying("two"));
  const pb::Quote third = Imported1(APrinting().Saying("three").With([](pb::ImportRecord& r) {
    r.clear_via();
    r.add_via("The wire");
  }));
  const pb::Quote elsewhere = Imported1(APrinting(2).Saying("four"));
  EXPECT_EQ(HopsOf(one.appearances(0)), HopsOf(two.appearances(0)));
  EXPECT_THAT(HopsOf(third.appearances(0)), ElementsAre(one.appearances(0).relays(1).article()));
  EXPECT_NE(HopsOf(elsewhere.appearances(0)), HopsOf(one.appearances(0)));
}

TEST_F(ArticlesTest, ImportQuotes_OfWhatTheHopItselfPrinted_NamesThatArticle) {
  const auto own = ARecord().By("Ada").On("2007-11-20").In("The wire").At("https://wire.example/1");
  const pb::Quote quote = Imported1(ARecord(own).Published("2007-11-20"));
  Feed({ARecord(own).At("https://wire.example/2").Published("2007-11-25"), APrinting()});
  const pb::Quote all = *Get(quote.name());
  ASSERT_EQ(all.appearances_size(), 3);
  EXPECT_EQ(all.appearances(1).relays(1).article(), quote.appearances(0).article().name());
}

TEST_F(ArticlesTest, ImportQuotes_WithOneOutletTwice_NamesTwoArticles) {
  const auto record = [](int number) { return APrinting(number).Via("The post"); };
  Feed({record(1), record(2)});
  EXPECT_EQ(Sql("SELECT count(*) FROM articles WHERE stub"), "3");
  EXPECT_EQ(Sql("SELECT count(DISTINCT relay_article_ids) FROM appearances"), "1");
}

TEST_F(ArticlesTest, ImportQuotes_ThatWouldCloseACircle_KeepsTheHopsAndLeavesTheLinkOut) {
  const auto printing = [](const std::string& outlet, const std::string& via) {
    return ARecord().By("Ada").On("2007").In(outlet).At("https://" + outlet.substr(4)).Via(via);
  };
  const Imported imported = Feed({printing("The times", "The post"), printing("The post", "The times")});
  ASSERT_TRUE(imported.AllAre(pb::OUTCOME_CREATED));
  const pb::Quote quote = *Get(imported.results[0].quote());
  ASSERT_EQ(quote.appearances_size(), 2);
  EXPECT_EQ(quote.appearances(0).relays(0).article(), quote.appearances(1).article().name());
  EXPECT_EQ(quote.appearances(1).relays(0).article(), quote.appearances(0).article().name());
  EXPECT_EQ(Sql("SELECT count(*) FROM article_links"), "1");
}

TEST_F(ArticlesTest, ImportQuotes_OfALinkThatWasTakenBack_DoesNotBringItBack) {
  const pb::Quote quote = Imported1(APrinting().WithId("1"));
  const std::string article = quote.appearances(0).article().name();
  ASSERT_TRUE(Unlink(ALink(article, pb::ARTICLE_LINK_KIND_RELAYS, quote.appearances(0).relays(1).article())).ok());
  const pb::ImportRecord changed =
      APrinting().WithId("1").With([](pb::ImportRecord& r) { r.set_attribution("told the Post"); });
  EXPECT_EQ(Outcomes({changed}), std::vector<pb::Outcome>{pb::OUTCOME_UPDATED});
  EXPECT_THAT(LinksOf(article), IsEmpty());
  EXPECT_EQ(HopsOf(Get(quote.name())->appearances(0)), HopsOf(quote.appearances(0)));
}

TEST_F(ArticlesTest, ImportQuotes_OfAChangedChain_NamesTheNewHop) {
  const pb::Quote quote = Imported1(APrinting().WithId("1"));
  const pb::ImportRecord changed = APrinting().WithId("1").Via("The gazette");
  EXPECT_EQ(Outcomes({changed}), std::vector<pb::Outcome>{pb::OUTCOME_UPDATED});
  const pb::Appearance now = Get(quote.name())->appearances(0);
  ASSERT_EQ(now.relays_size(), 3);
  EXPECT_EQ(now.relays(0).article(), quote.appearances(0).relays(0).article());
  EXPECT_EQ(Read(now.relays(2).article())->outlet(), "outlets/gazette");
  EXPECT_THAT(LinksOf(now.relays(2).article()),
              ElementsAre("The gazette RELAYS The wire", "https://times.example/1 RELAYS The gazette"));
}

TEST_F(ArticlesTest, CreateQuote_NamingArticlesOfHops_UsesThem) {
  const pb::Article wire = MustMake(AnArticle("https://wire", "", "outlets/wire"));
  pb::Appearance appearance = AnAppearance().In("outlets/times").At("https://times").Via("outlets/wire");
  appearance.mutable_relays(0)->set_article(wire.name());
  EXPECT_THAT(HopsOf(MustCreate(AQuote().Printed(appearance)).appearances(0)), ElementsAre(wire.name()));
  appearance.mutable_relays(0)->clear_outlet();
  const pb::Quote derived = MustCreate(AQuote().Saying("b").Printed(appearance));
  EXPECT_EQ(derived.appearances(0).relays(0).outlet(), "outlets/wire");
  EXPECT_THAT(LinksOf(wire.name()), ElementsAre("https://times RELAYS https://wire"));

  const auto refused = [&](const std::string& outlet, const std::string& article) {
    appearance.mutable_relays(0)->set_outlet(outlet);
    appearance.mutable_relays(0)->set_article(article);
    return Create(AQuote().Saying("c").Printed(appearance)).status;
  };
  ExpectRefused(refused("outlets/wire", kUnknown), grpc::NOT_FOUND, pb::ERROR_REASON_ARTICLE_NOT_FOUND);
  const std::vector<std::string> field = {"quote.appearances[0].relays[0].article"};
  EXPECT_EQ(Fields(refused("outlets/post", wire.name())), field);
  EXPECT_EQ(Fields(refused("", "speakers/ada")), field);
  EXPECT_EQ(Fields(refused("", MustMake(AnArticle("https://x", "", "")).name())), field);
}

TEST_F(ArticlesTest, UpdateQuote_WithoutNamingHops_KeepsThem) {
  pb::Quote quote = MustCreate(AQuote().Printed(AnAppearance().In("outlets/times").Under("A").Via("outlets/wire")));
  const std::vector<std::string> hops = HopsOf(quote.appearances(0));
  quote.mutable_appearances(0)->mutable_relays(0)->clear_article();
  EXPECT_EQ(Update(quote, {"appearances"})->etag(), "1") << "nothing is changed";
  quote.mutable_appearances(0)->set_role("envoy");
  EXPECT_EQ(HopsOf(Update(quote, {"appearances"})->appearances(0)), hops);
  EXPECT_EQ(Sql("SELECT count(*) FROM article_links"), "1");
}

TEST_F(ArticlesTest, UpdateArticle_OfAStub_PromotesItInPlace) {
  const pb::Quote quote = Imported1(APrinting());
  pb::Article stub = *Read(quote.appearances(0).relays(0).article());
  const Timestamp before = stub.update_time();
  stub.set_url("https://post.example/interview");
  stub.set_headline("An interview");
  const Answer<pb::Article> promoted = Change(stub, {"url", "headline"}, "found it");
  ASSERT_TRUE(promoted.status.ok()) << promoted.status.error_message();
  EXPECT_FALSE(promoted->stub());
  EXPECT_EQ(promoted->name(), stub.name());
  EXPECT_TRUE(Read(stub.name(), &before)->stub());
  // The article itself arrives later, and with it a date and a byline.
  const pb::Quote own = Imported1(ARecord()
                                      .By("Ada")
                                      .On("2007-11-20")
                                      .In("The post")
                                      .At("https://post.example/interview")
                                      .Published("2007-11-20")
                                      .With([](pb::ImportRecord& record) { record.set_byline("By C"); }));
  EXPECT_EQ(own.name(), quote.name());
  EXPECT_EQ(Get(quote.name())->appearances(0).article().name(), stub.name());
  const pb::Article known = *Read(stub.name());
  EXPECT_EQ(known.headline(), "An interview");
  EXPECT_EQ(known.byline(), "By C");
  EXPECT_EQ(known.published().from().day(), 20);
  EXPECT_EQ(RevisionsOf(stub.name())[0].via(), Get(quote.name())->appearances(0).import());
  EXPECT_EQ(HopsOf(Get(quote.name())->appearances(1)), HopsOf(quote.appearances(0)));
  EXPECT_EQ(Sql("SELECT count(*) FROM articles"), "3");
}

// --- Merging

TEST_F(ArticlesTest, MergeArticles_HopsLinksAndNamesFollow) {
  const pb::Quote quote = Imported1(APrinting());
  const std::vector<std::string> hops = HopsOf(quote.appearances(0));
  const pb::Article post = MustMake(AnArticle("https://post", "An interview", "outlets/post"));
  const Answer<pb::Article> merged = Merge(hops[0], post.name(), "found it", "once");
  ASSERT_TRUE(merged.status.ok()) << merged.status.error_message();
  EXPECT_EQ(merged->name(), post.name());
  EXPECT_EQ(merged->etag(), "2");
  EXPECT_THAT(merged->former_names(), ElementsAre(hops[0]));
  EXPECT_EQ(Merge(hops[0], post.name(), "found it", "once")->etag(), "2");
  EXPECT_EQ(Read(hops[0])->name(), post.name());
  EXPECT_EQ(RevisionsOf(hops[0])[0].reason(), "found it");
  EXPECT_THAT(HopsOf(Get(quote.name())->appearances(0)), ElementsAre(post.name(), hops[1]));
  EXPECT_THAT(LinksOf(hops[0]), ElementsAre("The wire RELAYS An interview"));
  // Another quote of the same printing credits the article too, and so does a repeated import.
  EXPECT_THAT(HopsOf(Imported1(APrinting().Saying("another")).appearances(0)), ElementsAre(post.name(), hops[1]));
  EXPECT_THAT(HopsOf(Imported1(APrinting(2).Saying("elsewhere")).appearances(0)),
              testing::Not(testing::Contains(post.name())));
  const std::string before = Dump();
  EXPECT_EQ(Outcomes({APrinting()}), std::vector<pb::Outcome>{pb::OUTCOME_UNCHANGED});
  EXPECT_TRUE(Feed(Export(*imports_)).AllAre(pb::OUTCOME_UNCHANGED));
  EXPECT_EQ(Dump(), before);
  // Before the merge they were two.
  const Timestamp& then = post.update_time();
  EXPECT_EQ(Read(hops[0], &then)->name(), hops[0]);
  EXPECT_THAT(Read(post.name(), &then)->former_names(), IsEmpty());
  EXPECT_THAT(LinksOf(hops[0], &then), ElementsAre("The wire RELAYS The post"));
  EXPECT_THAT(LinksOf(post.name(), &then), IsEmpty());
  pb::GetQuoteRequest request;
  request.set_name(quote.name());
  *request.mutable_as_of() = then;
  EXPECT_EQ(HopsOf(Call(*quotes_, &pb::QuoteService::Stub::GetQuote, request)->quote().appearances(0)), hops);
}

TEST_F(ArticlesTest, MergeArticles_OfStubsOneAfterTheOther_AllLeadToTheLast) {
  const std::string a = MustMake(AnArticle("", "", "outlets/post")).name();
  const std::string b = MustMake(AnArticle("", "", "outlets/post")).name();
  const std::string last = MustMake(AnArticle("https://post", "", "outlets/post")).name();
  ASSERT_TRUE(Merge(a, b).status.ok());
  ASSERT_TRUE(Merge(a, last).status.ok());
  EXPECT_EQ(Read(a)->name(), last);
  EXPECT_EQ(Read(b)->name(), last);
  EXPECT_EQ(Read(last)->former_names_size(), 2);
  EXPECT_EQ(Fields(Merge(b, last).status), std::vector<std::string>{"into"});
}

TEST_F(ArticlesTest, MergeArticles_Wrong_IsRefused) {
  const std::string stub = MustMake(AnArticle("", "", "outlets/post")).name();
  const std::string known = MustMake(AnArticle("https://post", "", "outlets/post")).name();
  EXPECT_EQ(Fields(Merge(stub, known, "").status), std::vector<std::string>{"reason"});
  EXPECT_EQ(Fields(Merge(stub, stub).status), std::vector<std::string>{"into"});
  EXPECT_EQ(Fields(Merge(stub, MustMake(AnArticle("https://times")).name()).status), std::vector<std::string>{"into"});
  ExpectRefused(Merge(kUnknown, known).status, grpc::NOT_FOUND, pb::ERROR_REASON_ARTICLE_NOT_FOUND);
  ExpectRefused(Merge(stub, kUnknown).status, grpc::NOT_FOUND, pb::ERROR_REASON_ARTICLE_NOT_FOUND);
  ExpectRefused(Merge(known, stub).status, grpc::FAILED_PRECONDITION, pb::ERROR_REASON_ARTICLE_NOT_STUB);
  const std::string between = MustMake(AnArticle("https://wire", "", "outlets/wire")).name();
  for (const pb::ArticleLinkKind kind : {pb::ARTICLE_LINK_KIND_REPRINTS, pb::ARTICLE_LINK_KIND_UPDATES}) {
    ASSERT_TRUE(Link(ALink(known, kind, between)).status.ok());
    ASSERT_TRUE(Link(ALink(between, kind, stub)).status.ok());
    ExpectRefused(Merge(stub, known).status, grpc::FAILED_PRECONDITION, pb::ERROR_REASON_ARTICLE_CYCLE);
    ASSERT_TRUE(Unlink(ALink(between, kind, stub)).ok());
  }
  ASSERT_TRUE(Link(ALink(known, pb::ARTICLE_LINK_KIND_CITES, stub)).status.ok());
  EXPECT_TRUE(Merge(stub, known).status.ok());
  EXPECT_EQ(LinksOf(known).size(), 2U) << "what cited itself is gone";
}

TEST_F(ArticlesTest, MergeArticles_WhileImporting_NamesTheArticleEverywhere) {
  const pb::Quote quote = Imported1(APrinting(0));
  const std::string stub = quote.appearances(0).relays(0).article();
  const std::string post = MustMake(AnArticle("https://post", "", "outlets/post")).name();
  std::vector<pb::ImportRecord> records;
  for (int i = 1; i <= 200; ++i) records.push_back(APrinting(i));
  std::thread importing([&] { Feed(records, {.batch = 10}); });
  EXPECT_TRUE(Merge(stub, post).status.ok());
  importing.join();
  const pb::Quote all = *Get(quote.name());
  for (const pb::Appearance& appearance : all.appearances()) {
    EXPECT_EQ(appearance.relays(0).article(), post);
  }
  EXPECT_EQ(Sql("SELECT count(*) FROM articles WHERE stub AND merged_into IS NULL"), "1");
}

// --- Links

TEST_F(ArticlesTest, LinkArticles_IsListedFromBothSides) {
  const std::string a = MustMake(AnArticle("https://a", "A")).name(), b = MustMake(AnArticle("https://b", "B")).name(),
                    c = MustMake(AnArticle("https://c")).name();
  const Answer<pb::ArticleLink> link = Link(ALink(b, pb::ARTICLE_LINK_KIND_REPRINTS, a, "word for word"), "once");
  ASSERT_TRUE(link.status.ok()) << link.status.error_message();
  EXPECT_EQ(link->author(), "editor");
  EXPECT_EQ(link->via(), "LinkArticles");
  EXPECT_EQ(link->note(), "word for word");
  EXPECT_EQ(link->article_title(), "B");
  EXPECT_TRUE(
      MessageDifferencer::Equals(*Link(ALink(b, pb::ARTICLE_LINK_KIND_REPRINTS, a, "word for word"), "once"), *link));
  EXPECT_TRUE(MessageDifferencer::Equals(*Link(ALink(b, pb::ARTICLE_LINK_KIND_REPRINTS, a, "word for word")), *link));
  ASSERT_TRUE(Link(ALink(c, pb::ARTICLE_LINK_KIND_CORRECTS, b)).status.ok());
  ASSERT_TRUE(Link(ALink(b, pb::ARTICLE_LINK_KIND_CITES, c)).status.ok());
  const std::vector<std::string> of_b = {"B REPRINTS A", "B CITES https://c", "https://c CORRECTS B"};
  EXPECT_EQ(LinksOf(b), of_b);
  EXPECT_EQ(LinksOf(b, nullptr, 1), of_b);
  pb::ListArticleLinksRequest request;
  request.set_article(b);
  request.add_kinds(pb::ARTICLE_LINK_KIND_CORRECTS);
  EXPECT_EQ(Call(*articles_, &pb::ArticleService::Stub::ListArticleLinks, request)->links_size(), 1);
  const Timestamp then = link->create_time();
  EXPECT_THAT(LinksOf(b, &then), ElementsAre("B REPRINTS A"));

  // Another note is another version.
  ASSERT_TRUE(Link(ALink(b, pb::ARTICLE_LINK_KIND_REPRINTS, a, "nearly")).status.ok());
  EXPECT_EQ(LinksOf(a).size(), 1U);
  *request.mutable_as_of() = then;
  request.clear_kinds();
  const auto listed = Call(*articles_, &pb::ArticleService::Stub::ListArticleLinks, request);
  ASSERT_EQ(listed->links_size(), 1);
  EXPECT_EQ(listed->links(0).note(), "word for word");

  ASSERT_TRUE(Unlink(ALink(b, pb::ARTICLE_LINK_KIND_REPRINTS, a), "gone").ok());
  EXPECT_TRUE(Unlink(ALink(b, pb::ARTICLE_LINK_KIND_REPRINTS, a), "gone").ok());
  EXPECT_THAT(LinksOf(a), IsEmpty());
  EXPECT_THAT(LinksOf(a, &then), ElementsAre("B REPRINTS A"));
}

TEST_F(ArticlesTest, LinkArticles_Wrong_IsRefused) {
  const std::string a = MustMake(AnArticle("https://a")).name(), b = MustMake(AnArticle("https://b")).name();
  EXPECT_THAT(Fields(Link(ALink("a", pb::ARTICLE_LINK_KIND_UNSPECIFIED, "b", std::string(4001, 'a'))).status),
              ElementsAre("link.article", "link.other", "link.kind", "link.note"));
  EXPECT_THAT(Fields(Link(ALink(a, pb::ARTICLE_LINK_KIND_CITES, a)).status), ElementsAre("link.other"));
  EXPECT_THAT(Fields(Unlink(ALink(a, pb::ARTICLE_LINK_KIND_UNSPECIFIED, b))), ElementsAre("link.kind"));
  ExpectRefused(Link(ALink(a, pb::ARTICLE_LINK_KIND_CITES, kUnknown)).status, grpc::NOT_FOUND,
                pb::ERROR_REASON_ARTICLE_NOT_FOUND);
  ExpectRefused(Link(ALink(kUnknown, pb::ARTICLE_LINK_KIND_CITES, a)).status, grpc::NOT_FOUND,
                pb::ERROR_REASON_ARTICLE_NOT_FOUND);
  ExpectRefused(Unlink(ALink(a, pb::ARTICLE_LINK_KIND_CITES, b)), grpc::NOT_FOUND, pb::ERROR_REASON_LINK_NOT_FOUND);
  pb::ListArticleLinksRequest request;
  request.set_article("a");
  request.add_kinds(pb::ARTICLE_LINK_KIND_UNSPECIFIED);
  EXPECT_THAT(Fields(Call(*articles_, &pb::ArticleService::Stub::ListArticleLinks, request).status),
              ElementsAre("article", "kinds"));
}

TEST_F(ArticlesTest, LinkArticles_InACircle_IsRefusedWhereNoneCanBe) {
  const std::string a = MustMake(AnArticle("https://a")).name(), b = MustMake(AnArticle("https://b")).name(),
                    c = MustMake(AnArticle("https://c")).name();
  ASSERT_TRUE(Link(ALink(a, pb::ARTICLE_LINK_KIND_RELAYS, b)).status.ok());
  ASSERT_TRUE(Link(ALink(b, pb::ARTICLE_LINK_KIND_TRANSLATES, c)).status.ok());
  for (const pb::ArticleLinkKind kind : {pb::ARTICLE_LINK_KIND_RELAYS, pb::ARTICLE_LINK_KIND_REPRINTS,
                                         pb::ARTICLE_LINK_KIND_EXCERPTS, pb::ARTICLE_LINK_KIND_TRANSLATES}) {
    ExpectRefused(Link(ALink(c, kind, a)).status, grpc::FAILED_PRECONDITION, pb::ERROR_REASON_ARTICLE_CYCLE);
    ExpectRefused(Link(ALink(b, kind, a)).status, grpc::FAILED_PRECONDITION, pb::ERROR_REASON_ARTICLE_CYCLE);
  }
  ASSERT_TRUE(Link(ALink(c, pb::ARTICLE_LINK_KIND_CORRECTS, a)).status.ok()) << "that is another matter";
  ExpectRefused(Link(ALink(a, pb::ARTICLE_LINK_KIND_UPDATES, c)).status, grpc::FAILED_PRECONDITION,
                pb::ERROR_REASON_ARTICLE_CYCLE);
  for (const auto& [article, other] : {std::pair{a, b}, std::pair{b, c}, std::pair{c, a}}) {
    EXPECT_TRUE(Link(ALink(article, pb::ARTICLE_LINK_KIND_CITES, other)).status.ok());
  }
  ASSERT_TRUE(Unlink(ALink(a, pb::ARTICLE_LINK_KIND_RELAYS, b)).ok());
  EXPECT_TRUE(Link(ALink(c, pb::ARTICLE_LINK_KIND_RELAYS, a)).status.ok());
}

TEST_F(ArticlesTest, LinkArticles_ByManyAtOnce_NeverClosesACircle) {
  constexpr int kWriters = 8;
  std::vector<std::string> ring;
  for (int i = 0; i < kWriters; ++i) ring.push_back(MustMake(AnArticle("https://" + std::to_string(i))).name());
  std::atomic<int> linked = 0, refused = 0;
  std::vector<std::thread> writers;
  for (int i = 0; i < kWriters; ++i) {
    writers.emplace_back([&, i] {
      const auto at = static_cast<std::size_t>(i);
      const grpc::Status status =
          Link(ALink(ring[at], pb::ARTICLE_LINK_KIND_RELAYS, ring[(at + 1) % ring.size()])).status;
      if (status.ok()) ++linked;
      if (Reason(status) == pb::ERROR_REASON_ARTICLE_CYCLE) ++refused;
    });
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(linked, kWriters - 1);
  EXPECT_EQ(refused, 1);
}

// --- Redaction

TEST_F(ArticlesTest, RedactQuote_EmptiesWhatArticlesAndLinksTell) {
  const pb::Quote quote = Imported1(APrinting().Saying("zebrafinch marmalade quixotry"));
  pb::Article hop = *Read(quote.appearances(0).relays(0).article());
  hop.set_headline("Zebrafinch marmalade quixotry!");
  hop.set_note("he said zebrafinch marmalade quixotry");
  hop.mutable_published()->set_printed("zebrafinch marmalade quixotry");
  hop = *Change(hop, {"headline", "note", "published"}, "zebrafinch marmalade quixotry");
  hop.set_note("checked");
  ASSERT_TRUE(Change(hop, {"note"}, "zebrafinch marmalade quixotry").status.ok());
  const pb::ArticleLink link = ALink(quote.appearances(0).article().name(), pb::ARTICLE_LINK_KIND_CITES, hop.name(),
                                     "zebrafinch marmalade quixotry");
  ASSERT_TRUE(Link(link).status.ok());
  pb::UnlinkArticlesRequest unlink;
  *unlink.mutable_link() = link;
  unlink.set_reason("not zebrafinch marmalade quixotry");
  ASSERT_TRUE(Call(*articles_, &pb::ArticleService::Stub::UnlinkArticles, unlink).status.ok());
  pb::RedactQuoteRequest request;
  request.set_name(quote.name());
  request.set_reason("by order");
  ASSERT_TRUE(Call(*quotes_, &pb::QuoteService::Stub::RedactQuote, request).status.ok());
  for (const char* table : {"articles", "article_revisions", "article_links"}) {
    EXPECT_EQ(Sql(std::string("SELECT count(*) FROM ") + table + " t WHERE t::text ILIKE '%zebrafinch%'"), "0")
        << table;
  }
  EXPECT_EQ(Read(hop.name())->outlet(), "outlets/post");
}

}  // namespace
}  // namespace onrecord
