// Quotebank, a corpus of quotations of English news of 2008 to 2020, in both forms it is published in: a line for each
// quotation (quotes-YYYY.json), or a line for each article (quotebank-YYYY.json).
//
// Its dates are days on which an article was crawled: what was said was said by then. "None" is nobody. Other
// candidates than the most likely speaker are no speakers: they are told as losses. Offsets count words of texts that
// are not published and are no positions. Until phase E the corpus holds words, but neither their letters' case nor
// their signs.
#pragma once

#include <string_view>

#include "clients/cli/documents.h"

namespace onrecord::cli {

// The records of one line: of a quotation one for each address that it was seen at, of an article one for each
// quotation. The external id is made of the quoteID and the address or article.
RecordSequence ReadQuotebankLine(std::string_view line);

}  // namespace onrecord::cli
