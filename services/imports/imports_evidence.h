// The stances and reviews that come with the records of a batch: what is to be stored of them is decided before
// quotes are written, since a record is taken as a whole or not at all, and written after, since stances rest on
// quotes. What a person set stays as it is.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/claims/reviews_store.h"
#include "services/claims/stances_writes.h"
#include "services/pg/session.h"

namespace onrecord::store {

struct Pending;

class EvidenceWriter {
 public:
  // With `dry_run` each record is judged by what is stored alone, not by those before it.
  EvidenceWriter(pg::Session& db, std::string_view via, std::string_view author, bool dry_run)
      : db_(db), via_(via), author_(author), dry_run_(dry_run) {}

  // Decides on the stances and reviews of the records that are undecided, and rejects or puts into conflict those
  // records whose stances or reviews cannot be taken. What is to be written waits in the records.
  absl::Status Plan(const std::vector<Pending*>& round);
  // Writes what waits in the records that were taken.
  absl::Status Write(const std::vector<Pending*>& round);

 private:
  absl::Status PlaceStances(const std::vector<Pending*>& round);
  absl::Status PlaceReviews(const std::vector<Pending*>& round);
  absl::Status FindReviews(const std::vector<Pending*>& round);
  absl::Status Load(const std::vector<Pending*>& round);
  // Whether the record can be taken so far.
  bool PlanStances(Pending& pending);
  bool PlanReviews(Pending& pending);
  void Remember(const Pending& pending);

  pg::Session& db_;
  const std::string via_;
  const std::string author_;
  const bool dry_run_;
  std::map<std::string, Evidence> quotes_;
  // What is stored, or will be by the records before.
  std::map<StanceKey, CurrentStance> stances_;
  std::map<std::string, CurrentReview> reviews_;
};

}  // namespace onrecord::store
