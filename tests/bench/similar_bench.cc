// How long it takes to find and to verify words, seen by a client on the same machine, and whether they are found.
//
//   similar_bench ADDRESS load FILE            imports what tests/bench/corpus wrote and waits until it is matched
//   similar_bench ADDRESS ask FILE STRANGERS SAMPLES
//
// Asks with words of quotes in FILE: as they are, changed in one way each, as fragments of 3 to 8 words, as 1 to 5
// words, as what many say, and with quotes of STRANGERS, which were made from another seed. One line a question:
// times, and the share of what was asked for that is in the answer: the quote itself, or so much that is as close
// that the answer is full. For strangers it is the share whose answer holds no quote that has half of the words.
#include <google/protobuf/util/json_util.h>
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "absl/strings/ascii.h"
#include "onrecord/v1/imports.grpc.pb.h"
#include "onrecord/v1/utterances.grpc.pb.h"
#include "services/wordings/wordings_comparison.h"
#include "tests/bench/changes.h"

namespace onrecord::bench {
namespace {

namespace pb = ::onrecord::v1;
using Clock = std::chrono::steady_clock;

constexpr int kBatch = 500;
constexpr int kDefaultLimit = 20;
constexpr std::size_t kKept = 200000;             // quotes of the file that are asked with
constexpr int kManySay = 50;                      // printings that make words boilerplate
constexpr std::size_t kLongestBoilerplate = 100;  // in bytes
constexpr std::size_t kLong = 12;                 // words of a quote that fragments are taken from
constexpr unsigned kSeed = 20071121;

[[noreturn]] void Fail(const std::string& what, const grpc::Status& status) {
  std::fprintf(stderr, "similar_bench: %s: %s\n", what.c_str(), status.error_message().c_str());
  std::exit(1);
}

double Seconds(Clock::time_point since) { return std::chrono::duration<double>(Clock::now() - since).count(); }

// Calls `take` with each record of the file.
void ReadRecords(const std::string& path, const std::function<void(pb::ImportRecord)>& take) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    pb::ImportRecord record;
    if (!google::protobuf::util::JsonStringToMessage(line, &record).ok()) {
      std::fprintf(stderr, "similar_bench: %s holds what is no record: %s\n", path.c_str(), line.c_str());
      std::exit(1);
    }
    take(std::move(record));
  }
}

struct Asked {
  std::string text;
  std::string speaker;   // speakers/{speaker}
  std::string original;  // the quote that the text was made from
};

// Makes a question of a quote.
using Make = std::function<std::string(const std::string& text, std::mt19937& random)>;

std::size_t CountWords(const std::string& text) { return wordings::SplitWords(text).size(); }

std::string Edit(const std::string& text, std::mt19937& random) {
  switch (Below(random, 4)) {
    case 0:
      return Misspell(text, random);
    case 1:
      return LeaveOut(text, random);
    case 2:
      return DropWords(text, random);
    default:
      return Turn(text, random);
  }
}

class Bench {
 public:
  explicit Bench(const std::string& address)
      : channel_(grpc::CreateChannel(address, grpc::InsecureChannelCredentials())),
        imports_(pb::ImportService::NewStub(channel_)),
        utterances_(pb::UtteranceService::NewStub(channel_)) {}

  void Load(const std::string& path);
  void Ask(const std::string& path, const std::string& strangers, int samples);

