#include "services/articles/articles_links.h"

#include <map>
#include <set>

#include "db/statements.h"
#include "services/api/as_of.h"
#include "services/api/names.h"
#include "services/api/page_token.h"
#include "services/api/request_key.h"
#include "services/api/row_cursor.h"
#include "services/articles/articles_rules.h"
#include "services/articles/articles_store.h"
#include "services/base/strings.h"
#include "services/names/names_store.h"
#include "services/notices/notices_embargoes.h"

namespace onrecord::store {
namespace {

constexpr char kArticleLinksKey[] = "links of articles";

// What rests on what, as far as it was asked for.
class Upstream {
 public:
  // Everything that `articles` rest on by links of `kinds`.
  static absl::StatusOr<Upstream> Of(pg::Session& db, absl::Span<const std::string> articles,
                                     absl::Span<const std::int64_t> kinds) {
    Upstream upstream;
    ASSIGN_OR_RETURN(const pqxx::result rows,
                     db.Run(sql::kLinksUpstream, pg::TextArray(articles), pg::IntArray(kinds)));
    for (const auto& row : rows) upstream.Add(api::BareUuid(row[0].c_str()), api::BareUuid(row[1].c_str()));
    return upstream;
  }
  void Add(const std::string& article, const std::string& other) { rests_on_[article].insert(other); }
  // Also when both are the same.
  bool Reaches(const std::string& article, const std::string& target) const {
    std::set<std::string> seen = {article};
    std::vector<std::string> left = {article};
    while (!left.empty()) {
      const std::string next = left.back();
      left.pop_back();
      if (next == target) return true;
      const auto found = rests_on_.find(next);
      if (found == rests_on_.end()) continue;
      for (const std::string& other : found->second) {
        if (seen.insert(other).second) left.push_back(other);
      }
    }
    return false;
  }

