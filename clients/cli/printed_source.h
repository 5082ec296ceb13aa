// Who is meant by the words that name a source in print: "Ada Lovelace, the countess," is a name with a role, "critics"
// and "he" are none. Careful rather than complete: what cannot be told from a name is a description, since a speaker
// that nobody is called is harder to undo than one that is missing.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "onrecord/v1/imports.pb.h"

namespace onrecord::cli {

// How an article writes its words: whether a capital letter tells a name, or only the beginning of a sentence.
class WordsOfArticle {
 public:
  explicit WordsOfArticle(std::string_view article);
  // Whether a sentence or headline begins at this byte.
  bool StartsSentence(std::size_t at) const;
  // Whether the capital letter of the word belongs to it wherever it stands.
  bool IsName(std::string_view word) const;
  // Whether it is written in small letters somewhere.
  bool IsCommon(std::string_view word) const;

 private:
  const std::string_view article_;
  std::set<std::string, std::less<>> lower_;        // words in small letters
  std::set<std::string, std::less<>> capitalized_;  // words with a capital letter within a sentence
};

// Sets speaker and role, or described_as, and how the print leads there.
void SetPrintedSource(std::string_view source, bool starts_sentence, const WordsOfArticle& words,
                      onrecord::v1::ImportRecord& record);

}  // namespace onrecord::cli
