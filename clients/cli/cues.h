// What the words that say how something was said tell of it: whether it was said at all. English. Pure.
#pragma once

#include <algorithm>
#include <iterator>
#include <string_view>

#include "onrecord/v1/quotes.pb.h"

namespace onrecord::cli {

template <typename List>
bool IsAmong(const List& list, std::string_view word) {
  return std::find(std::begin(list), std::end(list), word) != std::end(list);
}

// NEGATED or REFUSED where the cue leaves no doubt ("did not say", "declined" before "to comment"), else AFFIRMED. What
// is not believed or wanted counts as NEGATED too: it must not be listed as something the source said.
onrecord::v1::Polarity PolarityOf(std::string_view cue, std::string_view content);
// Whether the cue says that it is thought or felt, not said ("believes").
bool IsBelief(std::string_view cue);

}  // namespace onrecord::cli
