// Links between quotes, and the groups that follow from them at a moment.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "onrecord/v1/utterances.pb.h"
#include "services/api/call.h"
#include "services/pg/session.h"
#include "services/utterances/groups_rules.h"
#include "services/wordings/wordings_comparison.h"

namespace onrecord::store {

namespace pb = ::onrecord::v1;

// Texts of quotes that are read with one statement; each may be of 100,000 characters.
inline constexpr std::size_t kTextsAtOnce = 50;

// A quote as far as it matters for which utterance it belongs to.
struct ReadSaying {
  rules::Saying saying;  // without words
  std::string text;
  int state = 0;  // QuoteState
  std::int64_t create_micros = 0;
  std::string occurred_on;
};
// Those of `quotes` that existed at a moment, in the order of their ids.
absl::StatusOr<std::vector<ReadSaying>> ReadSayings(pg::Session& db, absl::Span<const std::string> quotes,
                                                    const std::string& moment);

// Links as they are to be stored. Whoever writes them holds the matcher back (kWaitForMatching), or is it.
struct NewLink {
  std::string quote;  // smaller than other
  std::string other;
  bool reference_first = false;
  pb::WordingComparison comparison;  // without diff
  std::int64_t speaker = 0;
  std::int64_t other_speaker = 0;
};
// The two beside each other; the longer one is the reference, of two of one length the one recorded first.
NewLink MakeLink(const ReadSaying& a, const wordings::Wording& a_words, const ReadSaying& b,
                 const wordings::Wording& b_words);
absl::Status InsertLinks(pg::Session& db, absl::Span<const NewLink> links, pb::QuoteLinkState state,
                         std::string_view author, std::string_view reason);

// A link with where its ends are among the quotes that were reached.
struct StoredLink {
  pb::QuoteLink link;  // with full names, without texts
  std::string quote;   // smaller than other
  std::string other;
  int closeness = 0;
};

// Everything that is linked with some quotes, over as many links as it takes: the at most 1,000 nearest quotes.
struct LinkedQuotes {
  std::vector<ReadSaying> sayings;
  std::vector<StoredLink> links;  // between two of them
  rules::Groups groups;
  std::map<std::string, std::size_t> places;  // of quotes in sayings
};
absl::StatusOr<LinkedQuotes> ReachFrom(pg::Session& db, const std::vector<std::string>& quotes,
                                       const std::string& moment);

absl::StatusOr<pb::ListQuoteLinksResponse> ListQuoteLinks(pg::Session& db, const pb::ListQuoteLinksRequest& request,
                                                          const std::string& moment);
absl::StatusOr<pb::QuoteLink> SetQuoteLink(api::Call& call, const pb::SetQuoteLinkRequest& request);

// In a transaction that redacts quotes, after ForgetWordings: they are linked with nothing any more.
absl::Status ForgetLinks(pg::Session& db, absl::Span<const std::string> quotes);

}  // namespace onrecord::store
