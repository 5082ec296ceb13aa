#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "onrecord/v1/quotes.pb.h"
#include "services/api/page_token.h"
#include "services/base/status.h"

namespace onrecord::api {
namespace {

const std::vector<std::string> kKey = {"2007-11-21", "00ff"};

TEST(PageTokenTest, ReadPageToken_OfItsOwn_GivesTheKey) {
  const std::string token = MakePageToken("list", kKey);
  EXPECT_EQ(*ReadPageToken("list", token, 2), kKey);
  EXPECT_TRUE(ReadPageToken("list", "", 2)->empty());
  EXPECT_EQ(token.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
            std::string::npos);
}

TEST(PageTokenTest, ReadPageToken_OfAnotherList_IsRefused) {
  const std::string token = MakePageToken("list", kKey);
  EXPECT_EQ(ReasonOf(ReadPageToken("other", token, 2).status()), pb::ERROR_REASON_PAGE_TOKEN_INVALID);
  EXPECT_EQ(ReasonOf(ReadPageToken("list", token, 1).status()), pb::ERROR_REASON_PAGE_TOKEN_INVALID);
}

TEST(PageTokenTest, ReadPageToken_Damaged_IsRefused) {
  const std::string token = MakePageToken("list", kKey);
  for (std::size_t at = 0; at < token.size(); ++at) {
    for (const char c : {'A', 'z', '!', '\0', '\xff'}) {
      std::string damaged = token;
      damaged[at] = c;
      const auto key = ReadPageToken("list", damaged, 2);
      // The unused bits of the last letter may differ without damage.
      if (key.ok()) EXPECT_EQ(*key, kKey) << at;
    }
    EXPECT_FALSE(ReadPageToken("list", token.substr(0, at), 2).ok() && at > 0) << at;
  }
  EXPECT_FALSE(ReadPageToken("list", token + "AAAA", 2).ok());
  EXPECT_FALSE(ReadPageToken("list", std::string(1 << 20, 'A'), 2).ok());
}

TEST(PageTokenTest, ReadPageToken_OfRandomBytes_IsRefused) {
  std::mt19937 random(3);
  for (int i = 0; i < 20000; ++i) {
    std::string bytes(1 + random() % 60, ' ');
    for (char& c : bytes) c = static_cast<char>(random() % 256);
    EXPECT_EQ(ReasonOf(ReadPageToken("list", bytes, 2).status()), pb::ERROR_REASON_PAGE_TOKEN_INVALID);
  }
}

TEST(PageTokenTest, PageSize_IsBounded) {
  EXPECT_EQ(*PageSize(0, 1000), 50);
  EXPECT_EQ(*PageSize(0, 20), 20);
  EXPECT_EQ(*PageSize(7, 1000), 7);
  EXPECT_EQ(*PageSize(2147483647, 1000), 1000);
  EXPECT_EQ(ReasonOf(PageSize(-1, 1000).status()), pb::ERROR_REASON_FIELDS_INVALID);
}

TEST(PageTokenTest, MakeScope_LeavesOutThePageAlone) {
  pb::ListQuotesRequest request;
  request.mutable_filter()->add_speakers("speakers/ada");
  const std::string scope = MakeScope(request);
  request.set_page_size(3);
  request.set_page_token("x");
  EXPECT_EQ(MakeScope(request), scope);
  request.set_order(pb::QUOTE_ORDER_OLDEST);
  EXPECT_NE(MakeScope(request), scope);
  EXPECT_NE(MakeScope(pb::ListQuotesRequest()), MakeScope(pb::ListQuoteRevisionsRequest()));
}

}  // namespace
}  // namespace onrecord::api
