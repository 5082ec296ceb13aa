// The way of words through print: who printed them when, who had them from whom, and from how many origins. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "onrecord/v1/utterances.pb.h"

namespace onrecord::rules {

namespace pb = ::onrecord::v1;

// Which nodes of a graph are origins: those that nothing leads to from outside. Nodes that lead to each other in a
// circle are origins together and count as one.
struct Origins {
  std::vector<bool> origin;            // of each node
  std::vector<std::size_t> component;  // of each node; those in one circle have the same
};
Origins FindOrigins(std::size_t nodes, absl::Span<const std::pair<std::size_t, std::size_t>> edges);

// One article that carries words on from another (articles/{article}).
struct ArticleEdge {
  std::string article;
  pb::ArticleLinkKind kind = pb::ARTICLE_LINK_KIND_UNSPECIFIED;
  std::string other;
};

// The articles that are named in the printings, each once.
std::vector<std::string> ArticlesOf(absl::Span<const pb::Quote> quotes);

// Everything in the answer but the utterance.
void Trace(absl::Span<const pb::Quote> quotes, absl::Span<const ArticleEdge> links, pb::TraceQuoteResponse& response);

}  // namespace onrecord::rules
