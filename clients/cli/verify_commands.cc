// similar, verify: whether and where words are on the record.
#include <atomic>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "clients/cli/calls.h"
#include "clients/cli/commands.h"
#include "clients/cli/input.h"
#include "clients/cli/lookup.h"
#include "clients/cli/options.h"
#include "clients/cli/quotations.h"
#include "clients/cli/table.h"
#include "clients/cli/wording_view.h"

namespace onrecord::cli {
namespace {

constexpr int kShown = 3;
constexpr int kMostInOneCall = 500;
constexpr std::size_t kMostArticleBytes = 16 << 20;

// Whose words are looked for, and when they were said.
struct ScopeOptions {
  std::string speaker;
  std::string said;

  void AddTo(CLI::App& command) {
    command.add_option("--speaker", speaker, "Of somebody: a name, or speakers/ID");
    command.add_option("--said", said, "Said on a date or in an interval");
  }
  template <typename Request>
  void Narrow(Context& context, Request& request) const {
    if (!speaker.empty()) request.set_speaker(FindSpeaker(context, speaker));
    if (!said.empty()) *request.mutable_said() = TypedInterval(context, "--said", said);
  }
};

struct SimilarOptions {
  ScopeOptions scope;
  std::string text;
  int limit = 20;
};

struct VerifyOptions {
  ScopeOptions scope;
  std::string text;
  std::string file;
  int ellipsis_words = 10;
};

void RunSimilar(Context& context, const SimilarOptions& options) {
  pb::FindSimilarQuotesRequest request;
  request.set_text(options.text);
  options.scope.Narrow(context, request);
  request.set_limit(options.limit);
  const auto response = Read(context, context.Utterances(), &pb::UtteranceService::Stub::FindSimilarQuotes, request);
  if (context.json) {
    std::cout << ToJson(response);
    return;
  }
  if (response.quotes().empty()) std::cerr << "Nothing on the record resembles it.\n";
  for (const pb::SimilarQuote& similar : response.quotes()) {
    std::cout << SimilarInFull(similar, TerminalWidth(), context.UseColor());
  }
}

pb::VerifyQuoteRequest RequestFor(Context& context, const VerifyOptions& options) {
  pb::VerifyQuoteRequest request;
  options.scope.Narrow(context, request);
  request.set_ellipsis_words(options.ellipsis_words);
  return request;
}

bool IsBorneOut(pb::QuoteVerdict verdict) {
  return verdict == pb::QUOTE_VERDICT_AUTHENTIC || verdict == pb::QUOTE_VERDICT_FRAGMENT;
}

void ShowAnswer(const Context& context, const pb::VerifyQuoteResponse& response) {
  if (response.verdict() == pb::QUOTE_VERDICT_NOT_FOUND && !response.quotes().empty()) {
    std::cout << "  What comes closest:\n";
  }
  for (int i = 0; i < std::min(response.quotes_size(), kShown); ++i) {
    std::cout << SimilarInFull(response.quotes(i), TerminalWidth(), context.UseColor());
  }
}

void VerifyText(Context& context, const VerifyOptions& options) {
  pb::VerifyQuoteRequest request = RequestFor(context, options);
  request.set_text(options.text);
  const auto response = Read(context, context.Utterances(), &pb::UtteranceService::Stub::VerifyQuote, request);
  if (context.json) {
    std::cout << ToJson(response);
  } else {
    std::cout << VerdictText(response.verdict(), context.UseColor()) << '\n';
    ShowAnswer(context, response);
  }
  if (!IsBorneOut(response.verdict())) throw Exit{kExitSomeRecords};
}

std::string ReadArticle(const Context& context, const std::string& path) {
  const std::atomic<bool> interrupted = false;
  ByteInput input(path, interrupted);
  std::string text;
  if (!input.error().empty()) context.Fail(kExitInput, input.error());
  ReadState state = ReadState::kData;
  while (state == ReadState::kData && text.size() <= kMostArticleBytes) state = input.Read(text);
  if (state == ReadState::kFailed) context.Fail(kExitInput, input.error());
  if (text.size() > kMostArticleBytes) {
    context.Fail(kExitInput, absl::StrCat(path, " is larger than 16 MiB: no article."));
  }
  if (!IsValidUtf8(text)) {
    context.Fail(kExitInput, absl::StrCat(path, " is not UTF-8; convert it, e.g. with iconv -f WINDOWS-1252 -t UTF-8"));
  }
  return text;
}

// The answers to all quotations, in their order.
std::vector<pb::VerifyQuoteResponse> VerifyAll(Context& context, const pb::VerifyQuoteRequest& shared,
                                               const std::vector<Quotation>& quotations) {
  std::vector<pb::VerifyQuoteResponse> answers;
  while (answers.size() < quotations.size()) {
    pb::BatchVerifyQuotesRequest request;
    for (std::size_t i = answers.size(); i < quotations.size() && request.requests_size() < kMostInOneCall; ++i) {
      pb::VerifyQuoteRequest& one = *request.add_requests();
      one = shared;
      one.set_text(quotations[i].text);
    }
    grpc::ClientContext call;
    context.Prepare(call);
    const auto stub = context.Utterances();
    const auto stream = stub->BatchVerifyQuotes(&call, request);
    for (pb::BatchVerifyQuotesResponse answer; stream->Read(&answer);) {
      answers.push_back(std::move(*answer.mutable_response()));
    }
    context.Check(stream->Finish());
  }
  return answers;
}

// Text that others wrote, line by line, without what would control the terminal.
std::string CleanLines(absl::string_view text) {
  return absl::StrJoin(absl::StrSplit(text, '\n'), "\n",
                       [](std::string* out, absl::string_view line) { absl::StrAppend(out, Clean(line)); });
}

// The article with a number and a verdict behind each quotation.
void PrintMarked(absl::string_view article, const std::vector<Quotation>& quotations,
                 const std::vector<pb::VerifyQuoteResponse>& answers, bool color) {
  std::size_t at = 0;
  for (std::size_t i = 0; i < quotations.size(); ++i) {
    const pb::QuoteVerdict verdict = answers[i].verdict();
    std::cout << CleanLines(article.substr(at, quotations[i].begin - at))
              << Paint(Clean(quotations[i].text), StyleOf(verdict), color)
              << Paint(absl::StrCat(" [", i + 1, ": "), kBold, color) << VerdictText(verdict, color)
              << Paint("]", kBold, color);
    at = quotations[i].end;
  }
  std::cout << CleanLines(article.substr(at)) << (absl::EndsWith(article, "\n") ? "" : "\n");
}

void VerifyArticle(Context& context, const VerifyOptions& options) {
  const std::string article = ReadArticle(context, options.file);
  const std::vector<Quotation> quotations = FindQuotations(article);
  const std::vector<pb::VerifyQuoteResponse> answers = VerifyAll(context, RequestFor(context, options), quotations);
  int borne_out = 0;
  for (const auto& answer : answers) borne_out += IsBorneOut(answer.verdict()) ? 1 : 0;
  if (context.json) {
    pb::BatchVerifyQuotesResponse one;
    for (std::size_t i = 0; i < answers.size(); ++i) {
      one.set_index(static_cast<int>(i));
      *one.mutable_response() = answers[i];
      std::cout << ToJson(one, /*compact=*/true);
    }
  } else {
    const bool color = context.UseColor();
    PrintMarked(article, quotations, answers, color);
    for (std::size_t i = 0; i < answers.size(); ++i) {
      std::cout << '\n'
                << Paint(absl::StrCat(i + 1, "  line ", quotations[i].line, "  "), kBold, color)
                << VerdictText(answers[i].verdict(), color)
                << (quotations[i].mark_missing ? "  (a mark is missing)" : "") << "\n";
      ShowAnswer(context, answers[i]);
    }
    std::cout << '\n' << answers.size() << " quotations, " << borne_out << " on the record word for word\n";
  }
  if (borne_out < static_cast<int>(answers.size())) throw Exit{kExitSomeRecords};
}

void RunVerify(Context& context, const VerifyOptions& options) {
  if (options.text.empty() == options.file.empty()) {
    context.Fail(kExitUsage, "Give either a TEXT or an article with --file.");
  }
  options.file.empty() ? VerifyText(context, options) : VerifyArticle(context, options);
}

}  // namespace

void AddVerifyCommands(CLI::App& app, Context& context) {
  CLI::App* similar = app.add_subcommand("similar", "Find quotes that resemble words, contain them or stand in them");
  auto find = std::make_shared<SimilarOptions>();
  similar->add_option("TEXT", find->text, "The words")->required();
  find->scope.AddTo(*similar);
  similar->add_option("--limit", find->limit, "How many at most")->check(CLI::Range(1, 100))->capture_default_str();
  AddExample(*similar, "onrecord similar \"the state of our union is strong\" --said 1980..");
  similar->callback([&context, find] { RunSimilar(context, *find); });

  CLI::App* verify = app.add_subcommand(
      "verify", "Say whether words are on the record, or each quotation of an article; ends with 1 when some are not");
  auto options = std::make_shared<VerifyOptions>();
  verify->add_option("TEXT", options->text, "The words");
  verify->add_option("--file", options->file, "An article as plain text; - reads standard input");
  options->scope.AddTo(*verify);
  verify->add_option("--ellipsis-words", options->ellipsis_words, "How many words an ellipsis may hide without remark")
      ->check(CLI::Range(1, 10000))
      ->capture_default_str();
  AddExample(*verify, "onrecord verify --file article.txt");
  verify->callback([&context, options] { RunVerify(context, *options); });
}

}  // namespace onrecord::cli
