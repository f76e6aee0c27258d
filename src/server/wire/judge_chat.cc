#include "server/wire/judge_chat.h"

#include "base/limits.h"
#include "base/utf8.h"

namespace sekisho::wire {
namespace {

constexpr std::size_t kRoleCodePoints = 64;

Result<judge::Turn> read_turn(JsonValue value, const std::string& name) {
  TRY(JsonObject object, JsonObject::create(value, name));
  TRY(const std::string_view role, object.required_string("role"));
  TRY(const std::string_view content, object.required_string("content"));
  if (role.empty() || utf8::count(role) > kRoleCodePoints) {
    return unprocessable(
        object.name("role") + " must have 1 to " + std::to_string(kRoleCodePoints) + " characters",
        object.name("role"));
  }
  return judge::Turn{std::string(role), std::string(content)};
}

Result<std::vector<judge::Turn>> read_turns(JsonValue array) {
  const std::size_t count = array.size();
  if (count == 0 || count > limits::kChatTurns) {
    return unprocessable("messages has " + std::to_string(count) + " turns; 1 to " +
                             std::to_string(limits::kChatTurns) + " are taken",
                         "messages");
  }
  std::vector<judge::Turn> turns;
  std::size_t code_points = 0;
  CHECK_OK(array.each_element([&](std::size_t index, JsonValue value) -> Status {
    TRY(judge::Turn turn, read_turn(value, element_name("messages", index)));
    code_points += utf8::count(turn.content);
    turns.push_back(std::move(turn));
    return ok_status();
  }));
  if (code_points > limits::kChatCodePoints) {
    return Error{ErrorCode::kTooLong,
                 "messages has " + std::to_string(code_points) + " characters; at most " +
                     std::to_string(limits::kChatCodePoints) + " are taken",
                 "messages"};
  }
  return turns;
}

}  // namespace

Result<JudgeTextRequest> parse_judge_chat(std::string_view body) {
  TRY(const JsonDocument document, JsonDocument::parse(body));
  TRY(JsonObject object, JsonObject::create(document.root()));
  TRY(const JsonValue messages, object.required_array("messages"));
  TRY(std::string model, model_of(object));
  TRY(const auto category_set_id, object.optional_string("category_set_id"));
  TRY(std::vector<judge::Turn> turns, read_turns(messages));
  TRY(Asked asked,
      ask(judge::Contract::kJudgeChat, element_name("messages", turns.size() - 1) + ".content",
          turns.back().content, limits::kTextCodePoints));
  if (turns.back().role == "assistant") asked.request.side = judge::Side::kOutput;
  asked.request.turns = std::move(turns);
  asked.request.category_set_id = category_set_id.value_or("");
  return JudgeTextRequest{std::move(model), asked.request.category_set_id, std::move(asked)};
}

}  // namespace sekisho::wire
