// The eleven statements of the seed article, as far as the record itself answers for them: kinds, chains, unnamed
// sources, uncertain dates as given, and nobody called "he".
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "google/protobuf/util/message_differencer.h"
#include "tests/support/utterances.h"

namespace onrecord {
namespace {

using google::protobuf::util::MessageDifferencer;
using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

const char kEnvoyName[] = "Alexander Botsan-Kharchenko";
const char kPrinted[] = "in an interview published on Wednesday";

struct Statement {
  const char* id;
  pb::QuoteKind kind;
  const char* text;
  const char* speaker;  // empty: described_as
  const char* described_as;
  const char* printed;  // nullptr: the date is not known; else not later than the article
  int hops;             // how many of Izvestia, AFP lie before the blog
  const char* attribution;
  pb::Resolution resolution;
  const char* position;
};

const Statement kStatements[] = {
    {"s1", pb::QUOTE_KIND_PARTIAL, "regain ground lost after the collapse of the Soviet Union", "Richard Holbrooke", "",
     nullptr, 0, "Some, like Richard Holbrooke, argue", pb::RESOLUTION_NAMED, "251-308"},
    {"s2", pb::QUOTE_KIND_INDIRECT,
     "by supporting Serbia, they are fighting by proxy their own separatist issues at home", "", "Others", nullptr, 0,
     "Others claim", pb::RESOLUTION_UNNAMED, "387-471"},
    {"s3", pb::QUOTE_KIND_PARTIAL, "pseudo-reality", "Russia", "", kPrinted, 1, "US view on Kosovo independence a",
     pb::RESOLUTION_METONYM, "785-799"},
    {"s4", pb::QUOTE_KIND_PARTIAL, "pseudo-reality", kEnvoyName, "", kPrinted, 2,
     "accused the United States in an interview published on Wednesday of living in a", pb::RESOLUTION_NAMED,
     "1012-1026"},
    {"s5", pb::QUOTE_KIND_DIRECT,
     "The Americans believe that Kosovo’s separation has already taken place de facto. We look at the situation from "
     "the point of view of international law, not pseudo-reality,",
     kEnvoyName, "", kPrinted, 2, "Alexander Botsan-Kharchenko told the Izvestia daily", pb::RESOLUTION_NAMED,
     "1103-1273"},
    {"s6", pb::QUOTE_KIND_INDIRECT, "several Western countries already assumed that Kosovo independence was inevitable",
     kEnvoyName, "", kPrinted, 2, "Botsan-Kharchenko said that", pb::RESOLUTION_NAMED, "1357-1438"},
    {"s7", pb::QUOTE_KIND_DIRECT, "Mildly speaking, this does not help Serbian-Albanian dialogue,", kEnvoyName, "",
     kPrinted, 2, "he continued", pb::RESOLUTION_PRONOUN, "1441-1503"},
    {"s8", pb::QUOTE_KIND_INDIRECT,
     "independence for Kosovo would erase Serbia’s sovereignty, promote instability in the Balkans and create a "
     "precedent for other separatist provinces around the world",
     kEnvoyName, "", kPrinted, 2, "Botsan-Kharchenko warned in the Izvestia interview that", pb::RESOLUTION_NAMED,
     "1759-1922"},
    {"s9", pb::QUOTE_KIND_PARTIAL, "supervised independence", "", "a UN special envoy", "", 1,
     "as proposed by a UN special envoy", pb::RESOLUTION_UNNAMED, "1999-2022"},
    {"s11", pb::QUOTE_KIND_INDIRECT, "Kosovo an integral part of its territory", "Serbia", "", "", 1,
     "Serbia considers", pb::RESOLUTION_NAMED, "2117-2157"},
    {"s10", pb::QUOTE_KIND_INDIRECT, "it is only prepared to consider a high degree of autonomy", "Serbia", "", "", 1,
     "Serbia considers Kosovo an integral part of its territory and says", pb::RESOLUTION_NAMED, "2167-2224"},
};

struct Position {
  const char* statement;
  const char* claim;
  pb::Position position;
  const char* holder;  // empty: the statement's source
  const char* ascribed_by;
};

const char kDeFacto[] = "Kosovo independent de facto";
const char kSupervised[] = "Kosovo should have supervised independence";
const char kInevitable[] = "Kosovo independence inevitable";

const Position kPositions[] = {
    {"s1", "Russia wants to regain lost ground", pb::POSITION_ASSERTS, "", ""},
    {"s2", "Russia fights own separatism by proxy", pb::POSITION_ASSERTS, "", ""},
    {"s3", kDeFacto, pb::POSITION_DENIES, "", ""},
    {"s4", kDeFacto, pb::POSITION_DENIES, "", ""},
    {"s5", kDeFacto, pb::POSITION_DENIES, "", ""},
    {"s5", kDeFacto, pb::POSITION_ASSERTS, "the Americans", ""},
    {"s6", kInevitable, pb::POSITION_NEUTRAL, "", ""},
    {"s6", kInevitable, pb::POSITION_ASSERTS, "several Western countries", ""},
    {"s8", "Kosovo independence erases Serbia’s sovereignty", pb::POSITION_ASSERTS, "", ""},
    {"s8", "Kosovo independence promotes instability in the Balkans", pb::POSITION_ASSERTS, "", ""},
    {"s8", "Kosovo independence sets precedent", pb::POSITION_ASSERTS, "", ""},
    {"s9", kSupervised, pb::POSITION_ASSERTS, "", ""},
    {"s10", kSupervised, pb::POSITION_DENIES, "", ""},
    {"s11", "Kosovo is part of Serbia", pb::POSITION_ASSERTS, "", "Agence France-Presse"},
};

class DossierTest : public GroupedTest {
 protected:
  static pb::ImportRecord Record(const Statement& statement) {
    ARecord record = ARecord()
                         .Saying(statement.text)
                         .As(statement.kind)
                         .In("Blog reprint")
                         .About("Kosovo status")
                         .WithId(statement.id);
    if (*statement.speaker != '\0')
      record.By(statement.speaker);
    else
      record.BySomebody(statement.described_as);
    if (statement.hops == 2) record.Via("Izvestia");
    if (statement.hops >= 1) record.Via("Agence France-Presse");
    return record.On(statement.printed == nullptr ? "" : "../2007-11-21").With([&](pb::ImportRecord& r) {
      r.set_said_basis(statement.printed == nullptr ? "unknown" : "bounded_by_publication");
      if (statement.printed != nullptr) r.set_said_printed(statement.printed);
      r.set_headline("Russia to U.S.: Get Real!");
      r.set_attribution(statement.attribution);
      r.set_resolution(statement.resolution);
      r.set_position(statement.position);
      r.set_language("en");
      if (std::string(statement.id) == "s7") r.set_marks(pb::MARKS_OPENING_MISSING);
      for (const Position& position : kPositions) {
        if (std::string_view(position.statement) != statement.id) continue;
        pb::ImportStance& stance = *r.add_stances();
        stance.set_claim(position.claim);
        stance.set_position(position.position);
        stance.set_holder(position.holder);
        stance.set_ascribed_by(position.ascribed_by);
      }
    });
  }

