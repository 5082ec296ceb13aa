// Rows of articles, read and written. The columns are those of the fragment ArticleColumns, in its order.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "onrecord/v1/articles.pb.h"
#include "services/api/row_cursor.h"
#include "services/base/status.h"
#include "services/pg/session.h"

namespace onrecord::store {

struct ArticleRow {
  std::string id;
  pb::Article article;
  int revision = 0;
  std::string author;  // who made this state, through what and why
  std::string via;
  std::string reason;
  std::int64_t outlet_id = 0;
  bool redacted = false;
  bool edited = false;
};
ArticleRow ReadArticleRow(api::RowCursor& from);

// Leaves out the headlines and notes of articles that an embargo keeps from the caller; of what was read from `rows`.
// Tells which they are.
absl::StatusOr<std::vector<bool>> HideEmbargoed(pg::Session& db, const pqxx::result& rows,
                                                absl::Span<pb::Article* const> articles);

// By id, locked until the transaction ends; those that do not exist are left out.
absl::StatusOr<std::map<std::string, ArticleRow>> LockArticles(pg::Session& db, absl::Span<const std::string> ids);

// Whose change it is.
struct ArticleChange {
  std::string author;
  std::string via;
  std::string reason = {};
  bool by_person = true;    // imports leave what a person changed
  bool with_quote = false;  // it comes with a quote and counts from when the transaction began
};
// `next` over the state that is stored, of a row that is locked; with a revision.
absl::Status UpdateArticleRow(pg::Session& db, const ArticleRow& next, const ArticleChange& change);
// False when the article exists.
absl::StatusOr<bool> InsertArticleRow(pg::Session& db, const ArticleRow& row, const ArticleChange& change);

}  // namespace onrecord::store
