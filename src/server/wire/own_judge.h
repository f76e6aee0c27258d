// Our own contract: POST /v1/judge (api/judge.yaml). Unknown fields are refused.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "server/wire/asked.h"
#include "server/wire/judged.h"

namespace sekisho::wire {

struct OwnJudgeRequest {
  std::string category_set;  // empty: the default set
  bool partial = false;
  // In the order sent. An error stands only where `partial` lets the other texts be judged.
  std::vector<Result<Asked>> texts;
};

Result<OwnJudgeRequest> parse_own_judge(std::string_view body);

// One result, as it stands in the answer and on a line of `sekisho judge --json`.
std::string encode_own_result(const Result<Judged>& result);
// {"results":[…]}, one a text, in order.
std::string encode_own_judge(const std::vector<Result<Judged>>& results);

}  // namespace sekisho::wire
