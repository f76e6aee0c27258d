// RequestParser: bytes of one connection → Requests (RFC 9112), refusing every shape that another
// reader could take for something else.
//
// The caller keeps the bytes: `feed` takes what it can from the front, the rest is offered again
// with more behind it. How the bytes are cut into pieces never changes the requests or the errors.
// Refused with 400: both Content-Length and Transfer-Encoding, more than one of either, a length
// that is not digits alone, a line ended by CR or LF alone, folded lines, control characters, space
// before a colon, no Host or two, bad chunks. 413, 417, 431, 501 and 505 as HTTP names them.
// Thread safety: one parser, one flow.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "net/http.h"

namespace sekisho::net {

struct ParserLimits {
  std::size_t head_bytes_max = 16 * 1024;  // request line and headers with their line ends
  std::size_t headers_max = 100;
};

// A chunk's line with its extensions, or the last one with its trailers.
inline constexpr std::size_t kChunkLineBytesMax = 4096;

struct HttpFailure {
  int status = 0;  // 0: an error of BodyLimit, whose owner knows the status
  Error error;
};

class RequestParser {
 public:
  enum class Progress { kHead, kBody, kDone, kFailed };

  struct Parsed {
    Request request;   // peer and id are left empty
    int version = 11;  // 10 or 11
    bool keep_alive = false;
  };

  // `body_limit` must outlive the parser.
  RequestParser(const ParserLimits& limits, const BodyLimit& body_limit);
  RequestParser(const RequestParser&) = delete;
  RequestParser& operator=(const RequestParser&) = delete;
  ~RequestParser();

  // Reads from the front of `bytes` and returns how many it is finished with. Takes nothing beyond
  // the end of a request, and nothing once it is done or has failed. It remembers how far it has
  // looked into bytes it left over, so these must come again unchanged; they are never more than
  // the larger of head_bytes_max and kChunkLineBytesMax.
  std::size_t feed(std::string_view bytes);

  Progress progress() const;
  std::size_t body_bytes() const;      // of the body, read so far
  bool expects_continue() const;       // in kBody: the sender waits for "100 Continue"
  const HttpFailure& failure() const;  // in kFailed

  // In kDone, once: the request. The parser is then ready for the next one.
  Parsed take();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sekisho::net
