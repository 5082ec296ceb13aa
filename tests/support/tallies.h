// Tallies against the rows that they count.
#pragma once

#include <string>

namespace onrecord {

// What a database's tallies say otherwise than its rows, before and after everything is folded: a line each, none when
// they agree.
std::string TallyFaults(const std::string& connection);

}  // namespace onrecord
