// Made-up histories: random changes through the API to the real server, each mirrored in the reference model; then
// everything that can be asked, of now and of moments in between, has to come out the same.
//
// ONRECORD_HISTORIES tells how many (each with a database of its own), ONRECORD_HISTORY_SEED from which seed on: a
// failure is repeated with the seed in its test's name and ONRECORD_HISTORIES=1.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/support/builders.h"
#include "tests/support/reference.h"

namespace onrecord {
namespace {

unsigned Setting(const char* name, unsigned otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : static_cast<unsigned>(std::strtoul(value, nullptr, 10));
}

// Answers in words, as far as the contract tells what they are.

std::string Text(const pb::UncertainDate& date) {
  const std::string range = api::FormatInterval(api::ToRange(date));
  return absl::StrCat(range.empty() ? "any time" : range, date.printed().empty() ? "" : " ", date.printed());
}

std::string Text(const pb::PartialDate& date) { return absl::StrCat(date.year(), "-", date.month(), "-", date.day()); }

std::string Text(const pb::Claim& claim) {
  std::vector<std::string> former(claim.former_names().begin(), claim.former_names().end());
  std::sort(former.begin(), former.end());
  return absl::StrCat(claim.name(), " \"", claim.text(), "\" about ", absl::StrJoin(claim.topics(), ","), " was ",
                      absl::StrJoin(former, ","));
}

std::string Text(const pb::Stance& stance) {
  return absl::StrCat(stance.name(), " of ", stance.quote(), " \"", stance.quote_text(), "\" on ", stance.claim(),
                      " \"", stance.claim_text(), "\" by ", stance.holder(), "/", stance.holder_display_name(), "/",
                      stance.described_as(), stance.ascribed() ? ", ascribed by " : "", stance.ascribed_by(), ": ",
                      pb::Position_Name(stance.position()), " ", pb::Strength_Name(stance.strength()), " valid ",
                      Text(stance.valid()), " held ", Text(stance.held()), " occurred ", Text(stance.occurred()), " \"",
                      stance.note(), "\"", stance.suspended() ? " suspended" : "");
}

std::string Text(const pb::Review& review) {
  return absl::StrCat(review.name(), " of ", review.claim(), review.quote(), " by ", review.reviewer(), "/",
                      review.reviewer_display_name(), ": ", review.rating_text(), " ",
                      pb::Verdict_Name(review.verdict()), " ", review.title(), " ", review.note(), " ",
                      review.retract_reason());
}

std::string Text(const pb::ClaimRelation& relation) {
  return absl::StrCat(relation.claim(), " \"", relation.claim_text(), "\" ",
                      pb::ClaimRelationKind_Name(relation.kind()), " ", relation.other(), " \"", relation.other_text(),
                      "\"");
}

std::string Text(const pb::StancePoint& point) {
  std::vector<std::string> names;
  for (const pb::Stance& stance : point.stances()) {
    names.push_back(absl::StrCat(stance.name(), " ", pb::Position_Name(stance.position())));
  }
  std::sort(names.begin(), names.end());
  return absl::StrCat("[", pb::Position_Name(point.position()), " ", pb::Strength_Name(point.strength()), " held ",
                      Text(point.held()), point.ascribed() ? " ascribed" : "", " x", point.stance_count(), " ",
                      absl::StrJoin(names, " "), "]");
}

std::string Text(const pb::StanceChange& change) {
  std::string label;
  if (change.label() != pb::CHANGE_LABEL_UNSPECIFIED) {
    label = absl::StrCat(" ", pb::ChangeLabel_Name(change.label()), " \"", change.label_note(), "\" of ",
                         change.label_author());
  }
  return absl::StrCat(pb::ChangeKind_Name(change.kind()), " computed ", pb::ChangeKind_Name(change.computed_kind()),
                      label, "\n      from ", Text(change.before()), "\n      to   ", Text(change.after()));
}

std::string Text(const pb::StanceLane& lane) {
  std::string text = absl::StrCat(lane.claim(), " \"", lane.claim_text(), "\" by ", lane.holder(), "/",
                                  lane.holder_display_name(), "/", lane.described_as());
  for (const pb::StancePoint& point : lane.points()) absl::StrAppend(&text, "\n    ", Text(point));
  for (const pb::StanceChange& change : lane.changes()) absl::StrAppend(&text, "\n    ", Text(change));
  return text;
}

std::string Text(const pb::Reversal& reversal) {
  return absl::StrCat(reversal.claim(), " \"", reversal.claim_text(), "\" by ", reversal.holder(), "/",
                      reversal.holder_display_name(), " ", Text(reversal.change()));
}

std::string Text(const pb::Contradiction& found) {
  const auto side = [](const pb::ContradictionSide& s) {
    return absl::StrCat(s.holder(), "/", s.holder_display_name(), "/", s.described_as(), " ", Text(s.point()));
  };
  return absl::StrCat(found.claim(), " \"", found.claim_text(), "\"", found.certain() ? " certain" : "", "\n    for ",
                      side(found.in_favor()), "\n    against ", side(found.against()));
}

template <typename Messages>
std::vector<std::string> TextsOf(const Messages& messages) {
  std::vector<std::string> texts;
  for (const auto& message : messages) texts.push_back(Text(message));
  return texts;
}

class HistoryTest : public RecordTest, public ::testing::WithParamInterface<unsigned> {
 protected:
  struct Moment {
    std::string name;
    google::protobuf::Timestamp time;  // absent: now
    reference::Record record;
  };

