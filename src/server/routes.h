// Routes: every path of the judge API in one table. Router: from a request to its handler, and from
// whatever came of it to a response.
//
// The table is what api/judge.yaml describes; routes_test.cc compares the two.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string_view>
#include <utility>

#include "access/authenticator.h"
#include "base/clock.h"
#include "base/metrics.h"
#include "base/mutex.h"
#include "base/task.h"
#include "net/http.h"
#include "server/judge_api/judge_api.h"
#include "server/wire/errors.h"

namespace sekisho::server {

enum class Needs { kKey, kNothing };

struct Route {
  std::string_view method;
  std::string_view path;
  std::size_t body_bytes_max;
  Needs needs;
  wire::ErrorShape errors;
  Task<judge_api::Answer> (judge_api::JudgeApi::*handler)(judge_api::Call) const;
};

std::span<const Route> routes();

// Thread safety: every member may be called from several threads. Everything borrowed outlives the
// router and the requests that are under way.
class Router {
 public:
  Router(const judge_api::JudgeApi& api, access::Authenticator& authenticator, const Clock& clock,
         Metrics& metrics);

  // What an HttpServer needs: net::Handler, net::BodyLimit and net::ErrorResponse.
  Task<net::Response> answer(net::Request request);
  static Result<std::size_t> body_limit(std::string_view method, std::string_view path);
  static net::Response error_response(const Error& error);

 private:
  Task<net::Response> answer_route(const Route& route, net::Request request);
  void log_failure(const Route& route, std::string_view request_id, const Error& error);
  void count(std::string_view path, int status, std::int64_t started_us) EXCLUDES(mutex_);

  const judge_api::JudgeApi& api_;
  access::Authenticator& authenticator_;
  const Clock& clock_;
  Metrics& metrics_;

  std::atomic<std::int64_t> log_due_us_ = 0;
  Mutex mutex_;
  // By path and status, made when first seen; the router can answer few of either.
  std::map<std::pair<std::string_view, int>, Counter*> requests_ GUARDED_BY(mutex_);
  std::map<std::string_view, Histogram*> durations_ GUARDED_BY(mutex_);
};

}  // namespace sekisho::server
