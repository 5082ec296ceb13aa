// The chains that words travelled: which article each hop was, and the links between them. A hop that nothing but its
// outlet is known of is a stub, the same one for all printings that credit it (see docs/adr).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "services/api/dates.h"
#include "services/pg/session.h"

namespace onrecord::store {

// One printing and what it came through, earliest first.
struct Printing {
  std::string quote_id;
  std::string article_id;  // empty: not known
  std::int64_t outlet_id = 0;
  api::DayRange published;
  std::vector<std::int64_t> hops;         // outlets
  std::vector<std::string> hop_articles;  // of the same length; empty ones are filled in
};

// The text of an array for `relay_article_ids`: the nil uuid where the article is not known.
std::string HopArticleIds(const Printing& printing);

// Names the hops of printings that are about to be written, adds the stubs that this takes, and the links: each article
// RELAYS the one before it. A link that is there, was taken back, or would close a circle is left out. In a transaction
// under LockArticleLinks.
absl::Status WriteChains(pg::Session& db, std::vector<Printing>& printings, std::string_view author,
                         std::string_view via);

}  // namespace onrecord::store
