#include "tests/support/feeder.h"

#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <map>

#include "absl/strings/match.h"
#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"
#include "absl/time/clock.h"
#include "onrecord/v1/rpc_details.pb.h"
#include "services/base/strings.h"
#include "tests/support/cluster.h"
#include "tests/support/server_fixture.h"

namespace onrecord {
namespace {

constexpr int kBatchesAhead = 3;

// Whether to go on after a stream broke: also when nobody is there or the connection tore, where gRPC itself speaks,
// and when nobody can know what became of a batch.
bool MayResume(const grpc::Status& status) {
  return IsForNow(status) || status.error_code() == grpc::StatusCode::CANCELLED ||
         Reason(status) == pb::ERROR_REASON_OUTCOME_UNKNOWN ||
         (status.error_code() == grpc::StatusCode::UNAVAILABLE && status.error_details().empty());
}

std::string NewRequestId() {
  static std::atomic<int> count = 0;
  return StrCat("feeder-", getpid(), "-", ++count);
}

// Waits no longer than `seconds`, whatever happens.
std::chrono::system_clock::time_point In(int seconds) {
  return std::chrono::system_clock::now() + std::chrono::seconds(seconds);
}

}  // namespace

std::shared_ptr<grpc::Channel> FreshChannel(const std::string& address) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

bool SaysWhenToRetry(const grpc::Status& status) {
  pb::RpcStatus details;
  details.ParseFromString(status.error_details());
  for (const google::protobuf::Any& detail : details.details()) {
    pb::RetryInfo retry;
    if (absl::EndsWith(detail.type_url(), "google.rpc.RetryInfo") && retry.ParseFromString(detail.value()) &&
        retry.has_retry_delay()) {
      return true;
    }
  }
  return false;
}

bool IsForNow(const grpc::Status& status) {
  switch (status.error_code()) {
    case grpc::StatusCode::UNAVAILABLE:
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      return Reason(status) != pb::ERROR_REASON_UNSPECIFIED && SaysWhenToRetry(status);
    case grpc::StatusCode::ABORTED:
      return Reason(status) != pb::ERROR_REASON_UNSPECIFIED;
    default:
      return status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED;
  }
}

pb::ImportRecord MakeRecord(int number) {
  const bool reprint = number % 10 == 0;
  const int quote = reprint ? number - 1 : number;
  const absl::CivilDay said = absl::CivilDay(1990, 1, 1) + quote % 12000;
  const auto text = [](absl::CivilDay day) {
    return absl::StrFormat("%d-%02d-%02d", day.year(), day.month(), day.day());
  };
  pb::ImportRecord record;
  record.set_text(
      StrCat("We have counted ", quote, " pages, and not one of them says that the harbour will be closed."));
  record.set_speaker(StrCat("Minister Number ", quote % 97));
  record.set_outlet(StrCat("Evening Paper ", number % 13));
  record.set_said(text(said));
  record.set_published(text(said + 1));
  record.add_topics(StrCat("Harbour ", quote % 23));
  record.add_topics(StrCat("Budget ", quote % 7));
  record.set_url(StrCat("https://paper", number % 13, ".example/", number));
  record.set_headline(StrCat("Headline ", number));
  record.set_attribution("the minister said");
  if (number % 2 == 0) record.set_external_id(StrCat("record-", number));
  return record;
}

void WriteRecords(const std::string& path, int count) {
  std::ofstream file(path);
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  for (int number = 1; number <= count; ++number) {
    std::string json;
    ASSERT_TRUE(google::protobuf::util::MessageToJsonString(MakeRecord(number), &json, options).ok());
    file << json << '\n';
  }
  ASSERT_TRUE(file.flush().good());
}

Feeder::Feeder(const std::string& address, int records, int batch_size, int first)
    : address_(address),
      records_(records),
      batch_size_(batch_size),
      before_first_(first - 1),
      request_id_(NewRequestId()) {}

void Feeder::Run(absl::Duration most) {
  const absl::Time end = absl::Now() + most;
  while (true) {
    const grpc::Status status = RunStream(end);
    if (status.ok() || stopped_) return;
    ++failures_;
    const bool busy = Reason(status) == pb::ERROR_REASON_SERVER_BUSY;
    if (busy) ++busy_;
    if (!MayResume(status) || absl::Now() > end) {
      ADD_FAILURE() << "the import ended after " << committed_ << " records: " << status.error_code() << " "
                    << pb::ErrorReason_Name(Reason(status)) << " " << status.error_message();
      return;
    }
    absl::SleepFor(absl::Milliseconds(busy ? 200 : 20));  // as a polite client: nothing waits for this
  }
}

bool Feeder::TakeAnswer(const pb::BatchResult& answer) {
  for (const pb::RecordResult& result : answer.results()) {
    if (result.outcome() == pb::OUTCOME_REJECTED || result.outcome() == pb::OUTCOME_UNSPECIFIED) {
      ADD_FAILURE() << result.ShortDebugString();
    }
  }
  EXPECT_GT(answer.committed_sequence(), committed_);
  committed_ = answer.committed_sequence();
  return !on_committed_ || on_committed_(committed_);
}

grpc::Status Feeder::RunStream(absl::Time end) {
  const auto stub = pb::ImportService::NewStub(FreshChannel(address_));
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(end));
  const auto stream = stub->ImportQuotes(&context);
  pb::ImportQuotesRequest request;
  pb::ImportQuotesResponse response;
  request.mutable_start()->set_resume(resume_);
  request.mutable_start()->set_source(kFaultSource);
  request.mutable_start()->set_request_id(request_id_);
  stream->Write(request);
  if (!stream->Read(&response)) {
    const grpc::Status status = stream->Finish();
    if (Reason(status) != pb::ERROR_REASON_IMPORT_FINISHED) return status;
    // Its end was stored, but the answer was lost.
    grpc::ClientContext get_context;
    get_context.set_deadline(In(10));
    pb::GetImportRequest get;
    get.set_name(resume_);
    pb::GetImportResponse got;
    const grpc::Status found = stub->GetImport(&get_context, get, &got);
    import_ = got.import();
    return found;
  }
  resume_ = response.started().name();
  EXPECT_GE(response.started().committed_sequence(), committed_) << "durable records were lost";
  committed_ = response.started().committed_sequence();
  std::int64_t sent = committed_;
  while (committed_ < records_) {
    while (sent < records_ && sent - committed_ < kBatchesAhead * batch_size_) {
      request.mutable_batch()->Clear();
      request.mutable_batch()->set_first_sequence(sent + 1);
      for (int i = 0; i < batch_size_ && sent < records_; ++i) {
        *request.mutable_batch()->add_records() = MakeRecord(before_first_ + static_cast<int>(++sent));
      }
      stream->Write(request);  // where it fails, there is nothing to read either
    }
    if (!stream->Read(&response)) return stream->Finish();
    if (!TakeAnswer(response.batch())) {
      stopped_ = true;
      context.TryCancel();
      return stream->Finish();
    }
  }
  request.mutable_finish();
  stream->WriteLast(request, grpc::WriteOptions());
  const bool finished = stream->Read(&response);
  const grpc::Status status = stream->Finish();
  if (!finished && status.ok()) return grpc::Status(grpc::StatusCode::UNAVAILABLE, "ended without `finished`");
  import_ = response.finished();
  return status;
}