 private:
  template <typename Request, typename Response>
  Response Call(grpc::Status (pb::UtteranceService::Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                const Request& request) {
    grpc::ClientContext context;
    Response response;
    const grpc::Status status = (*utterances_.*method)(&context, request, &response);
    if (!status.ok()) Fail(request.ShortDebugString(), status);
    return response;
  }

  pb::FindSimilarQuotesResponse Find(const Asked& asked, bool of_speaker) {
    pb::FindSimilarQuotesRequest request;
    request.set_text(asked.text);
    if (of_speaker) request.set_speaker(asked.speaker);
    return Call(&pb::UtteranceService::Stub::FindSimilarQuotes, request);
  }
  pb::VerifyQuoteResponse Verify(const Asked& asked, bool of_speaker) {
    pb::VerifyQuoteRequest request;
    request.set_text(asked.text);
    if (of_speaker) request.set_speaker(asked.speaker);
    return Call(&pb::UtteranceService::Stub::VerifyQuote, request);
  }

  // All four questions about texts; `in_record`: made of quotes that are.
  void AskAll(const std::string& name, const std::vector<Asked>& asked, bool in_record);
  // What questions of one kind took, in milliseconds, and how many were answered well.
  struct Taken {
    std::vector<double> times;
    std::size_t found = 0;
  };
  static void Print(const std::string& what, Taken taken);
  // One line: how long `call` takes, and what share of the answers `is_found` is content with. Adds them to `all`, too.
  template <typename CallOne, typename IsFound>
  void Measure(const std::string& what, const std::vector<Asked>& asked, CallOne call, IsFound is_found, Taken& all);

  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<pb::ImportService::Stub> imports_;
  std::unique_ptr<pb::UtteranceService::Stub> utterances_;
  Taken found_;     // of all that was asked to find
  Taken verified_;  // and to verify
};

void Bench::Load(const std::string& path) {
  const auto start = Clock::now();
  grpc::ClientContext context;
  const auto stream = imports_->ImportQuotes(&context);
  pb::ImportQuotesRequest request;
  pb::ImportQuotesResponse response;
  request.mutable_start()->set_source("bench");
  if (!stream->Write(request) || !stream->Read(&response)) Fail("start", stream->Finish());
  int records = 0;
  int quotes = 0;
  const auto send = [&] {
    if (!stream->Write(request) || !stream->Read(&response)) Fail("batch", stream->Finish());
    for (const pb::RecordResult& result : response.batch().results()) quotes += result.outcome() == pb::OUTCOME_CREATED;
    request.Clear();
  };
  ReadRecords(path, [&](pb::ImportRecord record) {
    if (request.batch().records().empty()) request.mutable_batch()->set_first_sequence(records + 1);
    *request.mutable_batch()->add_records() = std::move(record);
    ++records;
    if (request.batch().records_size() == kBatch) send();
  });
  if (!request.batch().records().empty()) send();
  request.mutable_finish();
  if (!stream->Write(request) || !stream->Read(&response)) Fail("finish", stream->Finish());
  stream->WritesDone();
  stream->Finish();
  std::printf("loaded %d records, %d new quotes, in %.0f s\n", records, quotes, Seconds(start));
  while (Call(&pb::UtteranceService::Stub::GetMatchingState, pb::GetMatchingStateRequest()).pending_count() > 0) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  std::printf("matched %.0f s after the beginning\n", Seconds(start));
}

bool AreEqual(const std::string& a, const std::string& b) {
  const auto same = [](const wordings::Word& x, const wordings::Word& y) { return x.folded == y.folded; };
  const std::vector<wordings::Word> x = wordings::SplitWords(a);
  const std::vector<wordings::Word> y = wordings::SplitWords(b);
  return std::equal(x.begin(), x.end(), y.begin(), y.end(), same);
}

// The original's words are in the answer, or the answer is full with what is as close.
bool Holds(const pb::FindSimilarQuotesResponse& answer, const Asked& asked) {
  for (const pb::SimilarQuote& similar : answer.quotes()) {
    if (AreEqual(similar.quote().text(), asked.original)) return true;
  }
  if (answer.quotes_size() < kDefaultLimit) return false;
  const pb::WordingComparison wanted =
      wordings::Compare(wordings::Wording(asked.text), wordings::Wording(asked.original));
  return wordings::Closeness(answer.quotes(kDefaultLimit - 1).comparison()) >= wordings::Closeness(wanted);
}

// Half of the words or more stand in one quote. Short quotes may well stand in what was never said.
bool HoldsMuch(const pb::FindSimilarQuotesResponse& answer) {
  return std::any_of(answer.quotes().begin(), answer.quotes().end(),
                     [](const pb::SimilarQuote& similar) { return similar.comparison().coverage() >= 0.5; });
}

bool IsVouchedFor(const pb::VerifyQuoteResponse& answer) {
  return answer.verdict() != pb::QUOTE_VERDICT_NOT_FOUND && answer.verdict() != pb::QUOTE_VERDICT_MISATTRIBUTED;
}

void Bench::Print(const std::string& what, Taken taken) {
  std::vector<double>& times = taken.times;
  std::sort(times.begin(), times.end());
  const auto at = [&](double share) {
    return times[static_cast<std::size_t>(share * static_cast<double>(times.size() - 1))];
  };
  std::printf("| %s | %.2f | %.2f | %.2f | %.2f | %.3f |\n", what.c_str(), at(0.5), at(0.9), at(0.99), times.back(),
              static_cast<double>(taken.found) / static_cast<double>(times.size()));
  std::fflush(stdout);
}

template <typename CallOne, typename IsFound>
void Bench::Measure(const std::string& what, const std::vector<Asked>& asked, CallOne call, IsFound is_found,
                    Taken& all) {
  Taken taken;
  for (std::size_t i = 0; i < asked.size() / 20; ++i) call(asked[asked.size() - 1 - i]);  // warm
  for (const Asked& one : asked) {
    const auto start = Clock::now();
    const auto answer = call(one);
    taken.times.push_back(1000 * Seconds(start));
    taken.found += is_found(answer, one) ? 1 : 0;
  }
  all.times.insert(all.times.end(), taken.times.begin(), taken.times.end());
  all.found += taken.found;
  Print(what, std::move(taken));
}

void Bench::AskAll(const std::string& name, const std::vector<Asked>& asked, bool in_record) {
  for (const bool of_speaker : {false, true}) {
    const std::string what = name + (of_speaker ? ", of a speaker | " : " | ");
    Measure(
        what + "find", asked, [&](const Asked& one) { return Find(one, of_speaker); },
        [&](const auto& answer, const Asked& one) { return in_record ? Holds(answer, one) : !HoldsMuch(answer); },
        found_);
    Measure(
        what + "verify", asked, [&](const Asked& one) { return Verify(one, of_speaker); },
        [&](const auto& answer, const Asked&) { return IsVouchedFor(answer) == in_record; }, verified_);
  }
}

// What was read of the file to ask with.
struct Sample {
  std::vector<Asked> quotes;       // drawn evenly
  std::vector<Asked> boilerplate;  // of those what many say
};

Sample ReadSample(const std::string& path) {
  std::mt19937 random(kSeed);
  std::unordered_map<std::string, int> printings;
  std::vector<Asked> kept;
  std::size_t seen = 0;
  ReadRecords(path, [&](const pb::ImportRecord& record) {
    if (record.text().size() <= kLongestBoilerplate) ++printings[record.text()];
    // What a reporter tells, and what unnamed sources said, nobody vouches for.
    if (record.speaker().empty() || record.kind() != pb::QUOTE_KIND_DIRECT) return;
    std::string name = record.speaker();
    for (char& c : name) c = c == ' ' ? '-' : absl::ascii_tolower(static_cast<unsigned char>(c));
    Asked asked{record.text(), "speakers/" + name, record.text()};
    ++seen;
    if (kept.size() < kKept) {
      kept.push_back(std::move(asked));
    } else if (const std::size_t at = Below(random, seen); at < kKept) {
      kept[at] = std::move(asked);
    }
  });
  std::shuffle(kept.begin(), kept.end(), random);
  Sample sample;
  for (Asked& asked : kept) {
    const auto found = printings.find(asked.text);
    if (found != printings.end() && found->second >= kManySay) sample.boilerplate.push_back(asked);
    sample.quotes.push_back(std::move(asked));
  }
  return sample;
}

// The first `samples` questions that can be made of quotes of at least `fewest` words.
std::vector<Asked> MakeQuestions(const std::vector<Asked>& quotes, std::size_t fewest, int samples, const Make& make) {
  std::mt19937 random(kSeed);
  std::vector<Asked> asked;
  for (const Asked& quote : quotes) {
    if (static_cast<int>(asked.size()) == samples) break;
    if (CountWords(quote.text) < fewest) continue;
    Asked one = quote;
    one.text = make(quote.text, random);
    // What says nothing ("of the") is related to nothing.
    const std::vector<wordings::Word> words = wordings::SplitWords(one.text);
    if (std::any_of(words.begin(), words.end(),
                    [](const auto& word) { return !wordings::IsFunctionWord(word.folded); })) {
      asked.push_back(std::move(one));
    }
  }
  return asked;
}

void Bench::Ask(const std::string& path, const std::string& strangers, int samples) {
  const Sample sample = ReadSample(path);
  Sample others = ReadSample(strangers);
  for (std::size_t i = 0; i < others.quotes.size();
       ++i) {  // their speakers may have said nothing that is in the record
    others.quotes[i].speaker = sample.quotes[i % sample.quotes.size()].speaker;
  }
  const auto same = [](const std::string& text, std::mt19937&) { return text; };
  const auto part = [](std::size_t fewest, std::size_t most) {
    return [=](const std::string& text, std::mt19937& random) {
      return Part(text, fewest + Below(random, most - fewest + 1), random);
    };
  };
  std::printf("| asked with | question | median | p90 | p99 | worst | found |\n|---|---|---|---|---|---|---|\n");
  AskAll("whole text", MakeQuestions(sample.quotes, kLong, samples, same), true);
  AskAll("changed text", MakeQuestions(sample.quotes, kLong, samples, Edit), true);
  AskAll("3 to 8 words of it", MakeQuestions(sample.quotes, kLong, samples, part(3, 8)), true);
  AskAll("1 to 5 words of it", MakeQuestions(sample.quotes, kLong, samples, part(1, 5)), true);
  AskAll("what many say", MakeQuestions(sample.boilerplate, 1, samples, same), true);
  AskAll("not in the record", MakeQuestions(others.quotes, kLong, samples, same), false);
  Print("all of these | find", std::move(found_));
  Print("all of these | verify", std::move(verified_));
}

int Run(int argc, char** argv) {
  const std::string what = argc >= 4 ? argv[2] : "";
  if (what == "load" && argc == 4) {
    Bench(argv[1]).Load(argv[3]);
  } else if (what == "ask" && argc == 6) {
    Bench(argv[1]).Ask(argv[3], argv[4], std::atoi(argv[5]));
  } else {
    std::fprintf(stderr, "usage: similar_bench ADDRESS load FILE | ask FILE STRANGERS SAMPLES\n");
    return 2;
  }
  return 0;
}

}  // namespace
}  // namespace onrecord::bench

int main(int argc, char** argv) { return onrecord::bench::Run(argc, argv); }