  void TearDown() override {
    RecordTest::TearDown();
    if (HasFailure()) std::printf("What was done, seed %u:\n%s\n", GetParam(), absl::StrJoin(done_, "\n").c_str());
  }

  // Chance, the same on every machine.
  int Below(int end) { return static_cast<int>(random_() % static_cast<unsigned>(end)); }
  bool OneIn(int times) { return Below(times) == 0; }
  template <typename Values>
  auto OneOf(const Values& values) {
    return *std::next(std::begin(values), Below(static_cast<int>(std::size(values))));
  }
  template <typename Value>
  Value OneOf(std::initializer_list<Value> values) {
    return OneOf(std::vector<Value>(values));
  }
  std::vector<std::string> Some(const std::vector<std::string>& values) {
    std::vector<std::string> some;
    for (const std::string& value : values) {
      if (OneIn(3)) some.push_back(value);
    }
    return some;
  }
  // Few days, so that dates touch and overlap.
  std::string SomeDay() {
    return OneOf({"2007-11-01", "2007-11-15", "2007-11-30", "2007-12-01", "2007-12-31", "2008-01-01", "2008-01-02"});
  }
  std::string SomeDate() {
    const std::string one = SomeDay();
    const std::string other = SomeDay();
    switch (Below(9)) {
      case 0:
        return OneOf({"2007-10", "2007-11", "2007-12", "2008-01", "2008-02"});
      case 1:
        return OneOf({"2006", "2007", "2008", "2009"});
      case 2:
        return absl::StrCat(std::min(one, other), "/", std::max(one, other));
      case 3:
        return absl::StrCat("../", one);
      case 4:
        return absl::StrCat(one, "/..");
      case 5:
        return "";
      default:
        return one;
    }
  }
  pb::Position SomePosition() {
    const int sides = Below(3);  // two in three take a side
    return static_cast<pb::Position>(sides == 0 ? 5 + Below(5) : 1 + Below(4));
  }
  pb::DateInterval SomeInterval() {
    pb::DateInterval interval;
    std::vector<std::string> days = {SomeDay(), SomeDay()};
    std::sort(days.begin(), days.end());
    if (!OneIn(3)) *interval.mutable_from() = ADate(days[0]).from();
    if (!OneIn(3)) *interval.mutable_to() = ADate(days[1]).to();
    if (OneIn(5)) *interval.mutable_to() = ADay(2008, 1);
    return interval;
  }

  // What was done, in words, with whether it came out as the reference says.
  void Done(const std::string& what, const grpc::Status& status, pb::ErrorReason expected) {
    done_.push_back(absl::StrCat(done_.size() + 1, ": ", what,
                                 status.ok() ? "" : " -> " + pb::ErrorReason_Name(Reason(status)).substr(13)));
    EXPECT_EQ(status.ok() ? pb::ERROR_REASON_UNSPECIFIED : Reason(status), expected) << done_.back() << "\n"
                                                                                     << status.error_message();
    ASSERT_TRUE(!status.ok() || expected == pb::ERROR_REASON_UNSPECIFIED) << done_.back();
  }

