// Asks a server the same kind of question many times, from many callers at once, and tells how fast it answered.
//
//   ask_bench ADDRESS METHOD CALLERS LIMIT [ANSWERS] < REQUESTS
//
// METHOD is onrecord.v1.QuoteService/GetQuote, say; LIMIT a number of seconds (10s), of calls (2000), or both
// (2000/60s): whichever is reached first; each line of REQUESTS is a request in protobuf's JSON. They are asked in
// turn, over and over: messages are made before the clock starts and answers are read after it stopped, so that little
// but the server is measured. Then up to 500 of those asked are asked once more and their answers read, and written to
// the file ANSWERS, if there is one, a line of JSON each. Prints one line of JSON: answers per second, milliseconds
// (median, p90, p99, worst), how many callers were refused, and per answer the mean number of bytes and of items (what
// the first repeated field holds, else 1).
#include <google/protobuf/util/json_util.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "onrecord/v1/articles.pb.h"
#include "onrecord/v1/claims.pb.h"
#include "onrecord/v1/quotes.pb.h"
#include "onrecord/v1/speakers.pb.h"
#include "onrecord/v1/stances.pb.h"
#include "onrecord/v1/timeline.pb.h"
#include "onrecord/v1/topics.pb.h"
#include "onrecord/v1/utterances.pb.h"

namespace onrecord::bench {
namespace {

using Clock = std::chrono::steady_clock;
using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MessageFactory;

constexpr int kMostBytes = 64 << 20;
constexpr std::size_t kMostChecked = 500;

[[noreturn]] void Fail(const std::string& what) {
  std::fprintf(stderr, "ask_bench: %s\n", what.c_str());
  std::exit(1);
}

double Milliseconds(Clock::duration time) { return std::chrono::duration<double, std::milli>(time).count(); }

std::unique_ptr<Message> Make(const Descriptor* type) {
  return std::unique_ptr<Message>(MessageFactory::generated_factory()->GetPrototype(type)->New());
}

std::string Bytes(const grpc::ByteBuffer& buffer) {
  grpc::Slice slice;
  if (!buffer.DumpToSingleSlice(&slice).ok()) return "";
  return std::string(reinterpret_cast<const char*>(slice.begin()), slice.size());
}

int CountItems(const Message& message) {
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = message.GetDescriptor()->field(i);
    if (field->is_repeated()) return message.GetReflection()->FieldSize(message, field);
  }
  return 1;
}

// One caller, who asks again when the answer is there.
struct Caller {
  std::unique_ptr<grpc::GenericStub> stub;
  std::unique_ptr<grpc::ClientContext> context;
  std::unique_ptr<grpc::GenericClientAsyncResponseReader> call;
  grpc::ByteBuffer answer;
  grpc::Status status;
  Clock::time_point since;
};

class Asker {
 public:
  Asker(std::string address, std::string method, int callers);
  void ReadRequests(std::istream& input);
  // Until the time is over or so many calls were answered; 0: no such limit.
  void Run(double seconds, std::size_t calls);
  // Reads answers; they also go to a file of that name, if it has one.
  void Check(const char* file_name);
  void Print() const;

 private:
  void Ask(Caller& caller, std::size_t request);
  // The next caller whose answer is there.
  Caller& Next();

  const std::string method_;
  const Descriptor* request_type_ = nullptr;
  const Descriptor* response_type_ = nullptr;
  std::vector<Caller> callers_;
  std::vector<grpc::ByteBuffer> requests_;
  grpc::CompletionQueue queue_;
  std::vector<double> times_;
  double seconds_ = 0;
  int refused_ = 0;
  double bytes_ = 0;
  double items_ = 0;
};

Asker::Asker(std::string address, std::string method, int callers)
    : method_("/" + method), callers_(static_cast<std::size_t>(callers)) {
  std::replace(method.begin(), method.end(), '/', '.');
  const auto* known = DescriptorPool::generated_pool()->FindMethodByName(method);
  if (known == nullptr) Fail("there is no method " + method);
  request_type_ = known->input_type();
  response_type_ = known->output_type();
  for (std::size_t i = 0; i < callers_.size(); ++i) {
    grpc::ChannelArguments arguments;
    arguments.SetMaxReceiveMessageSize(kMostBytes);
    arguments.SetInt("caller", static_cast<int>(i % 4));  // four connections, not one
    callers_[i].stub = std::make_unique<grpc::GenericStub>(
        grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments));
  }
}

void Asker::ReadRequests(std::istream& input) {
  for (std::string line; std::getline(input, line);) {
    const std::unique_ptr<Message> request = Make(request_type_);
    if (!google::protobuf::util::JsonStringToMessage(line, request.get()).ok()) Fail("not a request: " + line);
    const grpc::Slice slice(request->SerializeAsString());
    requests_.emplace_back(&slice, 1);
  }
  if (requests_.empty()) Fail("there are no requests");
}

