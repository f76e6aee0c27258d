// Request and Response: one HTTP exchange as values, without framing, sockets or connections.
//
// The server has checked the framing, the host and the sizes of a Request before anybody sees it.
// Text in it is as sent: bytes of path and query are printable ASCII, still percent-encoded; header
// values and the body are any bytes without NUL (values) or at all (body).
// Thread safety: plain values.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sekisho::net {

struct Header {
  std::string name;  // lower case
  std::string value;
};

struct Request {
  std::string method;           // case as sent: GET, POST, HEAD, …
  std::string path;             // "/v1/judge", or "*" for OPTIONS
  std::string query;            // behind the '?', without it
  std::vector<Header> headers;  // in the order sent; trailers are dropped
  std::string body;
  std::string peer;  // the other side's numeric address
  std::string id;    // the sender's X-Request-Id where it is valid, else a new ULID

  // The first header of that name, or null. `lower_name` is in lower case.
  const std::string* header(std::string_view lower_name) const;
};

// The server writes content-length, connection and x-request-id itself; headers of these names and
// transfer-encoding in `headers` are not sent.
struct Response {
  int status = 200;
  std::string content_type = "application/json";  // empty: not sent
  std::vector<Header> headers;
  std::string body;
};

// Asked once the head of a request with a body has been read, before any of the body: the most
// bytes that body may have, or the error to answer instead of reading it.
using BodyLimit =
    std::function<Result<std::size_t>(std::string_view method, std::string_view path)>;

}  // namespace sekisho::net
