// The lines of a brat annotation file. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "clients/cli/records.h"

namespace onrecord::cli {

// A half-open range.
using BratPiece = std::pair<std::size_t, std::size_t>;

// T1⇥Content 315 448;463 553⇥text
struct BratSpan {
  std::string type;
  std::vector<BratPiece> pieces;  // in code points, not empty, in the annotator's order
  std::string text;               // of the pieces, with a space between them
  std::string line;
};

// E1⇥Attribution:T4 Content:T3 Cue:T2 Source:T1
struct BratEvent {
  std::string id;
  std::string type;
  std::string trigger;                                         // the id of its span
  std::vector<std::pair<std::string, std::string>> arguments;  // role without its number, id of the span
  std::int64_t number = 0;                                     // of the line
  std::string line;
};

struct BratAnnotations {
  std::map<std::string, BratSpan> spans;
  std::vector<BratEvent> events;                              // in the order of the file
  std::multimap<std::string, std::string> notes;              // by what they are about
  std::vector<std::pair<std::int64_t, LocalReject>> rejects;  // lines that cannot be read
  std::vector<std::string> losses;                            // what else there is
};

BratAnnotations ReadBratAnnotations(std::string_view file);

}  // namespace onrecord::cli
