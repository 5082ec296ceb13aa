#include "services/notices/notices_affected.h"

#include <algorithm>
#include <map>
#include <set>

#include "db/statements.h"
#include "services/api/as_of.h"
#include "services/api/names.h"
#include "services/api/page_token.h"
#include "services/api/request_key.h"
#include "services/api/row_cursor.h"
#include "services/base/strings.h"
#include "services/notices/notices_embargoes.h"
#include "services/notices/notices_reach.h"
#include "services/notices/notices_rules.h"
#include "services/notices/notices_store.h"
#include "services/quotes/quotes_rows.h"

namespace onrecord::store {
namespace {

constexpr std::size_t kAffectedQuotesAtOnce = 100;

// How far a notice reaches: the articles that what it is about was printed in, or that rest on those.
struct Scope {
  std::string notice;
  rules::NoticeTarget target;
  std::vector<ReachedArticle> articles;
};

// What the printing stands in; empty where it is not known.
absl::StatusOr<std::string> ArticleOf(pg::Session& db, const rules::NoticeTarget& target) {
  ASSIGN_OR_RETURN(const std::vector<PrintPlace> printings, ReadPlaces(db, {target.quote}));
  const auto found = std::find_if(printings.begin(), printings.end(),
                                  [&](const PrintPlace& printing) { return printing.appearance == target.appearance; });
  if (found == printings.end() || found->article.empty()) return std::string();
  ASSIGN_OR_RETURN(const auto leads, LeadsOf(db, {found->article}));
  const auto lead = leads.find(found->article);
  return lead == leads.end() ? found->article : lead->second;
}

absl::StatusOr<Scope> MakeScope(pg::Session& db, const std::string& id, const rules::NoticeTarget& target,
                                const std::string& moment) {
  Scope scope{id, target, {}};
  std::string start = target.article;
  if (!target.appearance.empty()) {
    ASSIGN_OR_RETURN(start, ArticleOf(db, target));
  }
  if (start.empty()) return scope;
  ASSIGN_OR_RETURN(std::vector<ReachedArticle> reached, WalkDownstream(db, {start}, moment));
  // What else was printed in the article of a printing does not rest on it.
  if (!target.appearance.empty()) reached.erase(reached.begin());
  ASSIGN_OR_RETURN(scope.articles, WithFormerIds(db, std::move(reached)));
  return scope;
}

struct Row {
  std::string quote, appearance, article;
  pb::Affected affected;
};

struct Window {
  std::string only;                  // this printing alone; empty: all
  std::vector<std::int64_t> states;  // empty: all
  int rows = 1;
  std::vector<std::string> after = {"-1", std::string(32, '0'), std::string(32, '0')};
};

absl::StatusOr<std::vector<Row>> FindAffected(pg::Session& db, const Scope& scope, const std::string& moment,
                                              const Window& window) {
  std::vector<std::string> articles;
  std::vector<std::int64_t> steps;
  for (const ReachedArticle& article : scope.articles) {
    articles.push_back(article.id);
    steps.push_back(article.steps);
  }
  const auto or_null = [](const std::string& id) { return id.empty() ? pg::Param(std::nullopt) : pg::Param(id); };
  ASSIGN_OR_RETURN(const pqxx::result rows,
                   db.Run(moment == api::kNow ? sql::kListAffected : sql::kListAffectedThen, moment, scope.notice,
                          pg::TextArray(articles), pg::IntArray(steps), or_null(scope.target.quote),
                          or_null(scope.target.appearance), scope.target.appearance.empty(), or_null(window.only),
                          pg::IntArray(window.states), window.rows, window.after[0], window.after[1], window.after[2]));
  std::vector<Row> found;
  for (const auto& row : rows) {
    Row& next = found.emplace_back();
    api::RowCursor from(row);
    next.quote = from.Uuid("");
    next.appearance = from.Uuid("");
    next.article = from.Uuid("");
    next.affected.set_quote(StrCat("quotes/", next.quote));
    next.affected.set_appearance(next.appearance);
    next.affected.set_steps(from.Int());
    next.affected.set_state(static_cast<pb::AffectedState>(from.Int()));
    const std::string author = from.Text(), reason = from.Text();
    const std::int64_t time = from.Long();
    if (next.affected.state() == pb::AFFECTED_STATE_UNSEEN) continue;
    next.affected.set_author(author);
    next.affected.set_reason(reason);
    next.affected.mutable_state_time()->set_seconds(time / 1000000);
    next.affected.mutable_state_time()->set_nanos(static_cast<int>(time % 1000000) * 1000);
  }
  return found;
}

// The articles from the target to each one.
class Paths {
 public:
  explicit Paths(const Scope& scope) {
    for (const ReachedArticle& article : scope.articles) {
      from_.emplace(article.id, article.from);
      steps_.emplace(article.id, article.steps);
    }
  }
  std::vector<std::string> To(std::string article) const {
    std::vector<std::string> path;
    while (!article.empty()) {
      path.push_back(article);
      const auto before = from_.find(article);
      article = before == from_.end() ? "" : before->second;
    }
    std::reverse(path.begin(), path.end());
    return path;
  }
  // Of articles that words came through, the last of those through which the notice reaches them soonest.
  std::string Nearest(const std::vector<std::string>& hops) const {
    std::string nearest;
    int least = 0;
    for (std::size_t place = 0; place < hops.size(); ++place) {
      const auto found = steps_.find(hops[place]);
      if (found == steps_.end()) continue;
      const int away = found->second + static_cast<int>(hops.size() - place);
      if (nearest.empty() || away <= least) {
        nearest = hops[place];
        least = away;
      }
    }
    return nearest;
  }

