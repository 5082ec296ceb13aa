#include "clients/cli/webannotation.h"

#include "absl/time/time.h"
#include "clients/cli/dates.h"
#include "clients/cli/documents.h"
#include "clients/cli/enums.h"
#include "clients/cli/ordered_json.h"

namespace onrecord::cli {
namespace {

namespace pb = ::onrecord::v1;
constexpr char kUrn[] = "urn:onrecord:";

std::string AnnotationTime(const google::protobuf::Timestamp& time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", absl::FromUnixSeconds(time.seconds()), absl::UTCTimeZone());
}

// The article that it was printed in.
OrderedJson SourceOf(const pb::Quote& quote, const pb::Appearance& appearance) {
  const pb::Article& article = appearance.article();
  OrderedJson source;
  if (!article.url().empty()) {
    source["id"] = article.url();
  } else if (!article.name().empty()) {
    source["id"] = kUrn + article.name();
  } else {
    source["id"] = kUrn + quote.name() + "/appearances/" + appearance.id() + "/article";
  }
  source["type"] = "Text";
  SetText(source, "schema:headline", article.headline());
  SetText(source, "schema:datePublished", IntervalText(appearance.published()));
  if (!appearance.outlet_display_name().empty()) {
    source["schema:publisher"] = {{"type", "Organization"}, {"name", appearance.outlet_display_name()}};
  }
  return source;
}

// The words of each range; empty where the wording cannot be divided among them.
std::vector<std::string> PiecesOf(const std::string& wording, const pb::Appearance& appearance) {
  std::vector<std::string> pieces;
  std::string rest = wording;
  for (const pb::TextRange& range : appearance.ranges()) {
    if (!pieces.empty() && rest.starts_with(' ')) rest.erase(0, 1);
    pieces.push_back(FirstCodePoints(rest, static_cast<std::size_t>(range.end() - range.begin())));
    rest.erase(0, pieces.back().size());
    if (CodePoints(pieces.back()) != static_cast<std::size_t>(range.end() - range.begin())) return {};
  }
  if (!rest.empty()) pieces.clear();  // white space was folded
  return pieces;
}

OrderedJson QuoteSelector(const std::string& exact, const std::string& prefix, const std::string& suffix) {
  OrderedJson selector = {{"type", "TextQuoteSelector"}, {"exact", exact}};
  SetText(selector, "prefix", prefix);
  SetText(selector, "suffix", suffix);
  return selector;
}

OrderedJson PositionSelector(const pb::TextRange& range) {
  return {{"type", "TextPositionSelector"}, {"start", range.begin()}, {"end", range.end()}};
}

OrderedJson TargetOf(const pb::Quote& quote, const pb::Appearance& appearance) {
  const std::string& wording = appearance.wording().empty() ? quote.text() : appearance.wording();
  const OrderedJson source = SourceOf(quote, appearance);
  const auto target = [&](OrderedJson selectors) {
    OrderedJson one = {{"type", "SpecificResource"}, {"source", source}};
    if (!selectors.empty()) one["selector"] = std::move(selectors);
    return one;
  };
  if (appearance.ranges_size() <= 1) {
    OrderedJson selectors = OrderedJson::array();
    if (!wording.empty()) {
      selectors.push_back(QuoteSelector(wording, appearance.context_before(), appearance.context_after()));
    }
    if (appearance.ranges_size() == 1) selectors.push_back(PositionSelector(appearance.ranges(0)));
    return target(std::move(selectors));
  }
  const std::vector<std::string> pieces = PiecesOf(wording, appearance);
  OrderedJson targets = OrderedJson::array();
  for (int i = 0; i < appearance.ranges_size(); ++i) {
    OrderedJson selectors = OrderedJson::array();
    if (!pieces.empty()) {
      const bool last = i + 1 == appearance.ranges_size();
      selectors.push_back(QuoteSelector(pieces[static_cast<std::size_t>(i)], i == 0 ? appearance.context_before() : "",
                                        last ? appearance.context_after() : ""));
    }
    selectors.push_back(PositionSelector(appearance.ranges(i)));
    targets.push_back(target(std::move(selectors)));
  }
  return targets;
}

OrderedJson Classified(const std::string& value) {
  return {{"type", "TextualBody"}, {"value", value}, {"purpose", "classifying"}};
}

OrderedJson BodiesOf(const pb::Quote& quote) {
  OrderedJson text = {{"type", "TextualBody"}, {"value", quote.text()}, {"format", "text/plain"}};
  SetText(text, "language", quote.language());
  text["purpose"] = "describing";
  OrderedJson who = {{"type", "SpecificResource"}};
  if (!quote.speaker().empty()) {
    who["source"] = {{"id", kUrn + quote.speaker()}, {"schema:name", quote.speaker_display_name()}};
  } else {
    who["source"] = {{"id", kUrn + quote.name() + "/source"}, {"schema:description", quote.described_as()}};
  }
  who["purpose"] = "identifying";
  OrderedJson bodies = OrderedJson::array({std::move(text), std::move(who), Classified(TextOf(quote.kind()))});
  if (quote.polarity() > pb::POLARITY_AFFIRMED) bodies.push_back(Classified(TextOf(quote.polarity())));
  return bodies;
}

}  // namespace

std::string WebAnnotationToJson(const pb::Quote& quote, const pb::Appearance& appearance) {
  OrderedJson annotation = {{"@context", "http://www.w3.org/ns/anno.jsonld"},
                            {"id", kUrn + quote.name() + "/appearances/" + appearance.id()},
                            {"type", "Annotation"},
                            {"motivation", "describing"}};
  if (appearance.create_time().seconds() != 0) annotation["created"] = AnnotationTime(appearance.create_time());
  if (quote.update_time().seconds() != 0) annotation["modified"] = AnnotationTime(quote.update_time());
  annotation["generator"] = {{"id", "urn:onrecord:server"}, {"type", "Software"}, {"name", "onrecord"}};
  annotation["body"] = BodiesOf(quote);
  annotation["target"] = TargetOf(quote, appearance);
  return annotation.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

}  // namespace onrecord::cli
