#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "clients/cli/brat.h"
#include "clients/cli/brat_files.h"
#include "clients/cli/cues.h"
#include "clients/cli/printed_source.h"

namespace onrecord::cli {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

// An invented article and its annotation, written down by the words.
class ArticleOfOurs {
 public:
  explicit ArticleOfOurs(std::string text) : text_(std::move(text)) {}

  // "315 448;463 553" of words that stand in the text once each.
  std::string Where(const std::vector<std::string>& pieces) const {
    std::string where;
    for (const std::string& piece : pieces) {
      const std::size_t at = text_.find(piece);
      EXPECT_NE(at, std::string::npos) << piece;
      const std::size_t begin = CodePoints(std::string_view(text_).substr(0, at));
      where += (where.empty() ? "" : ";") + std::to_string(begin) + " " + std::to_string(begin + CodePoints(piece));
    }
    return where;
  }
  // Adds a span and gives its id.
  std::string Span(const std::string& type, const std::vector<std::string>& pieces) {
    const std::string id = "T" + std::to_string(++spans_);
    std::string words;
    for (const std::string& piece : pieces) words += (words.empty() ? "" : " ") + piece;
    for (char& c : words) c = c == '\n' ? ' ' : c;
    annotations_ += id + "\t" + type + " " + Where(pieces) + "\t" + words + "\n";
    return id;
  }
  ArticleOfOurs& Line(const std::string& line) {
    annotations_ += line + "\n";
    return *this;
  }
  // Source, cue and content; what is empty is left out.
  ArticleOfOurs& Says(const std::string& source, const std::string& cue, const std::vector<std::string>& content) {
    const std::string trigger = Span("Attribution", {cue});
    std::string event = "E" + std::to_string(++events_) + "\tAttribution:" + trigger;
    if (!content.empty()) event += " Content:" + Span("Content", content);
    event += " Cue:" + Span("Cue", {cue});
    if (!source.empty()) event += " Source:" + Span("Source", {source});
    return Line(event);
  }
  BratDocument Document() const {
    BratDocument document;
    document.name = "gazette_2015-01-02_harbour_a1";
    document.annotations = annotations_;
    document.text = text_;
    document.metadata = BratMetadata{"Gazette", "2015-01-02", "Grace H.", "Harbour to open", "The Daily", "AP"};
    return document;
  }

