#include <fmt/format.h>
#include <sys/resource.h>

#include <csignal>
#include <cstdio>

#include "access/authenticator.h"
#include "adapters/sqlite_access.h"
#include "apps/assembly.h"
#include "apps/commands.h"
#include "apps/terminal.h"
#include "base/diagnostics.h"
#include "net/http_server.h"
#include "server/judge_api/judge_api.h"
#include "server/routes.h"

namespace sekisho::apps {
namespace {

// The one server of the process, for the signal handler; begin_drain is async-signal-safe.
net::HttpServer* running_server = nullptr;

extern "C" void on_stop_signal(int) {
  if (running_server != nullptr) running_server->begin_drain();
}

void watch_signals() {
  struct sigaction action{};
  action.sa_handler = on_stop_signal;
  sigemptyset(&action.sa_mask);
  ::sigaction(SIGTERM, &action, nullptr);
  ::sigaction(SIGINT, &action, nullptr);
  action.sa_handler = SIG_IGN;  // a client that leaves is an error of its socket, not a signal
  ::sigaction(SIGPIPE, &action, nullptr);
}

// As many descriptors as the system lets us have: connections, and a few files of our own.
void raise_descriptor_limit() {
  struct rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

net::HttpServerOptions http_options(const Config& config) {
  net::HttpServerOptions options;
  options.address = config.address;
  options.port = config.port;
  options.threads = config.threads;
  options.connections_max = static_cast<std::size_t>(config.connections_max);
  options.body_limit = server::Router::body_limit;
  options.error_response = server::Router::error_response;
  return options;
}

void announce(const Config& config, const Judging& judging, std::uint16_t port) {
  const std::string host =
      config.address.find(':') == std::string::npos ? config.address : "[" + config.address + "]";
  const auto& scorer = judging.judge->scorer();
  fmt::print("sekisho serves on http://{}:{}\n", host, port);
  fmt::print("  judged by {}@{}, data in {}, journal mode {}\n", scorer.name(),
             scorer.digest().substr(0, 8), config.data,
             config.durability == adapters::Durability::kDurable ? "durable" : "default");
  for (const std::string& part : judging.degraded) fmt::print("  note: {}\n", part);
  std::fflush(stdout);
}

}  // namespace

int run_serve(const ConfigOptions& options) {
  auto config = make_config(options);
  if (!config.ok()) return refuse(config.error());
  if (config->data.empty()) return refuse(unprocessable("serve needs --data DIR"));

  Metrics metrics;
  const Clock& clock = system_clock();
  auto judging = assemble_judging(*config);
  if (!judging.ok()) return refuse(judging.error());
  auto recording = assemble_recording(*config, metrics);
  if (!recording.ok()) return refuse(recording.error());
  const auto guard = assemble_guard(*config, *judging, &*recording, metrics);

  auto keys = adapters::SqliteAccess::open(recording->folder.file(kAccessFile));
  if (!keys.ok()) return refuse(keys.error());
  auto authenticator = access::Authenticator::create(
      **keys, recording->folder.key_for(access::kApiKeyPurpose), clock);
  if (!authenticator.ok()) return refuse(authenticator.error());
  const access::KeyRefresher refresher(**authenticator);

  judge_api::Options api_options;
  api_options.degraded = judging->degraded;
  api_options.judge_timeout_ms = config->judge_timeout_ms;
  const judge_api::JudgeApi api({*guard, **authenticator, metrics, clock}, api_options);
  server::Router router(api, **authenticator, clock, metrics);
  metrics.gauge("sekisho_cache_entries", "Entries of the verdict cache.",
                [&judging] { return static_cast<double>(judging->judge->cache_counts().entries); });
  metrics.gauge("sekisho_cache_hits", "Answers from the verdict cache so far.",
                [&judging] { return static_cast<double>(judging->judge->cache_counts().hits); });

  auto server = net::HttpServer::create(http_options(*config), [&router](net::Request request) {
    return router.answer(std::move(request));
  });
  if (!server.ok()) return refuse(server.error());
  running_server = server->get();
  watch_signals();
  raise_descriptor_limit();
  announce(*config, *judging, (*server)->port());

  const std::size_t unanswered = (*server)->run();
  running_server = nullptr;
  recording->writer->stop();  // whatever was accepted is committed before the parts go
  log(unanswered == 0 ? Severity::kInfo : Severity::kWarning, "stopped",
      {{"unanswered", static_cast<std::int64_t>(unanswered)}});
  return 0;
}

}  // namespace sekisho::apps
