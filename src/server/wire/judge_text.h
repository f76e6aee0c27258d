// chakoshi's first contract: POST /v1/judge/text (api/judge.yaml). Unknown fields are ignored.
// Its answer is also that of POST /v1/judge/chat.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "server/wire/asked.h"
#include "server/wire/judged.h"

namespace sekisho::wire {

struct JudgeTextRequest {
  std::string model;
  std::string category_set_id;  // as sent; empty for none
  Asked asked;
};

Result<JudgeTextRequest> parse_judge_text(std::string_view body);

// `request` as it was asked: its turns are echoed.
std::string encode_judge_text(const JudgeTextRequest& request, const Judged& judged);

}  // namespace sekisho::wire
