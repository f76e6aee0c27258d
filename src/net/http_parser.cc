#include "net/http_parser.h"

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <cstdint>
#include <optional>
#include <utility>

#include "net/ascii.h"

namespace sekisho::net {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;

// "0", its line end and the blank line. Beast asserts that a look at the last chunk finds as much,
// and every chunk line has as much behind its beginning.
constexpr std::size_t kLastChunkBytes = 5;

std::string_view view(beast::string_view text) {
  return {text.data(), text.size()};
}

bool is_digits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// What may stand in a Host (RFC 3986 host and port): nothing that could start a path or a user.
bool is_host(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return is_alphanumeric(c) ||
           std::string_view("-._~%!$&'()*+,;=:[]").find(c) != std::string_view::npos;
  });
}

// "GET / HTTP/2.0": a well-formed version that is not ours.
bool names_other_version(std::string_view head) {
  const std::string_view line = head.substr(0, head.find('\r'));
  if (line.size() < 9) return false;
  const std::string_view version = line.substr(line.size() - 9);
  return version.starts_with(" HTTP/") && is_digits(version.substr(6, 1)) && version[7] == '.' &&
         is_digits(version.substr(8, 1)) && version.substr(6) != "1.0" &&
         version.substr(6) != "1.1";
}

Error unsupported(std::string message) {
  return {ErrorCode::kUnsupportedMedia, std::move(message)};
}
Error too_large(std::string message) {
  return {ErrorCode::kTooLarge, std::move(message)};
}

// Splits a request target into path and query. False: no form that a server takes.
bool split_target(std::string_view target, Request& request) {
  for (const char c : target) {
    if (c <= 0x20 || c >= 0x7F || c == '#') return false;
  }
  if (target == "*") {
    request.path = target;
    return request.method == "OPTIONS";
  }
  if (!target.starts_with('/')) {  // absolute form; its authority wins over Host and is ours
    const std::size_t scheme_end = target.find("://");
    if (scheme_end == target.npos) return false;
    const std::string scheme = lower_case(target.substr(0, scheme_end));
    if (scheme != "http" && scheme != "https") return false;
    target.remove_prefix(scheme_end + 3);
    const std::string_view authority = target.substr(0, target.find_first_of("/?"));
    if (authority.empty() || !is_host(authority)) return false;
    target.remove_prefix(authority.size());
  }
  const std::size_t mark = target.find('?');
  request.path = target.substr(0, mark);
  if (request.path.empty()) request.path = "/";
  if (mark != target.npos) request.query = target.substr(mark + 1);
  return true;
}

}  // namespace

// Beast splits lines, fields and chunks; what it lets pass and we refuse is checked around it.
class RequestParser::Impl {
 public:
  Impl(const ParserLimits& limits, const BodyLimit& body_limit)
      : limits_(limits), body_limit_(body_limit) {
    reset();
  }

  std::size_t feed(std::string_view bytes);
  Parsed take();
  void reset();

  Progress progress = Progress::kHead;
  bool expects_continue = false;
  Parsed parsed;
  HttpFailure failure;

 private:
  // One message; Beast's parser cannot be used twice.
  class Sink final : public http::basic_parser<true> {
   public:
    explicit Sink(Impl& impl) : impl_(impl) {
      // Both limits are ours: Beast's depend on how the bytes arrive.
      header_limit(static_cast<std::uint32_t>(impl.limits_.head_bytes_max) + 1);
      body_limit(boost::none);
    }

   private:
    // Stops Beast where the impl has failed; which code is of no interest.
    void stop_if_failed(beast::error_code& error) {
      if (impl_.progress == Progress::kFailed) error = http::error::bad_value;
    }

