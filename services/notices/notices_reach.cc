#include "services/notices/notices_reach.h"

#include <algorithm>
#include <optional>
#include <set>

#include "absl/container/flat_hash_set.h"
#include "db/statements.h"
#include "services/api/names.h"
#include "services/base/strings.h"

namespace onrecord::store {
namespace {

constexpr std::size_t kMostArticles = 10000;
constexpr std::string_view kUnknownArticle = "00000000000000000000000000000000";

using Steps = absl::flat_hash_map<std::string, int>;
// From an article to those that rest on it.
using Links = absl::flat_hash_map<std::string, std::vector<std::string>>;

struct Target {
  std::string notice;
  pb::NoticeKind kind;
  std::string article, quote, appearance;
  std::int64_t embargo_until;
};

// All that the articles rest on, as links in the other direction; fills `met`.
absl::StatusOr<Links> WalkUpstream(pg::Session& db, std::vector<std::string> level, const std::string& moment,
                                   absl::flat_hash_set<std::string>& met) {
  Links links;
  met.insert(level.begin(), level.end());
  const std::size_t most = met.size() + kMostArticles;
  while (!level.empty()) {
    ASSIGN_OR_RETURN(const pqxx::result rows, db.Run(sql::kLinksOfArticlesUpstream, moment, pg::TextArray(level)));
    level.clear();
    for (const auto& row : rows) {
      const std::string later = api::BareUuid(row[0].c_str());
      const std::string earlier = api::BareUuid(row[1].c_str());
      if (!met.contains(earlier)) {
        if (met.size() >= most) continue;
        met.insert(earlier);
        level.push_back(earlier);
      }
      links[earlier].push_back(later);
    }
  }
  return links;
}

Steps StepsFrom(const std::string& article, const Links& links) {
  Steps steps = {{article, 0}};
  std::vector<std::string> level = {article};
  for (int step = 1; !level.empty(); ++step) {
    std::vector<std::string> next;
    for (const std::string& earlier : level) {
      const auto found = links.find(earlier);
      if (found == links.end()) continue;
      for (const std::string& later : found->second) {
        if (steps.emplace(later, step).second) next.push_back(later);
      }
    }
    level = std::move(next);
  }
  return steps;
}

// How far the printing is away; nullopt: it does not rest on them.
std::optional<int> StepsTo(const PrintPlace& printing, const Steps& steps) {
  if (!printing.article.empty()) {
    const auto found = steps.find(printing.article);
    return found == steps.end() ? std::nullopt : std::optional(found->second);
  }
  std::optional<int> nearest;
  for (std::size_t place = 0; place < printing.hops.size(); ++place) {
    const auto found = steps.find(printing.hops[place]);
    if (found == steps.end()) continue;
    const int away = found->second + static_cast<int>(printing.hops.size() - place);
    nearest = std::min(nearest.value_or(away), away);
  }
  return nearest;
}

// The ids of today in place of those that were merged.
absl::Status Lead(pg::Session& db, std::vector<PrintPlace>& printings) {
  std::set<std::string> articles;
  for (const PrintPlace& printing : printings) {
    articles.insert(printing.hops.begin(), printing.hops.end());
    articles.insert(printing.article);
  }
  articles.erase("");
  if (articles.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const auto leads, LeadsOf(db, std::vector<std::string>(articles.begin(), articles.end())));
  const auto follow = [&](std::string& article) {
    const auto found = leads.find(article);
    if (found != leads.end()) article = found->second;
  };
  for (PrintPlace& printing : printings) {
    follow(printing.article);
    std::for_each(printing.hops.begin(), printing.hops.end(), follow);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Target>> ReadTargets(pg::Session& db, const std::string& moment,
                                                const absl::flat_hash_set<std::string>& articles,
                                                const std::set<std::string>& quotes, bool embargoes_alone) {
  ASSIGN_OR_RETURN(
      const pqxx::result rows,
      db.Run(sql::kNoticesOn, moment, pg::TextArray(std::vector<std::string>(articles.begin(), articles.end())),
             pg::TextArray(std::vector<std::string>(quotes.begin(), quotes.end())), embargoes_alone));
  std::vector<Target> targets;
  for (const auto& row : rows) {
    targets.push_back({api::BareUuid(row[0].c_str()), static_cast<pb::NoticeKind>(row[1].as<int>()),
                       api::BareUuid(row[2].c_str()), api::BareUuid(row[3].c_str()), api::BareUuid(row[4].c_str()),
                       row[5].is_null() ? 0 : row[5].as<std::int64_t>()});
  }
  return targets;
}

// How far each printing is away from the target.
std::vector<std::optional<int>> StepsOf(const Target& target, absl::Span<const PrintPlace> printings,
                                        const Links& links) {
  std::vector<std::optional<int>> steps(printings.size());
  std::string article = target.article;
  for (std::size_t i = 0; i < printings.size(); ++i) {
    const PrintPlace& printing = printings[i];
    if (target.quote.empty() || printing.quote != target.quote) continue;
    const bool own = target.appearance.empty() || printing.appearance == target.appearance;
    if (own) steps[i] = 0;
    if (own && !target.appearance.empty()) article = printing.article;
  }
  if (article.empty()) return steps;
  const Steps from = StepsFrom(article, links);
  for (std::size_t i = 0; i < printings.size(); ++i) {
    if (steps[i] || (!target.quote.empty() && printings[i].quote != target.quote)) continue;
    const std::optional<int> away = StepsTo(printings[i], from);
    // What else was printed in the article of a printing does not rest on it.
    if (away && (*away > 0 || target.quote.empty())) steps[i] = away;
  }
  return steps;
}

}  // namespace

absl::StatusOr<absl::flat_hash_map<std::string, std::string>> LeadsOf(pg::Session& db,
                                                                      absl::Span<const std::string> articles) {
  ASSIGN_OR_RETURN(const pqxx::result rows, db.Run(sql::kLeadOfArticles, pg::TextArray(articles)));
  absl::flat_hash_map<std::string, std::string> leads;
  for (const auto& row : rows) leads[api::BareUuid(row[0].c_str())] = api::BareUuid(row[1].c_str());
  return leads;
}

absl::StatusOr<std::vector<ReachedArticle>> WalkDownstream(pg::Session& db, absl::Span<const std::string> articles,
                                                           const std::string& moment) {
  std::vector<ReachedArticle> reached;
  absl::flat_hash_set<std::string> met;
  for (const std::string& article : articles) {
    if (met.insert(article).second) reached.push_back({article, 0, ""});
  }
  for (std::size_t begin = 0; begin < reached.size() && reached.size() < kMostArticles;) {
    std::vector<std::string> level;
    const int step = reached[begin].steps + 1;
    for (; begin < reached.size(); ++begin) level.push_back(reached[begin].id);
    ASSIGN_OR_RETURN(const pqxx::result rows, db.Run(sql::kLinksOfArticlesDownstream, moment, pg::TextArray(level)));
    for (const auto& row : rows) {
      std::string later = api::BareUuid(row[1].c_str());
      if (reached.size() == kMostArticles || !met.insert(later).second) continue;
      reached.push_back({std::move(later), step, api::BareUuid(row[0].c_str())});
    }
  }
  return reached;
}

absl::StatusOr<std::vector<ReachedArticle>> WithFormerIds(pg::Session& db, std::vector<ReachedArticle> reached) {
  absl::flat_hash_map<std::string, std::size_t> places;
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < reached.size(); ++i) {
    places[reached[i].id] = i;
    ids.push_back(reached[i].id);
  }
  ASSIGN_OR_RETURN(const pqxx::result rows, db.Run(sql::kNamesOfArticles, pg::TextArray(ids)));
  for (const auto& row : rows) {
    ReachedArticle former = reached[places.at(api::BareUuid(row[1].c_str()))];
    former.id = api::BareUuid(row[0].c_str());
    reached.push_back(std::move(former));
  }
  return reached;
}

PrintPlace PlaceOf(const std::string& quote, const pb::Appearance& appearance) {
  PrintPlace printing{quote, appearance.id(), api::IdOf(appearance.article().name()), {}};
  for (const pb::Hop& hop : appearance.relays()) printing.hops.push_back(api::IdOf(hop.article()));
  return printing;
}

absl::StatusOr<std::vector<PrintPlace>> ReadPlaces(pg::Session& db, absl::Span<const std::string> quotes) {
  ASSIGN_OR_RETURN(const pqxx::result rows, db.Run(sql::kPrintingsOfQuotes, pg::TextArray(quotes)));
  std::vector<PrintPlace> printings;
  for (const auto& row : rows) {
    PrintPlace& printing = printings.emplace_back();
    printing.quote = api::BareUuid(row[0].c_str());
    printing.appearance = api::BareUuid(row[1].c_str());
    printing.article = api::BareUuid(row[2].c_str());
    const std::string_view hops = row[3].c_str();
    if (hops.empty()) continue;
    for (const std::string_view hop : Split(hops, ' ')) {
      const std::string id = api::BareUuid(hop);
      printing.hops.push_back(id == kUnknownArticle ? "" : id);
    }
  }
  return printings;
}

absl::StatusOr<std::vector<std::vector<Reach>>> NoticesReaching(pg::Session& db, absl::Span<const PrintPlace> printings,
                                                                const std::string& moment, bool embargoes_alone) {
  std::vector<PrintPlace> led(printings.begin(), printings.end());
  RETURN_IF_ERROR(Lead(db, led));
  std::set<std::string> starts, quotes;
  for (const PrintPlace& printing : led) {
    if (!printing.quote.empty()) quotes.insert(printing.quote);
    if (!printing.article.empty()) {
      starts.insert(printing.article);
    } else {
      starts.insert(printing.hops.begin(), printing.hops.end());
    }
  }
  starts.erase("");
  absl::flat_hash_set<std::string> articles;
  ASSIGN_OR_RETURN(const Links links,
                   WalkUpstream(db, std::vector<std::string>(starts.begin(), starts.end()), moment, articles));
  ASSIGN_OR_RETURN(const std::vector<Target> targets, ReadTargets(db, moment, articles, quotes, embargoes_alone));
  std::vector<std::vector<Reach>> reaching(led.size());
  for (const Target& target : targets) {
    const std::vector<std::optional<int>> steps = StepsOf(target, led, links);
    for (std::size_t i = 0; i < led.size(); ++i) {
      if (steps[i]) reaching[i].push_back({target.notice, target.kind, target.embargo_until, *steps[i]});
    }
  }
  return reaching;
}

absl::Status FlagAppearances(pg::Session& db, std::vector<pb::Quote>& quotes, const std::string& moment) {
  std::vector<PrintPlace> printings;
  std::vector<pb::Appearance*> appearances;
  std::vector<std::string> ids;
  for (pb::Quote& quote : quotes) {
    ids.push_back(api::IdOf(quote.name()));
    for (pb::Appearance& appearance : *quote.mutable_appearances()) {
      printings.push_back(PlaceOf(ids.back(), appearance));
      appearances.push_back(&appearance);
    }
  }
  ASSIGN_OR_RETURN(const auto reaching, NoticesReaching(db, printings, moment, /*embargoes_alone=*/false));
  std::set<std::string> notices;
  for (const std::vector<Reach>& some : reaching) {
    for (const Reach& reach : some) notices.insert(reach.notice);
  }
  if (notices.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const pqxx::result rows,
                   db.Run(sql::kStatesOf, moment, pg::TextArray(ids),
                          pg::TextArray(std::vector<std::string>(notices.begin(), notices.end()))));
  std::map<std::string, pb::AffectedState> states;
  const auto key = [](std::string_view notice, std::string_view quote, std::string_view appearance) {
    return StrCat(api::BareUuid(notice), api::BareUuid(quote), api::BareUuid(appearance));
  };
  for (const auto& row : rows) {
    states[key(row[0].c_str(), row[1].c_str(), row[2].c_str())] = static_cast<pb::AffectedState>(row[3].as<int>());
  }
  for (std::size_t i = 0; i < printings.size(); ++i) {
    for (const Reach& reach : reaching[i]) {
      pb::NoticeFlag& flag = *appearances[i]->add_notices();
      flag.set_notice(StrCat("notices/", reach.notice));
      flag.set_kind(reach.kind);
      flag.set_steps(reach.steps);
      const auto state = states.find(key(reach.notice, printings[i].quote, printings[i].appearance));
      flag.set_state(state == states.end() ? pb::AFFECTED_STATE_UNSEEN : state->second);
    }
  }
  return absl::OkStatus();
}

}  // namespace onrecord::store
