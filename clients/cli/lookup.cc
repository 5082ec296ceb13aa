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

// What a name may mean and how to list the ones there are: "claim or topic", "onrecord claims, onrecord topics".
struct Sort {
  std::string one;
  std::string many;
  std::string list;
};

Sort SortOf(const std::string& kind) { return {kind, absl::StrCat(kind, "s"), absl::StrCat("onrecord ", kind, "s")}; }

Sort Either(const Sort& a, const Sort& b) {
  return {absl::StrCat(a.one, " or ", b.one), absl::StrCat(a.many, " or ", b.many), absl::StrCat(a.list, ", ", b.list)};
}

std::string Choose(Context& context, const Sort& sort, const std::string& typed, std::vector<Found> found) {
  std::vector<Found> exact;
  std::copy_if(found.begin(), found.end(), std::back_inserter(exact), [](const Found& f) { return f.exact; });
  if (!exact.empty()) found = std::move(exact);
  if (found.size() == 1) return found[0].name;
  if (found.empty()) {
    context.Fail(kExitUsage,
                 absl::StrCat("No ", sort.one, " is called \"", typed, "\"",
                              context.as_of ? " at the moment of --as-of" : "", ". List them with: ", sort.list));
  }
  std::string message = absl::StrCat("\"", typed, "\" may mean several ", sort.many, "; give one of:");
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
std::vector<Found> Search(Context& context, const std::string& typed, const std::unique_ptr<Stub>& service,
                          Method<Stub, Request, Response> method, Items items) {
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
  return found;
}

std::vector<Found> SearchOutlets(Context& context, const std::string& typed) {
  return Search(
      context, typed, context.Outlets(), &pb::OutletService::Stub::ListOutlets,
      [](const auto& response) -> const auto& { return response.outlets(); });
}

std::vector<Found> SearchTopics(Context& context, const std::string& typed) {
  return Search(
      context, typed, context.Topics(), &pb::TopicService::Stub::ListTopics,
      [](const auto& response) -> const auto& { return response.topics(); });
}

std::vector<Found> SearchClaims(Context& context, const std::string& typed) {
  return Search(
      context, typed, context.Claims(), &pb::ClaimService::Stub::ListClaims,
      [](const auto& response) -> const auto& { return response.claims(); });
}

std::vector<Found> SearchSpeakers(Context& context, const std::string& typed) {
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
  return found;
}

std::vector<Found> Joined(std::vector<Found> found, const std::vector<Found>& more) {
  found.insert(found.end(), more.begin(), more.end());
  return found;
}

bool IsName(const std::string& typed, const char* kind) { return absl::StartsWith(typed, absl::StrCat(kind, "s/")); }

bool IsQuoteId(const std::string& typed) {
  constexpr std::size_t kQuoteIdDigits = 32;
  return typed.size() == kQuoteIdDigits && std::all_of(typed.begin(), typed.end(), absl::ascii_isxdigit);
}

}  // namespace

std::string FindSpeaker(Context& context, const std::string& typed) {
  if (IsName(typed, "speaker")) return typed;
  return Choose(context, SortOf("speaker"), typed, SearchSpeakers(context, typed));
}

std::string FindOutlet(Context& context, const std::string& typed) {
  if (IsName(typed, "outlet")) return typed;
  return Choose(context, SortOf("outlet"), typed, SearchOutlets(context, typed));
}

std::string FindTopic(Context& context, const std::string& typed) {
  if (IsName(typed, "topic")) return typed;
  return Choose(context, SortOf("topic"), typed, SearchTopics(context, typed));
}

std::string FindClaim(Context& context, const std::string& typed) {
  if (IsName(typed, "claim")) return typed;
  return Choose(context, SortOf("claim"), typed, SearchClaims(context, typed));
}

std::string FindClaimOrTopic(Context& context, const std::string& typed) {
  if (IsName(typed, "claim") || IsName(typed, "topic")) return typed;
  return Choose(context, Either(SortOf("claim"), SortOf("topic")), typed,
                Joined(SearchClaims(context, typed), SearchTopics(context, typed)));
}

std::string FindClaimOrQuote(Context& context, const std::string& typed) {
  if (IsName(typed, "quote")) return typed;
  if (IsQuoteId(typed)) return QuoteName(typed);
  return FindClaim(context, typed);
}

std::string FindSpeakerOrOutlet(Context& context, const std::string& typed) {
  if (IsName(typed, "speaker") || IsName(typed, "outlet")) return typed;
  return Choose(context, Either(SortOf("speaker"), SortOf("outlet")), typed,
                Joined(SearchSpeakers(context, typed), SearchOutlets(context, typed)));
}

std::string QuoteName(const std::string& typed) {
  return absl::StrContains(typed, '/') ? typed : absl::StrCat("quotes/", typed);
}

std::string StanceName(const std::string& typed) {
  return IsName(typed, "quote") ? typed : absl::StrCat("quotes/", typed);
}

std::string ReviewName(const std::string& typed) {
  return absl::StrContains(typed, '/') ? typed : absl::StrCat("reviews/", typed);
}

}  // namespace onrecord::cli
