#include "services/articles/articles_service.h"

#include "services/api/as_of.h"
#include "services/articles/articles_links.h"
#include "services/articles/articles_rules.h"
#include "services/articles/articles_store.h"
#include "services/names/names_rules.h"

namespace onrecord {
namespace {

absl::StatusOr<pb::GetArticleResponse> GetArticle(api::Call& call, const pb::GetArticleRequest& request) {
  RETURN_IF_ERROR(rules::CheckGet(request.name(), "articles/"));
  ASSIGN_OR_RETURN(const std::string moment, api::ReadAsOf(request));
  ASSIGN_OR_RETURN(store::ArticleRow row, store::GetArticle(call.db(), "name", request.name(), moment));
  pb::GetArticleResponse response;
  *response.mutable_article() = std::move(row.article);
  return response;
}

absl::StatusOr<pb::ListArticlesResponse> ListArticles(api::Call& call, const pb::ListArticlesRequest& request) {
  RETURN_IF_ERROR(rules::CheckListArticles(request));
  ASSIGN_OR_RETURN(const std::string moment, api::ReadAsOf(request));
  return store::ListArticles(call.db(), request, moment);
}

absl::StatusOr<pb::CreateArticleResponse> CreateArticle(api::Call& call, const pb::CreateArticleRequest& request) {
  RETURN_IF_ERROR(rules::CheckCreateArticle(request));
  pb::CreateArticleResponse response;
  ASSIGN_OR_RETURN(*response.mutable_article(), store::CreateArticle(call, request));
  return response;
}

absl::StatusOr<pb::UpdateArticleResponse> UpdateArticle(api::Call& call, const pb::UpdateArticleRequest& request) {
  RETURN_IF_ERROR(rules::CheckUpdateArticle(request));
  pb::UpdateArticleResponse response;
  ASSIGN_OR_RETURN(*response.mutable_article(), store::UpdateArticle(call, request));
  return response;
}

absl::StatusOr<pb::MergeArticlesResponse> MergeArticles(api::Call& call, const pb::MergeArticlesRequest& request) {
  RETURN_IF_ERROR(rules::CheckMergeArticles(request));
  pb::MergeArticlesResponse response;
  ASSIGN_OR_RETURN(*response.mutable_article(), store::MergeArticles(call, request));
  return response;
}

absl::StatusOr<pb::ListArticleRevisionsResponse> ListArticleRevisions(api::Call& call,
                                                                      const pb::ListArticleRevisionsRequest& request) {
  RETURN_IF_ERROR(rules::CheckGet(request.name(), "articles/"));
  return store::ListArticleRevisions(call.db(), request);
}

absl::StatusOr<pb::LinkArticlesResponse> LinkArticles(api::Call& call, const pb::LinkArticlesRequest& request) {
  RETURN_IF_ERROR(rules::CheckLinkArticles(request));
  pb::LinkArticlesResponse response;
  ASSIGN_OR_RETURN(*response.mutable_link(), store::LinkArticles(call, request));
  return response;
}

absl::StatusOr<pb::UnlinkArticlesResponse> UnlinkArticles(api::Call& call, const pb::UnlinkArticlesRequest& request) {
  RETURN_IF_ERROR(rules::CheckUnlinkArticles(request));
  RETURN_IF_ERROR(store::UnlinkArticles(call, request));
  return pb::UnlinkArticlesResponse();
}

absl::StatusOr<pb::ListArticleLinksResponse> ListArticleLinks(api::Call& call,
                                                              const pb::ListArticleLinksRequest& request) {
  RETURN_IF_ERROR(rules::CheckListArticleLinks(request));
  ASSIGN_OR_RETURN(const std::string moment, api::ReadAsOf(request));
  return store::ListArticleLinks(call.db(), request, moment);
}

}  // namespace

grpc::ServerUnaryReactor* ArticleService::GetArticle(grpc::CallbackServerContext* context,
                                                     const pb::GetArticleRequest* request,
                                                     pb::GetArticleResponse* response) {
  return api::Serve(runtime_, runtime_.read, context, "GetArticle", request, response, onrecord::GetArticle);
}

grpc::ServerUnaryReactor* ArticleService::ListArticles(grpc::CallbackServerContext* context,
                                                       const pb::ListArticlesRequest* request,
                                                       pb::ListArticlesResponse* response) {
  return api::Serve(runtime_, runtime_.read, context, "ListArticles", request, response, onrecord::ListArticles);
}

grpc::ServerUnaryReactor* ArticleService::CreateArticle(grpc::CallbackServerContext* context,
                                                        const pb::CreateArticleRequest* request,
                                                        pb::CreateArticleResponse* response) {
  return api::Serve(runtime_, runtime_.write, context, "CreateArticle", request, response, onrecord::CreateArticle);
}

grpc::ServerUnaryReactor* ArticleService::UpdateArticle(grpc::CallbackServerContext* context,
                                                        const pb::UpdateArticleRequest* request,
                                                        pb::UpdateArticleResponse* response) {
  return api::Serve(runtime_, runtime_.write, context, "UpdateArticle", request, response, onrecord::UpdateArticle);
}

grpc::ServerUnaryReactor* ArticleService::MergeArticles(grpc::CallbackServerContext* context,
                                                        const pb::MergeArticlesRequest* request,
                                                        pb::MergeArticlesResponse* response) {
  return api::Serve(runtime_, runtime_.write, context, "MergeArticles", request, response, onrecord::MergeArticles);
}

grpc::ServerUnaryReactor* ArticleService::ListArticleRevisions(grpc::CallbackServerContext* context,
                                                               const pb::ListArticleRevisionsRequest* request,
                                                               pb::ListArticleRevisionsResponse* response) {
  return api::Serve(runtime_, runtime_.read, context, "ListArticleRevisions", request, response,
                    onrecord::ListArticleRevisions);
}

grpc::ServerUnaryReactor* ArticleService::LinkArticles(grpc::CallbackServerContext* context,
                                                       const pb::LinkArticlesRequest* request,
                                                       pb::LinkArticlesResponse* response) {
  return api::Serve(runtime_, runtime_.write, context, "LinkArticles", request, response, onrecord::LinkArticles);
}

grpc::ServerUnaryReactor* ArticleService::UnlinkArticles(grpc::CallbackServerContext* context,
                                                         const pb::UnlinkArticlesRequest* request,
                                                         pb::UnlinkArticlesResponse* response) {
  return api::Serve(runtime_, runtime_.write, context, "UnlinkArticles", request, response, onrecord::UnlinkArticles);
}

grpc::ServerUnaryReactor* ArticleService::ListArticleLinks(grpc::CallbackServerContext* context,
                                                           const pb::ListArticleLinksRequest* request,
                                                           pb::ListArticleLinksResponse* response) {
  return api::Serve(runtime_, runtime_.read, context, "ListArticleLinks", request, response,
                    onrecord::ListArticleLinks);
}

}  // namespace onrecord
