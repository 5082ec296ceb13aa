// The gRPC service of articles: each rpc is one line into the adaptor.
#pragma once

#include "onrecord/v1/articles.grpc.pb.h"
#include "services/api/call.h"

namespace onrecord {

class ArticleService final : public pb::ArticleService::CallbackService {
 public:
  explicit ArticleService(api::Runtime& runtime) : runtime_(runtime) {}

 private:
  [[maybe_unused]] api::Runtime& runtime_;
};

}  // namespace onrecord
