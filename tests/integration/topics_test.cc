#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "google/protobuf/util/message_differencer.h"
#include "tests/support/server_fixture.h"

namespace onrecord {
namespace {

class TopicsTest : public ServerTest {
 protected:
  grpc::Status Create(const pb::CreateTopicRequest& request, pb::Topic& topic) {
    grpc::ClientContext context;
    pb::CreateTopicResponse response;
    const grpc::Status status = topics_->CreateTopic(&context, request, &response);
    topic = response.topic();
    return status;
  }

  grpc::Status Create(const std::string& id, const std::string& parent, pb::Topic& topic) {
    pb::CreateTopicRequest request;
    request.mutable_topic()->set_display_name(id);
    request.mutable_topic()->set_parent(parent.empty() ? "" : "topics/" + parent);
    request.set_topic_id(id);
    return Create(request, topic);
  }

  pb::Topic MustCreate(const std::string& id, const std::string& parent = "") {
    pb::Topic topic;
    const grpc::Status status = Create(id, parent, topic);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return topic;
  }

  grpc::Status Get(const std::string& name, pb::Topic& topic) {
    grpc::ClientContext context;
    pb::GetTopicRequest request;
    request.set_name(name);
    pb::GetTopicResponse response;
    const grpc::Status status = topics_->GetTopic(&context, request, &response);
    topic = response.topic();
    return status;
  }

  grpc::Status Update(const pb::Topic& wanted, const std::vector<std::string>& paths, pb::Topic& topic) {
    grpc::ClientContext context;
    pb::UpdateTopicRequest request;
    *request.mutable_topic() = wanted;
    for (const std::string& path : paths) request.mutable_update_mask()->add_paths(path);
    pb::UpdateTopicResponse response;
    const grpc::Status status = topics_->UpdateTopic(&context, request, &response);
    topic = response.topic();
    return status;
  }

  grpc::Status Move(const std::string& id, const std::string& parent) {
    pb::Topic topic;
    topic.set_name("topics/" + id);
    topic.set_parent(parent.empty() ? "" : "topics/" + parent);
    return Update(topic, {"parent"}, topic);
  }

  grpc::Status List(const pb::ListTopicsRequest& request, pb::ListTopicsResponse& response) {
    grpc::ClientContext context;
    return topics_->ListTopics(&context, request, &response);
  }

  void MustQuote(const std::string& text, const std::vector<std::string>& topics) {
    grpc::ClientContext context;
    pb::CreateQuoteRequest request;
    request.mutable_quote()->set_text(text);
    request.mutable_quote()->set_described_as("an official");
    request.mutable_quote()->set_kind(pb::QUOTE_KIND_DIRECT);
    for (const std::string& topic : topics) request.mutable_quote()->add_topics("topics/" + topic);
    pb::CreateQuoteResponse response;
    const grpc::Status status = quotes_->CreateQuote(&context, request, &response);
    ASSERT_TRUE(status.ok()) << status.error_message();
  }

