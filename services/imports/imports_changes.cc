// What BatchWriter makes of a record whose quote is there with other content.
#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "db/statements.h"
#include "services/api/dates.h"
#include "services/api/text.h"
#include "services/base/strings.h"
#include "services/imports/imports_batch.h"
#include "services/quotes/quotes_rows.h"
#include "services/quotes/quotes_rules.h"
#include "services/quotes/quotes_store.h"
#include "services/quotes/quotes_writes.h"

namespace onrecord::store {
namespace {

// Quotes whose state is read together, to see which of them change.
constexpr std::size_t kQuotesAtOnce = 100;

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

absl::Status BatchWriter::ReadSlugs(const Round& round) {
  if (round.empty()) return absl::OkStatus();
  std::vector<std::int64_t> speakers, outlets, topics;
  for (const Pending* pending : round) {
    speakers.push_back(pending->speaker_id);
    outlets.push_back(pending->outlet_id);
    outlets.insert(outlets.end(), pending->relay_ids.begin(), pending->relay_ids.end());
    topics.insert(topics.end(), pending->topic_ids.begin(), pending->topic_ids.end());
  }
  ASSIGN_OR_RETURN(const pqxx::result rows,
                   db_.Run(sql::kSlugsOfIds, pg::IntArray(speakers), pg::IntArray(outlets), pg::IntArray(topics)));
  for (const auto& row : rows) slugs_[{row[0].c_str()[0], row[1].as<std::int64_t>()}] = row[2].c_str();
  return absl::OkStatus();
}

pb::Quote BatchWriter::Changed(const Pending& pending, const pb::Quote& before) const {
  const auto name = [&](char kind, std::string_view prefix, std::int64_t id) {
    const auto slug = slugs_.find({kind, id});
    return slug == slugs_.end() ? std::string() : StrCat(prefix, slug->second);
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

absl::Status BatchWriter::SetContentHashes(const Round& round) {
  std::vector<std::string> quotes, appearances, hashes;
  for (const Pending* pending : round) {
    if (pending->checked.appearance_id.empty()) continue;
    quotes.push_back(pending->checked.quote_id);
    appearances.push_back(pending->checked.appearance_id);
    hashes.push_back(pending->checked.content_hash);
  }
  if (quotes.empty()) return absl::OkStatus();
  return db_
      .Run(sql::kSetContentHashes, pg::TextArray(quotes), pg::TextArray(appearances), pg::TextArray(hashes), import_id_)
      .status();
}

absl::Status BatchWriter::ApplyChange(Pending& pending, const pb::Quote& before) {
  pb::Quote after = Changed(pending, before);
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
  return SetContentHashes({&pending});
}

absl::Status BatchWriter::ApplyChanges(const Round& round) {
  Round changing;
  std::set<std::string> quotes;
  for (Pending* pending : round) {
    if (pending->decided() || !pending->changes || pending->checked.reviews_alone) continue;
    if (pending->same_quote) {
      Decide(*pending, pb::OUTCOME_UNCHANGED);
    } else {
      changing.push_back(pending);
      quotes.insert(pending->checked.quote_id);
    }
  }
  if (changing.empty()) return absl::OkStatus();
  if (!dry_run_) RETURN_IF_ERROR(LockQuotes(std::vector<std::string>(quotes.begin(), quotes.end())));
  for (std::size_t at = 0; at < changing.size(); at += kQuotesAtOnce) {
    const std::size_t end = std::min(changing.size(), at + kQuotesAtOnce);
    RETURN_IF_ERROR(ApplySome(absl::MakeConstSpan(changing).subspan(at, end - at)));
  }
  return absl::OkStatus();
}

absl::Status BatchWriter::ApplySome(absl::Span<Pending* const> some) {
  std::vector<std::string> ids;
  for (const Pending* pending : some) ids.push_back(pending->checked.quote_id);
  ASSIGN_OR_RETURN(const std::vector<pb::Quote> stored, ReadQuotes(db_, ids));
  std::map<std::string, const pb::Quote*> known;
  for (const pb::Quote& quote : stored) known[quote.name()] = &quote;
  for (Pending* pending : some) {
    const std::string name = api::QuoteName(pending->checked.quote_id);
    const auto before = known.find(name);
    if (before != known.end() && rules::SameContent(*before->second, Changed(*pending, *before->second))) {
      Decide(*pending, pb::OUTCOME_UNCHANGED);
      continue;
    }
    ASSIGN_OR_RETURN(const pb::Quote now, GetQuote(db_, name));
    RETURN_IF_ERROR(ApplyChange(*pending, now));
    // A change is one of its articles, too, which other quotes have.
    if (pending->result.outcome() == pb::OUTCOME_UPDATED) known.clear();
  }
  return absl::OkStatus();
}

}  // namespace onrecord::store
