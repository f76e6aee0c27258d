// OpenAI's contract: POST /v1/moderations (api/judge.yaml). Unknown fields are ignored.
//
// The 13 categories of that contract are read from ours by a table; our own ids ride along as extra
// keys of the maps, and what the contract has no word for stands in `x_sekisho`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "server/wire/asked.h"
#include "server/wire/judged.h"

namespace sekisho::wire {

struct ModerationsRequest {
  std::string model;
  std::vector<Asked> inputs;  // one result each
};

Result<ModerationsRequest> parse_moderations(std::string_view body);

// `results` in the order of the inputs, never empty.
std::string encode_moderations(const std::string& model, const std::vector<Judged>& results);

}  // namespace sekisho::wire
