// HttpClient: one blocking HTTP/1.1 connection, for command lines, probes and tests.
//
// Connects when first needed, keeps the connection while the server does, and connects again when
// it was closed in between. Nothing is sent twice: a request that fails has failed.
// Thread safety: one client, one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/result.h"
#include "net/http.h"
#include "net/socket.h"

namespace sekisho::net {

struct HttpClientOptions {
  std::string host = "127.0.0.1";  // a name or a numeric address, IPv6 without brackets
  std::uint16_t port = 0;
  int connect_timeout_ms = 2'000;    // for each address of a name
  int exchange_timeout_ms = 30'000;  // from the first byte sent to the last one received
  std::uint32_t head_bytes_max = 64 * 1024;
  std::size_t body_bytes_max = 64UL * 1024 * 1024;
};

class HttpClient {
 public:
  explicit HttpClient(HttpClientOptions options) : options_(std::move(options)) {}

  // Sends the request (its method, path, query, headers and body; Host and Content-Length are
  // added) and waits for the answer, whatever its status. In the Response, `headers` are all that
  // came. kTimeout, kTooLarge, or kUnavailable: not there, closed early, or no HTTP.
  Result<Response> send(const Request& request);

  bool is_connected() const { return connection_.get() >= 0; }

 private:
  Status connect();
  Status write_all(std::string_view bytes, std::int64_t deadline_ms);
  Status wait(short events, std::int64_t deadline_ms);
  Result<Response> read_response(bool answers_head, std::int64_t deadline_ms);
  Result<Response> exchange(const Request& request);

  const HttpClientOptions options_;
  File connection_;
};

}  // namespace sekisho::net
