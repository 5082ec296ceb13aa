// Import records: checked one by one, and turned into the quote and the appearance that they are; and back, for
// exports. Pure: names stay as given, they are resolved by the store.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "onrecord/v1/imports.pb.h"
#include "services/api/dates.h"
#include "services/api/violations.h"

namespace onrecord::rules {

// Of one record.
inline constexpr int kMostStances = 20;
inline constexpr int kMostReviews = 20;
static_assert(kMostStances == kMostReviews, "exports fill both at once");

// Names as given; the rest is in the messages that the names will be put into.
struct CheckedStance {
  std::string claim;
  std::string holder;
  std::string ascribed_by;
  pb::Stance content;
};
struct CheckedReview {
  std::string claim;  // empty: the record's quote
  std::string reviewer;
  pb::Review content;
};

// A record that passed its checks.
struct CheckedRecord {
  bool reviews_alone = false;  // there is no quote
  pb::Quote quote;             // without names of speaker and topics; at most one appearance, without outlets
  std::string speaker;         // as given
  std::vector<std::string> topics;
  std::string outlet;
  std::vector<std::string> via;
  std::vector<CheckedStance> stances;
  std::vector<CheckedReview> reviews;
  std::string quote_id;
  std::string appearance_id;  // empty for a quote without an appearance
  std::string content_hash;   // of the whole record
  std::string key;            // of source and external id; empty without one
};

// The first thing that is wrong with the record, or the record checked.
std::optional<Violation> CheckRecord(std::string_view source, const pb::ImportRecord& record, CheckedRecord& checked);

absl::Status CheckStart(const pb::StartImport& start);

// The quote that a record is of by what it says, even where something else is wrong with the record.
std::string QuoteIdOf(const pb::ImportRecord& record);
// The key of a source's external id.
std::string RecordKey(std::string_view source, std::string_view external_id);

// The key under which superseded content of an appearance without external id is remembered.
std::string SupersededKey(std::string_view appearance_id, std::string_view content_hash);

// The record that imports this appearance of the quote (nullptr: the quote has none), with names for people: they
// resolve in any database. `topic_names` are the display names of the quote's topics, in order.
pb::ImportRecord ToRecord(const pb::Quote& quote, const pb::Appearance* appearance,
                          absl::Span<const std::string> topic_names);
// The same of a stance, whose ascriber is known by `ascriber`, and of a review of a quote.
pb::ImportStance ToStance(const pb::Stance& stance, const std::string& ascriber);
pb::ImportReview ToReview(const pb::Review& review);

}  // namespace onrecord::rules
