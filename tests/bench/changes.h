// Ways in which print changes words, to measure whether they are recognised all the same. A text comes back as it was
// where it cannot be changed so.
#pragma once

#include <cstddef>
#include <random>
#include <string>
#include <vector>

namespace onrecord::bench {

std::size_t Below(std::mt19937& random, std::size_t count);

// What stands between spaces, and joined again.
std::vector<std::string> Pieces(const std::string& text);
std::string Joined(const std::vector<std::string>& pieces);

// A letter lost, doubled or swapped with the next in one word of ten, at least in one.
std::string Misspell(const std::string& text, std::mt19937& random);
// Two words or more left out within, with an ellipsis.
std::string LeaveOut(const std::string& text, std::mt19937& random);
// One word in ten dropped, at least one.
std::string DropWords(const std::string& text, std::mt19937& random);
// Two halves exchanged.
std::string Turn(const std::string& text, std::mt19937& random);
// `count` words that follow each other.
std::string Part(const std::string& text, std::size_t count, std::mt19937& random);
// Other quotation marks, apostrophes and dashes, commas left out.
std::string Restyle(const std::string& text, std::mt19937& random);
// One negation taken out; "don't" becomes "do".
std::string Affirm(const std::string& text);

}  // namespace onrecord::bench
