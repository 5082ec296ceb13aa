// What tests of notices and embargoes share: articles that rest on each other, and notices on what was printed.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/support/stances.h"

namespace onrecord {

class NoticeTest : public StanceTest {
 protected:
  static std::string IdOf(const std::string& name) { return name.substr(name.find('/') + 1); }

  // An article that is known only by its outlet.
  std::string MakeStub(const std::string& outlet) {
    pb::CreateArticleRequest request;
    request.mutable_article()->set_outlet(outlet);
    const auto made = Call(*articles_, &pb::ArticleService::Stub::CreateArticle, request);
    EXPECT_TRUE(made.status.ok()) << made.status.error_message();
    return made->article().name();
  }
  // `later` rests on `earlier`.
  void Link(const std::string& later, const std::string& earlier,
            pb::ArticleLinkKind kind = pb::ARTICLE_LINK_KIND_RELAYS) {
    pb::LinkArticlesRequest request;
    request.mutable_link()->set_article(later);
    request.mutable_link()->set_other(earlier);
    request.mutable_link()->set_kind(kind);
    const auto linked = Call(*articles_, &pb::ArticleService::Stub::LinkArticles, request);
    EXPECT_TRUE(linked.status.ok()) << linked.status.error_message();
  }
  // The same past the checks of the service.
  void InsertLink(const std::string& later, const std::string& earlier) {
    Sql(absl::StrCat(
        "INSERT INTO article_links (article_id, kind, other_id, note, author, via, recorded_from) VALUES ('",
        IdOf(later), "', 1, '", IdOf(earlier), "', '', '', '', now())"));
  }

  static pb::Notice ANotice(pb::NoticeKind kind, const std::string& target, const std::string& text = "") {
    pb::Notice notice;
    notice.set_kind(kind);
    notice.set_target(target);
    notice.set_text(text);
    if (kind == pb::NOTICE_KIND_EMBARGO) notice.mutable_embargo_until()->set_seconds(4102444800);  // 2100
    return notice;
  }
  Answer<pb::Notice> CreateNotice(const pb::Notice& notice, const std::string& request_id = "") {
    pb::CreateNoticeRequest request;
    *request.mutable_notice() = notice;
    request.set_request_id(request_id);
    const auto made = Call(*notices_, &pb::NoticeService::Stub::CreateNotice, request, "editor");
    return {made.status, made->notice()};
  }
  pb::Notice MustNotice(const pb::Notice& notice) {
    const Answer<pb::Notice> made = CreateNotice(notice);
    EXPECT_TRUE(made.status.ok()) << made.status.error_message();
    return *made;
  }
  Answer<pb::Notice> GetNotice(const std::string& name, const google::protobuf::Timestamp* moment = nullptr) {
    pb::GetNoticeRequest request;
    request.set_name(name);
    if (moment != nullptr) *request.mutable_as_of() = *moment;
    const auto got = Call(*notices_, &pb::NoticeService::Stub::GetNotice, request);
    return {got.status, got->notice()};
  }
  Answer<pb::Notice> Withdraw(const std::string& name, const std::string& etag = "") {
    pb::WithdrawNoticeRequest request;
    request.set_name(name);
    request.set_reason("it was a mistake");
    request.set_etag(etag);
    const auto withdrawn = Call(*notices_, &pb::NoticeService::Stub::WithdrawNotice, request);
    return {withdrawn.status, withdrawn->notice()};
  }
  std::vector<pb::Affected> Affected(pb::ListAffectedRequest request) {
    std::vector<pb::Affected> all;
    do {
      const auto page = Call(*notices_, &pb::NoticeService::Stub::ListAffected, request);
      EXPECT_TRUE(page.status.ok()) << page.status.error_message();
      all.insert(all.end(), page->affected().begin(), page->affected().end());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return all;
  }
  std::vector<pb::Affected> Affected(const std::string& notice) {
    pb::ListAffectedRequest request;
    request.set_notice(notice);
    return Affected(request);
  }
  // "Izvestia > Blog: 1, unseen" of each.
  static std::vector<std::string> Lines(const std::vector<pb::Affected>& affected) {
    std::vector<std::string> lines;
    for (const pb::Affected& one : affected) {
      std::string path;
      for (const std::string& stop : one.path()) absl::StrAppend(&path, path.empty() ? "" : " > ", stop);
      lines.push_back(absl::StrCat(path, ": ", one.steps(), ", ", one.state()));
    }
    return lines;
  }
  Answer<pb::Affected> SetState(const std::string& notice, const std::string& quote, const std::string& appearance,
                                pb::AffectedState state, const std::string& reason = "") {
    pb::SetAffectedStateRequest request;
    request.set_notice(notice);
    request.set_quote(quote);
    request.set_appearance(appearance);
    request.set_state(state);
    request.set_reason(reason);
    const auto set = Call(*notices_, &pb::NoticeService::Stub::SetAffectedState, request, "editor");
    return {set.status, set->affected()};
  }
};

}  // namespace onrecord
