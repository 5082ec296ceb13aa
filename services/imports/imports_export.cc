#include "services/imports/imports_export.h"

#include <algorithm>

#include "db/statements.h"
#include "services/api/names.h"
#include "services/api/page_token.h"
#include "services/claims/reviews_store.h"
#include "services/claims/stances_store.h"
#include "services/imports/imports_rules.h"

namespace onrecord::store {
namespace {

// The stances of the quotes, with people's names for everybody: they resolve in any database.
absl::Status CollectStances(pg::Session& db, const std::vector<pb::Quote>& quotes, const std::string& moment,
                            OfQuotes& into) {
  pb::ListStancesRequest request;
  for (const pb::Quote& quote : quotes) request.mutable_filter()->add_quotes(quote.name());
  request.mutable_filter()->set_include_ascribed(true);
  request.set_oldest_first(true);
  request.set_page_size(api::kMostPerPage);
  std::vector<pb::Stance> stances;
  do {
    ASSIGN_OR_RETURN(const pb::ListStancesResponse page, ListStances(db, request, moment));
    stances.insert(stances.end(), page.stances().begin(), page.stances().end());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  std::vector<std::string> speakers, outlets;
  for (const pb::Stance& stance : stances) {
    const std::string& name = stance.ascribed_by();
    if (name.empty()) continue;
    (name.starts_with("outlets/") ? outlets : speakers).push_back(api::IdOf(name));
  }
  std::map<std::string, std::string> ascribers;
  if (!speakers.empty() || !outlets.empty()) {
    ASSIGN_OR_RETURN(const pqxx::result rows,
                     db.Run(sql::kNamesOfSlugs, pg::TextArray(speakers), pg::TextArray(outlets)));
    for (const auto& row : rows) ascribers[row[0].c_str()] = row[1].c_str();
  }
  for (const pb::Stance& stance : stances) {
    into.stances[stance.quote()].push_back(rules::ToStance(stance, ascribers[stance.ascribed_by()]));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<OfQuotes> CollectOfQuotes(pg::Session& db, const std::vector<pb::Quote>& quotes,
                                         const std::string& moment) {
  OfQuotes of;
  if (quotes.empty()) return of;
  RETURN_IF_ERROR(CollectStances(db, quotes, moment, of));
  std::vector<std::string> ids;
  for (const pb::Quote& quote : quotes) ids.push_back(api::IdOf(quote.name()));
  ASSIGN_OR_RETURN(const std::vector<pb::Review> reviews, ReviewsOfQuotes(db, ids, moment));
  for (const pb::Review& review : reviews) of.reviews[review.quote()].push_back(rules::ToReview(review));
  return of;
}

void AddOfQuote(const std::vector<pb::ImportStance>& stances, const std::vector<pb::ImportReview>& reviews,
                pb::ImportRecord* record, pb::ExportQuotesResponse& response) {
  const pb::ImportRecord bare = *record;
  for (std::size_t i = 0; i < std::max(stances.size(), reviews.size()); ++i) {
    if (i > 0 && i % rules::kMostStances == 0) {
      record = response.add_records();
      *record = bare;
    }
    if (i < stances.size()) *record->add_stances() = stances[i];
    if (i < reviews.size()) *record->add_reviews() = reviews[i];
  }
}

}  // namespace onrecord::store
