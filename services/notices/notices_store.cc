#include "services/notices/notices_store.h"

#include <map>
#include <optional>

#include "absl/strings/numbers.h"
#include "db/statements.h"
#include "google/protobuf/util/message_differencer.h"
#include "google/protobuf/util/time_util.h"
#include "services/api/as_of.h"
#include "services/api/names.h"
#include "services/api/page_token.h"
#include "services/api/request_key.h"
#include "services/api/row_cursor.h"
#include "services/api/text.h"
#include "services/articles/articles_store.h"
#include "services/base/strings.h"
#include "services/claims/claims_links.h"
#include "services/names/names_store.h"
#include "services/notices/notices_embargoes.h"
#include "services/notices/notices_reach.h"
#include "services/notices/notices_rules.h"
#include "services/quotes/quotes_rows.h"

namespace onrecord::store {
namespace {

constexpr char kNoticesKey[] = "notices";
constexpr std::size_t kTitledAtOnce = 100;
constexpr std::size_t kMostTitleCodePoints = 60;

absl::Status NotFound(pb::ErrorReason reason, const std::string& field, const std::string& name) {
  return Refuse(absl::StatusCode::kNotFound, reason, StrCat(field, ": ", name, " does not exist"),
                {{"field", field}, {"name", name}});
}

// Sets `page_key` to where a list goes on after it.
pb::Notice ReadRow(const pqxx::row& row, std::vector<std::string>& page_key) {
  api::RowCursor from(row);
  pb::Notice notice;
  const std::string id = from.Uuid("");
  notice.set_name(StrCat("notices/", id));
  notice.set_etag(std::to_string(from.Int()));
  notice.set_kind(static_cast<pb::NoticeKind>(from.Int()));
  rules::NoticeTarget target;
  target.article = from.Uuid("");
  target.quote = from.Uuid("");
  target.appearance = from.Uuid("");
  notice.set_target(rules::TargetName(target));
  notice.set_text(from.Text());
  notice.set_issuer(from.Text());
  notice.set_issuer_display_name(from.Text());
  notice.set_url(from.Text());
  from.Date(*notice.mutable_issued());
  if (notice.issued().ByteSizeLong() == 0) notice.clear_issued();
  if (const std::int64_t until = from.Long(); until != 0) {
    *notice.mutable_embargo_until() = google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(until);
  }
  notice.set_note(from.Text());
  notice.set_withdraw_reason(from.Text());
  notice.set_author(from.Text());
  from.Time(*notice.mutable_create_time());
  from.Time(*notice.mutable_update_time());
  page_key = {from.Text(), id};
  return notice;
}

std::string Shortened(const std::string& text) {
  const std::string first = api::FirstCodePoints(text, kMostTitleCodePoints);
  return first.size() < text.size() ? first + " …" : first;
}

std::string TitleOf(const pb::Quote& quote, const std::string& appearance) {
  if (quote.text().empty()) return "";
  const std::string who =
      quote.speaker().empty() ? StrCat("“", quote.described_as(), "”") : quote.speaker_display_name();
  std::string title = StrCat(who, ": “", Shortened(quote.text()), "”");
  for (const pb::Appearance& printed : quote.appearances()) {
    if (printed.id() != appearance) continue;
    if (!printed.outlet_display_name().empty()) StrAppend(&title, ", in ", printed.outlet_display_name());
  }
  return title;
}

using Titles = std::map<std::string, std::string>;  // by target

absl::Status AddQuoteTitles(pg::Session& db, const std::vector<rules::NoticeTarget>& targets, const std::string& moment,
                            Titles& titles) {
  std::multimap<std::string, const rules::NoticeTarget*> by_quote;
  for (const rules::NoticeTarget& target : targets) {
    if (!target.quote.empty()) by_quote.emplace(target.quote, &target);
  }
  std::vector<std::string> quotes;
  for (const auto& [quote, target] : by_quote) {
    if (quotes.empty() || quotes.back() != quote) quotes.push_back(quote);
  }
  for (std::size_t at = 0; at < quotes.size(); at += kTitledAtOnce) {
    const auto some = absl::MakeConstSpan(quotes).subspan(at, kTitledAtOnce);
    ASSIGN_OR_RETURN(const std::vector<pb::Quote> read, ReadQuotes(db, some, moment));
    for (const pb::Quote& quote : read) {
      const auto [begin, end] = by_quote.equal_range(api::IdOf(quote.name()));
      for (auto of = begin; of != end; ++of) {
        titles[rules::TargetName(*of->second)] = TitleOf(quote, of->second->appearance);
      }
    }
  }
  return absl::OkStatus();
}

absl::Status AddArticleTitles(pg::Session& db, const std::vector<rules::NoticeTarget>& targets, Titles& titles) {
  std::vector<std::string> articles;
  for (const rules::NoticeTarget& target : targets) {
    if (!target.article.empty()) articles.push_back(target.article);
  }
  if (articles.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const pqxx::result rows, db.Run(sql::kTitlesOfArticles, pg::TextArray(articles)));
  for (const auto& row : rows) {
    const std::string outlet = row[1].c_str(), headline = row[2].c_str(), url = row[3].c_str();
    const std::string what = headline.empty() ? url : StrCat("“", Shortened(headline), "”");
    titles[StrCat("articles/", api::BareUuid(row[0].c_str()))] =
        StrCat(outlet, outlet.empty() || what.empty() ? "" : ", ", what);
  }
  return absl::OkStatus();
}

// For each target whether an embargo keeps the caller from what it says.
absl::StatusOr<std::vector<bool>> AreHiddenTargets(pg::Session& db, const std::vector<rules::NoticeTarget>& targets) {
  std::vector<std::string> quotes, articles;
  for (const rules::NoticeTarget& target : targets) {
    if (!target.quote.empty()) quotes.push_back(target.quote);
    articles.push_back(target.article);
  }
  std::vector<bool> hidden(targets.size(), false);
  if (!Hides(db)) return hidden;
  ASSIGN_OR_RETURN(const auto embargoed, EmbargoesOn(db, quotes));
  ASSIGN_OR_RETURN(const std::vector<bool> of_articles, AreHiddenArticles(db, articles));
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const auto found = embargoed.find(targets[i].quote);
    if (found == embargoed.end()) {
      hidden[i] = of_articles[i];
    } else {
      hidden[i] = found->second.until != 0 || found->second.printings.contains(targets[i].appearance);
    }
  }
  return hidden;
}

// What is set for people, and nothing that tells words under embargo.
absl::Status Complete(pg::Session& db, const pqxx::result& rows, const std::string& moment,
                      absl::Span<pb::Notice* const> notices) {
  std::vector<rules::NoticeTarget> targets;
  for (const pb::Notice* notice : notices) {
    targets.push_back(rules::ParseTarget(notice->target()).value_or(rules::NoticeTarget()));
  }
  Titles titles;
  RETURN_IF_ERROR(AddQuoteTitles(db, targets, moment, titles));
  RETURN_IF_ERROR(AddArticleTitles(db, targets, titles));
  for (pb::Notice* notice : notices) notice->set_target_title(titles[notice->target()]);
  if (!MayHideWords(rows)) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::vector<bool> hidden, AreHiddenTargets(db, targets));
  for (std::size_t i = 0; i < notices.size(); ++i) {
    if (!hidden[i]) continue;
    notices[i]->clear_target_title();
    notices[i]->clear_text();
    notices[i]->clear_note();
  }
  return absl::OkStatus();
}

