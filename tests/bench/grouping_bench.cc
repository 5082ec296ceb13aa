// How well quotes are grouped into utterances, and how fast. Loads through ImportQuotes, each with its speaker and
// date: quotes of a corpus (changed_quotes.h, the half that no rule was adjusted on), those of one article to different
// speakers, since a headline repeats what its article quotes, and those of five articles to the same; of each a changed
// copy, said the same day, the next, or not later than it; the quote of another article that shares most words with it,
// by the same speaker on the same day; and the quote itself three years later. Waits for matching, asks for the
// utterance of each, and prints which belong together and do, and which do and do not belong together.
//
//   grouping_bench ADDRESS FILE tune|test [--show]    quality; --show: what was missed and what is wrong, on standard
//   error grouping_bench ADDRESS --speed N                  how many of N made-up quotes are matched a second
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <set>
#include <thread>

#include "absl/time/civil_time.h"
#include "onrecord/v1/imports.grpc.pb.h"
#include "onrecord/v1/utterances.grpc.pb.h"
#include "tests/bench/changed_quotes.h"

namespace onrecord::bench {
namespace {

namespace pb = ::onrecord::v1;
using Clock = std::chrono::steady_clock;

constexpr int kBatch = 500;
constexpr std::size_t kArticlesOfSpeaker = 5;
constexpr std::size_t kMostOfArticle = 10000;

[[noreturn]] void Fail(const std::string& what, const grpc::Status& status) {
  std::cerr << "grouping_bench: " << what << ": " << status.error_message() << "\n";
  std::exit(1);
}

std::string Shifted(const std::string& date, int days, int years) {
  absl::CivilDay day;
  if (!absl::ParseCivilTime(date, &day)) std::exit(1);
  return absl::FormatCivilTime(absl::CivilDay(day.year() + years, day.month(), day.day()) + days);
}

// Quotes' names, in the order of the records.
std::vector<std::string> Load(pb::ImportService::Stub& imports, const std::vector<pb::ImportRecord>& records) {
  grpc::ClientContext context;
  const auto stream = imports.ImportQuotes(&context);
  pb::ImportQuotesRequest start;
  start.mutable_start()->set_source("grouping bench");
  pb::ImportQuotesResponse response;
  std::vector<std::string> names;
  bool going = stream->Write(start) && stream->Read(&response);
  for (std::size_t at = 0; going && at < records.size(); at += kBatch) {
    pb::ImportQuotesRequest request;
    request.mutable_batch()->set_first_sequence(static_cast<std::int64_t>(at) + 1);
    for (std::size_t i = at; i < std::min(records.size(), at + kBatch); ++i) {
      *request.mutable_batch()->add_records() = records[i];
    }
    going = stream->Write(request) && stream->Read(&response);
    for (const pb::RecordResult& result : response.batch().results()) {
      names.push_back(result.quote());
      if (result.quote().empty()) std::cerr << "left out: " << result.message() << "\n";
    }
  }
  pb::ImportQuotesRequest finish;
  finish.mutable_finish();
  if (going) going = stream->Write(finish) && stream->Read(&response);
  stream->WritesDone();
  const grpc::Status status = stream->Finish();
  if (!going || !status.ok()) Fail("importing", status);
  return names;
}

std::int64_t Pending(pb::UtteranceService::Stub& utterances) {
  grpc::ClientContext context;
  pb::GetMatchingStateResponse state;
  const grpc::Status status = utterances.GetMatchingState(&context, {}, &state);
  if (!status.ok()) Fail("GetMatchingState", status);
  return state.pending_count();
}

void WaitForMatching(pb::UtteranceService::Stub& utterances) {
  while (Pending(utterances) > 0) std::this_thread::sleep_for(std::chrono::milliseconds(20));
}

// A record with what is known of it.
struct Entry {
  std::size_t utterance;  // that it belongs to
  std::string text;
  const Change* change = nullptr;  // of a changed copy
  std::size_t original = 0;        // its place
};

struct Corpus {
  std::vector<pb::ImportRecord> records;
  std::vector<Entry> entries;
  std::size_t utterances = 0;

