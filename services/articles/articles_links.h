// How articles rest on each other.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "onrecord/v1/articles.pb.h"
#include "services/api/call.h"
#include "services/pg/session.h"

namespace onrecord::store {

// In a transaction that links or merges articles or names hops: nobody else does until it ends. Taken before every
// other lock.
absl::Status LockArticleLinks(pg::Session& db);

using ArticlePair = std::pair<std::string, std::string>;  // the later article and what it rests on

// Each later one RELAYS the other. Left out are pairs that are or were linked so and those that would close a circle.
absl::Status AddRelayLinks(pg::Session& db, const std::vector<ArticlePair>& pairs, std::string_view author,
                           std::string_view via);

// FAILED_PRECONDITION ARTICLE_CYCLE when one of the two rests on the other in any way that knows no circles.
absl::Status CheckMayBeOne(pg::Session& db, const std::string& one, const std::string& other);

absl::StatusOr<pb::ArticleLink> LinkArticles(api::Call& call, const pb::LinkArticlesRequest& request);
absl::Status UnlinkArticles(api::Call& call, const pb::UnlinkArticlesRequest& request);
absl::StatusOr<pb::ListArticleLinksResponse> ListArticleLinks(pg::Session& db,
                                                              const pb::ListArticleLinksRequest& request,
                                                              const std::string& moment);

}  // namespace onrecord::store
