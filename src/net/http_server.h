// HttpServer: an HTTP/1.1 server (RFC 9112) for handlers that are Tasks.
//
// One request of a connection is handled at a time and pipelined ones are answered in their order;
// connections are spread over the I/O threads and stay on theirs. A handler starts on the
// connection's thread and must not block it; it may finish on any thread. It always runs to its
// end, also when the client has left or the server has stopped waiting for it.
// Errors born here (malformed, too large, too slow, unsupported, full) are answered with the body
// that `error_response` makes and the connection is closed.
// Thread safety: `begin_drain` and `stats` from anywhere, `begin_drain` also from a signal handler.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "base/task.h"
#include "net/http.h"

namespace sekisho::net {

using Handler = std::function<Task<Response>(Request)>;
// Where HTTP has a status of its own for what went wrong (431, 501, …) the server sets it.
using ErrorResponse = std::function<Response(const Error&)>;

struct HttpServerOptions {
  std::string address = "127.0.0.1";  // numeric, IPv4 or IPv6; "::" takes both
  std::uint16_t port = 0;             // 0: any free one
  int threads = 1;

  // Both must be set. They are called on the I/O threads and on that of `run`, several at a time.
  BodyLimit body_limit;
  ErrorResponse error_response;

  // Sizes. A request that breaks one is refused before more of it is read.
  std::size_t head_bytes_max = 16 * 1024;                  // else 431
  std::size_t headers_max = 100;                           // else 431
  std::size_t body_bytes_total_max = 256UL * 1024 * 1024;  // of all requests at once; else 503
  std::size_t connections_max = 10'000;                    // more get 503 at once

  // Times. A connection that breaks one gets 408 (head, body) or nothing, and is closed.
  int header_timeout_ms = 5'000;  // from the first byte of a head to its end
  int idle_timeout_ms = 60'000;   // without a byte of a next request
  int body_timeout_ms = 5'000;    // each such span must bring body_bytes_per_s_min
  int body_bytes_per_s_min = 4096;
  int write_timeout_ms = 5'000;   // without the client taking more of the response
  int linger_timeout_ms = 1'000;  // after a refusal, so that it arrives before the close
  int accept_pause_ms = 100;      // when the process has no descriptors left

  // Draining: idle connections may send one more request within the first time, and get it answered
  // with "connection: close"; `run` returns within the second, whatever is still unanswered.
  int drain_idle_ms = 500;
  int drain_ms_max = 6'000;
};

struct HttpServerStats {
  std::size_t connections = 0;            // open now
  std::uint64_t connections_refused = 0;  // over connections_max
  std::uint64_t requests = 0;             // given to the handler
  std::uint64_t requests_refused = 0;     // answered here with an error
  std::uint64_t timeouts = 0;             // connections that were too slow, idle ones not counted
  std::uint64_t accept_pauses = 0;
};

class HttpServer {
 public:
  // Listens from here on; connections wait until `run`. kIo when the address cannot be had.
  static Result<std::unique_ptr<HttpServer>> create(HttpServerOptions options, Handler handler);
  ~HttpServer();

  std::uint16_t port() const;

  // Serves until drained: takes connections in on this thread, serves them on the I/O threads.
  // Once. Returns how many requests were left unanswered when drain_ms_max had passed; their
  // handlers may still be running.
  std::size_t run();

  // No new connections; what is under way is finished; then `run` returns. May come before `run`.
  void begin_drain() noexcept;

  HttpServerStats stats() const;

 private:
  struct Impl;
  explicit HttpServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace sekisho::net
