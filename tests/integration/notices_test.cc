// Notices: what they reach is found by walking from print to print, and nothing is retracted by them.
#include "tests/support/notices.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

namespace onrecord {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

const char kEnvoyWords[] = "we live in a pseudo-reality";

// The envoy's words: told to Izvestia, relayed by a wire, reprinted by a blog.
class ChainTest : public NoticeTest {
 protected:
  void SetUp() override {
    NoticeTest::SetUp();
    izvestia_ = MakeOutlet("izvestia", "Izvestia");
    wire_ = MakeOutlet("afp", "Agence France-Presse");
    blog_ = MakeOutlet("blog", "Blog reprint");
    quote_ = MustCreate(
        AQuote()
            .Saying(kEnvoyWords)
            .By(MakeSpeaker("envoy", "The Envoy"))
            .Printed(AnAppearance().In(wire_).At("https://afp.test/story").On("2007-11-21").Via(izvestia_))
            .Printed(AnAppearance().In(blog_).At("https://blog.test/1").On("2007-11-22").Via(izvestia_).Via(wire_)));
    story_ = quote_.appearances(0).article().name();
    interview_ = quote_.appearances(0).relays(0).article();
  }
  std::vector<pb::NoticeFlag> FlagsOf(const std::string& name, int appearance) {
    const Answer<pb::Quote> got = Get(name);
    EXPECT_TRUE(got.status.ok()) << got.status.error_message();
    const auto& flags = got->appearances(appearance).notices();
    return {flags.begin(), flags.end()};
  }
  static pb::ListAffectedRequest Asked(const std::string& notice, int page_size = 0) {
    pb::ListAffectedRequest request;
    request.set_notice(notice);
    request.set_page_size(page_size);
    return request;
  }

