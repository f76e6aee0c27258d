#include "server/wire/judge_text.h"

#include <gtest/gtest.h>

#include "server/wire/hand_made_test.h"
#include "server/wire/judge_chat.h"

namespace sekisho::wire {
namespace {

std::string results_of(const Judged& one) {
  const std::string whole = encode_judge_text(must(parse_judge_text(R"({"input":"x"})")), one);
  const std::size_t begin = whole.find("{\"unsafe_flag\"");
  return whole.substr(begin, whole.find(",\"user_prompt\"") - begin);
}

TEST(JudgeText, TakesEverySpellingOfNoCategorySet) {
  for (const char* body : {
           R"({"input":"x"})",
           R"({"input":"x","category_set_id":null})",
           R"({"input":"x","category_set_id":""})",
       }) {
    const auto request = must(parse_judge_text(body));
    EXPECT_EQ(request.category_set_id, "") << body;
    EXPECT_EQ(request.asked.request.category_set_id, "") << body;
  }
  const auto request =
      must(parse_judge_text(R"({"input":"x","category_set_id":"01jfrm3xhas2ftcpr39qqdktqa"})"));
  EXPECT_EQ(request.category_set_id, "01jfrm3xhas2ftcpr39qqdktqa");
  EXPECT_EQ(request.asked.request.category_set_id, "01jfrm3xhas2ftcpr39qqdktqa");
}

TEST(JudgeText, TakesEverySpellingOfNoModel) {
  for (const char* body :
       {R"({"input":"x"})", R"({"input":"x","model":null})", R"({"input":"x","model":""})"}) {
    EXPECT_EQ(must(parse_judge_text(body)).model, "sekisho") << body;
  }
  EXPECT_EQ(must(parse_judge_text(R"({"model":"m-1","input":"x"})")).model, "m-1");
}

TEST(JudgeText, IgnoresUnknownFields) {
  const auto request = must(parse_judge_text(R"({"user":{"id":[1]},"input":"x","n":2})"));
  EXPECT_EQ(request.asked.request.turns.back().content, "x");
  EXPECT_EQ(request.asked.request.contract, judge::Contract::kJudgeText);
}

TEST(JudgeText, RefusesAndNamesTheField) {
  const struct {
    std::string body;
    ErrorCode code;
    std::string field;
  } rows[] = {
      {"nonsense", ErrorCode::kInvalid, ""},
      {R"({"input":"x","input":"y"})", ErrorCode::kInvalid, "input"},
      {R"({"input":"x","extra":{"a":1,"a":2}})", ErrorCode::kInvalid, "a"},
      {"\xef\xbb\xbf{\"input\":\"x\"}", ErrorCode::kInvalid, ""},
      {R"("x")", ErrorCode::kUnprocessable, ""},
      {"{}", ErrorCode::kUnprocessable, "input"},
      {R"({"input":null})", ErrorCode::kUnprocessable, "input"},
      {R"({"input":["x"]})", ErrorCode::kUnprocessable, "input"},
      {R"({"input":""})", ErrorCode::kUnprocessable, "input"},
      {R"({"input":"x","model":3})", ErrorCode::kUnprocessable, "model"},
      {R"({"input":"x","category_set_id":{}})", ErrorCode::kUnprocessable, "category_set_id"},
      {R"({"input":")" + characters(2049) + R"("})", ErrorCode::kTooLong, "input"},
  };
  for (const auto& row : rows) {
    const auto parsed = parse_judge_text(row.body);
    ASSERT_FALSE(parsed.ok()) << row.body;
    EXPECT_EQ(parsed.error().code, row.code) << row.body;
    EXPECT_EQ(parsed.error().field, row.field) << row.body;
  }
  EXPECT_TRUE(parse_judge_text(R"({"input":")" + characters(2048) + R"("})").ok());
}

TEST(JudgeText, AnswersAsTheLiveCallDid) {
  const auto request = must(parse_judge_text(R"({"input":"こん\n\"にちは\"","model":"m-1"})"));
  EXPECT_EQ(encode_judge_text(request, judged(small_set(), {{"harassment", 0.00091}})),
            R"({"id":"01KATB6C3M3P3TVNT0QRMM1TA4","model":"m-1","category_set_id":"",)"
            R"("results":{"unsafe_flag":false,"label_str":"safe","unsafe_score":"0.0009",)"
            R"("unsafe_category":"",)"
            R"("user_prompt":{"chat":[{"role":"user","content":"こん\n\"にちは\""}]}}})");
}

TEST(JudgeText, SaysWhatIsUnsafe) {
  EXPECT_EQ(results_of(judged(small_set(), {{"harassment", 0.97}})),
            R"({"unsafe_flag":true,"label_str":"unsafe","unsafe_score":"0.9700",)"
            R"("unsafe_category":"harassment")");
}

