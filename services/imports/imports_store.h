// Imports in PostgreSQL: one batch is one transaction that stores its records and moves the import on.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "onrecord/v1/imports.pb.h"
#include "services/api/call.h"
#include "services/quotes/quotes_filter.h"

namespace onrecord::store {

// A new import, or the one that `start` resumes. FAILED_PRECONDITION IMPORT_FINISHED when that is finished.
absl::StatusOr<pb::Import> StartImport(api::Call& call, const pb::StartImport& start);
// Stores what follows import.committed_sequence and moves `import` on.
absl::StatusOr<pb::BatchResult> ImportBatch(api::Call& call, pb::Import& import, const pb::RecordBatch& batch);
absl::StatusOr<pb::Import> FinishImport(api::Call& call, const pb::Import& import);

absl::StatusOr<pb::Import> GetImport(pg::Session& db, std::string_view name);
absl::StatusOr<pb::ListImportsResponse> ListImports(pg::Session& db, const pb::ListImportsRequest& request);
absl::StatusOr<pb::ListRejectsResponse> ListRejects(pg::Session& db, const pb::ListRejectsRequest& request);

// The next records of an export after `after`, which moves on. No records: the end.
absl::StatusOr<pb::ExportQuotesResponse> ExportPage(pg::Session& db, const Filter& filter, PageKey& after);

}  // namespace onrecord::store
