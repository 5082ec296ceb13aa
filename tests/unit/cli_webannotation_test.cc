#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "clients/cli/webannotation.h"

namespace onrecord::cli {
namespace {

namespace pb = ::onrecord::v1;
using Json = nlohmann::json;

pb::Quote AQuoteInPrint() {
  pb::Quote quote;
  quote.set_name("quotes/0123456789abcdef0123456789abcdef");
  quote.set_text("We waited long, and we are glad.");
  quote.set_speaker("speakers/ada-byron");
  quote.set_speaker_display_name("Ada Byron");
  quote.set_kind(pb::QUOTE_KIND_DIRECT);
  quote.set_language("en");
  quote.mutable_update_time()->set_seconds(1448451296);
  pb::Appearance& appearance = *quote.add_appearances();
  appearance.set_id("00000000000000000000000000000007");
  appearance.set_outlet_display_name("Gazette");
  appearance.mutable_article()->set_name("articles/7");
  appearance.mutable_article()->set_url("https://example.org/a");
  appearance.mutable_article()->set_headline("Harbour to open");
  appearance.mutable_published()->mutable_from()->set_year(2015);
  appearance.mutable_published()->mutable_to()->set_year(2015);
  appearance.set_context_before("before “");
  appearance.set_context_after("” after");
  appearance.mutable_create_time()->set_seconds(1448451296);
  return quote;
}

void AddRange(int begin, int end, pb::Quote& quote) {
  pb::TextRange& range = *quote.mutable_appearances(0)->add_ranges();
  range.set_begin(begin);
  range.set_end(end);
}

Json Annotation(const pb::Quote& quote) {
  const std::string line = WebAnnotationToJson(quote, quote.appearances(0));
  EXPECT_EQ(line.find('\n'), std::string::npos);
  return Json::parse(line);
}

// What the model requires (sections 3 and 4).
void ExpectValid(const Json& annotation) {
  EXPECT_EQ(annotation["@context"], "http://www.w3.org/ns/anno.jsonld");
  EXPECT_EQ(annotation["type"], "Annotation");
  EXPECT_EQ(annotation["id"].get<std::string>().rfind("urn:onrecord:quotes/", 0), 0U);
  const std::set<std::string> purposes = {"assessing",   "bookmarking",  "classifying", "commenting", "describing",
                                          "editing",     "highlighting", "identifying", "linking",    "moderating",
                                          "questioning", "replying",     "tagging"};
  EXPECT_TRUE(purposes.contains(annotation["motivation"]));
  for (const Json& body : annotation["body"]) {
    EXPECT_TRUE(purposes.contains(body["purpose"]));
    EXPECT_TRUE(body["type"] == "TextualBody" ? body.contains("value") : body.contains("source")) << body;
  }
  const Json& target = annotation["target"];
  for (const Json& one : target.is_array() ? target : Json::array({target})) {
    EXPECT_EQ(one["type"], "SpecificResource");
    EXPECT_FALSE(one["source"]["id"].get<std::string>().empty());
    for (const Json& selector : one.value("selector", Json::array())) {
      if (selector["type"] == "TextQuoteSelector") {
        EXPECT_FALSE(selector["exact"].get<std::string>().empty());
      } else {
        EXPECT_EQ(selector["type"], "TextPositionSelector");
        EXPECT_LT(selector["start"], selector["end"]);
      }
    }
  }
}

TEST(CliWebAnnotation, WebAnnotationToJson_OfOneRange_HasBothSelectors) {
  pb::Quote quote = AQuoteInPrint();
  AddRange(10, 42, quote);
  const Json annotation = Annotation(quote);
  ExpectValid(annotation);
  const Json& target = annotation["target"];
  EXPECT_EQ(target["source"]["id"], "https://example.org/a");
  EXPECT_EQ(target["source"]["schema:headline"], "Harbour to open");
  EXPECT_EQ(target["source"]["schema:datePublished"], "2015");
  EXPECT_EQ(target["selector"][0], Json::parse(R"({"type":"TextQuoteSelector","prefix":"before “","suffix":"” after",
    "exact":"We waited long, and we are glad."})"));
  EXPECT_EQ(target["selector"][1], Json::parse(R"({"type":"TextPositionSelector","start":10,"end":42})"));
  EXPECT_EQ(annotation["created"], "2015-11-25T11:34:56Z");
  EXPECT_EQ(annotation["body"][0]["value"], quote.text());
  EXPECT_EQ(annotation["body"][1]["source"]["id"], "urn:onrecord:speakers/ada-byron");
  EXPECT_EQ(annotation["body"][2]["value"], "direct");
}

TEST(CliWebAnnotation, WebAnnotationToJson_OfSeveralRanges_HasATargetForEach) {
  pb::Quote quote = AQuoteInPrint();
  AddRange(10, 25, quote);
  AddRange(40, 56, quote);
  const Json annotation = Annotation(quote);
  ExpectValid(annotation);
  ASSERT_EQ(annotation["target"].size(), 2U);
  EXPECT_EQ(annotation["target"][0]["selector"][0]["exact"], "We waited long,");
  EXPECT_EQ(annotation["target"][0]["selector"][0]["prefix"], "before “");
  EXPECT_FALSE(annotation["target"][0]["selector"][0].contains("suffix"));
  EXPECT_EQ(annotation["target"][1]["selector"][0]["exact"], "and we are glad.");
  EXPECT_EQ(annotation["target"][1]["selector"][1]["start"], 40);
}

TEST(CliWebAnnotation, WebAnnotationToJson_OfWordsThatCannotBeDivided_KeepsPositions) {
  pb::Quote quote = AQuoteInPrint();
  AddRange(10, 20, quote);
  AddRange(40, 99, quote);
  const Json annotation = Annotation(quote);
  ExpectValid(annotation);
  EXPECT_EQ(annotation["target"][1]["selector"].size(), 1U);
}

TEST(CliWebAnnotation, WebAnnotationToJson_OfAnUnnamedSourceWithoutAddress_IsValid) {
  pb::Quote quote = AQuoteInPrint();
  quote.clear_speaker();
  quote.set_described_as("an official");
  quote.set_polarity(pb::POLARITY_NEGATED);
  quote.mutable_appearances(0)->mutable_article()->clear_url();
  quote.mutable_appearances(0)->set_wording("We waited.");
  Json annotation = Annotation(quote);
  ExpectValid(annotation);
  EXPECT_EQ(annotation["target"]["source"]["id"], "urn:onrecord:articles/7");
  EXPECT_EQ(annotation["target"]["selector"][0]["exact"], "We waited.");
  EXPECT_EQ(annotation["body"][1]["source"]["schema:description"], "an official");
  EXPECT_EQ(annotation["body"][3]["value"], "negated");
  quote.mutable_appearances(0)->clear_article();
  annotation = Annotation(quote);
  ExpectValid(annotation);
}

}  // namespace
}  // namespace onrecord::cli
