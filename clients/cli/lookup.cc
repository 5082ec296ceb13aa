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

constexpr int kCandidates = 1000;  // the largest page

template <typename Resource>
const std::string& TitleOf(const Resource& resource) {
  return resource.display_name();
}
const std::string& TitleOf(const pb::Claim& claim) { return claim.text(); }

// Outlets, topics and claims alike: a title and aliases.
template <typename Request, typename Stub, typename Response, typename Items>
std::string Find(Context& context, const std::string& kind, const std::string& typed,
                 const std::unique_ptr<Stub>& service, Method<Stub, Request, Response> method, Items items) {
  if (absl::StartsWith(typed, absl::StrCat(kind, "s/"))) return typed;
  Request request;
  request.set_query(typed);
  request.set_page_size(kCandidates);
  const Response response = Read(context, service, method, request);
  std::vector<Found> found;
  for (const auto& resource : items(response)) {
    const auto& aliases = resource.aliases();
    const bool exact =
        Same(TitleOf(resource), typed) ||
        std::any_of(aliases.begin(), aliases.end(), [&](const auto& alias) { return Same(alias, typed); });
    found.push_back({resource.name(), TitleOf(resource), exact});
  }
  return Choose(context, kind, typed, std::move(found));
}

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
  return Find(
      context, "outlet", typed, context.Outlets(), &pb::OutletService::Stub::ListOutlets,
      [](const auto& response) -> const auto& { return response.outlets(); });
}

std::string FindTopic(Context& context, const std::string& typed) {
  return Find(
      context, "topic", typed, context.Topics(), &pb::TopicService::Stub::ListTopics,
      [](const auto& response) -> const auto& { return response.topics(); });
}

std::string FindClaim(Context& context, const std::string& typed) {
  return Find(
      context, "claim", typed, context.Claims(), &pb::ClaimService::Stub::ListClaims,
      [](const auto& response) -> const auto& { return response.claims(); });
}

std::string QuoteName(const std::string& typed) {
  return absl::StrContains(typed, '/') ? typed : absl::StrCat("quotes/", typed);
}

}  // namespace onrecord::cli
