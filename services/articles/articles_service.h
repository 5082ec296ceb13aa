// The gRPC service of articles: each rpc is one line into the adaptor.
#pragma once

#include "onrecord/v1/articles.grpc.pb.h"
#include "services/api/call.h"

namespace onrecord {

class ArticleService final : public pb::ArticleService::CallbackService {
 public:
  explicit ArticleService(api::Runtime& runtime) : runtime_(runtime) {}
  grpc::ServerUnaryReactor* GetArticle(grpc::CallbackServerContext* context, const pb::GetArticleRequest* request,
                                       pb::GetArticleResponse* response) override;
  grpc::ServerUnaryReactor* ListArticles(grpc::CallbackServerContext* context, const pb::ListArticlesRequest* request,
                                         pb::ListArticlesResponse* response) override;
  grpc::ServerUnaryReactor* CreateArticle(grpc::CallbackServerContext* context, const pb::CreateArticleRequest* request,
                                          pb::CreateArticleResponse* response) override;
  grpc::ServerUnaryReactor* UpdateArticle(grpc::CallbackServerContext* context, const pb::UpdateArticleRequest* request,
                                          pb::UpdateArticleResponse* response) override;
  grpc::ServerUnaryReactor* MergeArticles(grpc::CallbackServerContext* context, const pb::MergeArticlesRequest* request,
                                          pb::MergeArticlesResponse* response) override;
  grpc::ServerUnaryReactor* ListArticleRevisions(grpc::CallbackServerContext* context,
                                                 const pb::ListArticleRevisionsRequest* request,
                                                 pb::ListArticleRevisionsResponse* response) override;
  grpc::ServerUnaryReactor* LinkArticles(grpc::CallbackServerContext* context, const pb::LinkArticlesRequest* request,
                                         pb::LinkArticlesResponse* response) override;
  grpc::ServerUnaryReactor* UnlinkArticles(grpc::CallbackServerContext* context,
                                           const pb::UnlinkArticlesRequest* request,
                                           pb::UnlinkArticlesResponse* response) override;
  grpc::ServerUnaryReactor* ListArticleLinks(grpc::CallbackServerContext* context,
                                             const pb::ListArticleLinksRequest* request,
                                             pb::ListArticleLinksResponse* response) override;

 private:
  api::Runtime& runtime_;
};

}  // namespace onrecord
