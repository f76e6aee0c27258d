#include "guard/judge/evidence.h"
#include "guard/judge/request.h"
#include "guard/judge/verdict.h"

namespace sekisho::judge {

std::string_view side_name(Side side) {
  switch (side) {
    case Side::kInput:
      return "input";
    case Side::kOutput:
      return "output";
  }
  bug("unknown side");
}

std::optional<Side> parse_side(std::string_view name) {
  if (name == "input") return Side::kInput;
  if (name == "output") return Side::kOutput;
  return std::nullopt;
}

std::string_view contract_name(Contract contract) {
  switch (contract) {
    case Contract::kJudge:
      return "judge";
    case Contract::kJudgeText:
      return "judge/text";
    case Contract::kJudgeChat:
      return "judge/chat";
    case Contract::kGuardrails:
      return "guardrails/apply";
    case Contract::kModerations:
      return "moderations";
    case Contract::kCommandLine:
      return "command-line";
  }
  bug("unknown contract");
}

std::string_view unjudged_reason_name(UnjudgedReason reason) {
  switch (reason) {
    case UnjudgedReason::kDeadline:
      return "deadline";
    case UnjudgedReason::kOverloaded:
      return "overloaded";
    case UnjudgedReason::kUnavailable:
      return "unavailable";
    case UnjudgedReason::kFailed:
      return "failed";
  }
  bug("unknown reason");
}

std::string_view outcome_name(Outcome outcome) {
  switch (outcome) {
    case Outcome::kSafe:
      return "safe";
    case Outcome::kUnsafe:
      return "unsafe";
    case Outcome::kUnjudged:
      return "unjudged";
  }
  bug("unknown outcome");
}

}  // namespace sekisho::judge