  std::size_t Add(const std::string& text, std::size_t speaker, const std::string& said, std::size_t utterance) {
    pb::ImportRecord& record = records.emplace_back();
    record.set_text(text);
    record.set_speaker("Speaker " + std::to_string(speaker));
    record.set_said(said);
    entries.push_back({utterance, text});
    return entries.size() - 1;
  }
};

Corpus MakeCorpus(const std::vector<Quote>& quotes) {
  const QuotesByWord by_word = IndexByWord(quotes);
  Corpus corpus;
  std::mt19937 random(2016);
  std::size_t article = 0;
  std::size_t of_article = 0;
  for (std::size_t i = 0; i < quotes.size(); ++i) {
    const Quote& quote = quotes[i];
    if (i > 0 && quote.article != quotes[i - 1].article) {
      ++article;
      of_article = 0;
    }
    const std::size_t speaker = article / kArticlesOfSpeaker * kMostOfArticle + of_article++;
    const std::size_t original = corpus.Add(quote.text, speaker, quote.date, corpus.utterances++);
    const Change& change = kChanges[i % std::size(kChanges)];
    const std::string changed = change.make(quote.text, random);
    if (changed != quote.text) {
      const std::string dates[] = {quote.date, Shifted(quote.date, 1, 0), "../" + Shifted(quote.date, 3, 0)};
      const std::size_t copy =
          corpus.Add(changed, speaker, dates[i / std::size(kChanges) % 3], corpus.entries[original].utterance);
      corpus.entries[copy].change = &change;
      corpus.entries[copy].original = original;
    }
    if (const Quote* other = HardestOther(quote, wordings::Wording(quote.text), quotes, by_word)) {
      corpus.Add(other->text, speaker, quote.date, corpus.utterances++);
    }
    corpus.Add(quote.text, speaker, Shifted(quote.date, 0, 3), corpus.utterances++);
  }
  return corpus;
}

pb::Utterance GetUtterance(pb::UtteranceService::Stub& utterances, const std::string& name) {
  grpc::ClientContext context;
  pb::GetUtteranceRequest request;
  request.set_name(name);
  pb::GetUtteranceResponse response;
  const grpc::Status status = utterances.GetUtterance(&context, request, &response);
  if (!status.ok()) Fail("GetUtterance", status);
  return response.utterance();
}

// Whether the changed copy shows that its negation was dropped.
bool IsFlagged(const pb::Utterance& utterance, const std::string& quote) {
  for (const pb::UtteranceMember& member : utterance.members()) {
    if (member.quote().name() != quote) continue;
    const auto& flags = member.comparison().flags();
    return member.comparison().relation() == pb::WORDING_RELATION_POLARITY_FLIP &&
           std::find(flags.begin(), flags.end(), pb::WORDING_FLAG_NEGATION_DROPPED) != flags.end();
  }
  return false;
}

// Another printing of the same: one stands in the other.
bool StandsIn(const std::string& a, const std::string& b) {
  return wordings::Compare(wordings::Wording(a), wordings::Wording(b)).containment() > 0.9;
}

struct Count {
  int pairs = 0;
  int found = 0;
  int flagged = 0;
};

void MeasureQuality(pb::ImportService::Stub& imports, pb::UtteranceService::Stub& utterances, const std::string& path,
                    const std::string& half, bool show) {
  const Corpus corpus = MakeCorpus(ReadQuotes(path, half));
  const std::vector<std::string> names = Load(imports, corpus.records);
  WaitForMatching(utterances);
  std::vector<pb::Utterance> grouped;
  std::map<std::string, std::vector<std::size_t>> groups;
  for (std::size_t i = 0; i < names.size(); ++i) {
    grouped.emplace_back();
    if (names[i].empty()) continue;
    grouped.back() = GetUtterance(utterances, names[i]);
    groups[grouped.back().name()].push_back(i);
  }
  std::map<std::string, Count> counts;
  Count all;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const Entry& entry = corpus.entries[i];
    if (entry.change == nullptr || names[i].empty() || names[entry.original].empty()) continue;
    const bool found = grouped[i].name() == grouped[entry.original].name();
    Count& count = counts[entry.change->name];
    ++count.pairs, ++all.pairs;
    count.found += found, all.found += found;
    if (show && !found) {
      std::cerr << "missed, " << entry.change->name << ", " << corpus.records[i].said() << "\n  " << entry.text
                << "\n  " << corpus.entries[entry.original].text << "\n";
    }
    count.flagged += IsFlagged(grouped[i], names[i]);
  }
  int right = 0;
  int wrong = 0;
  for (const auto& [name, members] : groups) {
    for (std::size_t i = 0; i < members.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        const Entry& a = corpus.entries[members[i]];
        const Entry& b = corpus.entries[members[j]];
        if (a.utterance == b.utterance) {
          ++right;
        } else if (names[members[i]] != names[members[j]] && !StandsIn(a.text, b.text)) {
          ++wrong;
          if (show) std::cerr << "wrong\n  " << a.text << "\n  " << b.text << "\n";
        }
      }
    }
  }
  std::cout << names.size() << " quotes, " << all.pairs << " pairs\n\n"
            << "| changed how | pairs | grouped | flagged as dropped negation |\n|---|---|---|---|\n";
  for (const auto& [name, count] : counts) {
    std::printf("| %s | %d | %.3f | %.3f |\n", name.c_str(), count.pairs, double(count.found) / count.pairs,
                double(count.flagged) / count.pairs);
  }
  std::printf("recall %.4f\nprecision %.4f (%d right, %d wrong pairs)\n", double(all.found) / all.pairs,
              double(right) / (right + wrong), right, wrong);
}

