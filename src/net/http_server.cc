#include "net/http_server.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <chrono>
#include <limits>
#include <optional>
#include <span>
#include <thread>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/ulid.h"
#include "net/ascii.h"
#include "net/http_parser.h"
#include "net/http_response.h"
#include "net/read_buffer.h"
#include "net/socket.h"

// How it hangs together. A Core holds what all connections share, and one Worker a thread, each
// with its own io_context: what runs on a connection's thread needs no lock. A Session is one
// connection; `serve` is its life, a Task that waits for its socket through the awaitables below.
// Times are kept by each worker's tick, which looks at every session a few times a second and
// cancels the wait of a late one: a request costs no timer.
namespace sekisho::net {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using Executor = asio::io_context::executor_type;
using Socket = asio::basic_stream_socket<asio::ip::tcp, Executor>;
using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, Executor>;

constexpr std::size_t kBodyReadBytes = 16 * 1024;
constexpr std::size_t kRequestIdBytesMax = 64;
constexpr int kTickMsMax = 100;
constexpr int kTicksPerTimeout = 8;

std::int64_t now_ms() {
  return system_clock().monotonic_us() / 1000;
}

// The awaitables: each suspends the one Task of its session until Asio calls back.
struct IoResult {
  error_code error;
  std::size_t bytes = 0;
};

struct ReadSome {
  Socket& socket;
  std::span<char> into;
  IoResult result = {};

  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiting) {
    const asio::mutable_buffer buffer(into.data(), into.size());
    socket.async_read_some(buffer, [this, waiting](error_code error, std::size_t bytes) {
      result = {error, bytes};
      waiting.resume();
    });
  }
  IoResult await_resume() const noexcept { return result; }
};

// Until the socket takes more.
struct Writable {
  Socket& socket;
  error_code result = {};

  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiting) {
    socket.async_wait(Socket::wait_write, [this, waiting](error_code error) {
      result = error;
      waiting.resume();
    });
  }
  error_code await_resume() const noexcept { return result; }
};

class Session;

// One I/O thread.
struct Worker {
  asio::io_context io{1};
  std::atomic<std::size_t> load = 0;  // sessions given to it and not over yet
  Timer tick_timer{io.get_executor()};

  Mutex mutex;
  bool stopped GUARDED_BY(mutex) = false;  // no longer runs; tasks end where they are
  std::vector<Session*> sessions GUARDED_BY(mutex);
};

// What all connections share. Sessions own it together, since a handler may outlast the server.
struct Core {
  Core(HttpServerOptions server_options, Handler request_handler)
      : options(std::move(server_options)),
        handler(std::move(request_handler)),
        workers(static_cast<std::size_t>(options.threads)) {
    for (auto& worker : workers) worker = std::make_unique<Worker>();
  }

  Response error_response(const HttpFailure& failure) const {
    Response response = options.error_response(failure.error);
    if (failure.status != 0) response.status = failure.status;
    if (!is_sendable(response)) response = Response{.status = 500, .content_type = ""};
    return response;
  }

  const HttpServerOptions options;
  const Handler handler;
  UlidGenerator ids{system_clock()};
  std::atomic<std::int64_t> drain_started_ms = 0;  // 0: not draining

  std::atomic<std::size_t> connections = 0;
  std::atomic<std::size_t> body_bytes = 0;  // of all requests being read or handled
  std::atomic<std::uint64_t> connections_refused = 0;
  std::atomic<std::uint64_t> requests = 0;
  std::atomic<std::uint64_t> requests_refused = 0;
  std::atomic<std::uint64_t> timeouts = 0;
  std::atomic<std::uint64_t> accept_pauses = 0;

  std::vector<std::unique_ptr<Worker>> workers;
};

// Goes on on the worker's thread, behind what waits there already; at once where it already runs
// there and `kIfElsewhere` is asked for. False when the worker has stopped: then the task goes on
// where it is and may only end.
struct Hop {
  enum class When { kAlways, kIfElsewhere };

  std::shared_ptr<Core> core;  // owns the worker
  Worker& worker;
  When when;
  bool alive = true;

