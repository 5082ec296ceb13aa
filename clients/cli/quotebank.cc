#include "clients/cli/quotebank.h"

#include <algorithm>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>

namespace onrecord::cli {
namespace {

using Json = nlohmann::json;

constexpr char kQuotebank[] = "quotebank";

// What a name or number says; empty for what says nothing.
std::string Said(const Json& value) {
  if (value.is_string()) {
    const std::string_view text = Trimmed(value.get_ref<const std::string&>());
    return text == "None" || text == "null" ? "" : std::string(text);
  }
  return value.is_number() || value.is_boolean() ? value.dump() : "";
}

std::string SaidBy(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found == object.end() ? "" : Said(*found);
}

// "Q1, Q2" of a list, or of a list that was written as a text.
std::string List(const Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end()) return "";
  if (!found->is_array()) return Said(*found) == "[]" ? "" : Said(*found);
  std::string list;
  for (const Json& value : *found) {
    const std::string one = Said(value);
    if (!one.empty()) list += (list.empty() ? "" : ", ") + one;
  }
  return list;
}

// "Ada Lovelace 0.6, None 0.3" of pairs or objects; the number may be a text.
std::string Candidates(const Json& object, const char* key) {
  const auto found = object.find(key);
  std::string list;
  if (found == object.end() || !found->is_array()) return list;
  for (const Json& candidate : *found) {
    std::string name, probability;
    if (candidate.is_array() && candidate.size() >= 2) {
      name = candidate[0].is_string() ? candidate[0].get<std::string>() : "";
      probability = Said(candidate[1]);
    } else if (candidate.is_object()) {
      name = SaidBy(candidate, "speaker");
      if (name.empty()) name = "None";
      probability = SaidBy(candidate, "proba");
    }
    if (name.empty()) continue;
    if (!list.empty()) list += ", ";
    list.append(name).append(" ").append(probability);
  }
  return list;
}

void LoseUnlessEmpty(const char* name, const std::string& what, pb::ImportRecord& record) {
  if (!what.empty()) Lose(name, what, record);
}

void LoseOthers(const Json& object, std::initializer_list<std::string_view> known, pb::ImportRecord& record) {
  std::string others;
  for (const auto& member : object.items()) {
    if (std::find(known.begin(), known.end(), member.key()) != known.end()) continue;
    others += (others.empty() ? "" : ", ") + member.key();
  }
  LoseUnlessEmpty("other fields", others, record);
}

void SetSpeaker(const std::string& name, pb::ImportRecord& record) {
  if (name.empty()) {
    record.set_described_as(kUnknownSpeaker);
  } else {
    record.set_speaker(name);
    record.set_resolution(pb::RESOLUTION_INFERRED);  // by a program
  }
}

void SetPhase(const std::string& phase, pb::ImportRecord& record) {
  if (phase.size() != 1 || phase[0] < 'A' || phase[0] > 'D') return;
  record.set_note("Quotebank, phase " + phase + ": " + (phase == "D" ? "" : "letters were lower-cased, and ") +
                  "signs other than ASCII may be broken; not verbatim in that");
}

void SetAddress(const std::string& url, pb::ImportRecord& record) {
  if (IsWebAddress(url)) {
    record.set_url(url);
    record.set_outlet(HostOf(url));
  } else {
    LoseUnlessEmpty("url that is no web address", url, record);
  }
}

// What a line says of all its records.
struct QuotebankLine {
  Json own;  // without what belongs to one record alone
  std::string day;
  std::string phase;
};

std::optional<LocalReject> ReadShared(const Json& value, QuotebankLine& line) {
  std::optional<LocalReject> fault;
  std::string date;
  if (!ReadText(value, "date", "", date, fault)) return fault;
  const auto day = ReadDate(date);
  if (!day) {
    return LocalReject{"DATE_INVALID", "date", "\"" + FirstCodePoints(date, 60) + "\" is no date; write 2007-11-21",
                       ""};
  }
  line.day = *day;
  line.phase = SaidBy(value, "phase");
  return std::nullopt;
}

// Text and id of a quotation.
std::optional<LocalReject> ReadQuotation(const Json& value, const std::string& path, pb::ImportRecord& record) {
  std::optional<LocalReject> fault;
  std::string id;
  if (!value.is_object()) return LocalReject{"WRONG_TYPE", path, "is no object", ""};
  if (!ReadText(value, "quotation", path, *record.mutable_text(), fault)) return fault;
  if (!ReadText(value, "quoteID", path, id, fault)) return fault;
  if (record.text().empty()) return LocalReject{"FIELD_REQUIRED", path + "quotation", "is not given, or empty", ""};
  if (id.empty()) {
    return LocalReject{"FIELD_REQUIRED", path + "quoteID", "is not given; every line of Quotebank has one", ""};
  }
  record.set_external_id(id);
  record.set_kind(pb::QUOTE_KIND_DIRECT);
  record.set_language("en");
  return std::nullopt;
}

struct QuotationLine : QuotebankLine {
  std::vector<std::string> urls;
};

ParsedRecord RecordOfQuotation(const QuotationLine& line, std::size_t at) {
  ParsedRecord parsed;
  pb::ImportRecord& record = parsed.record;
  const std::string url = line.urls.empty() ? "" : line.urls[at];
  Json own = line.own;
  own["urls"] = line.urls.empty() ? Json::array() : Json::array({url});
  if ((parsed.reject = ReadQuotation(line.own, "", record))) return parsed;
  record.set_external_id(StableId(record.external_id(), {"url", url}));
  SetSpeaker(SaidBy(line.own, "speaker"), record);
  SetSaidUntil(line.day, record);
  SetPhase(line.phase, record);
  SetAddress(url, record);
  LoseUnlessEmpty("qids", List(line.own, "qids"), record);
  LoseUnlessEmpty("probas", Candidates(line.own, "probas"), record);
  const std::string occurrences = SaidBy(line.own, "numOccurrences");
  if (!occurrences.empty() && occurrences != std::to_string(line.urls.size())) {
    Lose("numOccurrences", occurrences + ", at " + std::to_string(line.urls.size()) + " addresses", record);
  }
  LoseOthers(
      line.own,
      {"quoteID", "quotation", "speaker", "qids", "date", "numOccurrences", "probas", "urls", "phase", "year", "month"},
      record);
  ReplaceControlCharacters(record);
  SetRaw(kQuotebank, ToLine(own), record);
  return parsed;
}

RecordSequence OfQuotation(Json&& value) {
  const auto line = std::make_shared<QuotationLine>();
  RecordSequence sequence;
  if ((sequence.reject = ReadShared(value, *line))) return sequence;
  if (const auto urls = value.find("urls"); urls != value.end()) {
    if (!urls->is_array()) {
      sequence.reject = LocalReject{"WRONG_TYPE", "urls", "is no list", ""};
      return sequence;
    }
    std::set<std::string> seen;
    for (const Json& url : *urls) {
      if (const std::string address = Said(url); !address.empty() && seen.insert(address).second) {
        line->urls.push_back(address);
      }
    }
    value.erase(urls);
  }
  line->own = std::move(value);
  sequence.size = std::max<std::size_t>(line->urls.size(), 1);
  sequence.at = [line](std::size_t at) { return RecordOfQuotation(*line, at); };
  return sequence;
}

struct ArticleLine : QuotebankLine {
  Json quotations;
  std::map<std::string, Json> names;  // what is told of them
  std::vector<std::size_t> ordinals;  // of each quotation among those of its quoteID
  std::string article;                // its id and address
  std::string url;
};

// Words around a quotation: what is kept of them.
void SetContext(const Json& quotation, pb::ImportRecord& record) {
  constexpr std::size_t kMostCharacters = 32;
  const std::string before = SaidBy(quotation, "leftContext");
  const std::string after = SaidBy(quotation, "rightContext");
  record.set_context_before(LastCodePoints(before, kMostCharacters));
  record.set_context_after(FirstCodePoints(after, kMostCharacters));
  if (record.context_before() != before || record.context_after() != after) {
    Lose("leftContext, rightContext", "all but 32 characters on each side", record);
  }
}

void LoseOfQuotation(const ArticleLine& line, const Json& quotation, const std::string& local,
                     pb::ImportRecord& record) {
  const std::string global = SaidBy(quotation, "globalTopSpeaker");
  if (quotation.contains("globalTopSpeaker") && global != local) {
    Lose("globalTopSpeaker", (global.empty() ? "None" : global) + ", not the speaker of this article", record);
  }
  LoseUnlessEmpty("localProbas", Candidates(quotation, "localProbas"), record);
  LoseUnlessEmpty("globalProbas", Candidates(quotation, "globalProbas"), record);
  if (const auto name = line.names.find(local); name != line.names.end()) {
    LoseUnlessEmpty("names.ids", List(name->second, "ids"), record);
  }
  LoseUnlessEmpty("numOccurrences", SaidBy(quotation, "numOccurrences"), record);
  std::string offsets;
  for (const char* key : {"quotationOffset", "contextStart", "contextEnd"}) {
    const std::string offset = SaidBy(quotation, key);
    if (!offset.empty()) offsets += (offsets.empty() ? "" : ", ") + std::string(key) + " " + offset;
  }
  if (!offsets.empty()) Lose("offsets", offsets + ": in words of a text that is not published", record);
  LoseOthers(quotation,
             {"quoteID", "quotation", "quotationOffset", "leftContext", "rightContext", "contextStart", "contextEnd",
              "globalTopSpeaker", "globalProbas", "localTopSpeaker", "localProbas", "numOccurrences"},
             record);
}

// The quotation's own object and what is short of the article's. Its contexts may hold other people's words.
std::string RawOfQuotation(const ArticleLine& line, Json quotation, const std::string& speaker) {
  quotation.erase("leftContext");
  quotation.erase("rightContext");
  Json own = line.own;
  if (const auto name = line.names.find(speaker); name != line.names.end()) own["names"] = Json::array({name->second});
  own["quotations"] = Json::array({std::move(quotation)});
  return ToLine(own);
}

ParsedRecord RecordOfArticle(const ArticleLine& line, std::size_t at) {
  ParsedRecord parsed;
  pb::ImportRecord& record = parsed.record;
  const Json& quotation = line.quotations[at];
  if ((parsed.reject = ReadQuotation(quotation, "quotations[" + std::to_string(at) + "].", record))) {
    Json own = line.own;
    own["quotations"] = Json::array({quotation});
    parsed.reject->line_text = ToLine(own);
    return parsed;
  }
  record.set_external_id(StableId(record.external_id(), {"article", line.article, std::to_string(line.ordinals[at])}));
  const std::string speaker = SaidBy(quotation, quotation.contains("localTopSpeaker") ? "localTopSpeaker" : "speaker");
  SetSpeaker(speaker, record);
  SetSaidUntil(line.day, record);
  record.set_published(record.said());
  SetPhase(line.phase, record);
  SetAddress(line.url, record);
  record.set_headline(FirstCodePoints(SaidBy(line.own, "title"), kMostHeadlineCharacters));
  if (record.headline() != SaidBy(line.own, "title")) Lose("title", "all but its beginning", record);
  SetContext(quotation, record);
  LoseOfQuotation(line, quotation, speaker, record);
  LoseUnlessEmpty("articleLength", SaidBy(line.own, "articleLength"), record);
  ReplaceControlCharacters(record);
  SetRaw(kQuotebank, RawOfQuotation(line, quotation, speaker), record);
  return parsed;
}

RecordSequence OfArticle(Json&& value) {
  const auto line = std::make_shared<ArticleLine>();
  RecordSequence sequence;
  if ((sequence.reject = ReadShared(value, *line))) return sequence;
  line->quotations = std::move(value["quotations"]);
  if (!line->quotations.is_array()) {
    sequence.reject = LocalReject{"WRONG_TYPE", "quotations", "is no list", ""};
    return sequence;
  }
  if (const auto names = value.find("names"); names != value.end() && names->is_array()) {
    for (Json& name : *names) {
      std::string called = name.is_object() ? SaidBy(name, "name") : "";
      if (called.empty()) continue;
      name.erase("offsets");  // in words, too
      line->names.emplace(std::move(called), std::move(name));
    }
  }
  value.erase("names");
  value.erase("quotations");
  line->url = SaidBy(value, "url");
  line->article = SaidBy(value, "articleID") + "\n" + line->url;
  line->own = std::move(value);
  std::map<std::string, std::size_t> seen;
  for (const Json& quotation : line->quotations) {
    line->ordinals.push_back(seen[quotation.is_object() ? SaidBy(quotation, "quoteID") : ""]++);
  }
  sequence.size = line->quotations.size();
  sequence.at = [line](std::size_t at) { return RecordOfArticle(*line, at); };
  return sequence;
}

}  // namespace

RecordSequence ReadQuotebankLine(std::string_view text) {
  RecordSequence sequence;
  Json value;
  if ((sequence.reject = ParseDocument(text, value))) return sequence;
  if (!value.is_object()) {
    sequence.reject = LocalReject{"WRONG_TYPE", "", "is no object; a line of Quotebank is one", ""};
    return sequence;
  }
  return value.contains("quotations") ? OfArticle(std::move(value)) : OfQuotation(std::move(value));
}

}  // namespace onrecord::cli