  void MakeWorld() {
    for (const char* id : {"ada", "ben", "cyd"}) {
      speaker_names_.push_back(MakeSpeaker(id, absl::StrCat(id, "'s name")));
      record_.AddSpeaker(speaker_names_.back(), absl::StrCat(id, "'s name"));
    }
    for (const char* id : {"wire", "daily"}) outlet_names_.push_back(MakeOutlet(id, absl::StrCat("The ", id)));
    topic_names_ = {MakeTopic("all"), MakeTopic("part", "topics/all"), MakeTopic("other")};
    record_.AddTopic("topics/all", "");
    record_.AddTopic("topics/part", "topics/all");
    record_.AddTopic("topics/other", "");
    for (int i = 3 + Below(4); i > 0; --i) CreateClaim();
    for (int i = 3 + Below(3); i > 0; --i) CreateQuote();
  }

  void CreateClaim() {
    pb::CreateClaimRequest request;
    request.set_claim_id(absl::StrCat("c", claim_names_.size() + 1));
    request.mutable_claim()->set_text(absl::StrCat("Proposition ", claim_names_.size() + 1));
    for (const std::string& topic : Some(topic_names_)) request.mutable_claim()->add_topics(topic);
    const auto made = Call(*claims_, &pb::ClaimService::Stub::CreateClaim, request);
    Done(absl::StrCat("CreateClaim ", Text(made->claim())), made.status, pb::ERROR_REASON_UNSPECIFIED);
    claim_names_.push_back(made->claim().name());
    record_.PutClaim(made->claim());
  }

  std::string SomeClaim() { return OneOf(claim_names_); }
  std::string SomeStandingClaim() { return record_.Lead(SomeClaim()); }

  void UpdateClaim() {
    pb::UpdateClaimRequest request;
    pb::Claim claim = *record_.GetClaim(SomeStandingClaim());
    claim.clear_etag();
    claim.clear_topics();
    for (const std::string& topic : Some(topic_names_)) claim.add_topics(topic);
    claim.set_text(absl::StrCat(claim.text(), "."));
    *request.mutable_claim() = claim;
    request.mutable_update_mask()->add_paths("topics");
    request.mutable_update_mask()->add_paths("text");
    const auto updated = Call(*claims_, &pb::ClaimService::Stub::UpdateClaim, request);
    Done(absl::StrCat("UpdateClaim ", Text(updated->claim())), updated.status, pb::ERROR_REASON_UNSPECIFIED);
    record_.PutClaim(updated->claim());
  }

  std::vector<pb::Appearance> SomeAppearances() {
    std::vector<pb::Appearance> appearances;
    for (int i = Below(3); i > 0; --i) {
      const std::string url = absl::StrCat("https://example.org/", ++articles_);
      appearances.push_back(AnAppearance().In(OneOf(outlet_names_)).On(SomeDate()).At(url));
    }
    return appearances;
  }

  std::string Words(const pb::Quote& quote) {
    std::vector<std::string> published;
    for (const pb::Appearance& appearance : quote.appearances()) published.push_back(Text(appearance.published()));
    return absl::StrCat(quote.name(), " \"", quote.text(), "\" by ", quote.speaker(), " said ", Text(quote.said()),
                        " published ", absl::StrJoin(published, ", "));
  }

  void CreateQuote() {
    AQuote quote;
    quote.Saying(absl::StrCat("Words ", quote_names_.size() + 1)).On(SomeDate());
    if (!OneIn(4)) quote.By(OneOf(speaker_names_));
    for (const pb::Appearance& appearance : SomeAppearances()) quote.Printed(appearance);
    const auto made = Create(quote);
    Done(absl::StrCat("CreateQuote ", Words(*made)), made.status, pb::ERROR_REASON_UNSPECIFIED);
    quote_names_.push_back(made->name());
    record_.PutQuote(*made);
  }

  void UpdateQuote() {
    pb::Quote quote = record_.quote(OneOf(quote_names_));
    quote.clear_etag();
    std::vector<std::string> paths;
    switch (Below(5)) {
      case 0:
        quote.set_speaker(OneIn(4) ? "" : OneOf(speaker_names_));
        quote.set_described_as(quote.speaker().empty() ? "a source" : "");
        paths = {"speaker", "described_as"};
        break;
      case 1:
        quote.set_polarity(OneOf({pb::POLARITY_AFFIRMED, pb::POLARITY_NEGATED, pb::POLARITY_REFUSED}));
        paths = {"polarity"};
        break;
      case 2:
        quote.clear_appearances();
        for (const pb::Appearance& appearance : SomeAppearances()) *quote.add_appearances() = appearance;
        paths = {"appearances"};
        break;
      default:
        *quote.mutable_said() = ADate(SomeDate());
        paths = {"said"};
    }
    const bool retracted = quote.state() == pb::QUOTE_STATE_RETRACTED;
    const auto updated = Update(quote, paths);
    Done(absl::StrCat("UpdateQuote ", paths[0], " ", Words(quote), " ", pb::Polarity_Name(quote.polarity())),
         updated.status, retracted ? pb::ERROR_REASON_QUOTE_RETRACTED : pb::ERROR_REASON_UNSPECIFIED);
    if (updated.status.ok()) record_.PutQuote(*updated);
  }

