#include "services/utterances/links_store.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>
#include <set>
#include <tuple>

#include "absl/strings/str_format.h"
#include "db/statements.h"
#include "services/api/as_of.h"
#include "services/api/names.h"
#include "services/api/page_token.h"
#include "services/api/request_key.h"
#include "services/api/row_cursor.h"
#include "services/api/text.h"
#include "services/base/strings.h"
#include "services/names/names_store.h"
#include "services/notices/notices_embargoes.h"

namespace onrecord::store {
namespace {

constexpr std::size_t kMostReached = 1000;
constexpr int kMostLinksAtOnce = 20000;
// A chain of neighbouring days is as long as the year.
constexpr int kMostSteps = 400;
constexpr std::size_t kShownText = 300;
constexpr int kClosest = 10000;

std::string Number(double number) { return absl::StrFormat("%.17g", number); }

absl::CivilDay ReadDay(const pqxx::field& field) {
  absl::CivilDay day;
  return absl::ParseCivilTime(field.c_str(), &day) ? day : absl::CivilDay();
}

// The row of ReadSayings; a bound that is not known is NULL.
ReadSaying ReadRow(const pqxx::row& row) {
  ReadSaying read;
  read.saying.quote = api::BareUuid(row[0].c_str());
  read.saying.speaker = row[1].is_null() ? 0 : row[1].as<std::int64_t>();
  read.saying.polarity = row[2].as<int>();
  read.state = row[3].as<int>();
  read.text = row[4].c_str();
  api::DayRange published;
  if (!row[7].is_null()) published.from = row[7].as<int>();
  if (!row[8].is_null()) published.to = row[8].as<int>();
  read.saying.days = rules::DaysOf({row[5].as<int>(), row[6].as<int>()}, published, ReadDay(row[9]));
  read.create_micros = row[10].as<std::int64_t>();
  read.occurred_on = row[11].c_str();
  return read;
}

StoredLink ReadLink(const pqxx::row& row) {
  StoredLink read;
  api::RowCursor from(row);
  read.quote = from.Uuid("");
  read.other = from.Uuid("");
  const bool reference_first = from.Bool();
  pb::QuoteLink& link = read.link;
  link.set_quote(api::QuoteName(reference_first ? read.other : read.quote));
  link.set_other(api::QuoteName(reference_first ? read.quote : read.other));
  link.set_relation(static_cast<pb::WordingRelation>(from.Int()));
  link.set_similarity(from.Double());
  link.set_containment(from.Double());
  read.closeness = from.Int();
  link.set_state(static_cast<pb::QuoteLinkState>(from.Int()));
  link.set_author(from.Text());
  link.set_reason(from.Text());
  from.Time(*link.mutable_update_time());
  return read;
}

absl::StatusOr<std::vector<StoredLink>> LinksOf(pg::Session& db, absl::Span<const std::string> quotes,
                                                const std::string& moment) {
  ASSIGN_OR_RETURN(const pqxx::result rows,
                   db.Run(sql::kLinksOfQuotes, moment, pg::TextArray(quotes), kMostLinksAtOnce));
  std::vector<StoredLink> links;
  for (const pqxx::row& row : rows) links.push_back(ReadLink(row));
  return links;
}

// Goes from quotes along links that `follows` approves of, step by step.
struct Reached {
  std::set<std::string> quotes;
  std::map<std::pair<std::string, std::string>, StoredLink> links;  // of these quotes, also with others
};
absl::StatusOr<Reached> Walk(pg::Session& db, const std::vector<std::string>& from, const std::string& moment,
                             const std::function<bool(const pb::QuoteLink&)>& follows) {
  Reached reached;
  reached.quotes.insert(from.begin(), from.end());
  const std::size_t most = std::max(kMostReached, 2 * reached.quotes.size());
  std::vector<std::string> next(reached.quotes.begin(), reached.quotes.end());
  for (int step = 0; step < kMostSteps && !next.empty(); ++step) {
    ASSIGN_OR_RETURN(std::vector<StoredLink> links, LinksOf(db, next, moment));
    next.clear();
    for (StoredLink& link : links) {
      if (follows(link.link)) {
        for (const std::string& quote : {link.quote, link.other}) {
          if (reached.quotes.size() < most && reached.quotes.insert(quote).second) next.push_back(quote);
        }
      }
      const auto key = std::pair(link.quote, link.other);
      reached.links.emplace(key, std::move(link));
    }
  }
  return reached;
}

bool IsRejected(const pb::QuoteLink& link) { return link.state() == pb::QUOTE_LINK_STATE_REJECTED; }

// What words people may say of two quotes that the matcher does not see in them.
bool IsForPeople(pb::WordingRelation relation) {
  return relation == pb::WORDING_RELATION_TRANSLATION || relation == pb::WORDING_RELATION_PARAPHRASE;
}

int ClosenessOf(const pb::WordingComparison& comparison) {
  return static_cast<int>(std::lround(wordings::Closeness(comparison) * kClosest));
}

absl::Status NotFound(const std::string& field, const std::string& name) {
  return Refuse(absl::StatusCode::kNotFound, pb::ERROR_REASON_QUOTE_NOT_FOUND,
                StrCat(field, ": ", name, " does not exist"), {{"field", field}, {"name", name}});
}

// Confirmed links that would hold together what a rejected one holds apart, were the link so.
absl::Status CheckHeldApart(pg::Session& db, const StoredLink& wanted) {
  const bool confirmed = wanted.link.state() == pb::QUOTE_LINK_STATE_CONFIRMED;
  const std::vector<std::string> ends =
      confirmed ? std::vector<std::string>{wanted.quote, wanted.other} : std::vector<std::string>{wanted.quote};
  const auto is_wanted = [&](const std::string& a, const std::string& b) {
    return a == wanted.quote && b == wanted.other;
  };
  ASSIGN_OR_RETURN(const Reached together, Walk(db, ends, api::kNow, [&](const pb::QuoteLink& link) {
                     const bool same = (link.quote() == wanted.link.quote() && link.other() == wanted.link.other()) ||
                                       (link.quote() == wanted.link.other() && link.other() == wanted.link.quote());
                     return link.state() == pb::QUOTE_LINK_STATE_CONFIRMED && !same;
                   }));
  const auto refuse = [&](const std::string& quote, const std::string& other, const char* problem) {
    return Refuse(absl::StatusCode::kFailedPrecondition, pb::ERROR_REASON_QUOTES_HELD_APART,
                  StrCat("link: ", quote, " and ", other, problem), {{"quote", quote}, {"other", other}});
  };
  if (!confirmed) {
    if (!together.quotes.contains(wanted.other)) return absl::OkStatus();
    return refuse(wanted.link.quote(), wanted.link.other(),
                  " are held together by links that were confirmed; reject one of those first");
  }
  for (const auto& [pair, link] : together.links) {
    if (!IsRejected(link.link) || is_wanted(pair.first, pair.second)) continue;
    if (!together.quotes.contains(pair.first) || !together.quotes.contains(pair.second)) continue;
    return refuse(link.link.quote(), link.link.other(),
                  " would come together and are said not to belong together; confirm that link first, or leave these "
                  "apart");
  }
  return absl::OkStatus();
}

// Both quotes of a link that people decide on.
struct Pair {
  std::vector<ReadSaying> sayings;  // the smaller id first
  StoredLink stored;                // as asked for
};

absl::StatusOr<Pair> ReadPair(pg::Session& db, const pb::QuoteLink& link) {
  ASSIGN_OR_RETURN(const std::string quote, api::ParseQuoteName("link.quote", link.quote()));
  ASSIGN_OR_RETURN(const std::string other, api::ParseQuoteName("link.other", link.other()));
  Pair pair;
  pair.stored.link = link;
  pair.stored.quote = std::min(quote, other);
  pair.stored.other = std::max(quote, other);
  const std::vector<std::string> ids = {pair.stored.quote, pair.stored.other};
  ASSIGN_OR_RETURN(pair.sayings, ReadSayings(db, ids, api::kNow));
  for (const auto& [field, id] : {std::pair("link.quote", quote), std::pair("link.other", other)}) {
    const auto found = std::find_if(pair.sayings.begin(), pair.sayings.end(),
                                    [&, wanted = id](const ReadSaying& read) { return read.saying.quote == wanted; });
    const std::string name = api::QuoteName(id);
    if (found == pair.sayings.end()) return NotFound(field, name);
    if (found->state != pb::QUOTE_STATE_REDACTED) continue;
    return Refuse(absl::StatusCode::kFailedPrecondition, pb::ERROR_REASON_QUOTE_REDACTED,
                  StrCat(field, ": ", name, " is redacted; there is nothing to compare"),
                  {{"field", field}, {"name", name}});
  }
  return pair;
}

absl::Status CheckPair(pg::Session& db, const Pair& pair) {
  const pb::QuoteLink& link = pair.stored.link;
  const bool confirmed = link.state() == pb::QUOTE_LINK_STATE_CONFIRMED;
  if (confirmed && pair.sayings[0].saying.polarity != pair.sayings[1].saying.polarity) {
    return Refuse(absl::StatusCode::kFailedPrecondition, pb::ERROR_REASON_QUOTES_HELD_APART,
                  StrCat("link: of ", link.quote(), " and ", link.other(),
                         " one is reported as said and the other is not; they are no wordings of one utterance"),
                  {{"quote", link.quote()}, {"other", link.other()}});
  }
  return CheckHeldApart(db, pair.stored);
}

absl::StatusOr<std::optional<StoredLink>> CurrentLink(pg::Session& db, const StoredLink& wanted) {
  ASSIGN_OR_RETURN(const pqxx::result rows, db.Run(sql::kGetQuoteLink, wanted.quote, wanted.other));
  return rows.empty() ? std::nullopt : std::optional(ReadLink(rows[0]));
}

// The link as it is to be stored: what people see in it comes before what the matcher sees.
NewLink Decided(const Pair& pair) {
  const std::vector<wordings::Wording> words = {wordings::Wording(pair.sayings[0].text),
                                                wordings::Wording(pair.sayings[1].text)};
  NewLink decided = MakeLink(pair.sayings[0], words[0], pair.sayings[1], words[1]);
  if (IsForPeople(pair.stored.link.relation())) {
    decided.reference_first = pair.stored.link.other() == api::QuoteName(pair.stored.quote);
    decided.comparison.set_relation(pair.stored.link.relation());
  }
  return decided;
}

void ShowTexts(const LinkedQuotes& linked, pb::QuoteLink& link) {
  const auto text = [&](const std::string& name) {
    const auto found = linked.places.find(api::IdOf(name));
    if (found == linked.places.end()) return std::string();
    return api::FirstCodePoints(linked.sayings[found->second].text, kShownText);
  };
  link.set_quote_text(text(link.quote()));
  link.set_other_text(text(link.other()));
}

// In the running transaction: the link becomes what is asked for, unless it is already.
absl::Status Decide(api::Call& call, const Pair& pair) {
  pg::Session& db = call.db();
  const NewLink decided = Decided(pair);
  ASSIGN_OR_RETURN(const std::optional<StoredLink> current, CurrentLink(db, pair.stored));
  const pb::QuoteLink& wanted = pair.stored.link;
  if (current && current->link.state() == wanted.state() && current->link.reason() == wanted.reason() &&
      (!IsForPeople(wanted.relation()) || current->link.relation() == wanted.relation())) {
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(CheckPair(db, pair));
  RETURN_IF_ERROR(db.Run(sql::kEndQuoteLink, pair.stored.quote, pair.stored.other).status());
  const std::vector<NewLink> links = {decided};
  return InsertLinks(db, links, wanted.state(), call.author(), wanted.reason());
}

using LinkOrder = std::tuple<int, std::string, std::string>;

LinkOrder OrderOf(const StoredLink& link) { return {link.closeness, link.quote, link.other}; }

absl::StatusOr<std::vector<StoredLink>> FindPage(pg::Session& db, const pb::ListQuoteLinksRequest& request,
                                                 const std::string& moment, const LinkOrder& after, int size) {
  std::optional<std::string> quote;
  if (!request.quote().empty()) {
    ASSIGN_OR_RETURN(quote, api::ParseQuoteName("quote", request.quote()));
  }
  std::vector<std::string> names;
  if (!request.speaker().empty()) names.push_back(request.speaker());
  ASSIGN_OR_RETURN(const std::vector<std::int64_t> speakers, RequireIds(db, NameTable::kSpeakers, "speaker", names));
  std::set<int> states(request.states().begin(), request.states().end());
  if (states.empty()) states.insert(pb::QUOTE_LINK_STATE_SUGGESTED);
  const std::vector<std::int64_t> relations(request.relations().begin(), request.relations().end());
  const auto& [closeness, after_quote, after_other] = after;
  std::vector<StoredLink> page;
  for (const int state : states) {
    std::vector<pg::Param> params = {moment, state, pg::IntArray(relations), closeness, after_quote, after_other, size};
    const bool walk = !quote && speakers.empty();
    if (!walk) {
      params.emplace_back(quote);
      params.emplace_back(speakers.empty() ? 0 : speakers.front());
    }
    ASSIGN_OR_RETURN(const pqxx::result rows,
                     db.RunParams(walk ? sql::kWalkQuoteLinks : sql::kGatherQuoteLinks, params));
    for (const pqxx::row& row : rows) page.push_back(ReadLink(row));
  }
  std::sort(page.begin(), page.end(), [](const StoredLink& a, const StoredLink& b) { return OrderOf(a) < OrderOf(b); });
  if (page.size() > static_cast<std::size_t>(size)) page.resize(static_cast<std::size_t>(size));
  return page;
}

// Leaves out the texts that the caller may not see yet; `quotes` are both ends of each link.
absl::Status HideEmbargoed(pg::Session& db, absl::Span<const std::string> quotes, std::vector<StoredLink>& page) {
  ASSIGN_OR_RETURN(const bool look, MustLook(db));
  if (!look) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::vector<bool> hidden, AreHidden(db, quotes));
  for (std::size_t i = 0; i < page.size(); ++i) {
    pb::QuoteLink& link = page[i].link;
    const bool first = hidden[2 * i], second = hidden[2 * i + 1];
    if (first || second) link.clear_reason();
    if (page[i].quote == api::IdOf(link.quote()) ? first : second) link.clear_quote_text();
    if (page[i].other == api::IdOf(link.other()) ? second : first) link.clear_other_text();
  }
  return absl::OkStatus();
}

// Adds the texts, and which of the links are overruled.
absl::Status Complete(pg::Session& db, const std::string& moment, std::vector<StoredLink>& page) {
  std::vector<std::string> quotes;
  for (const StoredLink& link : page) quotes.insert(quotes.end(), {link.quote, link.other});
  ASSIGN_OR_RETURN(const LinkedQuotes linked, ReachFrom(db, quotes, moment));
  std::map<LinkOrder, bool> overruled;
  for (std::size_t i = 0; i < linked.links.size(); ++i) {
    overruled[OrderOf(linked.links[i])] = linked.groups.overruled[i];
  }
  for (StoredLink& link : page) {
    link.link.set_overruled(overruled[OrderOf(link)]);
    ShowTexts(linked, link.link);
  }
  return HideEmbargoed(db, quotes, page);
}

}  // namespace

absl::StatusOr<std::vector<ReadSaying>> ReadSayings(pg::Session& db, absl::Span<const std::string> quotes,
                                                    const std::string& moment) {
  std::vector<std::string> sorted(quotes.begin(), quotes.end());
  std::sort(sorted.begin(), sorted.end());
  std::vector<ReadSaying> sayings;
  for (std::size_t at = 0; at < sorted.size(); at += kTextsAtOnce) {
    const std::string ids = pg::TextArray(absl::MakeConstSpan(sorted).subspan(at, kTextsAtOnce));
    ASSIGN_OR_RETURN(const pqxx::result rows,
                     moment == api::kNow ? db.Run(sql::kReadSayings, ids) : db.Run(sql::kReadSayingsThen, ids, moment));
    for (const pqxx::row& row : rows) sayings.push_back(ReadRow(row));
  }
  return sayings;
}

NewLink MakeLink(const ReadSaying& a, const wordings::Wording& a_words, const ReadSaying& b,
                 const wordings::Wording& b_words) {
  const bool a_first = a.saying.quote < b.saying.quote;
  const auto rank = [](const ReadSaying& read, const wordings::Wording& words) {
    return std::tuple(-static_cast<std::int64_t>(words.words.size()), read.create_micros, read.saying.quote);
  };
  const bool a_is_reference = rank(a, a_words) < rank(b, b_words);
  NewLink link;
  link.quote = a_first ? a.saying.quote : b.saying.quote;
  link.other = a_first ? b.saying.quote : a.saying.quote;
  link.speaker = a_first ? a.saying.speaker : b.saying.speaker;
  link.other_speaker = a_first ? b.saying.speaker : a.saying.speaker;
  link.reference_first = a_is_reference == a_first;
  link.comparison = a_is_reference ? wordings::Compare(b_words, a_words) : wordings::Compare(a_words, b_words);
  link.comparison.clear_diff();
  return link;
}

absl::Status InsertLinks(pg::Session& db, absl::Span<const NewLink> links, pb::QuoteLinkState state,
                         std::string_view author, std::string_view reason) {
  if (links.empty()) return absl::OkStatus();
  std::vector<std::string> quotes, others, references, similarities, containments;
  std::vector<std::int64_t> relations, closenesses, speakers, other_speakers;
  for (const NewLink& link : links) {
    quotes.push_back(link.quote);
    others.push_back(link.other);
    references.emplace_back(link.reference_first ? "t" : "f");
    relations.push_back(link.comparison.relation());
    similarities.push_back(Number(link.comparison.similarity()));
    containments.push_back(Number(link.comparison.containment()));
    closenesses.push_back(ClosenessOf(link.comparison));
    speakers.push_back(link.speaker);
    other_speakers.push_back(link.other_speaker);
  }
  return db
      .Run(sql::kInsertQuoteLinks, pg::TextArray(quotes), pg::TextArray(others), pg::TextArray(references),
           pg::IntArray(relations), pg::TextArray(similarities), pg::TextArray(containments), pg::IntArray(closenesses),
           pg::IntArray(speakers), pg::IntArray(other_speakers), static_cast<int>(state), author, reason)
      .status();
}

absl::StatusOr<LinkedQuotes> ReachFrom(pg::Session& db, const std::vector<std::string>& quotes,
                                       const std::string& moment) {
  ASSIGN_OR_RETURN(Reached reached,
                   Walk(db, quotes, moment, [](const pb::QuoteLink& link) { return !IsRejected(link); }));
  LinkedQuotes linked;
  const std::vector<std::string> ids(reached.quotes.begin(), reached.quotes.end());
  ASSIGN_OR_RETURN(linked.sayings, ReadSayings(db, ids, moment));
  std::vector<rules::Saying> sayings;
  for (ReadSaying& read : linked.sayings) {
    linked.places[read.saying.quote] = sayings.size();
    read.saying.word_count = wordings::SplitWords(read.text).size();
    read.text = api::FirstCodePoints(read.text, kShownText);
    sayings.push_back(read.saying);
  }
  std::vector<rules::Link> links;
  for (auto& [pair, stored] : reached.links) {
    const auto a = linked.places.find(pair.first);
    const auto b = linked.places.find(pair.second);
    if (a == linked.places.end() || b == linked.places.end()) continue;
    links.push_back({a->second, b->second, stored.link.state(), stored.link.similarity(), stored.closeness});
    linked.links.push_back(std::move(stored));
  }
  linked.groups = rules::GroupSayings(sayings, links);
  return linked;
}

absl::StatusOr<pb::ListQuoteLinksResponse> ListQuoteLinks(pg::Session& db, const pb::ListQuoteLinksRequest& request,
                                                          const std::string& moment) {
  ASSIGN_OR_RETURN(const int size, api::PageSize(request.page_size()));
  const std::string scope = api::MakeScope(request);
  ASSIGN_OR_RETURN(const std::vector<std::string> after, api::ReadPageToken(scope, request.page_token(), 3));
  const std::string none(32, '0');
  LinkOrder order = {-1, none, none};
  if (!after.empty()) {
    int closeness = 0;
    if (!ParseNumber(after[0], &closeness)) closeness = kClosest;
    order = {closeness, after[1], after[2]};
  }
  ASSIGN_OR_RETURN(std::vector<StoredLink> page, FindPage(db, request, moment, order, size + 1));
  pb::ListQuoteLinksResponse response;
  if (page.size() > static_cast<std::size_t>(size)) {
    page.pop_back();
    response.set_next_page_token(
        api::MakePageToken(scope, {std::to_string(page.back().closeness), page.back().quote, page.back().other}));
  }
  RETURN_IF_ERROR(Complete(db, moment, page));
  for (StoredLink& link : page) *response.add_links() = std::move(link.link);
  return response;
}

absl::StatusOr<pb::QuoteLink> SetQuoteLink(api::Call& call, const pb::SetQuoteLinkRequest& request) {
  pg::Session& db = call.db();
  std::vector<StoredLink> decided;
  RETURN_IF_ERROR(db.Transaction([&]() -> absl::Status {
    decided.clear();
    ASSIGN_OR_RETURN(const auto repeated,
                     api::ClaimRequest(call, request.request_id(), request,
                                       StrCat(request.link().quote(), " ", request.link().other())));
    RETURN_IF_ERROR(db.Run(sql::kWaitForMatching).status());
    ASSIGN_OR_RETURN(const Pair pair, ReadPair(db, request.link()));
    if (!repeated) RETURN_IF_ERROR(Decide(call, pair));
    ASSIGN_OR_RETURN(const std::optional<StoredLink> link, CurrentLink(db, pair.stored));
    if (link) decided.push_back(*link);
    return absl::OkStatus();
  }));
  RETURN_IF_ERROR(Complete(db, api::kNow, decided));
  return decided.empty() ? request.link() : decided.front().link;
}

absl::Status ForgetLinks(pg::Session& db, absl::Span<const std::string> quotes) {
  const std::string ids = pg::TextArray(quotes);
  RETURN_IF_ERROR(db.Run(sql::kDeleteSpans, ids).status());
  return db.Run(sql::kDeleteQuoteLinks, ids).status();
}

}  // namespace onrecord::store
