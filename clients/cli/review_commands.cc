// review: add, list, show, edit, retract. Fact-checks of claims and quotes.
#include <iostream>
#include <memory>
#include <tuple>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
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

constexpr const char* kSubject = "A claim (a wording or its beginning, or claims/ID), or quotes/ID";

struct ReviewFlags {
  std::string target;  // the subject of a new one, or reviews/ID
  std::string reviewer, rating, verdict, url, title, reviewed, language, note, reason, etag;
  double value = 0;
  double best = 0;
  double worst = 0;
};

struct ReviewList {
  std::string subject;
  std::string reviewer;
  std::vector<std::string> verdicts;
  bool retracted = false;
  int limit = 50;
};

std::string ReviewerOf(const pb::Review& review) {
  return review.reviewer_display_name().empty() ? review.reviewer() : Clean(review.reviewer_display_name());
}

std::string SubjectOf(const pb::Review& review) { return review.claim().empty() ? review.quote() : review.claim(); }

void Print(const Context& context, const pb::Review& review) {
  Sheet sheet(TerminalWidth(), context.UseColor());
  sheet.Title(review.name());
  sheet.Line("of", SubjectOf(review));
  sheet.Line("reviewer", absl::StrCat(ReviewerOf(review), " (", review.reviewer(), ")"));
  sheet.Line("rating", review.rating_text());
  if (review.has_rating()) {
    sheet.Line("on the scale", absl::StrFormat("%g, where %g is best and %g worst", review.rating().value(),
                                               review.rating().best(), review.rating().worst()));
  }
  if (review.has_normalized()) sheet.Line("from 0 to 1", absl::StrFormat("%.2f", review.normalized()));
  sheet.Line("verdict", WordsOf(review.verdict()));
  sheet.Line("title", review.title());
  sheet.Line("url", review.url());
  sheet.Line("published", DateInFull(review.reviewed()));
  sheet.Line("language", review.language());
  sheet.Line("note", review.note());
  sheet.Line("retracted", review.retract_reason());
  sheet.Line("recorded", TimeText(review.update_time()));
  sheet.Line("etag", review.etag());
  std::cout << sheet.Take();
}

template <typename Response>
void PrintReviewResponse(const Context& context, const Response& response) {
  if (context.json) {
    std::cout << ToJson(response);
  } else {
    Print(context, response.review());
  }
}

// What was given, onto the review, with the names of the fields.
void Apply(const Context& context, const CLI::App& command, const ReviewFlags& flags, pb::Review* review,
           google::protobuf::FieldMask* mask) {
  const std::tuple<const char*, const char*, const std::string*> texts[] = {{"--rating", "rating_text", &flags.rating},
                                                                            {"--url", "url", &flags.url},
                                                                            {"--title", "title", &flags.title},
                                                                            {"--language", "language", &flags.language},
                                                                            {"--note", "note", &flags.note}};
  for (const auto& [option, field, value] : texts) {
    if (!Given(command, option)) continue;
    review->GetReflection()->SetString(review, review->GetDescriptor()->FindFieldByName(field), *value);
    mask->add_paths(field);
  }
  if (Given(command, "--verdict")) {
    review->set_verdict(ValueOf<pb::Verdict>(flags.verdict));
    mask->add_paths("verdict");
  }
  if (Given(command, "--reviewed")) {
    *review->mutable_reviewed() = TypedDate(context, "--reviewed", flags.reviewed);
    mask->add_paths("reviewed");
  }
  const bool value = Given(command, "--value");
  const bool best = Given(command, "--best");
  const bool worst = Given(command, "--worst");
  if (!value && !best && !worst) return;
  if (!review->has_rating() && !(value && best && worst)) {
    context.Fail(kExitUsage, "A rating on a scale needs all of --value, --best and --worst.");
  }
  if (value) review->mutable_rating()->set_value(flags.value);
  if (best) review->mutable_rating()->set_best(flags.best);
  if (worst) review->mutable_rating()->set_worst(flags.worst);
  mask->add_paths("rating");
}

