// chakoshi's POST /v1/judge/chat (api/judge.yaml): the last turn is judged in the light of the
// conversation. Unknown fields are ignored. Answered by encode_judge_text.
#pragma once

#include <string_view>

#include "base/result.h"
#include "server/wire/judge_text.h"

namespace sekisho::wire {

// The last turn counts as a model's output when its role is "assistant".
Result<JudgeTextRequest> parse_judge_chat(std::string_view body);

}  // namespace sekisho::wire
