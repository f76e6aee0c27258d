// Errors on the wire: the one place that turns an Error into a status and a body.
//
// Thread safety: pure functions.
#pragma once

#include <string>
#include <string_view>

#include "base/json_writer.h"
#include "base/result.h"

namespace sekisho::wire {

enum class ErrorShape {
  kChakoshi,  // {"code":…,"message":…,"details":{"field":…} or null}
  kOpenAi,    // {"error":{"message":…,"type":…,"param":field or null,"code":…}}
  kEither,    // the members of both: for errors that were born before the contract was known
};

int http_status(ErrorCode code);
// The stable name that programs compare: "text_too_long", "rate_limit_exceeded", …
std::string_view error_name(ErrorCode code);

std::string encode_error(ErrorShape shape, const Error& error);
// Writes one value, the object behind "error" in OpenAI's shape.
void write_error(JsonWriter& json, const Error& error);

}  // namespace sekisho::wire