  // How many quotes are about the topic or one below it.
  int QuotesAbout(const std::string& topic) {
    grpc::ClientContext context;
    pb::ListQuotesRequest request;
    request.mutable_filter()->add_topics("topics/" + topic);
    pb::ListQuotesResponse response;
    const grpc::Status status = quotes_->ListQuotes(&context, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response.quotes_size();
  }
};

TEST_F(TopicsTest, GetTopic_WithoutSuchName_IsNotFound) {
  pb::Topic topic;
  const grpc::Status status = Get("topics/none", topic);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(Reason(status), pb::ERROR_REASON_TOPIC_NOT_FOUND);
  EXPECT_EQ(Reason(Get("none", topic)), pb::ERROR_REASON_FIELDS_INVALID);
}

TEST_F(TopicsTest, CreateTopic_WithEverything_KeepsEverything) {
  MustCreate("politics");
  pb::CreateTopicRequest request;
  pb::Topic& wanted = *request.mutable_topic();
  wanted.set_display_name("Élections");
  wanted.set_parent("topics/politics");
  wanted.set_scheme("medtop");
  wanted.set_code("medtop:11000000");
  wanted.add_aliases("Wahlen");
  wanted.set_note("n");
  pb::Topic created, read;
  const grpc::Status status = Create(request, created);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(created.name(), "topics/elections");
  ASSERT_TRUE(Get(created.name(), read).ok());
  wanted.set_name(created.name());
  wanted.set_etag("1");
  *wanted.mutable_create_time() = created.create_time();
  *wanted.mutable_update_time() = created.update_time();
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(wanted, read)) << read.DebugString();
}

TEST_F(TopicsTest, CreateTopic_WithoutScheme_IsLocal) { EXPECT_EQ(MustCreate("weather").scheme(), "local"); }

TEST_F(TopicsTest, CreateTopic_WithUnknownParent_IsNotFound) {
  pb::Topic topic;
  const grpc::Status status = Create("a", "none", topic);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(Reason(status), pb::ERROR_REASON_TOPIC_NOT_FOUND);
}

TEST_F(TopicsTest, CreateTopic_WithTakenIdOrCode_AlreadyExists) {
  pb::CreateTopicRequest request;
  request.mutable_topic()->set_display_name("Sport");
  request.mutable_topic()->set_scheme("medtop");
  request.mutable_topic()->set_code("medtop:15000000");
  pb::Topic topic;
  ASSERT_TRUE(Create(request, topic).ok());
  grpc::Status status = Create(request, topic);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::ALREADY_EXISTS);
  EXPECT_EQ(Reason(status), pb::ERROR_REASON_TOPIC_EXISTS);
  request.mutable_topic()->clear_code();
  request.set_topic_id("sport");
  EXPECT_EQ(Reason(Create(request, topic)), pb::ERROR_REASON_TOPIC_EXISTS);
  request.set_topic_id("");
  ASSERT_TRUE(Create(request, topic).ok());
  EXPECT_EQ(topic.name(), "topics/sport-2");
}

TEST_F(TopicsTest, CreateTopic_WithWrongFields_IsRefused) {
  const std::vector<std::pair<const char*, std::function<void(pb::CreateTopicRequest&)>>> cases = {
      {"no name", [](auto& r) { r.mutable_topic()->clear_display_name(); }},
      {"parent", [](auto& r) { r.mutable_topic()->set_parent("politics"); }},
      {"scheme", [](auto& r) { r.mutable_topic()->set_scheme("Med Top"); }},
      {"code", [](auto& r) { r.mutable_topic()->set_code(std::string(201, '1')); }},
      {"empty alias", [](auto& r) { r.mutable_topic()->add_aliases(" "); }},
      {"many aliases",
       [](auto& r) {
         for (int i = 0; i < 101; ++i) r.mutable_topic()->add_aliases("x");
       }},
      {"id", [](auto& r) { r.set_topic_id("a/b"); }},
  };
  for (const auto& [name, spoil] : cases) {
    pb::CreateTopicRequest request;
    request.mutable_topic()->set_display_name("Sport");
    spoil(request);
    pb::Topic topic;
    EXPECT_EQ(Reason(Create(request, topic)), pb::ERROR_REASON_FIELDS_INVALID) << name;
  }
}

TEST_F(TopicsTest, CreateTopic_BelowTwentyLevels_IsRefused) {
  std::string parent;
  for (int level = 1; level <= 20; ++level) {
    MustCreate("level" + std::to_string(level), parent);
    parent = "level" + std::to_string(level);
  }
  pb::Topic topic;
  EXPECT_EQ(Reason(Create("level21", parent, topic)), pb::ERROR_REASON_FIELDS_INVALID);
  MustCreate("top");
  EXPECT_EQ(Reason(Move("level1", "top")), pb::ERROR_REASON_FIELDS_INVALID);
  EXPECT_TRUE(Move("level2", "top").ok());
}

TEST_F(TopicsTest, CreateTopic_RepeatedWithItsRequestId_AnswersWithTheFirst) {
  pb::CreateTopicRequest request;
  request.mutable_topic()->set_display_name("Sport");
  request.set_request_id("topic-once");
  pb::Topic first, second;
  ASSERT_TRUE(Create(request, first).ok());
  ASSERT_TRUE(Create(request, second).ok());
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(first, second));
  request.mutable_topic()->set_note("x");
  EXPECT_EQ(Reason(Create(request, second)), pb::ERROR_REASON_REQUEST_ID_REUSED);
}