  bool await_ready() const {
    return when == When::kIfElsewhere && worker.io.get_executor().running_in_this_thread();
  }
  bool await_suspend(std::coroutine_handle<> waiting) {
    // Once the task is posted it may run, end and take `*this` with it: only locals from there on.
    const std::shared_ptr<Core> keep = core;
    Worker& target = worker;
    const MutexLock lock(target.mutex);
    const bool goes_there = alive = !target.stopped;
    if (goes_there) asio::post(target.io, [waiting] { waiting.resume(); });
    return goes_there;
  }
  bool await_resume() const { return alive; }
};

class Session {
 public:
  Session(std::shared_ptr<Core> core, Worker& worker, Socket socket, std::string peer);
  ~Session();

  // From the first byte to the close.
  Task<Unit> serve();

  // Called by the tick: ends a wait that took too long.
  void check(std::int64_t now);
  void close() {
    error_code ignored;
    socket_.close(ignored);
  }

 private:
  enum class Phase { kIdle, kHead, kBody, kHandling, kWriting, kLingering };
  enum class Outcome { kRequest, kRefused, kClosed };

  void enter(Phase phase);
  int timeout_ms(Phase phase) const;
  bool charge_body();
  void release_body();
  std::string request_id(const Request& request);
  Outcome refused(int status, ErrorCode code, std::string message);

  Task<Outcome> read_request();
  Task<IoResult> read_more();
  Task<bool> answer();
  Task<bool> write(std::string_view head, std::string_view body);
  Task<Unit> refuse();

  const std::shared_ptr<Core> core_;  // first: owns what the socket belongs to
  Worker& worker_;
  Socket socket_;
  const std::string peer_;
  RequestParser parser_;
  ReadBuffer in_;
  std::string head_;     // of the response being written
  HttpFailure refusal_;  // after Outcome::kRefused

  std::size_t place_;  // in worker_.sessions
  Phase phase_ = Phase::kIdle;
  std::int64_t deadline_ms_ = 0;  // of the phase
  bool late_ = false;             // the deadline has passed
  std::size_t window_bytes_ = 0;  // of the body, when its present time span began
  std::size_t charged_bytes_ = 0;
};

Session::Session(std::shared_ptr<Core> core, Worker& worker, Socket socket, std::string peer)
    : core_(std::move(core)),
      worker_(worker),
      socket_(std::move(socket)),
      peer_(std::move(peer)),
      parser_({core_->options.head_bytes_max, core_->options.headers_max},
              core_->options.body_limit) {
  enter(Phase::kIdle);
  core_->connections.fetch_add(1);
  worker_.load.fetch_add(1);
  const MutexLock lock(worker_.mutex);
  place_ = worker_.sessions.size();
  worker_.sessions.push_back(this);
}

Session::~Session() {
  release_body();
  {
    const MutexLock lock(worker_.mutex);
    Session* const last = worker_.sessions.back();
    worker_.sessions[place_] = last;
    last->place_ = place_;
    worker_.sessions.pop_back();
  }
  close();  // before the counts: who reads them may want the descriptor
  core_->connections.fetch_sub(1);
  worker_.load.fetch_sub(1);
}

int Session::timeout_ms(Phase phase) const {
  switch (phase) {
    case Phase::kIdle:
      return core_->options.idle_timeout_ms;
    case Phase::kHead:
      return core_->options.header_timeout_ms;
    case Phase::kBody:
      return core_->options.body_timeout_ms;
    case Phase::kHandling:
      return std::numeric_limits<int>::max();  // the handler keeps its own time
    case Phase::kWriting:
      return core_->options.write_timeout_ms;
    case Phase::kLingering:
      return core_->options.linger_timeout_ms;
  }
  bug("a phase without a time");
}

void Session::enter(Phase phase) {
  phase_ = phase;
  deadline_ms_ = now_ms() + timeout_ms(phase);
  late_ = false;
  window_bytes_ = 0;
}

