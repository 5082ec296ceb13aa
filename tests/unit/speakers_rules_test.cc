// What joins when two speakers turn out to be one, and what parts again.
#include "services/speakers/speakers_rules.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"

namespace onrecord {
namespace {

using ::google::protobuf::util::MessageDifferencer;

pb::Speaker ASpeaker(const std::string& name, const std::string& display_name,
                     const std::vector<std::string>& names = {}) {
  pb::Speaker speaker;
  speaker.set_name(name);
  speaker.set_display_name(display_name);
  for (const std::string& other : names) speaker.add_names()->set_text(other);
  return speaker;
}

TEST(SpeakersRules, JoinSpeaker_AddsWhatTheOtherLacks) {
  pb::Speaker from = ASpeaker("speakers/dick", "Dick Holbrooke", {"R. Holbrooke", "richard holbrooke", "RH"});
  from.add_roles()->set_title("Envoy");
  from.add_roles()->set_title("Ambassador");
  from.add_speaks_for()->set_principal("speakers/richard");
  from.add_speaks_for()->set_principal("speakers/usa");
  pb::Speaker into = ASpeaker("speakers/richard", "Richard Holbrooke", {"R Holbrooke"});
  into.add_roles()->set_title("Envoy");
  const pb::Speaker before = into;
  const pb::Speaker added = rules::JoinSpeaker(from, into);
  ASSERT_EQ(added.names_size(), 2);
  EXPECT_EQ(added.names(0).text(), "Dick Holbrooke");
  EXPECT_EQ(added.names(1).text(), "RH");
  ASSERT_EQ(added.roles_size(), 1);
  EXPECT_EQ(added.roles(0).title(), "Ambassador");
  ASSERT_EQ(added.speaks_for_size(), 1);  // nobody speaks for himself
  EXPECT_EQ(added.speaks_for(0).principal(), "speakers/usa");
  EXPECT_EQ(into.names_size(), 3);
  const pb::Speaker taken = rules::PartSpeaker(added, into);
  EXPECT_TRUE(MessageDifferencer::Equals(into, before)) << into.ShortDebugString();
  EXPECT_TRUE(MessageDifferencer::Equals(taken, added)) << taken.ShortDebugString();
}

TEST(SpeakersRules, JoinSpeaker_OfOneNameAtOtherTimes_KeepsBoth) {
  pb::Speaker from = ASpeaker("speakers/a", "Ada", {"Miss Byron"});
  from.mutable_names(0)->mutable_valid_to()->set_year(1835);
  pb::Speaker into = ASpeaker("speakers/b", "Ada", {"Miss Byron"});
  EXPECT_EQ(rules::JoinSpeaker(from, into).names_size(), 1);
  EXPECT_EQ(into.names_size(), 2);
}

TEST(SpeakersRules, JoinSpeaker_WithoutRoom_LeavesTheRest) {
  pb::Speaker into = ASpeaker("speakers/b", "B");
  for (int i = 0; i < 199; ++i) into.add_names()->set_text(absl::StrCat("name ", i));
  EXPECT_EQ(rules::JoinSpeaker(ASpeaker("speakers/a", "A", {"AA"}), into).names_size(), 1);
  EXPECT_EQ(into.names_size(), 200);
}

TEST(SpeakersRules, PartSpeaker_LeavesWhatWasRemovedSince) {
  const pb::Speaker added = ASpeaker("", "", {"one", "two"});
  pb::Speaker from = ASpeaker("speakers/a", "A", {"two", "three"});
  EXPECT_EQ(rules::PartSpeaker(added, from).names_size(), 1);
  ASSERT_EQ(from.names_size(), 1);
  EXPECT_EQ(from.names(0).text(), "three");
}

}  // namespace
}  // namespace onrecord
