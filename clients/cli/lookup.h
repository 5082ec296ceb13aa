// From a name as people type it to a resource name, by asking the server. A display name or another name that is
// the same but for case wins; else a single candidate is taken. Nobody, or several, end the command with kExitUsage
// and the candidates.
#pragma once

#include <string>

#include "clients/cli/context.h"

namespace onrecord::cli {

std::string FindSpeaker(Context& context, const std::string& typed);
std::string FindOutlet(Context& context, const std::string& typed);
std::string FindTopic(Context& context, const std::string& typed);
std::string FindClaim(Context& context, const std::string& typed);
// A name that fits several of both sorts is ambiguous like any other.
std::string FindClaimOrTopic(Context& context, const std::string& typed);
std::string FindSpeakerOrOutlet(Context& context, const std::string& typed);
// A quote by its name or id only.
std::string FindClaimOrQuote(Context& context, const std::string& typed);
// "quotes/ID" for "quotes/ID" and "ID".
std::string QuoteName(const std::string& typed);
// "quotes/ID/stances/ID" also without "quotes/".
std::string StanceName(const std::string& typed);
std::string ReviewName(const std::string& typed);

}  // namespace onrecord::cli
