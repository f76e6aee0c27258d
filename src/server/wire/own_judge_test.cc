#include "server/wire/own_judge.h"

#include <gtest/gtest.h>

#include "server/wire/hand_made_test.h"

namespace sekisho::wire {
namespace {

Error refused(std::string_view body) {
  const auto parsed = parse_own_judge(body);
  if (parsed.ok()) return {ErrorCode::kInternal, "was taken: " + std::string(body)};
  return parsed.error();
}

std::string texts_of(std::size_t count) {
  std::string body = R"({"texts":[)";
  for (std::size_t i = 0; i < count; ++i) body += i == 0 ? "\"a\"" : ",\"a\"";
  return body + "]}";
}

TEST(OwnJudge, ReadsTheShortestRequest) {
  const auto request = must(parse_own_judge(R"({"texts":["こんにちは"]})"));
  EXPECT_EQ(request.category_set, "");
  EXPECT_FALSE(request.partial);
  ASSERT_EQ(request.texts.size(), 1u);
  const Asked& asked = request.texts[0].value();
  EXPECT_EQ(asked.field, "texts[0]");
  ASSERT_EQ(asked.request.turns.size(), 1u);
  EXPECT_EQ(asked.request.turns[0].role, "user");
  EXPECT_EQ(asked.request.turns[0].content, "こんにちは");
  EXPECT_EQ(asked.request.side, judge::Side::kInput);
  EXPECT_EQ(asked.request.contract, judge::Contract::kJudge);
  EXPECT_EQ(asked.request.code_points_max, 2048u);
  EXPECT_EQ(asked.request.category_set_id, "");
}

TEST(OwnJudge, ReadsEveryField) {
  const auto request = must(parse_own_judge(
      R"({"partial":true,"side":"output","category_set":"01JFRM","texts":["一","二"]})"));
  EXPECT_EQ(request.category_set, "01JFRM");
  EXPECT_TRUE(request.partial);
  ASSERT_EQ(request.texts.size(), 2u);
  EXPECT_EQ(request.texts[1].value().field, "texts[1]");
  EXPECT_EQ(request.texts[1].value().request.side, judge::Side::kOutput);
  EXPECT_EQ(request.texts[1].value().request.category_set_id, "01JFRM");
}

TEST(OwnJudge, TakesNullForAbsent) {
  const auto request =
      must(parse_own_judge(R"({"texts":["一"],"category_set":null,"side":null,"partial":null})"));
  EXPECT_EQ(request.category_set, "");
  EXPECT_FALSE(request.partial);
}

TEST(OwnJudge, RefusesAndNamesTheField) {
  const struct {
    std::string body;
    ErrorCode code;
    std::string field;
  } rows[] = {
      {"", ErrorCode::kInvalid, ""},
      {"{", ErrorCode::kInvalid, ""},
      {R"({"texts":["a"]} x)", ErrorCode::kInvalid, ""},
      {R"({"texts":["\ud800"]})", ErrorCode::kInvalid, ""},
      {"{\"texts\":[\"\xff\"]}", ErrorCode::kInvalid, ""},
      {R"({"texts":["a"],"texts":["b"]})", ErrorCode::kInvalid, "texts"},
      {"[]", ErrorCode::kUnprocessable, ""},
      {"{}", ErrorCode::kUnprocessable, "texts"},
      {R"({"texts":null})", ErrorCode::kUnprocessable, "texts"},
      {R"({"texts":"a"})", ErrorCode::kUnprocessable, "texts"},
      {R"({"texts":[]})", ErrorCode::kUnprocessable, "texts"},
      {R"({"texts":["a",1]})", ErrorCode::kUnprocessable, "texts[1]"},
      {R"({"texts":["a",null]})", ErrorCode::kUnprocessable, "texts[1]"},
      {R"({"texts":["a",""]})", ErrorCode::kUnprocessable, "texts[1]"},
      {R"({"texts":["a"],"side":"both"})", ErrorCode::kUnprocessable, "side"},
      {R"({"texts":["a"],"partial":1})", ErrorCode::kUnprocessable, "partial"},
      {R"({"texts":["a"],"category_set":[]})", ErrorCode::kUnprocessable, "category_set"},
      {R"({"texts":["a"],"category_set_id":"x"})", ErrorCode::kUnprocessable, "category_set_id"},
      {R"({"texts":["a"],"model":"x"})", ErrorCode::kUnprocessable, "model"},
  };
  for (const auto& row : rows) {
    const Error error = refused(row.body);
    EXPECT_EQ(error.code, row.code) << row.body << ": " << error.message;
    EXPECT_EQ(error.field, row.field) << row.body;
  }
}

TEST(OwnJudge, TakesAtMost256Texts) {
  EXPECT_EQ(must(parse_own_judge(texts_of(256))).texts.size(), 256u);
  const Error error = refused(texts_of(257));
  EXPECT_EQ(error.code, ErrorCode::kUnprocessable);
  EXPECT_EQ(error.field, "texts");
}

TEST(OwnJudge, CountsCodePointsWhateverTheirBytes) {
  for (const char* character : {"a", "é", "あ", "𠮟"}) {
    const std::string whole = characters(2048, character);
    EXPECT_TRUE(parse_own_judge(R"({"texts":[")" + whole + R"("]})").ok());
    const Error error = refused(R"({"texts":["a","a","a",")" + whole + character + R"("]})");
    EXPECT_EQ(error.code, ErrorCode::kTooLong);
    EXPECT_EQ(error.field, "texts[3]");
    EXPECT_EQ(error.message, "texts[3] has 2049 characters; at most 2048 are judged");
  }
}

TEST(OwnJudge, KeepsARefusedTextInItsPlaceOnlyWhenPartial) {
  const std::string texts = R"("texts":["a","",")" + characters(2049) + R"(","b"])";
  const auto request = must(parse_own_judge("{" + texts + R"(,"partial":true})"));
  ASSERT_EQ(request.texts.size(), 4u);
  EXPECT_TRUE(request.texts[0].ok());
  EXPECT_EQ(request.texts[1].error().code, ErrorCode::kUnprocessable);
  EXPECT_EQ(request.texts[2].error().code, ErrorCode::kTooLong);
  EXPECT_TRUE(request.texts[3].ok());
  EXPECT_EQ(refused("{" + texts + "}").field, "texts[1]");
}

TEST(OwnJudge, SaysAllThatAVerdictKnows) {
  const auto set = small_set();
  const std::vector<judge::Finding> findings = {
      {"injection", {2, 5}, "override", policy::Action::kBlock}};
  std::vector<Result<Judged>> results;
  results.push_back(judged(set, {{"harassment", 0.03125}, {"injection", 0.2}}, findings));
  EXPECT_EQ(encode_own_judge(results),
            R"({"results":[{"id":"01KATB6C3M3P3TVNT0QRMM1TA4","outcome":"unsafe","allowed":false,)"
            R"("unsafe":true,"score":1.0000,"category":"injection",)"
            R"("scores":{"harassment":0.0312,"injection":1.0000},)"
            R"("spans":[{"start":2,"end":5,"category":"injection","reason":"override",)"
            R"("action":"block"}],"judged_by":["detectors","ngram@1a2b3c4d"],)"
            R"("timings_us":{"normalise":1,"detect":2,"score":3,"total":6}}]})");
}

TEST(OwnJudge, PutsErrorsAndUnjudgedTextsInTheirPlaces) {
  std::vector<Result<Judged>> results;
  results.push_back(unprocessable("texts[0] is empty", "texts[0]"));
  results.push_back(unscored(small_set()));
  results.back().value().recorded = false;
  EXPECT_EQ(encode_own_judge(results),
            R"({"results":[{"error":{"message":"texts[0] is empty",)"
            R"("type":"invalid_request_error","param":"texts[0]","code":"unprocessable"}},)"
            R"({"id":"01KATB6C3M3P3TVNT0QRMM1TA4","outcome":"unjudged","allowed":false,)"
            R"("score":0.0000,"category":null,"scores":{},"spans":[],"judged_by":["detectors"],)"
            R"("unjudged":[{"part":"scorer","reason":"deadline"}],)"
            R"("timings_us":{"normalise":0,"detect":0,"score":0,"total":0},"recorded":false}]})");
}

}  // namespace
}  // namespace sekisho::wire