 private:
  const std::string text_;
  std::string annotations_;
  int spans_ = 0;
  int events_ = 0;
};

constexpr char kText[] =
    "Harbour to open.\n\nMayor Ada Byron told the Gazette that “the harbour — at last — opens in May.” "
    "“We waited long,” she said, “and we are glad.”\n\nCritics said the harbour\xC2\xA0is a pond. "
    "The town’s engineer, Charles Babbage, declined to comment on costs. Experts believe boats will come.\n";

std::vector<pb::ImportRecord> RecordsOf(const BratDocument& document) {
  std::vector<pb::ImportRecord> records;
  for (const BratRecord& read : ReadBrat(document).records) {
    EXPECT_FALSE(read.parsed.reject) << read.parsed.reject->message;
    records.push_back(read.parsed.record);
  }
  return records;
}

pb::ImportRecord Only(const BratDocument& document) {
  const std::vector<pb::ImportRecord> records = RecordsOf(document);
  EXPECT_EQ(records.size(), 1U);
  return records.empty() ? pb::ImportRecord() : records[0];
}

LocalReject OnlyReject(const BratDocument& document) {
  const BratRecords read = ReadBrat(document);
  EXPECT_EQ(read.records.size(), 1U);
  EXPECT_TRUE(read.records.at(0).parsed.reject);
  return read.records.at(0).parsed.reject.value_or(LocalReject());
}

TEST(CliBrat, ReadBrat_MixedContent_IsPartialWithItsArticle) {
  ArticleOfOurs article(kText);
  const pb::ImportRecord record = Only(
      article.Says("Mayor Ada Byron", "told the Gazette", {"that “the harbour — at last — opens in May.”"}).Document());
  EXPECT_EQ(record.text(), "that “the harbour — at last — opens in May.”");
  EXPECT_EQ(record.kind(), pb::QUOTE_KIND_PARTIAL);
  EXPECT_EQ(record.marks(), pb::MARKS_PRESENT);
  EXPECT_EQ(record.cue(), "told the Gazette");
  EXPECT_EQ(record.attribution(), "Mayor Ada Byron told the Gazette");
  EXPECT_EQ(record.outlet(), "Gazette");
  EXPECT_EQ(record.published(), "2015-01-02");
  EXPECT_EQ(record.said(), "../2015-01-02");
  EXPECT_EQ(record.said_basis(), "bounded_by_publication");
  EXPECT_EQ(record.headline(), "Harbour to open");
  EXPECT_EQ(record.byline(), "Grace H.");
  EXPECT_THAT(record.via(), ElementsAre("AP", "The Daily"));
  EXPECT_EQ(record.external_id(), "gazette_2015-01-02_harbour_a1:E1");
  EXPECT_EQ(record.position(), "51-95");
  EXPECT_EQ(record.context_before(), "ayor Ada Byron told the Gazette ");
  EXPECT_EQ(record.polarity(), pb::POLARITY_UNSPECIFIED);
  EXPECT_EQ(record.raw_format(), "brat");
  EXPECT_THAT(record.raw(), StartsWith("E1\tAttribution:T1 Content:T2 Cue:T3 Source:T4\nT1\t"));
}

TEST(CliBrat, ReadBrat_WhollyWithinMarks_IsDirectWithoutThem) {
  ArticleOfOurs article(kText);
  const pb::ImportRecord record =
      Only(article.Says("she", "said", {"“We waited long,”", "“and we are glad.”"}).Document());
  EXPECT_EQ(record.text(), "We waited long, and we are glad.");
  EXPECT_EQ(record.kind(), pb::QUOTE_KIND_DIRECT);
  EXPECT_EQ(record.position(), "97-112,125-141");
  EXPECT_EQ(record.described_as(), "she");
  EXPECT_EQ(record.resolution(), pb::RESOLUTION_PRONOUN);
  // Pieces in another order are the same words.
  ArticleOfOurs turned(kText);
  const pb::ImportRecord other =
      Only(turned.Says("she", "said", {"“and we are glad.”", "“We waited long,”"}).Document());
  EXPECT_EQ(other.text(), record.text());
  EXPECT_EQ(other.position(), record.position());
}

TEST(CliBrat, ReadBrat_WithoutMarks_IsIndirectAndSpaceIsFolded) {
  ArticleOfOurs article(kText);
  const pb::ImportRecord record = Only(article.Says("Critics", "said", {"the harbour\xC2\xA0is a pond"}).Document());
  EXPECT_EQ(record.text(), "the harbour is a pond");
  EXPECT_EQ(record.kind(), pb::QUOTE_KIND_INDIRECT);
  EXPECT_EQ(record.marks(), pb::MARKS_NONE);
  EXPECT_EQ(record.described_as(), "Critics");
  EXPECT_EQ(record.resolution(), pb::RESOLUTION_UNNAMED);
}

TEST(CliBrat, ReadBrat_MarksAroundSeveralParagraphs_AreTold) {
  const std::string text = "Start.\n\nIt helps,” he went on.\n\n“It was late\n\n“and dark,” Ada said.\n";
  ArticleOfOurs late(text);
  EXPECT_EQ(Only(late.Says("he", "went on", {"It helps,”"}).Document()).marks(), pb::MARKS_OPENING_MISSING);
  ArticleOfOurs both(text);
  const pb::ImportRecord record = Only(both.Says("Ada", "said", {"“It was late", "“and dark,”"}).Document());
  EXPECT_EQ(record.kind(), pb::QUOTE_KIND_DIRECT);
  EXPECT_EQ(record.text(), "It was late and dark,");
}

TEST(CliBrat, ReadBrat_Beliefs_AreNeverDirect) {
  ArticleOfOurs article(kText);
  EXPECT_EQ(Only(article.Says("Experts", "believe", {"boats will come"}).Document()).kind(), pb::QUOTE_KIND_INDIRECT);
  ArticleOfOurs quoted("Ada believes “boats will come.”\n");
  EXPECT_EQ(Only(quoted.Says("Ada", "believes", {"“boats will come.”"}).Document()).kind(), pb::QUOTE_KIND_PARTIAL);
}

TEST(CliBrat, ReadBrat_WithoutASource_IsUnnamed) {
  ArticleOfOurs article(kText);
  const pb::ImportRecord record = Only(article.Says("", "said", {"the harbour\xC2\xA0is a pond"}).Document());
  EXPECT_EQ(record.speaker(), "");
  EXPECT_EQ(record.described_as(), kUnknownSpeaker);
  EXPECT_EQ(record.resolution(), pb::RESOLUTION_UNNAMED);
}

TEST(CliBrat, ReadBrat_WithoutContent_KeepsTheCue) {
  ArticleOfOurs article(kText);
  const pb::ImportRecord record =
      Only(article.Says("The town’s engineer, Charles Babbage,", "declined to comment", {}).Document());
  EXPECT_EQ(record.text(), "declined to comment");
  EXPECT_EQ(record.kind(), pb::QUOTE_KIND_INDIRECT);
  EXPECT_EQ(record.polarity(), pb::POLARITY_REFUSED);
  EXPECT_THAT(record.losses(0), StartsWith("Content: "));
}

TEST(CliBrat, ReadBrat_RolesInAnyOrderAndNumbered_AreJoined) {
  ArticleOfOurs article(kText);
  const std::string cue = article.Span("Cue", {"said"});
  const std::string first = article.Span("Content", {"“We waited long,”"});
  const std::string second = article.Span("Content", {"“and we are glad.”"});
  article.Line("E7\tAttribution-no-source:" + cue + " Cue:" + cue + " Content2:" + second + " Content:" + first);
  const pb::ImportRecord record = Only(article.Document());
  EXPECT_EQ(record.text(), "We waited long, and we are glad.");
  EXPECT_EQ(record.external_id(), "gazette_2015-01-02_harbour_a1:E7");
}

TEST(CliBrat, ReadBrat_DiscardAndDiscuss_AreCountedAndNoted) {
  ArticleOfOurs article(kText);
  article.Says("Critics", "said", {"the harbour\xC2\xA0is a pond"});
  article.Span("Discuss", {"is a pond"});
  article.Span("Discuss", {"Experts"});
  article.Span("Discard", {"Harbour to open."});
  article.Line("#1\tAnnotatorNotes E1\tmay be irony").Line("R1\tSame Arg1:T1 Arg2:T2");
  const BratRecords read = ReadBrat(article.Document());
  ASSERT_EQ(read.records.size(), 1U);
  EXPECT_EQ(read.records[0].parsed.record.note(), "annotator: may be irony; the annotator marked it for discussion");
  EXPECT_THAT(read.losses, ::testing::UnorderedElementsAre("Discard spans: Harbour to open.",
                                                           "Discuss spans apart from attributions: Experts",
                                                           "annotations of other kinds: R1"));
}

TEST(CliBrat, ReadBrat_WithoutAnyArgument_IsRejected) {
  ArticleOfOurs article(kText);
  const std::string trigger = article.Span("Attribution", {"said"});
  const LocalReject reject = OnlyReject(article.Line("E1\tAttribution:" + trigger).Document());
  EXPECT_EQ(reject.reason, "FIELD_REQUIRED");
  EXPECT_THAT(reject.message, HasSubstr("says nothing"));
}

TEST(CliBrat, ReadBrat_SpansOfAnotherText_AreRejected) {
  ArticleOfOurs article(kText);
  BratDocument document = article.Says("Critics", "said", {"the harbour\xC2\xA0is a pond"}).Document();
  document.text = "é" + *document.text;
  EXPECT_EQ(OnlyReject(document).reason, "SPAN_MISMATCH");
  document.text = "short";
  EXPECT_THAT(OnlyReject(document).message, HasSubstr("the text has 5"));
}

TEST(CliBrat, ReadBrat_BadLines_AreRejectedAlone) {
  for (const char* line : {"T9\tContent\twords", "T9\tContent 7 3\tx", "T9\tContent 1 2;x\tx", "T9\tContent 1\tx",
                           "T9\tContent 99999999999 2\tx", "E9\tAttribution:T1 Content:",
                           "E9\tAttribution:T1 Content:T44", "E9\tWedding:T1 Content:T1", "T9\tCont\xFF 1 2\tx"}) {
    ArticleOfOurs article(kText);
    article.Says("Critics", "said", {"the harbour\xC2\xA0is a pond"}).Line(line);
    const BratRecords read = ReadBrat(article.Document());
    ASSERT_EQ(read.records.size(), 2U) << line;
    EXPECT_FALSE(read.records[0].parsed.reject) << line;
    ASSERT_TRUE(read.records[1].parsed.reject) << line;
    EXPECT_FALSE(read.records[1].parsed.reject->message.empty());
  }
}

TEST(CliBrat, ReadBrat_WithoutTextAndMetadata_KeepsTheWords) {
  ArticleOfOurs article(kText);
  BratDocument document = article.Says("she", "said", {"“We waited long,”", "“and we are glad.”"}).Document();
  document.text.reset();
  document.metadata.reset();
  const pb::ImportRecord record = Only(document);
  EXPECT_EQ(record.text(), "We waited long, and we are glad.");
  EXPECT_EQ(record.kind(), pb::QUOTE_KIND_DIRECT);
  EXPECT_EQ(record.position(), "");
  EXPECT_EQ(record.published(), "");
  EXPECT_EQ(record.said(), "");
  EXPECT_THAT(record.losses(), Contains(StartsWith("text of the article: ")));
  EXPECT_THAT(record.losses(), Contains(StartsWith("metadata: ")));
}

TEST(CliBrat, ReadBratMetadata_NoneNaAndEmpty_AreMissing) {
  const BratTable table = ReadBratMetadata(
      "compartment\tfilename\tlevel\tannotators\tpublisher\tpublication_date\tauthor\ttitle\ttrump_count\tclinton_count"
      "\tcredit\twire\r\ndev\ta\t1\tx|y\tnyt\t2016-01-02\tNone\tA title\t0\t0\th/t: The Hill.\tNA\nparc\tb\n");
  ASSERT_FALSE(table.reject);
  ASSERT_EQ(table.rows.size(), 2U);
  EXPECT_EQ(table.rows[0].first, "a");
  EXPECT_EQ(table.rows[0].second.publisher, "New York Times");
  EXPECT_EQ(table.rows[0].second.author, "");
  EXPECT_EQ(table.rows[0].second.wire, "");
  EXPECT_EQ(table.rows[0].second.credit, "The Hill");
  EXPECT_EQ(table.rows[1].second.publication_date, "");
  EXPECT_TRUE(ReadBratMetadata("a\tb\n").reject);
}

TEST(CliBrat, PolarityOf_OnlyWhatIsSure_IsNegatedOrRefused) {
  struct Case {
    const char* cue;
    const char* content;
    pb::Polarity polarity;
  };
  const Case kCases[] = {{"said", "that it did not rain", pb::POLARITY_AFFIRMED},
                         {"declined to comment", "", pb::POLARITY_REFUSED},
                         {"declined", "to comment on costs", pb::POLARITY_REFUSED},
                         {"declined", "the invitation", pb::POLARITY_AFFIRMED},
                         {"refused", "to leave the hall", pb::POLARITY_AFFIRMED},
                         {"refused", "to say whether it rained", pb::POLARITY_REFUSED},
                         {"did not say", "why it rained", pb::POLARITY_NEGATED},
                         {"didn’t explicitly mention", "rain", pb::POLARITY_NEGATED},
                         {"never said", "it rained", pb::POLARITY_NEGATED},
                         {"would not say", "whether it rained", pb::POLARITY_REFUSED},
                         {"did not immediately respond", "to a request", pb::POLARITY_REFUSED},
                         {"had no comment", "", pb::POLARITY_REFUSED},
                         {"doesn't believe", "it rained", pb::POLARITY_NEGATED},
                         {"did not deny", "that it rained", pb::POLARITY_AFFIRMED},
                         {"did not hesitate to say", "it rained", pb::POLARITY_AFFIRMED},
                         {"denied", "that it rained", pb::POLARITY_AFFIRMED},
                         {"whether or not", "say it rained", pb::POLARITY_AFFIRMED}};
  for (const Case& one : kCases) EXPECT_EQ(PolarityOf(one.cue, one.content), one.polarity) << one.cue;
  EXPECT_TRUE(IsBelief("still hopes"));
  EXPECT_FALSE(IsBelief("said he believes"));
}

TEST(CliBrat, SetPrintedSource_OnlyNames_AreSpeakers) {
  const WordsOfArticle words(
      "Headline Critics Say\n\nIn May Ada met the Harbour Board. Critics came; other critics left with Babbage.");
  struct Case {
    const char* source;
    bool starts;
    const char* speaker;
    const char* role;
  };
  const Case kCases[] = {{"Ada Byron", false, "Ada Byron", ""},
                         {"Ada", true, "Ada", ""},
                         {"Critics", true, "", ""},
                         {"Grace", true, "", ""},
                         {"Grace", false, "Grace", ""},
                         {"The Harbour Board", true, "The Harbour Board", ""},
                         {"Charles Babbage, the engineer,", false, "Charles Babbage", "the engineer"},
                         {"Charles Babbage, who left,", false, "Charles Babbage", ""},
                         {"Babbage’s", true, "Babbage", ""},
                         {"harbour engineer Charles Babbage", false, "Charles Babbage", "harbour engineer"},
                         {"a spokesman for Ada Byron", false, "", ""},
                         {"spokesman for Ada Byron", false, "", ""},
                         {"the mayor", false, "", ""},
                         {"Some Harbour People", true, "", ""},
                         {"Ada and Grace", false, "", ""},
                         {"Ada, Grace and Charles", false, "", ""},
                         {"Mary Fenwick", true, "Mary Fenwick", ""},
                         {"Other Fenwick", true, "", ""},
                         {"Mr. Fenwick (Lab.)", true, "Mr. Fenwick", "Lab."},
                         {"Ludwig van Beethoven", false, "Ludwig van Beethoven", ""},
                         {"he", false, "", ""},
                         {"“", false, "", ""}};
  for (const Case& one : kCases) {
    pb::ImportRecord record;
    SetPrintedSource(one.source, one.starts, words, record);
    EXPECT_EQ(record.speaker(), one.speaker) << one.source;
    EXPECT_EQ(record.role(), one.role) << one.source;
    EXPECT_EQ(record.described_as().empty(), !record.speaker().empty()) << one.source;
    if (record.speaker().empty()) EXPECT_EQ(record.described_as(), one.source);
  }
}

class CliBratFiles : public ::testing::Test {
 protected:
  void SetUp() override {
    root_ = std::filesystem::temp_directory_path() / ("onrecord_brat_" + std::to_string(getpid()));
    std::filesystem::create_directories(root_ / "dev" / "attributions");
    std::filesystem::create_directories(root_ / "dev" / "text");
  }
  void TearDown() override { std::filesystem::remove_all(root_); }
  void Write(const std::string& path, const std::string& text) { std::ofstream(root_ / path) << text; }
  std::vector<InputItem> ReadAll(const std::string& path, std::string* error = nullptr) {
    BratReader reader((root_ / path).string());
    std::vector<InputItem> items;
    InputItem item;
    while (reader.Next(item) == ReadState::kData) items.push_back(std::move(item));
    if (error != nullptr) {
      *error = reader.error();
    } else {
      EXPECT_EQ(reader.error(), "");
    }
    losses_ = reader.losses();
    return items;
  }

