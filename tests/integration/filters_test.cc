// Lists by several names at once, in every combination, against what a program picks out of the same quotes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "tests/support/builders.h"

namespace onrecord {
namespace {

using NameList = std::vector<std::string>;

constexpr int kQuotesToFilter = 600;
constexpr int kPage = 30;
const absl::CivilDay kFirstDay(1995, 1, 1);

// A quote that was made, with what filters look at.
struct Made {
  std::string text;
  std::string speaker;
  std::string outlet;
  NameList topics;  // with those above
  absl::CivilDay day;
  std::size_t import = 0;  // which of two brought it
};

// What is asked for; empty: no matter.
struct Asked {
  NameList speakers;
  NameList topics;
  NameList outlets;
  bool in_an_interval = false;
  std::optional<std::size_t> import = {};
};

bool IsAsked(const NameList& asked, const NameList& has) {
  return asked.empty() || std::any_of(asked.begin(), asked.end(), [&](const std::string& name) {
           return std::find(has.begin(), has.end(), name) != has.end();
         });
}

class FiltersTest : public RecordTest {
 protected:
  void SetUp() override {
    RecordTest::SetUp();
    MakeTopic("war");
    MakeTopic("front", "topics/war");
    MakeTopic("peace");
    MakeTopic("trade", "topics/peace");
    std::vector<pb::ImportRecord> records[2];
    for (int i = 0; i < kQuotesToFilter; ++i) {
      // Some are frequent and some rare, and no two frequent ones always go together.
      const int speaker = i % 7 == 0 ? 1 : i % 11 == 0 ? 2 : 0;
      const int outlet = i % 5 == 0 ? 1 : i % 59 == 0 ? 2 : 0;
      const std::string topic = i % 83 == 0 ? "front" : i % 3 == 0 ? "war" : i % 2 == 0 ? "trade" : "peace";
      Made made = {absl::StrCat("Sentence ", i),
                   absl::StrCat("speaker-", speaker),
                   absl::StrCat("outlet-", outlet),
                   {topic},
                   kFirstDay + 13 * i,
                   i % 97 == 0 ? 1U : 0U};
      if (topic == "front") made.topics.emplace_back("war");
      if (topic == "trade") made.topics.emplace_back("peace");
      records[made.import].push_back(ARecord()
                                         .Saying(made.text)
                                         .By(absl::StrCat("Speaker ", speaker))
                                         .In(absl::StrCat("Outlet ", outlet))
                                         .On(absl::FormatCivilTime(made.day))
                                         .About(topic));
      made_.push_back(std::move(made));
    }
    for (const std::vector<pb::ImportRecord>& some : records) imported_.push_back(Feed(some).started.name());
  }

  // The texts that should be found, newest first.
  std::vector<std::string> Pick(const Asked& asked) const {
    std::vector<std::string> texts;
    for (const Made& made : made_) {
      const bool in_time =
          !asked.in_an_interval || (made.day >= absl::CivilDay(2001, 1, 1) && made.day < absl::CivilDay(2005, 1, 1));
      if (in_time && IsAsked(asked.speakers, {made.speaker}) && IsAsked(asked.topics, made.topics) &&
          IsAsked(asked.outlets, {made.outlet}) && asked.import.value_or(made.import) == made.import) {
        texts.push_back(made.text);
      }
    }
    std::reverse(texts.begin(), texts.end());
    return texts;
  }

  // Newest and oldest first.
  void ExpectFound(const Asked& asked) {
    std::vector<std::string> expected = Pick(asked);
    EXPECT_EQ(Ask(asked, pb::QUOTE_ORDER_NEWEST), expected);
    std::reverse(expected.begin(), expected.end());
    EXPECT_EQ(Ask(asked, pb::QUOTE_ORDER_OLDEST), expected);
  }

 private:
  // All pages of them.
  std::vector<std::string> Ask(const Asked& asked, pb::QuoteOrder order) {
    pb::ListQuotesRequest request;
    for (const std::string& name : asked.speakers) request.mutable_filter()->add_speakers("speakers/" + name);
    for (const std::string& name : asked.topics) request.mutable_filter()->add_topics("topics/" + name);
    for (const std::string& name : asked.outlets) request.mutable_filter()->add_outlets("outlets/" + name);
    if (asked.in_an_interval) *request.mutable_filter()->mutable_said() = Between("2001", "2004");
    if (asked.import) request.mutable_filter()->set_import(imported_[*asked.import]);
    request.set_order(order);
    request.set_page_size(kPage);
    std::vector<std::string> texts;
    do {
      const auto page = List(request);
      EXPECT_TRUE(page.status.ok()) << page.status.error_message();
      for (const pb::Quote& quote : page->quotes()) texts.push_back(quote.text());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return texts;
  }

  std::vector<Made> made_;  // the earliest first
  NameList imported_;
};

TEST_F(FiltersTest, ListQuotes_OfNamesTogether_FindsThoseThatHaveThemAll) {
  const std::vector<NameList> speakers = {{}, {"speaker-0"}, {"speaker-2"}, {"speaker-1", "speaker-2"}};
  const std::vector<NameList> topics = {{}, {"war"}, {"front"}, {"trade"}, {"front", "peace"}};
  const std::vector<NameList> outlets = {{}, {"outlet-0"}, {"outlet-2"}, {"outlet-1", "outlet-2"}};
  for (const NameList& one : speakers) {
    for (const NameList& other : topics) {
      for (const NameList& third : outlets) {
        for (const bool in_an_interval : {false, true}) {
          SCOPED_TRACE(absl::StrCat(testing::PrintToString(one), testing::PrintToString(other),
                                    testing::PrintToString(third), in_an_interval ? " in an interval" : ""));
          ExpectFound({one, other, third, in_an_interval});
        }
      }
    }
  }
}

TEST_F(FiltersTest, ListQuotes_OfAnImport_FindsWhatThatBrought) {
  const std::vector<Asked> others = {{}, {{"speaker-2"}}, {{}, {"front", "peace"}}, {{}, {}, {"outlet-1"}, true}};
  for (const std::size_t import : {0U, 1U}) {
    for (Asked asked : others) {
      SCOPED_TRACE(absl::StrCat(import, testing::PrintToString(asked.speakers), testing::PrintToString(asked.topics)));
      asked.import = import;
      ExpectFound(asked);
    }
  }
}

}  // namespace
}  // namespace onrecord
