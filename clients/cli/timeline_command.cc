// timeline: how many quotes in each span of time, drawn as bars.
#include <algorithm>
#include <iostream>
#include <memory>

#include "absl/strings/str_cat.h"
#include "clients/cli/as_of.h"
#include "clients/cli/calls.h"
#include "clients/cli/chart.h"
#include "clients/cli/commands.h"
#include "clients/cli/dates.h"
#include "clients/cli/enums.h"
#include "clients/cli/table.h"

namespace onrecord::cli {
namespace {

struct TimelineOptions {
  FilterOptions filter;
  std::string by = "year";
  std::string group;
  int max_groups = 10;
  bool fill = true;
};

std::string BucketLabel(const pb::PartialDate& start, pb::Granularity granularity) {
  switch (granularity) {
    case pb::GRANULARITY_DECADE:
      return absl::StrCat(start.year(), "s");
    case pb::GRANULARITY_YEAR:
      return absl::StrCat(start.year());
    case pb::GRANULARITY_QUARTER:
      return absl::StrCat(start.year(), " Q", (std::max(start.month(), 1) - 1) / 3 + 1);
    case pb::GRANULARITY_MONTH: {
      pb::PartialDate month = start;
      month.set_day(0);
      return FormatDate(month);
    }
    default:
      return FormatDate(start);
  }
}

std::string Title(const pb::TimelineSeries& series, pb::TimelineGroup group) {
  pb::QuoteKind kind = pb::QUOTE_KIND_UNSPECIFIED;
  if (group == pb::TIMELINE_GROUP_KIND && pb::QuoteKind_Parse(series.group(), &kind)) return TextOf(kind);
  pb::Position position = pb::POSITION_UNSPECIFIED;
  if (group == pb::TIMELINE_GROUP_POSITION && pb::Position_Parse(series.group(), &position)) return TextOf(position);
  if (series.group().empty() && series.display_name().empty()) {
    const bool people = group == pb::TIMELINE_GROUP_SPEAKER || group == pb::TIMELINE_GROUP_HOLDER;
    return people ? "(unnamed sources)" : "(none)";
  }
  if (series.display_name().empty()) return series.group();
  if (series.group().empty()) return Clean(series.display_name());
  return absl::StrCat(Clean(series.display_name()), " (", series.group(), ")");
}

void Draw(const Context& context, const pb::GetTimelineResponse& response, const pb::GetTimelineRequest& request) {
  const bool grouped = request.group() != pb::TIMELINE_GROUP_UNSPECIFIED;
  std::int64_t largest = 0;
  bool uncertain = false;
  for (const pb::TimelineSeries& series : response.series()) {
    for (const pb::TimelineBucket& bucket : series.buckets()) {
      largest = std::max(largest, bucket.count());
      uncertain = uncertain || bucket.uncertain_count() > 0;
    }
  }
  const int width = TerminalWidth();
  for (const pb::TimelineSeries& series : response.series()) {
    std::vector<ChartRow> rows;
    for (const pb::TimelineBucket& bucket : series.buckets()) {
      rows.push_back({BucketLabel(bucket.start(), request.granularity()), bucket.count(), bucket.uncertain_count()});
    }
    if (grouped) {
      std::cout << Paint(absl::StrCat(Title(series, request.group()), "  ", series.total()), kBold, context.UseColor())
                << '\n';
    }
    std::cout << DrawChart(rows, largest, width);
    if (grouped) std::cout << '\n';
  }
  std::cout << response.total() << (response.total() == 1 ? " quote" : " quotes") << '\n';
  if (uncertain) {
    std::cout << "░ dates known less exactly than a " << TextOf(request.granularity()) << ": may belong elsewhere\n";
  }
}

void RunTimeline(Context& context, const TimelineOptions& options) {
  pb::GetTimelineRequest request;
  *request.mutable_filter() = options.filter.Resolve(context);
  request.set_granularity(ValueOf<pb::Granularity>(options.by));
  request.set_group(ValueOf<pb::TimelineGroup>(options.group));
  request.set_fill_gaps(options.fill);
  request.set_max_groups(options.max_groups);
  const auto response = Read(context, context.Timeline(), &pb::TimelineService::Stub::GetTimeline, request);
  if (context.json) {
    std::cout << ToJson(response);
  } else if (response.total() == 0) {
    std::cerr << "No quotes match.\n";
  } else {
    Draw(context, response, request);
  }
}

}  // namespace

void AddTimelineCommand(CLI::App& app, Context& context) {
  CLI::App* timeline = app.add_subcommand("timeline", "Draw how many quotes match a filter over time");
  auto options = std::make_shared<TimelineOptions>();
  options->filter.AddTo(*timeline);
  AddAsOf(*timeline, context);
  timeline->add_option("--by", options->by, "Length of a bar's span")
      ->check(EnumCheck<pb::Granularity>())
      ->capture_default_str();
  timeline->add_option("--group", options->group, "A block of bars for each")->check(EnumCheck<pb::TimelineGroup>());
  timeline->add_option("--max-groups", options->max_groups, "The largest groups; the rest are summed up")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  timeline->add_flag("--fill,!--no-fill", options->fill, "Also draw spans with nothing in them (default)");
  timeline->callback([&context, options] { RunTimeline(context, *options); });
}

}  // namespace onrecord::cli
