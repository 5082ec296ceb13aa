// What BatchWriter makes of a record whose quote is there with other content.
#include <algorithm>
#include <map>
#include <utility>

#include "db/statements.h"
#include "services/api/dates.h"
#include "services/api/text.h"
#include "services/base/strings.h"
#include "services/imports/imports_batch.h"
#include "services/quotes/quotes_rules.h"
#include "services/quotes/quotes_store.h"
#include "services/quotes/quotes_writes.h"

namespace onrecord::store {
namespace {

// A record that does not tell leaves what is known of its article.
void KeepKnown(const pb::Article& known, pb::Article& article) {
  if (article.headline().empty()) article.set_headline(known.headline());
  if (article.byline().empty()) article.set_byline(known.byline());
  if (article.dateline().empty()) article.set_dateline(known.dateline());
  article.set_name(known.name());
  article.set_stub(known.stub());
}

// What the server sets is not the record's to change.
void KeepSetByServer(const pb::Appearance& known, pb::Appearance& printed) {
  if (printed.outlet() == known.outlet()) printed.set_outlet_display_name(known.outlet_display_name());
  for (int i = 0; i < std::min(printed.relays_size(), known.relays_size()); ++i) {
    if (printed.relays(i).outlet() == known.relays(i).outlet()) *printed.mutable_relays(i) = known.relays(i);
  }
  *printed.mutable_create_time() = known.create_time();
  printed.set_import(known.import());
  // Records tell when it was printed, but not in which words that was said.
  const api::DayRange published = api::ToRange(printed.published());
  const api::DayRange before = api::ToRange(known.published());
  if (published.from == before.from && published.to == before.to) *printed.mutable_published() = known.published();
  KeepKnown(known.article(), *printed.mutable_article());
  if (printed.article().url().empty() && printed.article().headline().empty()) printed.clear_article();
}

}  // namespace

absl::StatusOr<pb::Quote> BatchWriter::Changed(const Pending& pending, const pb::Quote& before) {
  ASSIGN_OR_RETURN(
      const pqxx::result rows,
      db_.Run(sql::kSlugsOfIds, pg::IntArray(std::vector<std::int64_t>{pending.speaker_id}), pg::IntArray([&] {
                std::vector<std::int64_t> outlets = pending.relay_ids;
                outlets.push_back(pending.outlet_id);
                return outlets;
              }()),
              pg::IntArray(pending.topic_ids)));
  std::map<std::pair<char, std::int64_t>, std::string> slugs;
  for (const auto& row : rows) slugs[{row[0].c_str()[0], row[1].as<std::int64_t>()}] = row[2].c_str();
  const auto name = [&](char kind, std::string_view prefix, std::int64_t id) {
    return id == 0 ? std::string() : StrCat(prefix, slugs[{kind, id}]);
  };
  pb::Quote after = pending.checked.quote;
  after.set_name(before.name());
  const bool keep_speaker = pending.keep_speaker || pending.same_source;
  after.set_speaker(keep_speaker ? before.speaker() : name('s', "speakers/", pending.speaker_id));
  if (pending.keep_topics) {
    *after.mutable_topics() = before.topics();
  } else {
    for (const std::int64_t topic : pending.topic_ids) after.add_topics(name('t', "topics/", topic));
  }
  after.set_state(before.state());
  *after.mutable_create_time() = before.create_time();
  *after.mutable_appearances() = before.appearances();
  if (pending.checked.appearance_id.empty()) return after;
  pb::Appearance printed = pending.checked.quote.appearances(0);
  printed.set_id(pending.checked.appearance_id);
  printed.set_outlet(name('o', "outlets/", pending.outlet_id));
  for (const std::int64_t relay : pending.relay_ids) printed.add_relays()->set_outlet(name('o', "outlets/", relay));
  if (before.appearances_size() > 1) {
    // The quote is not this record's alone: it adds topics, and its spelling is a wording of its own.
    for (const std::string& topic : before.topics()) {
      if (std::find(after.topics().begin(), after.topics().end(), topic) == after.topics().end())
        after.add_topics(topic);
    }
    if (api::Fold(after.text()) == api::Fold(before.text()) && after.text() != before.text()) {
      if (printed.wording().empty()) printed.set_wording(after.text());
      after.set_text(before.text());
    }
  }
  for (pb::Appearance& appearance : *after.mutable_appearances()) {
    if (appearance.id() != printed.id()) continue;
    KeepSetByServer(appearance, printed);
    appearance = printed;
    return after;
  }
  *after.add_appearances() = printed;
  return after;
}

absl::Status BatchWriter::ApplyChange(Pending& pending) {
  if (pending.same_quote) {
    Decide(pending, pb::OUTCOME_UNCHANGED);
    return absl::OkStatus();
  }
  const std::string name = api::QuoteName(pending.checked.quote_id);
  const std::vector<std::string> id = {pending.checked.quote_id};
  if (!dry_run_) RETURN_IF_ERROR(LockQuotes(id));
  ASSIGN_OR_RETURN(const pb::Quote before, GetQuote(db_, name));
  ASSIGN_OR_RETURN(pb::Quote after, Changed(pending, before));
  if (rules::SameContent(before, after)) {
    Decide(pending, pb::OUTCOME_UNCHANGED);
    return absl::OkStatus();
  }
  Decide(pending, pb::OUTCOME_UPDATED);
  if (dry_run_) return absl::OkStatus();
  Change change;
  change.author = author_;
  change.via = api::ImportName(import_id_);
  change.by_person = false;
  RETURN_IF_ERROR(WriteChange(db_, before, after, change));
  if (pending.checked.appearance_id.empty()) return absl::OkStatus();
  return db_
      .Run(sql::kSetContentHash, pending.checked.quote_id, pending.checked.appearance_id, pending.checked.content_hash,
           import_id_)
      .status();
}

}  // namespace onrecord::store