void Session::check(std::int64_t now) {
  const std::int64_t drain_started_ms = core_->drain_started_ms.load();
  const bool leave = phase_ == Phase::kIdle && drain_started_ms != 0 &&
                     now >= drain_started_ms + core_->options.drain_idle_ms;
  if (now < deadline_ms_ && !leave) return;
  if (phase_ == Phase::kBody) {
    const std::size_t came = parser_.body_bytes() - window_bytes_;
    const std::int64_t needed = static_cast<std::int64_t>(core_->options.body_bytes_per_s_min) *
                                core_->options.body_timeout_ms / 1000;
    if (static_cast<std::int64_t>(came) >= needed) {
      window_bytes_ += came;
      deadline_ms_ = now + core_->options.body_timeout_ms;
      return;
    }
  }
  late_ = true;
  error_code ignored;
  socket_.cancel(ignored);
}

// False: all requests together hold more than they may.
bool Session::charge_body() {
  const std::size_t more = parser_.body_bytes() - charged_bytes_;
  if (more == 0) return true;
  charged_bytes_ += more;
  return core_->body_bytes.fetch_add(more) + more <= core_->options.body_bytes_total_max;
}

void Session::release_body() {
  if (charged_bytes_ > 0) core_->body_bytes.fetch_sub(std::exchange(charged_bytes_, 0));
}

std::string Session::request_id(const Request& request) {
  const std::string* sent = request.header("x-request-id");
  const auto is_id_character = [](char c) {
    return is_alphanumeric(c) || c == '-' || c == '_' || c == '.';
  };
  if (sent != nullptr && !sent->empty() && sent->size() <= kRequestIdBytesMax &&
      std::all_of(sent->begin(), sent->end(), is_id_character)) {
    return *sent;
  }
  return core_->ids.next().text();
}

Session::Outcome Session::refused(int status, ErrorCode code, std::string message) {
  refusal_ = {status, {code, std::move(message)}};
  return Outcome::kRefused;
}

Task<Unit> Session::serve() {
  for (;;) {
    const Outcome outcome = co_await read_request();
    if (outcome == Outcome::kRefused) co_await refuse();
    if (outcome != Outcome::kRequest || !co_await answer()) co_return Unit{};
    // A long pipeline must not keep the thread from its other connections.
    if (!in_.empty() && !co_await Hop{core_, worker_, Hop::When::kAlways}) co_return Unit{};
  }
}

Task<Session::Outcome> Session::read_request() {
  using Progress = RequestParser::Progress;
  enter(Phase::kIdle);
  for (;;) {
    in_.consume(parser_.feed(in_.view()));
    const Progress progress = parser_.progress();
    if (progress == Progress::kFailed) {
      refusal_ = parser_.failure();
      co_return Outcome::kRefused;
    }
    if (!charge_body()) {
      co_return refused(503, ErrorCode::kOverloaded, "too many request bodies at once");
    }
    if (progress == Progress::kDone) co_return Outcome::kRequest;
    if (progress == Progress::kBody && phase_ != Phase::kBody) {
      const bool waits = parser_.expects_continue() && parser_.body_bytes() == 0 && in_.empty();
      if (waits && !co_await write("HTTP/1.1 100 Continue\r\n\r\n", {})) {
        co_return Outcome::kClosed;
      }
      enter(Phase::kBody);
    } else if (phase_ == Phase::kIdle && !in_.empty()) {
      enter(Phase::kHead);
    }
    const IoResult read = co_await read_more();
    if (late_ && phase_ != Phase::kIdle) {
      core_->timeouts.fetch_add(1);
      co_return refused(408, ErrorCode::kTimeout, "the request came too slowly");
    }
    if (read.error) co_return Outcome::kClosed;
    in_.commit(read.bytes);
  }
}

Task<IoResult> Session::read_more() {
  if (phase_ == Phase::kIdle) {
    in_.shrink();
    if (head_.capacity() > ReadBuffer::kIdleBytes) head_ = {};
  }
  const std::span<char> into = in_.prepare(phase_ == Phase::kBody ? kBodyReadBytes : 1);
  IoResult read = co_await ReadSome{socket_, into};
  if (phase_ == Phase::kIdle && read.error == asio::error::operation_aborted) {
    // Idle for too long, or draining; but a request that has just arrived is still served.
    read.bytes = socket_.read_some(asio::mutable_buffer(into.data(), into.size()), read.error);
  }
  co_return read;
}