  std::string izvestia_, wire_, blog_, interview_, story_;
  pb::Quote quote_;
};

TEST_F(ChainTest, CreateNotice_OnTheInterview_FlagsWhatRestsOnItAndRetractsNothing) {
  const pb::Quote other =
      MustCreate(AQuote().Saying("something else").Printed(AnAppearance().In(blog_).At("https://blog.test/2")));
  const google::protobuf::Timestamp before = Now();
  pb::Notice asked = ANotice(pb::NOTICE_KIND_CORRECTION, interview_, "He spoke of two realities.");
  asked.set_issuer(izvestia_);
  *asked.mutable_issued() = ADate("2007-11-23");
  asked.set_url("https://izvestia.test/corrections");
  const pb::Notice notice = MustNotice(asked);
  EXPECT_EQ(notice.target(), interview_);
  EXPECT_EQ(notice.target_title(), "Izvestia");
  EXPECT_EQ(notice.issuer_display_name(), "Izvestia");
  EXPECT_EQ(notice.author(), "editor");
  EXPECT_EQ(notice.issued().from().day(), 23);

  EXPECT_THAT(Lines(Affected(notice.name())), ElementsAre("Izvestia > Agence France-Presse: 1, 1",
                                                          "Izvestia > Agence France-Presse > Blog reprint: 2, 1"));
  const pb::Affected first = Affected(notice.name())[0];
  EXPECT_EQ(first.quote(), quote_.name());
  EXPECT_EQ(first.appearance(), quote_.appearances(0).id());
  EXPECT_EQ(first.article(), story_);
  EXPECT_EQ(first.outlet(), wire_);
  EXPECT_NE(first.citation().find("Izvestia → Agence France-Presse"), std::string::npos) << first.citation();

  const Answer<pb::Quote> got = Get(quote_.name());
  EXPECT_EQ(got->state(), pb::QUOTE_STATE_ACTIVE);
  ASSERT_EQ(got->appearances(0).notices_size(), 1);
  EXPECT_EQ(got->appearances(0).notices(0).notice(), notice.name());
  EXPECT_EQ(got->appearances(0).notices(0).kind(), pb::NOTICE_KIND_CORRECTION);
  EXPECT_EQ(got->appearances(0).notices(0).state(), pb::AFFECTED_STATE_UNSEEN);
  EXPECT_EQ(got->appearances(0).notices(0).steps(), 1);
  ASSERT_EQ(got->appearances(1).notices_size(), 1);
  EXPECT_EQ(got->appearances(1).notices(0).steps(), 2);
  EXPECT_THAT(FlagsOf(other.name(), 0), IsEmpty());

  pb::BatchGetQuotesRequest batch;
  batch.add_names(quote_.name());
  const auto together = Call(*quotes_, &pb::QuoteService::Stub::BatchGetQuotes, batch);
  EXPECT_EQ(together->quotes(0).appearances(1).notices_size(), 1);
  pb::TraceQuoteRequest trace;
  trace.set_name(quote_.name());
  const auto traced = Call(*utterances_, &pb::UtteranceService::Stub::TraceQuote, trace);
  ASSERT_EQ(traced->appearances_size(), 2) << traced.status.error_message();
  EXPECT_EQ(traced->appearances(1).appearance().notices(0).notice(), notice.name());
  EXPECT_EQ(List(pb::QuoteFilter())->quotes(0).appearances(0).notices_size(), 0);

  // Before the notice there was none.
  pb::GetQuoteRequest then;
  then.set_name(quote_.name());
  *then.mutable_as_of() = before;
  EXPECT_EQ(Call(*quotes_, &pb::QuoteService::Stub::GetQuote, then)->quote().appearances(0).notices_size(), 0);
  EXPECT_EQ(Reason(GetNotice(notice.name(), &before).status), pb::ERROR_REASON_NOTICE_NOT_FOUND);
  pb::ListAffectedRequest affected_then = Asked(notice.name());
  *affected_then.mutable_as_of() = before;
  EXPECT_EQ(Reason(Call(*notices_, &pb::NoticeService::Stub::ListAffected, affected_then).status),
            pb::ERROR_REASON_NOTICE_NOT_FOUND);
}

TEST_F(ChainTest, UpdateQuote_OfAFlaggedQuoteAsItWasRead_ChangesNothing) {
  MustNotice(ANotice(pb::NOTICE_KIND_CORRECTION, interview_));
  const Answer<pb::Quote> read = Get(quote_.name());
  ASSERT_EQ(read->appearances(0).notices_size(), 1);
  const Answer<pb::Quote> updated = Update(*read, {"appearances"});
  ASSERT_TRUE(updated.status.ok()) << updated.status.error_message();
  EXPECT_EQ(updated->etag(), read->etag());
}

TEST_F(ChainTest, SetAffectedState_IsKeptWithItsHistory) {
  const pb::Notice notice = MustNotice(ANotice(pb::NOTICE_KIND_RETRACTION, interview_));
  const std::string& printed = quote_.appearances(1).id();
  ASSERT_TRUE(SetState(notice.name(), quote_.name(), printed, pb::AFFECTED_STATE_PENDING, "asked them").status.ok());
  const google::protobuf::Timestamp pending = Now();
  const Answer<pb::Affected> set =
      SetState(notice.name(), quote_.name(), printed, pb::AFFECTED_STATE_CORRECTED, "see below the text");
  ASSERT_TRUE(set.status.ok()) << set.status.error_message();
  EXPECT_EQ(set->state(), pb::AFFECTED_STATE_CORRECTED);
  EXPECT_EQ(set->author(), "editor");
  EXPECT_EQ(set->reason(), "see below the text");
  EXPECT_TRUE(set->has_state_time());
  EXPECT_THAT(Lines({*set}), ElementsAre("Izvestia > Agence France-Presse > Blog reprint: 2, 3"));
  EXPECT_EQ(FlagsOf(quote_.name(), 1)[0].state(), pb::AFFECTED_STATE_CORRECTED);
  EXPECT_EQ(FlagsOf(quote_.name(), 0)[0].state(), pb::AFFECTED_STATE_UNSEEN);

  pb::ListAffectedRequest request = Asked(notice.name());
  request.add_states(pb::AFFECTED_STATE_UNSEEN);
  EXPECT_THAT(Lines(Affected(request)), ElementsAre("Izvestia > Agence France-Presse: 1, 1"));
  request = Asked(notice.name());
  *request.mutable_as_of() = pending;
  EXPECT_THAT(Lines(Affected(request)), ElementsAre("Izvestia > Agence France-Presse: 1, 1",
                                                    "Izvestia > Agence France-Presse > Blog reprint: 2, 2"));
  // Taken back: nobody has looked, and nobody is told to have.
  ASSERT_TRUE(SetState(notice.name(), quote_.name(), printed, pb::AFFECTED_STATE_UNSEEN, "the wrong one").status.ok());
  EXPECT_EQ(Affected(notice.name())[1].author(), "");
  EXPECT_EQ(Affected(notice.name())[1].state(), pb::AFFECTED_STATE_UNSEEN);
  EXPECT_EQ(Sql("SELECT count(*) FROM notice_states"), "3");
}

TEST_F(ChainTest, SetAffectedState_OfWhatTheNoticeDoesNotReach_IsRefused) {
  const pb::Quote other = MustCreate(AQuote().Saying("something else").Printed(AnAppearance().In(blog_)));
  const pb::Notice notice = MustNotice(ANotice(pb::NOTICE_KIND_KILL, interview_));
  const auto refused =
      SetState(notice.name(), other.name(), other.appearances(0).id(), pb::AFFECTED_STATE_STANDS).status;
  EXPECT_EQ(refused.error_code(), grpc::FAILED_PRECONDITION);
  EXPECT_EQ(Reason(refused), pb::ERROR_REASON_NOT_AFFECTED);
  EXPECT_EQ(Reason(SetState(notice.name(), other.name(), quote_.appearances(0).id(), pb::AFFECTED_STATE_STANDS).status),
            pb::ERROR_REASON_NOT_AFFECTED);
  EXPECT_EQ(Reason(SetState("notices/" + std::string(32, '0'), other.name(), other.appearances(0).id(),
                            pb::AFFECTED_STATE_STANDS)
                       .status),
            pb::ERROR_REASON_NOTICE_NOT_FOUND);
  EXPECT_THAT(Fields(SetState("notices/x", "quotes/x", "x", pb::AFFECTED_STATE_UNSPECIFIED).status),
              UnorderedElementsAre("notice", "quote", "appearance", "state"));
  Withdraw(notice.name());
  EXPECT_EQ(
      Reason(SetState(notice.name(), quote_.name(), quote_.appearances(0).id(), pb::AFFECTED_STATE_STANDS).status),
      pb::ERROR_REASON_NOTICE_WITHDRAWN);
}

TEST_F(ChainTest, SetAffectedState_RepeatedWithItsRequestId_IsDoneOnce) {
  const pb::Notice notice = MustNotice(ANotice(pb::NOTICE_KIND_KILL, interview_));
  pb::SetAffectedStateRequest request;
  request.set_notice(notice.name());
  request.set_quote(quote_.name());
  request.set_appearance(quote_.appearances(0).id());
  request.set_state(pb::AFFECTED_STATE_PENDING);
  request.set_request_id("once");
  for (int i = 0; i < 2; ++i) {
    const auto set = Call(*notices_, &pb::NoticeService::Stub::SetAffectedState, request);
    ASSERT_TRUE(set.status.ok()) << set.status.error_message();
    EXPECT_EQ(set->affected().state(), pb::AFFECTED_STATE_PENDING);
  }
  EXPECT_EQ(Sql("SELECT count(*) FROM notice_states"), "1");
}

TEST_F(ChainTest, WithdrawNotice_TakesTheFlagsAway) {
  const pb::Notice notice = MustNotice(ANotice(pb::NOTICE_KIND_CORRECTION, interview_));
  const google::protobuf::Timestamp standing = Now();
  EXPECT_EQ(Reason(Withdraw(notice.name(), "7").status), pb::ERROR_REASON_ETAG_MISMATCH);
  const Answer<pb::Notice> withdrawn = Withdraw(notice.name(), notice.etag());
  ASSERT_TRUE(withdrawn.status.ok()) << withdrawn.status.error_message();
  EXPECT_EQ(withdrawn->withdraw_reason(), "it was a mistake");
  EXPECT_THAT(FlagsOf(quote_.name(), 0), IsEmpty());
  EXPECT_THAT(Affected(notice.name()), IsEmpty());
  EXPECT_EQ(Reason(Withdraw(notice.name()).status), pb::ERROR_REASON_NOTICE_WITHDRAWN);
  // What was known then stays known.
  EXPECT_EQ(GetNotice(notice.name(), &standing)->withdraw_reason(), "");
  pb::ListAffectedRequest request = Asked(notice.name());
  *request.mutable_as_of() = standing;
  EXPECT_EQ(Affected(request).size(), 2U);
}

TEST_F(ChainTest, UpdateNotice_KeepsWhatWasThere) {
  pb::Notice notice = MustNotice(ANotice(pb::NOTICE_KIND_CORRECTION, interview_, "first"));
  const google::protobuf::Timestamp before = Now();
  pb::UpdateNoticeRequest request;
  *request.mutable_notice() = notice;
  request.mutable_notice()->set_text("second");
  request.mutable_notice()->set_issuer("speakers/envoy");
  request.mutable_update_mask()->add_paths("text");
  request.mutable_update_mask()->add_paths("issuer");
  const auto updated = Call(*notices_, &pb::NoticeService::Stub::UpdateNotice, request);
  ASSERT_TRUE(updated.status.ok()) << updated.status.error_message();
  EXPECT_EQ(updated->notice().text(), "second");
  EXPECT_EQ(updated->notice().issuer_display_name(), "The Envoy");
  EXPECT_EQ(updated->notice().etag(), "2");
  EXPECT_EQ(GetNotice(notice.name(), &before)->text(), "first");
  EXPECT_EQ(Reason(Call(*notices_, &pb::NoticeService::Stub::UpdateNotice, request).status),
            pb::ERROR_REASON_ETAG_MISMATCH);
  request.mutable_update_mask()->add_paths("kind");
  request.mutable_update_mask()->add_paths("author");
  EXPECT_THAT(Fields(Call(*notices_, &pb::NoticeService::Stub::UpdateNotice, request).status),
              ElementsAre("update_mask", "update_mask"));
  request.mutable_update_mask()->clear_paths();
  request.mutable_update_mask()->add_paths("issuer");
  request.mutable_notice()->clear_etag();
  request.mutable_notice()->set_issuer("outlets/nobody");
  EXPECT_EQ(Reason(Call(*notices_, &pb::NoticeService::Stub::UpdateNotice, request).status),
            pb::ERROR_REASON_OUTLET_NOT_FOUND);
}

TEST_F(ChainTest, CreateNotice_WithMistakes_NamesEachField) {
  pb::Notice wrong = ANotice(pb::NOTICE_KIND_UNSPECIFIED, "claims/x", std::string(10001, 'x'));
  wrong.set_issuer("topics/x");
  wrong.set_url("ftp://x");
  wrong.mutable_embargo_until()->set_seconds(1);
  wrong.set_note(std::string(4001, 'x'));
  EXPECT_THAT(Fields(CreateNotice(wrong).status),
              UnorderedElementsAre("notice.kind", "notice.target", "notice.text", "notice.issuer", "notice.url",
                                   "notice.embargo_until", "notice.note"));
  pb::Notice embargo = ANotice(pb::NOTICE_KIND_EMBARGO, interview_);
  embargo.clear_embargo_until();
  EXPECT_THAT(Fields(CreateNotice(embargo).status), ElementsAre("notice.embargo_until"));
}

TEST_F(ChainTest, CreateNotice_OnWhatDoesNotExist_IsRefused) {
  const std::string none(32, '0');
  const std::map<std::string, pb::ErrorReason> expected = {
      {"articles/" + none, pb::ERROR_REASON_ARTICLE_NOT_FOUND},
      {"quotes/" + none, pb::ERROR_REASON_QUOTE_NOT_FOUND},
      {quote_.name() + "/appearances/" + none, pb::ERROR_REASON_APPEARANCE_NOT_FOUND}};
  for (const auto& [target, reason] : expected) {
    const auto made = CreateNotice(ANotice(pb::NOTICE_KIND_DENIAL, target));
    EXPECT_EQ(made.status.error_code(), grpc::NOT_FOUND) << target;
    EXPECT_EQ(Reason(made.status), reason) << target;
  }
  EXPECT_EQ(Reason(GetNotice("notices/" + none).status), pb::ERROR_REASON_NOTICE_NOT_FOUND);
  EXPECT_EQ(Reason(GetNotice("notices/x").status), pb::ERROR_REASON_NOTICE_NOT_FOUND);
}

TEST_F(ChainTest, CreateNotice_RepeatedWithItsRequestId_IsRecordedOnce) {
  const Answer<pb::Notice> first = CreateNotice(ANotice(pb::NOTICE_KIND_CORRECTION, interview_), "once");
  const Answer<pb::Notice> again = CreateNotice(ANotice(pb::NOTICE_KIND_CORRECTION, interview_), "once");
  ASSERT_TRUE(again.status.ok()) << again.status.error_message();
  EXPECT_EQ(again->name(), first->name());
  EXPECT_EQ(Sql("SELECT count(*) FROM notices"), "1");
  EXPECT_EQ(Reason(CreateNotice(ANotice(pb::NOTICE_KIND_KILL, interview_), "once").status),
            pb::ERROR_REASON_REQUEST_ID_REUSED);
}

TEST_F(ChainTest, CreateNotice_OnAQuote_ReachesAllItsPrintings) {
  const pb::Notice notice = MustNotice(ANotice(pb::NOTICE_KIND_DENIAL, quote_.name()));
  EXPECT_EQ(notice.target_title(), "The Envoy: “we live in a pseudo-reality”");
  EXPECT_THAT(Lines(Affected(notice.name())), UnorderedElementsAre("Agence France-Presse: 0, 1", "Blog reprint: 0, 1"));
  EXPECT_EQ(FlagsOf(quote_.name(), 1)[0].steps(), 0);
}

TEST_F(ChainTest, CreateNotice_OnAPrinting_ReachesItAndWhatRestsOnIt) {
  // Another quote of the same story is not what the notice is about.
  const pb::Quote other =
      MustCreate(AQuote()
                     .Saying("something else")
                     .Printed(AnAppearance().In(wire_).At("https://afp.test/story").On("2007-11-21")));
  const pb::Notice notice =
      MustNotice(ANotice(pb::NOTICE_KIND_CORRECTION, quote_.name() + "/appearances/" + quote_.appearances(0).id()));
  EXPECT_EQ(notice.target_title(), "The Envoy: “we live in a pseudo-reality”, in Agence France-Presse");
  EXPECT_THAT(Lines(Affected(notice.name())),
              ElementsAre("Agence France-Presse: 0, 1", "Agence France-Presse > Blog reprint: 1, 1"));
  EXPECT_EQ(FlagsOf(quote_.name(), 0)[0].steps(), 0);
  EXPECT_EQ(FlagsOf(quote_.name(), 1)[0].steps(), 1);
  EXPECT_THAT(FlagsOf(other.name(), 0), IsEmpty());
  const pb::Notice last =
      MustNotice(ANotice(pb::NOTICE_KIND_CORRECTION, quote_.name() + "/appearances/" + quote_.appearances(1).id()));
  EXPECT_THAT(Lines(Affected(last.name())), ElementsAre("Blog reprint: 0, 1"));
}

TEST_F(ChainTest, ListAffected_OfAPrintingWithoutArticle_FollowsItsHops) {
  const pb::Quote heard =
      MustCreate(AQuote().Saying("as heard").Printed(AnAppearance().In(blog_).Via(izvestia_).Via(wire_)));
  ASSERT_FALSE(heard.appearances(0).has_article());
  const std::string source = heard.appearances(0).relays(0).article();
  const pb::Notice notice = MustNotice(ANotice(pb::NOTICE_KIND_CORRECTION, source));
  EXPECT_THAT(Lines(Affected(notice.name())), ElementsAre("Izvestia > Agence France-Presse > Blog reprint: 2, 1"));
  EXPECT_EQ(FlagsOf(heard.name(), 0)[0].steps(), 2);
  const pb::Notice nearer = MustNotice(ANotice(pb::NOTICE_KIND_KILL, heard.appearances(0).relays(1).article()));
  EXPECT_THAT(Lines(Affected(nearer.name())), ElementsAre("Agence France-Presse > Blog reprint: 1, 1"));
}

TEST_F(ChainTest, ListAffected_OfLinksThatCarryNoWords_DoesNotFollowThem) {
  const pb::Quote citing =
      MustCreate(AQuote().Saying("as Izvestia wrote").Printed(AnAppearance().In(blog_).At("https://blog.test/3")));
  Link(citing.appearances(0).article().name(), interview_, pb::ARTICLE_LINK_KIND_CITES);
  EXPECT_EQ(Affected(MustNotice(ANotice(pb::NOTICE_KIND_CORRECTION, interview_)).name()).size(), 2U);
}

TEST_F(ChainTest, ListAffected_OfLinksThatGoRound_Ends) {
  InsertLink(interview_, quote_.appearances(1).article().name());
  const pb::Notice notice = MustNotice(ANotice(pb::NOTICE_KIND_CORRECTION, story_));
  EXPECT_THAT(Lines(Affected(notice.name())),
              ElementsAre("Agence France-Presse: 0, 1", "Agence France-Presse > Blog reprint: 1, 1"));
  EXPECT_EQ(FlagsOf(quote_.name(), 0)[0].steps(), 0);
  EXPECT_EQ(FlagsOf(quote_.name(), 1)[0].steps(), 1);
}

TEST_F(ChainTest, ListAffected_OfAMergedStub_ReachesWhatRestsOnEither) {
  const pb::Notice on_stub = MustNotice(ANotice(pb::NOTICE_KIND_CORRECTION, interview_));
  const pb::Quote found = MustCreate(
      AQuote().Saying("the whole interview").Printed(AnAppearance().In(izvestia_).At("https://izvestia.test/1")));
  const std::string article = found.appearances(0).article().name();
  pb::MergeArticlesRequest merge;
  merge.set_name(interview_);
  merge.set_into(article);
  merge.set_reason("found it");
  const auto merged = Call(*articles_, &pb::ArticleService::Stub::MergeArticles, merge);
  ASSERT_TRUE(merged.status.ok()) << merged.status.error_message();
  EXPECT_EQ(GetNotice(on_stub.name())->target(), article);
  EXPECT_THAT(Lines(Affected(on_stub.name())), ElementsAre("Izvestia: 0, 1", "Izvestia > Agence France-Presse: 1, 1",
                                                           "Izvestia > Agence France-Presse > Blog reprint: 2, 1"));
  EXPECT_EQ(FlagsOf(quote_.name(), 1)[0].steps(), 2);
  EXPECT_EQ(FlagsOf(found.name(), 0)[0].steps(), 0);
  const pb::Notice later = MustNotice(ANotice(pb::NOTICE_KIND_KILL, interview_));
  EXPECT_EQ(later.target(), article);
  pb::ListNoticesRequest request;
  request.set_target(article);
  const auto listed = Call(*notices_, &pb::NoticeService::Stub::ListNotices, request);
  EXPECT_EQ(listed->notices_size(), 2);
}

TEST_F(ChainTest, ListAffected_OfManyReprints_IsPagedByStepsWithoutLoss) {
  std::vector<pb::ImportRecord> records;
  for (int i = 0; i < 500; ++i) {
    records.push_back(ARecord()
                          .Saying(kEnvoyWords)
                          .By("The Envoy")
                          .In("Blog reprint")
                          .Published("2007-12-01")
                          .At("https://reprints.test/" + std::to_string(i)));
  }
  ASSERT_TRUE(Feed(records).AllAre(pb::OUTCOME_CREATED));
  // Every second rests on the story, the others on the one before.
  Sql("INSERT INTO article_links (article_id, kind, other_id, note, author, via, recorded_from) SELECT id, 2, '" +
      IdOf(story_) + "', '', '', '', now() FROM articles WHERE url ~ 'https://reprints.test/[0-9]*[02468]$'");
  Sql("INSERT INTO article_links (article_id, kind, other_id, note, author, via, recorded_from) SELECT later.id, 2,"
      " earlier.id, '', '', '', now() FROM articles later JOIN articles earlier ON earlier.url ="
      " 'https://reprints.test/' || (split_part(later.url, '/', 4)::int - 1)"
      " WHERE later.url ~ 'https://reprints.test/[0-9]*[13579]$'");
  const pb::Notice notice = MustNotice(ANotice(pb::NOTICE_KIND_CORRECTION, interview_));
  const std::vector<pb::Affected> affected = Affected(Asked(notice.name(), 97));
  ASSERT_EQ(affected.size(), 502U);
  std::set<std::string> seen;
  std::map<int, int> by_steps;
  for (std::size_t i = 0; i < affected.size(); ++i) {
    if (i > 0) EXPECT_LE(affected[i - 1].steps(), affected[i].steps());
    seen.insert(affected[i].quote() + affected[i].appearance());
    ++by_steps[affected[i].steps()];
  }
  EXPECT_EQ(seen.size(), 502U);
  EXPECT_EQ(by_steps, (std::map<int, int>{{1, 1}, {2, 251}, {3, 250}}));
  // A token belongs to its notice.
  pb::ListAffectedRequest other = Asked(MustNotice(ANotice(pb::NOTICE_KIND_KILL, interview_)).name(), 97);
  other.set_page_token(
      Call(*notices_, &pb::NoticeService::Stub::ListAffected, Asked(notice.name(), 97))->next_page_token());
  EXPECT_EQ(Reason(Call(*notices_, &pb::NoticeService::Stub::ListAffected, other).status),
            pb::ERROR_REASON_PAGE_TOKEN_INVALID);
}

TEST_F(ChainTest, ListNotices_IsNewestFirstWithItsFilters) {
  const pb::Notice first = MustNotice(ANotice(pb::NOTICE_KIND_CORRECTION, interview_));
  const pb::Notice second = MustNotice(ANotice(pb::NOTICE_KIND_DENIAL, quote_.name()));
  const pb::Notice third =
      MustNotice(ANotice(pb::NOTICE_KIND_CORRECTION, quote_.name() + "/appearances/" + quote_.appearances(0).id()));
  ASSERT_TRUE(Withdraw(first.name()).status.ok());
  const auto names = [&](pb::ListNoticesRequest request) {
    std::vector<std::string> all;
    request.set_page_size(1);
    do {
      const auto page = Call(*notices_, &pb::NoticeService::Stub::ListNotices, request);
      EXPECT_TRUE(page.status.ok()) << page.status.error_message();
      for (const pb::Notice& notice : page->notices()) all.push_back(notice.name());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return all;
  };
  pb::ListNoticesRequest request;
  EXPECT_THAT(names(request), ElementsAre(third.name(), second.name()));
  request.set_include_withdrawn(true);
  EXPECT_THAT(names(request), ElementsAre(third.name(), second.name(), first.name()));
  request.add_kinds(pb::NOTICE_KIND_CORRECTION);
  EXPECT_THAT(names(request), ElementsAre(third.name(), first.name()));
  request.set_target(interview_);
  EXPECT_THAT(names(request), ElementsAre(first.name()));
  request = pb::ListNoticesRequest();
  request.set_target(quote_.name());
  EXPECT_THAT(names(request), ElementsAre(third.name(), second.name()));
  request.set_target(third.target());
  EXPECT_THAT(names(request), ElementsAre(third.name()));
  *request.mutable_as_of() = second.create_time();
  EXPECT_THAT(names(request), IsEmpty());
  request.set_target("quotes/x");
  request.add_kinds(static_cast<pb::NoticeKind>(99));
  EXPECT_THAT(Fields(Call(*notices_, &pb::NoticeService::Stub::ListNotices, request).status),
              UnorderedElementsAre("target", "kinds"));
}

TEST_F(ChainTest, CreateNotice_OnARedactedQuote_IsRefusedButForALift) {
  pb::RedactQuoteRequest redact;
  redact.set_name(quote_.name());
  redact.set_reason("by order");
  ASSERT_TRUE(Call(*quotes_, &pb::QuoteService::Stub::RedactQuote, redact).status.ok());
  const std::string printing = quote_.name() + "/appearances/" + quote_.appearances(0).id();
  for (const std::string& target : {quote_.name(), printing}) {
    const auto refused = CreateNotice(ANotice(pb::NOTICE_KIND_CORRECTION, target)).status;
    EXPECT_EQ(refused.error_code(), grpc::FAILED_PRECONDITION);
    EXPECT_EQ(Reason(refused), pb::ERROR_REASON_QUOTE_REDACTED);
    EXPECT_TRUE(CreateNotice(ANotice(pb::NOTICE_KIND_EMBARGO_LIFT, target)).status.ok());
  }
}

TEST_F(ChainTest, RedactQuote_TakesItsWordsOutOfNotices) {
  pb::Notice denial = ANotice(pb::NOTICE_KIND_DENIAL, quote_.name(), "I never said we live in a pseudo-reality!");
  denial.set_issuer("speakers/envoy");
  denial.set_note("pseudo-reality, he says");
  denial = MustNotice(denial);
  const pb::Notice on_article =
      MustNotice(ANotice(pb::NOTICE_KIND_CORRECTION, story_, "Not “live in a pseudo-reality”"));
  const pb::Notice harmless = MustNotice(ANotice(pb::NOTICE_KIND_CORRECTION, story_, "The date was wrong."));
  const pb::Notice elsewhere =
      MustNotice(ANotice(pb::NOTICE_KIND_CORRECTION, MakeStub(blog_), "He meant: “we live in a pseudo-reality”."));
  ASSERT_TRUE(SetState(denial.name(), quote_.name(), quote_.appearances(0).id(), pb::AFFECTED_STATE_STANDS,
                       "he did say we live in a pseudo-reality")
                  .status.ok());
  pb::UpdateNoticeRequest update;
  *update.mutable_notice() = denial;
  update.mutable_notice()->set_text("denied");
  update.mutable_update_mask()->add_paths("text");
  ASSERT_TRUE(Call(*notices_, &pb::NoticeService::Stub::UpdateNotice, update).status.ok());
  const std::string tell =
      "SELECT count(*) FROM (SELECT n::text AS t FROM notices n UNION ALL SELECT s::text FROM notice_states s) all_of "
      "WHERE t ~ 'pseudo'";
  ASSERT_NE(Sql(tell), "0");

  pb::RedactQuoteRequest redact;
  redact.set_name(quote_.name());
  redact.set_reason("by order");
  redact.set_protect_source(true);
  const auto redacted = Call(*quotes_, &pb::QuoteService::Stub::RedactQuote, redact);
  ASSERT_TRUE(redacted.status.ok()) << redacted.status.error_message();
  EXPECT_EQ(Sql(tell), "0");
  EXPECT_EQ(Sql("SELECT count(*) FROM notices WHERE issuer_speaker_id IS NOT NULL"), "0");
  EXPECT_EQ(GetNotice(denial.name())->target_title(), "");
  EXPECT_EQ(GetNotice(on_article.name())->text(), "");
  EXPECT_EQ(GetNotice(harmless.name())->text(), "The date was wrong.");
  EXPECT_EQ(GetNotice(elsewhere.name())->text(), "");
  EXPECT_EQ(Affected(denial.name()).size(), 2U);
}

}  // namespace
}  // namespace onrecord