void Asker::Ask(Caller& caller, std::size_t request) {
  caller.context = std::make_unique<grpc::ClientContext>();
  caller.since = Clock::now();
  caller.call = caller.stub->PrepareUnaryCall(caller.context.get(), method_, requests_[request], &queue_);
  caller.call->StartCall();
  caller.call->Finish(&caller.answer, &caller.status, &caller);
}

Caller& Asker::Next() {
  void* tag = nullptr;
  bool ok = false;
  queue_.Next(&tag, &ok);
  return *static_cast<Caller*>(tag);
}

void Asker::Run(double seconds, std::size_t calls) {
  const auto begin = Clock::now();
  const auto is_over = [&](Clock::time_point now) {
    return (calls > 0 && times_.size() >= calls) || (seconds > 0 && Milliseconds(now - begin) >= 1000 * seconds);
  };
  std::size_t next = 0;
  for (Caller& caller : callers_) Ask(caller, next++ % requests_.size());
  for (std::size_t running = callers_.size(); running > 0;) {
    Caller& caller = Next();
    const auto now = Clock::now();
    if (caller.status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED) {
      ++refused_;
    } else if (!caller.status.ok()) {
      Fail(method_ + ": " + caller.status.error_message());
    } else if (!is_over(now) || times_.empty()) {
      times_.push_back(Milliseconds(now - caller.since));
      seconds_ = Milliseconds(now - begin) / 1000;
    }
    if (!is_over(now)) {
      Ask(caller, next++ % requests_.size());
    } else {
      --running;
    }
  }
  std::sort(times_.begin(), times_.end());
  if (times_.empty()) Fail("nothing was answered in time");
}

void Asker::Check(const char* file_name) {
  std::ofstream file;
  if (file_name != nullptr) file.open(file_name);
  const std::size_t asked = std::min({requests_.size(), times_.size(), kMostChecked});
  for (std::size_t i = 0; i < asked; ++i) {
    Caller& caller = callers_.front();
    Ask(caller, i);
    Next();
    if (!caller.status.ok()) Fail(method_ + ": " + caller.status.error_message());
    const std::unique_ptr<Message> response = Make(response_type_);
    const std::string bytes = Bytes(caller.answer);
    if (!response->ParseFromString(bytes)) Fail(method_ + " gave an answer that cannot be read");
    bytes_ += static_cast<double>(bytes.size()) / static_cast<double>(asked);
    items_ += CountItems(*response) / static_cast<double>(asked);
    if (file_name == nullptr) continue;
    std::string json;
    if (!google::protobuf::util::MessageToJsonString(*response, &json).ok()) Fail("an answer that is not JSON");
    file << json << '\n';
  }
  if (file_name != nullptr && !file.flush().good()) Fail(std::string("cannot write ") + file_name);
}

void Asker::Print() const {
  const auto at = [&](double share) {
    return times_[static_cast<std::size_t>(share * static_cast<double>(times_.size() - 1))];
  };
  std::printf(
      "{\"calls\": %zu, \"rate\": %.1f, \"median\": %.3f, \"p90\": %.3f, \"p99\": %.3f, \"worst\": %.3f, "
      "\"refused\": %d, \"bytes\": %.0f, \"items\": %.2f}\n",
      times_.size(), static_cast<double>(times_.size()) / seconds_, at(0.5), at(0.9), at(0.99), times_.back(), refused_,
      bytes_, items_);
}

// Links what requests are made of into the pool of descriptors.
void LinkMessages() {
  (void)v1::GetQuoteRequest::descriptor();
  (void)v1::ListArticlesRequest::descriptor();
  (void)v1::ListClaimsRequest::descriptor();
  (void)v1::ListSpeakersRequest::descriptor();
  (void)v1::ListStancesRequest::descriptor();
  (void)v1::GetTimelineRequest::descriptor();
  (void)v1::CreateTopicRequest::descriptor();
  (void)v1::FindSimilarQuotesRequest::descriptor();
}

int Main(int argc, char** argv) {
  const bool complete = argc == 5 || argc == 6;
  const int callers = complete ? std::atoi(argv[3]) : 0;
  const std::string limit = complete ? argv[4] : "";
  const std::size_t cut = limit.find('/');
  const bool timed = !limit.empty() && limit.back() == 's';
  const double calls = timed && cut == std::string::npos ? 0 : std::atof(limit.c_str());
  const double seconds = timed ? std::atof(limit.c_str() + (cut == std::string::npos ? 0 : cut + 1)) : 0;
  if (callers < 1 || calls < 0 || seconds < 0 || calls + seconds <= 0) {
    std::fprintf(stderr, "usage: ask_bench ADDRESS METHOD CALLERS LIMIT [ANSWERS] < REQUESTS\n");
    return 2;
  }
  LinkMessages();
  Asker asker(argv[1], argv[2], callers);
  asker.ReadRequests(std::cin);
  asker.Run(seconds, static_cast<std::size_t>(calls));
  asker.Check(argc == 6 ? argv[5] : nullptr);
  asker.Print();
  return 0;
}

}  // namespace
}  // namespace onrecord::bench

int main(int argc, char** argv) { return onrecord::bench::Main(argc, argv); }
