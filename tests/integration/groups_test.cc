// Which quotes are wordings of one utterance: suggested by the matcher, decided by people.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/utterances.h"

namespace onrecord {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

constexpr auto kConfirmed = pb::QUOTE_LINK_STATE_CONFIRMED;
constexpr auto kLinkRejected = pb::QUOTE_LINK_STATE_REJECTED;
constexpr auto kSuggested = pb::QUOTE_LINK_STATE_SUGGESTED;

const char kMoon[] =
    "We choose to go to the moon in this decade and do the other things, not because they are easy, but because they "
    "are hard";
const char kMoonShort[] = "We choose to go to the moon in this decade";
const char kMoonAltered[] =
    "We chose to go to the moon in this decade and do other things, not because they are easy, but because they are "
    "hard";

class GroupsTest : public GroupedTest {
 protected:
  std::string Said(const std::string& text, const std::string& date, const std::string& speaker = "speakers/ada") {
    return MustCreate(AQuote().Saying(text).By(speaker).On(date)).name();
  }
  void SetUp() override {
    GroupedTest::SetUp();
    MakeSpeaker("ada");
  }
  std::string CountLinks(int state) {
    return Sql("SELECT count(*) FROM quote_links WHERE recorded_to = 'infinity' AND state = " + std::to_string(state));
  }
};

TEST_F(GroupsTest, GetUtterance_WholePartAndAltered_AreOneUtterance) {
  const std::string whole = Said(kMoon, "1962-09-12");
  const std::string part = Said(kMoonShort, "1962-09-12");
  const std::string altered = Said(kMoonAltered, "1962-09-13");
  const std::string other = Said("Bread will be cheap in those days", "1962-09-12");
  Match();
  EXPECT_THAT(Together(whole), UnorderedElementsAre(whole, part, altered));
  EXPECT_EQ(Together(part), Together(whole));
  EXPECT_THAT(Together(other), ElementsAre(other));
  // Any member leads to it, and its name is that of the one recorded first.
  const pb::Utterance utterance = Utterance(altered)->utterance();
  EXPECT_EQ(utterance.name(), "utterances/" + whole.substr(7));
  EXPECT_EQ(Utterance("utterances/" + part.substr(7))->utterance().name(), utterance.name());
  EXPECT_EQ(utterance.reference(), whole);
  EXPECT_EQ(utterance.member_count(), 3);
  EXPECT_THAT(utterance.links(), SizeIs(testing::Ge(2)));
  EXPECT_EQ(MemberOf(whole).relation(), pb::WORDING_RELATION_IDENTICAL);
  EXPECT_EQ(MemberOf(part).relation(), pb::WORDING_RELATION_FRAGMENT);
  EXPECT_EQ(MemberOf(altered).relation(), pb::WORDING_RELATION_CLEANED_GRAMMAR);
}

TEST_F(GroupsTest, GetUtterance_WithADroppedNegation_IsOneThatSaysTheOpposite) {
  const std::string said = Said("We will not raise taxes on working families this year", "1999-05-01");
  const std::string printed = Said("We will raise taxes on working families this year", "1999-05-01");
  Match();
  EXPECT_THAT(Together(said), UnorderedElementsAre(said, printed));
  const int flips = (MemberOf(said).relation() == pb::WORDING_RELATION_POLARITY_FLIP) +
                    (MemberOf(printed).relation() == pb::WORDING_RELATION_POLARITY_FLIP);
  EXPECT_EQ(flips, 1);
  EXPECT_THAT(MemberOf(printed).flags(), Contains(pb::WORDING_FLAG_NEGATION_DROPPED));
}

TEST_F(GroupsTest, GetUtterance_OfTheSameWordsYearsApart_AreTwo) {
  const std::string first = Said(kMoon, "1962-09-12");
  const std::string again = Said(kMoon, "1969-07-20");
  const std::string year = Said(kMoonAltered, "1969");
  Match();
  EXPECT_THAT(Together(first), ElementsAre(first));
  EXPECT_THAT(Together(again), UnorderedElementsAre(again, year));
}

TEST_F(GroupsTest, GetUtterance_KnownByItsPublication_IsOfTheTwoMonthsBefore) {
  const auto printed = [&](const std::string& text, const std::string& date) {
    return MustCreate(
               AQuote().Saying(text).By("speakers/ada").Printed(AnAppearance().On(date).At("https://a.test/" + date)))
        .name();
  };
  const std::string early = printed(kMoon, "2007-11-21");
  const std::string near = printed(kMoonAltered, "2007-12-24");
  const std::string late = printed(kMoonShort, "2008-06-01");
  Match();
  EXPECT_THAT(Together(early), UnorderedElementsAre(early, near));
  EXPECT_THAT(Together(late), ElementsAre(late));
}

TEST_F(GroupsTest, GetUtterance_OfOthersOrNegatedOrUnnamed_IsAlone) {
  MakeSpeaker("grace");
  const std::string ada = Said(kMoon, "1962");
  const std::string grace = Said(kMoon, "1962", "speakers/grace");
  const std::string negated =
      MustCreate(AQuote().Saying(kMoonAltered).By("speakers/ada").On("1962").As(pb::POLARITY_NEGATED)).name();
  const std::string official = MustCreate(AQuote().Saying(kMoon).BySomebody("an official").On("1962")).name();
  const std::string another = MustCreate(AQuote().Saying(kMoon).BySomebody("another official").On("1962")).name();
  Match();
  for (const std::string& name : {ada, grace, negated, official, another}) {
    EXPECT_THAT(Together(name), ElementsAre(name));
  }
  // People may link unnamed sources, but never what was said with what was not.
  EXPECT_TRUE(Decide(official, another, kConfirmed).status.ok());
  EXPECT_THAT(Together(official), UnorderedElementsAre(official, another));
  EXPECT_EQ(Reason(Decide(ada, negated, kConfirmed).status), pb::ERROR_REASON_QUOTES_HELD_APART);
}

TEST_F(GroupsTest, UpdateSpeaker_WhoSpeaksForAnother_BringsTheirQuotesTogetherAndApart) {
  MakeSpeaker("russia");
  const std::string lead = Said("the Americans live in a pseudo-reality of their own making", "2007-11-21");
  const std::string headline = Said("live in a pseudo-reality", "2007-11-21", "speakers/russia");
  Match();
  EXPECT_THAT(Together(headline), ElementsAre(headline));
  SpeakFor("speakers/ada", {"speakers/russia"});
  Match();
  EXPECT_THAT(Together(headline), UnorderedElementsAre(headline, lead));
  SpeakFor("speakers/ada", {});
  Match();
  EXPECT_THAT(Together(headline), ElementsAre(headline));
}

TEST_F(GroupsTest, MergeSpeakers_WhomSomebodySpeaksFor_TheirQuotesStayTogether) {
  MakeSpeaker("russia");
  MakeSpeaker("russian-federation");
  SpeakFor("speakers/ada", {"speakers/russia"});
  const std::string lead = Said("the Americans live in a pseudo-reality of their own making", "2007-11-21");
  pb::MergeSpeakersRequest merge;
  merge.set_name("speakers/russia");
  merge.set_into("speakers/russian-federation");
  merge.set_reason("one state");
  ASSERT_TRUE(Call(*speakers_, &pb::SpeakerService::Stub::MergeSpeakers, merge).status.ok());
  const std::string headline = Said("live in a pseudo-reality", "2007-11-21", "speakers/russian-federation");
  Match();
  EXPECT_THAT(Together(headline), UnorderedElementsAre(headline, lead));
  EXPECT_THAT(Together(lead), UnorderedElementsAre(headline, lead));
}

TEST_F(GroupsTest, GetUtterance_InAnyScript_KnowsTheWords) {
  const struct {
    const char* whole;
    const char* part;
  } kTexts[] = {
      {"我们不同意这个计划，因为太贵了", "我们不同意这个计划"},
      {"Мы не согласны с этим решением и будем его обжаловать", "не согласны с этим решением"},
      {"نحن لا نوافق على هذا القرار ولن نقبل به أبدا", "لا نوافق على هذا القرار"},
  };
  std::vector<std::pair<std::string, std::string>> names;
  for (const auto& [whole, part] : kTexts) names.emplace_back(Said(whole, "2001-01-01"), Said(part, "2001-01-01"));
  Match();
  for (const auto& [whole, part] : names) {
    EXPECT_THAT(Together(part), UnorderedElementsAre(whole, part));
    EXPECT_EQ(MemberOf(part).relation(), pb::WORDING_RELATION_FRAGMENT);
  }
}

TEST_F(GroupsTest, GetUtterance_OfAPartThatStandsInTwo_JoinsOneAlone) {
  const std::string one =
      Said("Solidarity is what this union was founded upon in the year of the great strike", "2001-01-01");
  const std::string two =
      Said("Nobody in the whole country has shown more solidarity with refugees than we have", "2001-01-01");
  const std::string part = Said("Solidarity", "2001-01-01");
  Match();
  EXPECT_EQ(CountLinks(kSuggested), "2");
  EXPECT_NE(Utterance(one)->utterance().name(), Utterance(two)->utterance().name());
  EXPECT_THAT(Together(part), SizeIs(2));
  const auto links = Links();
  ASSERT_EQ(links->links_size(), 2);
  EXPECT_EQ(links->links(0).overruled() + links->links(1).overruled(), 1);
  EXPECT_EQ(links->links(0).quote_text(), "Solidarity");
}

TEST_F(GroupsTest, GetUtterance_WhatThousandsSayAndOneHundredsOfTimes_IsBounded) {
  std::vector<pb::ImportRecord> records;
  for (int i = 0; i < 2000; ++i) {
    records.push_back(ARecord().Saying("Thank you very much.").By("Speaker " + std::to_string(i)).On("2001-01-02"));
  }
  // Every day of a year, and 200 times on one day, each time to somebody else.
  for (int month = 1; month <= 12; ++month) {
    for (int day = 10; day <= 28; ++day) {
      records.push_back(
          ARecord()
              .Saying("Thank you very much!")
              .By("Ada")
              .On("2002-" + std::string(month < 10 ? "0" : "") + std::to_string(month) + "-" + std::to_string(day)));
    }
  }
  for (int i = 0; i < 200; ++i) {
    records.push_back(
        ARecord().Saying("Thank you very much, number " + std::to_string(i)).By("Grace").On("2003-03-03"));
  }
  const Imported imported = Feed(records);
  Match();
  EXPECT_THAT(Together(imported.results[17].quote()), SizeIs(1));
  EXPECT_THAT(Together(imported.results[2010].quote()), SizeIs(1));
  const int suggested = std::stoi(CountLinks(kSuggested));
  EXPECT_GT(suggested, 100);
  EXPECT_LE(suggested, 200 * 20);
}

TEST_F(GroupsTest, SetQuoteLink_Rejected_StaysApartWhateverIsImported) {
  const std::vector<pb::ImportRecord> records = {
      ARecord().Saying(kMoon).By("ada").On("1962-09-12").In("Gazette").WithId("1"),
      ARecord().Saying(kMoonShort).By("ada").On("1962-09-12").In("Post").WithId("2")};
  const Imported imported = Feed(records, {.source = "moon"});
  const std::string whole = imported.results[0].quote();
  const std::string part = imported.results[1].quote();
  Match();
  EXPECT_THAT(Together(whole), SizeIs(2));
  const auto rejected = Decide(part, whole, kLinkRejected);
  ASSERT_TRUE(rejected.status.ok()) << rejected.status.error_message();
  EXPECT_EQ(rejected->link().state(), kLinkRejected);
  EXPECT_EQ(rejected->link().author(), "Ada");
  EXPECT_EQ(rejected->link().relation(), pb::WORDING_RELATION_FRAGMENT);
  EXPECT_THAT(Together(whole), ElementsAre(whole));

  Feed(records, {.source = "moon"});
  pb::Quote quote = *Get(part);
  quote.set_note("looked at again");
  ASSERT_TRUE(Update(quote, {"note"}).status.ok());
  quote = *Get(part);
  quote.set_text(std::string(kMoonShort) + " and do the other things");
  ASSERT_TRUE(Update(quote, {"text"}).status.ok());
  Match();
  EXPECT_THAT(Together(whole), ElementsAre(whole));
  // Nor does a third that is close to both bring them together.
  const std::string third = Said(kMoonAltered, "1962-09-12");
  Match();
  EXPECT_EQ(Together(third).contains(whole) && Together(third).contains(part), false);
  EXPECT_THAT(Together(third), SizeIs(2));
  EXPECT_EQ(CountLinks(kLinkRejected), "1");
}

TEST_F(GroupsTest, SetQuoteLink_Confirmed_HoldsWhateverTheDatesSay) {
  const std::string first = Said(kMoon, "1962-09-12");
  const std::string misdated = Said(kMoonShort, "1969-07-20");
  Match();
  EXPECT_THAT(Together(first), ElementsAre(first));
  ASSERT_TRUE(Decide(misdated, first, kConfirmed).status.ok());
  EXPECT_THAT(Together(first), UnorderedElementsAre(first, misdated));
  // What is near either of the two still finds its way.
  const std::string altered = Said(kMoonAltered, "1962-09-12");
  Match();
  EXPECT_THAT(Together(altered), UnorderedElementsAre(first, misdated, altered));
}

TEST_F(GroupsTest, SetQuoteLink_AsTranslation_IsShownAsSuch) {
  const std::string russian = Said("Мы смотрим на ситуацию с точки зрения международного права", "2007-11-21");
  const std::string english =
      Said("We look at the situation from the point of view of international law", "2007-11-21");
  Match();
  const auto linked = Decide(english, russian, kConfirmed, "t-1", pb::WORDING_RELATION_TRANSLATION);
  ASSERT_TRUE(linked.status.ok()) << linked.status.error_message();
  EXPECT_EQ(linked->link().quote(), english);
  EXPECT_EQ(linked->link().other(), russian);
  EXPECT_EQ(linked->link().similarity(), 0);
  const pb::Utterance utterance = Utterance(russian)->utterance();
  ASSERT_EQ(utterance.members_size(), 2);
  const std::string translated = utterance.reference() == russian ? english : russian;
  EXPECT_EQ(MemberOf(translated).relation(), pb::WORDING_RELATION_TRANSLATION);
  // Said again with the same request id it changes nothing.
  EXPECT_TRUE(Decide(english, russian, kConfirmed, "t-1", pb::WORDING_RELATION_TRANSLATION).status.ok());
  EXPECT_EQ(Sql("SELECT count(*) FROM quote_links"), "1");
  EXPECT_EQ(Reason(Decide(english, russian, kLinkRejected, "t-1").status), pb::ERROR_REASON_REQUEST_ID_REUSED);
}

TEST_F(GroupsTest, SetQuoteLink_ThatWouldUndoADecision_IsRefused) {
  const std::string a = Said("The first thing that was said", "2001");
  const std::string b = Said("Second, and something else entirely", "2001");
  const std::string c = Said("Nothing in common with either", "2001");
  Match();
  ASSERT_TRUE(Decide(a, b, kConfirmed).status.ok());
  ASSERT_TRUE(Decide(a, c, kLinkRejected).status.ok());
  const grpc::Status refused = Decide(b, c, kConfirmed).status;
  EXPECT_EQ(refused.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(Reason(refused), pb::ERROR_REASON_QUOTES_HELD_APART);
  // The other way round: what confirmed links hold together cannot be rejected between its ends.
  ASSERT_TRUE(Decide(a, c, kConfirmed).status.ok());
  ASSERT_TRUE(Decide(b, c, kConfirmed).status.ok());
  EXPECT_EQ(Reason(Decide(a, c, kLinkRejected).status), pb::ERROR_REASON_QUOTES_HELD_APART);
  EXPECT_THAT(Together(a), UnorderedElementsAre(a, b, c));
}

TEST_F(GroupsTest, SetQuoteLink_WithBadInput_NamesTheField) {
  const std::string a = Said("The first thing that was said", "2001");
  const std::string nobody = "quotes/00000000000000000000000000000000";
  EXPECT_THAT(Fields(Decide("a", "b", kSuggested).status), ElementsAre("link.quote", "link.other", "link.state"));
  EXPECT_THAT(Fields(Decide(a, a, kConfirmed).status), ElementsAre("link.other"));
  EXPECT_THAT(Fields(Decide(a, nobody, kConfirmed, "", pb::WORDING_RELATION_IDENTICAL).status),
              ElementsAre("link.relation"));
  EXPECT_EQ(Reason(Decide(a, nobody, kConfirmed).status), pb::ERROR_REASON_QUOTE_NOT_FOUND);
  EXPECT_EQ(Reason(Utterance(nobody).status), pb::ERROR_REASON_QUOTE_NOT_FOUND);
  EXPECT_EQ(Reason(Trace("utterances/00000000000000000000000000000000").status), pb::ERROR_REASON_QUOTE_NOT_FOUND);
  EXPECT_THAT(Fields(Utterance("speakers/ada").status), ElementsAre("name"));
  EXPECT_THAT(Fields(Trace("utterances/1").status), ElementsAre("name"));
}

TEST_F(GroupsTest, UpdateQuote_WithOtherWordsOrDates_IsLinkedAnew) {
  const std::string whole = Said(kMoon, "1962-09-12");
  pb::Quote part = MustCreate(AQuote().Saying(kMoonShort).By("speakers/ada").On("1962-09-12"));
  Match();
  EXPECT_THAT(Together(whole), SizeIs(2));
  *part.mutable_said() = ADate("1969-07-20");
  ASSERT_TRUE(Update(part, {"said"}).status.ok());
  Match();
  EXPECT_THAT(Together(whole), ElementsAre(whole));
  part = *Get(part.name());
  *part.mutable_said() = ADate("1962-09-12");
  ASSERT_TRUE(Update(part, {"said"}).status.ok());
  Match();
  EXPECT_THAT(Together(whole), SizeIs(2));
  part = *Get(part.name());
  part.set_text("Bread will be cheap in those days");
  ASSERT_TRUE(Update(part, {"text"}).status.ok());
  Match();
  EXPECT_THAT(Together(whole), ElementsAre(whole));
}

TEST_F(GroupsTest, RedactQuote_ThatWasLinked_LosesItsLinks) {
  const std::string whole = Said(kMoon, "1962-09-12");
  const std::string part = Said(kMoonShort, "1962-09-12");
  Match();
  ASSERT_TRUE(Decide(part, whole, kConfirmed).status.ok());
  pb::RedactQuoteRequest request;
  request.set_name(part);
  request.set_reason("court order 7");
  ASSERT_TRUE(Call(*quotes_, &pb::QuoteService::Stub::RedactQuote, request).status.ok());
  EXPECT_THAT(Together(whole), ElementsAre(whole));
  EXPECT_EQ(Sql("SELECT (SELECT count(*) FROM quote_links) || ' ' || (SELECT count(*) FROM quote_spans)"), "0 1");
  EXPECT_EQ(Reason(Decide(part, whole, kConfirmed).status), pb::ERROR_REASON_QUOTE_REDACTED);
}

TEST_F(GroupsTest, RetractQuote_OfAnUtterance_StaysVisible) {
  const std::string whole = Said(kMoon, "1962-09-12");
  const std::string part = Said(kMoonShort, "1962-09-12");
  Match();
  ASSERT_TRUE(Retract(whole).status.ok());
  Match();
  EXPECT_THAT(Together(part), UnorderedElementsAre(whole, part));
  EXPECT_EQ(Utterance(part)->utterance().reference(), part);
}

TEST_F(GroupsTest, GetUtterance_AsOfAMoment_IsWhatWasHeldThen) {
  const std::string whole = Said(kMoon, "1962-09-12");
  const std::string part = Said(kMoonShort, "1962-09-12");
  Match();
  const auto suggested = Now();
  ASSERT_TRUE(Decide(part, whole, kLinkRejected).status.ok());
  const auto rejected = Now();
  ASSERT_TRUE(Decide(part, whole, kConfirmed).status.ok());
  const std::string later = Said(kMoonAltered, "1962-09-12");
  Match();
  EXPECT_THAT(Together(whole), UnorderedElementsAre(whole, part, later));
  EXPECT_THAT(Together(whole, &suggested), UnorderedElementsAre(whole, part));
  EXPECT_THAT(Together(whole, &rejected), ElementsAre(whole));
  EXPECT_EQ(Reason(Utterance(later, &rejected).status), pb::ERROR_REASON_NOT_RECORDED_YET);
  pb::ListQuoteLinksRequest request;
  *request.mutable_as_of() = suggested;
  EXPECT_EQ(Links(request)->links_size(), 1);
  *request.mutable_as_of() = rejected;
  EXPECT_EQ(Links(request)->links_size(), 0);
}

TEST_F(GroupsTest, ListQuoteLinks_OfManyQuotes_ComeInPagesTheLeastCertainFirst) {
  MakeSpeaker("grace");
  std::vector<std::string> parts;
  for (int day = 1; day <= 7; ++day) {
    const std::string date = "1962-0" + std::to_string(day) + "-10";
    Said(kMoon, date);
    parts.push_back(Said(day % 2 == 0 ? kMoonShort : kMoonAltered, date));
  }
  Said(kMoon, "1970", "speakers/grace");
  const std::string grace = Said(kMoonShort, "1970", "speakers/grace");
  Match();
  pb::ListQuoteLinksRequest request;
  const auto all = Links(request);
  ASSERT_EQ(all->links_size(), 8) << all.status.error_message();
  request.set_page_size(3);
  std::vector<std::string> paged;
  do {
    const auto page = Links(request);
    ASSERT_TRUE(page.status.ok()) << page.status.error_message();
    for (const pb::QuoteLink& link : page->links()) paged.push_back(link.quote());
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  std::vector<std::string> listed;
  for (const pb::QuoteLink& link : all->links()) listed.push_back(link.quote());
  EXPECT_EQ(paged, listed);
  EXPECT_EQ(all->links(0).relation(), pb::WORDING_RELATION_FRAGMENT);
  EXPECT_EQ(all->links(7).relation(), pb::WORDING_RELATION_CLEANED_GRAMMAR);

  pb::ListQuoteLinksRequest filtered;
  filtered.set_speaker("speakers/grace");
  EXPECT_EQ(Links(filtered)->links_size(), 1);
  filtered.set_quote(parts[0]);
  EXPECT_EQ(Links(filtered)->links_size(), 0);
  filtered.clear_speaker();
  EXPECT_EQ(Links(filtered)->links_size(), 1);
  filtered.clear_quote();
  filtered.add_relations(pb::WORDING_RELATION_FRAGMENT);
  EXPECT_EQ(Links(filtered)->links_size(), 4);
  filtered.add_states(kConfirmed);
  EXPECT_EQ(Links(filtered)->links_size(), 0);
  filtered.set_speaker("speakers/nobody");
  EXPECT_EQ(Reason(Links(filtered).status), pb::ERROR_REASON_SPEAKER_NOT_FOUND);
  filtered.set_speaker("nobody");
  filtered.set_quote("q");
  filtered.add_states(pb::QUOTE_LINK_STATE_UNSPECIFIED);
  EXPECT_THAT(Fields(Links(filtered).status), ElementsAre("quote", "speaker", "states"));
}

TEST_F(GroupsTest, ServersThatStopWhileQuotesWait_GroupThemAllInTheEnd) {
  std::vector<pb::ImportRecord> records;
  for (int i = 0; i < 1500; ++i) {
    const std::string number = std::to_string(i);
    const std::string date = std::to_string(1000 + i);
    records.push_back(
        ARecord().Saying("Number " + number + " of the many things that wait here for us").By("ada").On(date));
    records.push_back(ARecord().Saying("the many things that wait here for us").By("ada").On(date));
  }
  const Imported imported = Feed(records);
  StopServer();
  // Two servers at once, on one record.
  StartServer();
  ServerOptions options = options_;
  options.listen = "127.0.0.1:0";
  auto second = Server::Start(options);
  ASSERT_TRUE(second.ok()) << second.status();
  Match();
  second->reset();
  EXPECT_EQ(CountLinks(kSuggested), "1500");
  EXPECT_EQ(Together(imported.results[2999].quote()),
            (std::set<std::string>{imported.results[2998].quote(), imported.results[2999].quote()}));
}

TEST_F(GroupsTest, SetQuoteLink_ByManyAtOnce_NeverContradicts) {
  std::vector<std::string> names;
  for (int i = 0; i < 4; ++i)
    names.push_back(Said("Thing number " + std::to_string(i) + " is unlike all", "200" + std::to_string(i)));
  Match();
  std::vector<std::thread> people;
  for (std::size_t i = 0; i < 4; ++i) {
    people.emplace_back([&, i] {
      for (std::size_t j = 0; j < 4; ++j) {
        if (i != j) Decide(names[i], names[j], (i + j) % 2 == 0 ? kLinkRejected : kConfirmed);
      }
    });
  }
  for (std::thread& person : people) person.join();
  // Whoever was first: no two that are rejected hang together by what is confirmed.
  for (const std::string& name : names) {
    const std::set<std::string> together = Together(name);
    pb::ListQuoteLinksRequest request;
    request.add_states(kLinkRejected);
    const auto rejected = Links(request);
    for (const pb::QuoteLink& link : rejected->links()) {
      EXPECT_FALSE(together.contains(link.quote()) && together.contains(link.other()));
    }
    request.set_states(0, kConfirmed);
    const auto confirmed = Links(request);
    for (const pb::QuoteLink& link : confirmed->links()) EXPECT_FALSE(link.overruled());
  }
}

}  // namespace
}  // namespace onrecord
