// The quotations in an article: what stands between quotation marks. Pure.
//
// A quotation ends with its paragraph at the latest; where the next one opens with a mark again, speech goes on as a
// quotation of its own. An opening mark that is never closed, or a closing one that nothing opened, gives a quotation
// with a mark missing: up to the end of the paragraph, or from its beginning. Single marks count only where they cannot
// be apostrophes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace onrecord::cli {

struct Quotation {
  std::string text;   // without the marks; it holds a letter or digit
  std::size_t begin;  // of the text in the article, in bytes
  std::size_t end;    // one past it
  int line;           // of the article, from 1
  bool mark_missing;
};

std::vector<Quotation> FindQuotations(std::string_view article);

}  // namespace onrecord::cli
