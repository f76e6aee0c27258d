// A server with a handler that does nothing, to be measured beside `return 200` of another server:
//   taskset -c 0 http_server_bench 8080 &
//   taskset -c 1 wrk -t1 -c64 -d10s http://127.0.0.1:8080/
#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "net/http_server.h"

namespace {
sekisho::net::HttpServer* running = nullptr;

sekisho::Task<sekisho::net::Response> say_ok(sekisho::net::Request) {
  co_return sekisho::net::Response{.content_type = "text/plain", .body = "ok\n"};
}
}  // namespace

int main(int argument_count, char** arguments) {
  using namespace sekisho;
  net::HttpServerOptions options;
  if (argument_count > 1) options.port = static_cast<std::uint16_t>(std::atoi(arguments[1]));
  options.body_limit = [](std::string_view, std::string_view) { return std::size_t{1} << 20; };
  options.error_response = [](const Error& error) {
    return net::Response{.status = 500, .content_type = "text/plain", .body = error.message};
  };
  auto server = must(net::HttpServer::create(std::move(options), say_ok));
  running = server.get();
  std::signal(SIGTERM, [](int) { running->begin_drain(); });
  std::printf("listening on 127.0.0.1:%d\n", server->port());
  std::fflush(stdout);
  return server->run() == 0 ? 0 : 1;
}