TEST_F(TopicsTest, UpdateTopic_WithMask_ChangesOnlyThat) {
  pb::Topic wanted = MustCreate("sport");
  wanted.set_code("s1");
  wanted.set_note("ignored");
  pb::Topic updated;
  ASSERT_TRUE(Update(wanted, {"code"}, updated).ok());
  EXPECT_EQ(updated.code(), "s1");
  EXPECT_EQ(updated.note(), "");
  EXPECT_EQ(updated.etag(), "2");
  EXPECT_EQ(Reason(Update(wanted, {"note"}, updated)), pb::ERROR_REASON_ETAG_MISMATCH);
  pb::Topic other = MustCreate("games");
  other.set_code("s1");
  EXPECT_EQ(Reason(Update(other, {"code"}, updated)), pb::ERROR_REASON_TOPIC_EXISTS);
  other.clear_code();
  other.clear_scheme();
  ASSERT_TRUE(Update(other, {"*"}, updated).ok());
  EXPECT_EQ(updated.scheme(), "local");
  EXPECT_EQ(updated.etag(), "1");
}

TEST_F(TopicsTest, UpdateTopic_WithWrongFields_IsRefused) {
  pb::Topic wanted = MustCreate("sport");
  pb::Topic updated;
  EXPECT_EQ(Reason(Update(wanted, {}, updated)), pb::ERROR_REASON_FIELDS_INVALID);
  EXPECT_EQ(Reason(Update(wanted, {"path"}, updated)), pb::ERROR_REASON_FIELDS_INVALID);
  wanted.set_parent("topics/none");
  EXPECT_EQ(Reason(Update(wanted, {"parent"}, updated)), pb::ERROR_REASON_TOPIC_NOT_FOUND);
  wanted.set_name("topics/none");
  EXPECT_EQ(Reason(Update(wanted, {"note"}, updated)), pb::ERROR_REASON_TOPIC_NOT_FOUND);
}

TEST_F(TopicsTest, UpdateTopic_BelowItself_IsACycle) {
  MustCreate("a");
  MustCreate("b", "a");
  MustCreate("c", "b");
  for (const char* parent : {"a", "b", "c"}) {
    const grpc::Status status = Move("a", parent);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::FAILED_PRECONDITION) << parent;
    EXPECT_EQ(Reason(status), pb::ERROR_REASON_TOPIC_CYCLE) << parent;
  }
}

TEST_F(TopicsTest, UpdateTopic_MovedAgainstEachOtherAtOnce_MakesNoCycle) {
  for (int round = 0; round < 10; ++round) {
    const std::string a = "a" + std::to_string(round);
    const std::string b = "b" + std::to_string(round);
    MustCreate(a);
    MustCreate(b);
    grpc::Status first, second;
    std::thread one([&] { first = Move(a, b); });
    std::thread two([&] { second = Move(b, a); });
    one.join();
    two.join();
    EXPECT_NE(first.ok(), second.ok());
    EXPECT_EQ(Reason(first.ok() ? second : first), pb::ERROR_REASON_TOPIC_CYCLE);
  }
}

