// What imports do with records that were reverted: to BatchWriter they are not known any more.
#include "db/statements.h"
#include "services/imports/imports_batch.h"
#include "services/imports/imports_raw.h"
#include "services/imports/imports_revert.h"

namespace onrecord::store {

absl::Status BatchWriter::DoubtReverted(const Round& round) {
  ASSIGN_OR_RETURN(Reverted reverted, RevertedAmong(db_, QuotesOfRound(round)));
  if (reverted.quotes.empty() && reverted.appearances.empty()) return absl::OkStatus();
  if (!dry_run_) {
    std::set<std::string> quotes = reverted.quotes;
    for (const auto& [quote, appearance] : reverted.appearances) quotes.insert(quote);
    const std::vector<std::string> locked(quotes.begin(), quotes.end());
    RETURN_IF_ERROR(LockQuotes(locked));
    ASSIGN_OR_RETURN(reverted, RevertedAmong(db_, locked));  // another import may have been faster
  }
  for (Pending* pending : round) {
    const pb::Outcome outcome = pending->result.outcome();
    if (pending->checked.reviews_alone || (pending->decided() && outcome != pb::OUTCOME_UNCHANGED)) continue;
    pending->returns = reverted.quotes.contains(pending->checked.quote_id);
    pending->reverted = reverted.appearances.contains({pending->checked.quote_id, pending->checked.appearance_id});
    if (!pending->returns && !pending->reverted) continue;
    pending->result.clear_outcome();
    pending->result.clear_quote();
    pending->changes = false;
  }
  return absl::OkStatus();
}

absl::Status BatchWriter::ReplaceReverted(absl::Span<const std::string> quotes) {
  if (quotes.empty()) return absl::OkStatus();
  const std::string all = pg::TextArray(quotes);
  RETURN_IF_ERROR(db_.Run(sql::kReplaceReverted, all, import_id_, author_, via_).status());
  for (const pg::Statement* statement :
       {&sql::kDeleteAllOfAppearances, &sql::kDeleteAllOfTopics, &sql::kDeleteAllOfRawRecords}) {
    RETURN_IF_ERROR(db_.Run(*statement, all).status());
  }
  return absl::OkStatus();
}

absl::Status BatchWriter::TrustAgain(const Round& round) {
  std::vector<std::string> quotes;
  std::vector<std::string> appearances;
  Round reprinted;
  for (Pending* pending : round) {
    const pb::Outcome outcome = pending->result.outcome();
    if (outcome == pb::OUTCOME_REJECTED || outcome == pb::OUTCOME_CONFLICT) continue;
    if (pending->returns) {
      quotes.push_back(pending->checked.quote_id);
      appearances.emplace_back(kNoId);
    }
    if (!pending->reverted) continue;
    quotes.push_back(pending->checked.quote_id);
    appearances.push_back(pending->checked.appearance_id);
    reprinted.push_back(pending);
  }
  RETURN_IF_ERROR(SetContentHashes(reprinted));
  if (quotes.empty()) return absl::OkStatus();
  return db_.Run(sql::kDeleteReverted, pg::TextArray(quotes), pg::TextArray(appearances)).status();
}

}  // namespace onrecord::store
