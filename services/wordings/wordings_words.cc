#include "services/wordings/wordings_words.h"

#include <unicode/uchar.h>
#include <unicode/uscript.h>

#include <algorithm>

#include "absl/container/flat_hash_set.h"
#include "services/api/code_points.h"
#include "services/api/text.h"
#include "services/base/strings.h"

namespace onrecord::wordings {
namespace {

using Words = absl::flat_hash_set<std::string_view>;

// Scripts that are written without spaces between words.
bool IsWrittenWithoutSpaces(UChar32 c) {
  UErrorCode error = U_ZERO_ERROR;
  switch (uscript_getScript(c, &error)) {
    case USCRIPT_HAN:
    case USCRIPT_HIRAGANA:
    case USCRIPT_KATAKANA:
    case USCRIPT_THAI:
    case USCRIPT_LAO:
    case USCRIPT_KHMER:
    case USCRIPT_MYANMAR:
      return true;
    default:
      return false;
  }
}

// Vowel signs and the stretching stroke are printed or not as the paper likes.
bool IsOptionalSign(UChar32 c) {
  return c == 0x0640 || (c >= 0x064B && c <= 0x065F) || c == 0x0670 || (c >= 0x0591 && c <= 0x05C7);
}

// Folding leaves this one.
constexpr UChar32 kModifierApostrophe = 0x02BC;

bool IsApostrophe(UChar32 c) { return c == '\'' || c == 0x2019 || c == 0x2018 || c == kModifierApostrophe; }

bool IsAsciiLetterOrDigit(UChar32 c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool IsWordCharacter(UChar32 c) {
  if (c < 0x80) return IsAsciiLetterOrDigit(c);
  return u_isalnum(c) || u_charType(c) == U_NON_SPACING_MARK || u_charType(c) == U_COMBINING_SPACING_MARK;
}

// Splits one text; keeps where it is and what it saw since the last word.
class Splitter {
 public:
  explicit Splitter(std::string_view text) : text_(text) {}

  std::vector<Word> Split() {
    for (std::size_t at = 0; at < text_.size();) {
      const std::size_t begin = at;
      const UChar32 c = api::ReadCodePoint(text_, at);
      if (IsWordCharacter(c)) {
        if (c >= 0x80 && IsWrittenWithoutSpaces(c)) {
          Finish(begin);
          word_begin_ = begin;
          Finish(at);
        } else if (word_begin_ == kNone) {
          word_begin_ = begin;
        }
      } else if (!(IsApostrophe(c) && word_begin_ != kNone && at < text_.size() && IsLetterAt(at)) &&
                 !(IsDecimalPoint(c, begin, at))) {
        Finish(begin);
        See(c);
      }
    }
    Finish(text_.size());
    return std::move(words_);
  }

 private:
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  bool IsLetterAt(std::size_t at) const { return u_isalpha(api::ReadCodePoint(text_, at)); }

  // "2.5" and "10,000" are one word each.
  bool IsDecimalPoint(UChar32 c, std::size_t begin, std::size_t end) const {
    const auto is_digit = [](char d) { return d >= '0' && d <= '9'; };
    return (c == '.' || c == ',') && begin > 0 && end < text_.size() && is_digit(text_[begin - 1]) &&
           is_digit(text_[end]);
  }

  // What stands between words.
  void See(UChar32 c) {
    if (c == '[') bracketed_ = true;
    if (c == ']') bracketed_ = false;
    if (c == 0x2026) gap_ = true;
    if (c == '.') {
      gap_ = gap_ || ++points_ >= 3;
    } else if (c != ' ' && c != 0xA0) {
      points_ = 0;
    }
  }

  void Add(std::string folded, std::size_t begin, std::size_t end) {
    if (folded.empty()) return;
    words_.push_back({std::move(folded), begin, end, gap_, bracketed_});
    gap_ = false;
  }

  // What folding makes of most words, without its cost. False for words that have more to them.
  static bool FoldAscii(std::string_view printed, std::string& folded, bool& letters_alone) {
    folded.assign(printed);
    letters_alone = true;
    for (char& c : folded) {
      if (c >= 'a' && c <= 'z') continue;
      if (c >= 'A' && c <= 'Z') {
        c = static_cast<char>(c - 'A' + 'a');
        continue;
      }
      letters_alone = false;
      if (c == '\'' || (c >= '0' && c <= '9')) continue;
      folded.clear();
      return false;
    }
    return true;
  }

  // Ends the word that is being read, if any, before `end`.
  void Finish(std::size_t end) {
    if (word_begin_ == kNone) return;
    const std::size_t begin = word_begin_;
    word_begin_ = kNone;
    points_ = 0;
    const std::string_view printed = text_.substr(begin, end - begin);
    std::string folded;
    bool letters_alone = false;
    if (FoldAscii(printed, folded, letters_alone)) {
      return letters_alone && folded != "cannot" ? Add(std::move(folded), begin, end) : WriteOut(folded, begin, end);
    }
    const std::string whole = api::Fold(printed);
    api::ForEachCodePoint(whole, [&](UChar32 c, std::size_t from, std::size_t to) {
      if (c == kModifierApostrophe) {
        folded += '\'';
      } else if (!IsOptionalSign(c)) {
        folded.append(whole, from, to - from);
      }
    });
    WriteOut(folded, begin, end);
  }

  // Contractions in two words each; whatever else folding separates, in several.
  void WriteOut(std::string_view folded, std::size_t begin, std::size_t end) {
    struct Contraction {
      std::string_view ending;
      std::string_view word;
    };
    static constexpr Contraction kContractions[] = {
        {"n't", "not"}, {"'re", "are"}, {"'ll", "will"}, {"'ve", "have"}, {"'m", "am"}};
    if (folded == "cannot" || folded == "can't") return AddTwo("can", "not", begin, end);
    if (folded == "won't") return AddTwo("will", "not", begin, end);
    if (folded == "shan't") return AddTwo("shall", "not", begin, end);
    for (const Contraction& contraction : kContractions) {
      if (folded.size() > contraction.ending.size() && folded.ends_with(contraction.ending)) {
        folded.remove_suffix(contraction.ending.size());
        return AddTwo(folded, contraction.word, begin, end);
      }
    }
    const bool is_number = !folded.empty() && folded.find_first_not_of("0123456789 ") == std::string_view::npos;
    if (is_number) {
      // 10,000 and 10.000 are what different countries write.
      std::string number(folded);
      std::replace(number.begin(), number.end(), ' ', '.');
      return Add(std::move(number), begin, end);
    }
    for (const std::string_view part : onrecord::Split(folded, ' ')) Add(std::string(part), begin, end);
  }

  void AddTwo(std::string_view first, std::string_view second, std::size_t begin, std::size_t end) {
    Add(std::string(first), begin, end);
    Add(std::string(second), begin, end);
  }

  const std::string_view text_;
  std::vector<Word> words_;
  std::size_t word_begin_ = kNone;
  int points_ = 0;
  bool gap_ = false;
  bool bracketed_ = false;
};

std::u32string CodePointsOf(std::string_view text) {
  std::u32string points;
  api::ForEachCodePoint(text, [&](UChar32 c, std::size_t, std::size_t) { points += static_cast<char32_t>(c); });
  return points;
}

// Insertions, deletions, replacements and swaps of neighbours from one to the other.
std::size_t EditDistance(const std::u32string& a, const std::u32string& b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> previous(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) previous[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({previous[j] + 1, row[j - 1] + 1, previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, previous);
    std::swap(previous, row);
  }
  return previous[b.size()];
}

// How many slips make one word of `longer` letters another that is meant.
std::size_t MostSlips(std::size_t longer) { return longer < 6 ? 1 : longer < 10 ? 2 : 3; }

bool IsAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<signed char>(c) >= 0; });
}

}  // namespace

