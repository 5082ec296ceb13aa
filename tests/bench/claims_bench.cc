// How long the questions about claims, stances and their history take, seen by a client on the same machine.
//
// Loads a corpus of its own through ImportQuotes (deterministic; the same rows for the same numbers) and then asks each
// question many times with values drawn as the data is: what is frequent in the record is asked for often. Prints one
// line a question: median, 99th percentile and worst time, and how many answers it looked at. tests/bench/claims
// starts the database and the server for it.
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "onrecord/v1/claims.grpc.pb.h"
#include "onrecord/v1/imports.grpc.pb.h"
#include "onrecord/v1/quotes.grpc.pb.h"
#include "onrecord/v1/timeline.grpc.pb.h"

namespace onrecord {
namespace {

namespace pb = ::onrecord::v1;
using Clock = std::chrono::steady_clock;

constexpr int kClaims = 2000;
constexpr int kSpeakers = 5000;
constexpr int kOutlets = 300;
constexpr int kTopics = 200;
constexpr int kWords = 20000;
constexpr int kBatch = 500;
constexpr unsigned kSeed = 20071121;

[[noreturn]] void Fail(const std::string& what, const grpc::Status& status) {
  std::fprintf(stderr, "claims_bench: %s: %s\n", what.c_str(), status.error_message().c_str());
  std::exit(1);
}

// Numbers from 0 to n-1, the k-th as often as 1/(k+1).
class Zipf {
 public:
  explicit Zipf(int n) {
    double sum = 0;
    for (int k = 0; k < n; ++k) sums_.push_back(sum += 1.0 / (k + 1));
  }
  template <typename Random>
  int operator()(Random& random) {
    const double at = std::uniform_real_distribution<double>(0, sums_.back())(random);
    return static_cast<int>(std::lower_bound(sums_.begin(), sums_.end(), at) - sums_.begin());
  }

 private:
  std::vector<double> sums_;
};

struct Draw {
  std::mt19937 random{kSeed};
  Zipf claim{kClaims}, speaker{kSpeakers}, outlet{kOutlets}, topic{kTopics}, word{kWords};
  int Below(int n) { return std::uniform_int_distribution<int>(0, n - 1)(random); }
};

std::string Numbered(const char* what, int number) { return what + std::string(" ") + std::to_string(number); }
std::string Named(const char* collection, const char* what, int number) {
  return std::string(collection) + "/" + what + "-" + std::to_string(number);
}

// Letters only: a word of its own for each number.
std::string Word(int number) {
  std::string word;
  for (int rest = number + 27; rest > 0; rest /= 26) word += static_cast<char>('a' + rest % 26);
  return word + "a";
}

std::string Date(Draw& draw) {
  const int year = 1990 + draw.Below(37);
  const int shape = draw.Below(10);
  char text[64];
  if (shape == 0) {
    std::snprintf(text, sizeof text, "%04d", year);
  } else if (shape == 1) {
    std::snprintf(text, sizeof text, "%04d-%02d", year, 1 + draw.Below(12));
  } else if (shape == 2) {
    std::snprintf(text, sizeof text, "../%04d-%02d-%02d", year, 1 + draw.Below(12), 1 + draw.Below(28));
  } else {
    std::snprintf(text, sizeof text, "%04d-%02d-%02d", year, 1 + draw.Below(12), 1 + draw.Below(28));
  }
  return text;
}

pb::ImportRecord MakeRecord(Draw& draw, int number, int every) {
  pb::ImportRecord record;
  std::string text = std::to_string(number);
  for (int i = 0; i < 18; ++i) text += " " + Word(draw.word(draw.random));
  record.set_text(text);
  // The first records bring every name once.
  const auto of = [&](Zipf& zipf, int n) { return number <= n ? number - 1 : zipf(draw.random); };
  record.set_speaker(Numbered("Speaker", of(draw.speaker, kSpeakers)));
  record.set_outlet(Numbered("Outlet", of(draw.outlet, kOutlets)));
  record.set_published(std::to_string(1990 + draw.Below(37)) + "-06-15");
  record.set_said(Date(draw));
  record.add_topics(Numbered("Topic", of(draw.topic, kTopics)));
  record.set_kind(static_cast<pb::QuoteKind>(1 + draw.Below(3)));
  if (number % every != 0) return record;
  pb::ImportStance& stance = *record.add_stances();
  stance.set_claim(Named("claims", "claim", draw.claim(draw.random)));
  // Most people keep to their side.
  const bool turned = draw.Below(10) == 0;
  const bool in_favor =
      (static_cast<int>(std::hash<std::string>()(record.speaker() + stance.claim()) % 2) == 0) != turned;
  stance.set_position(draw.Below(6) == 0 ? pb::POSITION_NEUTRAL
                      : in_favor         ? pb::POSITION_ASSERTS
                                         : pb::POSITION_DENIES);
  if (draw.Below(10) == 0) stance.set_holder(Numbered("Speaker", draw.speaker(draw.random)));
  return record;
}

class Bench {
 public:
  explicit Bench(const std::string& address)
      : channel_(grpc::CreateChannel(address, grpc::InsecureChannelCredentials())),
        claims_(pb::ClaimService::NewStub(channel_)),
        imports_(pb::ImportService::NewStub(channel_)),
        quotes_(pb::QuoteService::NewStub(channel_)),
        timeline_(pb::TimelineService::NewStub(channel_)) {}

