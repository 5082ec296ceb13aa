// What the record ought to answer about claims, stances, reviews and the history of positions: the comments of
// claims.proto, stances.proto, reviews.proto and timeline.proto written down a second time, in memory and without
// SQL, as plainly as they can be. Slow on purpose. A Record is a value: a copy of it is what the record held then.
#pragma once

#include <compare>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "onrecord/v1/claims.pb.h"
#include "onrecord/v1/errors.pb.h"
#include "onrecord/v1/quotes.pb.h"
#include "onrecord/v1/reviews.pb.h"
#include "onrecord/v1/stances.pb.h"
#include "onrecord/v1/timeline.pb.h"
#include "services/api/dates.h"

namespace onrecord::reference {

namespace pb = ::onrecord::v1;

// Which stance. The claim is never a merged one; the holder is empty for the quote's own source.
struct StanceKey {
  std::string quote;
  std::string claim;
  std::string holder;
  friend auto operator<=>(const StanceKey&, const StanceKey&) = default;  // NOLINT: there is no pointer in it
};

// 1 for it, -1 against it, 0 without a side.
int Side(pb::Position position);
// The position on a claim of somebody who takes `position` on its negation.
pb::Position TurnRound(pb::Position position);
// A stored interval as the API shows it, and one that is asked for as it is stored.
pb::UncertainDate Date(const api::DayRange& range);
api::DayRange Asked(const pb::DateInterval& interval);
// Whether a day can lie in both.
bool Overlap(const api::DayRange& a, const api::DayRange& b);
// Whether everything in `a` lies before everything in `b`.
bool CertainlyBefore(const api::DayRange& a, const api::DayRange& b);
// The fewest and the most days that can lie between a day of `a` and a day of `b`; kForever where an end is open.
inline constexpr std::int64_t kForever = 1'000'000'000;
std::int64_t NearestDays(const api::DayRange& a, const api::DayRange& b);
std::int64_t FarthestDays(const api::DayRange& a, const api::DayRange& b);

class Record {
 public:
  // What is recorded, in the order of its recording. Quotes and reviews are given as the server answered.
  void AddSpeaker(const std::string& name, const std::string& display_name);
  void AddTopic(const std::string& name, const std::string& parent);
  void PutClaim(const pb::Claim& claim);
  void PutQuote(const pb::Quote& quote);
  void PutReview(const pb::Review& review);
  // Changes that may be refused: with the reason, or UNSPECIFIED when they are done.
  pb::ErrorReason SetStance(const pb::Stance& stance);
  pb::ErrorReason RemoveStance(const std::string& name);
  pb::ErrorReason Relate(const pb::ClaimRelation& relation);
  pb::ErrorReason Unrelate(const std::string& claim, pb::ClaimRelationKind kind, const std::string& other);
  pb::ErrorReason Merge(const std::string& claim, const std::string& into, int* replaced = nullptr);
  pb::ErrorReason LabelChange(const pb::LabelChangeRequest& request, const std::string& author);

  // What is asked. Page sizes, tokens and `as_of` are not looked at. Stances and relations come in any order.
  std::optional<pb::Claim> GetClaim(const std::string& name) const;
  std::optional<pb::Stance> GetStance(const std::string& name) const;
  std::vector<pb::Stance> ListStances(const pb::ListStancesRequest& request) const;
  std::vector<pb::Review> ListReviews(const pb::ListReviewsRequest& request) const;
  std::vector<pb::ClaimRelation> ListClaimRelations(const pb::ListClaimRelationsRequest& request) const;
  std::vector<pb::StanceLane> GetStanceHistory(const pb::GetStanceHistoryRequest& request) const;
  std::vector<pb::Reversal> ListReversals(const pb::ListReversalsRequest& request) const;
  std::vector<pb::Contradiction> ListContradictions(const pb::ListContradictionsRequest& request) const;
  pb::GetFirstsResponse GetFirsts(const pb::GetFirstsRequest& request) const;

