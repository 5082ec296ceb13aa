#include "services/imports/imports_batch.h"

#include <algorithm>
#include <iterator>

#include "db/statements.h"
#include "services/api/dates.h"
#include "services/api/names.h"
#include "services/articles/articles_links.h"
#include "services/articles/articles_rules.h"
#include "services/articles/articles_writes.h"
#include "services/base/strings.h"
#include "services/claims/claims_links.h"
#include "services/claims/stances_writes.h"
#include "services/imports/imports_raw.h"
#include "services/imports/imports_redaction.h"
#include "services/names/names_store.h"
#include "services/quotes/quotes_rules.h"
#include "services/quotes/quotes_store.h"
#include "services/tallies/tallies_store.h"
#include "services/utterances/matching_store.h"

namespace onrecord::store {
namespace {

// The appearance that the record made: what is kept beside it goes there.
void UseAppearance(const std::string& id, Pending& pending) { pending.checked.appearance_id = id == kNoId ? "" : id; }

void Conflict(Pending& pending, bool retracted) {
  Decide(pending, pb::OUTCOME_CONFLICT);
  pending.result.set_reason(ReasonName(retracted ? pb::ERROR_REASON_RETRACTED_SINCE : pb::ERROR_REASON_EDITED_SINCE));
  pending.result.set_field("text");
  pending.result.set_message(retracted
                                 ? "the quote was retracted since it was imported; restore it to let records change it"
                                 : "a person edited the quote since it was imported; compare and edit it by hand");
}

}  // namespace

void Decide(Pending& pending, pb::Outcome outcome) {
  pending.result.set_outcome(outcome);
  if (!pending.checked.reviews_alone) pending.result.set_quote(api::QuoteName(pending.checked.quote_id));
}

void Reject(Pending& pending, pb::ErrorReason reason, std::string_view field, std::string_view message) {
  pending.result.set_outcome(pb::OUTCOME_REJECTED);
  pending.result.set_reason(ReasonName(reason));
  pending.result.set_field(std::string(field));
  pending.result.set_message(std::string(message));
}

std::vector<std::string> QuotesOfRound(const std::vector<Pending*>& round) {
  std::vector<std::string> quotes;
  for (const Pending* pending : round) {
    if (!pending->checked.reviews_alone) quotes.push_back(pending->checked.quote_id);
  }
  return quotes;
}

absl::Status BatchWriter::Write(std::vector<Pending>& records) {
  if (!dry_run_) {
    RETURN_IF_ERROR(db_.Run(sql::kMakeStage).status());
    RETURN_IF_ERROR(db_.Run(sql::kMakeAppearanceStage).status());
    RETURN_IF_ERROR(HoldSpeakers(db_));
    const auto travelled = [](const Pending& pending) { return !pending.decided() && !pending.relay_ids.empty(); };
    if (std::any_of(records.begin(), records.end(), travelled)) RETURN_IF_ERROR(LockArticleLinks(db_));
  }
  RETURN_IF_ERROR(LeadSpeakers(records));
  // A round holds no record and no key twice: a later one must see what an earlier one stored.
  Round round;
  std::set<std::string> seen;
  for (Pending& pending : records) {
    if (pending.decided()) continue;
    const std::string identity = pending.checked.reviews_alone
                                     ? StrCat("reviews ", pending.result.sequence())
                                     : StrCat(pending.checked.quote_id, pending.checked.appearance_id);
    const bool again = seen.contains(identity) || (!pending.checked.key.empty() && seen.contains(pending.checked.key));
    if (again) {
      RETURN_IF_ERROR(WriteRound(round));
      round.clear();
      seen.clear();
    }
    seen.insert(identity);
    if (!pending.checked.key.empty()) seen.insert(pending.checked.key);
    round.push_back(&pending);
  }
  return WriteRound(round);
}

absl::Status BatchWriter::LeadSpeakers(std::vector<Pending>& records) {
  std::set<std::int64_t> ids;
  const auto each = [&](const auto& visit) {
    for (Pending& pending : records) {
      visit(pending.speaker_id);
      for (NewStance& stance : pending.stances) {
        visit(stance.key.holder);
        visit(stance.ascribed_speaker);
      }
    }
  };
  each([&](std::int64_t id) { ids.insert(id); });
  ASSIGN_OR_RETURN(const pqxx::result rows, db_.Run(sql::kStandingSpeakers, pg::IntArray(ids)));
  std::map<std::int64_t, std::int64_t> standing;
  for (const auto& row : rows) standing[row[0].as<std::int64_t>()] = row[1].as<std::int64_t>();
  each([&](std::int64_t& id) {
    if (const auto led = standing.find(id); led != standing.end()) id = led->second;
  });
  return absl::OkStatus();
}

absl::Status BatchWriter::WriteRound(const Round& round) {
  if (round.empty()) return absl::OkStatus();
  RETURN_IF_ERROR(LookUpKeys(round));
  RETURN_IF_ERROR(RejectRedacted(round));
  RETURN_IF_ERROR(DoubtReverted(round));
  RETURN_IF_ERROR(LookUpAppearances(round));
  RETURN_IF_ERROR(evidence_.Plan(round));
  RETURN_IF_ERROR(InsertNew(round));
  RETURN_IF_ERROR(ApplyChanges(round));
  RETURN_IF_ERROR(WriteEvidence(round));
  RETURN_IF_ERROR(WriteKeys(round));
  if (dry_run_) return absl::OkStatus();
  RETURN_IF_ERROR(TrustAgain(round));
  return KeepRawRecords(db_, import_id_, round, [this](auto quotes) { return LockQuotes(quotes); });
}

absl::Status BatchWriter::LookUpKeys(const Round& round) {
  std::vector<std::string> keys;
  std::map<std::string, Pending*> by_key;
  const auto ask = [&](const std::string& key, Pending* pending) {
    keys.push_back(key);
    by_key[key] = pending;
  };
  for (Pending* pending : round) {
    if (!pending->checked.key.empty()) {
      ask(pending->checked.key, pending);
    } else if (!pending->checked.appearance_id.empty()) {
      ask(pending->checked.appearance_id, pending);  // removed by a person
      ask(rules::SupersededKey(pending->checked.appearance_id, pending->checked.content_hash), pending);
    }
  }
  ASSIGN_OR_RETURN(const pqxx::result rows, db_.Run(sql::kLookUpKeys, pg::TextArray(keys)));
  for (const auto& row : rows) {
    const std::string key = api::BareUuid(row[0].c_str());
    Pending& pending = *by_key.at(key);
    pending.replaces_record = key == pending.checked.key;
    const std::string quote_id = api::BareUuid(row[1].c_str());
    const bool same = api::BareUuid(row[3].c_str()) == pending.checked.content_hash;
    if ((quote_id == kNoId) != pending.checked.reviews_alone) continue;  // the record was of something else before
    if (!pending.checked.reviews_alone) pending.checked.quote_id = quote_id;
    if (same) {
      if (key == pending.checked.key) UseAppearance(api::BareUuid(row[2].c_str()), pending);
      Decide(pending, pb::OUTCOME_UNCHANGED);
    } else if (pending.checked.reviews_alone) {
      pending.changes = true;
    } else if (key == pending.checked.key) {
      pending.checked.appearance_id = api::BareUuid(row[2].c_str());
      pending.changes = true;
    } else if (key == pending.checked.appearance_id) {
      Conflict(pending, false);
    }
  }
  return absl::OkStatus();
}

// Also what is known already: the record must not go on telling that it is unchanged.
absl::Status BatchWriter::RejectRedacted(const Round& round) {
  ASSIGN_OR_RETURN(const std::set<std::string> redacted, RedactedAmong(db_, QuotesOfRound(round)));
  for (Pending* pending : round) {
    if (pending->checked.reviews_alone || !redacted.contains(pending->checked.quote_id)) continue;
    Reject(*pending, pb::ERROR_REASON_QUOTE_REDACTED, "text",
           "the quote is redacted: its words were removed from the record for good; leave the record out");
    pending->result.set_quote(api::QuoteName(pending->checked.quote_id));
  }
  return absl::OkStatus();
}

absl::Status BatchWriter::LockQuotes(absl::Span<const std::string> quotes) {
  ASSIGN_OR_RETURN(const pqxx::result rows, db_.Run(sql::kLockQuotes, pg::TextArray(quotes)));
  for (const auto& row : rows) {
    if (row[1].as<int>() != pb::QUOTE_STATE_REDACTED) continue;
    return Refuse(absl::StatusCode::kAborted, pb::ERROR_REASON_WRITE_CONFLICT,
                  "concurrent changes collided; repeat the call");
  }
  return absl::OkStatus();
}

absl::Status BatchWriter::LookUpAppearances(const Round& round) {
  Round asked;
  std::vector<std::string> quotes;
  std::vector<std::string> appearances;
  for (Pending* pending : round) {
    if (pending->decided() || pending->checked.reviews_alone || pending->returns) continue;
    asked.push_back(pending);
    quotes.push_back(pending->checked.quote_id);
    appearances.push_back(pending->checked.appearance_id.empty() ? kNoId : pending->checked.appearance_id);
  }
  ASSIGN_OR_RETURN(const pqxx::result rows,
                   db_.Run(sql::kLookUpAppearances, pg::TextArray(quotes), pg::TextArray(appearances)));
  Round changed;
  std::vector<std::pair<Pending*, bool>> doubtful;  // and whether the quote is retracted
  for (const auto& row : rows) {
    Pending& pending = *asked[row[0].as<std::size_t>() - 1];
    const bool edited = row[1].as<bool>();
    const bool retracted = row[2].as<int>() == pb::QUOTE_STATE_RETRACTED;
    const bool printed = row[4].as<bool>();
    pending.quote_exists = true;
    if (!printed && !pending.checked.appearance_id.empty() && !pending.changes) continue;  // a further appearance
    if (!pending.reverted && !row[3].is_null() && api::BareUuid(row[3].c_str()) == pending.checked.content_hash) {
      Decide(pending, pb::OUTCOME_UNCHANGED);
      continue;
    }
    pending.changes = true;
    changed.push_back(&pending);
    pending.replaced_hash = row[3].is_null() || pending.reverted ? "" : api::BareUuid(row[3].c_str());
    if (edited || retracted) doubtful.emplace_back(&pending, retracted);
  }
  RETURN_IF_ERROR(FindSameSources(changed));
  RETURN_IF_ERROR(ReadSlugs(changed));
  for (const auto& [pending, retracted] : doubtful) {
    // Not a conflict when the record says what the edited quote says, as exports do.
    ASSIGN_OR_RETURN(const pb::Quote stored, GetQuote(db_, api::QuoteName(pending->checked.quote_id)));
    pending->same_quote = rules::SameContent(stored, Changed(*pending, stored));
    if (pending->same_quote && pending->stances.empty() && pending->reviews.empty()) {
      Decide(*pending, pb::OUTCOME_UNCHANGED);
    } else if (!pending->same_quote) {
      Conflict(*pending, retracted);
    }
  }
  return absl::OkStatus();
}

absl::Status BatchWriter::FindSameSources(const Round& changed) {
  Round named;
  for (Pending* pending : changed) {
    if (!pending->record->quote().empty()) continue;  // exported, with the name of today
    if (pending->checked.speaker.empty()) {
      pending->same_source = pending->checked.key.empty();
    } else {
      named.push_back(pending);
    }
  }
  if (named.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const pqxx::result rows, db_.Run(sql::kFirstStatesOfQuotes, pg::TextArray(QuotesOfRound(named))));
  std::map<std::string, pqxx::row> first;
  for (const auto& row : rows) first.emplace(api::BareUuid(row[0].c_str()), row);
  for (Pending* pending : named) {
    const auto state = first.find(pending->checked.quote_id);
    if (state == first.end()) continue;
    const pqxx::row& row = state->second;
    pending->same_source = rules::IsOfSpeaker(pending->checked.speaker, pending->checked.quote_id, row[1].c_str(),
                                              {row[2].as<int>(), row[3].as<int>()});
  }
  return absl::OkStatus();
}

absl::Status BatchWriter::FindArticles(const Round& fresh) {
  RETURN_IF_ERROR(HoldArticleKeys(db_));
  std::vector<std::string*> keys;
  bool travelled = false;
  for (Pending* pending : fresh) {
    if (pending->checked.appearance_id.empty()) continue;
    const pb::Appearance& appearance = pending->checked.quote.appearances(0);
    const api::DayRange published = api::ToRange(appearance.published());
    const std::string article = rules::ArticleId(pending->checked.outlet, appearance.article().url(),
                                                 appearance.article().headline(), published);
    pending->printing = {pending->checked.quote_id, article,
                         pending->outlet_id,        published,
                         pending->relay_ids,        std::vector<std::string>(pending->relay_ids.size())};
    keys.push_back(&pending->printing.article_id);
    travelled = travelled || !pending->relay_ids.empty();
  }
  RETURN_IF_ERROR(FollowArticleKeys(db_, keys));
  if (!travelled) return absl::OkStatus();
  std::vector<Printing> printings;
  for (const Pending* pending : fresh) printings.push_back(pending->printing);
  RETURN_IF_ERROR(WriteChains(db_, printings, author_, via_));
  for (std::size_t i = 0; i < fresh.size(); ++i) fresh[i]->printing = printings[i];
  return absl::OkStatus();
}

absl::Status BatchWriter::InsertNew(const Round& round) {
  Round fresh;
  std::set<std::string> touched;
  std::set<std::string> returning;
  for (Pending* pending : round) {
    if (pending->decided() || pending->changes || pending->checked.reviews_alone) continue;
    if ((pending->keep_speaker || pending->keep_topics) && !pending->quote_exists) {
      Reject(*pending, pb::ERROR_REASON_NAME_AMBIGUOUS, pending->keep_speaker ? "speaker" : "topics",
             "a name may mean several here; use the resource name of one of them");
      continue;
    }
    Decide(*pending, pb::OUTCOME_CREATED);
    const int bits = rules::WarningBits(pending->checked.quote, api::Today());
    for (int warning = 1; bits >> (warning - 1) != 0; ++warning) {
      if ((bits >> (warning - 1) & 1) != 0) pending->result.add_warnings(static_cast<pb::QuoteWarning>(warning));
    }
    fresh.push_back(pending);
    touched.insert(pending->checked.quote_id);
    if (pending->returns) returning.insert(pending->checked.quote_id);
  }
  if (fresh.empty() || dry_run_) return absl::OkStatus();
  RETURN_IF_ERROR(HoldTopicTree(db_));
  RETURN_IF_ERROR(HoldClaimLinks(db_));
  RETURN_IF_ERROR(db_.Run(sql::kClearStage).status());
  RETURN_IF_ERROR(db_.Run(sql::kClearAppearanceStage).status());
  RETURN_IF_ERROR(FindArticles(fresh));
  RETURN_IF_ERROR(StageQuotes(fresh));
  RETURN_IF_ERROR(StageAppearances(fresh));
  RETURN_IF_ERROR(db_.Run(sql::kLockStagedArticles).status());
  RETURN_IF_ERROR(db_.Run(sql::kInsertStagedArticles, author_, via_).status());
  RETURN_IF_ERROR(ReplaceReverted(std::vector<std::string>(returning.begin(), returning.end())));
  ASSIGN_OR_RETURN(const pqxx::result inserted, db_.Run(sql::kInsertStagedQuotes, import_id_, author_));
  std::set<std::string> made = returning;
  for (const auto& row : inserted) made.insert(api::BareUuid(row[0].c_str()));
  // Of what was known, and where another import was faster with a quote, ours is a further appearance.
  std::vector<std::string> merged;
  std::set_difference(touched.begin(), touched.end(), made.begin(), made.end(), std::back_inserter(merged));
  if (!merged.empty()) RETURN_IF_ERROR(LockQuotes(merged));
  RETURN_IF_ERROR(RecountQuotes(db_, merged, [&] { return PrintStaged(fresh, touched, merged); }));
  RETURN_IF_ERROR(CountNewQuotes(db_, std::vector<std::string>(made.begin(), made.end())));
  merged.insert(merged.end(), returning.begin(), returning.end());
  return FollowQuotes(db_, merged);
}

absl::Status BatchWriter::PrintStaged(const Round& fresh, const std::set<std::string>& touched,
                                      absl::Span<const std::string> merged) {
  const std::vector<std::string> quotes(touched.begin(), touched.end());
  if (!merged.empty()) {
    RETURN_IF_ERROR(db_.Run(sql::kMergeStagedAppearances, pg::TextArray(merged), author_, via_).status());
  }
  ASSIGN_OR_RETURN(const pqxx::result printed, db_.Run(sql::kInsertStagedAppearances, import_id_));
  std::set<std::string> ours;
  for (const auto& row : printed) ours.insert(StrCat(api::BareUuid(row[0].c_str()), api::BareUuid(row[1].c_str())));
  for (Pending* pending : fresh) {
    const std::string identity = StrCat(pending->checked.quote_id, pending->checked.appearance_id);
    if (!pending->checked.appearance_id.empty() && !ours.contains(identity)) Decide(*pending, pb::OUTCOME_UNCHANGED);
  }
  RETURN_IF_ERROR(db_.Run(sql::kInsertQuoteTopics, pg::TextArray(quotes)).status());
  RETURN_IF_ERROR(QueueToMatch(db_, quotes));
  if (merged.empty()) return absl::OkStatus();
  return db_.Run(sql::kPlaceMergedAppearances, pg::TextArray(merged)).status();
}

// What stances and reviews add to what became of a record, and they themselves.
absl::Status BatchWriter::WriteEvidence(const Round& round) {
  Round said;
  for (Pending* pending : round) {
    if (pending->decided() && pending->result.outcome() != pb::OUTCOME_UNCHANGED) continue;
    const bool replaces = std::any_of(pending->review_puts.begin(), pending->review_puts.end(),
                                      [](const NewReview& review) { return review.replaces > 0; });
    if (pending->stance_puts.empty() && pending->review_puts.empty()) {
      if (!pending->decided()) Decide(*pending, pb::OUTCOME_UNCHANGED);
      continue;
    }
    const bool is_new = pending->checked.reviews_alone && !replaces && !pending->changes;
    Decide(*pending, is_new ? pb::OUTCOME_CREATED : pb::OUTCOME_UPDATED);
    said.push_back(pending);
  }
  if (dry_run_) return absl::OkStatus();
  RETURN_IF_ERROR(SetContentHashes(said));
  return evidence_.Write(round);
}

absl::Status BatchWriter::WriteKeys(const Round& round) {
  if (dry_run_) return absl::OkStatus();
  std::vector<std::string> keys;
  std::vector<std::string> quotes;
  std::vector<std::string> appearances;
  std::vector<std::string> hashes;
  const auto add = [&](const std::string& key, const Pending& pending, const std::string& hash) {
    keys.push_back(key);
    quotes.push_back(pending.checked.reviews_alone ? kNoId : pending.checked.quote_id);
    appearances.push_back(pending.checked.appearance_id.empty() ? kNoId : pending.checked.appearance_id);
    hashes.push_back(hash);
  };
  for (const Pending* pending : round) {
    const rules::CheckedRecord& checked = pending->checked;
    const pb::Outcome outcome = pending->result.outcome();
    const bool known_again = pending->reverted && outcome == pb::OUTCOME_UNCHANGED;
    if (outcome != pb::OUTCOME_CREATED && outcome != pb::OUTCOME_UPDATED && !known_again) continue;
    if (!checked.key.empty()) {
      add(checked.key, *pending, checked.content_hash);
    } else if (outcome == pb::OUTCOME_UPDATED && !pending->replaced_hash.empty()) {
      // Feeding the same file again must not flip the appearance back to the content it had before.
      add(rules::SupersededKey(checked.appearance_id, pending->replaced_hash), *pending, pending->replaced_hash);
    }
  }
  if (keys.empty()) return absl::OkStatus();
  return db_
      .Run(sql::kUpsertKeys, pg::TextArray(keys), pg::TextArray(quotes), pg::TextArray(appearances),
           pg::TextArray(hashes))
      .status();
}

}  // namespace onrecord::store