  void RetractOrRestoreQuote() {
    const pb::Quote& quote = record_.quote(OneOf(quote_names_));
    const bool retracted = quote.state() == pb::QUOTE_STATE_RETRACTED;
    const auto changed = retracted ? Restore(quote.name()) : Retract(quote.name());
    Done(absl::StrCat(retracted ? "RestoreQuote " : "RetractQuote ", Words(quote)), changed.status,
         pb::ERROR_REASON_UNSPECIFIED);
    record_.PutQuote(*changed);
  }

  void SetStance() {
    pb::Stance stance;
    stance.set_quote(OneOf(quote_names_));
    stance.set_claim(SomeClaim());
    const std::string speaker = record_.quote(stance.quote()).speaker();
    if (OneIn(3)) stance.set_holder(OneOf(speaker_names_));
    if (const auto known = record_.stances(); OneIn(3) && !known.empty()) {
      const reference::StanceKey key = OneOf(known);
      stance.set_quote(key.quote);
      stance.set_claim(key.claim);
      stance.set_holder(key.holder);
    }
    if (OneIn(6)) {
      stance.set_ascribed_by(OneIn(2) ? OneOf(outlet_names_) : OneOf(speaker_names_));
      const std::string source = record_.quote(stance.quote()).speaker();
      if (stance.ascribed_by() == (stance.holder().empty() ? source : stance.holder())) stance.clear_ascribed_by();
    }
    stance.set_position(SomePosition());
    stance.set_strength(static_cast<pb::Strength>(Below(4)));
    if (OneIn(4)) *stance.mutable_valid() = ADate(SomeDate());
    if (OneIn(5)) stance.set_note(absl::StrCat("note ", done_.size()));
    pb::SetStanceRequest request;
    *request.mutable_stance() = stance;
    const pb::ErrorReason expected = record_.SetStance(stance);
    const auto set = Call(*claims_, &pb::ClaimService::Stub::SetStance, request);
    Done(absl::StrCat("SetStance ", stance.quote(), " ", stance.claim(), " ", stance.holder(), " by ",
                      stance.ascribed_by(), " ", pb::Position_Name(stance.position()), " ",
                      pb::Strength_Name(stance.strength()), " valid ", Text(stance.valid())),
         set.status, expected);
    if (!set.status.ok()) return;
    stance_names_.insert(set->stance().name());
    const auto known = record_.GetStance(set->stance().name());
    ASSERT_TRUE(known.has_value()) << set->stance().name();
    EXPECT_EQ(Text(set->stance()), Text(*known));
  }

  std::string SomeStanceName() { return stance_names_.empty() ? "" : OneOf(stance_names_); }

  void RemoveStance() {
    pb::RemoveStanceRequest request;
    request.set_name(SomeStanceName());
    if (request.name().empty()) return;
    request.set_reason("mistaken");
    const auto before = record_.GetStance(request.name());
    const pb::ErrorReason expected = record_.RemoveStance(request.name());
    const auto removed = Call(*claims_, &pb::ClaimService::Stub::RemoveStance, request);
    Done(absl::StrCat("RemoveStance ", request.name()), removed.status, expected);
    if (removed.status.ok()) EXPECT_EQ(Text(removed->stance()), Text(*before));
  }

  void LabelChange() {
    std::vector<reference::StanceKey> known = record_.stances();
    std::erase_if(known, [&](const reference::StanceKey& key) { return record_.IsSuspended(key); });
    if (known.size() < 2) return;
    // Mostly of one lane.
    reference::StanceKey before = OneOf(known);
    reference::StanceKey after = OneOf(known);
    for (int tries = 0; tries < 8; ++tries) {
      const bool one_lane =
          record_.Holder(before) == record_.Holder(after) && record_.Class(before.claim).contains(after.claim);
      if (one_lane && before != after) break;
      before = OneOf(known);
      after = OneOf(known);
    }
    if (before == after) return;
    pb::LabelChangeRequest request;
    request.set_before(record_.StanceName(before));
    request.set_after(record_.StanceName(after));
    request.set_label(static_cast<pb::ChangeLabel>(Below(5)));
    request.set_note(absl::StrCat("label ", done_.size()));
    const std::string author = OneOf({"ed", "sub"});
    const pb::ErrorReason expected = record_.LabelChange(request, author);
    const auto labelled = Call(*timeline_, &pb::TimelineService::Stub::LabelChange, request, author);
    Done(absl::StrCat("LabelChange ", request.before(), " > ", request.after(), " ",
                      pb::ChangeLabel_Name(request.label())),
         labelled.status, expected);
  }

