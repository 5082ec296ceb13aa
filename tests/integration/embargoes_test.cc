// Embargoes: words are not shown before their time by any read, but to those who may see them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "tests/support/notices.h"

namespace onrecord {
namespace {

using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

const char kSecretWords[] = "the zebrafinch treaty will be signed in marmalade square tomorrow";
constexpr char kReader[] = "night desk";

class EmbargoTest : public NoticeTest {
 protected:
  void SetUp() override {
    options_.embargo_readers = {kReader, "chief"};
    NoticeTest::SetUp();
    speaker_ = MakeSpeaker("envoy", "The Envoy");
    wire_ = MakeOutlet("afp", "Agence France-Presse");
    blog_ = MakeOutlet("blog", "Blog reprint");
    pb::Appearance printed = AnAppearance()
                                 .In(wire_)
                                 .At("https://afp.test/story")
                                 .On("2007-11-21")
                                 .Via(blog_)
                                 .Under("Zebrafinch treaty will be signed");
    printed.set_attribution("told us in the marmalade room");
    printed.set_context_before("Standing on marmalade square,");
    quote_ = MustCreate(AQuote()
                            .Saying(kSecretWords)
                            .By(speaker_)
                            .On("2007-11-20")
                            .Noting("zebrafinch to be checked")
                            .Printed(printed));
    // A change, so that there is a history to tell.
    pb::Quote edited = quote_;
    edited.set_text(std::string(kSecretWords) + " morning");
    EXPECT_TRUE(Update(edited, {"text"}, "", "", "he said: " + edited.text()).status.ok());
    quote_ = *Get(quote_.name());
    const pb::Quote part = MustCreate(AQuote().Saying("Der Vertrag wird unterzeichnet").By(speaker_).On("2007-11-20"));
    pb::SetQuoteLinkRequest link;
    link.mutable_link()->set_quote(part.name());
    link.mutable_link()->set_other(quote_.name());
    link.mutable_link()->set_relation(pb::WORDING_RELATION_TRANSLATION);
    link.mutable_link()->set_state(pb::QUOTE_LINK_STATE_CONFIRMED);
    link.mutable_link()->set_reason("zebrafinch treaty");
    const auto linked = Call(*utterances_, &pb::UtteranceService::Stub::SetQuoteLink, link);
    EXPECT_TRUE(linked.status.ok()) << linked.status.error_message();
    free_ = MustCreate(AQuote().Saying("a treaty on finches was never on the table").By(speaker_).On("2007-11-20"));
    EXPECT_TRUE(Becomes("SELECT count(*) FROM quotes_to_match", "0"));
  }