std::string Counts(const pb::Import& import) {
  return StrCat(import.created_count(), " created, ", import.updated_count(), " updated, ", import.unchanged_count(),
                " unchanged, ", import.conflict_count(), " conflict, ", import.rejected_count(), " rejected");
}

std::string Fingerprint(const std::string& connection) {
  struct Table {
    const char* from;
    const char* id;
    const char* content;
  };
  constexpr Table kTables[] = {
      {"quotes t LEFT JOIN speakers s ON s.id = t.speaker_id", "t.id::text",
       "t.text, s.slug, t.said_from, t.said_to, t.occurred_on, t.revision, t.state, t.warnings, "
       "(SELECT array_agg(o.slug ORDER BY o.slug) FROM outlets o WHERE o.id = ANY (t.outlet_ids)), "
       "(SELECT array_agg(p.slug ORDER BY p.slug) FROM topics p WHERE p.id = ANY (t.topic_ids))"},
      {"appearances t LEFT JOIN outlets o ON o.id = t.outlet_id", "t.quote_id || '/' || t.id",
       "o.slug, t.article_id, t.occurred_on, t.published_from, t.published_to, t.attribution, t.content_hash"},
      {"quote_topics t JOIN topics p ON p.id = t.topic_id JOIN speakers s ON s.id = t.speaker_id",
       "t.quote_id || '/' || p.slug", "s.slug, t.occurred_on"},
      {"articles t JOIN outlets o ON o.id = t.outlet_id", "t.id::text", "o.slug, t.url, t.headline, t.stub"},
      {"import_keys t", "t.key::text", "t.quote_id, t.appearance_id, t.content_hash"},
      {"quote_revisions t", "t.quote_id || '/' || t.revision", "t.revision"},
      {"speakers t", "t.slug", "t.display_name, t.revision"},
      {"speaker_names t JOIN speakers s ON s.id = t.speaker_id", "s.slug || '/' || t.ordinal", "t.text, t.reason"},
      {"outlets t", "t.slug", "t.display_name, t.revision"},
      {"outlet_names t JOIN outlets o ON o.id = t.outlet_id", "o.slug || '/' || t.folded", "t.text"},
      {"topics t", "t.slug", "t.display_name, t.revision"},
  };
  std::string all;
  for (const Table& table : kTables) {
    const std::string name = std::string(table.from).substr(0, std::string(table.from).find(' '));
    StrAppend(
        &all, name, " ",
        Sql(connection, StrCat("SELECT count(*) || ' ' || count(DISTINCT ", table.id,
                               ") || ' ' || coalesce(md5(string_agg(concat_ws('|', ", table.id, ", ", table.content,
                               "), E'\\n' ORDER BY (", table.id, ") COLLATE \"C\")), '-') FROM ", table.from)),
        "\n");
  }
  return all;
}

const CleanImport& CleanImportOf(const std::string& binary, int records) {
  static std::map<int, CleanImport> done;
  const auto [found, missing] = done.try_emplace(records);
  if (missing) {
    const std::string connection = Cluster::Shared().CreateDatabase();
    const ServerProcess server(binary, connection);
    EXPECT_TRUE(BecomesServing(server.address()));
    Feeder feeder(server.address(), records);
    feeder.Run();
    EXPECT_EQ(feeder.failures(), 0);
    EXPECT_EQ(feeder.import().created_count(), records);
    found->second = {Counts(feeder.import()), Fingerprint(connection)};
  }
  return found->second;
}

void ExpectClean(const std::string& binary, const std::string& connection, const pb::Import& import, int records) {
  const CleanImport& clean = CleanImportOf(binary, records);
  EXPECT_EQ(import.state(), pb::IMPORT_STATE_FINISHED);
  EXPECT_EQ(import.committed_sequence(), records);
  EXPECT_EQ(Counts(import), clean.counts);
  EXPECT_EQ(Fingerprint(connection), clean.fingerprint);
}

}  // namespace onrecord
