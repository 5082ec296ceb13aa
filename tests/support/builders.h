// Data for tests: quotes, printings and import records of which a test names only what it is about; whole import
// conversations; and a fixture with one line for each call that most tests make.
#pragma once

#include <google/protobuf/util/time_util.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "services/api/dates.h"
#include "tests/support/process.h"
#include "tests/support/server_fixture.h"
#include "tests/support/tallies.h"

namespace onrecord {

inline constexpr pb::Outcome kCreated = pb::OUTCOME_CREATED;
inline constexpr pb::Outcome kUpdated = pb::OUTCOME_UPDATED;
inline constexpr pb::Outcome kUnchanged = pb::OUTCOME_UNCHANGED;
inline constexpr pb::Outcome kConflict = pb::OUTCOME_CONFLICT;
inline constexpr pb::Outcome kRejected = pb::OUTCOME_REJECTED;

// "2007-11", "../2007-11-21" ... as an uncertain date.
inline pb::UncertainDate ADate(const std::string& text, pb::DateBasis basis = pb::DATE_BASIS_UNSPECIFIED) {
  pb::UncertainDate date;
  const absl::StatusOr<api::DayRange> range = api::ParseInterval(text);
  EXPECT_TRUE(range.ok()) << text;
  if (range.ok()) api::FromRange(*range, date);
  date.set_basis(basis);
  return date;
}

inline pb::PartialDate ADay(int year, int month = 0, int day = 0) {
  pb::PartialDate date;
  date.set_year(year);
  date.set_month(month);
  date.set_day(day);
  return date;
}

// "2007..2010" in the words of a filter: either end may be empty.
inline pb::DateInterval Between(const std::string& from, const std::string& to, bool include_possible = false) {
  pb::DateInterval interval;
  if (!from.empty()) *interval.mutable_from() = ADate(from).from();
  if (!to.empty()) *interval.mutable_to() = ADate(to).to();
  interval.set_include_possible(include_possible);
  return interval;
}

// One printing.
class AnAppearance {
 public:
  AnAppearance& In(const std::string& outlet) {
    return Set([&] { appearance_.set_outlet(outlet); });
  }
  AnAppearance& On(const std::string& date) {
    return Set([&] { *appearance_.mutable_published() = ADate(date); });
  }
  AnAppearance& At(const std::string& url) {
    return Set([&] { appearance_.mutable_article()->set_url(url); });
  }
  AnAppearance& Under(const std::string& headline) {
    return Set([&] { appearance_.mutable_article()->set_headline(headline); });
  }
  AnAppearance& Via(const std::string& outlet) {
    return Set([&] { appearance_.add_relays()->set_outlet(outlet); });
  }
  operator pb::Appearance() const { return appearance_; }  // NOLINT: that is what it is for

 private:
  AnAppearance& Set(const std::function<void()>& change) {
    change();
    return *this;
  }
  pb::Appearance appearance_;
};

// A direct quote of "an official", until told otherwise.
class AQuote {
 public:
  AQuote() {
    quote_.set_text("We shall see.");
    quote_.set_described_as("an official");
    quote_.set_kind(pb::QUOTE_KIND_DIRECT);
  }
  AQuote& Saying(const std::string& text) {
    return Set([&] { quote_.set_text(text); });
  }
  AQuote& By(const std::string& speaker) {
    return Set([&] {
      quote_.set_speaker(speaker);
      quote_.clear_described_as();
    });
  }
  AQuote& BySomebody(const std::string& described_as) {
    return Set([&] { quote_.set_described_as(described_as); });
  }
  AQuote& On(const std::string& date) {
    return Set([&] { *quote_.mutable_said() = ADate(date); });
  }
  AQuote& About(const std::string& topic) {
    return Set([&] { quote_.add_topics(topic); });
  }
  AQuote& In(const std::string& outlet) {
    return Set([&] { *quote_.add_appearances() = AnAppearance().In(outlet); });
  }
  AQuote& Printed(const pb::Appearance& appearance) {
    return Set([&] { *quote_.add_appearances() = appearance; });
  }
  AQuote& As(pb::QuoteKind kind) {
    return Set([&] { quote_.set_kind(kind); });
  }
  AQuote& As(pb::Polarity polarity) {
    return Set([&] { quote_.set_polarity(polarity); });
  }
  AQuote& Written(const std::string& language) {
    return Set([&] { quote_.set_language(language); });
  }
  AQuote& Noting(const std::string& note) {
    return Set([&] { quote_.set_note(note); });
  }
  operator pb::Quote() const { return quote_; }  // NOLINT: that is what it is for

