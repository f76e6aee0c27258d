#include "server/judge_api/judge_api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "server/judge_api/house_test.h"

namespace sekisho::judge_api {
namespace {

using policy::OnUnjudged;
using testing::HasSubstr;
using testing::Not;

struct Contract {
  const char* name;
  House::Handler handler;
  const char* body;       // one innocent text
  const char* says_safe;  // what the answer holds when the text is safe
};
constexpr Contract kContracts[] = {
    {"judge", &JudgeApi::judge, R"({"texts":["こんにちは"]})", R"("outcome":"safe")"},
    {"judge/text", &JudgeApi::judge_text, R"({"input":"こんにちは"})", R"("label_str":"safe")"},
    {"judge/chat", &JudgeApi::judge_chat,
     R"({"messages":[{"role":"user","content":"こんにちは"}]})", R"("label_str":"safe")"},
    {"guardrails/apply", &JudgeApi::guardrails_apply, R"({"input":"こんにちは"})",
     R"("unsafe_flag":false)"},
    {"moderations", &JudgeApi::moderations, R"({"input":"こんにちは"})", R"("flagged":false)"},
};

std::string body_of(const Answer& answer) {
  return answer.ok() ? answer.value().body : "error: " + answer.error().message;
}

// Everything that can keep a scorer from giving scores.
using Break = void (*)(House&);
constexpr Break kBreaks[] = {
    [](House& house) { house.scorer->failure = ErrorCode::kUnavailable; },
    [](House& house) { house.scorer->failure = ErrorCode::kTimeout; },
    [](House& house) { house.scorer->failure = ErrorCode::kInternal; },
    [](House& house) { house.scorer->score_of = [](auto, auto) { return std::nan(""); }; },
    [](House& house) { house.scorer->score_of = [](auto, auto) { return -0.5; }; },
    [](House& house) {
      house.scorer->score_of = [](auto, auto) { return std::numeric_limits<double>::infinity(); };
    },
};

TEST(JudgeApi, EveryContractSaysSafe) {
  for (const Contract& contract : kContracts) {
    House house;
    const Answer answer = house.ask(contract.handler, contract.body);
    ASSERT_TRUE(answer.ok()) << contract.name << ": " << answer.error().message;
    EXPECT_EQ(answer.value().status, 200);
    EXPECT_THAT(answer.value().body, HasSubstr(contract.says_safe)) << contract.name;
    EXPECT_EQ(house.journal.entries.size(), 1u);
  }
}

TEST(JudgeApi, NoContractSaysSafeWhenTheScorerFails) {
  for (const Contract& contract : kContracts) {
    for (const Break& broken : kBreaks) {
      House house;
      broken(house);
      const Answer answer = house.ask(contract.handler, contract.body);
      ASSERT_FALSE(answer.ok()) << contract.name << ": " << body_of(answer);
      EXPECT_EQ(answer.error().code, ErrorCode::kUnjudged) << contract.name;

      House blocking(OnUnjudged::kBlock);
      broken(blocking);
      const Answer blocked = blocking.ask(contract.handler, contract.body);
      ASSERT_TRUE(blocked.ok()) << contract.name << ": " << body_of(blocked);
      EXPECT_THAT(blocked.value().body, Not(HasSubstr(contract.says_safe))) << contract.name;
      EXPECT_THAT(blocked.value().body, HasSubstr("unjudged")) << contract.name;
    }
  }
}

// A long text is judged by windows; one window that fails leaves all of it unjudged.
TEST(JudgeApi, NoWindowOfALongTextMayFail) {
  std::string text;
  for (int i = 0; i < 6000; ++i) text += "あ";
  for (const Break& broken : kBreaks) {
    House house;
    broken(house);
    const Answer answer = house.ask(&JudgeApi::moderations, R"({"input":")" + text + R"("})");
    EXPECT_FALSE(answer.ok()) << body_of(answer).substr(0, 300);
  }
}

TEST(JudgeApi, AllowsUnjudgedTextsOnlyMarked) {
  House house(OnUnjudged::kAllow);
  house.scorer->failure = ErrorCode::kUnavailable;
  EXPECT_THAT(body_of(house.ask(&JudgeApi::judge, kContracts[0].body)),
              HasSubstr(R"("outcome":"unjudged","allowed":true)"));
  EXPECT_THAT(body_of(house.ask(&JudgeApi::judge_text, kContracts[1].body)),
              HasSubstr(R"("unsafe_flag":false,"label_str":"unjudged")"));
  EXPECT_THAT(body_of(house.ask(&JudgeApi::guardrails_apply, kContracts[3].body)),
              HasSubstr(R"("unsafe_flag":false,"unsafe_score":0.0000,"unjudged":true)"));
  EXPECT_THAT(body_of(house.ask(&JudgeApi::moderations, kContracts[4].body)),
              HasSubstr(R"("outcome":"unjudged","allowed":true)"));
  for (const auto& entry : house.journal.entries) {
    EXPECT_EQ(entry.outcome, judge::Outcome::kUnjudged);
  }
}

TEST(JudgeApi, WaitsForAScorerThatHangs) {
  House house;
  house.scorer->holds = true;
  std::optional<Answer> answer;
  start(house.api->judge(house.call(R"({"texts":["一","二","三"]})")),
        [&](Answer value) { answer.emplace(std::move(value)); });
  EXPECT_FALSE(answer.has_value());
  EXPECT_EQ(house.scorer->held.size(), 3u) << "the texts of a batch are judged side by side";
  house.scorer->release();
  ASSERT_TRUE(answer.has_value());
  EXPECT_TRUE(answer->ok()) << body_of(*answer);
}

TEST(JudgeApi, IsUnjudgedPastTheDeadline) {
  House house;
  house.scorer->holds = true;
  std::optional<Answer> answer;
  std::string text;
  for (int i = 0; i < 4000; ++i) text += "あ";
  start(house.api->moderations(house.call(R"({"input":")" + text + R"("})")),
        [&](Answer value) { answer.emplace(std::move(value)); });
  house.clock.pass_ms(5'000);  // while the first window is scored
  house.scorer->release();
  ASSERT_TRUE(answer.has_value());
  ASSERT_FALSE(answer->ok()) << body_of(*answer);
  EXPECT_EQ(answer->error().code, ErrorCode::kUnjudged);
  EXPECT_THAT(answer->error().message, HasSubstr("deadline"));
}

TEST(JudgeApi, AnswersInTheOrderOfTheTexts) {
  House house;
  const std::string body = body_of(house.ask(
      &JudgeApi::judge, R"({"texts":["こんにちは","お前は無能だ","さようなら"],"side":"output"})"));
  const auto document = must(JsonDocument::parse(body));
  std::string outcomes;
  must(document.root().find("results")->each_element([&](std::size_t i, JsonValue result) {
    outcomes += std::string(*result.find("outcome")->string()) + " ";
    EXPECT_EQ(*result.find("id")->string(), house.journal.entries[i].id.text());
    return ok_status();
  }));
  EXPECT_EQ(outcomes, "safe unsafe safe ");
  EXPECT_THAT(house.scorer->sides, testing::Each(judge::Side::kOutput));
}

TEST(JudgeApi, OneRefusedTextFailsTheCall) {
  House house;
  const Answer answer = house.ask(&JudgeApi::judge, R"({"texts":["一","\u200b"]})");
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().code, ErrorCode::kUnprocessable);
  EXPECT_EQ(answer.error().field, "texts[1]");
  EXPECT_THAT(answer.error().message, HasSubstr("texts[1]: "));
}

TEST(JudgeApi, PartialLeavesTheOthersTheirResults) {
  House house;
  house.scorer->score_of = [](std::string_view text, std::string_view) {
    return text == "壊" ? std::nan("") : 0.01;
  };
  const std::string texts = R"("texts":["一","","\u200b","壊","二"])";
  const std::string body =
      body_of(house.ask(&JudgeApi::judge, "{" + texts + R"(,"partial":true})"));
  std::string outcomes;
  const auto document = must(JsonDocument::parse(body));
  must(document.root().find("results")->each_element([&](std::size_t, JsonValue result) {
    const auto outcome = result.find("outcome");
    if (outcome) outcomes += std::string(*outcome->string()) + " ";
    if (!outcome) outcomes += std::string(*result.find("error")->find("param")->string()) + " ";
    return ok_status();
  }));
  EXPECT_EQ(outcomes, "safe texts[1] texts[2] unjudged safe ");

  const Answer whole = house.ask(&JudgeApi::judge, R"({"texts":["一","壊"]})");
  ASSERT_FALSE(whole.ok());
  EXPECT_EQ(whole.error().code, ErrorCode::kUnjudged);
  EXPECT_EQ(whole.error().field, "texts[1]");
}

TEST(JudgeApi, UnknownSetsAreNotFoundAndNotJudged) {
  House house;
  const struct {
    House::Handler handler;
    const char* body;
    const char* field;
  } rows[] = {
      {&JudgeApi::judge, R"({"texts":["x"],"category_set":"nowhere","partial":true})",
       "category_set"},
      {&JudgeApi::judge_text, R"({"input":"x","category_set_id":"nowhere"})", "category_set_id"},
      {&JudgeApi::judge_chat,
       R"({"messages":[{"role":"user","content":"x"}],"category_set_id":"nowhere"})",
       "category_set_id"},
      {&JudgeApi::guardrails_apply, R"({"input":"x","guardrail_id":"nowhere"})", "guardrail_id"},
  };
  for (const auto& row : rows) {
    const Answer answer = house.ask(row.handler, row.body);
    ASSERT_FALSE(answer.ok()) << row.body;
    EXPECT_EQ(answer.error().code, ErrorCode::kNotFound) << row.body;
    EXPECT_EQ(answer.error().field, row.field) << row.body;
  }
  EXPECT_EQ(house.scorer->calls, 0);
  EXPECT_TRUE(house.journal.entries.empty());
}

TEST(JudgeApi, FindsSetsInEitherCase) {
  House house;
  EXPECT_THAT(
      body_of(house.ask(&JudgeApi::judge_text, R"({"input":"x","category_set_id":"BLOCKING"})")),
      HasSubstr(R"("category_set_id":"BLOCKING")"));
  EXPECT_EQ(house.journal.entries.back().category_set_id, "blocking");
  EXPECT_TRUE(
      house.ask(&JudgeApi::guardrails_apply, R"({"input":"x","guardrail_id":"Allowing"})").ok());
  EXPECT_EQ(house.journal.entries.back().category_set_id, "allowing");
}

TEST(JudgeApi, ChatIsJudgedInItsContext) {
  House house;
  const std::string body = body_of(house.ask(
      &JudgeApi::judge_chat, R"({"messages":[{"role":"user","content":"無能"},{"role":"assistant",)"
                             R"("content":"落ち着いてください"}]})"));
  EXPECT_THAT(body, HasSubstr(R"("label_str":"safe")")) << "only the last turn is judged";
  EXPECT_EQ(house.scorer->contexts, std::vector<std::size_t>{1});
  EXPECT_EQ(house.scorer->sides, std::vector{judge::Side::kOutput});
}

TEST(JudgeApi, RecordsWhoAskedWhatAndHow) {
  House house;
  for (const Contract& contract : kContracts) {
    ASSERT_TRUE(house.ask(contract.handler, contract.body).ok());
    const journal::Entry& entry = house.journal.entries.back();
    EXPECT_EQ(judge::contract_name(entry.contract), contract.name);
    EXPECT_EQ(entry.tenant, "default");
    EXPECT_EQ(entry.key_id, house.key.id());
    EXPECT_EQ(entry.request_id, "request-1");
  }
}

TEST(JudgeApi, GivesNoAnswerThatIsNotRecorded) {
  for (const Contract& contract : kContracts) {
    House house;
    house.journal.failure = ErrorCode::kOverloaded;
    const Answer answer = house.ask(contract.handler, contract.body);
    ASSERT_FALSE(answer.ok()) << contract.name;
    EXPECT_EQ(answer.error().code, ErrorCode::kOverloaded) << contract.name;
  }
}

TEST(JudgeApi, EveryTextOfABatchTakesFromTheQuota) {
  House house(OnUnjudged::kError, 60);
  std::string texts;
  for (int i = 0; i < 120; ++i) texts += i == 0 ? "\"x\"" : ",\"x\"";
  ASSERT_TRUE(house.ask(&JudgeApi::judge, R"({"texts":[)" + texts + "]}").ok());
  for (const Contract& contract : kContracts) {
    const Answer answer = house.ask(contract.handler, contract.body);
    ASSERT_FALSE(answer.ok()) << contract.name;
    EXPECT_EQ(answer.error().code, ErrorCode::kRateLimited) << contract.name;
    EXPECT_EQ(answer.error().retry_after_s, 61) << contract.name;
  }
  EXPECT_EQ(house.scorer->calls, 120);
  house.clock.pass_ms(61'000);
  must(house.authenticator->refresh());
  EXPECT_TRUE(house.ask(&JudgeApi::judge_text, R"({"input":"x"})").ok());
}

TEST(JudgeApi, IsReadyOnlyWhileItCanScore) {
  House house;
  const Answer ready = house.ask(&JudgeApi::ready, "");
  EXPECT_EQ(ready.value().status, 200);
  EXPECT_EQ(ready.value().body,
            R"({"status":"ready","scorer":{"name":"fake","digest":"0123456789abcdef"},)"
            R"("degraded":["test house"]})");
  for (const Break& broken : kBreaks) {
    House ill;
    broken(ill);
    const Answer answer = ill.ask(&JudgeApi::ready, "");
    EXPECT_EQ(answer.value().status, 503);
    EXPECT_THAT(answer.value().body, HasSubstr(R"("status":"not_ready")"));
    EXPECT_EQ(body_of(ill.ask(&JudgeApi::health, "")), R"({"status":"ok"})");
  }
  EXPECT_TRUE(house.journal.entries.empty());
}

}  // namespace
}  // namespace sekisho::judge_api