  void CreateReview() {
    pb::CreateReviewRequest request;
    pb::Review& review = *request.mutable_review();
    if (OneIn(3)) {
      review.set_quote(OneOf(quote_names_));
    } else {
      review.set_claim(SomeClaim());
    }
    review.set_reviewer(OneOf(outlet_names_));
    review.set_rating_text("Rated");
    review.set_verdict(static_cast<pb::Verdict>(Below(6)));
    review.set_url(absl::StrCat("https://example.org/review/", ++articles_));
    const auto made = Call(*claims_, &pb::ClaimService::Stub::CreateReview, request);
    Done(absl::StrCat("CreateReview ", Text(made->review())), made.status, pb::ERROR_REASON_UNSPECIFIED);
    review.set_claim(record_.Lead(review.claim()));
    review.set_name(made->review().name());
    review.set_reviewer_display_name(absl::StrCat("The ", review.reviewer().substr(8)));
    EXPECT_EQ(Text(made->review()), Text(review));
    record_.PutReview(review);
  }

  void ChangeReview() {
    if (record_.reviews().empty()) return;
    pb::Review review = OneOf(record_.reviews());
    const pb::ErrorReason expected =
        review.retract_reason().empty() ? pb::ERROR_REASON_UNSPECIFIED : pb::ERROR_REASON_REVIEW_RETRACTED;
    if (OneIn(3) && expected == pb::ERROR_REASON_UNSPECIFIED) {
      review.set_retract_reason("withdrawn");
      pb::RetractReviewRequest request;
      request.set_name(review.name());
      request.set_reason("withdrawn");
      const auto retracted = Call(*claims_, &pb::ClaimService::Stub::RetractReview, request);
      Done(absl::StrCat("RetractReview ", review.name()), retracted.status, expected);
    } else {
      review.set_title(absl::StrCat("title ", done_.size()));
      review.set_verdict(static_cast<pb::Verdict>(Below(6)));
      pb::UpdateReviewRequest request;
      *request.mutable_review() = review;
      request.mutable_review()->clear_etag();
      request.mutable_update_mask()->add_paths("title");
      request.mutable_update_mask()->add_paths("verdict");
      const auto updated = Call(*claims_, &pb::ClaimService::Stub::UpdateReview, request);
      Done(absl::StrCat("UpdateReview ", Text(review)), updated.status, expected);
      if (!updated.status.ok()) return;
    }
    record_.PutReview(review);
  }

  void RelateClaims() {
    pb::RelateClaimsRequest request;
    pb::ClaimRelation& relation = *request.mutable_relation();
    relation.set_claim(SomeClaim());
    relation.set_other(SomeClaim());
    if (record_.Lead(relation.claim()) == record_.Lead(relation.other())) return;
    relation.set_kind(OneIn(3) ? static_cast<pb::ClaimRelationKind>(1 + Below(6))
                               : OneOf({pb::CLAIM_RELATION_KIND_SAME, pb::CLAIM_RELATION_KIND_NEGATION_OF}));
    const pb::ErrorReason expected = record_.Relate(relation);
    const auto related = Call(*claims_, &pb::ClaimService::Stub::RelateClaims, request);
    Done(absl::StrCat("RelateClaims ", Text(relation)), related.status, expected);
  }

  void UnrelateClaims() {
    if (record_.relations().empty()) return;
    pb::ClaimRelation relation = OneOf(record_.relations());
    if (OneIn(3)) {
      relation.set_other(record_.relations()[0].claim());
      if (relation.other() == relation.claim()) return;
    }
    pb::UnrelateClaimsRequest request;
    request.set_claim(relation.claim());
    request.set_kind(relation.kind());
    request.set_other(relation.other());
    request.set_reason("mistaken");
    const pb::ErrorReason expected = record_.Unrelate(request.claim(), request.kind(), request.other());
    const auto unrelated = Call(*claims_, &pb::ClaimService::Stub::UnrelateClaims, request);
    Done(absl::StrCat("UnrelateClaims ", Text(relation)), unrelated.status, expected);
  }

