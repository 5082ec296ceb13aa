#include "services/utterances/trace_rules.h"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include "services/api/dates.h"
#include "services/base/strings.h"

namespace onrecord::rules {
namespace {

constexpr int kMostShown = 2000;
constexpr int kMostArticles = 20;
constexpr char kUnknown[] = "unknown/";

// Strongly connected components (Tarjan), without recursion: a chain may be long.
class Components {
 public:
  Components(std::size_t nodes, absl::Span<const std::pair<std::size_t, std::size_t>> edges)
      : to_(nodes), next_(nodes), index_(nodes, kNone), low_(nodes), on_stack_(nodes), component_(nodes, kNone) {
    for (const auto& [from, to] : edges) to_[from].push_back(to);
  }

  std::vector<std::size_t> Find() {
    for (std::size_t node = 0; node < to_.size(); ++node) {
      if (index_[node] == kNone) Visit(node);
    }
    return std::move(component_);
  }

 private:
  static constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();

  void Enter(std::size_t node) {
    index_[node] = low_[node] = count_++;
    stack_.push_back(node);
    on_stack_[node] = true;
    path_.push_back(node);
  }

  void Visit(std::size_t start) {
    Enter(start);
    while (!path_.empty()) {
      const std::size_t node = path_.back();
      if (next_[node] < to_[node].size()) {
        const std::size_t other = to_[node][next_[node]++];
        if (index_[other] == kNone) {
          Enter(other);
        } else if (on_stack_[other]) {
          low_[node] = std::min(low_[node], index_[other]);
        }
        continue;
      }
      path_.pop_back();
      if (!path_.empty()) low_[path_.back()] = std::min(low_[path_.back()], low_[node]);
      if (low_[node] == index_[node]) Close(node);
    }
  }

  // What was entered since `node` and is still open forms one component with it.
  void Close(std::size_t node) {
    while (component_[node] == kNone) {
      component_[stack_.back()] = node;
      on_stack_[stack_.back()] = false;
      stack_.pop_back();
    }
  }

  std::vector<std::vector<std::size_t>> to_;
  std::vector<std::size_t> next_;  // of the edges of each node the next to follow
  std::vector<std::size_t> index_;
  std::vector<std::size_t> low_;
  std::vector<bool> on_stack_;
  std::vector<std::size_t> component_;
  std::vector<std::size_t> stack_;
  std::vector<std::size_t> path_;
  std::size_t count_ = 0;
};

struct Printing {
  const pb::Quote* quote;
  const pb::Appearance* appearance;
  api::DayRange published;
  std::size_t node = 0;
  bool retracted() const { return quote->state() != pb::QUOTE_STATE_ACTIVE; }
  // By the first day on which it can have been printed; where that is open by the last.
  auto order() const {
    const bool open = published.from == api::kOpenFrom;
    return std::tuple(!published.known(), open ? published.to : published.from, published.to,
                      appearance->create_time().seconds(), appearance->create_time().nanos(), quote->name(),
                      appearance->id());
  }
};

std::vector<Printing> PrintingsOf(absl::Span<const pb::Quote> quotes) {
  std::vector<Printing> printings;
  for (const pb::Quote& quote : quotes) {
    for (const pb::Appearance& appearance : quote.appearances()) {
      printings.push_back({&quote, &appearance, api::ToRange(appearance.published())});
    }
  }
  std::sort(printings.begin(), printings.end(),
            [](const Printing& a, const Printing& b) { return a.order() < b.order(); });
  return printings;
}

class Graph {
 public:
  Graph(std::vector<Printing>& printings, absl::Span<const ArticleEdge> links) {
    for (Printing& printing : printings) {
      const std::size_t from = AddChain(printing);
      printing.node = NodeOf(*printing.appearance);
      if (printing.retracted()) continue;
      AddPrinting(printing);
      if (from != kNone) AddEdge(from, printing.node, pb::ARTICLE_LINK_KIND_RELAYS, 1);
    }
    for (const ArticleEdge& link : links) {
      const auto article = of_article_.find(link.article);
      const auto other = of_article_.find(link.other);
      if (article == of_article_.end() || other == of_article_.end()) continue;
      AddEdge(other->second, article->second, link.kind, 0);
    }
  }