 private:
  AQuote& Set(const std::function<void()>& change) {
    change();
    return *this;
  }
  pb::Quote quote_;
};

// A record of "an official" without outlet and dates, until told otherwise.
class ARecord {
 public:
  ARecord() {
    record_.set_text("We shall see.");
    record_.set_described_as("an official");
  }
  ARecord& Saying(const std::string& text) {
    return Set([&] { record_.set_text(text); });
  }
  ARecord& By(const std::string& speaker) {
    return Set([&] {
      record_.set_speaker(speaker);
      record_.clear_described_as();
    });
  }
  ARecord& BySomebody(const std::string& described_as) {
    return Set([&] { record_.set_described_as(described_as); });
  }
  ARecord& On(const std::string& said) {
    return Set([&] { record_.set_said(said); });
  }
  ARecord& In(const std::string& outlet) {
    return Set([&] { record_.set_outlet(outlet); });
  }
  ARecord& Published(const std::string& date) {
    return Set([&] { record_.set_published(date); });
  }
  ARecord& At(const std::string& url) {
    return Set([&] { record_.set_url(url); });
  }
  ARecord& About(const std::string& topic) {
    return Set([&] { record_.add_topics(topic); });
  }
  ARecord& Via(const std::string& outlet) {
    return Set([&] { record_.add_via(outlet); });
  }
  ARecord& WithId(const std::string& external_id) {
    return Set([&] { record_.set_external_id(external_id); });
  }
  ARecord& Noting(const std::string& note) {
    return Set([&] { record_.set_note(note); });
  }
  ARecord& As(pb::QuoteKind kind) {
    return Set([&] { record_.set_kind(kind); });
  }
  ARecord& As(pb::Polarity polarity) {
    return Set([&] { record_.set_polarity(polarity); });
  }
  ARecord& With(const std::function<void(pb::ImportRecord&)>& change) {
    return Set([&] { change(record_); });
  }
  operator pb::ImportRecord() const { return record_; }  // NOLINT: that is what it is for

 private:
  ARecord& Set(const std::function<void()>& change) {
    change();
    return *this;
  }
  pb::ImportRecord record_;
};

struct ImportOptions {
  std::string source = {};
  pb::UnknownNames unknown_names = pb::UNKNOWN_NAMES_UNSPECIFIED;
  bool dry_run = false;
  std::string resume = {};
  int part = 0;
  int parts = 0;
  std::string request_id = {};
  std::int64_t first_sequence = 1;
  std::size_t batch = 500;
  bool finish = true;  // false: the client goes away after the last answer
  bool first_load = false;
};

struct Imported {
  grpc::Status status;
  pb::Import started;
  pb::Import finished;  // the last state that the server told
  std::int64_t committed_sequence = 0;
  std::vector<pb::RecordResult> results;

  std::vector<pb::Outcome> outcomes() const {
    std::vector<pb::Outcome> all;
    for (const pb::RecordResult& result : results) all.push_back(result.outcome());
    return all;
  }
  bool AllAre(pb::Outcome outcome) const {
    for (const pb::RecordResult& result : results) {
      if (result.outcome() != outcome) return false;
    }
    return true;
  }
};

// An import conversation, message by message.
class ImportStream {
 public:
  explicit ImportStream(pb::ImportService::Stub& stub) : stream_(stub.ImportQuotes(&context_)) {}
  ~ImportStream() {
    if (stream_ == nullptr) return;
    context_.TryCancel();
    stream_->Finish();
  }
  ImportStream(const ImportStream&) = delete;
  ImportStream& operator=(const ImportStream&) = delete;