TEST_F(TopicsTest, UpdateTopic_MovedAtOnceWithOnesBelow_WaitsWithoutDeadlock) {
  MustCreate("a");
  MustCreate("b", "a");
  MustCreate("c", "b");
  MustCreate("other");
  std::vector<std::thread> threads;
  for (const char* id : {"a", "b", "c"}) {
    threads.emplace_back([this, id] {
      for (int i = 0; i < 10; ++i) {
        const bool away = i % 2 == 0;
        const std::string home = std::string(id) == "a" ? "" : std::string(1, static_cast<char>(id[0] - 1));
        const grpc::Status status = Move(id, away ? "other" : home);
        EXPECT_TRUE(status.ok()) << status.error_message();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  pb::ListTopicsRequest request;
  request.set_parent("topics/b");
  pb::ListTopicsResponse response;
  ASSERT_TRUE(List(request, response).ok());
  ASSERT_EQ(response.topics_size(), 1);
  EXPECT_EQ(response.topics(0).name(), "topics/c");
}

TEST_F(TopicsTest, UpdateTopic_WithNewParent_TakesQuotesAlong) {
  MustCreate("world");
  MustCreate("politics");
  MustCreate("elections", "world");
  MustCreate("ballots", "elections");
  MustCreate("war", "world");
  MustQuote("The count is not over.", {"ballots"});
  MustQuote("Votes were cast under fire.", {"elections", "war"});
  MustQuote("There is a truce.", {"war"});
  EXPECT_EQ(QuotesAbout("world"), 3);
  EXPECT_EQ(QuotesAbout("politics"), 0);

  const grpc::Status status = Move("elections", "politics");
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(QuotesAbout("world"), 2);  // one is about the war too
  EXPECT_EQ(QuotesAbout("politics"), 2);
  EXPECT_EQ(QuotesAbout("elections"), 2);
  EXPECT_EQ(QuotesAbout("ballots"), 1);
  EXPECT_EQ(QuotesAbout("war"), 2);

  ASSERT_TRUE(Move("elections", "").ok());
  EXPECT_EQ(QuotesAbout("politics"), 0);
  EXPECT_EQ(QuotesAbout("elections"), 2);
  MustQuote("A recount begins.", {"ballots"});
  EXPECT_EQ(QuotesAbout("elections"), 3);
}

TEST_F(TopicsTest, UpdateTopic_MovedWhileQuotesAreRecorded_MissesNone) {
  MustCreate("left");
  MustCreate("right");
  MustCreate("moving", "left");
  std::atomic<bool> done = false;
  std::thread recorder([&] {
    for (int i = 0; i < 40; ++i) MustQuote("Statement number " + std::to_string(i), {"moving"});
    done = true;
  });
  bool right = false;
  while (!done) {
    right = !right;
    EXPECT_TRUE(Move("moving", right ? "right" : "left").ok());
  }
  recorder.join();
  EXPECT_EQ(QuotesAbout(right ? "right" : "left"), 40);
  EXPECT_EQ(QuotesAbout(right ? "left" : "right"), 0);
}

TEST_F(TopicsTest, ListTopics_WithParent_GivesThoseDirectlyBelow) {
  MustCreate("a");
  MustCreate("a1", "a");
  MustCreate("a2", "a");
  MustCreate("a11", "a1");
  pb::ListTopicsRequest request;
  pb::ListTopicsResponse response;
  request.set_parent("topics/a");
  request.set_page_size(1);
  ASSERT_TRUE(List(request, response).ok());
  ASSERT_EQ(response.topics_size(), 1);
  EXPECT_EQ(response.topics(0).name(), "topics/a1");
  request.set_page_token(response.next_page_token());
  ASSERT_TRUE(List(request, response).ok());
  ASSERT_EQ(response.topics_size(), 1);
  EXPECT_EQ(response.topics(0).name(), "topics/a2");
  EXPECT_EQ(response.next_page_token(), "");
  request.clear_parent();
  EXPECT_EQ(Reason(List(request, response)), pb::ERROR_REASON_PAGE_TOKEN_INVALID);
  request.clear_page_token();
  request.set_page_size(0);
  request.set_query("A1");
  response.Clear();
  ASSERT_TRUE(List(request, response).ok());
  EXPECT_EQ(response.topics_size(), 2);
  request.set_parent("topics/none");
  EXPECT_EQ(Reason(List(request, response)), pb::ERROR_REASON_TOPIC_NOT_FOUND);
  request.set_parent("none");
  EXPECT_EQ(Reason(List(request, response)), pb::ERROR_REASON_FIELDS_INVALID);
}

}  // namespace
}  // namespace onrecord
