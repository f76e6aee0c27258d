// Result<T>: a value or an Error. The only way a fallible function of Sekisho answers.
//
// No exceptions are thrown by our code; a bug is a crash, bad input is an Error.
// Errors are a closed list of codes. `message` is for the person who sent the input and never
// contains judged text or internals; `detail` is for our diagnostics and never leaves the process.
// Thread safety: plain values.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace sekisho {

enum class ErrorCode {
  kInvalid,           // malformed bytes: not JSON, not UTF-8, wrong type
  kUnprocessable,     // well formed, but a value breaks a rule (too long, unknown field)
  kTooLong,           // more characters than the place judges
  kUnauthenticated,   // no or unknown credentials
  kForbidden,         // known caller, not allowed
  kNotFound,          // the named thing does not exist
  kMethodNotAllowed,  // the path exists, the method does not
  kTooLarge,          // more bytes than the limit of the place
  kUnsupportedMedia,  // a content type or encoding nobody reads here
  kTimeout,           // the sender was too slow
  kRateLimited,       // the caller's own quota is used up
  kOverloaded,        // we are full: refuse now
  kUnjudged,          // the text could not be judged
  kUnavailable,       // a part that is needed is away
  kCorrupt,           // stored bytes fail their checks
  kIo,                // the operating system refused
  kInternal,          // a bug or an unexpected state
};

struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;             // for the sender
  std::string field = {};          // the request field or configuration key at fault, if any
  std::string detail = {};         // for diagnostics only
  std::int64_t retry_after_s = 0;  // when to come again, where that is known
};

// Short names keep the places readable where errors are born.
inline Error invalid(std::string message, std::string field = {}) {
  return {ErrorCode::kInvalid, std::move(message), std::move(field)};
}
inline Error unprocessable(std::string message, std::string field = {}) {
  return {ErrorCode::kUnprocessable, std::move(message), std::move(field)};
}
inline Error not_found(std::string message, std::string field = {}) {
  return {ErrorCode::kNotFound, std::move(message), std::move(field)};
}

// Ends the process for a broken invariant. `why` says which.
[[noreturn]] inline void bug(const char* why) {
  std::fprintf(stderr, "sekisho: bug: %s\n", why);
  std::abort();
}

struct Unit {};

template <typename T>
class [[nodiscard]] Result {
 public:
  // Implicit on purpose: `return value;` and `return invalid("…");` read as what they mean.
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  // Calling value() on an error, or error() on a value, is a bug.
  T& value() & {
    check(ok());
    return *std::get_if<0>(&state_);
  }
  const T& value() const& {
    check(ok());
    return *std::get_if<0>(&state_);
  }
  T&& value() && {
    check(ok());
    return std::move(*std::get_if<0>(&state_));
  }
  const Error& error() const& {
    check(!ok());
    return *std::get_if<1>(&state_);
  }
  Error&& error() && {
    check(!ok());
    return std::move(*std::get_if<1>(&state_));
  }

  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }

 private:
  static void check(bool expected) {
    if (!expected) bug("Result read as what it is not");
  }
  std::variant<T, Error> state_;
};

using Status = Result<Unit>;
inline Status ok_status() {
  return Unit{};
}

// A value that a comment beside the call proves to be there.
template <typename T>
T must(Result<T> result) {
  if (!result.ok()) bug(result.error().message.c_str());
  return std::move(result).value();
}

}  // namespace sekisho

#define SEKISHO_CONCAT_INNER(a, b) a##b
#define SEKISHO_CONCAT(a, b) SEKISHO_CONCAT_INNER(a, b)
#define SEKISHO_TRY(name, declaration, expression) \
  auto name = (expression);                        \
  if (!name.ok()) return std::move(name).error();  \
  declaration = std::move(name).value()

// TRY(auto x, f());  x is f()'s value, or the enclosing function returns f()'s error.
// CHECK_OK(f());     the same where the value is of no interest.
// Both are several statements: never the brace-less body of an `if`.
// CO_TRY and CO_CHECK_OK are their twins inside coroutines.
#define TRY(declaration, expression) \
  SEKISHO_TRY(SEKISHO_CONCAT(try_result_, __LINE__), declaration, expression)
#define CHECK_OK(expression)                                        \
  do {                                                              \
    auto check_result = (expression);                               \
    if (!check_result.ok()) return std::move(check_result).error(); \
  } while (false)
#define SEKISHO_CO_TRY(name, declaration, expression) \
  auto name = (expression);                           \
  if (!name.ok()) co_return std::move(name).error();  \
  declaration = std::move(name).value()
#define CO_CHECK_OK(expression)                                        \
  do {                                                                 \
    auto check_result = (expression);                                  \
    if (!check_result.ok()) co_return std::move(check_result).error(); \
  } while (false)
#define CO_TRY(declaration, expression) \
  SEKISHO_CO_TRY(SEKISHO_CONCAT(try_result_, __LINE__), declaration, expression)
