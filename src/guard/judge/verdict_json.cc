#include "guard/judge/verdict_json.h"

namespace sekisho::judge {

void write_spans(JsonWriter& json, const Verdict& verdict) {
  json.begin_array();
  for (const Finding& span : verdict.spans()) {
    json.begin_object()
        .key("start")
        .number(span.span.begin)
        .key("end")
        .number(span.span.end)
        .key("category")
        .string(span.category)
        .key("reason")
        .string(span.reason)
        .key("action")
        .string(policy::action_name(span.action))
        .end_object();
  }
  json.end_array();
}

void write_verdict(JsonWriter& json, const Verdict& verdict) {
  json.key("outcome").string(outcome_name(verdict.outcome()));
  json.key("allowed").boolean(verdict.allowed());
  if (verdict.outcome() != Outcome::kUnjudged) {
    json.key("unsafe").boolean(verdict.outcome() == Outcome::kUnsafe);
  }
  json.key("score").decimal(verdict.score(), kScoreDecimals);
  json.key("category");
  if (verdict.category().empty()) {
    json.null();
  } else {
    json.string(verdict.category());
  }
  json.key("scores").begin_object();
  for (const CategoryScore& score : verdict.scores()) {
    json.key(score.category).decimal(score.score, kScoreDecimals);
  }
  json.end_object();
  json.key("spans");
  write_spans(json, verdict);
  json.key("judged_by").begin_array();
  for (const std::string& part : verdict.judged_by()) json.string(part);
  json.end_array();
  if (!verdict.unjudged().empty()) {
    json.key("unjudged").begin_array();
    for (const UnjudgedPart& part : verdict.unjudged()) {
      json.begin_object()
          .key("part")
          .string(part.part)
          .key("reason")
          .string(unjudged_reason_name(part.reason))
          .end_object();
    }
    json.end_array();
  }
  const Timings& timings = verdict.timings();
  json.key("timings_us")
      .begin_object()
      .key("normalise")
      .number(timings.normalise_us)
      .key("detect")
      .number(timings.detect_us)
      .key("score")
      .number(timings.score_us)
      .key("total")
      .number(timings.total_us)
      .end_object();
}

}  // namespace sekisho::judge