absl::StatusOr<pqxx::result> ReadNoticeRow(pg::Session& db, const std::string& id, const std::string& moment) {
  ASSIGN_OR_RETURN(pqxx::result rows, db.Run(sql::kGetNotice, moment, id));
  if (rows.empty()) return NotFound(pb::ERROR_REASON_NOTICE_NOT_FOUND, "name", StrCat("notices/", id));
  return rows;
}

absl::Status CheckQuoteTarget(pg::Session& db, const pb::Notice& notice, const rules::NoticeTarget& target) {
  const std::string quote = StrCat("quotes/", target.quote);
  ASSIGN_OR_RETURN(const pqxx::result rows,
                   db.Run(sql::kTargetQuote, target.quote,
                          target.appearance.empty() ? pg::Param(std::nullopt) : pg::Param(target.appearance)));
  if (rows.empty()) return NotFound(pb::ERROR_REASON_QUOTE_NOT_FOUND, "notice.target", quote);
  if (!target.appearance.empty() && rows[0][1].is_null()) {
    return NotFound(pb::ERROR_REASON_APPEARANCE_NOT_FOUND, "notice.target", notice.target());
  }
  if (rows[0][0].as<int>() == pb::QUOTE_STATE_REDACTED && notice.kind() != pb::NOTICE_KIND_EMBARGO_LIFT) {
    return Refuse(absl::StatusCode::kFailedPrecondition, pb::ERROR_REASON_QUOTE_REDACTED,
                  StrCat("notice.target: ", quote, " is redacted, so nothing is left to be told of it; leave it"),
                  {{"field", "notice.target"}, {"name", quote}});
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<std::int64_t>> IssuerId(pg::Session& db, const std::string& issuer,
                                                     std::string_view prefix) {
  if (!issuer.starts_with(prefix)) return std::optional<std::int64_t>();
  const NameTable table = prefix == "outlets/" ? NameTable::kOutlets : NameTable::kSpeakers;
  const std::vector<std::string> names = {issuer};
  ASSIGN_OR_RETURN(const std::vector<std::int64_t> ids, RequireIds(db, table, "notice.issuer", names));
  return std::optional<std::int64_t>(ids.front());
}

pg::Param OrNull(const std::string& id) { return id.empty() ? pg::Param(std::nullopt) : pg::Param(id); }

// `replaces` is the revision before it, 0 for none. The notice is locked.
absl::Status PutNotice(api::Call& call, const std::string& id, int replaces, const rules::NoticeTarget& target,
                       const pb::Notice& notice, const std::string& reason) {
  pg::Session& db = call.db();
  ASSIGN_OR_RETURN(const auto outlet, IssuerId(db, notice.issuer(), "outlets/"));
  ASSIGN_OR_RETURN(const auto speaker, IssuerId(db, notice.issuer(), "speakers/"));
  const api::DayRange issued = api::ToRange(notice.issued());
  const pg::Param until =
      notice.has_embargo_until()
          ? pg::Param(google::protobuf::util::TimeUtil::TimestampToMicroseconds(notice.embargo_until()))
          : pg::Param(std::nullopt);
  return db
      .Run(sql::kPutNotice, id, replaces, static_cast<int>(notice.kind()), OrNull(target.article), OrNull(target.quote),
           OrNull(target.appearance), notice.text(), outlet, speaker, notice.url(), issued.from, issued.to,
           notice.issued().printed(), static_cast<int>(notice.issued().basis()), until, notice.note(),
           notice.withdraw_reason(), call.author(), call.method(), reason)
      .status();
}

// Changes one notice in a transaction; `change` turns what it says into what it is to say.
template <typename Request>
absl::StatusOr<pb::Notice> Change(api::Call& call, const Request& request, const std::string& name,
                                  const std::string& etag,
                                  const std::function<absl::StatusOr<pb::Notice>(const pb::Notice&)>& change) {
  pg::Session& db = call.db();
  const std::string id = rules::ParseNoticeName(name).value_or("");
  RETURN_IF_ERROR(db.Transaction([&]() -> absl::Status {
    RETURN_IF_ERROR(LockNotice(db, id));
    ASSIGN_OR_RETURN(const pb::Notice current, ReadNotice(db, id, api::kNow));
    ASSIGN_OR_RETURN(const auto repeated, api::ClaimRequest(call, request.request_id(), request, name));
    if (repeated) return absl::OkStatus();
    if (!etag.empty() && etag != current.etag()) return EtagMismatch(name, current.etag());
    if (!current.withdraw_reason().empty()) {
      return Refuse(absl::StatusCode::kFailedPrecondition, pb::ERROR_REASON_NOTICE_WITHDRAWN,
                    StrCat(name, " is withdrawn; record a notice of its own"), {{"name", name}});
    }
    ASSIGN_OR_RETURN(const pb::Notice next, change(current));
    if (google::protobuf::util::MessageDifferencer::Equals(current, next)) return absl::OkStatus();
    int revision = 0;
    if (!absl::SimpleAtoi(current.etag(), &revision)) return EtagMismatch(name, current.etag());
    return PutNotice(call, id, revision, *rules::ParseTarget(current.target()), next, request.reason());
  }));
  return GetNotice(db, name, api::kNow);
}

}  // namespace

absl::Status LockNotice(pg::Session& db, const std::string& id) {
  RETURN_IF_ERROR(HoldNotices(db));
  return db.Run(sql::kLockNotice, id).status();
}

absl::Status HoldNotices(pg::Session& db) { return LockKey(db, kNoticesKey, /*exclusive=*/false); }

absl::Status StopNotices(pg::Session& db) { return LockKey(db, kNoticesKey, /*exclusive=*/true); }

absl::StatusOr<pb::Notice> ReadNotice(pg::Session& db, const std::string& id, const std::string& moment) {
  ASSIGN_OR_RETURN(const pqxx::result rows, ReadNoticeRow(db, id, moment));
  std::vector<std::string> unused;
  return ReadRow(rows[0], unused);
}

absl::StatusOr<pb::Notice> GetNotice(pg::Session& db, const std::string& name, const std::string& moment) {
  const std::optional<std::string> id = rules::ParseNoticeName(name);
  if (!id) return NotFound(pb::ERROR_REASON_NOTICE_NOT_FOUND, "name", name);
  ASSIGN_OR_RETURN(const pqxx::result rows, ReadNoticeRow(db, *id, moment));
  std::vector<std::string> unused;
  pb::Notice notice = ReadRow(rows[0], unused);
  RETURN_IF_ERROR(Complete(db, rows, moment, {&notice}));
  return notice;
}

absl::StatusOr<pb::ListNoticesResponse> ListNotices(pg::Session& db, const pb::ListNoticesRequest& request,
                                                    const std::string& moment) {
  ASSIGN_OR_RETURN(const int size, api::PageSize(request.page_size()));
  const std::string scope = api::MakeScope(request);
  ASSIGN_OR_RETURN(const std::vector<std::string> after, api::ReadPageToken(scope, request.page_token(), 2));
  rules::NoticeTarget target;
  if (!request.target().empty()) target = *rules::ParseTarget(request.target());
  if (!target.article.empty()) {
    ASSIGN_OR_RETURN(target.article, ResolveArticle(db, "target", request.target()));
  }
  const std::vector<std::int64_t> kinds(request.kinds().begin(), request.kinds().end());
  ASSIGN_OR_RETURN(const pqxx::result rows,
                   db.Run(sql::kListNotices, moment, size + 1, after.empty() ? "infinity" : after[0],
                          after.empty() ? std::string(32, 'f') : after[1], OrNull(target.article), OrNull(target.quote),
                          OrNull(target.appearance), pg::IntArray(kinds), request.include_withdrawn()));
  pb::ListNoticesResponse response;
  std::vector<std::string> last;
  for (const pqxx::row& row : rows) {
    if (response.notices_size() == size) {
      response.set_next_page_token(api::MakePageToken(scope, last));
      break;
    }
    *response.add_notices() = ReadRow(row, last);
  }
  const std::vector<pb::Notice*> read(response.mutable_notices()->pointer_begin(),
                                      response.mutable_notices()->pointer_end());
  RETURN_IF_ERROR(Complete(db, rows, moment, read));
  return response;
}

absl::StatusOr<pb::Notice> CreateNotice(api::Call& call, const pb::CreateNoticeRequest& request) {
  pg::Session& db = call.db();
  std::string name;
  RETURN_IF_ERROR(db.Transaction([&]() -> absl::Status {
    ASSIGN_OR_RETURN(const pqxx::result fresh, db.Run(sql::kNewNoticeId));
    const std::string id = api::BareUuid(fresh[0][0].c_str());
    name = StrCat("notices/", id);
    ASSIGN_OR_RETURN(const auto repeated, api::ClaimRequest(call, request.request_id(), request, name));
    if (repeated) {
      name = *repeated;
      return absl::OkStatus();
    }
    rules::NoticeTarget target = *rules::ParseTarget(request.notice().target());
    if (!target.quote.empty()) {  // nobody redacts it meanwhile
      RETURN_IF_ERROR(db.Run(sql::kLockEvidence, pg::TextArray({target.quote})).status());
    }
    RETURN_IF_ERROR(HoldNotices(db));
    if (target.article.empty()) {
      RETURN_IF_ERROR(CheckQuoteTarget(db, request.notice(), target));
    } else {
      ASSIGN_OR_RETURN(target.article, ResolveArticle(db, "notice.target", request.notice().target()));
    }
    pb::Notice notice = request.notice();
    notice.clear_withdraw_reason();
    return PutNotice(call, id, 0, target, notice, "");
  }));
  return GetNotice(db, name, api::kNow);
}

absl::StatusOr<pb::Notice> UpdateNotice(api::Call& call, const pb::UpdateNoticeRequest& request) {
  return Change(call, request, request.notice().name(), request.notice().etag(),
                [&](const pb::Notice& current) -> absl::StatusOr<pb::Notice> {
                  pb::Notice next = rules::ApplyNoticeMask(current, request.notice(), request.update_mask());
                  RETURN_IF_ERROR(rules::CheckNotice(next));
                  return next;
                });
}

absl::StatusOr<pb::Notice> WithdrawNotice(api::Call& call, const pb::WithdrawNoticeRequest& request) {
  return Change(call, request, request.name(), request.etag(),
                [&](const pb::Notice& current) -> absl::StatusOr<pb::Notice> {
                  pb::Notice next = current;
                  next.set_withdraw_reason(request.reason());
                  return next;
                });
}

}  // namespace onrecord::store
