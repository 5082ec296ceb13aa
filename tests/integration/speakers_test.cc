#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "google/protobuf/util/message_differencer.h"
#include "tests/support/server_fixture.h"

namespace onrecord {
namespace {

class SpeakersTest : public ServerTest {
 protected:
  grpc::Status Create(const pb::CreateSpeakerRequest& request, pb::Speaker& speaker) {
    grpc::ClientContext context;
    context.AddMetadata("x-onrecord-author", "ines");
    pb::CreateSpeakerResponse response;
    const grpc::Status status = speakers_->CreateSpeaker(&context, request, &response);
    speaker = response.speaker();
    return status;
  }

  pb::Speaker MustCreate(const pb::Speaker& wanted, const std::string& id = "") {
    pb::CreateSpeakerRequest request;
    *request.mutable_speaker() = wanted;
    request.set_speaker_id(id);
    pb::Speaker created;
    const grpc::Status status = Create(request, created);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return created;
  }

  pb::Speaker MustCreate(const std::string& display_name, const std::string& id = "") {
    return MustCreate(Named(display_name), id);
  }

  static pb::Speaker Named(const std::string& display_name) {
    pb::Speaker speaker;
    speaker.set_display_name(display_name);
    return speaker;
  }

  grpc::Status Get(const std::string& name, pb::Speaker& speaker) {
    grpc::ClientContext context;
    pb::GetSpeakerRequest request;
    request.set_name(name);
    pb::GetSpeakerResponse response;
    const grpc::Status status = speakers_->GetSpeaker(&context, request, &response);
    speaker = response.speaker();
    return status;
  }

  grpc::Status Update(const pb::UpdateSpeakerRequest& request, pb::Speaker& speaker) {
    grpc::ClientContext context;
    pb::UpdateSpeakerResponse response;
    const grpc::Status status = speakers_->UpdateSpeaker(&context, request, &response);
    speaker = response.speaker();
    return status;
  }

  static pb::UpdateSpeakerRequest Change(const pb::Speaker& speaker, const std::vector<std::string>& paths) {
    pb::UpdateSpeakerRequest request;
    *request.mutable_speaker() = speaker;
    for (const std::string& path : paths) request.mutable_update_mask()->add_paths(path);
    return request;
  }

  grpc::Status List(const pb::ListSpeakersRequest& request, pb::ListSpeakersResponse& response) {
    grpc::ClientContext context;
    return speakers_->ListSpeakers(&context, request, &response);
  }

  std::vector<std::string> Found(const std::string& query) {
    pb::ListSpeakersRequest request;
    request.set_query(query);
    pb::ListSpeakersResponse response;
    EXPECT_TRUE(List(request, response).ok());
    std::vector<std::string> names;
    for (const pb::Speaker& speaker : response.speakers()) names.push_back(speaker.name());
    return names;
  }

