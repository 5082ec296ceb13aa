#include "services/pg/session.h"

#include <algorithm>
#include <bit>
#include <pqxx/version>
#if PQXX_VERSION_MAJOR < 7
#include <pqxx/tablewriter>
#endif

#include <chrono>
#include <random>
#include <thread>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "services/base/log.h"
#include "services/base/strings.h"
#include "services/pg/errors.h"

namespace onrecord::pg {
namespace {

// The timeout is longer than any deadline the server grants: it ends statements whose caller can no longer cancel them.
// Plans are made once: planning costs more than running what we ask for most.
constexpr char kOptions[] =
    "-c statement_timeout=120s -c idle_in_transaction_session_timeout=120s -c client_min_messages=warning"
    " -c DateStyle=ISO -c TimeZone=UTC -c plan_cache_mode=force_generic_plan";
constexpr char kPlanAnew[] = "SET plan_cache_mode = force_custom_plan";
constexpr char kPlanOnce[] = "RESET plan_cache_mode";
// Plans made while the record was small do not suit what it has become in a long import, and temporary tables are never
// analyzed: plans are forgotten after so many statements, and each time that there were twice as many.
constexpr char kForgetPlans[] = "DISCARD PLANS";
constexpr std::uint64_t kFirstForgotten = 256;
// How long a session waits after it could not connect: a server that starts must not be stormed.
constexpr absl::Duration kConnectPause = absl::Milliseconds(250);
constexpr int kMostAttempts = 4;

// The one difference between libpqxx 6 and 7 that matters to us: how a COPY is begun and fed.
#if PQXX_VERSION_MAJOR >= 7
void CopyRows(pqxx::transaction_base& work, const char* table, absl::Span<const char* const> columns,
              const std::vector<std::vector<const char*>>& rows) {
  pqxx::stream_to stream = pqxx::stream_to::raw_table(work, table, absl::StrJoin(columns, ","));
  for (const std::vector<const char*>& row : rows) stream.write_row(row);
  stream.complete();
}
#else
// COPY's text format of one row.
std::string CopyLine(const std::vector<const char*>& row) {
  std::string line;
  for (const char* const& field : row) {
    if (&field != row.data()) line += '\t';
    if (field == nullptr) {
      line += "\\N";
      continue;
    }
    for (const char* at = field; *at != '\0'; ++at) {
      switch (*at) {
        case '\\':
          line += "\\\\";
          break;
        case '\t':
          line += "\\t";
          break;
        case '\n':
          line += "\\n";
          break;
        case '\r':
          line += "\\r";
          break;
        default:
          line += *at;
      }
    }
  }
  return line;
}

void CopyRows(pqxx::transaction_base& work, const char* table, absl::Span<const char* const> columns,
              const std::vector<std::vector<const char*>>& rows) {
  // The stream_to of version 6 takes tuples only, whose length is fixed; tablewriter takes lines.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
  pqxx::tablewriter writer(work, table, columns.begin(), columns.end());
#pragma GCC diagnostic pop
  for (const std::vector<const char*>& row : rows) writer.write_raw_line(CopyLine(row));
  writer.complete();
}
#endif

// The connection string with what every session of ours sets. Later keywords win over earlier ones.
std::string WithOurSettings(const std::string& connection_string, const std::string& application) {
  const std::pair<const char*, std::string> settings[] = {{"connect_timeout", "5"},
                                                          {"keepalives_idle", "30"},
                                                          {"tcp_user_timeout", "30000"},
                                                          {"application_name", application},
                                                          {"options", kOptions}};
  const bool is_url = absl::StrContains(connection_string, "://");
  std::string all = connection_string;
  char separator = absl::StrContains(all, "?") ? '&' : '?';
  for (const auto& [key, value] : settings) {
    if (is_url) {
      const std::string escaped = absl::StrReplaceAll(value, {{" ", "%20"}, {"=", "%3D"}});
      StrAppend(&all, std::string(1, std::exchange(separator, '&')), key, "=", escaped);
    } else {
      StrAppend(&all, " ", key, "='", value, "'");
    }
  }
  return all;
}

}  // namespace

std::string FormatNumber(double number) { return absl::StrFormat("%.17g", number); }

std::string TextArray(absl::Span<const std::string> values) {
  return StrCat(
      "{",
      absl::StrJoin(values, ",",
                    [](std::string* out, const std::string& value) {
                      StrAppend(out, "\"", absl::StrReplaceAll(value, {{"\\", "\\\\"}, {"\"", "\\\""}}), "\"");
                    }),
      "}");
}

std::vector<std::int64_t> ParseIntArray(std::string_view text) {
  std::vector<std::int64_t> values;
  // One piece after the other: an array may be long.
  for (std::size_t begin = 1; begin + 1 < text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size() - 1);
    std::int64_t value = 0;
    if (ParseNumber(text.substr(begin, end - begin), &value)) values.push_back(value);
    begin = end + 1;
  }
  return values;
}

