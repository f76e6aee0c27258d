// Asked: one text that a request wants judged, read from its contract. What all parsers share.
//
// Parsers take the bytes of a body and fail with kInvalid (malformed JSON) or kUnprocessable and
// kTooLong, which name the field. Thread safety: pure functions.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/json_reader.h"
#include "base/result.h"
#include "guard/judge/request.h"

namespace sekisho::wire {

struct Asked {
  std::string field;  // the request's name for the text: "input", "texts[3]"
  judge::JudgeRequest request;
};

// A text as one turn of a user, for the default set. kTooLong or, for an empty one, kUnprocessable.
Result<Asked> ask(judge::Contract contract, std::string field, std::string_view text,
                  std::size_t code_points_max);
Status check_length(std::string_view text, std::size_t code_points_max, const std::string& field);

// An element of an array that must be a string; `field` is the element's name.
Result<std::string_view> string_element(JsonValue value, const std::string& field);
std::string element_name(std::string_view array, std::size_t index);  // "texts[3]"

// What compatible contracts call us when the sender names no model.
inline constexpr std::string_view kModelName = "sekisho";
// The sender's `model`, whatever it says: there is one judge.
Result<std::string> model_of(JsonObject& object);

}  // namespace sekisho::wire
