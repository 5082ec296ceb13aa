// A statement of db/queries, embedded at build time by db/embed.py.
#pragma once

#include "absl/types/span.h"

namespace onrecord::pg {

struct Statement {
  const char* name;  // of the block, the prepared statement and the log field
  const char* text;
  const char* index;  // the index it relies on; empty where none is needed
  bool custom;        // planned with its values each time instead of prepared
  bool writes;        // changes rows: when the connection is lost meanwhile, the outcome is unknown
};

// Every statement, for the test that holds plans against the indexes named.
absl::Span<const Statement* const> AllStatements();

}  // namespace onrecord::pg