  void Load(int rows, int stances) {
    const auto start = Clock::now();
    MakeClaims();
    ImportAll(rows, std::max(1, rows / std::max(1, stances)));
    std::printf("loaded %d quotes, every %dth with a stance, in %.0f s\n", rows,
                std::max(1, rows / std::max(1, stances)), std::chrono::duration<double>(Clock::now() - start).count());
  }

  void Ask(int samples);

 private:
  template <typename Stub, typename Request, typename Response>
  Response Call(Stub& stub, grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                const Request& request) {
    grpc::ClientContext context;
    Response response;
    const grpc::Status status = (stub.*method)(&context, request, &response);
    if (!status.ok()) Fail(Request::descriptor()->name(), status);
    return response;
  }

  void MakeClaims() {
    for (int i = 0; i < kClaims; ++i) {
      pb::CreateClaimRequest request;
      request.set_claim_id("claim-" + std::to_string(i));
      request.mutable_claim()->set_text("Proposition " + std::to_string(i));
      Call(*claims_, &pb::ClaimService::Stub::CreateClaim, request);
    }
    // Of ten claims one is the negation of another, and of twenty one the same as another.
    for (int i = 0; i + 10 < kClaims; i += 10) {
      pb::RelateClaimsRequest request;
      request.mutable_relation()->set_claim(Named("claims", "claim", i + 3));
      request.mutable_relation()->set_other(Named("claims", "claim", i + 7));
      request.mutable_relation()->set_kind(i % 20 == 0 ? pb::CLAIM_RELATION_KIND_NEGATION_OF
                                                       : pb::CLAIM_RELATION_KIND_SAME);
      Call(*claims_, &pb::ClaimService::Stub::RelateClaims, request);
    }
  }

  void ImportAll(int rows, int every) {
    Draw draw;
    grpc::ClientContext context;
    const auto stream = imports_->ImportQuotes(&context);
    pb::ImportQuotesRequest request;
    pb::ImportQuotesResponse response;
    request.mutable_start()->set_source("bench");
    if (!stream->Write(request) || !stream->Read(&response)) Fail("start", stream->Finish());
    for (int first = 1; first <= rows; first += kBatch) {
      pb::RecordBatch& batch = *request.mutable_batch();
      batch.Clear();
      batch.set_first_sequence(first);
      for (int i = first; i < std::min(rows + 1, first + kBatch); ++i)
        *batch.add_records() = MakeRecord(draw, i, every);
      if (!stream->Write(request) || !stream->Read(&response)) Fail("batch", stream->Finish());
      for (const pb::RecordResult& result : response.batch().results()) {
        if (result.outcome() == pb::OUTCOME_CREATED) continue;
        std::fprintf(stderr, "claims_bench: record %s\n", result.ShortDebugString().c_str());
        std::exit(1);
      }
    }
    request.mutable_finish();
    if (!stream->Write(request) || !stream->Read(&response)) Fail("finish", stream->Finish());
    stream->WritesDone();
    stream->Finish();
  }

