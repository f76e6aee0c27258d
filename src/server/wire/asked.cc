#include "server/wire/asked.h"

#include "base/utf8.h"

namespace sekisho::wire {

Status check_length(std::string_view text, std::size_t code_points_max, const std::string& field) {
  const std::size_t code_points = utf8::count(text);
  if (code_points <= code_points_max) return ok_status();
  return Error{ErrorCode::kTooLong,
               field + " has " + std::to_string(code_points) + " characters; at most " +
                   std::to_string(code_points_max) + " are judged",
               field};
}

Result<Asked> ask(judge::Contract contract, std::string field, std::string_view text,
                  std::size_t code_points_max) {
  if (text.empty()) return unprocessable(field + " is empty", field);
  CHECK_OK(check_length(text, code_points_max, field));
  Asked asked{std::move(field), {}};
  asked.request.turns.push_back({"user", std::string(text)});
  asked.request.contract = contract;
  asked.request.code_points_max = code_points_max;
  return asked;
}

Result<std::string_view> string_element(JsonValue value, const std::string& field) {
  const auto text = value.string();
  if (text) return *text;
  return unprocessable(
      field + " must be a string, not " + std::string(json_kind_name(value.kind())), field);
}

std::string element_name(std::string_view array, std::size_t index) {
  return std::string(array) + "[" + std::to_string(index) + "]";
}

Result<std::string> model_of(JsonObject& object) {
  TRY(const auto model, object.optional_string("model"));
  return std::string(model && !model->empty() ? *model : kModelName);
}

}  // namespace sekisho::wire
