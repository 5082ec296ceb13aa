#include "services/articles/articles_rows.h"

#include "db/statements.h"
#include "services/base/strings.h"
#include "services/notices/notices_embargoes.h"

namespace onrecord::store {

ArticleRow ReadArticleRow(api::RowCursor& from) {
  ArticleRow row;
  pb::Article& article = row.article;
  row.id = from.Uuid("");
  article.set_name(StrCat("articles/", row.id));
  article.set_url(from.Text());
  article.set_headline(from.Text());
  article.set_byline(from.Text());
  article.set_dateline(from.Text());
  article.set_stub(from.Bool());
  article.set_outlet(from.Name("outlets/"));
  article.set_outlet_display_name(from.Text());
  from.Date(*article.mutable_published());
  if (article.published().ByteSizeLong() == 0) article.clear_published();
  article.set_language(from.Text());
  article.set_note(from.Text());
  from.Time(*article.mutable_create_time());
  from.Time(*article.mutable_update_time());
  row.revision = from.Int();
  article.set_etag(std::to_string(row.revision));
  if (const std::string merged = from.Text(); !merged.empty()) {
    for (const std::string_view id : Split(merged, ' ')) {
      article.add_former_names(StrCat("articles/", api::BareUuid(id)));
    }
  }
  row.author = from.Text();
  row.via = from.Text();
  row.reason = from.Text();
  row.outlet_id = from.Long();
  row.redacted = from.Bool();
  row.edited = from.Bool();
  return row;
}

absl::StatusOr<std::vector<bool>> HideEmbargoed(pg::Session& db, const pqxx::result& rows,
                                                absl::Span<pb::Article* const> articles) {
  std::vector<bool> hidden(articles.size(), false);
  if (!MayHideWords(rows)) return hidden;
  std::vector<std::string> names;
  for (const pb::Article* article : articles) names.push_back(article->name());
  ASSIGN_OR_RETURN(hidden, AreHiddenArticles(db, names));
  for (std::size_t i = 0; i < articles.size(); ++i) {
    if (!hidden[i]) continue;
    articles[i]->clear_headline();
    articles[i]->clear_note();
  }
  return hidden;
}

absl::StatusOr<std::map<std::string, ArticleRow>> LockArticles(pg::Session& db, absl::Span<const std::string> ids) {
  std::map<std::string, ArticleRow> articles;
  const std::string array = pg::TextArray(ids);
  ASSIGN_OR_RETURN(const pqxx::result locked, db.Run(sql::kLockArticles, array));
  if (locked.empty()) return articles;
  ASSIGN_OR_RETURN(const pqxx::result rows, db.Run(sql::kReadArticles, array));
  for (const auto& row : rows) {
    api::RowCursor from(row);
    ArticleRow read = ReadArticleRow(from);
    articles[read.id] = std::move(read);
  }
  return articles;
}

absl::Status UpdateArticleRow(pg::Session& db, const ArticleRow& next, const ArticleChange& change) {
  const pb::Article& article = next.article;
  const api::DayRange published = api::ToRange(article.published());
  return db
      .Run(sql::kUpdateArticle, next.id, next.outlet_id == 0 ? pg::Param(std::nullopt) : pg::Param(next.outlet_id),
           article.url(), article.headline(), article.byline(), article.dateline(), article.stub(), published.from,
           published.to, article.published().printed(), static_cast<int>(article.published().basis()),
           article.language(), article.note(), change.author, change.via, change.reason, change.by_person,
           change.with_quote)
      .status();
}

absl::StatusOr<bool> InsertArticleRow(pg::Session& db, const ArticleRow& row, const ArticleChange& change) {
  const pb::Article& article = row.article;
  const api::DayRange published = api::ToRange(article.published());
  ASSIGN_OR_RETURN(
      const pqxx::result inserted,
      db.Run(sql::kInsertArticle, row.id, row.outlet_id == 0 ? pg::Param(std::nullopt) : pg::Param(row.outlet_id),
             article.url(), article.headline(), article.byline(), article.dateline(), article.stub(), published.from,
             published.to, article.published().printed(), static_cast<int>(article.published().basis()),
             article.language(), article.note(), change.author, change.via));
  return inserted.affected_rows() == 1;
}

}  // namespace onrecord::store
