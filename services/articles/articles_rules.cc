#include "services/articles/articles_rules.h"

#include <algorithm>

#include "services/api/text.h"
#include "services/api/violations.h"
#include "services/base/strings.h"
#include "services/names/names_rules.h"

namespace onrecord::rules {
namespace {

constexpr std::size_t kMostHeadlineCodePoints = 1000;
constexpr std::size_t kMostBylineCodePoints = 500;
constexpr std::size_t kMostDatelineCodePoints = 200;

void Check(api::Violations& violations, const pb::Article& article) {
  violations.Url("article.url", article.url());
  violations.Text("article.headline", article.headline(), 0, kMostHeadlineCodePoints);
  violations.Text("article.byline", article.byline(), 0, kMostBylineCodePoints);
  violations.Text("article.dateline", article.dateline(), 0, kMostDatelineCodePoints);
  if (!article.outlet().empty()) violations.Name("article.outlet", article.outlet(), "outlets/");
  violations.Dates("article.published", article.published());
  violations.Language("article.language", article.language());
  violations.Text("article.note", article.note(), 0, kMostNoteCodePoints);
}

bool IsIdentified(const pb::Article& article) { return !article.url().empty() || !article.outlet().empty(); }

void CheckIdentified(api::Violations& violations, const pb::Article& article) {
  if (IsIdentified(article)) return;
  violations.Add(pb::ERROR_REASON_FIELD_REQUIRED, "article.outlet",
                 "is empty; an article without an url needs the outlet that published it");
}

void CheckKind(api::Violations& violations, const std::string& field, int kind) {
  if (kind == pb::ARTICLE_LINK_KIND_UNSPECIFIED || !pb::ArticleLinkKind_IsValid(kind)) {
    violations.Add(pb::ERROR_REASON_FIELD_REQUIRED, field,
                   "is missing or unknown; choose RELAYS, REPRINTS, EXCERPTS, TRANSLATES, CITES, CORRECTS or UPDATES");
  }
}

// Two different articles.
void CheckPair(api::Violations& violations, const std::string& one_field, const std::string& one,
               const std::string& other_field, const std::string& other) {
  violations.Name(one_field, one, "articles/");
  violations.Name(other_field, other, "articles/");
  if (one == other) {
    violations.Add(pb::ERROR_REASON_VALUE_INVALID, other_field, "is the same article; name another one");
  }
}

void CheckLink(api::Violations& violations, const pb::ArticleLink& link) {
  CheckPair(violations, "link.article", link.article(), "link.other", link.other());
  CheckKind(violations, "link.kind", link.kind());
}

}  // namespace

void Normalize(pb::Article& article) {
  for (std::string* text : {article.mutable_headline(), article.mutable_byline(), article.mutable_dateline()}) {
    *text = api::CollapseSpace(*text);
  }
}

absl::Status CheckChange(const pb::Article& before, const pb::Article& after) {
  api::Violations violations;
  Check(violations, after);
  if (IsIdentified(before)) CheckIdentified(violations, after);
  return violations.Status();
}

absl::Status CheckListArticles(const pb::ListArticlesRequest& request) {
  api::Violations violations;
  if (!request.outlet().empty()) violations.Name("outlet", request.outlet(), "outlets/");
  CheckList(violations, request);
  violations.Date("published.from", request.published().from());
  violations.Date("published.to", request.published().to());
  if (violations.all().empty() && api::ToFrom(request.published().from()) > api::ToTo(request.published().to())) {
    violations.Add(pb::ERROR_REASON_DATE_INVALID, "published", "ends before it starts; exchange from and to");
  }
  return violations.Status();
}

absl::Status CheckCreateArticle(const pb::CreateArticleRequest& request) {
  api::Violations violations;
  Check(violations, request.article());
  CheckIdentified(violations, request.article());
  violations.RequestId(request.request_id());
  return violations.Status();
}

absl::Status CheckUpdateArticle(const pb::UpdateArticleRequest& request) {
  return CheckUpdate(request, "article", request.article(), "articles/");
}

absl::Status CheckMergeArticles(const pb::MergeArticlesRequest& request) {
  api::Violations violations;
  CheckPair(violations, "name", request.name(), "into", request.into());
  violations.Text("reason", request.reason(), 1, kMostReasonCodePoints);
  violations.RequestId(request.request_id());
  return violations.Status();
}

absl::Status CheckLinkArticles(const pb::LinkArticlesRequest& request) {
  api::Violations violations;
  CheckLink(violations, request.link());
  violations.Text("link.note", request.link().note(), 0, kMostNoteCodePoints);
  violations.RequestId(request.request_id());
  return violations.Status();
}

absl::Status CheckUnlinkArticles(const pb::UnlinkArticlesRequest& request) {
  api::Violations violations;
  CheckLink(violations, request.link());
  violations.Text("reason", request.reason(), 0, kMostReasonCodePoints);
  violations.RequestId(request.request_id());
  return violations.Status();
}

absl::Status CheckListArticleLinks(const pb::ListArticleLinksRequest& request) {
  api::Violations violations;
  violations.Name("article", request.article(), "articles/");
  for (const int kind : request.kinds()) CheckKind(violations, "kinds", kind);
  return violations.Status();
}

std::string ArticleId(std::string_view outlet, std::string_view url, std::string_view headline,
                      const api::DayRange& published) {
  if (!url.empty()) return api::Identity().Add("article 1").Add(url).Hex();
  if (headline.empty()) return "";
  return api::Identity()
      .Add("article 1")
      .Add(api::Fold(outlet))
      .Add(api::Fold(headline))
      .Add(api::FormatInterval(published))
      .Hex();
}

std::string StubId(std::string_view printing, absl::Span<const std::int64_t> outlets) {
  api::Identity identity;
  identity.Add("stub 1").Add(printing);
  for (const std::int64_t outlet : outlets) identity.Add(std::to_string(outlet));
  return identity.Hex();
}

std::vector<std::int64_t> KindsWithoutCircles(pb::ArticleLinkKind kind) {
  const std::vector<std::int64_t> carrying = {pb::ARTICLE_LINK_KIND_RELAYS, pb::ARTICLE_LINK_KIND_REPRINTS,
                                              pb::ARTICLE_LINK_KIND_EXCERPTS, pb::ARTICLE_LINK_KIND_TRANSLATES};
  const std::vector<std::int64_t> replacing = {pb::ARTICLE_LINK_KIND_CORRECTS, pb::ARTICLE_LINK_KIND_UPDATES};
  for (const auto* kinds : {&carrying, &replacing}) {
    if (std::find(kinds->begin(), kinds->end(), kind) != kinds->end()) return *kinds;
  }
  return {};
}

}  // namespace onrecord::rules
