#include "clients/cli/claims_search.h"

#include <nlohmann/json.hpp>

namespace onrecord::cli {
namespace {

using Json = nlohmann::json;

constexpr int kMostReviews = 20;  // of a record

bool ReadDateMember(const Json& object, const char* key, const std::string& path, std::string& date,
                    std::optional<LocalReject>& fault) {
  std::string text;
  if (!ReadText(object, key, path, text, fault)) return false;
  const auto read = ReadDate(text);
  if (!read) {
    fault = {"DATE_INVALID", path + key, "\"" + text.substr(0, 60) + "\" is no date; write 2007-11-21", ""};
    return false;
  }
  date = *read;
  return true;
}

class SearchReader {
 public:
  void ReadClaim(const Json& claim);
  void Lose(std::string name) { found_.losses.push_back(std::move(name)); }
  DocumentRecords& found() { return found_; }

 private:
  std::optional<LocalReject> Read(const Json& claim, pb::ImportRecord& record);
  std::optional<LocalReject> ReadReview(const Json& node, const std::string& path, pb::ImportReview& review);
  void LoseOthers(const Json& object, const std::string& path, std::initializer_list<std::string_view> known);
  void Add(const pb::ImportRecord& record);

  DocumentRecords found_;
};

void SearchReader::LoseOthers(const Json& object, const std::string& path,
                              std::initializer_list<std::string_view> known) {
  for (const auto& member : object.items()) {
    if (std::find(known.begin(), known.end(), member.key()) == known.end()) Lose(path + member.key().substr(0, 60));
  }
}

std::optional<LocalReject> SearchReader::ReadReview(const Json& node, const std::string& path,
                                                    pb::ImportReview& review) {
  std::optional<LocalReject> fault;
  if (!node.is_object()) return LocalReject{"WRONG_TYPE", path, "is no object", ""};
  std::string name;
  std::string site;
  std::string language;
  if (const auto publisher = node.find("publisher"); publisher != node.end() && publisher->is_object()) {
    if (!ReadText(*publisher, "name", path + ".publisher.", name, fault)) return fault;
    if (!ReadText(*publisher, "site", path + ".publisher.", site, fault)) return fault;
    LoseOthers(*publisher, "claimReview.publisher.", {"name", "site"});
  }
  if (!ReadText(node, "url", path + ".", *review.mutable_url(), fault) ||
      !ReadText(node, "title", path + ".", *review.mutable_title(), fault) ||
      !ReadText(node, "textualRating", path + ".", *review.mutable_rating_text(), fault) ||
      !ReadText(node, "languageCode", path + ".", language, fault) ||
      !ReadDateMember(node, "reviewDate", path + ".", *review.mutable_reviewed(), fault)) {
    return fault;
  }
  LoseOthers(node, "claimReview.", {"publisher", "url", "title", "textualRating", "languageCode", "reviewDate"});
  review.set_reviewer(!name.empty() ? name : !site.empty() ? site : HostOf(review.url()));
  if (IsLanguageTag(language)) review.set_language(language);
  if (!language.empty() && review.language().empty()) Lose("claimReview.languageCode that is no language tag");
  if (!review.url().empty() && !IsWebAddress(review.url())) {
    review.clear_url();
    Lose("claimReview.url that is no web address");
  }
  if (review.reviewer().empty()) return LocalReject{"FIELD_REQUIRED", path + ".publisher", "has no name", ""};
  if (review.rating_text().empty()) return LocalReject{"FIELD_REQUIRED", path + ".textualRating", "is not given", ""};
  return std::nullopt;
}

// The record with all the reviews.
std::optional<LocalReject> SearchReader::Read(const Json& claim, pb::ImportRecord& record) {
  std::optional<LocalReject> fault;
  std::string text;
  std::string claimant;
  if (!claim.is_object()) return LocalReject{"WRONG_TYPE", "claims", "holds something that is no object", ""};
  if (!ReadText(claim, "text", "", text, fault) || !ReadText(claim, "claimant", "", claimant, fault)) return fault;
  if (!ReadDateMember(claim, "claimDate", "", *record.mutable_said(), fault)) return fault;
  if (text.empty()) return LocalReject{"FIELD_REQUIRED", "text", "is not given; say what was claimed", ""};
  LoseOthers(claim, "", {"text", "claimant", "claimDate", "claimReview"});
  if (const auto reviews = claim.find("claimReview"); reviews != claim.end() && reviews->is_array()) {
    for (std::size_t i = 0; i < reviews->size(); ++i) {
      pb::ImportReview& review = *record.add_reviews();
      review.set_claim(text);
      if ((fault = ReadReview((*reviews)[i], "claimReview[" + std::to_string(i) + "]", review))) return fault;
    }
  }
  record.set_external_id(StableId("", {text, claimant, record.said()}));
  if (claimant.empty()) {
    if (record.reviews().empty()) return LocalReject{"FIELD_REQUIRED", "claimReview", "is not given, nor claimant", ""};
    if (!record.said().empty()) Lose("claimDate without a claimant");
    record.clear_said();
    return std::nullopt;
  }
  SetClaimant(claimant, record);
  record.set_text(text);
  record.set_kind(pb::QUOTE_KIND_INDIRECT);
  record.add_stances()->set_claim(text);
  record.mutable_stances(0)->set_position(pb::POSITION_ASSERTS);
  return std::nullopt;
}

void SearchReader::Add(const pb::ImportRecord& record) { found_.records.emplace_back().record = record; }

void SearchReader::ReadClaim(const Json& claim) {
  pb::ImportRecord record;
  if (auto fault = Read(claim, record)) {
    fault->line_text = claim.dump(-1, ' ', false, Json::error_handler_t::replace);
    found_.records.emplace_back().reject = std::move(fault);
    return;
  }
  // Reviews beyond what a record takes follow in records of their own.
  pb::ImportRecord rest;
  while (record.reviews_size() > kMostReviews) {
    *rest.add_reviews() = std::move(*record.mutable_reviews()->rbegin());
    record.mutable_reviews()->RemoveLast();
  }
  Add(record);
  for (int i = 0; i < rest.reviews_size(); ++i) {
    pb::ImportRecord further;
    *further.add_reviews() = rest.reviews(i);
    further.set_external_id(
        StableId("", {record.external_id(), rest.reviews(i).url(), rest.reviews(i).reviewer(), "further"}));
    Add(further);
  }
}

}  // namespace

DocumentRecords ReadClaimsSearch(std::string_view document) {
  Json value;
  SearchReader reader;
  if (auto reject = ParseDocument(document, value)) {
    reader.found().records.emplace_back().reject = std::move(reject);
    return std::move(reader.found());
  }
  const auto claims = value.is_object() ? value.find("claims") : value.end();
  if (value.is_object() && (claims != value.end() || (value.find("text") == value.end() && value.size() <= 1))) {
    if (claims != value.end() && claims->is_array()) {
      for (const Json& claim : *claims) reader.ReadClaim(claim);
    }
    const auto next = value.find("nextPageToken");
    if (next != value.end() && *next != "") reader.Lose("the pages after nextPageToken");
  } else {
    reader.ReadClaim(value);
  }
  return std::move(reader.found());
}

}  // namespace onrecord::cli
