// What the commands of speakers, outlets, topics and claims share: listing page by page, and update masks from the
// flags that were given.
#pragma once

#include <google/protobuf/field_mask.pb.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <string>
#include <vector>

#include "clients/cli/calls.h"

namespace onrecord::cli {

void AddSpeakerCommands(CLI::App& app, Context& context);
// split and restore of `speakers`.
void AddSpeakerSplitCommands(CLI::App& speakers, Context& context);
void AddMergeSpeakersCommand(CLI::App& app, Context& context);  // merge-speakers
void AddOutletCommands(CLI::App& app, Context& context);
void AddTopicCommands(CLI::App& app, Context& context);
void AddClaimCommands(CLI::App& app, Context& context);
// merge, relate, unrelate and relations of `claims`.
void AddClaimRelationCommands(CLI::App& claims, Context& context);

// What `X [QUERY]` lists; a resource name in place of the query shows that one.
struct NameList {
  std::string query;
  int limit = 0;
};

// The flags every kind of name has, and those of speakers, outlets, topics and claims; each command registers its own.
struct NameFlags {
  std::string target;  // the name typed: what to show, what to add (display name), what to edit
  std::string id;
  std::string display_name;
  std::string kind;
  std::vector<std::string> aliases;
  std::string note;
  std::string reason;
  std::string etag;
  std::vector<std::string> roles;       // speakers
  std::vector<std::string> speaks_for;  // speakers
  std::vector<std::string> external;    // speakers
  std::vector<std::string> domains;     // outlets
  std::string country;                  // outlets
  std::string parent;                   // topics
  std::string scheme;                   // topics
  std::string code;                     // topics
  std::vector<std::string> topics;      // claims
};

// Whether the command has the option and it was given.
bool Given(const CLI::App& command, const std::string& option);
// --etag, --reason and the option that gives a new title for `edit`.
void AddEditFlags(CLI::App& command, NameFlags& flags, const std::string& title = "--name",
                  const std::string& what = "The name for people");
// What every `edit` ends with before it is sent: something must have been given; --etag, or else the etag that the
// resource was read with, so that a change in between is not lost; --reason.
template <typename Resource, typename Request>
void FinishEdit(const Context& context, const std::string& etag, const std::string& reason, Resource& resource,
                Request& request) {
  if (request.update_mask().paths().empty()) context.Fail(kExitUsage, "Nothing to change: give the new values.");
  if (!etag.empty()) resource.set_etag(etag);
  request.set_reason(reason);
}
// A repeatable option that takes one value each time.
CLI::Option* AddRepeatable(CLI::App& command, const std::string& name, std::vector<std::string>& values,
                           const std::string& what);
// Copies the values but empty ones: --alias "" empties a list.
template <typename Repeated>
void SetAll(const std::vector<std::string>& values, Repeated* repeated) {
  repeated->Clear();
  for (const std::string& value : values) {
    if (!value.empty()) *repeated->Add() = value;
  }
}
// The options QUERY and --limit of a list.
void AddListOptions(CLI::App& command, NameList& list, int default_limit);
// "A, B, C" of at most three, with the number of the rest.
std::string Some(const std::vector<std::string>& values);

// All pages, or `limit` resources, merged into one response.
template <typename Stub, typename Request, typename Response, typename Items>
Response ListAll(const Context& context, const std::unique_ptr<Stub>& stub, Method<Stub, Request, Response> method,
                 Request request, int limit, Items items) {
  constexpr int kLargestPage = 1000;
  Response all;
  while (true) {
    const int left = limit - items(all)->size();
    request.set_page_size(limit == 0 ? kLargestPage : std::min(left, kLargestPage));
    Response page = Read(context, stub, method, request);
    items(all)->MergeFrom(*items(page));
    all.set_next_page_token(page.next_page_token());
    if (page.next_page_token().empty() || (limit != 0 && items(all)->size() >= limit)) return all;
    request.set_page_token(page.next_page_token());
  }
}

}  // namespace onrecord::cli
