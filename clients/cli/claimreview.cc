#include "clients/cli/claimreview.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "absl/strings/numbers.h"
#include "clients/cli/linked_data.h"

namespace onrecord::cli {
namespace {

using Json = nlohmann::json;

constexpr int kMostAppearances = 100;  // of one claim; more are counted as lost

// Where a claim was seen to be made.
struct Seen {
  std::string url;
  std::string headline;
  std::string outlet;
  std::string published;

  // Of two, whether they are the same place.
  std::string Identity() const { return url.empty() ? outlet + "\n" + headline : url; }
};

// A value that cannot be read.
struct Unreadable {
  std::string reason;
  std::string field;
  std::string message;
};

// "schema.org" of "https://www.schema.org/".
bool IsSchemaOrg(std::string_view context) {
  context = Trimmed(context);
  for (const std::string_view start : {"http:", "https:", "//", "www."}) {
    if (context.starts_with(start)) context.remove_prefix(start.size());
  }
  return context.starts_with("schema.org");
}

// Whether a context says that the names below it are not those of schema.org. Objects and lists of several may mean
// anything and are believed.
bool IsForeign(const Json& context) {
  if (context.is_string()) return !IsSchemaOrg(context.get_ref<const std::string&>());
  return context.is_array() && !context.empty() &&
         std::all_of(context.begin(), context.end(), [](const Json& one) { return one.is_string() && IsForeign(one); });
}

// Reads the reviews of one document.
class ReviewReader {
 public:
  explicit ReviewReader(const Json& document) : data_(document) {}

  void Walk(const Json& value, bool foreign);
  DocumentRecords& found() { return found_; }

 private:
  // Throws Unreadable.
  void ReadReview(const Json& node);
  void ReadItem(const Json& item, const pb::ImportReview& review);
  void AddRecords(const Json& claimant, const Json& item, const pb::ImportReview& review);
  pb::ImportReview ReviewOf(const Json& node);
  std::string ReviewerOf(const Json& node);
  std::string AddressOf(const Json& node);
  void ReadScale(const Json& rating, pb::ImportReview& review);
  void ReadRating(const Json& node, pb::ImportReview& review);
  std::string LanguageOf(const Json& node);
  std::vector<Seen> SeenIn(const Json& item);
  std::string DateOf(const Json& node, const char* key, const std::string& path);
  void Lose(std::string name) { found_.losses.push_back(std::move(name)); }
  // Counts the members of a node that are not among the known ones.
  void LoseOthers(const Json& node, const std::string& path, std::initializer_list<std::string_view> known);
  void Add(pb::ImportRecord record);

