// One connection to PostgreSQL and what happens when it breaks. A session belongs to one thread at a time.
// It connects when it is first used, prepares each statement once, and turns every driver exception into an
// absl::Status with the reasons of errors.proto; libpqxx does not leak out of services/pg and the stores.
// Deadlines: a session that runs for a call is registered with the Watchdog, which cancels it in time.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <pqxx/pqxx>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "services/base/status.h"
#include "services/base/strings.h"
#include "services/pg/statement.h"

namespace onrecord::pg {

// Without loss.
std::string FormatNumber(double number);

// One value of a statement, in PostgreSQL's text form; nullopt is NULL.
class Param {
 public:
  Param(std::nullopt_t) {}                             // NOLINT: values convert to parameters
  Param(std::string_view text) : text_(text) {}        // NOLINT
  Param(const std::string& text) : text_(text) {}      // NOLINT
  Param(const char* text) : text_(text) {}             // NOLINT
  Param(bool value) : text_(value ? "t" : "f") {}      // NOLINT
  Param(double value) : text_(FormatNumber(value)) {}  // NOLINT
  template <typename Number, std::enable_if_t<std::is_integral_v<Number>, int> = 0>
  Param(Number value) : text_(std::to_string(value)) {}  // NOLINT
  template <typename Value>
  Param(const std::optional<Value>& value) {
    if (value) *this = Param(*value);
  }  // NOLINT
  const char* c_str() const { return text_ ? text_->c_str() : nullptr; }

 private:
  std::optional<std::string> text_;
};

// PostgreSQL's text form of an array.
template <typename Integers>
std::string IntArray(const Integers& values) {
  return StrCat("{", absl::StrJoin(values, ","), "}");
}
std::string TextArray(absl::Span<const std::string> values);
// The integers of an array in text form; only of arrays without NULL.
std::vector<std::int64_t> ParseIntArray(std::string_view text);
// PostgreSQL's text form of bytes.
std::string Bytea(std::string_view bytes);
std::string ParseBytea(std::string_view text);

// Whether a lost connection leaves the outcome open.
enum class Access { kRead, kWrite };

class Session {
 public:
  // `application` shows in pg_stat_activity.
  Session(std::string connection_string, std::string application);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // Runs one statement on its own (no BEGIN and COMMIT). Inside Transaction it belongs to the transaction.
  template <typename... Values>
  absl::StatusOr<pqxx::result> Run(const Statement& statement, const Values&... values) {
    return RunParams(statement, {Param(values)...});
  }
  absl::StatusOr<pqxx::result> RunParams(const Statement& statement, const std::vector<Param>& params);

  // Runs `body` in one transaction, again (at most four times) when it loses against another transaction;
  // `body` must be safe to repeat. Commits when it returns OK.
  absl::Status Transaction(const std::function<absl::Status()>& body);

  // Appends rows to a temporary table of the running transaction by COPY; each field in text form.
  absl::Status Copy(const char* table, absl::Span<const char* const> columns,
                    const std::vector<std::vector<Param>>& rows);

  // Runs SQL text outside of db/queries: migrations, session set-up and tests.
  absl::Status Execute(const std::string& text);

  // What is read inside Transaction is read to be written back.
  bool in_transaction() const { return work_ != nullptr; }
  // Whether the caller may see words that are under embargo; the adaptor sets it anew for each call.
  void set_may_see_embargoed(bool may) { may_see_embargoed_ = may; }
  bool may_see_embargoed() const { return may_see_embargoed_; }

  // Process id of the server side, 0 while there is no connection. Any thread.
  int backend_pid() const { return backend_pid_; }
  // A cancel request may still be under way: takes it in, so that it cannot hit the next statement.
  void AbsorbCancel();
  // Whose deadline a cancelled statement is told to have missed.
  void set_cancelled_by_caller(std::function<bool()> asked) { cancelled_by_caller_ = std::move(asked); }

 private:
  absl::Status Connect();
  absl::Status Guard(Access access, const std::function<void()>& body);

  const std::string connection_string_;
  const std::string application_;
  std::unique_ptr<pqxx::connection> connection_;
  absl::Time next_connect_ = absl::InfinitePast();  // not to storm a server that is starting
  std::unique_ptr<pqxx::work> work_;                // while inside Transaction
  std::unordered_set<std::string_view> prepared_;
  std::uint64_t statements_ = 0;  // that were run
  std::atomic<int> backend_pid_ = 0;
  std::function<bool()> cancelled_by_caller_;
  bool may_see_embargoed_ = true;  // sessions of our own threads
};

}  // namespace onrecord::pg
