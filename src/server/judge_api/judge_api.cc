#include "server/judge_api/judge_api.h"

#include "guard/judge/verdict.h"
#include "guard/text/normal_text.h"
#include "server/wire/guardrails.h"
#include "server/wire/judge_chat.h"
#include "server/wire/judge_text.h"
#include "server/wire/moderations.h"
#include "server/wire/own_judge.h"

namespace sekisho::judge_api {
namespace {

// What /ready has scored; any text without harm would do.
constexpr const char* kProbe = "こんにちは。今日はいい天気ですね。";

net::Response json_response(std::string body) {
  net::Response response;
  response.body = std::move(body);
  return response;
}

Asker asker_of(const Call& call) {
  return {.key_id = call.caller.key_id, .request_id = call.request.id};
}

// The error of one text of a request, which may be one of many.
Error at_field(Error error, const std::string& field) {
  if (!error.field.empty()) return error;
  error.message = field + ": " + error.message;
  error.field = field;
  return error;
}

}  // namespace

JudgeApi::JudgeApi(Parts parts, Options options) : parts_(parts), options_(std::move(options)) {}

Status JudgeApi::admit(const Call& call, std::size_t judgements) const {
  const access::Admission admission =
      parts_.authenticator.admit(call.caller, static_cast<std::int64_t>(judgements));
  if (admission.admitted) return ok_status();
  Error error{ErrorCode::kRateLimited, "the quota of this API key is used up for now"};
  error.retry_after_s = admission.retry_after_s;
  return error;
}

std::int64_t JudgeApi::deadline_us() const {
  return parts_.clock.monotonic_us() + options_.judge_timeout_ms * 1000;
}

Task<Result<wire::Judged>> JudgeApi::judge_one(Result<wire::Asked> asked, Asker asker,
                                               Unjudged unjudged) const {
  CO_TRY(wire::Asked text, std::move(asked));
  text.request.deadline_us = deadline_us();
  auto judgement = co_await parts_.guard.judge(std::move(text.request), std::move(asker));
  if (!judgement.ok()) co_return at_field(judgement.error(), text.field);
  if (unjudged == Unjudged::kIsError) {
    const auto refusal = wire::refusal_of(judgement->verdict);
    if (refusal) co_return at_field(*refusal, text.field);
  }
  co_return wire::Judged{judgement->id.text(), judgement->verdict, judgement->recorded};
}

// Started one after the other and awaited together, so that their journal entries share a commit.
Task<std::vector<Result<wire::Judged>>> JudgeApi::judge_all(std::vector<Result<wire::Asked>> asked,
                                                            Asker asker, Unjudged unjudged) const {
  std::vector<Task<Result<wire::Judged>>> tasks;
  for (Result<wire::Asked>& text : asked) {
    tasks.push_back(judge_one(std::move(text), asker, unjudged));
  }
  co_return co_await when_all(std::move(tasks));
}

Task<Answer> JudgeApi::judge(Call call) const {
  CO_TRY(wire::OwnJudgeRequest request, wire::parse_own_judge(call.request.body));
  // An unknown set is the fault of the call, not of each of its texts.
  const auto set = parts_.guard.policy().get()->set(request.category_set);
  if (!set.ok()) co_return not_found(set.error().message, "category_set");
  CO_CHECK_OK(admit(call, request.texts.size()));

  const auto results =
      co_await judge_all(std::move(request.texts), asker_of(call),
                         request.partial ? Unjudged::kIsResult : Unjudged::kIsError);
  for (const auto& result : results) {
    if (!result.ok() && !request.partial) co_return result.error();
  }
  co_return json_response(wire::encode_own_judge(results));
}

Task<Answer> JudgeApi::judge_turns(wire::JudgeTextRequest request, Call call) const {
  CO_CHECK_OK(admit(call, 1));
  CO_TRY(const wire::Judged judged,
         co_await judge_one(request.asked, asker_of(call), Unjudged::kIsError));
  co_return json_response(wire::encode_judge_text(request, judged));
}

Task<Answer> JudgeApi::judge_text(Call call) const {
  CO_TRY(auto request, wire::parse_judge_text(call.request.body));
  co_return co_await judge_turns(std::move(request), std::move(call));
}

Task<Answer> JudgeApi::judge_chat(Call call) const {
  CO_TRY(auto request, wire::parse_judge_chat(call.request.body));
  co_return co_await judge_turns(std::move(request), std::move(call));
}

Task<Answer> JudgeApi::guardrails_apply(Call call) const {
  CO_TRY(wire::GuardrailsRequest request, wire::parse_guardrails(call.request.body));
  const auto policy = parts_.guard.policy().get();
  CO_TRY(const policy::Guardrail guardrail, wire::find_guardrail(*policy, request.guardrail_id));
  CO_TRY(const auto set, policy->set(guardrail.category_set_id));
  request.asked.request.category_set_id = set->id();
  CO_CHECK_OK(admit(call, 1));
  CO_TRY(const wire::Judged judged,
         co_await judge_one(request.asked, asker_of(call), Unjudged::kIsError));
  co_return json_response(wire::encode_guardrails({request, guardrail, *set, judged}));
}

Task<Answer> JudgeApi::moderations(Call call) const {
  CO_TRY(wire::ModerationsRequest request, wire::parse_moderations(call.request.body));
  CO_CHECK_OK(admit(call, request.inputs.size()));
  std::vector<Result<wire::Asked>> asked;
  for (wire::Asked& input : request.inputs) asked.emplace_back(std::move(input));
  auto results = co_await judge_all(std::move(asked), asker_of(call), Unjudged::kIsError);
  std::vector<wire::Judged> judged;
  for (auto& result : results) {
    CO_TRY(wire::Judged one, std::move(result));
    judged.push_back(std::move(one));
  }
  co_return json_response(wire::encode_moderations(request.model, judged));
}

wire::Service JudgeApi::service() const {
  const judge::Scorer& scorer = parts_.guard.judge_parts().scorer();
  return {std::string(scorer.name()), scorer.digest(), options_.degraded};
}

Task<Answer> JudgeApi::models(Call) const {
  co_return json_response(wire::encode_models(service()));
}

Task<Answer> JudgeApi::health(Call) const {
  co_return json_response(R"({"status":"ok"})");
}

Task<Answer> JudgeApi::ready(Call) const {
  CO_TRY(const auto set, parts_.guard.policy().get()->set(""));
  CO_TRY(const auto text, text::NormalText::create(kProbe));
  // Asked past the cache, and decided on as any text would be: what is no probability is no score.
  auto scores = co_await parts_.guard.judge_parts().scorer().score(
      {text, {}, judge::Side::kInput, *set, deadline_us()});
  judge::Evidence evidence;
  if (scores.ok()) evidence.scores = std::move(scores).value();
  const bool judged = judge::decide(*set, evidence).outcome() != judge::Outcome::kUnjudged;

  net::Response response = json_response(
      wire::encode_ready(service(), judged ? wire::Readiness::kReady : wire::Readiness::kNotReady));
  response.status = judged ? 200 : 503;
  co_return response;
}

Task<Answer> JudgeApi::print_metrics(Call) const {
  net::Response response;
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  response.body = parts_.metrics.print();
  co_return response;
}

}  // namespace sekisho::judge_api