std::vector<Word> SplitWords(std::string_view text) { return Splitter(text).Split(); }

bool IsNegation(std::string_view folded) {
  static const auto* const kWords = new Words{
      // English, with what "nothing of the sort" leaves out
      "not", "no", "never", "none", "nobody", "nothing", "nowhere", "neither", "nor", "without", "hardly", "barely",
      // German, French, Spanish, Italian, Portuguese
      "nicht", "kein", "keine", "keinen", "keiner", "keinem", "keines", "nie", "niemals", "niemand", "nichts", "ohne",
      "pas", "jamais", "aucun", "aucune", "rien", "sans", "nunca", "jamás", "ningún", "ninguna", "ninguno", "nadie",
      "nada", "sin", "non", "mai", "nessun", "nessuno", "niente", "senza", "não", "nenhum", "nenhuma", "ninguém", "sem",
      // Russian, Ukrainian, Serbian
      "не", "ни", "нет", "никогда", "никто", "ничего", "без", "ні", "немає", "ніколи", "nije", "nema", "нема", "није",
      // Arabic, Hebrew, Turkish, Chinese, Japanese
      "لا", "لم", "لن", "ليس", "ليست", "غير", "لما", "לא", "אין", "değil", "yok", "不", "没", "沒", "無", "无", "未",
      "非", "ない", "ぬ"};
  return kWords->contains(folded);
}

