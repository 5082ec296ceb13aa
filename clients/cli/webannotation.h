// Appearances as W3C Web Annotations (https://www.w3.org/TR/annotation-model/), one JSON-LD object each.
//
// The target is the article: its address, or urn:onrecord:articles/ID where that is not known. What is quoted is told
// in two ways: by the words with those around them (TextQuoteSelector), and by position (TextPositionSelector) in
// Unicode code points of the article's text, half open, which is what the model calls characters. A wording in several
// pieces has a target for each. White space is folded in the words. Bodies: the quote (describing), its source
// (identifying), and its kind and polarity (classifying). Terms beyond the model are of schema.org, whose prefix the
// model's context has.
#pragma once

#include <string>

#include "onrecord/v1/quotes.pb.h"

namespace onrecord::cli {

// Without a newline.
std::string WebAnnotationToJson(const onrecord::v1::Quote& quote, const onrecord::v1::Appearance& appearance);

}  // namespace onrecord::cli
