// Text as onrecord compares it. Folding decides identity: version 1, frozen once released.
#pragma once

#include <string>
#include <string_view>

namespace onrecord::api {

// Folding version 1: NFKC, full case folding, invisible characters off, curly marks straight, dashes to hyphens,
// white space runs to one space, outer quotation marks and one trailing comma or period off, other punctuation to
// a space. Digits and every word stay; nothing is stemmed. Source: design of identity, docs/adr.
std::string Fold(std::string_view text);

// White space runs (no-break spaces too) to one space, none at the ends; everything else as printed.
std::string CollapseSpace(std::string_view text);

// Unicode code points of valid UTF-8.
std::size_t CodePoints(std::string_view text);

// The first or last `count` code points.
std::string FirstCodePoints(std::string_view text, std::size_t count);
std::string LastCodePoints(std::string_view text, std::size_t count);

// Holds a NUL byte or another control character than tab, line feed and carriage return.
bool HasControlCharacter(std::string_view text);

// "Alexander Botsan-Kharchenko" -> "alexander-botsan-kharchenko"; other scripts are transliterated. At most 60
// letters; "x" followed by a hash where nothing is left.
std::string Slug(std::string_view name);

// A pronoun of English, German, French or Spanish ("he"): never anybody's name.
bool IsPronoun(std::string_view name);

// 128 bits of SHA-256 over the parts, as a uuid of 32 hexadecimal digits. Parts are joined with a unit separator,
// so that ("ab", "c") and ("a", "bc") differ.
class Identity {
 public:
  Identity& Add(std::string_view part);
  std::string Hex() const;

 private:
  std::string joined_;
};

}  // namespace onrecord::api
