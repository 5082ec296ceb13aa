#include "services/imports/imports_rules.h"

#include <gtest/gtest.h>

#include <functional>
#include <iterator>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "google/protobuf/util/message_differencer.h"
#include "services/api/text.h"

namespace onrecord::rules {
namespace {

pb::ImportRecord ValidRecord() {
  pb::ImportRecord record;
  record.set_text("We shall see.");
  record.set_speaker("Ada King");
  record.set_outlet("The Times");
  record.set_said("2007-11-21");
  return record;
}

TEST(ImportsRulesTest, CheckRecord_OfAValidOne_GivesIds) {
  CheckedRecord checked;
  EXPECT_FALSE(CheckRecord("s", ValidRecord(), checked).has_value());
  EXPECT_EQ(checked.quote_id.size(), 32U);
  EXPECT_EQ(checked.appearance_id.size(), 32U);
  EXPECT_EQ(checked.content_hash.size(), 32U);
  EXPECT_EQ(checked.key, "");
  EXPECT_EQ(checked.quote.kind(), pb::QUOTE_KIND_DIRECT);
}

TEST(ImportsRulesTest, CheckRecord_WithExternalId_HasAKeyOfItsSource) {
  pb::ImportRecord record = ValidRecord();
  record.set_external_id("7");
  CheckedRecord a;
  CheckedRecord b;
  EXPECT_FALSE(CheckRecord("s", record, a).has_value());
  EXPECT_FALSE(CheckRecord("t", record, b).has_value());
  EXPECT_EQ(a.key.size(), 32U);
  EXPECT_NE(a.key, b.key);
  EXPECT_EQ(a.quote_id, b.quote_id);
}

TEST(ImportsRulesTest, CheckRecord_OfPositions_ReadsRanges) {
  struct Position {
    const char* text;
    int ranges;  // -1: refused
  };
  std::string hundred;
  for (int i = 0; i < 100; ++i) hundred += (i > 0 ? "," : "") + std::to_string(2 * i) + "-" + std::to_string(2 * i + 1);
  const std::string more = hundred + ",500-501";
  for (const Position& position : std::vector<Position>{{"", 0},
                                                        {"1103-1273", 1},
                                                        {"0-1", 1},
                                                        {"10-20,30-40", 2},
                                                        {"10-20,20-30", 2},
                                                        {hundred.c_str(), 100},
                                                        {more.c_str(), -1},
                                                        {"10", -1},
                                                        {"10-", -1},
                                                        {"-10", -1},
                                                        {"10-10", -1},
                                                        {"20-10", -1},
                                                        {"10-20,15-30", -1},
                                                        {"30-40,10-20", -1},
                                                        {"10-20,", -1},
                                                        {"10-20-30", -1},
                                                        {"a-b", -1},
                                                        {"1-99999999999", -1},
                                                        {"-5--3", -1}}) {
    pb::ImportRecord record = ValidRecord();
    record.set_position(position.text);
    CheckedRecord checked;
    const auto wrong = CheckRecord("s", record, checked);
    EXPECT_EQ(wrong.has_value(), position.ranges < 0) << position.text;
    if (wrong) EXPECT_EQ(wrong->field, "position") << position.text;
    if (!wrong) EXPECT_EQ(checked.quote.appearances(0).ranges_size(), position.ranges) << position.text;
  }
}

TEST(ImportsRulesTest, CheckRecord_OfLongContexts_KeepsWhatIsNear) {
  pb::ImportRecord record = ValidRecord();
  record.set_context_before(std::string(40, 'a') + "é");
  record.set_context_after("é" + std::string(40, 'b'));
  CheckedRecord checked;
  EXPECT_FALSE(CheckRecord("s", record, checked).has_value());
  EXPECT_EQ(checked.quote.appearances(0).context_before(), std::string(31, 'a') + "é");
  EXPECT_EQ(checked.quote.appearances(0).context_after(), "é" + std::string(31, 'b'));
}

TEST(ImportsRulesTest, CheckRecord_OfBases_TakesAnyCase) {
  for (const char* basis : {"stated", "STATED", "DATE_BASIS_STATED", "date_basis_stated"}) {
    pb::ImportRecord record = ValidRecord();
    record.set_said_basis(basis);
    CheckedRecord checked;
    EXPECT_FALSE(CheckRecord("s", record, checked).has_value()) << basis;
    EXPECT_EQ(checked.quote.said().basis(), pb::DATE_BASIS_STATED) << basis;
  }
}

TEST(ImportsRulesTest, CheckRecord_AsExported_KeepsItsIds) {
  pb::ImportRecord record = ValidRecord();
  record.set_quote("quotes/0123456789abcdef0123456789abcdef");
  record.set_appearance("fedcba9876543210fedcba9876543210");
  CheckedRecord checked;
  EXPECT_FALSE(CheckRecord("s", record, checked).has_value());
  EXPECT_EQ(checked.quote_id, "0123456789abcdef0123456789abcdef");
  EXPECT_EQ(checked.appearance_id, "fedcba9876543210fedcba9876543210");
  record.set_appearance("none");
  CheckedRecord bare;
  EXPECT_FALSE(CheckRecord("s", record, bare).has_value());
  EXPECT_EQ(bare.appearance_id, "");
  EXPECT_EQ(bare.quote.appearances_size(), 0);
}

TEST(ImportsRulesTest, ToRecord_OfACheckedRecord_SaysTheSame) {
  pb::ImportRecord record = ValidRecord();
  record.set_kind(pb::QUOTE_KIND_PARTIAL);
  record.set_polarity(pb::POLARITY_NEGATED);
  record.set_said("../2007-11-21");
  record.set_said_printed("on Wednesday");
  record.set_said_basis("bounded_by_publication");
  record.set_url("https://times.example/1");
  record.set_headline("A headline");
  record.set_byline("B");
  record.set_dateline("MOSCOW, Nov 21");
  record.set_published("2007-11-22");
  record.set_role("an envoy");
  record.set_attribution("told the Times");
  record.set_cue("told");
  record.set_resolution(pb::RESOLUTION_NAMED);
  record.set_marks(pb::MARKS_PRESENT);
  record.set_position("10-20,30-40");
  record.set_context_before("before ");
  record.set_context_after(" after");
  record.set_language("en");
  record.set_original_text("Nous verrons.");
  record.set_original_language("fr");
  record.set_wording("We SHALL see.");
  record.set_note("n");
  CheckedRecord checked;
  ASSERT_FALSE(CheckRecord("s", record, checked).has_value());
  checked.quote.set_name("quotes/" + checked.quote_id);
  checked.quote.set_speaker_display_name("Ada King");
  checked.quote.mutable_appearances(0)->set_outlet_display_name("The Times");
  pb::ImportRecord back = ToRecord(checked.quote, &checked.quote.appearances(0), {});
  EXPECT_EQ(back.quote(), checked.quote.name());
  EXPECT_EQ(back.appearance(), checked.appearance_id);
  back.clear_quote();
  back.clear_appearance();
  EXPECT_EQ(back.DebugString(), record.DebugString());
}

TEST(ImportsRulesTest, CheckRecord_OfReviewsAlone_HasNoQuoteAndNamesItsClaims) {
  pb::ImportRecord record;
  pb::ImportReview& review = *record.add_reviews();
  review.set_claim(" The  moon is cheese ");
  review.set_reviewer("Facts");
  review.set_rating_text("False");
  CheckedRecord checked;
  ASSERT_FALSE(CheckRecord("s", record, checked).has_value());
  EXPECT_TRUE(checked.reviews_alone);
  EXPECT_EQ(checked.quote_id, "");
  EXPECT_EQ(checked.reviews[0].claim, "The moon is cheese");
  review.clear_claim();
  CheckedRecord again;
  const auto wrong = CheckRecord("s", record, again);
  ASSERT_TRUE(wrong.has_value());
  EXPECT_EQ(wrong->field, "reviews[0].claim");
}

// Files that were imported before records had stances must stay unchanged.
TEST(ImportsRulesTest, CheckRecord_WithoutStancesAndReviews_KeepsItsHash) {
  pb::ImportRecord record;
  record.set_text("We shall see.");
  record.set_speaker("Ada King");
  CheckedRecord checked;
  ASSERT_FALSE(CheckRecord("s", record, checked).has_value());
  EXPECT_EQ(checked.content_hash, api::Identity().Add("record 1").Add(record.SerializeAsString()).Hex());
  EXPECT_EQ(checked.content_hash, "3aec9f749d7b49e767d228b21f4c2439");
  record.add_stances()->set_claim("c");
  CheckedRecord with_stance;
  ASSERT_FALSE(CheckRecord("s", record, with_stance).has_value());
  EXPECT_NE(with_stance.content_hash, checked.content_hash);
}

// A string of pieces that go wrong in their own ways: every one is valid UTF-8, as anything from the wire is.
class Mutator {
 public:
  explicit Mutator(unsigned seed) : random_(seed) {}