// False: the connection is over.
Task<bool> Session::answer() {
  RequestParser::Parsed parsed = parser_.take();
  Request& request = parsed.request;
  request.peer = peer_;
  request.id = request_id(request);
  const std::string id = request.id;
  const bool asks_for_head = request.method == "HEAD";
  core_->requests.fetch_add(1, std::memory_order_relaxed);
  enter(Phase::kHandling);
  Response response = co_await core_->handler(std::move(request));
  if (!co_await Hop{core_, worker_, Hop::When::kIfElsewhere}) co_return false;
  release_body();
  if (!is_sendable(response)) {
    response = core_->error_response(
        {500, {.code = ErrorCode::kInternal, .message = "the answer could not be sent"}});
  }
  const bool keep_alive = parsed.keep_alive && core_->drain_started_ms.load() == 0;
  head_.clear();
  append_head(response, {id, parsed.version, keep_alive}, head_);
  const bool sends_body = !asks_for_head && status_has_body(response.status);
  const bool written = co_await write(head_, sends_body ? response.body : std::string_view());
  co_return written&& keep_alive;
}

// In one system call where the kernel takes it whole. False: the client is gone or too slow.
Task<bool> Session::write(std::string_view head, std::string_view body) {
  for (;;) {
    const std::array<asio::const_buffer, 2> rest{asio::buffer(head), asio::buffer(body)};
    error_code error;
    const std::size_t written = socket_.write_some(rest, error);
    const std::size_t of_head = std::min(written, head.size());
    head.remove_prefix(of_head);
    body.remove_prefix(written - of_head);
    if (head.empty() && body.empty()) co_return true;
    if (error && error != asio::error::would_block) co_return false;
    enter(Phase::kWriting);
    const error_code waited = co_await Writable{socket_};
    if (late_) core_->timeouts.fetch_add(1);
    if (late_ || waited) co_return false;
  }
}

Task<Unit> Session::refuse() {
  core_->requests_refused.fetch_add(1);
  release_body();
  const Response response = core_->error_response(refusal_);
  head_.clear();
  append_head(response, {core_->ids.next().text()}, head_);
  if (!co_await write(head_, response.body)) co_return Unit{};
  // Closing with bytes unread would make the kernel take the answer back (RFC 9112, 9.6).
  error_code error;
  socket_.shutdown(Socket::shutdown_send, error);
  enter(Phase::kLingering);
  in_ = {};
  while (!error && !late_) {
    error = (co_await ReadSome{socket_, in_.prepare(1)}).error;
  }
  co_return Unit{};
}

// Looks at every session of the worker, again and again until it is drained.
void tick(Core& core, Worker& worker) {
  const HttpServerOptions& options = core.options;
  const std::int64_t now = now_ms();
  {
    const MutexLock lock(worker.mutex);
    for (Session* session : worker.sessions) session->check(now);
  }
  const std::int64_t drain_started_ms = core.drain_started_ms.load();
  if (drain_started_ms != 0) {
    if (worker.load.load() == 0) return;  // nothing is left to wait for, so the worker ends
    if (now >= drain_started_ms + options.drain_ms_max - 2 * kTickMsMax) return worker.io.stop();
  }
  const int shortest_ms =
      std::min({options.header_timeout_ms, options.idle_timeout_ms, options.body_timeout_ms,
                options.write_timeout_ms, options.linger_timeout_ms, options.drain_idle_ms});
  const int interval_ms = std::clamp(shortest_ms / kTicksPerTimeout, 1, kTickMsMax);
  worker.tick_timer.expires_after(std::chrono::milliseconds(interval_ms));
  worker.tick_timer.async_wait([&core, &worker](error_code error) {
    if (!error) tick(core, worker);
  });
}

