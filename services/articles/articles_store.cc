#include "services/articles/articles_store.h"

#include <algorithm>
#include <optional>

#include "db/statements.h"
#include "google/protobuf/util/field_mask_util.h"
#include "google/protobuf/util/message_differencer.h"
#include "services/api/names.h"
#include "services/api/page_token.h"
#include "services/api/request_key.h"
#include "services/api/text.h"
#include "services/articles/articles_links.h"
#include "services/articles/articles_rules.h"
#include "services/articles/articles_writes.h"
#include "services/base/strings.h"
#include "services/names/names_rules.h"
#include "services/names/names_store.h"

namespace onrecord::store {
namespace {

using google::protobuf::util::FieldMaskUtil;

// One page looks at so many articles where no index serves: about 20 ms.
constexpr int kMostWalked = 10000;

absl::Status NotFound(const std::string& field, const std::string& name) {
  const std::string shown = api::FirstCodePoints(name, 100);
  return Refuse(absl::StatusCode::kNotFound, pb::ERROR_REASON_ARTICLE_NOT_FOUND,
                StrCat(field, ": there is no article \"", shown, "\""), {{"field", field}, {"name", shown}});
}

// The uuid of articles/{article}; empty for a name that no article can have.
std::string ParseArticleId(const std::string& name) {
  const std::string_view prefix = "articles/";
  const std::string id = name.starts_with(prefix) ? name.substr(prefix.size()) : "";
  return id.size() == 32 && id.find_first_not_of("0123456789abcdef") == std::string::npos ? id : "";
}

absl::StatusOr<std::int64_t> OutletId(pg::Session& db, const std::string& field, const std::string& name) {
  if (name.empty()) return 0;
  const std::vector<std::string> names = {name};
  ASSIGN_OR_RETURN(const std::vector<std::int64_t> ids, RequireIds(db, NameTable::kOutlets, field, names));
  return ids.front();
}

// Every id that may be computed for the article, by whatever name its outlet is called.
absl::StatusOr<std::vector<std::string>> KeysOf(pg::Session& db, const ArticleRow& row) {
  const pb::Article& article = row.article;
  const api::DayRange published = api::ToRange(article.published());
  std::vector<std::string> outlets = {article.outlet()};
  if (article.url().empty() && row.outlet_id != 0) {
    ASSIGN_OR_RETURN(const pqxx::result rows, db.Run(sql::kOutletNamesOf, row.outlet_id));
    for (const auto& name : rows) outlets.emplace_back(name[0].c_str());
  }
  std::vector<std::string> keys;
  for (const std::string& outlet : outlets) {
    std::string key = rules::ArticleId(outlet, article.url(), article.headline(), published);
    if (!key.empty() && std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(std::move(key));
  }
  return keys;
}

absl::Status RequireFree(pg::Session& db, absl::Span<const std::string> keys, const std::string& own) {
  ASSIGN_OR_RETURN(const pqxx::result rows, db.Run(sql::kArticlesOfKeys, pg::TextArray(keys)));
  for (const auto& row : rows) {
    const std::string id = api::BareUuid(row[0].c_str());
    if (id == own) continue;
    const std::string name = StrCat("articles/", id);
    return Refuse(absl::StatusCode::kAlreadyExists, pb::ERROR_REASON_ARTICLE_EXISTS,
                  StrCat("article: ", name, " is this article; ",
                         own.empty() ? "change it with UpdateArticle" : "make a stub one with it by MergeArticles"),
                  {{"name", name}});
  }
  return absl::OkStatus();
}

// Makes computed ids lead to the article, those that it has now and those that it had before.
absl::Status LeadKeys(pg::Session& db, const ArticleRow& row, std::vector<std::string> keys) {
  ASSIGN_OR_RETURN(const std::vector<std::string> now, KeysOf(db, row));
  keys.insert(keys.end(), now.begin(), now.end());
  return db.Run(sql::kInsertArticleKeys, pg::TextArray(keys), row.id).status();
}

bool IsFoundBy(const std::string& field) {
  return field == "url" || field == "headline" || field == "outlet" || field == "published";
}

// What the request makes of the article; `next` has the outlet's id.
absl::StatusOr<ArticleRow> Changed(pg::Session& db, const pb::UpdateArticleRequest& request,
                                   const google::protobuf::FieldMask& mask, const ArticleRow& before) {
  ArticleRow next = before;
  FieldMaskUtil::MergeOptions options;
  options.set_replace_message_fields(true);
  FieldMaskUtil::MergeMessageTo(request.article(), mask, options, &next.article);
  pb::Article& article = next.article;
  rules::Normalize(article);
  if (article.published().ByteSizeLong() == 0) article.clear_published();
  RETURN_IF_ERROR(rules::CheckChange(before.article, article));
  article.set_stub(before.article.stub() && article.url().empty() && article.headline().empty());
  if (article.outlet() != before.article.outlet()) {
    ASSIGN_OR_RETURN(next.outlet_id, OutletId(db, "article.outlet", article.outlet()));
  }
  return next;
}

// In the running transaction, under LockArticleKeys where the change is of what the article is found by.
absl::Status Change(api::Call& call, const pb::UpdateArticleRequest& request, const google::protobuf::FieldMask& mask,
                    bool found_anew) {
  pg::Session& db = call.db();
  const std::string& name = request.article().name();
  ASSIGN_OR_RETURN(const std::string id, ResolveArticle(db, "article.name", name));
  const std::vector<std::string> ids = {id};
  ASSIGN_OR_RETURN(const auto locked, LockArticles(db, ids));
  const ArticleRow& before = locked.at(id);
  ASSIGN_OR_RETURN(const std::string still, ResolveArticle(db, "article.name", name));
  if (still != id) {  // merged meanwhile
    return Refuse(absl::StatusCode::kAborted, pb::ERROR_REASON_WRITE_CONFLICT,
                  "concurrent changes collided; repeat the call");
  }
  if (!request.article().etag().empty() && request.article().etag() != before.article.etag()) {
    return EtagMismatch(name, before.article.etag());
  }
  ASSIGN_OR_RETURN(const ArticleRow next, Changed(db, request, mask, before));
  if (google::protobuf::util::MessageDifferencer::Equals(before.article, next.article)) return absl::OkStatus();
  if (found_anew) {
    ASSIGN_OR_RETURN(const std::vector<std::string> keys_before, KeysOf(db, before));
    ASSIGN_OR_RETURN(std::vector<std::string> keys, KeysOf(db, next));
    if (keys != keys_before) RETURN_IF_ERROR(RequireFree(db, keys, id));
    RETURN_IF_ERROR(LeadKeys(db, next, keys_before));
  }
  return UpdateArticleRow(db, next, {std::string(call.author()), std::string(call.method()), request.reason()});
}

absl::Status CheckMerge(pg::Session& db, const pb::MergeArticlesRequest& request, const ArticleRow& stub,
                        const ArticleRow& into) {
  if (stub.id == into.id) {
    return RefuseFields(
        {{pb::ERROR_REASON_VALUE_INVALID, "into", "is the same article, since they were merged already"}});
  }
  if (!stub.article.stub()) {
    return Refuse(
        absl::StatusCode::kFailedPrecondition, pb::ERROR_REASON_ARTICLE_NOT_STUB,
        StrCat(request.name(), " is known from more than a credit; only stubs are merged, link the two instead"),
        {{"name", request.name()}});
  }
  if (stub.outlet_id != 0 && into.outlet_id != 0 && stub.outlet_id != into.outlet_id) {
    return RefuseFields({{pb::ERROR_REASON_VALUE_INVALID, "into",
                          StrCat("was published by ", into.article.outlet(), ", the stub is credited to ",
                                 stub.article.outlet(), "; give the stub that outlet first if the credit is wrong")}});
  }
  return CheckMayBeOne(db, stub.id, into.id);
}

}  // namespace

absl::StatusOr<ArticleRow> GetArticle(pg::Session& db, const std::string& field, const std::string& name,
                                      const std::string& moment) {
  const std::string id = ParseArticleId(name);
  if (id.empty()) return NotFound(field, name);
  const auto read = [&](const pqxx::result& rows) -> absl::StatusOr<ArticleRow> {
    const pqxx::row first = rows[0];
    api::RowCursor from(first);
    ArticleRow row = ReadArticleRow(from);
    RETURN_IF_ERROR(HideEmbargoed(db, rows, {&row.article}).status());
    return row;
  };
  if (moment != api::kNow) {
    ASSIGN_OR_RETURN(const pqxx::result then, db.Run(sql::kGetArticleThen, id, moment));
    if (!then.empty()) return read(then);
  }
  ASSIGN_OR_RETURN(const pqxx::result rows, db.Run(sql::kGetArticle, id));
  if (rows.empty()) return NotFound(field, name);
  if (moment == api::kNow) return read(rows);
  ASSIGN_OR_RETURN(const ArticleRow later, read(rows));
  return api::NotRecordedYet(name, later.article.create_time());
}

absl::StatusOr<std::string> ResolveArticle(pg::Session& db, const std::string& field, const std::string& name) {
  std::vector<NamedArticle> named = {{field, name}};
  RETURN_IF_ERROR(ResolveArticles(db, named));
  return named.front().id;
}

absl::Status ResolveArticles(pg::Session& db, std::vector<NamedArticle>& named) {
  if (named.empty()) return absl::OkStatus();
  std::vector<std::string> ids;
  for (const NamedArticle& one : named) {
    if (const std::string id = ParseArticleId(one.name); !id.empty()) ids.push_back(id);
  }
  ASSIGN_OR_RETURN(const pqxx::result rows, db.Run(sql::kLeadOfArticles, pg::TextArray(ids)));
  for (NamedArticle& one : named) {
    for (const auto& row : rows) {
      if (api::BareUuid(row[0].c_str()) != ParseArticleId(one.name)) continue;
      one.id = api::BareUuid(row[1].c_str());
      one.outlet_id = row[2].is_null() ? 0 : row[2].as<std::int64_t>();
    }
    if (one.id.empty()) return NotFound(one.field, one.name);
  }
  return absl::OkStatus();
}

absl::StatusOr<pb::ListArticlesResponse> ListArticles(pg::Session& db, const pb::ListArticlesRequest& request,
                                                      const std::string& moment) {
  ASSIGN_OR_RETURN(const int size, api::PageSize(request.page_size()));
  const std::string scope = api::MakeScope(request);
  ASSIGN_OR_RETURN(const std::vector<std::string> after, api::ReadPageToken(scope, request.page_token(), 2));
  ASSIGN_OR_RETURN(const std::int64_t outlet, OutletId(db, "outlet", request.outlet()));
  const int from = api::ToFrom(request.published().from());
  const int to = request.published().has_to() ? api::ToTo(request.published().to()) : api::kOpenTo;
  const int walked = request.query().empty() && from == api::kOpenFrom ? size + 1 : kMostWalked;
  std::vector<pg::Param> params = {walked,
                                   after.empty() ? std::to_string(api::kOpenTo) : after[0],
                                   after.empty() ? std::string(32, 'f') : after[1],
                                   outlet,
                                   request.stubs(),
                                   request.query(),
                                   from,
                                   to,
                                   size + 1};
  if (moment != api::kNow) params.emplace_back(moment);
  const pg::Statement& statement = moment != api::kNow ? sql::kListArticlesThen
                                   : outlet != 0       ? sql::kListArticlesOfOutlet
                                   : request.stubs()   ? sql::kListArticlesStubs
                                                       : sql::kListArticlesAll;
  ASSIGN_OR_RETURN(const pqxx::result rows, db.RunParams(statement, params));
  pb::ListArticlesResponse response;
  for (const auto& row : rows) {
    api::RowCursor cursor(row);
    const bool more = cursor.Int() == walked;
    const std::string last_day = cursor.Text(), last_id = cursor.Text();
    if (!row[3].is_null() && response.articles_size() == size) {
      const pb::Article& shown = response.articles(size - 1);
      response.set_next_page_token(api::MakePageToken(
          scope, {std::to_string(api::ToRange(shown.published()).from), ParseArticleId(shown.name())}));
      break;
    }
    if (more) response.set_next_page_token(api::MakePageToken(scope, {last_day, api::BareUuid(last_id)}));
    if (!row[3].is_null()) *response.add_articles() = ReadArticleRow(cursor).article;
  }
  const std::vector<pb::Article*> read(response.mutable_articles()->pointer_begin(),
                                       response.mutable_articles()->pointer_end());
  ASSIGN_OR_RETURN(const std::vector<bool> hidden, HideEmbargoed(db, rows, read));
  // What was asked of a headline must not be answered by its being found.
  for (int i = response.articles_size() - 1; i >= 0 && !request.query().empty(); --i) {
    if (hidden[static_cast<std::size_t>(i)]) response.mutable_articles()->DeleteSubrange(i, 1);
  }
  return response;
}

absl::StatusOr<pb::Article> CreateArticle(api::Call& call, const pb::CreateArticleRequest& request) {
  pg::Session& db = call.db();
  ArticleRow row;
  row.article = request.article();
  rules::Normalize(row.article);
  const std::string computed = rules::ArticleId(row.article.outlet(), row.article.url(), row.article.headline(),
                                                api::ToRange(row.article.published()));
  row.article.set_stub(computed.empty());
  std::string name;
  RETURN_IF_ERROR(db.Transaction([&]() -> absl::Status {
    RETURN_IF_ERROR(LockArticleKeys(db));
    row.id = computed;
    if (row.id.empty()) {
      ASSIGN_OR_RETURN(const pqxx::result made, db.Run(sql::kNewArticleId));
      row.id = api::BareUuid(made[0][0].c_str());
    }
    name = StrCat("articles/", row.id);
    ASSIGN_OR_RETURN(const auto repeated, api::ClaimRequest(call, request.request_id(), request, name));
    if (repeated) {
      name = *repeated;
      return absl::OkStatus();
    }
    ASSIGN_OR_RETURN(row.outlet_id, OutletId(db, "article.outlet", row.article.outlet()));
    ASSIGN_OR_RETURN(const std::vector<std::string> keys, KeysOf(db, row));
    RETURN_IF_ERROR(RequireFree(db, keys, ""));
    ASSIGN_OR_RETURN(const bool inserted,
                     InsertArticleRow(db, row, {std::string(call.author()), std::string(call.method())}));
    if (!inserted) return RequireFree(db, keys, "");
    return LeadKeys(db, row, {});
  }));
  ASSIGN_OR_RETURN(const ArticleRow created, GetArticle(db, "name", name));
  return created.article;
}

absl::StatusOr<pb::Article> UpdateArticle(api::Call& call, const pb::UpdateArticleRequest& request) {
  pg::Session& db = call.db();
  const google::protobuf::FieldMask mask = rules::ChangedFields<pb::Article>(request.update_mask());
  const bool found_anew = std::any_of(mask.paths().begin(), mask.paths().end(), IsFoundBy);
  RETURN_IF_ERROR(db.Transaction([&]() -> absl::Status {
    if (found_anew) RETURN_IF_ERROR(LockArticleKeys(db));
    ASSIGN_OR_RETURN(const auto repeated,
                     api::ClaimRequest(call, request.request_id(), request, request.article().name()));
    return repeated ? absl::OkStatus() : Change(call, request, mask, found_anew);
  }));
  ASSIGN_OR_RETURN(const ArticleRow updated, GetArticle(db, "article.name", request.article().name()));
  return updated.article;
}

absl::StatusOr<pb::Article> MergeArticles(api::Call& call, const pb::MergeArticlesRequest& request) {
  pg::Session& db = call.db();
  RETURN_IF_ERROR(db.Transaction([&]() -> absl::Status {
    RETURN_IF_ERROR(LockArticleLinks(db));
    ASSIGN_OR_RETURN(const auto repeated, api::ClaimRequest(call, request.request_id(), request, request.into()));
    if (repeated) return absl::OkStatus();
    std::vector<NamedArticle> named = {{"name", request.name()}, {"into", request.into()}};
    RETURN_IF_ERROR(ResolveArticles(db, named));
    const std::vector<std::string> ids = {named[0].id, named[1].id};
    ASSIGN_OR_RETURN(const auto locked, LockArticles(db, ids));
    RETURN_IF_ERROR(CheckMerge(db, request, locked.at(ids[0]), locked.at(ids[1])));
    RETURN_IF_ERROR(
        db.Run(sql::kLeadArticles, ids[0], ids[1], call.author(), call.method(), request.reason()).status());
    return db.Run(sql::kMoveArticleLinks, ids[0], ids[1], call.author(), call.method()).status();
  }));
  ASSIGN_OR_RETURN(const ArticleRow merged, GetArticle(db, "into", request.into()));
  return merged.article;
}

absl::StatusOr<pb::ListArticleRevisionsResponse> ListArticleRevisions(pg::Session& db,
                                                                      const pb::ListArticleRevisionsRequest& request) {
  ASSIGN_OR_RETURN(const int size, api::PageSize(request.page_size(), api::kMostRevisionsPerPage));
  const std::string scope = api::MakeScope(request);
  ASSIGN_OR_RETURN(const std::vector<std::string> token, api::ReadPageToken(scope, request.page_token(), 1));
  ASSIGN_OR_RETURN(const std::string id, ResolveArticle(db, "name", request.name()));
  ASSIGN_OR_RETURN(const pqxx::result rows,
                   db.Run(sql::kListArticleRevisions, id, token.empty() ? "2147483647" : token[0], size + 1));
  pb::ListArticleRevisionsResponse response;
  std::string last;
  for (const auto& row : rows) {
    if (response.revisions_size() == size) {
      response.set_next_page_token(api::MakePageToken(scope, {last}));
      break;
    }
    api::RowCursor cursor(row);
    ArticleRow read = ReadArticleRow(cursor);
    last = std::to_string(read.revision);
    pb::ArticleRevision& revision = *response.add_revisions();
    *revision.mutable_time() = read.article.update_time();
    *revision.mutable_article() = std::move(read.article);
    revision.set_author(read.author);
    revision.set_via(read.via);
    revision.set_reason(read.reason);
  }
  std::vector<pb::Article*> read;
  for (pb::ArticleRevision& revision : *response.mutable_revisions()) read.push_back(revision.mutable_article());
  ASSIGN_OR_RETURN(const std::vector<bool> hidden, HideEmbargoed(db, rows, read));
  for (int i = 0; i < response.revisions_size(); ++i) {
    if (hidden[static_cast<std::size_t>(i)]) response.mutable_revisions(i)->clear_reason();
  }
  return response;
}

}  // namespace onrecord::store