void RunAddReview(Context& context, const CLI::App& command, const ReviewFlags& flags) {
  pb::CreateReviewRequest request;
  pb::Review& review = *request.mutable_review();
  google::protobuf::FieldMask unused;
  Apply(context, command, flags, &review, &unused);
  const std::string subject = FindClaimOrQuote(context, flags.target);
  if (absl::StartsWith(subject, "quotes/")) {
    review.set_quote(subject);
  } else {
    review.set_claim(subject);
  }
  review.set_reviewer(FindOutlet(context, flags.reviewer));
  PrintReviewResponse(context, Change(context, context.Claims(), &pb::ClaimService::Stub::CreateReview, request));
}

void RunEditReview(Context& context, const CLI::App& command, const ReviewFlags& flags) {
  pb::GetReviewRequest get;
  get.set_name(ReviewName(flags.target));
  pb::UpdateReviewRequest request;
  *request.mutable_review() = Read(context, context.Claims(), &pb::ClaimService::Stub::GetReview, get).review();
  Apply(context, command, flags, request.mutable_review(), request.mutable_update_mask());
  FinishEdit(context, flags.etag, flags.reason, *request.mutable_review(), request);
  PrintReviewResponse(context, Change(context, context.Claims(), &pb::ClaimService::Stub::UpdateReview, request));
}

void RunRetract(Context& context, const ReviewFlags& flags) {
  pb::RetractReviewRequest request;
  request.set_name(ReviewName(flags.target));
  request.set_reason(flags.reason);
  request.set_etag(flags.etag);
  PrintReviewResponse(context, Change(context, context.Claims(), &pb::ClaimService::Stub::RetractReview, request));
}

void RunShowReview(Context& context, const ReviewFlags& flags) {
  pb::GetReviewRequest request;
  request.set_name(ReviewName(flags.target));
  PrintReviewResponse(context, Read(context, context.Claims(), &pb::ClaimService::Stub::GetReview, request));
}

void RunListReviews(Context& context, const ReviewList& list) {
  pb::ListReviewsRequest request;
  if (!list.subject.empty()) {
    const std::string subject = FindClaimOrQuote(context, list.subject);
    if (absl::StartsWith(subject, "quotes/")) {
      request.set_quote(subject);
    } else {
      request.set_claim(subject);
    }
  }
  if (!list.reviewer.empty()) request.set_reviewer(FindOutlet(context, list.reviewer));
  for (const auto& verdict : list.verdicts) request.add_verdicts(ValueOf<pb::Verdict>(verdict));
  request.set_include_retracted(list.retracted);
  const auto response = ListAll(context, context.Claims(), &pb::ClaimService::Stub::ListReviews, request, list.limit,
                                [](auto& page) { return page.mutable_reviews(); });
  if (context.json) {
    std::cout << ToJson(response);
    return;
  }
  Table table({{"PUBLISHED"}, {"REVIEWER", 24}, {"RATING", 30}, {"VERDICT"}, {"OF", 40}, {"REVIEW"}});
  for (const pb::Review& review : response.reviews()) {
    table.Add({FormatUncertain(review.reviewed()), ReviewerOf(review),
               absl::StrCat(review.retract_reason().empty() ? "" : "[retracted] ", Clean(review.rating_text())),
               WordsOf(review.verdict()), SubjectOf(review), review.name()});
  }
  if (table.empty()) {
    std::cerr << "No reviews match.\n";
  } else {
    Print(table, context.UseColor());
  }
  TellOfMore(response.next_page_token());
}

