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

class OutletsTest : public ServerTest {
 protected:
  grpc::Status Create(const pb::CreateOutletRequest& request, pb::Outlet& outlet) {
    grpc::ClientContext context;
    pb::CreateOutletResponse response;
    const grpc::Status status = outlets_->CreateOutlet(&context, request, &response);
    outlet = response.outlet();
    return status;
  }

  grpc::Status Create(const std::string& display_name, const std::vector<std::string>& aliases, pb::Outlet& outlet,
                      const std::string& id = "") {
    pb::CreateOutletRequest request;
    request.mutable_outlet()->set_display_name(display_name);
    for (const std::string& alias : aliases) request.mutable_outlet()->add_aliases(alias);
    request.set_outlet_id(id);
    return Create(request, outlet);
  }

  pb::Outlet MustCreate(const std::string& display_name, const std::vector<std::string>& aliases = {},
                        const std::string& id = "") {
    pb::Outlet outlet;
    const grpc::Status status = Create(display_name, aliases, outlet, id);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return outlet;
  }

  grpc::Status Get(const std::string& name, pb::Outlet& outlet) {
    grpc::ClientContext context;
    pb::GetOutletRequest request;
    request.set_name(name);
    pb::GetOutletResponse response;
    const grpc::Status status = outlets_->GetOutlet(&context, request, &response);
    outlet = response.outlet();
    return status;
  }

  grpc::Status Update(const pb::Outlet& wanted, const std::vector<std::string>& paths, pb::Outlet& outlet,
                      const std::string& request_id = "") {
    grpc::ClientContext context;
    pb::UpdateOutletRequest request;
    *request.mutable_outlet() = wanted;
    for (const std::string& path : paths) request.mutable_update_mask()->add_paths(path);
    request.set_reason("corrected");
    request.set_request_id(request_id);
    pb::UpdateOutletResponse response;
    const grpc::Status status = outlets_->UpdateOutlet(&context, request, &response);
    outlet = response.outlet();
    return status;
  }

  grpc::Status List(const pb::ListOutletsRequest& request, pb::ListOutletsResponse& response) {
    grpc::ClientContext context;
    return outlets_->ListOutlets(&context, request, &response);
  }
};

TEST_F(OutletsTest, GetOutlet_WithoutSuchName_IsNotFound) {
  pb::Outlet outlet;
  const grpc::Status status = Get("outlets/none", outlet);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(Reason(status), pb::ERROR_REASON_OUTLET_NOT_FOUND);
  EXPECT_EQ(Reason(Get("speakers/none", outlet)), pb::ERROR_REASON_FIELDS_INVALID);
}

TEST_F(OutletsTest, CreateOutlet_WithEverything_KeepsEverything) {
  pb::CreateOutletRequest request;
  pb::Outlet& wanted = *request.mutable_outlet();
  wanted.set_display_name("Agence France-Presse");
  wanted.set_kind(pb::OUTLET_KIND_WIRE);
  wanted.add_aliases("AFP");
  wanted.add_aliases("agence france-presse");  // folds to the display name: no conflict with itself
  wanted.add_domains("www.afp.com");
  wanted.set_country("FR");
  wanted.set_note("a wire");
  pb::Outlet created, read;
  ASSERT_TRUE(Create(request, created).ok());
  EXPECT_EQ(created.name(), "outlets/agence-france-presse");
  ASSERT_TRUE(Get(created.name(), read).ok());
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(created, read));
  wanted.set_name(created.name());
  wanted.set_etag("1");
  *wanted.mutable_create_time() = created.create_time();
  *wanted.mutable_update_time() = created.update_time();
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(wanted, read)) << read.DebugString();
}

TEST_F(OutletsTest, CreateOutlet_WithNameOfAnother_AlreadyExists) {
  MustCreate("Agence France-Presse", {"AFP"}, "afp");
  pb::Outlet outlet;
  grpc::Status status = Create("afp", {}, outlet, "other");
  EXPECT_EQ(status.error_code(), grpc::StatusCode::ALREADY_EXISTS);
  EXPECT_EQ(Reason(status), pb::ERROR_REASON_OUTLET_EXISTS);
  status = Create("Other", {"AGENCE  FRANCE‑PRESSE"}, outlet, "other");  // with a no-break hyphen
  EXPECT_EQ(Reason(status), pb::ERROR_REASON_OUTLET_EXISTS);
  status = Create("Other", {}, outlet, "afp");
  EXPECT_EQ(Reason(status), pb::ERROR_REASON_OUTLET_EXISTS);
  EXPECT_TRUE(Create("Other", {}, outlet, "other").ok());
}