  const std::string& IdOf(std::size_t node) const { return nodes_[node].id(); }

  void Write(pb::TraceQuoteResponse& response) {
    std::vector<std::pair<std::size_t, std::size_t>> edges;
    for (const auto& [ends, edge] : edges_) edges.push_back(ends);
    const Origins origins = FindOrigins(nodes_.size(), edges);
    std::set<std::size_t> known;
    bool unknown = false;
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      if (!IsUsed(i)) continue;
      nodes_[i].set_origin(origins.origin[i]);
      if (!origins.origin[i]) continue;
      if (nodes_[i].id().starts_with(kUnknown)) {
        unknown = true;
      } else {
        known.insert(origins.component[i]);
      }
    }
    // Who is not known may be one of the known.
    response.set_independent_origin_count(known.empty() && unknown ? 1 : static_cast<int>(known.size()));
    for (const bool origin : {true, false}) {
      for (std::size_t i = 0; i < nodes_.size(); ++i) {
        if (IsUsed(i) && nodes_[i].origin() == origin) *response.add_nodes() = nodes_[i];
      }
    }
    for (const auto& [ends, edge] : edges_) *response.add_edges() = edge;
  }

 private:
  static constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();

  // A node that only a retracted quote names is none.
  bool IsUsed(std::size_t node) const { return used_[node]; }

  std::size_t Node(const std::string& id, const std::string& display_name) {
    const auto [found, added] = places_.emplace(id, nodes_.size());
    if (added) {
      nodes_.emplace_back();
      used_.push_back(false);
      nodes_.back().set_id(id);
      nodes_.back().set_display_name(display_name);
    }
    return found->second;
  }

  std::size_t NodeOf(const pb::Appearance& appearance) {
    const pb::Article& article = appearance.article();
    if (!appearance.outlet().empty()) return Node(appearance.outlet(), appearance.outlet_display_name());
    if (!article.outlet().empty()) return Node(article.outlet(), article.outlet_display_name());
    if (!article.name().empty()) {
      return Node(article.name(), article.headline().empty() ? article.url() : article.headline());
    }
    return Node(StrCat(kUnknown, ++unknown_), "unknown");
  }

  void AddArticle(std::size_t node, const std::string& article) {
    if (article.empty()) return;
    if (!of_article_.emplace(article, node).second) return;
    if (nodes_[node].articles_size() < kMostArticles) nodes_[node].add_articles(article);
  }

  // The stops before a printing; the last of them.
  std::size_t AddChain(const Printing& printing) {
    if (printing.retracted()) return kNone;
    std::size_t before = kNone;
    for (const pb::Hop& hop : printing.appearance->relays()) {
      const std::size_t node = Node(hop.outlet(), hop.outlet_display_name());
      used_[node] = true;
      AddArticle(node, hop.article());
      if (before != kNone) AddEdge(before, node, pb::ARTICLE_LINK_KIND_RELAYS, 1);
      before = node;
    }
    return before;
  }

  // Printings come in the order of publication, so the first of a node tells when it had the words.
  void AddPrinting(const Printing& printing) {
    used_[printing.node] = true;
    pb::RelayNode& node = nodes_[printing.node];
    node.set_appearance_count(node.appearance_count() + 1);
    if (node.appearance_count() == 1) *node.mutable_published() = printing.appearance->published();
    const pb::QuoteKind kind = printing.quote->kind();
    if (node.kind() == pb::QUOTE_KIND_UNSPECIFIED || kind < node.kind()) node.set_kind(kind);
    AddArticle(printing.node, printing.appearance->article().name());
  }

  void AddEdge(std::size_t from, std::size_t to, pb::ArticleLinkKind kind, int count) {
    if (from == to) return;
    pb::RelayEdge& edge = edges_[{from, to}];
    if (edge.from().empty()) {
      edge.set_from(nodes_[from].id());
      edge.set_to(nodes_[to].id());
    }
    // What a link of articles says is more than that there was a credit.
    if (edge.kind() == pb::ARTICLE_LINK_KIND_UNSPECIFIED || kind != pb::ARTICLE_LINK_KIND_RELAYS) edge.set_kind(kind);
    edge.set_appearance_count(edge.appearance_count() + count);
  }

