// chakoshi's second contract: POST /v1/guardrails/apply (api/judge.yaml). Unknown fields are
// ignored.
//
// A guardrail says which guards are on. moderation, prompt_guard and pii_filter read the verdict;
// keyword_filter and topic_control read the text. The names that nobody outside could confirm stand
// in one table at the top of guardrails.cc.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "guard/policy/category.h"
#include "guard/policy/snapshot.h"
#include "server/wire/asked.h"
#include "server/wire/judged.h"

namespace sekisho::wire {

struct GuardrailsRequest {
  std::string guardrail_id;  // as sent, or "default"
  Asked asked;               // for the default set until a guardrail names another
};

Result<GuardrailsRequest> parse_guardrails(std::string_view body);

// The guardrail of that id; or the category set of that id, as a guardrail that only moderates.
// kNotFound names guardrail_id.
Result<policy::Guardrail> find_guardrail(const policy::Snapshot& policy, std::string_view id);

struct GuardrailsAnswer {
  const GuardrailsRequest& request;
  const policy::Guardrail& guardrail;
  const policy::CategorySet& set;  // that `judged` was judged by
  const Judged& judged;
};
// The text of the request must be one that was judged: valid and with something visible in it.
std::string encode_guardrails(const GuardrailsAnswer& answer);

}  // namespace sekisho::wire
