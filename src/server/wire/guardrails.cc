#include "server/wire/guardrails.h"

#include <algorithm>
#include <functional>
#include <set>

#include "base/json_writer.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "guard/judge/verdict_json.h"
#include "guard/policy/topic.h"
#include "guard/policy/word_list.h"
#include "guard/text/normal_text.h"

namespace sekisho::wire {
namespace {

// Values of this contract that its public clients do not settle. Change them here.
constexpr std::string_view kTopicAllow = "allow";
constexpr std::string_view kTopicDeny = "deny";
constexpr std::string_view kMask = "*";  // one a code point
constexpr std::string_view kDefaultGuardrail = "default";
// Types of personal data: the name of what was found, in capitals, but for these.
struct PiiType {
  std::string_view reason;  // of a detector's finding
  std::string_view type;
};
constexpr PiiType kPiiTypes[] = {
    {"card", "CREDIT_CARD"},
    {"email", "EMAIL_ADDRESS"},
    {"phone", "PHONE_NUMBER"},
};

std::string pii_type(std::string_view reason) {
  for (const PiiType& known : kPiiTypes) {
    if (known.reason == reason) return std::string(known.type);
  }
  std::string type(reason);
  for (char& c : type) {
    if (c >= 'a' && c <= 'z') c += 'A' - 'a';
  }
  return type;
}

// Found exactly, by a detector: not a word of a list, and not what carried a scorer's opinion.
bool is_pii(const judge::Finding& finding, const judge::Verdict& verdict) {
  if (finding.category != policy::kPrivacySelf && finding.category != policy::kSecret) return false;
  const auto& judges = verdict.judged_by();
  return finding.reason != "words" &&
         std::none_of(judges.begin(), judges.end(), [&](const std::string& judge) {
           return judge.starts_with(finding.reason + "@");
         });
}

bool is_on(const policy::CategorySet& set, std::string_view category) {
  const auto index = set.find(category);
  return index && set.categories()[*index].enabled;
}

void write_flag(JsonWriter& json, const Flag& flag) {
  json.key("unsafe_flag").boolean(flag.flagged);
  json.key("unsafe_score").decimal(flag.score, judge::kScoreDecimals);
  if (flag.unjudged) json.key("unjudged").boolean(true);
}

void write_moderation(JsonWriter& json, const GuardrailsAnswer& answer) {
  json.begin_object();
  write_flag(json, flag_of(answer.judged.verdict));
  json.key("categories").begin_object();
  for (const policy::Category& category : answer.set.categories()) {
    const auto* score = score_of(answer.judged.verdict, category.id);
    json.key(category.id).begin_object().key("enabled").boolean(category.enabled);
    json.key("detected").boolean(score != nullptr && score->detected).end_object();
  }
  json.end_object().end_object();
}

// `text` with a mark for every code point that a keyword covers.
std::string masked(std::string_view text, const std::vector<bool>& covered) {
  std::string out;
  std::size_t offset = 0;
  for (std::size_t i = 0; offset < text.size(); ++i) {
    const std::size_t begin = offset;
    utf8::next(text, offset);
    out += i < covered.size() && covered[i] ? kMask : text.substr(begin, offset - begin);
  }
  return out;
}

void write_keyword_filter(JsonWriter& json, const text::NormalText& text,
                          const policy::Guardrail& guardrail) {
  policy::WordList words;
  for (std::size_t i = 0; i < guardrail.keywords.size(); ++i) words.add(guardrail.keywords[i], i);
  std::set<std::size_t> matches;  // in the guardrail's order
  std::vector<bool> covered(text.code_points());
  words.find(text, [&](std::size_t keyword, text::Span span) {
    matches.insert(keyword);
    for (std::size_t at = span.begin; at < span.end; ++at) covered[at] = true;
  });
  json.begin_object().key("matched").boolean(!matches.empty()).key("matches").begin_array();
  for (const std::size_t keyword : matches) {
    json.begin_object().key("keyword").string(guardrail.keywords[keyword]).end_object();
  }
  json.end_array().key("original_text").string(text.raw());
  json.key("masked_input").string(masked(text.raw(), covered)).end_object();
}

void write_pii_filter(JsonWriter& json, const judge::Verdict& verdict) {
  json.begin_object().key("detect_pii_result").begin_array();
  for (const judge::Finding& finding : verdict.spans()) {
    if (!is_pii(finding, verdict)) continue;
    json.begin_object()
        .key("type")
        .string(pii_type(finding.reason))
        .key("start")
        .number(finding.span.begin);
    json.key("end").number(finding.span.end).end_object();
  }
  json.end_array().end_object();
}

void write_topic_control(JsonWriter& json, const text::NormalText& text,
                         const policy::Guardrail& guardrail) {
  const bool denied = policy::is_about(text, guardrail.denied_topics);
  json.begin_object().key("classification").string(denied ? kTopicDeny : kTopicAllow);
  json.key("is_topic_compliant").boolean(!denied).end_object();
}

struct Part {
  std::string_view name;
  bool active;
  std::function<void(JsonWriter&)> write;
};

}  // namespace

Result<GuardrailsRequest> parse_guardrails(std::string_view body) {
  TRY(const JsonDocument document, JsonDocument::parse(body));
  TRY(JsonObject object, JsonObject::create(document.root()));
  TRY(const std::string_view input, object.required_string("input"));
  TRY(const auto id, object.optional_string("guardrail_id"));
  TRY(Asked asked, ask(judge::Contract::kGuardrails, "input", input, limits::kGuardrailCodePoints));
  return GuardrailsRequest{std::string(id && !id->empty() ? *id : kDefaultGuardrail),
                           std::move(asked)};
}

Result<policy::Guardrail> find_guardrail(const policy::Snapshot& policy, std::string_view id) {
  const auto guardrail = policy.guardrail(id);
  if (guardrail.ok()) return *guardrail.value();
  const auto set = policy.set(id);
  if (!set.ok()) return guardrail.error();
  policy::Guardrail moderates;
  moderates.id = set.value()->id();
  moderates.category_set_id = set.value()->id();
  moderates.prompt_guard = false;
  moderates.pii_filter = false;
  return moderates;
}

std::string encode_guardrails(const GuardrailsAnswer& answer) {
  const policy::Guardrail& guardrail = answer.guardrail;
  const judge::Verdict& verdict = answer.judged.verdict;
  const judge::JudgeRequest& asked = answer.request.asked.request;
  const auto text =
      must(text::NormalText::create(asked.turns.back().content, asked.code_points_max));
  // A guard whose categories are switched off in the set cannot say anything, so it is not active.
  const Part parts[] = {
      {"moderation", guardrail.moderation,
       [&](JsonWriter& json) { write_moderation(json, answer); }},
      {"keyword_filter", guardrail.keyword_filter,
       [&](JsonWriter& json) { write_keyword_filter(json, text, guardrail); }},
      {"prompt_guard", guardrail.prompt_guard && is_on(answer.set, policy::kInjection),
       [&](JsonWriter& json) {
         json.begin_object();
         write_flag(json, flag_of(verdict, policy::kInjection));
         json.end_object();
       }},
      {"pii_filter",
       guardrail.pii_filter &&
           (is_on(answer.set, policy::kPrivacySelf) || is_on(answer.set, policy::kSecret)),
       [&](JsonWriter& json) { write_pii_filter(json, verdict); }},
      {"topic_control", guardrail.topic_control,
       [&](JsonWriter& json) { write_topic_control(json, text, guardrail); }},
  };

  std::string out;
  JsonWriter json(out);
  json.begin_object().key("id").string(answer.judged.id);
  json.key("guardrail_id").string(answer.request.guardrail_id);
  json.key("assessments").begin_object().key("guardrails").begin_array();
  for (const Part& part : parts) {
    if (part.active) json.string(part.name);
  }
  json.end_array().key("user_input").string(text.raw());
  json.key("guardrails_result").begin_object();
  for (const Part& part : parts) {
    if (!part.active) continue;
    json.key(part.name);
    part.write(json);
  }
  json.end_object().end_object().end_object();
  return out;
}

}  // namespace sekisho::wire
