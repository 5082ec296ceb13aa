// articles: list, show, history, add, edit, merge, link, unlink, links. Publications and how they rest on each other.
#include <iostream>
#include <memory>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "clients/cli/as_of.h"
#include "clients/cli/commands.h"
#include "clients/cli/dates.h"
#include "clients/cli/enums.h"
#include "clients/cli/lookup.h"
#include "clients/cli/name_commands.h"
#include "clients/cli/options.h"
#include "clients/cli/sheet.h"
#include "clients/cli/table.h"

namespace onrecord::cli {
namespace {

constexpr const char* kArticle = "articles/ID, also without \"articles/\"";

struct ArticleFlags {
  std::string target, other, kind;
  std::string url, headline, byline, dateline, outlet, published, language, note, reason, etag;
  std::vector<std::string> kinds;
  int limit = 50;
};

struct ArticleList {
  std::string query, outlet, published;
  bool stubs = false;
  int limit = 50;
};

std::string ArticleName(const std::string& typed) {
  return absl::StrContains(typed, '/') ? typed : absl::StrCat("articles/", typed);
}

std::string TitleOf(const pb::Article& article) {
  if (!article.headline().empty()) return Clean(article.headline());
  if (!article.url().empty()) return Clean(article.url());
  return article.stub() ? "(known from a credit only)" : "(no headline)";
}

void Print(const Context& context, const pb::Article& article) {
  Sheet sheet(TerminalWidth(), context.UseColor());
  sheet.Title(article.name());
  sheet.Line("headline", TitleOf(article));
  sheet.Line("outlet", article.outlet().empty()
                           ? ""
                           : absl::StrCat(Clean(article.outlet_display_name()), " (", article.outlet(), ")"));
  sheet.Line("url", article.url());
  sheet.Line("byline", article.byline());
  sheet.Line("dateline", article.dateline());
  sheet.Line("published", DateInFull(article.published()));
  sheet.Line("language", article.language());
  sheet.Line("note", article.note());
  for (const std::string& name : article.former_names()) sheet.Line("formerly", name);
  sheet.Recorded(article);
  std::cout << sheet.Take();
}

template <typename Response>
void PrintArticleResponse(const Context& context, const Response& response) {
  if (context.json) {
    std::cout << ToJson(response);
  } else {
    Print(context, response.article());
  }
}

void PrintLink(const Context& context, const pb::ArticleLink& link) {
  std::cout << link.article() << "  " << Paint(WordsOf(link.kind()), kBold, context.UseColor()) << "  " << link.other()
            << '\n';
}

// What was given, onto the article, with the names of the fields.
void Apply(Context& context, const CLI::App& command, const ArticleFlags& flags, pb::Article& article,
           google::protobuf::FieldMask& mask) {
  const auto set = [&](const char* option, const std::string& value, std::string* field) {
    if (!Given(command, option)) return;
    *field = value;
    mask.add_paths(option + 2);
  };
  set("--url", flags.url, article.mutable_url());
  set("--headline", flags.headline, article.mutable_headline());
  set("--byline", flags.byline, article.mutable_byline());
  set("--dateline", flags.dateline, article.mutable_dateline());
  set("--language", flags.language, article.mutable_language());
  set("--note", flags.note, article.mutable_note());
  if (Given(command, "--published")) {
    *article.mutable_published() = TypedDate(context, "--published", flags.published);
    mask.add_paths("published");
  }
  if (!Given(command, "--outlet")) return;
  if (!flags.outlet.empty()) article.set_outlet(FindOutlet(context, flags.outlet));
  mask.add_paths("outlet");
}

void RunListArticles(Context& context, const ArticleList& list) {
  pb::ListArticlesRequest request;
  request.set_query(list.query);
  request.set_stubs(list.stubs);
  if (!list.outlet.empty()) request.set_outlet(FindOutlet(context, list.outlet));
  if (!list.published.empty()) *request.mutable_published() = TypedInterval(context, "--in", list.published);
  const auto response = ListAll(context, context.Articles(), &pb::ArticleService::Stub::ListArticles, request,
                                list.limit, [](auto& page) { return page.mutable_articles(); });
  if (context.json) {
    std::cout << ToJson(response);
    return;
  }
  Table table({{"PUBLISHED"}, {"OUTLET", 24}, {"HEADLINE", 48}, {"ARTICLE"}});
  for (const pb::Article& article : response.articles()) {
    table.Add(
        {FormatUncertain(article.published()), Clean(article.outlet_display_name()), TitleOf(article), article.name()});
  }
  if (table.empty()) {
    std::cerr << "No articles match.\n";
  } else {
    Print(table, context.UseColor());
  }
  TellOfMore(response.next_page_token());
}

void RunShowArticle(Context& context, const ArticleFlags& flags) {
  pb::GetArticleRequest request;
  request.set_name(ArticleName(flags.target));
  PrintArticleResponse(context, Read(context, context.Articles(), &pb::ArticleService::Stub::GetArticle, request));
}

void RunHistory(Context& context, const ArticleFlags& flags) {
  pb::ListArticleRevisionsRequest request;
  request.set_name(ArticleName(flags.target));
  const auto response = ListAll(context, context.Articles(), &pb::ArticleService::Stub::ListArticleRevisions, request,
                                flags.limit, [](auto& page) { return page.mutable_revisions(); });
  if (context.json) {
    std::cout << ToJson(response);
    return;
  }
  Table table({{"WHEN"}, {"WHO", 16}, {"VIA"}, {"REASON", 30}, {"PUBLISHED"}, {"HEADLINE", 40}});
  for (const pb::ArticleRevision& revision : response.revisions()) {
    table.Add({TimeText(revision.time()), Clean(revision.author()), revision.via(), Clean(revision.reason()),
               FormatUncertain(revision.article().published()), TitleOf(revision.article())});
  }
  Print(table, context.UseColor());
  TellOfMore(response.next_page_token());
}

void RunAddArticle(Context& context, const CLI::App& command, const ArticleFlags& flags) {
  pb::CreateArticleRequest request;
  google::protobuf::FieldMask unused;
  Apply(context, command, flags, *request.mutable_article(), unused);
  PrintArticleResponse(context, Change(context, context.Articles(), &pb::ArticleService::Stub::CreateArticle, request));
}

void RunEditArticle(Context& context, const CLI::App& command, const ArticleFlags& flags) {
  pb::UpdateArticleRequest request;
  Apply(context, command, flags, *request.mutable_article(), *request.mutable_update_mask());
  FinishEdit(context, flags.etag, flags.reason, *request.mutable_article(), request);
  request.mutable_article()->set_name(ArticleName(flags.target));
  PrintArticleResponse(context, Change(context, context.Articles(), &pb::ArticleService::Stub::UpdateArticle, request));
}

void RunMerge(Context& context, const ArticleFlags& flags) {
  pb::MergeArticlesRequest request;
  request.set_name(ArticleName(flags.target));
  request.set_into(ArticleName(flags.other));
  request.set_reason(flags.reason);
  const auto response = Change(context, context.Articles(), &pb::ArticleService::Stub::MergeArticles, request);
  if (context.json) {
    std::cout << ToJson(response);
  } else {
    std::cout << request.name() << " now leads to " << response.article().name() << "  " << TitleOf(response.article())
              << '\n';
  }
}

pb::ArticleLink LinkOf(const ArticleFlags& flags) {
  pb::ArticleLink link;
  link.set_article(ArticleName(flags.target));
  link.set_kind(ValueOf<pb::ArticleLinkKind>(flags.kind));
  link.set_other(ArticleName(flags.other));
  link.set_note(flags.note);
  return link;
}

void RunLink(Context& context, const ArticleFlags& flags) {
  pb::LinkArticlesRequest request;
  *request.mutable_link() = LinkOf(flags);
  const auto response = Change(context, context.Articles(), &pb::ArticleService::Stub::LinkArticles, request);
  if (context.json) {
    std::cout << ToJson(response);
  } else {
    PrintLink(context, response.link());
  }
}

void RunUnlink(Context& context, const ArticleFlags& flags) {
  pb::UnlinkArticlesRequest request;
  *request.mutable_link() = LinkOf(flags);
  request.set_reason(flags.reason);
  const auto response = Change(context, context.Articles(), &pb::ArticleService::Stub::UnlinkArticles, request);
  if (context.json) {
    std::cout << ToJson(response);
  } else {
    std::cout << request.link().article() << "  no longer " << WordsOf(request.link().kind()) << "  "
              << request.link().other() << '\n';
  }
}

void RunLinks(Context& context, const ArticleFlags& flags) {
  pb::ListArticleLinksRequest request;
  request.set_article(ArticleName(flags.target));
  for (const std::string& kind : flags.kinds) request.add_kinds(ValueOf<pb::ArticleLinkKind>(kind));
  const auto response = ListAll(context, context.Articles(), &pb::ArticleService::Stub::ListArticleLinks, request,
                                flags.limit, [](auto& page) { return page.mutable_links(); });
  if (context.json) {
    std::cout << ToJson(response);
    return;
  }
  Table table({{"ARTICLE", 40}, {"LINK"}, {"OTHER", 40}, {"NOTE", 24}, {"BY", 16}, {"NAMES"}});
  for (const pb::ArticleLink& link : response.links()) {
    table.Add({Clean(link.article_title()), WordsOf(link.kind()), Clean(link.other_title()), Clean(link.note()),
               Clean(link.author()), absl::StrCat(link.article(), " ", link.other())});
  }
  if (table.empty()) {
    std::cerr << request.article() << " has no links.\n";
  } else {
    Print(table, context.UseColor());
  }
  TellOfMore(response.next_page_token());
}

void AddFields(CLI::App& command, ArticleFlags& flags) {
  command.add_option("--url", flags.url, "Where it was published");
  command.add_option("--outlet", flags.outlet, "Who published it: a name, or outlets/ID");
  command.add_option("--headline", flags.headline, "The headline");
  command.add_option("--byline", flags.byline, "Who wrote it, as printed");
  command.add_option("--dateline", flags.dateline, "Place and date line, as printed");
  command.add_option("--published", flags.published, "When it was published");
  command.add_option("--language", flags.language, "BCP 47 tag: en");
  command.add_option("--note", flags.note, "A remark");
}

// ARTICLE, or with `pair` ARTICLE KIND OTHER.
CLI::App* AddOf(CLI::App& articles, const std::string& name, const std::string& what, ArticleFlags& flags,
                bool pair = false) {
  CLI::App* command = articles.add_subcommand(name, what);
  command->add_option("ARTICLE", flags.target, kArticle)->required();
  if (!pair) return command;
  command->add_option("KIND", flags.kind, "How it rests on OTHER")->required()->check(EnumCheck<pb::ArticleLinkKind>());
  command->add_option("OTHER", flags.other, kArticle)->required();
  return command;
}

void AddReads(CLI::App& articles, Context& context, const std::shared_ptr<ArticleFlags>& flags) {
  CLI::App* show = AddOf(articles, "show", "Show one article", *flags);
  AddAsOf(*show, context);
  show->callback([&context, flags] { RunShowArticle(context, *flags); });

  CLI::App* history = AddOf(articles, "history", "Show every state an article has had", *flags);
  AddLimit(*history, flags->limit);
  history->callback([&context, flags] { RunHistory(context, *flags); });

  CLI::App* links = AddOf(articles, "links", "List what an article rests on, and what rests on it", *flags);
  AddRepeatable(*links, "--kind", flags->kinds, "Of a kind")->check(EnumCheck<pb::ArticleLinkKind>());
  AddLimit(*links, flags->limit);
  AddAsOf(*links, context);
  links->callback([&context, flags] { RunLinks(context, *flags); });
}

void AddChanges(CLI::App& articles, Context& context, const std::shared_ptr<ArticleFlags>& flags) {
  CLI::App* add = articles.add_subcommand("add", "Add an article; without url and headline a stub");
  AddFields(*add, *flags);
  AddExample(*add, "onrecord articles add --outlet Izvestia --headline \"An interview\" --published 2007-11-21");
  add->callback([&context, add, flags] { RunAddArticle(context, *add, *flags); });

  CLI::App* edit = AddOf(articles, "edit", "Change an article; a stub is filled in where it stands", *flags);
  AddFields(*edit, *flags);
  edit->add_option("--reason", flags->reason, "Why, for the history");
  edit->add_option("--etag", flags->etag, "Refuse when somebody changed it since this etag was read");
  edit->callback([&context, edit, flags] { RunEditArticle(context, *edit, *flags); });

  CLI::App* merge = AddOf(articles, "merge", "Make a stub and the article that it turned out to be one", *flags);
  merge->add_option("--into", flags->other, absl::StrCat("The article: ", kArticle))->required();
  merge->add_option("--reason", flags->reason, "Why, for the history")->required();
  merge->callback([&context, flags] { RunMerge(context, *flags); });

  CLI::App* link = AddOf(articles, "link", "Record that an article rests on another", *flags, /*pair=*/true);
  link->add_option("--note", flags->note, "A remark");
  AddExample(*link, "onrecord articles link articles/ID reprints articles/ID");
  link->callback([&context, flags] { RunLink(context, *flags); });

  CLI::App* unlink = AddOf(articles, "unlink", "Take a link back", *flags, /*pair=*/true);
  unlink->add_option("--reason", flags->reason, "Why, for the history");
  unlink->callback([&context, flags] { RunUnlink(context, *flags); });
}

}  // namespace

void AddArticleCommands(CLI::App& app, Context& context) {
  CLI::App* articles = app.add_subcommand("articles", "List, show, add, edit, merge and link articles");
  articles->require_subcommand(0, 1);
  auto list = std::make_shared<ArticleList>();
  auto flags = std::make_shared<ArticleFlags>();
  articles->add_option("QUERY", list->query,
                       "Only those with these letters in a headline or url; articles/ID shows one");
  articles->add_option("--of", list->outlet, "Of an outlet: a name, or outlets/ID");
  articles->add_option("--in", list->published, "That may have been published then");
  articles->add_flag("--stubs", list->stubs, "Only those that are known from credits only");
  AddLimit(*articles, list->limit);
  AddAsOf(*articles, context);
  AddExample(*articles, "onrecord articles --of Izvestia --in 2007");
  articles->callback([&context, articles, list, flags] {
    if (!articles->get_subcommands().empty()) return;
    if (!list->query.starts_with("articles/")) return RunListArticles(context, *list);
    flags->target = list->query;
    RunShowArticle(context, *flags);
  });
  AddReads(*articles, context, flags);
  AddChanges(*articles, context, flags);
}

}  // namespace onrecord::cli
