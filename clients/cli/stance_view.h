// Stances, changes of position and reviews as text for people. Pure.
#pragma once

#include <google/protobuf/repeated_field.h>

#include <string>

#include "clients/cli/table.h"
#include "onrecord/v1/claims.pb.h"
#include "onrecord/v1/stances.pb.h"
#include "onrecord/v1/timeline.pb.h"

namespace onrecord::cli {

using Stances = google::protobuf::RepeatedPtrField<onrecord::v1::Stance>;
using StanceRevisions = google::protobuf::RepeatedPtrField<onrecord::v1::StanceRevision>;

enum class Side { kFor, kAgainst, kNone };
Side SideOf(onrecord::v1::Position position);
// The SGR style that a side is painted in.
const char* StyleOf(Side side);

// The holder of a stance, a lane, a reversal or a side of a contradiction: the name for people, else the description
// of an unnamed source in quotation marks.
template <typename Held>
std::string HolderOf(const Held& held) {
  if (!held.holder_display_name().empty()) return Clean(held.holder_display_name());
  if (!held.holder().empty()) return held.holder();
  if constexpr (requires { held.described_as(); }) {
    if (!held.described_as().empty()) return "“" + Clean(held.described_as()) + "”";
  }
  return "(unnamed source)";
}

// Three lines each: when, who, position and claim; the words and where they are.
std::string StanceRows(const Stances& stances, int width, bool color);
// Everything about one.
std::string StanceInFull(const onrecord::v1::Stance& stance, int width, bool color);
// Newest first.
std::string StanceHistory(const StanceRevisions& revisions, int width, bool color);

// A position and some of its evidence. `claim` is the one that it is about; what was said of another (its negation) is
// told as it was. `lead` stands before the first line, and as many blanks before the others.
std::string PointInFull(const onrecord::v1::StancePoint& point, const std::string& claim, const std::string& lead,
                        int width, bool color, const std::string& holder = "");
// How it changed, how an editor sees it, and the positions on both sides.
std::string ChangeInFull(const onrecord::v1::StanceChange& change, const std::string& claim, const std::string& lead,
                         int width, bool color);

}  // namespace onrecord::cli