  pb::ResolvedName Resolve(const std::string& name, int year = 0) {
    grpc::ClientContext context;
    pb::ResolveSpeakersRequest request;
    request.add_names(name);
    if (year != 0) request.mutable_date()->set_year(year);
    pb::ResolveSpeakersResponse response;
    const grpc::Status status = speakers_->ResolveSpeakers(&context, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response.results_size() == 1 ? response.results(0) : pb::ResolvedName();
  }

  // "ada:LAST_NAME" ...
  static std::vector<std::string> Candidates(const pb::ResolvedName& resolved) {
    std::vector<std::string> all;
    for (const pb::SpeakerCandidate& candidate : resolved.candidates()) {
      all.push_back(candidate.speaker().name().substr(9) + ":" + pb::ResolveReason_Name(candidate.reason()).substr(15));
    }
    return all;
  }
};

using Strings = std::vector<std::string>;

TEST_F(SpeakersTest, GetSpeaker_WithoutSuchName_IsNotFound) {
  pb::Speaker speaker;
  const grpc::Status status = Get("speakers/nobody", speaker);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(Reason(status), pb::ERROR_REASON_SPEAKER_NOT_FOUND);
}

TEST_F(SpeakersTest, GetSpeaker_WithAnotherKindOfName_IsRefused) {
  pb::Speaker speaker;
  for (const char* name : {"", "speakers/", "outlets/x", "speakers/A b", "speakers/ada/x"}) {
    const grpc::Status status = Get(name, speaker);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << name;
    EXPECT_EQ(Reason(status), pb::ERROR_REASON_FIELDS_INVALID) << name;
  }
}

TEST_F(SpeakersTest, CreateSpeaker_WithEverything_KeepsEverything) {
  MustCreate("Russia", "russia");
  pb::Speaker wanted = Named("Alexander Botsan-Kharchenko");
  wanted.set_kind(pb::SPEAKER_KIND_PERSON);
  pb::SpeakerName& name = *wanted.add_names();
  name.set_text("Александр Боцан-Харченко");
  name.set_kind(pb::NAME_KIND_TRANSLITERATION);
  name.set_language("ru");
  name.mutable_valid_from()->set_year(1990);
  pb::SpeakerRole& role = *wanted.add_roles();
  role.set_title("Russia's envoy to Kosovo");
  role.mutable_valid_from()->set_year(2007);
  role.mutable_valid_from()->set_month(8);
  pb::SpeaksFor& speaks_for = *wanted.add_speaks_for();
  speaks_for.set_principal("speakers/russia");
  speaks_for.mutable_valid_to()->set_year(2008);
  pb::ExternalId& id = *wanted.add_external_ids();
  id.set_scheme("wikidata");
  id.set_id("Q212238");
  wanted.set_note("Speaks \"off the record\" \\ {often}, at ease\n");

  const pb::Speaker created = MustCreate(wanted);
  EXPECT_EQ(created.name(), "speakers/alexander-botsan-kharchenko");
  EXPECT_EQ(created.etag(), "1");
  EXPECT_GT(created.create_time().seconds(), 0);
  pb::Speaker read;
  ASSERT_TRUE(Get(created.name(), read).ok());
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(created, read));
  read.clear_name();
  read.clear_etag();
  read.clear_create_time();
  read.clear_update_time();
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(wanted, read)) << read.DebugString();
}

TEST_F(SpeakersTest, CreateSpeaker_WithPronoun_IsRefused) {
  pb::Speaker speaker;
  pb::CreateSpeakerRequest request;
  request.mutable_speaker()->set_display_name(" She ");
  grpc::Status status = Create(request, speaker);
  EXPECT_EQ(Reason(status), pb::ERROR_REASON_FIELDS_INVALID);
  EXPECT_NE(status.error_message().find("pronoun"), std::string::npos);
  request.mutable_speaker()->set_display_name("Ada");
  request.mutable_speaker()->add_names()->set_text("he");
  status = Create(request, speaker);
  EXPECT_EQ(Reason(status), pb::ERROR_REASON_FIELDS_INVALID);
}

TEST_F(SpeakersTest, CreateSpeaker_WithWrongFields_IsRefused) {
  const std::vector<std::pair<const char*, std::function<void(pb::CreateSpeakerRequest&)>>> cases = {
      {"no name", [](auto& r) { r.mutable_speaker()->clear_display_name(); }},
      {"only spaces", [](auto& r) { r.mutable_speaker()->set_display_name(" \xC2\xA0 "); }},
      {"long name", [](auto& r) { r.mutable_speaker()->set_display_name(std::string(501, 'a')); }},
      {"NUL", [](auto& r) { r.mutable_speaker()->set_display_name(std::string("a\0b", 3)); }},
      {"kind", [](auto& r) { r.mutable_speaker()->set_kind(static_cast<pb::SpeakerKind>(99)); }},
      {"name kind",
       [](auto& r) {
         r.mutable_speaker()->add_names()->set_text("x");
         r.mutable_speaker()->mutable_names(0)->set_kind(static_cast<pb::NameKind>(99));
       }},
      {"language",
       [](auto& r) {
         r.mutable_speaker()->add_names()->set_text("x");
         r.mutable_speaker()->mutable_names(0)->set_language("?");
       }},
      {"many names",
       [](auto& r) {
         for (int i = 0; i < 201; ++i) r.mutable_speaker()->add_names()->set_text("x");
       }},
      {"many roles",
       [](auto& r) {
         for (int i = 0; i < 201; ++i) r.mutable_speaker()->add_roles()->set_title("x");
       }},
      {"no title", [](auto& r) { r.mutable_speaker()->add_roles(); }},
      {"date",
       [](auto& r) {
         r.mutable_speaker()->add_roles()->set_title("x");
         r.mutable_speaker()->mutable_roles(0)->mutable_valid_from()->set_month(3);
       }},
      {"dates in disorder",
       [](auto& r) {
         r.mutable_speaker()->add_roles()->set_title("x");
         r.mutable_speaker()->mutable_roles(0)->mutable_valid_from()->set_year(2008);
         r.mutable_speaker()->mutable_roles(0)->mutable_valid_to()->set_year(2007);
       }},
      {"principal", [](auto& r) { r.mutable_speaker()->add_speaks_for()->set_principal("Russia"); }},
      {"itself",
       [](auto& r) {
         r.set_speaker_id("me");
         r.mutable_speaker()->add_speaks_for()->set_principal("speakers/me");
       }},
      {"scheme",
       [](auto& r) {
         r.mutable_speaker()->add_external_ids()->set_scheme("Wiki Data");
         r.mutable_speaker()->mutable_external_ids(0)->set_id("Q1");
       }},
      {"no external id", [](auto& r) { r.mutable_speaker()->add_external_ids()->set_scheme("wikidata"); }},
      {"long note", [](auto& r) { r.mutable_speaker()->set_note(std::string(4001, 'n')); }},
      {"id", [](auto& r) { r.set_speaker_id("Ada Lovelace"); }},
      {"long id", [](auto& r) { r.set_speaker_id(std::string(81, 'a')); }},
      {"long request id", [](auto& r) { r.set_request_id(std::string(101, 'a')); }},
  };
  for (const auto& [name, spoil] : cases) {
    pb::CreateSpeakerRequest request;
    request.mutable_speaker()->set_display_name("Ada");
    spoil(request);
    pb::Speaker speaker;
    EXPECT_EQ(Reason(Create(request, speaker)), pb::ERROR_REASON_FIELDS_INVALID) << name;
  }
}

TEST_F(SpeakersTest, CreateSpeaker_WithUnknownPrincipal_IsNotFound) {
  pb::CreateSpeakerRequest request;
  request.mutable_speaker()->set_display_name("Ada");
  request.mutable_speaker()->add_speaks_for()->set_principal("speakers/atlantis");
  pb::Speaker speaker;
  const grpc::Status status = Create(request, speaker);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(Reason(status), pb::ERROR_REASON_SPEAKER_NOT_FOUND);
  EXPECT_NE(status.error_message().find("speakers/atlantis"), std::string::npos);
}

TEST_F(SpeakersTest, CreateSpeaker_WithTakenId_AlreadyExists) {
  MustCreate("Ada", "ada");
  pb::CreateSpeakerRequest request;
  request.mutable_speaker()->set_display_name("Another");
  request.set_speaker_id("ada");
  pb::Speaker speaker;
  const grpc::Status status = Create(request, speaker);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::ALREADY_EXISTS);
  EXPECT_EQ(Reason(status), pb::ERROR_REASON_SPEAKER_EXISTS);
}