  void SetUp() override {
    GroupedTest::SetUp();
    for (const Statement& statement : kStatements) records_.push_back(Record(statement));
    const Imported imported = Import(*imports_, records_, {.source = "seed-dossier"});
    ASSERT_TRUE(imported.status.ok()) << imported.status.error_message();
    ASSERT_TRUE(imported.AllAre(pb::OUTCOME_CREATED));
    for (std::size_t i = 0; i < imported.results.size(); ++i) {
      names_[kStatements[i].id] = imported.results[i].quote();
    }
  }
  pb::Quote Said(const std::string& id) { return *Get(names_.at(id)); }
  std::vector<std::string> Ids(const pb::QuoteFilter& filter) {
    std::vector<std::string> ids;
    const auto listed = List(filter);
    for (const pb::Quote& quote : listed->quotes()) {
      for (const auto& [id, name] : names_) {
        if (name == quote.name()) ids.push_back(id);
      }
    }
    return ids;
  }

  // Each lane on a claim as "holder: position, position"; "?" before what somebody else ascribes.
  std::vector<std::string> Lanes(const std::string& claim, bool ascribed) {
    pb::GetStanceHistoryRequest request;
    request.set_claim(claim);
    request.set_include_ascribed(ascribed);
    const auto history = Call(*timeline_, &pb::TimelineService::Stub::GetStanceHistory, request);
    EXPECT_TRUE(history.status.ok()) << history.status.error_message();
    std::vector<std::string> lanes;
    for (const pb::StanceLane& lane : history->lanes()) {
      EXPECT_TRUE(lane.changes().empty());  // nothing is known of the order
      std::string text = (lane.holder().empty() ? lane.described_as() : lane.holder_display_name()) + ":";
      for (const pb::StancePoint& point : lane.points()) {
        text += (point.ascribed() ? " ?" : " ") + pb::Position_Name(point.position()) + " x" +
                std::to_string(point.stance_count());
      }
      lanes.push_back(text);
    }
    return lanes;
  }