  void MergeClaims() {
    pb::MergeClaimsRequest request;
    request.set_claim(SomeStandingClaim());
    request.set_into(SomeClaim());
    if (request.claim() == record_.Lead(request.into())) return;
    request.set_reason("the same");
    int replaced = 0;
    const pb::ErrorReason expected = record_.Merge(request.claim(), request.into(), &replaced);
    const auto merged = Call(*claims_, &pb::ClaimService::Stub::MergeClaims, request);
    Done(absl::StrCat("MergeClaims ", request.claim(), " into ", request.into()), merged.status, expected);
    if (!merged.status.ok()) return;
    EXPECT_EQ(merged->replaced_stance_count(), replaced) << done_.back();
    EXPECT_EQ(Text(merged->claim()), Text(*record_.GetClaim(request.into())));
  }

  void Change() {
    const int chance = Below(100);
    if (chance < 8) return CreateQuote();
    if (chance < 50) return SetStance();
    if (chance < 62) return UpdateQuote();
    if (chance < 68) return RetractOrRestoreQuote();
    if (chance < 72) return RemoveStance();
    if (chance < 80) return LabelChange();
    if (chance < 84) return CreateReview();
    if (chance < 86) return ChangeReview();
    if (chance < 93) return RelateClaims();
    if (chance < 95) return UnrelateClaims();
    if (chance < 98) return MergeClaims();
    return UpdateClaim();
  }

  // The moment between what was done and what comes.
  Moment Between() {
    Moment moment;
    moment.name = absl::StrCat("as of the moment after ", done_.size());
    const std::string micros = Sql("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint");
    const std::int64_t time = std::stoll(micros);
    moment.time.set_seconds(time / 1000000);
    moment.time.set_nanos(static_cast<int>(time % 1000000) * 1000);
    moment.record = record_;
    return moment;
  }

  // Whether the server's answers are the expected ones, in any order; pages of few add up to one page of all.
  template <typename Stub, typename Request, typename Response, typename Messages>
  std::vector<typename Messages::value_type> Compare(const Moment& moment, Stub& stub,
                                                     grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                                                  Response*),
                                                     Request request, const Messages& (Response::*list)() const,
                                                     const std::vector<typename Messages::value_type>& expected) {
    if (moment.time.seconds() != 0) *request.mutable_as_of() = moment.time;
    const auto walk = [&](int page_size) {
      std::vector<typename Messages::value_type> all;
      request.set_page_size(page_size);
      request.clear_page_token();
      for (int pages = 0; pages < 1000; ++pages) {
        const auto page = Call(stub, method, request);
        EXPECT_TRUE(page.status.ok()) << page.status.error_message() << "\n" << request.ShortDebugString();
        const Messages& messages = ((*page).*list)();
        EXPECT_LE(messages.size(), page_size);
        all.insert(all.end(), messages.begin(), messages.end());
        if (page->next_page_token().empty()) return all;
        request.set_page_token(page->next_page_token());
      }
      ADD_FAILURE() << "pages without end: " << request.ShortDebugString();
      return all;
    };
    const auto whole = walk(200);
    const std::string asked =
        absl::StrCat(Request::descriptor()->name(), " ", moment.name, "\n", request.ShortDebugString());
    EXPECT_THAT(TextsOf(whole), ::testing::UnorderedElementsAreArray(TextsOf(expected))) << asked;
    if (OneIn(4)) {
      const int page_size = 1 + Below(3);
      EXPECT_EQ(TextsOf(walk(page_size)), TextsOf(whole)) << asked << "\nin pages of " << page_size;
    }
    return whole;
  }

  template <typename Request, typename Response, typename Messages>
  void CompareInOrder(const Moment& moment,
                      grpc::Status (pb::TimelineService::Stub::*method)(grpc::ClientContext*, const Request&,
                                                                        Response*),
                      const Request& request, const Messages& (Response::*list)() const,
                      const std::vector<typename Messages::value_type>& expected) {
    const auto listed = Compare(moment, *timeline_, method, request, list, expected);
    EXPECT_EQ(TextsOf(listed), TextsOf(expected)) << moment.name << " " << request.ShortDebugString();
  }

