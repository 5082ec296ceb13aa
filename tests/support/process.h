// Programs that a test runs, kills and waits for. Nothing outlives the test: a process is killed at the end of its
// object, and by the kernel when the test itself is killed. Start processes on the main thread only: for the kernel,
// the parent is the thread.
#pragma once

#include <signal.h>
#include <sys/types.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"

namespace onrecord {

#ifdef ONRECORD_SANITIZED
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif

// How long to wait for what takes seconds at most on a quiet machine.
inline constexpr absl::Duration kPatience = absl::Seconds(kSanitized ? 90 : 30);
// What counts as "at once" beside other work on the machine.
inline constexpr absl::Duration kAtOnce = absl::Seconds(kSanitized ? 6 : 3);

// Looks every few milliseconds until the condition holds; false when it does not within `most`.
[[nodiscard]] bool Eventually(const std::function<bool()>& condition, absl::Duration most = kPatience);

// The whole file; empty when it cannot be read.
std::string ReadFile(const std::string& path);

class Process {
 public:
  struct Settings {
    std::string log;                       // takes standard output and error
    std::vector<std::string> environment;  // "NAME=value", besides ours
    std::string user;                      // whom to drop to; empty: nobody
    int orphan_signal = SIGKILL;
  };

  // `arguments` begin with the path of the program.
  Process(std::vector<std::string> arguments, const Settings& settings);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t pid() const { return pid_; }
  void Signal(int signal) const;
  // The exit code, 128 + signal when a signal ended it; nullopt when it still runs after `most`.
  std::optional<int> Wait(absl::Duration most = kPatience);
  // SIGKILL, and the end of it.
  void Kill();
  std::string Log() const { return ReadFile(log_); }

 private:
  std::string log_;
  pid_t pid_ = -1;
  std::optional<int> code_;
};

// A real onrecordd.
class ServerProcess {
 public:
  // Returns when it listens; health may still be NOT_SERVING.
  ServerProcess(const std::string& binary, const std::string& database, const std::string& listen = "127.0.0.1:0",
                std::vector<std::string> more_arguments = {});
  // Kills it; shows the end of its log when the test failed.
  ~ServerProcess();
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  const std::string& address() const { return address_; }
  Process& process() { return *process_; }
  // kill -9, and a new one at the same port.
  void KillAndRestart();
  // The largest resident memory so far, in bytes.
  std::int64_t PeakMemory() const { return Memory("VmHWM:"); }
  // What is resident now.
  std::int64_t ResidentMemory() const { return Memory("VmRSS:"); }

 private:
  std::int64_t Memory(const std::string& which) const;
  void Start(const std::string& listen);

  const std::string binary_;
  const std::string database_;
  const std::vector<std::string> more_arguments_;
  std::string directory_;
  std::string address_;
  int starts_ = 0;
  std::optional<Process> process_;
};

// What the server's grpc.health.v1 says.
enum class Health { kServing, kNotServing, kNoAnswer };
Health AskHealth(const std::string& address);
[[nodiscard]] bool BecomesServing(const std::string& address);

}  // namespace onrecord
