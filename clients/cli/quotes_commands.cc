// quotes, show, history: what is recorded.
#include <algorithm>
#include <cstdint>
#include <iostream>
#include <memory>

#include "clients/cli/as_of.h"
#include "clients/cli/calls.h"
#include "clients/cli/commands.h"
#include "clients/cli/enums.h"
#include "clients/cli/lookup.h"
#include "clients/cli/quote_view.h"
#include "clients/cli/table.h"

namespace onrecord::cli {
namespace {

constexpr std::int64_t kLargestPage = 1000;

struct ListOptions {
  FilterOptions filter;
  std::string order;
  std::int64_t limit = 20;
  bool count = false;
};

void CountQuotes(Context& context, const pb::QuoteFilter& filter) {
  pb::CountQuotesRequest request;
  *request.mutable_filter() = filter;
  const auto response = Read(context, context.Quotes(), &pb::QuoteService::Stub::CountQuotes, request);
  if (context.json) {
    std::cout << ToJson(response);
  } else {
    std::cout << (response.exact() ? "" : "at least ") << response.count() << '\n';
  }
}

// Calls `page` with each page until `limit` quotes (0: all) were listed; returns whether more match.
template <typename Page>
bool ListPages(Context& context, pb::ListQuotesRequest request, std::int64_t limit, Page page) {
  const auto stub = context.Quotes();
  std::int64_t left = limit;
  while (true) {
    request.set_page_size(static_cast<int>(limit == 0 ? kLargestPage : std::min(left, kLargestPage)));
    const auto response = Read(context, stub, &pb::QuoteService::Stub::ListQuotes, request);
    page(response);
    left -= response.quotes_size();
    if (response.next_page_token().empty()) return false;
    if (limit != 0 && left <= 0) return true;
    request.set_page_token(response.next_page_token());
  }
}

void ListAsJson(Context& context, const pb::ListQuotesRequest& request, std::int64_t limit) {
  pb::ListQuotesResponse merged;
  ListPages(context, request, limit, [&](const pb::ListQuotesResponse& page) {
    merged.mutable_quotes()->MergeFrom(page.quotes());
    merged.set_next_page_token(page.next_page_token());
  });
  std::cout << ToJson(merged);
}

void ListAsTable(Context& context, const pb::ListQuotesRequest& request, std::int64_t limit) {
  std::int64_t shown = 0;
  const int width = TerminalWidth();
  const bool color = context.UseColor();
  const bool more = ListPages(context, request, limit, [&](const pb::ListQuotesResponse& page) {
    if (!page.quotes().empty()) std::cout << QuoteRows(page.quotes(), width, shown == 0, color);
    shown += page.quotes_size();
  });
  std::cout.flush();
  if (shown == 0) std::cerr << "No quotes match.\n";
  if (more) std::cerr << "The first " << shown << "; there are more. --limit 0 lists all, --count counts them.\n";
}

void RunQuotes(Context& context, const ListOptions& options) {
  pb::ListQuotesRequest request;
  *request.mutable_filter() = options.filter.Resolve(context);
  request.set_order(ValueOf<pb::QuoteOrder>(options.order));
  if (options.count) {
    CountQuotes(context, request.filter());
  } else if (context.json) {
    ListAsJson(context, request, options.limit);
  } else {
    ListAsTable(context, request, options.limit);
  }
}

void RunShowQuote(Context& context, const std::string& name) {
  pb::GetQuoteRequest request;
  request.set_name(QuoteName(name));
  const auto response = Read(context, context.Quotes(), &pb::QuoteService::Stub::GetQuote, request);
  std::cout << (context.json ? ToJson(response) : QuoteInFull(response.quote(), TerminalWidth(), context.UseColor()));
}

// The records that its appearances came from.
void RunShowRaw(Context& context, const std::string& name) {
  pb::ListRawRecordsRequest request;
  request.set_quote(QuoteName(name));
  pb::ListRawRecordsResponse all;
  do {
    const auto page = Read(context, context.Imports(), &pb::ImportService::Stub::ListRawRecords, request);
    all.mutable_raw_records()->MergeFrom(page.raw_records());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  if (context.json) {
    std::cout << ToJson(all);
    return;
  }
  if (all.raw_records().empty()) std::cerr << "No raw records are kept of it.\n";
  for (const pb::RawRecord& record : all.raw_records()) std::cout << RawRecordInFull(record, context.UseColor());
}

void RunHistory(Context& context, const std::string& name) {
  pb::ListQuoteRevisionsRequest request;
  request.set_name(QuoteName(name));
  pb::ListQuoteRevisionsResponse all;
  do {
    const auto page = Read(context, context.Quotes(), &pb::QuoteService::Stub::ListQuoteRevisions, request);
    all.mutable_revisions()->MergeFrom(page.revisions());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  std::cout << (context.json ? ToJson(all) : QuoteHistory(all.revisions(), TerminalWidth(), context.UseColor()));
}

}  // namespace

void AddQuotesCommands(CLI::App& app, Context& context) {
  CLI::App* quotes = app.add_subcommand("quotes", "List the quotes that match a filter");
  auto options = std::make_shared<ListOptions>();
  options->filter.AddTo(*quotes);
  AddAsOf(*quotes, context);
  quotes->add_option("--order", options->order, "Newest unless given")->check(EnumCheck<pb::QuoteOrder>());
  quotes->add_option("--limit", options->limit, "How many at most; 0: all")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  quotes->add_flag("--count", options->count, "Only say how many match");
  quotes->callback([&context, options] { RunQuotes(context, *options); });

  auto name = std::make_shared<std::string>();
  CLI::App* show = app.add_subcommand("show", "Show everything about one quote");
  show->add_option("QUOTE", *name, "quotes/ID")->required();
  AddAsOf(*show, context);
  auto raw = std::make_shared<bool>(false);
  show->add_flag("--raw", *raw, "The records that its appearances were imported from, as their sources have them");
  show->callback([&context, name, raw] { *raw ? RunShowRaw(context, *name) : RunShowQuote(context, *name); });

  CLI::App* history = app.add_subcommand("history", "Show every state that a quote has had");
  history->add_option("QUOTE", *name, "quotes/ID")->required();
  history->callback([&context, name] { RunHistory(context, *name); });
}

}  // namespace onrecord::cli
