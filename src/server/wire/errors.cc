#include "server/wire/errors.h"

#include "base/utf8.h"

namespace sekisho::wire {
namespace {

// A message may name a field of the sender's own making; it need not be given back whole.
constexpr std::size_t kShownCodePoints = 256;

std::string_view shown(std::string_view text) {
  return utf8::slice(text, 0, kShownCodePoints);
}

// What failed inside is for our diagnostics, whatever the message says.
std::string_view message_of(const Error& error) {
  return http_status(error.code) == 500 ? "an internal error" : shown(error.message);
}

std::string_view type_of(ErrorCode code) {
  const int status = http_status(code);
  if (status == 401) return "authentication_error";
  if (status == 403) return "permission_error";
  if (status == 429) return "rate_limit_error";
  return status >= 500 ? "server_error" : "invalid_request_error";
}

void write_flat_members(JsonWriter& json, const Error& error) {
  json.key("code").string(error_name(error.code));
  json.key("message").string(message_of(error));
  json.key("details");
  if (error.field.empty()) {
    json.null();
  } else {
    json.begin_object().key("field").string(shown(error.field)).end_object();
  }
}

}  // namespace

int http_status(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalid:
      return 400;
    case ErrorCode::kUnauthenticated:
      return 401;
    case ErrorCode::kForbidden:
      return 403;
    case ErrorCode::kNotFound:
      return 404;
    case ErrorCode::kMethodNotAllowed:
      return 405;
    case ErrorCode::kTimeout:
      return 408;
    case ErrorCode::kTooLarge:
      return 413;
    case ErrorCode::kUnsupportedMedia:
      return 415;
    case ErrorCode::kUnprocessable:
    case ErrorCode::kTooLong:
      return 422;
    case ErrorCode::kRateLimited:
      return 429;
    case ErrorCode::kOverloaded:
    case ErrorCode::kUnjudged:
    case ErrorCode::kUnavailable:
      return 503;
    case ErrorCode::kCorrupt:
    case ErrorCode::kIo:
    case ErrorCode::kInternal:
      return 500;
  }
  bug("unknown error code");
}

std::string_view error_name(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalid:
      return "invalid_request";
    case ErrorCode::kUnprocessable:
      return "unprocessable";
    case ErrorCode::kTooLong:
      return "text_too_long";
    case ErrorCode::kUnauthenticated:
      return "invalid_api_key";
    case ErrorCode::kForbidden:
      return "forbidden";
    case ErrorCode::kNotFound:
      return "not_found";
    case ErrorCode::kMethodNotAllowed:
      return "method_not_allowed";
    case ErrorCode::kTooLarge:
      return "body_too_large";
    case ErrorCode::kUnsupportedMedia:
      return "unsupported_media_type";
    case ErrorCode::kTimeout:
      return "request_timeout";
    case ErrorCode::kRateLimited:
      return "rate_limit_exceeded";
    case ErrorCode::kOverloaded:
      return "overloaded";
    case ErrorCode::kUnjudged:
      return "judge_unavailable";
    case ErrorCode::kUnavailable:
      return "unavailable";
    case ErrorCode::kCorrupt:
    case ErrorCode::kIo:
    case ErrorCode::kInternal:
      return "internal_error";
  }
  bug("unknown error code");
}

void write_error(JsonWriter& json, const Error& error) {
  json.begin_object().key("message").string(message_of(error));
  json.key("type").string(type_of(error.code)).key("param");
  if (error.field.empty()) {
    json.null();
  } else {
    json.string(shown(error.field));
  }
  json.key("code").string(error_name(error.code)).end_object();
}

std::string encode_error(ErrorShape shape, const Error& error) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  if (shape != ErrorShape::kChakoshi) {
    json.key("error");
    write_error(json, error);
  }
  if (shape != ErrorShape::kOpenAi) write_flat_members(json, error);
  json.end_object();
  return out;
}

}  // namespace sekisho::wire
