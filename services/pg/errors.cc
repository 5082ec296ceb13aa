#include "services/pg/errors.h"

#include <pqxx/pqxx>
#include <string_view>

#include "absl/strings/match.h"
#include "services/base/log.h"
#include "services/base/status.h"
#include "services/base/strings.h"
#include "services/pg/session.h"

namespace onrecord::pg {
namespace {

struct ConstraintReason {
  std::string_view constraint;
  pb::ErrorReason reason;
  std::string_view message;
};

// Unique constraints that a caller can run into, and what they mean to him.
constexpr ConstraintReason kUnique[] = {
    {"quotes_pkey", pb::ERROR_REASON_QUOTE_EXISTS, "these words of this speaker on this date are recorded already"},
    {"speakers_slug_key", pb::ERROR_REASON_SPEAKER_EXISTS, "a speaker has this id; choose another speaker_id"},
    {"outlets_slug_key", pb::ERROR_REASON_OUTLET_EXISTS, "an outlet has this id; choose another outlet_id"},
    {"outlet_names_pkey", pb::ERROR_REASON_OUTLET_EXISTS,
     "an outlet has this name or alias; use that outlet or choose another name"},
    {"topics_slug_key", pb::ERROR_REASON_TOPIC_EXISTS, "a topic has this id; choose another topic_id"},
    {"topics_scheme_code_key", pb::ERROR_REASON_TOPIC_EXISTS, "a topic has this scheme and code; use that topic"},
};

absl::Status Internal(std::string_view what) {
  Log("error", "database refused", {{"cause", what}});
  return Refuse(absl::StatusCode::kInternal, pb::ERROR_REASON_INTERNAL,
                "a fault of the server; its log holds the cause");
}

absl::Status WriteConflict() {
  return Refuse(absl::StatusCode::kAborted, pb::ERROR_REASON_WRITE_CONFLICT,
                "concurrent changes collided; repeat the call");
}

// The constraint is named only inside the message, whose language and quotation marks depend on the server, and a
// shard may add a number to it ("quotes_pkey_102015"): the known names are looked for.
absl::Status FromUniqueViolation(std::string_view what) {
  for (const ConstraintReason& known : kUnique) {
    if (what.find(known.constraint) != std::string_view::npos) {
      return Refuse(absl::StatusCode::kAlreadyExists, known.reason, known.message);
    }
  }
  return Internal(what);
}

absl::Status FromSqlError(const pqxx::sql_error& error, const std::function<bool()>& cancelled_by_caller) {
  const std::string& state = error.sqlstate();
  if (state == "57014") {
    if (cancelled_by_caller && cancelled_by_caller()) {
      return Refuse(absl::StatusCode::kCancelled, pb::ERROR_REASON_CANCELLED, "the call was cancelled");
    }
    return Refuse(absl::StatusCode::kDeadlineExceeded, pb::ERROR_REASON_DEADLINE_EXCEEDED,
                  "not done within the deadline; ask for less or allow more time");
  }
  if (state == "54000") {  // a text's search vector is limited to 1 MiB
    return RefuseFields({{pb::ERROR_REASON_TEXT_TOO_LONG, "quote.text",
                          "holds more different words than the search index takes; split it"}});
  }
  if (state == "23505") return FromUniqueViolation(error.what());
  if (state == "40001" || state == "40P01" || state == "55P03") return WriteConflict();
  // 57P0x: shutting down, crashed, starting; 08: connection lost.
  if (absl::StartsWith(state, "57P") || absl::StartsWith(state, "08")) return DatabaseUnavailable();
  if (state == "25006") {  // also what was the primary before a failover
    return RefuseForNow(
        absl::StatusCode::kUnavailable, pb::ERROR_REASON_DATABASE_UNAVAILABLE,
        "the database is a standby, which takes no writes; send this to an onrecordd of the primary, or "
        "try again when this one has taken over",
        absl::Seconds(1));
  }
  if (absl::StartsWith(state, "53")) {
    return RefuseForNow(absl::StatusCode::kResourceExhausted, pb::ERROR_REASON_DATABASE_OVERLOADED,
                        "the database is out of memory, disk or connections; try again later", absl::Seconds(5));
  }
  return Internal(StrCat(state, ": ", error.what()));
}

absl::Status InDoubt() {
  return Refuse(absl::StatusCode::kUnknown, pb::ERROR_REASON_OUTCOME_UNKNOWN,
                "the connection to the database was lost during the write; repeat it with the same request_id");
}

}  // namespace

absl::Status DatabaseUnavailable() {
  return RefuseForNow(absl::StatusCode::kUnavailable, pb::ERROR_REASON_DATABASE_UNAVAILABLE,
                      "the database does not answer; try again", absl::Seconds(1));
}

absl::Status Translate(Access access, const std::function<void()>& body,
                       const std::function<bool()>& cancelled_by_caller) {
  // Order matters: libpqxx 6 derives some of these from others in ways that 7 does not.
  try {
    body();
    return absl::OkStatus();
  } catch (const pqxx::in_doubt_error&) {
    return InDoubt();
  } catch (const pqxx::statement_completion_unknown&) {
    return InDoubt();
  } catch (const pqxx::transaction_rollback&) {
    return WriteConflict();
  } catch (const pqxx::too_many_connections&) {
    return RefuseForNow(absl::StatusCode::kResourceExhausted, pb::ERROR_REASON_DATABASE_OVERLOADED,
                        "the database has no connection left; try again later", absl::Seconds(5));
  } catch (const pqxx::broken_connection& error) {
    Log("warning", "database connection lost", {{"cause", error.what()}});
    return access == Access::kWrite ? InDoubt() : DatabaseUnavailable();
  } catch (const pqxx::sql_error& error) {
    // A statement that PostgreSQL itself ended while shutting down was rolled back: there is no doubt.
    return FromSqlError(error, cancelled_by_caller);
  } catch (const pqxx::failure& error) {
    // libpqxx 6 reports a connection that broke inside COPY or at BEGIN as a plain failure.
    Log("warning", "database connection failed", {{"cause", error.what()}});
    return access == Access::kWrite ? InDoubt() : DatabaseUnavailable();
  } catch (const std::exception& error) {
    return Internal(error.what());
  }
}

}  // namespace onrecord::pg
