// What is decided about the records of one batch, and writing it. One instance serves one attempt of one
// transaction; it is made of checked records whose names are resolved.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "onrecord/v1/imports.pb.h"
#include "services/api/names.h"
#include "services/articles/articles_chains.h"
#include "services/imports/imports_evidence.h"
#include "services/imports/imports_rules.h"
#include "services/pg/session.h"

namespace onrecord::store {

// A record on its way.
struct Pending {
  const pb::ImportRecord* record = nullptr;
  pb::RecordResult result;  // its outcome is unspecified until it is decided
  rules::CheckedRecord checked;
  std::int64_t speaker_id = 0;  // 0: an unnamed source
  bool keep_speaker = false;    // its name may mean several: the one that the quote has already stands
  bool keep_topics = false;     // likewise
  bool same_source = false;     // the one that the quote has stands, see FindSameSources
  std::int64_t outlet_id = 0;
  std::vector<std::int64_t> topic_ids;
  std::vector<std::int64_t> relay_ids;
  Printing printing;                   // of a new appearance
  std::vector<NewStance> stances;      // as the record has them; their quotes follow
  std::vector<NewReview> reviews;      // likewise
  std::vector<NewStance> stance_puts;  // those of them that change something
  std::vector<NewReview> review_puts;
  bool quote_exists = false;
  bool changes = false;          // known, but with other content
  bool same_quote = false;       // the quote was edited or retracted, but to what the record says
  bool replaces_record = false;  // of the same external id
  bool returns = false;          // its quote was reverted, and begins anew with it
  bool reverted = false;         // its appearance was: what it said does not count
  std::string replaced_hash;     // of the content that a change replaces

  bool decided() const { return result.outcome() != pb::OUTCOME_UNSPECIFIED; }
};

// What becomes of the record.
void Decide(Pending& pending, pb::Outcome outcome);

// Rejects the record.
void Reject(Pending& pending, pb::ErrorReason reason, std::string_view field, std::string_view message);

// The quotes of records, but for those of reviews alone.
std::vector<std::string> QuotesOfRound(const std::vector<Pending*>& round);

// Decides and writes `records`, in the running transaction. With `dry_run` it only decides.
class BatchWriter {
 public:
  BatchWriter(pg::Session& db, std::int64_t import_id, std::string_view author, bool dry_run)
      : db_(db),
        import_id_(import_id),
        author_(author),
        via_(api::ImportName(import_id)),
        dry_run_(dry_run),
        evidence_(db, via_, author, dry_run) {}
  absl::Status Write(std::vector<Pending>& records);

 private:
  using Round = std::vector<Pending*>;
  // Speakers may have been merged since their names were resolved.
  absl::Status LeadSpeakers(std::vector<Pending>& records);
  absl::Status WriteRound(const Round& round);
  absl::Status LookUpKeys(const Round& round);
  absl::Status RejectRedacted(const Round& round);
  // What was reverted is not known any more, neither by its key nor by its content.
  absl::Status DoubtReverted(const Round& round);
  // Waits until nobody else changes the quotes. The batch starts afresh when one was redacted meanwhile.
  absl::Status LockQuotes(absl::Span<const std::string> quotes);
  absl::Status LookUpAppearances(const Round& round);
  // Finds whether a quote's id, which is made of names as given, is made of the record's name for the speaker. Then
  // whose it is was decided when it was recorded, or by a person since.
  absl::Status FindSameSources(const Round& changed);
  absl::Status InsertNew(const Round& round);
  // Stores the printings of `fresh`, whose quotes are `touched`; those of them that were there are `merged`.
  absl::Status PrintStaged(const Round& fresh, const std::set<std::string>& touched,
                           absl::Span<const std::string> merged);
  // Quotes that were reverted begin anew with what is staged.
  absl::Status ReplaceReverted(absl::Span<const std::string> quotes);
  // Finds the articles of new appearances.
  absl::Status FindArticles(const Round& fresh);
  absl::Status StageQuotes(const Round& fresh);
  absl::Status StageAppearances(const Round& fresh);
  // Writes what known quotes say now.
  absl::Status ApplyChanges(const Round& round);
  absl::Status ApplySome(absl::Span<Pending* const> some);
  absl::Status ApplyChange(Pending& pending, const pb::Quote& before);
  // The printings have the content of these records now.
  absl::Status SetContentHashes(const Round& round);
  absl::Status WriteEvidence(const Round& round);
  absl::Status WriteKeys(const Round& round);
  // What was reverted and came again is known again.
  absl::Status TrustAgain(const Round& round);
  // The quote that the record asks for, made from what is stored.
  pb::Quote Changed(const Pending& pending, const pb::Quote& before) const;
  // Reads what Changed calls the names of records.
  absl::Status ReadSlugs(const Round& round);

  pg::Session& db_;
  const std::int64_t import_id_;
  const std::string author_;
  const std::string via_;
  const bool dry_run_;
  EvidenceWriter evidence_;
  std::map<std::pair<char, std::int64_t>, std::string> slugs_;
};

}  // namespace onrecord::store
