#include "server/routes.h"

#include <algorithm>
#include <string>

#include "base/diagnostics.h"
#include "base/limits.h"
#include "net/ascii.h"

namespace sekisho::server {
namespace {

using judge_api::JudgeApi;
using wire::ErrorShape;

constexpr std::size_t kNoBody = 0;

constexpr Route kRoutes[] = {
    {"POST", "/v1/judge", limits::kBatchBodyBytes, Needs::kKey, ErrorShape::kOpenAi,
     &JudgeApi::judge},
    {"POST", "/v1/judge/text", limits::kSingleTextBodyBytes, Needs::kKey, ErrorShape::kChakoshi,
     &JudgeApi::judge_text},
    {"POST", "/v1/judge/chat", limits::kChatBodyBytes, Needs::kKey, ErrorShape::kChakoshi,
     &JudgeApi::judge_chat},
    {"POST", "/v1/guardrails/apply", limits::kSingleTextBodyBytes, Needs::kKey,
     ErrorShape::kChakoshi, &JudgeApi::guardrails_apply},
    {"POST", "/v1/moderations", limits::kModerationBodyBytes, Needs::kKey, ErrorShape::kOpenAi,
     &JudgeApi::moderations},
    {"GET", "/v1/models", kNoBody, Needs::kKey, ErrorShape::kChakoshi, &JudgeApi::models},
    {"GET", "/v1/models/", kNoBody, Needs::kKey, ErrorShape::kChakoshi, &JudgeApi::models},
    {"GET", "/health", kNoBody, Needs::kNothing, ErrorShape::kEither, &JudgeApi::health},
    {"GET", "/ready", kNoBody, Needs::kNothing, ErrorShape::kEither, &JudgeApi::ready},
    {"GET", "/metrics", kNoBody, Needs::kNothing, ErrorShape::kEither, &JudgeApi::print_metrics},
};

// How the metrics call requests that have no route.
constexpr std::string_view kNoRoute = "none";
// What a client should wait at least when we are full, cannot judge, or its quota is used up.
constexpr std::int64_t kRetryAfterS = 1;

// Failures come in floods; one of them a second is named, the metrics count them all.
constexpr std::int64_t kLogEveryUs = 1'000'000;

// The routes of a path, whatever the method.
std::vector<const Route*> routes_at(std::string_view path) {
  std::vector<const Route*> found;
  for (const Route& route : kRoutes) {
    if (route.path == path) found.push_back(&route);
  }
  return found;
}

// HEAD is GET whose body the server leaves out.
const Route* with_method(const std::vector<const Route*>& at, std::string_view method) {
  const std::string_view wanted = method == "HEAD" ? "GET" : method;
  const auto found = std::find_if(at.begin(), at.end(),
                                  [&](const Route* route) { return route->method == wanted; });
  return found == at.end() ? nullptr : *found;
}

std::string allowed_methods(const std::vector<const Route*>& at) {
  std::string out;
  for (const Route* route : at) {
    if (!out.empty()) out += ", ";
    out += route->method;
    if (route->method == "GET") out += ", HEAD";
  }
  return out;
}

Error no_such_path() {
  return not_found("there is nothing at this path");
}

// JSON or nothing said; parameters (charset) do not matter, the bytes must be UTF-8.
Status check_content_type(const net::Request& request) {
  const std::string* sent = request.header("content-type");
  if (sent == nullptr) return ok_status();
  std::string type = net::lower_case(std::string_view(*sent).substr(0, sent->find(';')));
  type.erase(type.find_last_not_of(" \t") + 1);
  if (type.empty() || type == "application/json") return ok_status();
  return Error{ErrorCode::kUnsupportedMedia, "the content type must be application/json"};
}

net::Response refuse(wire::ErrorShape shape, const Error& error) {
  net::Response response;
  response.status = wire::http_status(error.code);
  response.body = wire::encode_error(shape, error);
  if (response.status == 401) response.headers.push_back({"www-authenticate", "Bearer"});
  if (response.status == 429 || response.status == 503) {
    const std::int64_t wait_s = std::max(error.retry_after_s, kRetryAfterS);
    response.headers.push_back({"retry-after", std::to_string(wait_s)});
  }
  return response;
}

}  // namespace

std::span<const Route> routes() {
  return kRoutes;
}

Router::Router(const judge_api::JudgeApi& api, access::Authenticator& authenticator,
               const Clock& clock, Metrics& metrics)
    : api_(api), authenticator_(authenticator), clock_(clock), metrics_(metrics) {}

Task<net::Response> Router::answer(net::Request request) {
  const std::int64_t started_us = clock_.monotonic_us();
  const auto at = routes_at(request.path);
  const Route* route = with_method(at, request.method);
  net::Response response;
  if (route != nullptr) {
    response = co_await answer_route(*route, std::move(request));
  } else if (at.empty()) {
    response = refuse(ErrorShape::kEither, no_such_path());
  } else {
    response = refuse(at.front()->errors, {ErrorCode::kMethodNotAllowed, "use another method"});
    response.headers.push_back({"allow", allowed_methods(at)});
  }
  // Answers speak of one sender's text; no cache on the way may keep them.
  response.headers.push_back({"cache-control", "no-store"});
  count(route != nullptr ? route->path : kNoRoute, response.status, started_us);
  co_return response;
}

// Routes live as long as the program.
// NOLINTNEXTLINE(cppcoreguidelines-avoid-reference-coroutine-parameters)
Task<net::Response> Router::answer_route(const Route& route, net::Request request) {
  judge_api::Call call;
  if (route.needs == Needs::kKey) {
    const std::string* authorization = request.header("authorization");
    auto caller = authenticator_.authenticate(authorization ? *authorization : "");
    if (!caller.ok()) co_return refuse(route.errors, caller.error());
    call.caller = std::move(caller).value();
  }
  if (route.body_bytes_max > 0) {
    const Status readable = check_content_type(request);
    if (!readable.ok()) co_return refuse(route.errors, readable.error());
  }
  const std::string request_id = request.id;
  call.request = std::move(request);
  judge_api::Answer answer = co_await (api_.*route.handler)(std::move(call));
  if (answer.ok()) co_return std::move(answer).value();

  const Error& error = answer.error();
  if (wire::http_status(error.code) >= 500) log_failure(route, request_id, error);
  co_return refuse(route.errors, error);
}

void Router::log_failure(const Route& route, std::string_view request_id, const Error& error) {
  const std::int64_t now_us = clock_.monotonic_us();
  std::int64_t due_us = log_due_us_.load(std::memory_order_relaxed);
  if (now_us < due_us || !log_due_us_.compare_exchange_strong(due_us, now_us + kLogEveryUs)) return;
  log(Severity::kError, "request_failed",
      {{"path", route.path},
       {"request_id", request_id},
       {"code", wire::error_name(error.code)},
       {"message", std::string_view(error.message)},
       {"detail", std::string_view(error.detail)}});
}

Result<std::size_t> Router::body_limit(std::string_view method, std::string_view path) {
  const auto at = routes_at(path);
  if (at.empty()) return no_such_path();
  const Route* route = with_method(at, method);
  // A small body may come along with a wrong method, so that `answer` can say which ones are right.
  return route != nullptr ? route->body_bytes_max : limits::kFrameBytes;
}

net::Response Router::error_response(const Error& error) {
  return refuse(ErrorShape::kEither, error);
}

void Router::count(std::string_view path, int status, std::int64_t started_us) {
  const auto route = [&] { return "route=\"" + std::string(path) + "\""; };
  const MutexLock lock(mutex_);
  Counter*& requests = requests_[{path, status}];
  if (requests == nullptr) {
    requests = &metrics_.counter("sekisho_http_requests_total", "Requests by route and status.",
                                 route() + ",status=\"" + std::to_string(status) + "\"");
  }
  Histogram*& duration = durations_[path];
  if (duration == nullptr) {
    duration = &metrics_.histogram("sekisho_http_request_seconds",
                                   "Time from a whole request to its answer, by route.", route());
  }
  requests->add();
  duration->observe(clock_.monotonic_us() - started_us);
}

}  // namespace sekisho::server
