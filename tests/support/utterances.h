// What tests of utterances ask for: matching to be done, the utterance of a quote, its way through print.
#pragma once

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "tests/support/builders.h"

namespace onrecord {

class GroupedTest : public RecordTest {
 protected:
  // Waits until everything that was written is matched.
  void Match() { ASSERT_TRUE(Becomes("SELECT count(*) FROM quotes_to_match", "0")); }

  // What a question is asked about: with `as_of` as of a moment.
  Answer<pb::GetUtteranceResponse> Utterance(const std::string& name,
                                             const google::protobuf::Timestamp* as_of = nullptr) {
    pb::GetUtteranceRequest request;
    request.set_name(name);
    if (as_of != nullptr) *request.mutable_as_of() = *as_of;
    return Call(*utterances_, &pb::UtteranceService::Stub::GetUtterance, request);
  }
  Answer<pb::TraceQuoteResponse> Trace(const std::string& name, const google::protobuf::Timestamp* as_of = nullptr) {
    pb::TraceQuoteRequest request;
    request.set_name(name);
    if (as_of != nullptr) *request.mutable_as_of() = *as_of;
    return Call(*utterances_, &pb::UtteranceService::Stub::TraceQuote, request);
  }
  // The names of an utterance's quotes.
  std::set<std::string> Together(const std::string& name, const google::protobuf::Timestamp* as_of = nullptr) {
    const auto answer = Utterance(name, as_of);
    EXPECT_TRUE(answer.status.ok()) << answer.status.error_message();
    std::set<std::string> names;
    for (const pb::UtteranceMember& member : answer->utterance().members()) names.insert(member.quote().name());
    return names;
  }
  pb::WordingComparison MemberOf(const std::string& quote) {
    const auto answer = Utterance(quote);
    for (const pb::UtteranceMember& member : answer->utterance().members()) {
      if (member.quote().name() == quote) return member.comparison();
    }
    return {};
  }
  Answer<pb::SetQuoteLinkResponse> Decide(const std::string& quote, const std::string& other, pb::QuoteLinkState state,
                                          const std::string& request_id = "",
                                          pb::WordingRelation relation = pb::WORDING_RELATION_UNSPECIFIED) {
    pb::SetQuoteLinkRequest request;
    request.mutable_link()->set_quote(quote);
    request.mutable_link()->set_other(other);
    request.mutable_link()->set_state(state);
    request.mutable_link()->set_relation(relation);
    request.mutable_link()->set_reason("looked at both");
    request.set_request_id(request_id);
    return Call(*utterances_, &pb::UtteranceService::Stub::SetQuoteLink, request, "Ada");
  }
  Answer<pb::ListQuoteLinksResponse> Links(pb::ListQuoteLinksRequest request = {}) {
    return Call(*utterances_, &pb::UtteranceService::Stub::ListQuoteLinks, request);
  }
  // The envoy speaks for the country.
  void SpeakFor(const std::string& speaker, const std::vector<std::string>& principals) {
    pb::UpdateSpeakerRequest request;
    request.mutable_speaker()->set_name(speaker);
    for (const std::string& principal : principals) {
      request.mutable_speaker()->add_speaks_for()->set_principal(principal);
    }
    request.mutable_update_mask()->add_paths("speaks_for");
    const auto updated = Call(*speakers_, &pb::SpeakerService::Stub::UpdateSpeaker, request);
    EXPECT_TRUE(updated.status.ok()) << updated.status.error_message();
  }
};

}  // namespace onrecord