// Sentences of 8 to 30 words out of 20,000, the k-th as often as 1/k; every tenth quote is a shorter printing of the
// one before.
std::vector<pb::ImportRecord> MakeUp(int count) {
  std::mt19937 random(2007);
  std::vector<double> weights;
  for (int k = 1; k <= 20000; ++k) weights.push_back(1.0 / k);
  std::discrete_distribution<int> word(weights.begin(), weights.end());
  std::vector<double> shares;
  for (int k = 1; k <= 5000; ++k) shares.push_back(1.0 / k);
  std::discrete_distribution<int> speaker(shares.begin(), shares.end());
  std::vector<pb::ImportRecord> records;
  for (int i = 0; i < count; ++i) {
    pb::ImportRecord record;
    if (i % 10 == 9) {
      record = records.back();
      record.set_text(record.text().substr(0, record.text().rfind(' ')));
    } else {
      std::string text;
      for (std::size_t n = 8 + Below(random, 23); n > 0; --n) {
        int rest = word(random) + 27;
        for (; rest > 0; rest /= 26) text += static_cast<char>('a' + rest % 26);
        text += n > 1 ? "e " : "e";
      }
      record.set_text(text);
      record.set_speaker("Speaker " + std::to_string(speaker(random)));
      record.set_said(absl::FormatCivilTime(absl::CivilDay(1990, 1, 1) + static_cast<int>(Below(random, 12000))));
    }
    records.push_back(std::move(record));
  }
  return records;
}

void MeasureSpeed(pb::ImportService::Stub& imports, pb::UtteranceService::Stub& utterances, int count) {
  const std::vector<pb::ImportRecord> records = MakeUp(count);
  const auto seconds = [begin = Clock::now()] { return std::chrono::duration<double>(Clock::now() - begin).count(); };
  Load(imports, records);
  const double loaded = seconds();
  const std::int64_t left = Pending(utterances);
  WaitForMatching(utterances);
  const double done = seconds();
  std::printf("%d quotes: imported in %.1f s, matched %.1f s later; %.0f matched a second over all\n", count, loaded,
              done - loaded, count / done);
  if (left < 100000) {
    std::printf("%.0f a second while nothing was imported\n", double(left) / (done - loaded));
  }
}

int Run(const std::vector<std::string>& arguments) {
  const auto channel = grpc::CreateChannel(arguments[0], grpc::InsecureChannelCredentials());
  const auto imports = pb::ImportService::NewStub(channel);
  const auto utterances = pb::UtteranceService::NewStub(channel);
  if (arguments[1] == "--speed") {
    MeasureSpeed(*imports, *utterances, std::atoi(arguments[2].c_str()));
  } else {
    MeasureQuality(*imports, *utterances, arguments[1], arguments[2], arguments.size() > 3);
  }
  return 0;
}

}  // namespace
}  // namespace onrecord::bench

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() < 3 || arguments.size() > 4 || (arguments.size() == 4 && arguments[3] != "--show")) {
    std::cerr << "usage: grouping_bench ADDRESS FILE tune|test [--show] | ADDRESS --speed N\n";
    return 2;
  }
  return onrecord::bench::Run(arguments);
}
