#include "net/http_client.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

#include "base/clock.h"
#include "net/ascii.h"
#include "net/read_buffer.h"

namespace sekisho::net {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;

constexpr std::size_t kReadBytes = 16 * 1024;

std::int64_t now_ms() {
  return system_clock().monotonic_us() / 1000;
}

Error unavailable(std::string message) {
  return {ErrorCode::kUnavailable, std::move(message)};
}

// Collects one response.
class ResponseSink final : public http::basic_parser<false> {
 public:
  ResponseSink(const HttpClientOptions& options, bool answers_head) {
    header_limit(options.head_bytes_max);
    body_limit(options.body_bytes_max);
    eager(true);
    skip(answers_head);
  }
  Response response;

 private:
  void on_response_impl(int status, beast::string_view, int, beast::error_code&) override {
    response.status = status;
    response.content_type.clear();
  }
  void on_field_impl(http::field, beast::string_view name, beast::string_view value,
                     beast::error_code&) override {
    Header header{lower_case(std::string_view(name.data(), name.size())), std::string(value)};
    if (header.name == "content-type") response.content_type = header.value;
    response.headers.push_back(std::move(header));
  }
  std::size_t on_body_impl(beast::string_view piece, beast::error_code&) override {
    response.body.append(piece.data(), piece.size());
    return piece.size();
  }
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view piece,
                                 beast::error_code& error) override {
    return on_body_impl(piece, error);
  }
  void on_header_impl(beast::error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, beast::error_code&) override {}
  void on_chunk_header_impl(std::uint64_t, beast::string_view, beast::error_code&) override {}
  void on_finish_impl(beast::error_code&) override {}
  void on_request_impl(http::verb, beast::string_view, beast::string_view, int,
                       beast::error_code&) override {}
};

std::string request_bytes(const Request& request, const HttpClientOptions& options) {
  std::string out = request.method + " " + request.path;
  if (!request.query.empty()) out += "?" + request.query;
  out += " HTTP/1.1\r\n";
  if (request.header("host") == nullptr) {
    const bool is_ipv6 = options.host.find(':') != std::string::npos;
    out += "host: " + (is_ipv6 ? "[" + options.host + "]" : options.host) + ":" +
           std::to_string(options.port) + "\r\n";
  }
  for (const Header& header : request.headers) out += header.name + ": " + header.value + "\r\n";
  if (!request.body.empty() || request.method == "POST" || request.method == "PUT") {
    out += "content-length: " + std::to_string(request.body.size()) + "\r\n";
  }
  return out + "\r\n" + request.body;
}

}  // namespace

Result<Response> HttpClient::send(const Request& request) {
  CHECK_OK(connect());
  Result<Response> result = exchange(request);
  if (!result.ok()) connection_ = File();  // where the next answer would begin is unknown
  return result;
}

Status HttpClient::connect() {
  if (is_connected()) {
    // Readable between two exchanges: the server has closed, or talks out of turn.
    pollfd state{.fd = connection_.get(), .events = POLLIN};
    if (::poll(&state, 1, 0) == 0) return ok_status();
    connection_ = File();
  }
  TRY(connection_, connect_to(options_.host, options_.port, options_.connect_timeout_ms));
  return ok_status();
}

Result<Response> HttpClient::exchange(const Request& request) {
  const std::int64_t deadline_ms = now_ms() + options_.exchange_timeout_ms;
  Status sent = write_all(request_bytes(request, options_), deadline_ms);
  // A server that refuses a request half-way answers before it closes.
  if (!sent.ok() && sent.error().code == ErrorCode::kTimeout) return std::move(sent).error();
  return read_response(request.method == "HEAD", deadline_ms);
}

Status HttpClient::wait(short events, std::int64_t deadline_ms) {
  pollfd state{.fd = connection_.get(), .events = events};
  const std::int64_t left_ms = std::max<std::int64_t>(deadline_ms - now_ms(), 0);
  if (::poll(&state, 1, static_cast<int>(left_ms)) > 0) return ok_status();
  if (errno == EINTR && now_ms() < deadline_ms) return wait(events, deadline_ms);
  return Error{ErrorCode::kTimeout, "the server did not answer in time"};
}

Status HttpClient::write_all(std::string_view bytes, std::int64_t deadline_ms) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(connection_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN) {
      CHECK_OK(wait(POLLOUT, deadline_ms));
    } else if (errno != EINTR) {
      return unavailable(std::string("the connection broke: ") + std::strerror(errno));
    }
  }
  return ok_status();
}

Result<Response> HttpClient::read_response(bool answers_head, std::int64_t deadline_ms) {
  ReadBuffer in;
  std::optional<ResponseSink> sink(std::in_place, options_, answers_head);
  for (;;) {
    beast::error_code error;
    const std::string_view held = in.view();
    if (!held.empty()) in.consume(sink->put(boost::asio::buffer(held), error));
    if (error == http::error::body_limit) {
      return Error{ErrorCode::kTooLarge, "the answer is too large"};
    }
    if (error && error != http::error::need_more) {
      return unavailable("the answer is not HTTP: " + error.message());
    }
    if (sink->is_done()) {
      if (sink->response.status >= 200) break;
      sink.emplace(options_, answers_head);  // an interim response; the real one follows
      if (!in.empty()) continue;
    }
    CHECK_OK(wait(POLLIN, deadline_ms));
    const std::span<char> room = in.prepare(kReadBytes);
    const ssize_t got = ::recv(connection_.get(), room.data(), room.size(), 0);
    if (got > 0) in.commit(static_cast<std::size_t>(got));
    if (got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR))) continue;
    error = {};
    if (got == 0 && sink->got_some()) sink->put_eof(error);
    if (!sink->is_done() || error) return unavailable("the server closed before it answered");
    break;
  }
  if (!sink->keep_alive() || !in.empty()) connection_ = File();
  return std::move(sink->response);
}

}  // namespace sekisho::net
