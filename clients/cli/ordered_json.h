// JSON that is written: keys in the order in which they are set.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace onrecord::cli {

using OrderedJson = nlohmann::ordered_json;

// Sets what is not empty.
inline void SetText(OrderedJson& object, const char* key, const std::string& text) {
  if (!text.empty()) object[key] = text;
}

}  // namespace onrecord::cli
