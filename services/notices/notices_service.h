// The gRPC service of notices: each rpc is one line into the adaptor.
#pragma once

#include "onrecord/v1/notices.grpc.pb.h"
#include "services/api/call.h"

namespace onrecord {

class NoticeService final : public pb::NoticeService::CallbackService {
 public:
  explicit NoticeService(api::Runtime& runtime) : runtime_(runtime) {}

 private:
  [[maybe_unused]] api::Runtime& runtime_;
};

}  // namespace onrecord