  // For those who make histories up.
  std::vector<StanceKey> stances() const;
  std::string StanceName(const StanceKey& key) const;
  const pb::Quote& quote(const std::string& name) const { return quotes_.at(name); }
  const std::vector<pb::ClaimRelation>& relations() const { return relations_; }
  const std::vector<pb::Review>& reviews() const { return reviews_; }
  // The claim that a name leads to.
  std::string Lead(std::string claim) const;
  // Claims of the same truth conditions (1) and negations (-1); itself too.
  std::map<std::string, int> Class(const std::string& claim) const;
  bool IsSuspended(const StanceKey& key) const;
  // Who holds it: a speaker, or the quote itself where its source is unnamed.
  std::string Holder(const StanceKey& key) const;

 private:
  struct Label {
    StanceKey before;
    StanceKey after;
    pb::ChangeLabel label;
    std::string note;
    std::string author;
  };
  struct Point {
    pb::Position position;
    pb::Strength strength;
    api::DayRange held;
    bool ascribed;
    std::vector<StanceKey> stances;
  };
  struct Change {
    const Point* before;
    const Point* after;
    pb::ChangeKind computed;
    pb::ChangeKind kind;
    const Label* label;
  };
  struct Lane {
    std::string claim;
    std::string holder;
    std::vector<StanceKey> stances;
    std::vector<Point> points;
  };

  StanceKey Key(const std::string& stance_name) const;
  int Order(const std::string& claim) const;
  // In the order of recording: unnamed sources by their quotes, then speakers.
  std::pair<int, std::string> OrderOfHolder(const std::string& holder) const;
  // A claim linked to it is about the topic, or one below it.
  bool IsAbout(const std::string& claim, const std::string& topic) const;
  // It says less than the other, directly or through claims between.
  bool IsNarrower(const std::string& claim, const std::string& other) const;
  bool IsAscribed(const StanceKey& key) const;
  api::DayRange Held(const StanceKey& key) const;
  pb::Stance Show(const StanceKey& key) const;
  bool Fits(const StanceKey& key, const pb::StanceFilter& filter) const;
  // Those that count and fit.
  std::vector<StanceKey> Counting(const pb::StanceFilter& filter) const;
  // By claim and holder; the claim of a lane is the first recorded one of its stances.
  std::vector<Lane> Lanes(const std::vector<StanceKey>& stances) const;
  // The lane as seen from a claim of its class.
  Lane SeenFrom(Lane lane, const std::string& claim) const;
  std::vector<Change> Changes(const std::vector<Point>& points) const;
  const Label* LabelBetween(const Point& before, const Point& after) const;
  pb::StancePoint Show(const Point& point) const;
  pb::StanceChange Show(const Change& change) const;
  pb::StanceLane Show(const Lane& lane) const;
  pb::ContradictionSide Side(const Lane& lane, const Point& point) const;
  void AgainstHimself(const Lane& lane, int window, std::vector<pb::Contradiction>& found) const;
  void Against(const Lane& in_favor, const Lane& against, int window, std::vector<pb::Contradiction>& found) const;
  pb::Contradiction Contradict(const Lane& in_favor, const Point& yes, const Lane& against, const Point& no,
                               int window) const;

  std::vector<std::string> claim_order_;
  std::map<std::string, pb::Claim> claims_;
  std::map<std::string, std::string> merged_;
  std::vector<std::string> speaker_order_;
  std::map<std::string, std::string> speakers_;
  std::map<std::string, std::string> topic_parents_;
  std::map<std::string, pb::Quote> quotes_;
  std::map<StanceKey, pb::Stance> stances_;
  std::vector<pb::ClaimRelation> relations_;
  std::vector<pb::Review> reviews_;
  std::vector<Label> labels_;  // the latest last
};

}  // namespace onrecord::reference
