// GDELT's Global Quotation Graph: a line of JSON for each article, with what stands between quotation marks in it.
//
// It does not say who speaks. Its date is the day on which GDELT processed the article, so print and speech are not
// later. A quote counts as DIRECT when it looks like a whole sentence (it does not begin with a small letter, and ends
// as sentences do), else as PARTIAL: titles and words in scare quotes are among them.
#pragma once

#include <string_view>

#include "clients/cli/documents.h"

namespace onrecord::cli {

// One record for each quote of the line. The external id is the SHA-256 of address and quote; further quotes of the
// same words in an article are numbered.
RecordSequence ReadGqgLine(std::string_view line);

}  // namespace onrecord::cli