TEST_F(OutletsTest, CreateOutlet_WithWrongFields_IsRefused) {
  const std::vector<std::pair<const char*, std::function<void(pb::CreateOutletRequest&)>>> cases = {
      {"no name", [](auto& r) { r.mutable_outlet()->clear_display_name(); }},
      {"kind", [](auto& r) { r.mutable_outlet()->set_kind(static_cast<pb::OutletKind>(99)); }},
      {"empty alias", [](auto& r) { r.mutable_outlet()->add_aliases(""); }},
      {"many aliases",
       [](auto& r) {
         for (int i = 0; i < 101; ++i) r.mutable_outlet()->add_aliases("x");
       }},
      {"url", [](auto& r) { r.mutable_outlet()->add_domains("https://afp.com"); }},
      {"upper case", [](auto& r) { r.mutable_outlet()->add_domains("AFP.com"); }},
      {"no dot", [](auto& r) { r.mutable_outlet()->add_domains("afp"); }},
      {"empty label", [](auto& r) { r.mutable_outlet()->add_domains("afp..com"); }},
      {"hyphen", [](auto& r) { r.mutable_outlet()->add_domains("-afp.com"); }},
      {"country", [](auto& r) { r.mutable_outlet()->set_country("fr"); }},
      {"country name", [](auto& r) { r.mutable_outlet()->set_country("France"); }},
      {"note", [](auto& r) { r.mutable_outlet()->set_note(std::string(4001, 'n')); }},
      {"id", [](auto& r) { r.set_outlet_id("A"); }},
  };
  for (const auto& [name, spoil] : cases) {
    pb::CreateOutletRequest request;
    request.mutable_outlet()->set_display_name("AFP");
    spoil(request);
    pb::Outlet outlet;
    EXPECT_EQ(Reason(Create(request, outlet)), pb::ERROR_REASON_FIELDS_INVALID) << name;
  }
}

TEST_F(OutletsTest, CreateOutlet_WithTheSameSlug_GetsItsOwnId) {
  EXPECT_EQ(MustCreate("Le Monde").name(), "outlets/le-monde");
  EXPECT_EQ(MustCreate("Lé Monde").name(), "outlets/le-monde-2");
  EXPECT_EQ(MustCreate("Elle").name(), "outlets/elle");  // a pronoun, and a magazine
  EXPECT_FALSE(MustCreate("الجزيرة").name().empty());
}

TEST_F(OutletsTest, CreateOutlet_OfOneNameAtOnce_IsDoneOnce) {
  std::vector<std::thread> threads;
  std::atomic<int> created = 0, refused = 0;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      pb::Outlet outlet;
      const grpc::Status status = Create("Reuters", {"RTRS"}, outlet);
      (status.ok() ? created : refused) += 1;
      if (!status.ok()) {
        EXPECT_EQ(Reason(status), pb::ERROR_REASON_OUTLET_EXISTS) << status.error_message();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(created, 1);
  EXPECT_EQ(refused, 7);
}

TEST_F(OutletsTest, CreateOutlet_RepeatedWithItsRequestId_AnswersWithTheFirst) {
  pb::CreateOutletRequest request;
  request.mutable_outlet()->set_display_name("Reuters");
  request.set_request_id("outlet-once");
  pb::Outlet first, second;
  ASSERT_TRUE(Create(request, first).ok());
  ASSERT_TRUE(Create(request, second).ok());
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(first, second));
  request.mutable_outlet()->set_display_name("AP");
  EXPECT_EQ(Reason(Create(request, second)), pb::ERROR_REASON_REQUEST_ID_REUSED);
}

