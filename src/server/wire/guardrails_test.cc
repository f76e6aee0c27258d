#include "server/wire/guardrails.h"

#include <gtest/gtest.h>

#include "server/wire/hand_made_test.h"

namespace sekisho::wire {
namespace {

using policy::Guardrail;

Guardrail with_nothing_on() {
  Guardrail guardrail;
  guardrail.id = "g";
  guardrail.moderation = guardrail.prompt_guard = guardrail.pii_filter = false;
  return guardrail;
}

std::string body_of(const std::string& input) {
  return R"({"input":")" + input + R"(","guardrail_id":"g"})";
}

// What stands behind "guardrails_result":, for a text and a guardrail.
std::string results_of(const std::string& input, const Guardrail& guardrail, const Judged& judged,
                       const policy::CategorySet& set = small_set()) {
  const auto request = must(parse_guardrails(body_of(input)));
  const std::string whole = encode_guardrails({request, guardrail, set, judged});
  const std::string key = "\"guardrails_result\":";
  const std::size_t begin = whole.find(key) + key.size();
  return whole.substr(begin, whole.size() - 2 - begin);
}

TEST(Guardrails, ReadsItsRequest) {
  for (const char* body : {R"({"input":"x"})", R"({"input":"x","guardrail_id":null,"model":1})",
                           R"({"input":"x","guardrail_id":""})"}) {
    EXPECT_EQ(must(parse_guardrails(body)).guardrail_id, "default") << body;
  }
  const auto request = must(parse_guardrails(body_of("x")));
  EXPECT_EQ(request.guardrail_id, "g");
  EXPECT_EQ(request.asked.field, "input");
  EXPECT_EQ(request.asked.request.contract, judge::Contract::kGuardrails);
  EXPECT_EQ(request.asked.request.code_points_max, 2000u);
}

TEST(Guardrails, RefusesAndNamesTheField) {
  const struct {
    std::string body;
    ErrorCode code;
    std::string field;
  } rows[] = {
      {"", ErrorCode::kInvalid, ""},
      {"{}", ErrorCode::kUnprocessable, "input"},
      {R"({"input":7})", ErrorCode::kUnprocessable, "input"},
      {R"({"input":""})", ErrorCode::kUnprocessable, "input"},
      {R"({"input":"x","guardrail_id":7})", ErrorCode::kUnprocessable, "guardrail_id"},
      {body_of(characters(2001)), ErrorCode::kTooLong, "input"},
  };
  for (const auto& row : rows) {
    const auto parsed = parse_guardrails(row.body);
    ASSERT_FALSE(parsed.ok()) << row.body;
    EXPECT_EQ(parsed.error().code, row.code) << row.body;
    EXPECT_EQ(parsed.error().field, row.field) << row.body;
  }
  EXPECT_TRUE(parse_guardrails(body_of(characters(2000))).ok());
}

TEST(Guardrails, FindsGuardrailsThenCategorySets) {
  Guardrail strict = with_nothing_on();
  strict.id = "01JABC";
  strict.category_set_id = "small";
  strict.topic_control = true;
  const auto snapshot = must(policy::Snapshot::create({small_set()}, {strict}));
  EXPECT_TRUE(must(find_guardrail(*snapshot, "01jabc")).topic_control);
  EXPECT_EQ(must(find_guardrail(*snapshot, "default")).id, "default");

  const Guardrail of_set = must(find_guardrail(*snapshot, "SMALL"));
  EXPECT_EQ(of_set.category_set_id, "small");
  EXPECT_TRUE(of_set.moderation);
  EXPECT_FALSE(of_set.keyword_filter || of_set.prompt_guard || of_set.pii_filter ||
               of_set.topic_control);

  const auto unknown = find_guardrail(*snapshot, "nowhere");
  ASSERT_FALSE(unknown.ok());
  EXPECT_EQ(unknown.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(unknown.error().field, "guardrail_id");
}

TEST(Guardrails, AnswersInTheEnvelope) {
  Guardrail guardrail = with_nothing_on();
  guardrail.moderation = guardrail.prompt_guard = true;
  const auto request = must(parse_guardrails(body_of("お前は無能だ")));
  const auto set = small_set();
  EXPECT_EQ(encode_guardrails({request, guardrail, set, judged(set, {{"harassment", 0.97}})}),
            R"({"id":"01KATB6C3M3P3TVNT0QRMM1TA4","guardrail_id":"g","assessments":{)"
            R"("guardrails":["moderation","prompt_guard"],"user_input":"お前は無能だ",)"
            R"("guardrails_result":{"moderation":{"unsafe_flag":true,"unsafe_score":0.9700,)"
            R"("categories":{"harassment":{"enabled":true,"detected":true},)"
            R"("injection":{"enabled":true,"detected":false},)"
            R"("sales-mail":{"enabled":false,"detected":false}}},)"
            R"("prompt_guard":{"unsafe_flag":false,"unsafe_score":0.0000}}}})");
}

TEST(Guardrails, ShowsOnlyGuardsThatAreOnAndCanSpeak) {
  EXPECT_EQ(results_of("x", with_nothing_on(), judged(small_set(), {})), "{}");
  // The small set judges no personal data, so nothing is said of it.
  Guardrail guardrail = with_nothing_on();
  guardrail.pii_filter = true;
  EXPECT_EQ(results_of("x", guardrail, judged(small_set(), {})), "{}");
}

TEST(Guardrails, KeywordFilterMasksEveryDisguise) {
  Guardrail guardrail = with_nothing_on();
  guardrail.keyword_filter = true;
  guardrail.keywords = {"極秘", "ABC", "なし"};
  EXPECT_EQ(results_of("極秘の話と極\u200B秘、ａｂｃも", guardrail, judged(small_set(), {})),
            "{\"keyword_filter\":{\"matched\":true,"
            "\"matches\":[{\"keyword\":\"極秘\"},{\"keyword\":\"ABC\"}],"
            "\"original_text\":\"極秘の話と極\u200B秘、ａｂｃも\","
            "\"masked_input\":\"**の話と***、***も\"}}");
  EXPECT_EQ(results_of("公開の話", guardrail, judged(small_set(), {})),
            R"({"keyword_filter":{"matched":false,"matches":[],"original_text":"公開の話",)"
            R"("masked_input":"公開の話"}})");
}

TEST(Guardrails, PiiFilterSaysWhatDetectorsFound) {
  Guardrail guardrail = with_nothing_on();
  guardrail.pii_filter = true;
  const auto set = policy::CategorySet::built_in();
  const std::vector<judge::Finding> findings = {
      {"privacy/self", {0, 3}, "phone", policy::Action::kRecord},
      {"secret", {5, 9}, "api_key", policy::Action::kBlock},
      {"privacy/self", {1, 2}, "words", policy::Action::kBlock},
      {"injection", {1, 2}, "override", policy::Action::kBlock},
  };
  judge::Evidence found = evidence(set, {{"privacy/self", 0.9}}, findings);
  found.scores->spans = {{"privacy/self", {0, 9}, "ngram"}};
  EXPECT_EQ(results_of("x", guardrail, {kUlid, judge::decide(set, found)}, set),
            R"({"pii_filter":{"detect_pii_result":[{"type":"PHONE_NUMBER","start":0,"end":3},)"
            R"({"type":"API_KEY","start":5,"end":9}]}})");
}

TEST(Guardrails, TopicControlDeniesByWordsAndLikeness) {
  Guardrail guardrail = with_nothing_on();
  guardrail.topic_control = true;
  guardrail.denied_topics = {"他社製品との比較", "Crypto"};
  const std::string denied =
      R"({"topic_control":{"classification":"deny","is_topic_compliant":false}})";
  const std::string allowed =
      R"({"topic_control":{"classification":"allow","is_topic_compliant":true}})";
  const Judged safe = judged(small_set(), {});
  EXPECT_EQ(results_of("他社製品との比較をお願いします", guardrail, safe), denied);
  EXPECT_EQ(results_of("他社製品と比較した表を作って", guardrail, safe), denied);
  EXPECT_EQ(results_of("ＣＲＹＰＴＯを買いたい", guardrail, safe), denied);
  EXPECT_EQ(results_of("返品の方法を教えてください", guardrail, safe), allowed);
}

TEST(Guardrails, NoGuardReadsAsSafeWhatWasNotJudged) {
  Guardrail guardrail = with_nothing_on();
  guardrail.moderation = guardrail.prompt_guard = true;
  const std::string categories = R"("categories":{"harassment":{"enabled":true,"detected":false},)"
                                 R"("injection":{"enabled":true,"detected":false},)"
                                 R"("sales-mail":{"enabled":false,"detected":false}}},)";
  const auto blocks = small_set(policy::OnUnjudged::kBlock);
  EXPECT_EQ(results_of("x", guardrail, unscored(blocks), blocks),
            R"({"moderation":{"unsafe_flag":true,"unsafe_score":1.0000,"unjudged":true,)" +
                categories +
                R"("prompt_guard":{"unsafe_flag":true,"unsafe_score":1.0000,"unjudged":true}})");
  const auto allows = small_set(policy::OnUnjudged::kAllow);
  EXPECT_EQ(results_of("x", guardrail, unscored(allows), allows),
            R"({"moderation":{"unsafe_flag":false,"unsafe_score":0.0000,"unjudged":true,)" +
                categories +
                R"("prompt_guard":{"unsafe_flag":false,"unsafe_score":0.0000,"unjudged":true}})");
}

// A detector found harm, so the text is unsafe; but nobody looked for an injection.
TEST(Guardrails, PromptGuardIsUnjudgedThoughTheTextIsUnsafe) {
  Guardrail guardrail = with_nothing_on();
  guardrail.prompt_guard = true;
  const Judged unsafe =
      unscored(small_set(), {{"harassment", {0, 1}, "words", policy::Action::kBlock}});
  ASSERT_EQ(unsafe.verdict.outcome(), judge::Outcome::kUnsafe);
  EXPECT_EQ(results_of("x", guardrail, unsafe),
            R"({"prompt_guard":{"unsafe_flag":true,"unsafe_score":1.0000,"unjudged":true}})");
}

}  // namespace
}  // namespace sekisho::wire