  template <typename Service, typename Stub, typename Request, typename Response>
  std::string Told(const std::unique_ptr<Service>& stub,
                   grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                   const Request& request, const std::string& author) {
    const auto answer = Call(static_cast<Stub&>(*stub), method, request, author);
    EXPECT_TRUE(answer.status.ok()) << answer.status.error_message();
    return answer->ShortDebugString();
  }
  std::string Exported(const std::string& author) {
    grpc::ClientContext context;
    if (!author.empty()) context.AddMetadata("x-onrecord-author", author);
    const auto stream = imports_->ExportQuotes(&context, pb::ExportQuotesRequest());
    std::string all;
    pb::ExportQuotesResponse response;
    while (stream->Read(&response)) all += response.ShortDebugString();
    EXPECT_TRUE(stream->Finish().ok());
    return all;
  }
  // Every read that returns words of quotes, as text.
  std::vector<std::pair<std::string, std::string>> EveryRead(const std::string& author) {
    std::vector<std::pair<std::string, std::string>> told;
    pb::GetQuoteRequest get;
    get.set_name(quote_.name());
    told.emplace_back("GetQuote", Told(quotes_, &pb::QuoteService::Stub::GetQuote, get, author));
    *get.mutable_as_of() = quote_.create_time();
    told.emplace_back("GetQuote as of", Told(quotes_, &pb::QuoteService::Stub::GetQuote, get, author));
    pb::BatchGetQuotesRequest batch;
    batch.add_names(quote_.name());
    batch.add_names(free_.name());
    told.emplace_back("BatchGetQuotes", Told(quotes_, &pb::QuoteService::Stub::BatchGetQuotes, batch, author));
    told.emplace_back("ListQuotes",
                      Told(quotes_, &pb::QuoteService::Stub::ListQuotes, pb::ListQuotesRequest(), author));
    pb::ListQuotesRequest list;
    list.mutable_filter()->set_words("zebrafinch");
    told.emplace_back("ListQuotes by words", Told(quotes_, &pb::QuoteService::Stub::ListQuotes, list, author));
    pb::ListQuoteRevisionsRequest revisions;
    revisions.set_name(quote_.name());
    told.emplace_back("ListQuoteRevisions",
                      Told(quotes_, &pb::QuoteService::Stub::ListQuoteRevisions, revisions, author));
    pb::FindSimilarQuotesRequest similar;
    similar.set_text(kSecretWords);
    told.emplace_back("FindSimilarQuotes",
                      Told(utterances_, &pb::UtteranceService::Stub::FindSimilarQuotes, similar, author));
    pb::VerifyQuoteRequest verify;
    verify.set_text("signed in marmalade square");
    told.emplace_back("VerifyQuote", Told(utterances_, &pb::UtteranceService::Stub::VerifyQuote, verify, author));
    told.emplace_back("ListStances",
                      Told(claims_, &pb::ClaimService::Stub::ListStances, pb::ListStancesRequest(), author));
    if (!stance_.empty()) {
      pb::ListStanceRevisionsRequest stances;
      stances.set_name(stance_);
      told.emplace_back("ListStanceRevisions",
                        Told(claims_, &pb::ClaimService::Stub::ListStanceRevisions, stances, author));
      pb::GetStanceHistoryRequest history;
      history.set_claim("claims/p");
      told.emplace_back("GetStanceHistory",
                        Told(timeline_, &pb::TimelineService::Stub::GetStanceHistory, history, author));
    }
    told.emplace_back("ListReviews",
                      Told(claims_, &pb::ClaimService::Stub::ListReviews, pb::ListReviewsRequest(), author));
    pb::GetFirstsRequest firsts;
    firsts.set_words("zebrafinch");
    told.emplace_back("GetFirsts", Told(timeline_, &pb::TimelineService::Stub::GetFirsts, firsts, author));
    told.emplace_back("ListNotices",
                      Told(notices_, &pb::NoticeService::Stub::ListNotices, pb::ListNoticesRequest(), author));
    for (const std::string& notice : made_) {
      pb::ListAffectedRequest affected;
      affected.set_notice(notice);
      told.emplace_back("ListAffected", Told(notices_, &pb::NoticeService::Stub::ListAffected, affected, author));
    }
    pb::TraceQuoteRequest trace;
    trace.set_name(quote_.name());
    told.emplace_back("TraceQuote", Told(utterances_, &pb::UtteranceService::Stub::TraceQuote, trace, author));
    pb::GetUtteranceRequest utterance;
    utterance.set_name("utterances/" + IdOf(quote_.name()));
    told.emplace_back("GetUtterance", Told(utterances_, &pb::UtteranceService::Stub::GetUtterance, utterance, author));
    pb::ListQuoteLinksRequest quote_links;
    quote_links.set_quote(quote_.name());
    quote_links.add_states(pb::QUOTE_LINK_STATE_CONFIRMED);
    told.emplace_back("ListQuoteLinks",
                      Told(utterances_, &pb::UtteranceService::Stub::ListQuoteLinks, quote_links, author));
    pb::ListArticlesRequest articles;
    told.emplace_back("ListArticles", Told(articles_, &pb::ArticleService::Stub::ListArticles, articles, author));
    pb::GetArticleRequest article;
    article.set_name(quote_.appearances(0).article().name());
    told.emplace_back("GetArticle", Told(articles_, &pb::ArticleService::Stub::GetArticle, article, author));
    pb::ListArticleRevisionsRequest article_revisions;
    article_revisions.set_name(article.name());
    told.emplace_back("ListArticleRevisions",
                      Told(articles_, &pb::ArticleService::Stub::ListArticleRevisions, article_revisions, author));
    pb::ListArticleLinksRequest links;
    links.set_article(article.name());
    told.emplace_back("ListArticleLinks", Told(articles_, &pb::ArticleService::Stub::ListArticleLinks, links, author));
    told.emplace_back("ExportQuotes", Exported(author));
    return told;
  }
  void ExpectHidden(const std::string& author) {
    for (const auto& [read, told] : EveryRead(author)) {
      SCOPED_TRACE(testing::Message() << read << " for " << author);
      for (const char* word : {"zebrafinch", "Zebrafinch", "marmalade"}) EXPECT_THAT(told, Not(HasSubstr(word)));
    }
    EXPECT_EQ(CountByWords(author), 0);
  }
  void ExpectShown(const std::string& author) {
    for (const auto& [read, told] : EveryRead(author)) {
      if (read == "ListReviews" || read == "ListNotices" || (read == "ListStances" && stance_.empty())) continue;
      EXPECT_THAT(told, AnyOf(HasSubstr("zebrafinch"), HasSubstr("Zebrafinch"), HasSubstr("marmalade")))
          << read << " for " << author;
    }
    EXPECT_EQ(CountByWords(author), 1);
  }
  std::int64_t CountByWords(const std::string& author) {
    pb::CountQuotesRequest request;
    request.mutable_filter()->set_words("zebrafinch");
    pb::GetTimelineRequest timeline;
    *timeline.mutable_filter() = request.filter();
    const auto series = Call(*timeline_, &pb::TimelineService::Stub::GetTimeline, timeline, author);
    const auto counted = Call(*quotes_, &pb::QuoteService::Stub::CountQuotes, request, author);
    EXPECT_EQ(series->total(), counted->count());
    return counted->count();
  }
  pb::Notice Embargo(const std::string& target) {
    const pb::Notice notice =
        MustNotice(ANotice(pb::NOTICE_KIND_EMBARGO, target, "Not before the zebrafinch treaty is signed."));
    made_.push_back(notice.name());
    return notice;
  }
  Answer<pb::Quote> GetAs(const std::string& name, const std::string& author) {
    pb::GetQuoteRequest request;
    request.set_name(name);
    const auto got = Call(*quotes_, &pb::QuoteService::Stub::GetQuote, request, author);
    return {got.status, got->quote()};
  }

