#include "server/wire/own_judge.h"

#include "base/limits.h"
#include "guard/judge/verdict_json.h"
#include "server/wire/errors.h"

namespace sekisho::wire {
namespace {

Result<judge::Side> side_of(JsonObject& object) {
  TRY(const auto name, object.optional_string("side"));
  if (!name) return judge::Side::kInput;
  const auto side = judge::parse_side(*name);
  if (!side) return unprocessable("side must be \"input\" or \"output\"", "side");
  return *side;
}

Status read_texts(JsonValue array, judge::Side side, OwnJudgeRequest& request) {
  const std::size_t texts = array.size();
  if (texts == 0 || texts > limits::kBatchTexts) {
    return unprocessable("texts has " + std::to_string(texts) + " elements; 1 to " +
                             std::to_string(limits::kBatchTexts) + " are judged in one call",
                         "texts");
  }
  return array.each_element([&](std::size_t index, JsonValue value) -> Status {
    const std::string field = element_name("texts", index);
    TRY(const std::string_view text, string_element(value, field));
    auto asked = ask(judge::Contract::kJudge, field, text, limits::kTextCodePoints);
    if (asked.ok()) {
      asked->request.side = side;
      asked->request.category_set_id = request.category_set;
    } else if (!request.partial) {
      return asked.error();
    }
    request.texts.push_back(std::move(asked));
    return ok_status();
  });
}

void write_result(JsonWriter& json, const Result<Judged>& result) {
  json.begin_object();
  if (result.ok()) {
    json.key("id").string(result.value().id);
    judge::write_verdict(json, result.value().verdict);
    if (!result.value().recorded) json.key("recorded").boolean(false);
  } else {
    json.key("error");
    write_error(json, result.error());
  }
  json.end_object();
}

}  // namespace

Result<OwnJudgeRequest> parse_own_judge(std::string_view body) {
  TRY(const JsonDocument document, JsonDocument::parse(body));
  TRY(JsonObject object, JsonObject::create(document.root()));
  OwnJudgeRequest request;
  TRY(const JsonValue texts, object.required_array("texts"));
  TRY(const auto category_set, object.optional_string("category_set"));
  TRY(const judge::Side side, side_of(object));
  TRY(const auto partial, object.optional_boolean("partial"));
  CHECK_OK(object.finish(UnknownFields::kRefuse));
  request.category_set = category_set.value_or("");
  request.partial = partial.value_or(false);
  CHECK_OK(read_texts(texts, side, request));
  return request;
}

std::string encode_own_result(const Result<Judged>& result) {
  std::string out;
  JsonWriter json(out);
  write_result(json, result);
  return out;
}

std::string encode_own_judge(const std::vector<Result<Judged>>& results) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().key("results").begin_array();
  for (const Result<Judged>& result : results) write_result(json, result);
  json.end_array().end_object();
  return out;
}

}  // namespace sekisho::wire