  // Sends a message and waits for its answer; false when the server ended the conversation instead.
  bool Send(const pb::ImportQuotesRequest& request, pb::ImportQuotesResponse& response) {
    return stream_->Write(request) && stream_->Read(&response);
  }
  bool Start(const pb::StartImport& start, pb::ImportQuotesResponse& response) {
    pb::ImportQuotesRequest request;
    *request.mutable_start() = start;
    return Send(request, response);
  }
  bool Feed(std::int64_t first_sequence, const std::vector<pb::ImportRecord>& records,
            pb::ImportQuotesResponse& response) {
    pb::ImportQuotesRequest request;
    request.mutable_batch()->set_first_sequence(first_sequence);
    for (const pb::ImportRecord& record : records) *request.mutable_batch()->add_records() = record;
    return Send(request, response);
  }
  // Says that there is no more and waits for the last answer.
  bool End(pb::ImportQuotesResponse& response) {
    pb::ImportQuotesRequest request;
    request.mutable_finish();
    return Send(request, response);
  }
  // Ends the stream.
  grpc::Status Finish() {
    stream_->WritesDone();
    grpc::Status status = stream_->Finish();
    stream_.reset();
    return status;
  }

 private:
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReaderWriter<pb::ImportQuotesRequest, pb::ImportQuotesResponse>> stream_;
};

// A whole import: start, batches, end.
inline Imported Import(pb::ImportService::Stub& stub, const std::vector<pb::ImportRecord>& records,
                       const ImportOptions& options = {}) {
  Imported imported;
  ImportStream stream(stub);
  pb::StartImport start;
  start.set_source(options.source);
  start.set_unknown_names(options.unknown_names);
  start.set_dry_run(options.dry_run);
  start.set_first_load(options.first_load);
  start.set_resume(options.resume);
  start.set_part(options.part);
  start.set_parts(options.parts);
  start.set_request_id(options.request_id);
  pb::ImportQuotesResponse response;
  if (!stream.Start(start, response)) {
    imported.status = stream.Finish();
    return imported;
  }
  imported.started = imported.finished = response.started();
  for (std::size_t at = 0; at < records.size(); at += options.batch) {
    const auto begin = records.begin() + static_cast<std::ptrdiff_t>(at);
    const auto end = records.begin() + static_cast<std::ptrdiff_t>(std::min(records.size(), at + options.batch));
    if (!stream.Feed(options.first_sequence + static_cast<std::int64_t>(at), {begin, end}, response)) {
      imported.status = stream.Finish();
      return imported;
    }
    imported.committed_sequence = response.batch().committed_sequence();
    for (const pb::RecordResult& result : response.batch().results()) imported.results.push_back(result);
  }
  if (!options.finish) return imported;
  if (stream.End(response)) imported.finished = response.finished();
  imported.status = stream.Finish();
  return imported;
}

// Everything that is asked for, as records.
inline std::vector<pb::ImportRecord> Export(pb::ImportService::Stub& stub, const pb::ExportQuotesRequest& request) {
  grpc::ClientContext context;
  const auto stream = stub.ExportQuotes(&context, request);
  std::vector<pb::ImportRecord> records;
  pb::ExportQuotesResponse response;
  while (stream->Read(&response)) records.insert(records.end(), response.records().begin(), response.records().end());
  const grpc::Status status = stream->Finish();
  EXPECT_TRUE(status.ok()) << status.error_message();
  return records;
}

inline std::vector<pb::ImportRecord> Export(pb::ImportService::Stub& stub, const pb::QuoteFilter& filter = {}) {
  pb::ExportQuotesRequest request;
  *request.mutable_filter() = filter;
  return Export(stub, request);
}

// What a call gave: its status, and its answer where that is OK.
template <typename Value>
struct Answer {
  grpc::Status status;
  Value value;

  const Value* operator->() const { return &value; }
  const Value& operator*() const { return value; }
};

class RecordTest : public ServerTest {
 protected:
  void TearDown() override { EXPECT_EQ(TallyFaults(database_.connection()), ""); }
  template <typename Stub, typename Request, typename Response>
  static Answer<Response> Call(Stub& stub,
                               grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                               const Request& request, const std::string& author = "") {
    grpc::ClientContext context;
    if (!author.empty()) context.AddMetadata("x-onrecord-author", author);
    Answer<Response> answer;
    answer.status = (stub.*method)(&context, request, &answer.value);
    return answer;
  }

