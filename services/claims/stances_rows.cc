#include "services/claims/stances_rows.h"

#include <vector>

#include "db/statements.h"
#include "google/protobuf/util/time_util.h"
#include "services/api/row_cursor.h"
#include "services/base/strings.h"
#include "services/notices/notices_embargoes.h"

namespace onrecord::store {
namespace {

constexpr int kTakenBack = 3;

struct StanceRow {
  StanceKey key;
  pb::StanceRevision revision;
  std::string recorded_from;
};

StanceRow ReadStance(const pqxx::row& row) {
  StanceRow read;
  pb::Stance& stance = *read.revision.mutable_stance();
  api::RowCursor from(row);
  read.key.quote = from.Uuid("");
  read.key.claim = from.Long();
  read.key.holder = from.Long();
  read.revision.set_revision(from.Int());
  stance.set_etag(std::to_string(read.revision.revision()));
  const int standing = from.Int();
  read.revision.set_removed(standing == kTakenBack);
  stance.set_suspended(standing == 2);
  stance.set_position(static_cast<pb::Position>(from.Int()));
  stance.set_strength(static_cast<pb::Strength>(from.Int()));
  stance.set_ascribed(from.Bool());
  from.Date(*stance.mutable_valid());
  if (stance.valid().ByteSizeLong() == 0) stance.clear_valid();
  stance.set_note(from.Text());
  api::DayRange held;
  held.from = from.Int();
  held.to = from.Int();
  api::FromRange(held, *stance.mutable_held());
  *stance.mutable_occurred() = from.Day();
  stance.set_author(from.Text());
  read.revision.set_via(from.Text());
  read.revision.set_reason(from.Text());
  const std::int64_t recorded_from = from.Long();
  read.recorded_from = std::to_string(recorded_from);
  *stance.mutable_update_time() = google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(recorded_from);
  if (const std::int64_t recorded_to = from.Long(); recorded_to != 0) {
    *read.revision.mutable_end_time() = google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(recorded_to);
  }
  stance.set_quote(StrCat("quotes/", read.key.quote));
  stance.set_claim(from.Name("claims/"));
  stance.set_claim_text(from.Text());
  stance.set_holder(from.Name("speakers/"));
  stance.set_holder_display_name(from.Text());
  stance.set_name(StrCat(stance.quote(), "/stances/", stance.claim().substr(std::string_view("claims/").size())));
  if (const std::string other = from.Name("."); read.key.holder != 0) stance.set_name(stance.name() + other);
  const std::string ascriber = from.Text();
  const std::string source = from.Text();
  stance.set_ascribed_by(ascriber.empty() ? source : ascriber);
  stance.set_described_as(from.Text());
  stance.set_quote_text(from.Text());
  return read;
}

}  // namespace

StanceKeyArrays ArraysOf(absl::Span<const StanceKey> keys) {
  std::vector<std::string> quotes;
  std::vector<std::int64_t> claims, holders;
  for (const StanceKey& key : keys) {
    quotes.push_back(key.quote);
    claims.push_back(key.claim);
    holders.push_back(key.holder);
  }
  return {pg::TextArray(quotes), pg::IntArray(claims), pg::IntArray(holders)};
}

absl::StatusOr<std::map<StanceKey, pb::Stance>> ReadStanceRows(pg::Session& db, absl::Span<const StanceKey> keys,
                                                               const std::string& moment, bool taken_back) {
  const StanceKeyArrays wanted = ArraysOf(keys);
  ASSIGN_OR_RETURN(const pqxx::result rows,
                   db.Run(sql::kReadStances, moment, wanted.quotes, wanted.claims, wanted.holders));
  std::vector<StanceRow> found;
  for (const pqxx::row& row : rows) {
    StanceRow read = ReadStance(row);
    if (!read.revision.removed() || taken_back) found.push_back(std::move(read));
  }
  std::vector<pb::StanceRevision*> revisions;
  for (StanceRow& read : found) revisions.push_back(&read.revision);
  RETURN_IF_ERROR(HideEmbargoed(db, rows, revisions));
  std::map<StanceKey, pb::Stance> stances;
  for (StanceRow& read : found) stances[read.key] = std::move(*read.revision.mutable_stance());
  return stances;
}

absl::Status HideEmbargoed(pg::Session& db, const pqxx::result& rows, absl::Span<pb::StanceRevision* const> revisions) {
  if (!MayHideWords(rows)) return absl::OkStatus();
  std::vector<std::string> quotes;
  for (const pb::StanceRevision* revision : revisions) quotes.push_back(revision->stance().quote());
  ASSIGN_OR_RETURN(const std::vector<bool> hidden, AreHidden(db, quotes));
  for (std::size_t i = 0; i < revisions.size(); ++i) {
    if (!hidden[i]) continue;
    revisions[i]->clear_reason();
    revisions[i]->mutable_stance()->clear_quote_text();
    revisions[i]->mutable_stance()->clear_note();
  }
  return absl::OkStatus();
}

pb::StanceRevision ReadStanceRevision(const pqxx::row& row, std::string& page_key) {
  StanceRow read = ReadStance(row);
  page_key = read.recorded_from;
  return std::move(read.revision);
}

}  // namespace onrecord::store
