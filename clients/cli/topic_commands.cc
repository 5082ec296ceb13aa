// topics: list as a tree, show, add, edit.
#include <iostream>
#include <map>
#include <memory>
#include <set>

#include "clients/cli/as_of.h"
#include "clients/cli/lookup.h"
#include "clients/cli/name_commands.h"
#include "clients/cli/table.h"

namespace onrecord::cli {
namespace {

pb::Topic TopicFromFlags(Context& context, const CLI::App& command, const NameFlags& flags,
                         google::protobuf::FieldMask* mask) {
  pb::Topic topic;
  topic.set_display_name(flags.display_name);
  if (!flags.parent.empty()) topic.set_parent(FindTopic(context, flags.parent));
  topic.set_scheme(flags.scheme);
  topic.set_code(flags.code);
  SetAll(flags.aliases, topic.mutable_aliases());
  topic.set_note(flags.note);
  const std::pair<const char*, const char*> fields[] = {{"--name", "display_name"}, {"--parent", "parent"},
                                                        {"--scheme", "scheme"},     {"--code", "code"},
                                                        {"--alias", "aliases"},     {"--note", "note"}};
  for (const auto& [option, field] : fields) {
    if (Given(command, option)) mask->add_paths(field);
  }
  return topic;
}

void Print(const Context& context, const pb::Topic& topic) {
  std::cout << Paint(Clean(topic.display_name()), kBold, context.UseColor()) << "  " << topic.name() << '\n';
  if (!topic.parent().empty()) std::cout << "  below: " << topic.parent() << '\n';
  if (!topic.code().empty()) std::cout << "  " << Clean(topic.scheme()) << ": " << Clean(topic.code()) << '\n';
  for (const auto& alias : topic.aliases()) std::cout << "  alias: " << Clean(alias) << '\n';
  if (!topic.note().empty()) std::cout << "  note: " << Clean(topic.note()) << '\n';
  std::cout << "  etag: " << topic.etag() << '\n';
}

template <typename Response>
void PrintTopicResponse(const Context& context, const Response& response) {
  if (context.json) {
    std::cout << ToJson(response);
  } else {
    Print(context, response.topic());
  }
}

// Children in the order of the list, by parent; a topic whose parent is not in the list stands at the top ("").
using Tree = std::map<std::string, std::vector<const pb::Topic*>>;

Tree TreeOf(const pb::ListTopicsResponse& response) {
  std::set<std::string> listed;
  for (const pb::Topic& topic : response.topics()) listed.insert(topic.name());
  Tree tree;
  for (const pb::Topic& topic : response.topics()) {
    tree[listed.contains(topic.parent()) ? topic.parent() : ""].push_back(&topic);
  }
  return tree;
}

void AddBelow(const Tree& tree, const std::string& parent, const std::string& lead, Table& table) {
  const auto children = tree.find(parent);
  if (children == tree.end()) return;
  for (const pb::Topic* topic : children->second) {
    const bool top = parent.empty();
    const bool last = topic == children->second.back();
    table.Add({lead +
                   (top    ? ""
                    : last ? "└ "
                           : "├ ") +
                   Clean(topic->display_name()),
               Some({topic->aliases().begin(), topic->aliases().end()}), Clean(topic->code()), topic->name()});
    AddBelow(tree, topic->name(), lead + (top ? "" : last ? "  " : "│ "), table);
  }
}

void RunListTopics(Context& context, const NameList& list) {
  pb::ListTopicsRequest request;
  request.set_query(list.query);
  const auto response = ListAll(context, context.Topics(), &pb::TopicService::Stub::ListTopics, request, list.limit,
                                [](auto& page) { return page.mutable_topics(); });
  if (context.json) {
    std::cout << ToJson(response);
    return;
  }
  Table table({{"NAME", 60}, {"ALSO", 40}, {"CODE"}, {"TOPIC"}});
  AddBelow(TreeOf(response), "", "", table);
  if (table.empty()) {
    std::cerr << "No topics match.\n";
  } else {
    Print(table, context.UseColor());
  }
  std::cout.flush();
  if (!response.next_page_token().empty()) std::cerr << "There are more; --limit 0 lists all.\n";
}

void RunShowTopic(Context& context, const NameFlags& flags) {
  pb::GetTopicRequest request;
  request.set_name(FindTopic(context, flags.target));
  PrintTopicResponse(context, Read(context, context.Topics(), &pb::TopicService::Stub::GetTopic, request));
}

void RunAddTopic(Context& context, const CLI::App& command, const NameFlags& flags) {
  pb::CreateTopicRequest request;
  google::protobuf::FieldMask unused;
  *request.mutable_topic() = TopicFromFlags(context, command, flags, &unused);
  request.mutable_topic()->set_display_name(flags.target);
  request.set_topic_id(flags.id);
  PrintTopicResponse(context, Change(context, context.Topics(), &pb::TopicService::Stub::CreateTopic, request));
}

void RunEditTopic(Context& context, const CLI::App& command, const NameFlags& flags) {
  pb::UpdateTopicRequest request;
  *request.mutable_topic() = TopicFromFlags(context, command, flags, request.mutable_update_mask());
  FinishEdit(context, flags.etag, flags.reason, *request.mutable_topic(), request);
  request.mutable_topic()->set_name(FindTopic(context, flags.target));
  PrintTopicResponse(context, Change(context, context.Topics(), &pb::TopicService::Stub::UpdateTopic, request));
}

void AddTopicFlags(CLI::App& command, NameFlags& flags) {
  command.add_option("--parent", flags.parent, "The topic above it: a name, or topics/ID");
  command.add_option("--scheme", flags.scheme, "The scheme of --code: medtop");
  command.add_option("--code", flags.code, "The code in the scheme");
  AddRepeatable(command, "--alias", flags.aliases, "Another name");
  command.add_option("--note", flags.note, "A remark");
}

}  // namespace

void AddTopicCommands(CLI::App& app, Context& context) {
  CLI::App* topics = app.add_subcommand("topics", "List, show, add and edit topics");
  topics->require_subcommand(0, 1);
  auto list = std::make_shared<NameList>();
  AddListOptions(*topics, *list, 1000);  // a tree with holes says little
  AddAsOf(*topics, context);
  auto flags = std::make_shared<NameFlags>();
  topics->callback([&context, topics, list, flags] {
    if (!topics->get_subcommands().empty()) return;
    if (!list->query.starts_with("topics/")) return RunListTopics(context, *list);
    flags->target = list->query;
    RunShowTopic(context, *flags);
  });

  CLI::App* show = topics->add_subcommand("show", "Show one topic");
  show->add_option("NAME", flags->target, "A name, or topics/ID")->required();
  AddAsOf(*show, context);
  show->callback([&context, flags] { RunShowTopic(context, *flags); });

  CLI::App* add = topics->add_subcommand("add", "Add a topic");
  add->add_option("NAME", flags->target, "The name for people")->required();
  add->add_option("--id", flags->id, "The id to use; made from the name when not given");
  AddTopicFlags(*add, *flags);
  add->callback([&context, add, flags] { RunAddTopic(context, *add, *flags); });

  CLI::App* edit = topics->add_subcommand("edit", "Change a topic; lists are replaced, \"\" empties them");
  edit->add_option("TOPIC", flags->target, "A name, or topics/ID")->required();
  AddEditFlags(*edit, *flags);
  AddTopicFlags(*edit, *flags);
  edit->callback([&context, edit, flags] { RunEditTopic(context, *edit, *flags); });
}

}  // namespace onrecord::cli
