// Articles as the service reads and changes them.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "onrecord/v1/articles.pb.h"
#include "services/api/as_of.h"
#include "services/api/call.h"
#include "services/articles/articles_rows.h"
#include "services/pg/session.h"

namespace onrecord::store {

// The article that articles/{article} led to at `moment`. NOT_FOUND naming `field`.
absl::StatusOr<ArticleRow> GetArticle(pg::Session& db, const std::string& field, const std::string& name,
                                      const std::string& moment = api::kNow);
// Its id today.
absl::StatusOr<std::string> ResolveArticle(pg::Session& db, const std::string& field, const std::string& name);

// An article that a caller names for a hop.
struct NamedArticle {
  std::string field;
  std::string name;            // articles/{article}
  std::string id;              // what it leads to: set
  std::int64_t outlet_id = 0;  // set; 0: not known
};
// NOT_FOUND naming the field of the first one that does not exist.
absl::Status ResolveArticles(pg::Session& db, std::vector<NamedArticle>& named);

absl::StatusOr<pb::ListArticlesResponse> ListArticles(pg::Session& db, const pb::ListArticlesRequest& request,
                                                      const std::string& moment);
absl::StatusOr<pb::Article> CreateArticle(api::Call& call, const pb::CreateArticleRequest& request);
absl::StatusOr<pb::Article> UpdateArticle(api::Call& call, const pb::UpdateArticleRequest& request);
absl::StatusOr<pb::Article> MergeArticles(api::Call& call, const pb::MergeArticlesRequest& request);
absl::StatusOr<pb::ListArticleRevisionsResponse> ListArticleRevisions(pg::Session& db,
                                                                      const pb::ListArticleRevisionsRequest& request);

}  // namespace onrecord::store
