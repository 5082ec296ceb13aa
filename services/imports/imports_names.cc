#include "services/imports/imports_names.h"

#include <algorithm>
#include <map>

#include "db/statements.h"
#include "services/base/strings.h"
#include "services/imports/imports_rules.h"
#include "services/names/names_store.h"

namespace onrecord::store {
namespace {

bool IsResourceName(const std::string& name) {
  return name.starts_with("speakers/") || name.starts_with("outlets/") || name.starts_with("topics/") ||
         name.starts_with("claims/");
}

// The distinct names of a kind in a batch, resolved once.
class NameSet {
 public:
  void Add(const std::string& name) {
    if (!name.empty() && matches_.emplace(name, NameMatch{}).second) names_.push_back(name);
  }
  // A claim, which is about `topics` when it is new. The first record that names it tells.
  void Add(const std::string& name, const ClaimTopics& topics) {
    if (name.empty() || !matches_.emplace(name, NameMatch{}).second) return;
    names_.push_back(name);
    topics_.push_back(topics);
  }
  absl::Status Resolve(api::Call& call, NameTable table, bool create, std::string_view via) {
    if (names_.empty()) return absl::OkStatus();
    ASSIGN_OR_RETURN(const std::vector<NameMatch> found,
                     ResolveNames(call.db(), table, names_, create, call.author(), via, topics_));
    for (std::size_t i = 0; i < names_.size(); ++i) matches_[names_[i]] = found[i];
    return absl::OkStatus();
  }
  bool IsKnown(const std::string& name) const {
    const auto match = matches_.find(name);
    return match != matches_.end() && (match->second.id != 0 || match->second.ambiguous);
  }
  // The id, 0 for an empty name; rejects the record when the name means nobody or several. Where it means several
  // and `keep` is given, it is set instead for an exported record, which keeps what its quote has.
  std::int64_t Get(const std::string& name, std::string_view field, bool assume, Pending& pending,
                   bool* keep = nullptr) const {
    if (name.empty() || pending.decided()) return 0;
    const NameMatch& match = matches_.at(name);
    if (match.ambiguous && keep != nullptr && !pending.record->quote().empty()) {
      *keep = true;
    } else if (match.ambiguous) {
      Reject(pending, pb::ERROR_REASON_NAME_AMBIGUOUS, field,
             StrCat("\"", name, "\" may mean several; use the resource name of one of them"));
    } else if (match.id == 0 && (!assume || IsResourceName(name))) {
      Reject(pending, pb::ERROR_REASON_NAME_UNKNOWN, field,
             StrCat("\"", name, "\" is not known; create it first, or let the import create names"));
    }
    return match.id;
  }

 private:
  std::vector<std::string> names_;
  std::vector<ClaimTopics> topics_;  // of claims, by place
  std::map<std::string, NameMatch> matches_;
};

// The names of a batch's records that are still undecided, and their ids.
class Names {
 public:
  Names(api::Call& call, const pb::Import& import)
      : call_(call),
        via_(import.name()),
        create_(import.unknown_names() != pb::UNKNOWN_NAMES_REJECT && !import.dry_run()),
        // A dry run creates nothing, but judges as if it did.
        assume_(import.unknown_names() != pb::UNKNOWN_NAMES_REJECT && import.dry_run()) {}
  absl::Status Resolve(std::vector<Pending>& records);

 private:
  absl::Status ResolveAscribers(const std::vector<Pending>& records);
  absl::Status ResolveClaims(const std::vector<Pending>& records);
  void SetQuoteIds(Pending& pending) const;
  void SetStanceIds(Pending& pending) const;
  void SetReviewIds(Pending& pending) const;
  bool IsOutlet(const std::string& ascriber) const { return ascribing_outlets_.IsKnown(ascriber); }