  std::filesystem::path root_;
  std::map<std::string, std::int64_t> losses_;
};

TEST_F(CliBratFiles, Next_OfSeveralAnnotators_TellsThemApart) {
  ArticleOfOurs article(kText);
  const BratDocument document = article.Says("Critics", "said", {"the harbour\xC2\xA0is a pond"}).Document();
  Write("dev/text/harbour.txt", kText);
  Write("dev/attributions/harbour_a1.ann", document.annotations);
  Write("dev/attributions/harbour_b2.ann", document.annotations + "R1\tx\n");
  Write("metadata.tsv", "filename\tpublisher\tpublication_date\nharbour\tGazette\t2015-01-02\n");
  const std::vector<InputItem> items = ReadAll("");
  ASSERT_EQ(items.size(), 2U);
  EXPECT_EQ(items[0].parsed.record.external_id(), "harbour_a1:E1");
  EXPECT_EQ(items[1].parsed.record.external_id(), "harbour_b2:E1");
  EXPECT_EQ(items[1].parsed.record.outlet(), "Gazette");
  EXPECT_NE(items[1].parsed.record.position(), "");
  EXPECT_THAT(items[1].losses, ElementsAre("annotations of other kinds: R1"));
  EXPECT_EQ(losses_.at("annotations of other kinds"), 1);
  EXPECT_EQ(ReadAll("dev/attributions/harbour_b2.ann").size(), 1U);
}

TEST_F(CliBratFiles, Next_OfWhatCannotBeRead_Fails) {
  std::string error;
  EXPECT_THAT(ReadAll("nowhere", &error), IsEmpty());
  EXPECT_THAT(error, HasSubstr("No such file"));
  EXPECT_THAT(ReadAll("dev", &error), IsEmpty());
  EXPECT_THAT(error, HasSubstr("no .ann files"));
  Write("dev/attributions/a.ann", std::string((4 << 20) + 1, ' '));
  ReadAll("dev", &error);
  EXPECT_THAT(error, HasSubstr("larger than 4 MiB"));
  Write("dev/attributions/a.ann", "");
  Write("dev/metadata.tsv", "no\tcolumns\n");
  ReadAll("dev", &error);
  EXPECT_THAT(error, HasSubstr("filename"));
}

}  // namespace
}  // namespace onrecord::cli