  // Asks `question` often; it gives the size of the answer.
  void Measure(const char* name, int samples, const std::function<int()>& question) {
    std::vector<double> times;
    long answers = 0;
    for (int i = 0; i < samples / 20; ++i) question();  // warm
    for (int i = 0; i < samples; ++i) {
      const auto start = Clock::now();
      answers += question();
      times.push_back(std::chrono::duration<double, std::milli>(Clock::now() - start).count());
    }
    std::sort(times.begin(), times.end());
    const auto at = [&](double share) {
      return times[static_cast<std::size_t>(share * static_cast<double>(times.size() - 1))];
    };
    std::printf("| %-44s | %7.2f | %7.2f | %7.2f | %8.1f |\n", name, at(0.5), at(0.99), times.back(),
                static_cast<double>(answers) / samples);
    std::fflush(stdout);
  }

  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<pb::ClaimService::Stub> claims_;
  std::unique_ptr<pb::ImportService::Stub> imports_;
  std::unique_ptr<pb::QuoteService::Stub> quotes_;
  std::unique_ptr<pb::TimelineService::Stub> timeline_;
  Draw draw_;
};

void Bench::Ask(int samples) {
  const auto claim = [&] { return Named("claims", "claim", draw_.claim(draw_.random)); };
  const auto speaker = [&] { return Named("speakers", "speaker", draw_.speaker(draw_.random)); };
  const auto topic = [&] { return Named("topics", "topic", draw_.topic(draw_.random)); };
  std::printf("| question | median ms | p99 ms | worst ms | answers |\n|---|---|---|---|---|\n");
  // Everything once for today and once as of now: the second goes through the record's versions.
  for (const bool as_of : {false, true}) {
    google::protobuf::Timestamp moment;
    moment.set_seconds(
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count());
    const auto ask = [&](const char* name, auto& stub, auto method, auto make, auto size) {
      const std::string shown = std::string(name) + (as_of ? ", as of" : "");
      Measure(shown.c_str(), samples, [&] {
        auto request = make();
        if (as_of) *request.mutable_as_of() = moment;
        return size(Call(stub, method, request));
      });
    };
    const auto stances = [](const pb::ListStancesResponse& r) { return r.stances_size(); };
    ask(
        "ListStances of a claim", *claims_, &pb::ClaimService::Stub::ListStances,
        [&] {
          pb::ListStancesRequest request;
          request.mutable_filter()->add_claims(claim());
          return request;
        },
        stances);
    ask(
        "ListStances of a holder", *claims_, &pb::ClaimService::Stub::ListStances,
        [&] {
          pb::ListStancesRequest request;
          request.mutable_filter()->add_holders(speaker());
          return request;
        },
        stances);
    ask(
        "ListStances, all", *claims_, &pb::ClaimService::Stub::ListStances, [&] { return pb::ListStancesRequest(); },
        stances);
    const auto lanes = [](const pb::GetStanceHistoryResponse& r) { return r.lanes_size(); };
    ask(
        "GetStanceHistory of a claim", *timeline_, &pb::TimelineService::Stub::GetStanceHistory,
        [&] {
          pb::GetStanceHistoryRequest request;
          request.set_claim(claim());
          return request;
        },
        lanes);
    ask(
        "GetStanceHistory of a claim and a holder", *timeline_, &pb::TimelineService::Stub::GetStanceHistory,
        [&] {
          pb::GetStanceHistoryRequest request;
          request.set_claim(claim());
          request.add_holders(speaker());
          return request;
        },
        lanes);
    const auto reversals = [](const pb::ListReversalsResponse& r) { return r.reversals_size(); };
    ask(
        "ListReversals on a claim", *timeline_, &pb::TimelineService::Stub::ListReversals,
        [&] {
          pb::ListReversalsRequest request;
          request.mutable_filter()->add_claims(claim());
          return request;
        },
        reversals);
    ask(
        "ListReversals of a holder", *timeline_, &pb::TimelineService::Stub::ListReversals,
        [&] {
          pb::ListReversalsRequest request;
          request.mutable_filter()->add_holders(speaker());
          return request;
        },
        reversals);
    ask(
        "ListReversals, all", *timeline_, &pb::TimelineService::Stub::ListReversals,
        [&] { return pb::ListReversalsRequest(); }, reversals);
    const auto contradictions = [](const pb::ListContradictionsResponse& r) { return r.contradictions_size(); };
    ask(
        "ListContradictions on a claim", *timeline_, &pb::TimelineService::Stub::ListContradictions,
        [&] {
          pb::ListContradictionsRequest request;
          request.mutable_filter()->add_claims(claim());
          request.set_window_days(365);
          return request;
        },
        contradictions);
    ask(
        "ListContradictions of a holder and all others", *timeline_, &pb::TimelineService::Stub::ListContradictions,
        [&] {
          pb::ListContradictionsRequest request;
          request.mutable_filter()->add_holders(speaker());
          request.set_between_holders(true);
          return request;
        },
        contradictions);
    ask(
        "GetFirsts of a claim", *timeline_, &pb::TimelineService::Stub::GetFirsts,
        [&] {
          pb::GetFirstsRequest request;
          request.set_claim(claim());
          return request;
        },
        [](const pb::GetFirstsResponse& r) { return r.stances_size(); });
    ask(
        "GetFirsts of a word", *timeline_, &pb::TimelineService::Stub::GetFirsts,
        [&] {
          pb::GetFirstsRequest request;
          request.set_words(Word(draw_.word(draw_.random)));
          return request;
        },
        [](const pb::GetFirstsResponse& r) { return r.quotes_size(); });
    const auto outlets = [](const pb::CompareOutletsResponse& r) { return r.outlets_size(); };
    ask(
        "CompareOutlets on a claim", *timeline_, &pb::TimelineService::Stub::CompareOutlets,
        [&] {
          pb::CompareOutletsRequest request;
          request.set_claim(claim());
          return request;
        },
        outlets);
    ask(
        "CompareOutlets on a topic in a year", *timeline_, &pb::TimelineService::Stub::CompareOutlets,
        [&] {
          pb::CompareOutletsRequest request;
          request.set_topic(topic());
          request.mutable_published()->mutable_from()->set_year(2000);
          request.mutable_published()->mutable_to()->set_year(2000);
          return request;
        },
        outlets);
    ask(
        "GetTimeline of a claim by position", *timeline_, &pb::TimelineService::Stub::GetTimeline,
        [&] {
          pb::GetTimelineRequest request;
          request.mutable_filter()->add_claims(claim());
          request.set_group(pb::TIMELINE_GROUP_POSITION);
          request.set_granularity(pb::GRANULARITY_YEAR);
          return request;
        },
        [](const pb::GetTimelineResponse& r) { return r.series_size(); });
    ask(
        "ListQuotes that are evidence on a claim", *quotes_, &pb::QuoteService::Stub::ListQuotes,
        [&] {
          pb::ListQuotesRequest request;
          request.mutable_filter()->add_claims(claim());
          return request;
        },
        [](const pb::ListQuotesResponse& r) { return r.quotes_size(); });
    ask(
        "ListQuotes of a speaker", *quotes_, &pb::QuoteService::Stub::ListQuotes,
        [&] {
          pb::ListQuotesRequest request;
          request.mutable_filter()->add_speakers(speaker());
          return request;
        },
        [](const pb::ListQuotesResponse& r) { return r.quotes_size(); });
    ask(
        "ListReviews of a claim", *claims_, &pb::ClaimService::Stub::ListReviews,
        [&] {
          pb::ListReviewsRequest request;
          request.set_claim(claim());
          return request;
        },
        [](const pb::ListReviewsResponse& r) { return r.reviews_size(); });
  }
}

}  // namespace
}  // namespace onrecord

// claims_bench ADDRESS ROWS STANCES SAMPLES; with 0 rows nothing is loaded.
int main(int argc, char** argv) {
  if (argc != 5) {
    std::fprintf(stderr, "usage: claims_bench ADDRESS ROWS STANCES SAMPLES\n");
    return 2;
  }
  onrecord::Bench bench(argv[1]);
  if (const int rows = std::atoi(argv[2]); rows > 0) bench.Load(rows, std::atoi(argv[3]));
  if (const int samples = std::atoi(argv[4]); samples > 0) bench.Ask(samples);
}
