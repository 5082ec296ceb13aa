#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "clients/cli/name_commands.h"

namespace onrecord::cli {
namespace {

// Answers with the given number of reversals on each page.
struct FakeStub {
  std::vector<int> pages;
  std::size_t next = 0;
  std::vector<pb::ListReversalsRequest> asked;

  grpc::Status List(grpc::ClientContext* /*call*/, const pb::ListReversalsRequest& request,
                    pb::ListReversalsResponse* response) {
    asked.push_back(request);
    for (int i = 0; i < pages[next]; ++i) response->add_reversals();
    if (++next < pages.size()) response->set_next_page_token(std::to_string(next));
    return grpc::Status::OK;
  }
};

pb::ListReversalsResponse List(const Context& context, const std::unique_ptr<FakeStub>& stub, int limit) {
  return ListAll(context, stub, &FakeStub::List, pb::ListReversalsRequest(), limit,
                 [](auto& page) { return page.mutable_reversals(); });
}

TEST(ListAll, EmptyPages_AreNotTheEnd) {
  const auto stub = std::make_unique<FakeStub>(FakeStub{{0, 2, 0, 0, 1, 0}, 0, {}});
  const auto all = List(Context(), stub, 50);
  EXPECT_EQ(all.reversals_size(), 3);
  EXPECT_EQ(all.next_page_token(), "");
  EXPECT_EQ(stub->asked.size(), 6U);
}

TEST(ListAll, Limit_EndsTheListAndTellsOfMore) {
  const auto stub = std::make_unique<FakeStub>(FakeStub{{0, 2, 1, 7}, 0, {}});
  const auto all = List(Context(), stub, 3);
  EXPECT_EQ(all.reversals_size(), 3);
  EXPECT_EQ(all.next_page_token(), "3");
  EXPECT_EQ(stub->asked.back().page_size(), 1);
}

TEST(ListAll, AsOf_IsAskedForOnEveryPage) {
  Context context;
  context.as_of.emplace().set_seconds(1'700'000'000);
  const auto stub = std::make_unique<FakeStub>(FakeStub{{1, 1}, 0, {}});
  List(context, stub, 0);
  for (const pb::ListReversalsRequest& request : stub->asked) EXPECT_EQ(request.as_of().seconds(), 1'700'000'000);
}

struct FakeWriter {
  grpc::Status Label(grpc::ClientContext* /*call*/, const pb::LabelChangeRequest& request,
                     pb::LabelChangeResponse* /*response*/) {
    request_ids.push_back(request.request_id());
    return grpc::Status::OK;
  }
  std::vector<std::string> request_ids;
};

TEST(Change, WithAsOf_IsRefused) {
  Context context;
  const auto stub = std::make_unique<FakeWriter>();
  Change(context, stub, &FakeWriter::Label, pb::LabelChangeRequest());
  ASSERT_EQ(stub->request_ids.size(), 1U);
  EXPECT_FALSE(stub->request_ids[0].empty());
  context.as_of.emplace();
  EXPECT_THROW(Change(context, stub, &FakeWriter::Label, pb::LabelChangeRequest()), Exit);
  EXPECT_EQ(stub->request_ids.size(), 1U);
}

}  // namespace
}  // namespace onrecord::cli
