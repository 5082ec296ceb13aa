// Page tokens: opaque to callers, bound to the request they continue. A token is the key of the last row and a
// hash over it and the request without page_size and page_token; both in one URL-safe word with a version.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/message.h"

namespace onrecord::api {

// `scope` names the list: MakeScope of the request with page_size and page_token cleared.
std::string MakePageToken(std::string_view scope, const std::vector<std::string>& key);

// The key within `token`, of exactly `parts` parts; empty for an empty token. INVALID_ARGUMENT
// PAGE_TOKEN_INVALID for anything that MakePageToken did not make for this scope.
absl::StatusOr<std::vector<std::string>> ReadPageToken(std::string_view scope, std::string_view token,
                                                       std::size_t parts);

inline constexpr int kMostPerPage = 1000;
inline constexpr int kMostRevisionsPerPage = 200;  // each holds a whole resource

// 50 for 0, at most `most`; negative sizes are INVALID_ARGUMENT.
absl::StatusOr<int> PageSize(int requested, int most = kMostPerPage);

// A hash of the message's type and content without the fields page_size and page_token.
std::string MakeScope(const google::protobuf::Message& request);

}  // namespace onrecord::api
