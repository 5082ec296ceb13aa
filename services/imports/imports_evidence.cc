#include "services/imports/imports_evidence.h"

#include <algorithm>
#include <set>

#include "db/statements.h"
#include "services/api/names.h"
#include "services/api/text.h"
#include "services/base/strings.h"
#include "services/claims/claims_links.h"
#include "services/claims/reviews_rules.h"
#include "services/imports/imports_batch.h"
#include "services/names/names_store.h"

namespace onrecord::store {
namespace {

constexpr char kImportPrefix[] = "imports/";

std::string FieldOf(const char* list, std::size_t at) { return StrCat(list, "[", at, "]"); }

bool HasEvidence(const Pending& pending) { return !pending.stances.empty() || !pending.reviews.empty(); }

// In conflict: a person said otherwise.
void Contest(Pending& pending, const std::string& field, bool withdrawn) {
  pending.result.set_outcome(pb::OUTCOME_CONFLICT);
  if (!pending.checked.quote_id.empty()) pending.result.set_quote(api::QuoteName(pending.checked.quote_id));
  pending.result.set_reason(ReasonName(withdrawn ? pb::ERROR_REASON_RETRACTED_SINCE : pb::ERROR_REASON_EDITED_SINCE));
  pending.result.set_field(field);
  pending.result.set_message(withdrawn ? "a person took it back since; record it anew by hand if it is right"
                                       : "a person set it otherwise; compare and change it by hand");
}

// Records tell when, but not in which words that was said.
void KeepPrinted(const NewStance& known, NewStance& wanted) {
  if (known.valid.from != wanted.valid.from || known.valid.to != wanted.valid.to) return;
  wanted.valid_printed = known.valid_printed;
  wanted.valid_basis = known.valid_basis;
}

// What records do not tell of a review is left as it is known.
void KeepKnown(const pb::Review& known, pb::Review& wanted) {
  wanted.set_claim(known.claim());
  wanted.set_quote(known.quote());
  wanted.set_reviewer(known.reviewer());
  wanted.set_note(known.note());
  const api::DayRange before = api::ToRange(known.reviewed());
  const api::DayRange now = api::ToRange(wanted.reviewed());
  if (before.from == now.from && before.to == now.to) *wanted.mutable_reviewed() = known.reviewed();
  pb::Review rated = wanted;
  rated.clear_verdict();
  pb::Review rated_before = known;
  rated_before.clear_verdict();
  const bool same_rating =
      rules::Normalize(rated) == rules::Normalize(rated_before) && wanted.rating_text() == known.rating_text();
  if (same_rating) wanted.set_verdict(known.verdict());
}

}  // namespace

absl::Status EvidenceWriter::Plan(const std::vector<Pending*>& round) {
  std::vector<Pending*> asked;
  for (Pending* pending : round) {
    const bool unknown = (pending->keep_speaker || pending->keep_topics) && !pending->quote_exists;
    if (!pending->decided() && !unknown && HasEvidence(*pending)) asked.push_back(pending);
  }
  if (asked.empty()) return absl::OkStatus();
  stances_.clear();
  reviews_.clear();
  RETURN_IF_ERROR(HoldTopicTree(db_));
  RETURN_IF_ERROR(HoldClaimLinks(db_));
  std::vector<std::string> quotes;
  for (const Pending* pending : asked) {
    if (pending->quote_exists) quotes.push_back(pending->checked.quote_id);
  }
  ASSIGN_OR_RETURN(quotes_, LockEvidence(db_, quotes));
  RETURN_IF_ERROR(PlaceStances(asked));
  RETURN_IF_ERROR(PlaceReviews(asked));
  RETURN_IF_ERROR(FindReviews(asked));
  RETURN_IF_ERROR(Load(asked));
  for (Pending* pending : asked) {
    if (PlanStances(*pending) && PlanReviews(*pending)) {
      if (!dry_run_) Remember(*pending);
    } else {
      pending->stance_puts.clear();
      pending->review_puts.clear();
    }
  }
  return absl::OkStatus();
}

// What a record writes counts for those after it.
void EvidenceWriter::Remember(const Pending& pending) {
  for (const NewStance& put : pending.stance_puts) {
    CurrentStance& next = stances_[put.key];
    next.stance = put;
    next.stance.replaces = put.replaces + 1;
    next.via = via_;
  }
  for (const NewReview& put : pending.review_puts) {
    CurrentReview& next = reviews_[put.id];
    next.review = put.review;
    next.revision = put.replaces + 1;
    next.via = via_;
  }
}

// Claims may have been merged since their names were resolved.
absl::Status EvidenceWriter::PlaceStances(const std::vector<Pending*>& round) {
  std::set<std::int64_t> claims;
  for (const Pending* pending : round) {
    for (const NewStance& stance : pending->stances) claims.insert(stance.key.claim);
    for (const NewReview& review : pending->reviews) claims.insert(review.claim);
  }
  ASSIGN_OR_RETURN(const pqxx::result rows, db_.Run(sql::kStandingClaims, pg::IntArray(claims)));
  std::map<std::int64_t, std::int64_t> standing;
  for (const auto& row : rows) standing[row[0].as<std::int64_t>()] = row[1].as<std::int64_t>();
  for (Pending* pending : round) {
    const auto evidence = quotes_.find(pending->checked.quote_id);
    const bool keeps_source = evidence != quotes_.end() && (!pending->changes || pending->same_quote ||
                                                            pending->keep_speaker || pending->same_source);
    const std::int64_t source = keeps_source ? evidence->second.speaker : pending->speaker_id;
    for (NewStance& stance : pending->stances) {
      stance.key.quote = pending->checked.quote_id;
      if (standing.contains(stance.key.claim)) stance.key.claim = standing[stance.key.claim];
      NormalizeHolder(source, stance);
      const std::int64_t holder = stance.key.holder == 0 ? source : stance.key.holder;
      if (stance.ascribed_speaker == 0 || stance.ascribed_speaker != holder || pending->decided()) continue;
      Reject(*pending, pb::ERROR_REASON_VALUE_INVALID,
             FieldOf("stances", static_cast<std::size_t>(&stance - pending->stances.data())) + ".ascribed_by",
             "is the holder; leave it empty for a position that the holder takes himself");
    }
    for (NewReview& review : pending->reviews) {
      if (standing.contains(review.claim)) review.claim = standing[review.claim];
    }
  }
  return absl::OkStatus();
}

// Ids come from what the records say, so that they stay when names lead elsewhere one day.
absl::Status EvidenceWriter::PlaceReviews(const std::vector<Pending*>& round) {
  for (Pending* pending : round) {
    for (std::size_t i = 0; i < pending->reviews.size(); ++i) {
      NewReview& review = pending->reviews[i];
      const rules::CheckedReview& checked = pending->checked.reviews[i];
      if (checked.claim.empty()) review.quote = pending->checked.quote_id;
      const std::string subject =
          checked.claim.empty() ? api::QuoteName(review.quote) : StrCat("claim ", FoldName(checked.claim));
      review.id =
          rules::ReviewId(subject, FoldName(checked.reviewer), review.review.url(), review.review.rating_text());
    }
  }
  return absl::OkStatus();
}

// A review that is known by another id, because a person recorded it or names were given otherwise, is that one.
absl::Status EvidenceWriter::FindReviews(const std::vector<Pending*>& round) {
  for (const bool of_quotes : {false, true}) {
    std::vector<NewReview*> asked;
    std::vector<const Pending*> from;
    std::vector<std::string> quotes, urls;
    std::vector<std::int64_t> claims, outlets;
    for (Pending* pending : round) {
      for (NewReview& review : pending->reviews) {
        if (review.quote.empty() == of_quotes) continue;
        asked.push_back(&review);
        from.push_back(pending);
        quotes.push_back(review.quote);
        claims.push_back(review.claim);
        outlets.push_back(review.outlet);
        urls.push_back(review.review.url());
      }
    }
    if (asked.empty()) continue;
    ASSIGN_OR_RETURN(const pqxx::result rows, db_.Run(of_quotes ? sql::kFindReviewsOfQuotes : sql::kFindReviewsOfClaims,
                                                      of_quotes ? pg::TextArray(quotes) : pg::IntArray(claims),
                                                      pg::IntArray(outlets), pg::TextArray(urls)));
    struct Known {
      std::string id;
      std::string rating_text;
      bool imported;
    };
    std::map<std::size_t, std::vector<Known>> known;
    for (const auto& row : rows) {
      const bool imported = std::string_view(row[3].c_str()).starts_with(kImportPrefix);
      known[row[0].as<std::size_t>() - 1].push_back({api::BareUuid(row[1].c_str()), row[2].c_str(), imported});
    }
    for (const auto& [place, candidates] : known) {
      NewReview& review = *asked[place];
      const std::string rating = api::Fold(review.review.rating_text());
      const auto same = std::find_if(candidates.begin(), candidates.end(), [&](const Known& candidate) {
        return !review.review.url().empty() || api::Fold(candidate.rating_text) == rating;
      });
      if (same != candidates.end()) {
        review.id = same->id;
      } else if (from[place]->replaces_record && candidates.size() == 1 && candidates[0].imported) {
        review.id = candidates[0].id;  // the record says now that it is rated otherwise
      }
    }
  }
  return absl::OkStatus();
}

absl::Status EvidenceWriter::Load(const std::vector<Pending*>& round) {
  std::set<StanceKey> keys;
  std::set<std::string> ids;
  for (const Pending* pending : round) {
    for (const NewStance& stance : pending->stances) {
      if (stance.key.claim != 0 && (pending->quote_exists || pending->returns)) keys.insert(stance.key);
    }
    for (const NewReview& review : pending->reviews) ids.insert(review.id);
  }
  if (!keys.empty()) {
    const std::vector<StanceKey> wanted(keys.begin(), keys.end());
    ASSIGN_OR_RETURN(auto current, CurrentStances(db_, wanted));
    for (auto& [place, stance] : current) stances_.emplace(wanted[place], std::move(stance));
  }
  if (!ids.empty()) {
    ASSIGN_OR_RETURN(reviews_, LockReviews(db_, std::vector<std::string>(ids.begin(), ids.end())));
  }
  return absl::OkStatus();
}

bool EvidenceWriter::PlanStances(Pending& pending) {
  if (pending.decided()) return false;
  const auto evidence = quotes_.find(pending.checked.quote_id);
  std::set<StanceKey> seen;
  for (std::size_t i = 0; i < pending.stances.size(); ++i) {
    NewStance wanted = pending.stances[i];
    const std::string field = FieldOf("stances", i);
    // In a dry run new claims have no ids to tell them by.
    const bool known_names = wanted.key.claim != 0;
    if (known_names && !seen.insert(wanted.key).second) {
      Reject(pending, pb::ERROR_REASON_VALUE_INVALID, field + ".claim",
             "there is a stance of this holder on this claim before; keep the right one");
      return false;
    }
    const auto current = known_names ? stances_.find(wanted.key) : stances_.end();
    if (current != stances_.end()) {
      KeepPrinted(current->second.stance, wanted);
      if (current->second.stance.Says(wanted)) continue;
      if (!current->second.via.starts_with(kImportPrefix)) {
        Contest(pending, field, current->second.stance.taken_back);
        return false;
      }
      wanted.replaces = current->second.stance.replaces;
    }
    if (evidence != quotes_.end() && evidence->second.state != pb::QUOTE_STATE_ACTIVE) {
      const bool redacted = evidence->second.state == pb::QUOTE_STATE_REDACTED;
      Reject(pending, redacted ? pb::ERROR_REASON_QUOTE_REDACTED : pb::ERROR_REASON_QUOTE_RETRACTED, field,
             redacted ? "the quote is redacted; give another one as evidence"
                      : "the quote is retracted; restore it first, or give another one as evidence");
      return false;
    }
    const bool turns = pending.changes && !pending.same_quote;  // the record says that it was said
    if (evidence != quotes_.end() && !turns && evidence->second.polarity != pb::POLARITY_AFFIRMED) {
      Reject(pending, pb::ERROR_REASON_QUOTE_NOT_SAID, field, "the quote tells what was not said");
      return false;
    }
    pending.stance_puts.push_back(std::move(wanted));
  }
  return true;
}

bool EvidenceWriter::PlanReviews(Pending& pending) {
  std::set<std::string> seen;
  for (std::size_t i = 0; i < pending.reviews.size(); ++i) {
    NewReview wanted = pending.reviews[i];
    const std::string field = FieldOf("reviews", i);
    const auto current = reviews_.find(wanted.id);
    if (!seen.insert(wanted.id).second) {
      Reject(pending, pb::ERROR_REASON_VALUE_INVALID, field, "is given twice; keep the right one");
      return false;
    }
    if (current != reviews_.end()) {
      const pb::Review& known = current->second.review;
      KeepKnown(known, wanted.review);
      const bool by_import = current->second.via.starts_with(kImportPrefix);
      const bool reverted = by_import && !known.retract_reason().empty();
      if (SameReview(known, wanted.review) && !reverted) continue;
      if (!by_import) {
        Contest(pending, field, !known.retract_reason().empty());
        return false;
      }
      wanted.replaces = current->second.revision;
    }
    pending.review_puts.push_back(std::move(wanted));
  }
  return true;
}

absl::Status EvidenceWriter::Write(const std::vector<Pending*>& round) {
  // One statement may not write two versions of one: where records of a round follow each other, they take turns.
  std::vector<NewStance> stances;
  std::vector<NewReview> reviews;
  std::set<StanceKey> keys;
  std::set<std::string> ids;
  const auto flush = [&]() -> absl::Status {
    RETURN_IF_ERROR(PutStances(db_, stances, author_, via_, ""));
    RETURN_IF_ERROR(PutReviews(db_, reviews, author_, via_, ""));
    stances.clear();
    reviews.clear();
    keys.clear();
    ids.clear();
    return absl::OkStatus();
  };
  for (Pending* pending : round) {
    const pb::Outcome outcome = pending->result.outcome();
    if (outcome != pb::OUTCOME_CREATED && outcome != pb::OUTCOME_UPDATED) continue;
    const bool again = std::any_of(pending->stance_puts.begin(), pending->stance_puts.end(),
                                   [&](const NewStance& stance) { return keys.contains(stance.key); }) ||
                       std::any_of(pending->review_puts.begin(), pending->review_puts.end(),
                                   [&](const NewReview& review) { return ids.contains(review.id); });
    if (again) RETURN_IF_ERROR(flush());
    for (const NewStance& stance : pending->stance_puts) {
      keys.insert(stance.key);
      stances.push_back(stance);
    }
    for (const NewReview& review : pending->review_puts) {
      ids.insert(review.id);
      reviews.push_back(review);
    }
  }
  return flush();
}

}  // namespace onrecord::store
