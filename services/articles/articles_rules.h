// Pure checks of articles and links, and what identifies an article.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "onrecord/v1/articles.pb.h"
#include "services/api/dates.h"
#include "services/base/status.h"

namespace onrecord::rules {

// Folds white space.
void Normalize(pb::Article& article);
// The outcome of a change.
absl::Status CheckChange(const pb::Article& before, const pb::Article& after);

absl::Status CheckListArticles(const pb::ListArticlesRequest& request);
absl::Status CheckCreateArticle(const pb::CreateArticleRequest& request);
absl::Status CheckUpdateArticle(const pb::UpdateArticleRequest& request);
absl::Status CheckMergeArticles(const pb::MergeArticlesRequest& request);
absl::Status CheckLinkArticles(const pb::LinkArticlesRequest& request);
absl::Status CheckUnlinkArticles(const pb::UnlinkArticlesRequest& request);
absl::Status CheckListArticleLinks(const pb::ListArticleLinksRequest& request);

// Identities, see docs/adr: computed from the input alone. Empty when nothing is known that would identify an article.
std::string ArticleId(std::string_view outlet, std::string_view url, std::string_view headline,
                      const api::DayRange& published);
// Of the article of a hop that nothing else is known of: the printing that credits it (its article, or else the quote),
// and the outlets from the hop's own on.
std::string StubId(std::string_view printing, absl::Span<const std::int64_t> outlets);

// The kinds that never go round in a circle together with `kind`; none where circles are no contradiction.
std::vector<std::int64_t> KindsWithoutCircles(pb::ArticleLinkKind kind);

}  // namespace onrecord::rules
