// Brings a database to the schema of this binary: forward only, checksummed, one transaction each, one migrator
// at a time (others wait for its advisory lock and then find nothing to do).
#pragma once

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "services/pg/session.h"

namespace onrecord::pg {

struct Migration {
  int version;
  const char* name;
  const char* checksum;  // SHA-256 of the text, in hexadecimal digits
  const char* text;
};

// All migrations of this binary in order of their versions. Defined by db/embed.py.
absl::Span<const Migration> AllMigrations();

// Applies what is missing. FAILED_PRECONDITION when the database is newer than the binary or a migration that was
// applied differs from ours.
absl::Status Migrate(Session& session);

// OK when the schema is exactly that of this binary; else what Migrate would say, or FAILED_PRECONDITION with the
// advice to migrate.
absl::Status CheckSchema(Session& session);

}  // namespace onrecord::pg
