// For writers of quotes: the articles that printings stand in, found by what is known of them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "onrecord/v1/articles.pb.h"
#include "services/articles/articles_rows.h"
#include "services/base/status.h"
#include "services/pg/session.h"

namespace onrecord::store {

// Until the transaction ends no article changes what it is found by.
absl::Status HoldArticleKeys(pg::Session& db);
// For a transaction that changes it.
absl::Status LockArticleKeys(pg::Session& db);

// Replaces computed ids by what they lead to; empty ones stay empty. Under HoldArticleKeys.
absl::Status FollowArticleKeys(pg::Session& db, absl::Span<std::string* const> ids);

// An article as a printing tells of it.
struct PrintedArticle {
  std::string id;
  std::int64_t outlet_id = 0;
  pb::Article article;
  bool read_before = false;  // the writer has seen what is known: what is empty is to be removed
};
// Records them, or what they tell beyond what is known. In the order of ids, so that writers cannot deadlock.
absl::Status PutArticles(pg::Session& db, std::vector<PrintedArticle> printed, const ArticleChange& change);

}  // namespace onrecord::store