  pb::StanceFilter SomeFilter() {
    pb::StanceFilter filter;
    if (!OneIn(3)) {
      for (const std::string& claim : Some(claim_names_)) filter.add_claims(claim);
    }
    if (OneIn(4)) {
      for (const std::string& topic : Some(topic_names_)) filter.add_topics(topic);
    }
    if (OneIn(3)) {
      for (const std::string& speaker : Some(speaker_names_)) filter.add_holders(speaker);
    }
    if (OneIn(4)) {
      for (const std::string& quote : Some(quote_names_)) filter.add_quotes(quote);
    }
    if (OneIn(3)) {
      for (int i = 1 + Below(4); i > 0; --i) filter.add_positions(SomePosition());
    }
    if (OneIn(4)) *filter.mutable_held() = SomeInterval();
    filter.set_include_ascribed(OneIn(2));
    return filter;
  }

  void CompareNames(const Moment& moment) {
    for (const std::string& name : claim_names_) {
      pb::GetClaimRequest request;
      request.set_name(name);
      if (moment.time.seconds() != 0) *request.mutable_as_of() = moment.time;
      const auto got = Call(*claims_, &pb::ClaimService::Stub::GetClaim, request);
      const auto expected = moment.record.GetClaim(name);
      EXPECT_EQ(got.status.ok(), expected.has_value()) << name << " " << moment.name << got.status.error_message();
      if (got.status.ok() && expected) EXPECT_EQ(Text(got->claim()), Text(*expected)) << name << " " << moment.name;
    }
    std::set<std::string> names = stance_names_;
    for (const reference::StanceKey& key : moment.record.stances()) names.insert(moment.record.StanceName(key));
    for (const std::string& name : names) {
      if (!OneIn(2)) continue;
      pb::GetStanceRequest request;
      request.set_name(name);
      if (moment.time.seconds() != 0) *request.mutable_as_of() = moment.time;
      const auto got = Call(*claims_, &pb::ClaimService::Stub::GetStance, request);
      const auto expected = moment.record.GetStance(name);
      EXPECT_EQ(got.status.ok(), expected.has_value()) << name << " " << moment.name << got.status.error_message();
      if (got.status.ok() && expected) {
        EXPECT_EQ(Text(got->stance()), Text(*expected)) << name << " " << moment.name;
      } else if (!got.status.ok()) {
        EXPECT_EQ(got.status.error_code(), grpc::StatusCode::NOT_FOUND) << got.status.error_message();
      }
    }
  }

  void CompareLists(const Moment& moment) {
    for (int i = 0; i < 5; ++i) {
      pb::ListStancesRequest request;
      *request.mutable_filter() = SomeFilter();
      request.set_oldest_first(OneIn(2));
      request.set_include_suspended(OneIn(2));
      const auto listed = Compare(moment, *claims_, &pb::ClaimService::Stub::ListStances, request,
                                  &pb::ListStancesResponse::stances, moment.record.ListStances(request));
      EXPECT_TRUE(std::is_sorted(listed.begin(), listed.end(), [&](const pb::Stance& a, const pb::Stance& b) {
        const int first = api::ToFrom(a.occurred());
        const int second = api::ToFrom(b.occurred());
        return request.oldest_first() ? first < second : second < first;
      })) << request.ShortDebugString();
    }
    for (int i = 0; i < 2; ++i) {
      pb::ListReviewsRequest request;
      if (!OneIn(3)) request.set_claim(SomeClaim());
      if (OneIn(6)) request.set_quote(OneOf(quote_names_));
      if (OneIn(3)) request.set_reviewer(OneOf(outlet_names_));
      if (OneIn(4)) request.add_verdicts(static_cast<pb::Verdict>(1 + Below(5)));
      request.set_include_retracted(OneIn(2));
      const auto expected = moment.record.ListReviews(request);
      const auto listed = Compare(moment, *claims_, &pb::ClaimService::Stub::ListReviews, request,
                                  &pb::ListReviewsResponse::reviews, expected);
      EXPECT_EQ(TextsOf(listed), TextsOf(expected)) << "in the order of recording";
    }
    for (int i = 0; i < 2; ++i) {
      pb::ListClaimRelationsRequest request;
      request.set_claim(SomeClaim());
      if (OneIn(3)) request.add_kinds(static_cast<pb::ClaimRelationKind>(1 + Below(6)));
      Compare(moment, *claims_, &pb::ClaimService::Stub::ListClaimRelations, request,
              &pb::ListClaimRelationsResponse::relations, moment.record.ListClaimRelations(request));
    }
  }

