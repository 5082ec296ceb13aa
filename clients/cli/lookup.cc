#include "clients/cli/lookup.h"

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "clients/cli/calls.h"
#include "clients/cli/table.h"

namespace onrecord::cli {
namespace {

struct Found {
  std::string name;
  std::string display_name;
  bool exact = false;
};

bool Same(const std::string& a, const std::string& b) { return absl::EqualsIgnoreCase(a, b); }

std::string Choose(Context& context, const std::string& kind, const std::string& typed, std::vector<Found> found) {
  std::vector<Found> exact;
  std::copy_if(found.begin(), found.end(), std::back_inserter(exact), [](const Found& f) { return f.exact; });
  if (!exact.empty()) found = std::move(exact);
  if (found.size() == 1) return found[0].name;
  if (found.empty()) {
    context.Fail(kExitUsage,
                 absl::StrCat("No ", kind, " is called \"", typed, "\". List them with: onrecord ", kind, "s"));
  }
  std::string message = absl::StrCat("\"", typed, "\" may mean several ", kind, "s; give one of:");
  constexpr std::size_t kShown = 10;
  for (std::size_t i = 0; i < std::min(found.size(), kShown); ++i) {
    absl::StrAppend(&message, "\n  ", found[i].name, "  ", Clean(found[i].display_name));
  }
  if (found.size() > kShown) absl::StrAppend(&message, "\n  and ", found.size() - kShown, " more");
  context.Fail(kExitUsage, message);
}

// Outlets, topics and claims alike: a title and aliases.
template <typename Resource>
Found FoundOf(const Resource& resource, const std::string& title, const std::string& typed) {
  const auto& aliases = resource.aliases();
  const bool exact = Same(title, typed) ||
                     std::any_of(aliases.begin(), aliases.end(), [&](const auto& alias) { return Same(alias, typed); });
  return {resource.name(), title, exact};
}

constexpr int kCandidates = 1000;  // the largest page

}  // namespace

std::string FindSpeaker(Context& context, const std::string& typed) {
  if (absl::StartsWith(typed, "speakers/")) return typed;
  pb::ResolveSpeakersRequest request;
  request.add_names(typed);
  const auto response = Read(context, context.Speakers(), &pb::SpeakerService::Stub::ResolveSpeakers, request);
  if (response.results_size() > 0 && response.results(0).pronoun()) {
    context.Fail(kExitUsage, absl::StrCat("\"", typed, "\" is a pronoun and nobody's name."));
  }
  std::vector<Found> found;
  for (const pb::ResolvedName& result : response.results()) {
    for (const pb::SpeakerCandidate& candidate : result.candidates()) {
      const pb::Speaker& speaker = candidate.speaker();
      const bool exact =
          candidate.reason() == pb::RESOLVE_REASON_DISPLAY_NAME || candidate.reason() == pb::RESOLVE_REASON_OTHER_NAME;
      if (std::any_of(found.begin(), found.end(), [&](const Found& f) { return f.name == speaker.name(); })) continue;
      found.push_back({speaker.name(), speaker.display_name(), exact});
    }
  }
  return Choose(context, "speaker", typed, std::move(found));
}

std::string FindOutlet(Context& context, const std::string& typed) {
  if (absl::StartsWith(typed, "outlets/")) return typed;
  pb::ListOutletsRequest request;
  request.set_query(typed);
  request.set_page_size(kCandidates);
  const auto response = Read(context, context.Outlets(), &pb::OutletService::Stub::ListOutlets, request);
  std::vector<Found> found;
  for (const pb::Outlet& outlet : response.outlets()) found.push_back(FoundOf(outlet, outlet.display_name(), typed));
  return Choose(context, "outlet", typed, std::move(found));
}

std::string FindTopic(Context& context, const std::string& typed) {
  if (absl::StartsWith(typed, "topics/")) return typed;
  pb::ListTopicsRequest request;
  request.set_query(typed);
  request.set_page_size(kCandidates);
  const auto response = Read(context, context.Topics(), &pb::TopicService::Stub::ListTopics, request);
  std::vector<Found> found;
  for (const pb::Topic& topic : response.topics()) found.push_back(FoundOf(topic, topic.display_name(), typed));
  return Choose(context, "topic", typed, std::move(found));
}

std::string FindClaim(Context& context, const std::string& typed) {
  if (absl::StartsWith(typed, "claims/")) return typed;
  pb::ListClaimsRequest request;
  request.set_query(typed);
  request.set_page_size(kCandidates);
  const auto response = Read(context, context.Claims(), &pb::ClaimService::Stub::ListClaims, request);
  std::vector<Found> found;
  for (const pb::Claim& claim : response.claims()) found.push_back(FoundOf(claim, claim.text(), typed));
  return Choose(context, "claim", typed, std::move(found));
}

std::string QuoteName(const std::string& typed) {
  return absl::StrContains(typed, '/') ? typed : absl::StrCat("quotes/", typed);
}

}  // namespace onrecord::cli
