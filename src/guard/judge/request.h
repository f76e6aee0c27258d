// JudgeRequest: what is to be judged, parsed once at the edge and typed from there on.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"

namespace sekisho::judge {

enum class Side { kInput, kOutput };  // what goes into a language model, what comes out
std::string_view side_name(Side side);
std::optional<Side> parse_side(std::string_view name);

// The contract a request came by; part of what is recorded and of the cache key.
enum class Contract { kJudge, kJudgeText, kJudgeChat, kGuardrails, kModerations, kCommandLine };
std::string_view contract_name(Contract contract);

struct Turn {
  std::string role;  // "system", "user", "assistant", "tool", …
  std::string content;
};

struct JudgeRequest {
  // The last turn is judged, in the light of the ones before it. Never empty.
  std::vector<Turn> turns;
  Side side = Side::kInput;
  Contract contract = Contract::kJudge;
  std::string category_set_id = {};  // empty: the default set
  std::size_t code_points_max = limits::kTextCodePoints;
  std::optional<std::int64_t> deadline_us = std::nullopt;  // Clock::monotonic_us
};

}  // namespace sekisho::judge
