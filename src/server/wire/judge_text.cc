#include "server/wire/judge_text.h"

#include <fmt/format.h>

#include "base/json_writer.h"
#include "base/limits.h"
#include "guard/judge/verdict_json.h"

namespace sekisho::wire {
namespace {

// What stands in label_str and unsafe_category, beside "safe" and a category's id, when the text
// was not judged.
constexpr std::string_view kUnjudged = "unjudged";

std::string_view label_of(const Flag& flag) {
  if (flag.flagged) return "unsafe";
  return flag.unjudged ? kUnjudged : "safe";
}

std::string_view category_of(const Flag& flag, const judge::Verdict& verdict) {
  if (!flag.flagged) return "";
  return flag.unjudged ? kUnjudged : std::string_view(verdict.category());
}

}  // namespace

Result<JudgeTextRequest> parse_judge_text(std::string_view body) {
  TRY(const JsonDocument document, JsonDocument::parse(body));
  TRY(JsonObject object, JsonObject::create(document.root()));
  TRY(const std::string_view input, object.required_string("input"));
  TRY(std::string model, model_of(object));
  TRY(const auto category_set_id, object.optional_string("category_set_id"));
  TRY(Asked asked, ask(judge::Contract::kJudgeText, "input", input, limits::kTextCodePoints));
  asked.request.category_set_id = category_set_id.value_or("");
  return JudgeTextRequest{std::move(model), asked.request.category_set_id, std::move(asked)};
}

std::string encode_judge_text(const JudgeTextRequest& request, const Judged& judged) {
  const Flag flag = flag_of(judged.verdict);
  std::string out;
  JsonWriter json(out);
  json.begin_object().key("id").string(judged.id).key("model").string(request.model);
  json.key("category_set_id").string(request.category_set_id);
  json.key("results").begin_object();
  json.key("unsafe_flag").boolean(flag.flagged);
  json.key("label_str").string(label_of(flag));
  json.key("unsafe_score").string(fmt::format("{:.{}f}", flag.score, judge::kScoreDecimals));
  json.key("unsafe_category").string(category_of(flag, judged.verdict));
  json.key("user_prompt").begin_object().key("chat").begin_array();
  for (const judge::Turn& turn : request.asked.request.turns) {
    json.begin_object().key("role").string(turn.role);
    json.key("content").string(turn.content).end_object();
  }
  json.end_array().end_object();
  json.end_object().end_object();
  return out;
}

}  // namespace sekisho::wire
