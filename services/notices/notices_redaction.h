// Notices that tell the words of a quote that is redacted.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "services/pg/session.h"
#include "services/quotes/quotes_words.h"

namespace onrecord::store {

// In the transaction that redacts a quote printed in `articles`: the words leave every state of every notice; of those
// about it notes and reasons go whatever they say, and the reasons of what became of its printings. With
// `protect_source` also a speaker who issued a notice about it.
absl::Status RedactNotices(pg::Session& db, const std::string& quote_id, absl::Span<const std::string> articles,
                           const rules::QuoteWords& words, bool protect_source);

}  // namespace onrecord::store
