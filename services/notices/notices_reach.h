// What a notice reaches: from its target along the links of articles that carry words. Found when it is asked for, so
// that new printings, links and merges count at once. A walk goes level by level, in memory, and meets an article once:
// circles end it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "onrecord/v1/quotes.pb.h"
#include "services/pg/session.h"

namespace onrecord::store {

namespace pb = ::onrecord::v1;

// An article that a walk met; ids are 32 hexadecimal digits here and below.
struct ReachedArticle {
  std::string id;
  int steps = 0;
  std::string from;  // the one it rests on; empty for the first
};

// What each id leads to: itself, or what it was merged into.
absl::StatusOr<absl::flat_hash_map<std::string, std::string>> LeadsOf(pg::Session& db,
                                                                      absl::Span<const std::string> articles);

// `articles` and what rests on them, the nearest first; at most 10,000.
absl::StatusOr<std::vector<ReachedArticle>> WalkDownstream(pg::Session& db, absl::Span<const std::string> articles,
                                                           const std::string& moment);
// The same articles by every id that leads to them, as appearances may name them.
absl::StatusOr<std::vector<ReachedArticle>> WithFormerIds(pg::Session& db, std::vector<ReachedArticle> reached);

// Where a printing stands, as far as a walk is concerned. It stands in its article; where that is not known, after its
// last hop.
struct PrintPlace {
  std::string quote;
  std::string appearance;         // empty: the quote itself
  std::string article;            // empty: not known
  std::vector<std::string> hops;  // articles, earliest first; empty where one is not known
};
PrintPlace PlaceOf(const std::string& quote, const pb::Appearance& appearance);
// Those that the record holds today.
absl::StatusOr<std::vector<PrintPlace>> ReadPlaces(pg::Session& db, absl::Span<const std::string> quotes);

// A notice that reaches a printing.
struct Reach {
  std::string notice;
  pb::NoticeKind kind = pb::NOTICE_KIND_UNSPECIFIED;
  std::int64_t embargo_until = 0;  // microseconds since 1970
  int steps = 0;
};
// For each printing the notices that reach it, in the order of recording: embargoes in force, and of the others those
// that stood at the moment unless `embargoes_alone`.
absl::StatusOr<std::vector<std::vector<Reach>>> NoticesReaching(pg::Session& db, absl::Span<const PrintPlace> printings,
                                                                const std::string& moment, bool embargoes_alone);

// Puts the notices that reach them on the appearances.
absl::Status FlagAppearances(pg::Session& db, std::vector<pb::Quote>& quotes, const std::string& moment);

}  // namespace onrecord::store
