#include "services/api/text.h"

#include <openssl/evp.h>
#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/translit.h>
#include <unicode/uchar.h>

#include <array>
#include <memory>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/escaping.h"
#include "services/api/code_points.h"
#include "services/base/strings.h"

namespace onrecord::api {
namespace {

constexpr char kUnitSeparator = '\x1f';
constexpr std::size_t kMostSlugBytes = 60;

bool IsSpace(UChar32 c) { return u_isUWhiteSpace(c) != 0 || c == 0x200B || c == 0xFEFF; }

void Append(std::string& out, UChar32 c) {
  const auto put = [&out](UChar32 byte) { out += static_cast<char>(byte); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0 | c >> 6);
    put(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    put(0xE0 | c >> 12);
    put(0x80 | (c >> 6 & 0x3F));
    put(0x80 | (c & 0x3F));
  } else {
    put(0xF0 | c >> 18);
    put(0x80 | (c >> 12 & 0x3F));
    put(0x80 | (c >> 6 & 0x3F));
    put(0x80 | (c & 0x3F));
  }
}

std::string NormalizeCaseFold(std::string_view text) {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* normalizer = icu::Normalizer2::getNFKCCasefoldInstance(error);
  std::string result;
  icu::StringByteSink<std::string> sink(&result, static_cast<std::int32_t>(text.size()));
  normalizer->normalizeUTF8(0, icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())), sink, nullptr,
                            error);
  return U_SUCCESS(error) ? result : std::string(text);
}

// Hyphens and apostrophes inside of words are kept, in their straight form; all other punctuation separates.
UChar32 FoldedMark(UChar32 c) {
  switch (c) {
    case 0x2018:
    case 0x2019:
    case 0x201A:
    case 0x201B:
    case 0x2032:
    case '\'':
      return '\'';
    case 0x2010:
    case 0x2011:
    case 0x2012:
    case 0x2013:
    case 0x2014:
    case 0x2015:
    case 0x2212:
    case '-':
      return '-';
    default:
      return IsSpace(c) || u_ispunct(c) ? ' ' : c;
  }
}

}  // namespace

std::string Fold(std::string_view text) {
  const std::string normal = NormalizeCaseFold(text);
  std::string marked;
  marked.reserve(normal.size());
  ForEachCodePoint(normal, [&](UChar32 c, std::size_t, std::size_t) { Append(marked, FoldedMark(c)); });
  // Apostrophes and hyphens count only between letters or digits: 'quoted' and - dashes - separate.
  std::string out;
  out.reserve(marked.size());
  const auto is_word = [](char c) { return c != ' ' && c != '\'' && c != '-'; };
  for (std::size_t i = 0; i < marked.size(); ++i) {
    char c = marked[i];
    if ((c == '\'' || c == '-') &&
        (i == 0 || i + 1 == marked.size() || !is_word(marked[i - 1]) || !is_word(marked[i + 1]))) {
      c = ' ';
    }
    if (c == ' ' && (out.empty() || out.back() == ' ')) continue;
    out += c;
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

std::string CollapseSpace(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  bool space = false;
  ForEachCodePoint(text, [&](UChar32 c, std::size_t begin, std::size_t end) {
    if (u_isUWhiteSpace(c) != 0) {
      space = !out.empty();
      return;
    }
    if (space) out += ' ';
    space = false;
    out.append(text.substr(begin, end - begin));
  });
  return out;
}

std::size_t CodePoints(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xC0) != 0x80 ? 1 : 0;
  return count;
}

std::string FirstCodePoints(std::string_view text, std::size_t count) {
  std::size_t bytes = text.size();
  ForEachCodePoint(text, [&, seen = std::size_t{0}](UChar32, std::size_t begin, std::size_t) mutable {
    if (seen++ == count) bytes = begin;
  });
  return std::string(text.substr(0, bytes));
}

std::string LastCodePoints(std::string_view text, std::size_t count) {
  const std::size_t all = CodePoints(text);
  if (all <= count) return std::string(text);
  return std::string(text.substr(FirstCodePoints(text, all - count).size()));
}

bool HasControlCharacter(std::string_view text) {
  bool found = false;
  ForEachCodePoint(text, [&](UChar32 c, std::size_t, std::size_t) {
    // U+0085 is a line break.
    found = found || (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || (c >= 0x7F && c < 0xA0 && c != 0x85);
  });
  return found;
}

std::string Slug(std::string_view name) {
  // Making a transliterator is costly and using one is not thread-safe: one per thread.
  thread_local const std::unique_ptr<icu::Transliterator> to_latin = [] {
    UErrorCode error = U_ZERO_ERROR;
    return std::unique_ptr<icu::Transliterator>(
        icu::Transliterator::createInstance("Any-Latin; Latin-ASCII; Lower", UTRANS_FORWARD, error));
  }();
  icu::UnicodeString unicode =
      icu::UnicodeString::fromUTF8(icu::StringPiece(name.data(), static_cast<std::int32_t>(name.size())));
  if (to_latin) to_latin->transliterate(unicode);
  std::string latin;
  unicode.toUTF8String(latin);
  std::string slug;
  for (const char c : latin) {
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
      slug += c;
    } else if (c != '\'' && c != '.' && !slug.empty() && slug.back() != '-') {
      slug += '-';
    }
    if (slug.size() >= kMostSlugBytes) break;
  }
  while (!slug.empty() && slug.back() == '-') slug.pop_back();
  return slug.empty() ? StrCat("x", Identity().Add(name).Hex().substr(0, 10)) : slug;
}

bool IsPronoun(std::string_view name) {
  static const auto* const kPronouns = new absl::flat_hash_set<std::string>{
      "he",  "she", "they", "we",   "i",     "it",    "you", "him",      "her",  "them",    "us",     "me",   "his",
      "who", "er",  "sie",  "es",   "wir",   "ich",   "ihr", "il",       "elle", "ils",     "elles",  "nous", "vous",
      "je",  "on",  "él",   "ella", "ellos", "ellas", "yo",  "nosotros", "one",  "himself", "herself"};
  return kPronouns->contains(Fold(name));
}

Identity& Identity::Add(std::string_view part) {
  StrAppend(&joined_, part, std::string_view(&kUnitSeparator, 1));
  return *this;
}

std::string Identity::Hex() const {
  static const EVP_MD* const kSha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);  // which takes longer than a hash
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  EVP_Digest(joined_.data(), joined_.size(), digest.data(), nullptr, kSha256, nullptr);
  return absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(digest.data()), 16));
}

}  // namespace onrecord::api
