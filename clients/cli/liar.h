// The LIAR data set of statements rated by PolitiFact: lines of 14 columns between tabs, without a header and without
// any quoting, so a quotation mark is a quotation mark.
#pragma once

#include <string_view>

#include "clients/cli/records.h"

namespace onrecord::cli {

// One line: what somebody claimed, and its rating on PolitiFact's scale of six.
ParsedRecord ParseLiarLine(std::string_view line);

}  // namespace onrecord::cli
