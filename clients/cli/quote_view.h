// Quotes as text for people: rows of a list, everything about one, and its history.
#pragma once

#include <google/protobuf/repeated_field.h>

#include <string>

#include "onrecord/v1/imports.pb.h"
#include "onrecord/v1/quotes.pb.h"

namespace onrecord::cli {

using Quotes = google::protobuf::RepeatedPtrField<onrecord::v1::Quote>;
using Revisions = google::protobuf::RepeatedPtrField<onrecord::v1::QuoteRevision>;

// One row each. Where the line is too narrow for columns, the text has a line of its own.
std::string QuoteRows(const Quotes& quotes, int width, bool with_header, bool color);
std::string QuoteInFull(const onrecord::v1::Quote& quote, int width, bool color);
// Where it came from, what was lost, and its bytes as text.
std::string RawRecordInFull(const onrecord::v1::RawRecord& record, bool color);
// Newest first, each with what it changed.
std::string QuoteHistory(const Revisions& revisions, int width, bool color);

}  // namespace onrecord::cli