    void on_request_impl(http::verb, beast::string_view method, beast::string_view target,
                         int version, beast::error_code& error) override {
      impl_.parsed.version = version;
      impl_.parsed.request.method = view(method);
      if (method == "CONNECT") {
        impl_.fail(501, unsupported("CONNECT is not supported"));
      } else if (!split_target(view(target), impl_.parsed.request)) {
        impl_.fail(400, invalid("malformed request target"));
      }
      stop_if_failed(error);
    }
    void on_field_impl(http::field, beast::string_view name, beast::string_view value,
                       beast::error_code& error) override {
      if (impl_.progress == Progress::kHead) impl_.add_field(view(name), view(value));
      stop_if_failed(error);
    }
    void on_header_impl(beast::error_code&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>&, beast::error_code&) override {}
    std::size_t on_body_impl(beast::string_view piece, beast::error_code&) override {
      impl_.add_body(view(piece));
      return piece.size();
    }
    void on_chunk_header_impl(std::uint64_t size, beast::string_view,
                              beast::error_code& error) override {
      impl_.begin_chunk(size);
      stop_if_failed(error);
    }
    std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view piece,
                                   beast::error_code&) override {
      impl_.add_body(view(piece));
      return piece.size();
    }
    void on_finish_impl(beast::error_code&) override {}
    void on_response_impl(int, beast::string_view, int, beast::error_code&) override {}

    Impl& impl_;
  };

  std::size_t feed_head(std::string_view bytes);
  std::size_t feed_body(std::string_view bytes);
  bool head_ends(std::string_view bytes);
  void finish_head();
  void fail(int status, Error error);

  // Called by the sink.
  void add_field(std::string_view name, std::string_view value);
  void begin_chunk(std::uint64_t size);
  void add_body(std::string_view piece) {
    parsed.request.body.append(piece);
    chunk_bytes_left_ -= std::min<std::uint64_t>(chunk_bytes_left_, piece.size());
  }

  const ParserLimits limits_;
  const BodyLimit& body_limit_;
  std::optional<Sink> sink_;
  std::size_t looked_at_ = 0;  // bytes of the head that head_ends has seen
  int hosts_ = 0;
  int lengths_ = 0;
  int transfer_encodings_ = 0;
  std::size_t body_bytes_max_ = 0;
  std::uint64_t chunk_bytes_left_ = 0;
};

void RequestParser::Impl::reset() {
  progress = Progress::kHead;
  expects_continue = false;
  parsed = Parsed{};
  sink_.emplace(*this);
  looked_at_ = 0;
  hosts_ = lengths_ = transfer_encodings_ = 0;
  chunk_bytes_left_ = 0;
}

RequestParser::Parsed RequestParser::Impl::take() {
  if (progress != Progress::kDone) bug("a request was taken before it was read");
  Parsed out = std::move(parsed);
  reset();
  return out;
}

void RequestParser::Impl::fail(int status, Error error) {
  if (progress == Progress::kFailed) return;  // the first cause is the one to tell
  progress = Progress::kFailed;
  failure = {status, std::move(error)};
}

std::size_t RequestParser::Impl::feed(std::string_view bytes) {
  std::size_t used = 0;
  if (progress == Progress::kHead) used = feed_head(bytes);
  if (progress == Progress::kBody) used += feed_body(bytes.substr(used));
  return used;
}

std::size_t RequestParser::Impl::feed_head(std::string_view bytes) {
  // Some senders end a body with a line end too many (RFC 9112, 2.2).
  std::size_t used = 0;
  if (looked_at_ == 0) {
    while (bytes.substr(used).starts_with("\r\n")) used += 2;
  }
  const std::string_view rest = bytes.substr(used);
  if (rest == "\r" || !head_ends(rest)) return used;
  const std::string_view head = rest.substr(0, looked_at_);
  beast::error_code error;
  sink_->put(boost::asio::buffer(head), error);
  if (progress == Progress::kFailed) return used;
  if (error == http::error::bad_version && names_other_version(head)) {
    fail(505, invalid("only HTTP/1.0 and HTTP/1.1 are spoken here"));
  } else if (error) {
    fail(400, invalid("malformed request head"));
  } else {
    finish_head();
  }
  return used + head.size();
}

// Looks for the blank line behind the last header, refusing what no head may contain.
bool RequestParser::Impl::head_ends(std::string_view bytes) {
  for (; looked_at_ < bytes.size(); ++looked_at_) {
    if (looked_at_ == limits_.head_bytes_max) {
      fail(431, too_large("the request head is too large"));
      return false;
    }
    const char c = bytes[looked_at_];
    const char before = looked_at_ > 0 ? bytes[looked_at_ - 1] : ' ';
    if ((c == '\n') != (before == '\r')) {
      fail(400, invalid("a line of the request head does not end with CR LF"));
      return false;
    }
    if (c == '\n') {
      if (looked_at_ >= 3 && bytes[looked_at_ - 2] == '\n') {
        ++looked_at_;
        return true;
      }
    } else if (before == '\n' && (c == ' ' || c == '\t')) {
      fail(400, invalid("folded header lines are refused"));
      return false;
    } else if (static_cast<unsigned char>(c) < 0x20 && c != '\r' && c != '\t') {
      fail(400, invalid("a control character in the request head"));
      return false;
    }
  }
  return false;
}