  std::vector<pb::RelayNode> nodes_;
  std::vector<bool> used_;
  std::map<std::string, std::size_t> places_;
  std::map<std::string, std::size_t> of_article_;
  std::map<std::pair<std::size_t, std::size_t>, pb::RelayEdge> edges_;
  int unknown_ = 0;
};

// Which printings may be the first: none that counts was certainly printed before.
void MarkFirst(const std::vector<Printing>& printings, pb::TraceQuoteResponse& response) {
  int printed_by = api::kOpenTo;
  for (const Printing& printing : printings) {
    if (!printing.retracted()) printed_by = std::min(printed_by, printing.published.to);
  }
  int firsts = 0;
  for (std::size_t i = 0; i < printings.size(); ++i) {
    const bool first = !printings[i].retracted() && printings[i].published.from <= printed_by;
    if (first) ++firsts;
    if (i < static_cast<std::size_t>(response.appearances_size())) {
      response.mutable_appearances(static_cast<int>(i))->set_first(first);
    }
  }
  response.set_first_certain(firsts == 1);
}

pb::PartialDate DayOf(const api::DayRange& published) {
  pb::UncertainDate date;
  api::FromRange(published, date);
  return date.has_from() ? date.from() : date.to();
}

void Spread(const std::vector<Printing>& printings, pb::TraceQuoteResponse& response) {
  struct Day {
    pb::PartialDate date;
    int appearances = 0;
    std::set<std::size_t> nodes;
  };
  std::map<int, Day> days;
  int undated = 0;
  int count = 0;
  for (const Printing& printing : printings) {
    if (printing.retracted()) continue;
    ++count;
    if (!printing.published.known()) {
      ++undated;
      continue;
    }
    const pb::PartialDate date = DayOf(printing.published);
    Day& day = days[api::ToFrom(date)];
    day.date = date;
    ++day.appearances;
    day.nodes.insert(printing.node);
  }
  std::set<std::size_t> known;
  for (const auto& [packed, day] : days) {
    pb::SpreadDay& shown = *response.add_spread();
    *shown.mutable_day() = day.date;
    shown.set_appearance_count(day.appearances);
    const std::size_t before = known.size();
    known.insert(day.nodes.begin(), day.nodes.end());
    shown.set_new_outlet_count(static_cast<int>(known.size() - before));
  }
  response.set_undated_count(undated);
  response.set_appearance_count(count);
}

}  // namespace

Origins FindOrigins(std::size_t nodes, absl::Span<const std::pair<std::size_t, std::size_t>> edges) {
  Origins origins;
  origins.component = Components(nodes, edges).Find();
  std::vector<bool> fed(nodes);
  for (const auto& [from, to] : edges) {
    if (origins.component[from] != origins.component[to]) fed[origins.component[to]] = true;
  }
  for (std::size_t i = 0; i < nodes; ++i) origins.origin.push_back(!fed[origins.component[i]]);
  return origins;
}

std::vector<std::string> ArticlesOf(absl::Span<const pb::Quote> quotes) {
  std::set<std::string> articles;
  for (const pb::Quote& quote : quotes) {
    for (const pb::Appearance& appearance : quote.appearances()) {
      articles.insert(appearance.article().name());
      for (const pb::Hop& hop : appearance.relays()) articles.insert(hop.article());
    }
  }
  articles.erase("");
  return {articles.begin(), articles.end()};
}

void Trace(absl::Span<const pb::Quote> quotes, absl::Span<const ArticleEdge> links, pb::TraceQuoteResponse& response) {
  std::vector<Printing> printings = PrintingsOf(quotes);
  Graph graph(printings, links);
  for (const Printing& printing : printings) {
    if (response.appearances_size() == kMostShown) break;
    pb::TracedAppearance& traced = *response.add_appearances();
    traced.set_quote(printing.quote->name());
    *traced.mutable_appearance() = *printing.appearance;
    traced.set_node(printing.retracted() ? "" : graph.IdOf(printing.node));
    traced.set_retracted(printing.retracted());
  }
  MarkFirst(printings, response);
  graph.Write(response);
  Spread(printings, response);
}

}  // namespace onrecord::rules