  std::vector<pb::ImportRecord> records_;
  std::map<std::string, std::string> names_;
};

TEST_F(DossierTest, ListQuotes_OfTheDossier_AreTheElevenAsGiven) {
  EXPECT_EQ(List(pb::QuoteFilter())->quotes_size(), 11);
  for (const Statement& statement : kStatements) {
    SCOPED_TRACE(statement.id);
    const pb::Quote quote = Said(statement.id);
    EXPECT_EQ(quote.text(), statement.text);
    EXPECT_EQ(quote.kind(), statement.kind);
    EXPECT_EQ(quote.polarity(), pb::POLARITY_AFFIRMED);
    EXPECT_EQ(quote.speaker_display_name(), statement.speaker);
    EXPECT_EQ(quote.described_as(), statement.described_as);
    ASSERT_EQ(quote.appearances_size(), 1);
    EXPECT_EQ(quote.appearances(0).attribution(), statement.attribution);
    EXPECT_EQ(quote.appearances(0).resolution(), statement.resolution);
    EXPECT_EQ(quote.appearances(0).article().headline(), "Russia to U.S.: Get Real!");
    const pb::TextRange& range = quote.appearances(0).ranges(0);
    EXPECT_EQ(std::to_string(range.begin()) + "-" + std::to_string(range.end()), statement.position);
  }
  EXPECT_EQ(Said("s7").appearances(0).marks(), pb::MARKS_OPENING_MISSING);
}

TEST_F(DossierTest, GetQuote_OfEachStatement_HasItsChain) {
  for (const Statement& statement : kStatements) {
    std::vector<std::string> chain;
    const pb::Quote quote = Said(statement.id);
    for (const pb::Hop& hop : quote.appearances(0).relays()) chain.push_back(hop.outlet_display_name());
    chain.push_back(quote.appearances(0).outlet_display_name());
    std::vector<std::string> expected = {"Izvestia", "Agence France-Presse", "Blog reprint"};
    expected.erase(expected.begin(), expected.begin() + (2 - statement.hops));
    EXPECT_EQ(chain, expected) << statement.id;
  }
  const std::string citation = Said("s5").citation();
  const std::size_t izvestia = citation.find("Izvestia");
  const std::size_t wire = citation.find("Agence France-Presse");
  EXPECT_LT(izvestia, wire);
  EXPECT_LT(wire, citation.find("Blog reprint"));
}

TEST_F(DossierTest, ListQuotes_OfUnnamedSources_AreTheTwo) {
  pb::QuoteFilter unnamed;
  unnamed.set_unnamed(true);
  EXPECT_THAT(Ids(unnamed), UnorderedElementsAre("s2", "s9"));
  for (const char* id : {"s2", "s9"}) {
    EXPECT_EQ(Said(id).speaker(), "");
    EXPECT_EQ(Said(id).source_terms(), pb::SOURCE_TERMS_UNKNOWN);
  }
}

TEST_F(DossierTest, GetQuote_OfEachStatement_HasItsDateAsGiven) {
  for (const Statement& statement : kStatements) {
    SCOPED_TRACE(statement.id);
    const pb::Quote quote = Said(statement.id);
    EXPECT_FALSE(quote.said().has_from());
    if (statement.printed == nullptr) {
      EXPECT_FALSE(quote.said().has_to());
      EXPECT_EQ(quote.said().basis(), pb::DATE_BASIS_UNKNOWN);
      EXPECT_EQ(quote.occurred_precision(), pb::PRECISION_RECORDED);
      continue;
    }
    EXPECT_TRUE(MessageDifferencer::Equals(quote.said().to(), ADay(2007, 11, 21)));
    EXPECT_EQ(quote.said().printed(), statement.printed);
    EXPECT_EQ(quote.said().basis(), pb::DATE_BASIS_BOUNDED_BY_PUBLICATION);
    // Placed by its bound and shown as no more than that: no order among them is claimed.
    EXPECT_TRUE(MessageDifferencer::Equals(quote.occurred(), ADay(2007, 11, 21)));
    EXPECT_EQ(quote.occurred_precision(), pb::PRECISION_BOUND);
  }
}

TEST_F(DossierTest, ListQuotes_OfPossibleDates_LeavesNoUndatedOneOut) {
  pb::QuoteFilter filter;
  *filter.mutable_said() = Between("2005", "2006", true);
  EXPECT_EQ(Ids(filter).size(), 11U);
  *filter.mutable_said() = Between("2007-11-22", "2007-12", true);
  EXPECT_THAT(Ids(filter), UnorderedElementsAre("s1", "s2"));
  *filter.mutable_said() = Between("2007-11-21", "2007-11-21");
  EXPECT_EQ(Ids(filter).size(), 9U);
}

TEST_F(DossierTest, ListSpeakers_OfTheDossier_AreThoseWhoAreNamed) {
  const auto speakers = Call(*speakers_, &pb::SpeakerService::Stub::ListSpeakers, pb::ListSpeakersRequest());
  std::vector<std::string> names;
  for (const pb::Speaker& speaker : speakers->speakers()) names.push_back(speaker.display_name());
  EXPECT_THAT(names, ElementsAre(kEnvoyName, "Richard Holbrooke", "Russia", "Serbia", "several Western countries",
                                 "the Americans"));
  pb::QuoteFilter envoy;
  envoy.add_speakers("speakers/alexander-botsan-kharchenko");
  EXPECT_THAT(Ids(envoy), UnorderedElementsAre("s4", "s5", "s6", "s7", "s8"));
  pb::QuoteFilter words = envoy;
  words.set_words("pseudo-reality");
  EXPECT_THAT(Ids(words), UnorderedElementsAre("s4", "s5"));
  words.set_words("not");
  EXPECT_THAT(Ids(words), UnorderedElementsAre("s5", "s7"));
  // Said by two: the country in the headline and its envoy stay two speakers.
  EXPECT_NE(names_["s3"], names_["s4"]);
}

TEST_F(DossierTest, GetTimeline_OfTheDossier_SaysThatItIsUncertain) {
  pb::GetTimelineRequest request;
  request.set_granularity(pb::GRANULARITY_YEAR);
  *request.mutable_filter()->mutable_said() = Between("2007", "2007");
  const auto timeline = Call(*timeline_, &pb::TimelineService::Stub::GetTimeline, request);
  ASSERT_EQ(timeline->series_size(), 1);
  ASSERT_EQ(timeline->series(0).buckets_size(), 1);
  EXPECT_EQ(timeline->series(0).buckets(0).count(), 9);
  EXPECT_EQ(timeline->series(0).buckets(0).uncertain_count(), 9);
}

TEST_F(DossierTest, Chains_NameTheInterviewAndTheStoryThatRelaysIt) {
  pb::ListArticlesRequest request;
  request.set_stubs(true);
  const auto stubs = Call(*articles_, &pb::ArticleService::Stub::ListArticles, request);
  ASSERT_EQ(stubs->articles_size(), 2) << stubs.status.error_message();
  std::map<std::string, std::string> names;
  for (const pb::Article& stub : stubs->articles()) names[stub.outlet_display_name()] = stub.name();
  for (const Statement& statement : kStatements) {
    const pb::Quote quote = *Get(names_[statement.id]);
    for (const pb::Hop& hop : quote.appearances(0).relays()) {
      EXPECT_EQ(hop.article(), names[hop.outlet_display_name()]) << statement.id;
    }
  }
  pb::ListArticleLinksRequest links;
  links.set_article(names["Agence France-Presse"]);
  const auto listed = Call(*articles_, &pb::ArticleService::Stub::ListArticleLinks, links);
  ASSERT_EQ(listed->links_size(), 2) << listed.status.error_message();
  EXPECT_EQ(listed->links(0).kind(), pb::ARTICLE_LINK_KIND_RELAYS);
  EXPECT_EQ(listed->links(0).other(), names["Izvestia"]);
  EXPECT_EQ(listed->links(1).kind(), pb::ARTICLE_LINK_KIND_RELAYS);
  EXPECT_EQ(listed->links(1).article_title(), "Russia to U.S.: Get Real!");
  EXPECT_EQ(Sql("SELECT count(*) FROM article_links"), "2");
}

TEST_F(DossierTest, ImportQuotes_OfTheDossierAgain_ChangesNothing) {
  const std::string before = Dump();
  EXPECT_TRUE(Import(*imports_, records_, {.source = "seed-dossier"}).AllAre(pb::OUTCOME_UNCHANGED));
  const Imported again = Import(*imports_, Export(*imports_));
  for (const pb::RecordResult& result : again.results) {
    EXPECT_EQ(result.outcome(), pb::OUTCOME_UNCHANGED) << result.ShortDebugString();
  }
  EXPECT_EQ(Dump(), before);
  // "he" is refused even when a script takes the attribution for a name.
  pb::ImportRecord he = records_[6];
  he.set_speaker("he");
  he.clear_external_id();
  const Imported imported = Import(*imports_, {he});
  ASSERT_EQ(imported.results.size(), 1U);
  EXPECT_EQ(imported.results[0].reason(), "PRONOUN");
}

TEST_F(DossierTest, KosovoIndependentDeFacto_IsDeniedByTheEnvoyAndAscribedToTheAmericans) {
  const std::string claim = "claims/kosovo-independent-de-facto";
  EXPECT_THAT(Lanes(claim, false),
              UnorderedElementsAre("Russia: POSITION_DENIES x1", "Alexander Botsan-Kharchenko: POSITION_DENIES x2"));
  EXPECT_THAT(Lanes(claim, true),
              UnorderedElementsAre("Russia: POSITION_DENIES x1", "Alexander Botsan-Kharchenko: POSITION_DENIES x2",
                                   "the Americans: ?POSITION_ASSERTS x1"));
  pb::GetFirstsRequest firsts;
  firsts.set_claim(claim);
  firsts.add_positions(pb::POSITION_DENIES);
  const auto tied = Call(*timeline_, &pb::TimelineService::Stub::GetFirsts, firsts);
  EXPECT_EQ(tied->stances_size(), 3);
  EXPECT_FALSE(tied->certain());
  firsts.set_positions(0, pb::POSITION_ASSERTS);
  EXPECT_EQ(Call(*timeline_, &pb::TimelineService::Stub::GetFirsts, firsts)->stances_size(), 0);
}

TEST_F(DossierTest, SupervisedIndependence_SerbiaDeniesAndTheUnnamedEnvoyAsserts) {
  EXPECT_THAT(Lanes("claims/kosovo-should-have-supervised-independence", false),
              UnorderedElementsAre("a UN special envoy: POSITION_ASSERTS x1", "Serbia: POSITION_DENIES x1"));
  EXPECT_THAT(Lanes("claims/kosovo-is-part-of-serbia", false), ElementsAre());
  EXPECT_THAT(Lanes("claims/kosovo-is-part-of-serbia", true), ElementsAre("Serbia: ?POSITION_ASSERTS x1"));
}

TEST_F(DossierTest, TraceQuote_OfPseudoReality_HasOneOriginUntilSomebodyElseAsks) {
  SpeakFor("speakers/alexander-botsan-kharchenko", {"speakers/russia"});
  Match();
  const std::set<std::string> one = {names_.at("s3"), names_.at("s4"), names_.at("s5")};
  for (const std::string& name : one) {
    EXPECT_EQ(Together(name), one);
    const auto traced = Trace(name);
    ASSERT_TRUE(traced.status.ok()) << traced.status.error_message();
    EXPECT_EQ(traced->utterance().reference(), names_.at("s5"));
    EXPECT_EQ(traced->independent_origin_count(), 1);
    ASSERT_EQ(traced->nodes_size(), 3);
    EXPECT_EQ(traced->nodes(0).display_name(), "Izvestia");
    EXPECT_TRUE(traced->nodes(0).origin());
    EXPECT_EQ(traced->edges_size(), 2);
  }
  std::vector<pb::ImportRecord> reprints;
  for (int i = 0; i < 500; ++i) {
    pb::ImportRecord record = records_[i % 2 == 0 ? 3 : 4];
    record.clear_external_id();
    record.clear_stances();
    record.set_outlet("Reprint " + std::to_string(i));
    record.set_url("https://reprints.test/" + std::to_string(i));
    reprints.push_back(record);
  }
  Feed(reprints);
  Match();
  EXPECT_EQ(Together(names_.at("s3")), one);
  const auto reprinted = Trace(names_.at("s3"));
  EXPECT_EQ(reprinted->appearance_count(), 503);
  EXPECT_EQ(reprinted->nodes_size(), 503);
  EXPECT_EQ(reprinted->independent_origin_count(), 1);
  pb::ImportRecord interview = records_[4];
  interview.clear_external_id();
  interview.clear_stances();
  interview.clear_via();
  interview.set_outlet("Second paper");
  interview.set_url("https://second.test/interview");
  Feed({interview});
  Match();
  EXPECT_EQ(Trace(names_.at("s3"))->independent_origin_count(), 2);
}

TEST_F(DossierTest, OneQuote_TakesThreePositions) {
  pb::ListStancesRequest request;
  request.mutable_filter()->add_quotes(names_.at("s8"));
  EXPECT_EQ(Call(*claims_, &pb::ClaimService::Stub::ListStances, request)->stances_size(), 3);
}

TEST_F(DossierTest, ListReversalsAndContradictions_ClaimNoOrderOfUndatedStatements) {
  EXPECT_TRUE(
      Call(*timeline_, &pb::TimelineService::Stub::ListReversals, pb::ListReversalsRequest())->reversals().empty());
  pb::ListContradictionsRequest between;
  between.set_between_holders(true);
  between.mutable_filter()->add_holders("speakers/serbia");
  const auto contradictions = Call(*timeline_, &pb::TimelineService::Stub::ListContradictions, between);
  ASSERT_EQ(contradictions->contradictions_size(), 1) << contradictions.status.error_message();
  EXPECT_EQ(contradictions->contradictions(0).in_favor().described_as(), "a UN special envoy");
  EXPECT_EQ(contradictions->contradictions(0).against().holder_display_name(), "Serbia");
}

}  // namespace
}  // namespace onrecord