std::string Bytea(std::string_view bytes) { return StrCat("\\x", absl::BytesToHexString(ToAbsl(bytes))); }

std::string ParseBytea(std::string_view text) {
  return text.starts_with("\\x") ? absl::HexStringToBytes(ToAbsl(text.substr(2))) : std::string(text);
}

Session::Session(std::string connection_string, std::string application)
    : connection_string_(std::move(connection_string)), application_(std::move(application)) {}

absl::Status Session::Connect() {
  if (connection_) return absl::OkStatus();
  if (absl::Now() < next_connect_) return DatabaseUnavailable();
  const absl::Status status = Guard(Access::kRead, [this] {
    auto opened = std::make_unique<pqxx::connection>(WithOurSettings(connection_string_, application_));
    opened->set_client_encoding("UTF8");
    backend_pid_ = opened->backendpid();
    connection_ = std::move(opened);
  });
  if (!status.ok()) next_connect_ = absl::Now() + kConnectPause;
  return status;
}

absl::Status Session::Guard(Access access, const std::function<void()>& body) {
  absl::Status status = Translate(access, body, cancelled_by_caller_);
  if (ReasonOf(status) == pb::ERROR_REASON_DATABASE_UNAVAILABLE ||
      ReasonOf(status) == pb::ERROR_REASON_OUTCOME_UNKNOWN) {
    work_.reset();
    prepared_.clear();
    backend_pid_ = 0;
    connection_.reset();
  }
  return status;
}

absl::StatusOr<pqxx::result> Session::RunParams(const Statement& statement, const std::vector<Param>& params) {
  RETURN_IF_ERROR(Connect());
  std::vector<const char*> values;
  values.reserve(params.size());
  for (const Param& param : params) values.push_back(param.c_str());
  pqxx::result rows;
  RETURN_IF_ERROR(Guard(statement.writes ? Access::kWrite : Access::kRead, [&] {
    const auto arguments = pqxx::prepare::make_dynamic_params(values.begin(), values.end());
    if (!statement.custom && prepared_.find(statement.name) == prepared_.end()) {
      connection_->prepare(statement.name, statement.text);
      prepared_.insert(statement.name);
    }
    const auto run = [&](pqxx::transaction_base& on) {
      if (++statements_ >= kFirstForgotten && std::has_single_bit(statements_)) on.exec(kForgetPlans);
      if (!statement.custom) {
        rows = on.exec_prepared(statement.name, arguments);
        return;
      }
      on.exec(kPlanAnew);
      try {
        rows = on.exec_params(statement.text, arguments);
      } catch (const pqxx::sql_error&) {
        if (!work_) on.exec(kPlanOnce);  // a transaction that failed takes the setting back itself
        throw;
      }
      on.exec(kPlanOnce);
    };
    if (work_) {
      run(*work_);
    } else {
      pqxx::nontransaction alone(*connection_);
      run(alone);
    }
  }));
  return rows;
}

absl::Status Session::Transaction(const std::function<absl::Status()>& body) {
  thread_local std::minstd_rand random{std::random_device{}()};
  absl::Status status;
  for (int attempt = 0; attempt < kMostAttempts; ++attempt) {
    RETURN_IF_ERROR(Connect());
    const absl::Cleanup end = [this] { work_.reset(); };  // also when the body throws
    RETURN_IF_ERROR(Guard(Access::kRead, [this] { work_ = std::make_unique<pqxx::work>(*connection_); }));
    status = body();
    // A lost connection before COMMIT is no doubt: nothing was stored.
    if (status.ok())
      status = Guard(Access::kWrite, [this] { work_->commit(); });
    else if (ReasonOf(status) == pb::ERROR_REASON_OUTCOME_UNKNOWN)
      status = DatabaseUnavailable();
    work_.reset();
    if (ReasonOf(status) != pb::ERROR_REASON_WRITE_CONFLICT) return status;
    std::this_thread::sleep_for(std::chrono::milliseconds(5 + random() % (20 << attempt)));
  }
  return status;
}

absl::Status Session::Copy(const char* table, absl::Span<const char* const> columns,
                           const std::vector<std::vector<Param>>& rows) {
  std::vector<std::vector<const char*>> fields(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (const Param& field : rows[i]) fields[i].push_back(field.c_str());
  }
  return Guard(Access::kWrite, [&] { CopyRows(*work_, table, columns, fields); });
}

absl::Status Session::Execute(const std::string& text) {
  RETURN_IF_ERROR(Connect());
  return Guard(Access::kWrite, [&] {
    if (work_) {
      work_->exec(text);
    } else {
      pqxx::nontransaction(*connection_).exec(text);
    }
  });
}

void Session::AbsorbCancel() {
  cancelled_by_caller_ = nullptr;
  if (!connection_) return;
  if (const absl::Status status = Execute("SELECT 1"); !status.ok()) {
    Log("info", "cancel absorbed", {{"status", FromAbsl(status.message())}});
  }
}

}  // namespace onrecord::pg
