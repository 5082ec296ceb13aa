// What every command of the command line shares: the connection, the global options, and how an outcome becomes
// an exit code. Commands register themselves on the CLI11 application; see commands.h.
#pragma once

#include <google/protobuf/timestamp.pb.h>
#include <grpcpp/grpcpp.h>

#include <memory>
#include <optional>
#include <string>

#include "onrecord/v1/articles.grpc.pb.h"
#include "onrecord/v1/claims.grpc.pb.h"
#include "onrecord/v1/imports.grpc.pb.h"
#include "onrecord/v1/notices.grpc.pb.h"
#include "onrecord/v1/outlets.grpc.pb.h"
#include "onrecord/v1/quotes.grpc.pb.h"
#include "onrecord/v1/speakers.grpc.pb.h"
#include "onrecord/v1/timeline.grpc.pb.h"
#include "onrecord/v1/topics.grpc.pb.h"
#include "onrecord/v1/utterances.grpc.pb.h"

namespace onrecord::cli {

namespace pb = ::onrecord::v1;

// What the process ends with.
enum ExitCode : int {
  kExitOk = 0,
  kExitSomeRecords = 1,  // records were rejected or are in conflict, words not borne out
  kExitUsage = 2,        // the command line is wrong, or a name on it is unknown or ambiguous
  kExitCall = 3,         // the server is not reachable or refused the call
  kExitInput = 4,        // an input file cannot be read or an output file cannot be written
  kExitInterrupted = 130,
};

// Ends the command with a code after a message was printed.
struct Exit {
  int code;
};

class Context {
 public:
  // Global options, filled in by CLI11 before a command runs.
  std::string address = "127.0.0.1:50051";
  bool json = false;
  double timeout_seconds = 30;
  std::string author;
  std::string color = "auto";
  // What the record held then; set by --as-of, where a command has it.
  std::optional<google::protobuf::Timestamp> as_of;

  // The channel, made at first use.
  std::shared_ptr<grpc::Channel> Channel();
  std::unique_ptr<pb::QuoteService::Stub> Quotes() { return pb::QuoteService::NewStub(Channel()); }
  std::unique_ptr<pb::SpeakerService::Stub> Speakers() { return pb::SpeakerService::NewStub(Channel()); }
  std::unique_ptr<pb::OutletService::Stub> Outlets() { return pb::OutletService::NewStub(Channel()); }
  std::unique_ptr<pb::ArticleService::Stub> Articles() { return pb::ArticleService::NewStub(Channel()); }
  std::unique_ptr<pb::ClaimService::Stub> Claims() { return pb::ClaimService::NewStub(Channel()); }
  std::unique_ptr<pb::TopicService::Stub> Topics() { return pb::TopicService::NewStub(Channel()); }
  std::unique_ptr<pb::ImportService::Stub> Imports() { return pb::ImportService::NewStub(Channel()); }
  std::unique_ptr<pb::UtteranceService::Stub> Utterances() { return pb::UtteranceService::NewStub(Channel()); }
  std::unique_ptr<pb::NoticeService::Stub> Notices() { return pb::NoticeService::NewStub(Channel()); }
  std::unique_ptr<pb::TimelineService::Stub> Timeline() { return pb::TimelineService::NewStub(Channel()); }

  // Adds the author's metadata, and the deadline unless it is a stream without end.
  void Prepare(grpc::ClientContext& call, bool with_deadline = true) const;
  // Throws Exit{kExitCall} after printing what is wrong for people (or as JSON) when the call failed.
  void Check(const grpc::Status& status) const;
  // Prints what is wrong on standard error (as JSON with --json) and throws Exit{code}.
  [[noreturn]] void Fail(int code, const std::string& message) const;
  // Whether to colour standard output.
  bool UseColor() const;

 private:
  std::shared_ptr<grpc::Channel> channel_;
};

// A new random request id.
std::string NewRequestId();
// The message in protobuf's JSON form with the field names of the .proto files, one line and a newline when
// `compact`, else indented.
std::string ToJson(const google::protobuf::Message& message, bool compact = false);

}  // namespace onrecord::cli