TEST_F(SpeakersTest, CreateSpeaker_SharingANameWithAnother_GetsItsOwnId) {
  EXPECT_EQ(MustCreate("John Smith").name(), "speakers/john-smith");
  EXPECT_EQ(MustCreate("John Smith").name(), "speakers/john-smith-2");
  MustCreate("John Smith Senior", "john-smith-3");
  EXPECT_EQ(MustCreate("JOHN  SMITH").name(), "speakers/john-smith-4");
  EXPECT_EQ(Candidates(Resolve("john smith")),
            (Strings{"john-smith:DISPLAY_NAME", "john-smith-2:DISPLAY_NAME", "john-smith-4:DISPLAY_NAME"}));
}

TEST_F(SpeakersTest, CreateSpeaker_SharingANameAtOnce_AllGetIds) {
  std::vector<std::string> names(8);
  std::vector<std::thread> threads;
  for (std::string& name : names) threads.emplace_back([this, &name] { name = MustCreate("Jane Doe").name(); });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), 8u);
}

TEST_F(SpeakersTest, CreateSpeaker_WithNonLatinName_GetsALatinId) {
  for (const char* name :
       {"محمود عباس", "בנימין נתניהו", "習近平", "Ελευθέριος", "J\xCC\x8C ane\xCC\x81", "!!!", "🙂"}) {
    const pb::Speaker created = MustCreate(name);
    EXPECT_EQ(created.display_name(), name);
    const std::string id = created.name().substr(9);
    EXPECT_FALSE(id.empty());
    EXPECT_EQ(id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-"), std::string::npos) << id;
    EXPECT_EQ(Candidates(Resolve(name)), (Strings{id + ":DISPLAY_NAME"}));
  }
}

TEST_F(SpeakersTest, ResolveSpeakers_WithCombiningMarks_FindsThePrecomposedName) {
  MustCreate("José García", "jose");
  EXPECT_EQ(Candidates(Resolve("Jose\xCC\x81 Garci\xCC\x81"
                               "a")),
            (Strings{"jose:DISPLAY_NAME"}));
}

TEST_F(SpeakersTest, CreateSpeaker_WithLongNames_IsFoundByThem) {
  std::string wide;
  for (int i = 0; i < 500; ++i) wide += "\xEF\xB7\xBA";  // one letter that folds to eighteen
  pb::Speaker wanted = Named(wide);
  wanted.add_names()->set_text(std::string(500, 'a'));
  const pb::Speaker created = MustCreate(wanted, "wide");
  EXPECT_EQ(Candidates(Resolve(wide)), (Strings{"wide:DISPLAY_NAME"}));
  EXPECT_EQ(Found(std::string(200, 'a')), (Strings{"speakers/wide"}));
}

TEST_F(SpeakersTest, CreateSpeaker_RepeatedWithItsRequestId_AnswersWithTheFirst) {
  pb::CreateSpeakerRequest request;
  request.mutable_speaker()->set_display_name("Grace Hopper");
  request.set_request_id("once");
  pb::Speaker first;
  ASSERT_TRUE(Create(request, first).ok());
  first.set_note("changed meanwhile");
  pb::Speaker changed;
  ASSERT_TRUE(Update(Change(first, {"note"}), changed).ok());
  pb::Speaker second;
  ASSERT_TRUE(Create(request, second).ok());
  EXPECT_EQ(second.name(), first.name());
  EXPECT_EQ(second.note(), "changed meanwhile");
  EXPECT_EQ(Found("grace"), (Strings{"speakers/grace-hopper"}));

  request.mutable_speaker()->set_display_name("Grace Kelly");
  const grpc::Status reused = Create(request, second);
  EXPECT_EQ(reused.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(Reason(reused), pb::ERROR_REASON_REQUEST_ID_REUSED);
}

TEST_F(SpeakersTest, CreateSpeaker_RepeatedWithAnExplicitId_AnswersWithTheFirst) {
  pb::CreateSpeakerRequest request;
  request.mutable_speaker()->set_display_name("Grace Hopper");
  request.set_speaker_id("grace");
  request.set_request_id("once-more");
  pb::Speaker first, second;
  ASSERT_TRUE(Create(request, first).ok());
  const grpc::Status status = Create(request, second);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(first, second));
}

TEST_F(SpeakersTest, CreateSpeaker_RefusedWithARequestId_LeavesTheIdFree) {
  MustCreate("Ada", "ada");
  pb::CreateSpeakerRequest request;
  request.mutable_speaker()->set_display_name("Ada");
  request.set_speaker_id("ada");
  request.set_request_id("second-try");
  pb::Speaker speaker;
  EXPECT_EQ(Reason(Create(request, speaker)), pb::ERROR_REASON_SPEAKER_EXISTS);
  request.set_speaker_id("ada-lovelace");
  EXPECT_TRUE(Create(request, speaker).ok());
}

TEST_F(SpeakersTest, UpdateSpeaker_WithMask_ChangesOnlyThat) {
  pb::Speaker speaker = Named("Ada Lovelace");
  speaker.set_note("first");
  speaker.add_names()->set_text("Countess of Lovelace");
  speaker.add_names()->set_text("Ada Byron");
  const pb::Speaker created = MustCreate(speaker, "ada");
  pb::Speaker wanted = Named("ignored");
  wanted.set_name("speakers/ada");
  wanted.set_note("also ignored");
  wanted.add_names()->set_text("AAL");
  pb::Speaker updated;
  ASSERT_TRUE(Update(Change(wanted, {"names"}), updated).ok());
  EXPECT_EQ(updated.display_name(), "Ada Lovelace");
  EXPECT_EQ(updated.note(), "first");
  ASSERT_EQ(updated.names_size(), 1);
  EXPECT_EQ(updated.names(0).text(), "AAL");
  EXPECT_EQ(updated.etag(), "2");
  EXPECT_TRUE(Resolve("Ada Byron").candidates().empty());
  EXPECT_EQ(Candidates(Resolve("aal")), (Strings{"ada:OTHER_NAME"}));
  // Clearing: named in the mask, without a value.
  wanted.clear_note();
  ASSERT_TRUE(Update(Change(wanted, {"note"}), updated).ok());
  EXPECT_EQ(updated.note(), "");
}

TEST_F(SpeakersTest, UpdateSpeaker_WithStar_ReplacesEverything) {
  pb::Speaker speaker = Named("Ada Lovelace");
  speaker.set_note("first");
  speaker.set_kind(pb::SPEAKER_KIND_PERSON);
  const pb::Speaker created = MustCreate(speaker, "ada");
  pb::Speaker wanted = Named("Ada King");
  wanted.set_name("speakers/ada");
  pb::Speaker updated;
  ASSERT_TRUE(Update(Change(wanted, {"*"}), updated).ok());
  EXPECT_EQ(updated.display_name(), "Ada King");
  EXPECT_EQ(updated.note(), "");
  EXPECT_EQ(updated.kind(), pb::SPEAKER_KIND_UNSPECIFIED);
  EXPECT_EQ(updated.create_time().seconds(), created.create_time().seconds());
  EXPECT_EQ(updated.create_time().nanos(), created.create_time().nanos());
}

TEST_F(SpeakersTest, UpdateSpeaker_ThatChangesNothing_KeepsTheEtag) {
  const pb::Speaker created = MustCreate("Ada", "ada");
  pb::Speaker updated;
  ASSERT_TRUE(Update(Change(created, {"*"}), updated).ok());
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(created, updated));
}