bool IsHedge(std::string_view folded) {
  static const auto* const kWords = new Words{
      "may",           "might",          "could",      "perhaps",     "maybe",         "possibly",   "probably",
      "likely",        "apparently",     "allegedly",  "reportedly",  "seems",         "seem",       "seemed",
      "appears",       "appear",         "appeared",   "suggests",    "suggest",       "suggested",  "believe",
      "think",         "guess",          "suppose",    "almost",      "nearly",        "roughly",    "about",
      "approximately", "some",           "somewhat",   "partly",      "sometimes",     "often",      "usually",
      "generally",     "mostly",         "largely",    "potentially", "presumably",    "supposedly", "arguably",
      "vielleicht",    "wahrscheinlich", "vermutlich", "womöglich",   "angeblich",     "könnte",     "könnten",
      "peut-être",     "probablement",   "quizás",     "quizá",       "probablemente", "возможно",   "вероятно",
      "может",         "наверное",       "可能",       "也许",        "ربما",          "قد"};
  return kWords->contains(folded);
}

bool IsNumber(std::string_view folded) {
  static const auto* const kWords = new Words{
      "two",      "three",    "four",      "five",     "six",      "seven",   "eight",     "nine",     "ten",
      "eleven",   "twelve",   "thirteen",  "fourteen", "fifteen",  "sixteen", "seventeen", "eighteen", "nineteen",
      "twenty",   "thirty",   "forty",     "fifty",    "sixty",    "seventy", "eighty",    "ninety",   "hundred",
      "hundreds", "thousand", "thousands", "million",  "millions", "billion", "billions",  "trillion", "trillions",
      "half",     "third",    "quarter",   "dozen",    "dozens",   "percent", "double",    "twice"};
  if (kWords->contains(folded)) return true;
  const std::u32string points = CodePointsOf(folded);
  return std::any_of(points.begin(), points.end(), [](char32_t c) { return u_isdigit(static_cast<UChar32>(c)); });
}

bool IsLetterForWord(std::string_view folded) {
  return !folded.empty() && static_cast<unsigned char>(folded[0]) >= 0x80 &&
         IsWrittenWithoutSpaces(static_cast<UChar32>(CodePointsOf(folded)[0]));
}

bool IsFunctionWord(std::string_view folded) {
  static const auto* const kWords = new Words{
      "the", "a",     "an",   "of",    "in",    "on",     "at",    "to",     "for",   "from",  "by",   "with",  "and",
      "or",  "but",   "as",   "is",    "are",   "was",    "were",  "be",     "been",  "being", "am",   "has",   "have",
      "had", "do",    "does", "did",   "will",  "would",  "shall", "should", "can",   "could", "may",  "might", "must",
      "it",  "its",   "it's", "this",  "that",  "that's", "these", "those",  "there", "here",  "he",   "she",   "they",
      "we",  "i",     "you",  "him",   "her",   "them",   "us",    "me",     "his",   "their", "our",  "my",    "your",
      "who", "which", "what", "when",  "where", "how",    "why",   "if",     "then",  "than",  "so",   "not",   "no",
      "all", "very",  "just", "about", "up",    "out",    "into",  "over",   "also",  "more",  "some", "any",   "going",
      "get", "got",   "one",  "think", "know",  "say",    "said",  "well",   "now"};
  return kWords->contains(folded);
}

bool IsReservation(std::string_view folded) {
  static const auto* const kWords = new Words{
      "but",  "however", "if",     "unless", "although", "though", "except", "only", "provided", "until", "yet",
      "aber", "wenn",    "jedoch", "mais",   "si",       "pero",   "но",     "если", "однако",   "但",    "لكن"};
  return kWords->contains(folded);
}

bool AreSpellingsOfOne(std::string_view a, std::string_view b) {
  if (a == b) return true;
  // Alignments ask this of all pairs of words: what is seen at once comes first. Short words are other words with one
  // letter changed, and slips seldom hit the first letter: increase, decrease.
  const auto [shorter_bytes, longer_bytes] = std::minmax({a.size(), b.size()});
  if (shorter_bytes < 4 || longer_bytes - shorter_bytes > 12 || a.front() != b.front()) return false;
  if (longer_bytes - shorter_bytes > MostSlips(longer_bytes) && IsAscii(a) && IsAscii(b)) return false;
  // A number or a negation is never the slip of another word.
  if (IsNumber(a) || IsNumber(b) || IsNegation(a) != IsNegation(b)) return false;
  const std::u32string x = CodePointsOf(a);
  const std::u32string y = CodePointsOf(b);
  const std::size_t longer = std::max(x.size(), y.size());
  if (std::min(x.size(), y.size()) < 4 || longer > 64 || x.front() != y.front()) return false;
  if (longer < 6 && (IsFunctionWord(a) || IsFunctionWord(b))) return false;
  const std::size_t most = MostSlips(longer);
  if (longer - std::min(x.size(), y.size()) > most) return false;
  return EditDistance(x, y) <= most;
}

}  // namespace onrecord::wordings