TEST_F(OutletsTest, UpdateOutlet_WithMask_ChangesOnlyThat) {
  pb::Outlet wanted = MustCreate("Agence France-Presse", {"AFP"}, "afp");
  wanted.set_country("FR");
  wanted.set_note("ignored");
  pb::Outlet updated;
  ASSERT_TRUE(Update(wanted, {"country"}, updated).ok());
  EXPECT_EQ(updated.country(), "FR");
  EXPECT_EQ(updated.note(), "");
  EXPECT_EQ(updated.etag(), "2");
  EXPECT_EQ(Reason(Update(wanted, {"note"}, updated)), pb::ERROR_REASON_ETAG_MISMATCH);
  wanted.set_etag("2");
  ASSERT_TRUE(Update(wanted, {"note", "country"}, updated, "r1").ok());
  ASSERT_TRUE(Update(wanted, {"note", "country"}, updated, "r1").ok());
  EXPECT_EQ(updated.etag(), "3");
  wanted.set_etag("");
  ASSERT_TRUE(Update(wanted, {"*"}, updated).ok());
  EXPECT_EQ(updated.etag(), "3");  // nothing was new
}

TEST_F(OutletsTest, UpdateOutlet_OfAliases_FreesThem) {
  pb::Outlet wanted = MustCreate("Agence France-Presse", {"AFP"}, "afp");
  pb::Outlet outlet;
  EXPECT_FALSE(Create("AFP", {}, outlet, "second").ok());
  wanted.clear_aliases();
  ASSERT_TRUE(Update(wanted, {"aliases"}, outlet).ok());
  EXPECT_TRUE(Create("AFP", {}, outlet, "second").ok());
  wanted.add_aliases("afp");
  wanted.clear_etag();
  const grpc::Status status = Update(wanted, {"aliases"}, outlet);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::ALREADY_EXISTS);
  EXPECT_EQ(Reason(status), pb::ERROR_REASON_OUTLET_EXISTS);
}

TEST_F(OutletsTest, UpdateOutlet_WithWrongFields_IsRefused) {
  pb::Outlet wanted = MustCreate("AFP", {}, "afp");
  pb::Outlet updated;
  EXPECT_EQ(Reason(Update(wanted, {}, updated)), pb::ERROR_REASON_FIELDS_INVALID);
  EXPECT_EQ(Reason(Update(wanted, {"names"}, updated)), pb::ERROR_REASON_FIELDS_INVALID);
  wanted.set_country("x");
  EXPECT_EQ(Reason(Update(wanted, {"country"}, updated)), pb::ERROR_REASON_FIELDS_INVALID);
  wanted.set_name("outlets/none");
  EXPECT_EQ(Reason(Update(wanted, {"country"}, updated)), pb::ERROR_REASON_OUTLET_NOT_FOUND);
}

TEST_F(OutletsTest, UpdateOutlet_ByEightAtOnce_LosesNothing) {
  MustCreate("AFP", {}, "afp");
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([this, t] {
      while (true) {
        pb::Outlet outlet, updated;
        ASSERT_TRUE(Get("outlets/afp", outlet).ok());
        outlet.add_aliases("alias " + std::to_string(t));
        const grpc::Status status = Update(outlet, {"aliases"}, updated);
        if (status.ok()) return;
        ASSERT_EQ(Reason(status), pb::ERROR_REASON_ETAG_MISMATCH) << status.error_message();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  pb::Outlet outlet;
  ASSERT_TRUE(Get("outlets/afp", outlet).ok());
  EXPECT_EQ(outlet.aliases_size(), 8);
}

TEST_F(OutletsTest, ListOutlets_WithQueryAndPages_FindsAliases) {
  MustCreate("Agence France-Presse", {"AFP"}, "afp");
  MustCreate("Associated Press", {"AP"}, "ap");
  MustCreate("Reuters", {}, "reuters");
  pb::ListOutletsRequest request;
  pb::ListOutletsResponse response;
  request.set_query("afp");
  ASSERT_TRUE(List(request, response).ok());
  ASSERT_EQ(response.outlets_size(), 1);
  EXPECT_EQ(response.outlets(0).name(), "outlets/afp");
  request.set_query("press");
  request.set_page_size(1);
  ASSERT_TRUE(List(request, response).ok());
  ASSERT_EQ(response.outlets_size(), 1);
  EXPECT_EQ(response.outlets(0).name(), "outlets/afp");
  request.set_page_token(response.next_page_token());
  ASSERT_TRUE(List(request, response).ok());
  ASSERT_EQ(response.outlets_size(), 1);
  EXPECT_EQ(response.outlets(0).name(), "outlets/ap");
  EXPECT_EQ(response.next_page_token(), "");
  request.set_query("a");
  EXPECT_EQ(Reason(List(request, response)), pb::ERROR_REASON_PAGE_TOKEN_INVALID);
}

}  // namespace
}  // namespace onrecord