  LinkedData data_;
  DocumentRecords found_;
  std::vector<pb::ImportRecord> of_review_;
};

void ReviewReader::Walk(const Json& value, bool foreign) {
  if (value.is_array()) {
    for (const Json& element : value) Walk(element, foreign);
    return;
  }
  if (!value.is_object()) return;
  if (const auto context = value.find("@context"); context != value.end()) foreign = IsForeign(*context);
  if (LinkedData::IsA(value, "MediaReview")) Lose("MediaReview");
  if (!LinkedData::IsA(value, "ClaimReview")) {
    for (const auto& member : value.items()) {
      if (member.key() != "@context") Walk(member.value(), foreign);
    }
    return;
  }
  of_review_.clear();
  std::optional<Unreadable> fault;
  try {
    if (foreign) throw Unreadable{"VALUE_INVALID", "@context", "is not schema.org, so its names may mean anything"};
    ReadReview(value);
  } catch (const Unreadable& unreadable) {
    fault = unreadable;
  }
  if (fault) {
    ParsedRecord& rejected = found_.records.emplace_back();
    rejected.reject = {fault->reason, fault->field, fault->message,
                       value.dump(-1, ' ', false, Json::error_handler_t::replace)};
    return;
  }
  for (pb::ImportRecord& record : of_review_) Add(std::move(record));
}

void ReviewReader::Add(pb::ImportRecord record) {
  ParsedRecord& parsed = found_.records.emplace_back();
  parsed.record = std::move(record);
  if (parsed.record.ByteSizeLong() <= kMaxRecordBytes) return;
  parsed.record.Clear();
  parsed.reject = {"LINE_TOO_LONG", "", "the record is larger than 12 MiB", ""};
}

void ReviewReader::LoseOthers(const Json& node, const std::string& path,
                              std::initializer_list<std::string_view> known) {
  if (!node.is_object()) return;
  for (const auto& member : node.items()) {
    const std::string& key = member.key();
    if (key.starts_with('@') || member.value().is_null() || member.value() == "") continue;
    if (std::find(known.begin(), known.end(), key) == known.end()) Lose(path + key.substr(0, 60));
  }
}

std::string ReviewReader::DateOf(const Json& node, const char* key, const std::string& path) {
  const std::string text = data_.Text(node, {key});
  const auto date = ReadDate(text);
  if (!date) {
    throw Unreadable{"DATE_INVALID", path + key,
                     "\"" + text.substr(0, 60) + "\" is no date that can be read in one way only; write 2007-11-21"};
  }
  return *date;
}

std::string ReviewReader::ReviewerOf(const Json& node) {
  for (const char* key : {"author", "publisher", "creator"}) {
    const auto authors = data_.Each(node, key);
    for (std::size_t i = 0; i < authors.size(); ++i) {
      std::string name = LinkedData::Text(*authors[i]);
      if (IsWebAddress(name) || name.empty()) name = HostOf(LinkedData::Address(*authors[i]));
      if (name.empty()) continue;
      LoseOthers(*authors[i], std::string(key) + ".", {"name", "url"});
      if (i + 1 < authors.size()) Lose(std::string(key) + ", further ones");
      return name;
    }
  }
  const std::string host = HostOf(AddressOf(node));
  if (host.empty()) throw Unreadable{"FIELD_REQUIRED", "author", "is not given; say who published the review"};
  return host;
}

std::string ReviewReader::AddressOf(const Json& node) {
  for (const char* key : {"url", "mainEntityOfPage", "@id"}) {
    for (const Json* value : data_.Each(node, key)) {
      const std::string url = LinkedData::Address(*value);
      if (IsWebAddress(url)) return url;
      if (std::string_view(key) == "url") Lose("url that is no web address");
    }
  }
  return "";
}

// schema.org's scale is 1 to 5 where the rating does not tell.
void ReviewReader::ReadScale(const Json& rating, pb::ImportReview& review) {
  const auto number = [&](const char* key, double otherwise) {
    std::string text = data_.Text(rating, {key});
    std::replace(text.begin(), text.end(), ',', '.');
    double value = 0;
    return absl::SimpleAtod(text, &value) && std::isfinite(value) ? value : otherwise;
  };
  const double value = number("ratingValue", NAN);
  const double best = number("bestRating", 5);
  const double worst = number("worstRating", 1);
  if (std::isnan(value)) return;
  if (best == worst || value < std::min(best, worst) || value > std::max(best, worst)) {
    return Lose("reviewRating.ratingValue outside of its scale");
  }
  review.mutable_rating()->set_value(value);
  review.mutable_rating()->set_best(best);
  review.mutable_rating()->set_worst(worst);
}

void ReviewReader::ReadRating(const Json& node, pb::ImportReview& review) {
  const auto ratings = data_.Each(node, "reviewRating");
  if (ratings.size() > 1) Lose("reviewRating, further ones");
  Json rating = ratings.empty() ? Json::object() : *ratings.front();
  if (!rating.is_object()) rating = Json{{"ratingValue", LinkedData::Text(rating)}};
  LoseOthers(rating, "reviewRating.",
             {"alternateName", "name", "ratingValue", "bestRating", "worstRating", "ratingExplanation"});
  ReadScale(rating, review);
  const std::string words = data_.Text(rating, {"alternateName", "name"});
  const std::string explanation = data_.Text(rating, {"ratingExplanation"});
  const std::string value = data_.Text(rating, {"ratingValue"});
  const std::string best = data_.Text(rating, {"bestRating"});
  review.set_rating_text(words);
  if (words.empty() && !review.has_rating()) review.set_rating_text(value.empty() ? explanation : value);
  if (words.empty() && review.has_rating()) review.set_rating_text(best.empty() ? value : value + "/" + best);
  if (!explanation.empty() && review.rating_text() != explanation) Lose("reviewRating.ratingExplanation");
  if (review.rating_text().empty()) {
    throw Unreadable{"FIELD_REQUIRED", "reviewRating.alternateName", "is not given; say what the rating is"};
  }
}

std::string ReviewReader::LanguageOf(const Json& node) {
  for (const Json* language : data_.Each(node, "inLanguage")) {
    std::string tag =
        language->is_object() ? data_.Text(*language, {"alternateName", "name"}) : LinkedData::Text(*language);
    if (IsLanguageTag(tag)) return tag;
    if (!tag.empty()) Lose("inLanguage that is no language tag");
  }
  return "";
}

pb::ImportReview ReviewReader::ReviewOf(const Json& node) {
  pb::ImportReview review;
  review.set_claim(data_.Text(node, {"claimReviewed"}));
  if (review.claim().empty()) {
    for (const Json* item : data_.Each(node, "itemReviewed")) {
      if (review.claim().empty()) review.set_claim(data_.Text(*item, {"text", "name"}));
    }
  }
  if (review.claim().empty())
    throw Unreadable{"FIELD_REQUIRED", "claimReviewed", "is not given; say what was reviewed"};
  review.set_reviewer(ReviewerOf(node));
  ReadRating(node, review);
  review.set_url(AddressOf(node));
  review.set_title(data_.Text(node, {"headline", "name"}));
  review.set_reviewed(DateOf(node, "datePublished", ""));
  review.set_language(LanguageOf(node));
  LoseOthers(node, "",
             {"claimReviewed", "author", "publisher", "reviewRating", "url", "mainEntityOfPage", "headline", "name",
              "datePublished", "inLanguage", "itemReviewed"});
  return review;
}

// Each address once, the first appearance first.
std::vector<Seen> ReviewReader::SeenIn(const Json& item) {
  std::vector<Seen> all;
  std::set<std::string> known;
  const auto add = [&](const Json& work, const std::string& path, const char* named) {
    // The id of an item is that of the claim, not of where it was made.
    Seen seen{named != nullptr ? LinkedData::Address(work) : data_.Text(work, {"url"}),
              data_.Text(work, {"headline", "name"}), data_.Text(work, {"publisher"}),
              DateOf(work, "datePublished", path)};
    if (!seen.url.empty() && !IsWebAddress(seen.url)) {
      Lose(path + "url that is no web address");
      seen.url.clear();
    }
    if (seen.url.empty() && seen.headline.empty() && seen.outlet.empty()) return;
    if (all.size() == kMostAppearances) {
      Lose(path + "further ones");
    } else if (known.insert(seen.Identity()).second) {
      LoseOthers(work, path, {"url", "headline", "name", "publisher", "datePublished"});
      all.push_back(std::move(seen));
    }
  };
  for (const char* key : {"firstAppearance", "appearance"}) {
    for (const Json* work : data_.Each(item, key)) add(*work, std::string("itemReviewed.") + key + ".", key);
  }
  // Before there were claims, the item was where the claim was made.
  if (all.empty() && item.is_object() && !LinkedData::IsA(item, "Claim")) add(item, "itemReviewed.", nullptr);
  return all;
}

void ReviewReader::AddRecords(const Json& claimant, const Json& item, const pb::ImportReview& review) {
  std::string name = LinkedData::Text(claimant);
  LoseOthers(claimant, "itemReviewed.author.", {"name", "jobTitle", "description"});
  pb::ImportRecord record;
  if (name.empty()) {
    name = data_.Text(claimant, {"description"});
    record.set_described_as(name);
  } else {
    SetClaimant(name, record);
  }
  if (LinkedData::IsA(item, "Claim")) record.set_text(data_.Text(item, {"text", "name"}));
  if (record.text().empty()) record.set_text(review.claim());
  record.set_kind(pb::QUOTE_KIND_INDIRECT);
  record.set_said(DateOf(item, "datePublished", "itemReviewed."));
  record.set_language(LanguageOf(item));
  record.set_role(claimant.is_object() ? data_.Text(claimant, {"jobTitle"}) : "");
  pb::ImportStance& stance = *record.add_stances();
  stance.set_claim(review.claim());
  stance.set_position(pb::POSITION_ASSERTS);
  std::vector<Seen> places = SeenIn(item);
  if (places.empty()) places.emplace_back();
  for (const Seen& seen : places) {
    pb::ImportRecord& placed = of_review_.emplace_back(record);
    placed.set_url(seen.url);
    placed.set_headline(seen.headline);
    placed.set_outlet(seen.outlet);
    placed.set_published(seen.published);
    placed.set_external_id(StableId(
        review.url(), {review.url(), review.reviewer(), review.claim(), name, record.text(), seen.Identity()}));
    if (of_review_.size() == 1) *placed.add_reviews() = review;
  }
}

void ReviewReader::ReadItem(const Json& item, const pb::ImportReview& review) {
  LoseOthers(item, "itemReviewed.",
             {"text", "name", "author", "creator", "datePublished", "appearance", "firstAppearance", "inLanguage",
              "url", "headline", "publisher"});
  bool claimed = false;
  for (const Json* claimant : data_.Each(item, {"author", "creator"})) {
    if (LinkedData::Text(*claimant).empty() && data_.Text(*claimant, {"description"}).empty()) {
      Lose("itemReviewed.author without a name");
      continue;
    }
    claimed = true;
    AddRecords(*claimant, item, review);
  }
  if (claimed) return;
  DateOf(item, "datePublished", "itemReviewed.");
  for (const char* key : {"datePublished", "appearance", "firstAppearance"}) {
    if (!data_.Each(item, key).empty()) Lose(std::string("itemReviewed.") + key + " without a claimant");
  }
}

void ReviewReader::ReadReview(const Json& node) {
  const pb::ImportReview review = ReviewOf(node);
  for (const Json* item : data_.Each(node, "itemReviewed")) ReadItem(*item, review);
  if (!of_review_.empty()) return;
  pb::ImportRecord& alone = of_review_.emplace_back();
  *alone.add_reviews() = review;
  alone.set_external_id(StableId(review.url(), {review.url(), review.reviewer(), review.claim()}));
}

}  // namespace

DocumentRecords ReadClaimReviews(std::string_view document) {
  Json value;
  if (auto reject = ParseDocument(document, value)) {
    DocumentRecords broken;
    broken.records.emplace_back().reject = std::move(reject);
    return broken;
  }
  ReviewReader reader(value);
  reader.Walk(value, false);
  DocumentRecords found = std::move(reader.found());
  if (found.records.empty()) found.losses.emplace_back("documents without a ClaimReview");
  return found;
}

}  // namespace onrecord::cli
