// QuoteFilter: checked, its names resolved, and turned into the parameters that all page, count and timeline
// statements share (see db/queries/quotes.sql). One filter serves every question.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "onrecord/v1/quotes.pb.h"
#include "services/api/as_of.h"
#include "services/api/violations.h"
#include "services/pg/session.h"

namespace onrecord::store {

// What is wrong with the filter itself.
void CheckFilter(const std::string& field, const pb::QuoteFilter& filter, api::Violations& violations);

// A filter in terms of the database.
struct Filter {
  std::string moment = api::kNow;  // what the record held then
  std::vector<std::int64_t> speakers;
  std::vector<std::int64_t> topics;        // as asked for
  std::vector<std::int64_t> topics_below;  // these and all below them
  std::vector<std::int64_t> outlets;
  std::string first_day = "-infinity";  // on the time axis
  std::string last_day = "infinity";
  std::optional<int> possible_from;
  std::optional<int> possible_to;
  std::optional<int> published_from;
  std::optional<int> published_to;
  std::vector<std::int64_t> kinds;
  std::vector<std::int64_t> polarities;
  std::vector<std::int64_t> states;
  std::vector<std::string> languages;
  std::optional<std::int64_t> import;
  bool unnamed = false;
  std::optional<std::string> words;  // a tsquery
  // What all that match have, as tsqueries: those that few quotes have; all but what is nearly everywhere.
  std::string rare_words;
  std::string telling_words;
  bool has_pairs = false;           // among these are pairs of words in phrases
  std::vector<std::string> hidden;  // quotes whose words the caller may not see, where words are asked for
  // Of quotes that are evidence of a stance:
  std::vector<std::int64_t> claims;  // with those linked to them
  std::vector<std::int64_t> codes;   // claims with positions, see PositionCodes
  std::vector<std::int64_t> positions;
  std::vector<std::int64_t> holders;
  bool include_ascribed = false;
  std::optional<std::string> stances_at;  // the moment; nullopt: stances do not matter
};

// Checks the filter and resolves its names. NOT_FOUND for a name that does not exist today; what came later than
// `moment` matches nothing.
absl::StatusOr<Filter> ResolveFilter(pg::Session& db, const pb::QuoteFilter& filter, const std::string& moment);

// Topics and all that were below them at a moment in the past.
absl::StatusOr<std::vector<std::int64_t>> TopicsBelow(pg::Session& db, absl::Span<const std::int64_t> topics,
                                                      const std::string& moment);

// A row of a list: where it stands in the order.
struct PageKey {
  std::string occurred_on;
  std::string uuid;
};

// In the matcher's transaction: looks which words are common.
absl::Status SampleWords(pg::Session& db, int sampled);

// Parameters $1 to $28 of the shared statements.
std::vector<pg::Param> FilterParams(const Filter& filter, std::optional<int> limit, std::optional<int> walk,
                                    const PageKey& after, std::optional<std::int64_t> driver);

// Before the first row of a list.
PageKey ListStart(bool newest);

}  // namespace onrecord::store
