// The articles that a quote's appearances stand in and came through.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "onrecord/v1/quotes.pb.h"
#include "services/articles/articles_chains.h"
#include "services/articles/articles_rows.h"
#include "services/base/status.h"
#include "services/pg/session.h"

namespace onrecord::store {

// The articles that the quote names for hops, into `printings`, one for each appearance. Those that it did not name
// before must be of the hop's outlet.
absl::Status ResolveHops(pg::Session& db, const pb::Quote& before, const pb::Quote& quote,
                         std::vector<Printing>& printings);

// The appearances that came through others and were not so before: writing them takes LockArticleLinks.
std::vector<std::size_t> NewChains(const pb::Quote& before, const pb::Quote& after);

// Records the articles, names the hops that have none, and links them.
absl::Status WriteArticles(pg::Session& db, std::string_view quote_id, const pb::Quote& before, const pb::Quote& quote,
                           std::vector<Printing>& printings, const ArticleChange& change);

}  // namespace onrecord::store
