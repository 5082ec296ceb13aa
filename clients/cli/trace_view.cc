#include "clients/cli/trace_view.h"

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "clients/cli/chart.h"
#include "clients/cli/dates.h"
#include "clients/cli/enums.h"
#include "clients/cli/table.h"
#include "clients/cli/wording_view.h"

namespace onrecord::cli {
namespace {

namespace pb = ::onrecord::v1;

// More of those who had the words from one are counted.
constexpr std::size_t kMostBranches = 20;
constexpr int kMostPrintings = 50;

std::string NameOf(const pb::RelayNode& node) {
  return node.display_name().empty() ? node.id() : Clean(node.display_name());
}

std::string Counted(int count, const char* one, const char* many) {
  return absl::StrCat(count, " ", count == 1 ? one : many);
}

std::string NodeDetails(const pb::RelayNode& node) {
  if (node.appearance_count() == 0) return "known from credits alone";
  std::string details = Counted(node.appearance_count(), "printing", "printings");
  const std::string date = FormatUncertain(node.published());
  if (!date.empty()) absl::StrAppend(&details, ", ", date);
  return details;
}

class Forest {
 public:
  Forest(const pb::TraceQuoteResponse& traced, bool color) : color_(color) {
    for (const pb::RelayNode& node : traced.nodes()) nodes_[node.id()] = &node;
    for (const pb::RelayEdge& edge : traced.edges()) edges_[edge.from()].push_back(&edge);
    for (const pb::RelayNode& node : traced.nodes()) {
      if (!drawn_.contains(node.id())) Grow(node.id());
    }
  }
  std::string text() const { return text_; }

 private:
  struct Branch {
    std::string id;
    std::string how;     // it had the words
    std::string before;  // what stands before the name, and before the names below
    std::string below;
  };

  // Without recursion: a chain may be long.
  void Grow(const std::string& root) {
    std::vector<Branch> open = {{root, "", "", ""}};
    while (!open.empty()) {
      const Branch branch = std::move(open.back());
      open.pop_back();
      if (branch.id.empty()) {
        absl::StrAppend(&text_, branch.before, branch.how, "\n");
        continue;
      }
      const bool first = drawn_.insert(branch.id).second;
      Write(branch, first);
      if (first) Branches(branch, open);
    }
  }

  void Write(const Branch& branch, bool first) {
    const auto found = nodes_.find(branch.id);
    if (found == nodes_.end()) return;
    const pb::RelayNode& node = *found->second;
    const std::string how = branch.how.empty() ? "" : absl::StrCat("  [", branch.how, "]");
    absl::StrAppend(&text_, branch.before, Paint(NameOf(node), node.origin() ? kBold : "", color_ && node.origin()),
                    first && node.origin() ? Paint("  origin", kGreen, color_) : "",
                    Paint(first ? absl::StrCat("  ", NodeDetails(node)) : "  (see above)", kDim, color_), how, "\n");
  }

  void Branches(const Branch& branch, std::vector<Branch>& open) const {
    const auto found = edges_.find(branch.id);
    if (found == edges_.end()) return;
    const std::vector<const pb::RelayEdge*>& edges = found->second;
    const std::size_t shown = std::min(edges.size(), kMostBranches);
    std::vector<Branch> branches;
    for (std::size_t i = 0; i < shown; ++i) {
      const bool last = i + 1 == edges.size();
      const bool plain = edges[i]->kind() <= pb::ARTICLE_LINK_KIND_RELAYS;
      branches.push_back({edges[i]->to(), plain ? "" : WordsOf(edges[i]->kind()),
                          absl::StrCat(branch.below, last ? "└─ " : "├─ "),
                          absl::StrCat(branch.below, last ? "   " : "│  ")});
    }
    if (shown < edges.size()) {
      branches.push_back({"", absl::StrCat("and ", edges.size() - shown, " more"), branch.below + "└─ ", ""});
    }
    open.insert(open.end(), branches.rbegin(), branches.rend());
  }

