// Embargoes: which words are not to be shown yet, and to whom. Reads of words go through here; see docs/adr.
#pragma once

#include <cstdint>
#include <map>
#include <pqxx/pqxx>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "onrecord/v1/imports.pb.h"
#include "onrecord/v1/quotes.pb.h"
#include "services/notices/notices_reach.h"
#include "services/pg/session.h"

namespace onrecord::store {

// What the last column of rows of quotes, stances, reviews and notices tells (NoticesAtHand).
bool MayHideWords(const pqxx::result& rows);
bool HasNotices(const pqxx::result& rows);
// Whether embargoes count for what is read now: not for those who may see, nor where it is read to be written back.
bool Hides(const pg::Session& db);
// Whether something may have to be left out of what is read now.
absl::StatusOr<bool> MustLook(pg::Session& db);

// What embargoes in force say of a quote; times in microseconds since 1970.
struct Embargoed {
  std::int64_t until = 0;                         // of its words; 0: they may be shown
  std::map<std::string, std::int64_t> printings;  // by the appearance's id
};
// Of these quotes (32 hexadecimal digits) those that embargoes reach. `further` are printings of them that the record
// does not hold today; they are judged, but do not free the words.
absl::StatusOr<std::map<std::string, Embargoed>> EmbargoesOn(pg::Session& db, absl::Span<const std::string> quotes,
                                                             absl::Span<const PrintPlace> further = {});

// Marks states of quotes that embargoes reach, and leaves the words out for those who may not see them.
absl::Status ApplyEmbargoes(pg::Session& db, std::vector<pb::QuoteRevision>& revisions);

// Whether the caller may not see each of the quotes ("quotes/...").
absl::StatusOr<std::vector<bool>> AreHidden(pg::Session& db, absl::Span<const std::string> names);
// Whether headlines and notes of the articles ("articles/...") are not for the caller: an embargo reaches the article,
// or a quote that is printed in it.
absl::StatusOr<std::vector<bool>> AreHiddenArticles(pg::Session& db, absl::Span<const std::string> names);

// All quotes whose words the caller may not see, as 32 hexadecimal digits: searches for words leave them out.
absl::StatusOr<std::vector<std::string>> HiddenQuotes(pg::Session& db);

}  // namespace onrecord::store