  void Mutate(google::protobuf::Message& message) {
    using Field = google::protobuf::FieldDescriptor;
    const google::protobuf::Reflection& reflection = *message.GetReflection();
    const google::protobuf::Descriptor& descriptor = *message.GetDescriptor();
    for (auto n = 1 + random_() % 3; n > 0; --n) {
      const Field* field =
          descriptor.field(static_cast<int>(random_() % static_cast<std::size_t>(descriptor.field_count())));
      if (field->cpp_type() == Field::CPPTYPE_ENUM) {
        reflection.SetEnumValue(&message, field, static_cast<int>(random_() % 9) - 1);
      } else if (field->cpp_type() == Field::CPPTYPE_DOUBLE) {
        static constexpr double kNumbers[] = {0, 1, 5, -1, 1e300, std::numeric_limits<double>::infinity()};
        reflection.SetDouble(&message, field, kNumbers[random_() % std::size(kNumbers)]);
      } else if (field->cpp_type() == Field::CPPTYPE_MESSAGE && field->is_repeated()) {
        for (auto values = 1 + random_() % 3; values > 0; --values) Mutate(*reflection.AddMessage(&message, field));
      } else if (field->cpp_type() == Field::CPPTYPE_MESSAGE) {
        Mutate(*reflection.MutableMessage(&message, field));
      } else if (field->is_repeated()) {
        for (auto values = random_() % 60; values > 0; --values) reflection.AddString(&message, field, Text());
      } else {
        reflection.SetString(&message, field, Text());
      }
    }
  }

