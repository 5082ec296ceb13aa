#include "clients/cli/linked_data.h"

#include <algorithm>

#include "clients/cli/documents.h"

namespace onrecord::cli {
namespace {

using Json = nlohmann::json;

// A node that only says which node is meant.
bool IsReference(const Json& value) {
  return value.is_object() && value.contains("@id") &&
         std::all_of(value.items().begin(), value.items().end(),
                     [](const auto& member) { return member.key() == "@id" || member.key() == "@type"; });
}

std::string Member(const Json& value, const char* key) {
  const auto found = value.find(key);
  return found != value.end() && found->is_string() ? found->get<std::string>() : "";
}

}  // namespace

void LinkedData::Index(const Json& value) {
  if (value.is_object() && !IsReference(value)) {
    if (const std::string id = Member(value, "@id"); !id.empty()) nodes_.emplace(id, &value);
  }
  if (!value.is_structured()) return;
  for (const Json& element : value) Index(element);
}

void LinkedData::Collect(const Json& value, std::vector<const Json*>& into) const {
  if (value.is_null()) return;
  if (value.is_array()) {
    for (const Json& element : value) Collect(element, into);
    return;
  }
  const auto target = IsReference(value) ? nodes_.find(Member(value, "@id")) : nodes_.end();
  into.push_back(target == nodes_.end() ? &value : target->second);
}

std::vector<const Json*> LinkedData::Each(const Json& node, const char* key) const {
  std::vector<const Json*> values;
  if (!node.is_object()) return values;
  const auto found = node.find(key);
  if (found != node.end()) Collect(*found, values);
  return values;
}

std::vector<const Json*> LinkedData::Each(const Json& node, std::initializer_list<const char*> keys) const {
  for (const char* key : keys) {
    std::vector<const Json*> values = Each(node, key);
    if (!values.empty()) return values;
  }
  return {};
}

std::string LinkedData::Text(const Json& value) {
  if (value.is_string()) return std::string(Trimmed(value.get_ref<const std::string&>()));
  if (value.is_number()) return value.dump();
  if (!value.is_object()) return "";
  for (const char* key : {"@value", "name", "alternateName", "text"}) {
    const auto found = value.find(key);
    if (found == value.end()) continue;
    const Json& inner = found->is_array() && !found->empty() ? found->front() : *found;
    if (inner.is_string() || inner.is_number()) return Text(inner);
    if (inner.is_object() && inner.contains("@value") && !inner["@value"].is_structured()) return Text(inner["@value"]);
  }
  return "";
}

std::string LinkedData::Text(const Json& node, std::initializer_list<const char*> keys) const {
  for (const char* key : keys) {
    for (const Json* value : Each(node, key)) {
      if (std::string text = Text(*value); !text.empty()) return text;
    }
  }
  return "";
}

std::string LinkedData::Address(const Json& value) {
  if (value.is_string()) return std::string(Trimmed(value.get_ref<const std::string&>()));
  if (!value.is_object()) return "";
  for (const char* key : {"url", "@id"}) {
    const auto found = value.find(key);
    if (found == value.end()) continue;
    const Json& inner = found->is_array() && !found->empty() ? found->front() : *found;
    if (inner.is_string()) return std::string(Trimmed(inner.get_ref<const std::string&>()));
    if (inner.is_object()) {
      if (const std::string id = Member(inner, "@id"); !id.empty()) return id;
    }
  }
  return "";
}

bool LinkedData::IsA(const Json& node, std::string_view type) {
  if (!node.is_object()) return false;
  const auto found = node.find("@type");
  if (found == node.end()) return false;
  const auto matches = [type](const Json& name) {
    if (!name.is_string()) return false;
    const std::string_view text = Trimmed(name.get_ref<const std::string&>());
    return text.substr(std::min(text.size(), text.find_last_of("/:#") + 1)) == type;  // npos + 1 is 0
  };
  return found->is_array() ? std::any_of(found->begin(), found->end(), matches) : matches(*found);
}

}  // namespace onrecord::cli