  std::string MakeSpeaker(const std::string& id, const std::string& display_name = "") {
    pb::CreateSpeakerRequest request;
    request.set_speaker_id(id);
    request.mutable_speaker()->set_display_name(display_name.empty() ? id : display_name);
    const auto made = Call(*speakers_, &pb::SpeakerService::Stub::CreateSpeaker, request);
    EXPECT_TRUE(made.status.ok()) << made.status.error_message();
    return made->speaker().name();
  }
  std::string MakeOutlet(const std::string& id, const std::string& display_name = "") {
    pb::CreateOutletRequest request;
    request.set_outlet_id(id);
    request.mutable_outlet()->set_display_name(display_name.empty() ? id : display_name);
    const auto made = Call(*outlets_, &pb::OutletService::Stub::CreateOutlet, request);
    EXPECT_TRUE(made.status.ok()) << made.status.error_message();
    return made->outlet().name();
  }
  std::string MakeTopic(const std::string& id, const std::string& parent = "", const std::string& display_name = "") {
    pb::CreateTopicRequest request;
    request.set_topic_id(id);
    request.mutable_topic()->set_display_name(display_name.empty() ? id : display_name);
    request.mutable_topic()->set_parent(parent);
    const auto made = Call(*topics_, &pb::TopicService::Stub::CreateTopic, request);
    EXPECT_TRUE(made.status.ok()) << made.status.error_message();
    return made->topic().name();
  }
  void MoveTopic(const std::string& name, const std::string& parent) {
    pb::UpdateTopicRequest request;
    request.mutable_topic()->set_name(name);
    request.mutable_topic()->set_parent(parent);
    request.mutable_update_mask()->add_paths("parent");
    const auto updated = Call(*topics_, &pb::TopicService::Stub::UpdateTopic, request);
    EXPECT_TRUE(updated.status.ok()) << updated.status.error_message();
  }

  // The database's own time, between what was recorded before and what comes after.
  google::protobuf::Timestamp Now() {
    return google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(
        std::stoll(Sql("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint")));
  }

  Imported Feed(const std::vector<pb::ImportRecord>& records, const ImportOptions& options = {}) {
    Imported imported = Import(*imports_, records, options);
    EXPECT_TRUE(imported.status.ok()) << imported.status.error_message();
    return imported;
  }
  std::vector<pb::Outcome> Outcomes(const std::vector<pb::ImportRecord>& records, const ImportOptions& options = {}) {
    return Feed(records, options).outcomes();
  }
  pb::RecordResult ResultOf(const pb::ImportRecord& record, const ImportOptions& options = {}) {
    const Imported imported = Feed({record}, options);
    return imported.results.empty() ? pb::RecordResult() : imported.results[0];
  }

  // Every answer of a revert.
  Answer<std::vector<pb::Import>> RevertSteps(const std::string& import, const std::string& reason = "a wrong file") {
    pb::RevertImportRequest request;
    request.set_name(import);
    request.set_reason(reason);
    grpc::ClientContext context;
    const auto stream = imports_->RevertImport(&context, request);
    Answer<std::vector<pb::Import>> steps;
    pb::RevertImportResponse response;
    while (stream->Read(&response)) steps.value.push_back(response.import());
    steps.status = stream->Finish();
    return steps;
  }
  pb::ImportRevert Revert(const Imported& imported) {
    const auto steps = RevertSteps(imported.started.name());
    EXPECT_TRUE(steps.status.ok()) << steps.status.error_message();
    if (steps->empty()) return {};
    EXPECT_EQ(steps->back().state(), pb::IMPORT_STATE_REVERTED);
    const pb::ImportRevert& revert = steps->back().revert();
    EXPECT_EQ(revert.touched_count(), revert.retracted_count() + revert.restored_count() + revert.kept_count());
    return revert;
  }