void RequestParser::Impl::add_field(std::string_view name, std::string_view value) {
  Request& request = parsed.request;
  if (request.headers.size() == limits_.headers_max) {
    return fail(431, too_large("too many headers"));
  }
  Header header{lower_case(name), std::string(value)};
  if (header.name == "host") {
    if (++hosts_ > 1) return fail(400, invalid("more than one Host"));
    if (!is_host(value)) return fail(400, invalid("malformed Host"));
  } else if (header.name == "content-length") {
    if (++lengths_ > 1) return fail(400, invalid("more than one Content-Length"));
    if (!is_digits(value)) return fail(400, invalid("malformed Content-Length"));
  } else if (header.name == "transfer-encoding") {
    if (++transfer_encodings_ > 1) return fail(400, invalid("more than one Transfer-Encoding"));
    if (parsed.version < 11) return fail(400, invalid("Transfer-Encoding in HTTP/1.0"));
    if (lower_case(value) != "chunked") {
      return fail(501, unsupported("the only transfer coding read here is chunked"));
    }
  } else if (header.name == "expect" && parsed.version >= 11) {
    if (lower_case(value) != "100-continue") {
      return fail(417, invalid("the only expectation met here is 100-continue"));
    }
    expects_continue = true;
  }
  request.headers.push_back(std::move(header));
}

void RequestParser::Impl::finish_head() {
  if (parsed.version >= 11 && hosts_ == 0) return fail(400, invalid("Host is missing"));
  parsed.keep_alive = sink_->keep_alive();
  if (sink_->is_done()) {
    progress = Progress::kDone;
    return;
  }
  const Request& request = parsed.request;
  Result<std::size_t> limit = body_limit_(request.method, request.path);
  if (!limit.ok()) return fail(0, std::move(limit).error());
  body_bytes_max_ = *limit;
  if (sink_->content_length().value_or(0) > body_bytes_max_) {
    return fail(413, too_large("the request body is too large"));
  }
  progress = Progress::kBody;
}

void RequestParser::Impl::begin_chunk(std::uint64_t size) {
  if (size > body_bytes_max_ - parsed.request.body.size()) {
    fail(413, too_large("the request body is too large"));
  }
  chunk_bytes_left_ = size;
}

std::size_t RequestParser::Impl::feed_body(std::string_view bytes) {
  std::size_t used = 0;
  while (used < bytes.size()) {
    const bool is_line = sink_->chunked() && chunk_bytes_left_ == 0;
    const std::string_view piece = bytes.substr(used, is_line ? kChunkLineBytesMax : bytes.npos);
    if (is_line && piece.size() < kLastChunkBytes) break;
    beast::error_code error;
    used += sink_->put(boost::asio::buffer(piece), error);
    if (progress == Progress::kFailed) break;
    if (error == http::error::need_more) {
      if (piece.size() == kChunkLineBytesMax) fail(400, invalid("a chunk line is too long"));
      break;
    }
    if (error) {
      fail(400, invalid("malformed chunk"));
      break;
    }
    if (sink_->is_done()) {
      progress = Progress::kDone;
      break;
    }
  }
  return used;
}

RequestParser::RequestParser(const ParserLimits& limits, const BodyLimit& body_limit)
    : impl_(std::make_unique<Impl>(limits, body_limit)) {}
RequestParser::~RequestParser() = default;

std::size_t RequestParser::feed(std::string_view bytes) {
  return impl_->feed(bytes);
}
RequestParser::Progress RequestParser::progress() const {
  return impl_->progress;
}
std::size_t RequestParser::body_bytes() const {
  return impl_->parsed.request.body.size();
}
bool RequestParser::expects_continue() const {
  return impl_->expects_continue;
}
const HttpFailure& RequestParser::failure() const {
  if (impl_->progress != Progress::kFailed) bug("a failure was asked for that did not happen");
  return impl_->failure;
}
RequestParser::Parsed RequestParser::take() {
  return impl_->take();
}

}  // namespace sekisho::net
