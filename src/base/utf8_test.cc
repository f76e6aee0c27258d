#include "base/utf8.h"

#include <gtest/gtest.h>

namespace sekisho {
namespace {

TEST(Utf8, EveryScalarValueSurvivesTheRoundTrip) {
  for (char32_t c = 0; c <= 0x10FFFF; ++c) {
    if (c >= 0xD800 && c <= 0xDFFF) continue;
    std::string text;
    utf8::append(text, c);
    ASSERT_TRUE(utf8::is_valid(text)) << static_cast<unsigned>(c);
    ASSERT_EQ(utf8::count(text), 1u);
    ASSERT_EQ(utf8::decode(text), std::u32string(1, c));
  }
}

TEST(Utf8, RefusesWhatTable37DoesNotAllow) {
  const struct {
    std::string bytes;
    std::size_t at;
  } cases[] = {
      {"\x80", 0},                 // a continuation alone
      {"a\xC0\xAF", 1},            // overlong '/'
      {"\xC1\xBF", 0},             // overlong
      {"\xE0\x9F\xBF", 0},         // overlong
      {"\xED\xA0\x80", 0},         // a surrogate
      {"\xF0\x8F\xBF\xBF", 0},     // overlong
      {"\xF4\x90\x80\x80", 0},     // above U+10FFFF
      {"\xF5\x80\x80\x80", 0},     // no such lead
      {"\xE3\x81", 0},             // cut
      {"\xE3\x81\x82\xE3\x81", 3}  // cut behind a good one
  };
  for (const auto& [bytes, at] : cases) EXPECT_EQ(utf8::first_invalid_byte(bytes), at) << bytes;
  EXPECT_FALSE(utf8::first_invalid_byte("関所 gate 🚧").has_value());
}

TEST(Utf8, SlicesByCodePoints) {
  const std::string text = "a関🚧所z";
  EXPECT_EQ(utf8::slice(text, 1, 3), "関🚧");
  EXPECT_EQ(utf8::slice(text, 0, 99), text);
  EXPECT_EQ(utf8::slice(text, 5, 9), "");
  EXPECT_EQ(utf8::encode(U"関🚧"), "関🚧");
}

}  // namespace
}  // namespace sekisho
