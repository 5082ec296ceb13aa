// What goes into exported records besides the quotes: their stances and their reviews.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "onrecord/v1/imports.pb.h"
#include "services/pg/session.h"

namespace onrecord::store {

namespace pb = ::onrecord::v1;

// By quotes/{quote}.
struct OfQuotes {
  std::map<std::string, std::vector<pb::ImportStance>> stances;
  std::map<std::string, std::vector<pb::ImportReview>> reviews;
};

absl::StatusOr<OfQuotes> CollectOfQuotes(pg::Session& db, const std::vector<pb::Quote>& quotes,
                                         const std::string& moment);

// Adds the stances and reviews to the first record of their quote; what is more than a record takes follows in
// records that are otherwise the same.
void AddOfQuote(const std::vector<pb::ImportStance>& stances, const std::vector<pb::ImportReview>& reviews,
                pb::ImportRecord* record, pb::ExportQuotesResponse& response);

}  // namespace onrecord::store