TEST_F(SpeakersTest, UpdateSpeaker_WithWrongMask_IsRefused) {
  const pb::Speaker created = MustCreate("Ada", "ada");
  pb::Speaker updated;
  for (const std::vector<std::string>& paths : std::vector<std::vector<std::string>>{
           {}, {"name"}, {"etag"}, {"create_time"}, {"nonsense"}, {"names.text"}, {"note", "displayName"}, {""}}) {
    const grpc::Status status = Update(Change(created, paths), updated);
    EXPECT_EQ(Reason(status), pb::ERROR_REASON_FIELDS_INVALID) << (paths.empty() ? "" : paths.back());
    EXPECT_NE(status.error_message().find("update_mask"), std::string::npos);
  }
}

TEST_F(SpeakersTest, UpdateSpeaker_ToSomethingWrong_IsRefused) {
  pb::Speaker wanted = MustCreate("Ada", "ada");
  pb::Speaker updated;
  wanted.set_display_name("they");
  EXPECT_EQ(Reason(Update(Change(wanted, {"display_name"}), updated)), pb::ERROR_REASON_FIELDS_INVALID);
  wanted.add_speaks_for()->set_principal("speakers/ada");
  EXPECT_EQ(Reason(Update(Change(wanted, {"speaks_for"}), updated)), pb::ERROR_REASON_FIELDS_INVALID);
  wanted.mutable_speaks_for(0)->set_principal("speakers/atlantis");
  EXPECT_EQ(Reason(Update(Change(wanted, {"speaks_for"}), updated)), pb::ERROR_REASON_SPEAKER_NOT_FOUND);
  pb::UpdateSpeakerRequest request = Change(wanted, {"note"});
  request.set_reason(std::string(1001, 'r'));
  EXPECT_EQ(Reason(Update(request, updated)), pb::ERROR_REASON_FIELDS_INVALID);
  wanted.set_name("speakers/nobody");
  EXPECT_EQ(Reason(Update(Change(wanted, {"note"}), updated)), pb::ERROR_REASON_SPEAKER_NOT_FOUND);
  wanted.set_name("ada");
  EXPECT_EQ(Reason(Update(Change(wanted, {"note"}), updated)), pb::ERROR_REASON_FIELDS_INVALID);
}