  void CompareHistory(const Moment& moment) {
    for (int i = 0; i < 4; ++i) {
      pb::GetStanceHistoryRequest request;
      if (OneIn(3)) {
        request.set_topic(OneOf(topic_names_));
      } else {
        request.set_claim(SomeClaim());
      }
      if (OneIn(4)) {
        for (const std::string& speaker : Some(speaker_names_)) request.add_holders(speaker);
      }
      request.set_include_ascribed(OneIn(2));
      CompareInOrder(moment, &pb::TimelineService::Stub::GetStanceHistory, request,
                     &pb::GetStanceHistoryResponse::lanes, moment.record.GetStanceHistory(request));
    }
    for (int i = 0; i < 3; ++i) {
      pb::ListReversalsRequest request;
      *request.mutable_filter() = SomeFilter();
      request.set_include_dismissed(OneIn(2));
      CompareInOrder(moment, &pb::TimelineService::Stub::ListReversals, request, &pb::ListReversalsResponse::reversals,
                     moment.record.ListReversals(request));
    }
    for (int i = 0; i < 4; ++i) {
      pb::ListContradictionsRequest request;
      *request.mutable_filter() = SomeFilter();
      request.set_between_holders(OneIn(2));
      if (request.between_holders() && request.filter().holders().empty()) {
        request.mutable_filter()->add_holders(OneOf(speaker_names_));
      }
      if (OneIn(6) && !request.filter().holders().empty()) {
        request.mutable_filter()->add_holders(request.filter().holders(0));  // twice
      }
      if (OneIn(2)) request.set_window_days(OneOf({1, 14, 31, 100, 400}));
      CompareInOrder(moment, &pb::TimelineService::Stub::ListContradictions, request,
                     &pb::ListContradictionsResponse::contradictions, moment.record.ListContradictions(request));
    }
    for (int i = 0; i < 3; ++i) CompareFirsts(moment);
  }

  void CompareFirsts(const Moment& moment) {
    pb::GetFirstsRequest request;
    request.set_claim(SomeClaim());
    if (OneIn(3)) request.add_positions(SomePosition());
    if (OneIn(3)) request.add_positions(SomePosition());
    request.set_include_ascribed(OneIn(2));
    const pb::GetFirstsResponse expected = moment.record.GetFirsts(request);
    if (moment.time.seconds() != 0) *request.mutable_as_of() = moment.time;
    const auto got = Call(*timeline_, &pb::TimelineService::Stub::GetFirsts, request);
    const std::string asked = absl::StrCat("GetFirsts ", moment.name, " ", request.ShortDebugString());
    ASSERT_TRUE(got.status.ok()) << got.status.error_message() << asked;
    EXPECT_THAT(TextsOf(got->stances()), ::testing::UnorderedElementsAreArray(TextsOf(expected.stances()))) << asked;
    EXPECT_EQ(got->certain(), expected.certain()) << asked;
    EXPECT_FALSE(got->more()) << asked;
    EXPECT_TRUE(std::is_sorted(got->stances().begin(), got->stances().end(), [](const auto& a, const auto& b) {
      return api::ToTo(a.held().to()) < api::ToTo(b.held().to());
    })) << asked;
  }

  std::mt19937 random_{GetParam()};
  reference::Record record_;
  std::vector<std::string> done_;
  std::vector<std::string> speaker_names_;
  std::vector<std::string> outlet_names_;
  std::vector<std::string> topic_names_;
  std::vector<std::string> claim_names_;
  std::vector<std::string> quote_names_;
  std::set<std::string> stance_names_;  // as they were first told
  int articles_ = 0;
};

TEST_P(HistoryTest, AnyHistory_AskedAboutAnyMoment_IsAnsweredAsTheReferenceDoes) {
  MakeWorld();
  if (HasFailure()) return;
  // Small histories first: what fails in one of them is easy to see.
  const int changes = 10 + static_cast<int>(GetParam() % 10) * 6;
  std::vector<Moment> moments = {Between()};
  for (int i = 0; i < changes && !HasFailure(); ++i) {
    Change();
    if (OneIn(changes / 3)) moments.push_back(Between());
  }
  moments.push_back(Between());
  moments.push_back({"now", {}, record_});
  for (const Moment& moment : moments) {
    if (!HasFailure()) CompareNames(moment);
    if (!HasFailure()) CompareLists(moment);
    if (!HasFailure()) CompareHistory(moment);
  }
}

INSTANTIATE_TEST_SUITE_P(Seed, HistoryTest,
                         ::testing::Range(Setting("ONRECORD_HISTORY_SEED", 1),
                                          Setting("ONRECORD_HISTORY_SEED", 1) + Setting("ONRECORD_HISTORIES", 15)),
                         [](const auto& seed) { return std::to_string(seed.param); });

}  // namespace
}  // namespace onrecord