 private:
  std::map<std::string, std::set<std::string>> rests_on_;
};

absl::Status Cycle(const std::string& article, const std::string& other) {
  return Refuse(absl::StatusCode::kFailedPrecondition, pb::ERROR_REASON_ARTICLE_CYCLE,
                StrCat(other, " rests on ", article, " already; take back a link between them first"),
                {{"article", article}, {"other", other}});
}

void ReadLink(api::RowCursor& from, pb::ArticleLink& link) {
  link.set_article(from.Uuid("articles/"));
  link.set_kind(static_cast<pb::ArticleLinkKind>(from.Int()));
  link.set_other(from.Uuid("articles/"));
  link.set_note(from.Text());
  link.set_article_title(from.Text());
  link.set_other_title(from.Text());
  link.set_author(from.Text());
  link.set_via(from.Text());
  from.Time(*link.mutable_create_time());
}

absl::StatusOr<std::optional<pb::ArticleLink>> FindLink(pg::Session& db, const ArticlePair& pair, int kind) {
  ASSIGN_OR_RETURN(const pqxx::result rows, db.Run(sql::kGetArticleLink, pair.first, kind, pair.second));
  if (rows.empty()) return std::nullopt;
  const pqxx::row row = rows[0];
  api::RowCursor from(row);
  from.Long();  // its place
  pb::ArticleLink link;
  ReadLink(from, link);
  return link;
}

// The articles that a link names, once stubs that were merged are followed.
absl::StatusOr<ArticlePair> ResolveLink(pg::Session& db, const pb::ArticleLink& link) {
  ArticlePair pair;
  ASSIGN_OR_RETURN(pair.first, ResolveArticle(db, "link.article", link.article()));
  ASSIGN_OR_RETURN(pair.second, ResolveArticle(db, "link.other", link.other()));
  if (pair.first != pair.second) return pair;
  return RefuseFields({{pb::ERROR_REASON_VALUE_INVALID, "link.other",
                        "is the same article, since they were merged; name another one"}});
}

// Titles are headlines, which those who may not see them do not get.
absl::Status HideEmbargoed(pg::Session& db, pb::ListArticleLinksResponse& response) {
  ASSIGN_OR_RETURN(const bool look, MustLook(db));
  if (!look) return absl::OkStatus();
  std::vector<std::string> names;
  for (const pb::ArticleLink& link : response.links()) {
    names.push_back(link.article());
    names.push_back(link.other());
  }
  ASSIGN_OR_RETURN(const std::vector<bool> hidden, AreHiddenArticles(db, names));
  for (std::size_t i = 0; i < hidden.size(); ++i) {
    if (!hidden[i]) continue;
    pb::ArticleLink& link = *response.mutable_links(static_cast<int>(i / 2));
    link.clear_note();
    (i % 2 == 0 ? link.mutable_article_title() : link.mutable_other_title())->clear();
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status LockArticleLinks(pg::Session& db) { return LockKey(db, kArticleLinksKey, /*exclusive=*/true); }

absl::Status AddRelayLinks(pg::Session& db, const std::vector<ArticlePair>& pairs, std::string_view author,
                           std::string_view via) {
  std::vector<std::string> articles, others;
  for (const auto& [article, other] : pairs) {
    articles.push_back(article);
    others.push_back(other);
  }
  ASSIGN_OR_RETURN(const pqxx::result known,
                   db.Run(sql::kKnownArticleLinks, pg::TextArray(articles), pg::TextArray(others)));
  std::set<std::size_t> left_out;
  for (const auto& row : known) left_out.insert(row[0].as<std::size_t>() - 1);
  if (left_out.size() == pairs.size()) return absl::OkStatus();
  ASSIGN_OR_RETURN(Upstream upstream,
                   Upstream::Of(db, others, rules::KindsWithoutCircles(pb::ARTICLE_LINK_KIND_RELAYS)));
  std::vector<std::string> new_articles, new_others;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    if (left_out.contains(i) || upstream.Reaches(others[i], articles[i])) continue;
    upstream.Add(articles[i], others[i]);
    new_articles.push_back(articles[i]);
    new_others.push_back(others[i]);
  }
  return db.Run(sql::kInsertRelayLinks, pg::TextArray(new_articles), pg::TextArray(new_others), author, via).status();
}

absl::Status CheckMayBeOne(pg::Session& db, const std::string& one, const std::string& other) {
  const std::vector<std::string> both = {one, other};
  for (const pb::ArticleLinkKind kind : {pb::ARTICLE_LINK_KIND_RELAYS, pb::ARTICLE_LINK_KIND_CORRECTS}) {
    ASSIGN_OR_RETURN(const Upstream upstream, Upstream::Of(db, both, rules::KindsWithoutCircles(kind)));
    for (const auto& [article, target] : {ArticlePair{one, other}, ArticlePair{other, one}}) {
      if (upstream.Reaches(article, target)) return Cycle(StrCat("articles/", target), StrCat("articles/", article));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<pb::ArticleLink> LinkArticles(api::Call& call, const pb::LinkArticlesRequest& request) {
  pg::Session& db = call.db();
  pb::ArticleLink linked = request.link();
  RETURN_IF_ERROR(db.Transaction([&]() -> absl::Status {
    RETURN_IF_ERROR(LockArticleLinks(db));
    ASSIGN_OR_RETURN(const auto repeated, api::ClaimRequest(call, request.request_id(), request, linked.article()));
    ASSIGN_OR_RETURN(const ArticlePair pair, ResolveLink(db, request.link()));
    const int kind = request.link().kind();
    ASSIGN_OR_RETURN(std::optional<pb::ArticleLink> known, FindLink(db, pair, kind));
    if (!repeated && (!known || known->note() != request.link().note())) {
      const std::vector<std::string> other = {pair.second};
      ASSIGN_OR_RETURN(const Upstream upstream,
                       Upstream::Of(db, other, rules::KindsWithoutCircles(request.link().kind())));
      if (upstream.Reaches(pair.second, pair.first)) return Cycle(request.link().article(), request.link().other());
      RETURN_IF_ERROR(db.Run(sql::kPutArticleLink, pair.first, kind, pair.second, request.link().note(), call.author(),
                             call.method())
                          .status());
      ASSIGN_OR_RETURN(known, FindLink(db, pair, kind));
    }
    if (known) linked = *known;  // a repeated call may find it taken back
    return absl::OkStatus();
  }));
  return linked;
}

absl::Status UnlinkArticles(api::Call& call, const pb::UnlinkArticlesRequest& request) {
  pg::Session& db = call.db();
  const pb::ArticleLink& link = request.link();
  return db.Transaction([&]() -> absl::Status {
    RETURN_IF_ERROR(LockArticleLinks(db));
    ASSIGN_OR_RETURN(const auto repeated, api::ClaimRequest(call, request.request_id(), request, link.article()));
    if (repeated) return absl::OkStatus();
    ASSIGN_OR_RETURN(const ArticlePair pair, ResolveLink(db, link));
    ASSIGN_OR_RETURN(const pqxx::result ended, db.Run(sql::kEndArticleLink, pair.first, static_cast<int>(link.kind()),
                                                      pair.second, call.author(), request.reason()));
    if (ended.affected_rows() == 1) return absl::OkStatus();
    return Refuse(absl::StatusCode::kNotFound, pb::ERROR_REASON_LINK_NOT_FOUND,
                  StrCat(link.article(), " and ", link.other(), " are not linked so; list the article's links"),
                  {{"article", link.article()}, {"other", link.other()}});
  });
}

absl::StatusOr<pb::ListArticleLinksResponse> ListArticleLinks(pg::Session& db,
                                                              const pb::ListArticleLinksRequest& request,
                                                              const std::string& moment) {
  ASSIGN_OR_RETURN(const int size, api::PageSize(request.page_size()));
  const std::string scope = api::MakeScope(request);
  ASSIGN_OR_RETURN(const std::vector<std::string> after, api::ReadPageToken(scope, request.page_token(), 2));
  ASSIGN_OR_RETURN(const ArticleRow article, GetArticle(db, "article", request.article(), moment));
  const std::vector<std::int64_t> kinds(request.kinds().begin(), request.kinds().end());
  ASSIGN_OR_RETURN(
      const pqxx::result rows,
      db.Run(moment == api::kNow ? sql::kListArticleLinks : sql::kListArticleLinksThen, moment, article.id,
             pg::IntArray(kinds), after.empty() ? "0" : after[0], after.empty() ? "0" : after[1], size + 1));
  pb::ListArticleLinksResponse response;
  std::vector<std::string> last;
  for (const auto& row : rows) {
    if (response.links_size() == size) {
      response.set_next_page_token(api::MakePageToken(scope, last));
      break;
    }
    api::RowCursor from(row);
    const std::string id = from.Text();
    ReadLink(from, *response.add_links());
    last = {from.Text(), id};
  }
  RETURN_IF_ERROR(HideEmbargoed(db, response));
  return response;
}

}  // namespace onrecord::store