  Answer<pb::Quote> Create(const pb::Quote& quote, const std::string& request_id = "", const std::string& author = "") {
    pb::CreateQuoteRequest request;
    *request.mutable_quote() = quote;
    request.set_request_id(request_id);
    const auto made = Call(*quotes_, &pb::QuoteService::Stub::CreateQuote, request, author);
    return {made.status, made->quote()};
  }
  pb::Quote MustCreate(const pb::Quote& quote) {
    const Answer<pb::Quote> made = Create(quote);
    EXPECT_TRUE(made.status.ok()) << made.status.error_message();
    return *made;
  }
  Answer<pb::Quote> Get(const std::string& name) {
    pb::GetQuoteRequest request;
    request.set_name(name);
    const auto got = Call(*quotes_, &pb::QuoteService::Stub::GetQuote, request);
    return {got.status, got->quote()};
  }
  Answer<pb::Quote> Update(const pb::Quote& quote, const std::vector<std::string>& paths,
                           const std::string& request_id = "", const std::string& author = "",
                           const std::string& reason = "") {
    pb::UpdateQuoteRequest request;
    *request.mutable_quote() = quote;
    for (const std::string& path : paths) request.mutable_update_mask()->add_paths(path);
    request.set_request_id(request_id);
    request.set_reason(reason);
    const auto updated = Call(*quotes_, &pb::QuoteService::Stub::UpdateQuote, request, author);
    return {updated.status, updated->quote()};
  }
  Answer<pb::Quote> Retract(const std::string& name, const std::string& reason = "withdrawn",
                            const std::string& etag = "", const std::string& request_id = "") {
    pb::RetractQuoteRequest request;
    request.set_name(name);
    request.set_reason(reason);
    request.set_etag(etag);
    request.set_request_id(request_id);
    const auto retracted = Call(*quotes_, &pb::QuoteService::Stub::RetractQuote, request);
    return {retracted.status, retracted->quote()};
  }
  Answer<pb::Quote> Restore(const std::string& name, const std::string& reason = "confirmed",
                            const std::string& etag = "", const std::string& request_id = "") {
    pb::RestoreQuoteRequest request;
    request.set_name(name);
    request.set_reason(reason);
    request.set_etag(etag);
    request.set_request_id(request_id);
    const auto restored = Call(*quotes_, &pb::QuoteService::Stub::RestoreQuote, request);
    return {restored.status, restored->quote()};
  }
  Answer<pb::ListQuoteRevisionsResponse> Revisions(const std::string& name, int page_size = 0,
                                                   const std::string& page_token = "") {
    pb::ListQuoteRevisionsRequest request;
    request.set_name(name);
    request.set_page_size(page_size);
    request.set_page_token(page_token);
    return Call(*quotes_, &pb::QuoteService::Stub::ListQuoteRevisions, request);
  }
  Answer<pb::ListQuotesResponse> List(const pb::ListQuotesRequest& request) {
    return Call(*quotes_, &pb::QuoteService::Stub::ListQuotes, request);
  }
  Answer<pb::ListQuotesResponse> List(const pb::QuoteFilter& filter) {
    pb::ListQuotesRequest request;
    *request.mutable_filter() = filter;
    request.set_page_size(1000);
    return List(request);
  }
  Answer<pb::CountQuotesResponse> Count(const pb::QuoteFilter& filter) {
    pb::CountQuotesRequest request;
    *request.mutable_filter() = filter;
    return Call(*quotes_, &pb::QuoteService::Stub::CountQuotes, request);
  }
  // Every page of a list, one after the other.
  std::vector<pb::Quote> Walk(pb::ListQuotesRequest request) {
    std::vector<pb::Quote> all;
    do {
      const Answer<pb::ListQuotesResponse> page = List(request);
      EXPECT_TRUE(page.status.ok()) << page.status.error_message();
      if (!page.status.ok()) break;
      all.insert(all.end(), page->quotes().begin(), page->quotes().end());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return all;
  }
  static std::vector<std::string> Names(const std::vector<pb::Quote>& quotes) {
    std::vector<std::string> names;
    for (const pb::Quote& quote : quotes) names.push_back(quote.name());
    return names;
  }
  static std::vector<std::string> Texts(const pb::ListQuotesResponse& page) {
    std::vector<std::string> texts;
    for (const pb::Quote& quote : page.quotes()) texts.push_back(quote.text());
    return texts;
  }
  // Asks the database until `query` gives `expected`, for at most a minute.
  bool Becomes(const std::string& query, const std::string& expected) {
    return Eventually([&] { return Sql(query) == expected; }, absl::Minutes(1));
  }
};

}  // namespace onrecord
