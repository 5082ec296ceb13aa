// Who held which position when, drawn as text: a line for each holder over one time axis. Pure.
//
// A mark stands for a position: ▲ for, ▼ against, ○ neither; △ ▽ ◌ where others ascribe it. It is drawn no more exactly
// than its time is known: a span in brackets, an arrow where an end is open, an area of its own where nothing is
// known. Marks that would cover each other are drawn in further lines. Changes of position are brackets under the
// marks, numbered, and told below.
#pragma once

#include <google/protobuf/repeated_field.h>

#include <string>

#include "onrecord/v1/timeline.pb.h"

namespace onrecord::cli {

using Lanes = google::protobuf::RepeatedPtrField<onrecord::v1::StanceLane>;

// All lanes, under a heading for each claim, with a legend; lines are at most `width` columns but for names.
std::string DrawLanes(const Lanes& lanes, int width, bool color);

}  // namespace onrecord::cli
