#include "tests/bench/changes.h"

#include <algorithm>

#include "services/wordings/wordings_words.h"

namespace onrecord::bench {

std::vector<std::string> Pieces(const std::string& text) {
  std::vector<std::string> pieces;
  std::string piece;
  for (const char c : text + " ") {
    if (c != ' ' && c != '\n') {
      piece += c;
    } else if (!piece.empty()) {
      pieces.push_back(std::move(piece));
      piece.clear();
    }
  }
  return pieces;
}

std::string Joined(const std::vector<std::string>& pieces) {
  std::string text;
  for (const std::string& piece : pieces) text += (text.empty() ? "" : " ") + piece;
  return text;
}

std::size_t Below(std::mt19937& random, std::size_t count) { return random() % std::max<std::size_t>(count, 1); }

std::string Misspell(const std::string& text, std::mt19937& random) {
  std::vector<std::string> pieces = Pieces(text);
  for (std::size_t n = 0; n < 1 + pieces.size() / 10; ++n) {
    std::string& piece = pieces[Below(random, pieces.size())];
    if (piece.size() < 5 || std::any_of(piece.begin(), piece.end(), [](char c) { return c < 'A' || c > 'z'; }))
      continue;
    const std::size_t at = 1 + Below(random, piece.size() - 2);
    switch (Below(random, 3)) {
      case 0:
        piece.erase(at, 1);
        break;
      case 1:
        piece.insert(at, 1, piece[at]);
        break;
      default:
        std::swap(piece[at], piece[at + 1]);
    }
  }
  return Joined(pieces);
}

std::string LeaveOut(const std::string& text, std::mt19937& random) {
  std::vector<std::string> pieces = Pieces(text);
  if (pieces.size() < 8) return text;
  const std::size_t count = 2 + Below(random, pieces.size() / 3);
  const std::size_t at = 2 + Below(random, pieces.size() - count - 3);
  pieces.erase(pieces.begin() + static_cast<std::ptrdiff_t>(at),
               pieces.begin() + static_cast<std::ptrdiff_t>(at + count));
  pieces.insert(pieces.begin() + static_cast<std::ptrdiff_t>(at), "…");
  return Joined(pieces);
}

std::string DropWords(const std::string& text, std::mt19937& random) {
  std::vector<std::string> pieces = Pieces(text);
  for (std::size_t n = 0; n < 1 + pieces.size() / 10; ++n) {
    pieces.erase(pieces.begin() + static_cast<std::ptrdiff_t>(Below(random, pieces.size())));
  }
  return Joined(pieces);
}

std::string Turn(const std::string& text, std::mt19937& random) {
  std::vector<std::string> pieces = Pieces(text);
  if (pieces.size() < 6) return text;
  const std::size_t at = 2 + Below(random, pieces.size() - 4);
  std::rotate(pieces.begin(), pieces.begin() + static_cast<std::ptrdiff_t>(at), pieces.end());
  return Joined(pieces);
}

std::string Part(const std::string& text, std::size_t count, std::mt19937& random) {
  const std::vector<std::string> pieces = Pieces(text);
  if (count >= pieces.size()) return text;
  const auto begin = pieces.begin() + static_cast<std::ptrdiff_t>(Below(random, pieces.size() - count));
  return Joined(std::vector<std::string>(begin, begin + static_cast<std::ptrdiff_t>(count)));
}

std::string Restyle(const std::string& text, std::mt19937& random) {
  std::string styled = Below(random, 2) == 0 ? "“" : "\"";
  for (const char c : text) {
    if (c == '\'') {
      styled += "’";
    } else if (c == '-') {
      styled += "–";
    } else if (c != ',' || Below(random, 2) == 0) {
      styled += c;
    }
  }
  return styled + "”";
}

std::string Affirm(const std::string& text) {
  std::vector<std::string> pieces = Pieces(text);
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const std::vector<wordings::Word> words = wordings::SplitWords(pieces[i]);
    if (words.size() == 1 && wordings::IsNegation(words[0].folded)) {
      pieces.erase(pieces.begin() + static_cast<std::ptrdiff_t>(i));
      return Joined(pieces);
    }
    if (words.size() == 2 && words[1].folded == "not") {
      pieces[i] = words[0].folded;
      return Joined(pieces);
    }
  }
  return text;
}

}  // namespace onrecord::bench