TEST_F(SpeakersTest, UpdateSpeaker_WithOldEtag_IsAborted) {
  pb::Speaker wanted = MustCreate("Ada", "ada");
  pb::Speaker updated;
  wanted.set_note("one");
  ASSERT_TRUE(Update(Change(wanted, {"note"}), updated).ok());
  wanted.set_note("two");
  const grpc::Status status = Update(Change(wanted, {"note"}), updated);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::ABORTED);
  EXPECT_EQ(Reason(status), pb::ERROR_REASON_ETAG_MISMATCH);
  wanted.set_etag("2");
  EXPECT_TRUE(Update(Change(wanted, {"note"}), updated).ok());
}

TEST_F(SpeakersTest, UpdateSpeaker_RepeatedWithItsRequestId_IsDoneOnce) {
  pb::Speaker wanted = MustCreate("Ada", "ada");
  wanted.set_note("one");
  pb::UpdateSpeakerRequest request = Change(wanted, {"note"});
  request.set_request_id("update-once");
  pb::Speaker first, second;
  ASSERT_TRUE(Update(request, first).ok());
  const grpc::Status status = Update(request, second);  // its etag is old by now
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(second.etag(), "2");
  request.mutable_speaker()->set_note("two");
  EXPECT_EQ(Reason(Update(request, second)), pb::ERROR_REASON_REQUEST_ID_REUSED);
}

