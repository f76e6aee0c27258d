#include <gtest/gtest.h>

#include "base/json_reader.h"
#include "base/json_writer.h"
#include "base/limits.h"

namespace sekisho {
namespace {

std::string refusal(std::string_view bytes) {
  const auto document = JsonDocument::parse(bytes);
  return document.ok() ? "accepted" : document.error().message;
}

TEST(JsonReader, RefusesWhatTwoReadersCouldReadDifferently) {
  EXPECT_EQ(refusal(R"({"a":1,"a":2})"), "the JSON key is given twice");
  EXPECT_EQ(refusal(R"({"x":[{"a":1,"b":{"c":1,"c":1}}]})"), "the JSON key is given twice");
  // An escaped spelling of the same key is the same key.
  EXPECT_EQ(refusal("{\"a\":1,\"\\u0061\":2}"), "the JSON key is given twice");
}

TEST(JsonReader, RefusesBrokenDocuments) {
  for (const char* bad : {"", "{", "{\"a\":1}}", "{\"a\":01}", "{\"a\":tru}", "[1,]", "NaN", "nul",
                          "{\"a\":\"\\ud800\"}", "\"a\nb\"", "{'a':1}", "1 2", "\xEF\xBB\xBF{}x"}) {
    EXPECT_NE(refusal(bad), "accepted") << bad;
  }
  EXPECT_EQ(refusal("\"\xE3\x81\""), "the JSON is not UTF-8");
  EXPECT_EQ(refusal(std::string(100'000, '[') + std::string(100'000, ']')),
            "the JSON is nested deeper than " + std::to_string(limits::kJsonDepth));
  std::string many = "{";
  for (std::size_t i = 0; i <= limits::kJsonObjectKeys; ++i) {
    many += (i ? ",\"k" : "\"k") + std::to_string(i) + "\":0";
  }
  EXPECT_NE(refusal(many + "}"), "accepted");
}

TEST(JsonReader, NamesTheFieldAtFault) {
  const auto document =
      must(JsonDocument::parse(R"({"text":5,"extra":true,"list":[],"none":null})"));
  auto object = must(JsonObject::create(document.root(), "items[2]"));
  EXPECT_EQ(object.required_string("text").error().message,
            "items[2].text must be a string, not an integer");
  EXPECT_EQ(object.required_string("other").error().message, "items[2].other is missing");
  EXPECT_EQ(object.required_string("none").error().message, "items[2].none is missing");
  EXPECT_TRUE(object.required_array("list").ok());
  EXPECT_TRUE(object.finish(UnknownFields::kIgnore).ok());
  EXPECT_EQ(object.finish(UnknownFields::kRefuse).error().field, "items[2].extra");
}

TEST(JsonReader, NoKeyHidesBehindTheOnesThatWereAskedFor) {
  for (const char* key : {"", "a\\n\\nb", "\\na", "A"}) {
    const std::string body = std::string("{\"a\":1,\"b\":2,\"") + key + "\":3}";
    const auto document = must(JsonDocument::parse(body));
    auto object = must(JsonObject::create(document.root()));
    EXPECT_TRUE(object.required("a").ok() && object.required("b").ok());
    EXPECT_FALSE(object.finish(UnknownFields::kRefuse).ok()) << body;
  }
}

TEST(JsonReader, KeepsTheKindOfNumbers) {
  const auto document = must(JsonDocument::parse("[1, 1.0, \"1\", true]"));
  std::vector<JsonKind> kinds;
  EXPECT_TRUE(document.root()
                  .each_element([&](std::size_t, JsonValue value) {
                    kinds.push_back(value.kind());
                    return ok_status();
                  })
                  .ok());
  EXPECT_EQ(kinds, (std::vector{JsonKind::kInteger, JsonKind::kReal, JsonKind::kString,
                                JsonKind::kBoolean}));
  for (const char* number : {"[1e999]", "[01]", "[18446744073709551616]"}) {
    EXPECT_EQ(refusal(number), "not valid JSON: a number is malformed or does not fit 64 bits");
  }
}

TEST(JsonWriter, WritesWhatTheReaderReads) {
  std::string out;
  JsonWriter json(out);
  const std::string nasty = "quote\" back\\ nl\n tab\t nul\x01 del\x7F 関所 \u2028 🚧";
  json.begin_object()
      .key("text")
      .string(nasty)
      .key("list")
      .begin_array()
      .number(-3)
      .decimal(0.03125, 4)
      .boolean(true)
      .null()
      .end_array()
      .key("empty")
      .begin_object()
      .end_object()
      .key("raw")
      .raw("[1]")
      .end_object();
  const auto document = must(JsonDocument::parse(out));
  EXPECT_EQ(document.root().find("text")->string(), nasty);
  EXPECT_EQ(document.root().find("list")->size(), 4u);
  EXPECT_EQ(out.find("\u2028"), std::string::npos);
  EXPECT_NE(out.find("[-3,0.0312,true,null]"), std::string::npos) << out;
}

}  // namespace
}  // namespace sekisho