// Runs the worker until it is drained. Returns how many requests it left unanswered.
std::size_t run_worker(Core& core, Worker& worker) {
  tick(core, worker);
  worker.io.run();
  {
    const MutexLock lock(worker.mutex);
    worker.stopped = true;
    for (Session* session : worker.sessions) session->close();
  }
  // Every wait ends now with an error, and every session with it but those inside a handler.
  worker.tick_timer.cancel();
  worker.io.restart();
  worker.io.poll();
  const MutexLock lock(worker.mutex);
  return worker.sessions.size();
}

// Answers without waiting for a request.
void turn_away(Core& core, File connection) {
  core.connections_refused.fetch_add(1);
  const Response response = core.error_response(
      {503, {.code = ErrorCode::kOverloaded, .message = "too many connections"}});
  std::string bytes;
  append_head(response, {core.ids.next().text()}, bytes);
  say_and_close(std::move(connection), bytes + response.body);
}

// Gives a new connection to the worker with the fewest.
void admit(const std::shared_ptr<Core>& core, Connection connection) {
  if (core->connections.load() >= core->options.connections_max) {
    return turn_away(*core, std::move(connection.file));
  }
  Worker& worker = **std::min_element(
      core->workers.begin(), core->workers.end(),
      [](const auto& a, const auto& b) { return a->load.load() < b->load.load(); });
  Socket socket(worker.io.get_executor());
  error_code error;
  socket.assign(connection.is_ipv6 ? asio::ip::tcp::v6() : asio::ip::tcp::v4(),
                connection.file.get(), error);
  if (error) return;
  connection.file.release();
  socket.non_blocking(true, error);  // writes try at once and wait themselves
  auto session =
      std::make_unique<Session>(core, worker, std::move(socket), std::move(connection.peer));
  asio::post(worker.io, [session = std::move(session)]() mutable {
    Session& started = *session;  // which owns itself until it ends
    start(started.serve(), [owned = std::move(session)](Unit) {});
  });
}

}  // namespace

struct HttpServer::Impl {
  std::shared_ptr<Core> core;
  Listener listener;
  File drain_event;
};

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpServer::~HttpServer() = default;

Result<std::unique_ptr<HttpServer>> HttpServer::create(HttpServerOptions options, Handler handler) {
  if (!handler || !options.body_limit || !options.error_response || options.threads < 1) {
    bug("an HttpServer without handler, body_limit, error_response or threads");
  }
  TRY(Listener listener, listen_on(options.address, options.port));
  File drain_event(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
  if (drain_event.get() < 0) return system_error("cannot make an eventfd");
  auto core = std::make_shared<Core>(std::move(options), std::move(handler));
  return std::unique_ptr<HttpServer>(new HttpServer(std::unique_ptr<Impl>(
      new Impl{std::move(core), std::move(listener), std::move(drain_event)})));
}

std::uint16_t HttpServer::port() const {
  return impl_->listener.port;
}

std::size_t HttpServer::run() {
  const std::shared_ptr<Core>& core = impl_->core;
  std::atomic<std::size_t> unanswered = 0;
  std::vector<std::thread> threads;
  for (const auto& worker : core->workers) {
    threads.emplace_back([&] { unanswered.fetch_add(run_worker(*core, *worker)); });
  }
  accept_until(impl_->drain_event.get(), std::move(impl_->listener.file),
               {.pause_ms = core->options.accept_pause_ms,
                .admit = [&](Connection connection) { admit(core, std::move(connection)); },
                .paused = [&] { core->accept_pauses.fetch_add(1); }});
  core->drain_started_ms.store(now_ms());
  for (std::thread& thread : threads) thread.join();
  return unanswered.load();
}

void HttpServer::begin_drain() noexcept {
  const int errno_before = errno;  // a signal handler leaves no trace
  const std::uint64_t one = 1;
  // Fails only when the order has been given 2^64 times.
  [[maybe_unused]] const ssize_t written = ::write(impl_->drain_event.get(), &one, sizeof one);
  errno = errno_before;
}

HttpServerStats HttpServer::stats() const {
  const Core& core = *impl_->core;
  return {core.connections.load(), core.connections_refused.load(),
          core.requests.load(),    core.requests_refused.load(),
          core.timeouts.load(),    core.accept_pauses.load()};
}

}  // namespace sekisho::net
