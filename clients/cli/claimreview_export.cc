// Writing reviews as ClaimReview; see claimreview.h.

#include "clients/cli/claimreview.h"
#include "clients/cli/dates.h"
#include "clients/cli/ordered_json.h"

namespace onrecord::cli {
namespace {

OrderedJson AuthorOf(const Claimant& claimant) {
  const pb::Quote& quote = claimant.quote;
  OrderedJson author = OrderedJson::object();
  if (claimant.kind != pb::SPEAKER_KIND_UNSPECIFIED) {
    author["@type"] = claimant.kind == pb::SPEAKER_KIND_PERSON ? "Person" : "Organization";
  }
  SetText(author, "name", quote.speaker_display_name());
  if (quote.speaker().empty()) SetText(author, "description", quote.described_as());
  for (const pb::Appearance& appearance : quote.appearances()) {
    if (!author.contains("jobTitle")) SetText(author, "jobTitle", appearance.role());
  }
  return author;
}

OrderedJson AppearancesOf(const pb::Quote& quote) {
  OrderedJson works = OrderedJson::array();
  for (const pb::Appearance& appearance : quote.appearances()) {
    OrderedJson work = {{"@type", "CreativeWork"}};
    SetText(work, "url", appearance.article().url());
    SetText(work, "headline", appearance.article().headline());
    SetText(work, "datePublished", IntervalText(appearance.published()));
    if (!appearance.outlet_display_name().empty()) {
      work["publisher"] = {{"@type", "Organization"}, {"name", appearance.outlet_display_name()}};
    }
    if (work.size() > 1) works.push_back(std::move(work));
  }
  return works;
}

OrderedJson ItemOf(const Claimant& claimant) {
  OrderedJson item = {{"@type", "Claim"}, {"text", claimant.quote.text()}};
  SetText(item, "inLanguage", claimant.quote.language());
  item["author"] = AuthorOf(claimant);
  SetText(item, "datePublished", IntervalText(claimant.quote.said()));
  if (OrderedJson works = AppearancesOf(claimant.quote); !works.empty()) item["appearance"] = std::move(works);
  return item;
}

}  // namespace

std::string ClaimReviewToJson(const pb::Review& review, const std::string& claim_text,
                              const std::vector<Claimant>& claimants) {
  OrderedJson json = {{"@context", "https://schema.org"}, {"@type", "ClaimReview"}};
  SetText(json, "url", review.url());
  SetText(json, "headline", review.title());
  json["claimReviewed"] = claim_text;
  SetText(json, "datePublished", IntervalText(review.reviewed()));
  SetText(json, "inLanguage", review.language());
  json["author"] = {{"@type", "Organization"}, {"name", review.reviewer_display_name()}};
  OrderedJson rating = {{"@type", "Rating"}};
  if (review.has_rating()) {
    rating["ratingValue"] = review.rating().value();
    rating["bestRating"] = review.rating().best();
    rating["worstRating"] = review.rating().worst();
  }
  rating["alternateName"] = review.rating_text();
  json["reviewRating"] = std::move(rating);
  OrderedJson items = OrderedJson::array();
  for (const Claimant& claimant : claimants) items.push_back(ItemOf(claimant));
  if (items.size() == 1) items = OrderedJson(items.front());
  if (!items.empty()) json["itemReviewed"] = std::move(items);
  return json.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

}  // namespace onrecord::cli
