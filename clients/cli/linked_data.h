// JSON-LD as it is found on pages: any value may be one or a list, a text or an object, there or behind an "@id".
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace onrecord::cli {

// A document and the nodes in it that others refer to.
class LinkedData {
 public:
  using Json = nlohmann::json;

  explicit LinkedData(const Json& document) { Index(document); }

  // The value of a key, as a list: lists in lists are one, references are followed, null and nothing are empty.
  std::vector<const Json*> Each(const Json& node, const char* key) const;
  // The same of the first key that has any.
  std::vector<const Json*> Each(const Json& node, std::initializer_list<const char*> keys) const;
  // A text: of a string, a number, {"@value": ...}, or what an object is called. Empty when there is none.
  static std::string Text(const Json& value);
  // The first text among the values of the keys.
  std::string Text(const Json& node, std::initializer_list<const char*> keys) const;
  // An address: of a string, or of an object its url or @id.
  static std::string Address(const Json& value);

  // Whether the node is of a type of schema.org, whatever it is written like.
  static bool IsA(const Json& node, std::string_view type);

 private:
  void Index(const Json& value);
  void Collect(const Json& value, std::vector<const Json*>& into) const;

  std::map<std::string, const Json*> nodes_;
};

}  // namespace onrecord::cli
