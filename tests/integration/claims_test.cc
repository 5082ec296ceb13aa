#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "google/protobuf/util/message_differencer.h"
#include "tests/support/builders.h"

namespace onrecord {
namespace {

pb::Claim AClaim(const std::string& text, const std::vector<std::string>& topics = {}) {
  pb::Claim claim;
  claim.set_text(text);
  for (const std::string& topic : topics) claim.add_topics(topic);
  return claim;
}

class ClaimsTest : public RecordTest {
 protected:
  Answer<pb::Claim> CreateClaim(const pb::Claim& claim, const std::string& id = "",
                                const std::string& request_id = "") {
    pb::CreateClaimRequest request;
    *request.mutable_claim() = claim;
    request.set_claim_id(id);
    request.set_request_id(request_id);
    const auto made = Call(*claims_, &pb::ClaimService::Stub::CreateClaim, request);
    return {made.status, made->claim()};
  }
  pb::Claim MustCreateClaim(const pb::Claim& claim, const std::string& id = "") {
    const Answer<pb::Claim> made = CreateClaim(claim, id);
    EXPECT_TRUE(made.status.ok()) << made.status.error_message();
    return *made;
  }
  Answer<pb::Claim> GetClaim(const std::string& name) {
    pb::GetClaimRequest request;
    request.set_name(name);
    const auto got = Call(*claims_, &pb::ClaimService::Stub::GetClaim, request);
    return {got.status, got->claim()};
  }
  Answer<pb::Claim> UpdateClaim(const pb::Claim& claim, const std::vector<std::string>& paths) {
    pb::UpdateClaimRequest request;
    *request.mutable_claim() = claim;
    for (const std::string& path : paths) request.mutable_update_mask()->add_paths(path);
    request.set_reason("corrected");
    const auto updated = Call(*claims_, &pb::ClaimService::Stub::UpdateClaim, request, "ada");
    return {updated.status, updated->claim()};
  }
  std::vector<std::string> NamesOf(const std::string& query, const std::string& topic = "", int page_size = 0) {
    pb::ListClaimsRequest request;
    request.set_query(query);
    request.set_topic(topic);
    request.set_page_size(page_size);
    std::vector<std::string> names;
    do {
      const auto page = Call(*claims_, &pb::ClaimService::Stub::ListClaims, request);
      EXPECT_TRUE(page.status.ok()) << page.status.error_message();
      for (const pb::Claim& claim : page->claims()) names.push_back(claim.name());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return names;
  }
};

TEST_F(ClaimsTest, GetClaim_WithoutSuchName_IsNotFound) {
  const auto none = GetClaim("claims/none");
  EXPECT_EQ(none.status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(Reason(none.status), pb::ERROR_REASON_CLAIM_NOT_FOUND);
  EXPECT_EQ(Reason(GetClaim("topics/none").status), pb::ERROR_REASON_FIELDS_INVALID);
}

TEST_F(ClaimsTest, CreateClaim_WithEverything_KeepsEverything) {
  pb::Claim wanted = AClaim("Kosovo is independent de facto", {MakeTopic("kosovo"), MakeTopic("law")});
  wanted.set_kind(pb::CLAIM_KIND_VALUE);
  wanted.add_aliases("Kosovo’s separation has already taken place");
  wanted.set_note("n");
  const auto created = CreateClaim(wanted);
  ASSERT_TRUE(created.status.ok()) << created.status.error_message();
  EXPECT_EQ(created->name(), "claims/kosovo-is-independent-de-facto");
  wanted.set_name(created->name());
  wanted.set_etag("1");
  *wanted.mutable_create_time() = created->create_time();
  *wanted.mutable_update_time() = created->update_time();
  const auto read = GetClaim(created->name());
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(wanted, *read)) << read->DebugString();
}

TEST_F(ClaimsTest, CreateClaim_WithoutKind_IsAFact) {
  EXPECT_EQ(MustCreateClaim(AClaim("The earth is round")).kind(), pb::CLAIM_KIND_FACT);
}

TEST_F(ClaimsTest, CreateClaim_WithWrongFields_NamesEach) {
  pb::Claim claim = AClaim("", {"kosovo"});
  claim.set_kind(static_cast<pb::ClaimKind>(99));
  claim.add_aliases(std::string(2001, 'x'));
  const auto refused = CreateClaim(claim, "No Id");
  EXPECT_EQ(refused.status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(Fields(refused.status),
            (std::vector<std::string>{"claim_id", "claim.text", "claim.kind", "claim.topics[0]", "claim.aliases[0]"}));
}

TEST_F(ClaimsTest, CreateClaim_WithUnknownTopic_IsNotFoundAndStoresNothing) {
  const auto refused = CreateClaim(AClaim("A", {"topics/none"}));
  EXPECT_EQ(Reason(refused.status), pb::ERROR_REASON_TOPIC_NOT_FOUND);
  EXPECT_EQ(Sql("SELECT count(*) FROM claims"), "0");
}

TEST_F(ClaimsTest, CreateClaim_WithTakenId_AlreadyExists) {
  MustCreateClaim(AClaim("A"), "a");
  const auto refused = CreateClaim(AClaim("B"), "a");
  EXPECT_EQ(refused.status.error_code(), grpc::StatusCode::ALREADY_EXISTS);
  EXPECT_EQ(Reason(refused.status), pb::ERROR_REASON_CLAIM_EXISTS);
  EXPECT_EQ(MustCreateClaim(AClaim("A")).name(), "claims/a-2") << "an id made from the text is a free one";
}

TEST_F(ClaimsTest, CreateClaim_Repeated_IsDoneOnce) {
  const auto first = CreateClaim(AClaim("A"), "", "once");
  const auto again = CreateClaim(AClaim("A"), "", "once");
  EXPECT_EQ(first->name(), again->name());
  EXPECT_EQ(Sql("SELECT count(*) FROM claims"), "1");
}

TEST_F(ClaimsTest, UpdateClaim_OfOneField_KeepsTheRestAndTheHistory) {
  pb::Claim claim = MustCreateClaim(AClaim("A", {MakeTopic("t")}), "a");
  claim.set_text("B");
  claim.clear_topics();
  const auto updated = UpdateClaim(claim, {"text"});
  ASSERT_TRUE(updated.status.ok()) << updated.status.error_message();
  EXPECT_EQ(updated->text(), "B");
  EXPECT_EQ(updated->topics_size(), 1);
  EXPECT_EQ(updated->etag(), "2");
  EXPECT_EQ(NamesOf("b"), std::vector<std::string>{"claims/a"});
  EXPECT_TRUE(NamesOf("a").empty()) << "the old wording is no longer one of its wordings";
  EXPECT_EQ(Sql("SELECT state->>'display_name' FROM name_revisions WHERE resource = 'claims/a'"), "A");
  EXPECT_EQ(Sql("SELECT changed_by || ' ' || changed_via || ' ' || change_reason FROM claims"),
            "ada UpdateClaim corrected");
}

TEST_F(ClaimsTest, UpdateClaim_WithOldEtag_IsAborted) {
  pb::Claim claim = MustCreateClaim(AClaim("A"));
  claim.set_note("first");
  ASSERT_TRUE(UpdateClaim(claim, {"note"}).status.ok());
  claim.set_note("second");
  EXPECT_EQ(Reason(UpdateClaim(claim, {"note"}).status), pb::ERROR_REASON_ETAG_MISMATCH);
}

TEST_F(ClaimsTest, UpdateClaim_ToAnEmptyText_IsRefused) {
  pb::Claim claim = MustCreateClaim(AClaim("A"));
  claim.clear_text();
  EXPECT_EQ(Reason(UpdateClaim(claim, {"text"}).status), pb::ERROR_REASON_FIELDS_INVALID);
}

TEST_F(ClaimsTest, UpdateClaim_FromEightWritersAtOnce_LosesNoUpdate) {
  const pb::Claim claim = MustCreateClaim(AClaim("A"), "a");
  constexpr int kWriters = 8;
  constexpr int kChanges = 5;
  std::vector<std::thread> writers;
  for (int writer = 0; writer < kWriters; ++writer) {
    writers.emplace_back([&, writer] {
      for (int change = 0; change < kChanges; ++change) {
        pb::Claim wanted;
        wanted.set_name(claim.name());
        wanted.set_note(absl::StrCat("writer ", writer, ", change ", change));
        const auto updated = UpdateClaim(wanted, {"note"});
        EXPECT_TRUE(updated.status.ok()) << updated.status.error_message();
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(GetClaim(claim.name())->etag(), std::to_string(1 + kWriters * kChanges));
  EXPECT_EQ(Sql("SELECT count(DISTINCT state->'body'->>'note') FROM name_revisions"),
            std::to_string(kWriters * kChanges - 1))
      << "each note but the last, which is the row itself; the first state has none";
}

TEST_F(ClaimsTest, ListClaims_OfATopic_HasThoseBelowIt) {
  MakeTopic("balkans");
  MakeTopic("kosovo", "topics/balkans");
  MustCreateClaim(AClaim("Broad", {"topics/balkans"}));
  MustCreateClaim(AClaim("Narrow", {"topics/kosovo"}));
  MustCreateClaim(AClaim("Elsewhere"));
  EXPECT_EQ(NamesOf("", "topics/balkans"), (std::vector<std::string>{"claims/broad", "claims/narrow"}));
  EXPECT_EQ(NamesOf("", "topics/kosovo"), std::vector<std::string>{"claims/narrow"});
}

TEST_F(ClaimsTest, ListClaims_PageByPage_HasEachOnceInOrder) {
  std::vector<std::string> expected;
  for (const char* text : {"alpha", "beta", "gamma", "delta", "epsilon"}) {
    expected.push_back(MustCreateClaim(AClaim(text)).name());
  }
  std::sort(expected.begin(), expected.end());
  EXPECT_EQ(NamesOf("", "", 2), expected);
}

TEST_F(ClaimsTest, ListClaims_ByAWordOfAnotherWording_FindsTheClaim) {
  pb::Claim claim = AClaim("The wall will be paid for by Mexico");
  claim.add_aliases("México pagará el muro");
  MustCreateClaim(claim, "wall");
  EXPECT_EQ(NamesOf("pagara"), std::vector<std::string>{"claims/wall"});
  EXPECT_TRUE(NamesOf("agara").empty());
}

}  // namespace
}  // namespace onrecord
