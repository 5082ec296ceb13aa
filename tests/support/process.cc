#include "tests/support/process.h"

#include <fcntl.h>
#include <grp.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "absl/time/clock.h"
#include "services/base/strings.h"

namespace onrecord {
namespace {

[[noreturn]] void Die(const std::string& what) {
  std::perror(what.c_str());
  std::abort();
}

// What execve wants.
std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

std::vector<std::string> Environment(const std::vector<std::string>& more) {
  std::vector<std::string> all = more;  // the first of a name is the one that getenv finds
  for (char** variable = environ; *variable != nullptr; ++variable) all.emplace_back(*variable);
  return all;
}

}  // namespace

bool Eventually(const std::function<bool()>& condition, absl::Duration most) {
  const absl::Time end = absl::Now() + most;
  while (!condition()) {
    if (absl::Now() > end) return false;
    absl::SleepFor(absl::Milliseconds(5));
  }
  return true;
}

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

Process::Process(std::vector<std::string> arguments, const Settings& settings) : log_(settings.log) {
  std::vector<std::string> environment = Environment(settings.environment);
  const std::vector<char*> argv = Pointers(arguments);
  const std::vector<char*> envp = Pointers(environment);
  const passwd* user = settings.user.empty() ? nullptr : getpwnam(settings.user.c_str());
  if (!settings.user.empty() && user == nullptr) Die(StrCat("no user ", settings.user));
  const uid_t uid = user == nullptr ? 0 : user->pw_uid;
  const gid_t gid = user == nullptr ? 0 : user->pw_gid;
  const int output = open(settings.log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  const int input = open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (output < 0 || input < 0) Die(settings.log);
  const pid_t parent = getpid();
  pid_ = fork();
  if (pid_ < 0) Die("fork");
  if (pid_ == 0) {  // only what is safe in the child of a process with threads
    dup2(input, STDIN_FILENO);
    dup2(output, STDOUT_FILENO);
    dup2(output, STDERR_FILENO);
    close_range(3, ~0U, 0);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    if (uid != 0 && (setgroups(1, &gid) != 0 || setgid(gid) != 0 || setuid(uid) != 0)) _exit(126);
    prctl(PR_SET_PDEATHSIG, settings.orphan_signal);
    if (getppid() != parent || chdir("/") != 0) _exit(126);
    execve(argv[0], argv.data(), envp.data());
    _exit(127);
  }
  close(output);
  close(input);
}

Process::~Process() { Kill(); }

void Process::Signal(int signal) const {
  if (!code_) kill(pid_, signal);
}

std::optional<int> Process::Wait(absl::Duration most) {
  (void)Eventually(
      [this] {
        if (code_) return true;
        int status = 0;
        if (waitpid(pid_, &status, WNOHANG) != pid_) return false;
        code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        return true;
      },
      most);
  return code_;
}

void Process::Kill() {
  Signal(SIGKILL);
  if (!Wait()) Die("a killed process goes on");
}

ServerProcess::ServerProcess(const std::string& binary, const std::string& database, const std::string& listen,
                             std::vector<std::string> more_arguments)
    : binary_(binary), database_(database), more_arguments_(std::move(more_arguments)) {
  char directory[] = "/tmp/onrecord-server.XXXXXX";
  if (mkdtemp(directory) == nullptr) Die(directory);
  directory_ = directory;
  Start(listen);
}

ServerProcess::~ServerProcess() {
  process_->Kill();
  if (::testing::Test::HasFailure()) {
    const std::string log = process_->Log();
    std::fprintf(stderr, "... the server's log ends with:\n%s\n",
                 log.substr(log.size() > 4000 ? log.size() - 4000 : 0).c_str());
  }
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

void ServerProcess::Start(const std::string& listen) {
  std::vector<std::string> arguments = {binary_, "serve", "--database", database_, "--listen", listen};
  arguments.insert(arguments.end(), more_arguments_.begin(), more_arguments_.end());
  const std::string log = StrCat(directory_, "/log", ++starts_);
  Process::Settings settings;
  settings.log = log;
#ifdef ONRECORD_THREAD_SANITIZER
  // What is suppressed in gRPC's memory is looked up, address by address, in a list that grows without end: a server
  // under load stands still after some seconds.
  const char* options = std::getenv("TSAN_OPTIONS");
  settings.environment = {StrCat("TSAN_OPTIONS=", options == nullptr ? "" : options, options == nullptr ? "" : ":",
                                 "suppress_equal_addresses=0")};
#endif
  process_.emplace(std::move(arguments), settings);
  const std::string sign = R"("event":"listening","address":")";
  const bool listens = Eventually([&] {
    const std::string text = ReadFile(log);
    const std::size_t begin = text.find(sign);
    if (begin == std::string::npos || text.find('\n', begin) == std::string::npos) return false;
    address_ = text.substr(begin + sign.size(), text.find('"', begin + sign.size()) - begin - sign.size());
    return true;
  });
  if (!listens) {
    ADD_FAILURE() << binary_ << " does not listen on " << listen << ":\n" << ReadFile(log);
    std::abort();
  }
}

void ServerProcess::KillAndRestart() {
  process_->Kill();
  Start(address_);
}

std::int64_t ServerProcess::Memory(const std::string& which) const {
  std::ifstream status(StrCat("/proc/", process_->pid(), "/status"));
  for (std::string word; status >> word;) {
    std::int64_t kilobytes = 0;
    if (word == which && status >> kilobytes) return kilobytes * 1024;
  }
  return -1;
}

Health AskHealth(const std::string& address) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  grpc::GenericStub stub(grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments));
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(5));
  grpc::CompletionQueue queue;
  const grpc::Slice nothing("");
  const grpc::ByteBuffer request(&nothing, 1);
  grpc::ByteBuffer response;
  grpc::Status status;
  const auto call = stub.PrepareUnaryCall(&context, "/grpc.health.v1.Health/Check", request, &queue);
  call->StartCall();
  call->Finish(&response, &status, nullptr);
  void* tag = nullptr;
  bool ok = false;
  queue.Next(&tag, &ok);
  queue.Shutdown();
  while (queue.Next(&tag, &ok)) {
  }
  if (!status.ok()) return Health::kNoAnswer;
  std::vector<grpc::Slice> slices;
  std::string text;
  if (response.Dump(&slices).ok()) {
    for (const grpc::Slice& slice : slices) text.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return text == std::string("\x08\x01", 2) ? Health::kServing : Health::kNotServing;
}

bool BecomesServing(const std::string& address) {
  return Eventually([&] { return AskHealth(address) == Health::kServing; });
}

}  // namespace onrecord
