// What was found of words, as text for people. Pure.
#pragma once

#include <string>

#include "onrecord/v1/utterances.pb.h"

namespace onrecord::cli {

// The text with what was done to the reference: [-dropped-] {+inserted+}, in red and green with `color`.
std::string DiffText(const onrecord::v1::WordingComparison& comparison, bool color);
// "negation dropped, number changed"; empty without flags.
std::string FlagsText(const onrecord::v1::WordingComparison& comparison);
// The quote, what the words are to it, and where it was printed.
std::string SimilarInFull(const onrecord::v1::SimilarQuote& similar, int width, bool color);
// "misattributed", with its style.
std::string VerdictText(onrecord::v1::QuoteVerdict verdict, bool color);
const char* StyleOf(onrecord::v1::QuoteVerdict verdict);

}  // namespace onrecord::cli
