// The way of words through print, as text for people and as a graph for Graphviz. Pure.
#pragma once

#include <string>

#include "onrecord/v1/utterances.pb.h"

namespace onrecord::cli {

// Who had the words from whom, as trees that grow from the origins; who is in several stands in full once.
std::string DrawRelays(const onrecord::v1::TraceQuoteResponse& traced, bool color);
// Everything about the way of the words.
std::string TraceInFull(const onrecord::v1::TraceQuoteResponse& traced, int width, bool color);
// The graph in the language of Graphviz.
std::string TraceAsDot(const onrecord::v1::TraceQuoteResponse& traced);
// An utterance with its wordings, each with what was done to the reference.
std::string UtteranceInFull(const onrecord::v1::Utterance& utterance, int width, bool color);

}  // namespace onrecord::cli
