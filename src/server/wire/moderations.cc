#include "server/wire/moderations.h"

#include <algorithm>
#include <array>

#include "base/limits.h"
#include "guard/judge/verdict_json.h"
#include "guard/text/normal_text.h"

namespace sekisho::wire {
namespace {

// How one of OpenAI's categories follows from ours.
enum class From {
  kAll,  // the smallest of them: what must be both
  kAny,  // the largest of them
};
struct Mapping {
  std::string_view key;
  From from;
  std::array<std::string_view, 4> sources;  // category ids; "x/" means every id that begins so
};

constexpr Mapping kMappings[] = {
    {"harassment", From::kAny, {"harassment"}},
    {"harassment/threatening", From::kAll, {"harassment", "violence"}},
    {"hate", From::kAny, {"hate"}},
    {"hate/threatening", From::kAll, {"hate", "violence"}},
    {"illicit", From::kAny, {"illicit/", "privacy/", "secret", "injection"}},
    {"illicit/violent", From::kAny, {"illicit/weapons", "illicit/bio"}},
    {"self-harm", From::kAny, {"self-harm"}},
    {"self-harm/intent", From::kAny, {"self-harm"}},
    {"self-harm/instructions", From::kAny, {"self-harm"}},
    {"sexual", From::kAny, {"sexual"}},
    {"sexual/minors", From::kAny, {"sexual/minors"}},
    {"violence", From::kAny, {"violence"}},
    {"violence/graphic", From::kAny, {"violence/graphic"}},
};

bool is_openai_key(std::string_view id) {
  return std::any_of(std::begin(kMappings), std::end(kMappings),
                     [&](const Mapping& mapping) { return mapping.key == id; });
}

struct Entry {
  std::string_view key;
  bool detected = false;
  double score = 0;
};

bool is_source(std::string_view source, std::string_view id) {
  return source.ends_with('/') ? id.starts_with(source) : id == source;
}

// One source's reading: the largest of the categories it names.
Entry read_source(std::string_view source, const judge::Verdict& verdict) {
  Entry entry;
  for (const judge::CategoryScore& score : verdict.scores()) {
    if (!is_source(source, score.category)) continue;
    entry.detected |= score.detected;
    entry.score = std::max(entry.score, score.score);
  }
  return entry;
}

Entry read_mapping(const Mapping& mapping, const judge::Verdict& verdict) {
  const bool all = mapping.from == From::kAll;
  Entry entry{mapping.key, all, all ? 1.0 : 0.0};
  for (const std::string_view source : mapping.sources) {
    if (source.empty()) continue;
    const Entry read = read_source(source, verdict);
    entry.detected = all ? entry.detected && read.detected : entry.detected || read.detected;
    entry.score = all ? std::min(entry.score, read.score) : std::max(entry.score, read.score);
  }
  return entry;
}

// OpenAI's 13 in the order of the table, then ours that have no key there.
std::vector<Entry> entries_of(const judge::Verdict& verdict) {
  std::vector<Entry> entries;
  for (const Mapping& mapping : kMappings) entries.push_back(read_mapping(mapping, verdict));
  for (const judge::CategoryScore& score : verdict.scores()) {
    if (is_openai_key(score.category)) continue;
    entries.push_back({score.category, score.detected, score.score});
  }
  return entries;
}

void write_own(JsonWriter& json, const Judged& judged) {
  const judge::Verdict& verdict = judged.verdict;
  json.key("x_sekisho").begin_object().key("id").string(judged.id);
  json.key("outcome").string(judge::outcome_name(verdict.outcome()));
  json.key("allowed").boolean(verdict.allowed()).key("category");
  if (verdict.category().empty()) {
    json.null();
  } else {
    json.string(verdict.category());
  }
  json.key("spans");
  judge::write_spans(json, verdict);
  json.end_object();
}

void write_result(JsonWriter& json, const Judged& judged) {
  const std::vector<Entry> entries = entries_of(judged.verdict);
  json.begin_object().key("flagged").boolean(flag_of(judged.verdict).flagged);
  json.key("categories").begin_object();
  for (const Entry& entry : entries) json.key(entry.key).boolean(entry.detected);
  json.end_object().key("category_scores").begin_object();
  for (const Entry& entry : entries) {
    json.key(entry.key).decimal(entry.score, judge::kScoreDecimals);
  }
  json.end_object().key("category_applied_input_types").begin_object();
  for (const Entry& entry : entries) {
    json.key(entry.key).begin_array().string("text").end_array();
  }
  json.end_object();
  write_own(json, judged);
  json.end_object();
}

Result<std::string_view> read_part(JsonValue value, const std::string& name) {
  TRY(JsonObject object, JsonObject::create(value, name));
  TRY(const std::string_view type, object.required_string("type"));
  if (type != "text") {
    return unprocessable(name + " is not of type \"text\"; only text is judged here", name);
  }
  TRY(const std::string_view text, object.required_string("text"));
  // Each part must be a text of its own, as the contract says, although they are judged as one.
  const std::string field = object.name("text");
  if (text.empty()) return unprocessable(field + " is empty", field);
  const auto normal = text::NormalText::create(std::string(text), limits::kModerationCodePoints);
  if (!normal.ok()) {
    return Error{normal.error().code, field + ": " + normal.error().message, field};
  }
  return text;
}

// The parts describe one input, so they are judged as one text, a line each.
Status read_parts(JsonValue array, std::vector<Asked>& inputs) {
  std::string whole;
  CHECK_OK(array.each_element([&](std::size_t index, JsonValue value) -> Status {
    TRY(const std::string_view text, read_part(value, element_name("input", index)));
    if (index > 0) whole += '\n';
    whole += text;
    return ok_status();
  }));
  TRY(Asked asked,
      ask(judge::Contract::kModerations, "input", whole, limits::kModerationCodePoints));
  inputs.push_back(std::move(asked));
  return ok_status();
}

Status read_strings(JsonValue array, std::vector<Asked>& inputs) {
  return array.each_element([&](std::size_t index, JsonValue value) -> Status {
    const std::string field = element_name("input", index);
    TRY(const std::string_view text, string_element(value, field));
    TRY(Asked asked,
        ask(judge::Contract::kModerations, field, text, limits::kModerationCodePoints));
    inputs.push_back(std::move(asked));
    return ok_status();
  });
}

// Strings, or parts of one input: the first element says which.
Status read_array(JsonValue array, std::vector<Asked>& inputs) {
  const std::size_t size = array.size();
  if (size == 0 || size > limits::kModerationTexts) {
    return unprocessable("input has " + std::to_string(size) + " elements; 1 to " +
                             std::to_string(limits::kModerationTexts) + " are judged in one call",
                         "input");
  }
  bool objects = false;
  CHECK_OK(array.each_element([&](std::size_t index, JsonValue value) -> Status {
    if (index == 0) objects = value.kind() == JsonKind::kObject;
    return ok_status();
  }));
  return objects ? read_parts(array, inputs) : read_strings(array, inputs);
}

}  // namespace

Result<ModerationsRequest> parse_moderations(std::string_view body) {
  TRY(const JsonDocument document, JsonDocument::parse(body));
  TRY(JsonObject object, JsonObject::create(document.root()));
  ModerationsRequest request;
  TRY(request.model, model_of(object));
  TRY(const JsonValue input, object.required("input"));
  if (const auto text = input.string()) {
    TRY(Asked asked,
        ask(judge::Contract::kModerations, "input", *text, limits::kModerationCodePoints));
    request.inputs.push_back(std::move(asked));
  } else if (input.kind() == JsonKind::kArray) {
    CHECK_OK(read_array(input, request.inputs));
  } else {
    return unprocessable(
        "input must be a string or an array, not " + std::string(json_kind_name(input.kind())),
        "input");
  }
  return request;
}

std::string encode_moderations(const std::string& model, const std::vector<Judged>& results) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().key("id").string("modr-" + results.front().id);
  json.key("model").string(model).key("results").begin_array();
  for (const Judged& judged : results) write_result(json, judged);
  json.end_array().end_object();
  return out;
}

}  // namespace sekisho::wire
