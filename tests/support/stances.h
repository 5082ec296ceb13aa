// What tests of stances and their history share.
#pragma once

#include <string>
#include <vector>

#include "tests/support/builders.h"

namespace onrecord {

class StanceTest : public RecordTest {
 protected:
  std::string MakeClaim(const std::string& id, const std::string& text, const std::string& topic = "") {
    pb::CreateClaimRequest request;
    request.set_claim_id(id);
    request.mutable_claim()->set_text(text);
    if (!topic.empty()) request.mutable_claim()->add_topics(topic);
    const auto made = Call(*claims_, &pb::ClaimService::Stub::CreateClaim, request);
    EXPECT_TRUE(made.status.ok()) << made.status.error_message();
    return made->claim().name();
  }
  Answer<pb::Stance> SetStance(const pb::Stance& stance, const std::string& request_id = "") {
    pb::SetStanceRequest request;
    *request.mutable_stance() = stance;
    request.set_request_id(request_id);
    const auto set = Call(*claims_, &pb::ClaimService::Stub::SetStance, request, "ada");
    return {set.status, set->stance()};
  }
  pb::Stance MustSet(const pb::Stance& stance) {
    const Answer<pb::Stance> set = SetStance(stance);
    EXPECT_TRUE(set.status.ok()) << set.status.error_message();
    return *set;
  }
  static pb::Stance AStance(const pb::Quote& quote, const std::string& claim, pb::Position position,
                            const std::string& holder = "") {
    pb::Stance stance;
    stance.set_quote(quote.name());
    stance.set_claim(claim);
    stance.set_position(position);
    stance.set_holder(holder);
    return stance;
  }
  // Words of their own, said by a speaker on a date, that take a position.
  pb::Stance Says(const std::string& speaker, const std::string& date, const std::string& claim,
                  pb::Position position) {
    const pb::Quote quote = MustCreate(AQuote().Saying("words " + std::to_string(++words_)).By(speaker).On(date));
    return MustSet(AStance(quote, claim, position));
  }
  std::vector<pb::Stance> Stances(const pb::ListStancesRequest& asked) {
    pb::ListStancesRequest request = asked;
    std::vector<pb::Stance> stances;
    do {
      const auto page = Call(*claims_, &pb::ClaimService::Stub::ListStances, request);
      EXPECT_TRUE(page.status.ok()) << page.status.error_message();
      stances.insert(stances.end(), page->stances().begin(), page->stances().end());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return stances;
  }
  std::vector<pb::Stance> StancesOn(const std::string& claim, bool ascribed = false) {
    pb::ListStancesRequest request;
    request.mutable_filter()->add_claims(claim);
    request.mutable_filter()->set_include_ascribed(ascribed);
    return Stances(request);
  }
  Answer<pb::MergeClaimsResponse> Merge(const std::string& claim, const std::string& into) {
    pb::MergeClaimsRequest request;
    request.set_claim(claim);
    request.set_into(into);
    request.set_reason("the same");
    return Call(*claims_, &pb::ClaimService::Stub::MergeClaims, request);
  }
  Answer<pb::RelateClaimsResponse> Relate(const std::string& claim, pb::ClaimRelationKind kind,
                                          const std::string& other) {
    pb::RelateClaimsRequest request;
    request.mutable_relation()->set_claim(claim);
    request.mutable_relation()->set_kind(kind);
    request.mutable_relation()->set_other(other);
    return Call(*claims_, &pb::ClaimService::Stub::RelateClaims, request);
  }

 private:
  int words_ = 0;
};

}  // namespace onrecord
