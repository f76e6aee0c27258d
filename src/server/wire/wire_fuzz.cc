// Any bytes to any parser: the first byte picks it. What is taken must keep the parser's promises.
#include <cstdint>

#include "base/utf8.h"
#include "server/wire/errors.h"
#include "server/wire/guardrails.h"
#include "server/wire/judge_chat.h"
#include "server/wire/judge_text.h"
#include "server/wire/moderations.h"
#include "server/wire/own_judge.h"

namespace {

using namespace sekisho;

void check(const wire::Asked& asked) {
  const std::string& text = asked.request.turns.back().content;
  if (asked.field.empty() || text.empty()) bug("a text without a name or content");
  if (!utf8::is_valid(text)) bug("not UTF-8");
  if (utf8::count(text) > asked.request.code_points_max) bug("longer than the contract takes");
}

void check(const Error& error) {
  const int status = wire::http_status(error.code);
  if (status != 400 && status != 422) bug("a parser blames the sender for something else");
  const std::string body = wire::encode_error(wire::ErrorShape::kEither, error);
  if (!JsonDocument::parse(body).ok()) bug("an error that is not JSON");
}

template <typename Request>
void check(const Result<Request>& parsed) {
  if (parsed.ok()) {
    check(parsed.value().asked);
  } else {
    check(parsed.error());
  }
}

void check_own(const Result<wire::OwnJudgeRequest>& parsed) {
  if (!parsed.ok()) return check(parsed.error());
  for (const auto& text : parsed.value().texts) {
    if (text.ok()) check(text.value());
    if (!text.ok() && !parsed.value().partial) bug("an error that should end the call");
  }
}

void check_moderations(const Result<wire::ModerationsRequest>& parsed) {
  if (!parsed.ok()) return check(parsed.error());
  if (parsed.value().inputs.empty()) bug("no input");
  for (const auto& input : parsed.value().inputs) check(input);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 5) {
    case 0:
      check_own(wire::parse_own_judge(body));
      break;
    case 1:
      check(wire::parse_judge_text(body));
      break;
    case 2:
      check(wire::parse_judge_chat(body));
      break;
    case 3:
      check(wire::parse_guardrails(body));
      break;
    default:
      check_moderations(wire::parse_moderations(body));
  }
  return 0;
}
