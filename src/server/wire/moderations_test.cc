#include "server/wire/moderations.h"

#include <gtest/gtest.h>

#include "server/wire/hand_made_test.h"

namespace sekisho::wire {
namespace {

const char* const kOpenAiKeys[] = {
    "harassment",
    "harassment/threatening",
    "hate",
    "hate/threatening",
    "illicit",
    "illicit/violent",
    "self-harm",
    "self-harm/intent",
    "self-harm/instructions",
    "sexual",
    "sexual/minors",
    "violence",
    "violence/graphic",
};

const policy::CategorySet& full_set() {
  static const auto set = policy::CategorySet::built_in();
  return set;
}

// The keys of a category map that are true or not 0, with their values.
std::map<std::string, std::string> raised(const std::string& body, std::string_view map) {
  const auto document = must(JsonDocument::parse(body));
  std::map<std::string, std::string> out;
  const auto collect = [&](std::size_t, JsonValue result) -> Status {
    return result.find(map)->each_member([&](std::string_view key, JsonValue value) -> Status {
      if (const auto flag = value.boolean(); flag && *flag) out[std::string(key)] = "true";
      if (const auto score = value.number(); score && *score > 0) {
        out[std::string(key)] = std::to_string(*score).substr(0, 4);
      }
      return ok_status();
    });
  };
  must(document.root().find("results")->each_element(collect));
  return out;
}

std::map<std::string, std::string> scores_for(const std::map<std::string, double>& scores) {
  return raised(encode_moderations("m", {judged(full_set(), scores)}), "category_scores");
}

using Map = std::map<std::string, std::string>;

TEST(Moderations, ReadsEveryFormOfInput) {
  const auto one = must(parse_moderations(R"({"input":"一","model":"omni-moderation-latest"})"));
  EXPECT_EQ(one.model, "omni-moderation-latest");
  ASSERT_EQ(one.inputs.size(), 1u);
  EXPECT_EQ(one.inputs[0].field, "input");
  EXPECT_EQ(one.inputs[0].request.contract, judge::Contract::kModerations);
  EXPECT_EQ(one.inputs[0].request.code_points_max, 32768u);

  const auto several = must(parse_moderations(R"({"input":["一","二"],"user":"u"})"));
  EXPECT_EQ(several.model, "sekisho");
  ASSERT_EQ(several.inputs.size(), 2u);
  EXPECT_EQ(several.inputs[1].field, "input[1]");
  EXPECT_EQ(several.inputs[1].request.turns.back().content, "二");

  const auto parts = must(
      parse_moderations(R"({"input":[{"type":"text","text":"一"},{"type":"text","text":"二"}]})"));
  ASSERT_EQ(parts.inputs.size(), 1u);
  EXPECT_EQ(parts.inputs[0].field, "input");
  EXPECT_EQ(parts.inputs[0].request.turns.back().content, "一\n二");
}

std::string strings(std::size_t count) {
  std::string body = R"({"input":[)";
  for (std::size_t i = 0; i < count; ++i) body += i == 0 ? "\"a\"" : ",\"a\"";
  return body + "]}";
}

TEST(Moderations, RefusesAndNamesTheField) {
  const std::string image =
      R"({"type":"image_url","image_url":{"url":"https://example.com/a.png"}})";
  const std::string half = R"({"type":"text","text":")" + characters(16384) + R"("})";
  const struct {
    std::string body;
    ErrorCode code;
    std::string field;
  } rows[] = {
      {"[", ErrorCode::kInvalid, ""},
      {"{}", ErrorCode::kUnprocessable, "input"},
      {R"({"input":null})", ErrorCode::kUnprocessable, "input"},
      {R"({"input":5})", ErrorCode::kUnprocessable, "input"},
      {R"({"input":{}})", ErrorCode::kUnprocessable, "input"},
      {R"({"input":""})", ErrorCode::kUnprocessable, "input"},
      {R"({"input":[]})", ErrorCode::kUnprocessable, "input"},
      {R"({"input":["a",""]})", ErrorCode::kUnprocessable, "input[1]"},
      {R"({"input":["a",{"type":"text","text":"b"}]})", ErrorCode::kUnprocessable, "input[1]"},
      {R"({"input":[{"type":"text","text":"b"},"a"]})", ErrorCode::kUnprocessable, "input[1]"},
      {R"({"input":[[1,2]]})", ErrorCode::kUnprocessable, "input[0]"},
      {R"({"input":[{"type":"text"}]})", ErrorCode::kUnprocessable, "input[0].text"},
      {R"({"input":[{"type":"text","text":""}]})", ErrorCode::kUnprocessable, "input[0].text"},
      {R"({"input":[)" + image + "]}", ErrorCode::kUnprocessable, "input[0]"},
      {R"({"input":[{"type":"text","text":"b"},)" + image + "]}", ErrorCode::kUnprocessable,
       "input[1]"},
      {strings(33), ErrorCode::kUnprocessable, "input"},
      {R"({"input":")" + characters(32769) + R"("})", ErrorCode::kTooLong, "input"},
      {R"({"input":[)" + half + "," + half + "]}", ErrorCode::kTooLong, "input"},
  };
  for (const auto& row : rows) {
    const auto parsed = parse_moderations(row.body);
    ASSERT_FALSE(parsed.ok()) << row.body.substr(0, 200);
    EXPECT_EQ(parsed.error().code, row.code) << row.body.substr(0, 200);
    EXPECT_EQ(parsed.error().field, row.field) << row.body.substr(0, 200);
  }
  EXPECT_EQ(must(parse_moderations(strings(32))).inputs.size(), 32u);
  EXPECT_TRUE(parse_moderations(R"({"input":")" + characters(32768) + R"("})").ok());
}

TEST(Moderations, WritesAWholeAnswer) {
  const auto set = small_set();
  const std::vector<judge::Finding> findings = {
      {"injection", {2, 5}, "override", policy::Action::kBlock}};
  EXPECT_EQ(
      encode_moderations("m-1", {judged(set, {{"harassment", 0.25}}, findings)}),
      R"({"id":"modr-01KATB6C3M3P3TVNT0QRMM1TA4","model":"m-1","results":[{"flagged":true,)"
      R"("categories":{"harassment":false,"harassment/threatening":false,"hate":false,)"
      R"("hate/threatening":false,"illicit":true,"illicit/violent":false,"self-harm":false,)"
      R"("self-harm/intent":false,"self-harm/instructions":false,"sexual":false,)"
      R"("sexual/minors":false,"violence":false,"violence/graphic":false,"injection":true},)"
      R"("category_scores":{"harassment":0.2500,"harassment/threatening":0.0000,"hate":0.0000,)"
      R"("hate/threatening":0.0000,"illicit":1.0000,"illicit/violent":0.0000,)"
      R"("self-harm":0.0000,"self-harm/intent":0.0000,"self-harm/instructions":0.0000,)"
      R"("sexual":0.0000,"sexual/minors":0.0000,"violence":0.0000,"violence/graphic":0.0000,)"
      R"("injection":1.0000},"category_applied_input_types":{"harassment":["text"],)"
      R"("harassment/threatening":["text"],"hate":["text"],"hate/threatening":["text"],)"
      R"("illicit":["text"],"illicit/violent":["text"],"self-harm":["text"],)"
      R"("self-harm/intent":["text"],"self-harm/instructions":["text"],"sexual":["text"],)"
      R"("sexual/minors":["text"],"violence":["text"],"violence/graphic":["text"],)"
      R"("injection":["text"]},"x_sekisho":{"id":"01KATB6C3M3P3TVNT0QRMM1TA4",)"
      R"("outcome":"unsafe","allowed":false,"category":"injection","spans":[{"start":2,"end":5,)"
      R"("category":"injection","reason":"override","action":"block"}]}}]})");
}

TEST(Moderations, HasAllKeysInAllMaps) {
  for (const auto& one :
       {judged(full_set(), {}), unscored(small_set(policy::OnUnjudged::kBlock))}) {
    const std::string body = encode_moderations("m", {one});
    const auto document = must(JsonDocument::parse(body));
    must(document.root().find("results")->each_element([&](std::size_t, JsonValue result) {
      for (const char* map : {"categories", "category_scores", "category_applied_input_types"}) {
        for (const char* key : kOpenAiKeys) {
          EXPECT_TRUE(result.find(map)->find(key).has_value()) << map << " " << key;
        }
      }
      return ok_status();
    }));
  }
}

TEST(Moderations, MapsEachOfOurCategories) {
  const struct {
    std::string ours;
    Map scores;
  } rows[] = {
      {"violence", {{"violence", "0.90"}}},
      {"violence/graphic", {{"violence/graphic", "0.90"}}},
      {"self-harm",
       {{"self-harm", "0.90"}, {"self-harm/intent", "0.90"}, {"self-harm/instructions", "0.90"}}},
      {"hate", {{"hate", "0.90"}}},
      {"harassment", {{"harassment", "0.90"}}},
      {"sexual", {{"sexual", "0.90"}}},
      {"sexual/minors", {{"sexual/minors", "0.90"}}},
      {"illicit/drugs", {{"illicit", "0.90"}, {"illicit/drugs", "0.90"}}},
      {"illicit/weapons",
       {{"illicit", "0.90"}, {"illicit/violent", "0.90"}, {"illicit/weapons", "0.90"}}},
      {"illicit/bio", {{"illicit", "0.90"}, {"illicit/violent", "0.90"}, {"illicit/bio", "0.90"}}},
      {"illicit/property", {{"illicit", "0.90"}, {"illicit/property", "0.90"}}},
      {"illicit/financial", {{"illicit", "0.90"}, {"illicit/financial", "0.90"}}},
      {"illicit/cybercrime", {{"illicit", "0.90"}, {"illicit/cybercrime", "0.90"}}},
      {"privacy/doxxing", {{"illicit", "0.90"}, {"privacy/doxxing", "0.90"}}},
      {"privacy/self", {{"illicit", "0.90"}, {"privacy/self", "0.90"}}},
      {"privacy/request", {{"illicit", "0.90"}, {"privacy/request", "0.90"}}},
      {"injection", {{"illicit", "0.90"}, {"injection", "0.90"}}},
      {"secret", {{"illicit", "0.90"}, {"secret", "0.90"}}},
  };
  EXPECT_EQ(std::size(rows), policy::built_in_categories().size());
  for (const auto& row : rows) {
    EXPECT_EQ(scores_for({{row.ours, 0.9}}), row.scores) << row.ours;
    Map flags;
    for (const auto& [key, score] : row.scores) flags[key] = "true";
    EXPECT_EQ(
        raised(encode_moderations("m", {judged(full_set(), {{row.ours, 0.9}})}), "categories"),
        flags)
        << row.ours;
  }
}

TEST(Moderations, ThreateningNeedsBoth) {
  EXPECT_EQ(scores_for({{"hate", 0.9}, {"violence", 0.7}}),
            (Map{{"hate", "0.90"}, {"violence", "0.70"}, {"hate/threatening", "0.70"}}));
  EXPECT_EQ(
      scores_for({{"harassment", 0.6}, {"violence", 0.7}}),
      (Map{{"harassment", "0.60"}, {"violence", "0.70"}, {"harassment/threatening", "0.60"}}));
}

TEST(Moderations, IllicitIsTheLargest) {
  EXPECT_EQ(
      scores_for({{"illicit/drugs", 0.2}, {"secret", 0.6}, {"privacy/request", 0.3}})["illicit"],
      "0.60");
  EXPECT_EQ(scores_for({{"illicit/weapons", 0.2}, {"illicit/bio", 0.4}})["illicit/violent"],
            "0.40");
}

TEST(Moderations, FlagsWhatWasNotJudgedUnlessAllowed) {
  const std::string blocked =
      encode_moderations("m", {unscored(small_set(policy::OnUnjudged::kBlock))});
  EXPECT_NE(blocked.find(R"("flagged":true)"), std::string::npos);
  EXPECT_NE(blocked.find(R"("outcome":"unjudged","allowed":false)"), std::string::npos);
  const std::string allowed =
      encode_moderations("m", {unscored(small_set(policy::OnUnjudged::kAllow))});
  EXPECT_NE(allowed.find(R"("flagged":false)"), std::string::npos);
  EXPECT_NE(allowed.find(R"("outcome":"unjudged","allowed":true)"), std::string::npos);
}

TEST(Moderations, KeepsTheOrderOfItsInputs) {
  const std::string body =
      encode_moderations("m", {judged(full_set(), {{"violence", 0.9}}), judged(full_set(), {}),
                               judged(full_set(), {{"hate", 0.9}})});
  std::string flags;
  const auto document = must(JsonDocument::parse(body));
  must(document.root().find("results")->each_element([&](std::size_t, JsonValue result) {
    flags += *result.find("flagged")->boolean() ? '1' : '0';
    return ok_status();
  }));
  EXPECT_EQ(flags, "101");
}

}  // namespace
}  // namespace sekisho::wire