TEST(JudgeText, NeverSaysSafeOfAnUnjudgedText) {
  EXPECT_EQ(results_of(unscored(small_set(policy::OnUnjudged::kBlock))),
            R"({"unsafe_flag":true,"label_str":"unsafe","unsafe_score":"1.0000",)"
            R"("unsafe_category":"unjudged")");
  EXPECT_EQ(results_of(unscored(small_set(policy::OnUnjudged::kAllow))),
            R"({"unsafe_flag":false,"label_str":"unjudged","unsafe_score":"0.0000",)"
            R"("unsafe_category":"")");
}

TEST(JudgeText, IsAnErrorWhereTheSetWantsOne) {
  const auto refusal = refusal_of(unscored(small_set(policy::OnUnjudged::kError)).verdict);
  ASSERT_TRUE(refusal.has_value());
  EXPECT_EQ(refusal->code, ErrorCode::kUnjudged);
  EXPECT_EQ(refusal->message, "the text could not be judged (scorer: deadline)");
  EXPECT_FALSE(refusal_of(unscored(small_set(policy::OnUnjudged::kBlock)).verdict).has_value());
  EXPECT_FALSE(refusal_of(unscored(small_set(policy::OnUnjudged::kAllow)).verdict).has_value());
  EXPECT_FALSE(refusal_of(judged(small_set(), {}).verdict).has_value());
}

TEST(JudgeChat, JudgesTheLastTurnAndEchoesAll) {
  const auto request =
      must(parse_judge_chat(R"({"messages":[{"role":"system","content":"","name":"s"},)"
                            R"({"role":"user","content":"二"}],"category_set_id":"ABC"})"));
  EXPECT_EQ(request.asked.field, "messages[1].content");
  EXPECT_EQ(request.asked.request.turns.size(), 2u);
  EXPECT_EQ(request.asked.request.side, judge::Side::kInput);
  EXPECT_EQ(request.asked.request.contract, judge::Contract::kJudgeChat);
  EXPECT_EQ(request.asked.request.category_set_id, "ABC");
  const std::string answer = encode_judge_text(request, judged(small_set(), {}));
  EXPECT_NE(answer.find(R"("category_set_id":"ABC")"), std::string::npos);
  EXPECT_NE(answer.find(R"("user_prompt":{"chat":[{"role":"system","content":""},)"
                        R"({"role":"user","content":"二"}]})"),
            std::string::npos);
}

TEST(JudgeChat, CountsAnAssistantAsOutput) {
  const auto request =
      must(parse_judge_chat(R"({"messages":[{"role":"assistant","content":"はい"}]})"));
  EXPECT_EQ(request.asked.request.side, judge::Side::kOutput);
}

std::string chat_of(std::size_t turns, const std::string& content) {
  std::string body = R"({"messages":[)";
  for (std::size_t i = 0; i < turns; ++i) {
    body += std::string(i == 0 ? "" : ",") + R"({"role":"user","content":")" + content + R"("})";
  }
  return body + "]}";
}

TEST(JudgeChat, RefusesAndNamesTheField) {
  const struct {
    std::string body;
    ErrorCode code;
    std::string field;
  } rows[] = {
      {"{}", ErrorCode::kUnprocessable, "messages"},
      {R"({"messages":[]})", ErrorCode::kUnprocessable, "messages"},
      {R"({"messages":{}})", ErrorCode::kUnprocessable, "messages"},
      {R"({"messages":["x"]})", ErrorCode::kUnprocessable, "messages[0]"},
      {R"({"messages":[{"role":"user"}]})", ErrorCode::kUnprocessable, "messages[0].content"},
      {R"({"messages":[{"content":"x"}]})", ErrorCode::kUnprocessable, "messages[0].role"},
      {R"({"messages":[{"role":"","content":"x"}]})", ErrorCode::kUnprocessable,
       "messages[0].role"},
      {R"({"messages":[{"role":"user","content":[{"type":"text"}]}]})", ErrorCode::kUnprocessable,
       "messages[0].content"},
      {R"({"messages":[{"role":"user","content":"x"},{"role":"user","content":""}]})",
       ErrorCode::kUnprocessable, "messages[1].content"},
      {chat_of(1, characters(2049)), ErrorCode::kTooLong, "messages[0].content"},
      {chat_of(257, "x"), ErrorCode::kUnprocessable, "messages"},
      {chat_of(33, characters(2000)), ErrorCode::kTooLong, "messages"},
  };
  for (const auto& row : rows) {
    const auto parsed = parse_judge_chat(row.body);
    ASSERT_FALSE(parsed.ok()) << row.body.substr(0, 200);
    EXPECT_EQ(parsed.error().code, row.code) << row.body.substr(0, 200);
    EXPECT_EQ(parsed.error().field, row.field) << row.body.substr(0, 200);
  }
  EXPECT_TRUE(parse_judge_chat(chat_of(256, "x")).ok());
  EXPECT_TRUE(parse_judge_chat(chat_of(32, characters(2048))).ok());
}

}  // namespace
}  // namespace sekisho::wire
