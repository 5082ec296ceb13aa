#include "services/claims/reviews_store.h"

#include <optional>

#include "db/statements.h"
#include "google/protobuf/util/message_differencer.h"
#include "services/api/as_of.h"
#include "services/api/names.h"
#include "services/api/page_token.h"
#include "services/api/request_key.h"
#include "services/api/row_cursor.h"
#include "services/base/strings.h"
#include "services/claims/claims_links.h"
#include "services/claims/reviews_rules.h"
#include "services/names/names_rules.h"
#include "services/names/names_store.h"
#include "services/notices/notices_embargoes.h"

namespace onrecord::store {
namespace {

constexpr std::size_t kUuidDigits = 32;

struct ReviewRow {
  std::string id;
  CurrentReview current;
  std::string create_micros;
};

ReviewRow ReadReview(const pqxx::row& row) {
  ReviewRow read;
  pb::Review& review = read.current.review;
  api::RowCursor from(row);
  read.id = from.Uuid("");
  review.set_name(StrCat("reviews/", read.id));
  read.current.revision = from.Int();
  review.set_etag(std::to_string(read.current.revision));
  review.set_claim(from.Name("claims/"));
  review.set_quote(from.Uuid("quotes/"));
  review.set_reviewer(from.Name("outlets/"));
  review.set_reviewer_display_name(from.Text());
  review.set_rating_text(from.Text());
  const bool scaled = !row[7].is_null();
  const double value = from.Double(), best = from.Double(), worst = from.Double();
  if (scaled) {
    review.mutable_rating()->set_value(value);
    review.mutable_rating()->set_best(best);
    review.mutable_rating()->set_worst(worst);
    review.set_normalized(*rules::Normalize(review));
  }
  review.set_verdict(static_cast<pb::Verdict>(from.Int()));
  review.set_url(from.Text());
  review.set_title(from.Text());
  from.Date(*review.mutable_reviewed());
  if (review.reviewed().ByteSizeLong() == 0) review.clear_reviewed();
  review.set_language(from.Text());
  review.set_note(from.Text());
  review.set_retract_reason(from.Text());
  from.Time(*review.mutable_update_time());
  read.create_micros = from.Text();
  read.current.via = from.Text();
  return read;
}

// Titles and notes may tell the words of a quote that the caller may not see yet.
absl::Status HideEmbargoed(pg::Session& db, const pqxx::result& rows, absl::Span<pb::Review* const> reviews) {
  if (!MayHideWords(rows)) return absl::OkStatus();
  std::vector<std::string> quotes;
  std::vector<pb::Review*> of_quotes;
  for (pb::Review* review : reviews) {
    if (review->quote().empty()) continue;
    quotes.push_back(review->quote());
    of_quotes.push_back(review);
  }
  ASSIGN_OR_RETURN(const std::vector<bool> hidden, AreHidden(db, quotes));
  for (std::size_t i = 0; i < of_quotes.size(); ++i) {
    if (!hidden[i]) continue;
    of_quotes[i]->clear_title();
    of_quotes[i]->clear_note();
  }
  return absl::OkStatus();
}

absl::Status NotFound(const std::string& name) {
  return Refuse(absl::StatusCode::kNotFound, pb::ERROR_REASON_REVIEW_NOT_FOUND,
                StrCat("name: there is no review \"", name, "\""), {{"field", "name"}, {"name", name}});
}

absl::StatusOr<std::string> ParseName(const std::string& name) {
  const std::string_view prefix = "reviews/";
  const std::string id = name.starts_with(prefix) ? name.substr(prefix.size()) : "";
  if (id.size() != kUuidDigits || id.find_first_not_of("0123456789abcdef") != std::string::npos) return NotFound(name);
  return id;
}

absl::StatusOr<std::map<std::string, CurrentReview>> ReadReviews(pg::Session& db, absl::Span<const std::string> ids,
                                                                 const std::string& moment) {
  ASSIGN_OR_RETURN(const pqxx::result rows, db.Run(sql::kGetReviews, moment, pg::TextArray(ids)));
  std::map<std::string, CurrentReview> reviews;
  for (const pqxx::row& row : rows) {
    ReviewRow read = ReadReview(row);
    reviews[read.id] = std::move(read.current);
  }
  std::vector<pb::Review*> read;
  for (auto& [id, current] : reviews) read.push_back(&current.review);
  RETURN_IF_ERROR(HideEmbargoed(db, rows, read));
  return reviews;
}

// What cannot be changed of a review, for a version that replaces it.
absl::StatusOr<NewReview> Successor(pg::Session& db, const std::string& id, const CurrentReview& current,
                                    pb::Review review) {
  NewReview next{id, std::move(review), 0, "", 0, current.revision};
  if (!current.review.claim().empty()) {
    ASSIGN_OR_RETURN(next.claim, ResolveClaim(db, "review.claim", current.review.claim(), api::kNow));
  } else {
    ASSIGN_OR_RETURN(next.quote, api::ParseQuoteName("review.quote", current.review.quote()));
  }
  const std::vector<std::string> reviewers = {current.review.reviewer()};
  ASSIGN_OR_RETURN(const std::vector<std::int64_t> outlets,
                   RequireIds(db, NameTable::kOutlets, "review.reviewer", reviewers));
  next.outlet = outlets.front();
  return next;
}

// Changes one review in a transaction; `change` turns what it says into what it is to say.
template <typename Request>
absl::StatusOr<pb::Review> ChangeReview(api::Call& call, const Request& request, const std::string& name,
                                        const std::string& etag,
                                        const std::function<absl::StatusOr<pb::Review>(const pb::Review&)>& change) {
  pg::Session& db = call.db();
  ASSIGN_OR_RETURN(const std::string id, ParseName(name));
  const std::vector<std::string> ids = {id};
  RETURN_IF_ERROR(db.Transaction([&]() -> absl::Status {
    RETURN_IF_ERROR(HoldClaimLinks(db));
    ASSIGN_OR_RETURN(const auto found, LockReviews(db, ids));
    if (found.empty()) return NotFound(name);
    ASSIGN_OR_RETURN(const auto repeated, api::ClaimRequest(call, request.request_id(), request, name));
    if (repeated) return absl::OkStatus();
    const CurrentReview& current = found.at(id);
    if (!etag.empty() && etag != current.review.etag()) return EtagMismatch(name, current.review.etag());
    if (!current.review.retract_reason().empty()) {
      return Refuse(absl::StatusCode::kFailedPrecondition, pb::ERROR_REASON_REVIEW_RETRACTED,
                    StrCat(name, " is retracted; record the new rating as a review of its own"), {{"name", name}});
    }
    ASSIGN_OR_RETURN(pb::Review next, change(current.review));
    if (SameReview(current.review, next) && next.retract_reason().empty()) return absl::OkStatus();
    ASSIGN_OR_RETURN(NewReview stored, Successor(db, id, current, std::move(next)));
    const std::vector<NewReview> reviews = {std::move(stored)};
    return PutReviews(db, reviews, call.author(), call.method(), request.reason());
  }));
  return GetReview(db, name, api::kNow);
}

}  // namespace

absl::StatusOr<pb::Review> GetReview(pg::Session& db, const std::string& name, const std::string& moment) {
  ASSIGN_OR_RETURN(const std::string id, ParseName(name));
  const std::vector<std::string> ids = {id};
  ASSIGN_OR_RETURN(auto reviews, ReadReviews(db, ids, moment));
  if (reviews.empty()) return NotFound(name);
  return std::move(reviews.begin()->second.review);
}

absl::StatusOr<pb::ListReviewsResponse> ListReviews(pg::Session& db, const pb::ListReviewsRequest& request,
                                                    const std::string& moment) {
  ASSIGN_OR_RETURN(const int size, api::PageSize(request.page_size()));
  const std::string scope = api::MakeScope(request);
  ASSIGN_OR_RETURN(const std::vector<std::string> after, api::ReadPageToken(scope, request.page_token(), 2));
  std::vector<std::int64_t> claims;
  if (!request.claim().empty()) {
    ASSIGN_OR_RETURN(const std::int64_t claim, ResolveClaim(db, "claim", request.claim(), moment));
    ASSIGN_OR_RETURN(const std::vector<Linked> linked, LinkedClaims(db, {claim}, moment));
    for (const Linked& other : linked) {
      if (other.sign > 0) claims.push_back(other.claim);
    }
  }
  std::optional<std::string> quote;
  if (!request.quote().empty()) {
    ASSIGN_OR_RETURN(quote, api::ParseQuoteName("quote", request.quote()));
  }
  std::vector<std::string> reviewers;
  if (!request.reviewer().empty()) reviewers.push_back(request.reviewer());
  ASSIGN_OR_RETURN(const std::vector<std::int64_t> outlets, RequireIds(db, NameTable::kOutlets, "reviewer", reviewers));
  const std::vector<std::int64_t> verdicts(request.verdicts().begin(), request.verdicts().end());
  ASSIGN_OR_RETURN(const pqxx::result rows,
                   db.Run(sql::kListReviews, moment, size + 1, after.empty() ? "0" : after[0],
                          after.empty() ? std::string(kUuidDigits, '0') : after[1], pg::IntArray(claims), quote,
                          outlets.empty() ? 0 : outlets.front(), pg::IntArray(verdicts), request.include_retracted()));
  pb::ListReviewsResponse response;
  std::vector<std::string> last;
  for (const pqxx::row& row : rows) {
    if (response.reviews_size() == size) {
      response.set_next_page_token(api::MakePageToken(scope, last));
      break;
    }
    ReviewRow read = ReadReview(row);
    last = {read.create_micros, read.id};
    *response.add_reviews() = std::move(read.current.review);
  }
  const std::vector<pb::Review*> read(response.mutable_reviews()->pointer_begin(),
                                      response.mutable_reviews()->pointer_end());
  RETURN_IF_ERROR(HideEmbargoed(db, rows, read));
  return response;
}

absl::StatusOr<pb::Review> CreateReview(api::Call& call, const pb::CreateReviewRequest& request) {
  pg::Session& db = call.db();
  const pb::Review& review = request.review();
  const std::string id = rules::ReviewId(review.claim().empty() ? review.quote() : review.claim(), review.reviewer(),
                                         review.url(), review.rating_text());
  std::string name = StrCat("reviews/", id);
  RETURN_IF_ERROR(db.Transaction([&]() -> absl::Status {
    RETURN_IF_ERROR(HoldClaimLinks(db));
    ASSIGN_OR_RETURN(const auto repeated, api::ClaimRequest(call, request.request_id(), request, name));
    if (repeated) return absl::OkStatus();
    const std::vector<std::string> ids = {id};
    ASSIGN_OR_RETURN(const auto found, LockReviews(db, ids));
    if (!found.empty()) {
      return Refuse(absl::StatusCode::kAlreadyExists, pb::ERROR_REASON_REVIEW_EXISTS,
                    StrCat(name, " is this review; change it with UpdateReview"), {{"name", name}});
    }
    CurrentReview none;
    none.review = review;
    if (!review.quote().empty()) {
      ASSIGN_OR_RETURN(const std::string quote, api::ParseQuoteName("review.quote", review.quote()));
      const std::vector<std::string> quotes = {quote};
      ASSIGN_OR_RETURN(const pqxx::result rows, db.Run(sql::kLockEvidence, pg::TextArray(quotes)));
      if (rows.empty()) {
        return Refuse(absl::StatusCode::kNotFound, pb::ERROR_REASON_QUOTE_NOT_FOUND,
                      StrCat("review.quote: ", review.quote(), " does not exist"),
                      {{"field", "review.quote"}, {"name", review.quote()}});
      }
    }
    ASSIGN_OR_RETURN(NewReview stored, Successor(db, id, none, review));
    const std::vector<NewReview> reviews = {std::move(stored)};
    return PutReviews(db, reviews, call.author(), call.method(), "");
  }));
  return GetReview(db, name, api::kNow);
}

absl::StatusOr<pb::Review> UpdateReview(api::Call& call, const pb::UpdateReviewRequest& request) {
  return ChangeReview(
      call, request, request.review().name(), request.review().etag(),
      [&](const pb::Review& current) -> absl::StatusOr<pb::Review> {
        const google::protobuf::FieldMask mask = rules::ChangedFields<pb::Review>(request.update_mask());
        pb::Review next = current;
        const bool rated = google::protobuf::util::FieldMaskUtil::IsPathInFieldMask("rating", mask) ||
                           google::protobuf::util::FieldMaskUtil::IsPathInFieldMask("rating_text", mask);
        if (rated && current.verdict() == rules::VerdictOf(current)) next.clear_verdict();
        google::protobuf::util::FieldMaskUtil::MergeOptions options;
        options.set_replace_message_fields(true);
        google::protobuf::util::FieldMaskUtil::MergeMessageTo(request.review(), mask, options, &next);
        next.set_claim(current.claim());
        next.set_quote(current.quote());
        next.set_reviewer(current.reviewer());
        next.clear_retract_reason();
        RETURN_IF_ERROR(rules::CheckReview(next));
        return next;
      });
}

absl::StatusOr<pb::Review> RetractReview(api::Call& call, const pb::RetractReviewRequest& request) {
  return ChangeReview(call, request, request.name(), request.etag(),
                      [&](const pb::Review& current) -> absl::StatusOr<pb::Review> {
                        pb::Review next = current;
                        next.set_retract_reason(request.reason());
                        return next;
                      });
}

absl::StatusOr<std::vector<pb::Review>> ReviewsOfQuotes(pg::Session& db, absl::Span<const std::string> quotes,
                                                        const std::string& moment) {
  ASSIGN_OR_RETURN(const pqxx::result rows, db.Run(sql::kReviewsOfQuotes, moment, pg::TextArray(quotes)));
  std::vector<pb::Review> reviews;
  for (const pqxx::row& row : rows) reviews.push_back(std::move(ReadReview(row).current.review));
  std::vector<pb::Review*> read;
  for (pb::Review& review : reviews) read.push_back(&review);
  RETURN_IF_ERROR(HideEmbargoed(db, rows, read));
  return reviews;
}

absl::StatusOr<std::map<std::string, CurrentReview>> LockReviews(pg::Session& db, absl::Span<const std::string> ids) {
  RETURN_IF_ERROR(db.Run(sql::kLockReviews, pg::TextArray(ids)).status());
  return ReadReviews(db, ids, api::kNow);
}

absl::Status PutReviews(pg::Session& db, absl::Span<const NewReview> reviews, std::string_view author,
                        std::string_view via, std::string_view reason) {
  if (reviews.empty()) return absl::OkStatus();
  std::vector<std::string> ids, quotes, ratings, values, bests, worsts, urls, titles, printed, languages, notes,
      retract_reasons;
  std::vector<std::int64_t> claims, outlets, verdicts, froms, tos, bases, replaces;
  for (const NewReview& stored : reviews) {
    const pb::Review& review = stored.review;
    const api::DayRange reviewed = api::ToRange(review.reviewed());
    ids.push_back(stored.id);
    claims.push_back(stored.claim);
    quotes.push_back(stored.quote);
    outlets.push_back(stored.outlet);
    ratings.push_back(review.rating_text());
    values.push_back(pg::FormatNumber(review.rating().value()));
    bests.push_back(pg::FormatNumber(review.rating().best()));
    worsts.push_back(pg::FormatNumber(review.rating().worst()));
    const bool given = review.verdict() != pb::VERDICT_UNSPECIFIED;
    verdicts.push_back(given ? review.verdict() : rules::VerdictOf(review));
    urls.push_back(review.url());
    titles.push_back(review.title());
    froms.push_back(reviewed.from);
    tos.push_back(reviewed.to);
    printed.push_back(review.reviewed().printed());
    bases.push_back(review.reviewed().basis());
    languages.push_back(review.language());
    replaces.push_back(stored.replaces);
    notes.push_back(review.note());
    retract_reasons.push_back(review.retract_reason());
  }
  return db
      .Run(sql::kPutReviews, pg::TextArray(ids), pg::IntArray(claims), pg::TextArray(quotes), pg::IntArray(outlets),
           pg::TextArray(ratings), pg::TextArray(values), pg::TextArray(bests), pg::TextArray(worsts),
           pg::IntArray(verdicts), pg::TextArray(urls), pg::TextArray(titles), pg::IntArray(froms), pg::IntArray(tos),
           pg::TextArray(printed), pg::IntArray(bases), pg::TextArray(languages), pg::IntArray(replaces),
           pg::TextArray(notes), pg::TextArray(retract_reasons), author, via, reason)
      .status();
}

bool SameReview(const pb::Review& a, const pb::Review& b) {
  const auto content = [](pb::Review review) {
    review.clear_name();
    review.clear_reviewer_display_name();
    review.clear_normalized();
    review.clear_update_time();
    review.clear_etag();
    review.clear_retract_reason();
    if (review.verdict() == pb::VERDICT_UNSPECIFIED) review.set_verdict(rules::VerdictOf(review));
    if (review.reviewed().ByteSizeLong() == 0) review.clear_reviewed();
    return review;
  };
  return google::protobuf::util::MessageDifferencer::Equals(content(a), content(b));
}

}  // namespace onrecord::store
