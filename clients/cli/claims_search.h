// Fact-checks as the claims:search method of Google's Fact Check Tools answers them.
#pragma once

#include <string_view>

#include "clients/cli/documents.h"

namespace onrecord::cli {

// The claims in one document: an answer with its list of claims, or one claim by itself. A claim gives a record of its
// claimant with the reviews, or, without a claimant, a record of the reviews alone.
DocumentRecords ReadClaimsSearch(std::string_view document);

}  // namespace onrecord::cli
