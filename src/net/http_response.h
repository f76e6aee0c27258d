// The head of a response as bytes (RFC 9112). Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "net/http.h"

namespace sekisho::net {

struct ResponseFraming {
  std::string_view request_id;
  int request_version = 11;  // 10 or 11
  bool keep_alive = false;
};

// False for a status outside 200…599, or a header that could be read as two: nothing that a handler
// took over from a request may split a response.
bool is_sendable(const Response& response);

// Whether a response of that status has a body at all (not 204, not 304).
bool status_has_body(int status);

// Appends status line and headers with the blank line behind them. Content-Length is that of the
// body, which the answer to HEAD only announces. `response` must be sendable.
void append_head(const Response& response, const ResponseFraming& framing, std::string& out);

}  // namespace sekisho::net
