// Attributions that people annotated with brat, as PolNeAR does: who (Source) said (Cue) what (Content) in an article,
// as spans of its text. Pure.
//
// A span may be in several pieces, in any order; pieces count code points. The kind of a quote comes from the quotation
// marks of the article: DIRECT when all of the content stands between marks (which are then left out), PARTIAL when
// some of it does, INDIRECT when none does. Content that is believed rather than said is never DIRECT. A cue that
// denies or refuses ("did not say", "declined" to comment) makes it NEGATED or REFUSED.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "clients/cli/documents.h"

namespace onrecord::cli {

// The row of metadata.tsv; what is None, NA or empty there is empty here.
struct BratMetadata {
  std::string publisher;
  std::string publication_date;
  std::string author;
  std::string title;
  std::string credit;
  std::string wire;
};

// What one annotator found in one article.
struct BratDocument {
  std::string name;  // of the file, which tells article and annotator: begins the external ids
  std::string annotations;
  std::optional<std::string> text;  // of the article, where it is at hand
  std::optional<BratMetadata> metadata;
};

struct BratRecord {
  ParsedRecord parsed;
  std::string raw;        // the annotation's lines
  std::int64_t line = 0;  // of the annotation file
};

struct BratRecords {
  std::vector<BratRecord> records;  // one for each attribution
  std::vector<std::string> losses;  // what belongs to none
};

BratRecords ReadBrat(const BratDocument& document);

// Rows of metadata.tsv by the article's file name. The reject says why there are none.
struct BratTable {
  std::optional<LocalReject> reject;
  std::vector<std::pair<std::string, BratMetadata>> rows;
};
BratTable ReadBratMetadata(std::string_view table);

}  // namespace onrecord::cli
