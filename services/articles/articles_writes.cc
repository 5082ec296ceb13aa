#include "services/articles/articles_writes.h"

#include <algorithm>

#include "db/statements.h"
#include "google/protobuf/util/message_differencer.h"
#include "services/api/dates.h"
#include "services/api/names.h"
#include "services/names/names_store.h"

namespace onrecord::store {
namespace {

constexpr char kArticleKeysKey[] = "keys of articles";

bool IsDated(const pb::Article& article) {
  const api::DayRange published = api::ToRange(article.published());
  return published.known() &&
         !(published.from == api::kOpenFrom && article.published().basis() == pb::DATE_BASIS_BOUNDED_BY_PUBLICATION);
}

// What is to be stored of a known article when a printing tells more.
ArticleRow FilledIn(ArticleRow row, const PrintedArticle& printed, bool by_person) {
  const bool keep = row.edited && !by_person;
  const auto fill = [&](const std::string& given, bool removable, std::string& known) {
    if (given.empty() && !printed.read_before) return;
    if (known.empty() ? removable && row.redacted : keep) return;
    known = given;
  };
  pb::Article& article = row.article;
  fill(printed.article.headline(), true, *article.mutable_headline());
  fill(printed.article.byline(), true, *article.mutable_byline());
  fill(printed.article.dateline(), false, *article.mutable_dateline());
  if (!IsDated(article) && IsDated(printed.article)) *article.mutable_published() = printed.article.published();
  if (row.outlet_id == 0) row.outlet_id = printed.outlet_id;
  article.set_stub(false);
  return row;
}

}  // namespace

absl::Status HoldArticleKeys(pg::Session& db) { return LockKey(db, kArticleKeysKey, /*exclusive=*/false); }

absl::Status LockArticleKeys(pg::Session& db) { return LockKey(db, kArticleKeysKey, /*exclusive=*/true); }

absl::Status FollowArticleKeys(pg::Session& db, absl::Span<std::string* const> ids) {
  std::vector<std::string> keys;
  for (const std::string* id : ids) {
    if (!id->empty()) keys.push_back(*id);
  }
  if (keys.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const pqxx::result rows, db.Run(sql::kLedArticles, pg::TextArray(keys)));
  std::map<std::string, std::string> led;
  for (const auto& row : rows) led[api::BareUuid(row[0].c_str())] = api::BareUuid(row[1].c_str());
  for (std::string* id : ids) {
    if (const auto found = led.find(*id); found != led.end()) *id = found->second;
  }
  return absl::OkStatus();
}

absl::Status PutArticles(pg::Session& db, std::vector<PrintedArticle> printed, const ArticleChange& change) {
  std::stable_sort(printed.begin(), printed.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  std::vector<std::string> ids;
  for (const PrintedArticle& one : printed) ids.push_back(one.id);
  if (ids.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(auto known, LockArticles(db, ids));
  for (const PrintedArticle& one : printed) {
    if (const auto found = known.find(one.id); found != known.end()) {
      const ArticleRow next = FilledIn(found->second, one, change.by_person);
      if (next.outlet_id == found->second.outlet_id &&
          google::protobuf::util::MessageDifferencer::Equals(next.article, found->second.article)) {
        continue;
      }
      RETURN_IF_ERROR(UpdateArticleRow(db, next, change));
      found->second = next;
      continue;
    }
    ArticleRow row;
    row.id = one.id;
    row.article = one.article;
    row.outlet_id = one.outlet_id;
    ASSIGN_OR_RETURN(const bool inserted, InsertArticleRow(db, row, change));
    if (!inserted) {  // somebody else recorded it meanwhile
      return Refuse(absl::StatusCode::kAborted, pb::ERROR_REASON_WRITE_CONFLICT,
                    "concurrent changes collided; repeat the call");
    }
    known[row.id] = row;
  }
  return absl::OkStatus();
}

}  // namespace onrecord::store