  const bool color_;
  std::map<std::string, const pb::RelayNode*> nodes_;
  std::map<std::string, std::vector<const pb::RelayEdge*>> edges_;
  std::set<std::string> drawn_;
  std::string text_;
};

std::string PrintingLines(const pb::TraceQuoteResponse& traced, bool color) {
  std::map<std::string, const pb::RelayNode*> nodes;
  for (const pb::RelayNode& node : traced.nodes()) nodes[node.id()] = &node;
  Table table({{"FIRST"}, {"PUBLISHED"}, {"IN", 32}, {"WORDING"}, {"ARTICLE", 60}});
  const int shown = std::min(traced.appearances_size(), kMostPrintings);
  for (int i = 0; i < shown; ++i) {
    const pb::TracedAppearance& one = traced.appearances(i);
    const pb::Appearance& appearance = one.appearance();
    const auto node = nodes.find(one.node());
    const std::string name = node == nodes.end() ? Clean(appearance.outlet_display_name()) : NameOf(*node->second);
    const std::string date = FormatUncertain(appearance.published());
    const pb::Article& article = appearance.article();
    table.Add({one.retracted()          ? "retracted"
               : !one.first()           ? ""
               : traced.first_certain() ? "first"
                                        : "tied",
               date.empty() ? "not known" : date, name, one.quote(),
               Clean(article.headline().empty() ? article.url() : article.headline())});
  }
  std::string text = absl::StrCat("  ", table.Header(color), "\n");
  for (const std::string& line : table.Lines()) absl::StrAppend(&text, "  ", line, "\n");
  const int more = traced.appearances_size() - shown;
  if (more > 0) absl::StrAppend(&text, "  and ", more, " more; --json lists them\n");
  return text;
}

std::string SpreadLines(const pb::TraceQuoteResponse& traced, int width) {
  std::vector<ChartRow> rows;
  std::int64_t largest = 1;
  for (const pb::SpreadDay& day : traced.spread()) {
    pb::UncertainDate date;
    *date.mutable_from() = *date.mutable_to() = day.day();
    rows.push_back({FormatUncertain(date), day.appearance_count(), 0});
    largest = std::max<std::int64_t>(largest, day.appearance_count());
  }
  std::string text = DrawChart(rows, largest, width);
  if (traced.undated_count() > 0) absl::StrAppend(&text, traced.undated_count(), " of unknown date\n");
  return text;
}

std::string DotText(const std::string& text) {
  return absl::StrCat("\"", absl::StrReplaceAll(Clean(text), {{"\\", "\\\\"}, {"\"", "\\\""}}), "\"");
}

}  // namespace

std::string DrawRelays(const pb::TraceQuoteResponse& traced, bool color) { return Forest(traced, color).text(); }

std::string UtteranceInFull(const pb::Utterance& utterance, int width, bool color) {
  std::string text;
  for (const pb::UtteranceMember& member : utterance.members()) {
    const bool reference = member.quote().name() == utterance.reference();
    pb::SimilarQuote similar;
    *similar.mutable_quote() = member.quote();
    *similar.mutable_comparison() = member.comparison();
    if (reference) {
      absl::StrAppend(&text, Paint("  reference", kGreen, color), "\n");
      for (const std::string& line : Wrap(Clean(member.quote().citation()), std::max(20, width - 4))) {
        absl::StrAppend(&text, "    ", line, "\n");
      }
      absl::StrAppend(&text, "    ", Paint(member.quote().name(), kDim, color), "\n");
    } else {
      absl::StrAppend(&text, SimilarInFull(similar, width, color));
    }
  }
  const int more = utterance.member_count() - utterance.members_size();
  if (more > 0) absl::StrAppend(&text, "  and ", more, " more\n");
  return text;
}

std::string TraceInFull(const pb::TraceQuoteResponse& traced, int width, bool color) {
  std::string text = absl::StrCat(
      Paint(traced.utterance().name(), kBold, color), "  ",
      Counted(traced.utterance().member_count(), "wording", "wordings"), ", ",
      Counted(traced.appearance_count(), "printing", "printings"), ", ",
      Counted(traced.independent_origin_count(), "independent origin", "independent origins"), " as far as is known\n");
  const auto section = [&](const char* title, const std::string& body) {
    if (!body.empty()) absl::StrAppend(&text, "\n", Paint(title, kBold, color), "\n", body);
  };
  section("Who had it from whom", DrawRelays(traced, color));
  if (traced.appearances_size() > 0) {
    section(traced.first_certain() ? "Printings, in order" : "Printings, in order; which was the first is not certain",
            PrintingLines(traced, color));
  }
  section("Spread", SpreadLines(traced, width));
  section("Wordings, beside the earliest verbatim one", UtteranceInFull(traced.utterance(), width, color));
  return text;
}

std::string TraceAsDot(const pb::TraceQuoteResponse& traced) {
  std::string dot = "digraph trace {\n  rankdir=LR;\n  node [shape=box];\n";
  for (const pb::RelayNode& node : traced.nodes()) {
    absl::StrAppend(
        &dot, "  ", DotText(node.id()), " [label=", DotText(absl::StrCat(NameOf(node), ", ", NodeDetails(node))),
        node.origin() ? ", peripheries=2" : "", node.appearance_count() == 0 ? ", style=dashed" : "", "];\n");
  }
  for (const pb::RelayEdge& edge : traced.edges()) {
    absl::StrAppend(&dot, "  ", DotText(edge.from()), " -> ", DotText(edge.to()),
                    " [label=", DotText(absl::StrCat(WordsOf(edge.kind()), " ", edge.appearance_count())), "];\n");
  }
  return dot + "}\n";
}

}  // namespace onrecord::cli