 private:
  std::string Text() {
    static const std::vector<std::string> kPieces = {"",          "a",
                                                     "2007",      "-",
                                                     "/",         "..",
                                                     "-11",       "-02",
                                                     "-31",       "1-2",
                                                     ",",         "he",
                                                     "quotes/",   "topics/",
                                                     "none",      " ",
                                                     "\t",        std::string(1, '\0'),
                                                     "\x1f",      "\u00a0",
                                                     "é",         "ש",
                                                     "👍",         "\u0301",
                                                     "“",         "’",
                                                     "http://x",  "en",
                                                     "stated",    "0123456789abcdef0123456789abcdef",
                                                     "\u202e",    "\\",
                                                     "\"",        "{",
                                                     "}",         "\n",
                                                     "speakers/", std::string(600, 'x'),
                                                     "\x7f"};
    std::string text;
    for (auto n = random_() % 5; n > 0; --n) text += kPieces[random_() % kPieces.size()];
    return text;
  }
  std::mt19937 random_;
};

TEST(ImportsRulesTest, CheckRecord_OfMutatedRecords_GivesAViolationOrIds) {
  Mutator mutator(11);
  int accepted = 0;
  for (int i = 0; i < 20000; ++i) {
    pb::ImportRecord record = ValidRecord();
    mutator.Mutate(record);
    CheckedRecord checked;
    const auto wrong = CheckRecord("s", record, checked);
    if (wrong) {
      ASSERT_NE(wrong->reason, pb::ERROR_REASON_UNSPECIFIED) << record.ShortDebugString();
      // "stances[0].claim" is in the list stances.
      const std::string field = wrong->field.substr(0, wrong->field.find('['));
      ASSERT_NE(pb::ImportRecord::descriptor()->FindFieldByName(field), nullptr)
          << wrong->field << " of " << record.ShortDebugString();
      ASSERT_FALSE(wrong->description.empty());
      continue;
    }
    ++accepted;
    ASSERT_EQ(checked.reviews_alone, checked.quote_id.empty()) << record.ShortDebugString();
    if (checked.reviews_alone) continue;
    ASSERT_EQ(checked.quote_id.size(), 32U) << record.ShortDebugString();
    ASSERT_EQ(checked.content_hash.size(), 32U) << record.ShortDebugString();
    ASSERT_EQ(checked.appearance_id.empty(), record.appearance() == "none") << record.ShortDebugString();
    CheckedRecord again;
    ASSERT_FALSE(CheckRecord("s", record, again).has_value());
    ASSERT_EQ(again.quote_id, checked.quote_id);
    ASSERT_EQ(again.appearance_id, checked.appearance_id);
  }
  EXPECT_GT(accepted, 1000);
}

}  // namespace
}  // namespace onrecord::rules
