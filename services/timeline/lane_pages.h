// Pages of answers that are found lane by lane: where a page ended, what was asked, and what follows from each lane.
#pragma once

#include <deque>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "services/api/as_of.h"
#include "services/api/page_token.h"
#include "services/timeline/lanes_store.h"

namespace onrecord::store {

inline constexpr int kMostPerLanePage = 200;
inline constexpr std::size_t kMostLookedAt = 5000;  // stances of a page
inline constexpr int kLanesAtOnce = 100;

// Where a page ended: after a lane, and within the next one after so many of its answers or after an opponent's lane.
struct Place {
  LaneKey lane = BeforeAllLanes();
  int skip = 0;
  LaneKey opponent = BeforeAllLanes();
};
absl::StatusOr<Place> ReadPlace(const std::string& token_scope, const std::string& token);
std::string WritePlace(const std::string& token_scope, const Place& place);

// What every question for pages of lanes tells.
struct Paging {
  std::string moment;
  int size = 0;
  std::string token_scope;
  Place start;
};
template <typename Request>
absl::StatusOr<Paging> ReadPaging(const Request& request) {
  Paging paging;
  ASSIGN_OR_RETURN(paging.moment, api::ReadAsOf(request));
  ASSIGN_OR_RETURN(paging.size, api::PageSize(request.page_size(), kMostPerLanePage));
  paging.token_scope = api::MakeScope(request);
  ASSIGN_OR_RETURN(paging.start, ReadPlace(paging.token_scope, request.page_token()));
  return paging;
}

// The stances that a filter asks for, at whatever time they were held. `nothing`: no claim is about its topics.
absl::StatusOr<LaneScope> LaneScopeOf(pg::Session& db, const pb::StanceFilter& filter, const std::string& moment,
                                      bool& nothing);

// A lane with what follows from it.
struct Told {
  Lane lane;
  std::vector<rules::Point> points;
  std::vector<rules::Change> changes;  // point at labels that must live as long
};
// `labels`: those on the lanes' changes; nullptr where changes do not matter.
absl::StatusOr<std::vector<Told>> Tell(pg::Session& db, const std::string& moment, std::vector<Lane> lanes,
                                       std::vector<rules::Label>* labels);

// What was told of lanes.
struct Kept {
  bool with_changes = false;
  std::deque<Told> told;
  std::deque<std::vector<rules::Label>> labels;
};

// Goes through lanes and takes what `answers` finds in each (it may stop after `most`) until the page is full or enough
// was looked at. The next page's token.
template <typename Answer>
absl::StatusOr<std::string> Collect(pg::Session& db, const LaneScope& scope, const Paging& paging,
                                    const std::function<std::vector<Answer>(const Told&, std::size_t most)>& answers,
                                    Kept& kept, std::vector<std::pair<const Told*, Answer>>& taken) {
  const auto size = static_cast<std::size_t>(paging.size);
  Place place = paging.start;
  for (std::size_t looked_at = 0; looked_at < kMostLookedAt;) {
    ASSIGN_OR_RETURN(LanePage page, ReadLanes(db, scope, place.lane, kLanesAtOnce));
    looked_at += page.looked_at;
    std::vector<rules::Label>* labels = kept.with_changes ? &kept.labels.emplace_back() : nullptr;
    ASSIGN_OR_RETURN(std::vector<Told> told, Tell(db, scope.moment, std::move(page.lanes), labels));
    for (Told& one : told) {
      kept.told.push_back(std::move(one));
      const auto skip = static_cast<std::size_t>(place.skip);
      std::vector<Answer> found = answers(kept.told.back(), skip + size - taken.size() + 1);
      for (std::size_t i = skip; i < found.size(); ++i) {
        if (taken.size() == size) {
          place.skip = static_cast<int>(i);
          return WritePlace(paging.token_scope, place);
        }
        taken.emplace_back(&kept.told.back(), std::move(found[i]));
      }
      place = {kept.told.back().lane.key, 0, BeforeAllLanes()};
    }
    place = {page.last, 0, BeforeAllLanes()};
    if (!page.more) return std::string();
  }
  return WritePlace(paging.token_scope, place);
}

}  // namespace onrecord::store