void AddReviewFlags(CLI::App& command, ReviewFlags& flags) {
  command.add_option("--rating", flags.rating, "The rating as printed: \"Pants on Fire!\"");
  command.add_option("--value", flags.value, "The rating on the reviewer's scale");
  command.add_option("--best", flags.best, "The best value of the scale");
  command.add_option("--worst", flags.worst, "The worst value of the scale, which may be the larger one");
  command.add_option("--verdict", flags.verdict, "Comparable across reviewers; from scale or words unless given")
      ->check(EnumCheck<pb::Verdict>());
  command.add_option("--url", flags.url, "Where it was published");
  command.add_option("--title", flags.title, "Its headline");
  command.add_option("--reviewed", flags.reviewed, "When it was published: a date or an interval");
  command.add_option("--language", flags.language, "BCP 47 tag of the rating");
  command.add_option("--note", flags.note, "A remark");
}

CLI::App* AddReviewCommand(CLI::App& review, const std::string& name, const std::string& what, ReviewFlags& flags) {
  CLI::App* command = review.add_subcommand(name, what);
  command->add_option("REVIEW", flags.target, "reviews/ID")->required();
  return command;
}

void AddAdd(CLI::App& review, Context& context) {
  CLI::App* add = review.add_subcommand("add", "Record a review of a claim or a quote");
  auto flags = std::make_shared<ReviewFlags>();
  add->add_option("CLAIM_OR_QUOTE", flags->target, kSubject)->required();
  add->add_option("--reviewer", flags->reviewer, "Who published it: a name, or outlets/ID")->required();
  AddReviewFlags(*add, *flags);
  add->get_option("--rating")->required();
  AddExample(*add,
             "onrecord review add \"The tax was raised\" --reviewer PolitiFact --rating \"Mostly False\" --value 2 "
             "--best 6 --worst 1 --url https://example.org/check --reviewed 2012-09-05");
  add->callback([&context, add, flags] { RunAddReview(context, *add, *flags); });
}

void AddReviewList(CLI::App& review, Context& context) {
  CLI::App* list = review.add_subcommand("list", "List reviews, in the order of recording");
  auto options = std::make_shared<ReviewList>();
  list->add_option("CLAIM_OR_QUOTE", options->subject, kSubject);
  list->add_option("--reviewer", options->reviewer, "Published by: a name, or outlets/ID");
  AddRepeatable(*list, "--verdict", options->verdicts, "With a verdict")->check(EnumCheck<pb::Verdict>());
  list->add_flag("--retracted", options->retracted, "Also those that were withdrawn");
  AddLimit(*list, options->limit);
  AddAsOf(*list, context);
  AddExample(*list, "onrecord review list \"The tax was raised\" --verdict not-credible");
  list->callback([&context, options] { RunListReviews(context, *options); });
}

}  // namespace

void AddReviewCommands(CLI::App& app, Context& context) {
  CLI::App* review = app.add_subcommand("review", "Add, list, show, edit and retract fact-checks");
  review->require_subcommand(1);
  AddAdd(*review, context);
  AddReviewList(*review, context);

  auto flags = std::make_shared<ReviewFlags>();
  CLI::App* show = AddReviewCommand(*review, "show", "Show one review", *flags);
  AddAsOf(*show, context);
  show->callback([&context, flags] { RunShowReview(context, *flags); });

  CLI::App* edit = AddReviewCommand(*review, "edit", "Change a review: only what is given; \"\" empties", *flags);
  AddReviewFlags(*edit, *flags);
  edit->add_option("--reason", flags->reason, "Why, for the history");
  edit->add_option("--etag", flags->etag, "Refuse when somebody changed it since this etag was read");
  AddExample(*edit, "onrecord review edit reviews/ID --verdict uncertain --reason \"rated again\"");
  edit->callback([&context, edit, flags] { RunEditReview(context, *edit, *flags); });

  CLI::App* retract = AddReviewCommand(*review, "retract", "Withdraw a review; it stays in the history", *flags);
  retract->add_option("--reason", flags->reason, "Why, for the history")->required();
  retract->add_option("--etag", flags->etag, "Refuse when somebody changed it since this etag was read");
  AddExample(*retract, "onrecord review retract reviews/ID --reason \"the outlet withdrew it\"");
  retract->callback([&context, flags] { RunRetract(context, *flags); });
}

}  // namespace onrecord::cli
