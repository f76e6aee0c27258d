// What the tests of HttpServer share: a raw connection, handlers that can be held, a server with
// its thread. Thread safety: as each type says.
#pragma once

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "net/http_client.h"
#include "net/http_server.h"
#include "net/socket.h"

namespace sekisho::net {

using std::chrono::milliseconds;

inline std::int64_t now_ms() {
  return system_clock().monotonic_us() / 1000;
}

// One raw connection.
class Wire {
 public:
  explicit Wire(std::uint16_t port) : file_(must(connect_to("127.0.0.1", port, 2000))) {}

  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(file_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent < 0 && errno != EAGAIN) return false;
      if (sent > 0) bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  void finish() { ::shutdown(file_.get(), SHUT_WR); }

  // What comes until `end` has come, the other side closes, or the time is over.
  std::string read_until(std::string_view end, int timeout_ms = 5000) {
    const std::int64_t deadline_ms = now_ms() + timeout_ms;
    while (held_.find(end) == std::string::npos || end.empty()) {
      pollfd state{.fd = file_.get(), .events = POLLIN};
      const auto left_ms = static_cast<int>(std::max<std::int64_t>(deadline_ms - now_ms(), 0));
      if (::poll(&state, 1, left_ms) <= 0) return std::exchange(held_, {}) + "(still open)";
      char buffer[65536];
      const ssize_t got = ::recv(file_.get(), buffer, sizeof buffer, 0);
      if (got <= 0) return std::exchange(held_, {}) + (got < 0 ? "(reset)" : "");
      held_.append(buffer, static_cast<std::size_t>(got));
    }
    const std::size_t stop = held_.find(end) + end.size();
    std::string rest = held_.substr(stop);  // a copy, so that a test of memory sees the server's
    held_.resize(stop);
    return std::exchange(held_, std::move(rest));
  }
  std::string read_to_end(int timeout_ms = 5000) { return read_until({}, timeout_ms); }

 private:
  File file_;
  std::string held_;
};

// What the handlers of a test share with it.
struct Desk {
  Mutex mutex;
  ConditionVariable changed;
  std::map<std::string, Completion<Unit>> waiting GUARDED_BY(mutex);
  int finished GUARDED_BY(mutex) = 0;
  std::vector<std::thread> threads GUARDED_BY(mutex);

  Completion<Unit> wait_for_release(const std::string& name) {
    const MutexLock lock(mutex);
    changed.notify_all();
    return waiting[name];
  }
  void wait_until_held(const std::string& name) {
    const MutexLock lock(mutex);
    while (!waiting.contains(name)) changed.wait(mutex);
  }
  // Lets the handler of "/hold?name" go on, on this thread; waits for it to come if need be.
  void release(const std::string& name) {
    wait_until_held(name);
    Completion<Unit> held;
    {
      const MutexLock lock(mutex);
      held = waiting[name];
      waiting.erase(name);
    }
    held.deliver(Unit{});
  }
  void wait_until_finished(int count) {
    const MutexLock lock(mutex);
    while (finished < count) changed.wait(mutex);
  }
  void finish() {
    const MutexLock lock(mutex);
    ++finished;
    changed.notify_all();
  }
  ~Desk() {
    for (std::thread& thread : threads) thread.join();
  }
};

inline Task<Response> answer(std::shared_ptr<Desk> desk, Request request) {
  Response out{.content_type = "text/plain"};
  if (request.path == "/echo") {
    out.body = request.method + " " + request.path + "?" + request.query + " " + request.peer;
    for (const Header& header : request.headers) out.body += "|" + header.name + "=" + header.value;
    out.body += "|" + request.body;
  } else if (request.path == "/hold") {
    co_await desk->wait_for_release(request.query);
    out.body = "held " + request.query;
    desk->finish();
  } else if (request.path == "/thread") {
    // As a writer thread would: delivers after some milliseconds from a thread of its own.
    const Completion<Unit> done;
    {
      const MutexLock lock(desk->mutex);
      desk->threads.emplace_back([done, delay_ms = std::stoi(request.query)] {
        std::this_thread::sleep_for(milliseconds(delay_ms));
        done.deliver(Unit{});
      });
    }
    co_await done;
    out.body = "thread " + request.query;
  } else if (request.path == "/big") {
    out.body.assign(std::stoul(request.query), 'x');
  } else if (request.path == "/nothing") {
    out.status = 204;
  } else if (request.path == "/split") {
    out.headers = {{"x-bad", "a\r\nset-cookie: b"}};
  } else if (request.path == "/header") {
    out.headers = {{"x-good", "1"}, {"content-length", "999"}, {"Connection", "upgrade"}};
  }
  co_return out;
}

inline Response plain_error(const Error& error) {
  return {.status = 404, .content_type = "text/plain", .body = "error: " + error.message};
}

// A server with its thread; drained at the end.
class TestServer {
 public:
  explicit TestServer(HttpServerOptions options = {}) {
    options.body_limit = [](std::string_view, std::string_view path) -> Result<std::size_t> {
      if (path == "/none") return not_found("no such route");
      return std::size_t{1} << 20;
    };
    options.error_response = plain_error;
    options.drain_idle_ms = std::min(options.drain_idle_ms, 50);
    server_ = must(HttpServer::create(std::move(options), [desk = desk_](Request request) {
      return answer(desk, std::move(request));
    }));
    thread_ = std::thread([this] { unanswered_ = server_->run(); });
  }
  ~TestServer() {
    if (thread_.joinable()) drain();
  }
  std::size_t drain() {
    server_->begin_drain();
    thread_.join();
    return unanswered_;
  }
  void destroy() { server_.reset(); }

  std::uint16_t port() const { return server_->port(); }
  HttpServer& server() { return *server_; }
  Desk& desk() { return *desk_; }
  HttpClient client() const { return HttpClient({.port = port(), .exchange_timeout_ms = 10'000}); }

 private:
  std::shared_ptr<Desk> desk_ = std::make_shared<Desk>();
  std::unique_ptr<HttpServer> server_;
  std::thread thread_;
  std::size_t unanswered_ = 0;
};

inline std::string get(std::string_view target, std::string_view headers = "") {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: a\r\n" + std::string(headers) + "\r\n";
}

template <typename Condition>
bool eventually(Condition condition) {
  const std::int64_t deadline_ms = now_ms() + 5000;
  while (!condition()) {
    if (now_ms() > deadline_ms) return false;
    std::this_thread::sleep_for(milliseconds(1));
  }
  return true;
}

}  // namespace sekisho::net