  std::string speaker_, wire_, blog_, stance_;
  pb::Quote quote_, free_;
  std::vector<std::string> made_;
};

TEST_F(EmbargoTest, EveryRead_OfAQuoteUnderEmbargo_ShowsItToItsReadersOnly) {
  pb::Stance stance = AStance(quote_, MakeClaim("p", "A proposition"), pb::POSITION_ASSERTS);
  stance.set_note("zebrafinch treaty");
  stance_ = MustSet(stance).name();
  pb::CreateReviewRequest review;
  review.mutable_review()->set_quote(quote_.name());
  review.mutable_review()->set_reviewer(blog_);
  review.mutable_review()->set_rating_text("False");
  review.mutable_review()->set_title("Is the zebrafinch treaty signed?");
  ASSERT_TRUE(Call(*claims_, &pb::ClaimService::Stub::CreateReview, review).status.ok());
  ExpectShown("");
  Embargo(quote_.name());
  ExpectHidden("");
  ExpectHidden("somebody");
  ExpectShown(kReader);
  ExpectShown("chief");

  const Answer<pb::Quote> hidden = GetAs(quote_.name(), "");
  EXPECT_EQ(hidden->embargo_until().seconds(), 4102444800);
  EXPECT_EQ(hidden->speaker(), speaker_);
  EXPECT_THAT(hidden->citation(), HasSubstr("[EMBARGOED until 2100-01-01T00:00:00Z]"));
  EXPECT_EQ(GetAs(quote_.name(), kReader)->text(), quote_.text());
  EXPECT_EQ(GetAs(quote_.name(), kReader)->embargo_until().seconds(), 4102444800);
  EXPECT_EQ(GetAs(free_.name(), "")->text(), free_.text());
  EXPECT_FALSE(GetAs(free_.name(), "")->has_embargo_until());
  // Another quote of the story does not show its headline.
  const pb::Quote other = MustCreate(AQuote().Saying("no comment").Printed(quote_.appearances(0)));
  EXPECT_EQ(GetAs(other.name(), "")->text(), "no comment");
  EXPECT_EQ(GetAs(other.name(), "")->appearances(0).article().headline(), "");
  EXPECT_NE(GetAs(other.name(), kReader)->appearances(0).article().headline(), "");
  pb::ListArticlesRequest by_headline;
  by_headline.set_query("zebrafinch");
  EXPECT_EQ(Call(*articles_, &pb::ArticleService::Stub::ListArticles, by_headline)->articles_size(), 0);
  EXPECT_EQ(Call(*articles_, &pb::ArticleService::Stub::ListArticles, by_headline, kReader)->articles_size(), 1);
  // What is hidden is listed all the same, when nothing is asked of its words.
  EXPECT_EQ(List(pb::QuoteFilter())->quotes_size(), 4);
}

TEST_F(EmbargoTest, EveryRead_OfAnArticleUnderEmbargo_HidesWhatIsPrintedInItAndWhatRestsOnIt) {
  const pb::Quote reprint = MustCreate(
      AQuote().Saying("zebrafinch, he said").By(speaker_).Printed(AnAppearance().In(blog_).At("https://blog.test/1")));
  Link(reprint.appearances(0).article().name(), quote_.appearances(0).article().name());
  Embargo(quote_.appearances(0).article().name());
  ExpectHidden("");
  EXPECT_EQ(GetAs(reprint.name(), "")->text(), "");
  EXPECT_EQ(GetAs(reprint.name(), kReader)->text(), "zebrafinch, he said");
  EXPECT_EQ(GetAs(reprint.name(), kReader)->appearances(0).notices(0).steps(), 1);
  // A printing that is not under embargo frees the words, but not what else the story tells.
  pb::Quote printed = *GetAs(quote_.name(), kReader);
  *printed.add_appearances() = AnAppearance().In(blog_).At("https://blog.test/free").On("2007-11-22");
  ASSERT_TRUE(Update(printed, {"appearances"}, "", kReader).status.ok());
  const Answer<pb::Quote> freed = GetAs(quote_.name(), "");
  EXPECT_EQ(freed->text(), quote_.text());
  EXPECT_FALSE(freed->has_embargo_until());
  ASSERT_EQ(freed->appearances_size(), 2);
  EXPECT_TRUE(freed->appearances(0).has_embargo_until());
  EXPECT_EQ(freed->appearances(0).article().headline(), "");
  EXPECT_EQ(freed->appearances(0).attribution(), "");
  EXPECT_EQ(freed->appearances(0).context_before(), "");
  EXPECT_FALSE(freed->appearances(1).has_embargo_until());
  EXPECT_THAT(Exported(""), Not(HasSubstr("marmalade room")));
  EXPECT_THAT(Exported(""), HasSubstr("https://blog.test/free"));
}

TEST_F(EmbargoTest, FindSimilarQuotes_WhereAllWithTheVeryWordsAreHidden_FindsOthers) {
  const std::string longer = quote_.text() + " at noon, they say";
  MustCreate(AQuote().Saying(longer).By(speaker_).On("2007-11-23"));
  ASSERT_TRUE(Becomes("SELECT count(*) FROM quotes_to_match", "0"));
  pb::FindSimilarQuotesRequest request;
  request.set_text(quote_.text());
  request.set_limit(1);
  const auto find = [&](const std::string& author) {
    const auto found = Call(*utterances_, &pb::UtteranceService::Stub::FindSimilarQuotes, request, author);
    EXPECT_EQ(found->quotes_size(), 1);
    return found->quotes(0).quote().text();
  };
  EXPECT_EQ(find(""), quote_.text());
  Embargo(quote_.name());
  EXPECT_EQ(find(""), longer);
  EXPECT_EQ(find(kReader), quote_.text());
}

TEST_F(EmbargoTest, Embargo_OfWhichTheTimePasses_HidesNothingMore) {
  const pb::Notice notice = Embargo(quote_.name());
  ExpectHidden("");
  Sql("UPDATE notices SET embargo_until = clock_timestamp()");
  ExpectShown("");
  EXPECT_FALSE(GetAs(quote_.name(), "")->has_embargo_until());
  EXPECT_EQ(GetAs(quote_.name(), "")->appearances(0).notices_size(), 0);
  EXPECT_EQ(notice.text(), "");
  EXPECT_EQ(GetNotice(notice.name())->text(), "Not before the zebrafinch treaty is signed.");
}

TEST_F(EmbargoTest, Embargo_IsLiftedByALiftOnTheSameTarget) {
  Embargo(quote_.name());
  MustNotice(ANotice(pb::NOTICE_KIND_EMBARGO_LIFT, free_.name()));
  ExpectHidden("");
  const pb::Notice lift = MustNotice(ANotice(pb::NOTICE_KIND_EMBARGO_LIFT, quote_.name()));
  ExpectShown("");
  // A lift that was a mistake counts no more, and none counts for what came after it.
  ASSERT_TRUE(Withdraw(lift.name()).status.ok());
  ExpectHidden("");
  MustNotice(ANotice(pb::NOTICE_KIND_EMBARGO_LIFT, quote_.name()));
  ExpectShown("");
  Embargo(quote_.name());
  ExpectHidden("");
}

TEST_F(EmbargoTest, Embargo_IsOverWhenItIsWithdrawn) {
  const pb::Notice notice = Embargo(quote_.name() + "/appearances/" + quote_.appearances(0).id());
  ExpectHidden("");
  ASSERT_TRUE(Withdraw(notice.name()).status.ok());
  made_.clear();  // it reaches nothing any more
  ExpectShown("");
}

TEST_F(EmbargoTest, UpdateNotice_OfAnEmbargo_ChangesUntilWhenItLasts) {
  pb::UpdateNoticeRequest request;
  *request.mutable_notice() = Embargo(quote_.name());
  request.mutable_notice()->mutable_embargo_until()->set_seconds(4102531200);
  request.mutable_update_mask()->add_paths("embargo_until");
  ASSERT_TRUE(Call(*notices_, &pb::NoticeService::Stub::UpdateNotice, request).status.ok());
  EXPECT_EQ(GetAs(quote_.name(), "")->embargo_until().seconds(), 4102531200);
  request.mutable_notice()->clear_etag();
  request.mutable_notice()->clear_embargo_until();
  EXPECT_THAT(Fields(Call(*notices_, &pb::NoticeService::Stub::UpdateNotice, request).status),
              ElementsAre("notice.embargo_until"));
}

TEST_F(EmbargoTest, UpdateQuote_ByOneWhoMayNotSeeTheWords_KeepsThem) {
  Embargo(quote_.name());
  pb::Quote blind = *GetAs(quote_.name(), "");
  const auto refused = Update(blind, {"appearances"}).status;
  EXPECT_EQ(refused.error_code(), grpc::FAILED_PRECONDITION);
  EXPECT_EQ(Reason(refused), pb::ERROR_REASON_QUOTE_EMBARGOED);
  blind.set_language("en");
  const Answer<pb::Quote> updated = Update(blind, {"language"});
  ASSERT_TRUE(updated.status.ok()) << updated.status.error_message();
  EXPECT_EQ(updated->text(), "");
  const Answer<pb::Quote> seen = GetAs(quote_.name(), kReader);
  EXPECT_EQ(seen->text(), quote_.text());
  EXPECT_EQ(seen->note(), quote_.note());
  EXPECT_EQ(seen->appearances(0).attribution(), quote_.appearances(0).attribution());
  EXPECT_EQ(seen->language(), "en");
  // So do retractions and restorations.
  ASSERT_TRUE(Retract(quote_.name()).status.ok());
  ASSERT_TRUE(Restore(quote_.name()).status.ok());
  EXPECT_EQ(GetAs(quote_.name(), kReader)->text(), quote_.text());
}

TEST_F(EmbargoTest, ImportQuotes_OfAQuoteUnderEmbargo_GoesOnAsBefore) {
  const pb::ImportRecord record = ARecord().Saying("zebrafinch again").By("The Envoy").In("Blog reprint").WithId("1");
  const Imported first = Feed({record}, {.source = "wire"});
  ASSERT_TRUE(first.AllAre(pb::OUTCOME_CREATED));
  quote_ = *Get(first.results[0].quote());
  Embargo(quote_.name());
  EXPECT_EQ(GetAs(quote_.name(), "")->text(), "");
  EXPECT_TRUE(Feed({record}, {.source = "wire"}).AllAre(pb::OUTCOME_UNCHANGED));
  pb::ImportRecord changed = record;
  changed.set_note("on the zebrafinch");
  ASSERT_TRUE(Feed({changed}, {.source = "wire"}).AllAre(pb::OUTCOME_UPDATED));
  EXPECT_EQ(GetAs(quote_.name(), kReader)->text(), "zebrafinch again");
  EXPECT_EQ(GetAs(quote_.name(), kReader)->note(), "on the zebrafinch");
  EXPECT_EQ(GetAs(quote_.name(), "")->note(), "");
}

TEST_F(EmbargoTest, ListRejects_OfAQuoteUnderEmbargo_HidesTheRecord) {
  pb::ImportRecord record = ARecord().Saying("zebrafinch again").By("The Envoy").In("Blog reprint").WithId("1");
  const Imported first = Feed({record}, {.source = "wire"});
  ASSERT_TRUE(first.AllAre(pb::OUTCOME_CREATED));
  pb::Quote edited = *Get(first.results[0].quote());
  edited.set_note("by hand");
  ASSERT_TRUE(Update(edited, {"note"}).status.ok());
  record.set_text("zebrafinch and marmalade");
  pb::ImportRecord broken = record;
  broken.set_external_id("2");
  broken.set_text("zebrafinch again");
  broken.set_published("yesterday");
  const Imported second = Feed({record, broken}, {.source = "wire"});
  EXPECT_THAT(second.outcomes(), ElementsAre(pb::OUTCOME_CONFLICT, pb::OUTCOME_REJECTED));
  pb::ListRejectsRequest request;
  request.set_import(second.started.name());
  EXPECT_THAT(Told(imports_, &pb::ImportService::Stub::ListRejects, request, ""), HasSubstr("zebrafinch"));
  Embargo(edited.name());
  EXPECT_THAT(Told(imports_, &pb::ImportService::Stub::ListRejects, request, ""), Not(HasSubstr("zebrafinch")));
  EXPECT_THAT(Told(imports_, &pb::ImportService::Stub::ListRejects, request, kReader), HasSubstr("marmalade"));
}

TEST_F(EmbargoTest, ExportQuotes_WithAWholePageUnderEmbargo_GoesOn) {
  std::vector<pb::ImportRecord> records;
  for (int i = 0; i < 250; ++i) {
    records.push_back(
        ARecord().Saying("zebrafinch " + std::to_string(i)).By("The Envoy").On("1999").At("https://afp.test/story"));
  }
  ASSERT_TRUE(Feed(records).AllAre(pb::OUTCOME_CREATED));
  Embargo(quote_.appearances(0).article().name());
  EXPECT_THAT(Exported(""), HasSubstr(free_.text()));
  EXPECT_THAT(Exported(""), Not(HasSubstr("zebrafinch")));
  pb::ListQuotesRequest list;
  list.mutable_filter()->set_words("zebrafinch or finches");
  const auto found = Call(*quotes_, &pb::QuoteService::Stub::ListQuotes, list);
  ASSERT_EQ(found->quotes_size(), 1);
  EXPECT_EQ(found->quotes(0).name(), free_.name());
}

}  // namespace
}  // namespace onrecord