TEST_F(SpeakersTest, UpdateSpeaker_ByEightAtOnce_LosesNothing) {
  MustCreate("Ada", "ada");
  constexpr int kThreads = 8;
  constexpr int kRounds = 5;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([this, t] {
      for (int round = 0; round < kRounds;) {
        pb::Speaker speaker, updated;
        ASSERT_TRUE(Get("speakers/ada", speaker).ok());
        speaker.add_names()->set_text("name " + std::to_string(t) + " " + std::to_string(round));
        const grpc::Status status = Update(Change(speaker, {"names"}), updated);
        if (status.ok()) {
          ++round;
        } else {
          ASSERT_EQ(Reason(status), pb::ERROR_REASON_ETAG_MISMATCH) << status.error_message();
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  pb::Speaker speaker;
  ASSERT_TRUE(Get("speakers/ada", speaker).ok());
  EXPECT_EQ(speaker.names_size(), kThreads * kRounds);
  EXPECT_EQ(speaker.etag(), std::to_string(kThreads * kRounds + 1));
}

TEST_F(SpeakersTest, UpdateSpeaker_OfDifferentFieldsAtOnce_KeepsAll) {
  const pb::Speaker created = MustCreate("Ada", "ada");
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([this, &created, t] {
      pb::Speaker wanted = created;
      wanted.clear_etag();
      wanted.set_note("a note");
      wanted.set_kind(pb::SPEAKER_KIND_PERSON);
      wanted.add_roles()->set_title("a role");
      wanted.add_names()->set_text("a name");
      const std::vector<std::string> paths = {"note", "kind", "roles", "names"};
      pb::Speaker updated;
      const grpc::Status status = Update(Change(wanted, {paths[static_cast<std::size_t>(t) % 4]}), updated);
      EXPECT_TRUE(status.ok()) << status.error_message();
    });
  }
  for (std::thread& thread : threads) thread.join();
  pb::Speaker speaker;
  ASSERT_TRUE(Get("speakers/ada", speaker).ok());
  EXPECT_EQ(speaker.note(), "a note");
  EXPECT_EQ(speaker.kind(), pb::SPEAKER_KIND_PERSON);
  EXPECT_EQ(speaker.roles_size(), 1);
  EXPECT_EQ(speaker.names_size(), 1);
  EXPECT_EQ(speaker.etag(), "5");
}

TEST_F(SpeakersTest, ListSpeakers_InPages_GivesEachOnceInOrder) {
  for (const char* name : {"Carl", "ada", "Bob", "Ada", "Émile", "dora"}) MustCreate(name);
  pb::ListSpeakersRequest request;
  request.set_page_size(2);
  Strings names;
  for (int page = 0; page < 4; ++page) {
    pb::ListSpeakersResponse response;
    ASSERT_TRUE(List(request, response).ok());
    for (const pb::Speaker& speaker : response.speakers()) names.push_back(speaker.display_name());
    request.set_page_token(response.next_page_token());
    if (response.next_page_token().empty()) break;
    EXPECT_EQ(response.speakers_size(), 2);
  }
  EXPECT_EQ(names, (Strings{"ada", "Ada", "Bob", "Carl", "dora", "Émile"}));
}

TEST_F(SpeakersTest, ListSpeakers_WithQuery_FindsNamesAndWords) {
  pb::Speaker speaker = Named("José María Aznar");
  speaker.add_names()->set_text("The President");
  speaker.add_roles()->set_title("prime minister");
  MustCreate(speaker, "aznar");
  MustCreate("Alexander Botsan-Kharchenko", "botsan");
  MustCreate("Conan O'Brien", "conan");
  MustCreate("محمود عباس", "abbas");
  EXPECT_EQ(Found("jose"), (Strings{"speakers/aznar"}));
  EXPECT_EQ(Found("MARIA AZ"), (Strings{"speakers/aznar"}));
  EXPECT_EQ(Found("pres"), (Strings{"speakers/aznar"}));
  EXPECT_EQ(Found("minister"), Strings{});
  EXPECT_EQ(Found("nar"), Strings{});
  EXPECT_EQ(Found("kharch"), (Strings{"speakers/botsan"}));
  EXPECT_EQ(Found("botsan-kh"), (Strings{"speakers/botsan"}));
  EXPECT_EQ(Found("o’brien"), (Strings{"speakers/conan"}));
  EXPECT_EQ(Found("عباس"), (Strings{"speakers/abbas"}));
  EXPECT_EQ(Found("%"), Strings{});
  EXPECT_EQ(Found("_"), Strings{});
}

TEST_F(SpeakersTest, ListSpeakers_WithTokenOfAnotherRequest_IsRefused) {
  for (const char* name : {"Ada", "Adam", "Bob"}) MustCreate(name);
  pb::ListSpeakersRequest request;
  request.set_page_size(1);
  pb::ListSpeakersResponse response;
  ASSERT_TRUE(List(request, response).ok());
  pb::ListSpeakersRequest other = request;
  other.set_page_token(response.next_page_token());
  other.set_query("a");
  EXPECT_EQ(Reason(List(other, response)), pb::ERROR_REASON_PAGE_TOKEN_INVALID);
  other.clear_query();
  other.set_page_size(2);
  EXPECT_TRUE(List(other, response).ok());
  other.set_page_token("rubbish");
  EXPECT_EQ(Reason(List(other, response)), pb::ERROR_REASON_PAGE_TOKEN_INVALID);
}

TEST_F(SpeakersTest, ListSpeakers_WithWrongFields_IsRefused) {
  pb::ListSpeakersRequest request;
  pb::ListSpeakersResponse response;
  request.set_page_size(-1);
  EXPECT_EQ(Reason(List(request, response)), pb::ERROR_REASON_FIELDS_INVALID);
  request.set_page_size(0);
  request.set_query(std::string(201, 'q'));
  EXPECT_EQ(Reason(List(request, response)), pb::ERROR_REASON_FIELDS_INVALID);
}

TEST_F(SpeakersTest, ResolveSpeakers_AtADate_OrdersByReason) {
  pb::Speaker russia = Named("Russia");
  russia.set_kind(pb::SPEAKER_KIND_GOVERNMENT);
  pb::SpeakerName& former = *russia.add_names();
  former.set_text("Soviet Union");
  former.mutable_valid_to()->set_year(1991);
  MustCreate(russia, "russia");
  pb::Speaker envoy = Named("Alexander Botsan-Kharchenko");
  pb::SpeaksFor& speaks_for = *envoy.add_speaks_for();
  speaks_for.set_principal("speakers/russia");
  speaks_for.mutable_valid_from()->set_year(2007);
  speaks_for.mutable_valid_to()->set_year(2008);
  pb::SpeakerRole& role = *envoy.add_roles();
  role.set_title("the Russian envoy");
  role.mutable_valid_from()->set_year(2007);
  role.mutable_valid_to()->set_year(2007);
  MustCreate(envoy, "envoy");
  MustCreate("Anna Russia", "anna");

  EXPECT_EQ(Candidates(Resolve("RUSSIA", 2007)),
            (Strings{"russia:DISPLAY_NAME", "envoy:SPEAKS_FOR", "anna:LAST_NAME"}));
  EXPECT_EQ(Candidates(Resolve("Russia", 2010)), (Strings{"russia:DISPLAY_NAME", "anna:LAST_NAME"}));
  EXPECT_EQ(Candidates(Resolve("Russia")), (Strings{"russia:DISPLAY_NAME", "envoy:SPEAKS_FOR", "anna:LAST_NAME"}));
  EXPECT_EQ(Candidates(Resolve("Soviet Union", 1985)), (Strings{"russia:OTHER_NAME"}));
  EXPECT_EQ(Candidates(Resolve("Soviet Union", 2007)), (Strings{"russia:OTHER_NAME_NOT_VALID"}));
  EXPECT_EQ(Candidates(Resolve("the Russian envoy", 2007)), (Strings{"envoy:ROLE"}));
  EXPECT_EQ(Candidates(Resolve("the Russian envoy", 2009)), Strings{});
  EXPECT_EQ(Resolve("Russia", 2007).candidates(1).matched(), "speakers/russia");
  EXPECT_EQ(Candidates(Resolve("speakers/russia")), Strings{});
}

TEST_F(SpeakersTest, ResolveSpeakers_WithLastName_FindsPeopleOnly) {
  MustCreate("Richard Holbrooke", "holbrooke");
  MustCreate("Martin Luther King, Jr.", "king");
  pb::Speaker bank = Named("Bank of Holbrooke");
  bank.set_kind(pb::SPEAKER_KIND_ORGANIZATION);
  MustCreate(bank, "bank");
  const pb::ResolvedName resolved = Resolve("Holbrooke");
  EXPECT_EQ(Candidates(resolved), (Strings{"holbrooke:LAST_NAME"}));
  EXPECT_EQ(resolved.candidates(0).matched(), "Holbrooke");
  EXPECT_EQ(Candidates(Resolve("King")), (Strings{"king:LAST_NAME"}));
  EXPECT_EQ(Candidates(Resolve("jr")), Strings{});
}

TEST_F(SpeakersTest, ResolveSpeakers_WithPronouns_AnswersWithNobody) {
  MustCreate("Ada", "ada");
  grpc::ClientContext context;
  pb::ResolveSpeakersRequest request;
  for (const char* name : {"he", "Ada", "nobody", "Ada"}) request.add_names(name);
  pb::ResolveSpeakersResponse response;
  ASSERT_TRUE(speakers_->ResolveSpeakers(&context, request, &response).ok());
  ASSERT_EQ(response.results_size(), 4);
  EXPECT_TRUE(response.results(0).pronoun());
  EXPECT_TRUE(response.results(0).candidates().empty());
  EXPECT_FALSE(response.results(1).pronoun());
  EXPECT_EQ(response.results(1).candidates_size(), 1);
  EXPECT_EQ(response.results(2).candidates_size(), 0);
  EXPECT_EQ(response.results(3).candidates_size(), 1);
}

TEST_F(SpeakersTest, ResolveSpeakers_WithManyCandidates_GivesTwenty) {
  for (int i = 0; i < 25; ++i) MustCreate("Person" + std::to_string(i) + " Li");
  EXPECT_EQ(Resolve("Li").candidates_size(), 20);
}

TEST_F(SpeakersTest, ResolveSpeakers_WithWrongFields_IsRefused) {
  pb::ResolveSpeakersRequest request;
  pb::ResolveSpeakersResponse response;
  const auto resolve = [&] {
    grpc::ClientContext context;
    return Reason(speakers_->ResolveSpeakers(&context, request, &response));
  };
  EXPECT_EQ(resolve(), pb::ERROR_REASON_FIELDS_INVALID);
  request.add_names("");
  EXPECT_EQ(resolve(), pb::ERROR_REASON_FIELDS_INVALID);
  request.set_names(0, "Ada");
  request.mutable_date()->set_year(-1);
  EXPECT_EQ(resolve(), pb::ERROR_REASON_FIELDS_INVALID);
  request.clear_date();
  for (int i = 0; i < 100; ++i) request.add_names("Ada");
  EXPECT_EQ(resolve(), pb::ERROR_REASON_FIELDS_INVALID);
}

}  // namespace
}  // namespace onrecord
