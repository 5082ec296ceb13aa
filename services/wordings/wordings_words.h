// Words as wordings are compared: what stands between the words, how they are hyphenated, contracted or capitalized
// does not count, every word does. Unlike folding (services/api/text.h) this decides no identity and may change.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace onrecord::wordings {

struct Word {
  std::string folded;
  std::size_t begin;  // of the printed word in the text, in bytes
  std::size_t end;    // one past it; both parts of "don't" have the place of the whole
  bool after_gap;     // an ellipsis stands before it: words may have been left out
  bool bracketed;     // put in by an editor: "[the province]"
};

// The words of a text. Hyphens separate; contractions are written out ("don't": do, not); every Han, kana or Thai
// letter is a word; vowel signs of Arabic and Hebrew are left out.
std::vector<Word> SplitWords(std::string_view text);

// Turns a statement into its opposite: not, never, no, without, nicht, не, 不 ...
bool IsNegation(std::string_view folded);
// Weakens a statement: may, perhaps, probably, allegedly ...
bool IsHedge(std::string_view folded);
// Holds a digit, or is the name of a number.
bool IsNumber(std::string_view folded);
// A letter that is a word: of a script that is written without spaces.
bool IsLetterForWord(std::string_view folded);
// Carries no meaning of its own: the, of, and ...
bool IsFunctionWord(std::string_view folded);
// What may follow a part of a sentence to take it back: but, however, if, unless ...
bool IsReservation(std::string_view folded);

// One is the other with a slip of typing or another spelling: "recieve", "colour".
bool AreSpellingsOfOne(std::string_view a, std::string_view b);

}  // namespace onrecord::wordings