 private:
  std::map<std::string, std::string> from_;
  std::map<std::string, int> steps_;
};

absl::StatusOr<std::map<std::string, std::string>> TitlesOf(pg::Session& db,
                                                            const std::vector<std::vector<std::string>>& paths) {
  std::set<std::string> ids;
  for (const std::vector<std::string>& path : paths) ids.insert(path.begin(), path.end());
  std::map<std::string, std::string> titles;
  if (ids.empty()) return titles;
  ASSIGN_OR_RETURN(const pqxx::result rows,
                   db.Run(sql::kTitlesOfArticles, pg::TextArray(std::vector<std::string>(ids.begin(), ids.end()))));
  for (const auto& row : rows) {
    const std::string outlet = row[1].c_str(), url = row[3].c_str();
    titles[api::BareUuid(row[0].c_str())] = !outlet.empty() ? outlet : url;
  }
  return titles;
}

absl::StatusOr<std::map<std::string, pb::Quote>> QuotesOf(pg::Session& db, const std::vector<Row>& rows,
                                                          const std::string& moment) {
  std::set<std::string> ids;
  for (const Row& row : rows) ids.insert(row.quote);
  const std::vector<std::string> all(ids.begin(), ids.end());
  std::map<std::string, pb::Quote> quotes;
  for (std::size_t at = 0; at < all.size(); at += kAffectedQuotesAtOnce) {
    const auto some = absl::MakeConstSpan(all).subspan(at, kAffectedQuotesAtOnce);
    ASSIGN_OR_RETURN(std::vector<pb::Quote> read, ReadQuotes(db, some, moment));
    for (pb::Quote& quote : read) quotes[api::IdOf(quote.name())] = std::move(quote);
  }
  return quotes;
}

// One line that cites this printing of the quote and no other.
std::string CitePrinting(const pb::Quote& quote, const pb::Appearance& printed) {
  pb::Quote one = quote;
  one.clear_appearances();
  *one.add_appearances() = printed;
  return Cite(one);
}

// Fills in what people see of the printings.
absl::Status Complete(pg::Session& db, const Scope& scope, const std::string& moment, std::vector<Row>& rows) {
  ASSIGN_OR_RETURN(const auto quotes, QuotesOf(db, rows, moment));
  const Paths paths(scope);
  std::vector<std::vector<std::string>> ways(rows.size());
  std::vector<std::string> outlets(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    Row& row = rows[i];
    const auto quote = quotes.find(row.quote);
    if (quote == quotes.end()) continue;
    for (const pb::Appearance& printed : quote->second.appearances()) {
      if (printed.id() != row.appearance) continue;
      row.affected.set_outlet(printed.outlet());
      row.affected.set_article(printed.article().name());
      row.affected.set_citation(CitePrinting(quote->second, printed));
      outlets[i] = printed.outlet_display_name();
      ways[i] = paths.To(row.article.empty() ? paths.Nearest(PlaceOf(row.quote, printed).hops) : row.article);
    }
  }
  ASSIGN_OR_RETURN(const auto titles, TitlesOf(db, ways));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (const std::string& article : ways[i]) {
      const auto title = titles.find(article);
      if (title != titles.end()) rows[i].affected.add_path(title->second);
    }
    if (rows[i].article.empty()) rows[i].affected.add_path(outlets[i]);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<pb::ListAffectedResponse> ListAffected(pg::Session& db, const pb::ListAffectedRequest& request,
                                                      const std::string& moment) {
  ASSIGN_OR_RETURN(const int size, api::PageSize(request.page_size()));
  const std::string token_scope = api::MakeScope(request);
  ASSIGN_OR_RETURN(const std::vector<std::string> after, api::ReadPageToken(token_scope, request.page_token(), 3));
  const std::string id = *rules::ParseNoticeName(request.notice());
  ASSIGN_OR_RETURN(const pb::Notice notice, ReadNotice(db, id, moment));
  pb::ListAffectedResponse response;
  if (!notice.withdraw_reason().empty()) return response;
  ASSIGN_OR_RETURN(const Scope scope, MakeScope(db, id, *rules::ParseTarget(notice.target()), moment));
  Window window;
  window.states.assign(request.states().begin(), request.states().end());
  window.rows = size + 1;
  if (!after.empty()) window.after = after;
  ASSIGN_OR_RETURN(std::vector<Row> rows, FindAffected(db, scope, moment, window));
  if (static_cast<int>(rows.size()) > size) {
    rows.pop_back();
    const Row& last = rows.back();
    response.set_next_page_token(
        api::MakePageToken(token_scope, {std::to_string(last.affected.steps()), last.quote, last.appearance}));
  }
  RETURN_IF_ERROR(Complete(db, scope, moment, rows));
  for (Row& row : rows) *response.add_affected() = std::move(row.affected);
  return response;
}

absl::StatusOr<pb::Affected> SetAffectedState(api::Call& call, const pb::SetAffectedStateRequest& request) {
  pg::Session& db = call.db();
  const std::string id = *rules::ParseNoticeName(request.notice());
  Scope scope;
  Window window;
  window.only = request.appearance();
  const auto find = [&]() -> absl::StatusOr<std::vector<Row>> {
    ASSIGN_OR_RETURN(std::vector<Row> rows, FindAffected(db, scope, api::kNow, window));
    std::erase_if(rows, [&](const Row& row) { return row.affected.quote() != request.quote(); });
    return rows;
  };
  RETURN_IF_ERROR(db.Transaction([&]() -> absl::Status {
    RETURN_IF_ERROR(LockNotice(db, id));
    ASSIGN_OR_RETURN(const pb::Notice notice, ReadNotice(db, id, api::kNow));
    ASSIGN_OR_RETURN(scope, MakeScope(db, id, *rules::ParseTarget(notice.target()), api::kNow));
    ASSIGN_OR_RETURN(const auto repeated, api::ClaimRequest(call, request.request_id(), request, request.notice()));
    if (repeated) return absl::OkStatus();
    if (!notice.withdraw_reason().empty()) {
      return Refuse(absl::StatusCode::kFailedPrecondition, pb::ERROR_REASON_NOTICE_WITHDRAWN,
                    StrCat(request.notice(), " is withdrawn and reaches nothing"), {{"name", request.notice()}});
    }
    ASSIGN_OR_RETURN(const std::vector<Row> rows, find());
    if (rows.empty()) {
      return Refuse(absl::StatusCode::kFailedPrecondition, pb::ERROR_REASON_NOT_AFFECTED,
                    StrCat(request.notice(), " does not reach ", request.quote(), "/appearances/", request.appearance(),
                           "; ListAffected tells what it reaches"),
                    {{"notice", request.notice()}, {"quote", request.quote()}, {"appearance", request.appearance()}});
    }
    const pb::Affected& before = rows.front().affected;
    if (before.state() == request.state() && before.reason() == request.reason()) return absl::OkStatus();
    return db
        .Run(sql::kSetAffectedState, id, api::IdOf(request.quote()), request.appearance(),
             static_cast<int>(request.state()), call.author(), request.reason())
        .status();
  }));
  ASSIGN_OR_RETURN(std::vector<Row> rows, find());
  RETURN_IF_ERROR(Complete(db, scope, api::kNow, rows));
  return rows.empty() ? pb::Affected() : std::move(rows.front().affected);
}

}  // namespace onrecord::store