  api::Call& call_;
  const std::string via_;
  const bool create_;
  const bool assume_;
  NameSet speakers_;
  NameSet outlets_;
  NameSet topics_;
  NameSet claims_;
  NameSet ascribing_outlets_;  // ascribers as far as they are outlets; the others are among the speakers
};

absl::Status Names::Resolve(std::vector<Pending>& records) {
  for (const Pending& pending : records) {
    if (pending.decided()) continue;
    speakers_.Add(pending.checked.speaker);
    outlets_.Add(pending.checked.outlet);
    for (const std::string& outlet : pending.checked.via) outlets_.Add(outlet);
    for (const std::string& topic : pending.checked.topics) topics_.Add(topic);
    for (const rules::CheckedStance& stance : pending.checked.stances) speakers_.Add(stance.holder);
    for (const rules::CheckedReview& review : pending.checked.reviews) outlets_.Add(review.reviewer);
  }
  RETURN_IF_ERROR(outlets_.Resolve(call_, NameTable::kOutlets, create_, via_));
  RETURN_IF_ERROR(ResolveAscribers(records));
  RETURN_IF_ERROR(speakers_.Resolve(call_, NameTable::kSpeakers, create_, via_));
  RETURN_IF_ERROR(topics_.Resolve(call_, NameTable::kTopics, create_, via_));
  for (Pending& pending : records) {
    if (!pending.decided()) SetQuoteIds(pending);
  }
  RETURN_IF_ERROR(ResolveClaims(records));
  for (Pending& pending : records) {
    if (!pending.decided()) SetStanceIds(pending);
    if (!pending.decided()) SetReviewIds(pending);
  }
  return absl::OkStatus();
}

// An outlet when it is called so, else a speaker.
absl::Status Names::ResolveAscribers(const std::vector<Pending>& records) {
  constexpr std::string_view kSpeakers = "speakers/";
  const auto each = [&](const auto& visit) {
    for (const Pending& pending : records) {
      if (pending.decided()) continue;
      for (const rules::CheckedStance& stance : pending.checked.stances) visit(stance.ascribed_by);
    }
  };
  each([&](const std::string& name) {
    if (!name.starts_with(kSpeakers)) ascribing_outlets_.Add(name);
  });
  RETURN_IF_ERROR(ascribing_outlets_.Resolve(call_, NameTable::kOutlets, /*create=*/false, via_));
  each([&](const std::string& name) {
    if (!IsOutlet(name)) speakers_.Add(name);
  });
  return absl::OkStatus();
}

absl::Status Names::ResolveClaims(const std::vector<Pending>& records) {
  std::vector<std::int64_t> ids;
  for (const Pending& pending : records) ids.insert(ids.end(), pending.topic_ids.begin(), pending.topic_ids.end());
  std::map<std::int64_t, std::string> slugs;
  const std::string none = pg::IntArray(std::vector<std::int64_t>());
  ASSIGN_OR_RETURN(const pqxx::result rows, call_.db().Run(sql::kSlugsOfIds, none, none, pg::IntArray(ids)));
  for (const auto& row : rows) slugs[row[1].as<std::int64_t>()] = row[2].c_str();
  for (const Pending& pending : records) {
    if (pending.decided()) continue;
    ClaimTopics topics;
    for (const std::int64_t id : pending.topic_ids) {
      topics.ids.push_back(id);
      topics.names.push_back(StrCat("topics/", slugs[id]));
    }
    for (const rules::CheckedStance& stance : pending.checked.stances) claims_.Add(stance.claim, topics);
    for (const rules::CheckedReview& review : pending.checked.reviews) claims_.Add(review.claim, topics);
  }
  return claims_.Resolve(call_, NameTable::kClaims, create_, via_);
}

void Names::SetQuoteIds(Pending& pending) const {
  const rules::CheckedRecord& checked = pending.checked;
  pending.speaker_id = speakers_.Get(checked.speaker, "speaker", assume_, pending, &pending.keep_speaker);
  pending.outlet_id = outlets_.Get(checked.outlet, "outlet", assume_, pending);
  for (const std::string& name : checked.via) pending.relay_ids.push_back(outlets_.Get(name, "via", assume_, pending));
  for (const std::string& name : checked.topics) {
    const std::int64_t topic = topics_.Get(name, "topics", assume_, pending, &pending.keep_topics);
    const bool again = std::find(pending.topic_ids.begin(), pending.topic_ids.end(), topic) != pending.topic_ids.end();
    if (topic != 0 && !again) pending.topic_ids.push_back(topic);
  }
}

void Names::SetStanceIds(Pending& pending) const {
  for (std::size_t i = 0; i < pending.checked.stances.size(); ++i) {
    const rules::CheckedStance& checked = pending.checked.stances[i];
    const auto field = [&](const char* name) { return StrCat("stances[", i, "].", name); };
    NewStance& stance = pending.stances.emplace_back();
    stance.key.claim = claims_.Get(checked.claim, field("claim"), assume_, pending);
    stance.key.holder = speakers_.Get(checked.holder, field("holder"), assume_, pending);
    const NameSet& ascribers = IsOutlet(checked.ascribed_by) ? ascribing_outlets_ : speakers_;
    (IsOutlet(checked.ascribed_by) ? stance.ascribed_outlet : stance.ascribed_speaker) =
        ascribers.Get(checked.ascribed_by, field("ascribed_by"), assume_, pending);
    stance.position = checked.content.position();
    stance.strength = checked.content.strength();
    stance.valid = api::ToRange(checked.content.valid());
    stance.note = checked.content.note();
  }
}

void Names::SetReviewIds(Pending& pending) const {
  for (std::size_t i = 0; i < pending.checked.reviews.size(); ++i) {
    const rules::CheckedReview& checked = pending.checked.reviews[i];
    NewReview& review = pending.reviews.emplace_back();
    review.claim = claims_.Get(checked.claim, StrCat("reviews[", i, "].claim"), assume_, pending);
    review.outlet = outlets_.Get(checked.reviewer, StrCat("reviews[", i, "].reviewer"), assume_, pending);
    review.review = checked.content;
  }
}

}  // namespace

absl::Status ResolveNamesOf(api::Call& call, const pb::Import& import, std::vector<Pending>& records) {
  return Names(call, import).Resolve(records);
}

}  // namespace onrecord::store
